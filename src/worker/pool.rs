//! The page's side: workers, what they have to do, and what becomes of it.

use super::protocol::{FromWorker, ToWorker};
use crate::engine::{ImportOptions, Query, Request, decode, encode};
use crate::model::FileId;
use futures_channel::oneshot;
use js_sys::{Reflect, Uint8Array};
use std::cell::RefCell;
use std::collections::{HashMap, VecDeque};
use std::rc::Rc;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, MessageEvent, Worker};

/// More workers than this gain nothing: the disk is the limit by then.
const MOST_WORKERS: usize = 4;

/// One more worker is worth starting for this much more to read.
const BYTES_PER_WORKER: f64 = 4e6;

/// An engine that fails this often in a row will not be better next time.
const MOST_RESTARTS: u32 = 3;

/// A file to read, by reference: its bytes never pass through the page.
#[derive(Clone)]
pub struct Dropped {
    /// Path below what was dropped, with `/`.
    pub path: String,
    /// The file.
    pub file: Blob,
}

/// How far loading is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Progress {
    /// Files that are done.
    pub files: u32,
    /// Files in all.
    pub files_total: u32,
    /// Bytes that are done.
    pub bytes: f64,
    /// Bytes in all.
    pub bytes_total: f64,
    /// Results so far.
    pub results: f64,
}

/// What the page hears of.
#[derive(Clone, Debug)]
pub enum Event {
    /// Loading went on.
    Progress(Progress),
    /// The data is not what it was: ask again.
    Changed,
    /// Nothing is left to load. `cancelled` files were given up.
    Done {
        /// How many files were given up.
        cancelled: u32,
    },
    /// The engine failed and was replaced; its files are read again.
    Restarted,
    /// No engine can be had.
    Failed(String),
    /// The file at this path cannot be read once more; what was read before is
    /// kept.
    Lost(String),
}

#[derive(Clone)]
struct Job {
    id: u32,
    dropped: Dropped,
    /// In how many archives it is.
    depth: u8,
    options: ImportOptions,
}

struct Slot {
    worker: Worker,
    job: Option<Job>,
}

/// The first worker hosts the engine; the others are readers.
const ENGINE: usize = 0;

#[derive(Default)]
struct State {
    /// The first hosts the engine.
    slots: Vec<Slot>,
    queue: VecDeque<Job>,
    /// Files that only a reader may know.
    for_readers: VecDeque<Job>,
    /// Questions whose texts a reader reads: the question's id, and the slot.
    texts: Vec<(u32, usize)>,
    /// Paths at which a worker failed: a file out of an archive is not tried again.
    failed: Vec<String>,
    /// Bytes and results of jobs that are under way, and results of those done.
    under_way: HashMap<u32, (f64, f64)>,
    asks: HashMap<u32, Asker>,
    /// Who waits for a file.
    sources: HashMap<u32, SourceAsker>,
    next_id: u32,
    progress: Progress,
    bytes_done: f64,
    results_done: f64,
    cancelled: u32,
    is_loading: bool,
    /// All that the engine has, for the day that it fails.
    known: Vec<Dropped>,
    restarts: u32,
}

type Listener = Box<dyn Fn(Event)>;

/// Receives the encoded answer; dropped if the engine fails before it answers.
type Asker = oneshot::Sender<Vec<u8>>;

/// Receives a file, or nothing if it was not kept.
type SourceAsker = oneshot::Sender<Option<Blob>>;

/// The workers of a page.
#[derive(Clone)]
pub struct Pool {
    state: Rc<RefCell<State>>,
    listener: Rc<Listener>,
    build: Rc<str>,
}

impl Pool {
    /// Starts the engine's worker. `build` is the page's own build, which the
    /// worker must be of; `listener` hears of everything.
    pub fn new(build: &str, listener: impl Fn(Event) + 'static) -> Pool {
        let pool = Pool { state: Rc::default(), listener: Rc::new(Box::new(listener)), build: build.into() };
        pool.start_worker();
        pool
    }

