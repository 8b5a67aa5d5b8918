//! Grid: what passes where?

use crate::analyze::{self, Column, GridLine, GridQuery, GridRow, GridWindow};
use crate::browser::document;
use crate::engine::{Answer, Request};
use crate::model::Outcome;
use crate::query::Selection;
use crate::ui::dom::{El, Rows, el, follow};
use crate::ui::format;
use crate::ui::parts::{List, Loaded, Span, class_of, filter_bar, reveal, test_name};
use crate::ui::state::{State, state};
use leptos::prelude::*;
use std::cell::Cell;
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent, MouseEvent};

const ROW: u32 = 30;
const HEAD: u32 = 64;

/// Tests × DUTs, the latest session of each.
pub fn grid() -> El {
    let state = state();
    let list = List::new(
        ROW,
        move |span| Request::Grid {
            query: GridQuery { filter: state.view.with(|view| view.filter.clone()), ..GridQuery::default() },
            folded: Vec::new(),
            from: span.first,
            count: span.count,
        },
        |answer| match answer {
            Answer::Grid(window) => Some((window.total, window.rows.len())),
            _ => None,
        },
    );
    let grid = Grid { state, list, active: RwSignal::new((0, 0)) };
    let nothing = move || {
        list.loaded.with(|loaded| loaded.as_ref().is_some_and(|loaded| loaded.total == 0)).then(|| {
            let words = state.view.with(|view| view.filter.words());
            el("p.nothing").child(match words {
                Some(words) => format!("There are no {words}."),
                None => "There are no tests.".to_owned(),
            })
        })
    };
    let toolbar = el("div.toolbar")
        .child(filter_bar())
        .child(el("span.toolbar-count").attr("role", "status").live_text(move || grid.count()));
    el("main.grid-view").attr("aria-label", "Grid").child(toolbar).live(nothing).child(grid.scroller())
}

#[derive(Clone, Copy)]
struct Grid {
    state: State,
    list: List,
    /// The cell that has the focus: row and column, heads not counted.
    active: RwSignal<(u32, u32)>,
}

impl Grid {
    /// What is on screen, if it is loaded.
    fn window<T>(self, read: impl FnOnce(&GridWindow, &Loaded) -> T) -> Option<T> {
        self.list.loaded.with(|loaded| match loaded.as_deref() {
            Some(loaded @ Loaded { answer: Answer::Grid(window), .. }) => Some(read(window, loaded)),
            _ => None,
        })
    }

    fn columns(self) -> u32 {
        self.window(|window, _| window.columns.len() as u32).unwrap_or_default()
    }

    fn count(self) -> String {
        let total = self.list.total();
        let tests = self.window(|window, _| window.tests).unwrap_or_default();
        if total == tests {
            format::plural(total, "test")
        } else {
            format!("{} of {}", format::count(total), format::plural(tests, "test"))
        }
    }

    fn layout(self) -> Layout {
        Layout::new(self.list.viewport.get().0, self.columns())
    }

    /// The columns that are visible.
    fn span(self) -> Span {
        let layout = self.layout();
        let width = self.list.viewport.get().0.saturating_sub(layout.name);
        Span::visible(self.list.scrolled.get().0, width, layout.column, 1).within(self.columns())
    }

    fn rows(self) -> Rows {
        let Rows { stamp: [generation, ..], range } = self.list.rows();
        let Span { first, count } = self.span();
        Rows { stamp: [generation, first, count], range }
    }

