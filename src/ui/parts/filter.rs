//! The filter over tests.

use super::small_button;
use crate::browser::document;
use crate::query::{Filter, OutcomeFilter, View};
use crate::ui::dom::{El, el, follow};
use crate::ui::signals::*;
use crate::ui::state::state;
use web_sys::{Event, HtmlInputElement};

/// A box for words, and chips for outcomes.
pub fn filter_bar() -> El {
    let field = filter_words("Filter tests by name", "Filter tests: words, !without");
    let only = |only, label| {
        chip(
            label,
            move |view| view.filter.only == only,
            move |view, is_on| view.filter.only = if is_on { OutcomeFilter::All } else { only },
        )
    };
    el("div.filter")
        .attr("role", "search")
        .child(field)
        .child(only(OutcomeFilter::Failing, "Failing only"))
        .child(only(OutcomeFilter::Differences, "Differences only"))
        .child(only(OutcomeFilter::Flaky, "Flaky only"))
        .child(filtered_dut())
}

/// A field that shows and sets the words of the view's filter.
pub fn filter_words(name: &str, placeholder: &str) -> El {
    let state = state();
    let field = el("input.field").attrs(&[
        ("type", "search"),
        ("id", "filter-text"),
        ("aria-label", name),
        ("placeholder", placeholder),
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
    field.on("input", move |_: &Event| {
        let text = typed.value();
        state.navigate(false, |view| view.filter.text = text);
    })
}

/// The DUT that is filtered by, while there is one; pressing it takes the filter
/// away.
pub fn filtered_dut() -> El {
    let state = state();
    el("span.filter-dut").live(move || {
        let dut = state.view.with(|view| view.filter.dut.clone())?;
        let label = format!("DUT: {dut}");
        let chip = el("button.chip.chip-remove")
            .attrs(&[
                ("type", "button"),
                ("aria-label", &format!("{label}, remove this filter")),
                ("title", "Show all DUTs"),
            ])
            .child(el("span.line").child(label))
            .on_click(move || {
                state.navigate(true, |view| view.filter.dut = None);
                // The chip is gone.
                document::focus(document::find("#filter-text").as_ref());
            });
        Some(chip)
    })
}

/// What to say where the filter leaves nothing, and the way out.
pub fn nothing(words: &str, is_filtered: bool) -> El {
    let state = state();
    let clear = is_filtered.then(|| {
        small_button("Clear filter", move || {
            state.navigate(true, |view| {
                view.filter = Filter::default();
                view.files = None;
            });
            document::focus(document::find("#filter-text").as_ref());
        })
    });
    el("p.nothing").child(words).child(" ").child(clear)
}

/// Something of the view that is on or off; `turn` is told what it was.
pub fn chip(
    label: &str,
    is_on: impl Fn(&View) -> bool + Copy + 'static,
    turn: impl Fn(&mut View, bool) + Copy + 'static,
) -> El {
    let state = state();
    el("button.chip")
        .attr("type", "button")
        .live_attr("aria-pressed", move || Some(state.view.with(is_on).to_string()))
        .child(label)
        .on_click(move || {
            state.navigate(true, |view| {
                let was_on = is_on(view);
                turn(view, was_on);
            });
        })
}
