//! Overview: is it good, and what needs me?

use crate::analyze::{DutLine, FailingTest, Overview};
use crate::model::{Counts, Outcome};
use crate::query::{Only, Place, Selection};
use crate::ui::format;
use crate::ui::parts::{Mark, OutcomeBars, TestName, class_of};
use crate::ui::state::state;
use leptos::prelude::*;
use std::sync::Arc;

const ROW_HEIGHT: u32 = 36;

/// The first view of the data.
#[component]
pub fn OverviewView() -> impl IntoView {
    let state = state();
    let overview = move || state.overview.get().unwrap_or_default();
    view! {
        <main class="overview" aria-label="Overview">
            {move || {
                let overview = overview();
                view! {
                    <div class="overview-top">
                        <h1 class=headline_class(&overview)>{overview.headline.clone()}</h1>
                        <KeyFigures overview=overview.clone() />
                        <InputProblems overview=overview.clone() />
                    </div>
                }
            }}
            <div class="overview-columns">
                <Duts />
                <Attention />
            </div>
        </main>
    }
}

fn headline_class(overview: &Overview) -> &'static str {
    if overview.failing_total > 0 {
        "headline headline-bad"
    } else if overview.now.pass_rate().is_some() {
        "headline headline-good"
    } else {
        "headline"
    }
}

#[component]
fn KeyFigures(overview: Arc<Overview>) -> impl IntoView {
    let (now, all) = (overview.now, overview.all);
    let figure = |label: &'static str, now: String, all: String| {
        view! {
            <div class="figure">
                <dt>{label}</dt>
                <dd class="figure-now">{now}</dd>
                <dd class="figure-all">{all} " in all sessions"</dd>
            </div>
        }
    };
    let sessions = format::plural(overview.sessions, "session");
    let of = |counts: &Counts, outcome| format::count(counts.of(outcome));
    let time = |counts: &Counts| format::duration(Some(counts.duration_s));
    view! {
        <section class="figures" aria-label="Key figures">
            <p class="scope">
                "Now: the latest session of " {format::plural(overview.duts.len() as u32, "DUT")} ". All: " {sessions} "."
            </p>
            <dl>
                {figure("Pass rate", format::rate(now.pass_rate()), format::rate(all.pass_rate()))}
                {figure("Tests", format::count(overview.tests_now), format::count(overview.tests_all))}
                {figure("Executed", format::count(now.executed()), format::count(all.executed()))}
                {figure("Failed", of(&now, Outcome::Failed), of(&all, Outcome::Failed))}
                {figure("Error", of(&now, Outcome::Error), of(&all, Outcome::Error))}
                {figure("Skipped", of(&now, Outcome::Skipped), of(&all, Outcome::Skipped))}
                {figure("Flaky", format::count(now.flaky), format::count(all.flaky))}
                {figure("Test time", time(&now), time(&all))}
            </dl>
        </section>
    }
}

#[component]
fn InputProblems(overview: Arc<Overview>) -> impl IntoView {
    let state = state();
    let problems = overview.problems.clone();
    let mut parts = Vec::new();
    let mut add = |count: u32, one: &str, many: &str| {
        if count > 0 {
            parts.push(if count == 1 {
                format!("1 {one}")
            } else {
                format!("{} {many}", format::count(count))
            });
        }
    };
    add(problems.unreadable, "file could not be read", "files could not be read");
    add(problems.partly, "file was read in part", "files were read in part");
    add(problems.empty, "file has no results", "files have no results");
    add(problems.guesses, "session's DUT is a guess", "sessions' DUTs are a guess");
    (!parts.is_empty()).then(|| {
        view! {
            <p class="input-problems">
                <span class="input-problems-mark" aria-hidden="true"></span>
                {parts.join(", ")} ". "
                <a
                    href="?view=files"
                    on:click=move |event| {
                        event.prevent_default();
                        state.navigate(true, |view| view.place = Place::Files);
                    }
                >
                    "Look at the files"
                </a>
            </p>
        }
    })
}

#[component]
fn Duts() -> impl IntoView {
    let state = state();
    let duts = Memo::new(move |_| {
        Arc::new(
            state.overview.with(|overview| overview.as_ref().map(|o| o.duts.clone()).unwrap_or_default()),
        )
    });
    let has_builds = move || duts.with(|duts| duts.iter().any(|dut| dut.build.is_some()));
    view! {
        <section class="panel duts" aria-labelledby="duts-title">
            <h2 id="duts-title">"DUTs, now"</h2>
            <div class="duts-body" tabindex="0" role="region" aria-label="Figures by DUT">
                <table class="duts-table">
                    <thead>
                        <tr>
                            <th scope="col">"DUT"</th>
                            <Show when=has_builds><th scope="col">"Build"</th></Show>
                            <th scope="col" class="number">"Pass rate"</th>
                            <th scope="col" class="number">"Passed"</th>
                            <th scope="col" class="number">"Failed"</th>
                            <th scope="col" class="number">"Error"</th>
                            <th scope="col" class="number">"Skipped"</th>
                            <th scope="col" class="number">"Time"</th>
                        </tr>
                    </thead>
                    <tbody>
                        {move || {
                            let has_builds = has_builds();
                            duts.get().iter().map(|dut| dut_row(dut, has_builds)).collect_view()
                        }}
                    </tbody>
                </table>
                <div class="duts-chart">
                    <OutcomeBars duts=duts.into() row_height=ROW_HEIGHT />
                </div>
            </div>
            <Legend />
        </section>
    }
}

