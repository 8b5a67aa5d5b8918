//! Help: which keys there are.

use super::dialog;
use crate::query::Route;
use crate::ui::dom::{El, el};
use crate::ui::keys;
use crate::ui::signals::*;
use crate::ui::state::state;
use web_sys::{Event, HtmlInputElement};

/// What keys do, by where they do it; those that open views are in [`Route`]. Blanks part keys; `_` is a blank in the name of one.
const KEYS: [(&str, &[(&str, &str)]); 4] = [
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
            let views = Route::ALL.map(|route| line(&format!("g {}", route.letter()), route.title()));
            let groups =
                KEYS.map(|(title, keys)| group(title, keys.iter().map(|(keys, what)| line(keys, what))));
            let groups = el("div.help-groups").child(group("Go to", views)).children(groups);
            let content = el("div").child(groups).child(single_key_switch());
            dialog("help-title", "Keyboard shortcuts", content, move || state.help.set(false))
                .add_class("help")
        },
    )
}

fn group(title: &'static str, lines: impl IntoIterator<Item = El>) -> El {
    el("section").child(el("h3").child(title)).child(el("dl").children(lines))
}

fn line(keys: &str, what: &'static str) -> El {
    let keys = keys.split(' ').map(|key| el("kbd").child(key.replace('_', "\u{a0}")));
    el("div").child(el("dt").children(keys)).child(el("dd").child(what))
}

/// People who dictate, or whose hands hit keys by chance, can do without.
fn single_key_switch() -> El {
    let field = el("input").attr("type", "checkbox");
    let input = field.as_a::<HtmlInputElement>().clone();
    input.set_checked(keys::are_on());
    let field = field.on("change", move |_: &Event| keys::turn(input.checked()));
    el("label.help-switch").child(field).child("Use keys without Ctrl, such as / and g")
}
