//! Flaky: tests that disagree with themselves, ranked.

use crate::Dropped;
use crate::demo::demo;
use crate::story::junit_of;
use passgrid::analyze::{FlakyRow, FlakyWindow};
use passgrid::engine::GetFlaky;
use passgrid::export::Export;
use passgrid::query::View;

impl Dropped {
    fn flaky(&mut self, query: &str) -> FlakyWindow {
        let View { filter, sort, .. } = View::from_query(query);
        self.engine.ask(GetFlaky { filter, sort, from: 0, count: u32::MAX })
    }
}

/// `name: disagrees, within, flips in a build, flips; cost; DUTs`
fn line(row: &FlakyRow) -> String {
    let shares =
        [row.disagrees, row.in_build, row.over_time].map(|share| format!("{}/{}", share.times, share.of));
    let [disagrees, in_build, over_time] = shares;
    let cost = row.cost_s.map_or("-".to_owned(), |seconds| format!("{seconds}"));
    format!(
        "{}: {disagrees} {} {in_build} {over_time}; {cost}; {}",
        row.name,
        row.within,
        row.duts.0.join(" ")
    )
}

fn lines(window: &FlakyWindow) -> Vec<String> {
    window.rows.iter().map(line).collect()
}

/// A report of pytest with reruns: a repeated name is a rerun, and entries without a child before the last one
/// failed.
fn rerun(started: &str, lines: &str) -> String {
    junit_of("", started, lines).replace("name='s'", "name='pytest'")
}

/// `retried` needed reruns twice. `night` passed and failed in sessions of build 1.0. `builds` flips between builds
/// only. `broken` broke once, `fine` always passes, `skipped` is not executed each time.
fn lab() -> Dropped {
    let files = [
        (
            "1.0/run1/board_a.xml",
            rerun(
                "2026-11-01T10:00:00",
                "s retried passed 4\ns retried passed 2\ns night passed 3\ns builds passed\ns broken passed\ns fine passed",
            ),
        ),
        (
            "1.0/run2/board_a.xml",
            rerun(
                "2026-11-01T20:00:00",
                "s retried passed 2\ns night failed 5\ns builds passed\ns broken passed\ns fine passed",
            ),
        ),
        (
            "1.1/run1/board_a.xml",
            rerun(
                "2026-11-02T10:00:00",
                "s retried passed 8\ns retried passed 9\ns retried failed 1\ns night passed 3\ns builds failed\ns broken failed\ns fine passed",
            ),
        ),
        (
            "1.2/run1/board_a.xml",
            rerun(
                "2026-11-03T10:00:00",
                "s retried passed 4\ns retried passed 2\ns night passed 3\ns builds passed\ns broken failed\ns fine passed",
            ),
        ),
        (
            "1.0/run1/board_b.xml",
            rerun(
                "2026-11-01T11:00:00",
                "s retried passed 2\ns night skipped\ns builds passed\ns fine passed",
            ),
        ),
    ];
    Dropped::new(files.iter().map(|(path, text)| (*path, text.as_bytes())))
}

#[test]
fn disagreement_in_a_session_or_a_build_ranks_before_flips_between_builds() {
    let mut dropped = lab();
    let window = dropped.flaky("");
    assert_eq!(
        lines(&window),
        [
            // Sessions 1.0/run1 and 1.2 are flaky; all three attempts failed in 1.1.
            "retried: 2/5 2 0/1 2/3; 8; board_a",
            "night: 1/4 0 1/1 2/3; 5; board_a",
            "builds: 0/5 0 0/1 2/3; -; board_a",
        ]
    );
    assert_eq!((window.tests, window.total), (3, 3));
    assert_eq!(
        window.rows[0].last,
        ("board_a".to_owned(), window.rows[0].last.1.clone(), Some("1.2".to_owned()))
    );
    assert_eq!(window.rows[1].last.2.as_deref(), Some("1.0"), "flips to another build are no disagreement");
    // By scipy 1.17.1: `binomtest(2, 5).proportion_ci(method="wilson")`.
    let (low, high) = window.rows[0].interval;
    assert!((low - 0.117_621).abs() < 1e-6 && (high - 0.769_276).abs() < 1e-6, "{low} {high}");
}

