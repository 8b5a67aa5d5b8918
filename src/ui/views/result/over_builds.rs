//! The same test over builds, on every DUT.

use crate::analyze::{FailingSince, Named, ResultPage, TestHistory, TestMark, TestStrip};
use crate::browser::document;
use crate::query::{Selection, View};
use crate::ui::format;
use crate::ui::parts::{ViewLink, build_heads, class_of, class_of_missing};
use leptos::either::Either;
use leptos::ev::Event;
use leptos::prelude::*;
use std::sync::Arc;
use web_sys::Element;

/// The height of the bar of the longest duration, in pixels.
const BAR: f64 = 14.0;

/// The setting that the marks are unfolded.
const OPEN: &str = "over-builds";

/// A section that unfolds: a mark per DUT and build, and below it a bar for the duration; nothing with fewer than two builds. The
/// Tab key skips the marks, of which there may be many: the history of a DUT is among the chips.
#[component]
pub fn OverBuilds(
    page: Arc<ResultPage>,
    /// The result that is shown.
    selection: Selection,
) -> impl IntoView {
    let TestHistory { builds, rows, longest_s, .. } = page.over_builds.clone();
    let note = note(&page.over_builds);
    let is_open = document::remembered(OPEN).as_deref() == Some("true");
    let toggle = move |event: Event| {
        let is_open = event_target::<Element>(&event).has_attribute("open");
        document::remember(OPEN, if is_open { "true" } else { "" });
    };
    let heads = build_heads(&builds);
    let shown = page.session.clone();
    let rows = rows.iter().map(move |row| {
        let strip = Strip { row, builds: &builds, longest_s, shown: &shown };
        strip.view(&selection)
    });
    let rows = rows.collect_view();
    (!page.over_builds.rows.is_empty()).then(|| {
        view! {
            <details class="strip over-builds" open=is_open on:toggle=toggle>
                <summary>
                    <h3>"Outcome and time by build, all DUTs"</h3>
                </summary>
                <div class="strip-body">
                    <table class="strip-table">
                        <thead>
                            <tr>
                                <td></td>
                                {heads}
                            </tr>
                        </thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
                {note.map(|note| view! { <p class="hint">{note}</p> })}
            </details>
        }
    })
}

/// A DUT's row.
struct Strip<'a> {
    row: &'a TestStrip,
    builds: &'a [String],
    /// The longest duration of all rows, in seconds.
    longest_s: Option<f64>,
    /// The id of the shown session.
    shown: &'a str,
}

impl Strip<'_> {
    fn view(&self, selection: &Selection) -> impl IntoView + use<> {
        let dut = &self.row.dut;
        let is_here = *dut == selection.dut;
        let cells = self.row.cells.iter().zip(self.builds).map(|(mark, build)| {
            let Some(mark) = mark else {
                let words = format!("{dut}, {build}: no session");
                return Either::Left(view! {
                    <td>
                        <span class="dut-mark o-missing" role="img" aria-label=words.clone() title=words></span>
                    </td>
                });
            };
            Either::Right(self.cell(mark, build, selection))
        });
        let cells = cells.collect_view();
        view! {
            <tr>
                <th scope="row" title=dut.clone()>
                    <span class="strip-dut" class:is-here=is_here>
                        {dut.clone()}
                    </span>
                </th>
                {cells}
            </tr>
        }
    }

    fn cell(&self, mark: &TestMark, build: &str, selection: &Selection) -> impl IntoView + use<> {
        let dut = self.row.dut.clone();
        let words = words(&dut, build, mark);
        let is_current = dut == selection.dut && mark.session == self.shown;
        let height = mark.duration_s.zip(self.longest_s).map_or(0.0, |(seconds, longest)| {
            if longest > 0.0 { (seconds / longest * BAR).max(1.0) } else { 0.0 }
        });
        let (class, is_result) = match mark.outcome {
            Ok(outcome) => (class_of(outcome), true),
            Err(missing) => (class_of_missing(missing), false),
        };
        let class = format!("dut-mark {class}{}", if mark.is_flaky { " is-flaky" } else { "" });
        let target = Selection { dut, session: Some(mark.session.clone()), ..selection.clone() };
        let content = if is_result {
            let to = move |view: &mut View| view.selection = Some(target.clone());
            let current = is_current.then_some("true");
            Either::Left(view! {
                <ViewLink
                    to=to
                    attr:class=class
                    attr:tabindex="-1"
                    attr:aria-label=words.clone()
                    attr:aria-current=current
                    attr:title=words
                />
            })
        } else {
            Either::Right(view! { <span class=class role="img" aria-label=words.clone() title=words></span> })
        };
        view! {
            <td>
                {content} <i class="strip-time" aria-hidden="true" style:height=format!("{height:.0}px")></i>
            </td>
        }
    }
}

