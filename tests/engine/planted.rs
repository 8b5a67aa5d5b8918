//! A token of a known shape in each field of files of several formats: it is found in the file, and is in no download
//! once it is replaced.

use crate::Dropped;
use crate::redaction::{search, token};
use passgrid::engine::GetSecrets;
use passgrid::export::{Export, Redaction};
use passgrid::query::Filter;
use std::collections::BTreeSet;

const JUNIT: &str = r#"<?xml version="1.0" encoding="utf-8"?>
<testsuites name="all" tests="3"><testsuite name="audio" tests="3" time="2.5" timestamp="2026-11-21T10:00:00" hostname="bench" package="lab" id="0">
<properties><property name="dut" value="board_a"/><property name="build" value="1.4.0"/><property name="note">by hand</property></properties>
<testcase classname="audio.Playback" name="plays[usb]" time="1.5" file="audio.py" line="3"><properties><property name="owner" value="Ann"/></properties>
<failure message="no sound" type="AssertionError">audio.py:3: no sound</failure><system-out>level 3</system-out><system-err>warning</system-err></testcase>
<testcase classname="audio.Playback" name="pairs" time="0.5"><skipped message="no antenna" type="pytest.skip">audio.py:9: no antenna</skipped></testcase>
<testcase classname="audio.Playback" name="stops" time="0.5"><error message="lost" type="OSError">gone</error><rerunFailure message="first" type="OSError"><stackTrace>at 1</stackTrace><system-out>out</system-out></rerunFailure></testcase>
<testcase classname="audio.Playback" name="rests" time="0.5"/><system-out>all of it</system-out></testsuite></testsuites>
"#;

const PYTEST_JSON: &str = r#"{"created": 1795239566.5, "duration": 2.5, "exitcode": 1, "root": "/srv/lab", "environment": {"Python": "3.12.1", "dut": "board_a", "Plugins": {"metadata": "3.1"}},
"summary": {"passed": 1, "failed": 1, "skipped": 1, "total": 3, "collected": 3},
"collectors": [{"nodeid": "tests/test_broken.py", "outcome": "failed", "result": [], "longrepr": "ImportError while importing"}],
"tests": [{"nodeid": "tests/test_a.py::TestA::test_up[usb]", "lineno": 4, "outcome": "failed", "keywords": ["test_up[usb]", "smoke"], "metadata": {"dut": "board_a", "volts": "3.3"}, "user_properties": [{"owner": "Ann"}],
"setup": {"duration": 0.1, "outcome": "passed", "stdout": "ready", "log": [{"name": "lab", "msg": "on", "levelname": "INFO", "pathname": "/srv/lab/a.py", "lineno": 3}]},
"call": {"duration": 0.2, "outcome": "failed", "crash": {"path": "/srv/lab/a.py", "lineno": 9, "message": "assert 1 == 2"}, "traceback": [{"path": "tests/test_a.py", "lineno": 9, "message": "AssertionError"}], "stdout": "level 3", "stderr": "warning", "longrepr": "def test_up():\n>  assert 1 == 2\nE  assert 1 == 2"},
"teardown": {"duration": 0.1, "outcome": "passed"}},
{"nodeid": "tests/test_a.py::test_b", "lineno": 8, "outcome": "skipped", "keywords": ["test_b"], "setup": {"duration": 0.1, "outcome": "skipped", "longrepr": "('/srv/lab/a.py', 8, 'Skipped: no antenna')"}, "teardown": {"duration": 0.1, "outcome": "passed"}},
{"nodeid": "tests/test_a.py::test_c", "lineno": 9, "outcome": "passed", "keywords": ["test_c"], "setup": {"duration": 0.1, "outcome": "passed"}, "call": {"duration": 0.2, "outcome": "passed"}, "teardown": {"duration": 0.1, "outcome": "passed"}}],
"warnings": [{"message": "old call", "category": "DeprecationWarning", "when": "runtest", "filename": "/srv/lab/a.py", "lineno": 2}]}
"#;