    /// Sends a query to the engine. The answer is `None` if the engine fails
    /// before it answers, or the pool is stopped.
    pub fn ask<Q: Query>(&self, query: Q) -> impl Future<Output = Option<Q::Answer>> + use<Q> {
        let request: Request = query.into();
        let (sender, answer) = oneshot::channel();
        {
            let mut state = self.state.borrow_mut();
            let id = state.new_id();
            state.asks.insert(id, sender);
            let request = Uint8Array::from(encode(&request).as_slice());
            state.post(ENGINE, &ToWorker::Ask { id, request });
        }
        async move { decode(&answer.await.ok()?).ok() }
    }

    /// Reads files, as many at once as there are processors.
    pub fn load(&self, files: Vec<Dropped>) {
        if files.is_empty() {
            return;
        }
        let mut state = self.state.borrow_mut();
        state.known.extend(files.iter().cloned());
        for dropped in files {
            state.enqueue(dropped, 0, ImportOptions::default());
        }
        drop(state);
        self.dispatch();
        self.report();
    }

    /// Reads a file once more, in place of what was read of it before.
    pub fn load_again(&self, dropped: Dropped, options: ImportOptions) {
        let mut state = self.state.borrow_mut();
        if let Some(known) = state.known.iter_mut().find(|known| known.path == dropped.path) {
            known.file = dropped.file.clone();
        }
        state.enqueue(dropped, 0, options);
        drop(state);
        self.dispatch();
        self.report();
    }

    /// The file that was dropped with this path.
    pub fn dropped(&self, path: &str) -> Option<Blob> {
        let state = self.state.borrow();
        state.known.iter().find(|known| known.path == path).map(|known| known.file.clone())
    }

    /// The file at this path was taken out: an engine that is started again does
    /// not read it.
    pub fn forget(&self, path: &str) {
        self.state.borrow_mut().known.retain(|known| known.path != path);
    }

    /// A file that the engine knows, by reference; a member of an archive, too.
    pub fn source(&self, file: FileId) -> impl Future<Output = Option<Blob>> + use<> {
        let (sender, answer) = oneshot::channel();
        {
            let mut state = self.state.borrow_mut();
            let id = state.new_id();
            state.sources.insert(id, sender);
            state.post(ENGINE, &ToWorker::Source { id, file: file.0 });
        }
        async move { answer.await.ok()? }
    }

    /// Starts as many workers as what waits is worth.
    fn start_workers(&self) {
        loop {
            let (has, wanted) = {
                let state = self.state.borrow();
                let waiting = state.queue.len() + state.for_readers.len();
                let size = |job: &Job| job.dropped.file.size();
                let bytes: f64 = state.queue.iter().chain(&state.for_readers).map(size).sum();
                // A worker takes long to start, and reads slowly at first.
                let worth = 1 + (bytes / BYTES_PER_WORKER) as usize;
                let busy = state.slots.iter().filter(|slot| slot.job.is_some()).count();
                let wanted = (busy + waiting).min(processors()).min(worth);
                let readers = if state.for_readers.is_empty() { 0 } else { 2 };
                (state.slots.len(), wanted.max(readers))
            };
            if has >= wanted || !self.start_worker() {
                return;
            }
        }
    }

    /// Notes a source of which nothing could be had.
    pub fn fail(&self, path: &str, why: &str) {
        let message = ToWorker::Fail { path: path.to_owned(), why: why.to_owned() };
        self.state.borrow().post(ENGINE, &message);
        (self.listener)(Event::Changed);
    }

    /// Gives up what is not read yet.
    pub fn cancel(&self) {
        let mut state = self.state.borrow_mut();
        let mut waiting: Vec<Job> = state.queue.drain(..).collect();
        waiting.extend(state.for_readers.drain(..));
        state.cancelled += waiting.len() as u32;
        state.progress.files += waiting.len() as u32;
        for job in &waiting {
            state.forget(&job.dropped);
        }
        let active: Vec<(usize, u32)> = state
            .slots
            .iter()
            .enumerate()
            .filter_map(|(slot, held)| Some((slot, held.job.as_ref()?.id)))
            .collect();
        for &(slot, job) in &active {
            state.post(slot, &ToWorker::Cancel { job });
        }
        drop(state);
        self.finish_if_done();
    }

