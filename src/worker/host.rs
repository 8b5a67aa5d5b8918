//! The worker's side: hosts an engine, reads files.

use super::protocol::{FromWorker, ToWorker};
use crate::engine::warm_up;
use crate::engine::{Answer, CHANGED, Engine, Request};
use crate::import::{Import, Imported, decode};
use crate::model::{Encoding, Slice};
use crate::wire;
use js_sys::{Array, Reflect, Uint8Array};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Blob, DedicatedWorkerGlobalScope, MessageEvent, ReadableStreamDefaultReader};

#[derive(Default)]
struct Host {
    engine: Engine,
    /// By file id: where texts are read from.
    files: Vec<Option<Blob>>,
    cancelled: Vec<u32>,
    /// A message came: there is real work.
    is_asked: bool,
}

thread_local! {
    static HOST: Rc<RefCell<Host>> = Rc::default();
}

fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}

fn post(message: &FromWorker) {
    // Fails only for what cannot be cloned, which messages never hold.
    let _ = scope().post_message_with_transfer(&message.to_js(), &message.transfer());
}

/// Takes over the worker's messages: those that came early first.
pub fn start() {
    console_error_panic_hook::set_once();
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(|event: MessageEvent| receive(event.data()));
    scope().set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    on_message.forget();
    post(&FromWorker::Ready);
    let early = Reflect::get(&scope(), &"earlyMessages".into());
    if let Ok(early) = early.and_then(|early| early.dyn_into::<Array>()) {
        for event in early.iter() {
            receive(event.unchecked_into::<MessageEvent>().data());
        }
    }
    spawn_local(warm_up(HOST.with(Rc::clone)));
}

/// Lets the browser see what the engine does often, while nobody waits: it runs
/// code in a plain translation first, and makes it fast when it was run for a
/// while. Ends as soon as there is work.
async fn warm_up(host: Rc<RefCell<Host>>) {
    for round in 0..warm_up::ROUNDS {
        pause().await;
        if host.borrow().is_asked {
            return;
        }
        warm_up::round(round);
    }
}

/// Waits until messages that have arrived are received.
async fn pause() {
    let promise = js_sys::Promise::new(&mut |resolve, _| {
        // Fails only where there is no event loop.
        let _ = scope().set_timeout_with_callback(&resolve);
    });
    let _ = JsFuture::from(promise).await;
}

fn receive(message: JsValue) {
    let Some(message) = ToWorker::from_js(message) else {
        return;
    };
    let host = HOST.with(Rc::clone);
    host.borrow_mut().is_asked = true;
    match message {
        ToWorker::Import { job, path, file, keep } => spawn_local(import(host, job, path, file, keep)),
        ToWorker::Cancel { job } => {
            host.borrow_mut().cancelled.push(job);
        }
        ToWorker::Fail { path, why } => {
            host.borrow_mut().absorb(Import::new(&path).abort(&why), None);
        }
        ToWorker::Absorb { imported, file } => {
            let imported = wire::from_bytes(&imported.to_vec());
            host.borrow_mut().absorb(imported, Some(file));
        }
        ToWorker::Ask { id, request } => {
            spawn_local(ask(host, id, wire::from_bytes(&request.to_vec())));
        }
    }
}

async fn ask(host: Rc<RefCell<Host>>, id: u32, request: Request) {
    let selection = match &request {
        Request::Result(selection) => Some(selection.clone()),
        _ => None,
    };
    let mut answer = host.borrow_mut().engine.handle(request);
    if let (Answer::Texts { file, encoding, slices }, Some(selection)) = (&answer, selection) {
        let blob = host.borrow().files.get(file.index()).cloned().flatten();
        let texts = match blob {
            Some(blob) => read_slices(&blob, *encoding, slices).await.map_err(|_| CHANGED.to_owned()),
            None => Err("the file is not at hand".to_owned()),
        };
        answer = host.borrow_mut().engine.handle(Request::ResultWithTexts(selection, texts));
    }
    post(&FromWorker::Answer { id, answer: bytes_of(&answer) });
}

impl Host {
    /// Takes in what was read, and keeps the file that it is from.
    fn absorb(&mut self, imported: Imported, file: Option<Blob>) {
        let id = self.engine.absorb(imported);
        if self.files.len() <= id.index() {
            self.files.resize(id.index() + 1, None);
        }
        self.files[id.index()] = file;
    }
}

fn bytes_of<T: serde::Serialize>(value: &T) -> Uint8Array {
    Uint8Array::from(wire::to_bytes(value).as_slice())
}

async fn import(host: Rc<RefCell<Host>>, job: u32, path: String, file: Blob, keep: bool) {
    let Some(imported) = read(&host, job, path, &file).await else {
        post(&FromWorker::Cancelled { job });
        return;
    };
    let results = imported.batch.len() as f64;
    let imported = if keep {
        host.borrow_mut().absorb(imported, Some(file));
        None
    } else {
        Some(bytes_of(&imported))
    };
    post(&FromWorker::Imported { job, results, imported });
}

/// Reads a file piece by piece; `None` if the job was given up. The browser
/// reads ahead in another process, while a piece is parsed here.
async fn read(host: &Rc<RefCell<Host>>, job: u32, path: String, file: &Blob) -> Option<Imported> {
    let mut import = Import::new(&path);
    let (mut at, mut reported) = (0.0, js_sys::Date::now());
    let reader: ReadableStreamDefaultReader = file.stream().get_reader().unchecked_into();
    loop {
        let piece = JsFuture::from(reader.read()).await;
        if host.borrow().cancelled.contains(&job) {
            // What is left of the stream goes with it.
            let _ = reader.cancel();
            return None;
        }
        let Ok(piece) = piece else {
            let why = "the browser could not read the file: it may have changed, moved, or be protected";
            return Some(import.abort(why));
        };
        let Some(bytes) =
            Reflect::get(&piece, &"value".into()).ok().and_then(|v| v.dyn_into::<Uint8Array>().ok())
        else {
            return Some(import.finish());
        };
        at += f64::from(bytes.length());
        import.push_with(bytes.length() as usize, |into| bytes.copy_to(into));
        let now = js_sys::Date::now();
        if now - reported > 50.0 {
            reported = now;
            post(&FromWorker::Progress { job, bytes: at, results: import.results() as f64 });
        }
    }
}

async fn read_slices(file: &Blob, encoding: Encoding, slices: &[Slice]) -> Result<Vec<Vec<u8>>, JsValue> {
    let mut texts = Vec::with_capacity(slices.len());
    if encoding == Encoding::Utf8 {
        for slice in slices {
            let (at, end) = (slice.at as f64, slice.at as f64 + f64::from(slice.len));
            let buffer = JsFuture::from(file.slice_with_f64_and_f64(at, end)?.array_buffer()).await?;
            texts.push(Uint8Array::new(&buffer).to_vec());
        }
        return Ok(texts);
    }
    // Slices count in decoded bytes: the whole file must be decoded again.
    let buffer = JsFuture::from(file.array_buffer()).await?;
    let bytes = Uint8Array::new(&buffer).to_vec();
    let (_, mark) = Encoding::detect(&bytes);
    let mut text = Vec::new();
    decode(encoding, &bytes[mark..], true, &mut text);
    for slice in slices {
        let at = slice.at as usize;
        texts.push(text.get(at..at + slice.len as usize).unwrap_or_default().to_vec());
    }
    Ok(texts)
}