    fn scroller(self) -> El {
        let canvas = el("div.grid-canvas")
            .live_style("--name-width", move || format!("{}px", self.layout().name))
            .live_style("--column-width", move || format!("{}px", self.layout().column))
            .live_style("width", move || {
                let layout = self.layout();
                format!("{}px", layout.name + layout.column * self.columns())
            })
            .live_style("height", move || format!("{}px", HEAD + ROW * self.list.total()))
            .child(self.head())
            .rows(move || self.rows(), move |index| self.row(index))
            .on("click", move |event: &MouseEvent| self.click(event));
        let scroller = el("div.grid-scroller")
            .attrs(&[("role", "grid"), ("aria-label", "Tests by DUT"), ("tabindex", "0")])
            .live_attr("aria-rowcount", move || Some((self.list.total() + 1).to_string()))
            .live_attr("aria-colcount", move || Some((self.columns() + 1).to_string()))
            .live_attr("aria-activedescendant", move || Some(cell_id(self.active.get())))
            .child(canvas);
        self.list.watch(&scroller);
        self.mark_active();
        let element = scroller.element().clone();
        scroller.on("keydown", move |event: &KeyboardEvent| self.press(event, &element))
    }

    fn head(self) -> El {
        el("div.grid-head")
            .attrs(&[("role", "row"), ("aria-rowindex", "1")])
            .style("height", &format!("{HEAD}px"))
            .child(el("div.grid-corner").attr("role", "columnheader").child("Test"))
            .live(move || {
                let span = self.span();
                let columns = self.window(|window, _| {
                    slice(&window.columns, span)
                        .map(|(index, column)| head(column, index))
                        .collect::<Vec<_>>()
                });
                columns.unwrap_or_default()
            })
    }

    fn row(self, index: u32) -> Option<El> {
        let span = self.span();
        let active = self.active.get();
        self.window(|window, loaded| {
            let row = window.rows.get(index.checked_sub(loaded.span.first)? as usize)?;
            let GridLine::Test(GridRow { suite, class, name, cells, .. }) = row else {
                return None;
            };
            let cells = slice(&window.columns, span).filter_map(|(column, head)| {
                let place = (index, column);
                Some(cell(cells.get(column as usize)?, head, place, place == active))
            });
            let named = el("div.grid-name").attr("role", "rowheader").child(test_name(suite, class, name));
            Some(
                el("div.grid-row")
                    .attr("role", "row")
                    .number_attr("aria-rowindex", index + 2)
                    .style("transform", &format!("translateY({}px)", HEAD + ROW * index))
                    .child(named)
                    .children(cells),
            )
        })?
    }

    /// Marks the cell that has the focus. Rows that come later mark it themselves.
    fn mark_active(self) {
        let before = Cell::new((0, 0));
        let classes = |place| {
            let cell = document::document().get_element_by_id(&cell_id(place));
            cell.map(|cell| cell.class_list())
        };
        follow(move || {
            let now = self.active.get();
            if let Some(classes) = classes(before.replace(now)) {
                let _ = classes.remove_1("is-active");
            }
            if let Some(classes) = classes(now) {
                let _ = classes.add_1("is-active");
            }
        });
    }

    fn click(self, event: &MouseEvent) {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let cell = target.and_then(|target| target.closest("[role=gridcell]").ok().flatten());
        if let Some(place) = cell.and_then(|cell| place_of(&cell.id())) {
            self.active.set(place);
            self.open(place);
        }
    }

    /// Opens the details of a cell that has a result.
    fn open(self, (row, column): (u32, u32)) {
        let selection = untrack(|| {
            self.window(|window, loaded| {
                let GridLine::Test(line) = window.rows.get(row.checked_sub(loaded.span.first)? as usize)?
                else {
                    return None;
                };
                let head = window.columns.get(column as usize)?;
                matches!(line.cells.get(column as usize)?, analyze::Cell::Result { .. }).then(|| Selection {
                    dut: head.dut.clone(),
                    session: None,
                    scope: line.scope.clone(),
                    name: line.name.clone(),
                })
            })
        });
        if let Some(selection) = selection.flatten() {
            self.state.select(Some(selection));
        }
    }

