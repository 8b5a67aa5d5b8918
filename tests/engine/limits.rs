//! Limits: each limit of `import::limits` is enforced, exceeding it gives a note, and large or
//! deep input takes time in proportion to its size.

use crate::Dropped;
use crate::dropped::import;
use passgrid::import::{ALL, Import, Imported, limits};
use passgrid::model::{FileStatus, Severity};
use std::time::{Duration, Instant};

/// Reads the file within a second per megabyte, five times that without
/// optimization, and checks that its sums are right.
#[track_caller]
fn in_time(bytes: &[u8]) -> (Imported, Dropped) {
    let start = Instant::now();
    let imported = import("results", bytes);
    let took = start.elapsed();
    let megabytes = (bytes.len() as f64 / 1e6).max(1.0);
    let allowed = Duration::from_secs_f64(megabytes) * if cfg!(debug_assertions) { 5 } else { 1 };
    assert!(took < allowed, "{took:?} for {megabytes} MB");
    let mut dropped = Dropped::new([("results", bytes)]);
    dropped.check_sums();
    (imported, dropped)
}

fn junit(cases: &str) -> Vec<u8> {
    format!("<testsuites><testsuite name=\"s\">{cases}</testsuite></testsuites>").into_bytes()
}

fn notes(imported: &Imported) -> String {
    imported.batch.notes.iter().map(|note| note.text.as_str()).collect::<Vec<_>>().join("\n")
}

const GOOD: &str = "<testcase classname=\"c\" name=\"good\"/>";

#[test]
fn ten_thousand_elements_inside_each_other() {
    // Elements that are skipped, and suites.
    for name in ["x", "testsuite"] {
        let (open, close) = (format!("<{name}>").repeat(10_000), format!("</{name}>").repeat(10_000));
        let (imported, _) = in_time(&junit(&format!("{open}{close}{GOOD}")));
        assert_eq!((imported.batch.len(), imported.status), (1, FileStatus::Read), "{name}");
    }
    let open = "<testsuite name=\"n\">".repeat(10_000);
    let (imported, _) = in_time(&junit(&format!("{open}{GOOD}")));
    assert_eq!((imported.batch.len(), imported.status), (1, FileStatus::PartlyRead));
    let inside = format!("{}{}", "<failure>".repeat(10_000), "</failure>".repeat(10_000));
    let (imported, mut dropped) =
        in_time(&junit(&format!("<testcase name=\"deep\">{inside}</testcase>{GOOD}")));
    assert_eq!(imported.batch.len(), 2);
    assert_eq!(dropped.pages().len(), 2);
}

#[test]
fn suites_deeper_than_the_limit_are_not_in_the_path() {
    let suites: String = (0..limits::SUITE_DEPTH + 3).map(|n| format!("<testsuite name=\"s{n}\">")).collect();
    let ends = "</testsuite>".repeat(limits::SUITE_DEPTH + 3);
    let text = format!("<testsuites>{suites}<testcase name=\"t\"/>{ends}</testsuites>");
    let (imported, mut dropped) = in_time(text.as_bytes());
    let data = dropped.data();
    let test = data.tests.ids().next().unwrap();
    let path: Vec<&str> = data.tests.suite(test).split(" › ").collect();
    assert_eq!(path.len(), limits::SUITE_DEPTH);
    assert_eq!(path.last(), Some(&"s34"));
    assert!(notes(&imported).contains("nested deeper than 32"));
}

#[test]
fn an_attribute_of_fifty_megabytes() {
    let long = "x".repeat(50 << 20);
    for cases in [
        format!("<testcase name=\"{long}\"/>{GOOD}"),
        format!("<testcase name=\"t\"><failure message=\"{long}\"/></testcase>{GOOD}"),
        format!("<testcase name=\"t\" time=\"{long}\"/>{GOOD}"),
    ] {
        let start = Instant::now();
        let bytes = junit(&cases);
        let imported = import("results", &bytes);
        assert!(start.elapsed() < Duration::from_secs(50));
        assert_eq!((imported.batch.len(), imported.status), (2, FileStatus::Read));
        let row = imported.batch.rows.get(0).unwrap();
        assert!(imported.batch.get(row.name).len() <= limits::NAME_BYTES + 32);
        assert!(imported.batch.get(row.message).len() <= limits::MESSAGE_BYTES);
    }
}

