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
    let duts = overview.duts.len() as u32;
    let has_earlier = overview.sessions > duts;
    let item = |figure| view! { <Item figure=figure sessions=has_earlier.then_some(overview.sessions) /> };
    let scope = if has_earlier {
        format!(
            "Latest session of {}, by {}; overall: {}",
            if duts == 1 { "1 DUT".to_owned() } else { format!("each of {}", format::plural(duts, "DUT")) },
            overview.latest_by.iter().map(|order| order.words()).collect::<Vec<_>>().join(" or "),
            format::plural(overview.sessions, "session")
        )
    } else {
        let sessions = format::plural(overview.sessions, "session");
        if duts == 1 { sessions } else { format!("{}, one session each", format::plural(duts, "DUT")) }
    };
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
    changes: Vec<Change>,
    /// The figure of all sessions, "" if it has none.
    all: String,
}

/// A difference to an earlier build or session.
struct Change {
    /// "+3 new".
    words: String,
    /// "is-better" or "is-worse".
    class: &'static str,
    /// The tests that a link on it leads to.
    leads: Option<OutcomeFilter>,
}

#[component]
fn Item(
    figure: Figure,
    /// How many sessions there are, if some DUT has several.
    sessions: Option<u32>,
) -> impl IntoView {
    let Figure { label, tip, now, unit, leads, changes, all } = figure;
    let words = format!("{now} {label}: show the tests");
    let number = linked(now, words, leads);
    let changes = changes.into_iter().map(|Change { words, class, leads }| {
        let label = format!("{words}: show the tests");
        view! { <span class=class>{linked(words, label, leads)}</span> }
    });
    let changes: Vec<_> = changes.collect();
    let changes = (!changes.is_empty()).then(|| view! { <dd class="figure-change">{changes}</dd> });
    // With one session per DUT, all sessions are the latest.
    let all = sessions.filter(|_| !all.is_empty()).map(|sessions| {
        let title = format!("In all {}", format::plural(sessions, "session"));
        view! {
            <dd class="figure-all" title=title>
                {all + " overall"}
            </dd>
        }
    });
    view! {
        <div class="figure" title=(!tip.is_empty()).then_some(tip)>
            <dt>{label}</dt>
            <dd class="figure-now">{number}</dd>
            {(!unit.is_empty()).then(|| view! { <dd class="figure-unit">{unit}</dd> })}
            {changes}
            {all}
        </div>
    }
}

/// A text, as a link if it leads somewhere.
fn linked(text: String, label: String, leads: Option<OutcomeFilter>) -> impl IntoView {
    match leads {
        None => Either::Left(text),
        Some(only) => Either::Right(view! {
            <ViewLink to=move |view: &mut View| to_tests(view, only) attr:aria-label=label>
                {text}
            </ViewLink>
        }),
    }
}

fn figures(overview: &analyze::Overview) -> [Figure; 8] {
    let (now, all) = (&overview.now, &overview.all);
    let duration = |counts: &Counts| format::duration(counts.duration_s);
    [
        pass_rate(overview),
        failing_tests(overview),
        failing("Failed", overview, Outcome::Failed, overview.tests_failed),
        failing("Error", overview, Outcome::Error, overview.tests_error),
        count("Skipped", overview, |counts| counts.of(Outcome::Skipped)),
        flaky(overview),
        count("Executed", overview, Counts::executed),
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
    let now = overview.now.pass_rate();
    let before = overview.previous.and_then(|counts| counts.pass_rate());
    let change = now.zip(before).and_then(|(now, before)| {
        let since = overview.previous_build.as_deref().unwrap_or("the previous session");
        points(now - before, since)
    });
    let all = overview.all.pass_rate().map(|rate| format::rate(Some(rate))).unwrap_or_default();
    let changes = change.into_iter().collect();
    Figure { label: "Pass rate", now: format::rate(now), changes, all, ..Figure::default() }
}

/// The change of a pass rate from 0 to 1: "−0.5 points since 2.4.0"; `None` if it
/// is shown as 0.
fn points(difference: f64, since: &str) -> Option<Change> {
    let tenths = (difference * 1000.0).round();
    if tenths == 0.0 {
        return None;
    }
    let size = format::number(tenths.abs() / 10.0, 1);
    let (sign, class) = if difference < 0.0 { ('−', "is-worse") } else { ('+', "is-better") };
    Some(Change { words: format!("{sign}{size} points since {since}"), class, leads: None })
}

/// How many tests fail, and how that changed: both in tests, so that the figures
/// agree with the lists that they lead to.
fn failing_tests(overview: &analyze::Overview) -> Figure {
    let change = |sign: char, count: u32, word: &str, class, only| {
        (count > 0).then(|| Change {
            words: format!("{sign}{} {word}", format::count(count)),
            class,
            leads: Some(only),
        })
    };
    let changes = [
        change('+', overview.new_total, "new", "is-worse", OutcomeFilter::New),
        change('−', overview.fixed_total, "fixed", "is-better", OutcomeFilter::Fixed),
        (overview.known_total > 0).then(|| Change {
            words: format!("{} known", format::count(overview.known_total)),
            class: "",
            leads: Some(OutcomeFilter::Known),
        }),
    ];
    Figure {
        label: "Failing tests",
        tip: "Tests that fail on at least one DUT. New: failing, and not in the DUT’s previous session. \
              Fixed: passing, and failing in the DUT’s previous session. Known: all failures are known issues.",
        now: format::count(overview.failing_total),
        unit: format!("of {}", format::plural(overview.tests_now, "test")),
        leads: (overview.failing_total > 0).then_some(OutcomeFilter::Failing),
        changes: changes.into_iter().flatten().collect(),
        ..Figure::default()
    }
}

fn count(label: &'static str, overview: &analyze::Overview, of: impl Fn(&Counts) -> u32) -> Figure {
    let all = match of(&overview.all) {
        0 => String::new(),
        all => format::count(all),
    };
    Figure { label, now: format::count(of(&overview.now)), all, ..Figure::default() }
}

/// How many results have a failing outcome, and of how many tests.
fn failing(label: &'static str, overview: &analyze::Overview, outcome: Outcome, tests: u32) -> Figure {
    let figure = count(label, overview, |counts| counts.of(outcome));
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
