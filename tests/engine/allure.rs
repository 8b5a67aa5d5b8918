//! Allure's folders: many small files that form one session.

use crate::Dropped;
use crate::dropped::{counts, folder, tree};
use passgrid::engine::GetOverview;
use passgrid::import::SectionKind;
use passgrid::model::{FileStatus, Outcome};
use std::time::{Duration, Instant};

type Files = Vec<(String, Vec<u8>)>;

fn drop_all<'a>(files: impl IntoIterator<Item = &'a (String, Vec<u8>)>) -> Dropped {
    Dropped::new(files.into_iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice())))
}

fn fixture(name: &str) -> Files {
    tree(&folder("fixtures/allure").join(name))
}

/// `dut session build: figures, duration` of each session.
fn sessions(dropped: &mut Dropped) -> Vec<String> {
    let history = &dropped.data().history;
    let line = |session: &passgrid::model::Session| {
        let dut = &history.dut(session.dut).name;
        let build = session.build().unwrap_or("–");
        let took = session.duration_s.unwrap_or(-1.0);
        format!("{dut} {} {build}: {}, {took} s", session.id, counts(&session.counts))
    };
    history.sessions.iter().map(line).collect()
}

const SHAPES: [&str; 2] = [
    "board_a board_a/allure-results 1.5.0: 7 results, 3 passed, 1 failed, 1 skipped, 1 not run, 1 unknown, 2 flaky, 9.95 s",
    "board_b board_b/allure-results 1.5.0: 3 results, 3 passed, 6.25 s",
];

#[test]
fn a_folder_is_a_session() {
    let files = fixture("shapes");
    let mut dropped = drop_all(&files);
    assert_eq!(sessions(&mut dropped), SHAPES);
    let data = dropped.data();
    let session = &data.history.sessions[0];
    // Identical files of both boards apply to both.
    let properties: Vec<&str> = session
        .covers
        .iter()
        .flat_map(|&cover| &data.part(cover).draft.properties)
        .map(|(name, _)| name.as_str())
        .collect();
    assert!(properties.contains(&"Lab") && properties.contains(&"executor.buildName"), "{properties:?}");
    assert!(data.files.iter().all(|file| file.status != FileStatus::Duplicate));
    // A failed teardown is a text of the session.
    let texts: Vec<&(String, String)> =
        session.covers.iter().flat_map(|&cover| &data.part(cover).draft.texts).collect();
    assert_eq!(texts.len(), 1);
    assert_eq!(texts[0].0, "teardown `closeBench`, broken, for 3 tests");
    assert!(texts[0].1.starts_with("relay stuck closed\njava.lang."), "{}", texts[0].1);
    let overview = dropped.engine.ask(GetOverview);
    assert_eq!((overview.problems.empty, overview.problems.guesses), (0, 0));
    assert_eq!(sessions(&mut drop_all(files.iter().rev())), SHAPES);
}

/// Files with different names are one session even if they are dropped without a folder.
#[test]
fn loose_files_are_one_session() {
    let files = fixture("shapes/board_a/allure-results");
    let expected = SHAPES[0].replace("board_a board_a/allure-results", "unnamed DUT allure");
    assert_eq!(sessions(&mut drop_all(&files)), [expected]);
}

/// Attempts count once, as the one that began last, whatever their names and the order of
/// dropping.
#[test]
fn retries_are_attempts_of_one_result() {
    for is_reversed in [false, true] {
        let mut files = fixture("shapes");
        if is_reversed {
            files.reverse();
        }
        let mut dropped = drop_all(&files);
        let page = dropped.page_of("pairs");
        assert_eq!((page.outcome, page.is_flaky, page.attempts_total), (Outcome::Passed, true, 2));
        let attempts: Vec<_> = page.attempts.iter().map(|line| (line.number, line.native.as_str())).collect();
        assert_eq!(attempts, [(1, "broken"), (2, "passed")]);
        assert!(page.attempts[0].details.sections[0].text.contains("Link.java:8"));
    }
}

