//! The pool in the browser: carries out the machine's commands.

use super::machine::{Command, Input, Machine, NewFile, WorkerId};
use super::{Event, Progress};
use crate::engine::{ImportOptions, Query};
use crate::model::FileId;
use crate::worker::transfer::{Attachment, from_js, to_js};
use futures_channel::oneshot;
use gloo_timers::future::TimeoutFuture;
use js_sys::Reflect;
use std::cell::RefCell;
use std::collections::{HashMap, VecDeque};
use std::rc::Rc;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::{Blob, MessageEvent, Worker};

/// How long the page may look at files without a pause, in milliseconds.
const LOOK_MS: f64 = 20.0;

/// With more workers, the disk would be the bottleneck.
const MOST_WORKERS: usize = 4;

/// A file to read, by reference: its bytes never pass through the page.
#[derive(Clone)]
pub struct Dropped {
    /// Path below what was dropped, with `/`.
    pub path: String,
    /// The file.
    pub file: Blob,
}

impl Dropped {
    fn into_new_file(self) -> NewFile<Attachment> {
        let bytes = self.file.size() as u64;
        NewFile { path: self.path, file: Attachment::Blob(self.file), bytes }
    }
}

/// The workers of a page.
#[derive(Clone)]
pub struct Pool(Rc<Driver>);

struct Driver {
    state: RefCell<State>,
    listener: Box<dyn Fn(Event)>,
    loader: String,
}

struct State {
    machine: Machine<Attachment>,
    workers: HashMap<WorkerId, Worker>,
    /// Commands that have not been carried out yet.
    commands: VecDeque<Command<Attachment>>,
    /// Whether a caller up the stack is carrying out commands.
    is_running: bool,
    is_stopped: bool,
    /// Files to load whose sizes are not known yet.
    unmeasured: VecDeque<Dropped>,
    /// Files to load whose sizes are known.
    measured: Vec<NewFile<Attachment>>,
    is_measuring: bool,
    questions: HashMap<u32, oneshot::Sender<Option<Attachment>>>,
    last_question: u32,
}

impl State {
    fn take_measured(&mut self) -> Vec<NewFile<Attachment>> {
        self.is_measuring = false;
        std::mem::take(&mut self.measured)
    }

    /// Forgets the files that are not loaded yet, and returns their number.
    fn forget_new(&mut self) -> u32 {
        let measured = std::mem::take(&mut self.measured).len();
        (measured + std::mem::take(&mut self.unmeasured).len()) as u32
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        for worker in self.state.get_mut().workers.values() {
            worker.terminate();
        }
    }
}

impl Pool {
    /// Starts the engine's worker, whose script has the URL `loader`. `listener` is called for each event.
    pub fn new(loader: &str, listener: impl Fn(Event) + 'static) -> Pool {
        let (machine, commands) = Machine::new(processors());
        let state = State {
            machine,
            workers: HashMap::new(),
            commands: commands.into(),
            is_running: false,
            is_stopped: false,
            unmeasured: VecDeque::new(),
            measured: Vec::new(),
            is_measuring: false,
            questions: HashMap::new(),
            last_question: 0,
        };
        let driver =
            Driver { state: RefCell::new(state), listener: Box::new(listener), loader: loader.to_owned() };
        let pool = Pool(Rc::new(driver));
        pool.run();
        pool
    }

    /// Sends a query to the engine. The answer is `None` if the engine fails
    /// before it answers, or the pool is stopped.
    pub fn ask<Q: Query>(&self, query: Q) -> impl Future<Output = Option<Q::Answer>> + use<Q> {
        let request = Box::new(query.into());
        let answer = self.question(|id| Input::Ask { id, request });
        async move { answer.await.ok()??.decoded() }
    }

    /// Returns a file that the engine knows, by reference. It may be a member of an
    /// archive.
    pub fn source(&self, file: FileId) -> impl Future<Output = Option<Blob>> + use<> {
        let answer = self.question(|id| Input::Source { id, file });
        async move { answer.await.ok()??.into_blob() }
    }

