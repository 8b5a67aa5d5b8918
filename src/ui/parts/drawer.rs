//! The drawer: details beside the view.

use crate::browser::document;
use crate::ui::hooks::on_window;
use crate::ui::stores::use_navigation;
use gloo_timers::callback::Timeout;
use leptos::ev;
use leptos::html::Aside;
use leptos::prelude::*;
use web_sys::HtmlElement;

/// A panel at the right. It gets the focus when it opens and gives it back when
/// it closes; Escape closes it.
#[component]
pub fn Drawer(
    /// Its name.
    title: impl Fn() -> String + Send + Sync + 'static,
    /// Closes it.
    close: impl Fn() + Copy + Send + Sync + 'static,
    /// Its element.
    #[prop(optional)]
    panel: NodeRef<Aside>,
    /// The left part of its bar.
    #[prop(optional, into)]
    bar: ViewFn,
    children: Children,
) -> impl IntoView {
    let navigation = use_navigation();
    let opened_from = StoredValue::new_local(document::focused());
    on_window(ev::keydown, move |event| {
        if event.key() == "Escape" && !event.default_prevented() {
            close();
        }
    });
    on_cleanup(move || {
        let opened_from = opened_from.try_get_value().flatten();
        let opened_from =
            opened_from.filter(|element| element.is_connected() && element.tag_name() != "BODY");
        document::focus(opened_from.or_else(first_in_view).as_ref());
    });
    panel.on_load(|panel| {
        // It can be focused as soon as it is in the document.
        Timeout::new(0, move || document::focus(Some(&panel))).forget();
    });
    let is_full = move || navigation.view.with(|view| view.full);
    view! {
        <aside
            class="drawer"
            role="dialog"
            tabindex="-1"
            data-full=move || is_full().then_some("")
            aria-label=title
            node_ref=panel
        >
            <div class="drawer-bar">
                {bar.run()}
                <span class="drawer-space"></span>
                <button
                    type="button"
                    class="button button-small toggle"
                    title="The whole width of the window, or beside the view"
                    aria-pressed=move || is_full().to_string()
                    on:click=move |_| navigation.push(|view| view.full = !view.full)
                >
                    "Full width"
                </button>
                <button
                    type="button"
                    class="button button-icon drawer-close"
                    aria-label="Close details"
                    title="Close (Esc)"
                    on:click=move |_| close()
                ></button>
            </div>
            {children()}
        </aside>
    }
}

/// Where the focus goes if the drawer was opened by a link to the page.
fn first_in_view() -> Option<HtmlElement> {
    document::find("main [tabindex='0']")
}
