//! The header: name, views, adding results, downloads.

use super::dialog::Dialog;
use super::kept::KeepButton;
use super::link::ViewLink;
use super::menu::{Menu, MenuItem};
use super::open::AddMenu;
use crate::browser::{clipboard, fetch};
use crate::export::Export;
use crate::query::{Route, View};
use crate::ui::format;
use crate::ui::stores::{
    Dialog as DialogName, Goal, Loading, Navigation, Notices, use_color_scheme, use_data, use_downloads,
    use_loading, use_navigation, use_notices, use_printing,
};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The bar at the top. On the empty page there are no views to go to.
#[component]
pub fn Header(is_empty: Memo<bool>) -> impl IntoView {
    let navigation = use_navigation();
    view! {
        <header class="header">
            <ViewLink to=|view: &mut View| view.go(Route::Overview) attr:class="brand">
                <span class="brand-mark" aria-hidden="true"></span>
                "Passgrid"
            </ViewLink>
            <Show when=move || !is_empty.get()>
                <nav class="nav" aria-label="Views">
                    {Route::ALL.into_iter().filter(|route| route.within() == *route).map(|route| view! { <NavLink route=route /> }).collect_view()}
                </nav>
                <div class="header-actions">
                    <ClearButton />
                    <Show when=move || !navigation.view.with(|view| view.demo)>
                        <KeepButton />
                    </Show>
                    <AddMenu />
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

/// A link to a view; the one to the files has a badge with the number of problems.
#[component]
fn NavLink(route: Route) -> impl IntoView {
    let (navigation, data) = (use_navigation(), use_data());
    let current = move || {
        let shown = navigation.view.with(|view| view.route);
        (shown.within() == route).then_some(if shown == route { "page" } else { "true" })
    };
    // How many files to review, and whether some are unreadable.
    let review = move || {
        let overview = data.overview.get().filter(|_| route == Route::Files)?;
        let problems = &overview.problems;
        Some((problems.to_review(), problems.unreadable > 0)).filter(|(files, _)| *files > 0)
    };
    let badge = move || review().map(|(files, _)| files.to_string());
    let severity = move || review().map(|(_, is_error)| if is_error { "error" } else { "warning" });
    let title = move || {
        review().map(|(files, _)| {
            let verb = if files == 1 { "needs" } else { "need" };
            format!("{} {verb} a look", format::plural(files, "file"))
        })
    };
    view! {
        <ViewLink
            to=move |view: &mut View| view.go(route)
            attr:aria-current=current
            attr:data-badge=badge
            attr:data-severity=severity
            attr:title=title
        >
            {route.title()}
        </ViewLink>
    }
}

/// Links to the views that belong together with the one on screen; nothing for a view on its own.
#[component]
pub fn Tabs() -> impl IntoView {
    let navigation = use_navigation();
    let shown = Memo::new(move |_| navigation.view.with(|view| view.route.within()));
    let links = move || {
        let tab = |route: Route| {
            let current = move || navigation.view.with(|view| view.route == route).then_some("page");
            view! {
                <ViewLink to=move |view: &mut View| view.go(route) attr:aria-current=current>
                    {route.tab()}
                </ViewLink>
            }
        };
        let shown = shown.get();
        (shown.tabs().count() > 1).then(|| {
            view! {
                <nav class="tabs" aria-label=shown.title()>
                    {shown.tabs().map(tab).collect_view()}
                </nav>
            }
        })
    };
    view! { {links} }
}

/// Clears all files; asks first if some of them cannot be loaded again by the page.
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
                class="button clear-button"
                id="clear"
                title="Clear all files and start over (g x)"
                on:click=move |_| clear_or_ask(navigation, loading)
            >
                <span class="clear-label">"Clear"</span>
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
    if loading.has_own_files() && !loading.shows_library() {
        navigation.dialog.set(Some(DialogName::ConfirmClear));
    } else {
        loading.clear();
    }
}

#[component]
fn Downloads() -> impl IntoView {
    let (navigation, loading, notices) = (use_navigation(), use_loading(), use_notices());
    let (downloads, printing) = (use_downloads(), use_printing());
    let items = move || {
        let filter = navigation.view.with(|view| view.test_filter().words());
        let item = |kind: Export| {
            let explanation = match &filter {
                Some(words) if kind.follows_filter() => format!("only {words}"),
                _ => kind.explanation().to_owned(),
            };
            MenuItem {
                name: kind.name(),
                explanation,
                choose: Box::new(move || downloads.start(Goal::Save(kind))),
            }
        };
        let copy = MenuItem {
            name: "Copy as Markdown",
            explanation: "the report, to paste into a merge request".to_owned(),
            choose: Box::new(move || downloads.start(Goal::CopyReport)),
        };
        let print = MenuItem {
            name: "Print or PDF",
            explanation: "DUTs and failing tests, on A4 (Ctrl+P)".to_owned(),
            choose: Box::new(move || printing.start(&navigation.view.get_untracked())),
        };
        let report = MenuItem {
            name: "Report (HTML)",
            explanation: "this page with all files in it; opens without a server".to_owned(),
            choose: Box::new(move || downloads.start(Goal::Report)),
        };
        let site = MenuItem {
            name: "Site (zip)",
            explanation: "this page and all files, for any static web host".to_owned(),
            choose: Box::new(move || downloads.start(Goal::Site)),
        };
        let link = MenuItem {
            name: "Copy link to these files",
            explanation: "with their hashes, so that a changed file is reported".to_owned(),
            choose: Box::new(move || copy_link(navigation, loading, notices)),
        };
        let link = navigation.view.with(|view| !view.sources.is_empty()).then_some(link);
        Export::ALL.iter().copied().map(item).chain([copy, report, site, print]).chain(link).collect()
    };
    view! { <Menu label="Download" is_primary=true items=items /> }
}

/// Copies a link to the view on screen and to the files as they are now.
fn copy_link(navigation: Navigation, loading: Loading, notices: Notices) {
    spawn_local(async move {
        let mut view = navigation.view.get_untracked();
        view.sources = loading.sources_with_hashes().await;
        let page = fetch::page();
        let page = page.split(['?', '#']).next().unwrap_or_default();
        notices.show(match clipboard::copy(&format!("{page}{}", view.to_query())).await {
            true => "The link was copied. It reports files that change from now on.",
            false => "Your browser blocked copying.",
        });
    });
}

/// Switches between light and dark.
#[component]
fn ThemeSwitch() -> impl IntoView {
    let scheme = use_color_scheme();
    view! {
        <button
            type="button"
            class="button button-icon theme-switch"
            aria-label="Switch between light and dark"
            title="Switch between light and dark"
            on:click=move |_| scheme.switch()
        ></button>
    }
}
