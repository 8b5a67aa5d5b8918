//! A button that opens a panel with settings.

use crate::browser::document;
use crate::ui::hooks::on_window;
use gloo_timers::callback::Timeout;
use leptos::ev::{self, FocusEvent, KeyboardEvent};
use leptos::html::{Button, Div};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, EventTarget, HtmlElement, Node};

/// What gets the focus when the panel opens: the first of these that it has.
const FIRST: [&str; 3] = ["input[type=search]", "input:checked", "input, button"];

/// A button that opens a panel below it. The panel is in the document only while
/// it is open. Escape, and a click beside it, close it.
#[component]
pub fn Popover(
    /// The text of the button.
    #[prop(into)]
    label: Signal<String>,
    /// The accessible name of the panel.
    name: &'static str,
    /// The class of the button.
    #[prop(default = "button")]
    class: &'static str,
    /// What the button says on hover; "" for nothing.
    #[prop(optional)]
    title: &'static str,
    /// Whether one of its settings is in use.
    #[prop(optional, into)]
    is_on: Signal<bool>,
    children: ChildrenFn,
) -> impl IntoView {
    let is_open = RwSignal::new(false);
    let (whole, button, panel) = (NodeRef::<Div>::new(), NodeRef::<Button>::new(), NodeRef::<Div>::new());
    // Its own content may be removed while it has the focus, and the whole with its view.
    let has = move |target: Option<EventTarget>| {
        let target = target.and_then(|target| target.dyn_into::<Node>().ok());
        whole.try_get_untracked().flatten().is_none_or(|whole| whole.contains(target.as_ref()))
    };
    let close = move || _ = is_open.try_set(false);
    on_window(ev::pointerdown, move |event| {
        if is_open.get_untracked() && !has(event.target()) {
            close();
        }
    });
    let on_focus_out = move |event: FocusEvent| {
        if event.related_target().is_some_and(|to| !has(Some(to))) {
            close();
        }
    };
    let on_key = move |event: KeyboardEvent| {
        if event.key() == "Escape" && is_open.get_untracked() {
            event.prevent_default();
            event.stop_propagation();
            close();
            document::focus(button.get_untracked().as_deref());
        }
    };
    Effect::new(move || {
        if let Some(panel) = panel.get().filter(|_| is_open.get()) {
            Timeout::new(0, move || document::focus(first_in(&panel).as_ref())).forget();
        }
    });
    let children = StoredValue::new(children);
    view! {
        <div class="menu" node_ref=whole on:keydown=on_key on:focusout=on_focus_out>
            <button
                type="button"
                class=class
                data-on=move || is_on.get().then_some("")
                title=(!title.is_empty()).then_some(title)
                aria-expanded=move || is_open.get().to_string()
                node_ref=button
                on:click=move |_| is_open.update(|open| *open = !*open)
            >
                <span class="line">{label}</span>
                <span class="menu-arrow" aria-hidden="true"></span>
            </button>
            <Show when=move || is_open.get()>
                // It takes the focus of clicks beside its fields, so that it stays open.
                <div class="menu-list popover" role="group" aria-label=name tabindex="-1" node_ref=panel>
                    {children.with_value(|children| children())}
                </div>
            </Show>
        </div>
    }
}

/// The first field of a panel; on a touch screen the panel itself, because a field
/// would open the keyboard over it.
fn first_in(panel: &Element) -> Option<HtmlElement> {
    let is_touch = document::matches_media("(pointer: coarse)");
    let mut fields = FIRST.iter().filter_map(|selector| panel.query_selector(selector).ok().flatten());
    let first = if is_touch { None } else { fields.next() };
    first.unwrap_or_else(|| panel.clone()).dyn_into().ok()
}
