//! The preview of a pattern: each file with its present and its new names.

use super::{FIELDS, new_name, present_name};
use crate::analyze::{PathLine, PathWindow};
use crate::model::IdentityField;
use crate::ui::format;
use crate::ui::parts::VirtualList;
use leptos::prelude::*;

/// The height of a row in pixels. The style sheet reads it as `--row-height`.
pub const ROW: u32 = 34;
/// The height of the head in pixels. The style sheet reads it as `--head-height`.
const HEAD: u32 = 36;

/// The columns: the path, then [`FIELDS`].
const COLUMNS: [&str; 5] = ["File", "DUT", "Unit", "Build", "Session"];

/// The table of files, those that match first.
#[component]
pub fn Preview(list: VirtualList<PathWindow>) -> impl IntoView {
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
                class="naming-table"
                role="table"
                aria-label="Preview"
                aria-rowcount=move || (list.total() + 1).to_string()
                style=("--row-height", format!("{ROW}px"))
                style=("--head-height", format!("{HEAD}px"))
                style:height=move || format!("{}px", HEAD + ROW * list.total())
            >
                <div class="files-head" role="row" aria-rowindex="1">
                    {head}
                </div>
                <For
                    each=move || list.rendered.get()
                    key=|index| *index
                    children=move |index| view! { <PreviewRow list=list index=index /> }
                />
            </div>
        </div>
    }
}

#[component]
fn PreviewRow(list: VirtualList<PathWindow>, index: u32) -> impl IntoView {
    let is_other = move || list.row(index, |_, line| line.found.is_none()).unwrap_or_default();
    let cells = move || {
        list.row(index, |_, line| {
            view! {
                <div role="cell" title=line.path.clone()>
                    <span>{line.path.clone()}</span>
                </div>
                {FIELDS.map(|field| cell(line, field)).collect_view()}
            }
        })
    };
    view! {
        <div
            class="naming-line"
            class:is-other=is_other
            role="row"
            aria-rowindex=(index + 2).to_string()
            style:transform=format!("translateY({}px)", HEAD + ROW * index)
        >
            {cells}
        </div>
    }
}

/// The present name and, if the pattern changes it, the new one.
fn cell(line: &PathLine, field: IdentityField) -> impl IntoView + use<> {
    let sessions = line.parts.len() as u32;
    let present = match present_name(line, field) {
        "" => "–".to_owned(),
        _ if sessions > 1 && field == IdentityField::Session => format::plural(sessions, "session"),
        present => present.to_owned(),
    };
    let new = new_name(line, field).map(str::to_owned);
    let class = if new.is_some() && present != "–" { "naming-before" } else { "naming-same" };
    let title = new.as_ref().map_or_else(|| present.clone(), |new| format!("{present} → {new}"));
    let new = new.map(|new| {
        view! {
            <span class="naming-arrow">" → "</span>
            <strong>{new}</strong>
        }
    });
    view! {
        <div role="cell" title=title>
            <span class=class>{present}</span>
            {new}
        </div>
    }
}
