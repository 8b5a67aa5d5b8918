//! Pass rate per DUT over builds.

use crate::Dropped;
use crate::dropped::{folder, tree};
use crate::story::{junit, story};
use passgrid::analyze::{DutPassRates, PassRateByBuild, pass_rate_by_build};
use passgrid::model::{FileId, IdentityField, Outcome};
use passgrid::query::Measure;

/// A line per DUT: its name, then passed/judged of each build, `-` without a session.
fn lines(rates: &PassRateByBuild) -> Vec<String> {
    let line = |dut: &DutPassRates| {
        let points = dut.points.iter().map(|point| match point {
            None => "-".to_owned(),
            Some(point) => format!("{}/{}", point.passed(), point.passed() + point.failing()),
        });
        format!("{}: {}", dut.dut, points.collect::<Vec<_>>().join(" "))
    };
    rates.duts.iter().map(line).collect()
}

#[test]
fn the_worst_dut_comes_first() {
    let rates = pass_rate_by_build(story().data());
    assert_eq!(rates.builds, ["1.0", "1.1", "1.2"]);
    assert_eq!(
        lines(&rates),
        ["DUT_C: 3/4 2/4 2/5", "DUT_B: 3/4 3/4 1/2", "DUT_D: - - 2/3", "DUT_A: 4/4 4/4 3/4",]
    );
    assert!(rates.is_meaningful(Measure::PassRate));
    assert_eq!((rates.duts_left_out, rates.builds_left_out), (0, 0));
    let truncated: Vec<&str> = rates
        .duts
        .iter()
        .filter(|dut| dut.points.iter().flatten().any(|point| point.incomplete.is_some()))
        .map(|dut| dut.dut.as_str())
        .collect();
    assert_eq!(truncated, ["DUT_B"]);
}

/// All sessions with a build count together, and skipped results have no rate.
#[test]
fn sessions_with_the_same_build_add_up() {
    let files = [
        ("1.0/a.xml", junit("2026-11-01T10:00:00", "s x passed\ns y failed")),
        ("1.1/a.xml", junit("2026-11-02T10:00:00", "s x skipped\ns y skipped")),
        ("night-1/1.2/a.xml", junit("2026-11-03T10:00:00", "s x passed\ns y error")),
        ("night-2/1.2/a.xml", junit("2026-11-04T10:00:00", "s x passed\ns y passed")),
    ];
    let mut dropped = Dropped::new(files.iter().map(|(path, text)| (*path, text.as_bytes())));
    for (id, build) in [(0, "1.0"), (1, "1.1"), (2, "1.2"), (3, "1.2")] {
        let file = FileId(id);
        dropped.assign(&[file], IdentityField::Build, Some(build));
        dropped.assign(&[file], IdentityField::Dut, Some("a"));
    }
    let rates = pass_rate_by_build(dropped.data());
    assert_eq!(rates.builds, ["1.0", "1.1", "1.2"]);
    assert_eq!(lines(&rates), ["a: 1/2 0/0 3/4"]);
    let points: Vec<_> = rates.duts[0].points.iter().flatten().collect();
    assert_eq!(points.iter().map(|point| point.rate()).collect::<Vec<_>>(), [Some(0.5), None, Some(0.75)]);
    assert_eq!(points.iter().map(|point| point.sessions).collect::<Vec<_>>(), [1, 1, 2]);
    assert_eq!(points[2].session, dropped.data().history.sessions[3].id);
}

#[test]
fn at_most_30_duts_have_a_line() {
    let mut dropped = Dropped::default();
    for dut in 0..45 {
        for (day, build) in ["1.0", "1.1"].iter().enumerate() {
            // A DUT with a higher number fails fewer tests.
            let test = |at: usize| format!("s t{at} {}\n", if at < 50 - dut { "failed" } else { "passed" });
            let tests: String = (0..100).map(test).collect();
            let text = junit(&format!("2026-11-0{}T10:00:00", day + 1), &tests);
            dropped.add(&format!("{build}/board_{dut}.xml"), text.as_bytes());
        }
    }
    let rates = pass_rate_by_build(dropped.data());
    assert_eq!((rates.duts.len(), rates.duts_left_out), (30, 15));
    let names: Vec<String> = rates.duts.iter().map(|dut| dut.dut.clone()).collect();
    let expected: Vec<String> = (0..30).map(|dut| format!("board_{dut}")).collect();
    assert_eq!(names, expected);
}

#[test]
fn without_files_there_is_nothing_to_compare() {
    assert!(!pass_rate_by_build(Dropped::default().data()).is_meaningful(Measure::PassRate));
}

/// The sums over all builds are the counts of the sessions.
#[test]
fn the_demo_has_all_its_results() {
    let files = tree(&folder("fixtures/demo/reports"));
    let mut dropped = Dropped::new(files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice())));
    let rates = pass_rate_by_build(dropped.data());
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let found = format!("{}\n{}", rates.builds.join(" "), lines(&rates).join("\n"));
    settings.bind(|| insta::assert_snapshot!("pass-rate__demo", found));
    let history = &dropped.data().history;
    let mut expected = (0, 0);
    for session in &history.sessions {
        expected.0 += session.counts.of(Outcome::Passed);
        expected.1 += session.counts.failing();
    }
    let points = || rates.duts.iter().flat_map(|dut| dut.points.iter().flatten());
    let passed: u32 = points().map(|point| point.passed()).sum();
    let failing: u32 = points().map(|point| point.failing()).sum();
    assert_eq!((passed, failing), expected);
}
