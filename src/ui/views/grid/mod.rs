//! Grid: what passes where? Tests × DUTs, the latest session of each DUT.

mod duts;
mod folds;
mod head;
mod keys;
mod layout;
mod open;
mod rows;
mod slices;
mod toolbar;

use crate::analyze::{Column, GridLine, GridQuery, GridRow, GridWindow, RowOrder};
use crate::browser::document;
use crate::engine::GetGrid;
use crate::query::{Route, Selection, SessionKey, SortKey, View};
use crate::ui::format;
use crate::ui::parts::{NoMatches, Span, VirtualList, reveal, use_tip};
use crate::ui::stores::{Data, Navigation, use_data, use_navigation};
use head::{GridHead, build_of_all};
use layout::{CellIndex, Content, Layout, ROW, cell_at, id_of};
use leptos::ev::MouseEvent;
use leptos::prelude::*;
use rows::GridRowView;
use slices::Slices;
use toolbar::GridToolbar;
use wasm_bindgen::JsCast;
use web_sys::Element;

/// The view.
#[component]
pub fn Grid() -> impl IntoView {
    let grid = GridState::new();
    let navigation = grid.navigation;
    let has_no_columns = Memo::new(move |_| grid.duts.get().0 == 0 && grid.duts.get().1 > 0);
    view! {
        <main class="grid-view" aria-label="Grid">
            <GridToolbar grid=grid />
            <Show when=move || has_no_columns.get()>
                <p class="nothing">
                    "All DUTs are hidden. "
                    <button
                        type="button"
                        class="button button-small"
                        on:click=move |_| duts::show_all(navigation)
                    >
                        "Show all"
                    </button>
                </p>
            </Show>
            <NoMatches
                when=move || grid.list.is_empty() && !has_no_columns.get()
                words=move || navigation.view.with(|view| view.filter.nothing())
            />
            <GridScroller grid=grid />
        </main>
    }
}

/// The element that scrolls, with the head and the rows.
#[component]
fn GridScroller(grid: GridState) -> impl IntoView {
    let (list, tip) = (grid.list, use_tip());
    grid.show_tip_of_active();
    grid.follow_details();
    let on_scroll = move |_| {
        list.on_scroll();
        tip.hide();
    };
    view! {
        <div
            class="grid-scroller"
            role="grid"
            aria-label="Tests by DUT"
            tabindex="0"
            aria-rowcount=move || (list.total() + 1).to_string()
            aria-colcount=move || (grid.columns.get() + 1).to_string()
            aria-activedescendant=move || grid.rendered_active()
            node_ref=list.scroller
            on:scroll=on_scroll
            on:keydown=move |event| grid.press(&event)
        >
            <div
                class="grid-canvas"
                class:is-narrow=move || grid.layout.get().is_narrow
                class:is-turned=move || grid.layout.get().is_turned
                class:has-pinned=move || grid.layout.get().pinned != 0
                style=("--row-height", format!("{ROW}px"))
                style=("--head-height", move || format!("{}px", grid.layout.get().head))
                style=("--name-width", move || format!("{}px", grid.layout.get().name))
                style=("--column-width", move || format!("{}px", grid.layout.get().column))
                style=("--fixed-width", move || format!("{}px", grid.layout.get().fixed()))
                style:width=move || format!("{}px", grid.layout.get().width(grid.columns.get()))
                style:height=move || format!("{}px", grid.layout.get().head + ROW * list.total())
                on:click=move |event| grid.click(&event)
            >
                <GridHead grid=grid />
                <For
                    each=move || list.rendered.get()
                    key=|index| *index
                    children=move |index| view! { <GridRowView grid=grid row=index + 1 /> }
                />
            </div>
        </div>
    }
}

fn is_by_name(view: &View) -> bool {
    view.sort.is_some_and(|sort| sort.by == SortKey::Name)
}

