//! Posting messages: an array of the encoded message and its attachments.

use super::protocol::Attached;
use crate::engine::{decode, encode};
use js_sys::{Array, Uint8Array};
use serde::{Serialize, de::DeserializeOwned};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Blob;

/// Data that is posted with a message.
#[derive(Clone)]
pub enum Attachment {
    /// A file, which is passed by reference.
    Blob(Blob),
    /// Bytes, which are transferred, so that the sender loses them.
    Bytes(Uint8Array),
}

impl Attachment {
    /// Encodes a value.
    pub fn encoded<T: Serialize>(value: &T) -> Attachment {
        Attachment::Bytes(Uint8Array::from(encode(value).as_slice()))
    }

    /// Decodes what [`Attachment::encoded`] made of the same type.
    pub fn decoded<T: DeserializeOwned>(&self) -> Option<T> {
        match self {
            Attachment::Bytes(bytes) => decode(&bytes.to_vec()).ok(),
            Attachment::Blob(_) => None,
        }
    }

    /// The file, if it is one.
    pub fn into_blob(self) -> Option<Blob> {
        match self {
            Attachment::Blob(blob) => Some(blob),
            Attachment::Bytes(_) => None,
        }
    }
}

/// Returns the file at this index.
pub fn blob(at: Attached, attachments: &[Attachment]) -> Option<Blob> {
    at.of(attachments)?.into_blob()
}

/// Returns a message as it is posted, and the list of what is transferred.
pub fn to_js<T: Serialize>(message: &T, attachments: &[Attachment]) -> (Array, Array) {
    let bytes = Uint8Array::from(encode(message).as_slice());
    let (posted, transferred) = (Array::of1(&bytes), Array::of1(&bytes.buffer()));
    for attachment in attachments {
        match attachment {
            Attachment::Blob(blob) => posted.push(blob),
            Attachment::Bytes(bytes) => {
                transferred.push(&bytes.buffer());
                posted.push(bytes)
            }
        };
    }
    (posted, transferred)
}

/// Returns the message and the attachments that [`to_js`] encoded. `None` for
/// anything else, which never happens, since both sides are of the same build.
pub fn from_js<T: DeserializeOwned>(posted: JsValue) -> Option<(T, Vec<Attachment>)> {
    let posted: Array = posted.dyn_into().ok()?;
    let bytes: Uint8Array = posted.get(0).dyn_into().ok()?;
    let attachments = posted.iter().skip(1).map(|attachment| match attachment.dyn_into::<Uint8Array>() {
        Ok(bytes) => Some(Attachment::Bytes(bytes)),
        Err(other) => other.dyn_into().ok().map(Attachment::Blob),
    });
    Some((decode(&bytes.to_vec()).ok()?, attachments.collect::<Option<_>>()?))
}
