//! The filter over tests.

use crate::query::Only;
use crate::ui::state::state;
use leptos::prelude::*;

/// A box for words, and chips for outcomes.
#[component]
pub fn FilterBar() -> impl IntoView {
    let state = state();
    let text = move || state.view.with(|view| view.filter.text.clone());
    let chips = [(Only::Failing, "Failing only"), (Only::Differences, "Differences only")];
    view! {
        <div class="filter" role="search">
            <input
                type="search"
                class="field"
                id="filter-text"
                aria-label="Filter tests by name"
                placeholder="Filter tests: words, !without"
                autocomplete="off"
                spellcheck="false"
                prop:value=text
                on:input:target=move |event| {
                    let text = event.target().value();
                    state.navigate(false, |view| view.filter.text = text);
                }
            />
            {chips.map(|(only, label)| {
                let is_on = move || state.view.with(|view| view.filter.only == only);
                view! {
                    <button
                        type="button"
                        class="chip"
                        aria-pressed=move || is_on().to_string()
                        on:click=move |_| {
                            let next = if is_on() { Only::All } else { only };
                            state.navigate(true, |view| view.filter.only = next);
                        }
                    >
                        {label}
                    </button>
                }
            }).collect_view()}
        </div>
    }
}
