//! Special features of formats that are read line by line, and of tables.

use crate::Dropped;
use crate::dropped::{folder, import};
use passgrid::export::Export;
use passgrid::import::{Details, SectionKind};
use passgrid::model::{FileStatus, Outcome};
use std::time::{Duration, Instant};

fn fixture(path: &str) -> Vec<u8> {
    std::fs::read(folder("fixtures").join(path)).unwrap()
}

fn drop_fixture(path: &str) -> Dropped {
    Dropped::new([("report", fixture(path).as_slice())])
}

/// Details of the last attempt of a test.
fn details_of(dropped: &mut Dropped, name: &str) -> Details {
    let mut page = dropped.page_of(name);
    assert_eq!(page.problem, None);
    page.attempts.pop().unwrap().details
}

/// Kind, title, message and text of a section.
#[track_caller]
fn check_section(details: &Details, index: usize, kind: SectionKind, title: &str, message: &str, text: &str) {
    let section = &details.sections[index];
    assert_eq!((section.kind, section.title.as_str(), section.message.as_str()), (kind, title, message));
    assert!(section.text.contains(text), "{:?}", section.text);
}

use SectionKind::{Output, Reason};

#[test]
fn texts_of_go() {
    let mut dropped = drop_fixture("go-test/go-1.27/all.jsonl");
    let details = details_of(&mut dropped, "TestLimit/level=101");
    check_section(&details, 0, Reason, "fail", "level 101 is over the limit", "player_test.go:20: level 101");
    assert_eq!(details.location.as_deref(), Some("player_test.go:20"));
    let details = details_of(&mut dropped, "TestBluetooth");
    check_section(
        &details,
        0,
        Reason,
        "fail",
        "did not pair",
        "pairing\n    player_test.go:40: did not pair\n        after 3 tries",
    );
    let details = details_of(&mut dropped, "TestPanics");
    check_section(
        &details,
        0,
        Reason,
        "fail",
        "panic: runtime error: invalid memory address or nil pointer dereference [recovered, repanicked]",
        "goroutine",
    );
    let details = details_of(&mut dropped, "TestPlay");
    check_section(&details, 0, Output, "output", "", "playing <track> & more");
    assert!(!details.sections[0].text.contains("=== RUN"));
    let details = details_of(&mut dropped, "TestBoard");
    assert_eq!(details.properties[1], ("step".to_owned(), "opened".to_owned()));
    let mut dropped = drop_fixture("go-test/go-1.27/bench.jsonl");
    let details = details_of(&mut dropped, "BenchmarkMix");
    assert_eq!(
        (details.measurements[0].name.as_str(), details.measurements[0].unit.as_str()),
        ("time", "ns/op")
    );
    let mut dropped = drop_fixture("go-test/go-1.21/all-and-stderr.jsonl");
    let pages: Vec<_> = dropped.pages().into_iter().filter(|page| page.name == "TestMain").collect();
    let text = |index: usize| &pages[index].attempts[0].details.sections[0].text;
    assert!(text(0).contains("undefined: noSuchDriver") && text(1).contains("no board on the bench"));
}

/// Go loses end events where the output of parallel tests mixes; the result line remains.
#[test]
fn go_tests_without_an_end_event_have_their_result_line() {
    let line = |action: &str, test: &str, output: &str| {
        format!("{{\"Action\":\"{action}\",\"Package\":\"p\",\"Test\":\"{test}\",\"Output\":\"{output}\"}}\n")
    };
    let tests = ["TestA", "TestA/told", "TestA/beside", "TestA/lost", "TestA/failed"];
    let mut log: String = tests.iter().map(|test| line("run", test, "")).collect();
    log += &line("output", "TestA", "    --- PASS: TestA/told (1.50s)\\n");
    log += &line("output", "TestA/beside", "text without an end--- SKIP: TestA/beside (0.00s)\\n");
    log += &line("output", "TestA/told", "    --- FAIL: TestA/failed (0.25s)\\n");
    for (end, lost) in [("pass", "unknown"), ("fail", "error")] {
        let log = format!("{log}{}{{\"Action\":\"{end}\",\"Package\":\"p\"}}\n", line(end, "TestA", ""));
        let imported = import("x", log.as_bytes());
        let batch = &imported.batch;
        let mut rows: Vec<String> = batch
            .rows
            .iter()
            .map(|row| format!("{} {} {:?}", batch.get(row.name), row.outcome.word(), row.duration_s))
            .collect();
        rows.sort();
        let of_the_end = if end == "pass" { "passed" } else { "failed" };
        let expected = [
            format!("TestA {of_the_end} NaN"),
            "TestA/beside skipped 0.0".to_owned(),
            "TestA/failed failed 0.25".to_owned(),
            format!("TestA/lost {lost} NaN"),
            "TestA/told passed 1.5".to_owned(),
        ];
        assert_eq!(rows, expected);
    }
}

