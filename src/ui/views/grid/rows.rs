//! The rows: tests, and groups of tests.

use super::GridState;
use super::layout::{LETTER, Layout, ROW, id_of};
use crate::analyze::{Cell, Column, GridGroup, GridLine, GridRow, GridWindow, GroupCell};
use crate::query::Change;
use crate::ui::format;
use crate::ui::parts::{CutName, Span, around, class_of, class_of_missing, plain};
use leptos::prelude::*;

/// A row, counted from 1.
#[component]
pub fn GridRowView(grid: GridState, row: u32) -> impl IntoView {
    let active = Memo::new(move |_| {
        let (active_row, column) = grid.active.get();
        (active_row == row).then_some(column)
    });
    let open = Memo::new(move |_| grid.open.get().filter(|cell| cell.0 == row).map(|cell| cell.1));
    // Cells follow their data a little later, so that no task renders those of all rows.
    let update = RwSignal::new(0_u32);
    let rendered = StoredValue::new(None);
    Effect::new(move || {
        if Some(grid.generation.get()) != rendered.get_value() {
            grid.slices.update(update);
        }
    });
    let is_group = Memo::new(move |_| {
        update.track();
        untrack(|| grid.is_group(row))
    });
    let content = move || {
        let marked = Marked { active: active.get(), open: open.get() };
        let has_cells = update.get() > 0;
        untrack(|| {
            if has_cells {
                rendered.set_value(Some(grid.generation.get()));
            }
            row_content(grid, row, marked, has_cells)
        })
    };
    view! {
        <div
            class="grid-row"
            class:grid-group=is_group
            role="row"
            aria-rowindex=(row + 1).to_string()
            style:transform=move || format!("translateY({}px)", grid.layout.get().head + ROW * (row - 1))
        >
            {content}
        </div>
    }
}

/// The columns of a row that look different.
#[derive(Clone, Copy)]
struct Marked {
    /// Where the arrow keys are; 0 is the name.
    active: Option<u32>,
    /// Whose details are open.
    open: Option<u32>,
}

/// The name of a row, and its cells if it has them.
fn row_content(grid: GridState, row: u32, marked: Marked, has_cells: bool) -> Option<AnyView> {
    let layout = grid.layout.get();
    let span = if has_cells { grid.span.get() } else { Span::default() };
    let pinned = Span { first: 0, count: if has_cells { layout.pinned } else { 0 } };
    grid.line(row, |window, line| match line {
        GridLine::Group(group) => view! {
            <div class="grid-fixed" role="none">
                {group_name(group, row, marked.active.is_some())}
                {group_cells(window, group, pinned, layout)}
            </div>
            {group_cells(window, group, span, layout)}
        }
        .into_any(),
        GridLine::Test(test) => view! {
            <div class="grid-fixed" role="none">
                {name_cell(grid, test, row, marked.active == Some(0))}
                {test_cells(window, test, row, pinned, layout, marked)}
            </div>
            {test_cells(window, test, row, span, layout, marked)}
        }
        .into_any(),
    })
}

/// The name of a test. If it may be cut, all of it is in its tip.
fn name_cell(grid: GridState, test: &GridRow, row: u32, is_active: bool) -> impl IntoView + use<> {
    let around = around(&test.suite, &test.class);
    // In groups, the head of the group shows suite and class.
    let is_flat = grid.navigation.view.with_untracked(|view| view.flat) && !around.is_empty();
    let is_long = test.name.len() as u32 * LETTER > grid.layout.get_untracked().name;
    let tip = match (is_flat, is_long) {
        (true, _) => Some(format!("{}\n{around}", test.name)),
        (false, true) => Some(test.name.clone()),
        (false, false) => None,
    };
    view! {
        <div class="grid-name" class:is-active=is_active role="rowheader" id=id_of((row, 0)) data-tip=tip>
            <CutName name=test.name.clone() />
            {is_flat.then(|| view! { <span class="test-name-around">{around}</span> })}
        </div>
    }
}

/// The results of a test in the columns of a span.
fn test_cells(
    window: &GridWindow,
    test: &GridRow,
    row: u32,
    span: Span,
    layout: Layout,
    marked: Marked,
) -> impl IntoView + use<> {
    let cells = columns(window, &test.cells, span).map(|(column, head, cell)| {
        let change = test.changes[column as usize - 1];
        let before = window.compared.as_ref().map(|(from, _)| from.as_str());
        let CellText { class, words, more } = CellText::of(cell, change, before);
        let label = format!("{words} on {}", head.dut);
        let active = if marked.active == Some(column) { " is-active" } else { "" };
        let is_open = marked.open == Some(column);
        view! {
            <div
                class=format!("grid-cell mark {class}{active}{}", if is_open { " is-open" } else { "" })
                role="gridcell"
                id=id_of((row, column))
                aria-colindex=(column + 1).to_string()
                aria-selected=is_open.then_some("true")
                data-tip=""
                aria-label=label
                aria-description=more
            ></div>
        }
    });
    view! {
        <div class="grid-cells" role="none" style=("--left-out", layout.left_out(span))>
            {cells.collect_view()}
        </div>
    }
}

