//! Dropping anywhere, pasting anywhere.

use crate::browser::document;
use crate::browser::files::Transfer;
use crate::ui::state::state;
use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{ClipboardEvent, DragEvent, Event, HtmlElement};

/// Takes what is dropped on the window or pasted into it.
#[component]
pub fn DropZone() -> impl IntoView {
    let state = state();
    // Entering a child comes before leaving its parent: count, do not toggle.
    let depth = RwSignal::new(0_i32);
    let has_files = |event: &DragEvent| {
        let types = event.data_transfer().map(|data| data.types());
        types.is_some_and(|types| {
            types.includes(&"Files".into(), 0) || types.includes(&"text/plain".into(), 0)
        })
    };
    let listeners = [
        window_event_listener(ev::dragenter, move |event| {
            if has_files(&event) {
                event.prevent_default();
                depth.update(|depth| *depth += 1);
            }
        }),
        window_event_listener(ev::dragover, move |event| {
            if has_files(&event) {
                event.prevent_default();
            }
        }),
        window_event_listener(ev::dragleave, move |_| depth.update(|depth| *depth = (*depth - 1).max(0))),
        window_event_listener(ev::drop, move |event| {
            event.prevent_default();
            depth.set(0);
            if let Some(data) = event.data_transfer() {
                state.load_transfer(Transfer::new(&data));
            }
        }),
        window_event_listener(ev::paste, move |event| {
            let event: Event = event.unchecked_into();
            if is_typing() {
                return;
            }
            if let Some(data) = event.unchecked_ref::<ClipboardEvent>().clipboard_data() {
                event.prevent_default();
                state.load_transfer(Transfer::new(&data));
            }
        }),
    ];
    on_cleanup(move || listeners.into_iter().for_each(WindowListenerHandle::remove));
    view! {
        <Show when=move || { depth.get() > 0 }>
            <div class="drop-over" aria-hidden="true">
                <p>"Drop result files or folders"</p>
            </div>
        </Show>
    }
}

/// The focus is in a field that takes text itself.
fn is_typing() -> bool {
    let focused = document::document().active_element();
    let focused = focused.and_then(|element| element.dyn_into::<HtmlElement>().ok());
    focused.is_some_and(|element| {
        let is_field = matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA");
        is_field && element.get_attribute("type").as_deref() != Some("file")
    })
}
