//! The window: header, the view, what lies over it.

use super::dom::{El, el, follow, on_window, soon};
use super::keys;
use super::parts::{drop_zone, header, help, loading_bar, notices};
use super::state::{Phase, State};
use super::views::{empty, file_drawer, files, grid, overview, result_drawer, sessions, tests};
use crate::browser::{document, files as browser_files};
use crate::query::Route;
use crate::ui::signals::*;
use web_sys::Event;

/// The page.
pub fn app() -> El {
    let state = State::new();
    provide_context(state);
    document::set_phase("empty");
    if let Some(theme) = document::remembered("theme") {
        document::set_theme(&theme);
    }
    on_window("popstate", move |_: &Event| state.follow_address());
    state.load_address();
    for transfer in browser_files::take_early() {
        state.load_transfer(transfer);
    }
    el("div").child(window(state))
}

/// What fills the window.
#[derive(Clone, Copy, PartialEq)]
enum Screen {
    Empty,
    Waiting,
    Route(Route),
}

fn window(state: State) -> El {
    let screen = move || match (state.overview.with(Option::is_some), state.phase.get()) {
        (_, Phase::Empty) => Screen::Empty,
        (false, Phase::Loading) => Screen::Waiting,
        (false, _) => Screen::Empty,
        (true, _) => Screen::Route(state.view.with(|view| view.route)),
    };
    // What is read is begun at, unless a person is somewhere already.
    follow(move || {
        if state.phase.get() == Phase::Ready {
            soon(|| {
                if document::focused().is_none_or(|focused| focused.tag_name() == "BODY") {
                    let heading =
                        document::find("#headline").or_else(|| document::find("nav [aria-current]"));
                    document::focus(heading.as_ref());
                }
            });
        }
    });
    el("div.window")
        .child(drop_zone())
        .child(header(move || screen() == Screen::Empty))
        .child(loading_bar())
        .child(notices())
        .switch(screen, |screen| match screen {
            Screen::Empty => empty(),
            Screen::Waiting => el("main.waiting")
                .attr("aria-busy", "true")
                .child(el("p.hint").child("The overview is here as soon as the first file is read.")),
            Screen::Route(Route::Overview) => overview(),
            Screen::Route(Route::Grid) => grid(),
            Screen::Route(Route::Tests) => tests(),
            Screen::Route(Route::Sessions) => sessions(),
            Screen::Route(Route::Files) => files(),
        })
        .child(result_drawer())
        .child(file_drawer())
        .child(help())
        .child(keys::keys())
}
