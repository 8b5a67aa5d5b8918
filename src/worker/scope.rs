//! The worker's global scope: receiving and posting messages, and reporting panics.

use super::protocol::{FromWorker, ToWorker};
use super::transfer::{Attachment, from_js, to_js};
use js_sys::{Array, Reflect};
use std::cell::Cell;
use std::panic;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

thread_local! {
    /// The running job, for reports of panics.
    static JOB: Cell<Option<u32>> = const { Cell::new(None) };
}

/// Sets the running job until the next call; `None` for other work.
///
/// Jobs take turns on the worker's single thread: each calls this after every await.
pub fn enter(job: Option<u32>) {
    JOB.set(job);
}

/// Sends a message to the page.
pub fn post(message: &FromWorker, attachments: &[Attachment]) {
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    let (posted, transferred) = to_js(message, attachments);
    // Fails only for values that cannot be cloned, which messages never contain.
    let _ = scope.post_message_with_transfer(&posted, &transferred);
}

/// Receives the worker's messages from now on, beginning with those that arrived early.
pub fn listen(receive: fn(ToWorker, Vec<Attachment>)) {
    report_panics();
    let take = move |event: MessageEvent| {
        if let Some((message, attachments)) = from_js(event.data()) {
            enter(None);
            receive(message, attachments);
        }
    };
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(take);
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    scope.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    on_message.forget();
    post(&FromWorker::Ready, &[]);
    let early = Reflect::get(&scope, &"earlyMessages".into());
    if let Ok(early) = early.and_then(|early| early.dyn_into::<Array>()) {
        for event in early.iter() {
            take(event.unchecked_into());
        }
    }
}

/// Reports panics to the console, and to the page, which replaces the worker. A trap
/// by itself has neither a message nor a place.
fn report_panics() {
    panic::set_hook(Box::new(|info| {
        console_error_panic_hook::hook(info);
        let why = info.to_string().replace('\n', " ");
        post(&FromWorker::Panicked { job: JOB.get(), why }, &[]);
    }));
}
