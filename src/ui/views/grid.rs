//! Grid: what passes where?

use crate::analyze::{Cell, Column, GridRow};
use crate::engine::{Answer, Request};
use crate::query::Selection;
use crate::ui::format;
use crate::ui::parts::{FilterBar, Loaded, Span, TestName, class_of, reveal, windowed};
use crate::ui::state::{State, state};
use leptos::ev;
use leptos::prelude::*;
use std::sync::Arc;

const ROW: f64 = 30.0;
const HEAD: f64 = 64.0;

/// Tests × DUTs, the latest session of each.
#[component]
pub fn GridView() -> impl IntoView {
    let state = state();
    let key = Memo::new(move |_| (state.version.get(), state.view.with(|view| view.filter.clone())));
    let list = windowed::<_, Frame, GridRow, _>(ROW, key, move |(_, filter), span| async move {
        let request = Request::Grid { filter, from: span.first, count: span.count };
        match state.ask(request).await? {
            Answer::Grid(window) => {
                Some((window.total, window.rows, Frame { columns: window.columns, tests: window.tests }))
            }
            _ => None,
        }
    });
    let frame = move || list.loaded.get();
    let columns = Memo::new(move |_| frame().map(|l| Arc::new(l.frame.columns.clone())).unwrap_or_default());
    let total = Memo::new(move |_| frame().map_or(0, |loaded| loaded.total));
    let tests = Memo::new(move |_| frame().map_or(0, |loaded| loaded.frame.tests));
    let layout = Memo::new(move |_| Layout::new(list.viewport.get().0, columns.with(|c| c.len())));
    let visible_columns = Memo::new(move |_| {
        let layout = layout.get();
        let width = (list.viewport.get().0 - layout.name).max(0.0);
        let span = Span::visible(list.scrolled.get().0, width, layout.column, 1);
        let count = columns.with(|columns| columns.len()) as u32;
        Span { first: span.first.min(count), count: span.count.min(count.saturating_sub(span.first)) }
    });
    // The cell that has the focus: row and column, the row of heads not counted.
    let active = RwSignal::new((0_u32, 0_u32));
    let on_key = move |event: ev::KeyboardEvent| {
        let (rows, columns) = (total.get_untracked(), columns.with_untracked(|c| c.len()) as u32);
        if rows == 0 || columns == 0 {
            return;
        }
        let page = list.visible.get_untracked().count.saturating_sub(6).max(1);
        let (row, column) = active.get_untracked();
        let next = match event.key().as_str() {
            "ArrowDown" => ((row + 1).min(rows - 1), column),
            "ArrowUp" => (row.saturating_sub(1), column),
            "ArrowRight" => (row, (column + 1).min(columns - 1)),
            "ArrowLeft" => (row, column.saturating_sub(1)),
            "PageDown" => ((row + page).min(rows - 1), column),
            "PageUp" => (row.saturating_sub(page), column),
            "Home" if event.ctrl_key() => (0, 0),
            "End" if event.ctrl_key() => (rows - 1, columns - 1),
            "Home" => (row, 0),
            "End" => (row, columns - 1),
            "Enter" | " " => {
                event.prevent_default();
                if let Some(selection) =
                    list.loaded.with_untracked(|l| selection_at(l.as_deref()?, row, column))
                {
                    state.navigate(true, |view| view.selection = Some(selection));
                }
                return;
            }
            _ => return,
        };
        event.prevent_default();
        active.set(next);
        if let Some(scroller) = list.scroller.get_untracked() {
            let layout = layout.get_untracked();
            let at = (layout.name + f64::from(next.1) * layout.column, HEAD + f64::from(next.0) * ROW);
            reveal(&scroller, at, (layout.column, ROW), (layout.name, HEAD));
        }
    };
    let visible_rows = move || -> Vec<(u32, u32)> {
        let visible = list.visible.get();
        list.loaded.with(|loaded| {
            let Some(loaded) = loaded else {
                return Vec::new();
            };
            let end = (loaded.from + loaded.rows.len() as u32).min(visible.first + visible.count);
            (visible.first.max(loaded.from)..end).map(|row| (loaded.generation, row)).collect()
        })
    };
    view! {
        <main class="grid-view" aria-label="Grid">
            <div class="toolbar">
                <FilterBar />
                <span class="toolbar-count" role="status">
                    {move || {
                        let (total, tests) = (total.get(), tests.get());
                        if total == tests {
                            format::plural(total, "test")
                        } else {
                            format!("{} of {}", format::count(total), format::plural(tests, "test"))
                        }
                    }}
                </span>
            </div>
            <Show when=move || { total.get() == 0 && list.loaded.with(Option::is_some) }>
                <p class="nothing">
                    {move || match state.view.with(|view| view.filter.words()) {
                        Some(words) => format!("There are no {words}."),
                        None => "There are no tests.".to_owned(),
                    }}
                </p>
            </Show>
            <div
                class="grid-scroller"
                node_ref=list.scroller
                role="grid"
                aria-label="Tests by DUT"
                aria-rowcount=move || (total.get() + 1).to_string()
                aria-colcount=move || (columns.with(|columns| columns.len()) + 1).to_string()
                tabindex="0"
                aria-activedescendant=move || { let (row, column) = active.get(); format!("cell-{row}-{column}") }
                on:keydown=on_key
            >
                <div
                    class="grid-canvas"
                    style:width=move || { let l = layout.get(); format!("{}px", l.name + l.column * columns.with(|c| c.len()) as f64) }
                    style:height=move || format!("{}px", HEAD + ROW * f64::from(total.get()))
                >
                    <div class="grid-head" role="row" aria-rowindex="1" style:height=format!("{HEAD}px")>
                        <div class="grid-corner" role="columnheader" style:width=move || format!("{}px", layout.get().name)>
                            "Test"
                        </div>
                        {move || {
                            let (layout, span) = (layout.get(), visible_columns.get());
                            columns.with(|columns| {
                                slice(columns, span).map(|(index, column)| head(column, index, layout)).collect_view()
                            })
                        }}
                    </div>
                    <For each=visible_rows key=|row| *row let((generation, index))>
                        {move || {
                            let loaded = list.loaded.get_untracked()?;
                            let row = loaded.rows.get(index.checked_sub(loaded.from)? as usize)?.clone();
                            (loaded.generation == generation).then(|| view! {
                                <Row row=row index=index columns=columns span=visible_columns layout=layout active=active />
                            })
                        }}
                    </For>
                </div>
            </div>
        </main>
    }
}

