//! The drawer: details beside the view.

use crate::browser::document;
use leptos::ev;
use leptos::html::Aside;
use leptos::prelude::*;

/// A panel at the right, which has the focus when it opens; Escape closes it.
#[component]
pub fn Drawer(
    /// Its name.
    #[prop(into)]
    title: Signal<String>,
    /// Called when it should close.
    on_close: Callback<()>,
    /// What is in it.
    children: Children,
) -> impl IntoView {
    let panel: NodeRef<Aside> = NodeRef::new();
    // Who closes it goes on where it was opened.
    let before = StoredValue::new_local(document::focused());
    Effect::new(move |_| {
        if let Some(panel) = panel.get() {
            let _ = panel.focus();
        }
    });
    let escape = window_event_listener(ev::keydown, move |event| {
        if event.key() == "Escape" && !event.default_prevented() {
            on_close.run(());
        }
    });
    on_cleanup(move || {
        escape.remove();
        before.with_value(|before| document::focus(before.as_ref()));
    });
    view! {
        <aside class="drawer" role="dialog" aria-label=move || title.get() tabindex="-1" node_ref=panel>
            <button
                type="button"
                class="button button-icon drawer-close"
                aria-label="Close details"
                title="Close (Esc)"
                on:click=move |_| on_close.run(())
            ></button>
            {children()}
        </aside>
    }
}
