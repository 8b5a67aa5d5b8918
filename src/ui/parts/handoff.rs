//! Being part of other pages: the question whether one may hand over files, and the link out of a frame.

use super::dialog::Dialog;
use crate::ui::format;
use crate::ui::stores::{use_loading, use_navigation};
use leptos::prelude::*;

/// Asks whether a page may hand over files, and names where it is from.
#[component]
pub fn HandoffDialog() -> impl IntoView {
    let loading = use_loading();
    let for_good = RwSignal::new(false);
    let close = move || loading.answer_offer(false, false);
    let words = move || {
        loading.offered.with(|offer| {
            let offer = offer.as_ref()?;
            let files = format::plural(offer.files.len() as u32, "file");
            let bytes = format::bytes(offer.files.iter().map(|found| found.file.size()).sum());
            Some(format!("The page that opened Passgrid hands over {files} ({bytes}). It is from:"))
        })
    };
    let origin = move || {
        let origin = loading.offered.with(|offer| offer.as_ref().map(|offer| offer.origin.clone()));
        let origin = origin.unwrap_or_default();
        if origin == "null" { "a file, or a page without an origin".to_owned() } else { origin }
    };
    view! {
        <div>
            <Show when=move || loading.offered.with(Option::is_some)>
                <Dialog id="handoff-title" title="Read files of another page?" on_close=close>
                    <div>
                        <p>{words}</p>
                        <p>
                            <strong>{origin}</strong>
                        </p>
                        <p class="hint">"The files stay in this browser. The other page does not see them here."</p>
                        <p>
                            <label>
                                <input type="checkbox" bind:checked=for_good />
                                " Always allow this page"
                            </label>
                        </p>
                        <p class="dialog-sure">
                            <button
                                type="button"
                                class="button button-primary"
                                on:click=move |_| loading.answer_offer(true, for_good.get_untracked())
                            >
                                "Read files"
                            </button>
                        </p>
                    </div>
                </Dialog>
            </Show>
        </div>
    }
}

/// The way from a frame to the whole page.
#[component]
pub fn EmbeddedLink() -> impl IntoView {
    let navigation = use_navigation();
    view! {
        <a
            class="embedded-link"
            href=move || navigation.href(|view| view.embed = false)
            target="_blank"
            rel="noopener"
        >
            "Open in Passgrid"
        </a>
    }
}
