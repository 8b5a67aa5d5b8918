//! Help: the keyboard shortcuts.

use super::dialog::Dialog;
use crate::query::Route;
use crate::ui::keys;
use crate::ui::stores::{Dialog as DialogName, use_navigation};
use leptos::prelude::*;

/// The keyboard shortcuts, by where they work, but for those that open views.
/// Spaces separate keys; `_` is a space in the name of a key.
const KEYS: [(&str, &[(&str, &str)]); 4] = [
    (
        "Everywhere",
        &[
            ("/", "Filter"),
            ("Enter", "Jump from filter to list"),
            ("Esc", "Close, or leave the filter unchanged"),
            ("g x", "Clear all files"),
            ("Ctrl+P", "Print the report"),
            ("?", "Keyboard shortcuts"),
        ],
    ),
    (
        "Grid",
        &[
            ("↑ ↓ ← →", "Move"),
            ("Page_Up Page_Down", "Page up, page down"),
            ("Home End", "First or last column; with Ctrl, first or last cell"),
            ("Enter", "Open the result"),
            ("p", "Pin or unpin the column"),
            ("h", "Hide the column"),
        ],
    ),
    (
        "Details",
        &[
            ("j ]", "Next in the list"),
            ("k [", "Previous in the list"),
            ("n", "Next failing test"),
            ("p", "Previous failing test"),
        ],
    ),
    ("Files", &[("Ctrl+Z", "Undo last change")]),
];

/// The dialog, while it is open.
#[component]
pub fn Help() -> impl IntoView {
    let navigation = use_navigation();
    let key = |key: &str| view! { <kbd>{key.replace('_', "\u{a0}")}</kbd> };
    let line = move |(keys, what): (String, &'static str)| {
        view! {
            <div>
                <dt>{keys.split(' ').map(key).collect_view()}</dt>
                <dd>{what}</dd>
            </div>
        }
    };
    let group = move |title: &'static str, lines: Vec<(String, &'static str)>| {
        view! {
            <section>
                <h3>{title}</h3>
                <dl>{lines.into_iter().map(line).collect_view()}</dl>
            </section>
        }
    };
    let groups = move || {
        let views = Route::ALL.map(|route| (format!("g {}", route.letter()), route.title()));
        let others = KEYS.map(|(title, lines)| {
            group(title, lines.iter().map(|&(keys, what)| (keys.to_owned(), what)).collect())
        });
        view! {
            {group("Go to", views.to_vec())}
            {others.collect_view()}
        }
    };
    view! {
        <div>
            <Show when=move || navigation.dialog.get() == Some(DialogName::Help)>
                <Dialog
                    id="help-title"
                    title="Keyboard shortcuts"
                    class="help"
                    on_close=move || navigation.dialog.set(None)
                >
                    <div>
                        <div class="help-groups">{groups}</div>
                        // For people who dictate, or who hit keys by accident.
                        <label class="help-switch">
                            <input
                                type="checkbox"
                                prop:checked=keys::are_on()
                                on:change=move |event| keys::turn(event_target_checked(&event))
                            />
                            "Single-key shortcuts, such as / and g"
                        </label>
                    </div>
                </Dialog>
            </Show>
        </div>
    }
}
