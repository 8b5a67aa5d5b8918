//! Verdicts of a whole run that no single test carries: the session is incomplete, with the reason,
//! in the headline, on its page, in the grid and in the exports, and it never counts as passing.

use crate::Dropped;
use crate::exports::{check_csv, check_round_trip, check_schema, summary};
use passgrid::analyze::GridQuery;
use passgrid::engine::{GetGrid, GetOverview, GetSession};
use passgrid::export::Export;
use passgrid::query::SessionKey;

/// Checks that the only session of a file is incomplete for this reason and shows it everywhere.
#[track_caller]
fn check(path: &str, text: &str, reason: &str) {
    let mut dropped = Dropped::new([(path, text.as_bytes())]);
    let data = dropped.data();
    let [session] = &data.history.sessions[..] else {
        panic!("{path}: {} sessions, notes {:?}", data.history.sessions.len(), data.files[0].notes)
    };
    assert_eq!(session.incomplete.as_deref(), Some(reason), "{path}");
    let (dut, id) = (session.identity.dut.value.clone(), session.id.clone());
    let is_failing = session.counts.failing() > 0;
    let overview = dropped.engine.ask(GetOverview);
    let headline = overview.headline.text();
    assert!(headline.contains(&format!("results are incomplete: {reason}.")), "{headline}");
    assert!(!headline.contains("passes") && !headline.contains("DUTs pass"), "{headline}");
    assert_eq!(headline.contains(&format!("{dut} fails.")), is_failing, "{headline}");
    assert_eq!(overview.duts[0].incomplete.as_deref(), Some(reason));
    let page = dropped.engine.ask(GetSession(SessionKey { dut, session: id })).unwrap();
    let notes = &dropped.data().files[0].notes;
    assert!(notes.iter().any(|note| note.text.contains(reason)), "{notes:?}");
    assert_eq!(page.row.incomplete.as_deref(), Some(reason));
    assert_eq!(summary(&mut dropped)["sessions"][0]["incomplete"], reason);
    assert!(dropped.export(Export::SummaryCsv).contains(reason));
    check_schema(&mut dropped);
    check_csv(&mut dropped);
    check_round_trip(&mut dropped);
}

/// Checks that the only session of a file is complete.
#[track_caller]
fn check_complete(path: &str, text: &str) {
    let mut dropped = Dropped::new([(path, text.as_bytes())]);
    let sessions = &dropped.data().history.sessions;
    let reasons: Vec<_> = sessions.iter().map(|session| session.incomplete.as_deref()).collect();
    assert_eq!(reasons, [None], "{path}");
}

