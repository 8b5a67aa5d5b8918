//! Waits until the main thread is idle.

use gloo_timers::callback::Timeout;
use gloo_utils::window;
use js_sys::{Function, Promise};
use wasm_bindgen_futures::JsFuture;
use web_sys::IdleRequestOptions;

/// The longest wait, in milliseconds. Chromium sometimes never calls back on a
/// page that draws no frames.
const MOST_MS: u32 = 500;

/// The wait in browsers without `requestIdleCallback` (WebKit), in milliseconds.
const WITHOUT_CALLBACK_MS: u32 = 200;

/// Waits until the main thread is idle, but at most half a second.
pub async fn idle() {
    let idle = Promise::new(&mut |resolve: Function, _| {
        let options = IdleRequestOptions::new();
        options.set_timeout(MOST_MS);
        // Fails in browsers that lack it.
        if window().request_idle_callback_with_options(&resolve, &options).is_err() {
            Timeout::new(WITHOUT_CALLBACK_MS, move || drop(resolve.call0(&resolve))).forget();
        }
    });
    // The promise is never rejected.
    let _ = JsFuture::from(idle).await;
}
