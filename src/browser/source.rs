//! The content of files, for previews.

use crate::model::Encoding;
use gloo_file::futures::read_as_bytes;
use gloo_file::{Blob, FileReadError, ObjectUrl};
use web_sys::TextDecoder;

/// How a file can be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// A picture of this media type.
    Image(&'static str),
    /// Text.
    Text,
    /// Binary data.
    Bytes,
}

/// Returns how a file can be shown, by its first bytes.
///
/// # Errors
///
/// If the browser cannot read it.
pub async fn content_of(file: &web_sys::Blob, encoding: Encoding) -> Result<Content, FileReadError> {
    let head = bytes(file, 0, 1000).await?;
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

async fn bytes(file: &web_sys::Blob, from: u64, to: u64) -> Result<Vec<u8>, FileReadError> {
    let file = Blob::from(file.clone());
    let size = file.size();
    read_as_bytes(&file.slice(from.min(size), to.min(size))).await
}

/// Returns the text between two bytes.
///
/// # Errors
///
/// If the browser cannot read the file, or does not know the encoding.
pub async fn text(file: &web_sys::Blob, encoding: Encoding, from: u64, to: u64) -> Result<String, String> {
    let bytes = bytes(file, from, to).await.map_err(|error| error.to_string())?;
    TextDecoder::new_with_label(encoding.name())
        .and_then(|decoder| decoder.decode_with_u8_array(&bytes))
        .map_err(|error| super::document::message_of(&error))
}

/// Returns a URL for a picture, which is valid until the value is dropped.
pub fn picture(file: &web_sys::Blob, media_type: &str) -> Option<ObjectUrl> {
    let file = file.slice_with_f64_and_f64_and_content_type(0.0, file.size(), media_type).ok()?;
    Some(ObjectUrl::from(Blob::from(file)))
}
