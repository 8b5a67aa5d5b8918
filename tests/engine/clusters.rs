//! Failures: clusters of failing results with equal messages and top frames.

use crate::Dropped;
use crate::dropped::tree;
use crate::story::story;
use passgrid::analyze::ClusterWindow;
use passgrid::engine::GetFailures;
use passgrid::export::Export;
use passgrid::query::{Filter, View};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

impl Dropped {
    fn failures(&mut self, query: &str) -> ClusterWindow {
        let View { filter, sort, .. } = View::from_query(query);
        self.engine.ask(GetFailures { filter, sort, from: 0, count: u32::MAX })
    }
}

/// `message: now, tests, results, sessions; DUTs; first to last build` of each row.
fn lines(window: &ClusterWindow) -> Vec<String> {
    let build = |build: &Option<String>| build.clone().unwrap_or_default();
    let rows = window.rows.iter().map(|row| {
        let (first, last) = (build(&row.first.build), build(&row.last.build));
        let figures = [row.now, row.tests, row.results, row.sessions].map(|figure| figure.to_string());
        format!("{}: {}; {}; {first} to {last}", row.message, figures.join(" "), row.duts.0.join(" "))
    });
    rows.collect()
}

#[test]
fn what_fails_most_now_comes_first() {
    let mut dropped = story();
    let window = dropped.failures("");
    assert_eq!(
        lines(&window),
        [
            "leak is wrong: 4 1 8 8; DUT_A DUT_B DUT_C DUT_D; 1.0 to 1.2",
            "sync is wrong: 1 1 2 2; DUT_C; 1.1 to 1.2",
            "crash: 1 1 1 1; DUT_C; 1.2 to 1.2",
        ]
    );
    assert_eq!((window.clusters, window.total), (3, 3));
    assert_eq!(lines(&dropped.failures("?sort=sessions")).last().unwrap()[..4], *"leak");
    assert_eq!(lines(&dropped.failures("?sort=-name"))[0][..4], *"sync");
    assert_eq!(dropped.failures("?q=boot").total, 1, "words of tests count");
    assert_eq!(dropped.failures("?q=crash").total, 1, "words of messages count");
    assert_eq!(dropped.failures("?on=DUT_A").total, 1);
}

#[test]
fn a_cluster_filters_the_tests() {
    let mut dropped = story();
    let id = dropped.failures("?q=crash").rows[0].id.clone();
    let filter = Filter { cluster: Some(id), ..Filter::default() };
    let tests = dropped.tests(filter.clone(), "");
    assert_eq!(tests.rows.iter().map(|row| row.name.as_str()).collect::<Vec<_>>(), ["boot"]);
    let on_another = Filter { dut: Some("DUT_A".to_owned()), ..filter.clone() };
    assert_eq!(dropped.tests(on_another, "").total, 0);
    assert_eq!(filter.words().unwrap(), format!("tests with failure {}", filter.cluster.as_ref().unwrap()));
    let unknown = Filter { cluster: Some("1-00000000".to_owned()), ..Filter::default() };
    assert_eq!(dropped.tests(unknown, "").total, 0);
}

#[test]
fn failures_without_a_message_are_one_cluster() {
    let text = "<testsuite name='s'><testcase classname='a' name='x'><failure/></testcase>\
                <testcase classname='a' name='y'><failure/></testcase></testsuite>";
    let mut dropped = Dropped::new([("board_a.xml", text.as_bytes())]);
    assert_eq!(lines(&dropped.failures("")), [": 2 2 2 1; board_a;  to "]);
}

/// A JUnit report with these failures: class, name, message and text.
fn junit(cases: &[(&str, &str, &str, &str)]) -> String {
    let case = |&(class, name, message, text): &(&str, &str, &str, &str)| {
        format!(
            "<testcase classname='{class}' name='{name}'><failure message='{message}'>{text}</failure></testcase>"
        )
    };
    format!("<testsuite name='s'>{}</testsuite>", cases.iter().map(case).collect::<String>())
}

/// `message in frame: tests` of each cluster of a report.
fn clusters_of(cases: &[(&str, &str, &str, &str)]) -> Vec<String> {
    let mut dropped = Dropped::new([("board_a.xml", junit(cases).as_bytes())]);
    let rows = dropped.failures("").rows;
    let lines = rows.iter().map(|row| format!("{} in {}: {}", row.message, row.frame, row.tests));
    // Clusters of equal size follow each other by id.
    let lines: BTreeSet<String> = lines.collect();
    lines.into_iter().collect()
}

