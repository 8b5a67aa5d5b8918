//! Switching off what is kept without asking, the space, and deleting everything.

use super::list::Sure;
use crate::browser::requests;
use crate::text::listed;
use crate::ui::format;
use crate::ui::stores::{MOST_LAST_BYTES, use_libraries, use_loading};
use leptos::prelude::*;
use std::collections::BTreeMap;

/// Switching off what is kept without asking, the space, and deleting everything.
#[component]
pub fn Settings() -> impl IntoView {
    let (libraries, loading) = (use_libraries(), use_loading());
    let is_sure = RwSignal::new(false);
    let space = move || {
        let space = libraries.space.get()?;
        let used = format!("{} of {} used.", format::bytes(space.used), format::bytes(space.quota));
        Some(if libraries.is_persistent.get() {
            format!("{used} The browser has agreed not to delete it by itself.")
        } else {
            format!("{used} The browser may delete it when the disk is nearly full.")
        })
    };
    let delete_all = move || {
        is_sure.set(false);
        loading.delete_all();
    };
    view! {
        <section class="kept-settings" aria-label="Settings">
            <label class="help-switch">
                <input
                    type="checkbox"
                    prop:checked=move || libraries.keeps_last.get()
                    on:change=move |event| libraries.keep_last(event_target_checked(&event))
                />
                {format!(
                    "Keep what I drop for 7 days, up to {}, so that it survives a reload",
                    format::bytes(MOST_LAST_BYTES),
                )}
            </label>
            <p class="hint">"Nothing is uploaded. " {space}</p>
            <p class="hint">{requests_words(&requests::by_host())}</p>
            <p>
                <button
                    type="button"
                    class="button button-small"
                    aria-expanded=move || is_sure.get().to_string()
                    on:click=move |_| is_sure.update(|is_sure| *is_sure = !*is_sure)
                >
                    "Delete everything"
                </button>
            </p>
            <Show when=move || is_sure.get()>
                <Sure
                    words="Deletes all libraries and what was dropped last. Files on disk are unchanged.".to_owned()
                    label="Delete everything now".to_owned()
                    act=delete_all
                />
            </Show>
        </section>
    }
}

/// Which hosts the page asked, and how often.
fn requests_words(hosts: &BTreeMap<String, u32>) -> String {
    let named: Vec<String> = hosts
        .iter()
        .map(|(host, requests)| {
            let host = if host.is_empty() { "its own host" } else { host };
            format!("{} to {host}", format::plural(*requests, "request"))
        })
        .collect();
    if named.is_empty() {
        return "This page has sent no requests since it was opened.".to_owned();
    }
    let named: Vec<&str> = named.iter().map(String::as_str).collect();
    format!("Since it was opened, this page has sent {}.", listed(&named))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_counted_per_host() {
        let words = |hosts: &[(&str, u32)]| {
            requests_words(&hosts.iter().map(|(host, requests)| ((*host).to_owned(), *requests)).collect())
        };
        assert_eq!(words(&[]), "This page has sent no requests since it was opened.");
        assert_eq!(
            words(&[("", 12), ("a.example", 1)]),
            "Since it was opened, this page has sent 12 requests to its own host and 1 request to a.example."
        );
    }
}
