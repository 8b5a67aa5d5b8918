//! The worker's program: hosts the engine, and reads files.
//!
//! Every worker runs it. Only the first one answers the page's questions and keeps what it reads;
//! the others hand over what they read.

use super::protocol::{Attached, FromWorker, ToWorker};
use super::read::{self, Pieces, ReadEnd, read};
use super::scope::{enter, listen, post};
use super::shared::{Shared, read_part};
use super::transfer::{Attachment, blob};
use super::unpack::unpack;
use crate::engine::{
    Engine, FileSearch, GetResult, GetSecrets, ImportOptions, Request, TextSource, encode, warm_up,
};
use crate::export::Searched;
use crate::import::archive::{HEAD_BYTES, Kind};
use crate::import::{Imported, limits};
use crate::model::FileId;
use crate::query::Selection;
use gloo_timers::future::TimeoutFuture;
use js_sys::{Array, Uint8Array};
use std::cell::RefCell;
use std::collections::{BTreeSet, VecDeque};
use std::rc::Rc;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;
use web_sys::Blob;

#[derive(Default)]
struct Host {
    engine: Engine,
    /// By file id.
    files: Vec<Kept>,
    /// Jobs that the page cancelled and that have not ended.
    cancelled: BTreeSet<u32>,
    /// The job whose file is being read, and the parts of this file that others read.
    shared: Option<(u32, Rc<Shared>)>,
    /// Files to read, in this order. The browser gets small ones while others are read.
    waiting: VecDeque<(Job, Pieces)>,
    is_reading: bool,
    /// A message has arrived: there is real work.
    is_asked: bool,
}

/// A file that was read, for the details of its results.
#[derive(Clone, Default)]
struct Kept {
    file: Option<Blob>,
    /// Texts of its results if they are not in the file itself.
    texts: Option<Blob>,
}

/// A file to read.
struct Job {
    id: u32,
    path: String,
    file: Blob,
    depth: u8,
    options: ImportOptions,
    is_kept: bool,
}

thread_local! {
    static HOST: Rc<RefCell<Host>> = Rc::default();
}

/// Starts the program, which receives messages from now on.
pub fn start() {
    listen(receive);
    spawn_local(warm_up(HOST.with(Rc::clone)));
}

/// Warms up the engine while there is nothing else to do. Ends as soon as there is work.
async fn warm_up(host: Rc<RefCell<Host>>) {
    for round in 0..warm_up::ROUNDS {
        // Yields, so that pending messages are received.
        TimeoutFuture::new(0).await;
        if host.borrow().is_asked {
            return;
        }
        enter(None);
        warm_up::round(round);
    }
}

fn receive(message: ToWorker, attachments: Vec<Attachment>) {
    let host = HOST.with(Rc::clone);
    host.borrow_mut().is_asked = true;
    match message {
        ToWorker::Import { job: id, path, file, depth, options, is_kept } => {
            if let Some(file) = blob(file, &attachments) {
                let pieces = Pieces::of_file(&file);
                let mut waits = host.borrow_mut();
                waits.waiting.push_back((Job { id, path, file, depth, options, is_kept }, pieces));
                if !std::mem::replace(&mut waits.is_reading, true) {
                    spawn_local(import_waiting(Rc::clone(&host)));
                }
            }
        }
        ToWorker::ReadPart { part, path, file, from, options } => {
            if let Some(file) = blob(file, &attachments) {
                let is_cancelled = move || host.borrow_mut().cancelled.remove(&part);
                spawn_local(read_part(part, (path, file), from, options, is_cancelled));
            }
        }
        ToWorker::ReadBefore { job, from } => {
            if let Some(shared) = host.borrow().shared_of(job) {
                shared.read_before(from);
            }
        }
        ToWorker::Join { job, from, part } => {
            if let Some(shared) = host.borrow().shared_of(job) {
                let part = part.and_then(|part| part.of(&attachments));
                shared.arrive(from, part.and_then(|part| part.decoded()));
            }
        }
        ToWorker::Cancel { job } => {
            let mut host = host.borrow_mut();
            host.cancelled.insert(job);
            if let Some(shared) = host.shared_of(job) {
                shared.wake();
            }
        }
        ToWorker::Fail { path, why } => {
            let imported = read::unreadable(&path, &why);
            host.borrow_mut().ingest(imported, Kept::default(), &ImportOptions::default());
        }
        ToWorker::Ingest { job, imported, file, texts, options } => {
            enter(Some(job));
            let imported: Option<Imported> =
                imported.of(&attachments).and_then(|imported| imported.decoded());
            let imported = imported.expect("page and workers are of the same build");
            let texts = texts.and_then(|texts| blob(texts, &attachments));
            let kept = Kept { file: blob(file, &attachments), texts };
            host.borrow_mut().ingest(imported, kept, &options);
            post(&FromWorker::Ingested { job }, &[]);
        }
        ToWorker::Source { id, file } => {
            let file = host.borrow().kept(file).file;
            answer(id, file.map(Attachment::Blob));
        }
        ToWorker::Ask { id, request } => spawn_local(ask(host, id, *request)),
    }
}

