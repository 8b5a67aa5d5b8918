//! The clipboard.

use wasm_bindgen_futures::JsFuture;

/// Copies a text; false where the browser does not let us.
pub async fn copy(text: &str) -> bool {
    let promise = super::document::window().navigator().clipboard().write_text(text);
    JsFuture::from(promise).await.is_ok()
}

/// The text on the clipboard, if a person allows it.
pub async fn text() -> Result<String, ()> {
    let promise = super::document::window().navigator().clipboard().read_text();
    let text = JsFuture::from(promise).await.map_err(|_| ())?;
    text.as_string().ok_or(())
}
