//! The filter over tests.

use crate::query::Only;
use crate::ui::dom::{El, el, follow};
use crate::ui::state::state;
use leptos::prelude::*;
use web_sys::{Event, HtmlInputElement};

/// A box for words, and chips for outcomes.
pub fn filter_bar() -> El {
    let state = state();
    let field = el("input.field").attrs(&[
        ("type", "search"),
        ("id", "filter-text"),
        ("aria-label", "Filter tests by name"),
        ("placeholder", "Filter tests: words, !without"),
        ("autocomplete", "off"),
        ("spellcheck", "false"),
    ]);
    let input: HtmlInputElement = field.as_a::<HtmlInputElement>().clone();
    let typed = input.clone();
    follow(move || {
        let text = state.view.with(|view| view.filter.text.clone());
        // Setting what is there already would move the cursor.
        if input.value() != text {
            input.set_value(&text);
        }
    });
    let field = field.on("input", move |_: &Event| {
        let text = typed.value();
        state.navigate(false, |view| view.filter.text = text);
    });
    el("div.filter").attr("role", "search").child(field).children(
        [(Only::Failing, "Failing only"), (Only::Differences, "Differences only")].map(|(only, label)| {
            let is_on = move || state.view.with(|view| view.filter.only == only);
            el("button.chip")
                .attr("type", "button")
                .live_attr("aria-pressed", move || Some(is_on().to_string()))
                .child(label)
                .on_click(move || {
                    let next = if untrack(is_on) { Only::All } else { only };
                    state.navigate(true, |view| view.filter.only = next);
                })
        }),
    )
}
