//! The ledger: a table with a row for each file.

use super::ROW;
use super::row::{FileRow, RowKey};
use crate::analyze::Ledger;
use crate::browser::document;
use crate::model::IdentityField;
use crate::ui::parts::{LIST_HEAD, ListTable, NoMatches, VirtualList};
use crate::ui::stores::use_navigation;
use leptos::prelude::*;

/// A column: its name, its width, and the name of a session that it shows. A column
/// of names is hidden if no file has one.
type Column = (&'static str, &'static str, Option<IdentityField>);

/// The columns.
const COLUMNS: [Column; 7] = [
    ("File", "minmax(220px, 3fr)", None),
    ("Read as", "minmax(150px, 1.2fr)", None),
    ("Results", "60px", None),
    ("DUT", "minmax(140px, 1.3fr)", None),
    ("Unit", "minmax(96px, 1fr)", Some(IdentityField::Unit)),
    ("Build", "minmax(96px, 1fr)", Some(IdentityField::Build)),
    ("Session", "minmax(96px, 1fr)", Some(IdentityField::Session)),
];

/// The table of files. A row belongs to its file, so that it keeps the focus and
/// what is being typed when files are added before it.
#[component]
pub fn LedgerTable(list: VirtualList<Ledger>) -> impl IntoView {
    let navigation = use_navigation();
    list.keep_visible(navigation.open_line, LIST_HEAD);
    let empty = Memo::new(move |_| list.with(|ledger| ledger.empty_columns.clone()).unwrap_or_default());
    let columns = move || {
        let is_shown =
            |name: &Option<IdentityField>| name.is_none_or(|name| empty.with(|empty| !empty.contains(&name)));
        let shown = COLUMNS.into_iter().filter(|(.., field)| is_shown(field));
        shown.map(|(name, track, _)| (name, track)).collect::<Vec<_>>()
    };
    let rows = move || {
        keep_focus();
        let key = |index| list.row(index, |_, file| RowKey::new(file));
        list.rendered.get().filter_map(key).collect::<Vec<_>>()
    };
    let has_no_matches =
        move || list.is_empty() && navigation.view.with(|view| view.file_filter().is_active());
    view! {
        <NoMatches when=has_no_matches words=|| "No files match.".to_owned() />
        <ListTable list=list name="Files" row_height=ROW columns=Signal::derive(columns)>
            <For
                each=rows
                key=RowKey::clone
                children=move |key| view! { <FileRow list=list key=key empty=empty /> }
            />
        </ListTable>
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
