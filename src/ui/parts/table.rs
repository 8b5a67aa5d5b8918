//! Tables: their heads sort them, and a window of their rows is on screen.
//!
//! A table is described by data: what it asks for, its columns, and a function
//! that fills a cell. The focus stays with the table; arrows choose a row, or a
//! button in it, and Enter opens what is chosen.

use super::{List, Loaded, Span, class_of, cut_name, nothing, reveal};
use crate::browser::document;
use crate::engine::{Answer, Request};
use crate::model::{Counts, Outcome};
use crate::query::{Filter, Sort, SortKey, View};
use crate::ui::dom::{El, Rows, el, follow};
use crate::ui::format;
use crate::ui::signals::*;
use crate::ui::state::{State, state};
use std::cell::RefCell;
use std::fmt::Write;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, FocusEvent, HtmlElement, HtmlInputElement, KeyboardEvent, MouseEvent, Node};

const ROW: u32 = 32;
const HEAD: u32 = 36;

/// A column.
pub struct Column {
    /// What it shows: how it is sorted, and its word in the query string.
    pub by: SortKey,
    /// Its name.
    pub name: &'static str,
    /// What its name does not say.
    pub title: &'static str,
    /// Its width in pixels, at least.
    pub width: u32,
    /// Its share of the width that is left.
    pub share: u32,
    /// It has numbers, which end where the column ends.
    pub is_number: bool,
    /// It is shown until a person chooses.
    pub is_usual: bool,
}

/// What a table is about.
pub struct Kind {
    /// Its name.
    pub name: &'static str,
    /// What its rows are: "test".
    pub noun: &'static str,
    /// Its columns; the first one names the row, and is always shown.
    pub columns: &'static [Column],
    /// The column that sorts it if nothing is said.
    pub usual: Option<Sort>,
    /// Asks for rows.
    pub request: fn(Filter, Option<Sort>, Span) -> Request,
    /// How many rows there are with the filter, and in the answer.
    pub rows: fn(&Answer) -> Option<(u32, usize)>,
    /// How many there are without it.
    pub all: fn(&Answer) -> u32,
    /// Fills the cell of a row of the answer.
    pub fill: fn(El, &Answer, usize, SortKey) -> Option<El>,
    /// Opens the details of a row of the answer.
    pub open: fn(&mut View, &Answer, usize),
    /// The details of this row of the answer are open.
    pub is_open: fn(&View, &Answer, usize) -> bool,
}

/// A table on screen.
#[derive(Clone, Copy)]
pub struct Table {
    kind: &'static Kind,
    state: State,
    list: List,
    /// What Enter opens: a row, and which button in it, counted from 1.
    active: RwSignal<(u32, u32)>,
}

impl Table {
    /// A table of this kind.
    pub fn new(kind: &'static Kind) -> Table {
        let state = state();
        let request = move |span| {
            let (filter, sort) = {
                let view = state.view.read();
                (view.filter.clone(), sort_of(kind, &view))
            };
            (kind.request)(filter, sort, span)
        };
        Table { kind, state, list: List::new(ROW, request, kind.rows), active: RwSignal::new((0, 0)) }
    }

    /// How many rows there are, in words.
    pub fn count(self) -> El {
        let text = move || {
            let total = self.list.total();
            let all = self.loaded(|loaded| (self.kind.all)(&loaded.answer)).unwrap_or_default();
            if total == all {
                format::plural(total, self.kind.noun)
            } else {
                format!("{} of {}", format::count(total), format::plural(all, self.kind.noun))
            }
        };
        el("span.toolbar-count").attr("role", "status").live_text(text)
    }

    /// The rows; `words` says that there are none, if there are none.
    pub fn rows(self, words: fn(&Filter) -> String) -> El {
        let nothing = move || {
            let is_empty = self.loaded(|loaded| loaded.total == 0).unwrap_or_default();
            is_empty.then(|| {
                let filter = self.state.view.with(|view| view.filter.clone());
                nothing(&words(&filter), filter.is_active())
            })
        };
        // Other rows are there with another filter: one begins at the first.
        let before = RefCell::new(self.state.view.with_untracked(|view| view.filter.clone()));
        follow(move || {
            let filter = self.state.view.with(|view| view.filter.clone());
            if before.replace(filter.clone()) != filter {
                self.active.set((0, 0));
            }
        });
        el("div.table").live(nothing).child(self.scroller())
    }

