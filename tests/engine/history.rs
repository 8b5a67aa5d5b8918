//! History: DUTs over builds, and what sessions have in common with the session before.

use crate::Dropped;
use crate::dropped::tree;
use crate::story::story;
use passgrid::analyze::{HistoryCell, HistoryWindow};
use passgrid::engine::GetHistory;
use passgrid::export::Export;
use std::collections::BTreeSet;
use std::path::PathBuf;

impl Dropped {
    fn history(&mut self) -> HistoryWindow {
        self.engine.ask(GetHistory { from: 0, count: u32::MAX })
    }
}

fn percent(rate: Option<f64>) -> String {
    rate.map_or("-".to_owned(), |rate| format!("{:.0}", rate * 100.0))
}

/// `rate`, then `common before>after +added -removed`, of each build of a DUT.
fn cells(window: &HistoryWindow, dut: &str) -> Vec<String> {
    let row = window.rows.iter().find(|row| row.dut == dut).unwrap();
    let words = |cell: &HistoryCell| {
        let since = cell.since.as_ref().map(|since| {
            let rates = format!("{}>{}", percent(since.rate_before), percent(since.rate));
            format!(" {} {rates} +{} -{}", since.common, since.added, since.removed)
        });
        format!("{}{}", percent(cell.counts.pass_rate()), since.unwrap_or_default())
    };
    row.cells.iter().map(|cell| cell.as_ref().map_or("-".to_owned(), words)).collect()
}

#[test]
fn sessions_are_compared_over_the_tests_that_they_have_in_common() {
    let window = story().history();
    assert_eq!(window.builds, ["1.0", "1.1", "1.2"]);
    assert_eq!((window.total, window.builds_left_out, window.by), (4, 0, passgrid::analyze::BuildsBy::Start));
    assert_eq!(cells(&window, "DUT_A"), ["100", "100 4 100>100 +0 -0", "75 4 100>75 +0 -0"]);
    // The truncated session lacks two tests that passed.
    assert_eq!(cells(&window, "DUT_B"), ["75", "75 4 75>75 +0 -0", "50 2 50>50 +0 -2"]);
    // A skipped test has no verdict; two new tests pass.
    assert_eq!(cells(&window, "DUT_C"), ["75", "50 4 75>50 +0 -0", "40 4 50>0 +2 -0"]);
    assert_eq!(cells(&window, "DUT_D"), ["-", "-", "67"]);
    let duts: Vec<&str> = window.rows.iter().map(|row| row.dut.as_str()).collect();
    assert_eq!(duts, ["DUT_C", "DUT_B", "DUT_D", "DUT_A"]);
    let truncated = window.rows[1].cells[2].as_ref().unwrap();
    assert!(truncated.incomplete.is_some());
}

#[test]
fn a_session_that_lost_its_failing_tests_does_not_look_better() {
    let files = [
        ("1.0/board_a.xml", crate::story::junit("2026-11-01T10:00:00", "s a passed\ns b failed\ns c failed")),
        ("1.1/board_a.xml", crate::story::junit("2026-11-02T10:00:00", "s a passed\n…")),
    ];
    let mut dropped = Dropped::new(files.iter().map(|(path, text)| (*path, text.as_bytes())));
    assert_eq!(cells(&dropped.history(), "board_a"), ["33", "100 1 100>100 +0 -2"]);
}

#[test]
fn only_the_newest_builds_are_in_the_map() {
    let files: Vec<(String, String)> = (0..30)
        .map(|build| {
            let text = crate::story::junit(&format!("2026-11-{:02}T10:00:00", build + 1), "s a passed");
            (format!("1.{build}/board_a.xml"), text)
        })
        .collect();
    let mut dropped = Dropped::new(files.iter().map(|(path, text)| (path.as_str(), text.as_bytes())));
    let window = dropped.history();
    assert_eq!((window.builds.len(), window.builds_left_out), (24, 6));
    assert_eq!(window.builds.last().map(String::as_str), Some("1.29"));
    assert!(window.rows[0].cells.iter().all(|cell| cell.as_ref().is_some_and(|cell| cell.since.is_some())));
}

/// The names of the tests of a JUnit file, and of those that fail, by string search.
fn recounted(text: &str) -> (BTreeSet<String>, BTreeSet<String>, BTreeSet<String>) {
    let (mut all, mut failing, mut passed) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for case in text.split("<testcase ").skip(1) {
        let head = &case[..case.find('>').unwrap()];
        let name = head.split(" time=").next().unwrap().to_owned();
        let body = if head.ends_with('/') { "" } else { &case[..case.find("</testcase>").unwrap()] };
        all.insert(name.clone());
        if body.contains("<failure") || body.contains("<error") {
            failing.insert(name);
        } else if !body.contains("<skipped") {
            passed.insert(name);
        }
    }
    (all, failing, passed)
}

/// The downloaded history of more-itertools is as an independent count of its JUnit files gives.
#[test]
fn the_history_of_real_builds_is_as_recounted() {
    let Some(corpus) = std::env::var_os("PASSGRID_CORPUS") else { return };
    let folder = PathBuf::from(corpus).join("matrix/more-itertools");
    let files = tree(&folder);
    let mut dropped = Dropped::new(files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice())));
    let csv = dropped.export(Export::HistoryCsv);
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let head = reader.headers().unwrap().clone();
    let mut rows = reader.records().map(Result::unwrap);
    for dut in ["py3.8.18", "py3.10.13", "py3.12.1", "py3.13.0"] {
        let mut before: Option<(BTreeSet<String>, BTreeSet<String>, BTreeSet<String>)> = None;
        for build in ["8.14.0", "9.1.0", "10.1.0", "10.3.0", "10.5.0"] {
            let row = rows.next().unwrap();
            let cell = |name: &str| row[head.iter().position(|have| have == name).unwrap()].to_owned();
            assert_eq!((cell("dut"), cell("build")), (dut.to_owned(), build.to_owned()));
            let text = std::fs::read_to_string(folder.join(build).join(format!("{dut}.xml"))).unwrap();
            let now = recounted(&text);
            assert_eq!(cell("results"), now.0.len().to_string(), "{dut} {build}");
            assert_eq!(cell("failed"), now.1.len().to_string(), "{dut} {build}");
            let rate = |(_, failing, passed): &(BTreeSet<String>, BTreeSet<String>, BTreeSet<String>),
                        of: &BTreeSet<String>| {
                let count = |set: &BTreeSet<String>| set.intersection(of).count() as f64;
                count(passed) / (count(passed) + count(failing))
            };
            let is_near =
                |name: &str, expected: f64| (cell(name).parse::<f64>().unwrap() - expected).abs() < 1e-6;
            assert!(is_near("pass_rate", rate(&now, &now.0)), "{dut} {build}");
            match &before {
                None => assert_eq!((cell("common_tests"), cell("added")), (String::new(), String::new())),
                Some(before) => {
                    let common: BTreeSet<String> = before.0.intersection(&now.0).cloned().collect();
                    assert_eq!(cell("common_tests"), common.len().to_string());
                    assert_eq!(cell("added"), now.0.difference(&before.0).count().to_string());
                    assert_eq!(cell("removed"), before.0.difference(&now.0).count().to_string());
                    assert!(is_near("common_pass_rate_before", rate(before, &common)), "{dut} {build}");
                    assert!(is_near("common_pass_rate", rate(&now, &common)), "{dut} {build}");
                }
            }
            before = Some(now);
        }
    }
    assert!(rows.next().is_none());
}