    /// Ends the workers, and with them all they know. Nothing is heard of them
    /// any more.
    pub fn stop(&self) {
        let mut state = self.state.borrow_mut();
        for slot in state.slots.drain(..) {
            slot.worker.set_onmessage(None);
            slot.worker.set_onerror(None);
            slot.worker.terminate();
        }
        *state = State::default();
    }

    fn start_worker(&self) -> bool {
        let slot = self.state.borrow().slots.len();
        let worker = self.new_worker(slot);
        let is_there = worker.is_some();
        if let Some(worker) = worker {
            self.state.borrow_mut().slots.push(Slot { worker, job: None });
        }
        is_there
    }

    fn new_worker(&self, slot: usize) -> Option<Worker> {
        let module = if slot == ENGINE { "worker" } else { "reader" };
        let address = format!("./worker-loader.js?module={module}&build={}", self.build);
        let worker = match Worker::new(&address) {
            Ok(worker) => worker,
            Err(error) => {
                (self.listener)(Event::Failed(format!("no worker could be started: {}", text_of(&error))));
                return None;
            }
        };
        let pool = self.clone();
        let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            let failed = Reflect::get(&event.data(), &"passgrid-worker-failed".into());
            match failed.ok().and_then(|text| text.as_string()) {
                Some(text) if slot == ENGINE => (pool.listener)(Event::Failed(text)),
                Some(text) => pool.worker_failed(slot, &text),
                None => pool.receive(slot, event.data()),
            }
        });
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        on_message.forget();
        let pool = self.clone();
        // A script that cannot be loaded gives an event without a message.
        let on_error = Closure::<dyn FnMut(web_sys::Event)>::new(move |event: web_sys::Event| {
            event.prevent_default();
            let message = text_of(&event);
            let why = if message.is_empty() { "its script could not be loaded" } else { &message };
            pool.worker_failed(slot, why);
        });
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        on_error.forget();
        Some(worker)
    }

    /// Gives files to workers that have nothing to do.
    fn dispatch(&self) {
        self.start_workers();
        let mut state = self.state.borrow_mut();
        for slot in 0..state.slots.len() {
            if state.slots[slot].job.is_some() {
                continue;
            }
            let for_reader = if slot == ENGINE { None } else { state.for_readers.pop_front() };
            let Some(job) = for_reader.or_else(|| state.queue.pop_front()) else {
                continue;
            };
            let message = ToWorker::Import {
                job: job.id,
                path: job.dropped.path.clone(),
                file: job.dropped.file.clone(),
                depth: job.depth,
                options: options_bytes(&job.options),
            };
            state.post(slot, &message);
            state.slots[slot].job = Some(job);
        }
    }

    fn receive(&self, slot: usize, message: JsValue) {
        let Some(message) = FromWorker::from_js(message) else {
            return;
        };
        match message {
            FromWorker::Ready => {}
            FromWorker::Progress { job, bytes, results } => {
                self.state.borrow_mut().under_way.insert(job, (bytes, results));
                self.report();
            }
            FromWorker::Answer { id, answer } => {
                let then = self.state.borrow_mut().asks.remove(&id);
                if let Some(then) = then {
                    let _ = then.send(answer.to_vec());
                }
            }
            FromWorker::Other { .. } => {
                let mut state = self.state.borrow_mut();
                if let Some(job) = state.slots[slot].job.take() {
                    state.under_way.remove(&job.id);
                    state.for_readers.push_back(job);
                }
                drop(state);
                self.dispatch();
            }
            FromWorker::Member { path, file, .. } => {
                let mut state = self.state.borrow_mut();
                let depth = state.slots[slot].job.as_ref().map_or(1, |job| job.depth + 1);
                let has_failed = state.failed.contains(&path);
                if !has_failed {
                    state.enqueue(Dropped { path: path.clone(), file }, depth, ImportOptions::default());
                }
                drop(state);
                if has_failed {
                    self.fail(&path, FAILED);
                }
                self.dispatch();
            }
            FromWorker::NeedsTexts { id, sources, files } => {
                if self.state.borrow().slots.len() == 1 {
                    self.start_worker();
                }
                let mut state = self.state.borrow_mut();
                let reader = state.slots.len() - 1;
                if reader == ENGINE {
                    state.post(ENGINE, &ToWorker::Texts { id, details: None });
                } else {
                    state.texts.push((id, reader));
                    state.post(reader, &ToWorker::ReadTexts { id, sources, files });
                }
            }
            FromWorker::Texts { id, details } => {
                let mut state = self.state.borrow_mut();
                state.texts.retain(|(asked, _)| *asked != id);
                state.post(ENGINE, &ToWorker::Texts { id, details: Some(details) });
            }
            FromWorker::Imported { imported, results, texts, .. } => {
                let job = self.state.borrow_mut().slots[slot].job.take();
                let Some(job) = job else {
                    return;
                };
                let mut state = self.state.borrow_mut();
                state.restarts = 0;
                state.results_done += results;
                if let Some(imported) = imported {
                    let (file, options) = (job.dropped.file.clone(), options_bytes(&job.options));
                    state.post(ENGINE, &ToWorker::Ingest { imported, file, texts, options });
                }
                state.job_ended(&job);
                drop(state);
                self.dispatch();
                self.report();
                // The end says that there is something new, too.
                if !self.finish_if_done() {
                    (self.listener)(Event::Changed);
                }
            }
            FromWorker::Source { id, file } => {
                let then = self.state.borrow_mut().sources.remove(&id);
                if let Some(then) = then {
                    let _ = then.send(file);
                }
            }
            FromWorker::Lost { .. } => {
                let mut state = self.state.borrow_mut();
                let job = state.slots[slot].job.take();
                if let Some(job) = &job {
                    state.job_ended(job);
                }
                drop(state);
                self.dispatch();
                self.finish_if_done();
                if let Some(job) = job {
                    (self.listener)(Event::Lost(job.dropped.path));
                }
            }
            FromWorker::Cancelled { .. } => {
                let mut state = self.state.borrow_mut();
                if let Some(job) = state.slots[slot].job.take() {
                    state.cancelled += 1;
                    state.forget(&job.dropped);
                    state.job_ended(&job);
                }
                drop(state);
                self.dispatch();
                self.finish_if_done();
            }
        }
    }

    fn report(&self) {
        let progress = self.state.borrow().current();
        (self.listener)(Event::Progress(progress));
    }

    /// Says that loading is done, if it is.
    fn finish_if_done(&self) -> bool {
        let mut state = self.state.borrow_mut();
        let is_waiting = !state.queue.is_empty() || !state.for_readers.is_empty();
        let is_busy = is_waiting || state.slots.iter().any(|slot| slot.job.is_some());
        if is_busy || !state.is_loading {
            return false;
        }
        state.is_loading = false;
        state.progress = Progress::default();
        (state.bytes_done, state.results_done) = (0.0, 0.0);
        let cancelled = std::mem::take(&mut state.cancelled);
        drop(state);
        (self.listener)(Event::Done { cancelled });
        true
    }

    /// Readers cannot be had: what only they may know is noted, the rest is read by
    /// the engine's worker.
    fn give_up_readers(&self, culprit: Option<Job>, why: &str) {
        let mut state = self.state.borrow_mut();
        let mut lost: Vec<Job> = culprit.into_iter().collect();
        let readers: Vec<Slot> = state.slots.drain(ENGINE + 1..).collect();
        lost.extend(readers.into_iter().filter_map(|slot| {
            slot.worker.terminate();
            slot.job
        }));
        lost.extend(std::mem::take(&mut state.for_readers));
        for job in &lost {
            state.job_ended(job);
        }
        state.restarts = 0;
        drop(state);
        for job in &lost {
            self.fail(&job.dropped.path, &format!("what reads this kind of file could not be had: {why}"));
        }
        self.finish_if_done();
    }

    /// A worker trapped: its file is noted as unreadable, the worker replaced.
    /// With the engine goes all it knew, so that its files are read again.
    fn worker_failed(&self, slot: usize, why: &str) {
        let culprit = {
            let mut state = self.state.borrow_mut();
            let Some(held) = state.slots.get_mut(slot) else {
                return;
            };
            held.worker.terminate();
            held.job.take()
        };
        if let Some(job) = &culprit {
            let mut state = self.state.borrow_mut();
            state.forget(&job.dropped);
            state.job_ended(job);
        }
        let restarts = {
            let mut state = self.state.borrow_mut();
            let waiting = state.texts.extract_if(.., |(_, reader)| *reader == slot);
            let waiting: Vec<u32> = waiting.map(|(id, _)| id).collect();
            for id in waiting {
                state.post(ENGINE, &ToWorker::Texts { id, details: None });
            }
            state.failed.extend(culprit.iter().map(|job| job.dropped.path.clone()));
            state.restarts += 1;
            state.restarts
        };
        if restarts > MOST_RESTARTS && slot != ENGINE {
            self.give_up_readers(culprit, why);
            return;
        }
        if restarts > MOST_RESTARTS {
            (self.listener)(Event::Failed(format!("the engine failed again and again: {why}")));
            return;
        }
        let Some(worker) = self.new_worker(slot) else {
            return;
        };
        let mut unanswered = HashMap::new();
        let again = {
            let mut state = self.state.borrow_mut();
            state.slots[slot].worker = worker;
            if slot != ENGINE {
                Vec::new()
            } else {
                unanswered = std::mem::take(&mut state.asks);
                state.sources.clear();
                // Their archive is read again.
                state.queue.retain(|job| job.depth == 0);
                state.for_readers.retain(|job| job.depth == 0);
                let pending: Vec<Blob> = state
                    .queue
                    .iter()
                    .chain(&state.for_readers)
                    .chain(state.slots.iter().filter_map(|slot| slot.job.as_ref()))
                    .map(|job| job.dropped.file.clone())
                    .collect();
                let mut known = std::mem::take(&mut state.known);
                let (waiting, lost) = known.drain(..).partition(|dropped| pending.contains(&dropped.file));
                state.known = waiting;
                lost
            }
        };
        drop(unanswered);
        if let Some(job) = culprit {
            self.fail(&job.dropped.path, FAILED);
        }
        if slot == ENGINE {
            (self.listener)(Event::Restarted);
        }
        self.load(again);
        self.dispatch();
        self.finish_if_done();
    }
}

