//! The ways in: files, a folder, the clipboard, an address.

use super::button;
use crate::browser::files;
use crate::ui::dom::{El, el};
use crate::ui::state::state;
use web_sys::{Event, HtmlDialogElement, HtmlInputElement, HtmlTextAreaElement};

/// Open files, Open folder, Paste, Load from URL.
pub fn open_buttons() -> El {
    let state = state();
    let dialog = url_dialog();
    let shown = dialog.clone();
    el("div.open-buttons")
        .child(picker("Open files", "multiple").child("Open files"))
        .child(picker("Open folder", "webkitdirectory").child(label("Open", "folder")))
        .child(button("Paste", move || state.load_clipboard()))
        .child(button(label("Load from", "URL"), move || {
            let _ = shown.as_a::<HtmlDialogElement>().show_modal();
        }))
        .child(dialog)
}

/// A verb that small screens have no room for, and what it is about.
fn label(verb: &str, object: &str) -> [El; 2] {
    [el("span.verb").child(verb), el("span.object").child(object)]
}

/// A button that opens the browser's own dialog; `mode` says for what.
fn picker(name: &str, mode: &str) -> El {
    let state = state();
    let field = el("input.visually-hidden").attrs(&[("type", "file"), ("aria-label", name), (mode, "")]);
    let input = field.as_a::<HtmlInputElement>().clone();
    let field = field.on("change", move |_: &Event| {
        let found = files::of_list(input.files());
        // The same files may be chosen again.
        input.set_value("");
        state.load(found);
    });
    el("label.button").child(field)
}

fn url_dialog() -> El {
    let state = state();
    let dialog = el("dialog.dialog").attr("aria-labelledby", "url-title");
    let close = {
        let dialog = dialog.clone();
        move || dialog.as_a::<HtmlDialogElement>().close()
    };
    let field = el("textarea").attrs(&[
        ("id", "url-text"),
        ("rows", "4"),
        ("spellcheck", "false"),
        ("placeholder", "https://…/results/1.4.0/board_a.xml"),
    ]);
    let submit = {
        let (field, close) = (field.clone(), close.clone());
        move |event: &Event| {
            event.prevent_default();
            let field = field.as_a::<HtmlTextAreaElement>();
            let sources: Vec<String> = field.value().split_whitespace().map(str::to_owned).collect();
            field.set_value("");
            close();
            state.load_sources(sources);
        }
    };
    let form = el("form")
        .child(el("h2").attr("id", "url-title").child("Load from URL"))
        .child(el("label").attr("for", "url-text").child("Addresses of result files, one per line"))
        .child(field)
        .child(el("p.hint").child(
            "The browser fetches them directly; the server must allow that (CORS). \
             They become part of this page's address, which you can share.",
        ))
        .child(
            el("div.dialog-buttons")
                .child(button("Cancel", close))
                .child(el("button.button.button-primary").attr("type", "submit").child("Load")),
        )
        .on("submit", submit);
    dialog.child(form)
}
