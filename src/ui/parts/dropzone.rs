//! Dropping and pasting anywhere in the window.

use crate::browser::document;
use crate::browser::files::Transfer;
use crate::ui::hooks::on_window;
use crate::ui::stores::use_loading;
use leptos::ev::{self, DragEvent};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::ClipboardEvent;

/// Reads what is dropped on the window or pasted into it.
#[component]
pub fn DropZone() -> impl IntoView {
    let loading = use_loading();
    // `dragenter` of a child comes before `dragleave` of its parent, so these
    // are counted.
    let depth = RwSignal::new(0_u32);
    on_window(ev::dragenter, move |event| {
        if has_files(&event) {
            event.prevent_default();
            depth.update(|depth| *depth += 1);
        }
    });
    on_window(ev::dragover, move |event| {
        if has_files(&event) {
            event.prevent_default();
        }
    });
    on_window(ev::dragleave, move |_| {
        depth.update(|depth| *depth = depth.saturating_sub(1));
    });
    on_window(ev::drop, move |event| {
        event.prevent_default();
        depth.set(0);
        if let Some(data) = event.data_transfer() {
            loading.load_transfer(Transfer::new(&data));
        }
    });
    on_window(ev::paste, move |event| {
        let event: &ClipboardEvent = event.unchecked_ref();
        if document::is_typing() {
            return;
        }
        if let Some(data) = event.clipboard_data() {
            event.prevent_default();
            loading.load_transfer(Transfer::new(&data));
        }
    });
    view! {
        <div>
            <Show when=move || { depth.get() > 0 }>
                <div class="drop-over" aria-hidden="true">
                    <p>"Drop result files or folders"</p>
                </div>
            </Show>
        </div>
    }
}

fn has_files(event: &DragEvent) -> bool {
    let types = event.data_transfer().map(|data| data.types());
    types.is_some_and(|types| types.includes(&"Files".into(), 0) || types.includes(&"text/plain".into(), 0))
}
