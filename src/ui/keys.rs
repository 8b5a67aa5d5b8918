//! Keyboard shortcuts that work wherever the focus is, unless a person types.

use super::hooks::on_window;
use super::parts::clear_or_ask;
use super::stores::{Data, Dialog, Loading, Navigation, use_data, use_loading, use_navigation};
use crate::browser::document;
use crate::query::Route;
use gloo_timers::callback::Timeout;
use leptos::ev::{self, KeyboardEvent};
use leptos::prelude::*;

/// How long `g` waits for its second key, in milliseconds.
const WAIT_MS: u32 = 3000;

/// The list that the view shows.
const LIST: &str = "main [role=grid], main [tabindex='0']";

/// The field that filters the view.
const FILTER: &str = "#filter-text";

/// Whether single-key shortcuts are on; a person can turn them off.
pub fn are_on() -> bool {
    document::remembered("keys").as_deref() != Some("off")
}

/// Turns single-key shortcuts on or off, for this browser.
pub fn turn(on: bool) {
    document::remember("keys", if on { "on" } else { "off" });
}

/// Handles the shortcuts; shows a hint while `g` waits for its second key.
#[component]
pub fn Keys() -> impl IntoView {
    let shortcuts = Shortcuts::new();
    on_window(ev::keydown, move |event| shortcuts.handle(&event));
    let hints = || {
        Route::ALL
            .map(|route| view! { <kbd>{route.letter()}</kbd> <span>{route.title()}</span> })
            .collect_view()
    };
    view! {
        <div class="keys-hint" role="status">
            <Show when=move || shortcuts.is_waiting()>
                <p>"Go to: " {hints()} <kbd>"x"</kbd> <span>"Clear"</span></p>
            </Show>
        </div>
    }
}

#[derive(Clone, Copy)]
struct Shortcuts {
    navigation: Navigation,
    loading: Loading,
    data: Data,
    /// Which press of `g` waits for its second key; 0 for none.
    waiting: RwSignal<u32>,
}

impl Shortcuts {
    fn new() -> Shortcuts {
        Shortcuts {
            navigation: use_navigation(),
            loading: use_loading(),
            data: use_data(),
            waiting: RwSignal::new(0),
        }
    }

    fn is_waiting(self) -> bool {
        self.waiting.get() > 0
    }

    fn handle(self, event: &KeyboardEvent) {
        let is_second = self.waiting.get_untracked() > 0;
        if is_second && event.key() != "Shift" {
            self.waiting.set(0);
        }
        if event.default_prevented() || event.ctrl_key() || event.alt_key() || event.meta_key() {
            return;
        }
        if document::find("dialog[open]").is_some() {
            // The browser closes the dialog; what is below it stays open.
            if event.key() == "Escape" {
                event.stop_immediate_propagation();
            }
        } else if document::is_typing() {
            self.leave_field(event);
        } else if are_on() {
            self.press(event, is_second);
        }
    }

    /// Escape and Enter lead from a field to the list.
    fn leave_field(self, event: &KeyboardEvent) {
        let is_in = |selector| document::focused().is_some_and(|field| field.matches(selector) == Ok(true));
        match event.key().as_str() {
            // In the drawer, Escape closes it.
            "Escape" if !is_in(".drawer *") => {}
            "Enter" if is_in(FILTER) => {}
            _ => return,
        }
        // Search fields would clear their text.
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

    fn press(self, event: &KeyboardEvent, is_second: bool) {
        let key = event.key();
        let has_data = self.data.overview.with_untracked(Option::is_some);
        let route = Route::from_letter(&key).filter(|_| is_second);
        match (key.as_str(), route) {
            (_, Some(route)) => {
                self.navigation.go(route);
                // So that arrows work at once.
                focus_soon(LIST);
            }
            ("x", None) if is_second && has_data => clear_or_ask(self.navigation, self.loading),
            ("g", None) if has_data => self.wait(event),
            ("/", None) if has_data => match document::find(FILTER) {
                Some(field) => document::focus(Some(&field)),
                None => {
                    self.navigation.go(Route::Grid);
                    focus_soon(FILTER);
                }
            },
            ("?", None) => self.navigation.dialog.set(Some(Dialog::Help)),
            _ => return,
        }
        event.prevent_default();
    }

    /// Waits for the second key after `g`.
    fn wait(self, event: &KeyboardEvent) {
        // A number of its own, so that the end of an earlier wait does not end this one.
        let number = event.time_stamp() as u32 + 1;
        self.waiting.set(number);
        Timeout::new(WAIT_MS, move || {
            if self.waiting.try_get_untracked() == Some(number) {
                self.waiting.set(0);
            }
        })
        .forget();
    }
}

/// Focuses an element when the view that has it is rendered.
fn focus_soon(selector: &'static str) {
    Timeout::new(0, move || document::focus(document::find(selector).as_ref())).forget();
}
