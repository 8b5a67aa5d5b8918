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
                <ComparedSides grid=grid />
            </FilterBar>
            <span class="toolbar-count" role="status">
                {move || grid.count()}
            </span>
            <div class="toolbar-tools">
                <DutMenu grid=grid />
                <Popover label="View" name="View" title="Order and groups of tests, and which changes are marked">
                    <RowSettings />
                </Popover>
            </div>
        </div>
    }
}

/// What is compared, if the grid marks the changes of a comparison. Pressing it ends that.
#[component]
fn ComparedSides(grid: GridState) -> impl IntoView {
    let navigation = use_navigation();
    let words = Memo::new(move |_| {
        let changes = navigation.view.with(|view| {
            let changes = view.comparison.changes.iter().map(|change| change.word());
            changes.collect::<Vec<_>>().join(", ")
        });
        let (from, to) = grid.list.with(|window| window.compared.clone()).flatten()?;
        Some(if changes.is_empty() {
            format!("{from} → {to}")
        } else {
            format!("{from} → {to}: {changes}")
        })
    });
    let chip = move || {
        let words = words.get()?;
        Some(view! {
            <button
                type="button"
                class="chip chip-remove"
                aria-label=format!("Compares {words}, show the latest sessions")
                title="Show the latest sessions, with what changed since the previous session"
                on:click=move |_| navigation.push(View::end_comparison_in_grid)
            >
                <span class="line">{words.clone()}</span>
            </button>
        })
    };
    view! { <span class="filter-dut">{chip}</span> }
}

/// The order and the groups of rows, and which changes are marked.
#[component]
fn RowSettings() -> impl IntoView {
    let (navigation, data) = (use_navigation(), use_data());
    let marks = move |label: &'static str, compares: bool| {
        let is_chosen = move || navigation.view.with(|view| view.grid_compares) == compares;
        let choose =
            move |_| {
                navigation.push(|view: &mut View| {
                    if compares { view.grid_compares = true } else { view.end_comparison_in_grid() }
                });
            };
        view! {
            <label>
                <input type="radio" name="grid-marks" prop:checked=is_chosen on:change=choose />
                {label}
            </label>
        }
    };
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
            <legend>"Columns and marks"</legend>
            {marks("Latest session, changes since the previous one", false)}
            {marks("The two sides of Compare", true)}
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
