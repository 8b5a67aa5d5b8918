//! The engine's worker: hosts the engine, reads files of common formats.

use super::protocol::{FromWorker, ToWorker};
use super::read::{self, Outcome, read};
use super::scope::{bytes_of, decoded, listen, post, scope};
use crate::engine::warm_up;
use crate::engine::{Engine, GetResult, ImportOptions, Request, TextSource};
use crate::import::{COMMON, Details, Import, Imported};
use crate::model::FileId;
use crate::query::Selection;
use js_sys::{Array, Uint8Array};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::Blob;

#[derive(Default)]
struct Host {
    engine: Engine,
    /// By file id.
    files: Vec<Kept>,
    cancelled: Vec<u32>,
    /// Questions that wait for texts from a reader.
    waiting: Vec<(u32, Selection)>,
    /// A message came: there is real work.
    is_asked: bool,
}

/// What there is of a file besides what was read.
#[derive(Clone, Default)]
struct Kept {
    file: Option<Blob>,
    /// Texts of its results, where they are not in the file itself.
    texts: Option<Blob>,
}

thread_local! {
    static HOST: Rc<RefCell<Host>> = Rc::default();
}

/// Takes over the worker's messages.
pub fn start() {
    listen(receive);
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

fn receive(message: ToWorker) {
    let host = HOST.with(Rc::clone);
    host.borrow_mut().is_asked = true;
    match message {
        ToWorker::Import { job, path, file, options, .. } => {
            spawn_local(import(host, job, path, file, decoded(&options)));
        }
        ToWorker::Cancel { job } => {
            host.borrow_mut().cancelled.push(job);
        }
        ToWorker::Fail { path, why } => {
            let imported = Import::new(&path, &COMMON).abort(&why);
            host.borrow_mut().ingest(imported, Kept::default(), &ImportOptions::default());
        }
        ToWorker::Ingest { imported, file, texts, options } => {
            let imported = decoded(&imported);
            let options = decoded(&options);
            host.borrow_mut().ingest(imported, Kept { file: Some(file), texts }, &options);
        }
        ToWorker::Source { id, file } => {
            let kept = host.borrow().kept(FileId(file));
            post(&FromWorker::Source { id, file: kept.file });
        }
        ToWorker::Ask { id, request } => {
            spawn_local(ask(host, id, decoded(&request)));
        }
        ToWorker::Texts { id, details } => {
            let details = match details {
                Some(bytes) => decoded(&bytes),
                None => Err("what reads this format failed inside Passgrid".to_owned()),
            };
            host.borrow_mut().texts_came(id, details);
        }
        ToWorker::ReadTexts { .. } => {}
    }
}

async fn ask(host: Rc<RefCell<Host>>, id: u32, request: Request) {
    if let Request::GetResult(GetResult(selection)) = &request {
        let sources = host.borrow_mut().engine.text_sources(selection);
        if let Some(sources) = sources {
            return texts(host, id, selection.clone(), sources).await;
        }
    }
    let answer = request.answer(&mut host.borrow_mut().engine);
    post(&FromWorker::Answer { id, answer: Uint8Array::from(answer.as_slice()) });
}

/// Reads the texts of a result, or asks a reader for them if their format is
/// none of the common ones.
async fn texts(host: Rc<RefCell<Host>>, id: u32, selection: Selection, sources: Vec<TextSource>) {
    host.borrow_mut().waiting.push((id, selection));
    let place = |source: &TextSource| {
        let kept = host.borrow().kept(source.file);
        kept.texts.or(kept.file)
    };
    let files: Option<Vec<Blob>> = sources.iter().map(place).collect();
    let Some(files) = files else {
        host.borrow_mut().texts_came(id, Err("the file is not at hand".to_owned()));
        return;
    };
    if sources.iter().all(|source| COMMON.knows(&source.format)) {
        let details = read::texts(&COMMON, &sources, &files).await;
        host.borrow_mut().texts_came(id, details);
        return;
    }
    let files: Array = files.iter().collect();
    post(&FromWorker::NeedsTexts { id, sources: bytes_of(&sources), files });
}

impl Host {
    /// Takes in what was read, and keeps the file that it is from.
    fn ingest(&mut self, imported: Imported, kept: Kept, options: &ImportOptions) {
        let id = self.engine.ingest_as(imported, options);
        if self.files.len() <= id.index() {
            self.files.resize(id.index() + 1, Kept::default());
        }
        self.files[id.index()] = kept;
    }

    fn kept(&self, id: FileId) -> Kept {
        self.files.get(id.index()).cloned().unwrap_or_default()
    }

    fn texts_came(&mut self, id: u32, details: Result<Vec<Details>, String>) {
        let Some(at) = self.waiting.iter().position(|(waiting, _)| *waiting == id) else {
            return;
        };
        let (_, selection) = self.waiting.swap_remove(at);
        let answer = self.engine.result_with_texts(&selection, details);
        post(&FromWorker::Answer { id, answer: bytes_of(&answer) });
    }
}

async fn import(host: Rc<RefCell<Host>>, job: u32, path: String, file: Blob, options: ImportOptions) {
    let is_cancelled = |job: u32| host.borrow().cancelled.contains(&job);
    match read(&COMMON, job, (&path, &file), &options, &is_cancelled).await {
        Outcome::Read(imported) => {
            let results = imported.batch.len() as f64;
            host.borrow_mut().ingest(*imported, Kept { file: Some(file), texts: None }, &options);
            post(&FromWorker::Imported { job, results, imported: None, texts: None });
        }
        Outcome::Other => post(&FromWorker::Other { job }),
        Outcome::Cancelled => post(&FromWorker::Cancelled { job }),
        Outcome::Lost => post(&FromWorker::Lost { job }),
    }
}