#[test]
fn the_ranking_is_filtered_and_sorted() {
    let mut dropped = lab();
    let names =
        |window: FlakyWindow| -> Vec<String> { window.rows.into_iter().map(|row| row.name).collect() };
    assert_eq!(names(dropped.flaky("?q=night")), ["night"]);
    assert_eq!(names(dropped.flaky("?sort=name")), ["builds", "night", "retried"]);
    assert_eq!(names(dropped.flaky("?sort=-time")), ["retried", "night", "builds"]);
    assert_eq!(names(dropped.flaky("?sort=-build")), ["night", "retried", "builds"]);
    assert_eq!(names(dropped.flaky("?on=board_b")), [""; 0]);
    let on_a = dropped.flaky("?on=board_a");
    assert_eq!(line(&on_a.rows[0]), "retried: 2/4 2 0/1 2/3; 8; board_a");
    assert_eq!(names(dropped.flaky("")).len(), 3, "the ranking of a DUT is not kept for all");
}

#[test]
fn sessions_without_a_build_may_have_tested_anything() {
    let pass = junit_of("a", "2026-11-01T10:00:00", "s x passed\ns y passed");
    let fail = junit_of("b", "2026-11-02T10:00:00", "s x failed\ns y passed");
    let again = junit_of("c", "2026-11-03T10:00:00", "s x passed\ns y passed");
    let mut dropped = Dropped::new([pass, fail, again].iter().map(|text| ("board_a.xml", text.as_bytes())));
    assert!(dropped.data().history.sessions.iter().all(|session| session.build().is_none()));
    assert_eq!(lines(&dropped.flaky("")), ["x: 0/3 0 0/0 2/2; -; board_a"]);
}

/// The rarer evidence is, the wider the interval: one of two is less than thirty of a hundred.
#[test]
fn few_sessions_rank_low() {
    let mut files = Vec::new();
    for day in 1..=20 {
        let often = if day % 3 == 0 { "s often passed\n" } else { "" };
        let once = match day {
            1 => "s once passed\ns once passed",
            2 => "s once passed",
            _ => "",
        };
        let text = rerun(&format!("2026-11-{day:02}T10:00:00"), &format!("{often}s often passed\n{once}"));
        files.push((format!("1.{day}/board_a.xml"), text));
    }
    let mut dropped = Dropped::new(files.iter().map(|(path, text)| (path.as_str(), text.as_bytes())));
    assert_eq!(
        lines(&dropped.flaky("")),
        ["often: 6/20 6 0/0 0/19; 6; board_a", "once: 1/2 1 0/0 0/1; 1; board_a"]
    );
}

/// The demo's flaky test needed reruns in 14 of 36 sessions, and was flaky in 11 of them.
#[test]
fn the_demo_names_its_flaky_test_first() {
    let mut dropped = demo();
    let window = dropped.flaky("");
    let first = &window.rows[0];
    assert_eq!(first.name, "test_comes_back_into_range");
    assert_eq!((first.disagrees.times, first.disagrees.of, first.within), (11, 36, 11));
    assert!(first.cost_s.is_some_and(|seconds| seconds > 0.0));
    let others = window.rows[1..].iter();
    assert!(others.clone().all(|row| row.disagrees.times == 0), "{:?}", lines(&window));
}

/// The download has the rows of the view, in its order.
#[test]
fn the_download_has_the_ranking() {
    let mut dropped = lab();
    let csv = dropped.export(Export::FlakyCsv);
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let rows: Vec<Vec<String>> =
        reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
    let head = "rank,test,suite,class,sessions,disagreeing_sessions,flaky_sessions,disagreeing_share,low_95,high_95,\
                pairs_in_build,flips_in_build,pairs,flips,repeated_s,duts,last_dut,last_build,last_started\r\n";
    assert!(csv.starts_with(head), "{csv}");
    assert_eq!(rows[0][..2], ["1", "retried"]);
    assert_eq!(rows[0][4..10], ["5", "2", "2", "0.4", "0.117621", "0.769276"]);
    assert_eq!(rows[0][10..15], ["1", "0", "3", "2", "8"]);
    assert_eq!(rows.iter().map(|row| row[1].as_str()).collect::<Vec<_>>(), ["retried", "night", "builds"]);
}
