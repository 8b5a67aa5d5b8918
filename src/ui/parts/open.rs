//! The ways in: files, a folder, the clipboard, an address.

use crate::browser::files;
use crate::ui::state::state;
use leptos::html::{Dialog, Input};
use leptos::prelude::*;

/// Open files, Open folder, Paste, Load from URL.
#[component]
pub fn OpenButtons(#[prop(optional)] primary: bool) -> impl IntoView {
    let state = state();
    let pickers: [NodeRef<Input>; 2] = [NodeRef::new(), NodeRef::new()];
    let chosen = move |picker: NodeRef<Input>| {
        let Some(input) = picker.get_untracked() else {
            return;
        };
        let found = files::of_list(input.files());
        // The same files may be chosen again.
        input.set_value("");
        state.load(found);
    };
    let dialog: NodeRef<Dialog> = NodeRef::new();
    let show_dialog = move |_| {
        if let Some(dialog) = dialog.get_untracked() {
            let _ = dialog.show_modal();
        }
    };
    view! {
        <div class="open-buttons">
            <label class="button" class:button-primary=primary>
                <input
                    type="file"
                    multiple
                    class="visually-hidden"
                    aria-label="Open files"
                    node_ref=pickers[0]
                    on:change=move |_| chosen(pickers[0])
                />
                "Open files"
            </label>
            <label class="button">
                <input
                    type="file"
                    class="visually-hidden"
                    aria-label="Open folder"
                    prop:webkitdirectory=true
                    node_ref=pickers[1]
                    on:change=move |_| chosen(pickers[1])
                />
                "Open folder"
            </label>
            <button type="button" class="button" on:click=move |_| state.load_clipboard()>"Paste"</button>
            <button type="button" class="button" on:click=show_dialog>"Load from URL"</button>
        </div>
        <UrlDialog dialog=dialog />
    }
}

#[component]
fn UrlDialog(dialog: NodeRef<Dialog>) -> impl IntoView {
    let state = state();
    let text = RwSignal::new(String::new());
    let close = move || {
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close();
        }
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let sources: Vec<String> = text.get_untracked().split_whitespace().map(str::to_owned).collect();
        text.set(String::new());
        close();
        state.load_sources(sources, true);
    };
    view! {
        <dialog class="dialog" node_ref=dialog aria-labelledby="url-title">
            <form on:submit=submit>
                <h2 id="url-title">"Load from URL"</h2>
                <label for="url-text">"Addresses of result files, one per line"</label>
                <textarea
                    id="url-text"
                    rows="4"
                    spellcheck="false"
                    placeholder="https://…/results/1.4.0/board_a.xml"
                    prop:value=move || text.get()
                    on:input:target=move |event| text.set(event.target().value())
                ></textarea>
                <p class="hint">
                    "The browser fetches them directly; the server must allow that (CORS). \
                     They become part of this page's address, which you can share."
                </p>
                <div class="dialog-buttons">
                    <button type="button" class="button" on:click=move |_| close()>"Cancel"</button>
                    <button type="submit" class="button button-primary">"Load"</button>
                </div>
            </form>
        </dialog>
    }
}
