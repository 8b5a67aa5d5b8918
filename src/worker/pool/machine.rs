//! The pool's decisions: a state machine that takes an [`Input`] and returns
//! [`Command`]s.
//!
//! It does not depend on the browser. Files, batches and answers are values of a
//! type `A` that it only passes on. It guarantees, whichever worker dies at any time:
//!
//! - Each question is answered exactly once, with `None` if the engine fails
//!   before it answers.
//! - Each file reaches the engine (as the data read from it, or as a note why it
//!   could not be read), or is cancelled, unless the engine fails permanently.
//! - Files done and files pending add up to the total.
//!
//! # When a worker dies
//!
//! The worker in the first slot hosts the engine.
//!
//! - **The engine's worker dies.** Its data is lost. Open questions are
//!   answered with `None`, jobs of all workers are void, and a new worker gets
//!   every known file again. If a file crashed the engine, that file gets a note
//!   and is not read again. After [`MOST_RESTARTS`] deaths in a row the machine
//!   gives up. The row ends when a file is read for the first time, so the number
//!   of restarts is bounded by the number of files.
//! - **Another worker dies.** The file that it was reading is noted as
//!   unreadable. Files that waited in it go back to the queue. A new worker starts if there is enough to read.
//! - **A worker dies that reads a part of another one's file.** The other one reads the part itself.
//! - **A worker cannot start.** If it is the engine's, the machine gives up. If it
//!   is another one, its file goes to the running workers, and no more are started
//!   until the next load. The same applies to another worker that panics outside of
//!   its job.
//!
//! Late messages from a dead worker are ignored: no two workers have the same
//! [`WorkerId`].

mod deaths;
mod jobs;
mod messages;
mod sharing;
#[cfg(test)]
mod tests;

use super::{Event, Progress};
use crate::engine::{ImportOptions, Request};
use crate::model::FileId;
use crate::worker::protocol::{Attached, FromWorker, ToWorker};
use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};

/// One more worker is started for this many waiting bytes, because a worker takes
/// long to start, and is slow at first.
pub const BYTES_PER_WORKER: u64 = 4_000_000;

/// A file of at most this many bytes is small: to read it takes less time than to hand it over and to get it from
/// the browser. So a worker has several of them at once.
const SMALL_BYTES: u64 = 65_536;

/// How many small files a worker has at most: the one that it reads, and those that it reads next.
const MOST_SMALL: usize = 16;

/// The pool gives up if the engine dies more often than this in a row.
pub const MOST_RESTARTS: u32 = 3;

/// The slot of the engine's worker.
const ENGINE: usize = 0;

/// Identifies a worker; never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WorkerId(pub u32);

/// A file to read.
#[derive(Clone, Debug)]
pub struct NewFile<A> {
    /// Path below what was dropped, with `/`.
    pub path: String,
    /// The file.
    pub file: A,
    /// Its size.
    pub bytes: u64,
}

/// An event for the pool: a request of the page, or something that happened to a worker.
#[derive(Clone, Debug)]
pub enum Input<A> {
    /// The page loads files.
    Load(Vec<NewFile<A>>),
    /// The page loads a file again, which replaces what was read of it before.
    LoadAgain(NewFile<A>, ImportOptions),
    /// The page removed the file at this path, which a new engine does not read.
    Forget(String),
    /// The page could not get a file.
    Fail {
        /// The file's path or URL.
        path: String,
        /// The reason, a fragment of a sentence.
        why: String,
    },
    /// The page cancels loading.
    Cancel {
        /// How many more files it was going to load.
        unknown: u32,
    },
    /// The page asks the engine.
    Ask {
        /// The question's number, which the caller chooses.
        id: u32,
        /// The question.
        request: Box<Request>,
    },
    /// The page asks for a file that the engine knows.
    Source {
        /// The question's number, which the caller chooses.
        id: u32,
        /// Which file.
        file: FileId,
    },
    /// The page ends the pool.
    Stop,
    /// A worker sent a message.
    Message {
        /// Which worker.
        worker: WorkerId,
        /// The message.
        message: FromWorker,
        /// The message's attachments.
        attachments: Vec<A>,
    },
    /// A worker could not start, for this reason.
    StartFailed(WorkerId, String),
    /// A worker trapped or threw, for this reason.
    Crashed(WorkerId, String),
}

