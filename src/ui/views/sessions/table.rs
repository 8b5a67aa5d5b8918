//! The table of sessions.

use crate::analyze::{SessionRow, SessionWindow};
use crate::engine::GetSessions;
use crate::model::{Counts, Outcome};
use crate::query::{Filter, SessionKey, Sort, SortKey, View};
use crate::ui::format;
use crate::ui::parts::{Cell, Column, CutPath, OutcomeBar, RowButtons, Span, TableSource, class_of, sort_of};
use leptos::prelude::*;

/// A row per session.
pub struct SessionTable;

impl TableSource for SessionTable {
    type Query = GetSessions;

    const NAME: &'static str = "Sessions";
    const NOUN: &'static str = "session";
    const COLUMNS: &'static [Column] = &[
        Column { share: 2, ..Column::new(SortKey::Dut, "DUT", 208, 0) },
        Column { share: 1, when_empty: "no units", ..Column::new(SortKey::Unit, "Unit", 114, 11) },
        Column { share: 1, when_empty: "no builds", ..Column::new(SortKey::Build, "Build", 92, 3) },
        Column { when_empty: "no start times", ..Column::new(SortKey::Started, "Started", 168, 4) },
        Column {
            title: "From start to end",
            when_empty: "no durations",
            ..Column::number(SortKey::Duration, "Duration", 92, 9)
        },
        Column {
            title: "passed / (passed + failed + error)",
            when_empty: "no verdicts",
            ..Column::number(SortKey::Rate, "Pass rate", 80, 5)
        },
        Column {
            title: "Share of each outcome; sorts by the number of results",
            ..Column::new(SortKey::Results, "Outcomes", 110, 2)
        },
        Column::number(SortKey::Passed, "Passed", 64, 7),
        Column {
            title: "Sorts by failed and error together",
            ..Column::number(SortKey::Failing, "Failed", 60, 1)
        },
        Column { when_empty: "no errors", ..Column::number(SortKey::Errors, "Error", 56, 6) },
        Column { when_empty: "nothing skipped", ..Column::number(SortKey::Skipped, "Skipped", 68, 8) },
        Column {
            title: "Results whose attempts disagree",
            when_empty: "no flaky results",
            is_default: false,
            ..Column::number(SortKey::Flaky, "Flaky", 64, 13)
        },
        Column { when_empty: "one format", ..Column::new(SortKey::Format, "Format", 146, 12) },
        Column { share: 2, ..Column::new(SortKey::File, "File", 146, 10) },
        Column { share: 1, is_default: false, ..Column::new(SortKey::Session, "Session", 150, 14) },
        Column {
            is_default: false,
            title: "The sum of the tests' durations",
            when_empty: "no durations",
            ..Column::number(SortKey::Time, "Test time", 92, 15)
        },
    ];
    const DEFAULT_SORT: Option<Sort> = Some(Sort { by: SortKey::Started, descending: true });

    fn query(view: &View, span: Span) -> GetSessions {
        let sort = sort_of::<Self>(view);
        GetSessions { filter: view.filter.clone(), sort, from: span.first, count: span.count }
    }

    fn all(answer: &SessionWindow) -> u32 {
        answer.sessions
    }

    fn empty_columns(answer: &SessionWindow) -> &[SortKey] {
        &answer.empty_columns
    }

    fn cell(_: &SessionWindow, row: &SessionRow, by: SortKey, _: &mut RowButtons) -> Cell {
        let counts = row.counts;
        match by {
            SortKey::Dut => {
                let dut = row.dut.clone();
                Cell::new(view! { <span class="line">{dut}</span> <SessionTags row=row.clone() /> })
                    .title(row.dut.clone())
            }
            SortKey::Unit => line(row.unit.clone()),
            SortKey::Build => line(row.build.clone()),
            SortKey::Started => line(row.started.as_deref().map(format::moment)),
            SortKey::Duration => Cell::new(format::duration(row.duration_s)),
            SortKey::Time => Cell::new(format::duration(counts.duration_s)),
            SortKey::Rate => Cell::new(format::rate(counts.pass_rate())),
            SortKey::Results => Cell::new(view! { <OutcomeBar counts=counts /> }),
            SortKey::Passed => count(counts, Outcome::Passed),
            SortKey::Failing => count(counts, Outcome::Failed),
            SortKey::Errors => count(counts, Outcome::Error),
            SortKey::Skipped => count(counts, Outcome::Skipped),
            SortKey::Flaky => number_cell(counts.flaky, ""),
            SortKey::Session => path(&row.id, 0),
            SortKey::Format => line(row.formats.first().cloned()),
            _ => path(row.files.first().map_or("–", String::as_str), row.files_total.saturating_sub(1)),
        }
    }

    fn open(view: &mut View, row: &SessionRow) {
        view.session = Some(SessionKey { dut: row.dut.clone(), session: row.id.clone() });
    }

    fn is_open(view: &View, row: &SessionRow) -> bool {
        view.session.as_ref().is_some_and(|open| open.dut == row.dut && open.session == row.id)
    }

    fn no_matches(filter: &Filter) -> String {
        let of = filter.dut.as_ref().map(|dut| format!(" of {dut}")).unwrap_or_default();
        match filter.text.trim() {
            "" => format!("No sessions{of} found."),
            text => format!("No sessions{of} match “{text}”."),
        }
    }
}

/// What matters about a session at first sight, as small tags.
#[component]
pub fn SessionTags(row: SessionRow) -> impl IntoView {
    let incomplete = row.incomplete.as_deref().map(|reason| match format::incomplete_word(reason) {
        "truncated" => ("tag", "truncated", "One of its files is truncated".to_owned()),
        word => ("tag", word, format!("Incomplete: {reason}")),
    });
    let latest = row.latest_by.map(|order| {
        ("tag tag-quiet", "latest", format!("The latest session of this DUT, by {}", order.words()))
    });
    let unreadable = ("tag tag-bad", "unreadable", "None of its files could be read".to_owned());
    let tags = [latest, incomplete, row.is_unreadable.then_some(unreadable)];
    tags.into_iter()
        .flatten()
        .map(|(class, word, title)| {
            view! {
                <span class=class title=title>
                    {word}
                </span>
            }
        })
        .collect_view()
}

/// The cell of a text in one line.
fn line(text: Option<String>) -> Cell {
    let text = text.filter(|text| !text.is_empty()).unwrap_or_else(|| "–".to_owned());
    Cell::new(view! { <span class="line">{text.clone()}</span> }).title(text)
}

/// The cell of a path that may be too long, and of how many more there are.
fn path(path: &str, more: u32) -> Cell {
    let more = (more > 0).then(|| view! { <span class="hint">{format!("+{}", format::count(more))}</span> });
    Cell::new(view! { <CutPath path=path /> {more} }).title(path)
}

/// The cell with the number of results with an outcome.
fn count(counts: Counts, outcome: Outcome) -> Cell {
    let class = if outcome == Outcome::Passed { "" } else { class_of(outcome) };
    number_cell(counts.of(outcome), class)
}

/// The cell of a number, which is dimmed if it is 0.
fn number_cell(number: u32, class: &'static str) -> Cell {
    Cell::new(format::count(number)).class(if number == 0 { "zero" } else { class })
}
