//! Grid: what passes where?

use crate::analyze::{self, Column, GridGroup, GridLine, GridQuery, GridRow, GridWindow, RowOrder};
use crate::browser::document;
use crate::browser::timer::request_animation_frame;
use crate::engine::{Answer, Request};
use crate::model::Outcome;
use crate::query::{Selection, SessionKey, Sort, SortKey, View};
use crate::ui::dom::{El, Rows, el, follow};
use crate::ui::format;
use crate::ui::parts::{
    List, Loaded, Span, Tip, around, chip, class_of, class_of_missing, cut_name, filter_bar, nothing, plain,
    reveal, small_button,
};
use crate::ui::signals::*;
use crate::ui::state::{State, state};
use std::cell::Cell;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement, KeyboardEvent, MouseEvent};

const ROW: u32 = 30;
const HEAD: u32 = 76;
/// What a letter of a name takes at least, in pixels.
const LETTER: u32 = 6;
/// How many lines are asked for at once when groups are looked for.
const LOOK: u32 = 256;

/// Tests × DUTs, the latest session of each.
pub fn grid() -> El {
    let state = state();
    let list = List::new(
        ROW,
        move |span| state.view.with(|view| request(view, view.fold.clone(), span)),
        |answer| match answer {
            Answer::Grid(window) => Some((window.total, window.rows.len())),
            _ => None,
        },
    );
    let main = el("main.grid-view").attr("aria-label", "Grid");
    let grid = Grid { state, list, active: RwSignal::new((1, 1)), tip: Tip::new(&main) };
    let empty = move || {
        list.loaded.with(|loaded| loaded.as_ref().is_some_and(|loaded| loaded.total == 0)).then(|| {
            let filter = state.view.with(|view| view.filter.clone());
            nothing(&filter.nothing(), filter.is_active())
        })
    };
    let by_name = Some(Sort { by: SortKey::Name, descending: false });
    let groups = el("div.grid-tools")
        .child(chip("Groups", |view| !view.flat, |view, was_on| view.flat = was_on))
        .child(chip("By name", is_by_name, move |view, was_on| {
            view.sort = if was_on { None } else { by_name }
        }))
        .when(
            move || state.view.with(|view| !view.flat),
            move || {
                el("span.fold-buttons")
                    .child(small_button("Fold all", move || grid.fold_all(Vec::new())))
                    .child(small_button("Unfold all", move || grid.fold(Vec::new())))
            },
        );
    let toolbar = el("div.toolbar")
        .child(filter_bar())
        .child(groups)
        .child(el("span.toolbar-count").attr("role", "status").live_text(move || grid.count()));
    main.child(toolbar).live(empty).child(grid.scroller())
}

fn is_by_name(view: &View) -> bool {
    view.sort.is_some_and(|sort| sort.by == SortKey::Name)
}

fn request(view: &View, folded: Vec<String>, span: Span) -> Request {
    let order = if is_by_name(view) { RowOrder::Name } else { RowOrder::Attention };
    let query = GridQuery { filter: view.filter.clone(), order, is_grouped: !view.flat };
    Request::Grid { query, folded, from: span.first, count: span.count }
}

/// A row and a column; heads are row 0 and column 0.
type CellIndex = (u32, u32);

#[derive(Clone, Copy)]
struct Grid {
    state: State,
    list: List,
    /// The cell that has the focus.
    active: RwSignal<CellIndex>,
    tip: Tip,
}

impl Grid {
    /// What is on screen, if it is loaded.
    fn window<T>(self, read: impl FnOnce(&GridWindow, &Loaded) -> T) -> Option<T> {
        self.list.loaded.with(|loaded| match loaded.as_deref() {
            Some(loaded @ Loaded { answer: Answer::Grid(window), .. }) => Some(read(window, loaded)),
            _ => None,
        })
    }

    /// The line in a row, if it is loaded.
    fn line<T>(self, row: u32, read: impl FnOnce(&GridLine, &GridWindow) -> T) -> Option<T> {
        self.window(|window, loaded| {
            let index = row.checked_sub(1 + loaded.span.first)?;
            window.rows.get(index as usize).map(|line| read(line, window))
        })?
    }

