//! A table over a virtual list, with rows of one height and a head that stays.

use super::virtual_list::VirtualList;
use crate::engine::Window;
use leptos::prelude::*;

/// The height of the head in pixels. The style sheet reads it as `--head-height`.
pub const LIST_HEAD: u32 = 36;

/// The head, and room for the rows. Rows are elements with the class `list-row`;
/// each is moved to its place.
#[component]
pub fn ListTable<A: Window + Send + Sync + 'static>(
    list: VirtualList<A>,
    /// What the table shows, for assistive technology.
    name: &'static str,
    /// The height of a row in pixels. The style sheet reads it as `--row-height`.
    row_height: u32,
    /// The columns: their names and their widths as tracks of a CSS grid.
    #[prop(into)]
    columns: Signal<Vec<(&'static str, &'static str)>>,
    /// The rows.
    children: Children,
) -> impl IntoView {
    let head = move || {
        columns
            .get()
            .into_iter()
            .map(|(name, _)| view! { <div role="columnheader">{name}</div> })
            .collect_view()
    };
    let tracks = move || columns.get().into_iter().map(|(_, track)| track).collect::<Vec<_>>().join(" ");
    view! {
        <div
            class="list-scroller"
            tabindex="0"
            role="region"
            aria-label="List of files"
            node_ref=list.scroller
            on:scroll=move |_| list.on_scroll()
        >
            <div
                class="list-table"
                role="table"
                aria-label=name
                aria-rowcount=move || (list.total() + 1).to_string()
                style=("--row-height", format!("{row_height}px"))
                style=("--head-height", format!("{LIST_HEAD}px"))
                style=("--tracks", tracks)
                style:height=move || format!("{}px", LIST_HEAD + row_height * list.total())
            >
                <div class="list-head" role="row" aria-rowindex="1">
                    {head}
                </div>
                {children()}
            </div>
        </div>
    }
}
