//! The machine against simulated workers, which read, answer and die in any
//! order.

use super::*;
use crate::engine::GetOverview;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::strategy::Union;
use std::collections::BTreeMap;

/// A value that the machine passes on.
#[derive(Clone, Debug, PartialEq)]
enum Thing {
    File(u32),
    /// The data read from the file at this path.
    Batch(String),
    Answer(u32),
}

/// A worker, and an engine that only stores which files it has.
#[derive(Default)]
struct Simulated {
    is_up: bool,
    inbox: VecDeque<(ToWorker, Vec<Thing>)>,
    reading: Option<Reading>,
    /// Paths of ingested files, and the reason if the file only got a note.
    records: Vec<(String, Option<String>)>,
}

struct Reading {
    job: u32,
    path: String,
    file: u32,
    is_kept: bool,
    is_again: bool,
    is_cancelled: bool,
    has_progressed: bool,
    /// Members that were not handed over yet.
    members: Vec<u32>,
}

/// The members of a file: every fourth file is an archive with a file and an
/// archive, unless it is too deep.
fn members(file: u32, depth: u8) -> Vec<u32> {
    if file.is_multiple_of(4) && depth < 2 { vec![file * 10 + 1, file * 10] } else { Vec::new() }
}

/// Files have different sizes, some large enough for more workers.
fn size(file: u32) -> u64 {
    u64::from(file % 7) * 1_500_000
}

struct World {
    machine: Machine<Thing>,
    workers: BTreeMap<WorkerId, Simulated>,
    ended: Vec<WorkerId>,
    last_file: u32,
    last_question: u32,
    /// Answers by question.
    answers: BTreeMap<u32, Vec<Option<Thing>>>,
    events: Vec<Event>,
}

impl World {
    fn new() -> World {
        World::of(3)
    }

