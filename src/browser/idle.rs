//! Waiting until the main thread has nothing to do.

use gloo_timers::callback::Timeout;
use gloo_utils::window;
use js_sys::{Function, Promise};
use wasm_bindgen_futures::JsFuture;

/// How long to wait where the browser does not tell when it is idle, in
/// milliseconds. WebKit does not.
const WAIT_MS: u32 = 200;

/// Waits until the main thread is idle.
pub async fn idle() {
    let idle = Promise::new(&mut |resolve: Function, _| {
        // Fails in browsers that lack it.
        if window().request_idle_callback(&resolve).is_err() {
            Timeout::new(WAIT_MS, move || drop(resolve.call0(&resolve))).forget();
        }
    });
    // Never rejected.
    let _ = JsFuture::from(idle).await;
}
