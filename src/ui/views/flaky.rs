//! Flaky: which tests disagree with themselves, how often, and what does it cost?

use super::tests::OutcomeStrip;
use crate::analyze::{FlakyRow, FlakyWindow, Share};
use crate::engine::GetFlaky;
use crate::query::{Filter, Selection, Sort, SortKey, View};
use crate::ui::format;
use crate::ui::parts::{
    Cell, Column, ColumnChoice, CutName, DutFilter, FilterField, RowButtons, Span, Table, TableCount,
    TableRows, TableSource, around, sort_of,
};
use leptos::prelude::*;

/// The ranking of flaky tests.
#[component]
pub fn Flaky() -> impl IntoView {
    let table = Table::<FlakyTable>::new();
    view! {
        <main class="table-view" aria-label="Flaky">
            <div class="toolbar">
                <div class="filter" role="search">
                    <FilterField name="Filter flaky tests" placeholder="Filter by test" />
                    <DutFilter />
                </div>
                <TableCount table=table />
                <ColumnChoice table=table />
            </div>
            <TableRows table=table />
        </main>
    }
}

/// A row per test that disagrees with itself.
struct FlakyTable;

impl TableSource for FlakyTable {
    type Query = GetFlaky;

    const NAME: &'static str = "Flaky tests";
    const NOUN: &'static str = "test";
    const COLUMNS: &'static [Column] = &[
        Column { share: 4, ..Column::new(SortKey::Name, "Test", 260, 0) },
        Column {
            title: "Sessions whose attempts disagree, or that disagree with the previous session of the same DUT and build",
            ..Column::number(SortKey::Flaky, "Disagrees", 96, 1)
        },
        Column {
            title: "Share of these sessions, with its 95 % confidence interval; the ranking is by its lower end",
            ..Column::number(SortKey::Evidence, "Share (95 %)", 136, 2)
        },
        Column {
            title: "Worst outcome per build, oldest first; sorts by the number of sessions that have the test",
            when_empty: "one session per DUT",
            ..Column::new(SortKey::Sessions, "History", 150, 3)
        },
        Column {
            title: "Test time of repeats: all attempts but the last one, and failing sessions of a build that also passed",
            when_empty: "no durations",
            ..Column::number(SortKey::Time, "Cost", 84, 4)
        },
        Column {
            title: "Passed in one session and failed in the next of the same DUT and build; out of all such pairs",
            when_empty: "no build was tested twice",
            ..Column::number(SortKey::Build, "Flips in a build", 116, 5)
        },
        Column {
            title: "Passed in one session and failed in the next of the same DUT, or the reverse; out of all such pairs",
            when_empty: "one session per DUT",
            ..Column::number(SortKey::Change, "Flips", 84, 6)
        },
        Column { share: 2, when_empty: "one DUT", ..Column::new(SortKey::Dut, "DUTs", 140, 7) },
        Column {
            share: 1,
            when_empty: "one session per DUT",
            ..Column::new(SortKey::LastSeen, "Last seen", 110, 8)
        },
        Column {
            share: 2,
            title: "Suite and class",
            when_empty: "no suites",
            ..Column::new(SortKey::Suite, "Suite", 140, 9)
        },
    ];
    const DEFAULT_SORT: Option<Sort> = None;

    fn query(view: &View, span: Span) -> GetFlaky {
        let sort = sort_of::<Self>(view);
        GetFlaky { filter: view.filter.clone(), sort, from: span.first, count: span.count }
    }

    fn all(answer: &FlakyWindow) -> u32 {
        answer.tests
    }

    fn empty_columns(answer: &FlakyWindow) -> &[SortKey] {
        &answer.empty_columns
    }

    fn cell(answer: &FlakyWindow, row: &FlakyRow, by: SortKey, _: &mut RowButtons) -> Cell {
        match by {
            SortKey::Name => Cell::new(view! { <CutName name=row.name.clone() /> }).title(row.name.clone()),
            SortKey::Flaky => {
                let words = format!(
                    "{} of {}: attempts disagree in {}, flips in a build: {}",
                    format::count(row.disagrees.times),
                    format::plural(row.disagrees.of, "session"),
                    format::count(row.within),
                    format::count(row.in_build.times)
                );
                share(row.disagrees).title(words)
            }
            SortKey::Evidence if row.disagrees.times == 0 => {
                Cell::new(view! { <span class="hint">"between builds only"</span> })
                    .title("Only flips from build to build: the builds may be the cause")
            }
            SortKey::Evidence => {
                let (low, high) = row.interval;
                let text = format!("{} ({})", format::rate(row.disagrees.rate()), range(low, high));
                Cell::new(text)
            }
            SortKey::Sessions => {
                Cell::new(view! { <OutcomeStrip builds=answer.builds.clone() outcomes=row.strip.clone() /> })
            }
            SortKey::Time => Cell::new(format::duration(row.cost_s)),
            SortKey::Build => share(row.in_build),
            SortKey::Change => share(row.over_time),
            SortKey::Dut => {
                let names = row.duts.0.join(", ");
                let more = row.duts.1 - row.duts.0.len() as u32;
                let text = if more > 0 { format!("{names} +{}", format::count(more)) } else { names };
                Cell::new(view! { <span class="line">{text.clone()}</span> }).title(text)
            }
            SortKey::LastSeen => {
                let (dut, session, build) = &row.last;
                let text = build.clone().unwrap_or_else(|| session.clone());
                Cell::new(view! { <span class="line">{text.clone()}</span> })
                    .title(format!("{text} on {dut}"))
            }
            SortKey::Suite => {
                let name = around(&row.suite, &row.class);
                Cell::new(view! { <CutName name=name.clone() /> }).title(name)
            }
            _ => Cell::new(()),
        }
    }

    fn open(view: &mut View, row: &FlakyRow) {
        let (dut, session, _) = row.last.clone();
        view.selection =
            Some(Selection { dut, session: Some(session), scope: row.scope.clone(), name: row.name.clone() });
    }

    fn is_open(view: &View, row: &FlakyRow) -> bool {
        let selection = view.selection.as_ref();
        selection.is_some_and(|selection| selection.name == row.name && selection.scope == row.scope)
    }

    fn no_matches(filter: &Filter) -> String {
        if filter.is_active() {
            "No flaky tests match.".to_owned()
        } else {
            "No test disagrees with itself.".to_owned()
        }
    }
}

/// "11 of 36"
fn share(share: Share) -> Cell {
    if share.of == 0 {
        return Cell::new("–").class("zero");
    }
    let text = format!("{} of {}", format::count(share.times), format::count(share.of));
    Cell::new(text).class(if share.times == 0 { "zero" } else { "" })
}

/// "18–47 %"
fn range(low: f64, high: f64) -> String {
    let percent = |share: f64| format::number((share * 100.0).round(), 0);
    format!("{}–{} %", percent(low), percent(high))
}
