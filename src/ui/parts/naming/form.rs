//! The form of the panel that names files: pattern, suggestions, effect.

use super::NamingState;
use crate::analyze::NamingEffect;
use crate::browser::document;
use crate::ui::format;
use gloo_timers::callback::Timeout;
use leptos::ev::SubmitEvent;
use leptos::html::Input;
use leptos::prelude::*;

/// The placeholders of a pattern and their meaning.
const LEGEND: [(&str, &str); 3] =
    [("{dut} {build} {unit} {session}", " a name"), ("*", " any text in a name"), ("**", " any folders")];

/// The form; submitting it applies the pattern.
#[component]
pub fn NamingForm(naming: NamingState, on_close: Callback<Option<u32>>) -> impl IntoView {
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        naming.apply(on_close);
    };
    view! {
        <form class="naming-form" on:submit=submit>
            <PatternRow naming=naming />
            <HintRow naming=naming />
            <OutcomeRow naming=naming on_close=on_close />
        </form>
    }
}

/// The field for the pattern and the choice of its kind.
#[component]
fn PatternRow(naming: NamingState) -> impl IntoView {
    let field = NodeRef::<Input>::new();
    field.on_load(|field| {
        // It can be focused as soon as it is in the document.
        Timeout::new(0, move || document::focus(Some(&field))).forget();
    });
    let example = move || {
        if naming.is_regexp.get() { r"(?<build>[^/]+)/(?<dut>[^/]+)\.xml$" } else { "{build}/{dut}.xml" }
    };
    let kind = move |label, is_regexp| {
        view! {
            <label>
                <input
                    type="radio"
                    name="naming-kind"
                    prop:checked=move || naming.is_regexp.get() == is_regexp
                    on:change=move |_| naming.is_regexp.set(is_regexp)
                />
                {label}
            </label>
        }
    };
    view! {
        <div class="naming-row">
            <label class="naming-label" for="naming-pattern">
                "Path pattern"
            </label>
            <input
                class="field naming-pattern"
                id="naming-pattern"
                autocomplete="off"
                spellcheck="false"
                aria-describedby="naming-outcome"
                placeholder=example
                aria-invalid=move || naming.problem.with(Option::is_some).then_some("true")
                node_ref=field
                bind:value=naming.pattern
            />
            <div class="segments" role="radiogroup" aria-label="Kind">
                {kind("Pattern", false)}
                {kind("Regular expression", true)}
            </div>
        </div>
    }
}

/// Suggestions, and the meaning of placeholders.
#[component]
fn HintRow(naming: NamingState) -> impl IntoView {
    let suggestion = move |suggestion: String| {
        let label = suggestion.clone();
        view! {
            <button
                type="button"
                class="button button-small naming-suggestion"
                on:click=move |_| naming.pattern.set(suggestion.clone())
            >
                {label}
            </button>
        }
    };
    let legend = |(code, meaning)| {
        view! {
            <span class="naming-legend">
                <code>{code}</code>
                {meaning}
            </span>
        }
    };
    let for_regexp = || {
        view! {
            <span>
                "Groups named dut, unit, build and session, anywhere in the path, e.g. "
                <code>"(?<dut>[^/]+)\\.xml$"</code>
            </span>
        }
    };
    view! {
        <div class="naming-row hint">
            <Show when=move || !naming.is_regexp.get() fallback=for_regexp>
                <span>"Suggestions:"</span>
                {move || naming.suggestions.get().into_iter().map(suggestion).collect_view()}
                {LEGEND.map(legend).collect_view()}
            </Show>
        </div>
    }
}

/// The effect on sessions of several files, as further parts of a sentence.
fn in_words(effect: NamingEffect) -> String {
    let NamingEffect { followers, splits } = effect;
    let mut words = String::new();
    if followers > 0 {
        let (verb, of) = if followers == 1 { ("gets", "its session") } else { ("get", "their sessions") };
        words += &format!("; {} more {verb} the names of {of}", format::plural(followers, "file"));
    }
    if splits > 0 {
        let names = if splits == 1 { "its files get" } else { "their files get" };
        words += &format!("; splits {}: {names} different names", format::plural(splits, "session"));
    }
    words
}

/// The effect of the pattern, and the buttons.
#[component]
fn OutcomeRow(naming: NamingState, on_close: Callback<Option<u32>>) -> impl IntoView {
    let matching = Memo::new(move |_| naming.matching());
    let outcome = move || {
        if let Some(problem) = naming.problem.get() {
            return format!("Invalid pattern: {problem}.");
        }
        let total = naming.list.total();
        let files = format::plural(total, "file");
        if naming.pattern.with(String::is_empty) {
            return format!("{files}. Type a pattern or choose a suggestion.");
        }
        let verb = if total == 1 { "matches" } else { "match" };
        let unchanged = if matching.get() > 0 && !naming.changes_names() { "; no name changes" } else { "" };
        let effect = in_words(naming.effect());
        format!("{} of {files} {verb}{unchanged}{effect}", format::count(matching.get()))
    };
    let apply = move || match matching.get() {
        0 => "Apply".to_owned(),
        files => format!("Apply to {}", format::plural(files, "file")),
    };
    view! {
        <div class="naming-row">
            <span
                class="naming-outcome"
                class:note-error=move || naming.problem.with(Option::is_some)
                id="naming-outcome"
                role="status"
            >
                {outcome}
            </span>
            <button type="button" class="button" on:click=move |_| on_close.run(None)>
                "Cancel"
            </button>
            <button type="submit" class="button button-primary" disabled=move || matching.get() == 0>
                {apply}
            </button>
        </div>
    }
}
