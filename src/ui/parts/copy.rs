//! Copying to the clipboard.

use crate::browser::clipboard;
use crate::ui::stores::use_notices;
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// How long a button says "Copied", in milliseconds.
const COPIED_MS: u32 = 2000;

/// A button that copies a text.
#[component]
pub fn CopyButton(
    /// Completes "Copy …".
    #[prop(into)]
    what: String,
    /// Whether the button shows what it copies, and not just "Copy".
    #[prop(optional)]
    is_named: bool,
    /// The text.
    text: impl Fn() -> String + 'static,
) -> impl IntoView {
    let notices = use_notices();
    let is_copied = RwSignal::new(false);
    let copy = move |_| {
        let text = text();
        spawn_local(async move {
            if !clipboard::copy(&text).await {
                notices.show("Your browser blocked copying.");
                return;
            }
            // The button may be gone in the meantime.
            let _ = is_copied.try_set(true);
            TimeoutFuture::new(COPIED_MS).await;
            let _ = is_copied.try_set(false);
        });
    };
    let name = format!("Copy {what}");
    let title = name.clone();
    let label = if is_named { name.clone() } else { "Copy".to_owned() };
    view! {
        <button
            type="button"
            class="button button-small copy"
            title=title
            aria-label=move || if is_copied.get() { "Copied".to_owned() } else { name.clone() }
            on:click=copy
        >
            <span aria-live="polite">
                {move || if is_copied.get() { "Copied".to_owned() } else { label.clone() }}
            </span>
        </button>
    }
}