/// What comes with rows.
struct Frame {
    columns: Vec<Column>,
    tests: u32,
}

/// Widths in pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Layout {
    name: f64,
    column: f64,
}

impl Layout {
    /// Few DUTs have room for their names; many share what is there.
    fn new(viewport: f64, columns: usize) -> Layout {
        let name = (viewport * 0.42).clamp(150.0, 520.0);
        let fair = (viewport - name) / columns.max(1) as f64;
        Layout { name, column: fair.clamp(72.0, 148.0).floor() }
    }
}

fn slice(columns: &[Column], span: Span) -> impl Iterator<Item = (u32, &Column)> {
    let from = (span.first as usize).min(columns.len());
    let to = (from + span.count as usize).min(columns.len());
    columns[from..to].iter().enumerate().map(move |(index, column)| ((from + index) as u32, column))
}

fn head(column: &Column, index: u32, layout: Layout) -> impl IntoView + use<> {
    let failing = column.counts.failing();
    let mut title = format!(
        "{}: {} of {} passed",
        column.dut,
        column.counts.of(crate::model::Outcome::Passed),
        column.counts.results()
    );
    for (label, value) in [("unit", &column.unit), ("build", &column.build)] {
        if let Some(value) = value {
            title = format!("{title}, {label} {value}");
        }
    }
    let (class, figure) = if failing > 0 {
        ("grid-figure o-failed", format!("{} failing", format::count(failing)))
    } else {
        ("grid-figure", format::rate(column.counts.pass_rate()))
    };
    let below = column.build.clone().or(column.unit.clone()).unwrap_or_default();
    view! {
        <div
            class="grid-column"
            role="columnheader"
            aria-colindex=index + 2
            title=title
            style:left=format!("{}px", layout.name + f64::from(index) * layout.column)
            style:width=format!("{}px", layout.column)
        >
            <span class="grid-dut">{column.dut.clone()}</span>
            <span class="grid-build">{below}</span>
            <span class=class>{figure}</span>
        </div>
    }
}

