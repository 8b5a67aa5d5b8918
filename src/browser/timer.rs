//! Calling back later.

use super::document::window;
use std::time::Duration;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};

/// Calls `act` when this time has passed.
pub fn set_timeout(act: impl FnOnce() + 'static, wait: Duration) {
    // A browser waits for at most 24 days, and there is no need for as many.
    let wait = i32::try_from(wait.as_millis()).unwrap_or(i32::MAX);
    let _ = window()
        .set_timeout_with_callback_and_timeout_and_arguments_0(once(Box::new(act)).unchecked_ref(), wait);
}

/// Calls `act` right before the page is drawn the next time.
pub fn request_animation_frame(act: impl FnOnce() + 'static) {
    let _ = window().request_animation_frame(once(Box::new(act)).unchecked_ref());
}

/// A function that is freed by being called.
fn once(act: Box<dyn FnOnce()>) -> JsValue {
    Closure::once_into_js(act)
}
