//! Dialogs over the window.

use leptos::html;
use leptos::prelude::*;

/// A dialog that opens when it is mounted. It keeps the focus and gives it back;
/// Escape, a click beside it and its button close it, and then `on_close` is
/// called, which unmounts it.
#[component]
pub fn Dialog(
    /// The id of its title.
    id: &'static str,
    /// Its title.
    title: &'static str,
    /// A class of its own.
    #[prop(optional)]
    class: &'static str,
    /// Called when it is closed.
    on_close: impl Fn() + 'static,
    children: Children,
) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    dialog.on_load(|dialog| drop(dialog.show_modal()));
    let close = move |_| {
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close();
        }
    };
    view! {
        <dialog
            node_ref=dialog
            class=format!("dialog {class}")
            aria-labelledby=id
            closedby="any"
            on:close=move |_| on_close()
        >
            <h2 id=id>{title}</h2>
            {children()}
            <div class="dialog-buttons">
                <button type="button" class="button" autofocus on:click=close>
                    "Close"
                </button>
            </div>
        </dialog>
    }
}