fn answer(id: u32, value: Option<Attachment>) {
    let mut attachments = Vec::new();
    let answer = value.map(|value| Attached::push(&mut attachments, value));
    post(&FromWorker::Answer { id, answer }, &attachments);
}

async fn ask(host: Rc<RefCell<Host>>, id: u32, request: Request) {
    enter(None);
    if let Request::GetResult(GetResult(selection)) = &request {
        let sources = host.borrow_mut().engine.text_sources(selection);
        if let Some(sources) = sources {
            return ask_result(host, id, selection, &sources).await;
        }
    }
    if let Request::GetSecrets(GetSecrets { has_files: true, pattern, .. }) = &request {
        let searched = search_files(&host, pattern).await;
        return answer(id, Some(Attachment::Bytes(Uint8Array::from(encode(&searched).as_slice()))));
    }
    let encoded = request.answer(&mut host.borrow_mut().engine);
    answer(id, Some(Attachment::Bytes(Uint8Array::from(encoded.as_slice()))));
}

/// Answers with a result and its texts, which it reads from files.
async fn ask_result(host: Rc<RefCell<Host>>, id: u32, selection: &Selection, sources: &[TextSource]) {
    let file_of = |source: &TextSource| {
        let kept = host.borrow().kept(source.file);
        kept.texts.or(kept.file)
    };
    let files: Option<Vec<Blob>> = sources.iter().map(file_of).collect();
    let details = match files {
        Some(files) => read::details(sources, &files).await,
        None => Err("the file is no longer available".to_owned()),
    };
    enter(None);
    let encoded = encode(&host.borrow_mut().engine.result_with_texts(selection, details));
    answer(id, Some(Attachment::Bytes(Uint8Array::from(encoded.as_slice()))));
}

/// Searches all files for secrets, until it takes too long.
async fn search_files(host: &RefCell<Host>, pattern: &str) -> Result<Searched, String> {
    /// How long that is, in milliseconds. A person waits for it.
    const MOST_MS: f64 = 20_000.0;
    let until = js_sys::Date::now() + MOST_MS;
    let (mut search, files) = FileSearch::new(host.borrow_mut().engine.data(), pattern)?;
    for id in files {
        let (path, file) = {
            let mut host = host.borrow_mut();
            let record = host.engine.data().file(id);
            // What failed before a byte arrived is no file that could leave.
            let is_absent = record.bytes == 0;
            let path = record.path.clone();
            let file = host.kept(id).file;
            if is_absent && file.is_none() {
                continue;
            }
            (path, file)
        };
        search.open(&path);
        let Some(file) = file else {
            search.miss();
            continue;
        };
        let pieces = Pieces::by_buffer(&file.stream());
        loop {
            let piece = pieces.next().await;
            enter(None);
            match piece {
                Ok(Some(piece)) if search.push(&piece.to_vec()) => {}
                Ok(None) => {
                    search.close();
                    break;
                }
                Ok(Some(_)) => {
                    pieces.cancel();
                    break;
                }
                Err(_) => {
                    search.miss();
                    break;
                }
            }
            if js_sys::Date::now() > until {
                pieces.cancel();
                search.stop();
                return search.finish();
            }
        }
    }
    search.finish()
}

