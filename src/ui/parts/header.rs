//! The header: name, views, downloads, more files.

use super::dialog::Dialog;
use super::link::{ViewLink, takes_over};
use super::menu::{Menu, MenuItem};
use super::open::OpenButtons;
use crate::browser::{document, download};
use crate::engine::MakeExport;
use crate::export::Export;
use crate::query::{Route, View};
use crate::ui::format;
use crate::ui::stores::{
    Dialog as DialogName, Loading, Navigation, use_data, use_loading, use_navigation, use_notices,
};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_use::use_preferred_dark;

/// The bar at the top. On the empty page there are no views to go to.
#[component]
pub fn Header(is_empty: Memo<bool>) -> impl IntoView {
    let navigation = use_navigation();
    view! {
        <header class="header">
            <a
                class="brand"
                href="?"
                on:click=move |event| {
                    if takes_over(&event) {
                        navigation.go(Route::Overview);
                    }
                }
            >
                <span class="brand-mark" aria-hidden="true"></span>
                "Passgrid"
            </a>
            <Show when=move || !is_empty.get()>
                <nav class="nav" aria-label="Views">
                    {Route::ALL.map(|route| view! { <NavLink route=route /> }).collect_view()}
                </nav>
                <div class="header-actions">
                    <OpenButtons />
                    <ClearButton />
                    <Downloads />
                </div>
            </Show>
            <button
                type="button"
                class="button button-icon help-button"
                aria-label="Keyboard shortcuts"
                title="Keyboard shortcuts (?)"
                on:click=move |_| navigation.dialog.set(Some(DialogName::Help))
            ></button>
            <ThemeSwitch />
        </header>
    }
}

/// A link to a view; the one of the ledger counts its problems.
#[component]
fn NavLink(route: Route) -> impl IntoView {
    let (navigation, data) = (use_navigation(), use_data());
    let is_current = move || navigation.view.with(|view| view.route) == route;
    let badge = move || {
        let problems = data.overview.with(|overview| {
            overview.as_ref().map_or(0, |overview| {
                let problems = &overview.problems;
                problems.unreadable + problems.partly + problems.empty
            })
        });
        (route == Route::Files && problems > 0).then(|| problems.to_string())
    };
    view! {
        <ViewLink
            to=move |view: &mut View| view.go(route)
            attr:aria-current=move || is_current().then_some("page")
            attr:data-badge=badge
        >
            {route.title()}
        </ViewLink>
    }
}

/// Forgets all files; asks first where only a person can bring them again.
#[component]
fn ClearButton() -> impl IntoView {
    let (navigation, loading, data) = (use_navigation(), use_loading(), use_data());
    let is_open = move || navigation.dialog.get() == Some(DialogName::ConfirmClear);
    let close = move || navigation.dialog.set(None);
    let words = move || {
        let files = data.overview.with(|overview| overview.as_ref().map_or(0, |overview| overview.files));
        format!(
            "Removes {} and your names from this page. Files on disk are unchanged.",
            format::plural(files, "file")
        )
    };
    let clear = move |_| {
        close();
        loading.clear();
    };
    view! {
        <div class="clear">
            <button
                type="button"
                class="button"
                id="clear"
                title="Forget all files and start over (g x)"
                on:click=move |_| clear_or_ask(navigation, loading)
            >
                "Clear"
            </button>
            <Show when=is_open>
                <Dialog id="clear-title" title="Clear all files?" on_close=close>
                    <div>
                        <p>{words}</p>
                        <p class="dialog-sure">
                            <button type="button" class="button button-primary" on:click=clear>
                                "Clear"
                            </button>
                        </p>
                    </div>
                </Dialog>
            </Show>
        </div>
    }
}

/// Clears all files, or asks whether to.
pub fn clear_or_ask(navigation: Navigation, loading: Loading) {
    if loading.has_own_files() {
        navigation.dialog.set(Some(DialogName::ConfirmClear));
    } else {
        loading.clear();
    }
}

#[component]
fn Downloads() -> impl IntoView {
    let (navigation, data, notices) = (use_navigation(), use_data(), use_notices());
    let save = move |kind: Export| {
        let filter = navigation.view.with_untracked(View::test_filter);
        let answer = data.ask(MakeExport { kind, filter, now_ms: js_sys::Date::now() });
        spawn_local(async move {
            if !answer.await.is_some_and(|file| download::save(&file)) {
                notices.show(format!("{} could not be saved.", kind.name()));
            }
        });
    };
    let items = move || {
        let filter = navigation.view.with(|view| view.test_filter().words());
        let item = |kind: Export| {
            let explanation = match &filter {
                Some(words) if kind.follows_filter() => format!("only {words}"),
                _ => kind.explanation().to_owned(),
            };
            MenuItem { name: kind.name(), explanation, choose: Box::new(move || save(kind)) }
        };
        Export::ALL.iter().copied().map(item).collect()
    };
    view! { <Menu label="Download" items=items /> }
}

/// Light or dark: the system's setting, until it is switched.
#[component]
fn ThemeSwitch() -> impl IntoView {
    let data = use_data();
    let prefers_dark = use_preferred_dark();
    let switch = move |_| {
        let is_dark = match document::remembered("theme") {
            Some(theme) => theme == "dark",
            None => prefers_dark.get_untracked(),
        };
        let theme = if is_dark { "light" } else { "dark" };
        document::set_theme(theme);
        document::remember("theme", theme);
        // Charts read their colors from the style sheets when they are drawn.
        data.version.update(|version| *version += 1);
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
