//! Anything may be dropped: arbitrary bytes cause no panic, no wrong sum and no endless work. The
//! seeds are fixed; `fuzz/` looks for other inputs, and `tests/files/mutations.rs` mutates all
//! fixtures.

use crate::Dropped;
use crate::anything::check;
use crate::dropped::{assert_same, import, import_in_pieces};
use passgrid::model::Timestamp;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::RngSeed;

/// Durations of sessions are never negative, whatever their files and clocks say.
#[test]
fn sessions_that_end_before_they_begin() {
    let mut reports = Vec::new();
    for took in ["-5", "1e999", "1e300", "NaN"] {
        let session =
            format!(r#""dut": "A", "duration": "{took}", "tests": [{{"name": "t", "status": "passed"}}]"#);
        reports.push(format!("{{{session}}}"));
    }
    let line = |when: &str, start: i64, stop: i64| {
        format!(
            r#"{{"nodeid": "t.py::t", "outcome": "passed", "when": "{when}", "start": {start}, "stop": {stop}, "$report_type": "TestReport"}}"#
        )
    };
    let start = r#"{"pytest_version": "9.2.0", "$report_type": "SessionStart"}"#;
    reports.push(format!(
        "{start}\n{}\n{}\n",
        line("call", 1_795_232_128, 0),
        line("teardown", 1_795_232_127, -9)
    ));
    for report in reports {
        let mut dropped = Dropped::new([("x", report.as_bytes())]);
        dropped.check_sums();
        let session = &dropped.data().history.sessions[0];
        assert_eq!((session.counts.results(), session.duration_s), (1, None), "{report}");
    }
}

/// Detection does not depend on the size of the first piece.
#[test]
fn detection_looks_at_the_same_bytes_of_each_file() {
    let pickle = [b"\x80\x04".as_slice(), &[b'x'; 600], b"oof_session_metadata"].concat();
    let marks =
        [[0xEF, 0xBB, 0xBF].repeat(300).as_slice(), b"<testsuite><testcase name='t'/></testsuite>"].concat();
    for bytes in [pickle, marks] {
        let whole = import("x", &bytes);
        for size in [1, 700] {
            let pieces = import_in_pieces("x", &bytes, 0, size);
            assert_same(&format!("{whole:?}"), &format!("{pieces:?}"), "in pieces");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 500,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(1),
        ..ProptestConfig::default()
    })]

    /// A start is written in a form that is read back.
    #[test]
    fn mutated_dates(
        seed in proptest::sample::select(DATES),
        mutations in proptest::collection::vec((any::<Index>(), "[0-9TZWP:.,+ -]"), 0..4),
    ) {
        let mut text: Vec<char> = seed.chars().collect();
        for (at, by) in &mutations {
            let at = at.index(text.len());
            text.splice(at..=at, by.chars());
        }
        let text: String = text.into_iter().collect();
        if let Some(moment) = Timestamp::parse(&text) {
            let written = moment.iso();
            prop_assert_eq!(Timestamp::parse(&written), Some(moment), "{} as {}", text, written);
        }
    }

    #[test]
    fn arbitrary_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        check(&bytes);
    }

    #[test]
    fn arbitrary_xml(tokens in proptest::collection::vec(token(XML), 0..60)) {
        check(format!("<testsuites>{}", tokens.concat()).as_bytes());
    }

    #[test]
    fn arbitrary_json(start in proptest::sample::select(JSON_STARTS), tokens in proptest::collection::vec(token(JSON), 0..60)) {
        check(format!("{start}{}", tokens.concat()).as_bytes());
    }
}

const DATES: &[&str] = &[
    "2026-11-21T03:24:02.210872+00:00",
    "2026-11-21T03:24:02+05:30",
    "2026-11-21T03:24:02-00:30",
    "2026-11-21 03:24:02",
    "2026-11-21",
    "2026-W47-6",
    "2026-325",
    "20261121T032402Z",
    "2016-12-31T23:59:60Z",
    "2199-12-31T23:59:59+12:00",
    "1990-01-01T00:00:00+12:00",
    "Sat, 21 Nov 2026 03:39:48 GMT",
];

/// Pieces of documents, and any other text.
fn token(known: &'static [&'static str]) -> impl Strategy<Value = String> {
    prop_oneof![
        9 => proptest::sample::select(known).prop_map(str::to_owned),
        1 => "\\PC{0,9}",
    ]
}

const XML: &[&str] = &[
    "<testsuites>",
    "</testsuites>",
    "<testsuite name=\"s\">",
    "<testsuite name=\"pytest\" hostname=\"h\" time=\"1\">",
    "</testsuite>",
    "<testcase name=\"t\" classname=\"c\" time=\"0.5\">",
    "<testcase name='t'/>",
    "</testcase>",
    "<failure message=\"m\">",
    "</failure>",
    "<error/>",
    "<skipped type=\"pytest.xfail\"/>",
    "<rerunFailure>",
    "</rerunFailure>",
    "<flakyError/>",
    "<system-out>",
    "</system-out>",
    "<properties>",
    "</properties>",
    "<property name=\"dut\" value=\"A\"/>",
    "<property name=\"dut\" value=\"B\"/>",
    "<property name=\"n\">",
    "</property>",
    "text",
    "&amp;",
    "&#x1b;",
    "&",
    "<![CDATA[",
    "]]>",
    "<!--",
    "-->",
    "<?xml version=\"1.0\"?>",
    "<!DOCTYPE x [",
    "<",
    ">",
    "\"",
    "\u{FEFF}",
    "\0",
    " ",
    "\n",
];

const JSON_STARTS: &[&str] = &[
    "[",
    "{\"dut\": \"A\", \"tests\": [",
    "{\"created\": 1, \"exitcode\": 0, \"tests\": [",
    "{\"sessions\": [",
    "{\"schema\": \"passgrid/summary/1\", \"sessions\": [",
    "{\"schema\": \"passgrid/summary/1\", \"tests\": [",
    "{\"reportFormat\": \"CTRF\", \"results\": {\"tests\": [",
    "{\"config\": {}, \"suites\": [{\"title\": \"a\", \"suites\": [",
    "{\"numTotalTests\": 1, \"testResults\": [{\"assertionResults\": [",
    "[{\"keyword\": \"Feature\", \"elements\": [",
    "{\"uuid\": \"u\", \"name\": \"t\", \"labels\": [",
];

const JSON: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "null",
    "true",
    "NaN",
    "-1",
    "1e999",
    "0.5",
    "{\"dut\": \"A\", \"tests\": [",
    "{\"name\": \"t\", \"status\": \"passed\", \"duration\": 1}",
    "{\"nodeid\": \"a.py::T::t[1]\", \"outcome\": \"failed\"}",
    "\"tests\": [",
    "\"name\": \"t\"",
    "\"setup\": {\"outcome\": \"failed\", \"duration\": 0.1}",
    "\"outcome\": \"rerun\"",
    "{\"id\": \"s\", \"dut\": \"A\"}",
    "{\"name\": \"t\", \"results\": [{\"dut\": \"A\", \"session\": \"s\", \"outcome\": \"passed\"",
    "\"attempts\": 3",
    "{\"title\": \"t\", \"status\": \"failed\", \"retries\": 2}",
    "\"suites\": [",
    "\"specs\": [{\"title\": \"t\", \"tests\": [{\"results\": [",
    "\"steps\": [",
    "\"\\ud800\"",
    "\"\\u0000\"",
    "\\",
    "\0",
    "\u{1a}",
    "\n",
];
