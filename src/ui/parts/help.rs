//! Help: which keys there are.

use super::dialog;
use crate::ui::dom::{El, el};
use crate::ui::keys;
use crate::ui::signals::*;
use crate::ui::state::state;
use web_sys::{Event, HtmlInputElement};

/// What the keys do, by where they do it. Blanks part keys; `_` is a blank in the name of one.
const KEYS: [(&str, &[(&str, &str)]); 5] = [
    (
        "Go to",
        &[("g o", "Overview"), ("g g", "Grid"), ("g t", "Tests"), ("g s", "Sessions"), ("g f", "Files")],
    ),
    (
        "Everywhere",
        &[
            ("/", "Filter"),
            ("Enter", "From the filter to the list"),
            ("Esc", "Close, or leave the filter as it is"),
            ("g x", "Clear: forget all files"),
            ("?", "This list"),
        ],
    ),
    (
        "In the grid",
        &[
            ("↑ ↓ ← →", "Move"),
            ("Page_Up Page_Down", "A screen further"),
            ("Home End", "To the edges; with Ctrl to the ends"),
            ("Enter", "Open the result"),
        ],
    ),
    ("In the details", &[("n ]", "Next failing test"), ("p [", "Previous failing test")]),
    ("In the files", &[("Ctrl+Z", "Take back the last naming")]),
];

/// The dialog, while it is open.
pub fn help() -> El {
    let state = state();
    el("div").when(
        move || state.help.get(),
        move || {
            let groups = KEYS.map(|(title, keys)| {
                let lines = keys.iter().map(|(keys, what)| {
                    let keys = keys.split(' ').map(|key| el("kbd").child(key.replace('_', "\u{a0}")));
                    el("div").child(el("dt").children(keys)).child(el("dd").child(*what))
                });
                el("section").child(el("h3").child(title)).child(el("dl").children(lines))
            });
            let content = el("div").child(el("div.help-groups").children(groups)).child(single_key_switch());
            dialog("help-title", "Keyboard shortcuts", content, move || state.help.set(false))
                .add_class("help")
        },
    )
}

/// People who dictate, or whose hands hit keys by chance, can do without.
fn single_key_switch() -> El {
    let field = el("input").attr("type", "checkbox");
    let input = field.as_a::<HtmlInputElement>().clone();
    input.set_checked(keys::are_on());
    let field = field.on("change", move |_: &Event| keys::turn(input.checked()));
    el("label.help-switch").child(field).child("Use keys without Ctrl, such as / and g")
}
