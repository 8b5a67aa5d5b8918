//! The drawer: details beside the list, or in its place where there is no room.

mod stepper;
mod width;

pub use stepper::{LIST_KEYS, StepKeys, Stepper};

use crate::browser::document;
use crate::ui::hooks::on_window;
use crate::ui::stores::use_navigation;
use gloo_timers::callback::Timeout;
use leptos::ev;
use leptos::html::Aside;
use leptos::prelude::*;
use web_sys::HtmlElement;
use width::{Width, WidthHandle};

/// A panel at the right of the list, which stays usable. It gets the focus when it
/// opens and gives it back when it closes; Escape closes it. With the full width,
/// and in a narrow window, the style sheet hides the list.
#[component]
pub fn Drawer(
    /// Its name.
    title: impl Fn() -> String + Send + Sync + 'static,
    /// The line of what it shows in the list on screen, if it has one.
    line: Signal<Option<u32>>,
    /// Its element.
    #[prop(optional)]
    panel: NodeRef<Aside>,
    /// The left part of its bar.
    #[prop(optional, into)]
    bar: ViewFn,
    children: Children,
) -> impl IntoView {
    let navigation = use_navigation();
    let width = Width::new();
    let opened_from = StoredValue::new_local(document::focused());
    on_window(ev::keydown, move |event| {
        if event.key() == "Escape" && !event.default_prevented() {
            navigation.close_details();
        }
    });
    Effect::new(move || navigation.open_line.set(line.get()));
    on_cleanup(move || {
        navigation.open_line.set(None);
        give_focus_back(opened_from.try_get_value().flatten());
    });
    panel.on_load(|panel| {
        // It can be focused as soon as it is in the document.
        Timeout::new(0, move || document::focus(Some(&panel))).forget();
    });
    let is_full = Memo::new(move |_| navigation.view.with(|view| view.full));
    let full_label = move || if is_full.get() { "Show beside the list" } else { "Full width" };
    view! {
        <WidthHandle width=width />
        <aside
            class="drawer"
            id="drawer"
            tabindex="-1"
            data-full=move || is_full.get().then_some("")
            aria-label=title
            style=("--drawer-width", move || format!("{}px", width.get()))
            node_ref=panel
        >
            <div class="drawer-bar">
                <button
                    type="button"
                    class="button button-small drawer-back"
                    on:click=move |_| navigation.close_details()
                >
                    "Back"
                </button>
                {bar.run()}
                <span class="drawer-space"></span>
                <button
                    type="button"
                    class="button button-icon button-small drawer-full"
                    title=full_label
                    aria-label="Full width"
                    aria-pressed=move || is_full.get().to_string()
                    on:click=move |_| navigation.replace(|view| view.full = !view.full)
                ></button>
                <button
                    type="button"
                    class="button button-icon button-small drawer-close"
                    aria-label="Close details"
                    title="Close (Esc)"
                    on:click=move |_| navigation.close_details()
                ></button>
            </div>
            {children()}
        </aside>
    }
}

/// Gives the focus back to the element that had it before the drawer opened,
/// unless another one has it.
fn give_focus_back(opened_from: Option<HtmlElement>) {
    // The drawer is gone, and the list visible, by then.
    Timeout::new(0, move || {
        if document::is_unfocused() {
            let opened_from = opened_from
                .filter(|element| element.is_connected() && element.tag_name() != "BODY")
                .or_else(first_in_view);
            document::focus(opened_from.as_ref());
        }
    })
    .forget();
}

/// Where the focus goes if the drawer was opened by a link to the page.
fn first_in_view() -> Option<HtmlElement> {
    document::find("main [tabindex='0']")
}
