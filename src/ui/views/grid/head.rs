//! The heads of the columns.

use super::GridState;
use super::layout::id_of;
use crate::analyze::Column;
use crate::model::Outcome;
use crate::ui::format;
use crate::ui::parts::class_of;
use leptos::prelude::*;

/// The row of heads.
#[component]
pub fn GridHead(grid: GridState) -> impl IntoView {
    let columns = move || {
        let span = grid.span.get();
        grid.list.with(|window| {
            let shown = (1_u32..).zip(&window.columns).skip(span.first as usize).take(span.count as usize);
            shown.map(|(index, column)| column_head(column, index)).collect_view()
        })
    };
    view! {
        <div class="grid-head" role="row" aria-rowindex="1">
            <div class="grid-corner" role="columnheader" id=id_of((0, 0))>
                "Test"
            </div>
            {columns}
        </div>
    }
}

fn column_head(column: &Column, index: u32) -> impl IntoView + use<> {
    let counts = column.counts;
    let (class, figure, rest) = figure_of(column);
    let bar = occurring(column)
        .map(|outcome| {
            view! { <span class=class_of(outcome) style:flex-grow=counts.of(outcome).to_string()></span> }
        })
        .collect_view();
    let names: Vec<&str> = [column.build.as_deref(), column.unit.as_deref()].into_iter().flatten().collect();
    view! {
        <div
            class="grid-column"
            role="columnheader"
            id=id_of((0, index))
            aria-colindex=(index + 1).to_string()
            style=("--column", (index - 1).to_string())
            data-tip=tip_of(column)
        >
            <span class="grid-dut">{column.dut.clone()}</span>
            <span class="grid-build">{names.join(" · ")}</span>
            <span class=format!("grid-figure {class}")>
                <span>{figure}</span>
                <span>{rest}</span>
            </span>
            <span class="grid-bar" aria-hidden="true">
                {bar}
            </span>
        </div>
    }
}

/// The class of the figure below a name, the figure, and its second part, which
/// is shown if there is room.
fn figure_of(column: &Column) -> (&'static str, String, String) {
    let counts = &column.counts;
    let results = format::count(counts.results());
    let failing = format!("{} failing", format::count(counts.failing()));
    match (column.is_unreadable, column.is_partial, counts.failing()) {
        (true, ..) => ("is-doubtful", "unreadable".to_owned(), String::new()),
        (_, true, 0) => ("is-doubtful", "truncated".to_owned(), format!(" after {results}")),
        (_, true, _) => ("o-failed", failing, ", truncated".to_owned()),
        (.., 0) => {
            let passed = format!("{} passed", format::count(counts.of(Outcome::Passed)));
            ("", passed, format!(" of {results}"))
        }
        _ => ("o-failed", failing, format!(" of {results}")),
    }
}

fn tip_of(column: &Column) -> String {
    let counts = &column.counts;
    let mut lines = vec![column.dut.clone()];
    for (label, value) in
        [("unit", &column.unit), ("build", &column.build), ("session", &Some(column.session.clone()))]
    {
        lines.extend(value.as_ref().map(|value| format!("{label} {value}")));
    }
    lines.extend(column.started.as_deref().map(format::moment));
    let figures: Vec<String> = occurring(column)
        .map(|outcome| format!("{} {}", format::count(counts.of(outcome)), outcome.word()))
        .collect();
    lines.push(figures.join(", "));
    if column.is_partial {
        lines.push(format!("the file is truncated after {}", format::plural(counts.results(), "result")));
    }
    lines.join("\n")
}

fn occurring(column: &Column) -> impl Iterator<Item = Outcome> + use<'_> {
    Outcome::ALL.into_iter().filter(|&outcome| column.counts.of(outcome) > 0)
}
