//! Drops that arrived before the app started.

use super::files::Transfer;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{File, FileSystemEntry};

#[wasm_bindgen]
extern "C" {
    /// Ends the inline script of index.html that accepts drops while the page
    /// loads, and returns those drops.
    #[wasm_bindgen(catch, js_name = passgridStarted)]
    fn passgrid_started() -> Result<js_sys::Array, JsValue>;

    /// One drop: the content of `DataTransfer` during the event.
    type EarlyDrop;

    #[wasm_bindgen(method, getter)]
    fn entries(this: &EarlyDrop) -> js_sys::Array;

    #[wasm_bindgen(method, getter)]
    fn files(this: &EarlyDrop) -> js_sys::Array;

    #[wasm_bindgen(method, getter)]
    fn text(this: &EarlyDrop) -> Option<String>;
}

/// Takes over from the inline script, and returns the drops that it accepted, in order.
pub fn take_drops() -> Vec<Transfer> {
    let Ok(drops) = passgrid_started() else {
        return Vec::new();
    };
    drops
        .iter()
        .map(|drop| {
            let drop: EarlyDrop = drop.unchecked_into();
            let entries =
                drop.entries().iter().map(|entry| entry.unchecked_into::<FileSystemEntry>()).collect();
            let files = drop.files().iter().map(|file| file.unchecked_into::<File>()).collect();
            Transfer::from_parts(entries, files, drop.text())
        })
        .collect()
}
