//! Tables: their heads sort them, and only visible rows are in the document.
//!
//! A table is described by a [`TableSource`]: its query, its columns and the
//! content of a cell. The focus stays with the table; arrows move the active
//! row, or the active button in it, and Enter opens what is active.

use super::filter::NoMatches;
use super::virtual_list::{Span, VirtualList, reveal};
use crate::browser::document;
use crate::engine::{Query, Window};
use crate::query::{Filter, Sort, SortKey, View};
use crate::ui::format;
use crate::ui::stores::{Navigation, use_navigation};
use leptos::ev::{FocusEvent, KeyboardEvent, MouseEvent};
use leptos::html::{Details, Summary};
use leptos::prelude::*;
use std::marker::PhantomData;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// The height of a row in pixels.
const ROW: u32 = 32;
/// The height of the head in pixels.
const HEAD: u32 = 36;

/// A column.
pub struct Column {
    /// What it shows: its sort key, whose word stands in the query string.
    pub by: SortKey,
    /// Its name.
    pub name: &'static str,
    /// What the name does not say.
    pub title: &'static str,
    /// Its width in pixels, at least.
    pub width: u32,
    /// Its share of the remaining width.
    pub share: u32,
    /// Whether it has numbers, which are aligned to the right.
    pub is_number: bool,
    /// Whether it is shown until a person chooses columns.
    pub is_usual: bool,
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
    /// The order until a person sorts; `None` if it is no column's.
    const USUAL: Option<Sort>;

    /// The query for a span of rows.
    fn query(filter: Filter, sort: Option<Sort>, span: Span) -> Self::Query;

    /// How many rows there are without the filter.
    fn all(answer: &AnswerOf<Self>) -> u32
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

    /// What to say if no row matches the filter.
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

/// A table on screen. Make one with [`Table::new`], and render [`TableRows`],
/// [`TableCount`] and [`ColumnChoice`] with it.
pub struct Table<S: TableSource> {
    list: VirtualList<AnswerOf<S>>,
    navigation: Navigation,
    /// The words of the columns that a person chose.
    columns: Memo<Vec<String>>,
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
        let query =
            move |span| navigation.view.with(|view| S::query(view.filter.clone(), sort_of::<S>(view), span));
        let active = RwSignal::new((0, 0));
        // With another filter there are other rows: start at the first one.
        let filter = Memo::new(move |_| navigation.view.with(|view| view.filter.clone()));
        Effect::watch(move || filter.get(), move |_, _, _| active.set((0, 0)), false);
        // Other changes of the view leave the cells as they are.
        let columns = Memo::new(move |_| navigation.view.with(|view| view.cols.clone()));
        Table { list: VirtualList::new(ROW, query), navigation, columns, active, source: PhantomData }
    }

    /// Which columns are shown.
    fn columns(self) -> Vec<&'static Column> {
        self.columns.with(|words| shown::<S>(words))
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

/// How many rows there are, in words.
#[component]
pub fn TableCount<S: TableSource>(table: Table<S>) -> impl IntoView {
    let text = move || {
        let total = table.list.total();
        let all = table.list.with(S::all).unwrap_or_default();
        if total == all {
            format::plural(total, S::NOUN)
        } else {
            format!("{} of {}", format::count(total), format::plural(all, S::NOUN))
        }
    };
    view! {
        <span class="toolbar-count" role="status">
            {text}
        </span>
    }
}

/// The head and the rows.
#[component]
pub fn TableRows<S: TableSource>(table: Table<S>) -> impl IntoView {
    let Table { list, navigation, active, .. } = table;
    let tracks = move || {
        let track = |column: &&Column| match column.share {
            0 => format!("{}px", column.width),
            share => format!("minmax({}px,{share}fr)", column.width),
        };
        table.columns().iter().map(track).collect::<Vec<_>>().join(" ")
    };
    let width = move || format!("{}px", table.columns().iter().map(|column| column.width).sum::<u32>() + 16);
    let active_id = move || {
        let active = active.get();
        // There may be no rows, or other ones in view.
        list.rendered.with(|rows| rows.contains(&active.0)).then(|| id_of(active))
    };
    view! {
        <div class="table">
            <NoMatches
                when=move || list.is_empty()
                words=move || navigation.view.with(|view| S::no_matches(&view.filter))
            />
            <div
                class="table-scroller"
                role="grid"
                aria-label=S::NAME
                tabindex="0"
                aria-rowcount=move || (list.total() + 1).to_string()
                aria-activedescendant=active_id
                node_ref=list.scroller
                on:scroll=move |_| list.on_scroll()
                on:keydown=move |event| table.press(&event)
            >
                <div
                    class="table-canvas"
                    style=("--tracks", tracks)
                    style:min-width=width
                    style:height=move || format!("{}px", HEAD + ROW * list.total())
                    on:click=move |event| table.click(&event)
                >
                    <TableHead table=table />
                    <For
                        each=move || list.rendered.get()
                        key=|index| *index
                        children=move |index| view! { <TableRow table=table index=index /> }
                    />
                </div>
            </div>
        </div>
    }
}

#[component]
fn TableHead<S: TableSource>(table: Table<S>) -> impl IntoView {
    let Table { list, navigation, active, .. } = table;
    let head = move |column: &'static Column| {
        let direction = move || {
            let sort = navigation.view.with(sort_of::<S>).or(S::USUAL);
            let sort = sort.filter(|sort| sort.by == column.by)?;
            Some(if sort.descending { "descending" } else { "ascending" })
        };
        let press = move |_| {
            let next = next_sort(column, navigation.view.with_untracked(sort_of::<S>), S::USUAL);
            if let Some(scroller) = list.scroller.get_untracked() {
                scroller.set_scroll_top(0);
            }
            active.set((0, 0));
            navigation.push(|view| view.sort = next);
        };
        view! {
            <div class="table-cell" class:number=column.is_number role="columnheader" aria-sort=direction>
                <button type="button" class="table-sort" title=column.title on:click=press>
                    {column.name}
                </button>
            </div>
        }
    };
    view! {
        <div class="table-head" role="row" aria-rowindex="1">
            {move || table.columns().into_iter().map(head).collect_view()}
        </div>
    }
}