/// What is said of a file at which a worker failed.
const FAILED: &str = "reading this file failed inside Passgrid; the other files are not affected";

impl State {
    fn enqueue(&mut self, dropped: Dropped, depth: u8, options: ImportOptions) {
        self.is_loading = true;
        self.progress.files_total += 1;
        self.progress.bytes_total += dropped.file.size();
        let id = self.new_id();
        self.queue.push_back(Job { id, dropped, depth, options });
    }

    fn new_id(&mut self) -> u32 {
        self.next_id += 1;
        self.next_id
    }

    fn post(&self, slot: usize, message: &ToWorker) {
        if let Some(slot) = self.slots.get(slot) {
            // Fails only for what cannot be cloned, which messages never hold.
            let _ = slot.worker.post_message(&message.to_js());
        }
    }

    fn job_ended(&mut self, job: &Job) {
        self.under_way.remove(&job.id);
        self.progress.files += 1;
        self.bytes_done += job.dropped.file.size();
    }

    fn forget(&mut self, dropped: &Dropped) {
        self.known.retain(|known| known.file != dropped.file || known.path != dropped.path);
    }

    fn current(&self) -> Progress {
        let under_way = self.under_way.values();
        let (bytes, results) = under_way.fold((0.0, 0.0), |(a, b), (c, d)| (a + c, b + d));
        Progress { bytes: self.bytes_done + bytes, results: self.results_done + results, ..self.progress }
    }
}

fn options_bytes(options: &ImportOptions) -> Uint8Array {
    Uint8Array::from(encode(options).as_slice())
}

/// What an error says.
fn text_of(error: &JsValue) -> String {
    Reflect::get(error, &"message".into()).ok().and_then(|text| text.as_string()).unwrap_or_default()
}

fn processors() -> usize {
    let cores = web_sys::window().map_or(1.0, |window| window.navigator().hardware_concurrency());
    (cores as usize).clamp(1, MOST_WORKERS)
}