    fn loaded<T>(self, read: impl FnOnce(&Loaded) -> T) -> Option<T> {
        self.list.loaded.with(|loaded| loaded.as_deref().map(read))
    }

    /// Calls `read` with the answer and the place of a row in it.
    fn at<T>(self, index: u32, read: impl FnOnce(&Answer, usize) -> T) -> Option<T> {
        self.loaded(|loaded| {
            let at = index.checked_sub(loaded.span.first).filter(|at| *at < loaded.span.count)?;
            Some(read(&loaded.answer, at as usize))
        })?
    }

    /// Which columns are shown: a bit for each.
    fn shown(self) -> u32 {
        shown(self.kind, &self.state.view.read().cols)
    }

    fn columns(self) -> impl Iterator<Item = &'static Column> {
        let shown = self.shown();
        (0_u32..).zip(self.kind.columns).filter(move |(at, _)| shown >> at & 1 == 1).map(|(_, column)| column)
    }

    fn scroller(self) -> El {
        let tracks = move || {
            let mut tracks = String::new();
            for Column { width, share, .. } in self.columns() {
                let _ = match share {
                    0 => write!(tracks, "{width}px "),
                    _ => write!(tracks, "minmax({width}px,{share}fr) "),
                };
            }
            tracks
        };
        let width = move || format!("{}px", self.columns().map(|column| column.width).sum::<u32>() + 16);
        let scroller = el("div.table-scroller");
        let canvas = el("div.table-canvas")
            .live_style("--tracks", tracks)
            .live_style("min-width", width)
            .live_style("height", move || format!("{}px", HEAD + ROW * self.list.total()))
            .child(self.head(&scroller))
            .rows(
                move || {
                    let Rows { stamp: [generation, ..], range } = self.list.rows();
                    Rows { stamp: [generation, self.shown(), 0], range }
                },
                move |index| self.row(index),
            )
            .on("click", move |event: &MouseEvent| self.click(event));
        self.list.watch(&scroller);
        self.mark(&canvas);
        let element = scroller.element().clone();
        scroller
            .attrs(&[("role", "grid"), ("aria-label", self.kind.name), ("tabindex", "0")])
            .live_attr("aria-rowcount", move || Some((self.list.total() + 1).to_string()))
            .live_attr("aria-activedescendant", move || {
                let active = self.active.get();
                // There may be no rows, or others in view.
                self.list.rows().range.contains(&active.0).then(|| id_of(active))
            })
            .child(canvas)
            .on("keydown", move |event: &KeyboardEvent| self.press(event, &element))
    }

    fn head(self, scroller: &El) -> El {
        let scroller = scroller.clone();
        let column = move |column: &'static Column| {
            let scroller = scroller.clone();
            let sort = move || sort_of(self.kind, &self.state.view.read());
            let direction = move || {
                let sort = sort().or(self.kind.usual).filter(|sort| sort.by == column.by)?;
                Some(if sort.descending { "descending" } else { "ascending" }.to_owned())
            };
            let press = move || {
                let next = next_sort(column, untrack(sort), self.kind.usual);
                scroller.element().set_scroll_top(0);
                self.active.set((0, 0));
                self.state.navigate(true, |view| view.sort = next);
            };
            let button = el("button.table-sort")
                .attrs(&[("type", "button"), ("title", column.title)])
                .child(column.name)
                .on_click(press);
            cell_of(column).attr("role", "columnheader").live_attr("aria-sort", direction).child(button)
        };
        el("div.table-head")
            .attrs(&[("role", "row"), ("aria-rowindex", "1")])
            .switch(move || self.shown(), move |_| self.columns().map(&column).collect::<Vec<_>>())
    }

    fn row(self, index: u32) -> Option<El> {
        self.at(index, |answer, at| {
            let row = el("div.table-row").attrs(&[("role", "row"), ("id", &id_of((index, 0)))]);
            let mut role = "rowheader";
            let cells = self.columns().filter_map(|column| {
                let cell = cell_of(column).attr("role", std::mem::replace(&mut role, "gridcell"));
                (self.kind.fill)(cell, answer, at, column.by)
            });
            let is_open = (self.kind.is_open)(&self.state.view.read(), answer, at);
            let row = row
                .number_attr("aria-rowindex", index + 2)
                .attr("aria-selected", if is_open { "true" } else { "false" })
                .style("transform", &format!("translateY({}px)", HEAD + ROW * index))
                .children(cells);
            // Its buttons are reached by arrows; so many stops would be in Tab's way.
            let buttons = row.element().get_elements_by_tag_name("button");
            for number in 0..buttons.length() {
                if let Some(button) = buttons.item(number) {
                    button.set_id(&id_of((index, number + 1)));
                    let _ = button.set_attribute("tabindex", "-1");
                }
            }
            if self.active.get().0 == index { row.add_class("is-active") } else { row }
        })
    }

    /// Marks what is active and what is open. Rows that come later mark themselves.
    fn mark(self, canvas: &El) {
        let canvas = canvas.element().clone();
        follow(move || {
            let active = self.active.get();
            while let Some(before) = canvas.get_elements_by_class_name("is-active").item(0) {
                let _ = before.class_list().remove_1("is-active");
            }
            // The row is marked as well as the button in it.
            for place in [active, (active.0, 0)] {
                if let Some(element) = element_at(place) {
                    let _ = element.class_list().add_1("is-active");
                }
            }
        });
        follow(move || {
            self.state.view.with(|view| {
                for index in untrack(|| self.list.rows()).range {
                    let is_open =
                        untrack(|| self.at(index, |answer, at| (self.kind.is_open)(view, answer, at)));
                    if let (Some(is_open), Some(row)) = (is_open, element_at((index, 0))) {
                        let _ = row.set_attribute("aria-selected", if is_open { "true" } else { "false" });
                    }
                }
            });
        });
    }

    fn click(self, event: &MouseEvent) {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let Some(target) = target.and_then(|target| target.closest("button, [role=row]").ok().flatten())
        else {
            return;
        };
        if let Some(place) = place_of(&target.id()) {
            self.active.set(place);
            if place.1 == 0 {
                self.open(place.0);
            }
        }
    }

    fn open(self, row: u32) {
        untrack(|| {
            self.at(row, |answer, at| {
                self.state.navigate(true, |view| (self.kind.open)(view, answer, at));
            })
        });
    }

    fn press(self, event: &KeyboardEvent, scroller: &Element) {
        let is_on_button = event.target().as_ref() != Some(scroller);
        let rows = untrack(|| self.list.total());
        if rows == 0 {
            return;
        }
        let page = (scroller.client_height() as u32).saturating_sub(HEAD) / ROW;
        let (row, button) = self.active.get_untracked();
        let next = match event.key().as_str() {
            "ArrowDown" => (row + 1, 0),
            "ArrowUp" => (row.saturating_sub(1), 0),
            "PageDown" => (row + page, 0),
            "PageUp" => (row.saturating_sub(page), 0),
            "Home" => (0, 0),
            "End" => (rows, 0),
            "ArrowRight" if element_at((row, button + 1)).is_some() => (row, button + 1),
            "ArrowLeft" if button > 0 => (row, button - 1),
            "Enter" | " " if !is_on_button => {
                event.prevent_default();
                match element_at((row, button)) {
                    Some(element) if button > 0 => element.unchecked_ref::<HtmlElement>().click(),
                    _ => self.open(row),
                }
                return;
            }
            _ => return,
        };
        event.prevent_default();
        let next = (next.0.min(rows - 1), next.1);
        let left = scroller.scroll_left() as u32;
        reveal(scroller, (left, HEAD + next.0 * ROW), (1, ROW), (0, HEAD));
        self.active.set(next);
        if is_on_button {
            document::focus(Some(scroller.unchecked_ref()));
        }
    }

    /// The choice of columns.
    pub fn column_choice(self) -> El {
        let whole = el("details.columns");
        let close = {
            let whole = whole.clone();
            move || drop(whole.element().remove_attribute("open"))
        };
        let summary =
            el("summary.button").child("Columns").child(el("span.menu-arrow").attr("aria-hidden", "true"));
        let closed = summary.clone();
        let boxes = (1_u32..).zip(&self.kind.columns[1..]).map(|(at, column)| {
            let field = el("input").attr("type", "checkbox");
            let input = field.as_a::<HtmlInputElement>().clone();
            follow(move || input.set_checked(self.shown() >> at & 1 == 1));
            let field = field.on("change", move |_: &Event| {
                let next = untrack(|| self.shown()) ^ (1 << at);
                self.state.navigate(true, |view| view.cols = names(self.kind, next));
            });
            el("label").child(field).child(column.name)
        });
        let list = el("div.menu-list")
            // It takes the focus of clicks beside the boxes, so that it stays open.
            .attrs(&[("role", "group"), ("aria-label", "Columns"), ("tabindex", "-1")])
            .children(boxes);
        let close_by_key = close.clone();
        let inside: Node = whole.as_a::<Node>().clone();
        whole
            .child(summary)
            .child(list)
            .on("keydown", move |event: &KeyboardEvent| {
                if event.key() == "Escape" {
                    event.prevent_default();
                    close_by_key();
                    document::focus(Some(closed.as_a()));
                }
            })
            .on("focusout", move |event: &FocusEvent| {
                let to = event.related_target().and_then(|target| target.dyn_into::<Node>().ok());
                if !inside.contains(to.as_ref()) {
                    close();
                }
            })
    }
}

