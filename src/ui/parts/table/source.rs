//! What a table shows: its query, its columns and the content of a cell.

use super::id_of;
use crate::engine::{Query, Window};
use crate::query::{Filter, Sort, SortKey, View};
use crate::ui::parts::Span;
use leptos::prelude::*;

/// A column.
pub struct Column {
    /// What it shows: its sort key, whose key is in the query string.
    pub by: SortKey,
    /// Its name.
    pub name: &'static str,
    /// The tooltip of its head; "" for none.
    pub title: &'static str,
    /// Its width in pixels, at least.
    pub width: u32,
    /// Its share of the remaining width.
    pub share: u32,
    /// Whether it has numbers, which are aligned to the right.
    pub is_number: bool,
    /// Whether it is shown by default.
    pub is_default: bool,
    /// Its importance: where there is no room for all columns, those with the
    /// lowest ranks are on screen.
    pub rank: u8,
    /// Why it is hidden if no row has anything to say in it; "" for columns that
    /// always say something.
    pub when_empty: &'static str,
}

impl Column {
    /// A column of texts that is shown by default, and always says something.
    pub const fn new(by: SortKey, name: &'static str, width: u32, rank: u8) -> Column {
        Column {
            by,
            name,
            title: "",
            width,
            share: 0,
            is_number: false,
            is_default: true,
            rank,
            when_empty: "",
        }
    }

    /// The same with numbers.
    pub const fn number(by: SortKey, name: &'static str, width: u32, rank: u8) -> Column {
        Column { is_number: true, ..Column::new(by, name, width, rank) }
    }
}

/// The answer of a table's query.
pub type AnswerOf<S> = <<S as TableSource>::Query as Query>::Answer;

/// A row of a table.
pub type RowOf<S> = <AnswerOf<S> as Window>::Row;

/// What a table shows.
pub trait TableSource: 'static {
    /// Asks for rows.
    type Query: Query<Answer: Window + Send + Sync>;

    /// The table's name.
    const NAME: &'static str;
    /// What a row is: "test".
    const NOUN: &'static str;
    /// The columns. The first one names the row and is always shown.
    const COLUMNS: &'static [Column];
    /// The default order; `None` if no column has it.
    const DEFAULT_SORT: Option<Sort>;

    /// The query for a span of rows.
    fn query(view: &View, span: Span) -> Self::Query;

    /// How many rows there are without the filter.
    fn all(answer: &AnswerOf<Self>) -> u32
    where
        Self: Sized;

    /// The columns in which no row has anything to say, whatever the filter.
    fn empty_columns(answer: &AnswerOf<Self>) -> &[SortKey]
    where
        Self: Sized;

    /// The cell of a row.
    fn cell(answer: &AnswerOf<Self>, row: &RowOf<Self>, by: SortKey, buttons: &mut RowButtons) -> Cell
    where
        Self: Sized;

    /// Opens the details of a row.
    fn open(view: &mut View, row: &RowOf<Self>)
    where
        Self: Sized;

    /// Whether the details of a row are open.
    fn is_open(view: &View, row: &RowOf<Self>) -> bool
    where
        Self: Sized;

    /// The message if no row matches the filter.
    fn no_matches(filter: &Filter) -> String;
}

/// The content of a cell.
pub struct Cell {
    /// What it shows.
    pub content: AnyView,
    /// A class of its own.
    pub class: &'static str,
    /// The whole text, on hover; "" for none.
    pub title: String,
    /// What assistive technology reads in place of the content.
    pub label: Option<String>,
}

impl Cell {
    /// A cell with this content.
    pub fn new(content: impl IntoView + 'static) -> Cell {
        Cell { content: content.into_any(), class: "", title: String::new(), label: None }
    }

    /// Adds a class.
    pub fn class(self, class: &'static str) -> Cell {
        Cell { class, ..self }
    }

    /// Adds a text that is shown on hover.
    pub fn title(self, title: impl Into<String>) -> Cell {
        Cell { title: title.into(), ..self }
    }

    /// Adds a text for assistive technology.
    pub fn label(self, label: impl Into<String>) -> Cell {
        Cell { label: Some(label.into()), ..self }
    }
}

/// Numbers the buttons of a row, which arrows reach: Tab skips them.
pub struct RowButtons {
    row: u32,
    /// The button that is active, counted from 1.
    active: Option<u32>,
    count: u32,
}

/// The attributes of a button in a row. The default is a button elsewhere.
#[derive(Clone, Default)]
pub struct RowButton {
    /// Its id.
    pub id: Option<String>,
    /// Its `tabindex`.
    pub tabindex: Option<&'static str>,
    /// Whether Enter presses it.
    pub is_active: bool,
}

impl RowButtons {
    /// The buttons of a row; one of them may be active, counted from 1.
    pub fn new(row: u32, active: Option<u32>) -> RowButtons {
        RowButtons { row, active, count: 0 }
    }

    /// The next button of the row.
    pub fn next(&mut self) -> RowButton {
        self.count += 1;
        RowButton {
            id: Some(id_of((self.row, self.count))),
            tabindex: Some("-1"),
            is_active: self.active == Some(self.count),
        }
    }
}
