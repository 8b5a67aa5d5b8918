//! The table of test times.

use crate::analyze::{TimingRow, TimingWindow, main_shift};
use crate::engine::GetTiming;
use crate::query::{Filter, Selection, Sort, SortKey, TestKey, View};
use crate::ui::format;
use crate::ui::parts::{
    Cell, Column, CutName, RowButtons, Span, TableSource, around, change_cell, p_value, sort_of,
};
use leptos::prelude::*;

/// A row per test.
pub struct TimingTable;

impl TableSource for TimingTable {
    type Query = GetTiming;

    const NAME: &'static str = "Timing";
    const NOUN: &'static str = "test";
    const COLUMNS: &'static [Column] = &[
        Column { share: 4, ..Column::new(SortKey::Name, "Test", 260, 0) },
        Column {
            title: "Sum of its durations in the DUTs' latest sessions",
            ..Column::number(SortKey::Time, "Test time", 96, 1)
        },
        Column {
            title: "Share of all test time in the DUTs' latest sessions",
            ..Column::number(SortKey::Share, "Share", 132, 2)
        },
        Column {
            title: "Median duration in the DUTs' latest sessions",
            when_empty: "one DUT",
            ..Column::number(SortKey::Median, "Median", 84, 5)
        },
        Column {
            title: "Longest duration in the DUTs' latest sessions",
            when_empty: "one DUT",
            ..Column::number(SortKey::MaxTime, "Longest", 84, 4)
        },
        Column {
            share: 3,
            title: "Since when it takes longer or shorter, over all sessions; sorts by the ratio",
            when_empty: "fewer than 8 sessions",
            ..Column::new(SortKey::Change, "Change", 250, 3)
        },
        Column {
            title: "How likely such a change is if nothing changed, adjusted for the number of tests",
            when_empty: "fewer than 8 sessions",
            ..Column::number(SortKey::Evidence, "p-value", 84, 6)
        },
        Column {
            share: 2,
            title: "Suite and class",
            when_empty: "no suites",
            ..Column::new(SortKey::Suite, "Suite", 160, 7)
        },
    ];
    const DEFAULT_SORT: Option<Sort> = Some(Sort { by: SortKey::Time, descending: true });

    fn query(view: &View, span: Span) -> GetTiming {
        let sort = sort_of::<Self>(view);
        GetTiming { filter: view.filter.clone(), sort, from: span.first, count: span.count }
    }

    fn all(answer: &TimingWindow) -> u32 {
        answer.tests
    }

    fn empty_columns(answer: &TimingWindow) -> &[SortKey] {
        &answer.empty_columns
    }

    fn cell(_: &TimingWindow, row: &TimingRow, by: SortKey, _: &mut RowButtons) -> Cell {
        match by {
            SortKey::Name => cut(row.name.clone()),
            SortKey::Suite => cut(around(&row.suite, &row.class)),
            SortKey::Time => Cell::new(format::duration(row.total_s)),
            SortKey::Share => share(row.share),
            SortKey::Median => Cell::new(format::duration(row.median_s)),
            SortKey::MaxTime => Cell::new(format::duration(row.max_s)).title(row.longest_on.clone()),
            SortKey::Change => change_cell(&row.shifts, None, "s"),
            SortKey::Evidence => Cell::new(main_shift(&row.shifts).map(|shift| p_value(shift.p_value))),
            _ => Cell::new(()),
        }
    }

    fn open(view: &mut View, row: &TimingRow) {
        let (scope, name) = (row.scope.clone(), row.name.clone());
        view.charted.test = Some(TestKey { scope: scope.clone(), name: name.clone() });
        view.selection = Some(Selection { dut: row.longest_on.clone(), session: None, scope, name });
    }

    fn is_open(view: &View, row: &TimingRow) -> bool {
        let selection = view.selection.as_ref();
        selection.is_some_and(|selection| selection.name == row.name && selection.scope == row.scope)
    }

    fn no_matches(filter: &Filter) -> String {
        filter.nothing()
    }
}

/// The cell of a name that may be too long.
fn cut(name: String) -> Cell {
    Cell::new(view! { <CutName name=name.clone() /> }).title(name)
}

/// A share as a bar and in percent.
fn share(share: Option<f64>) -> Cell {
    let width = format!("{:.1}%", share.unwrap_or(0.0) * 100.0);
    Cell::new(view! {
        <span class="share-bar" aria-hidden="true">
            <i style:width=width></i>
        </span>
        {format::rate(share)}
    })
}
