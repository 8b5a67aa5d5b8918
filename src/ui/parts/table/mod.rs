//! Tables: their heads sort them, and only visible rows are in the document.
//!
//! A table is described by a [`TableSource`]: its query, its columns and the
//! content of a cell. The focus stays with the table; arrows move the active
//! row, or the active button in it, and Enter opens what is active.

mod columns;
mod layout;
mod rows;
mod source;

pub use columns::{ColumnChoice, sort_of};
pub use rows::{TableCount, TableRows};
pub use source::{AnswerOf, Cell, Column, RowButton, RowButtons, TableSource};

use super::virtual_list::{VirtualList, reveal};
use crate::browser::document;
use crate::query::SortKey;
use crate::ui::stores::{Navigation, use_navigation};
use columns::shown;
use layout::{Layout, layout};
use leptos::ev::{KeyboardEvent, MouseEvent};
use leptos::prelude::*;
use std::marker::PhantomData;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// The height of a row in pixels. The style sheet reads it as `--row-height`.
const ROW: u32 = 32;
/// The height of the head in pixels. The style sheet reads it as `--head-height`.
const HEAD: u32 = 36;
/// The room beside the last column in pixels.
const MARGIN: u32 = 16;

/// A table on screen. Make one with [`Table::new`], and render [`TableRows`],
/// [`TableCount`] and [`ColumnChoice`] with it.
pub struct Table<S: TableSource> {
    list: VirtualList<AnswerOf<S>>,
    navigation: Navigation,
    /// The columns that are shown, as indices of [`TableSource::COLUMNS`]; none
    /// until the first answer tells which ones have something to say.
    shown: Memo<Vec<usize>>,
    /// Their order and widths.
    layout: Memo<Layout>,
    /// The shown columns in the order on screen.
    columns: Memo<Vec<usize>>,
    /// The active row, and the active button in it, counted from 1; 0 for the row.
    active: RwSignal<(u32, u32)>,
    source: PhantomData<fn() -> S>,
}

impl<S: TableSource> Clone for Table<S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S: TableSource> Copy for Table<S> {}

impl<S: TableSource> Table<S> {
    /// A table whose filter, order and columns are those of the view.
    pub fn new() -> Table<S> {
        let navigation = use_navigation();
        let query = move |span| navigation.view.with(|view| S::query(view, span));
        let active = RwSignal::new((0, 0));
        // With another filter there are other rows: start at the first one.
        let filter = Memo::new(move |_| navigation.view.with(|view| view.filter.clone()));
        Effect::watch(move || filter.get(), move |_, _, _| active.set((0, 0)), false);
        let list = VirtualList::new(ROW, query);
        // Each memo leaves the cells as they are if its own value stays the same.
        let shown = Memo::new(move |_| {
            let empty = list.with(|answer| S::empty_columns(answer).to_vec());
            empty.map(|empty| navigation.view.with(|view| shown::<S>(&view.cols, &empty))).unwrap_or_default()
        });
        let layout = Memo::new(move |_| {
            let columns = shown.with(|shown| shown.iter().map(|&at| &S::COLUMNS[at]).collect::<Vec<_>>());
            layout(&columns, list.viewport.get().0, MARGIN)
        });
        let columns = Memo::new(move |_| {
            let shown = shown.get();
            layout.with(|layout| layout.order.iter().filter_map(|&at| shown.get(at).copied()).collect())
        });
        let table = Table { list, navigation, shown, layout, columns, active, source: PhantomData };
        table.follow_details();
        table
    }

    /// Makes the row of the open details the active one, and keeps it visible.
    fn follow_details(self) {
        let line = self.navigation.open_line;
        self.list.keep_visible(line, HEAD);
        Effect::new(move || {
            if let Some(row) = line.get() {
                self.active.set((row, 0));
            }
        });
    }

    /// The columns in the order on screen.
    fn columns(self) -> Vec<&'static Column> {
        self.columns.with(|columns| columns.iter().map(|&at| &S::COLUMNS[at]).collect())
    }

    /// Whether no row has anything to say in a column.
    fn is_empty(self, by: SortKey) -> bool {
        self.list.with(|answer| S::empty_columns(answer).contains(&by)).unwrap_or_default()
    }

    /// Reads the latest answer.
    pub fn answer<T>(self, read: impl FnOnce(&AnswerOf<S>) -> T) -> Option<T> {
        self.list.with(read)
    }

    fn open(self, row: u32) {
        untrack(|| {
            self.list.row(row, |_, row| self.navigation.push(|view| S::open(view, row)));
        });
    }

    fn click(self, event: &MouseEvent) {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let target = target.and_then(|target| target.closest("button, [role=row]").ok().flatten());
        if let Some(place) = target.and_then(|target| place_of(&target.id())) {
            self.active.set(place);
            if place.1 == 0 {
                self.open(place.0);
            }
        }
    }

    fn press(self, event: &KeyboardEvent) {
        let Some(scroller) = self.list.scroller.get_untracked() else {
            return;
        };
        let is_on_button = event.target().as_ref() != Some(scroller.as_ref());
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
                    Some(element) if button > 0 => element.click(),
                    _ => self.open(row),
                }
                return;
            }
            _ => return,
        };
        event.prevent_default();
        let next = (next.0.min(rows - 1), next.1);
        let left = scroller.scroll_left() as u32;
        reveal(&scroller, (left, HEAD + next.0 * ROW), (1, ROW), (0, HEAD));
        self.active.set(next);
        if is_on_button {
            document::focus(Some(&scroller));
        }
    }
}

fn id_of((row, button): (u32, u32)) -> String {
    format!("row-{row}-{button}")
}

fn place_of(id: &str) -> Option<(u32, u32)> {
    let (row, button) = id.strip_prefix("row-")?.split_once('-')?;
    Some((row.parse().ok()?, button.parse().ok()?))
}

fn element_at(place: (u32, u32)) -> Option<HtmlElement> {
    document::find(&format!("#{}", id_of(place)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_of_a_place_leads_back_to_it() {
        for place in [(0, 0), (3, 0), (120_000, 2)] {
            assert_eq!(place_of(&id_of(place)), Some(place));
        }
        assert_eq!(place_of("row-1"), None);
        assert_eq!(place_of("cell-1-2"), None);
    }
}