/// Something that the driver must do, in the order of the commands.
#[derive(Clone, Debug)]
pub enum Command<A> {
    /// Start a worker.
    Start(WorkerId),
    /// End a worker.
    Terminate(WorkerId),
    /// Send a message to a worker.
    Post {
        /// Which worker.
        worker: WorkerId,
        /// The message.
        message: ToWorker,
        /// The message's attachments.
        attachments: Vec<A>,
    },
    /// Answer the question with this number; `None` is a failure.
    Answer(u32, Option<A>),
    /// Report to the page.
    Report(Event),
}

/// Identifies a known file; never reused.
type KnownId = u32;

/// A file that the page loaded, which a new engine must read or note.
struct Known<A> {
    id: KnownId,
    path: String,
    /// `None` if the page could not get it.
    file: Option<A>,
    bytes: u64,
    /// How to read it, without the file that it replaces.
    options: ImportOptions,
    /// Why it is not read, but only gets a note.
    fault: Option<String>,
}

/// A file that waits to be read, or is being read.
#[derive(Clone)]
struct Job<A> {
    id: u32,
    /// The known file that it is, or is a member of. `None` for a member that is
    /// read again separately.
    known: Option<KnownId>,
    path: String,
    file: A,
    bytes: u64,
    /// How many archives the file is in.
    depth: u8,
    options: ImportOptions,
    validity: Validity,
    /// Bytes and results so far.
    so_far: (u64, u64),
    /// Members were found in it, so reading it again would duplicate them.
    has_members: bool,
    /// Where the parts begin that other workers have; `None` if the file is read as a whole.
    shared_from: Option<u64>,
}

/// Whether the end of a job matters.
#[derive(Clone, Copy, PartialEq)]
enum Validity {
    /// It matters.
    Wanted,
    /// The page cancelled it, but its worker may finish first.
    Cancelled,
    /// Its engine has died. The job does not count.
    Void,
}

struct Slot<A> {
    worker: WorkerId,
    is_ready: bool,
    /// The first is being read. The others are small, and wait for it.
    jobs: VecDeque<Job<A>>,
    /// Parts of another worker's file. It reads the first, while the browser gets the others.
    parts: Vec<PartJob>,
}

/// A part of a file that a worker reads for another one.
#[derive(Clone, Copy)]
struct PartJob {
    id: u32,
    /// The job whose file it is.
    of: u32,
    /// The first byte of the part.
    from: u64,
}

/// Identifies a file or a member of an archive: its known file, and its path.
type FileKey = (KnownId, String);

/// What a worker was doing when it died.
enum Work {
    /// Unknown: possibly its job.
    Unknown,
    /// This job, or none.
    Job(Option<u32>),
}

enum Phase {
    Running,
    /// The engine failed permanently, for this reason.
    Failed(String),
    /// The page ended the pool.
    Stopped,
}

/// Sums over the jobs since loading began.
#[derive(Default)]
struct Sums {
    files: u32,
    files_total: u32,
    bytes: u64,
    bytes_total: u64,
    results: u64,
}

/// The state of the pool.
pub struct Machine<A> {
    phase: Phase,
    /// How many workers the machine can use.
    most_workers: usize,
    /// How many workers can be started.
    startable: usize,
    /// The first hosts the engine.
    slots: Vec<Slot<A>>,
    queue: VecDeque<Job<A>>,
    known: Vec<Known<A>>,
    /// Members of archives that crashed a worker, with the reason.
    member_faults: HashMap<FileKey, String>,
    /// Files that were read at least once.
    read: HashSet<FileKey>,
    /// Jobs whose batch was sent to the engine but is not ingested yet.
    ingesting: Vec<Job<A>>,
    questions: BTreeSet<u32>,
    last_id: u32,
    sums: Sums,
    cancelled: u32,
    is_loading: bool,
    /// Deaths of the engine in a row.
    deaths: u32,
    commands: Vec<Command<A>>,
}

