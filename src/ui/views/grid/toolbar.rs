//! The toolbar of the grid: the filter, the choice of DUTs, and the settings of rows.

use super::GridState;
use super::duts::{DutMenu, HiddenDuts};
use super::{folds, is_by_name};
use crate::query::{Sort, SortKey, View};
use crate::ui::parts::{FilterBar, Popover};
use crate::ui::stores::{use_data, use_navigation};
use leptos::prelude::*;

/// The toolbar.
#[component]
pub fn GridToolbar(grid: GridState) -> impl IntoView {
    view! {
        <div class="toolbar">
            <FilterBar>
                <HiddenDuts grid=grid />
            </FilterBar>
            <span class="toolbar-count" role="status">
                {move || grid.count()}
            </span>
            <div class="toolbar-tools">
                <DutMenu grid=grid />
                <Popover label="View" name="View" title="Order and groups of tests">
                    <RowSettings />
                </Popover>
            </div>
        </div>
    }
}

/// The order and the groups of rows.
#[component]
fn RowSettings() -> impl IntoView {
    let (navigation, data) = (use_navigation(), use_data());
    let by_name = Some(Sort { by: SortKey::Name, descending: false });
    let has_groups = move || navigation.view.with(|view| !view.flat);
    let order = move |label: &'static str, sort: Option<Sort>| {
        let is_chosen = move || navigation.view.with(is_by_name) == sort.is_some();
        view! {
            <label>
                <input
                    type="radio"
                    name="row-order"
                    prop:checked=is_chosen
                    on:change=move |_| navigation.push(|view: &mut View| view.sort = sort)
                />
                {label}
            </label>
        }
    };
    view! {
        <fieldset>
            <legend>"Sort tests"</legend>
            {order("Needs attention first", None)}
            {order("By name", by_name)}
        </fieldset>
        <fieldset>
            <legend>"Groups"</legend>
            <label>
                <input
                    type="checkbox"
                    prop:checked=has_groups
                    on:change=move |event| {
                        let is_grouped = event_target_checked(&event);
                        navigation.push(|view| view.flat = !is_grouped);
                    }
                />
                "Group by suite and class"
            </label>
            <Show when=has_groups>
                <span class="popover-buttons">
                    <button
                        type="button"
                        class="button button-small"
                        on:click=move |_| folds::fold_all(navigation, data)
                    >
                        "Fold all"
                    </button>
                    <button
                        type="button"
                        class="button button-small"
                        on:click=move |_| navigation.push(|view| view.fold.clear())
                    >
                        "Unfold all"
                    </button>
                </span>
            </Show>
        </fieldset>
    }
}