/// What the layout depends on.
fn content(window: &GridWindow) -> Content {
    let longest = |names: &mut dyn Iterator<Item = &String>| {
        names.map(|name| name.chars().count()).max().unwrap_or_default() as u32
    };
    Content {
        columns: window.columns.len() as u32,
        pinned: window.pinned,
        longest: longest(&mut window.columns.iter().map(|column| &column.dut)),
        longest_short: longest(&mut window.names.names.iter()),
        has_builds: window.columns.iter().any(|column| column.build.is_some() || column.unit.is_some()),
        has_one_build: build_of_all(window).is_some(),
    }
}

/// The query for a span of lines.
pub(super) fn query(view: &View, folded: Vec<String>, span: Span) -> GetGrid {
    let order = if is_by_name(view) { RowOrder::Name } else { RowOrder::Attention };
    let (filter, duts) = (view.filter.clone(), view.duts.clone());
    let comparison = view.grid_compares.then(|| view.comparison.clone());
    let query = GridQuery { filter, order, is_grouped: !view.flat, duts, comparison };
    GetGrid { query, folded, from: span.first, count: span.count }
}

/// The state of the grid on screen.
#[derive(Clone, Copy)]
struct GridState {
    navigation: Navigation,
    data: Data,
    list: VirtualList<GridWindow>,
    /// The active cell: a row and a column. The heads are row 0 and column 0.
    active: RwSignal<CellIndex>,
    /// How many columns there are.
    columns: Memo<u32>,
    /// How many DUTs are shown, and how many there are.
    duts: Memo<(u32, u32)>,
    /// Sizes.
    layout: Memo<Layout>,
    /// The columns to render, besides those that stay at the left.
    span: Memo<Span>,
    /// The cell of the open details, if it is on screen.
    open: Memo<Option<CellIndex>>,
    /// Grows when rows change: their data, columns or sizes.
    generation: Memo<u32>,
    slices: Slices,
}

impl GridState {
    fn new() -> GridState {
        let navigation = use_navigation();
        let list = VirtualList::new(ROW, move |span| {
            navigation.view.with(|view| query(view, view.fold.clone(), span))
        });
        let content = Memo::new(move |_| list.with(content).unwrap_or_default());
        let columns = Memo::new(move |_| content.get().columns);
        let duts = Memo::new(move |_| (columns.get(), list.with(|window| window.duts).unwrap_or_default()));
        let layout = Memo::new(move |_| Layout::new(list.viewport.get().0, content.get()));
        let span = Memo::new(move |_| {
            let layout = layout.get();
            let width = list.viewport.get().0.saturating_sub(layout.fixed());
            let Span { first, count } = Span::visible(list.scrolled.get().0, width, layout.column, 1);
            // In steps of two, so that not every column renders all rows.
            let step = first % 2;
            Span { first: layout.pinned + first - step, count: count + 1 + step }.within(columns.get())
        });
        let generation = Memo::new(move |generation: Option<&u32>| {
            let _ = (list.with(|_| ()), span.get(), layout.get());
            generation.map_or(0, |generation| generation.wrapping_add(1))
        });
        let slices = Slices::new(move || span.get().count + layout.get().pinned);
        GridState {
            navigation,
            data: use_data(),
            list,
            active: RwSignal::new((1, 1)),
            columns,
            duts,
            layout,
            span,
            open: open::open_cell(navigation, list),
            generation,
            slices,
        }
    }

    /// How many tests are shown, in words.
    fn count(self) -> String {
        let (tests, matching) = self.list.with(|window| (window.tests, window.matching)).unwrap_or_default();
        if matching == tests {
            format::plural(tests, "test")
        } else {
            format!("{} of {}", format::count(matching), format::plural(tests, "test"))
        }
    }

    /// Reads the line in a row, if it is loaded.
    fn line<T>(self, row: u32, read: impl FnOnce(&GridWindow, &GridLine) -> T) -> Option<T> {
        self.list.row(row.checked_sub(1)?, read)
    }

    fn is_group(self, row: u32) -> bool {
        self.line(row, |_, line| matches!(line, GridLine::Group(_))).unwrap_or_default()
    }

