//! Keys that work wherever the focus is, as long as nobody is typing.

use super::dom::{El, el, on_window};
use super::state::{State, state};
use crate::browser::document;
use crate::browser::timer::set_timeout;
use crate::query::Place;
use crate::ui::signals::*;
use std::time::Duration;
use web_sys::KeyboardEvent;

/// How long `g` waits for its second key.
const WAIT: Duration = Duration::from_secs(3);

/// Where `g` leads with a second key.
const GO: [(&str, Place); 5] = [
    ("o", Place::Overview),
    ("g", Place::Grid),
    ("t", Place::Tests),
    ("s", Place::Sessions),
    ("f", Place::Files),
];

/// Keys without Ctrl are listened to, unless a person turned them off.
pub fn are_on() -> bool {
    document::remembered("keys").as_deref() != Some("off")
}

/// Turns them on or off, for this browser.
pub fn turn(on: bool) {
    document::remember("keys", if on { "on" } else { "off" });
}

/// Listens to keys as long as the page is there. What is seen of it is a hint
/// while `g` waits.
pub fn keys() -> El {
    let state = state();
    // Which `g` waits; 0 for none.
    let waiting = RwSignal::new(0_u32);
    on_window("keydown", move |event: &KeyboardEvent| {
        let count = waiting.get_untracked();
        if count > 0 && event.key() != "Shift" {
            waiting.set(0);
        }
        if event.default_prevented() || event.ctrl_key() || event.alt_key() || event.meta_key() {
            return;
        }
        if document::find("dialog[open]").is_some() {
            // The browser closes it; what is below must not close, too.
            if event.key() == "Escape" {
                event.stop_immediate_propagation();
            }
            return;
        }
        press(state, event, count > 0, waiting);
    });
    el("div.keys-hint").attr("role", "status").when(
        move || waiting.get() > 0,
        || {
            let ways = GO.map(|(key, place)| [el("kbd").child(key), el("span").child(place.name())]);
            el("p").child("Go to: ").children(ways)
        },
    )
}

fn press(state: State, event: &KeyboardEvent, is_going: bool, waiting: RwSignal<u32>) {
    let key = event.key();
    if document::is_typing() {
        // What is open beside is closed first.
        let is_open = state.view.with_untracked(|view| view.selection.is_some() || view.session.is_some());
        if key == "Escape" && !is_open {
            // Search fields would forget what was typed.
            event.prevent_default();
            if let Some(field) = document::focused() {
                let _ = field.blur();
            }
        }
        return;
    }
    if !are_on() {
        return;
    }
    let has_data = state.overview.with_untracked(Option::is_some);
    let place = GO.into_iter().find(|(letter, _)| is_going && *letter == key);
    match (key.as_str(), place) {
        (_, Some((_, place))) => {
            go(state, place);
            // So that arrows work at once.
            focus_soon("main [role=grid], main [tabindex='0']");
        }
        ("g", None) if has_data => {
            // A count that no `g` before had, so that its end is not taken for this one's.
            let count = event.time_stamp() as u32 + 1;
            waiting.set(count);
            let end = move || {
                if waiting.get_untracked() == count {
                    waiting.set(0);
                }
            };
            set_timeout(end, WAIT);
        }
        ("/", None) if has_data => {
            if document::find(FILTER).is_none() {
                go(state, Place::Grid);
            }
            focus_soon(FILTER);
        }
        ("?", None) => state.help.set(true),
        _ => return,
    }
    event.prevent_default();
}

/// The field that filters the view.
const FILTER: &str = "main input[type=search]";

fn go(state: State, place: Place) {
    state.navigate(true, |view| {
        view.place = place;
        view.selection = None;
        view.session = None;
        view.full = false;
    });
}

/// Gives an element the focus when what was asked for is on screen.
fn focus_soon(selector: &'static str) {
    set_timeout(move || document::focus(document::find(selector).as_ref()), Duration::ZERO);
}
