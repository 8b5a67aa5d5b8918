//! Whether what is on screen is kept, and keeping it as a library.

use crate::ui::format;
use crate::ui::stores::{kept_until, use_libraries, use_loading};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

/// Whether what is on screen is kept, and keeping it as a library.
#[component]
pub fn CurrentLibrary() -> impl IntoView {
    let (libraries, loading) = (use_libraries(), use_loading());
    let words = move || match (libraries.current.get(), libraries.problem.get()) {
        (Some(library), problem) if !library.name.is_empty() => match problem {
            None => format!(
                "The library “{}” is on screen. What you drop is added to it, with the names that you give.",
                library.name
            ),
            Some(problem) => {
                format!("The last changes are not kept in “{}”: {problem}.", library.name)
            }
        },
        (_, Some(problem)) => format!("What you see is not kept: {problem}."),
        (Some(library), None) => format!(
            "What you dropped ({}) survives a reload, until {}.",
            format::plural(library.files, "file"),
            format::time(kept_until(&library))
        ),
        (None, None) => "What you see is not kept.".to_owned(),
    };
    let name = RwSignal::new(String::new());
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        loading.keep_as(name.get_untracked());
    };
    view! {
        <section class="kept-current" aria-label="On screen">
            <p role="status">{words}</p>
            <Show when=move || !libraries.is_named()>
                <form class="kept-form" on:submit=submit>
                    <label for="kept-name">"Name"</label>
                    <input
                        class="field"
                        id="kept-name"
                        autocomplete="off"
                        spellcheck="false"
                        placeholder="e.g. Nightly"
                        maxlength="80"
                        bind:value=name
                    />
                    <button type="submit" class="button button-primary">
                        "Keep as a library"
                    </button>
                </form>
            </Show>
        </section>
    }
}