/// The order that is asked for, if the table has such a column.
fn sort_of(kind: &Kind, view: &View) -> Option<Sort> {
    view.sort.filter(|sort| kind.columns.iter().any(|column| column.by == sort.by))
}

/// What pressing a column's head does: its better direction, the other one, and
/// then the usual order again.
fn next_sort(column: &Column, sort: Option<Sort>, usual: Option<Sort>) -> Option<Sort> {
    let by = column.by;
    // Of numbers the greatest is looked for, of names the first.
    let first = !matches!(
        by,
        SortKey::Name
            | SortKey::Suite
            | SortKey::Dut
            | SortKey::Unit
            | SortKey::Build
            | SortKey::Session
            | SortKey::Format
            | SortKey::File
    );
    match sort.or(usual).filter(|sort| sort.by == by) {
        None => Some(Sort { by, descending: first }),
        Some(Sort { descending, .. }) if descending == first => Some(Sort { by, descending: !first }),
        Some(_) => None,
    }
}

/// The columns of these words, a bit for each; the usual ones if none is known.
fn shown(kind: &Kind, words: &[String]) -> u32 {
    let bits = |is_meant: &dyn Fn(&Column) -> bool| {
        let meant = (0_u32..).zip(kind.columns).filter(|(_, column)| is_meant(column));
        meant.fold(0, |bits, (at, _)| bits | 1 << at)
    };
    match bits(&|column| words.iter().any(|word| word == column.by.key())) {
        0 => bits(&|column| column.is_usual),
        chosen => chosen | 1,
    }
}