impl<A: Clone> Machine<A> {
    /// Starts a pool of at most `most_workers` workers with the engine's worker.
    pub fn new(most_workers: usize) -> (Machine<A>, Vec<Command<A>>) {
        let mut machine = Machine {
            phase: Phase::Running,
            most_workers: most_workers.max(1),
            startable: most_workers.max(1),
            slots: Vec::new(),
            queue: VecDeque::new(),
            known: Vec::new(),
            member_faults: HashMap::new(),
            read: HashSet::new(),
            ingesting: Vec::new(),
            questions: BTreeSet::new(),
            last_id: 0,
            sums: Sums::default(),
            cancelled: 0,
            is_loading: false,
            deaths: 0,
            commands: Vec::new(),
        };
        machine.start_worker();
        let commands = std::mem::take(&mut machine.commands);
        (machine, commands)
    }

    /// Returns the file that the page loaded with this path.
    pub fn known(&self, path: &str) -> Option<&A> {
        self.known.iter().filter(|known| known.path == path).find_map(|known| known.file.as_ref())
    }

    /// Returns the size of all files that the page loaded and can read.
    pub fn bytes(&self) -> u64 {
        self.known.iter().filter(|known| known.file.is_some()).map(|known| known.bytes).sum()
    }

    /// Returns whether files are being read.
    pub fn is_loading(&self) -> bool {
        self.is_loading
    }

    /// Returns the path and content of each file that the page loaded.
    pub fn files(&self) -> impl Iterator<Item = (&str, &A)> {
        self.known.iter().filter_map(|known| Some((known.path.as_str(), known.file.as_ref()?)))
    }

    /// Handles an input, and returns what to do.
    pub fn handle(&mut self, input: Input<A>) -> Vec<Command<A>> {
        match &self.phase {
            Phase::Running => self.run(input),
            Phase::Failed(why) => match input {
                Input::Ask { id, .. } | Input::Source { id, .. } => {
                    self.commands.push(Command::Answer(id, None));
                }
                Input::Load(_) | Input::LoadAgain(..) => {
                    self.commands.push(Command::Report(Event::Failed(why.clone())));
                }
                Input::Stop => self.phase = Phase::Stopped,
                _ => {}
            },
            Phase::Stopped => {
                if let Input::Ask { id, .. } | Input::Source { id, .. } = input {
                    self.commands.push(Command::Answer(id, None));
                }
            }
        }
        std::mem::take(&mut self.commands)
    }

    fn run(&mut self, input: Input<A>) {
        match input {
            Input::Load(files) => self.load(files),
            Input::LoadAgain(file, options) => self.load_again(file, options),
            Input::Forget(path) => self.known.retain(|known| known.path != path),
            Input::Fail { path, why } => {
                self.add_known(&path, None, 0, ImportOptions::default(), Some(why.clone()));
                self.note(path, why);
            }
            Input::Cancel { unknown } => self.cancel(unknown),
            Input::Ask { id, request } => {
                self.questions.insert(id);
                self.post(ENGINE, ToWorker::Ask { id, request }, Vec::new());
            }
            Input::Source { id, file } => {
                self.questions.insert(id);
                self.post(ENGINE, ToWorker::Source { id, file }, Vec::new());
            }
            Input::Stop => self.end(Phase::Stopped),
            Input::Message { worker, message, attachments } => {
                if let Some(slot) = self.slot_of(worker) {
                    self.receive(slot, message, &attachments);
                }
            }
            Input::StartFailed(worker, why) => match self.slot_of(worker) {
                Some(ENGINE) => self.give_up(why),
                Some(slot) => self.retire(slot),
                None => {}
            },
            Input::Crashed(worker, why) => {
                if let Some(slot) = self.slot_of(worker) {
                    self.worker_died(slot, &why, &Work::Unknown);
                }
            }
        }
    }

