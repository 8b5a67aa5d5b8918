//! The browser's regular expressions.

use gloo_file::{Blob, ObjectUrl};
use gloo_timers::callback::Timeout;
use js_sys::{Array, JsString, Promise};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{MessageEvent, Worker};

/// The script of the worker that runs the pattern: a match cannot be
/// interrupted, but a worker can be terminated.
const SCRIPT: &str = include_str!("../../assets/regexp.js");

/// The time limit for a pattern, in milliseconds. Ordinary patterns take one or two
/// milliseconds for ten thousand paths.
const TIME_LIMIT_MS: u32 = 1500;

/// Returns the groups `dut`, `unit`, `build` and `session` of a pattern for each path,
/// "" for groups without a match; `None` for paths that do not match.
///
/// # Errors
///
/// If the pattern is invalid, or was stopped at the time limit.
pub async fn groups<'a>(
    pattern: &'a str,
    paths: impl Iterator<Item = &'a str>,
) -> Result<Vec<Option<[String; 4]>>, String> {
    let stopped = || {
        "the expression takes too long and was stopped; the usual cause is a nested repetition, such as \
        (a+)+"
            .to_owned()
    };
    let worker =
        worker().map_err(|_| "the browser could not start a worker for the expression".to_owned())?;
    let message: Array = std::iter::once(pattern).chain(paths).map(JsString::from).collect();
    let answer = Promise::new(&mut |resolve, reject| {
        worker.set_onmessage(Some(&resolve));
        worker.set_onerror(Some(&reject));
        Timeout::new(TIME_LIMIT_MS, move || drop(reject.call0(&JsValue::UNDEFINED))).forget();
        let _ = worker.post_message(&message);
    });
    let answer = JsFuture::from(answer).await;
    worker.terminate();
    let answer = answer.map_err(|_| stopped())?.unchecked_into::<MessageEvent>().data();
    if let Some(problem) = answer.as_string() {
        return Err(problem);
    }
    let text = |value: JsValue| value.as_string().unwrap_or_default();
    let line = |line: JsValue| {
        let line = line.dyn_into::<Array>().ok()?;
        Some([0, 1, 2, 3].map(|axis| text(line.get(axis))))
    };
    Ok(answer.unchecked_into::<Array>().iter().map(line).collect())
}

fn worker() -> Result<Worker, JsValue> {
    let script = ObjectUrl::from(Blob::new_with_options(SCRIPT, Some("text/javascript")));
    // The worker fetches its script when it is created, so the URL can be revoked afterwards.
    Worker::new(&script)
}
