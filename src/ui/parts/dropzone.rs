//! Dropping anywhere, pasting anywhere.

use crate::browser::document;
use crate::browser::files::Transfer;
use crate::ui::dom::{El, el, on_window};
use crate::ui::signals::*;
use crate::ui::state::state;
use web_sys::{ClipboardEvent, DragEvent};

/// Takes what is dropped on the window or pasted into it. It is there as long
/// as the page is.
pub fn drop_zone() -> El {
    let state = state();
    // Entering a child comes before leaving its parent: count, do not toggle.
    let depth = RwSignal::new(0_u32);
    on_window("dragenter", move |event: &DragEvent| {
        if has_files(event) {
            event.prevent_default();
            depth.update(|depth| *depth += 1);
        }
    });
    on_window("dragover", move |event: &DragEvent| {
        if has_files(event) {
            event.prevent_default();
        }
    });
    on_window("dragleave", move |_: &DragEvent| {
        depth.update(|depth| *depth = depth.saturating_sub(1));
    });
    on_window("drop", move |event: &DragEvent| {
        event.prevent_default();
        depth.set(0);
        if let Some(data) = event.data_transfer() {
            state.load_transfer(Transfer::new(&data));
        }
    });
    on_window("paste", move |event: &ClipboardEvent| {
        if document::is_typing() {
            return;
        }
        if let Some(data) = event.clipboard_data() {
            event.prevent_default();
            state.load_transfer(Transfer::new(&data));
        }
    });
    el("div").when(
        move || depth.get() > 0,
        || {
            el("div.drop-over")
                .attr("aria-hidden", "true")
                .child(el("p").child("Drop result files or folders"))
        },
    )
}

fn has_files(event: &DragEvent) -> bool {
    let types = event.data_transfer().map(|data| data.types());
    types.is_some_and(|types| types.includes(&"Files".into(), 0) || types.includes(&"text/plain".into(), 0))
}
