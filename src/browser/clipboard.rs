//! The clipboard.

use gloo_utils::window;
use wasm_bindgen_futures::JsFuture;

/// Copies a text. Returns false if the browser blocks it.
pub async fn copy(text: &str) -> bool {
    let promise = window().navigator().clipboard().write_text(text);
    JsFuture::from(promise).await.is_ok()
}

/// Returns the text on the clipboard, or `None` if the browser or the person blocks it.
pub async fn text() -> Option<String> {
    let promise = window().navigator().clipboard().read_text();
    JsFuture::from(promise).await.ok()?.as_string()
}
