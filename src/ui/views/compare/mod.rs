//! Compare: what changed between two sets of sessions?

mod changes;
mod sides;
mod steps;
mod table;

use crate::analyze::ChangeWindow;
use crate::engine::GetChanges;
use crate::query::{Change, View};
use crate::ui::format;
use crate::ui::hooks::{Answered, use_query};
use crate::ui::parts::{ColumnChoice, DutFilter, FilterField, Span, Table, TableCount, TableRows, sort_of};
use crate::ui::stores::use_navigation;
use changes::ChangeChips;
use leptos::prelude::*;
use sides::{SideMenu, Which};
use steps::StepMenu;
use table::ChangeTable;

/// The comparison: both sides, how many changes of each class there are, and the table of changes.
#[component]
pub fn Compare() -> impl IntoView {
    let navigation = use_navigation();
    let table = Table::<ChangeTable>::new();
    // The figures beside the table do not depend on the rows in view.
    let figures = use_query(move || Some(navigation.view.with(|view| query(view, Span::default()))));
    view! {
        <main class="table-view compare" aria-label="Compare">
            <div class="toolbar compare-sides">
                <SideMenu which=Which::From figures=figures />
                <span class="compare-arrow" aria-hidden="true">
                    "→"
                </span>
                <SideMenu which=Which::To figures=figures />
                <p class="compare-sentence" role="status">
                    {move || sentence(figures)}
                </p>
            </div>
            <ChangeChips figures=figures />
            <Notes figures=figures />
            <div class="toolbar">
                <div class="filter" role="search">
                    <FilterField
                        name="Filter changes by test"
                        placeholder="Filter tests, e.g. wifi !5GHz"
                    />
                    <DutFilter label="On" title="Only changes on this DUT. Press to remove this filter" />
                </div>
                <TableCount table=table />
                <button
                    type="button"
                    class="button"
                    title="Show these changes as marks in the grid of tests and DUTs"
                    on:click=move |_| navigation.push(View::compare_in_grid)
                >
                    "In the grid"
                </button>
                <StepMenu figures=figures />
                <ColumnChoice table=table />
            </div>
            <TableRows table=table />
        </main>
    }
}

/// The query for rows of the table.
pub fn query(view: &View, span: Span) -> GetChanges {
    GetChanges {
        comparison: view.comparison.clone(),
        filter: view.filter.clone(),
        sort: sort_of::<ChangeTable>(view),
        from: span.first,
        count: span.count,
    }
}

/// Says what changed in a sentence.
fn sentence(figures: Answered<ChangeWindow>) -> Option<String> {
    let window = figures.answer.get()?;
    if let Some(problem) = &window.problem {
        return Some(problem.clone());
    }
    let count = |change: Change| window.counts.get(change as usize).copied().unwrap_or_default();
    let named = [
        (Change::Regression, "regression"),
        (Change::NewFailure, "new failure"),
        (Change::StillFailing, ""),
        (Change::Fixed, ""),
    ];
    let parts = named.into_iter().filter(|(change, _)| count(*change).0 > 0).map(|(change, noun)| {
        let (pairs, tests) = count(change);
        let changes = match noun {
            "" => format!("{} {}", format::count(pairs), change.word()),
            noun => format::plural(pairs, noun),
        };
        if tests < pairs { format!("{changes} in {}", format::plural(tests, "test")) } else { changes }
    });
    let parts: Vec<String> = parts.collect();
    Some(match &parts[..] {
        [] if window.all == 0 => "Nothing changed.".to_owned(),
        [] => "No regressions or new failures.".to_owned(),
        parts => format!("{}.", parts.join(", ")),
    })
}

/// What limits the comparison.
#[component]
fn Notes(figures: Answered<ChangeWindow>) -> impl IntoView {
    let notes = Memo::new(move |_| {
        figures.answer.with(|window| window.as_ref().map(|window| window.notes.clone()).unwrap_or_default())
    });
    view! {
        <Show when=move || notes.with(|notes| !notes.is_empty())>
            <ul class="compare-notes">
                {move || notes.get().into_iter().map(|note| view! { <li>{note}</li> }).collect_view()}
            </ul>
        </Show>
    }
}