#[test]
fn frames_of_helpers_tell_causes_apart() {
    let clusters = clusters_of(&[
        ("t.test_a", "test_a", "no answer", "t/test_a.py:3: in test_a\nt/dut.py:7: in boot"),
        ("t.test_b", "test_b", "no answer", "t/test_b.py:3: in test_b\nC:\\u\\dut.py:9: in boot"),
        ("t.test_c", "test_c", "no answer", "t/test_c.py:3: in test_c\nt/net.py:7: in ping"),
    ]);
    assert_eq!(clusters, ["no answer in boot (dut.py): 2", "no answer in ping (net.py): 1"]);
}

#[test]
fn frames_of_tests_tell_only_messages_apart_that_say_nothing() {
    let texts = ["t/test_a.py:3: in test_a", "t/test_b.py:3: in test_b"];
    let both =
        |message| [("t.test_a", "test_a", message, texts[0]), ("t.test_b", "test_b", message, texts[1])];
    assert_eq!(clusters_of(&both("no answer")), ["no answer in : 2"]);
    let generic = clusters_of(&both("assert False"));
    assert_eq!(generic, ["assert False in test_a (test_a.py): 1", "assert False in test_b (test_b.py): 1"]);
}

/// Lines, folders, addresses and the format of the file change no id, and a cluster with a frame filters the tests.
#[test]
fn ids_with_frames_are_stable() {
    let id_of = |dropped: &mut Dropped| dropped.failures("").rows[0].id.clone();
    let text = |message: &str, text: &str| junit(&[("t.test_a", "test_a", message, text)]);
    let first = text("bad at 0x7f3a", "/ci/1/dut.py:7: in boot");
    let second = text("bad at 0x81", "x\nC:\\ci\\dut.py:99: in boot");
    let mut first = Dropped::new([("board_a.xml", first.as_bytes())]);
    let id = id_of(&mut first);
    assert_eq!(id_of(&mut Dropped::new([("board_b.xml", second.as_bytes())])), id);
    let summary = first.export(Export::SummaryJson);
    assert_eq!(id_of(&mut Dropped::new([("summary.json", summary.as_bytes())])), id);
    assert_eq!(first.tests(Filter { cluster: Some(id), ..Filter::default() }, "").total, 1);
    assert_eq!(first.failures("?q=boot").total, 1, "words of frames count");
}

/// Of several attempts, the frame of the one that counts is that of the result.
#[test]
fn the_frame_is_that_of_the_verdict() {
    let text = "<testsuite name='s'><testcase classname='a' name='x'><flakyFailure message='m'>a.c:1: x</flakyFailure>\
                </testcase><testcase classname='a' name='y'><failure message='m'>b.c:1: x</failure>\
                <rerunFailure message='m'>c.c:1: x</rerunFailure></testcase></testsuite>";
    let mut dropped = Dropped::new([("board_a.xml", text.as_bytes())]);
    let rows = dropped.failures("").rows;
    assert_eq!(rows.iter().map(|row| row.frame.as_str()).collect::<Vec<_>>(), ["c.c"]);
}

/// Every failing result of more-itertools is in exactly one cluster, and messages or frames that differ in more than
/// numbers are in different ones.
#[test]
fn clusters_of_real_failures_add_up() {
    let Some(corpus) = std::env::var_os("PASSGRID_CORPUS") else { return };
    let files = tree(&PathBuf::from(corpus).join("matrix/more-itertools"));
    let mut dropped = Dropped::new(files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice())));
    let csv = dropped.export(Export::FailuresCsv);
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let head = reader.headers().unwrap().clone();
    let at = |name: &str| head.iter().position(|have| have == name).unwrap();
    let (mut results, mut ids, mut by_letters) = (0, BTreeSet::new(), BTreeMap::new());
    for row in reader.records().map(Result::unwrap) {
        results += row[at("results")].parse::<u32>().unwrap();
        assert!(ids.insert(row[at("cluster")].to_owned()));
        // Without digits and folders, no two clusters begin alike.
        let message: String =
            row[at("message")].chars().take(200).filter(char::is_ascii_alphabetic).collect();
        *by_letters.entry((message, row[at("frame")].to_owned())).or_insert(0) += 1;
    }
    let failing: u32 = dropped.data().history.sessions.iter().map(|session| session.counts.failing()).sum();
    assert_eq!(results, failing);
    let twice: Vec<_> = by_letters.iter().filter(|(_, count)| **count > 2).collect();
    assert!(twice.is_empty(), "{twice:?}");
}
