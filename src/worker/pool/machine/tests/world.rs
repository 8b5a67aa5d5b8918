//! Simulated workers around the machine.

use super::super::*;
use crate::engine::GetOverview;
use crate::import::PART_BYTES;
use std::collections::BTreeMap;

/// A value that the machine passes on.
#[derive(Clone, Debug, PartialEq)]
pub enum Thing {
    File(u32),
    /// The data read from the file at this path.
    Batch(String),
    Answer(u32),
}

/// A worker, and an engine that only stores which files it has.
#[derive(Default)]
pub struct Simulated {
    pub is_up: bool,
    pub inbox: VecDeque<(ToWorker, Vec<Thing>)>,
    /// Files that it was given. It reads the first.
    pub files: VecDeque<Reading>,
    /// Parts of another worker's file: number, whether it can be read, and whether it is cancelled.
    pub parts: VecDeque<(u32, bool, bool)>,
    /// Paths of ingested files, and the reason if the file only got a note.
    pub records: Vec<(String, Option<String>)>,
}

pub struct Reading {
    pub job: u32,
    pub path: String,
    pub file: u32,
    pub is_kept: bool,
    pub is_again: bool,
    pub is_cancelled: bool,
    pub has_progressed: bool,
    /// It has told that its file has parts.
    pub has_told: bool,
    /// Where the parts of others begin.
    pub shared_from: Option<u64>,
    /// The parts of others that came, read or not.
    pub joined: BTreeSet<u64>,
    /// Members that were not handed over yet.
    pub members: Vec<u32>,
}

/// The members of a file: every fourth file is an archive with a file and an
/// archive, unless it is too deep.
pub fn members(file: u32, depth: u8) -> Vec<u32> {
    if file.is_multiple_of(4) && depth < 2 { vec![file * 10 + 1, file * 10] } else { Vec::new() }
}

/// Files have different sizes: some are large enough for more workers, some small enough to wait in one.
pub fn size(file: u32) -> u64 {
    if file % 5 == 2 { 4_000 } else { u64::from(file % 7) * 1_500_000 }
}

impl Reading {
    /// Every third file has parts. Little of it is left when it tells so.
    fn has_parts(&self) -> bool {
        self.file.is_multiple_of(3) && size(self.file) > LEFT
    }

    /// Whether a part of another worker has not come.
    fn is_waiting(&self) -> bool {
        let from = self.shared_from.unwrap_or(u64::MAX);
        (from..size(self.file)).step_by(PART_BYTES as usize).any(|from| !self.joined.contains(&from))
    }
}

impl Simulated {
    pub fn reading(&self) -> Option<&Reading> {
        self.files.front()
    }
}

/// How much of a file is left when parts of it are given to others.
const LEFT: u64 = 5 * PART_BYTES;

pub struct World {
    pub machine: Machine<Thing>,
    pub workers: BTreeMap<WorkerId, Simulated>,
    pub ended: Vec<WorkerId>,
    pub last_file: u32,
    pub last_question: u32,
    /// Answers by question.
    pub answers: BTreeMap<u32, Vec<Option<Thing>>>,
    pub events: Vec<Event>,
}

impl World {
    pub fn new() -> World {
        World::of(3)
    }

    pub fn of(most_workers: usize) -> World {
        let (machine, commands) = Machine::new(most_workers);
        let mut world = World {
            machine,
            workers: BTreeMap::new(),
            ended: Vec::new(),
            last_file: 0,
            last_question: 0,
            answers: BTreeMap::new(),
            events: Vec::new(),
        };
        world.carry_out(commands);
        world
    }

    pub fn handle(&mut self, input: Input<Thing>) {
        let commands = self.machine.handle(input);
        self.carry_out(commands);
        self.check_sums();
    }

    pub fn carry_out(&mut self, commands: Vec<Command<Thing>>) {
        for command in commands {
            match command {
                Command::Start(worker) => {
                    assert!(!self.ended.contains(&worker), "a worker starts twice");
                    assert!(self.workers.insert(worker, Simulated::default()).is_none());
                }
                Command::Terminate(worker) => {
                    self.workers.remove(&worker).expect("only a worker that runs is ended");
                    self.ended.push(worker);
                }
                Command::Post { worker, message, attachments } => {
                    let worker = self.workers.get_mut(&worker).expect("messages go to workers that run");
                    worker.inbox.push_back((message, attachments));
                }
                Command::Answer(id, answer) => {
                    self.answers.get_mut(&id).expect("only what was asked is answered").push(answer);
                }
                Command::Report(event) => {
                    if let Event::Progress(progress) = &event {
                        assert!(progress.files <= progress.files_total, "{progress:?}");
                        assert!(progress.bytes <= progress.bytes_total, "{progress:?}");
                    }
                    self.events.push(event);
                }
            }
        }
        assert!(self.workers.len() <= self.machine.most_workers, "too many workers");
    }