    fn press(self, event: &KeyboardEvent, scroller: &Element) {
        let (rows, columns, visible) = untrack(|| (self.list.total(), self.columns(), self.list.visible()));
        if rows == 0 || columns == 0 {
            return;
        }
        let page = visible.count.saturating_sub(6).max(1);
        let (row, column) = self.active.get_untracked();
        let next = match event.key().as_str() {
            "ArrowDown" => (row + 1, column),
            "ArrowUp" => (row.saturating_sub(1), column),
            "ArrowRight" => (row, column + 1),
            "ArrowLeft" => (row, column.saturating_sub(1)),
            "PageDown" => (row + page, column),
            "PageUp" => (row.saturating_sub(page), column),
            "Home" if event.ctrl_key() => (0, 0),
            "End" if event.ctrl_key() => (rows, columns),
            "Home" => (row, 0),
            "End" => (row, columns),
            "Enter" | " " => {
                event.prevent_default();
                self.open((row, column));
                return;
            }
            _ => return,
        };
        event.prevent_default();
        let next = (next.0.min(rows - 1), next.1.min(columns - 1));
        let Layout { name, column } = untrack(|| self.layout());
        reveal(scroller, (name + next.1 * column, HEAD + next.0 * ROW), (column, ROW), (name, HEAD));
        self.active.set(next);
    }
}

/// Widths in pixels.
#[derive(Clone, Copy)]
struct Layout {
    name: u32,
    column: u32,
}

impl Layout {
    /// Few DUTs have room for their names; many share what is there.
    fn new(viewport: u32, columns: u32) -> Layout {
        let name = (viewport * 42 / 100).clamp(150, 520);
        let fair = viewport.saturating_sub(name) / columns.max(1);
        Layout { name, column: fair.clamp(72, 148) }
    }
}

fn slice(columns: &[Column], span: Span) -> impl Iterator<Item = (u32, &Column)> {
    (0_u32..).zip(columns).skip(span.first as usize).take(span.count as usize)
}

/// An element in a column: the style sheet places it by the column's index.
fn in_column(element: El, index: u32) -> El {
    element.number_attr("aria-colindex", index + 2).style("--column", &index.to_string())
}

fn head(column: &Column, index: u32) -> El {
    let counts = &column.counts;
    let mut title = format!(
        "{}: {} of {} passed",
        column.dut,
        format::count(counts.of(Outcome::Passed)),
        format::count(counts.results())
    );
    for (label, value) in [("unit", &column.unit), ("build", &column.build)] {
        if let Some(value) = value {
            title = format!("{title}, {label} {value}");
        }
    }
    let figure = match counts.failing() {
        0 => el("span.grid-figure").child(format::rate(counts.pass_rate())),
        failing => el("span.grid-figure.o-failed").child(format!("{} failing", format::count(failing))),
    };
    let below = column.build.as_deref().or(column.unit.as_deref()).unwrap_or_default();
    in_column(el("div.grid-column"), index)
        .attrs(&[("role", "columnheader"), ("title", &title)])
        .child(el("span.grid-dut").child(&column.dut))
        .child(el("span.grid-build").child(below))
        .child(figure)
}

fn cell(cell: &analyze::Cell, head: &Column, place: (u32, u32), is_active: bool) -> El {
    let (class, words, message) = match cell {
        analyze::Cell::Result { outcome, is_flaky, message } => {
            let flaky = if *is_flaky { (" is-flaky", ", flaky") } else { ("", "") };
            let class = format!("{}{}", class_of(*outcome), flaky.0);
            (class, format!("{}{}", outcome.word(), flaky.1), message.as_str())
        }
        analyze::Cell::Missing(missing) => ("o-missing".to_owned(), missing.words().to_owned(), ""),
    };
    let active = if is_active { " is-active" } else { "" };
    let label = format!("{words} on {}", head.dut);
    let title = if message.is_empty() { label.clone() } else { format!("{label}: {message}") };
    in_column(el("div"), place.1).class(&format!("grid-cell mark {class}{active}")).attrs(&[
        ("role", "gridcell"),
        ("id", &cell_id(place)),
        ("aria-label", &label),
        ("title", &title),
    ])
}

fn cell_id((row, column): (u32, u32)) -> String {
    format!("cell-{row}-{column}")
}

fn place_of(id: &str) -> Option<(u32, u32)> {
    let (row, column) = id.strip_prefix("cell-")?.split_once('-')?;
    Some((row.parse().ok()?, column.parse().ok()?))
}
