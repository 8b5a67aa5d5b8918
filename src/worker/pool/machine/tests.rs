//! The machine against simulated workers, which read, answer and die in any
//! order.

mod story;
mod world;

use super::*;
use proptest::prelude::*;
use story::{acts, check, play};
use world::*;

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
    let job = world.workers[&world.engine()].reading().unwrap().job;
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
        let reading = world.workers[&world.engine()].reading();
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

#[test]
fn small_files_wait_in_a_worker_and_survive_its_death() {
    let mut world = World::of(2);
    world.load_numbers([6, 13, 2, 7, 17, 22, 27]);
    let other = *world.workers.keys().last().unwrap();
    let waiting = |world: &World| world.workers[&other].files.len();
    while waiting(&world) < 3 {
        assert!(world.step(other, true), "small files never wait");
    }
    let first = world.workers[&other].reading().unwrap().path.clone();
    world.handle(Input::Crashed(other, "RuntimeError: unreachable".to_owned()));
    world.settle();
    assert_eq!(world.records().len(), 7);
    let faults: Vec<&String> =
        world.records().iter().filter_map(|(path, why)| why.as_ref().map(|_| path)).collect();
    assert_eq!(faults, [&first]);
}

/// A world in which another worker reads parts of the engine's file.
fn sharing() -> (World, WorkerId) {
    let mut world = World::of(2);
    world.load_numbers([6]);
    while world.workers.len() < 2 {
        assert!(world.step(world.engine(), true), "no part is given away");
    }
    let other = *world.workers.keys().last().unwrap();
    (world, other)
}

#[test]
fn a_worker_without_a_file_reads_parts_of_a_large_one() {
    let (mut world, other) = sharing();
    while world.step(other, true) || world.step(world.engine(), true) {
        let reading = world.workers[&world.engine()].reading();
        if reading.is_some_and(|reading| reading.joined.len() == 3) {
            world.settle();
            assert_eq!(world.records(), [("f6".to_owned(), None)]);
            return;
        }
    }
    panic!("parts are not joined");
}

#[test]
fn parts_of_a_worker_that_dies_are_read_by_the_other() {
    let (mut world, other) = sharing();
    world.step(other, true);
    world.handle(Input::Crashed(other, "RuntimeError: unreachable".to_owned()));
    assert_eq!(world.workers.len(), 1);
    world.settle();
    assert_eq!(world.records(), [("f6".to_owned(), None)]);
    assert_eq!(world.dones(), [0]);
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
    world.handle(Input::Cancel { unknown: 0 });
    world.settle();
    assert_eq!((world.dones(), world.records().len()), (vec![3], 0));
    world.panic(world.engine(), None);
    world.settle();
    assert!(world.records().is_empty());
}

#[test]
fn files_that_were_still_to_be_loaded_are_counted_as_cancelled() {
    let mut world = World::new();
    world.handle(Input::Cancel { unknown: 2 });
    assert_eq!(world.dones(), [2]);
    world.load_numbers([1, 2, 3]);
    world.handle(Input::Cancel { unknown: 4 });
    world.settle();
    assert_eq!((world.dones(), world.records().len()), (vec![2, 7], 0));
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