    /// Files done and files pending add up to the total, and loading ends with
    /// the last pending file.
    pub fn check_sums(&self) {
        let machine = &self.machine;
        if !matches!(machine.phase, Phase::Running) {
            assert!(self.workers.is_empty(), "workers are still running after the pool ended");
            return;
        }
        let running = machine.slots.iter().flat_map(|slot| &slot.jobs);
        let running = running.filter(|job| job.validity != Validity::Void);
        let pending: Vec<u64> = running.chain(&machine.queue).map(|job| job.bytes).collect();
        let sums = &machine.sums;
        assert_eq!(sums.files + pending.len() as u32, sums.files_total);
        assert_eq!(sums.bytes + pending.iter().sum::<u64>(), sums.bytes_total);
        assert_eq!(machine.is_loading, !pending.is_empty());
    }

    // The page.

    pub fn load(&mut self, count: u32) -> Vec<String> {
        let numbers = self.last_file + 1..=self.last_file + count;
        self.last_file += count;
        self.load_numbers(numbers)
    }

    pub fn load_numbers(&mut self, numbers: impl IntoIterator<Item = u32>) -> Vec<String> {
        let files: Vec<NewFile<Thing>> = numbers.into_iter().map(new_file).collect();
        let paths = files.iter().map(|file| file.path.clone()).collect();
        self.handle(Input::Load(files));
        paths
    }

    pub fn ask(&mut self) -> u32 {
        self.last_question += 1;
        let id = self.last_question;
        self.answers.insert(id, Vec::new());
        self.handle(Input::Ask { id, request: Box::new(GetOverview.into()) });
        id
    }

    pub fn source(&mut self) {
        self.last_question += 1;
        let id = self.last_question;
        self.answers.insert(id, Vec::new());
        self.handle(Input::Source { id, file: FileId(0) });
    }

    // Workers.

    pub fn engine(&self) -> WorkerId {
        self.machine.slots[ENGINE].worker
    }

    pub fn records(&self) -> &[(String, Option<String>)] {
        &self.workers[&self.engine()].records
    }

    pub fn send(&mut self, worker: WorkerId, message: FromWorker, attachments: Vec<Thing>) {
        self.handle(Input::Message { worker, message, attachments });
    }

    pub fn panic(&mut self, worker: WorkerId, job: Option<u32>) {
        let why = "panicked at src/import/x.rs:12:5: oops".to_owned();
        self.send(worker, FromWorker::Panicked { job, why }, Vec::new());
        assert!(!self.workers.contains_key(&worker), "a worker continues after a panic");
    }

    /// Runs the next step of a worker: a message, or a step of its job. Returns false
    /// if there is nothing to do.
    pub fn step(&mut self, id: WorkerId, prefers_message: bool) -> bool {
        let Some(worker) = self.workers.get_mut(&id) else {
            return false;
        };
        if !std::mem::replace(&mut worker.is_up, true) {
            self.send(id, FromWorker::Ready, Vec::new());
            return true;
        }
        if (prefers_message || worker.files.is_empty())
            && let Some((message, attachments)) = worker.inbox.pop_front()
        {
            self.receive(id, message, &attachments);
            return true;
        }
        self.read_on(id)
    }

    pub fn receive(&mut self, id: WorkerId, message: ToWorker, attachments: &[Thing]) {
        let is_engine = id == self.engine();
        let worker = self.workers.get_mut(&id).unwrap();
        match message {
            ToWorker::Import { job, path, file, depth, options, is_kept } => {
                assert_eq!(is_kept, is_engine);
                let Some(Thing::File(file)) = file.of(attachments) else { panic!("no file") };
                let (is_again, members) = (options.instead.is_some(), members(file, depth));
                let (is_cancelled, has_progressed) = (false, false);
                assert!(worker.parts.is_empty(), "a worker with a part gets a file");
                worker.files.push_back(Reading {
                    job,
                    path,
                    file,
                    is_kept,
                    is_again,
                    is_cancelled,
                    has_progressed,
                    has_told: false,
                    shared_from: None,
                    joined: BTreeSet::new(),
                    members,
                });
                let are_small = worker.files.iter().all(|reading| size(reading.file) <= SMALL_BYTES);
                assert!(worker.files.len() == 1 || are_small, "a large file waits in a worker");
                assert!(worker.files.len() <= MOST_SMALL);
            }
            ToWorker::ReadPart { part, from, file, .. } => {
                let Some(Thing::File(file)) = file.of(attachments) else { panic!("no file") };
                assert!(worker.files.is_empty() && worker.parts.len() < 2, "a busy worker gets a part");
                assert!(from < size(file) && from.is_multiple_of(PART_BYTES));
                worker.parts.push_back((part, !(from / PART_BYTES).is_multiple_of(3), false));
            }
            ToWorker::ReadBefore { job, from } => {
                if let Some(reading) = worker.files.iter_mut().find(|reading| reading.job == job) {
                    assert!(reading.shared_from.is_none_or(|before| from < before));
                    reading.shared_from = Some(from);
                }
            }
            ToWorker::Join { job, from, .. } => {
                if let Some(reading) = worker.files.iter_mut().find(|reading| reading.job == job) {
                    assert!(reading.joined.insert(from), "a part comes twice");
                }
            }
            ToWorker::Cancel { job } => {
                if let Some(part) = worker.parts.iter_mut().find(|part| part.0 == job) {
                    part.2 = true;
                }
                if let Some(reading) = worker.files.iter_mut().find(|reading| reading.job == job) {
                    reading.is_cancelled = true;
                }
            }
            ToWorker::Fail { path, why } => {
                assert!(is_engine);
                worker.records.push((path, Some(why)));
            }
            ToWorker::Ingest { job, imported, file, .. } => {
                assert!(is_engine);
                let Some(Thing::Batch(path)) = imported.of(attachments) else { panic!("no batch") };
                assert!(matches!(file.of(attachments), Some(Thing::File(_))));
                worker.records.push((path, None));
                self.send(id, FromWorker::Ingested { job }, Vec::new());
            }
            ToWorker::Source { id: question, .. } => {
                assert!(is_engine);
                self.send(id, FromWorker::Answer { id: question, answer: None }, Vec::new());
            }
            ToWorker::Ask { id: question, .. } => {
                assert!(is_engine);
                let answer = FromWorker::Answer { id: question, answer: Some(Attached(0)) };
                self.send(id, answer, vec![Thing::Answer(question)]);
            }
        }
    }

