//! The DUTs: a line per DUT with the figures of its latest session.

use super::{to_failing, to_sessions, use_late_overview};
use crate::analyze::DutLine;
use crate::model::{Outcome, TRUNCATED};
use crate::query::View;
use crate::ui::format;
use crate::ui::parts::{OutcomeBar, OutcomeMark, RenameButton, SegmentLink, ViewLink, class_of};
use leptos::either::Either;
use leptos::prelude::*;
use std::sync::Arc;

/// The outcomes that have a column: its name, and whether it is minor. Minor
/// columns are hidden on small screens.
const OUTCOMES: [(Outcome, &str, bool); 4] = [
    (Outcome::Passed, "Passed", true),
    (Outcome::Failed, "Failed", false),
    (Outcome::Error, "Error", false),
    (Outcome::Skipped, "Skipped", true),
];

/// How many DUTs are shown at first: the worst. With one or two more, all are.
const SHOWN: usize = 20;

/// A panel with the table of DUTs.
#[component]
pub fn Duts() -> impl IntoView {
    let late = use_late_overview();
    let duts = Memo::new(move |_| {
        late.with(|overview| overview.as_ref().map(|overview| overview.duts.clone()).unwrap_or_default())
    });
    let occurring = Memo::new(move |_| {
        let now = late.with(|overview| overview.as_ref().map(|overview| overview.now).unwrap_or_default());
        Outcome::ALL.into_iter().filter(|&outcome| now.of(outcome) > 0).collect::<Vec<_>>()
    });
    let (has_all, show_all) = signal(false);
    let shown = Memo::new(move |_| {
        let mut shown = duts.get();
        if !has_all.get() && shown.len() > SHOWN + 2 {
            shown.truncate(SHOWN);
        }
        shown
    });
    let all_button = move || {
        let all = duts.with(Vec::len);
        (shown.with(Vec::len) < all).then(|| {
            view! {
                <button type="button" class="button button-small" on:click=move |_| show_all.set(true)>
                    {format!("Show all {}", format::plural(all as u32, "DUT"))}
                </button>
            }
        })
    };
    let title = move || {
        let has_earlier = late.with(|overview| {
            overview.as_ref().is_some_and(|overview| overview.sessions as usize > overview.duts.len())
        });
        if has_earlier { "DUTs (latest session)" } else { "DUTs" }
    };
    let legend = move || {
        occurring.get().into_iter().map(|outcome| view! { <OutcomeMark outcome=outcome /> }).collect_view()
    };
    view! {
        <section class="panel duts" aria-labelledby="duts-title">
            <h2 id="duts-title">{title}</h2>
            <div class="duts-body" tabindex="0" role="region" aria-label="Figures by DUT">
                <DutTable duts=shown />
            </div>
            {all_button}
            <p class="legend">{legend}</p>
        </section>
    }
}

/// The table of DUTs.
#[component]
fn DutTable(
    /// The lines.
    duts: Memo<Vec<DutLine>>,
) -> impl IntoView {
    let has_builds = Memo::new(move |_| duts.with(|duts| duts.iter().any(|dut| dut.build.is_some())));
    let build_head = move || {
        has_builds.get().then(|| {
            view! {
                <th scope="col" class="minor">
                    "Build"
                </th>
            }
        })
    };
    let outcome_heads = OUTCOMES.map(|(_, name, is_minor)| {
        view! {
            <th scope="col" class="number" class:minor=is_minor>
                {name}
            </th>
        }
    });
    let rows = move || {
        let has_builds = has_builds.get();
        duts.with(|duts| {
            let row = |dut: &DutLine| view! { <DutRow dut=dut.clone() has_builds=has_builds /> };
            duts.iter().map(row).collect_view()
        })
    };
    view! {
        <table class="duts-table">
            <thead>
                <tr>
                    <th scope="col">"DUT"</th>
                    {build_head}
                    <th scope="col" class="number">
                        "Pass rate"
                    </th>
                    {outcome_heads.collect_view()}
                    <th scope="col" class="number minor">
                        "Time"
                    </th>
                    <th scope="col" class="dut-bars">
                        "Outcomes"
                    </th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
}

/// A row of the table.
#[component]
fn DutRow(
    /// The DUT.
    dut: DutLine,
    /// Whether there is a column for builds.
    has_builds: bool,
) -> impl IntoView {
    let remark = match (dut.is_unreadable, &dut.incomplete) {
        (true, _) => Some(("unreadable file", None)),
        (_, Some(reason)) if reason == TRUNCATED => Some((TRUNCATED, None)),
        (_, Some(reason)) => Some(("incomplete", Some(reason.clone()))),
        _ => None,
    };
    let (name, dut_name) = (dut.name.clone(), dut.name.clone());
    let build = dut.build.clone().unwrap_or_else(|| "–".to_owned());
    view! {
        <tr>
            <th scope="row" title=title(&dut)>
                <ViewLink to=move |view: &mut View| to_sessions(view, &dut_name) attr:class="dut-name">
                    {name}
                </ViewLink>
                <RenameButton dut=dut.name.clone() />
                {remark.map(|(remark, reason)| view! { <span class="remark" title=reason>{remark}</span> })}
                // Shown where there is no room for its column.
                {dut.build.clone().map(|build| view! { <span class="dut-build">{build}</span> })}
            </th>
            {has_builds.then(|| view! { <td class="build minor">{build}</td> })}
            <td class="number">{format::rate(dut.counts.pass_rate())}</td>
            {OUTCOMES.map(|(outcome, _, is_minor)| count_cell(&dut, outcome, is_minor)).collect_view()}
            <td class="number minor">{format::duration(dut.counts.duration_s)}</td>
            <td class="dut-bars">
                <OutcomeBar counts=dut.counts of=dut.name.clone() to=to_results(dut.name) />
            </td>
        </tr>
    }
}

/// A count of results; a failing one leads to them.
fn count_cell(dut: &DutLine, outcome: Outcome, is_minor: bool) -> impl IntoView + use<> {
    let count = dut.counts.of(outcome);
    let class = if count == 0 { "zero" } else { class_of(outcome) };
    let content = if count > 0 && outcome.is_failing() {
        let words = format!("{count} {} on {}: show them in the grid", outcome.word(), dut.name);
        let name = dut.name.clone();
        Either::Left(view! {
            <ViewLink to=move |view: &mut View| to_failing(view, Some(&name)) attr:aria-label=words>
                {format::count(count)}
            </ViewLink>
        })
    } else {
        Either::Right(format::count(count))
    };
    // One string: when it changes, it would remove classes of `class:` directives.
    let minor = if is_minor { " minor" } else { "" };
    view! { <td class=format!("number {class}{minor}")>{content}</td> }
}

/// A failing outcome leads to the DUT's failing tests, any other to its sessions.
fn to_results(dut: String) -> SegmentLink {
    Arc::new(move |view: &mut View, outcome: Outcome| {
        if outcome.is_failing() {
            to_failing(view, Some(&dut));
        } else {
            to_sessions(view, &dut);
        }
    })
}

/// The DUT's name with its unit and the start of its latest session.
fn title(dut: &DutLine) -> String {
    let mut title = dut.name.clone();
    let started = dut.started.as_deref().map(format::moment);
    for (label, value) in [("unit", &dut.unit), ("started", &started)] {
        if let Some(value) = value {
            title = format!("{title}, {label} {value}");
        }
    }
    title
}