impl Host {
    /// The parts that others read of the file of this job.
    fn shared_of(&self, job: u32) -> Option<Rc<Shared>> {
        self.shared.as_ref().filter(|(of, _)| *of == job).map(|(_, shared)| Rc::clone(shared))
    }

    /// Ingests what was read, and keeps the file that it came from.
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
}

/// Reads the waiting files, one after the other.
async fn import_waiting(host: Rc<RefCell<Host>>) {
    loop {
        let next = host.borrow_mut().waiting.pop_front();
        let Some((job, pieces)) = next else {
            host.borrow_mut().is_reading = false;
            return;
        };
        import(&host, job, pieces).await;
    }
}

/// Reads a file of any format, or unpacks an archive.
async fn import(host: &RefCell<Host>, job: Job, pieces: Pieces) {
    enter(Some(job.id));
    let is_cancelled = |job: u32| host.borrow().cancelled.contains(&job);
    let end = match archive_kind(&job, &pieces).await {
        Some(kind) => {
            pieces.cancel();
            match unpack(kind, job.id, &job.path, &job.file, &is_cancelled).await {
                Some(notes) => {
                    let bytes = job.file.size() as u64;
                    ReadEnd::Read(Box::new(Imported::archive(&job.path, bytes, kind, notes)))
                }
                None => ReadEnd::Cancelled,
            }
        }
        None => {
            let shared = Rc::new(Shared::default());
            host.borrow_mut().shared = Some((job.id, Rc::clone(&shared)));
            read(job.id, (&job.path, &job.file), pieces, &job.options, &shared, &is_cancelled).await
        }
    };
    host.borrow_mut().shared = None;
    host.borrow_mut().cancelled.remove(&job.id);
    match end {
        ReadEnd::Read(imported) => finish(host, job, *imported),
        ReadEnd::Cancelled => post(&FromWorker::Cancelled { job: job.id }, &[]),
        ReadEnd::Lost => post(&FromWorker::Lost { job: job.id }, &[]),
    }
}

/// Returns the kind of archive if the file is to be unpacked.
async fn archive_kind(job: &Job, pieces: &Pieces) -> Option<Kind> {
    if job.depth >= limits::ARCHIVE_DEPTH || !job.options.format.is_empty() {
        return None;
    }
    let mut head = pieces.head(HEAD_BYTES as u32).await;
    if head.len() < HEAD_BYTES.min(job.file.size() as usize) {
        // A browser may begin with a short piece.
        head = read::bytes(&job.file, 0, HEAD_BYTES as u64).await.unwrap_or_default();
    }
    enter(Some(job.id));
    Kind::of(&head)
}

/// Keeps what was read, or hands it over.
fn finish(host: &RefCell<Host>, job: Job, mut imported: Imported) {
    let results = imported.batch.len() as u64;
    // The browser may keep a blob outside of this process's memory.
    let texts = std::mem::take(&mut imported.batch.kept);
    let texts = imported.keeps_texts.then(|| blob_of(&texts)).flatten();
    let (job, imported, texts, attachments) = if job.is_kept {
        let kept = Kept { file: Some(job.file), texts };
        host.borrow_mut().ingest(imported, kept, &job.options);
        (job.id, None, None, Vec::new())
    } else {
        let mut attachments = Vec::new();
        let imported = Attached::push(&mut attachments, Attachment::encoded(&imported));
        let texts = texts.map(|texts| Attached::push(&mut attachments, Attachment::Blob(texts)));
        (job.id, Some(imported), texts, attachments)
    };
    post(&FromWorker::Imported { job, results, imported, texts }, &attachments);
}

fn blob_of(text: &str) -> Option<Blob> {
    Blob::new_with_str_sequence(&Array::of1(&JsValue::from_str(text))).ok()
}
