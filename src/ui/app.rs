//! The window: header, the view, what lies over it.

use super::dom::{El, Part, el};
use super::keys;
use super::parts::{drop_zone, header, help, loading_bar, notices};
use super::state::{Phase, State};
use super::views::{empty, files, grid, overview, result_drawer, sessions, tests};
use crate::browser::document;
use crate::query::Place;
use leptos::ev;
use leptos::prelude::*;
use web_sys::Element;

/// The page.
#[component]
pub fn App() -> impl IntoView {
    let state = State::new();
    provide_context(state);
    document::set_phase("empty");
    if let Some(theme) = document::remembered("theme") {
        document::set_theme(&theme);
    }
    let _ = window_event_listener(ev::popstate, move |_| state.follow_address());
    state.load_address();
    view! { <div use:filled=window></div> }
}

/// Puts what a component builds into an element of Leptos'.
fn filled(element: Element, component: fn() -> El) {
    component().add_to(&element);
}

/// What fills the window.
#[derive(Clone, Copy, PartialEq)]
enum Screen {
    Empty,
    Waiting,
    Place(Place),
}

fn window() -> El {
    let state = super::state::state();
    let screen = move || match (state.overview.with(Option::is_some), state.phase.get()) {
        (_, Phase::Empty) => Screen::Empty,
        (false, Phase::Loading) => Screen::Waiting,
        (false, _) => Screen::Empty,
        (true, _) => Screen::Place(state.view.with(|view| view.place)),
    };
    el("div.window")
        .child(drop_zone())
        .child(header(move || screen() == Screen::Empty))
        .child(loading_bar())
        .child(notices())
        .switch(screen, |screen| match screen {
            Screen::Empty => empty(),
            Screen::Waiting => el("main.waiting").attr("aria-busy", "true"),
            Screen::Place(Place::Overview) => overview(),
            Screen::Place(Place::Grid) => grid(),
            Screen::Place(Place::Tests) => tests(),
            Screen::Place(Place::Sessions) => sessions(),
            Screen::Place(Place::Files) => files(),
        })
        .child(result_drawer())
        .child(help())
        .child(keys::keys())
}