fn dut_row(dut: &DutLine, has_builds: bool) -> impl IntoView + use<> {
    let number = |outcome: Outcome| {
        let count = dut.counts.of(outcome);
        let class =
            if count == 0 { "number zero".to_owned() } else { format!("number {}", class_of(outcome)) };
        view! { <td class=class>{format::count(count)}</td> }
    };
    let remark = match (dut.is_unreadable, dut.is_partial) {
        (true, _) => Some("file unreadable"),
        (_, true) => Some("file broken off"),
        _ => None,
    };
    let mut title = dut.name.clone();
    let started = dut.started.as_deref().map(format::moment);
    for (label, value) in [("unit", &dut.unit), ("started", &started)] {
        if let Some(value) = value {
            title = format!("{title}, {label} {value}");
        }
    }
    view! {
        <tr>
            <th scope="row" title=title>
                <span class="dut-name">{dut.name.clone()}</span>
                {remark.map(|remark| view! { <span class="remark">{remark}</span> })}
            </th>
            {has_builds.then(|| view! { <td class="build">{dut.build.clone().unwrap_or_else(|| "–".to_owned())}</td> })}
            <td class="number">{format::rate(dut.counts.pass_rate())}</td>
            {number(Outcome::Passed)}
            {number(Outcome::Failed)}
            {number(Outcome::Error)}
            {number(Outcome::Skipped)}
            <td class="number">{format::duration(Some(dut.counts.duration_s))}</td>
        </tr>
    }
}

#[component]
fn Legend() -> impl IntoView {
    let state = state();
    let occurring = move || {
        let now = state.overview.with(|overview| overview.as_ref().map(|o| o.now).unwrap_or_default());
        Outcome::ALL.into_iter().filter(move |&outcome| now.of(outcome) > 0)
    };
    view! {
        <p class="legend">
            {move || occurring().map(|outcome| view! { <Mark outcome=outcome with_word=true /> }).collect_view()}
        </p>
    }
}

#[component]
fn Attention() -> impl IntoView {
    let state = state();
    let failing = move || {
        state.overview.with(|o| {
            o.as_ref().map(|o| (o.failing.clone(), o.failing_total, o.duts.len())).unwrap_or_default()
        })
    };
    view! {
        <section class="panel attention" aria-labelledby="attention-title">
            {move || {
                let (failing, total, duts) = failing();
                let shown = failing.len() as u32;
                view! {
                    <h2 id="attention-title">
                        "Needs attention"
                        {(total > 0).then(|| view! { <span class="count">{format::count(total)}</span> })}
                    </h2>
                    {if failing.is_empty() {
                        view! { <p class="nothing">"No test fails now."</p> }.into_any()
                    } else {
                        view! {
                            <ul class="attention-list">
                                {failing.into_iter().map(|test| failing_test(test, duts)).collect_view()}
                            </ul>
                        }.into_any()
                    }}
                    {(total > shown).then(|| view! {
                        <a
                            href="?view=grid&only=failing"
                            on:click=move |event| {
                                event.prevent_default();
                                state.navigate(true, |view| {
                                    view.place = Place::Grid;
                                    view.filter.only = Only::Failing;
                                });
                            }
                        >
                            "All " {format::count(total)} " failing tests in the grid"
                        </a>
                    })}
                }
            }}
        </section>
    }
}

fn failing_test(test: FailingTest, duts: usize) -> impl IntoView {
    let state = state();
    let where_it_fails = match (test.duts.len(), test.seen as usize) {
        (_, _) if duts == 1 => String::new(),
        (fails, seen) if fails == seen && fails == duts => format!("on all {duts} DUTs"),
        (fails, seen) if seen < duts => {
            format!("on {fails} of {duts} DUTs; {} never ran it", duts - seen)
        }
        (fails, _) => format!("on {fails} of {duts} DUTs"),
    };
    let marks = test.duts.iter().take(12).map(|(dut, outcome)| {
        let selection =
            Selection { dut: dut.clone(), session: None, scope: test.scope.clone(), name: test.name.clone() };
        view! {
            <button
                type="button"
                class=format!("dut-chip {}", class_of(*outcome))
                title=format!("{} on {dut}: show details", outcome.word())
                aria-label=format!("{} on {dut}", outcome.word())
                on:click=move |_| {
                    let selection = selection.clone();
                    state.navigate(true, |view| view.selection = Some(selection));
                }
            >
                {dut.clone()}
            </button>
        }
    });
    let more = test.duts.len().saturating_sub(12);
    view! {
        <li>
            <div class="attention-head">
                <TestName suite=test.suite.clone() class=test.class.clone() name=test.name.clone() />
                <span class="attention-where">{where_it_fails}</span>
            </div>
            {(!test.message.is_empty()).then(|| view! { <p class="message">{test.message.clone()}</p> })}
            <p class="dut-chips">
                {marks.collect_view()}
                {(more > 0).then(|| view! { <span class="hint">"and " {more} " more"</span> })}
            </p>
        </li>
    }
}
