//! A dialog over the window.

use super::button;
use crate::ui::dom::{El, el, soon};
use web_sys::{Event, HtmlDialogElement};

/// A dialog that opens as soon as it is in the document. It keeps the focus,
/// and gives it back; Escape, a click beside it and its button close it, and
/// then `closed` is called, which takes it away.
pub fn dialog(id: &str, title: &str, content: El, closed: impl Fn() + 'static) -> El {
    let dialog = el("dialog.dialog").attrs(&[("aria-labelledby", id), ("closedby", "any")]);
    let (opened, close) = (dialog.clone(), dialog.clone());
    soon(move || drop(opened.as_a::<HtmlDialogElement>().show_modal()));
    dialog
        .child(el("h2").attr("id", id).child(title))
        .child(content)
        .child(
            el("div.dialog-buttons").child(
                button("Close", move || close.as_a::<HtmlDialogElement>().close()).attr("autofocus", ""),
            ),
        )
        .on("close", move |_: &Event| closed())
}
