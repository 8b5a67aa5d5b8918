//! Timing: slow tests, shares of test time, shifts, and when each test of a session ran.

use crate::Dropped;
use crate::dropped::{folder, tree};
use crate::story::{junit, junit_of, story};
use passgrid::analyze::{TimingRow, TimingWindow, timeline};
use passgrid::engine::{GetOverview, GetTiming, GetTimingChart, TestChart};
use passgrid::export::Export;
use passgrid::figures::Theme;
use passgrid::query::{ChartKind, Filter, Sort, View};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::PathBuf;

impl Dropped {
    fn timing(&mut self, query: &str) -> TimingWindow {
        let View { filter, sort, .. } = View::from_query(query);
        self.engine.ask(GetTiming { filter, sort, from: 0, count: u32::MAX })
    }

    fn timing_chart(&mut self, query: &str) -> TestChart {
        let charted = View::from_query(query).charted;
        self.engine.ask(GetTimingChart { charted, theme: Theme::default() })
    }
}

fn names(window: &TimingWindow) -> Vec<&str> {
    window.rows.iter().map(|row| row.name.as_str()).collect()
}

fn parsed(chart: &TestChart) -> Value {
    serde_json::from_str(&chart.figure.as_ref().unwrap().json).unwrap()
}

#[track_caller]
fn close(found: f64, expected: f64) {
    assert!((found - expected).abs() < 1e-6 * expected.abs().max(1.0), "{found} instead of {expected}");
}

#[test]
fn tests_have_their_share_of_the_current_test_time() {
    let mut dropped = story();
    let window = dropped.timing("");
    // A: play 0.5, sync 2, leak 1, boot 1; B: play 1.5, leak 1; C: play 0 (skipped), sync 4, leak 1, boot 1, two
    // extra tests of 1; D: play 2.5, leak 1, boot 1.
    assert_eq!(window.test_time_s, Some(19.5));
    assert_eq!(window.listed_s, window.test_time_s);
    assert_eq!(names(&window), ["sync", "play", "leak", "boot", "test_9", "test_10"]);
    let sync = &window.rows[0];
    assert_eq!((sync.total_s, sync.median_s, sync.max_s), (Some(6.0), Some(3.0), Some(4.0)));
    assert_eq!((sync.share, sync.longest_on.as_str()), (Some(6.0 / 19.5), "DUT_C"));
    // No build has enough sessions before and after it.
    assert_eq!((window.shifted, window.tested), ((0, 0), 0));
    // On one DUT, the rest counts nowhere.
    let on = dropped.timing("?on=DUT_B");
    assert_eq!((on.test_time_s, on.listed_s, on.total), (Some(2.5), Some(2.5), 2));
    assert_eq!(on.rows[0].share, Some(0.6));
    let some = dropped.timing("?q=audio");
    assert_eq!((some.test_time_s, some.listed_s, some.tests), (Some(19.5), Some(10.5), 6));
    for (sort, first) in
        [("name", "boot"), ("-name", "test_10"), ("time", "test_9"), ("-max", "sync"), ("-median", "sync")]
    {
        assert_eq!(names(&dropped.timing(&format!("?sort={sort}")))[0], first, "{sort}");
    }
    assert_eq!(
        Dropped::default().timing(""),
        TimingWindow { empty_columns: window_columns(), ..TimingWindow::default() }
    );
}

/// What is empty without data.
fn window_columns() -> Vec<passgrid::query::SortKey> {
    Dropped::default().timing("").empty_columns
}

/// The demo's story: one test takes longer with every build, on every DUT, and nothing else does.
#[test]
fn the_slowing_test_of_the_demo_is_found() {
    let mut dropped = crate::demo::demo();
    let window = dropped.timing("");
    assert_eq!(window.shifted, (1, 0), "{:#?}", window.slower);
    let [slower] = &window.slower[..] else { panic!("{window:?}") };
    assert_eq!(slower.test.name, "test_starts_within_30_s");
    let shift = &slower.shift;
    // Five builds before, three after: 9.8 to 16.0 s on the fastest DUT, then 18.3 to 22.7 s.
    assert_eq!((shift.build.0.as_str(), shift.dut.as_deref()), ("2.4.0-rc2", None));
    assert_eq!(shift.duts, ["max-b1", "mini-a1", "mini-b1", "one-a1", "one-b2"]);
    assert_eq!(shift.values, [21, 15]);
    assert!(shift.ratio.is_some_and(|ratio| (1.5..1.8).contains(&ratio)), "{shift:?}");
    assert!(shift.p_value < 0.05);
    let row = window.rows.iter().find(|row| row.name == slower.test.name).unwrap();
    assert_eq!(row.shifts, std::slice::from_ref(shift));
    assert_eq!(dropped.timing("?sort=-change").rows[0].name, slower.test.name);
    // The chart shows this test unless another one is chosen.
    let chart = dropped.timing_chart("");
    assert_eq!(chart.test.as_ref(), Some(&slower.test));
    assert_eq!(chart.sentences.len(), 1);
    assert!(
        chart.sentences[0].starts_with("Slower since 2.4.0-rc2 on 5 DUTs: median "),
        "{:?}",
        chart.sentences
    );
    let figure = parsed(&chart);
    assert_eq!(figure["data"].as_array().unwrap().len(), 5);
    let line = figure["layout"]["shapes"][0].clone();
    assert_eq!((&line["x0"], &line["line"]["dash"]), (&json!(4.5), &json!("dash")));
    assert!(figure["layout"]["annotations"][0]["text"].as_str().unwrap().starts_with("▲ 1."));
    let csv = dropped.export(Export::TimingCsv);
    let slower: Vec<&str> = csv.lines().filter(|line| line.contains(",slower,")).collect();
    assert!(slower.len() == 1 && slower[0].contains(",2.4.0-rc2,"), "{slower:?}");
    assert!(!csv.contains(",faster,"));
    assert_eq!(csv.lines().count(), 1 + window.tests as usize);
}