    /// Reads files in parallel, up to the number of processors.
    ///
    /// To tell the size of a file takes the browser up to 0.3 ms, and longer while it reads others. So many files
    /// are looked at first, with pauses, and then they are read.
    pub fn load(&self, files: Vec<Dropped>) {
        {
            let mut state = self.0.state.borrow_mut();
            state.unmeasured.extend(files);
            if std::mem::replace(&mut state.is_measuring, true) {
                return;
            }
        }
        if self.measure_some() {
            return;
        }
        self.report_new();
        let pool = self.clone();
        spawn_local(async move {
            loop {
                TimeoutFuture::new(0).await;
                if pool.measure_some() {
                    return;
                }
            }
        });
    }

    /// Looks at as many files as it can without a pause. Loads all and returns true after the last.
    fn measure_some(&self) -> bool {
        let begun = js_sys::Date::now();
        while js_sys::Date::now() - begun < LOOK_MS {
            let next = self.0.state.borrow_mut().unmeasured.pop_front();
            let Some(file) = next.map(Dropped::into_new_file) else {
                let measured = self.0.state.borrow_mut().take_measured();
                self.handle(Input::Load(measured));
                return true;
            };
            self.0.state.borrow_mut().measured.push(file);
        }
        false
    }

    /// Reports that files are going to be read, unless others are being read.
    fn report_new(&self) {
        let files_total = {
            let state = self.0.state.borrow();
            if state.machine.is_loading() {
                return;
            }
            state.unmeasured.len() + state.measured.len()
        };
        (self.0.listener)(Event::Progress(Progress {
            files_total: files_total as u32,
            ..Progress::default()
        }));
    }

    /// Reads a file again, and replaces what was read of it before.
    pub fn load_again(&self, dropped: Dropped, options: ImportOptions) {
        self.handle(Input::LoadAgain(dropped.into_new_file(), options));
    }

    /// Returns the file that was dropped with this path.
    pub fn dropped(&self, path: &str) -> Option<Blob> {
        self.0.state.borrow().machine.known(path).cloned()?.into_blob()
    }

    /// Returns the size of all files that the page loaded and can read, in bytes.
    pub fn bytes(&self) -> f64 {
        self.0.state.borrow().machine.bytes() as f64
    }

    /// Returns all files that the page loaded and can read, in the order in which they came.
    pub fn files(&self) -> Vec<Dropped> {
        let state = self.0.state.borrow();
        let files = state.machine.files().filter_map(|(path, file)| {
            Some(Dropped { path: path.to_owned(), file: file.clone().into_blob()? })
        });
        files.collect()
    }

    /// Forgets the file at this path, which was removed, so that a restarted
    /// engine does not read it.
    pub fn forget(&self, path: &str) {
        self.handle(Input::Forget(path.to_owned()));
    }

    /// Records a file or URL that could not be read, with the reason.
    pub fn fail(&self, path: &str, why: &str) {
        self.handle(Input::Fail { path: path.to_owned(), why: why.to_owned() });
    }

    /// Cancels files that have not been read yet.
    pub fn cancel(&self) {
        let unknown = self.0.state.borrow_mut().forget_new();
        self.handle(Input::Cancel { unknown });
    }

    /// Terminates the workers and discards their data. The listener is not called again.
    pub fn stop(&self) {
        {
            let mut state = self.0.state.borrow_mut();
            state.is_stopped = true;
            state.forget_new();
        }
        self.handle(Input::Stop);
    }

    fn question(
        &self,
        input: impl FnOnce(u32) -> Input<Attachment>,
    ) -> oneshot::Receiver<Option<Attachment>> {
        let (sender, answer) = oneshot::channel();
        let id = {
            let mut state = self.0.state.borrow_mut();
            state.last_question += 1;
            let id = state.last_question;
            state.questions.insert(id, sender);
            id
        };
        self.handle(input(id));
        answer
    }

