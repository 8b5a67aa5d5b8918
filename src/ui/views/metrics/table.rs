//! The table of metrics.

use crate::analyze::{MetricRow, MetricWindow, main_shift};
use crate::engine::GetMetrics;
use crate::query::{Better, Filter, Selection, Sort, SortKey, TestKey, View};
use crate::ui::format;
use crate::ui::parts::{
    Cell, Column, CutName, RowButton, RowButtons, Span, TableSource, around, change_cell, p_value, sort_of,
};
use crate::ui::stores::use_navigation;
use leptos::prelude::*;

/// A row per metric of a test.
pub struct MetricTable;

impl TableSource for MetricTable {
    type Query = GetMetrics;

    const NAME: &'static str = "Metrics";
    const NOUN: &'static str = "metric";
    const COLUMNS: &'static [Column] = &[
        Column { share: 3, ..Column::new(SortKey::Name, "Test", 220, 0) },
        Column { share: 2, ..Column::new(SortKey::Metric, "Metric", 140, 1) },
        Column {
            title: "Median in the DUTs' latest sessions",
            ..Column::number(SortKey::Value, "Now", 120, 2)
        },
        Column {
            title: "Which values are better. Press to choose: the address keeps it",
            ..Column::new(SortKey::Better, "Better", 120, 4)
        },
        Column {
            title: "The limits that a file gives; sorts by how many current values are outside of them",
            when_empty: "no limits",
            ..Column::new(SortKey::Limits, "Limits", 150, 5)
        },
        Column {
            share: 3,
            title: "Since when its values are different, over all sessions; sorts by the ratio",
            when_empty: "fewer than 8 sessions",
            ..Column::new(SortKey::Change, "Change", 250, 3)
        },
        Column {
            title: "How likely such a change is if nothing changed, adjusted for the number of metrics",
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
    const DEFAULT_SORT: Option<Sort> = None;

    fn query(view: &View, span: Span) -> GetMetrics {
        GetMetrics {
            filter: view.filter.clone(),
            directions: view.directions.clone(),
            sort: sort_of::<Self>(view),
            from: span.first,
            count: span.count,
        }
    }

    fn all(answer: &MetricWindow) -> u32 {
        answer.metrics
    }

    fn empty_columns(answer: &MetricWindow) -> &[SortKey] {
        &answer.empty_columns
    }

    fn cell(_: &MetricWindow, row: &MetricRow, by: SortKey, buttons: &mut RowButtons) -> Cell {
        match by {
            SortKey::Name => cut(row.name.clone()),
            SortKey::Metric => cut(row.metric.clone()),
            SortKey::Suite => cut(around(&row.suite, &row.class)),
            SortKey::Value => now(row),
            SortKey::Better => {
                let (metric, better, button) = (row.metric.clone(), row.better, buttons.next());
                Cell::new(view! { <Direction metric=metric better=better row_button=button /> })
            }
            SortKey::Limits => limits(row),
            SortKey::Change => change_cell(&row.shifts, Some(row.better), &row.unit),
            SortKey::Evidence => Cell::new(main_shift(&row.shifts).map(|shift| p_value(shift.p_value))),
            _ => Cell::new(()),
        }
    }

    fn open(view: &mut View, row: &MetricRow) {
        let (scope, name) = (row.scope.clone(), row.name.clone());
        view.charted.test = Some(TestKey { scope: scope.clone(), name: name.clone() });
        view.charted.metric.clone_from(&row.metric);
        view.selection = Some(Selection { dut: row.worst_on.clone(), session: None, scope, name });
    }

    fn is_open(view: &View, row: &MetricRow) -> bool {
        let selection = view.selection.as_ref();
        let is_test = selection.is_some_and(|open| open.name == row.name && open.scope == row.scope);
        is_test && (view.charted.metric.is_empty() || view.charted.metric == row.metric)
    }

    fn no_matches(filter: &Filter) -> String {
        if filter.is_active() { "No metrics match.".to_owned() } else { "No measured values.".to_owned() }
    }
}

/// The cell of a name that may be too long.
fn cut(name: String) -> Cell {
    Cell::new(view! { <CutName name=name.clone() /> }).title(name)
}

/// The current value; the range over DUTs on hover.
fn now(row: &MetricRow) -> Cell {
    let Some(now) = row.now else {
        return Cell::new("–").title("No value in the latest sessions");
    };
    let words = |value: f64| format!("{} {}", format::value(value, 5), row.unit);
    let title = match row.range {
        Some((low, high)) if row.duts > 1 => {
            format!("{} to {} on {}", words(low), words(high), format::plural(row.duts, "DUT"))
        }
        _ => String::new(),
    };
    Cell::new(words(now)).title(title)
}

/// The limits, and how many current values are outside of them.
fn limits(row: &MetricRow) -> Cell {
    let number = |number: f64| format::value(number, 6);
    let limits = match row.limits {
        (Some(lower), Some(upper)) => format!("{} … {}", number(lower), number(upper)),
        (Some(lower), None) => format!("≥ {}", number(lower)),
        (None, Some(upper)) => format!("≤ {}", number(upper)),
        (None, None) => String::new(),
    };
    let outside = (row.outside > 0).then(|| {
        let words = format!("{} outside", format::count(row.outside));
        view! { <span class="tag">{words}</span> }
    });
    Cell::new(view! { <span class="line">{limits.clone()}</span> {outside} }).title(limits)
}

/// Which values are better; pressing it chooses the next.
#[component]
fn Direction(metric: String, better: Better, row_button: RowButton) -> impl IntoView {
    let navigation = use_navigation();
    let RowButton { id, tabindex, is_active } = row_button;
    let class = if is_active { "chip is-active" } else { "chip" };
    let (arrow, word) = match better {
        Better::Lower => ("↓ ", "lower"),
        Better::Higher => ("↑ ", "higher"),
        Better::Neither => ("– ", "neither"),
    };
    let label = format!("{metric}: {}; press to change", better.words());
    let choose = move |event: leptos::ev::MouseEvent| {
        event.stop_propagation();
        navigation.push(|view| view.directions.set(&metric, better.next()));
    };
    view! {
        <button type="button" class=class id=id tabindex=tabindex title=label.clone() aria-label=label on:click=choose>
            <span aria-hidden="true">{arrow}</span>
            {word}
        </button>
    }
}
