//! Metrics: numbers that tests measured, from the file to the table, with limits, directions and shifts.

use crate::Dropped;
use crate::dropped::{folder, import, tree};
use passgrid::analyze::{MetricRow, MetricWindow};
use passgrid::engine::{GetMetricChart, GetMetrics, TestChart};
use passgrid::export::Export;
use passgrid::figures::Theme;
use passgrid::import::limits;
use passgrid::query::{Better, Filter, View};
use proptest::prelude::*;
use serde_json::{Value, json};

impl Dropped {
    fn metrics(&mut self, query: &str) -> MetricWindow {
        let View { filter, sort, directions, .. } = View::from_query(query);
        self.engine.ask(GetMetrics { filter, directions, sort, from: 0, count: u32::MAX })
    }

    fn metric_chart(&mut self, query: &str) -> TestChart {
        let View { charted, directions, .. } = View::from_query(query);
        self.engine.ask(GetMetricChart { charted, directions, theme: Theme::default() })
    }
}

fn of_fixtures(path: &str) -> Dropped {
    let at = folder("fixtures").join(path);
    let files = if at.is_dir() { tree(&at) } else { vec![(path.to_owned(), std::fs::read(&at).unwrap())] };
    Dropped::new(files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice())))
}

/// `test metric value unit`, sorted.
fn lines(window: &MetricWindow) -> Vec<String> {
    let line = |row: &MetricRow| {
        let now = row.now.map_or("-".to_owned(), |now| now.to_string());
        format!("{} {} {now} {}", row.name, row.metric, row.unit).trim_end().to_owned()
    };
    let mut lines: Vec<String> = window.rows.iter().map(line).collect();
    lines.sort();
    lines
}

#[track_caller]
fn row<'a>(window: &'a MetricWindow, name: &str, metric: &str) -> &'a MetricRow {
    let is_it = |row: &&MetricRow| row.name == name && row.metric == metric;
    window.rows.iter().find(is_it).unwrap_or_else(|| panic!("no {metric} of {name} in {:#?}", lines(window)))
}

/// Measurements of OpenHTF have units and limits; texts and lists are no numbers.
#[test]
fn measurements_of_openhtf_have_limits() {
    let window = of_fixtures("openhtf/openhtf-1.6.3/DUT_A_0001.json").metrics("");
    let expected = [
        "current current 0.72 A",
        "measure noise 10",
        "power channels 4",
        "power gain 19.5",
        "power ripple 0.045 V",
        "power vcc 3.3 V",
    ];
    // The phase `measure` was repeated: the median of 20 and 0.
    assert_eq!(lines(&window), expected);
    let current = row(&window, "current", "current");
    assert_eq!((current.limits, current.outside), ((Some(0.1), Some(0.4)), 1));
    assert_eq!((row(&window, "power", "vcc").outside, current.better), (0, Better::Lower));
    assert_eq!(row(&window, "power", "vcc").better, Better::Neither);
}

/// RAM and ROM of twister are those of a configuration: its first test has them, on each platform.
#[test]
fn twister_has_sizes_of_programs() {
    let text = std::fs::read_to_string(folder("fixtures/twister/zephyr-4.2/twister.json")).unwrap();
    let mut dropped = Dropped::new([("twister.json", text.as_bytes())]);
    let window = dropped.metrics("");
    let report: Value = serde_json::from_str(&text).unwrap();
    let mut sizes = 0;
    for suite in report["testsuites"].as_array().unwrap() {
        let Some(rom) = suite.get("used_rom").filter(|rom| !rom.is_null()) else { continue };
        let rom: f64 = rom.as_str().map_or_else(|| rom.as_f64().unwrap(), |rom| rom.parse().unwrap());
        let Some(first) = suite["testcases"].get(0) else { continue };
        let name = first["identifier"].as_str().unwrap();
        let platform = suite["platform"].as_str().unwrap();
        let of_dut = dropped.metrics(&format!("?on={}", platform.replace('/', "%2F")));
        assert_eq!(row(&of_dut, name, "used_rom").now, Some(rom), "{name} on {platform}");
        sizes += 1;
    }
    assert!(sizes > 5);
    let rom = row(&window, "kernel.scheduler.sched_api.priority", "used_rom");
    assert_eq!((rom.duts, rom.unit.as_str(), rom.better), (2, "bytes", Better::Lower));
    assert_eq!(
        (rom.now, rom.range, rom.limits.1),
        (Some(40756.0), Some((40212.0, 41300.0)), Some(262_144.0))
    );
    // Numbers that a test printed.
    let recorded = row(&window, "benchmark.kernel.latency", "thread.yield.preemptive: nanoseconds");
    assert_eq!((recorded.now, recorded.better), (Some(4416.0), Better::Lower));
}

