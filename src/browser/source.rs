//! The content of files, for people to look at.

use crate::model::Encoding;
use js_sys::Uint8Array;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, TextDecoder, Url};

/// What a file can be shown as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// A picture of this type.
    Image(&'static str),
    /// Text.
    Text,
    /// Nothing that people read.
    Bytes,
}

/// What a file is, by its first bytes.
///
/// # Errors
///
/// What the browser says if it cannot read it.
pub async fn content_of(file: &Blob, encoding: Encoding) -> Result<Content, JsValue> {
    let head = bytes(file, 0.0, 1000.0).await?;
    Ok(match head.as_slice() {
        [0x89, b'P', b'N', b'G', ..] => Content::Image("image/png"),
        [0xFF, 0xD8, 0xFF, ..] => Content::Image("image/jpeg"),
        [b'G', b'I', b'F', b'8', ..] => Content::Image("image/gif"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Content::Image("image/webp"),
        head if encoding == Encoding::Utf8 && head.contains(&0) => Content::Bytes,
        [b'P', b'K', 3, 4, ..] | [0x1F, 0x8B, ..] | [0x80, 2..=5, ..] => Content::Bytes,
        _ => Content::Text,
    })
}

async fn bytes(file: &Blob, from: f64, to: f64) -> Result<Vec<u8>, JsValue> {
    let slice = file.slice_with_f64_and_f64(from.max(0.0), to.min(file.size()))?;
    Ok(Uint8Array::new(&JsFuture::from(slice.array_buffer()).await?).to_vec())
}

/// The text from one byte to another.
///
/// # Errors
///
/// What the browser says if it cannot read it.
pub async fn text(file: &Blob, encoding: Encoding, from: f64, to: f64) -> Result<String, JsValue> {
    TextDecoder::new_with_label(encoding.name())?.decode_with_u8_array(&bytes(file, from, to).await?)
}

/// An address for a file, for as long as the page is open or until it is let go.
pub fn address(file: &Blob, mime: &str) -> Option<String> {
    let file = file.slice_with_f64_and_f64_and_content_type(0.0, file.size(), mime).ok()?;
    Url::create_object_url_with_blob(&file).ok()
}

/// The address is not needed any more.
pub fn let_go(address: &str) {
    let _ = Url::revoke_object_url(address);
}
