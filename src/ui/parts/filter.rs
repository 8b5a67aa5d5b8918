//! The filter over a list.

use crate::browser::document;
use crate::query::{Filter, OutcomeFilter, View};
use crate::ui::stores::use_navigation;
use leptos::html::Input;
use leptos::prelude::*;

/// The filter over tests: a field for words, and a chip for each outcome filter.
#[component]
pub fn FilterBar() -> impl IntoView {
    let only = |only, label| {
        view! {
            <Chip
                label=label
                is_on=move |view: &View| view.filter.only == only
                toggle=move |view: &mut View, was_on| {
                    view.filter.only = if was_on { OutcomeFilter::All } else { only };
                }
            />
        }
    };
    view! {
        <div class="filter" role="search">
            <FilterField name="Filter tests by name" placeholder="Filter tests, e.g. wifi !5GHz" />
            {only(OutcomeFilter::Failing, "Failing only")}
            {only(OutcomeFilter::Differences, "Differences only")}
            {only(OutcomeFilter::Flaky, "Flaky only")}
            <DutFilter />
        </div>
    }
}

/// A field for the words of the view's filter.
#[component]
pub fn FilterField(name: &'static str, placeholder: &'static str) -> impl IntoView {
    let navigation = use_navigation();
    let field = NodeRef::<Input>::new();
    let typed = move |_| {
        if let Some(field) = field.get_untracked() {
            navigation.replace(|view| view.filter.text = field.value());
        }
    };
    Effect::new(move || {
        let text = navigation.view.with(|view| view.filter.text.clone());
        // Setting an equal value would move the cursor.
        if let Some(field) = field.get().filter(|field| field.value() != text) {
            field.set_value(&text);
        }
    });
    view! {
        <input
            class="field"
            type="search"
            id="filter-text"
            aria-label=name
            placeholder=placeholder
            autocomplete="off"
            spellcheck="false"
            node_ref=field
            on:input=typed
        />
    }
}

/// The DUT that the view is filtered by, if there is one. Pressing it removes
/// the filter.
#[component]
pub fn DutFilter() -> impl IntoView {
    let navigation = use_navigation();
    let remove = move |_| {
        navigation.push(|view| view.filter.dut = None);
        focus_filter();
    };
    let chip = move || {
        let dut = navigation.view.with(|view| view.filter.dut.clone())?;
        let label = format!("DUT: {dut}");
        Some(view! {
            <button
                type="button"
                class="chip chip-remove"
                aria-label=format!("{label}, remove this filter")
                title="Show all DUTs"
                on:click=remove
            >
                <span class="line">{label.clone()}</span>
            </button>
        })
    };
    view! { <span class="filter-dut">{chip}</span> }
}

/// A message when no rows match, with a button that clears the filter.
#[component]
pub fn NoMatches(
    /// Whether no rows match.
    when: impl Fn() -> bool + Send + Sync + 'static,
    /// The message.
    words: impl Fn() -> String + Send + Sync + 'static,
) -> impl IntoView {
    let navigation = use_navigation();
    let is_filtered = move || navigation.view.with(|view| view.filter.is_active() || view.files.is_some());
    let clear = move |_| {
        navigation.push(|view| {
            view.filter = Filter::default();
            view.files = None;
        });
        focus_filter();
    };
    let words = StoredValue::new(words);
    view! {
        <Show when=when>
            <p class="nothing">
                {move || words.with_value(|words| words())} " "
                <Show when=is_filtered>
                    <button type="button" class="button button-small" on:click=clear>
                        "Clear filter"
                    </button>
                </Show>
            </p>
        </Show>
    }
}

/// A button that turns a setting of the view on or off.
#[component]
pub fn Chip(
    #[prop(into)] label: String,
    /// Whether it is on.
    is_on: impl Fn(&View) -> bool + Copy + Send + Sync + 'static,
    /// Turns it on or off; receives whether it was on.
    toggle: impl Fn(&mut View, bool) + Copy + 'static,
) -> impl IntoView {
    let navigation = use_navigation();
    let press = move |_| {
        navigation.push(|view| {
            let was_on = is_on(view);
            toggle(view, was_on);
        });
    };
    view! {
        <button
            type="button"
            class="chip"
            aria-pressed=move || navigation.view.with(is_on).to_string()
            on:click=press
        >
            {label}
        </button>
    }
}

fn focus_filter() {
    document::focus(document::find("#filter-text").as_ref());
}
