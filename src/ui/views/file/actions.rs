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
    let has_content = Memo::new(move |_| page.with(|page| page.bytes > 0));
    let has_format = Memo::new(move |_| page.with(|page| page.members.is_none() && page.bytes > 0));
    let counts_alone = Memo::new(move |_| page.with(|page| page.counts_alone));
    let is_joined = Memo::new(move |_| page.with(|page| page.is_joined));
    let reread = move |_| loading.reread_from_disk(page.with_untracked(|page| page.path.clone()));
    let read_with = move |change: fn(&mut ImportOptions)| {
        let page = page.get_untracked();
        let mut options = options_of(&page);
        change(&mut options);
        loading.reread_as(page.file, page.path.clone(), options);
    };
    let count_otherwise = move |_| read_with(|options| options.counts_alone = !options.counts_alone);
    let has_suites_as_duts = Memo::new(move |_| page.with(|page| page.has_suites_as_duts));
    let is_one_dut = Memo::new(move |_| page.with(|page| page.is_one_dut));
    let has_equal_names = Memo::new(move |_| page.with(|page| page.has_equal_names));
    let are_attempts = Memo::new(move |_| page.with(|page| page.are_attempts));
    let (count_label, count_title) = (
        move || if counts_alone.get() { "Count as one session" } else { "Count separately" },
        move || {
            if counts_alone.get() {
                "Treats it as part of the session it belongs to"
            } else {
                "Counts it as its own session, even if other files have the same results"
            }
        },
    );
    let earlier = Memo::new(move |_| page.with(|page| page.earlier));
    let replace = move |_| {
        if let Some(earlier) = earlier.get_untracked() {
            loading.replace(earlier);
        }
    };
    let remove = move |_| {
        let page = page.get_untracked();
        loading.remove(page.file, &page.path);
        navigation.close_details();
    };
    view! {
        <div class="file-actions">
            <Show when=move || has_format.get()>
                <FormatChoice page=page />
            </Show>
            <Show when=move || has_content.get()>
                <button type="button" class="button button-small" on:click=reread>
                    "Re-read from disk"
                </button>
            </Show>
            <Show when=move || is_joined.get() || counts_alone.get()>
                <button
                    type="button"
                    class="button button-small"
                    title=count_title
                    on:click=count_otherwise
                >
                    {count_label}
                </button>
            </Show>
            <Show when=move || earlier.get().is_some()>
                <button
                    type="button"
                    class="button button-small"
                    title="Another file with this path came first, and both count. Removes the other one."
                    on:click=replace
                >
                    "Replace the earlier file"
                </button>
            </Show>
            <Show when=move || has_suites_as_duts.get()>
                <button
                    type="button"
                    class="button button-small"
                    title="Whether suites named like devices are DUTs of their own"
                    on:click=move |_| read_with(|options| options.is_one_dut = !options.is_one_dut)
                >
                    {move || if is_one_dut.get() { "Treat suites as DUTs" } else { "Treat as one DUT" }}
                </button>
            </Show>
            <Show when=move || has_equal_names.get()>
                <button
                    type="button"
                    class="button button-small"
                    title="Whether entries with the same name are attempts of one test"
                    on:click=move |_| read_with(|options| options.are_attempts = !options.are_attempts)
                >
                    {move || {
                        if are_attempts.get() { "Treat equal names as tests" } else { "Treat equal names as attempts" }
                    }}
                </button>
            </Show>
            <button
                type="button"
                class="button button-small"
                title="Excludes it from all results. Undo with Ctrl+Z in Files."
                on:click=remove
            >
                "Remove"
            </button>
        </div>
    }
}

/// The options by which a file was read, except for its format.
fn options_of(page: &FilePage) -> ImportOptions {
    ImportOptions {
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
    // The key of the format that a person chose; "" if it is detected.
    let chosen = Memo::new(move |_| {
        page.with(|page| if page.why == SET_BY_YOU { page.format.0.clone() } else { String::new() })
    });
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
