//! Sessions: what was run?

mod details;
mod properties;
mod table;

use crate::ui::parts::{ColumnChoice, DutFilter, FilterField, Table, TableCount, TableRows};
pub use details::SessionDrawer;
use leptos::prelude::*;
use table::SessionTable;

/// The table of sessions.
#[component]
pub fn Sessions() -> impl IntoView {
    let table = Table::<SessionTable>::new();
    view! {
        <main class="table-view" aria-label="Sessions">
            <div class="toolbar">
                <div class="filter" role="search">
                    <FilterField
                        name="Filter sessions"
                        placeholder="Filter sessions, e.g. board_a !beta"
                    />
                    <DutFilter />
                </div>
                <TableCount table=table />
                <ColumnChoice table=table />
            </div>
            <TableRows table=table />
        </main>
    }
}
