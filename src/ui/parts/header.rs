//! The header: name, views, downloads, more files.

use super::{Menu, MenuItem, OpenButtons};
use crate::browser::{document, download};
use crate::engine::{Answer, Request};
use crate::export::Export;
use crate::query::{Place, View};
use crate::ui::state::{State, state};
use leptos::ev;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The bar at the top.
#[component]
pub fn Header(
    /// There is nothing to navigate yet.
    is_empty: Signal<bool>,
) -> impl IntoView {
    let state = state();
    view! {
        <header class="header">
            <a class="brand" href="?" on:click=move |event| go(state, &event, Place::Overview)>
                <span class="brand-mark" aria-hidden="true"></span>
                "Passgrid"
            </a>
            <Show when=move || !is_empty.get()>
                <nav class="nav" aria-label="Views">
                    {Place::ALL.map(|place| view! { <NavLink place=place /> }).collect_view()}
                </nav>
                <div class="header-actions">
                    <OpenButtons />
                    <Downloads />
                </div>
            </Show>
            <ThemeSwitch />
        </header>
    }
}

/// A link that keeps the rest of the view, so that it can be opened in a tab.
#[component]
fn NavLink(place: Place) -> impl IntoView {
    let state = state();
    let href = move || {
        let view = View { place, selection: None, ..state.view.get() };
        let query = view.to_query();
        if query.is_empty() { "?".to_owned() } else { query }
    };
    let current = move || (state.view.with(|view| view.place) == place).then_some("page");
    let problems = move || {
        let overview = state.overview.get();
        let problems = overview.map(|overview| overview.problems.clone()).unwrap_or_default();
        let count = problems.unreadable + problems.partly + problems.empty;
        (place == Place::Files && count > 0).then_some(count)
    };
    view! {
        <a
            href=href
            aria-current=current
            data-badge=move || problems().map(|count| count.to_string())
            on:click=move |event| go(state, &event, place)
        >
            {place.name()}
        </a>
    }
}

/// Shows a view without loading the page anew, unless another tab is wanted.
fn go(state: State, event: &ev::MouseEvent, place: Place) {
    if event.ctrl_key() || event.meta_key() || event.shift_key() || event.button() != 0 {
        return;
    }
    event.prevent_default();
    state.navigate(true, |view| {
        view.place = place;
        view.selection = None;
    });
}

#[component]
fn Downloads() -> impl IntoView {
    let state = state();
    let items = Signal::derive(move || {
        let filter = state.view.with(|view| view.filter.words());
        let items = Export::ALL.into_iter().map(|kind| {
            let explanation = match &filter {
                Some(words) if kind.follows_filter() => format!("only {words}"),
                _ => kind.explanation().to_owned(),
            };
            MenuItem { name: kind.name(), explanation, choose: Callback::new(move |()| save(state, kind)) }
        });
        items.collect()
    });
    view! { <Menu label="Download" items=items /> }
}

fn save(state: State, kind: Export) {
    let filter = state.view.with_untracked(|view| view.filter.clone());
    spawn_local(async move {
        let request = Request::Export { kind, filter, now_ms: js_sys::Date::now() };
        let saved = match state.ask(request).await {
            Some(Answer::Download(file)) => download::save(&file.name, &file.mime, &file.text),
            _ => false,
        };
        if !saved {
            state.notice.set(Some(format!("{} could not be saved.", kind.name())));
        }
    });
}

/// Light or dark: by the system, until it is switched.
#[component]
fn ThemeSwitch() -> impl IntoView {
    let is_dark = move || {
        let remembered = document::remembered("theme");
        match remembered.as_deref() {
            Some(theme) => theme == "dark",
            None => document::prefers_dark(),
        }
    };
    let state = state();
    let switch = move |_| {
        let theme = if is_dark() { "light" } else { "dark" };
        document::set_theme(theme);
        document::remember("theme", theme);
        // Charts take their colours from the style sheets when they are drawn.
        state.version.update(|version| *version += 1);
    };
    view! {
        <button
            type="button"
            class="button button-icon theme-switch"
            aria-label="Switch between light and dark"
            title="Light or dark"
            on:click=switch
        ></button>
    }
}