fn names(kind: &Kind, chosen: u32) -> Vec<String> {
    if chosen == shown(kind, &[]) {
        return Vec::new();
    }
    let columns = (0_u32..).zip(kind.columns).filter(|(at, _)| chosen >> at & 1 == 1);
    columns.map(|(_, column)| column.by.key().to_owned()).collect()
}

fn cell_of(column: &Column) -> El {
    let cell = el("div.table-cell");
    if column.is_number { cell.add_class("number") } else { cell }
}

fn id_of((row, button): (u32, u32)) -> String {
    format!("row-{row}-{button}")
}

fn place_of(id: &str) -> Option<(u32, u32)> {
    let (row, button) = id.strip_prefix("row-")?.split_once('-')?;
    Some((row.parse().ok()?, button.parse().ok()?))
}

fn element_at(place: (u32, u32)) -> Option<Element> {
    document::document().get_element_by_id(&id_of(place))
}

/// Counts as a bar, a segment for each outcome; in words for those who do not
/// see it.
pub fn outcome_bar(counts: &Counts, missing: u32) -> El {
    let mut words = String::new();
    let outcomes = Outcome::ALL.map(|outcome| (counts.of(outcome), class_of(outcome), outcome.word()));
    let all = outcomes.into_iter().chain([(missing, "o-missing", "missing")]);
    let segments = all.filter(|(count, ..)| *count > 0).map(|(count, class, word)| {
        let separator = if words.is_empty() { "" } else { ", " };
        let number = format::count(count);
        let _ = write!(words, "{separator}{number} {word}");
        el("span").add_class(class).style("flex-grow", &count.to_string()).child(number)
    });
    let bar = el("span.outcome-bar").attr("role", "img").children(segments);
    bar.attrs(&[("aria-label", &words), ("title", &words)])
}

/// A text that is cut in the middle where it is too long: the whole on hover.
pub fn cut(cell: El, text: &str) -> El {
    cell.attr("title", text).child(cut_name(text))
}

/// A text of one line: the whole on hover.
pub fn line(cell: El, text: &str) -> El {
    let title = if text.is_empty() { "–" } else { text };
    cell.attr("title", title).child(el("span.line").child(title))
}
