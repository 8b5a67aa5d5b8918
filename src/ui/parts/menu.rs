//! A button with a menu.

use crate::browser::document;
use crate::ui::hooks::on_window;
use gloo_timers::callback::Timeout;
use leptos::ev::{self, KeyboardEvent};
use leptos::html::{Button, Div};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, Node};

/// An entry of a menu.
pub struct MenuItem {
    /// Its name.
    pub name: &'static str,
    /// What it does, in a line.
    pub explanation: String,
    /// Called when it is chosen.
    pub choose: Box<dyn Fn()>,
}

/// A button that opens a menu; arrows move in it, Escape closes it.
#[component]
pub fn Menu(
    label: &'static str,
    /// Whether it is the main action of its bar.
    #[prop(optional)]
    is_primary: bool,
    /// The entries, made anew each time the menu opens.
    items: impl Fn() -> Vec<MenuItem> + Send + Sync + 'static,
) -> impl IntoView {
    let is_open = RwSignal::new(false);
    let (whole, button, list) = (NodeRef::<Div>::new(), NodeRef::<Button>::new(), NodeRef::<Div>::new());
    on_window(ev::pointerdown, move |event| {
        let target = event.target().and_then(|target| target.dyn_into::<Node>().ok());
        let is_inside = whole.get_untracked().is_some_and(|whole| whole.contains(target.as_ref()));
        if is_open.get_untracked() && !is_inside {
            is_open.set(false);
        }
    });
    let close = move || {
        is_open.set(false);
        document::focus(button.get_untracked().as_deref());
    };
    // The first entry gets the focus as soon as the list is in the document.
    Effect::new(move || {
        if let Some(list) = list.get().filter(|_| is_open.get()) {
            Timeout::new(0, move || document::focus(entries(&list).first())).forget();
        }
    });
    let on_key = move |event: KeyboardEvent| match event.key().as_str() {
        _ if !is_open.get_untracked() => {}
        "Escape" => {
            event.stop_propagation();
            close();
        }
        "Tab" => is_open.set(false),
        key => {
            let entry = list.get_untracked().and_then(|list| entry_for(key, &entries(&list)));
            if entry.is_some() {
                event.prevent_default();
                document::focus(entry.as_ref());
            }
        }
    };
    let entry = move |item: MenuItem| {
        let choose = move |_| {
            close();
            (item.choose)();
        };
        view! {
            <button
                type="button"
                role="menuitem"
                tabindex="-1"
                aria-description=item.explanation.clone()
                data-explanation=item.explanation
                on:click=choose
            >
                {item.name}
            </button>
        }
    };
    let items = StoredValue::new(items);
    let class = if is_primary { "button button-primary" } else { "button" };
    view! {
        // Keys count while the button still has the focus, too.
        <div class="menu" node_ref=whole on:keydown=on_key>
            <button
                type="button"
                class=class
                aria-haspopup="menu"
                aria-expanded=move || is_open.get().to_string()
                node_ref=button
                on:click=move |_| is_open.update(|open| *open = !*open)
            >
                <span class="menu-label">{label}</span>
                <span class="menu-arrow" aria-hidden="true"></span>
            </button>
            <Show when=move || is_open.get()>
                <div class="menu-list" role="menu" aria-label=label node_ref=list>
                    {items.with_value(|items| items()).into_iter().map(entry).collect_view()}
                </div>
            </Show>
        </div>
    }
}

fn entries(list: &web_sys::Element) -> Vec<HtmlElement> {
    let children = list.children();
    (0..children.length()).filter_map(|index| children.item(index)?.dyn_into().ok()).collect()
}

/// The entry that a key leads to from the one that has the focus.
fn entry_for(key: &str, entries: &[HtmlElement]) -> Option<HtmlElement> {
    let focused = document::focused();
    let at = entries.iter().position(|entry| Some(entry) == focused.as_ref());
    let last = entries.len().checked_sub(1)?;
    let next = match (key, at) {
        ("ArrowDown", Some(at)) if at < last => at + 1,
        ("ArrowDown", Some(_)) | ("Home", _) => 0,
        ("ArrowUp", Some(at)) if at > 0 => at - 1,
        ("ArrowUp", Some(_)) | ("End", _) => last,
        _ => return None,
    };
    entries.get(next).cloned()
}
