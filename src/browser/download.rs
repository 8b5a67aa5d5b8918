//! Saving files.

use crate::export::Download;
use gloo_file::{Blob, ObjectUrl};
use gloo_timers::future::TimeoutFuture;
use gloo_utils::document;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::HtmlAnchorElement;

/// How long the URL of a file stays valid, in milliseconds: enough for the browser
/// to begin saving it.
const URL_LIFETIME_MS: u32 = 60_000;

/// Saves a file. Returns false if the browser blocks it.
pub fn save(file: &Download) -> bool {
    save_blob(&file.name, Blob::new_with_options(file.bytes.as_slice(), Some(&file.media_type)))
}

/// Saves a blob under a name. Returns false if the browser blocks it.
pub fn save_blob(name: &str, blob: Blob) -> bool {
    let url = ObjectUrl::from(blob);
    let Ok(anchor) = document().create_element("a") else {
        return false;
    };
    let anchor: HtmlAnchorElement = anchor.unchecked_into();
    anchor.set_href(&url);
    anchor.set_download(name);
    anchor.click();
    spawn_local(async move {
        TimeoutFuture::new(URL_LIFETIME_MS).await;
        drop(url);
    });
    true
}