const REPORTLOG: &str = r#"{"pytest_version": "9.2.0", "$report_type": "SessionStart"}
{"nodeid": "test_u.py", "outcome": "passed", "longrepr": null, "result": null, "sections": [], "$report_type": "CollectReport"}
{"nodeid": "test_u.py::T::test_a", "location": ["test_u.py", 4, "T.test_a"], "keywords": {"smoke": 1}, "outcome": "passed", "longrepr": null, "when": "setup", "user_properties": [["dut", "board_a"]], "sections": [], "duration": 0.25, "start": 1795232128.5, "stop": 1795232128.75, "$report_type": "TestReport"}
{"nodeid": "test_u.py::T::test_a", "location": ["test_u.py", 4, "T.test_a"], "keywords": {}, "outcome": "failed", "longrepr": {"reprcrash": {"path": "/srv/lab/test_u.py", "lineno": 4, "message": "AssertionError: no sound"}, "reprtraceback": {"reprentries": [{"type": "ReprEntry", "data": {"lines": ["    def test_a():", "E   no sound"], "reprfileloc": {"path": "test_u.py", "lineno": 4, "message": "AssertionError"}}}], "style": "long"}, "sections": []}, "when": "call", "user_properties": [["dut", "board_a"], ["volts", "3.3"]], "sections": [["Captured stdout call", "level 3"], ["Captured log call", "INFO on"]], "duration": 0.25, "start": 1795232129, "stop": 1795232129.25, "$report_type": "TestReport"}
{"nodeid": "test_u.py::T::test_a", "location": ["test_u.py", 4, "T.test_a"], "keywords": {}, "outcome": "passed", "longrepr": null, "when": "teardown", "user_properties": [["dut", "board_a"]], "sections": [], "duration": 0.25, "start": 1795232129.5, "stop": 1795232129.75, "$report_type": "TestReport"}
{"nodeid": "test_u.py::test_b", "location": ["test_u.py", 9, "test_b"], "keywords": {}, "outcome": "skipped", "longrepr": ["/srv/lab/test_u.py", 9, "Skipped: no antenna"], "when": "setup", "user_properties": [], "sections": [], "duration": 0.25, "start": 1795232130, "stop": 1795232130.25, "$report_type": "TestReport"}
{"exitstatus": 1, "$report_type": "SessionFinish"}
"#;

const TAP: &str = "TAP version 13
# on board_a
1..5
ok 1 - stops
not ok 2 - plays
  ---
  message: 'no sound'
  severity: fail
  data:
    got: 0
  ...
# level 3
ok 3 - pairs # SKIP no antenna
not ok 4 - rests # TODO later
# Subtest: inner
    ok 1 - a
    not ok 2 - b
    1..2
not ok 5 - inner
";

const ROBOT: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<robot generator="Robot 7.5 (Python 3.11.7 on linux)" generated="2026-11-21T15:25:29.360022" rpa="false" schemaversion="5">
<suite id="s1" name="Speaker" source="/srv/lab/speaker.robot">
<kw name="Log" owner="BuiltIn" type="SETUP"><msg time="2026-11-21T15:25:29.467262" level="INFO">powering on</msg><arg>powering on</arg><doc>Logs it.</doc><status status="PASS" start="2026-11-21T15:25:29.466663" elapsed="0.1"/></kw>
<test id="s1-t1" name="Plays" line="10"><kw name="Should Be Equal" owner="BuiltIn"><var>${x}</var><arg>${3}</arg><msg time="2026-11-21T15:25:29.523163" level="FAIL">too quiet: 3 != 11</msg><status status="FAIL" start="2026-11-21T15:25:29.521912" elapsed="0.2">too quiet: 3 != 11</status></kw><doc>Says hello.</doc><tag>dut:board-7</tag><tag>smoke</tag><timeout value="1 minute"/><status status="FAIL" start="2026-11-21T15:25:29.515999" elapsed="0.3">too quiet: 3 != 11</status></test>
<test id="s1-t2" name="Skipped" line="17"><tag>audio</tag><status status="SKIP" start="2026-11-21T15:25:29.525004" elapsed="0.1">no hardware</status></test>
<doc>All of it.</doc><meta name="Build">1.4.0</meta><status status="FAIL" start="2026-11-21T15:25:29.3" elapsed="0.9">Suite teardown failed</status></suite>
<statistics><total><stat pass="0" fail="1" skip="1">All Tests</stat></total><tag><stat pass="0" fail="1" skip="0" info="x">smoke</stat></tag><suite><stat name="Speaker" id="s1" pass="0" fail="1" skip="1">Speaker</stat></suite></statistics>
<errors><msg time="2026-11-21T15:25:29.4" level="WARN">deprecated</msg></errors></robot>
"#;

const CSV: &str = "dut,build,suite,class,test,result,duration,message,owner,started,session,\"the note\"
board_a,1.4.0,audio,Playback,plays,passed,0.5,,Ann,2026-11-20T21:00:00Z,night,first
board_a,1.4.0,audio,Playback,pairs,failed,1.5,\"no sound\",Ben,2026-11-20T21:00:00Z,night,\"second, quoted\"
";

/// Where a token can stand at the end of a string of JSON.
fn ends_of_strings(text: &str) -> Vec<usize> {
    let (mut ends, mut is_inside, mut is_escaped) = (Vec::new(), false, false);
    for (at, byte) in text.bytes().enumerate() {
        if byte == b'"' && !is_escaped {
            if is_inside {
                ends.push(at);
            }
            is_inside = !is_inside;
        }
        is_escaped = byte == b'\\' && !is_escaped;
    }
    ends
}

/// Where a token can stand at the end of an attribute or a text of XML.
fn ends_in_xml(text: &str) -> Vec<usize> {
    let (mut ends, mut is_tag, mut is_value) = (Vec::new(), false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'<' => {
                let before = text[..at].trim_end().as_bytes().last();
                if before.is_some_and(|byte| *byte != b'>') {
                    ends.push(at);
                }
                (is_tag, is_value) = (true, false);
            }
            b'>' => is_tag = false,
            b'"' if is_tag => {
                if is_value {
                    ends.push(at);
                }
                is_value = !is_value;
            }
            _ => {}
        }
    }
    // The declaration is none of the report.
    let declaration = text.find("?>").unwrap_or(0);
    ends.retain(|&end| end > declaration);
    ends
}