/// The points of a trend lead to results, and its table has the same values.
#[test]
fn points_of_a_trend_lead_to_results() {
    let mut dropped = story();
    let chart = dropped.timing_chart("?view=timing&trend=sync&trend-in=audio");
    let figure = parsed(&chart);
    // DUT_C failed it later; DUT_B's last session lacks it.
    let lines: BTreeMap<String, Value> = figure["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|trace| (trace["name"].as_str().unwrap().to_owned(), trace["y"].clone()))
        .collect();
    assert_eq!(lines["DUT_A"], json!([1.0, 1.0, 2.0]));
    assert_eq!(lines["DUT_B"], json!([2.0, 2.0, null]));
    assert_eq!(lines["DUT_C"], json!([2.0, null, null]));
    let table = &chart.figure.as_ref().unwrap().table;
    assert_eq!(table.rows.len(), 6);
    for (trace, results) in figure["data"].as_array().unwrap().iter().zip(&chart.results) {
        for (value, result) in trace["y"].as_array().unwrap().iter().zip(results) {
            assert_eq!(value.is_null(), result.is_none());
            if let Some(result) = result {
                let page = dropped.page(result.clone()).unwrap();
                assert_eq!((page.duration_s, page.name.as_str()), (value.as_f64(), "sync"));
            }
        }
    }
}

#[test]
fn distributions_are_per_dut() {
    let mut dropped = story();
    let of_all = dropped.timing_chart("?chart=duts");
    let figure = parsed(&of_all);
    let names: Vec<&str> =
        figure["data"].as_array().unwrap().iter().map(|trace| trace["name"].as_str().unwrap()).collect();
    // By median: C has 1, 1, 1, 1 and 4; A has 0.5, 1, 1 and 2; B has 1 and 1.5; D has 1, 1 and 2.5.
    assert_eq!(names, ["DUT_B", "DUT_A", "DUT_C", "DUT_D"]);
    assert_eq!((&figure["data"][1]["y"], of_all.test), (&json!([0.5, 1.0, 1.0, 2.0]), None));
    let of_one = dropped.timing_chart("?chart=duts&trend=play&trend-in=audio");
    let figure = parsed(&of_one);
    assert_eq!(figure["data"].as_array().unwrap().len(), 4);
    assert_eq!(of_one.results.iter().map(Vec::len).sum::<usize>(), 9);
    let page = dropped.page(of_one.results[0][0].clone().unwrap()).unwrap();
    assert_eq!(Some(page.duration_s), Some(figure["data"][0]["y"][0].as_f64()));
}

/// A chart of many values has at most 5,000 points, among them the least and the greatest.
#[test]
fn distributions_have_at_most_5000_points() {
    let lines = |dut: usize| -> String {
        (0..3000).map(|test| format!("s t{test} passed {}\n", 0.001 * (test + dut) as f64)).collect()
    };
    let files: Vec<(String, String)> = (0..4)
        .map(|dut| {
            (format!("board_{dut}.xml"), junit_of(&dut.to_string(), "2026-11-01T10:00:00", &lines(dut)))
        })
        .collect();
    let mut dropped = Dropped::new(files.iter().map(|(path, text)| (path.as_str(), text.as_bytes())));
    let chart = dropped.timing_chart("?chart=duts");
    let figure = parsed(&chart);
    let points: Vec<&Vec<Value>> =
        figure["data"].as_array().unwrap().iter().map(|trace| trace["y"].as_array().unwrap()).collect();
    assert_eq!(points.iter().map(|points| points.len()).collect::<Vec<_>>(), [1250; 4]);
    let of_board_3 = points[0];
    assert_eq!((&of_board_3[0], &of_board_3[1249]), (&json!(0.003), &json!(3.002)));
    assert!(chart.figure.unwrap().note.unwrap().starts_with("Shows 5000 of 12,000 values"));
}

/// The tests of a session by worker, as another reader of the file finds them.
#[test]
fn a_timeline_has_the_workers_of_the_file() {
    let path = folder("fixtures/pytest-reportlog/reportlog-1.0.0/xdist.jsonl");
    let text = std::fs::read_to_string(path).unwrap();
    let mut expected: BTreeMap<String, (String, f64, f64)> = BTreeMap::new();
    for line in text.lines() {
        let report: Value = serde_json::from_str(line).unwrap();
        if report["$report_type"] == "TestReport" {
            let name = report["nodeid"].as_str().unwrap().rsplit("::").next().unwrap().to_owned();
            let worker = report["worker_id"].as_str().unwrap().to_owned();
            let start = report["start"].as_f64().unwrap();
            if report["when"] == "setup" {
                // Of several attempts, the last one counts.
                expected.insert(name.clone(), (worker, start, 0.0));
            }
            let test = expected.get_mut(&name).unwrap();
            test.2 += report["duration"].as_f64().unwrap();
        }
    }
    let first = expected.values().map(|(_, start, _)| *start).fold(f64::INFINITY, f64::min);
    let mut dropped = Dropped::new([("xdist.jsonl", text.as_bytes())]);
    let data = dropped.data();
    let timeline = timeline(data, data.latest_sessions()[0]).unwrap();
    assert_eq!(timeline.workers, ["gw0", "gw1"]);
    assert_eq!((timeline.bars.len(), timeline.left_out, timeline.untimed), (expected.len(), 0, 0));
    for bar in &timeline.bars {
        let (worker, start, duration) = &expected[&bar.result.name];
        assert_eq!(timeline.workers[bar.worker], *worker);
        close(bar.from_s, start - first);
        close(bar.duration_s, *duration);
    }
    let chart = dropped.timing_chart("?chart=session");
    let figure = parsed(&chart);
    let bars: usize = chart.results.iter().map(Vec::len).sum();
    assert_eq!((bars, chart.sessions.len()), (expected.len(), 1));
    for (trace, results) in figure["data"].as_array().unwrap().iter().zip(&chart.results) {
        for key in ["x", "y", "base", "hovertext"] {
            let points = trace[key].as_array().map_or(0, Vec::len);
            assert_eq!(points, results.len(), "{key} of {}", trace["name"]);
        }
    }
}

/// Tests that overlap get rows of their own if the file names no workers; without start times there is no timeline.
#[test]
fn overlapping_tests_have_rows_of_their_own() {
    let case = |name: &str, second: u32, seconds: f64| {
        format!(
            "<testcase classname='s' name='{name}' time='{seconds}' timestamp='2026-11-01T10:00:{second:02}'/>"
        )
    };
    let cases = [case("a", 0, 5.0), case("b", 1, 2.0), case("c", 3, 1.0), case("d", 5, 1.0)].concat();
    let text = format!("<testsuite name='s'>{cases}<testcase classname='s' name='e' time='1'/></testsuite>");
    let mut dropped = Dropped::new([("board_a.xml", text.as_bytes())]);
    let data = dropped.data();
    let timeline = timeline(data, data.latest_sessions()[0]).unwrap();
    assert_eq!(timeline.workers, ["row 1", "row 2"]);
    let places: Vec<usize> = timeline.bars.iter().map(|bar| bar.worker).collect();
    assert_eq!((places, timeline.untimed), (vec![0, 1, 1, 0], 1));
    assert_eq!((timeline.wall_s, timeline.busy_s), (6.0, 9.0));
    let nothing = story().timing_chart("?chart=session");
    assert_eq!((nothing.figure, nothing.sessions.len()), (None, 0));
}

/// Formats that say when a test began, each by its own fixture.
#[test]
fn formats_with_start_times_have_a_timeline() {
    for path in [
        "pytest-reportlog/reportlog-1.0.0/xdist.jsonl",
        "playwright/playwright-1.65.1/projects.json",
        "ctrf/playwright-ctrf-0.0.29/report.json",
        "allure/allure-pytest-2.16.2/allure-results",
        "openhtf/openhtf-1.6.3/DUT_A_0001.json",
        "jest/jest-30.5.2/jest.json",
        "nunit/nunit-3.18/TestResult.xml",
        "robot/robot-7.5/output.xml",
        "go-test/go-1.27/all.jsonl",
    ] {
        let at = folder("fixtures").join(path);
        let files =
            if at.is_dir() { tree(&at) } else { vec![(path.to_owned(), std::fs::read(&at).unwrap())] };
        let mut dropped = Dropped::new(files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice())));
        let chart = dropped.timing_chart("?chart=session");
        let bars: usize = chart.results.iter().map(Vec::len).sum();
        assert!(bars > 0, "{path}: {chart:?}");
        let data = dropped.data();
        let sessions = (0..data.history.sessions.len()).map(passgrid::model::SessionId::from);
        for timeline in sessions.filter_map(|session| timeline(data, session)) {
            assert!(timeline.wall_s < 24.0 * 3600.0, "{path}: {} s", timeline.wall_s);
        }
    }
}