#[component]
fn TableRow<S: TableSource>(table: Table<S>, index: u32) -> impl IntoView {
    let Table { list, navigation, active, .. } = table;
    let active = Memo::new(move |_| {
        let (row, button) = active.get();
        (row == index).then_some(button)
    });
    let is_open = Memo::new(move |_| {
        list.row(index, |_, row| navigation.view.with(|view| S::is_open(view, row))).unwrap_or_default()
    });
    let cells = move || {
        let mut buttons = RowButtons { row: index, active: active.get(), count: 0 };
        list.row(index, |answer, row| {
            let cells = table.columns().into_iter().enumerate().map(|(at, column)| {
                let Cell { content, class, title, label } = S::cell(answer, row, column.by, &mut buttons);
                // One string: when it changes, it would remove classes of `class:` directives.
                let number = if column.is_number { "number" } else { "" };
                view! {
                    <div
                        class=format!("table-cell {number} {class}")
                        role=if at == 0 { "rowheader" } else { "gridcell" }
                        title=(!title.is_empty()).then_some(title)
                        aria-label=label
                    >
                        {content}
                    </div>
                }
            });
            cells.collect_view()
        })
    };
    view! {
        <div
            class="table-row"
            class:is-active=move || active.get().is_some()
            role="row"
            id=id_of((index, 0))
            aria-rowindex=(index + 2).to_string()
            aria-selected=move || is_open.get().to_string()
            style:transform=format!("translateY({}px)", HEAD + ROW * index)
        >
            {cells}
        </div>
    }
}

/// The choice of columns.
#[component]
pub fn ColumnChoice<S: TableSource>(table: Table<S>) -> impl IntoView {
    let (details, summary) = (NodeRef::<Details>::new(), NodeRef::<Summary>::new());
    let close = move || {
        if let Some(details) = details.get_untracked() {
            details.set_open(false);
        }
    };
    let on_key = move |event: KeyboardEvent| {
        if event.key() == "Escape" {
            event.prevent_default();
            close();
            document::focus(summary.get_untracked().as_ref().map(JsCast::unchecked_ref));
        }
    };
    let on_focus_out = move |event: FocusEvent| {
        let to = event.related_target().and_then(|target| target.dyn_into::<web_sys::Node>().ok());
        if details.get_untracked().is_some_and(|details| !details.contains(to.as_ref())) {
            close();
        }
    };
    let choice = move |column: &'static Column| {
        let is_shown = move || table.columns().iter().any(|shown| shown.by == column.by);
        let toggle = move |_| {
            let shown = untrack(|| table.columns());
            let is_chosen = |other: &Column| {
                let is_shown = shown.iter().any(|shown| shown.by == other.by);
                is_shown != (other.by == column.by)
            };
            table.navigation.push(|view| view.cols = words::<S>(is_chosen));
        };
        view! {
            <label>
                <input type="checkbox" prop:checked=is_shown on:change=toggle />
                {column.name}
            </label>
        }
    };
    view! {
        <details class="columns" node_ref=details on:keydown=on_key on:focusout=on_focus_out>
            <summary class="button" node_ref=summary>
                "Columns"
                <span class="menu-arrow" aria-hidden="true"></span>
            </summary>
            // It takes the focus of clicks beside the boxes, so that it stays open.
            <div class="menu-list" role="group" aria-label="Columns" tabindex="-1">
                {S::COLUMNS[1..].iter().map(choice).collect_view()}
            </div>
        </details>
    }
}

/// The order that the view asks for, if the table has such a column.
fn sort_of<S: TableSource>(view: &View) -> Option<Sort> {
    view.sort.filter(|sort| S::COLUMNS.iter().any(|column| column.by == sort.by))
}

/// What pressing a column's head does: its better direction, the other one, and
/// then the usual order again.
fn next_sort(column: &Column, sort: Option<Sort>, usual: Option<Sort>) -> Option<Sort> {
    let by = column.by;
    // Numbers start with the greatest, names with the first.
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

/// The columns of these words; the usual ones if no word is known.
fn shown<S: TableSource>(words: &[String]) -> Vec<&'static Column> {
    let is_chosen = |column: &&Column| words.iter().any(|word| word == column.by.key());
    if S::COLUMNS.iter().any(|column| is_chosen(&column)) {
        S::COLUMNS
            .iter()
            .enumerate()
            .filter(|(at, column)| *at == 0 || is_chosen(column))
            .map(|(_, c)| c)
            .collect()
    } else {
        S::COLUMNS.iter().filter(|column| column.is_usual).collect()
    }
}

/// The words of the chosen columns; none if these are the usual ones.
fn words<S: TableSource>(is_chosen: impl Fn(&Column) -> bool) -> Vec<String> {
    let is_usual = S::COLUMNS.iter().skip(1).all(|column| is_chosen(column) == column.is_usual);
    if is_usual {
        return Vec::new();
    }
    let chosen = S::COLUMNS.iter().enumerate().filter(|(at, column)| *at == 0 || is_chosen(column));
    chosen.map(|(_, column)| column.by.key().to_owned()).collect()
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