/// Where a token can stand at the end of a line, or of a cell.
fn ends_of(text: &str, is_end: impl Fn(u8, u8) -> bool) -> Vec<usize> {
    text.as_bytes()
        .windows(2)
        .zip(1..)
        .filter(|(pair, _)| is_end(pair[0], pair[1]))
        .map(|(_, at)| at)
        .collect()
}

/// Plants a token at each of these places, one after the other. Returns at how many of them a download has it, and
/// what went wrong.
fn plant(path: &str, text: &str, places: &[usize]) -> (usize, Vec<String>) {
    let token = token(3);
    let start = &token[..16];
    let (mut shown, mut problems) = (BTreeSet::new(), Vec::new());
    for &at in places {
        let planted = format!("{} {token}{}", &text[..at], &text[at..]);
        let mut problem = |what: &str| {
            problems.push(format!("{path}, {what}: …{}…", &planted[at.saturating_sub(60)..at + 20]))
        };
        let mut dropped = Dropped::new([(path, planted.as_bytes())]);
        let searched = search(&mut dropped, &[planted.as_bytes()], "", usize::MAX).unwrap();
        let tokens = searched.findings.iter().filter(|finding| finding.kind == "GitHub token");
        if tokens.count() == 0 {
            problem("not found");
        }
        let carrying: Vec<Export> =
            Export::ALL.iter().copied().filter(|&kind| dropped.export(kind).contains(start)).collect();
        for kind in carrying {
            shown.insert(at);
            let (filter, pattern) = Default::default();
            let ask = GetSecrets { kind, filter, pattern, has_files: false };
            let found = dropped.engine.ask(ask).unwrap().findings;
            let ids = found.iter().filter(|finding| finding.is_certain).map(|finding| finding.id).collect();
            let redacted = dropped.export_redacted(kind, Redaction { ids, pattern: String::new() });
            if let Some(at) = redacted.find(start) {
                let around = redacted.get(at.saturating_sub(80)..(at + 50).min(redacted.len()));
                problem(&format!("{kind:?} has …{}…", around.unwrap_or(start)));
            }
        }
    }
    (shown.len(), problems)
}

#[test]
fn a_token_in_any_field_is_found_and_replaced() {
    let ctrf = include_str!("../../fixtures/ctrf/shapes/devices.json");
    let is_line = |_: u8, next: u8| next == b'\n';
    let is_cell = |before: u8, next: u8| {
        matches!(next, b',' | b'\n' if before != b'"') || next == b'"' && !matches!(before, b',' | b'\n')
    };
    let cases = [
        ("a.xml", "junit", JUNIT, ends_in_xml(JUNIT)),
        ("a.json", "pytest-json-report", PYTEST_JSON, ends_of_strings(PYTEST_JSON)),
        ("a.jsonl", "pytest-reportlog", REPORTLOG, ends_of_strings(REPORTLOG)),
        ("a.tap", "tap", TAP, ends_of(TAP, is_line)),
        ("b.json", "ctrf", ctrf, ends_of_strings(ctrf)),
        ("output.xml", "robot", ROBOT, ends_in_xml(ROBOT)),
        ("a.csv", "csv", CSV, ends_of(CSV, is_cell)),
    ];
    let mut problems = Vec::new();
    for (path, format, text, places) in cases {
        let (shown, more) = plant(path, text, &places);
        println!("{format}: {} places, {shown} in downloads", places.len());
        problems.extend(more);
        let whole = Dropped::new([(path, text.as_bytes())]).data().ledger().next().unwrap().1.format;
        if places.len() < 17 || shown < 8 || whole != format {
            problems.push(format!("{whole}: {} places, {shown} shown", places.len()));
        }
    }
    assert!(problems.is_empty(), "{} problems: {problems:#?}", problems.len());
}

/// The filter of the page may name a secret, too.
#[test]
fn a_filter_names_no_secret() {
    let token = token(3);
    let text = JUNIT.replace("plays", &token);
    let mut dropped = Dropped::new([("a.xml", text.as_bytes())]);
    let filter = Filter { text: token.clone(), ..Filter::default() };
    let pattern = String::new();
    let ask = GetSecrets { kind: Export::ReportMarkdown, filter: filter.clone(), pattern, has_files: false };
    let found = dropped.engine.ask(ask).unwrap().findings;
    let redaction =
        Redaction { ids: found.iter().map(|finding| finding.id).collect(), ..Redaction::default() };
    let (kind, sides, now_ms) = (Export::ReportMarkdown, passgrid::query::Sides::default(), 0.0);
    let file =
        dropped.engine.ask(passgrid::engine::MakeExport { kind, filter, sides, redaction, now_ms }).unwrap();
    let report = String::from_utf8(file.bytes).unwrap();
    assert!(!report.contains(&token[..16]) && report.contains("redacted GitHub token 1"), "{report}");
}
