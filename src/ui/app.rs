//! The window: header, the view, what lies over it.

use super::parts::{DropZone, Header, LoadingBar, Notices};
use super::state::{Phase, State};
use super::views::{Empty, Files, GridView, OverviewView, ResultDrawer};
use crate::browser::document;
use crate::query::Place;
use leptos::ev;
use leptos::prelude::*;

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
    state.load_sources(state.view.get_untracked().sources, false);

    let is_empty = Memo::new(move |_| {
        state.phase.get() == Phase::Empty
            || state.overview.with(Option::is_none) && state.phase.get() != Phase::Loading
    });
    let place = Memo::new(move |_| state.view.with(|view| view.place));
    let has_overview = Memo::new(move |_| state.overview.with(Option::is_some));
    view! {
        <DropZone />
        <div class="window">
            <Header is_empty=is_empty.into() />
            <LoadingBar />
            <Notices />
            {move || {
                if is_empty.get() {
                    view! { <Empty /> }.into_any()
                } else if !has_overview.get() {
                    view! { <main class="waiting" aria-busy="true"></main> }.into_any()
                } else {
                    match place.get() {
                        Place::Overview => view! { <OverviewView /> }.into_any(),
                        Place::Grid => view! { <GridView /> }.into_any(),
                        Place::Files => view! { <Files /> }.into_any(),
                    }
                }
            }}
            <ResultDrawer />
        </div>
    }
}
