//! Tests: find and sort.

use crate::analyze::TestRow;
use crate::engine::{Answer, Request};
use crate::model::Outcome;
use crate::query::{Filter, Selection, SortKey};
use crate::ui::dom::{El, el};
use crate::ui::format;
use crate::ui::parts::{Column, Kind, Table, around, class_of, cut, dut_chip, filter_bar, outcome_bar};
use std::fmt::Write;

/// How many DUTs a row names.
const CHIPS: usize = 2;

const fn column(by: SortKey, name: &'static str, width: u32, title: &'static str) -> Column {
    Column { by, name, title, width, share: 0, is_number: false, is_usual: true }
}

const fn number(by: SortKey, name: &'static str, width: u32, title: &'static str) -> Column {
    Column { is_number: true, ..column(by, name, width, title) }
}

static TESTS: Kind = Kind {
    name: "Tests",
    noun: "test",
    columns: &[
        Column { share: 4, ..column(SortKey::Name, "Test", 200, "") },
        column(SortKey::Outcome, "Now", 132, "Outcomes on the DUTs, now; sorts by the worst"),
        Column {
            share: 2,
            ..column(SortKey::Failing, "Fails on", 232, "DUTs that it fails on now; sorts by how many")
        },
        column(
            SortKey::Sessions,
            "History",
            150,
            "The worst outcome of each build, the oldest at the left; sorts by how many sessions have it",
        ),
        number(SortKey::Time, "Median", 82, "Median duration on the DUTs, now"),
        number(SortKey::MaxTime, "Longest", 82, "Longest duration on a DUT, now"),
        number(SortKey::Attempts, "Attempts", 84, "Most attempts on a DUT, now"),
        number(SortKey::Flaky, "Flaky", 96, "In how many sessions, of all, its attempts disagreed"),
        Column { share: 3, ..column(SortKey::Suite, "Suite", 140, "Suite and class") },
    ],
    usual: None,
    request: |filter, sort, span| Request::Tests { filter, sort, from: span.first, count: span.count },
    rows: |answer| match answer {
        Answer::Tests(window) => Some((window.total, window.rows.len())),
        _ => None,
    },
    all: |answer| match answer {
        Answer::Tests(window) => window.tests,
        _ => 0,
    },
    fill,
    open: |view, answer, at| {
        if let Some((_, row)) = row(answer, at) {
            view.selection = Some(selection(row, &row.worst_on));
        }
    },
    is_open: |view, answer, at| {
        row(answer, at)
            .zip(view.selection.as_ref())
            .is_some_and(|((_, row), selection)| selection.name == row.name && selection.scope == row.scope)
    },
};

/// The table of tests.
pub fn tests() -> El {
    let table = Table::new(&TESTS);
    let toolbar = el("div.toolbar").child(filter_bar()).child(table.count()).child(table.column_choice());
    el("main.table-view").attr("aria-label", "Tests").child(toolbar).child(table.rows(Filter::nothing))
}

/// A row, and the builds of its strip.
fn row(answer: &Answer, at: usize) -> Option<(&[String], &TestRow)> {
    match answer {
        Answer::Tests(window) => Some((&window.builds, window.rows.get(at)?)),
        _ => None,
    }
}

fn selection(row: &TestRow, dut: &str) -> Selection {
    Selection { dut: dut.to_owned(), session: None, scope: row.scope.clone(), name: row.name.clone() }
}

fn fill(cell: El, answer: &Answer, at: usize, by: SortKey) -> Option<El> {
    let (builds, row) = row(answer, at)?;
    Some(match by {
        SortKey::Name => cut(cell, &row.name),
        SortKey::Suite => cut(cell, &around(&row.suite, &row.class)),
        SortKey::Outcome => cell.child(outcome_bar(&row.counts, row.missing)),
        SortKey::Failing => {
            let chips = row.failing.iter().take(CHIPS);
            let chips = chips.map(|(dut, outcome)| dut_chip(*outcome, selection(row, dut)));
            let more = row.failing.len().saturating_sub(CHIPS) as u32;
            let more = (more > 0).then(|| el("span.hint").child(format!("+{}", format::count(more))));
            let names: Vec<&str> = row.failing.iter().map(|(dut, _)| dut.as_str()).collect();
            cell.add_class("chips").attr("title", &names.join(", ")).children(chips).child(more)
        }
        SortKey::Time => cell.child(format::duration(row.median_s)),
        SortKey::MaxTime => cell.child(format::duration(row.max_s)),
        SortKey::Attempts => quiet(cell, row.attempts.into(), 1),
        SortKey::Flaky if row.flaky_sessions > 0 => {
            let words = format!("flaky in {}", format::plural(row.flaky_sessions, "session"));
            let mark = el("span.tag").child(format!("flaky {}×", format::count(row.flaky_sessions)));
            cell.attrs(&[("aria-label", &words), ("title", &words)]).child(mark)
        }
        SortKey::Sessions => cell.child(strip(builds, &row.strip)),
        _ => cell,
    })
}

/// A number that matters if it is greater than the usual one.
fn quiet(cell: El, number: u32, usual: u32) -> El {
    if number > usual { cell } else { cell.add_class("zero") }.child(format::count(number))
}

/// The worst outcome of each build. In words it is said when it changed.
fn strip(builds: &[String], strip: &[Option<Outcome>]) -> El {
    let mut words = String::new();
    let mut before = None;
    let marks = builds.iter().zip(strip).map(|(build, outcome)| {
        let (class, word) =
            outcome.map_or(("o-missing", "no result"), |outcome| (class_of(outcome), outcome.word()));
        if before.replace(word) != Some(word) {
            let separator = if words.is_empty() { "" } else { ", " };
            let _ = write!(words, "{separator}{word} from {build}");
        }
        el("i").class(class).attr("title", &format!("{build}: {word}"))
    });
    let marks: Vec<El> = marks.collect();
    el("span.outcome-strip").attrs(&[("role", "img"), ("aria-label", &words)]).child(marks)
}