/// What a mark stands for: "max-b1, 2.4.0: failed, 1.20 s".
fn words(dut: &str, build: &str, mark: &TestMark) -> String {
    let mut words = format!("{dut}, {build}: ");
    match mark.outcome {
        Ok(outcome) => words.push_str(outcome.word()),
        Err(missing) => words.push_str(missing.words()),
    }
    if mark.is_flaky {
        words.push_str(", flaky");
    }
    if mark.duration_s.is_some() {
        words.push_str(", ");
        words.push_str(&format::duration(mark.duration_s));
    }
    if let Some(started) = &mark.started {
        words.push_str(", ");
        words.push_str(&format::moment(started));
    }
    words
}

/// What is not shown, and what the bars are.
fn note(history: &TestHistory) -> Option<String> {
    let bars = history
        .longest_s
        .filter(|longest| *longest > 0.0)
        .map(|longest| format!("The highest bar is {}.", format::duration(Some(longest))));
    let builds = (history.builds_left_out > 0)
        .then(|| format!("{} are not shown.", format::plural(history.builds_left_out, "older build")));
    let duts = (history.duts_left_out > 0)
        .then(|| format!("{} are not shown.", format::plural(history.duts_left_out, "more DUT")));
    let notes: Vec<String> = [bars, builds, duts].into_iter().flatten().collect();
    (!notes.is_empty()).then(|| notes.join(" "))
}

/// Since when the test fails, and where it passed last, as links.
#[component]
pub fn Since(
    since: FailingSince,
    /// The result that is shown.
    selection: Selection,
) -> impl IntoView {
    let age = age(&since);
    let bad = session_link(&since.first_bad, &selection);
    let good = since.last_good.as_ref().map(|named| session_link(named, &selection));
    view! {
        <div>
            <dt>"Failing since"</dt>
            <dd>{bad} {age}</dd>
        </div>
        {good
            .map(|good| {
                view! {
                    <div>
                        <dt>"Last passed"</dt>
                        <dd>{good}</dd>
                    </div>
                }
            })}
    }
}

/// Leads to the test in another session.
fn session_link(named: &Named, selection: &Selection) -> impl IntoView + use<> {
    let target = Selection { session: Some(named.session.clone()), ..selection.clone() };
    let to = move |view: &mut View| view.selection = Some(target.clone());
    let name = name(named);
    view! { <ViewLink to=to>{name}</ViewLink> }
}

/// How long it fails: "(3 sessions, 5 days)".
fn age(since: &FailingSince) -> String {
    let sessions = format::plural(since.sessions, "session");
    match since.days {
        Some(days) if days > 0 => format!(" ({sessions}, {})", format::plural(days, "day")),
        _ => format!(" ({sessions})"),
    }
}

/// The build, else the start, else the id.
fn name(named: &Named) -> String {
    let started = named.started.as_deref().map(format::moment);
    named.build.clone().or(started).unwrap_or_else(|| named.session.clone())
}