    pub fn read_on(&mut self, id: WorkerId) -> bool {
        let worker = self.workers.get_mut(&id).unwrap();
        if let Some((part, can_be_read, is_cancelled)) = worker.parts.pop_front() {
            let is_read = can_be_read && !is_cancelled;
            let message = FromWorker::PartRead { part, read: is_read.then_some(Attached(0)) };
            self.send(id, message, vec![Thing::Batch("part".to_owned())]);
            return true;
        }
        let Some(reading) = worker.files.front_mut() else {
            return false;
        };
        let job = reading.job;
        if reading.is_cancelled {
            worker.files.pop_front();
            self.send(id, FromWorker::Cancelled { job }, Vec::new());
        } else if !reading.has_progressed {
            reading.has_progressed = true;
            let bytes = if reading.has_parts() { size(reading.file) - LEFT } else { size(reading.file) / 2 };
            self.send(id, FromWorker::Progress { job, bytes, results: 1 }, Vec::new());
        } else if reading.has_parts() && !reading.has_told {
            reading.has_told = true;
            self.send(id, FromWorker::HasParts { job }, Vec::new());
        } else if reading.is_waiting() {
            return false;
        } else if let Some(member) = reading.members.pop() {
            let path = format!("{}/{member}", reading.path);
            let message = FromWorker::Member { job, path, file: Attached(0), bytes: size(member) };
            self.send(id, message, vec![Thing::File(member)]);
        } else if reading.is_again && reading.file.is_multiple_of(3) {
            worker.files.pop_front();
            self.send(id, FromWorker::Lost { job }, Vec::new());
        } else {
            let Reading { path, is_kept, .. } = worker.files.pop_front().unwrap();
            let results = 2;
            if is_kept {
                worker.records.push((path, None));
                let message = FromWorker::Imported { job, results, imported: None, texts: None };
                self.send(id, message, Vec::new());
            } else {
                let imported = Some(Attached(0));
                let message = FromWorker::Imported { job, results, imported, texts: None };
                self.send(id, message, vec![Thing::Batch(path)]);
            }
        }
        true
    }

    /// Runs all workers until they have nothing to do.
    pub fn settle(&mut self) {
        for _ in 0..100_000 {
            let ids: Vec<WorkerId> = self.workers.keys().copied().collect();
            let mut is_busy = false;
            for id in ids {
                is_busy |= self.step(id, true);
            }
            if !is_busy {
                return;
            }
        }
        panic!("the pool does not become idle");
    }

    pub fn check_answers(&self) {
        for (id, answers) in &self.answers {
            assert_eq!(answers.len(), 1, "question {id}: {answers:?}");
            assert!(matches!(answers[0], None | Some(Thing::Answer(_))));
        }
    }

    pub fn dones(&self) -> Vec<u32> {
        let done = |event: &Event| match event {
            Event::Done { cancelled } => Some(*cancelled),
            _ => None,
        };
        self.events.iter().filter_map(done).collect()
    }

    pub fn failed(&self) -> Option<&str> {
        self.events.iter().find_map(|event| match event {
            Event::Failed(why) => Some(why.as_str()),
            _ => None,
        })
    }
}

pub fn new_file(number: u32) -> NewFile<Thing> {
    NewFile { path: format!("f{number}"), file: Thing::File(number), bytes: size(number) }
}

/// The paths of a file and of its members.
pub fn paths_of(path: &str, file: u32, depth: u8) -> Vec<String> {
    let mut paths = vec![path.to_owned()];
    for member in members(file, depth) {
        paths.extend(paths_of(&format!("{path}/{member}"), member, depth + 1));
    }
    paths
}
