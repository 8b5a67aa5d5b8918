//! Whole reports of octoprobe.
//!
//! A separate script counted the figures from the JSON (every `outcomes` of every
//! `context_testgroup.json`). They match the table in the report's `octoprobe_summary_report.md`.

use super::{corpus, tests};
use crate::Dropped;
use crate::dropped::tree;
use passgrid::model::{Dataset, FileStatus, Outcome, ResultId, SessionId};
use std::collections::BTreeSet;

tests![
    the_golden_run,
    without_the_context_the_folder_names_the_session,
    the_reports_of_the_proposal,
    results_of_the_first_generation,
];

const REPORT: &str = "ch_hans_1_20260226-205450";

fn report() -> Vec<(String, Vec<u8>)> {
    let root = corpus("formats/octoprobe/reports").join(REPORT);
    tree(&root).into_iter().map(|(path, bytes)| (format!("{REPORT}/{path}"), bytes)).collect()
}

fn drop_all(files: &[(String, Vec<u8>)]) -> Dropped {
    Dropped::new(files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice())))
}

fn sessions(data: &Dataset) -> impl Iterator<Item = SessionId> + use<> {
    (0..data.history.sessions.len()).map(SessionId::from)
}

/// Passed, failed, error and skipped of some results; those of groups themselves are separate.
fn of_outcomes(data: &Dataset, results: impl Iterator<Item = ResultId>) -> [[u32; 4]; 2] {
    let mut counts = [[0; 4]; 2];
    for result in results {
        let outcomes = [Outcome::Passed, Outcome::Failed, Outcome::Error, Outcome::Skipped];
        let at = outcomes.iter().position(|&outcome| outcome == data.outcome(result)).unwrap();
        counts[usize::from(data.native(result).starts_with("msg_"))][at] += 1;
    }
    counts
}

fn the_golden_run() {
    let files = report();
    let mut dropped = drop_all(&files);
    let data = dropped.data();
    let of_status = |status| data.files.iter().filter(|file| file.status == status).count();
    // Seven groups ran without any test, and the context has no results.
    assert_eq!((of_status(FileStatus::Read), of_status(FileStatus::NoResults)), (240, 8));
    assert_eq!((data.history.duts.len(), data.history.sessions.len()), (16, 16));
    // All outcomes of the files, plus the results of the 12 skipped groups and the failed one.
    let all = (0..data.results.len()).map(ResultId::from);
    assert_eq!(of_outcomes(data, all), [[64_241, 293, 0, 8_328], [0, 0, 1, 12]]);
    // Repeats count once, as the worst.
    let cells = || sessions(data).flat_map(|session| data.results_of(session));
    assert_eq!(of_outcomes(data, cells()), [[35_469, 159, 0, 4_585], [0, 0, 1, 6]]);
    let is_of_test = |result: &ResultId| !data.native(*result).starts_with("msg_");
    let of_tests: Vec<ResultId> = cells().filter(is_of_test).collect();
    assert_eq!(of_tests.len(), 40_213);
    assert_eq!(of_tests.iter().filter(|&&cell| data.repeats(cell).len() == 2).count(), 32_649);
    let flaky: BTreeSet<String> = cells()
        .filter(|&cell| data.is_flaky(cell))
        .map(|cell| {
            let test = data.test_of(cell);
            let session = data.history.session_of[data.part_of(cell).index()].unwrap();
            let dut = &data.history.dut(data.history.session(session).dut).name;
            format!("{}|{dut}|{}", data.tests.suite(test), data.tests.name(test))
        })
        .collect();
    assert_eq!(
        flaky.into_iter().collect::<Vec<_>>(),
        [
            "RUN-TESTS_STANDARD_NATIVE|ADA_ITSYBITSY_M0|extmod/time_time_ns.py",
            "RUN-TESTS_STANDARD_NATIVE|LOLIN_D1_MINI|basics/int_big_or.py",
            "RUN-TESTS_STANDARD|ADA_ITSYBITSY_M0|extmod/time_time_ns.py",
        ]
    );
    for session in sessions(data) {
        let session = data.history.session(session);
        assert_eq!(session.id, REPORT);
        assert_eq!(session.build(), Some("104deaa6886caf5dd0e79b9d019327b0a07b8b2d"));
        assert!(session.identity.unit.as_ref().is_some_and(|unit| unit.value.len() == 4));
        assert!(session.started.is_some());
        // Groups that failed as a whole are errors, and make the session incomplete.
        assert_eq!(session.incomplete.is_some(), session.counts.of(Outcome::Error) > 0);
        let dut = data.history.dut(session.dut);
        assert!(dut.attributes.iter().any(|(name, _)| name == "mcu"));
    }
    let total: u32 = data.history.sessions.iter().map(|session| session.counts.results()).sum();
    assert_eq!(total, 40_213 + 7);
}

/// The folder names the session like `context.json`, and the date is the build.
fn without_the_context_the_folder_names_the_session() {
    let mut files = report();
    files.retain(|(path, _)| !path.ends_with("/context.json") && path.contains("PERFBENCH"));
    let mut dropped = drop_all(&files);
    let data = dropped.data();
    assert_eq!((data.history.duts.len(), data.history.sessions.len()), (16, 16));
    assert!(data.history.sessions.iter().all(|session| session.id == REPORT));
}

/// Lines that begin with `pass`, `skip`, `lrge` and `FAIL`, counted by grep; the totals at the end
/// of the file agree. `_results.json` beside it names the two that failed.
fn the_reports_of_the_proposal() {
    let root = corpus("formats/octoprobe/reporting_proposal");
    let files = tree(&root);
    let mut dropped = drop_all(&files);
    let data = dropped.data();
    let of_file = |ending: &str| {
        let file = data.files.iter().find(|file| file.path.ends_with(ending)).unwrap();
        (file.status, file.results)
    };
    assert_eq!(of_file("subreports/testresults.txt"), (FileStatus::Read, 951));
    assert_eq!(of_file("subreports/_results.json"), (FileStatus::Read, 2));
    let proposal = data.files.iter().find(|file| file.path.ends_with("reporting_proposal.md")).unwrap();
    // The sample of a group is read as it is printed, between the text of the document.
    assert_eq!((proposal.status, proposal.results), (FileStatus::Read, 3));
    let notes: Vec<&str> = proposal.notes.iter().map(|note| note.text.as_str()).collect();
    assert_eq!(
        notes,
        [
            "skipped 1132 bytes of other text before the report",
            "not strict JSON, but read: a missing colon",
            "not strict JSON, but read: trailing commas",
            "skipped 1559 bytes of other text after the report",
        ]
    );
    let [sample, session] = data.history.sessions.as_slice() else {
        panic!("{} sessions", data.history.sessions.len());
    };
    assert_eq!(data.history.dut(sample.dut).name, "ESP32_C3_DEVKIT");
    assert_eq!(of_outcomes(data, data.results_of(SessionId(0)))[0], [2, 1, 0, 0]);
    assert_eq!(data.history.dut(session.dut).name, "RPI_PICO");
    assert_eq!(of_outcomes(data, data.results_of(SessionId(1)))[0], [856, 2, 0, 93]);
}

fn results_of_the_first_generation() {
    let root = corpus("formats/micropython");
    let mut dropped = drop_all(&tree(&root));
    let file = &dropped.data().files[0];
    assert_eq!((file.format, file.status), ("micropython-results", FileStatus::NoResults));
    assert!(file.notes[0].text.contains("contains only failed tests"));
}