    /// The id of the active cell; of a group it is the head.
    fn active_id(self) -> String {
        let (row, column) = self.active.get();
        id_of((row, if self.is_group(row) { 0 } else { column }))
    }

    /// The id of the active cell, if it is rendered.
    fn rendered_active(self) -> Option<String> {
        let row = self.active.get().0;
        let is_rendered = row == 0 || self.list.rendered.with(|rows| rows.contains(&(row - 1)));
        is_rendered.then(|| self.active_id())
    }

    /// While the keyboard is used, the active cell shows its tip.
    fn show_tip_of_active(self) {
        let tip = use_tip();
        Effect::new(move || {
            let id = self.active_id();
            // What the cell says depends on the rows.
            self.list.rendered.track();
            request_animation_frame(move || {
                let scroller = self.list.scroller.try_get_untracked().flatten();
                let is_keyboard =
                    scroller.is_some_and(|scroller| scroller.matches(":focus-visible") == Ok(true));
                if let Some(cell) = document::find(&format!("#{id}")).filter(|_| is_keyboard) {
                    tip.show(Some(cell.into()));
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
        let action = closest("[data-action]").and_then(|button| button.get_attribute("data-action"));
        if let (Some(action), Some(head)) = (action, closest("[id^=cell-]")) {
            let column = cell_at(&head.id()).map(|(_, column)| column).unwrap_or_default();
            return self.act(&action, column);
        }
        let in_group = || closest(".grid-group")?.query_selector("button").ok().flatten();
        let cell = in_group().or_else(|| closest("[id^=cell-]"));
        if let Some(index) = cell.and_then(|cell| cell_at(&cell.id())) {
            self.active.set(index);
            document::focus(self.list.scroller.get_untracked().as_deref());
            self.open(index);
        }
    }

    /// Opens what a cell stands for: a head its session, a test's name its worst
    /// result, a cell its result. A group is folded or unfolded.
    fn open(self, (row, column): CellIndex) {
        if row == 0 {
            return self.open_session(column.checked_sub(1));
        }
        let column = column.checked_sub(1).map(|column| column as usize);
        match untrack(|| self.line(row, |window, line| selection(window, line, column))).flatten() {
            Some(selection) => self.navigation.select(selection),
            None => self.toggle_fold(row),
        }
    }

    /// Hides or pins a column, counted from 1.
    fn act(self, action: &str, column: u32) {
        let Some(head) = self.column(column.checked_sub(1)) else {
            return;
        };
        match action {
            "pin" => duts::toggle_pin(self.navigation, &head.dut),
            "hide" => duts::hide(self.navigation, self.data, &head.dut),
            _ => {}
        }
    }

    fn column(self, column: Option<u32>) -> Option<Column> {
        untrack(|| self.list.with(|window| window.columns.get(column? as usize).cloned())).flatten()
    }

    fn open_session(self, column: Option<u32>) {
        if let Some(head) = self.column(column) {
            let key = SessionKey { dut: head.dut, session: head.session };
            self.navigation.push(|view| {
                view.go(Route::Sessions);
                view.session = Some(key);
            });
        }
    }
}

/// The result in a column, or the worst one of the test; `None` if there is no
/// result.
fn selection(window: &GridWindow, line: &GridLine, column: Option<usize>) -> Option<Selection> {
    let GridLine::Test(test) = line else {
        return None;
    };
    let column = column.or_else(|| worst_of(test))?;
    test.cells.get(column)?.outcome()?;
    let head = window.columns.get(column)?;
    Some(Selection {
        dut: head.dut.clone(),
        session: window.compared.is_some().then(|| head.session.clone()),
        scope: test.scope.clone(),
        name: test.name.clone(),
    })
}

/// The column of the worst result of a test; of equal ones the first.
fn worst_of(test: &GridRow) -> Option<usize> {
    let outcome = |at: &usize| test.cells.get(*at).and_then(crate::analyze::Cell::outcome);
    (0..test.cells.len()).rev().max_by_key(outcome)
}