fn trx(outcome: &str, of_test: &str, info: &str) -> String {
    let results = match of_test {
        "" => String::new(),
        outcome => format!(r#"<UnitTestResult testId="1" testName="T.Opens" outcome="{outcome}"/>"#),
    };
    format!(
        r#"<TestRun id="1" name="r" xmlns="http://microsoft.com/schemas/VisualStudio/TeamTest/2010"><Results>{results}</Results>
        <ResultSummary outcome="{outcome}"><RunInfos>{info}</RunInfos></ResultSummary></TestRun>"#
    )
}

#[test]
fn trx_says_it_in_its_summary() {
    let crash =
        r#"<RunInfo outcome="Error"><Text>Test host process crashed : Stack overflow.</Text></RunInfo>"#;
    let reason = "Test host process crashed : Stack overflow";
    check("gateway.trx", &trx("Failed", "Passed", crash), reason);
    check("gateway.trx", &trx("Failed", "Failed", crash), reason);
    check("gateway.trx", &trx("Failed", "", crash), reason);
    check("gateway.trx", &trx("Failed", "Passed", ""), "the run failed, although no test did");
    for outcome in ["Error", "Aborted", "Timeout", "Disconnected"] {
        check("gateway.trx", &trx(outcome, "Passed", ""), &format!("the outcome of the run is `{outcome}`"));
    }
    check_complete("gateway.trx", &trx("Completed", "Passed", ""));
    check_complete("gateway.trx", &trx("Failed", "Failed", ""));
    // xUnit.net's adapter logs each failing test there.
    let log = r#"<RunInfo outcome="Error"><Text>[xUnit.net 00:00:00.56]     T.Opens [FAIL]</Text></RunInfo>"#;
    check_complete("gateway.trx", &trx("Failed", "Failed", log));
}

#[test]
fn robot_says_it_in_its_errors_and_suites() {
    let xml = |status: &str, errors: &str| {
        format!(
            r#"<robot generator="Robot 7.0"><suite name="Lab"><test name="Opens"><status status="PASS"/></test>
            <status status="{status}"/></suite><errors>{errors}</errors></robot>"#
        )
    };
    let error = r#"<msg level="ERROR">Error in file 'lab.robot' on line 2: Importing library 'Rig' failed: no module</msg>"#;
    let reason = "Error in file 'lab.robot' on line 2: Importing library 'Rig' failed: no module";
    check("bench.xml", &xml("PASS", error), reason);
    check("bench.xml", &xml("FAIL", ""), "the suite `Lab` failed, although no test did");
    // A test that passes may log an error.
    check_complete("bench.xml", &xml("PASS", r#"<msg level="ERROR">Error in the pump, again</msg>"#));
    check_complete("bench.xml", &xml("PASS", r#"<msg level="WARN">old syntax</msg>"#));
}

#[test]
fn playwright_says_it_in_errors_and_status() {
    let json = |more: &str| {
        format!(
            r#"{{"config":{{}},"suites":[{{"title":"a.spec.ts","file":"a.spec.ts","specs":[{{"title":"opens","file":"a.spec.ts",
            "tests":[{{"projectName":"","expectedStatus":"passed","results":[{{"status":"passed","duration":5}}]}}]}}]}}]{more}}}"#
        )
    };
    let error = r#","errors":[{"message":"Error: the server did not start\nat setup.ts"}]"#;
    check("kiosk.json", &json(error), "error outside of tests: Error: the server did not start");
    check("kiosk.json", &json(r#","status":"interrupted""#), "the run was interrupted");
    check("kiosk.json", &json(r#","status":"timedout""#), "the run timed out");
    check_complete("kiosk.json", &json(r#","errors":[],"status":"passed""#));
}

#[test]
fn jest_says_it_in_several_fields() {
    let json = |more: &str| {
        format!(
            r#"{{"numTotalTests":1,"testResults":[{{"name":"/w/a.test.js","status":"passed","message":"",
            "assertionResults":[{{"title":"opens","ancestorTitles":[],"status":"passed"}}]}}]{more}}}"#
        )
    };
    check(
        "kiosk.json",
        &json(r#","runExecError":{"message":"out of memory"}"#),
        "the run failed: out of memory",
    );
    check("kiosk.json", &json(r#","numRuntimeErrorTestSuites":2"#), "2 test files could not be run");
    check("kiosk.json", &json(r#","success":false"#), "the run failed, although no test did");
    check("kiosk.json", &json(r#","wasInterrupted":true"#), "the run was interrupted");
    check_complete("kiosk.json", &json(r#","success":true,"numRuntimeErrorTestSuites":0"#));
}

#[test]
fn go_says_it_in_events_of_packages() {
    let log = |end: &str| {
        format!(
            "{{\"Action\":\"run\",\"Package\":\"a/fw\",\"Test\":\"TestA\"}}\n{{\"Action\":\"pass\",\"Package\":\"a/fw\",\"Test\":\"TestA\"}}\n{end}\n"
        )
    };
    let failed = r#"{"Action":"fail","Package":"a/fw","Elapsed":1}"#;
    check("board.json", &log(failed), "package `a/fw` failed, although none of its tests did");
    let not_built = r#"{"Action":"pass","Package":"a/fw"}
{"Action":"build-fail","ImportPath":"a/hw"}
{"Action":"fail","Package":"a/hw","FailedBuild":"a/hw"}"#;
    check("board.json", &log(not_built), "package `a/hw` could not be built");
    let lost = r#"{"Action":"output","Package":"a/fw","Output":"FAIL\ta/fw\n"}"#;
    check("board.json", &log(lost), "1 package did not finish: the run was killed, or is still running");
    check_complete("board.json", &log(r#"{"Action":"pass","Package":"a/fw"}"#));
}

#[test]
fn pytest_says_it_by_its_exit_code() {
    for (code, reason) in [
        (2, "the run was interrupted (exit code 2)"),
        (3, "an internal error in pytest (exit code 3)"),
        (4, "pytest was called with wrong arguments (exit code 4)"),
    ] {
        let json = format!(
            r#"{{"created":1704660101.9,"duration":1,"exitcode":{code},"summary":{{"passed":1,"total":1}},
            "tests":[{{"nodeid":"t.py::test_a","outcome":"passed"}}]}}"#
        );
        check("board.json", &json, reason);
        let log = format!(
            "{{\"$report_type\":\"SessionStart\",\"pytest_version\":\"8\"}}\n{{\"$report_type\":\"TestReport\",\"nodeid\":\"t.py::test_a\",\"when\":\"call\",\"outcome\":\"passed\",\"start\":1704660101.9,\"stop\":1704660102.0}}\n{{\"$report_type\":\"SessionFinish\",\"exitstatus\":{code}}}\n"
        );
        check("board.jsonl", &log, reason);
    }
    let nothing = r#"{"created":1704660101.9,"duration":1,"exitcode":4,"summary":{"total":0},"tests":[]}"#;
    check("board.json", nothing, "pytest was called with wrong arguments (exit code 4)");
}

#[test]
fn junit_suites_fail_without_cases() {
    let xml = |suite: &str| {
        format!(
            r#"<testsuites><testsuite name="a" tests="1"><testcase name="x" time="1"/></testsuite>{suite}</testsuites>"#
        )
    };
    let broken =
        r#"<testsuite name="b" tests="1" errors="1"><system-err>Segmentation fault</system-err></testsuite>"#;
    check("board.xml", &xml(broken), "the suite `b` has 1 error and no cases");
    // A counter that disagrees is only a note.
    check_complete("board.xml", &xml(r#"<testsuite name="b" errors="1"><testcase name="y"/></testsuite>"#));
    check_complete(
        "board.xml",
        &xml(r#"<testsuite name="b" tests="0"><system-err>warning</system-err></testsuite>"#),
    );
    check("board.xml", r#"<testsuites errors="2"></testsuites>"#, "the report has 2 errors and no cases");
}

#[test]
fn labs_say_it_in_jobs_and_configurations() {
    let lava = "- job: '7'\n  suite: smoke\n  measurement: None\n  name: boot\n  result: pass\n  metadata: {}\n- job: '7'\n  suite: lava\n  name: job\n  result: fail\n  metadata:\n    error_type: Infrastructure\n    error_msg: no power\n";
    check("job.yaml", lava, "Infrastructure error: no power");
    let twister = r#"{"environment":{"zephyr_version":"v4"},"testsuites":[{"name":"a/b.c","platform":"frdm","arch":"arm","status":"error",
        "reason":"Timeout","testcases":[{"identifier":"b.c.x","status":"passed"},{"identifier":"b.c.y","status":"started"}]}]}"#;
    check("twister.json", twister, "tests of `b.c` have no verdict: Timeout");
}

/// A program that crashed wrote no report: its text output says what happened.
#[test]
fn text_output_of_googletest_is_explained() {
    let log = "[==========] Running 2 tests from 1 test suite.\n[ RUN      ] Pump.Starts\n[       OK ] Pump.Starts (1 ms)\n[ RUN      ] Pump.Stops\n";
    let mut dropped = Dropped::new([("gtest.log", log.as_bytes())]);
    let [note] = &dropped.data().files[0].notes[..] else { panic!("one note") };
    assert!(note.text.starts_with("text output of GoogleTest, which is not read"), "{}", note.text);
    assert!(
        note.text.ends_with("ends while `Pump.Stops` runs: the program crashed or was killed"),
        "{}",
        note.text
    );
    let end = "[       OK ] Pump.Stops (1 ms)\n[==========] 2 tests from 1 test suite ran. (3 ms total)\n[  PASSED  ] 2 tests.\n";
    let mut dropped = Dropped::new([("gtest.log", format!("{log}{end}").as_bytes())]);
    assert!(dropped.data().files[0].notes[0].text.ends_with("or `json`"));
}

#[test]
fn nunit_rspec_and_dart_say_that_the_run_failed() {
    let nunit = |result: &str| {
        format!(
            r#"<test-run id="0" result="{result}" total="1"><test-suite type="Assembly" name="Lab.dll" fullname="Lab.dll" result="{result}"><test-case name="Opens" fullname="Lab.T.Opens" classname="Lab.T" result="Passed"/></test-suite></test-run>"#
        )
    };
    check("bench.xml", &nunit("Failed"), "the run failed, although no test did");
    check_complete("bench.xml", &nunit("Passed"));
    let rspec = |errors: u32| {
        format!(
            r#"{{"version":"3.13","examples":[{{"full_description":"opens","status":"passed","file_path":"./a_spec.rb"}}],
            "summary":{{"duration":1,"example_count":1,"failure_count":0,"errors_outside_of_examples_count":{errors}}},"summary_line":""}}"#
        )
    };
    check("bench.json", &rspec(2), "2 errors outside of examples, without messages");
    check_complete("bench.json", &rspec(0));
    let dart = |success: &str| {
        [
            r#"{"protocolVersion":"0.1.1","runnerVersion":"1.24.9","pid":1,"type":"start","time":0}"#,
            r#"{"suite":{"id":0,"platform":"vm","path":"test/a_test.dart"},"type":"suite","time":0}"#,
            r#"{"test":{"id":3,"name":"opens","suiteID":0,"groupIDs":[],"metadata":{"skip":false,"skipReason":null},"line":4,"column":3,"url":null},"type":"testStart","time":10}"#,
            r#"{"testID":3,"result":"success","skipped":false,"hidden":false,"type":"testDone","time":20}"#,
            &format!(r#"{{"success":{success},"type":"done","time":30}}"#),
        ]
        .join("\n")
    };
    check("bench.json", &dart("false"), "the run failed, although no test did");
    check("bench.json", &dart("null"), "the run was interrupted");
    check_complete("bench.json", &dart("true"));
}

#[test]
fn libtest_programs_that_crash() {
    let text = "\nrunning 2 tests\ntest a ... ok\n\nrunning 1 test\ntest b ... ok\n\ntest result: ok. 1 passed; 0 failed\n";
    check("board.log", text, "a test program did not finish: it crashed, was killed, or is still running");
}

/// One of several DUTs is incomplete: the others pass, and this one has its own sentence.
#[test]
fn an_incomplete_dut_does_not_pass_beside_others() {
    let good = trx("Completed", "Passed", "");
    let bad = trx("Aborted", "Passed", "");
    let files = [("gateway_a.trx", good.as_bytes()), ("gateway_b.trx", bad.as_bytes())];
    let mut dropped = Dropped::new(files);
    let overview = dropped.engine.ask(GetOverview);
    let headline = overview.headline.text();
    assert!(headline.starts_with("1 of 2 DUTs passes"), "{headline}");
    let sentence = "gateway_b’s results are incomplete: the outcome of the run is `Aborted`.";
    assert!(headline.contains(sentence), "{headline}");
    let grid = dropped.engine.ask(GetGrid {
        query: GridQuery::default(),
        folded: Vec::new(),
        from: 0,
        count: u32::MAX,
    });
    let incomplete = grid.columns.iter().filter(|column| column.incomplete.is_some());
    assert_eq!(incomplete.map(|column| column.dut.as_str()).collect::<Vec<_>>(), ["gateway_b"]);
}

/// Durations that no file gives are unknown, also in sums.
#[test]
fn unknown_durations_are_not_zero() {
    let group = r#"{"testgroup":"RUN-TESTS","testid":"RUN-TESTS@5d21-ESP32","directory_relative":"RUN-TESTS@5d21-ESP32",
        "tentacle_variant":"ESP32","outcomes":[{"name":"a.py","outcome":"passed"},{"name":"b.py","outcome":"passed"}]}"#;
    let mut dropped = Dropped::new([("r/RUN-TESTS@5d21-ESP32/context_testgroup.json", group.as_bytes())]);
    let summary = summary(&mut dropped);
    for at in [
        "/totals",
        "/now",
        "/duts/0/counts",
        "/duts/0/now",
        "/sessions/0/counts",
        "/sessions/0",
        "/tests/0/results/0",
    ] {
        assert!(summary.pointer(at).unwrap()["duration_s"].is_null(), "{at} of {summary}");
    }
}

/// Ids that two DUTs have in common are unique in the summary, and are read back as they were.
#[test]
fn session_ids_are_unique_in_the_summary() {
    let xml = |time: u32| {
        let id = r#"<properties><property name="session_id" value="run-1"/></properties>"#;
        format!(r#"<testsuite name="a" tests="1">{id}<testcase name="x" time="{time}"/></testsuite>"#)
    };
    let (one, two) = (xml(1), xml(2));
    let files = [("board_a/run.xml", one.as_bytes()), ("board_b/run.xml", two.as_bytes())];
    let mut dropped = Dropped::new(files);
    let ids = |dropped: &mut Dropped| -> Vec<String> {
        dropped.data().history.sessions.iter().map(|session| session.id.clone()).collect()
    };
    let before = ids(&mut dropped);
    assert_eq!(before[0], before[1]);
    let document = dropped.export(Export::SummaryJson);
    let exported = summary(&mut dropped);
    assert_ne!(exported["sessions"][0]["id"], exported["sessions"][1]["id"]);
    assert_eq!(exported["duts"][1]["latest_session"], exported["sessions"][1]["id"]);
    let mut again = Dropped::new([("summary.json", document.as_bytes())]);
    assert_eq!(ids(&mut again), before);
    check_csv(&mut dropped);
    check_round_trip(&mut dropped);
}

/// The JUnit of many producers has its times only at the root or at the cases.
#[test]
fn times_of_the_root_and_of_cases() {
    let started = |xml: &str| {
        let mut dropped = Dropped::new([("panel.xml", xml.as_bytes())]);
        dropped.data().history.sessions[0].started.map(|start| start.iso())
    };
    let root = r#"<testsuites timestamp="2024-01-03T11:23:00.00"><testsuite name="s" timestamp="2024-01-03T11:24:00"><testcase name="x"/></testsuite></testsuites>"#;
    assert_eq!(started(root).as_deref(), Some("2024-01-03T11:23:00"));
    let cases = r#"<testsuites><testsuite name="s"><testcase name="x" timestamp="2024-01-03T12:27:11Z"/><testcase name="y" timestamp="2024-01-03T12:20:00Z"/></testsuite></testsuites>"#;
    assert_eq!(started(cases).as_deref(), Some("2024-01-03T12:20:00Z"));
    let epoch = r#"<testsuite name="s" timestamp="1704277380"><testcase name="x"/></testsuite>"#;
    assert_eq!(started(epoch).as_deref(), Some("2024-01-03T10:23:00Z"));
    let no_date = r#"<testsuite name="s" timestamp="yesterday"><testcase name="x"/></testsuite>"#;
    assert_eq!(started(no_date), None);
}

#[test]
fn ctrf_says_it_in_its_summary() {
    let report = |tests: &str| {
        format!(
            r#"{{"reportFormat": "CTRF", "results": {{"tool": {{"name": "x"}}, "summary": {{"tests": 3, "passed": 2, "failed": 1, "pending": 0, "skipped": 0, "other": 0, "start": 1790000000, "stop": 1790000060}}, "tests": [{tests}]}}}}"#
        )
    };
    check("board_a.json", &report(""), "the summary has 1 failed test, but the file lists none");
    let mut dropped = Dropped::new([(
        "board_a.json",
        report(r#"{"name": "a", "status": "failed", "duration": 1}"#).as_bytes(),
    )]);
    let session = &dropped.data().history.sessions[0];
    assert_eq!(session.incomplete, None);
    // Some reporters write seconds.
    assert_eq!(session.started.unwrap().iso(), "2026-09-21T14:13:20Z");
    assert_eq!(session.duration_s, Some(60.0));
}

/// A message in one color as a whole, as of Jest, is as plain as one with colored words.
#[test]
fn messages_have_no_escapes() {
    for message in ["&#27;[31mbad volts&#27;[0m", "&#27;[31mbad&#27;[0m volts", "bad &#27;[1mvolts&#27;[22m"]
    {
        let xml = format!(
            "<testsuite name='s'><testcase name='a'><failure message='{message}'/></testcase></testsuite>"
        );
        let mut dropped = Dropped::new([("board_a.xml", xml.as_bytes())]);
        let summary = summary(&mut dropped);
        assert_eq!(summary["tests"][0]["results"][0]["message"], "bad volts", "{message}");
    }
}