#[test]
fn texts_of_tap() {
    let mut dropped = drop_fixture("tap/node-20/test.tap");
    let details = details_of(&mut dropped, "volume");
    check_section(&details, 0, Reason, "not ok", "Expected values to be strictly equal:", "  11 !== 10\n");
    assert_eq!(details.location.as_deref(), Some("/srv/lab/dut-tests/node.test.mjs:6:3"));
    check_section(&details_of(&mut dropped, "plays"), 0, Output, "output", "", "playing <track>");
    let mut dropped = drop_fixture("tap/test-more-1.302190/pair.tap");
    let details = details_of(&mut dropped, "volume # 11");
    check_section(&details, 0, Reason, "not ok", "got: '11'", "");
    check_section(&details, 1, Output, "output", "", "    expected: '10'");
    let mut dropped = drop_fixture("tap/pytest-tap-3.5/amp.tap");
    let details = details_of(&mut dropped, "test_error_setup");
    check_section(&details, 0, Reason, "not ok", "RuntimeError: amplifier did not answer", "");
}

#[test]
fn texts_of_ktap() {
    let mut dropped = drop_fixture("ktap/shapes/kunit.log");
    let details = details_of(&mut dropped, "volume_limit");
    check_section(&details, 0, Reason, "not ok", "Expected volume_of(101) <= 100, but", "");
    check_section(&details, 1, Output, "output", "", "usb 1-1: new high-speed USB device");
    assert_eq!(details.location.as_deref(), Some("drivers/lab/volume_test.c:57"));
    assert!(details_of(&mut dropped, "step 10").sections.iter().all(|section| !section.text.contains("usb")));
}

#[test]
fn texts_of_subunit() {
    let mut dropped = drop_fixture("subunit/subunit-1.4.6/version-1.txt");
    let details = details_of(&mut dropped, "test_volume");
    check_section(
        &details,
        0,
        Reason,
        "traceback",
        "AssertionError: 11 != 10 : zu laut – too loud",
        "in test_volume",
    );
    let details = details_of(&mut dropped, "test_attaches");
    check_section(&details, 0, Output, "serial log", "", "boot\nready");
    check_section(&details, 1, Reason, "traceback", "AssertionError: no answer", "Traceback");
    // The stream ends at any byte.
    let whole = fixture("subunit/subunit-1.4.6/version-1.txt");
    for end in (60..whole.len()).step_by(53) {
        let mut dropped = Dropped::new([("report", &whole[..end])]);
        dropped.check_sums();
        dropped.pages();
    }
}

#[test]
fn version_2_of_subunit_is_refused() {
    let imported = import("x", &fixture("subunit/subunit-1.4.6/version-2.bin"));
    assert_eq!(imported.status, FileStatus::Unreadable);
    assert!(imported.batch.notes[0].text.contains("subunit-2to1"), "{:?}", imported.batch.notes);
}

#[test]
fn texts_of_libtest() {
    for path in ["programs.jsonl", "output.txt", "output-nocapture-stderr.txt", "with-stderr.jsonl"] {
        let mut dropped = drop_fixture(&format!("libtest/libtest-1.95/{path}"));
        let details = details_of(&mut dropped, "limit");
        assert_eq!(details.location.as_deref(), Some("src/lib.rs:5:5"), "{path}");
        assert!(details.sections[0].text.contains("volume <101> & more"), "{path}");
        let page = dropped.page_of("limit");
        assert_eq!(page.attempts[0].message, "101 is over the limit", "{path}");
    }
}