#[test]
fn the_texts_of_a_result() {
    let mut dropped = drop_all(&fixture("shapes"));
    let mut page_of = |name: &str| {
        let mut selections = dropped.selections();
        selections.retain(|one| one.name == name && one.dut == "board_a");
        dropped.page(selections.remove(0)).unwrap()
    };
    let page = page_of("volume[level=11]");
    let details = &page.attempts[0].details;
    let reason = &details.sections[0];
    assert_eq!((reason.kind, reason.title.as_str()), (SectionKind::Reason, "failed"));
    assert_eq!(reason.message, "expected [11] but found [10]");
    assert!(reason.text.contains("AudioTest.java:31"));
    let has = |name: &str, value: &str| {
        assert!(details.properties.iter().any(|(n, v)| n == name && v == value), "{name}: {details:?}");
    };
    has("parameter level", "11");
    has("suite", "Bench");
    has("muted", "true");
    let page = page_of("plays");
    let details = &page.attempts[0].details;
    assert_eq!(details.sections[0].text, "passed: power up\n  passed: wait for the relay\npassed: play");
    let has = |name: &str| details.properties.iter().any(|(n, _)| n == name);
    assert!(has("attachment scope") && has("link AUD-31"), "{details:?}");
}

/// pytest's own JUnit file of this suite has the same outcome for each test, as far as JUnit can
/// express it.
#[test]
fn outcomes_match_other_reports_of_pytest_and_mocha() {
    let mut dropped = drop_all(&fixture("allure-pytest-2.16.2"));
    let figures = |dropped: &mut Dropped| {
        let sessions = sessions(dropped);
        assert_eq!(sessions.len(), 1);
        sessions[0].split_once(": ").unwrap().1.split_once(" flaky").unwrap().0.to_owned()
    };
    assert_eq!(
        figures(&mut dropped),
        "13 results, 5 passed, 3 failed, 2 error, 1 skipped, 1 xfailed, 1 xpassed, 1"
    );
    let page = dropped.page_of("test_rerun_then_pass");
    assert_eq!((page.attempts_total, page.class.as_str(), page.suite.as_str()), (3, "", "test_amp"));
    let mut dropped = drop_all(&fixture("allure-mocha-3.12.2"));
    assert_eq!(figures(&mut dropped), "8 results, 3 passed, 1 failed, 1 error, 3 skipped, 1");
    assert_eq!(dropped.page_of("flaky").suite, "playback");
}

/// Reads thousands of files, each with one attempt of a test.
#[test]
fn thousands_of_files_are_read_quickly() {
    let file = |number: usize| {
        let (test, start) = (number % 2900, 1_795_274_900_000 + number as u64 * 10);
        let status = if number.is_multiple_of(7) { "failed" } else { "passed" };
        let text = format!(
            r#"{{"uuid": "u{number}", "historyId": "h{test}", "fullName": "a.b#test_{test}", "name": "test_{test}", "status": "{status}", "start": {start}, "stop": {}, "labels": [{{"name": "framework", "value": "pytest"}}]}}"#,
            start + 5
        );
        (format!("night/board_a/allure-results/{number:04}-result.json"), text.into_bytes())
    };
    let container = |number: usize| {
        let text = format!(
            r#"{{"uuid": "c{number}", "children": ["u{number}"], "befores": [{{"name": "bench", "status": "broken", "statusDetails": {{"message": "m{number}"}}}}]}}"#
        );
        (format!("night/board_a/allure-results/{number:04}-container.json"), text.into_bytes())
    };
    let files: Files = (0..3000).map(file).chain((0..1000).map(container)).collect();
    let start = Instant::now();
    let mut dropped = drop_all(&files);
    let read = start.elapsed();
    let expected = "board_a night/board_a/allure-results –: ";
    let found = sessions(&mut dropped);
    assert!(found.len() == 1 && found[0].starts_with(expected), "{found:?}");
    assert!(found[0].contains("2900 results"), "{found:?}");
    assert_eq!(dropped.data().history.sessions[0].covers.len(), 1000);
    let took = start.elapsed();
    eprintln!("4,000 files: {read:?} to read, {took:?} in all");
    assert!(took < Duration::from_secs(5), "{took:?}");
}
