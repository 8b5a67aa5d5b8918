//! The drawer: details beside the view.

use super::icon_button;
use crate::browser::document;
use crate::ui::dom::{El, el, soon};
use leptos::ev;
use leptos::prelude::*;
use web_sys::HtmlElement;

/// A panel at the right, which has the focus when it opens; Escape calls
/// `close`. Its name follows signals.
pub fn drawer(title: impl Fn() -> String + 'static, close: impl Fn() + Copy + 'static) -> El {
    // Who closes it goes on where it was opened.
    let before = StoredValue::new_local(document::focused());
    let escape = window_event_listener(ev::keydown, move |event| {
        if event.key() == "Escape" && !event.default_prevented() {
            close();
        }
    });
    on_cleanup(move || {
        escape.remove();
        before.with_value(|before| document::focus(before.as_ref()));
    });
    let panel = el("aside.drawer")
        .attrs(&[("role", "dialog"), ("tabindex", "-1")])
        .live_attr("aria-label", move || Some(title()))
        .child(icon_button("drawer-close", "Close details", "Close (Esc)", close));
    let opened = panel.clone();
    soon(move || document::focus(Some(opened.as_a::<HtmlElement>())));
    panel
}