/// The test time of more-itertools is the sum of all stages in its latest reports as JSON, which tell more than
/// the JUnit files of the same runs.
#[test]
fn the_test_time_of_real_builds_is_as_recounted() {
    let Some(corpus) = std::env::var_os("PASSGRID_CORPUS") else { return };
    let at = PathBuf::from(corpus).join("matrix/more-itertools");
    let files = tree(&at);
    let mut dropped = Dropped::new(files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice())));
    let mut seconds: BTreeMap<String, f64> = BTreeMap::new();
    for (_, bytes) in files.iter().filter(|(path, _)| path.contains("10.5.0") && path.ends_with(".json")) {
        let report: serde_json::Value = serde_json::from_slice(bytes).unwrap();
        for test in report["tests"].as_array().unwrap() {
            let name =
                test["nodeid"].as_str().unwrap().replace(".py::", ".").replace("::", ".").replace('/', ".");
            let stages = ["setup", "call", "teardown"].map(|stage| test[stage]["duration"].as_f64());
            *seconds.entry(name).or_default() += stages.into_iter().flatten().sum::<f64>();
        }
    }
    let window = dropped.timing("");
    close(window.test_time_s.unwrap(), seconds.values().sum());
    assert_eq!(window.rows.len(), seconds.len());
    for row in &window.rows {
        // Durations have six decimals here, in four sessions.
        let expected = seconds[&format!("{}.{}", row.scope, row.name)];
        assert!((row.total_s.unwrap() - expected).abs() < 4e-6, "{}: {:?}", row.name, row.total_s);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Shares of test time add up to the total, which is that of the overview; with any filter, listed tests have
    /// what they have in the whole list.
    #[test]
    fn shares_add_up(
        sessions in proptest::collection::vec(proptest::collection::vec((0..6_u8, 0..4_u8, 0..100_u32), 1..8), 1..6),
        on in 0..3_usize,
    ) {
        let files: Vec<(String, String)> = sessions.iter().enumerate().map(|(at, results)| {
            let line = |(test, outcome, tenths): &(u8, u8, u32)| {
                let outcome = ["passed", "failed", "skipped", "error"][*outcome as usize];
                // Some tests have no duration.
                let seconds = if *tenths == 0 { "?".to_owned() } else { format!("{}", f64::from(*tenths) / 10.0) };
                format!("s{} t{test} {outcome} {seconds}\n", test % 2)
            };
            let text: String = results.iter().map(line).collect();
            let started = format!("2026-11-0{}T10:00:00", 1 + at / 3);
            (format!("1.{}/board_{}.xml", at / 3, at % 3), junit(&started, &text))
        }).collect();
        let mut dropped = Dropped::new(files.iter().map(|(path, text)| (path.as_str(), text.as_bytes())));
        let window = dropped.timing("");
        let now = dropped.engine.ask(GetOverview).now;
        prop_assert_eq!(window.test_time_s.is_some(), now.duration_s.is_some());
        let total = window.test_time_s.unwrap_or(0.0);
        prop_assert!((total - now.duration_s.unwrap_or(0.0)).abs() < 1e-9);
        let sum = |of: fn(&TimingRow) -> Option<f64>| window.rows.iter().filter_map(of).sum::<f64>();
        prop_assert!((sum(|row| row.total_s) - total).abs() < 1e-9);
        if total > 0.0 {
            prop_assert!((sum(|row| row.share) - 1.0).abs() < 1e-9);
        }
        let words = Filter { text: "s1".to_owned(), ..Filter::default() };
        let some = dropped.engine.ask(GetTiming { filter: words, sort: Sort::from_key("name"), from: 0, count: u32::MAX });
        for row in &some.rows {
            prop_assert!(window.rows.contains(row));
        }
        let on = format!("board_{on}");
        let filter = Filter { dut: Some(on), ..Filter::default() };
        let of_dut = dropped.engine.ask(GetTiming { filter, sort: None, from: 0, count: u32::MAX });
        let listed: f64 = of_dut.rows.iter().filter_map(|row| row.total_s).sum();
        prop_assert!((listed - of_dut.test_time_s.unwrap_or(0.0)).abs() < 1e-9);
    }
}

#[test]
fn a_key_of_a_chart_is_in_the_address() {
    assert_eq!(View::from_query("?view=timing&chart=duts").charted.kind, ChartKind::Duts);
}
