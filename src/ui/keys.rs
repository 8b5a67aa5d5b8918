//! Keys that work wherever the focus is, as long as nobody is typing.

use super::dom::{El, el, on_window};
use super::parts::clear;
use super::state::{State, state};
use crate::browser::document;
use crate::browser::timer::set_timeout;
use crate::query::Route;
use crate::ui::signals::*;
use std::time::Duration;
use web_sys::KeyboardEvent;

/// How long `g` waits for its second key.
const WAIT: Duration = Duration::from_secs(3);

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
            let ways =
                Route::ALL.map(|route| [el("kbd").child(route.letter()), el("span").child(route.title())]);
            let start_over = [el("kbd").child("x"), el("span").child("Clear")];
            el("p").child("Go to: ").children(ways).child(start_over)
        },
    )
}

fn press(state: State, event: &KeyboardEvent, is_going: bool, waiting: RwSignal<u32>) {
    let key = event.key();
    if document::is_typing() {
        // What is open beside is closed first.
        let is_open = state.view.with_untracked(|view| view.selection.is_some() || view.session.is_some());
        let is_in = |selector| document::focused().is_some_and(|field| field.matches(selector) == Ok(true));
        let leaves = key == "Escape" && !is_open;
        if leaves || (key == "Enter" && is_in(FILTER)) {
            // Search fields would forget what was typed.
            event.prevent_default();
            match document::find(LIST) {
                Some(list) if is_in("main *") => document::focus(Some(&list)),
                _ => {
                    if let Some(field) = document::focused() {
                        let _ = field.blur();
                    }
                }
            }
        }
        return;
    }
    if !are_on() {
        return;
    }
    let has_data = state.overview.with_untracked(Option::is_some);
    let route = Route::from_letter(&key).filter(|_| is_going);
    match (key.as_str(), route) {
        (_, Some(route)) => {
            go(state, route);
            // So that arrows work at once.
            focus_soon(LIST);
        }
        ("x", None) if is_going && has_data => clear(state),
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
                go(state, Route::Grid);
            }
            focus_soon(FILTER);
        }
        ("?", None) => state.help.set(true),
        _ => return,
    }
    event.prevent_default();
}

/// The list that the view shows.
const LIST: &str = "main [role=grid], main [tabindex='0']";

/// The field that filters the view.
const FILTER: &str = "#filter-text";

fn go(state: State, route: Route) {
    state.navigate(true, |view| view.go(route));
}

/// Gives an element the focus when what was asked for is on screen.
fn focus_soon(selector: &'static str) {
    set_timeout(move || document::focus(document::find(selector).as_ref()), Duration::ZERO);
}
