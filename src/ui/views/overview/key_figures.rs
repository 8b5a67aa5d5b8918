//! The key figures: the latest sessions, the change, all sessions.

use super::to_tests;
use crate::analyze;
use crate::model::{Counts, Outcome};
use crate::query::{OutcomeFilter, View};
use crate::ui::format;
use crate::ui::parts::ViewLink;
use leptos::either::Either;
use leptos::prelude::*;
use std::sync::Arc;

/// The key figures of the latest sessions.
#[component]
pub fn KeyFigures(
    /// The overview that has them.
    overview: Arc<analyze::Overview>,
) -> impl IntoView {
    let scope = format!(
        "Latest session per DUT ({}) · {} in total",
        format::plural(overview.duts.len() as u32, "DUT"),
        format::plural(overview.sessions, "session")
    );
    let has_more_sessions = overview.sessions > 1;
    let item = |figure| view! { <Item figure=figure has_more_sessions=has_more_sessions /> };
    view! {
        <section class="figures" aria-label="Key figures">
            <p class="scope">{scope}</p>
            <dl>{figures(&overview).map(item).collect_view()}</dl>
        </section>
    }
}

/// A key figure.
#[derive(Default)]
struct Figure {
    label: &'static str,
    /// An explanation on hover, "" if the label says enough.
    tip: &'static str,
    /// The figure of the latest sessions.
    now: String,
    /// What `now` counts, where the label does not say it.
    unit: String,
    /// The tests that a link on the figure leads to.
    leads: Option<OutcomeFilter>,
    change: Option<Change>,
    /// The figure of all sessions, "" if it has none.
    all: String,
}

/// A difference to an earlier build or session.
struct Change {
    /// "+3 since 2.4.0".
    words: String,
    /// "is-better", "is-worse" or "".
    class: &'static str,
}

#[component]
fn Item(figure: Figure, has_more_sessions: bool) -> impl IntoView {
    let Figure { label, tip, now, unit, leads, change, all } = figure;
    let number = match leads {
        None => Either::Left(now),
        Some(only) => {
            let words = format!("{now} {label}: show the tests");
            Either::Right(view! {
                <ViewLink to=move |view: &mut View| to_tests(view, only) attr:aria-label=words>
                    {now}
                </ViewLink>
            })
        }
    };
    let change = change.map(|Change { words, class }| {
        view! { <dd class=format!("figure-change {class}")>{words}</dd> }
    });
    // With one session, all sessions are the latest.
    let all = (has_more_sessions && !all.is_empty())
        .then(|| view! { <dd class="figure-all">{all + " in all sessions"}</dd> });
    view! {
        <div class="figure" title=(!tip.is_empty()).then_some(tip)>
            <dt>{label}</dt>
            <dd class="figure-now">{number}</dd>
            {(!unit.is_empty()).then(|| view! { <dd class="figure-unit">{unit}</dd> })}
            {change}
            {all}
        </div>
    }
}

fn figures(overview: &analyze::Overview) -> [Figure; 8] {
    let (now, all) = (&overview.now, &overview.all);
    let duration = |counts: &Counts| format::duration(Some(counts.duration_s));
    [
        pass_rate(overview),
        Figure {
            label: "Tests",
            now: format::count(overview.tests_now),
            all: format::count(overview.tests_all),
            ..Figure::default()
        },
        count("Executed", overview, Counts::executed, Better::Neither),
        failing("Failed", overview, Outcome::Failed, overview.tests_failed),
        failing("Error", overview, Outcome::Error, overview.tests_error),
        count("Skipped", overview, |counts| counts.of(Outcome::Skipped), Better::Neither),
        flaky(overview),
        Figure {
            label: "Test time",
            tip: "The sum of the durations of all results. Sessions that ran side by side took less: \
                  a session’s duration, from start to end, is in Sessions.",
            now: duration(now),
            all: duration(all),
            ..Figure::default()
        },
    ]
}

fn pass_rate(overview: &analyze::Overview) -> Figure {
    let (now, before) = (overview.now.pass_rate(), overview.previous.and_then(|counts| counts.pass_rate()));
    let change = now
        .zip(before)
        .and_then(|(now, before)| changed((now - before) * 100.0, 1, " points", Better::More, overview));
    let all = overview.all.pass_rate().map(|rate| format::rate(Some(rate))).unwrap_or_default();
    Figure { label: "Pass rate", now: format::rate(now), change, all, ..Figure::default() }
}

fn count(
    label: &'static str,
    overview: &analyze::Overview,
    of: impl Fn(&Counts) -> u32,
    better: Better,
) -> Figure {
    let (now, all) = (of(&overview.now), of(&overview.all));
    let change = overview
        .previous
        .as_ref()
        .and_then(|previous| changed(f64::from(now) - f64::from(of(previous)), 0, "", better, overview));
    let all = if all == 0 { String::new() } else { format::count(all) };
    Figure { label, now: format::count(now), change, all, ..Figure::default() }
}

/// How many results have a failing outcome, and of how many tests.
fn failing(label: &'static str, overview: &analyze::Overview, outcome: Outcome, tests: u32) -> Figure {
    let figure = count(label, overview, |counts| counts.of(outcome), Better::Less);
    let unit = match overview.now.of(outcome) {
        0 => return figure,
        1 => "result".to_owned(),
        _ => format!("results, {}", format::plural(tests, "test")),
    };
    Figure { unit, leads: Some(OutcomeFilter::Failing), ..figure }
}

fn flaky(overview: &analyze::Overview) -> Figure {
    let figure = Figure {
        label: "Flaky",
        tip: "Tests whose attempts disagree within a session",
        now: format::count(overview.tests_flaky),
        ..Figure::default()
    };
    let duts = overview.duts.iter().filter(|dut| dut.counts.flaky > 0).count() as u32;
    let on_duts = |noun: &str| format!("{noun} on {}", format::plural(duts, "DUT"));
    let unit = match (overview.tests_flaky, overview.all.flaky) {
        (0, 0) => return figure,
        (0, _) => "tests".to_owned(),
        (1, _) => on_duts("test"),
        _ => on_duts("tests"),
    };
    let leads = (overview.tests_flaky > 0).then_some(OutcomeFilter::Flaky);
    Figure { unit, leads, all: format::plural(overview.all.flaky, "result"), ..figure }
}

/// Which way a figure gets better.
#[derive(Clone, Copy)]
enum Better {
    More,
    Less,
    Neither,
}

/// A difference to the previous build: "+3 since 2.4.0"; `None` if it is shown
/// as 0.
fn changed(
    difference: f64,
    decimals: usize,
    unit: &str,
    better: Better,
    overview: &analyze::Overview,
) -> Option<Change> {
    let before = overview.previous_build.as_deref().unwrap_or("the previous session");
    let size = format::number(difference.abs(), decimals);
    // The rounded number decides, which is what is shown.
    if size.bytes().all(|byte| matches!(byte, b'0' | b'.' | b',')) {
        return None;
    }
    let sign = if difference < 0.0 { '−' } else { '+' };
    let class = match (better, difference > 0.0) {
        (Better::Neither, _) => "",
        (Better::More, true) | (Better::Less, false) => "is-better",
        _ => "is-worse",
    };
    Some(Change { words: format!("{sign}{size}{unit} since {before}"), class })
}