#[test]
fn benchmarks_of_micropython_have_time_and_score() {
    let window = of_fixtures("micropython/output/old-perfbench.txt").metrics("");
    assert_eq!(
        lines(&window),
        ["perf_bench/bm_fft.py score 278.92", "perf_bench/bm_fft.py time 71705.62 µs"]
    );
    let better = |metric: &str| row(&window, "perf_bench/bm_fft.py", metric).better;
    assert_eq!((better("time"), better("score")), (Better::Lower, Better::Higher));
    let octoprobe = of_fixtures("octoprobe/2026-08").metrics("");
    assert!(
        octoprobe.rows.iter().any(|row| row.metric == "score" && row.duts > 0),
        "{:?}",
        lines(&octoprobe)
    );
}

/// Numbers of pytest-benchmark are those of the file.
#[test]
fn benchmarks_of_pytest_are_read() {
    let path = folder("fixtures/pytest-benchmark/benchmark-5.3.1/codec.json");
    let text = std::fs::read_to_string(path).unwrap();
    let mut dropped = Dropped::new([("codec.json", text.as_bytes())]);
    let window = dropped.metrics("");
    let report: Value = serde_json::from_str(&text).unwrap();
    let benchmarks = report["benchmarks"].as_array().unwrap();
    for benchmark in benchmarks {
        for (metric, unit) in [("mean", "s"), ("median", "s"), ("min", "s"), ("max", "s"), ("ops", "1/s")] {
            let row = row(&window, benchmark["name"].as_str().unwrap(), metric);
            assert_eq!(row.now, benchmark["stats"][metric].as_f64());
            assert_eq!(row.unit, unit);
            assert_eq!(row.better, if metric == "ops" { Better::Higher } else { Better::Lower });
        }
    }
    assert_eq!(row(&window, "test_decode[100]", "frames_lost").now, Some(0.0));
    assert_eq!(window.metrics, 5 * 3 + 2);
    let data = dropped.data();
    assert_eq!(data.history.sessions[0].build(), Some("4f3c9d1a7b2e8c6f5d4a3b2c1d0e9f8a7b6c5d4e"));
}

/// Numeric properties of a test in the formats of pytest.
#[test]
fn numeric_properties_are_metrics() {
    let junit = "<testsuite name='s'><testcase classname='c' name='t' time='1'><properties>\
        <property name='rtt_ms' value='12.5'/><property name='level [dB]' value='-3'/>\
        <property name='firmware' value='2.4'/><property name='case_id' value='17'/></properties></testcase></testsuite>";
    let window = Dropped::new([("board_a.xml", junit.as_bytes())]).metrics("");
    assert_eq!(lines(&window), ["t level -3 dB", "t rtt_ms 12.5 ms"]);
    let report = r#"{"created": 1763600000, "exitcode": 0, "root": "/", "summary": {"total": 1}, "tests": [{"nodeid": "a.py::t",
        "outcome": "passed", "user_properties": [{"rtt_ms": 11}, {"dut": "A"}], "call": {"duration": 1, "outcome": "passed"}}]}"#;
    let window = Dropped::new([("report.json", report.as_bytes())]).metrics("");
    assert_eq!(lines(&window), ["t rtt_ms 11 ms"]);
}

/// Sessions of a DUT, each with a value of `power` in mW.
fn sessions(duts: usize, values: &[f64]) -> Dropped {
    let mut dropped = Dropped::default();
    for (at, value) in values.iter().enumerate() {
        for dut in 0..duts {
            let value = value + dut as f64 * 100.0;
            let text = format!(
                "<testsuite name='s' timestamp='2026-11-{:02}T10:0{dut}:00'><testcase classname='c' name='t' time='1'>\
                <properties><property name='power_mw' value='{value}'/><property name='steps' value='7'/></properties>\
                </testcase></testsuite>",
                at + 1
            );
            dropped.add(&format!("1.{at}/board_{dut}.xml"), text.as_bytes());
        }
    }
    dropped
}

#[test]
fn shifts_are_worse_or_better_by_direction() {
    let mut dropped = sessions(3, &[50.0, 51.0, 50.5, 50.2, 49.8, 50.1, 62.0, 61.0, 61.5, 62.2, 61.8, 61.2]);
    let window = dropped.metrics("");
    assert_eq!(window.shifted, (1, 0, 0));
    let worse = &window.worse[0];
    assert_eq!((worse.metric.as_str(), worse.shift.build.0.as_str()), ("power_mw", "1.6"));
    assert_eq!((worse.shift.duts.len(), worse.shift.dut.as_ref(), worse.shift.values), (3, None, [18, 18]));
    assert_eq!((window.rows[0].metric.as_str(), window.rows[1].shifts.len()), ("power_mw", 0));
    assert_eq!(dropped.metrics("?higher=power_mw").shifted, (0, 1, 0));
    let neither = dropped.metrics("?neither=power_mw");
    assert_eq!((neither.shifted, neither.rows[0].better), ((0, 0, 1), Better::Neither));
    let chart = dropped.metric_chart("");
    assert!(
        chart.sentences[0].starts_with("Worse since 1.6 on board_0, board_1 and board_2: median "),
        "{:?}",
        chart.sentences
    );
    let figure: Value = serde_json::from_str(&chart.figure.as_ref().unwrap().json).unwrap();
    assert_eq!(figure["layout"]["shapes"][0]["x0"], json!(5.5));
    assert_eq!(figure["layout"]["yaxis"]["ticksuffix"], " mW");
    let result = chart.results[0][0].clone().unwrap();
    assert_eq!(dropped.page(result).unwrap().attempts[0].details.properties[0].0, "power_mw");
    let sentence = &dropped.metric_chart("?higher=power_mw").sentences[0];
    assert!(sentence.starts_with("Better since 1.6 on "), "{sentence}");
    // The other metric of the test, and its distribution.
    let other = dropped.metric_chart("?trend=t&trend-in=c&metric=steps&chart=duts");
    assert_eq!(
        (other.figure.unwrap().title.as_str(), other.results.len()),
        ("steps of t per DUT, all sessions", 3)
    );
}