/// The name of a group, which folds it.
fn group_name(group: &GridGroup, row: u32, is_active: bool) -> impl IntoView + use<> {
    let name = around(&group.suite, &group.class);
    let name = if name.is_empty() { "Tests without a suite".to_owned() } else { name };
    let failing = (group.failing > 0).then(|| format!("{} failing", format::count(group.failing)));
    let failing = failing.map(|failing| view! { <span class="grid-figure o-failed">{failing}</span> });
    view! {
        <div class="grid-name" role="rowheader">
            <button
                type="button"
                class="fold"
                class:is-active=is_active
                id=id_of((row, 0))
                tabindex="-1"
                aria-expanded=(!group.is_folded).to_string()
            >
                <CutName name=name />
                <span class="grid-figure grid-tests">{format::plural(group.tests, "test")}</span>
                {failing}
            </button>
        </div>
    }
}

/// The summaries of a group in the columns of a span: the worst outcome, and how
/// many tests are missing.
fn group_cells(window: &GridWindow, group: &GridGroup, span: Span, layout: Layout) -> impl IntoView + use<> {
    let cells = columns(window, &group.cells, span).map(|(column, head, cell)| {
        let label = cell.words_on(&head.dut);
        // Where tests are missing in part, the figures are beside the glyph, or a dash below it.
        let is_partial = cell.missing > 0 && cell.results > 0;
        let figures = (is_partial && !layout.is_narrow)
            .then(|| format!("{}/{}", format::count(cell.results), format::count(group.tests)));
        let partial = if is_partial { " is-partial" } else { "" };
        view! {
            <div
                class=format!("grid-cell mark {}{partial}", class_of_group(cell))
                role="gridcell"
                aria-colindex=(column + 1).to_string()
                data-tip=""
                aria-label=label
            >
                {figures}
            </div>
        }
    });
    view! {
        <div class="grid-cells" role="none" style=("--left-out", layout.left_out(span))>
            {cells.collect_view()}
        </div>
    }
}

/// The classes of a group's cell.
fn class_of_group(cell: &GroupCell) -> String {
    let class = match (cell.worst, cell.why) {
        (Some(worst), _) => class_of(worst),
        (None, Some(why)) => class_of_missing(why),
        (None, None) => "",
    };
    if cell.is_flaky { format!("{class} is-flaky") } else { class.to_owned() }
}

/// The columns of a span, counted from 1, with their cells.
fn columns<'a, C>(
    window: &'a GridWindow,
    cells: &'a [C],
    span: Span,
) -> impl Iterator<Item = (u32, &'a Column, &'a C)> {
    let columns =
        (1_u32..).zip(&window.columns).zip(cells).map(|((column, head), cell)| (column, head, cell));
    columns.skip(span.first as usize).take(span.count as usize)
}

/// What a cell shows.
struct CellText {
    class: String,
    words: String,
    /// Another line.
    more: Option<String>,
}

impl CellText {
    /// The texts of a cell whose result changed so since the session before, or since the older side
    /// of a comparison, which is called `before`.
    fn of(cell: &Cell, change: Option<Change>, before: Option<&str>) -> CellText {
        let (changed_class, changed) = match (change, before) {
            (None, _) => ("", String::new()),
            (Some(change), Some(before)) => {
                (" is-changed", format!("Compared with {before}: {}", change.word()))
            }
            (Some(Change::Regression | Change::NewFailure), None) => {
                (" is-changed", "New since the previous session".to_owned())
            }
            (Some(Change::Fixed), None) => (" is-changed", "Fixed since the previous session".to_owned()),
            (Some(_), None) => ("", String::new()),
        };
        match cell {
            Cell::Result { outcome, is_flaky, is_known, message } => {
                let (flaky_class, flaky) = if *is_flaky { (" is-flaky", ", flaky") } else { ("", "") };
                let (known_class, known) = if *is_known { (" is-known", ", known issue") } else { ("", "") };
                let lines = [changed, plain(message)];
                let lines: Vec<String> = lines.into_iter().filter(|line| !line.is_empty()).collect();
                CellText {
                    class: format!("{}{flaky_class}{known_class}{changed_class}", class_of(*outcome)),
                    words: format!("{}{flaky}{known}", outcome.word()),
                    more: (!lines.is_empty()).then(|| lines.join("\n")),
                }
            }
            Cell::Missing(missing) => CellText {
                class: format!("{}{changed_class}", class_of_missing(*missing)),
                words: missing.words().to_owned(),
                more: Some(if changed.is_empty() {
                    missing.why()
                } else {
                    format!("{changed}\n{}", missing.why())
                }),
            },
        }
    }
}
