//! The preview of a pattern: each file with its present and its new names.

use super::{FIELDS, new_name, present_name};
use crate::analyze::{PathLine, PathWindow};
use crate::model::IdentityField;
use crate::ui::format;
use crate::ui::parts::{LIST_HEAD, ListTable, VirtualList};
use leptos::prelude::*;

/// The height of a row in pixels. The style sheet reads it as `--row-height`.
pub const ROW: u32 = 34;

/// The columns: the path, then [`FIELDS`].
const COLUMNS: [(&str, &str); 5] = [
    ("File", "minmax(220px, 2.2fr)"),
    ("DUT", NAME_WIDTH),
    ("Unit", NAME_WIDTH),
    ("Build", NAME_WIDTH),
    ("Session", NAME_WIDTH),
];

/// The width of a column of names.
const NAME_WIDTH: &str = "minmax(140px, 1fr)";

/// The table of files, those that match first.
#[component]
pub fn Preview(list: VirtualList<PathWindow>) -> impl IntoView {
    view! {
        <ListTable list=list name="Preview" row_height=ROW columns=COLUMNS.to_vec()>
            <For
                each=move || list.rendered.get()
                key=|index| *index
                children=move |index| view! { <PreviewRow list=list index=index /> }
            />
        </ListTable>
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
            class="list-row naming-line"
            class:is-other=is_other
            role="row"
            aria-rowindex=(index + 2).to_string()
            style:transform=format!("translateY({}px)", LIST_HEAD + ROW * index)
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