    // Requests of the page.

    fn load(&mut self, files: Vec<NewFile<A>>) {
        if files.is_empty() {
            return;
        }
        for NewFile { path, file, bytes } in files {
            let options = ImportOptions::default();
            let known = self.add_known(&path, Some(file.clone()), bytes, options.clone(), None);
            self.enqueue(Some(known), NewFile { path, file, bytes }, 0, options);
        }
        self.startable = self.most_workers;
        self.dispatch();
        self.report_progress();
    }

    fn load_again(&mut self, file: NewFile<A>, options: ImportOptions) {
        let again = ImportOptions { instead: None, ..options.clone() };
        let known = match self.known.iter_mut().find(|known| known.path == file.path) {
            Some(known) => {
                known.file = Some(file.file.clone());
                known.bytes = file.bytes;
                known.options = again;
                known.fault = None;
                let id = known.id;
                self.member_faults.retain(|(known, _), _| *known != id);
                self.read.retain(|(known, _)| *known != id);
                Some(id)
            }
            // A member of an archive, which is found again in it.
            None if options.instead.is_some() => None,
            None => Some(self.add_known(&file.path, Some(file.file.clone()), file.bytes, again, None)),
        };
        self.enqueue(known, file, 0, options);
        self.startable = self.most_workers;
        self.dispatch();
        self.report_progress();
    }

    fn cancel(&mut self, unknown: u32) {
        self.is_loading |= unknown > 0;
        self.cancelled += unknown;
        for job in std::mem::take(&mut self.queue) {
            self.job_cancelled(&job);
        }
        for slot in 0..self.slots.len() {
            self.call_off(slot, Validity::Cancelled);
        }
        self.finish_if_done();
    }

    /// Ends everything; later inputs have no effect.
    fn end(&mut self, phase: Phase) {
        self.fail_questions();
        for slot in self.slots.drain(..) {
            self.commands.push(Command::Terminate(slot.worker));
        }
        self.queue.clear();
        self.ingesting.clear();
        self.is_loading = false;
        self.phase = phase;
    }

    fn give_up(&mut self, why: String) {
        self.end(Phase::Failed(why.clone()));
        self.report(Event::Failed(why));
    }

    fn fail_questions(&mut self) {
        for id in std::mem::take(&mut self.questions) {
            self.commands.push(Command::Answer(id, None));
        }
    }

    // Events of workers.

    // Jobs.

    // Known files.

    fn add_known(
        &mut self,
        path: &str,
        file: Option<A>,
        bytes: u64,
        options: ImportOptions,
        fault: Option<String>,
    ) -> KnownId {
        let id = self.new_id();
        self.known.push(Known { id, path: path.to_owned(), file, bytes, options, fault });
        id
    }

    /// Records a file that could not be read.
    fn note(&mut self, path: String, why: String) {
        self.post(ENGINE, ToWorker::Fail { path, why }, Vec::new());
        self.report(Event::Changed);
    }

    // Commands.

    fn slot_of(&self, worker: WorkerId) -> Option<usize> {
        self.slots.iter().position(|slot| slot.worker == worker)
    }

    fn new_id(&mut self) -> u32 {
        self.last_id += 1;
        self.last_id
    }

    fn post(&mut self, slot: usize, message: ToWorker, attachments: Vec<A>) {
        let worker = self.slots[slot].worker;
        self.commands.push(Command::Post { worker, message, attachments });
    }

    fn report(&mut self, event: Event) {
        self.commands.push(Command::Report(event));
    }

    fn report_progress(&mut self) {
        let progress = self.progress();
        self.report(Event::Progress(progress));
    }
}

/// The note for a file that crashed a worker.
fn fault(why: &str) -> String {
    format!("Passgrid failed while reading this file; other files are not affected ({why})")
}
