//! Progress and messages.

use super::link::takes_over;
use crate::ui::format;
use crate::ui::stores::{use_loading, use_navigation, use_notices, use_offline};
use leptos::prelude::*;

/// The progress of reading, with Cancel.
#[component]
pub fn LoadingBar() -> impl IntoView {
    let loading = use_loading();
    let percent = move || {
        let progress = loading.progress.get().unwrap_or_default();
        let downloads = loading.downloads.get();
        let (bytes, total) = match loading.fetching.get() {
            0 => (progress.bytes, progress.bytes_total),
            _ => (downloads.bytes, downloads.bytes_total),
        };
        let fraction = if total > 0.0 { bytes / total } else { 0.0 };
        ((fraction * 100.0) as u32).min(100)
    };
    let text = move || {
        let progress = loading.progress.get().unwrap_or_default();
        match loading.fetching.get() {
            0 => format!(
                "{} of {} · {} of {} · {}",
                format::count(progress.files),
                format::plural(progress.files_total, "file"),
                format::bytes(progress.bytes.min(progress.bytes_total)),
                format::bytes(progress.bytes_total),
                format::plural(progress.results as u32, "result"),
            ),
            _ => {
                let downloads = loading.downloads.get();
                let files = format::plural(downloads.files_total, "file");
                let bytes = format::bytes(downloads.bytes);
                if downloads.bytes_total > downloads.bytes {
                    let total = format::bytes(downloads.bytes_total);
                    format!("{} of {files} · {bytes} of {total}", format::count(downloads.files))
                } else {
                    format!("{} of {files} · {bytes}", format::count(downloads.files))
                }
            }
        }
    };
    let verb = move || if loading.fetching.get() > 0 { "Downloading " } else { "Reading " };
    view! {
        <div>
            <Show when=move || loading.progress.with(Option::is_some) || { loading.fetching.get() > 0 }>
                <div class="loading">
                    <div
                        class="loading-bar"
                        role="progressbar"
                        aria-label="Reading files"
                        aria-valuemin="0"
                        aria-valuemax="100"
                        aria-valuenow=move || percent().to_string()
                        aria-valuetext=text
                    >
                        <div
                            class="loading-fill"
                            style:transform=move || format!("translateX(-{}%)", 100 - percent())
                        ></div>
                    </div>
                    <span class="loading-text">{verb} {text}</span>
                    <button type="button" class="button button-small" on:click=move |_| loading.cancel()>
                        "Cancel"
                    </button>
                </div>
            </Show>
        </div>
    }
}

/// The title of published results, and a button that loads older sessions.
#[component]
pub fn PublishedBar() -> impl IntoView {
    let loading = use_loading();
    let title = move || loading.published.with(|published| published.title.clone());
    let has_more = move || loading.published.with(|published| published.left() != (0, false));
    let more = move || {
        let (loaded, (left, is_open), next) =
            loading.published.with(|published| (published.loaded, published.left(), published.next()));
        let all = match is_open {
            true => "more".to_owned(),
            false => format::count(loaded + left),
        };
        let shown = format!("The newest {} of {all} sessions are loaded.", format::count(loaded));
        let label = match next {
            Some(next) => format!("Load older sessions ({})", format::count(next)),
            None => "Load older sessions".to_owned(),
        };
        view! {
            <span>{shown}</span>
            <button
                type="button"
                class="button button-small"
                aria-disabled=move || (loading.fetching.get() > 0).then_some("true")
                on:click=move |_| {
                    if loading.fetching.get_untracked() == 0 {
                        loading.load_older();
                    }
                }
            >
                {label}
            </button>
        }
    };
    view! {
        <div>
            <Show when=move || has_more() || !title().is_empty()>
                <div class="notice notice-published">
                    <strong>{title}</strong>
                    {move || has_more().then(more)}
                </div>
            </Show>
        </div>
    }
}

/// Messages, until they are dismissed.
#[component]
pub fn NoticeBar() -> impl IntoView {
    let (navigation, loading, notices) = (use_navigation(), use_loading(), use_notices());
    let leave_demo = move |event| {
        if takes_over(&event) {
            loading.clear();
        }
    };
    let failure = move || {
        notices.failure.get().map(|reason| {
            view! {
                <div class="notice notice-error">
                    <span>
                        {format!(
                            "Passgrid cannot read files here: {reason}. Reload the page; your files were not changed.",
                        )}
                    </span>
                </div>
            }
        })
    };
    let message = move || {
        notices.message.get().map(|text| {
            view! {
                <div class="notice">
                    <span>{text}</span>
                    <button
                        type="button"
                        class="button button-small"
                        on:click=move |_| notices.message.set(None)
                    >
                        "Dismiss"
                    </button>
                </div>
            }
        })
    };
    let offline = use_offline();
    let update = move || {
        offline.update.get().map(|update| {
            let words = if loading.has_own_files() && !loading.is_kept() {
                "A new version of Passgrid is ready. A reload removes what you dropped, because it is not kept."
            } else {
                "A new version of Passgrid is ready."
            };
            view! {
                <div class="notice">
                    <span>{words}</span>
                    <button type="button" class="button button-small" on:click=move |_| update.take_over()>
                        "Reload"
                    </button>
                    <button type="button" class="button button-small" on:click=move |_| offline.update.set(None)>
                        "Later"
                    </button>
                </div>
            }
        })
    };
    view! {
        <div class="notices" role="status" aria-live="polite">
            <Show when=move || navigation.view.with(|view| view.demo)>
                <div class="notice notice-demo">
                    <span>
                        "This is the demo: five boards of an imaginary speaker over eight builds. Drop your own files to begin."
                    </span>
                    <a href="?" on:click=leave_demo>
                        "Leave the demo"
                    </a>
                </div>
            </Show>
            {failure}
            {update}
            {message}
        </div>
    }
}