#[test]
fn texts_of_dart() {
    let mut dropped = drop_fixture("dart-test/shapes/all.jsonl");
    let details = details_of(&mut dropped, "crashes");
    check_section(&details, 0, Reason, "error", "Bad state: no element", "main.<fn>");
    assert_eq!(details.sections.len(), 2);
    let details = details_of(&mut dropped, "stops");
    check_section(&details, 0, Reason, "error after the end", "TimeoutException after 0:00:00.050000", "");
    check_section(&details_of(&mut dropped, "plays"), 0, Output, "output", "", "playing <track>");
}

#[test]
fn texts_of_csv() {
    let mut dropped = drop_fixture("csv/shapes/excel.csv");
    let details = details_of(&mut dropped, "volume \"11\"");
    check_section(&details, 0, Reason, "message", "", "too loud;\r\n11 > 10");
    assert_eq!(details.properties, [("Owner".to_owned(), "Ben".to_owned())]);
    let mut dropped = drop_fixture("csv/shapes/lava.csv");
    let details = details_of(&mut dropped, "kernel-boot");
    assert_eq!(
        (details.measurements[0].number, details.measurements[0].unit.as_str()),
        (Some(12.5), "seconds")
    );
}

/// Results by DUT, session, scope and name.
fn results(dropped: &mut Dropped, with_sessions: bool) -> Vec<String> {
    let data = dropped.data();
    let mut found = Vec::new();
    for (index, session) in data.history.sessions.iter().enumerate() {
        let dut = &data.history.dut(session.dut).name;
        for result in data.results_of(index.into()) {
            let test = data.test_of(result);
            let (suite, class, name) =
                (data.tests.suite(test), data.tests.class(test), data.tests.name(test));
            let more = match with_sessions {
                true => format!(
                    "{} {:?} {:?} {:?} {} {} {} {} {}",
                    session.id,
                    session.build(),
                    session.identity.unit.as_ref().map(|unit| &unit.value),
                    session.started,
                    data.native(result),
                    data.attempts(result),
                    data.is_flaky(result),
                    data.message(result),
                    data.results.duration_s[result.index()],
                ),
                false => String::new(),
            };
            // CSV does not distinguish empty parameters from missing ones.
            let name = name.strip_suffix("[]").unwrap_or(name);
            found.push(format!("{dut} {suite}|{class}|{name} {} {more}", data.outcome(result).word()));
        }
    }
    found.sort();
    found
}

/// The page reads its own CSV downloads back.
#[test]
fn downloads_are_read_back() {
    for path in [
        "brief/sessions.json",
        "brief/text.json",
        "junit/gotestsum-1.13/reruns.xml",
        "junit/pytest-9.2/xunit2.xml",
        "junit/shapes/text.xml",
        "go-test/go-1.27/reruns.jsonl",
        "csv/shapes/excel.csv",
    ] {
        let mut dropped = drop_fixture(path);
        let text = dropped.export(Export::ResultsCsv);
        let mut again = Dropped::new([("results.csv", text.as_bytes())]);
        assert_eq!(again.data().files[0].format, "csv", "{path}");
        assert_eq!(results(&mut again, true), results(&mut dropped, true), "{path}");
        let grid = dropped.export(Export::GridCsv);
        let mut again = Dropped::new([("grid.csv", grid.as_bytes())]);
        if dropped.data().history.sessions.len() == dropped.data().history.duts.len() {
            assert_eq!(results(&mut again, false), results(&mut dropped, false), "{path}");
        }
        let summary = dropped.export(Export::SummaryCsv);
        let refused = import("x", summary.as_bytes());
        assert_eq!(refused.status, FileStatus::NoResults, "{path}");
        assert!(refused.batch.notes[0].text.contains("summary has only counts"), "{path}");
    }
}

