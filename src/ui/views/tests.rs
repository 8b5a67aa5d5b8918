//! Tests: find and sort.

use crate::analyze::{Subject, TestRow, TestWindow};
use crate::engine::GetTests;
use crate::model::Outcome;
use crate::query::{Filter, Selection, Sort, SortKey, View};
use crate::ui::format;
use crate::ui::parts::{
    Cell, Column, ColumnChoice, CutName, FilterBar, OutcomeBar, OutcomeCounts, OutcomeMark, ResultChip,
    RowButtons, Span, Table, TableCount, TableRows, TableSource, WhatExplains, around, class_of, sort_of,
};
use crate::ui::stores::use_navigation;
use leptos::prelude::*;
use std::fmt::Write;

/// How many DUTs a row names.
const CHIPS: usize = 2;

/// The table of tests.
#[component]
pub fn Tests() -> impl IntoView {
    let table = Table::<TestTable>::new();
    view! {
        <main class="table-view" aria-label="Tests">
            <div class="toolbar">
                <FilterBar />
                <TableCount table=table />
                <ColumnChoice table=table />
            </div>
            <OfCluster />
            <TableRows table=table />
        </main>
    }
}

/// What explains the failures of the cluster whose tests are listed.
#[component]
fn OfCluster() -> impl IntoView {
    let navigation = use_navigation();
    let subject =
        Memo::new(move |_| navigation.view.with(|view| view.filter.cluster.clone()).map(Subject::Cluster));
    view! { <WhatExplains subject=subject /> }
}

/// A row per test.
struct TestTable;

impl TableSource for TestTable {
    type Query = GetTests;

    const NAME: &'static str = "Tests";
    const NOUN: &'static str = "test";
    const COLUMNS: &'static [Column] = &[
        Column { share: 4, ..Column::new(SortKey::Name, "Test", 280, 0) },
        Column {
            title: "Outcomes in each DUT's latest session; sorts by the worst",
            ..Column::new(SortKey::Outcome, "Now", 168, 1)
        },
        Column {
            share: 2,
            title: "DUTs where it currently fails; sorts by their number",
            when_empty: "no failures, or only one DUT",
            ..Column::new(SortKey::Failing, "Fails on", 200, 2)
        },
        Column {
            title: "Why all of its failures are known",
            share: 1,
            when_empty: "no known failures",
            ..Column::new(SortKey::Known, "Known issue", 120, 3)
        },
        Column {
            title: "Worst outcome per build, oldest first; sorts by the number of sessions that have the test",
            when_empty: "one session per DUT",
            ..Column::new(SortKey::Sessions, "History", 150, 3)
        },
        Column {
            title: "Median duration in the DUTs' latest sessions",
            when_empty: "no durations",
            ..Column::number(SortKey::Time, "Median", 84, 4)
        },
        Column {
            title: "Longest duration in the DUTs' latest sessions",
            when_empty: "same as the median",
            ..Column::number(SortKey::MaxTime, "Longest", 84, 7)
        },
        Column {
            title: "Most attempts in the DUTs' latest sessions",
            when_empty: "no reruns",
            ..Column::number(SortKey::Attempts, "Attempts", 84, 8)
        },
        Column {
            title: "Sessions in which its attempts disagreed",
            when_empty: "no flaky tests",
            ..Column::number(SortKey::Flaky, "Flaky", 96, 5)
        },
        Column {
            share: 3,
            title: "Suite and class",
            when_empty: "no suites",
            ..Column::new(SortKey::Suite, "Suite", 160, 6)
        },
    ];
    const DEFAULT_SORT: Option<Sort> = None;

    fn query(view: &View, span: Span) -> GetTests {
        let sort = sort_of::<Self>(view);
        GetTests { filter: view.filter.clone(), sort, from: span.first, count: span.count }
    }

    fn all(answer: &TestWindow) -> u32 {
        answer.tests
    }

    fn empty_columns(answer: &TestWindow) -> &[SortKey] {
        &answer.empty_columns
    }

    fn cell(answer: &TestWindow, row: &TestRow, by: SortKey, buttons: &mut RowButtons) -> Cell {
        match by {
            SortKey::Name => cut(row.name.clone()),
            SortKey::Suite => cut(around(&row.suite, &row.class)),
            SortKey::Outcome => now(answer, row),
            SortKey::Failing => failing(row, buttons),
            SortKey::Known => known(row),
            SortKey::Time => Cell::new(format::duration(row.median_s)),
            SortKey::MaxTime => Cell::new(format::duration(row.max_s)),
            SortKey::Attempts => Cell::new(format::count(row.attempts.into())).class(if row.attempts > 1 {
                ""
            } else {
                "zero"
            }),
            SortKey::Flaky if row.flaky_sessions > 0 => {
                let words = format!("flaky in {}", format::plural(row.flaky_sessions, "session"));
                let tag = format!("flaky {}×", format::count(row.flaky_sessions));
                Cell::new(view! { <span class="tag">{tag}</span> }).label(words.clone()).title(words)
            }
            SortKey::Sessions => {
                Cell::new(view! { <OutcomeStrip builds=answer.builds.clone() outcomes=row.strip.clone() /> })
            }
            _ => Cell::new(()),
        }
    }

    fn open(view: &mut View, row: &TestRow) {
        view.selection = Some(selection(row, &row.worst_on));
    }

    fn is_open(view: &View, row: &TestRow) -> bool {
        let selection = view.selection.as_ref();
        selection.is_some_and(|selection| selection.name == row.name && selection.scope == row.scope)
    }

    fn no_matches(filter: &Filter) -> String {
        filter.nothing()
    }
}

