//! Hashes of files.

use gloo_utils::window;
use js_sys::{ArrayBuffer, Uint8Array};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::Blob;

/// The SHA-256 of a file in hexadecimal digits; `None` if the browser does not compute it, as on pages without encryption.
pub async fn sha256(blob: &Blob) -> Option<String> {
    let bytes: ArrayBuffer = JsFuture::from(blob.array_buffer()).await.ok()?.unchecked_into();
    let digest = window().crypto().ok()?.subtle().digest_with_str_and_buffer_source("SHA-256", &bytes);
    let digest = JsFuture::from(digest.ok()?).await.ok()?;
    Some(Uint8Array::new(&digest).to_vec().iter().map(|byte| format!("{byte:02x}")).collect())
}
