//! The order of builds, which a person can change.

use crate::analyze::BuildsBy;
use crate::browser::document;
use crate::engine::{GetBuilds, OrderBuilds};
use crate::ui::format;
use crate::ui::hooks::use_query;
use crate::ui::parts::Popover;
use crate::ui::stores::{Data, use_data};
use gloo_timers::callback::Timeout;
use leptos::html::Button;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// How many of the newest builds can be moved.
const LISTED: usize = 200;

/// A button that opens the list of builds.
#[component]
pub fn BuildOrder() -> impl IntoView {
    let answer = use_query(move || Some(GetBuilds)).answer;
    let has_several =
        Memo::new(move |_| answer.with(|answer| answer.as_ref().is_some_and(|a| a.0.len() > 1)));
    let is_chosen =
        Memo::new(move |_| answer.with(|answer| answer.as_ref().is_some_and(|a| a.1 == BuildsBy::Chosen)));
    // Newest first, as a person reads the list.
    let builds = Memo::new(move |_| {
        let builds = answer.with(|answer| answer.as_ref().map(|answer| answer.0.clone()));
        builds.unwrap_or_default().into_iter().rev().collect::<Vec<String>>()
    });
    view! {
        <Show when=move || has_several.get()>
            <Popover
                label="Order of builds"
                name="Order of builds"
                class="button button-small"
                title="Which build came after which"
                is_on=is_chosen
            >
                <BuildList builds=builds is_chosen=is_chosen />
            </Popover>
        </Show>
    }
}

/// The builds, newest first, each with buttons that move it.
#[component]
fn BuildList(builds: Memo<Vec<String>>, is_chosen: Memo<bool>) -> impl IntoView {
    let data = use_data();
    let more = move || {
        let more = builds.with(Vec::len).saturating_sub(LISTED) as u32;
        (more > 0).then(|| format!("{} are not listed.", format::plural(more, "older build")))
    };
    view! {
        <p class="hint">"Newest first. All views follow this order, also for which session is the latest."</p>
        <ol class="build-order" aria-label="Builds, newest first">
            <For
                each=move || builds.get().into_iter().take(LISTED)
                key=Clone::clone
                children=move |build| view! { <BuildLine name=build builds=builds /> }
            />
        </ol>
        <p class="hint">{more}</p>
        <Show when=move || is_chosen.get()>
            <span class="popover-buttons">
                <button type="button" class="button button-small" on:click=move |_| order(data, Vec::new())>
                    "Back to start times and names"
                </button>
            </span>
        </Show>
    }
}

/// A build.
#[component]
fn BuildLine(name: String, builds: Memo<Vec<String>>) -> impl IntoView {
    let data = use_data();
    let place = {
        let name = name.clone();
        move || builds.with(|builds| builds.iter().position(|other| *other == name))
    };
    // `by` says by how many places it moves down.
    let button = |label: &'static str, words: &'static str, by: isize| {
        let place = place.clone();
        let target = move || place()?.checked_add_signed(by).filter(|to| *to < builds.with(Vec::len));
        let target = Memo::new(move |_| target());
        let (button, is_pressed) = (NodeRef::<Button>::new(), StoredValue::new(false));
        // A button that moves with its line loses the focus.
        Effect::new(move || {
            builds.track();
            if is_pressed.try_update_value(std::mem::take).unwrap_or_default() {
                Timeout::new(0, move || document::focus(button.try_get_untracked().flatten().as_deref()))
                    .forget();
            }
        });
        let press = move |_| {
            if let Some(to) = target.get_untracked() {
                let mut list = builds.get_untracked();
                list.swap(to.saturating_add_signed(-by), to);
                list.reverse();
                is_pressed.set_value(true);
                order(data, list);
            }
        };
        view! {
            <button
                type="button"
                class="button button-small"
                aria-label=format!("Move {name} {words}")
                // Not `disabled`: the button would lose the focus.
                aria-disabled=move || target.get().is_none().then_some("true")
                node_ref=button
                on:click=press
            >
                {label}
            </button>
        }
    };
    view! {
        <li>
            <span class="line" title=name.clone()>
                {name.clone()}
            </span>
            {button("↑", "up", -1)}
            {button("↓", "down", 1)}
        </li>
    }
}

/// Sets the order, oldest first.
fn order(data: Data, builds: Vec<String>) {
    spawn_local(async move {
        if data.ask(OrderBuilds(builds)).await.is_some() {
            data.refresh_now();
        }
    });
}