#[test]
fn a_name_over_the_limit_stays_different_from_others() {
    let long = "n".repeat(limits::NAME_BYTES);
    let cases =
        format!("<testcase name=\"{long}a\"/><testcase name=\"{long}b\"/><testcase name=\"{long}a\"/>");
    let (_, mut dropped) = in_time(&junit(&cases));
    // The third repeats the name of the first.
    assert_eq!(dropped.data().tests.len(), 3);
    let data = dropped.data();
    assert!(data.tests.name(data.tests.ids().last().unwrap()).ends_with(" #2"));
    let tests = format!(r#"[{{"dut": "A", "tests": [{{"name": "{long}a", "status": "passed"}}]}}]"#);
    let (imported, _) = in_time(tests.as_bytes());
    let row = imported.batch.rows.get(0).unwrap();
    assert!(imported.batch.get(row.name).len() <= limits::NAME_BYTES + 32);
}

#[test]
fn a_hundred_thousand_properties() {
    let properties: String =
        (0..100_000).map(|n| format!("<property name=\"p{n}\" value=\"{n}\"/>")).collect();
    let (imported, mut dropped) = in_time(&junit(&format!("<properties>{properties}</properties>{GOOD}")));
    assert_eq!(imported.status, FileStatus::Read);
    assert_eq!(imported.batch.sessions[0].properties.len(), limits::PROPERTIES);
    dropped.report();
    let case = format!("<testcase name=\"t\"><properties>{properties}</properties></testcase>");
    let (_, mut dropped) = in_time(&junit(&case));
    assert_eq!(dropped.pages()[0].attempts[0].details.properties.len(), 100_000);
}

#[test]
fn a_property_over_the_limit_is_cut() {
    let long = "ü".repeat(limits::PROPERTY_BYTES);
    for property in [
        format!("<property name=\"p\" value=\"{long}\"/>"),
        format!("<property name=\"p\">{long}</property>"),
    ] {
        let (imported, _) = in_time(&junit(&format!("<properties>{property}</properties>{GOOD}")));
        let (_, value) = &imported.batch.sessions[0].properties[0];
        assert_eq!(value.len(), limits::PROPERTY_BYTES);
    }
}

#[test]
fn ten_thousand_arrays_inside_each_other() {
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    for text in [
        deep.clone(),
        "[".repeat(10_000),
        format!(r#"[{{"dut": "A", "tests": [{{"name": "t", "status": "passed", "deep": {deep}}}]}}]"#),
        format!(r#"[{{"dut": "A", "deep": {deep}, "tests": [{{"name": "t", "status": "passed"}}]}}]"#),
        format!(
            r#"{{"created": 1, "exitcode": 0, "tests": [{{"nodeid": "a.py::t", "outcome": "passed", "d": {deep}}}]}}"#
        ),
        format!(r#"{{"created": 1, "exitcode": 0, "environment": {deep}, "tests": []}}"#),
        format!(r#"{{"schema": "passgrid/summary/1", "duts": {deep}}}"#),
    ] {
        let (imported, _) = in_time(text.as_bytes());
        // It is skipped inside a test, and otherwise refused with a reason.
        let is_refused = imported.batch.notes.iter().any(|note| note.severity == Severity::Error);
        match text.contains("\"passed\"") {
            true => assert_eq!((imported.status, imported.batch.len()), (FileStatus::Read, 1)),
            false => assert!(is_refused || imported.status == FileStatus::NoResults, "{}", notes(&imported)),
        }
    }
}

#[test]
fn a_message_over_the_limit_is_cut_but_complete_in_the_details() {
    let long = "m".repeat(limits::MESSAGE_BYTES + 1);
    let (imported, mut dropped) =
        in_time(&junit(&format!("<testcase name=\"t\"><failure message=\"{long}\"/></testcase>")));
    let row = imported.batch.rows.get(0).unwrap();
    assert_eq!(imported.batch.get(row.message).len(), limits::MESSAGE_BYTES);
    assert_eq!(dropped.pages()[0].attempts[0].details.sections[0].message, long);
}

#[test]
fn notes_over_the_limit_are_omitted() {
    let suites = "<testsuite name=\"s\"><error message=\"broken\"/></testsuite>".repeat(limits::NOTES + 5);
    let (imported, _) = in_time(format!("<testsuites>{suites}</testsuites>").as_bytes());
    let warnings = imported.batch.notes.iter().filter(|note| note.severity == Severity::Warning).count();
    assert_eq!(warnings, limits::NOTES + 1);
    assert!(notes(&imported).contains("more notes of this severity were omitted"));
}

/// Detection reads only the head: a report that begins later is not found.
#[test]
fn detection_looks_at_the_head() {
    for (blanks, status) in
        [(limits::HEAD_BYTES / 2, FileStatus::Read), (limits::HEAD_BYTES, FileStatus::Unreadable)]
    {
        let text = format!("{}<testsuite><testcase name=\"t\"/></testsuite>", " ".repeat(blanks));
        let (imported, _) = in_time(text.as_bytes());
        assert_eq!(imported.status, status, "{blanks} blanks");
    }
}

/// An element over the limit stops reading; earlier results are kept. The rest is not kept in
/// memory.
#[test]
fn an_element_over_the_limit() {
    let piece = vec![b'x'; 8 << 20];
    let mut import = Import::new("results.xml", &ALL);
    let head =
        format!("{}<testsuites><testsuite>{GOOD}<testcase name=\"", " ".repeat(limits::HEAD_BYTES / 2));
    import.push(head.as_bytes());
    for _ in 0..=limits::TOKEN_BYTES / piece.len() + 1 {
        import.push(&piece);
    }
    import.push(b"\"/><testcase name=\"behind\"/></testsuite></testsuites>");
    let imported = import.finish();
    assert_eq!((imported.batch.len(), imported.status), (1, FileStatus::PartlyRead));
    assert!(notes(&imported).contains("one element is larger than 128 MB"), "{}", notes(&imported));
}

#[test]
fn many_entries_of_one_name() {
    let (_, mut dropped) = in_time(&junit(&GOOD.repeat(70_000)));
    assert_eq!(dropped.data().results.len(), 70_000);
    let reruns = format!(r#"<testsuite name="pytest">{}</testsuite>"#, GOOD.repeat(70_000));
    let (_, mut dropped) = in_time(reruns.as_bytes());
    let data = dropped.data();
    assert_eq!(data.results.len(), 1);
    assert_eq!(data.results.attempts[0], u16::MAX);
}

#[test]
fn many_sessions_of_many_tests() {
    let sessions: Vec<String> = (0..2_000)
        .map(|n| format!(r#"{{"dut": "D{}", "session_id": "s{n}", "tests": [{{"name": "t{n}", "status": "passed"}}]}}"#, n % 7))
        .collect();
    let (_, mut dropped) = in_time(format!("[{}]", sessions.join(",")).as_bytes());
    assert_eq!(dropped.data().history.sessions.len(), 2_000);
    let start = Instant::now();
    dropped.export(passgrid::export::Export::SummaryJson);
    assert!(start.elapsed() < Duration::from_secs(5));
}

/// Names that would collide in a weak hash are kept apart.
#[test]
fn many_scopes() {
    let cases: String = (0..20_000).map(|n| format!("<testcase classname=\"c{n}\" name=\"t\"/>")).collect();
    let (_, mut dropped) = in_time(&junit(&cases));
    assert_eq!(dropped.data().tests.len(), 20_000);
}
