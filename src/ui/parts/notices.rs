//! What happens, and what went wrong.

use crate::ui::format;
use crate::ui::state::state;
use leptos::prelude::*;

/// How far loading is, and Cancel.
#[component]
pub fn LoadingBar() -> impl IntoView {
    let state = state();
    let is_loading = Memo::new(move |_| state.progress.with(Option::is_some) || state.fetching.get() > 0);
    let progress = move || state.progress.get().unwrap_or_default();
    let fraction = move || {
        let progress = progress();
        if progress.bytes_total > 0.0 { progress.bytes / progress.bytes_total } else { 0.0 }
    };
    let text = move || {
        let (progress, fetching) = (progress(), state.fetching.get());
        if fetching > 0 {
            return format!(
                "waiting for {}",
                if fetching == 1 { "an address".to_owned() } else { format!("{fetching} addresses") }
            );
        }
        format!(
            "{} of {} · {} of {} · {}",
            format::count(progress.files),
            format::plural(progress.files_total, "file"),
            format::bytes(progress.bytes.min(progress.bytes_total)),
            format::bytes(progress.bytes_total),
            format::plural(progress.results as u32, "result"),
        )
    };
    view! {
        <Show when=move || is_loading.get()>
            <div class="loading">
                <div
                    class="loading-bar"
                    role="progressbar"
                    aria-label="Reading files"
                    aria-valuemin="0"
                    aria-valuemax="100"
                    aria-valuenow=move || format!("{:.0}", fraction() * 100.0)
                    aria-valuetext=text
                >
                    <div class="loading-fill" style:transform=move || format!("scaleX({:.4})", fraction())></div>
                </div>
                <span class="loading-text">{move || if state.fetching.get() > 0 { "Loading: " } else { "Reading " }} {text}</span>
                <button type="button" class="button button-small" on:click=move |_| state.cancel()>"Cancel"</button>
            </div>
        </Show>
    }
}

/// Messages, until they are put away.
#[component]
pub fn Notices() -> impl IntoView {
    let state = state();
    view! {
        <div class="notices" role="status" aria-live="polite">
            {move || {
                state.failure.get().map(|why| view! {
                    <div class="notice notice-error">
                        <span>
                            "Passgrid cannot read files here: " {why}
                            ". Reload the page; your files are where they were."
                        </span>
                    </div>
                })
            }}
            {move || {
                state.notice.get().map(|text| view! {
                    <div class="notice">
                        <span>{text}</span>
                        <button
                            type="button"
                            class="button button-small"
                            on:click=move |_| state.notice.set(None)
                        >
                            "Dismiss"
                        </button>
                    </div>
                })
            }}
        </div>
    }
}
