//! What both kinds of workers do with the thread that they are in.

use super::protocol::{FromWorker, ToWorker};
use js_sys::{Array, Reflect, Uint8Array};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

/// The worker's global scope.
pub fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}

/// Sends a message to the page.
pub fn post(message: &FromWorker) {
    // Fails only for what cannot be cloned, which messages never hold.
    let _ = scope().post_message_with_transfer(&message.to_js(), &message.transfer());
}

/// A message's value as bytes.
pub fn bytes_of<T: serde::Serialize>(value: &T) -> Uint8Array {
    Uint8Array::from(crate::engine::encode(value).as_slice())
}

/// The value that a message's bytes encode. Both sides are of one build.
pub fn decoded<T: serde::de::DeserializeOwned>(bytes: &Uint8Array) -> T {
    crate::engine::decode(&bytes.to_vec()).expect("page and worker are of one build")
}

/// Takes over the worker's messages: those that came early first.
pub fn listen(receive: fn(ToWorker)) {
    console_error_panic_hook::set_once();
    let take = move |event: MessageEvent| {
        if let Some(message) = ToWorker::from_js(event.data()) {
            receive(message);
        }
    };
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(take);
    scope().set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    on_message.forget();
    post(&FromWorker::Ready);
    let early = Reflect::get(&scope(), &"earlyMessages".into());
    if let Ok(early) = early.and_then(|early| early.dyn_into::<Array>()) {
        for event in early.iter() {
            take(event.unchecked_into());
        }
    }
}
