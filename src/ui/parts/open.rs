//! Buttons that open files, a folder, the clipboard's text or URLs.

use crate::browser::files;
use crate::ui::stores::use_loading;
use leptos::ev::SubmitEvent;
use leptos::html::{self, Input, Textarea};
use leptos::prelude::*;

/// Open files, Open folder, Paste, Load from URL. On small screens there is no
/// room for the verbs.
#[component]
pub fn OpenButtons() -> impl IntoView {
    let loading = use_loading();
    let dialog = NodeRef::<html::Dialog>::new();
    let show = move |_| {
        if let Some(dialog) = dialog.get_untracked() {
            let _ = dialog.show_modal();
        }
    };
    view! {
        <div class="open-buttons">
            <Picker name="Open files" attribute="multiple">
                "Open files"
            </Picker>
            <Picker name="Open folder" attribute="webkitdirectory">
                <span class="verb">"Open"</span>
                <span class="object">"folder"</span>
            </Picker>
            <button type="button" class="button" on:click=move |_| loading.load_clipboard()>
                "Paste"
            </button>
            <button type="button" class="button" on:click=show>
                <span class="verb">"Load from"</span>
                <span class="object">"URL"</span>
            </button>
            <UrlDialog dialog=dialog />
        </div>
    }
}

/// A button that opens the browser's file dialog.
#[component]
fn Picker(
    name: &'static str,
    /// The attribute that says what can be picked.
    attribute: &'static str,
    children: Children,
) -> impl IntoView {
    let loading = use_loading();
    let field = NodeRef::<Input>::new();
    field.on_load(move |field| drop(field.set_attribute(attribute, "")));
    let picked = move |_| {
        let Some(field) = field.get_untracked() else {
            return;
        };
        let found = files::of_list(field.files());
        // The same files can be picked again.
        field.set_value("");
        loading.load(found);
    };
    view! {
        <label class="button">
            <input class="visually-hidden" type="file" aria-label=name node_ref=field on:change=picked />
            {children()}
        </label>
    }
}

#[component]
fn UrlDialog(dialog: NodeRef<html::Dialog>) -> impl IntoView {
    let loading = use_loading();
    let field = NodeRef::<Textarea>::new();
    let close = move || {
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close();
        }
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let Some(field) = field.get_untracked() else {
            return;
        };
        let sources = field.value().split_whitespace().map(str::to_owned).collect();
        field.set_value("");
        close();
        loading.load_sources(sources);
    };
    view! {
        <dialog class="dialog" aria-labelledby="url-title" node_ref=dialog>
            <form on:submit=submit>
                <h2 id="url-title">"Load from URL"</h2>
                <label for="url-text">"URLs of result files, one per line"</label>
                <textarea
                    id="url-text"
                    rows="4"
                    spellcheck="false"
                    placeholder="https://…/results/1.4.0/board_a.xml"
                    node_ref=field
                ></textarea>
                <p class="hint">
                    "The browser fetches them directly; the server must allow that (CORS). They become part of this page's address, which you can share."
                </p>
                <div class="dialog-buttons">
                    <button type="button" class="button" on:click=move |_| close()>
                        "Cancel"
                    </button>
                    <button type="submit" class="button button-primary">
                        "Load"
                    </button>
                </div>
            </form>
        </dialog>
    }
}