    fn of(most_workers: usize) -> World {
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

    fn handle(&mut self, input: Input<Thing>) {
        let commands = self.machine.handle(input);
        self.carry_out(commands);
        self.check_sums();
    }

    fn carry_out(&mut self, commands: Vec<Command<Thing>>) {
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
    fn check_sums(&self) {
        let machine = &self.machine;
        if !matches!(machine.phase, Phase::Running) {
            assert!(self.workers.is_empty(), "workers are still running after the pool ended");
            return;
        }
        let running = machine.slots.iter().filter_map(|slot| slot.job.as_ref());
        let running = running.filter(|job| job.validity != Validity::Void);
        let pending: Vec<u64> = running.chain(&machine.queue).map(|job| job.bytes).collect();
        let sums = &machine.sums;
        assert_eq!(sums.files + pending.len() as u32, sums.files_total);
        assert_eq!(sums.bytes + pending.iter().sum::<u64>(), sums.bytes_total);
        assert_eq!(machine.is_loading, !pending.is_empty());
    }

    // The page.

    fn load(&mut self, count: u32) -> Vec<String> {
        let numbers = self.last_file + 1..=self.last_file + count;
        self.last_file += count;
        self.load_numbers(numbers)
    }

    fn load_numbers(&mut self, numbers: impl IntoIterator<Item = u32>) -> Vec<String> {
        let files: Vec<NewFile<Thing>> = numbers.into_iter().map(new_file).collect();
        let paths = files.iter().map(|file| file.path.clone()).collect();
        self.handle(Input::Load(files));
        paths
    }

    fn ask(&mut self) -> u32 {
        self.last_question += 1;
        let id = self.last_question;
        self.answers.insert(id, Vec::new());
        self.handle(Input::Ask { id, request: Box::new(GetOverview.into()) });
        id
    }

    fn source(&mut self) {
        self.last_question += 1;
        let id = self.last_question;
        self.answers.insert(id, Vec::new());
        self.handle(Input::Source { id, file: FileId(0) });
    }

    // Workers.

    fn engine(&self) -> WorkerId {
        self.machine.slots[ENGINE].worker
    }

    fn records(&self) -> &[(String, Option<String>)] {
        &self.workers[&self.engine()].records
    }

    fn send(&mut self, worker: WorkerId, message: FromWorker, attachments: Vec<Thing>) {
        self.handle(Input::Message { worker, message, attachments });
    }

    fn panic(&mut self, worker: WorkerId, job: Option<u32>) {
        let why = "panicked at src/import/x.rs:12:5: oops".to_owned();
        self.send(worker, FromWorker::Panicked { job, why }, Vec::new());
        assert!(!self.workers.contains_key(&worker), "a worker continues after a panic");
    }

    /// Runs the next step of a worker: a message, or a step of its job. Returns false
    /// if there is nothing to do.
    fn step(&mut self, id: WorkerId, prefers_message: bool) -> bool {
        let Some(worker) = self.workers.get_mut(&id) else {
            return false;
        };
        if !std::mem::replace(&mut worker.is_up, true) {
            self.send(id, FromWorker::Ready, Vec::new());
            return true;
        }
        if (prefers_message || worker.reading.is_none())
            && let Some((message, attachments)) = worker.inbox.pop_front()
        {
            self.receive(id, message, &attachments);
            return true;
        }
        self.read_on(id)
    }

    fn receive(&mut self, id: WorkerId, message: ToWorker, attachments: &[Thing]) {
        let is_engine = id == self.engine();
        let worker = self.workers.get_mut(&id).unwrap();
        match message {
            ToWorker::Import { job, path, file, depth, options, is_kept } => {
                assert!(worker.reading.is_none(), "a worker gets two jobs");
                assert_eq!(is_kept, is_engine);
                let Some(Thing::File(file)) = file.of(attachments) else { panic!("no file") };
                let (is_again, members) = (options.instead.is_some(), members(file, depth));
                let (is_cancelled, has_progressed) = (false, false);
                worker.reading = Some(Reading {
                    job,
                    path,
                    file,
                    is_kept,
                    is_again,
                    is_cancelled,
                    has_progressed,
                    members,
                });
            }
            ToWorker::Cancel { job } => {
                if let Some(reading) = worker.reading.as_mut().filter(|reading| reading.job == job) {
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

    fn read_on(&mut self, id: WorkerId) -> bool {
        let worker = self.workers.get_mut(&id).unwrap();
        let Some(reading) = &mut worker.reading else {
            return false;
        };
        let job = reading.job;
        if reading.is_cancelled {
            worker.reading = None;
            self.send(id, FromWorker::Cancelled { job }, Vec::new());
        } else if !reading.has_progressed {
            reading.has_progressed = true;
            let bytes = size(reading.file) / 2;
            self.send(id, FromWorker::Progress { job, bytes, results: 1 }, Vec::new());
        } else if let Some(member) = reading.members.pop() {
            let path = format!("{}/{member}", reading.path);
            let message = FromWorker::Member { job, path, file: Attached(0), bytes: size(member) };
            self.send(id, message, vec![Thing::File(member)]);
        } else if reading.is_again && reading.file.is_multiple_of(3) {
            worker.reading = None;
            self.send(id, FromWorker::Lost { job }, Vec::new());
        } else {
            let Reading { path, is_kept, .. } = worker.reading.take().unwrap();
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
    fn settle(&mut self) {
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

    fn check_answers(&self) {
        for (id, answers) in &self.answers {
            assert_eq!(answers.len(), 1, "question {id}: {answers:?}");
            assert!(matches!(answers[0], None | Some(Thing::Answer(_))));
        }
    }

    fn dones(&self) -> Vec<u32> {
        let done = |event: &Event| match event {
            Event::Done { cancelled } => Some(*cancelled),
            _ => None,
        };
        self.events.iter().filter_map(done).collect()
    }

    fn failed(&self) -> Option<&str> {
        self.events.iter().find_map(|event| match event {
            Event::Failed(why) => Some(why.as_str()),
            _ => None,
        })
    }
}

fn new_file(number: u32) -> NewFile<Thing> {
    NewFile { path: format!("f{number}"), file: Thing::File(number), bytes: size(number) }
}

/// The paths of a file and of its members.
fn paths_of(path: &str, file: u32, depth: u8) -> Vec<String> {
    let mut paths = vec![path.to_owned()];
    for member in members(file, depth) {
        paths.extend(paths_of(&format!("{path}/{member}"), member, depth + 1));
    }
    paths
}

/// An action of the page or a worker. Indexes select among the existing workers and files.
#[derive(Clone, Debug)]
enum Act {
    Load(u32),
    LoadAgain(Index),
    Forget(Index),
    Fail,
    Cancel,
    Ask,
    Source,
    Step(Index, bool),
    Panic(Index, Blame),
    Crash(Index),
    StartFails(Index),
    /// A message of a terminated worker arrives.
    Late(Index),
    Stop,
}

#[derive(Clone, Copy, Debug)]
enum Blame {
    Nothing,
    Job,
    /// The first batch that waits to be ingested.
    Ingest,
}

/// Returns a strategy for acts, with the weights of deaths and of cancelling.
fn acts(deaths: u32, cancels: u32) -> impl Strategy<Value = Vec<Act>> {
    let index = || any::<Index>();
    let blame = prop_oneof![Just(Blame::Nothing), Just(Blame::Job), Just(Blame::Ingest)];
    let acts = [
        (20, (1_u32..9).prop_map(Act::Load).boxed()),
        (5, index().prop_map(Act::LoadAgain).boxed()),
        (3, index().prop_map(Act::Forget).boxed()),
        (3, Just(Act::Fail).boxed()),
        (cancels, Just(Act::Cancel).boxed()),
        (20, Just(Act::Ask).boxed()),
        (5, Just(Act::Source).boxed()),
        (200, (index(), any::<bool>()).prop_map(|(worker, message)| Act::Step(worker, message)).boxed()),
        (deaths, (index(), blame).prop_map(|(worker, blame)| Act::Panic(worker, blame)).boxed()),
        (deaths, index().prop_map(Act::Crash).boxed()),
        (deaths, index().prop_map(Act::StartFails).boxed()),
        (5, index().prop_map(Act::Late).boxed()),
        (cancels / 4, Just(Act::Stop).boxed()),
    ];
    let possible = acts.into_iter().filter(|(weight, _)| *weight > 0);
    proptest::collection::vec(Union::new_weighted(possible.collect()), 0..400)
}

/// A record of the acts.
#[derive(Default)]
struct Story {
    loaded: BTreeMap<String, u32>,
    forgotten: BTreeSet<String>,
    again: BTreeSet<String>,
    failures: u32,
}

fn play(world: &mut World, acts: Vec<Act>) -> Story {
    let mut story = Story::default();
    for act in acts {
        let ids: Vec<WorkerId> = world.workers.keys().copied().collect();
        let paths: Vec<String> = story.loaded.keys().cloned().collect();
        let worker = |index: Index| (!ids.is_empty()).then(|| *index.get(&ids));
        let path = |index: Index| (!paths.is_empty()).then(|| index.get(&paths).clone());
        match act {
            Act::Load(count) => {
                for path in world.load(count) {
                    let number = path[1..].parse().unwrap();
                    story.loaded.insert(path, number);
                }
            }
            Act::LoadAgain(index) => {
                if let Some(path) = path(index) {
                    let options = ImportOptions { instead: Some(FileId(0)), ..ImportOptions::default() };
                    world.handle(Input::LoadAgain(new_file(story.loaded[&path]), options));
                    story.again.insert(path);
                }
            }
            Act::Forget(index) => {
                if let Some(path) = path(index) {
                    world.handle(Input::Forget(path.clone()));
                    story.forgotten.insert(path);
                }
            }
            Act::Fail => {
                story.failures += 1;
                let path = format!("https://example.com/{}", story.failures);
                world.handle(Input::Fail { path, why: "not found".to_owned() });
            }
            Act::Cancel => world.handle(Input::Cancel),
            Act::Ask => drop(world.ask()),
            Act::Source => world.source(),
            Act::Step(index, prefers_message) => {
                if let Some(worker) = worker(index) {
                    world.step(worker, prefers_message);
                }
            }
            Act::Panic(index, blame) => {
                let worker = worker(index).filter(|worker| world.workers[worker].is_up);
                if let Some(id) = worker {
                    let worker = &world.workers[&id];
                    let ingest = worker.inbox.iter().find_map(|(message, _)| match message {
                        ToWorker::Ingest { job, .. } => Some(*job),
                        _ => None,
                    });
                    let job = match blame {
                        Blame::Nothing => None,
                        Blame::Job => worker.reading.as_ref().map(|reading| reading.job),
                        Blame::Ingest => ingest,
                    };
                    world.panic(id, job);
                }
            }
            Act::Crash(index) => {
                if let Some(worker) = worker(index) {
                    world.handle(Input::Crashed(worker, "RuntimeError: unreachable".to_owned()));
                    assert!(!world.workers.contains_key(&worker));
                }
            }
            Act::StartFails(index) => {
                if let Some(worker) = worker(index).filter(|worker| !world.workers[worker].is_up) {
                    world.handle(Input::StartFailed(worker, "404".to_owned()));
                    assert!(!world.workers.contains_key(&worker));
                }
            }
            Act::Late(index) => {
                if !world.ended.is_empty() {
                    let (worker, job) = (*index.get(&world.ended), 1);
                    let message = FromWorker::Imported { job, results: 9, imported: None, texts: None };
                    world.send(worker, message, Vec::new());
                    world.handle(Input::Crashed(worker, "late".to_owned()));
                }
            }
            Act::Stop => world.handle(Input::Stop),
        }
    }
    story
}

/// Checks an idle pool: each file is in the engine, and each question was answered.
fn check(world: &World, story: &Story) {
    world.check_answers();
    if !matches!(world.machine.phase, Phase::Running) {
        return;
    }
    assert!(!world.machine.is_loading);
    assert!(world.machine.queue.is_empty() && world.machine.ingesting.is_empty());
    assert!(world.machine.slots.iter().all(|slot| slot.job.is_none()));
    let count = |path: &str| world.records().iter().filter(|(of, _)| of == path).count();
    let mut cancelled = 0;
    for path in story.loaded.keys() {
        let count = count(path);
        if world.machine.known(path).is_none() {
            cancelled += u32::from(!story.forgotten.contains(path));
            continue;
        }
        assert!(count > 0, "{path} is lost");
        assert!(count == 1 || story.again.contains(path), "{path} was ingested {count} times");
    }
    assert!(cancelled <= world.dones().iter().sum(), "{cancelled} files are lost");
    for failure in 1..=story.failures {
        assert_eq!(count(&format!("https://example.com/{failure}")), 1);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whichever worker dies at any time, each question is answered, no file is lost, and sums
    /// are right.
    #[test]
    fn questions_are_answered_and_files_are_kept(acts in acts(2, 4)) {
        let mut world = World::new();
        let story = play(&mut world, acts);
        world.settle();
        check(&world, &story);
    }

    /// If the engine rarely fails permanently and nothing is cancelled, members of archives are also
    /// ingested exactly once.
    #[test]
    fn members_of_archives_are_kept(acts in acts(1, 0)) {
        let mut world = World::new();
        let story = play(&mut world, acts);
        world.settle();
        check(&world, &story);
        prop_assert!(world.dones().iter().all(|cancelled| *cancelled == 0));
        if matches!(world.machine.phase, Phase::Running) {
            for (path, number) in &story.loaded {
                if story.again.contains(path) || story.forgotten.contains(path) {
                    continue;
                }
                prop_assert!(world.machine.known(path).is_some());
                let records = world.records();
                let fault_at = |path: &str| records.iter().any(|(of, why)| of == path && why.is_some());
                let mut faults: Vec<String> = Vec::new();
                for path in paths_of(path, *number, 0) {
                    let count = records.iter().filter(|(of, _)| *of == path).count();
                    // An archive with only a note may lack members.
                    if faults.iter().any(|fault| path.starts_with(fault)) {
                        prop_assert!(count <= 1);
                        continue;
                    }
                    prop_assert_eq!(count, 1, "{}", path);
                    if fault_at(&path) {
                        faults.push(format!("{path}/"));
                    }
                }
            }
        }
    }

    /// Without deaths every question has an answer and every file was read.
    #[test]
    fn without_deaths_everything_is_read_and_answered(acts in acts(0, 0)) {
        let mut world = World::new();
        let story = play(&mut world, acts);
        world.settle();
        check(&world, &story);
        prop_assert!(world.records().iter().all(|(path, why)| why.is_none() || path.starts_with("https:")));
        prop_assert!(!world.events.contains(&Event::Restarted) && world.failed().is_none());
        prop_assert!(world.ended.is_empty());
    }
}

#[test]
fn a_large_load_starts_more_workers() {
    let mut world = World::new();
    let paths = world.load_numbers([6, 13, 5, 1]);
    assert_eq!(world.workers.len(), 3);
    world.settle();
    let records: BTreeSet<&str> = world.records().iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(records, paths.iter().map(String::as_str).collect());
    let last = world.events.iter().rev().find_map(|event| match event {
        Event::Progress(progress) => Some(*progress),
        _ => None,
    });
    let bytes = [6, 13, 5, 1].map(size).iter().sum::<u64>() as f64;
    let all = Progress { files: 4, files_total: 4, bytes, bytes_total: bytes, results: 8.0 };
    assert_eq!((last, world.dones()), (Some(all), vec![0]));
}

#[test]
fn a_file_that_crashes_the_engine_is_noted_and_the_rest_is_read_again() {
    let mut world = World::new();
    world.load_numbers([1]);
    world.settle();
    world.load_numbers([2, 3]);
    world.step(world.engine(), true);
    let job = world.workers[&world.engine()].reading.as_ref().unwrap().job;
    let open = world.ask();
    world.panic(world.engine(), Some(job));
    assert_eq!(world.answers[&open], [None]);
    assert!(world.events.contains(&Event::Restarted));
    world.settle();
    let why = "Passgrid failed while reading this file; other files are not affected \
               (panicked at src/import/x.rs:12:5: oops)";
    let records = [("f2", Some(why)), ("f1", None), ("f3", None)];
    assert_eq!(world.records(), records.map(|(path, why)| (path.to_owned(), why.map(str::to_owned))));
    // The next engine keeps the note, and reads the file only if the page loads it again.
    world.panic(world.engine(), None);
    world.settle();
    assert_eq!(world.records()[0], ("f2".to_owned(), Some(why.to_owned())));
    let options = ImportOptions { instead: Some(FileId(0)), ..ImportOptions::default() };
    world.handle(Input::LoadAgain(new_file(2), options));
    world.settle();
    assert_eq!(world.records().last(), Some(&("f2".to_owned(), None)));
}

#[test]
fn a_question_that_crashes_the_engine_blames_no_file() {
    let mut world = World::new();
    world.load_numbers([1]);
    world.step(world.engine(), true);
    world.step(world.engine(), true);
    world.panic(world.engine(), None);
    world.settle();
    assert_eq!(world.records(), [("f1".to_owned(), None)]);
}

#[test]
fn a_batch_that_crashes_the_engine_is_noted() {
    let mut world = World::new();
    world.load_numbers([6, 5]);
    let (engine, other) = (world.engine(), *world.workers.keys().last().unwrap());
    while world.step(other, true) {}
    let ingest = world.workers[&engine].inbox.iter().find_map(|(message, _)| match message {
        ToWorker::Ingest { job, .. } => Some(*job),
        _ => None,
    });
    assert!(ingest.is_some());
    world.step(engine, true);
    world.panic(engine, ingest);
    world.settle();
    let records: Vec<(&str, bool)> =
        world.records().iter().map(|(path, why)| (path.as_str(), why.is_some())).collect();
    assert_eq!(records, [("f5", true), ("f6", false)]);
}

#[test]
fn a_member_that_crashes_the_engine_is_noted_when_its_archive_is_read_again() {
    let mut world = World::of(1);
    world.load_numbers([4]);
    let job = loop {
        let reading = world.workers[&world.engine()].reading.as_ref();
        if let Some(reading) = reading.filter(|reading| reading.path == "f4/41") {
            break reading.job;
        }
        assert!(world.step(world.engine(), true), "the member is never read");
    };
    world.panic(world.engine(), Some(job));
    world.settle();
    let mut records: Vec<(String, bool)> =
        world.records().iter().map(|(path, why)| (path.clone(), why.is_some())).collect();
    records.sort();
    let mut expected = paths_of("f4", 4, 0);
    expected.sort();
    assert_eq!(records, Vec::from_iter(expected.into_iter().map(|path| (path.clone(), path == "f4/41"))));
}

#[test]
fn another_worker_that_dies_affects_only_its_file() {
    let mut world = World::new();
    world.load_numbers([6, 5, 13]);
    let other = *world.workers.keys().last().unwrap();
    world.step(other, true);
    world.step(other, true);
    world.handle(Input::Crashed(other, "RuntimeError: unreachable".to_owned()));
    world.settle();
    let faults: Vec<&String> = world.records().iter().filter_map(|(_, why)| why.as_ref()).collect();
    assert_eq!((world.records().len(), faults.len()), (3, 1));
    assert!(faults[0].contains("RuntimeError: unreachable"));
    assert!(!world.events.contains(&Event::Restarted));
}

/// The page asks again after each restart, and each time the question crashes the engine.
#[test]
fn the_pool_gives_up_if_every_question_crashes_the_engine() {
    let mut world = World::new();
    world.load_numbers([1, 4, 5]);
    let mut restarts = 0;
    while world.failed().is_none() {
        world.settle();
        world.ask();
        world.panic(world.engine(), None);
        restarts += 1;
        assert!(restarts <= MOST_RESTARTS + 1, "the engine is restarted forever");
        if world.failed().is_some() {
            break;
        }
    }
    assert_eq!(restarts, MOST_RESTARTS + 1);
    let why = "the engine failed repeatedly: panicked at src/import/x.rs:12:5: oops";
    assert_eq!(world.failed(), Some(why));
    assert!(world.workers.is_empty());
    // Later questions fail immediately.
    let late = world.ask();
    assert_eq!(world.answers[&late], [None]);
    world.events.clear();
    world.load(1);
    assert_eq!(world.events, [Event::Failed(why.to_owned())]);
    world.check_answers();
}

#[test]
fn the_pool_gives_up_if_the_engine_cannot_start() {
    let mut world = World::new();
    let open = world.ask();
    world.handle(Input::StartFailed(world.engine(), "reload the page".to_owned()));
    assert_eq!(world.failed(), Some("reload the page"));
    assert_eq!(world.answers[&open], [None]);
}

#[test]
fn workers_that_cannot_start_leave_their_files_to_the_engine() {
    let mut world = World::new();
    let engine = world.engine();
    let fail_others = |world: &mut World| {
        let others: Vec<WorkerId> = world.workers.keys().copied().filter(|id| *id != engine).collect();
        for other in &others {
            world.handle(Input::StartFailed(*other, "404".to_owned()));
        }
        others.len()
    };
    world.load_numbers([6, 13, 5]);
    assert_eq!(fail_others(&mut world), 2);
    assert_eq!(world.workers.len(), 1);
    world.settle();
    assert_eq!((world.records().len(), world.ended.len()), (3, 2));
    // The next load tries again.
    world.load_numbers([20, 27]);
    assert_eq!(fail_others(&mut world), 1);
    world.settle();
    assert!(world.records().iter().all(|(_, why)| why.is_none()));
}

#[test]
fn a_worker_that_panics_outside_of_its_job_leaves_its_file_to_others() {
    let mut world = World::new();
    world.load_numbers([6, 5, 13]);
    let other = *world.workers.keys().last().unwrap();
    world.step(other, true);
    world.step(other, true);
    world.panic(other, None);
    assert_eq!(world.workers.len(), 2);
    world.settle();
    assert_eq!(world.records().len(), 3);
    assert!(world.records().iter().all(|(_, why)| why.is_none()));
}

#[test]
fn cancelled_files_are_counted_and_forgotten() {
    let mut world = World::new();
    world.load_numbers([1, 2, 3]);
    world.step(world.engine(), true);
    world.step(world.engine(), true);
    world.handle(Input::Cancel);
    world.settle();
    assert_eq!((world.dones(), world.records().len()), (vec![3], 0));
    world.panic(world.engine(), None);
    world.settle();
    assert!(world.records().is_empty());
}

#[test]
fn a_stopped_pool_answers_nothing_and_reports_nothing() {
    let mut world = World::new();
    world.load_numbers([1, 2]);
    let open = world.ask();
    world.handle(Input::Stop);
    let late = world.ask();
    assert_eq!((&world.answers[&open][..], &world.answers[&late][..]), (&[None][..], &[None][..]));
    world.events.clear();
    world.load(3);
    assert!(world.workers.is_empty() && world.events.is_empty());
}
