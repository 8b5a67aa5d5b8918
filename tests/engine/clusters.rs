//! Failures: clusters of failing results with equal messages.

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

/// Every failing result of more-itertools is in exactly one cluster, and messages that differ in more than
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
        *by_letters.entry(message).or_insert(0) += 1;
    }
    let failing: u32 = dropped.data().history.sessions.iter().map(|session| session.counts.failing()).sum();
    assert_eq!(results, failing);
    let twice: Vec<_> = by_letters.iter().filter(|(_, count)| **count > 2).collect();
    assert!(twice.is_empty(), "{twice:?}");
}
