//! Regular expressions, as the browser has them.

use super::document::window;
use js_sys::{Array, JsString, Promise};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, BlobPropertyBag, MessageEvent, Url, Worker};

/// What runs in the worker.
const SCRIPT: &str = include_str!("../../assets/regexp.js");

/// Milliseconds after which a pattern is stopped. Usual ones take one or two
/// for ten thousand paths.
const BUDGET: i32 = 1500;

/// What the groups `dut`, `unit`, `build` and `session` of a pattern hold in
/// each path, "" for nothing; `None` for paths that it does not match.
///
/// # Errors
///
/// Why the pattern is none, or that it was stopped.
pub async fn groups<'a>(
    pattern: &'a str,
    paths: impl Iterator<Item = &'a str>,
) -> Result<Vec<Option<[String; 4]>>, String> {
    let stopped = || {
        "it takes too long on these paths, and was stopped; a repetition inside of a repetition, \
         such as (a+)+, is the usual cause"
            .to_owned()
    };
    let worker = worker().map_err(|_| "the browser runs no worker for it".to_owned())?;
    let message: Array = std::iter::once(pattern).chain(paths).map(JsString::from).collect();
    let answer = Promise::new(&mut |resolve, reject| {
        worker.set_onmessage(Some(&resolve));
        worker.set_onerror(Some(&reject));
        let _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(&reject, BUDGET);
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
    let options = BlobPropertyBag::new();
    options.set_type("text/javascript");
    let script = Blob::new_with_str_sequence_and_options(&Array::of1(&SCRIPT.into()), &options)?;
    let address = Url::create_object_url_with_blob(&script)?;
    let worker = Worker::new(&address);
    // The worker may not have fetched it yet, but has it in hand.
    let _ = Url::revoke_object_url(&address);
    worker
}
