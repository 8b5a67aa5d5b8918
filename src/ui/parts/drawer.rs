//! The drawer: details beside the view.

use super::{icon_button, small_button};
use crate::browser::document;
use crate::ui::dom::{El, Part, el, on_window, soon};
use crate::ui::signals::*;
use crate::ui::state::state;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent};

/// A panel at the right, which has the focus when it opens; Escape calls
/// `close`. Its name follows signals.
pub fn drawer(title: impl Fn() -> String + 'static, close: impl Fn() + Copy + 'static) -> El {
    let state = state();
    // Who closes it goes on where it was opened.
    let before = StoredValue::new_local(document::focused());
    on_window("keydown", move |event: &KeyboardEvent| {
        if event.key() == "Escape" && !event.default_prevented() {
            close();
        }
    });
    on_cleanup(move || {
        before.with_value(|before| {
            let before = before.clone().filter(|before| before.is_connected() && before.tag_name() != "BODY");
            document::focus(before.or_else(in_the_view).as_ref());
        });
    });
    let is_full = move || state.view.with(|view| view.full);
    let width = small_button("Full width", move || state.navigate(true, |view| view.full = !view.full))
        .attr("title", "The whole width of the window, or beside the view")
        .live_attr("aria-pressed", move || Some(is_full().to_string()))
        .add_class("toggle");
    let panel = el("aside.drawer")
        .live_attr("data-full", move || is_full().then(String::new))
        .attrs(&[("role", "dialog"), ("tabindex", "-1")])
        .live_attr("aria-label", move || Some(title()))
        .child(el("div.drawer-bar").child(el("span.drawer-space")).child(width).child(icon_button(
            "drawer-close",
            "Close details",
            "Close (Esc)",
            close,
        )));
    let opened = panel.clone();
    soon(move || document::focus(Some(opened.as_a::<HtmlElement>())));
    panel
}

/// Adds to the bar of a drawer, before what is there.
pub fn add_to_bar(drawer: &El, parts: impl Part) {
    if let Some(bar) = drawer.element().first_element_child() {
        let fragment = document::fragment();
        parts.add_to(&fragment);
        let _ = bar.insert_before(&fragment, bar.first_child().as_ref());
    }
}

/// Where the focus goes if it came from nowhere: a link led here.
fn in_the_view() -> Option<HtmlElement> {
    document::document().query_selector("main [tabindex='0']").ok().flatten()?.dyn_into().ok()
}
