//! Stories: what the page and the workers do, in any order, and what must be true
//! afterwards.

use super::super::*;
use super::world::*;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::strategy::Union;
use std::collections::BTreeMap;

/// An action of the page or a worker. Indexes select among the existing workers and files.
#[derive(Clone, Debug)]
pub enum Act {
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
pub enum Blame {
    Nothing,
    Job,
    /// The first batch that waits to be ingested.
    Ingest,
}

/// Returns a strategy for acts, with the weights of deaths and of cancelling.
pub fn acts(deaths: u32, cancels: u32) -> impl Strategy<Value = Vec<Act>> {
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
pub struct Story {
    pub loaded: BTreeMap<String, u32>,
    pub forgotten: BTreeSet<String>,
    pub again: BTreeSet<String>,
    pub failures: u32,
}

pub fn play(world: &mut World, acts: Vec<Act>) -> Story {
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
            Act::Cancel => world.handle(Input::Cancel { unknown: 0 }),
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
                        Blame::Job => worker.reading().map(|reading| reading.job),
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
pub fn check(world: &World, story: &Story) {
    world.check_answers();
    if !matches!(world.machine.phase, Phase::Running) {
        return;
    }
    assert!(!world.machine.is_loading);
    assert!(world.machine.queue.is_empty() && world.machine.ingesting.is_empty());
    assert!(world.machine.slots.iter().all(|slot| slot.jobs.is_empty() && slot.parts.is_empty()));
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
