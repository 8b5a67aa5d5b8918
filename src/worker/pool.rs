//! The page's side: workers, what they have to do, and what becomes of it.

use super::protocol::{FromWorker, ToWorker};
use crate::engine::{Answer, Request};
use crate::wire;
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
}

#[derive(Clone)]
struct Job {
    id: u32,
    dropped: Dropped,
}

struct Slot {
    worker: Worker,
    job: Option<Job>,
}

#[derive(Default)]
struct State {
    /// The first hosts the engine.
    slots: Vec<Slot>,
    queue: VecDeque<Job>,
    /// Bytes and results of jobs that are under way, and results of those done.
    under_way: HashMap<u32, (f64, f64)>,
    asks: HashMap<u32, Asker>,
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

/// Hears the answer, or nothing if the engine failed meanwhile.
type Asker = Box<dyn FnOnce(Option<Answer>)>;

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

    /// Asks the engine; `then` hears the answer, or nothing if the engine fails
    /// meanwhile.
    pub fn ask(&self, request: &Request, then: impl FnOnce(Option<Answer>) + 'static) {
        self.ask_boxed(request, Box::new(then));
    }

    fn ask_boxed(&self, request: &Request, then: Asker) {
        let bytes = wire::to_bytes(request);
        let mut state = self.state.borrow_mut();
        let id = state.new_id();
        state.asks.insert(id, then);
        let request = Uint8Array::from(bytes.as_slice());
        state.post(0, &ToWorker::Ask { id, request });
    }

    /// Reads files, as many at once as there are processors.
    pub fn load(&self, files: Vec<Dropped>) {
        if files.is_empty() {
            return;
        }
        let wanted = {
            let mut state = self.state.borrow_mut();
            state.is_loading = true;
            let bytes: f64 = files.iter().map(|dropped| dropped.file.size()).sum();
            state.progress.files_total += files.len() as u32;
            state.progress.bytes_total += bytes;
            for dropped in files {
                state.known.push(dropped.clone());
                let id = state.new_id();
                state.queue.push_back(Job { id, dropped });
            }
            // A worker takes long to start, and reads slowly at first.
            let worth = 1 + (bytes / BYTES_PER_WORKER) as usize;
            state.queue.len().min(processors()).min(worth)
        };
        while self.state.borrow().slots.len() < wanted {
            self.start_worker();
        }
        self.dispatch();
        self.report();
    }

    /// Notes a source of which nothing could be had.
    pub fn fail(&self, path: &str, why: &str) {
        let message = ToWorker::Fail { path: path.to_owned(), why: why.to_owned() };
        self.state.borrow().post(0, &message);
        (self.listener)(Event::Changed);
    }

    /// Gives up what is not read yet.
    pub fn cancel(&self) {
        let mut state = self.state.borrow_mut();
        let waiting: Vec<Job> = state.queue.drain(..).collect();
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

    fn start_worker(&self) {
        let slot = self.state.borrow().slots.len();
        if let Some(worker) = self.new_worker(slot) {
            self.state.borrow_mut().slots.push(Slot { worker, job: None });
        }
    }

    fn new_worker(&self, slot: usize) -> Option<Worker> {
        let address = format!("./worker-loader.js?build={}", self.build);
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
                Some(text) => (pool.listener)(Event::Failed(text)),
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
        let mut state = self.state.borrow_mut();
        for slot in 0..state.slots.len() {
            if state.slots[slot].job.is_some() {
                continue;
            }
            let Some(job) = state.queue.pop_front() else {
                return;
            };
            let message = ToWorker::Import {
                job: job.id,
                path: job.dropped.path.clone(),
                file: job.dropped.file.clone(),
                keep: slot == 0,
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
                    then(Some(wire::from_bytes(&answer.to_vec())));
                }
            }
            FromWorker::Imported { imported, results, .. } => {
                let job = self.state.borrow_mut().slots[slot].job.take();
                let Some(job) = job else {
                    return;
                };
                let mut state = self.state.borrow_mut();
                state.restarts = 0;
                state.results_done += results;
                if let Some(imported) = imported {
                    state.post(0, &ToWorker::Absorb { imported, file: job.dropped.file.clone() });
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
        let is_busy = !state.queue.is_empty() || state.slots.iter().any(|slot| slot.job.is_some());
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
            state.restarts += 1;
            state.restarts
        };
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
            if slot != 0 {
                Vec::new()
            } else {
                unanswered = std::mem::take(&mut state.asks);
                let pending: Vec<Blob> = state
                    .queue
                    .iter()
                    .chain(state.slots.iter().filter_map(|slot| slot.job.as_ref()))
                    .map(|job| job.dropped.file.clone())
                    .collect();
                let mut known = std::mem::take(&mut state.known);
                let (waiting, lost) = known.drain(..).partition(|dropped| pending.contains(&dropped.file));
                state.known = waiting;
                lost
            }
        };
        for then in unanswered.into_values() {
            then(None);
        }
        if let Some(job) = culprit {
            self.fail(
                &job.dropped.path,
                "reading this file failed inside Passgrid; the other files are not affected",
            );
        }
        if slot == 0 {
            (self.listener)(Event::Restarted);
        }
        self.load(again);
        self.dispatch();
        self.finish_if_done();
    }
}

impl State {
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

/// What an error says.
fn text_of(error: &JsValue) -> String {
    Reflect::get(error, &"message".into()).ok().and_then(|text| text.as_string()).unwrap_or_default()
}

fn processors() -> usize {
    let cores = web_sys::window().map_or(1.0, |window| window.navigator().hardware_concurrency());
    (cores as usize).clamp(1, MOST_WORKERS)
}
