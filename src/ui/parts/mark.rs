//! The mark of an outcome: a glyph, a color and a word.

use super::table::RowButton;
use crate::analyze::Missing;
use crate::model::Outcome;
use crate::query::Selection;
use crate::ui::stores::use_navigation;
use leptos::prelude::*;

/// The class that gives an outcome its color and glyph.
pub fn class_of(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Passed => "o-passed",
        Outcome::Failed => "o-failed",
        Outcome::Error => "o-error",
        Outcome::Skipped => "o-skipped",
        Outcome::XFailed => "o-xfailed",
        Outcome::XPassed => "o-xpassed",
        Outcome::NotRun => "o-notrun",
        Outcome::Unknown => "o-unknown",
    }
}

/// The class that gives the reason of a missing result its color and glyph.
pub fn class_of_missing(missing: Missing) -> &'static str {
    match missing {
        Missing::NotThere { .. } => "o-missing",
        Missing::BrokenOff { .. } | Missing::Incomplete { .. } => "o-brokenoff",
        Missing::Unreadable => "o-unreadable",
    }
}

/// An outcome's glyph and word.
#[component]
pub fn OutcomeMark(outcome: Outcome) -> impl IntoView {
    view! { <span class=format!("mark {}", class_of(outcome))>{outcome.word()}</span> }
}

/// An outcome with a text, which opens the details of its result.
#[component]
pub fn ResultChip(
    outcome: Outcome,
    /// The text on it.
    #[prop(into)]
    text: String,
    /// Its accessible name.
    #[prop(into)]
    label: String,
    /// What it opens.
    selection: Selection,
    /// Whether its attempts disagree.
    #[prop(optional)]
    is_flaky: bool,
    /// Whether this is the result on screen.
    #[prop(optional)]
    is_current: bool,
    /// More about it, on hover and on focus; "" for nothing.
    #[prop(optional, into)]
    tip: String,
    /// More about it, on hover; "" for nothing.
    #[prop(optional, into)]
    title: String,
    /// Where it is in a row of a table.
    #[prop(optional)]
    row_button: Option<RowButton>,
) -> impl IntoView {
    let navigation = use_navigation();
    let RowButton { id, tabindex, is_active } = row_button.unwrap_or_default();
    // One string: when it changes, it would remove classes of `class:` directives.
    let mut class = format!("dut-chip {}", class_of(outcome));
    for (is_on, name) in [(is_flaky, " is-flaky"), (is_active, " is-active")] {
        if is_on {
            class.push_str(name);
        }
    }
    view! {
        <button
            type="button"
            class=class
            id=id
            tabindex=tabindex
            data-tip=(!tip.is_empty()).then_some(tip)
            title=(!title.is_empty()).then_some(title)
            aria-current=is_current.then_some("true")
            aria-label=label
            on:click=move |_| navigation.select(selection.clone())
        >
            <span class="line">{text}</span>
        </button>
    }
}

/// A placeholder for a missing result, with the reason.
#[component]
pub fn MissingChip(
    missing: Missing,
    /// The text on it.
    #[prop(into)]
    text: String,
    /// Whether this is the result on screen.
    is_current: bool,
) -> impl IntoView {
    let why = missing.why();
    view! {
        <span
            class=format!("dut-chip {}", class_of_missing(missing))
            tabindex="0"
            data-tip=why.clone()
            aria-current=is_current.then_some("true")
        >
            {text}
            <span class="visually-hidden">{format!(": {why}")}</span>
        </span>
    }
}

/// The heads of a table's columns that are builds, on their side to be narrow.
pub fn build_heads(builds: &[String]) -> impl IntoView + use<> {
    let head = |build: &String| {
        view! {
            <th scope="col" title=build.clone()>
                <span class="strip-build">{build.clone()}</span>
            </th>
        }
    };
    builds.iter().map(head).collect_view()
}
