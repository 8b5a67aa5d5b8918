//! How many changes of each class there are; pressing one shows only these.

use crate::analyze::ChangeWindow;
use crate::query::Change;
use crate::ui::format;
use crate::ui::hooks::Answered;
use crate::ui::stores::use_navigation;
use leptos::prelude::*;

/// A chip for each class that occurs, and how many results did not change.
#[component]
pub fn ChangeChips(figures: Answered<ChangeWindow>) -> impl IntoView {
    let navigation = use_navigation();
    let counts = Memo::new(move |_| {
        figures.answer.with(|window| window.as_ref().map(|window| (window.counts.clone(), window.unchanged)))
    });
    let count = move |change: Change| {
        let pairs = |counts: &[(u32, u32)]| counts.get(change as usize).map(|(pairs, _)| *pairs);
        counts.with(|counts| counts.as_ref().and_then(|(counts, _)| pairs(counts)))
    };
    let offered = Memo::new(move |_| {
        let chosen = navigation.view.with(|view| view.comparison.changes.clone());
        let is_offered =
            |change: &Change| chosen.contains(change) || count(*change).is_some_and(|count| count > 0);
        Change::ALL.into_iter().filter(is_offered).collect::<Vec<_>>()
    });
    let unchanged = move || {
        let (_, unchanged) = counts.get()?;
        let words = format!("{} unchanged", format::count(unchanged));
        Some(view! {
            <span class="hint" title="Results of a test on a DUT that are the same on both sides">
                {words}
            </span>
        })
    };
    let chip = move |change: Change| {
        let is_on = move || navigation.view.with(|view| view.comparison.changes.contains(&change));
        let press = move |_| {
            navigation.push(|view| {
                let changes = &mut view.comparison.changes;
                match changes.iter().position(|have| *have == change) {
                    Some(at) => _ = changes.remove(at),
                    None => changes.push(change),
                }
            });
        };
        view! {
            <button
                type="button"
                class=format!("chip change-chip {}", class_of(change))
                title=change.meaning()
                aria-pressed=move || is_on().to_string()
                on:click=press
            >
                <b>{move || format::count(count(change).unwrap_or(0))}</b>
                {change.word()}
            </button>
        }
    };
    view! {
        <div class="compare-changes" role="group" aria-label="Show only these changes">
            <For each=move || offered.get() key=|change| *change children=chip />
            {unchanged}
        </div>
    }
}

/// The class that gives a change its color and glyph.
pub fn class_of(change: Change) -> &'static str {
    match change {
        Change::Regression | Change::NewFailure => "c-worse",
        Change::StillFailing => "c-failing",
        Change::Fixed | Change::NewPass => "c-better",
        Change::Flaky => "c-flaky",
        Change::Slower => "c-slower",
        Change::Faster => "c-faster",
        Change::Other | Change::Appeared | Change::Disappeared => "c-other",
    }
}
