//! The space that the browser gives this site.

use gloo_utils::window;
use js_sys::Promise;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::StorageEstimate;

/// The space that the browser gives this site, in bytes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Space {
    /// What is used.
    pub used: f64,
    /// What can be used at most.
    pub quota: f64,
}

/// Returns the space of this site; `None` if the browser does not tell.
pub async fn space() -> Option<Space> {
    let estimate = settled(window().navigator().storage().estimate()).await?;
    let estimate: StorageEstimate = estimate.unchecked_into();
    Some(Space { used: estimate.get_usage()?, quota: estimate.get_quota()? })
}

/// Asks the browser not to delete what is kept when the disk is nearly full. Returns whether it agreed.
pub async fn persist() -> bool {
    settled(window().navigator().storage().persist()).await.is_some_and(|answer| answer.is_truthy())
}

/// Whether the browser agreed to [`persist`].
pub async fn is_persistent() -> bool {
    settled(window().navigator().storage().persisted()).await.is_some_and(|answer| answer.is_truthy())
}

/// Pages without encryption have no manager of their storage, so calling it fails.
async fn settled(promise: Result<Promise, JsValue>) -> Option<JsValue> {
    JsFuture::from(promise.ok()?).await.ok()
}