    fn handle(&self, input: Input<Attachment>) {
        {
            let mut state = self.0.state.borrow_mut();
            let commands = state.machine.handle(input);
            state.commands.extend(commands);
        }
        self.run();
    }

    /// Carries out commands, in their order even if the listener calls the pool meanwhile.
    fn run(&self) {
        if std::mem::replace(&mut self.0.state.borrow_mut().is_running, true) {
            return;
        }
        loop {
            let command = self.0.state.borrow_mut().commands.pop_front();
            match command {
                Some(command) => self.carry_out(command),
                None => break,
            }
        }
        self.0.state.borrow_mut().is_running = false;
    }

    fn carry_out(&self, command: Command<Attachment>) {
        match command {
            Command::Start(id) => match self.start(id) {
                Ok(worker) => {
                    self.0.state.borrow_mut().workers.insert(id, worker);
                }
                Err(error) => {
                    let why = format!("the browser could not start a worker: {}", text_of(&error));
                    self.handle(Input::StartFailed(id, why));
                }
            },
            Command::Terminate(id) => {
                if let Some(worker) = self.0.state.borrow_mut().workers.remove(&id) {
                    worker.terminate();
                }
            }
            Command::Post { worker, message, attachments } => {
                if let Some(worker) = self.0.state.borrow().workers.get(&worker) {
                    let (posted, transferred) = to_js(&message, &attachments);
                    // Fails only for values that cannot be cloned, which messages never contain.
                    let _ = worker.post_message_with_transfer(&posted, &transferred);
                }
            }
            Command::Answer(id, answer) => {
                let asker = self.0.state.borrow_mut().questions.remove(&id);
                if let Some(asker) = asker {
                    // Fails if nobody is waiting for the answer.
                    let _ = asker.send(answer);
                }
            }
            Command::Report(event) => {
                if !self.0.state.borrow().is_stopped {
                    (self.0.listener)(event);
                }
            }
        }
    }

    fn start(&self, id: WorkerId) -> Result<Worker, JsValue> {
        let worker = Worker::new(&self.0.loader)?;
        let driver = Rc::downgrade(&self.0);
        let handle = move |input| {
            if let Some(driver) = driver.upgrade() {
                Pool(driver).handle(input);
            }
        };
        let on_error = handle.clone();
        let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            let failed = Reflect::get(&event.data(), &"passgrid-worker-failed".into());
            handle(match failed.ok().and_then(|why| why.as_string()) {
                Some(why) => Input::StartFailed(id, why),
                None => match from_js(event.data()) {
                    Some((message, attachments)) => Input::Message { worker: id, message, attachments },
                    None => Input::Crashed(id, "the worker sent a message that cannot be decoded".to_owned()),
                },
            });
        });
        // The browser frees the listeners with the worker. They outlive its termination, because the
        // error event of a worker that reported its panic arrives late, and without a listener would
        // become an error of the page.
        worker.set_onmessage(Some(&on_message.into_js_value().unchecked_into()));
        // A script that cannot be loaded gives an event without a message.
        let on_error = Closure::<dyn FnMut(web_sys::Event)>::new(move |event: web_sys::Event| {
            event.prevent_default();
            let message = text_of(&event);
            let why = if message.is_empty() {
                "the worker's script could not be loaded".to_owned()
            } else {
                message
            };
            on_error(Input::Crashed(id, why));
        });
        worker.set_onerror(Some(&on_error.into_js_value().unchecked_into()));
        Ok(worker)
    }
}

/// An error's message, "" if it has none.
fn text_of(error: &JsValue) -> String {
    Reflect::get(error, &"message".into()).ok().and_then(|text| text.as_string()).unwrap_or_default()
}

fn processors() -> usize {
    let processors = web_sys::window().map_or(1.0, |window| window.navigator().hardware_concurrency());
    (processors as usize).clamp(1, MOST_WORKERS)
}
