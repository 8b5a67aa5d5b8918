//! What a person can do with a file.

use crate::analyze::FilePage;
use crate::engine::ImportOptions;
use crate::import::{ABOUT, SET_BY_YOU};
use crate::ui::stores::{use_loading, use_navigation};
use leptos::prelude::*;
use std::sync::Arc;

/// The bar with the actions of a file.
#[component]
pub fn Actions(page: Memo<Arc<FilePage>>) -> impl IntoView {
    let (navigation, loading) = (use_navigation(), use_loading());
    let is = move |read: fn(&FilePage) -> bool| Signal::derive(move || page.with(|page| read(page)));
    let read_with = move |change: fn(&mut ImportOptions)| {
        let page = page.get_untracked();
        let mut options = options_of(&page);
        change(&mut options);
        loading.reread_as(page.file, page.path.clone(), options);
    };
    let either = move |read: fn(&FilePage) -> bool, yes: &'static str, no: &'static str| {
        Signal::derive(move || if page.with(|page| read(page)) { yes } else { no })
    };
    let replace = move || {
        if let Some(earlier) = page.with_untracked(|page| page.earlier) {
            loading.replace(earlier);
        }
    };
    let remove = move || {
        let page = page.get_untracked();
        loading.remove(page.file, &page.path);
        navigation.close_details();
    };
    view! {
        <div class="file-actions">
            <Show when=move || page.with(|page| page.members.is_none() && page.bytes > 0)>
                <FormatChoice page=page />
            </Show>
            <Action
                when=is(|page| page.bytes > 0)
                label="Re-read from disk"
                title="Reads it as it is on disk now"
                act=move || loading.reread_from_disk(page.with_untracked(|page| page.path.clone()))
            />
            <Action
                when=is(|page| page.is_joined || page.counts_alone)
                label=either(|page| page.counts_alone, "Count as one session", "Count separately")
                title=either(
                    |page| page.counts_alone,
                    "Treats it as part of the session it belongs to",
                    "Counts it as its own session, even if other files have the same results",
                )
                act=move || read_with(|options| options.counts_alone = !options.counts_alone)
            />
            <Action
                when=is(|page| page.earlier.is_some())
                label="Replace the earlier file"
                title="Another file with this path came first, and both count. Removes the other one."
                act=replace
            />
            <Action
                when=is(|page| page.has_suites_as_duts)
                label=either(|page| page.is_one_dut, "Treat suites as DUTs", "Treat as one DUT")
                title="Whether suites named like devices are DUTs of their own"
                act=move || read_with(|options| options.is_one_dut = !options.is_one_dut)
            />
            <Action
                when=is(|page| page.has_equal_names)
                label=either(
                    |page| page.are_attempts,
                    "Treat equal names as tests",
                    "Treat equal names as attempts",
                )
                title="Whether entries with the same name are attempts of one test"
                act=move || read_with(|options| options.are_attempts = !options.are_attempts)
            />
            <Action
                when=true
                label="Remove"
                title="Excludes it from all results. Undo with Ctrl+Z in Files."
                act=remove
            />
        </div>
    }
}

/// The button of an action, where it makes sense.
#[component]
fn Action(
    /// Whether it makes sense.
    #[prop(into)]
    when: Signal<bool>,
    #[prop(into)] label: Signal<&'static str>,
    /// What it does, on hover.
    #[prop(into)]
    title: Signal<&'static str>,
    act: impl Fn() + Copy + Send + Sync + 'static,
) -> impl IntoView {
    view! {
        <Show when=move || when.get()>
            <button type="button" class="button button-small" title=title on:click=move |_| act()>
                {label}
            </button>
        </Show>
    }
}

/// The key of the format that a person chose; "" if it is detected.
fn chosen_format(page: &FilePage) -> String {
    if page.why == SET_BY_YOU { page.format.0.clone() } else { String::new() }
}

/// The options by which a file was read.
fn options_of(page: &FilePage) -> ImportOptions {
    ImportOptions {
        format: chosen_format(page),
        counts_alone: page.counts_alone,
        are_attempts: page.are_attempts,
        is_one_dut: page.is_one_dut,
        ..ImportOptions::default()
    }
}

/// The choice of the format that the file is read as.
#[component]
fn FormatChoice(page: Memo<Arc<FilePage>>) -> impl IntoView {
    let loading = use_loading();
    let chosen = Memo::new(move |_| page.with(|page| chosen_format(page)));
    let choose = move |event| {
        let page = page.get_untracked();
        let options = ImportOptions { format: event_target_value(&event), ..options_of(&page) };
        loading.reread_as(page.file, page.path.clone(), options);
    };
    let option = move |key: &'static str, name: &'static str| {
        view! {
            <option value=key prop:selected=move || chosen.with(|chosen| chosen == key)>
                {name}
            </option>
        }
    };
    view! {
        <label class="file-treat">
            "Treat as"
            <select class="field" aria-label="Treat as" on:change=choose>
                {option("", "Detect automatically")}
                {ABOUT.iter().map(|about| option(about.key, about.name)).collect_view()}
            </select>
        </label>
    }
}
