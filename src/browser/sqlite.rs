//! SQLite databases, which a worker of their own makes; see `assets/sqlite-worker.js`.

use super::document::message_of;
use gloo_file::Blob;
use js_sys::{Promise, Reflect};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{MessageEvent, Worker};

/// The worker's script, beside the page. It loads SQLite.
const WORKER: &str = "./sqlite-worker.js";

/// Makes the database of a script of `export::sqlite`.
///
/// # Errors
///
/// A sentence, if the worker or SQLite cannot be loaded, or memory is short.
pub async fn database(script: &[u8]) -> Result<Blob, String> {
    let made = async {
        let worker = Worker::new(WORKER)?;
        let script = Blob::new(script);
        let answer = answer(&worker, script.as_ref()).await;
        worker.terminate();
        let answer = answer?;
        match Reflect::get(&answer, &"file".into())?.dyn_into::<web_sys::Blob>() {
            Ok(file) => Ok(Blob::from(file)),
            Err(_) => Err(Reflect::get(&answer, &"error".into())?),
        }
    };
    made.await.map_err(|error: JsValue| error.as_string().unwrap_or_else(|| message_of(&error)))
}

/// Sends a message to a worker, and waits for the first answer.
async fn answer(worker: &Worker, message: &JsValue) -> Result<JsValue, JsValue> {
    let mut listeners = None;
    let answered = Promise::new(&mut |resolve, reject| {
        let on_answer = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
            let _ = resolve.call1(&JsValue::UNDEFINED, &event.data());
        });
        worker.set_onmessage(Some(on_answer.as_ref().unchecked_ref()));
        let on_error = Closure::<dyn Fn()>::new(move || {
            let missing = "sqlite-worker.js could not be loaded".into();
            let _ = reject.call1(&JsValue::UNDEFINED, &missing);
        });
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        listeners = Some((on_answer, on_error));
    });
    worker.post_message(message)?;
    let answer = JsFuture::from(answered).await;
    drop(listeners);
    answer
}
