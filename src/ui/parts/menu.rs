//! A button with a menu.

use leptos::ev;
use leptos::html::{Button, Div};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, Node};

/// An entry of a menu.
#[derive(Clone)]
pub struct MenuItem {
    /// Its name.
    pub name: &'static str,
    /// What it does, in a line.
    pub explanation: String,
    /// Called when it is chosen.
    pub choose: Callback<()>,
}

/// A button that opens a menu; arrows move in it, Escape closes it.
#[component]
pub fn Menu(
    /// The button's name.
    label: &'static str,
    /// Its entries.
    items: Signal<Vec<MenuItem>>,
) -> impl IntoView {
    let is_open = RwSignal::new(false);
    let button: NodeRef<Button> = NodeRef::new();
    let list: NodeRef<Div> = NodeRef::new();
    let entries = move || -> Vec<HtmlElement> {
        let Some(list) = list.get_untracked() else {
            return Vec::new();
        };
        let children = list.children();
        (0..children.length()).filter_map(|index| children.item(index)?.dyn_into().ok()).collect()
    };
    let close = move |refocus: bool| {
        is_open.set(false);
        if refocus && let Some(button) = button.get_untracked() {
            let _ = button.focus();
        }
    };
    // The first entry has the focus as soon as the list is there.
    Effect::new(move |_| {
        if is_open.get()
            && list.get().is_some()
            && let Some(first) = entries().first()
        {
            let _ = first.focus();
        }
    });
    let on_key = move |event: ev::KeyboardEvent| {
        let entries = entries();
        let active = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok());
        let at = entries.iter().position(|entry| Some(entry) == active.as_ref());
        let count = entries.len();
        let next = match (event.key().as_str(), at) {
            ("Escape", _) => {
                event.stop_propagation();
                close(true);
                return;
            }
            ("Tab", _) => {
                close(false);
                return;
            }
            ("ArrowDown", Some(at)) => (at + 1) % count,
            ("ArrowUp", Some(at)) => (at + count - 1) % count,
            ("Home", _) => 0,
            ("End", _) => count.saturating_sub(1),
            _ => return,
        };
        event.prevent_default();
        if let Some(entry) = entries.get(next) {
            let _ = entry.focus();
        }
    };
    let outside = window_event_listener(ev::pointerdown, move |event| {
        let target = event.target().and_then(|target| target.dyn_into::<Node>().ok());
        let inside =
            |element: Option<&Node>| element.is_some_and(|element| element.contains(target.as_ref()));
        let is_inside = inside(list.get_untracked().as_deref().map(AsRef::as_ref))
            || inside(button.get_untracked().as_deref().map(AsRef::as_ref));
        if is_open.get_untracked() && !is_inside {
            is_open.set(false);
        }
    });
    on_cleanup(move || outside.remove());
    view! {
        <div class="menu">
            <button
                type="button"
                class="button"
                aria-haspopup="menu"
                aria-expanded=move || is_open.get().to_string()
                node_ref=button
                on:click=move |_| is_open.update(|open| *open = !*open)
            >
                {label}
                <span class="menu-arrow" aria-hidden="true"></span>
            </button>
            <Show when=move || is_open.get()>
                <div class="menu-list" role="menu" aria-label=label node_ref=list on:keydown=on_key>
                    {move || {
                        items.get().into_iter().map(|item| view! {
                            <button
                                type="button"
                                role="menuitem"
                                tabindex="-1"
                                aria-description=item.explanation.clone()
                                data-explanation=item.explanation.clone()
                                on:click=move |_| {
                                    close(true);
                                    item.choose.run(());
                                }
                            >
                                {item.name}
                            </button>
                        }).collect_view()
                    }}
                </div>
            </Show>
        </div>
    }
}
