//! What is on screen of a table: its head, its visible rows, and how many there are.

use super::columns::{next_sort, sort_of};
use super::{Cell, Column, HEAD, MARGIN, ROW, RowButtons, Table, TableSource, id_of};
use crate::ui::format;
use crate::ui::parts::NoMatches;
use leptos::prelude::*;

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
    let tracks = move || table.layout.with(|layout| layout.tracks.clone());
    let width = move || format!("{}px", table.layout.with(|layout| layout.width));
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
                    style=("--row-height", format!("{ROW}px"))
                    style=("--head-height", format!("{HEAD}px"))
                    style=("--tracks", tracks)
                    style=("--margin", format!("{MARGIN}px"))
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

/// The names of the columns; pressing one sorts by it.
#[component]
fn TableHead<S: TableSource>(table: Table<S>) -> impl IntoView {
    let Table { list, navigation, active, .. } = table;
    let head = move |column: &'static Column| {
        let direction = move || {
            let sort = navigation.view.with(sort_of::<S>).or(S::DEFAULT_SORT);
            let sort = sort.filter(|sort| sort.by == column.by)?;
            Some(if sort.descending { "descending" } else { "ascending" })
        };
        let press = move |_| {
            let next = next_sort(column, navigation.view.with_untracked(sort_of::<S>), S::DEFAULT_SORT);
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

/// A row.
#[component]
fn TableRow<S: TableSource>(
    table: Table<S>,
    /// Its index in the whole table.
    index: u32,
) -> impl IntoView {
    let Table { list, navigation, active, .. } = table;
    let active = Memo::new(move |_| {
        let (row, button) = active.get();
        (row == index).then_some(button)
    });
    let is_open = Memo::new(move |_| {
        list.row(index, |_, row| navigation.view.with(|view| S::is_open(view, row))).unwrap_or_default()
    });
    let cells = move || {
        let mut buttons = RowButtons::new(index, active.get());
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
