//! The ledger: a table with a row for each file.

use super::ROW;
use super::row::{FileRow, RowKey};
use crate::analyze::Ledger;
use crate::browser::document;
use crate::ui::parts::{NoMatches, VirtualList};
use crate::ui::stores::{use_data, use_navigation};
use leptos::prelude::*;

/// The height of the head in pixels. The style sheet reads it as `--head-height`.
pub const HEAD: u32 = 36;

/// The columns.
const COLUMNS: [&str; 7] = ["File", "Read as", "Results", "DUT", "Unit", "Build", "Session"];

/// The table of files. A row belongs to its file, so that it keeps the focus and
/// what is being typed when files are added before it.
#[component]
pub fn LedgerTable(list: VirtualList<Ledger>) -> impl IntoView {
    let (navigation, data) = (use_navigation(), use_data());
    list.keep_visible(navigation.open_line, HEAD);
    // Without units, the style sheet hides their column.
    let has_units = Memo::new(move |_| {
        data.overview.with(|overview| {
            overview.as_ref().is_some_and(|overview| overview.duts.iter().any(|dut| dut.unit.is_some()))
        })
    });
    let rows = move || {
        keep_focus();
        let key = |index| list.row(index, |_, file| RowKey::new(file));
        list.rendered.get().filter_map(key).collect::<Vec<_>>()
    };
    let has_no_matches =
        move || list.is_empty() && navigation.view.with(|view| view.file_filter().is_active());
    let head = COLUMNS.map(|name| view! { <div role="columnheader">{name}</div> }).collect_view();
    view! {
        <div
            class="files-scroller"
            tabindex="0"
            role="region"
            aria-label="List of files"
            node_ref=list.scroller
            on:scroll=move |_| list.on_scroll()
        >
            <div
                class="files-table"
                role="table"
                aria-label="Files"
                data-units=move || has_units.get().to_string()
                aria-rowcount=move || (list.total() + 1).to_string()
                style=("--row-height", format!("{ROW}px"))
                style=("--head-height", format!("{HEAD}px"))
                style:height=move || format!("{}px", HEAD + ROW * list.total())
            >
                <div class="files-head" role="row" aria-rowindex="1">
                    {head}
                </div>
                <For
                    each=rows
                    key=RowKey::clone
                    children=move |key| view! { <FileRow list=list key=key /> }
                />
            </div>
            <NoMatches when=has_no_matches words=|| "No files match.".to_owned() />
        </div>
    }
}

/// Gives the focus back to the element that has it now, after rows were moved: an
/// element loses the focus when it is moved in the document.
fn keep_focus() {
    let focused = document::focused();
    queue_microtask(move || {
        if document::is_unfocused() {
            document::focus(focused.as_ref());
        }
    });
}