    fn columns(self) -> u32 {
        self.window(|window, _| window.columns.len() as u32).unwrap_or_default()
    }

    fn count(self) -> String {
        let (tests, matching) = self.window(|window, _| (window.tests, window.matching)).unwrap_or_default();
        if matching == tests {
            format::plural(tests, "test")
        } else {
            format!("{} of {}", format::count(matching), format::plural(tests, "test"))
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
            .rows(move || self.rows(), move |index| self.row(index + 1))
            .on("click", move |event: &MouseEvent| self.click(event));
        let scroller = el("div.grid-scroller")
            .attrs(&[("role", "grid"), ("aria-label", "Tests by DUT"), ("tabindex", "0")])
            .live_attr("aria-rowcount", move || Some((self.list.total() + 1).to_string()))
            .live_attr("aria-colcount", move || Some((self.columns() + 1).to_string()))
            .live_attr("aria-activedescendant", move || self.is_active_there().then(|| self.active_id()))
            .child(canvas);
        self.list.watch(&scroller);
        self.mark_active(scroller.element().clone());
        let element = scroller.element().clone();
        scroller
            .on("scroll", move |_: &Event| self.tip.show(None))
            .on("keydown", move |event: &KeyboardEvent| self.press(event, &element))
    }

    fn head(self) -> El {
        el("div.grid-head")
            .attrs(&[("role", "row"), ("aria-rowindex", "1")])
            .style("height", &format!("{HEAD}px"))
            .child(el("div.grid-corner").attrs(&[("role", "columnheader"), ("id", "cell-0-0")]).child("Test"))
            .live(move || {
                let span = self.span();
                let columns = self.window(|window, _| {
                    slice(&window.columns, span)
                        .map(|(column, head)| column_head(head, column))
                        .collect::<Vec<_>>()
                });
                columns.unwrap_or_default()
            })
    }

    fn row(self, row: u32) -> Option<El> {
        let span = self.span();
        let active = self.active_id();
        self.line(row, |line, window| {
            let element = el("div.grid-row")
                .attr("role", "row")
                .number_attr("aria-rowindex", row + 1)
                .style("transform", &format!("translateY({}px)", HEAD + ROW * (row - 1)));
            let columns = slice(&window.columns, span);
            let shade = |named: El| {
                let id = cell_id((row, 0));
                let is_active = if id == active { "is-active" } else { "" };
                named.attr("id", &id).add_class(is_active)
            };
            match line {
                GridLine::Group(group) => {
                    let cells = columns.filter_map(|(column, head)| {
                        Some(worst(group.cells.get(column as usize - 1)?, head, column))
                    });
                    let named =
                        el("div.grid-name").attr("role", "rowheader").child(shade(group_button(group)));
                    element.add_class("grid-group").child(named).children(cells)
                }
                GridLine::Test(test) => {
                    let cells = columns.filter_map(|(column, head)| {
                        let place = (row, column);
                        let is_active = cell_id(place) == active;
                        Some(cell(test.cells.get(column as usize - 1)?, head, place, is_active))
                    });
                    element.child(shade(self.name(test))).children(cells)
                }
            }
        })
    }

    fn name(self, test: &GridRow) -> El {
        let around = around(&test.suite, &test.class);
        let is_flat = self.state.view.with_untracked(|view| view.flat);
        let named = el("div.grid-name").attr("role", "rowheader").child(cut_name(&test.name));
        // Where there are groups, their heads say the rest.
        if is_flat && !around.is_empty() {
            named
                .attr("data-tip", &format!("{}\n{around}", test.name))
                .child(el("span.test-name-around").child(around))
        } else if test.name.len() as u32 * LETTER > untrack(|| self.layout().name) {
            named.attr("data-tip", &test.name)
        } else {
            named
        }
    }

    /// The id of what has the focus: of a group it is the head.
    fn active_id(self) -> String {
        let (row, column) = self.active.get();
        let is_group = self.line(row, |line, _| matches!(line, GridLine::Group(_))).unwrap_or_default();
        cell_id((row, if is_group { 0 } else { column }))
    }

    /// The cell that has the focus is in the document: there may be no rows, or others in view.
    fn is_active_there(self) -> bool {
        let row = self.active.get().0;
        row == 0 || self.rows().range.contains(&(row - 1))
    }

    /// Marks the cell that has the focus. Rows that come later mark it themselves.
    fn mark_active(self, scroller: Element) {
        let before = Cell::new(String::new());
        follow(move || {
            let now = self.active_id();
            // What it says depends on the rows.
            let _ = self.rows();
            let find = |id: &str| document::document().get_element_by_id(id);
            if let Some(cell) = find(&before.replace(now.clone())) {
                let _ = cell.class_list().remove_1("is-active");
            }
            if let Some(cell) = find(&now) {
                let _ = cell.class_list().add_1("is-active");
            }
            let scroller = scroller.clone();
            // When it is where it will be: scrolling hides the tip.
            request_animation_frame(move || {
                let is_keyboard = scroller.matches(":focus-visible").unwrap_or_default();
                if let Some(cell) = document::document().get_element_by_id(&now).filter(|_| is_keyboard) {
                    self.tip.show(Some(cell));
                }
            });
        });
    }

    fn click(self, event: &MouseEvent) {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let Some(target) = target else {
            return;
        };
        let closest = |selector| target.closest(selector).ok().flatten();
        let in_group = || closest(".grid-group")?.query_selector("button").ok().flatten();
        let cell = in_group().or_else(|| closest("[id^=cell-]"));
        if let Some(place) = cell.and_then(|cell| place_of(&cell.id())) {
            self.active.set(place);
            document::focus(
                closest("[role=grid]").and_then(|grid| grid.dyn_into::<HtmlElement>().ok()).as_ref(),
            );
            self.open(place);
        }
    }

    /// Opens the details of a cell that has a result, and of a session; of a
    /// test's name those of its worst result. Folds or unfolds a group.
    fn open(self, (row, column): CellIndex) {
        let dut = column.checked_sub(1);
        if row == 0 {
            let key = untrack(|| {
                self.window(|window, _| {
                    let head = window.columns.get(dut? as usize)?;
                    Some(SessionKey { dut: head.dut.clone(), session: head.session.clone() })
                })
            });
            if let Some(key) = key.flatten() {
                self.state.navigate(true, |view| {
                    view.go(crate::query::Route::Sessions);
                    view.session = Some(key);
                });
            }
            return;
        }
        let selection = untrack(|| {
            self.line(row, |line, window| {
                let GridLine::Test(line) = line else {
                    return None;
                };
                let dut = dut.map_or_else(|| worst_of(line), |dut| Some(dut as usize))?;
                line.cells.get(dut)?.outcome()?;
                let head = window.columns.get(dut)?;
                Some(Selection {
                    dut: head.dut.clone(),
                    session: None,
                    scope: line.scope.clone(),
                    name: line.name.clone(),
                })
            })
        });
        match selection.flatten() {
            Some(selection) => self.state.select(Some(selection)),
            None => self.turn(row, None),
        }
    }

    /// Folds a group, unfolds it, or what of both it is not.
    fn turn(self, row: u32, folds: Option<bool>) {
        let group = untrack(|| {
            self.line(row, |line, _| match line {
                GridLine::Group(group) => Some((group.scope.clone(), group.is_folded)),
                GridLine::Test(_) => None,
            })
        });
        if let Some((scope, is_folded)) = group.flatten()
            && folds.is_none_or(|folds| folds != is_folded)
        {
            let mut fold = self.state.view.with_untracked(|view| view.fold.clone());
            fold.retain(|folded| *folded != scope);
            if !is_folded {
                fold.push(scope);
            }
            self.fold(fold);
        }
    }

    fn fold(self, fold: Vec<String>) {
        self.state.navigate(true, |view| view.fold = fold);
    }

    /// Folds all groups: those that are known to begin with, and those that come
    /// after them. Groups are found by their lines, of which folded ones have one.
    fn fold_all(self, known: Vec<String>) {
        let span = Span { first: known.len() as u32, count: LOOK };
        let view = self.state.view.get_untracked();
        self.state.ask(&request(&view, known.clone(), span), move |answer| {
            let Some(Answer::Grid(window)) = answer else {
                return;
            };
            let mut known = known;
            let before = known.len();
            known.extend(window.rows.into_iter().filter_map(|line| match line {
                GridLine::Group(group) => Some(group.scope),
                GridLine::Test(_) => None,
            }));
            if known.len() > before {
                self.fold_all(known);
            } else {
                self.fold(known);
            }
        });
    }

    fn press(self, event: &KeyboardEvent, scroller: &Element) {
        let (rows, columns, visible) = untrack(|| (self.list.total(), self.columns(), self.list.visible()));
        if rows == 0 || columns == 0 {
            return;
        }
        let page = visible.count.saturating_sub(6).max(1);
        // Rows may have become fewer.
        let (row, column) = self.active.get_untracked();
        let row = row.min(rows);
        let is_group =
            untrack(|| self.line(row, |line, _| matches!(line, GridLine::Group(_)))).unwrap_or_default();
        let next = match event.key().as_str() {
            "ArrowDown" => (row + 1, column),
            "ArrowUp" => (row.saturating_sub(1), column),
            key @ ("ArrowLeft" | "ArrowRight") if is_group => {
                event.prevent_default();
                self.turn(row, Some(key == "ArrowLeft"));
                return;
            }
            "ArrowRight" => (row, column + 1),
            "ArrowLeft" => (row, column.saturating_sub(1)),
            "PageDown" => (row + page, column),
            "PageUp" => (row.saturating_sub(page).max(1), column),
            "Home" if event.ctrl_key() => (1, 0),
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
        let next = (next.0.min(rows), next.1.min(columns));
        let Layout { name, column } = untrack(|| self.layout());
        // What is in a head is visible wherever the rest is.
        let at = (name + next.1.saturating_sub(1) * column, HEAD + next.0.saturating_sub(1) * ROW);
        let (left, top) = (scroller.scroll_left(), scroller.scroll_top());
        reveal(scroller, at, (column, ROW), (name, HEAD));
        if next.0 == 0 {
            scroller.set_scroll_top(top);
        }
        if next.1 == 0 || (is_group && next.1 == column) {
            scroller.set_scroll_left(left);
        }
        self.active.set(next);
    }
}

/// The column of the worst result of a test, of equal ones the first.
fn worst_of(line: &GridRow) -> Option<usize> {
    let outcome = |at: &usize| line.cells.get(*at).and_then(analyze::Cell::outcome);
    (0..line.cells.len()).rev().max_by_key(outcome)
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
        Layout { name, column: fair.clamp(76, 160) }
    }
}

/// Columns, counted from 1.
fn slice(columns: &[Column], span: Span) -> impl Iterator<Item = (u32, &Column)> {
    (1_u32..).zip(columns).skip(span.first as usize).take(span.count as usize)
}

/// An element in a column: the style sheet places it by the column's index.
fn in_column(element: El, column: u32) -> El {
    element.number_attr("aria-colindex", column + 1).style("--column", &(column - 1).to_string())
}

fn column_head(column: &Column, index: u32) -> El {
    let counts = &column.counts;
    let results = format::count(counts.results());
    let (class, figure, of) = match (column.is_unreadable, column.is_partial, counts.failing()) {
        (true, ..) => ("is-doubtful", "unreadable".to_owned(), String::new()),
        (_, true, 0) => ("is-doubtful", "broke off".to_owned(), format!(" after {results}")),
        (_, true, failing) => {
            ("o-failed", format!("{} failing", format::count(failing)), ", broke off".to_owned())
        }
        (.., 0) => {
            ("", format!("{} passed", format::count(counts.of(Outcome::Passed))), format!(" of {results}"))
        }
        (.., failing) => {
            ("o-failed", format!("{} failing", format::count(failing)), format!(" of {results}"))
        }
    };
    let figure =
        el("span.grid-figure").add_class(class).child(el("span").child(figure)).child(el("span").child(of));
    let mut tip = column.dut.clone();
    for (label, value) in
        [("unit", &column.unit), ("build", &column.build), ("session", &Some(column.session.clone()))]
    {
        if let Some(value) = value {
            tip = format!("{tip}\n{label} {value}");
        }
    }
    if let Some(started) = &column.started {
        tip = format!("{tip}\n{}", format::moment(started));
    }
    let occurring = Outcome::ALL.into_iter().filter(|&outcome| counts.of(outcome) > 0);
    let words: Vec<String> = occurring
        .clone()
        .map(|outcome| format!("{} {}", format::count(counts.of(outcome)), outcome.word()))
        .collect();
    tip = format!("{tip}\n{}", words.join(", "));
    if column.is_partial {
        tip = format!("{tip}\nthe file breaks off after {}", format::plural(counts.results(), "result"));
    }
    let bar = el("span.grid-bar").attr("aria-hidden", "true").children(occurring.map(|outcome| {
        el("span").add_class(class_of(outcome)).style("flex-grow", &counts.of(outcome).to_string())
    }));
    let names = [column.build.as_deref(), column.unit.as_deref()];
    let names: Vec<&str> = names.into_iter().flatten().collect();
    in_column(el("div.grid-column"), index)
        .attrs(&[("role", "columnheader"), ("id", &cell_id((0, index))), ("data-tip", &tip)])
        .child(el("span.grid-dut").child(&column.dut))
        .child(el("span.grid-build").child(names.join(" · ")))
        .child(figure)
        .child(bar)
}

fn group_button(group: &GridGroup) -> El {
    let name = around(&group.suite, &group.class);
    let name = if name.is_empty() { "Tests without a suite" } else { &name };
    let failing = (group.failing > 0)
        .then(|| el("span.grid-figure.o-failed").child(format!("{} failing", format::count(group.failing))));
    el("button.fold")
        .attrs(&[
            ("type", "button"),
            ("tabindex", "-1"),
            ("aria-expanded", if group.is_folded { "false" } else { "true" }),
        ])
        .child(cut_name(name))
        .child(el("span.grid-figure.grid-tests").child(format::plural(group.tests, "test")))
        .child(failing)
}

/// The worst of a group on a DUT.
fn worst(cell: &analyze::Cell, head: &Column, column: u32) -> El {
    let said = Said::of(cell);
    let label = format!("at worst {} on {}", said.words, head.dut);
    in_column(el("div"), column).class(&format!("grid-cell mark {}", said.class)).attrs(&[
        ("role", "gridcell"),
        ("aria-label", &label),
        ("data-tip", &format!("{label}{}", said.more)),
    ])
}

fn cell(cell: &analyze::Cell, head: &Column, place: CellIndex, is_active: bool) -> El {
    let said = Said::of(cell);
    let active = if is_active { " is-active" } else { "" };
    let label = format!("{} on {}", said.words, head.dut);
    let element =
        in_column(el("div"), place.1).class(&format!("grid-cell mark {}{active}", said.class)).attrs(&[
            ("role", "gridcell"),
            ("id", &cell_id(place)),
            ("aria-label", &label),
            ("data-tip", &format!("{label}{}", said.more)),
        ]);
    if said.more.is_empty() { element } else { element.attr("aria-description", said.more.trim_start()) }
}

/// What a cell says.
struct Said {
    class: String,
    words: String,
    /// A line more, after a break.
    more: String,
}

impl Said {
    fn of(cell: &analyze::Cell) -> Said {
        match cell {
            analyze::Cell::Result { outcome, is_flaky, message } => {
                let flaky = if *is_flaky { (" is-flaky", ", flaky") } else { ("", "") };
                let class = class_of(*outcome).to_owned() + flaky.0;
                let more = if message.is_empty() { String::new() } else { format!("\n{}", plain(message)) };
                Said { class, words: outcome.word().to_owned() + flaky.1, more }
            }
            analyze::Cell::Missing(missing) => Said {
                class: class_of_missing(*missing).to_owned(),
                words: missing.words().to_owned(),
                more: format!("\n{}", missing.why()),
            },
        }
    }
}

fn cell_id((row, column): CellIndex) -> String {
    format!("cell-{row}-{column}")
}

fn place_of(id: &str) -> Option<CellIndex> {
    let (row, column) = id.strip_prefix("cell-")?.split_once('-')?;
    Some((row.parse().ok()?, column.parse().ok()?))
}
