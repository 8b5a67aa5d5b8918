//! A button with a menu.

use crate::browser::document;
use crate::ui::dom::{El, el, on_window, soon};
use crate::ui::signals::*;
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlElement, KeyboardEvent, Node};

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
pub fn menu(label: &'static str, items: impl Fn() -> Vec<MenuItem> + 'static) -> El {
    let is_open = RwSignal::new(false);
    let button = el("button.button")
        .attrs(&[("type", "button"), ("aria-haspopup", "menu")])
        .live_attr("aria-expanded", move || Some(is_open.get().to_string()))
        .child(label)
        .child(el("span.menu-arrow").attr("aria-hidden", "true"))
        .on_click(move || is_open.update(|open| *open = !*open));
    let menu = el("div.menu").child(&button);
    let whole: Node = menu.as_a::<Node>().clone();
    on_window("pointerdown", move |event: &Event| {
        let target = event.target().and_then(|target| target.dyn_into::<Node>().ok());
        if is_open.get_untracked() && !whole.contains(target.as_ref()) {
            is_open.set(false);
        }
    });
    let close = move |refocus: Option<&El>| {
        is_open.set(false);
        document::focus(refocus.map(El::as_a));
    };
    menu.when(
        move || is_open.get(),
        move || {
            let list = el("div.menu-list").attrs(&[("role", "menu"), ("aria-label", label)]);
            // The first entry has the focus as soon as the list is there.
            let opened = list.clone();
            soon(move || document::focus(entries(&opened).first()));
            let (button, moved) = (button.clone(), list.clone());
            let chosen_from = button.clone();
            list.on("keydown", move |event: &KeyboardEvent| match event.key().as_str() {
                "Escape" => {
                    event.stop_propagation();
                    close(Some(&button));
                }
                "Tab" => close(None),
                key => {
                    if let Some(entry) = entry_for(key, &entries(&moved)) {
                        event.prevent_default();
                        document::focus(Some(&entry));
                    }
                }
            })
            .children(items().into_iter().map(|item| {
                let button = chosen_from.clone();
                el("button")
                    .attrs(&[
                        ("type", "button"),
                        ("role", "menuitem"),
                        ("tabindex", "-1"),
                        ("aria-description", &item.explanation),
                        ("data-explanation", &item.explanation),
                    ])
                    .child(item.name)
                    .on_click(move || {
                        close(Some(&button));
                        (item.choose)();
                    })
            }))
        },
    )
}

fn entries(list: &El) -> Vec<HtmlElement> {
    let children = list.element().children();
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
