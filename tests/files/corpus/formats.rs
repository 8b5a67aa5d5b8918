//! Formats with one producer each. Scripts that share no code with the importers counted the
//! results.
//!
//! Counted in Python: rows are grouped by node id; for a rerun test, the worst word after its last
//! `rerun` counts.

use super::{corpus, tests};
use crate::Dropped;
use passgrid::model::{FileStatus, Outcome};

tests![
    pytest_oof,
    pytest_plugins,
    runners_with_xml_of_their_own,
    line_formats,
    a_reportlog_beside_other_reports,
    ctrf,
    runners_of_javascript,
    behave_and_gtest,
];

/// File, and results in the order of [`Outcome::ALL`].
type Expected = (&'static str, [u32; 8]);

#[track_caller]
fn check(files: &[Expected]) {
    for (path, expected) in files {
        let bytes = std::fs::read(corpus("formats").join(path)).unwrap();
        let mut dropped = Dropped::new([("x", bytes.as_slice())]);
        dropped.check_sums();
        dropped.pages();
        let data = dropped.data();
        assert_eq!(data.files[0].status, FileStatus::Read, "{path}: {:?}", data.files[0].notes);
        let sessions = &data.history.sessions;
        let found = Outcome::ALL
            .map(|outcome| sessions.iter().map(|session| session.counts.of(outcome)).sum::<u32>());
        assert_eq!(found, *expected, "{path}");
    }
}

fn pytest_oof() {
    check(&[
        // passed, failed, error, skipped, xfailed, xpassed, not run, unknown
        ("pytest-oof/oof-1.1.0_color_small.pickle", [1, 1, 0, 0, 0, 0, 0, 0]),
        // The module that could not be collected is only in the output.
        ("pytest-oof/oof-1.1.0_results.pickle", [9, 3, 4, 2, 2, 1, 0, 0]),
        ("pytest-oof/oof-2.0.0branch_oof-results.pickle", [9, 3, 4, 2, 2, 1, 0, 0]),
        ("pytest-oof/oof-2.0.0branch_oof-results.json", [9, 3, 4, 2, 2, 1, 0, 0]),
    ]);
}

fn pytest_plugins() {
    check(&[
        // The worst word of all phases; of subtests, only failures count.
        ("pytest-reportlog/full.jsonl", [9, 3, 4, 2, 2, 1, 0, 0]),
        ("pytest-reportlog/pytest920_subtests.jsonl", [1, 2, 0, 0, 0, 0, 0, 0]),
        // Rows in the order of their start times. Neither has the collection error.
        ("pytest-recap/recap-092.json", [9, 3, 3, 2, 2, 1, 0, 0]),
        ("pytest-html/report_v4.html", [9, 3, 3, 2, 2, 1, 0, 0]),
    ]);
}

/// Counted by `fixtures/_generators/recounts/{robot,xml_runners}.py`.
fn runners_with_xml_of_their_own() {
    check(&[
        ("robot/output.xml", [1, 1, 1, 2, 0, 0, 0, 0]),
        ("robot/output_legacy.xml", [1, 1, 1, 2, 0, 0, 0, 0]),
        ("robot/output.json", [1, 1, 1, 2, 0, 0, 0, 0]),
        ("nunit/NUnit-correct.xml", [18, 1, 1, 4, 0, 0, 3, 1]),
        ("nunit/NUnit-ignored.xml", [1, 0, 0, 2, 0, 0, 0, 0]),
        ("nunit/pickles.xml", [3, 1, 0, 0, 0, 0, 0, 0]),
        ("ctest/ctest-dashboard-Test.xml", [2, 1, 2, 1, 0, 0, 1, 0]),
        ("open-test-reporting/events.xml", [1, 0, 0, 0, 0, 0, 0, 0]),
        ("open-test-reporting/hierarchy.xml", [1, 0, 0, 0, 0, 0, 0, 0]),
    ]);
}

/// By the counts of `fixtures/_generators/recounts/lines.py`; JUnit's by elements
/// and their children.
fn line_formats() {
    check(&[
        // The package `badmain` failed outside of its tests.
        ("go-test2json/go-test.jsonl", [42, 12, 1, 5, 0, 0, 0, 0]),
        ("go-test2json/with-attributes.jsonl", [1, 0, 0, 0, 0, 0, 0, 0]),
        // Leaves of the tree; a test that is not written yet is skipped.
        ("node-test/node20.tap", [2, 1, 0, 2, 1, 0, 0, 0]),
        ("node-test/node20-junit.xml", [2, 1, 0, 2, 1, 0, 0, 0]),
        ("tap/mocha-tap.tap", [2, 2, 0, 3, 0, 0, 0, 0]),
        ("tap/pytest-tap.tap", [10, 5, 0, 2, 2, 1, 0, 0]),
        ("subunit/subunit_v1.txt", [1, 3, 0, 1, 1, 1, 0, 0]),
        ("libtest-json/libtest.jsonl", [3, 1, 0, 1, 0, 0, 0, 0]),
        ("libtest-json/libtest-pretty.txt", [3, 1, 0, 1, 0, 0, 0, 0]),
        ("libtest-json/libtest-junit.xml", [3, 1, 0, 0, 0, 0, 0, 0]),
        // 20 tests are not hidden.
        ("dart-json/tests.json", [16, 1, 2, 1, 0, 0, 0, 0]),
        ("unittest/xmlrunner/TEST-test_u.T-20261121033949.xml", [1, 2, 1, 1, 1, 1, 0, 0]),
        ("behave/TESTS-a.xml", [1, 1, 1, 1, 0, 0, 0, 0]),
    ]);
}

/// A log of a run, its JSON report and its JUnit XML are one session.
fn a_reportlog_beside_other_reports() {
    let folder = corpus("matrix/more-itertools/10.5.0");
    let names = ["py3.12.1.reportlog.jsonl", "py3.12.1.report.json", "py3.12.1.xml"];
    let files = names.map(|name| (name, std::fs::read(folder.join(name)).unwrap()));
    let counts = |files: &[(&str, Vec<u8>)]| {
        let mut dropped = Dropped::new(files.iter().map(|(name, bytes)| (*name, bytes.as_slice())));
        let sessions = &dropped.data().history.sessions;
        assert_eq!(sessions.len(), 1);
        Outcome::ALL.map(|outcome| sessions[0].counts.of(outcome))
    };
    assert_eq!(counts(&files[..1]), counts(&files[1..2]));
    assert_eq!(counts(&files), counts(&files[1..2]));
}

/// Counted by status and `rawStatus` of each element of `results.tests`.
fn ctrf() {
    check(&[
        ("ctrf/minimal.json", [1, 0, 0, 0, 0, 0, 0, 0]),
        ("ctrf/with-retries.json", [2, 0, 0, 0, 0, 0, 0, 0]),
        ("ctrf/comprehensive.json", [2, 1, 0, 0, 0, 0, 0, 0]),
        ("ctrf/pytest-json-ctrf.json", [10, 4, 2, 2, 2, 0, 0, 0]),
    ]);
}

/// Counted by `status` and `failing` for Jest, by the lists including failed hooks for Mocha, and
/// by the states of tests and hooks for Mochawesome. The stream has no pending tests.
fn runners_of_javascript() {
    check(&[
        ("jest-json/jest.json", [3, 1, 0, 2, 1, 0, 0, 0]),
        ("mocha-json/mocha.json", [2, 1, 1, 3, 0, 0, 0, 0]),
        ("mocha-json/mocha-json-stream.jsonl", [2, 1, 1, 0, 0, 0, 0, 0]),
        ("mocha-json/mochawesome.json", [2, 1, 1, 3, 0, 0, 1, 0]),
    ]);
}

/// Counted by the status of each scenario, and by `failures` of each test.
fn behave_and_gtest() {
    check(&[
        ("behave/cucumber.json", [1, 1, 1, 1, 0, 0, 0, 0]),
        ("gtest/advanced_md_example.json", [2, 1, 0, 0, 0, 0, 0, 0]),
    ]);
}
