//! The header: name, views, downloads, more files.

use super::{MenuItem, button, dialog, icon_button, menu, open_buttons};
use crate::browser::{document, download};
use crate::engine::{Answer, Request};
use crate::export::Export;
use crate::query::{Route, View};
use crate::ui::dom::{El, el};
use crate::ui::format;
use crate::ui::signals::*;
use crate::ui::state::{State, state};
use web_sys::MouseEvent;

/// The bar at the top. Without data there is nothing to navigate yet.
pub fn header(is_empty: impl Fn() -> bool + 'static) -> El {
    let state = state();
    el("header.header")
        .child(
            el("a.brand")
                .attr("href", "?")
                .child(el("span.brand-mark").attr("aria-hidden", "true"))
                .child("Passgrid")
                .on("click", move |event| go(state, event, Route::Overview)),
        )
        .switch(is_empty, move |is_empty| {
            (!is_empty).then(|| {
                [
                    el("nav.nav").attr("aria-label", "Views").children(Route::ALL.map(nav_link)),
                    el("div.header-actions")
                        .child(open_buttons())
                        .child(clear_button(state))
                        .child(downloads()),
                ]
            })
        })
        .child(icon_button("help-button", "Keyboard shortcuts", "Keyboard shortcuts (?)", move || {
            state.help.set(true)
        }))
        .child(theme_switch())
}

/// Forgets all files; asks first where only a person can bring them again.
fn clear_button(state: State) -> El {
    let clear = button("Clear", move || clear(state))
        .attrs(&[("id", "clear"), ("title", "Forget all files and start over (g x)")]);
    el("div.clear").child(clear).when(
        move || state.asks_to_clear.get(),
        move || {
            let files = state.overview.with_untracked(|o| o.as_ref().map_or(0, |o| o.files));
            let words = format!(
                "The page forgets {} and the names that you gave. The files themselves stay where they are; \
                 drop them again to see them.",
                format::plural(files, "file")
            );
            let sure = button("Clear", move || {
                state.asks_to_clear.set(false);
                state.clear();
            })
            .add_class("button-primary");
            let content = el("div").child(el("p").child(words)).child(el("p.dialog-sure").child(sure));
            dialog("clear-title", "Clear all files?", content, move || state.asks_to_clear.set(false))
        },
    )
}

/// Clears, or asks whether to.
pub fn clear(state: State) {
    if state.has_own_files() {
        state.asks_to_clear.set(true);
    } else {
        state.clear();
    }
}

/// A link that keeps the rest of the view, so that it can be opened in a tab.
fn nav_link(route: Route) -> El {
    let state = state();
    el("a")
        .live_attr("href", move || {
            let mut view = state.view.get();
            view.go(route);
            let query = view.to_query();
            Some(if query.is_empty() { "?".to_owned() } else { query })
        })
        .live_attr("aria-current", move || {
            (state.view.with(|view| view.route) == route).then(|| "page".to_owned())
        })
        .live_attr("data-badge", move || {
            let count = state.overview.with(|overview| {
                overview.as_ref().map_or(0, |overview| {
                    let problems = &overview.problems;
                    problems.unreadable + problems.partly + problems.empty
                })
            });
            (route == Route::Files && count > 0).then(|| count.to_string())
        })
        .child(route.title())
        .on("click", move |event| go(state, event, route))
}

/// Shows a view without loading the page anew, unless another tab is wanted.
fn go(state: State, event: &MouseEvent, route: Route) {
    if event.ctrl_key() || event.meta_key() || event.shift_key() || event.button() != 0 {
        return;
    }
    event.prevent_default();
    state.navigate(true, |view| view.go(route));
}

fn downloads() -> El {
    let state = state();
    menu("Download", move || {
        let filter = state.view.with(|view| view.test_filter().words());
        let items = Export::ALL.iter().map(|&kind| {
            let explanation = match &filter {
                Some(words) if kind.follows_filter() => format!("only {words}"),
                _ => kind.explanation().to_owned(),
            };
            MenuItem { name: kind.name(), explanation, choose: Box::new(move || save(state, kind)) }
        });
        items.collect()
    })
}

fn save(state: State, kind: Export) {
    let filter = state.view.with_untracked(View::test_filter);
    let request = Request::Export { kind, filter, now_ms: js_sys::Date::now() };
    state.ask(&request, move |answer| {
        let saved = match answer {
            Some(Answer::Download(file)) => download::save(&file),
            _ => false,
        };
        if !saved {
            state.say(format!("{} could not be saved.", kind.name()));
        }
    });
}

/// Light or dark: by the system, until it is switched.
fn theme_switch() -> El {
    let state = state();
    icon_button("theme-switch", "Switch between light and dark", "Light or dark", move || {
        let is_dark = match document::remembered("theme") {
            Some(theme) => theme == "dark",
            None => document::prefers_dark(),
        };
        let theme = if is_dark { "light" } else { "dark" };
        document::set_theme(theme);
        document::remember("theme", theme);
        // Charts take their colours from the style sheets when they are drawn.
        state.version.update(|version| *version += 1);
    })
}
