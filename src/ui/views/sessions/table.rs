//! The table of sessions.

use crate::analyze::{SessionRow, SessionWindow};
use crate::engine::GetSessions;
use crate::model::Outcome;
use crate::query::{Filter, SessionKey, Sort, SortKey, View};
use crate::ui::format;
use crate::ui::parts::{Cell, Column, CutName, OutcomeBar, RowButtons, Span, TableSource};
use leptos::prelude::*;

/// A row per session.
pub struct SessionTable;

impl TableSource for SessionTable {
    type Query = GetSessions;

    const NAME: &'static str = "Sessions";
    const NOUN: &'static str = "session";
    const COLUMNS: &'static [Column] = &[
        Column { share: 2, ..column(SortKey::Dut, "DUT", 208) },
        Column { share: 1, ..column(SortKey::Unit, "Unit", 116) },
        Column { share: 1, ..column(SortKey::Build, "Build", 92) },
        column(SortKey::Started, "Started", 168),
        number(SortKey::Duration, "Duration", 88, "From start to end"),
        number(SortKey::Rate, "Pass rate", 84, "passed / (passed + failed + error)"),
        Column {
            is_number: false,
            ..number(SortKey::Results, "Outcomes", 190, "Sorts by the number of results")
        },
        number(SortKey::Passed, "Passed", 72, ""),
        number(SortKey::Failing, "Failed", 116, "Sorts by failed and errors together"),
        Column { is_default: false, ..number(SortKey::Skipped, "Skipped", 76, "") },
        column(SortKey::Format, "Format", 100),
        Column { share: 2, ..column(SortKey::File, "File", 150) },
        Column { share: 1, is_default: false, ..column(SortKey::Session, "Session", 150) },
        Column {
            is_default: false,
            ..number(SortKey::Time, "Test time", 92, "The sum of the tests' durations")
        },
        Column {
            is_default: false,
            ..number(SortKey::Flaky, "Flaky", 64, "Results whose attempts disagree")
        },
    ];
    const DEFAULT_SORT: Option<Sort> = Some(Sort { by: SortKey::Started, descending: true });

    fn query(filter: Filter, sort: Option<Sort>, span: Span) -> GetSessions {
        GetSessions { filter, sort, from: span.first, count: span.count }
    }

    fn all(answer: &SessionWindow) -> u32 {
        answer.sessions
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
            SortKey::Session => cut(&row.id, 0),
            SortKey::Started => line(row.started.as_deref().map(format::moment)),
            SortKey::Duration => Cell::new(format::duration(row.duration_s)),
            SortKey::Time => Cell::new(format::duration(Some(counts.duration_s))),
            SortKey::Rate => Cell::new(format::rate(counts.pass_rate())),
            SortKey::Results => Cell::new(view! { <OutcomeBar counts=counts /> }),
            SortKey::Passed => count(counts.of(Outcome::Passed)),
            SortKey::Failing => {
                let (failed, errors) = (counts.of(Outcome::Failed), counts.of(Outcome::Error));
                let more = (errors > 0).then(|| {
                    let words = format!("+ {}", format::plural(errors, "error"));
                    view! { <span class="o-error">{words}</span> }
                });
                let class = if failed == 0 { "zero" } else { "o-failed" };
                Cell::new(view! { {format::count(failed)} {more} }).class(class)
            }
            SortKey::Skipped => count(counts.of(Outcome::Skipped)),
            SortKey::Flaky => count(counts.flaky),
            SortKey::Format => line(row.formats.first().cloned()),
            _ => {
                let file = row.files.first().map_or("–", String::as_str);
                cut(file, row.files_total.saturating_sub(1))
            }
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

const fn column(by: SortKey, name: &'static str, width: u32) -> Column {
    Column { by, name, title: "", width, share: 0, is_number: false, is_default: true }
}

const fn number(by: SortKey, name: &'static str, width: u32, title: &'static str) -> Column {
    Column { is_number: true, title, ..column(by, name, width) }
}

/// What matters about a session at first sight, as small tags.
#[component]
pub fn SessionTags(row: SessionRow) -> impl IntoView {
    let tags = [
        (row.is_latest, "tag tag-quiet", "latest", "The latest session of this DUT"),
        (row.is_partial, "tag", "truncated", "One of its files is truncated"),
        (row.is_unreadable, "tag tag-bad", "unreadable", "None of its files could be read"),
    ];
    let tags = tags.into_iter().filter(|(is_shown, ..)| *is_shown);
    tags.map(|(_, class, word, title)| {
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

/// The cell of a name that may be too long, and of how many more there are.
fn cut(name: &str, more: u32) -> Cell {
    let more = (more > 0).then(|| view! { <span class="hint">{format!("+{}", format::count(more))}</span> });
    Cell::new(view! { <CutName name=name /> {more} }).title(name)
}

/// The cell of a number, which is dimmed if it is 0.
fn count(count: u32) -> Cell {
    Cell::new(format::count(count)).class(if count == 0 { "zero" } else { "" })
}