#[test]
fn metrics_are_filtered_and_sorted() {
    let mut dropped = sessions(2, &[50.0, 60.0]);
    assert_eq!(lines(&dropped.metrics("?q=power")), ["t power_mw 110 mW"]);
    assert_eq!(lines(&dropped.metrics("?on=board_0&q=power")), ["t power_mw 60 mW"]);
    assert_eq!(dropped.metrics("?q=c+t").total, 2);
    assert_eq!(dropped.metrics("?q=!power").total, 1);
    assert_eq!(dropped.metrics("?only=failing").total, 0);
    for (sort, first) in
        [("metric", "power_mw"), ("-metric", "steps"), ("value", "steps"), ("-value", "power_mw")]
    {
        assert_eq!(dropped.metrics(&format!("?sort={sort}")).rows[0].metric, first, "{sort}");
    }
    let csv = dropped.export(Export::MetricsCsv);
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(lines[0], "test,suite,class,metric,value,unit,lower,upper,dut,build,session,started");
    assert_eq!(lines.len(), 1 + 2 * 2 * 2);
    assert!(lines[1].starts_with("t,c,,power_mw,50.0,mW,,,board_0,1.0,"), "{}", lines[1]);
    let filtered = Filter { dut: Some("board_1".to_owned()), ..Filter::default() };
    assert_eq!(dropped.export_filtered(Export::MetricsCsv, filtered).lines().count(), 1 + 2 * 2);
    assert_eq!(Dropped::default().metrics("").metrics, 0);
    assert_eq!(Dropped::default().metric_chart("").figure, None);
}

/// A file may name only so many metrics; the results count all the same.
#[test]
fn names_of_metrics_are_limited() {
    let property = |n: usize| format!("<property name='m{n}' value='{n}'/>");
    let properties: String = (0..limits::METRICS + 5).map(property).collect();
    let text = format!(
        "<testsuite name='s'><testcase name='t'><properties>{properties}</properties></testcase></testsuite>"
    );
    let imported = import("a.xml", text.as_bytes());
    assert_eq!((imported.batch.metrics.len(), imported.batch.len()), (limits::METRICS, 1));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Each value of the files is in the download once, whatever the order of the files.
    #[test]
    fn no_value_is_lost(
        values in proptest::collection::vec(proptest::collection::vec(-1000..1000_i32, 1..5), 1..6),
        turn in 0..6_usize,
    ) {
        let files: Vec<(String, String)> = values.iter().enumerate().map(|(at, values)| {
            let property = |(n, value): (usize, &i32)| format!("<property name='m{n}' value='{}'/>", f64::from(*value) / 4.0);
            let properties: String = values.iter().enumerate().map(property).collect();
            let text = format!(
                "<testsuite name='s' timestamp='2026-11-0{}T10:00:00'><testcase name='t'><properties>{properties}</properties></testcase></testsuite>",
                at + 1
            );
            (format!("1.{at}/board_a.xml"), text)
        }).collect();
        let mut turned = files.clone();
        let by = turn % files.len();
        turned.rotate_left(by);
        let sum = |files: &[(String, String)]| {
            let mut dropped = Dropped::new(files.iter().map(|(path, text)| (path.as_str(), text.as_bytes())));
            let csv = dropped.export(Export::MetricsCsv);
            let mut reader = csv::Reader::from_reader(csv.as_bytes());
            let mut rows: Vec<String> = reader.records().map(|row| {
                let row = row.unwrap();
                format!("{} {} {}", &row[3], &row[4], &row[9])
            }).collect();
            rows.sort();
            rows
        };
        let found = sum(&files);
        prop_assert_eq!(found.len(), values.iter().map(Vec::len).sum::<usize>());
        let total: f64 = found.iter().map(|row| row.split(' ').nth(1).unwrap().parse::<f64>().unwrap()).sum();
        let expected: f64 = values.iter().flatten().map(|value| f64::from(*value) / 4.0).sum();
        prop_assert!((total - expected).abs() < 1e-9);
        prop_assert_eq!(found, sum(&turned));
    }
}