/// The cell with the outcomes in the latest sessions; with one DUT there is one.
fn now(answer: &TestWindow, row: &TestRow) -> Cell {
    match row.counts.worst() {
        Some(outcome) if answer.duts == 1 => Cell::new(view! { <OutcomeMark outcome=outcome /> }),
        _ => Cell::new(view! {
            <OutcomeBar counts=row.counts missing=row.missing />
            <OutcomeCounts counts=row.counts missing=row.missing />
        })
        .class("outcomes"),
    }
}

/// The cell that says why a test's failures are known.
fn known(row: &TestRow) -> Cell {
    let Some(reason) = row.known.clone() else {
        return Cell::new(());
    };
    let text = if reason.is_empty() { "known".to_owned() } else { reason.clone() };
    Cell::new(view! { <span class="line">{text}</span> }).title(reason)
}

/// The cell of a name that may be too long.
fn cut(name: String) -> Cell {
    Cell::new(view! { <CutName name=name.clone() /> }).title(name)
}

/// The cell with the DUTs that a test fails on.
fn failing(row: &TestRow, buttons: &mut RowButtons) -> Cell {
    let chips = row.failing.iter().take(CHIPS).map(|(dut, outcome)| {
        let label = format!("{} on {dut}", outcome.word());
        view! {
            <ResultChip
                outcome=*outcome
                text=dut.clone()
                label=label.clone()
                selection=selection(row, dut)
                row_button=buttons.next()
                title=label
            />
        }
    });
    let chips = chips.collect_view();
    let more = row.failing.len().saturating_sub(CHIPS) as u32;
    let more = (more > 0).then(|| view! { <span class="hint">{format!("+{}", format::count(more))}</span> });
    let names: Vec<&str> = row.failing.iter().map(|(dut, _)| dut.as_str()).collect();
    Cell::new(view! { {chips} {more} }).class("chips").title(names.join(", "))
}

fn selection(row: &TestRow, dut: &str) -> Selection {
    Selection { dut: dut.to_owned(), session: None, scope: row.scope.clone(), name: row.name.clone() }
}

/// The worst outcome of each build, as a row of small marks.
#[component]
pub fn OutcomeStrip(
    /// The builds, oldest first.
    builds: Vec<String>,
    /// The outcome in each of them.
    outcomes: Vec<Option<Outcome>>,
) -> impl IntoView {
    let words = words_of(&builds, &outcomes);
    let marks = builds.iter().zip(outcomes).map(|(build, outcome)| {
        let title = format!("{build}: {}", word_of(outcome));
        view! { <i class=outcome.map_or("o-missing", class_of) title=title></i> }
    });
    view! {
        <span class="outcome-strip" role="img" aria-label=words>
            {marks.collect_view()}
        </span>
    }
}

/// The outcomes in words: each change of the outcome, and the build that it came with.
fn words_of(builds: &[String], outcomes: &[Option<Outcome>]) -> String {
    let mut words = String::new();
    let mut before = None;
    for (build, outcome) in builds.iter().zip(outcomes) {
        let word = word_of(*outcome);
        if before.replace(word) != Some(word) {
            let separator = if words.is_empty() { "" } else { ", " };
            // Writing to a string cannot fail.
            let _ = write!(words, "{separator}{word} from {build}");
        }
    }
    words
}

fn word_of(outcome: Option<Outcome>) -> &'static str {
    outcome.map_or("no result", Outcome::word)
}