/// Large files take time in proportion to their size, whatever they contain.
#[test]
fn large_files_take_linear_time() {
    let repeated = |text: &str, to: usize| text.repeat(to / text.len() + 1);
    let event = r#"{"Action":"output","Package":"p","Test":"T","Output":"x\n"}"#;
    let dart = r#"{"testID":1,"error":"e","stackTrace":"s","type":"error","time":1}"#;
    let start = r#"{"protocolVersion":"0","type":"start"}"#;
    let test = r#"{"test":{"id":1,"name":"t"},"type":"testStart"}"#;
    let done = r#"{"testID":1,"result":"success","type":"testDone"}"#;
    let part = "Content-Type: text/plain\nname\n3\nabc0\n";
    let deep: String = (0..4000).map(|n| format!("{}ok {n} - x\n", " ".repeat(4000 - n))).collect();
    for text in [
        format!(
            "{{\"Action\":\"run\",\"Package\":\"p\",\"Test\":\"T\"}}\n{}",
            repeated(&format!("{event}\n"), 2 << 20)
        ),
        format!("{start}\n{test}\n{}", repeated(&format!("{dart}\n"), 2 << 20)),
        format!("{start}\n{test}\n{done}\n{}", repeated(&format!("{dart}\n"), 2 << 20)),
        format!("1..2\nnot ok 1 - a\n{}", repeated("# said\n", 2 << 20)),
        format!("1..2\nok 1 {}\n", repeated("# ", 2 << 20)),
        format!("KTAP version 1\n{}ok 1 a\n", repeated("# ", 2 << 20)),
        format!("TAP version 13\n{}", repeated("        ok 1 - b\n    ok 1 - a\n", 2 << 20)),
        format!("TAP version 13\n{deep}"),
        format!(
            "time: 2026-11-21 03:39:50Z\ntest: a\nfailure: a [ multipart\n{}]\n",
            repeated(part, 2 << 20)
        ),
        format!("test,status\n\"{}", repeated("a,b\n", 2 << 20)),
        format!("test,status\n{}", repeated("a,passed\n", 2 << 20)),
        repeated("a,", 2 << 20),
        format!("running 1 test\ntest a ... x\n{}", repeated("said\n", 2 << 20)),
    ] {
        let began = Instant::now();
        let imported = import("x", text.as_bytes());
        let took = began.elapsed();
        let what = &text[..60.min(text.len())];
        assert!(took < Duration::from_secs(10), "{took:?} for {what}");
        let kept = imported.batch.kept.len();
        assert!(kept < 2 * text.len() + (1 << 20), "{kept} kept of {} for {what}", text.len());
    }
}

/// Files that are truncated at any line have a note, or end where a file may end.
#[test]
fn truncated_files_have_a_note() {
    for path in [
        "go-test/go-1.27/all.jsonl",
        "tap/node-20/test.tap",
        "ktap/shapes/kunit.log",
        "libtest/libtest-1.95/programs.jsonl",
        "libtest/libtest-1.95/output.txt",
        "dart-test/shapes/all.jsonl",
    ] {
        let whole = fixture(path);
        let ends: Vec<usize> = (0..whole.len()).filter(|at| whole[*at] == b'\n').collect();
        let all = import("x", &whole).batch.len();
        for &end in ends.iter().step_by(7) {
            let mut dropped = Dropped::new([("report", &whole[..end])]);
            dropped.check_sums();
            dropped.pages();
            let data = dropped.data();
            assert!(data.files[0].results as usize <= all + 2, "{path} at {end}");
            let is_all = data.files[0].results as usize >= all;
            let says = data.files[0].notes.iter().any(|note| !note.text.is_empty());
            // Between two packages of Go, and two test programs of libtest, a file may end.
            assert!(
                is_all
                    || says
                    || path.starts_with("libtest")
                    || path.starts_with("go-test")
                    || data.files[0].results == 0,
                "{path} at {end}"
            );
        }
    }
}

#[test]
fn several_platforms_are_devices_under_test() {
    let mut dropped = drop_fixture("dart-test/shapes/platforms.jsonl");
    let data = dropped.data();
    let duts: Vec<_> = data.history.duts.iter().map(|dut| dut.name.as_str()).collect();
    assert_eq!(duts, ["chrome", "vm"]);
    assert_eq!(data.history.sessions[0].counts.of(Outcome::Failed), 1);
}