#[component]
fn Row(
    row: GridRow,
    index: u32,
    columns: Memo<Arc<Vec<Column>>>,
    span: Memo<Span>,
    layout: Memo<Layout>,
    active: RwSignal<(u32, u32)>,
) -> impl IntoView {
    let state = state();
    let GridRow { scope, suite, class, name, cells } = row;
    let cells = Arc::new(cells);
    let identity = Arc::new((scope, name.clone()));
    view! {
        <div
            class="grid-row"
            role="row"
            aria-rowindex=index + 2
            style:transform=format!("translateY({}px)", HEAD + ROW * f64::from(index))
        >
            <div class="grid-name" role="rowheader" style:width=move || format!("{}px", layout.get().name)>
                <TestName suite=suite class=class name=name />
            </div>
            {move || {
                let (layout, span) = (layout.get(), span.get());
                let (cells, identity) = (cells.clone(), identity.clone());
                columns.with(|columns| {
                    slice(columns, span)
                        .filter_map(|(column, head)| {
                            let cell = cells.get(column as usize)?.clone();
                            Some(cell_view(state, cell, head, &identity, (index, column), layout, active))
                        })
                        .collect_view()
                })
            }}
        </div>
    }
}

fn cell_view(
    state: State,
    cell: Cell,
    head: &Column,
    identity: &(String, String),
    place: (u32, u32),
    layout: Layout,
    active: RwSignal<(u32, u32)>,
) -> impl IntoView + use<> {
    let (class, words, title, has_result) = match cell {
        Cell::Result { outcome, is_flaky, message } => {
            let flaky = if is_flaky { ", flaky" } else { "" };
            let words = format!("{}{flaky}", outcome.word());
            let title = if message.is_empty() {
                format!("{words} on {}", head.dut)
            } else {
                format!("{words} on {}: {message}", head.dut)
            };
            let class =
                format!("grid-cell mark {}{}", class_of(outcome), if is_flaky { " is-flaky" } else { "" });
            (class, words, title, true)
        }
        Cell::Missing(missing) => {
            let words = missing.words().to_owned();
            let title = format!("{words} on {}", head.dut);
            ("grid-cell mark o-missing".to_owned(), words, title, false)
        }
    };
    let selection = Selection {
        dut: head.dut.clone(),
        session: None,
        scope: identity.0.clone(),
        name: identity.1.clone(),
    };
    view! {
        <div
            class=class
            class:is-active=move || active.get() == place
            role="gridcell"
            id=format!("cell-{}-{}", place.0, place.1)
            aria-colindex=place.1 + 2
            aria-label=format!("{words} on {}", head.dut)
            title=title
            style:left=format!("{}px", layout.name + f64::from(place.1) * layout.column)
            style:width=format!("{}px", layout.column)
            on:click=move |_| {
                active.set(place);
                if has_result {
                    state.navigate(true, |view| view.selection = Some(selection.clone()));
                }
            }
        ></div>
    }
}

fn selection_at(loaded: &Loaded<Frame, GridRow>, row: u32, column: u32) -> Option<Selection> {
    let line = loaded.rows.get(row.checked_sub(loaded.from)? as usize)?;
    let head = loaded.frame.columns.get(column as usize)?;
    matches!(line.cells.get(column as usize)?, Cell::Result { .. }).then(|| Selection {
        dut: head.dut.clone(),
        session: None,
        scope: line.scope.clone(),
        name: line.name.clone(),
    })
}
