//! Anything may be dropped: reports that break off or are mutated, and arbitrary
//! bytes give no panic, no wrong sum and no endless work. Always the same of
//! them, and all fixtures, so of every format; `fuzz/` looks for others.

use crate::Dropped;
use crate::dropped::{assert_same, folder, import, import_in_pieces, padded, tree};
use crate::exports::{check_csv, check_round_trip, check_schema};
use passgrid::analyze::GridQuery;
use passgrid::engine::{GetGrid, GetLedger, GetOverview, GetSessions, GetTests, MatchPaths};
use passgrid::import::{ALL, Import, Imported, Role};
use passgrid::model::{Encoding, FileStatus, Note, Outcome, Timestamp};
use passgrid::query::{FileFilter, Filter, Sort};
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::RngSeed;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

/// All fixtures of all formats, by path and content.
static FIXTURES: LazyLock<Vec<(String, Vec<u8>)>> = LazyLock::new(|| {
    let mut files = tree(&folder("fixtures"));
    // The demo's reports are many of one kind.
    files.retain(|(path, _)| {
        let is_kept = !["_generators/", "archives/", "demo/"].iter().any(|folder| path.starts_with(folder));
        is_kept && path.contains('/') && !path.ends_with(".md")
    });
    // A summary of ours is a format, too.
    let brief = &files.iter().find(|(path, _)| path == "brief/sessions.json").unwrap().1;
    let mut dropped = Dropped::new([("sessions.json", brief.as_slice())]);
    let summary = dropped.export(passgrid::export::Export::SummaryJson);
    files.push(("summary.json".to_owned(), summary.into_bytes()));
    files
});

/// Does this with every fixture, on two threads, and names those that fail.
#[track_caller]
fn for_every_fixture(check: impl Fn(&str, &[u8]) + Sync) {
    let halves = [0, 1].map(|half| FIXTURES.iter().skip(half).step_by(2));
    let failed: Vec<&str> = std::thread::scope(|scope| {
        let check = &check;
        let failed = halves.map(|half| {
            scope.spawn(move || {
                let fails = |(path, bytes): &&(String, Vec<u8>)| {
                    catch_unwind(AssertUnwindSafe(|| check(path, bytes))).is_err()
                };
                half.filter(fails).map(|(path, _)| path.as_str()).collect::<Vec<_>>()
            })
        });
        failed.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    assert!(failed.is_empty(), "see above for {}", failed.join(", "));
}

/// Cut at ten places: what stood before is kept, and the rest is told of.
#[test]
fn every_fixture_that_breaks_off() {
    for_every_fixture(|path, bytes| {
        let whole = import("x", bytes);
        if whole.batch.is_empty() {
            return;
        }
        for part in 1..=10 {
            let cut = bytes.len() * part / 11;
            let what = format!("{path}, the first {cut} of {} bytes", bytes.len());
            let imported = import("x", &bytes[..cut]);
            if imported.format == whole.format {
                let (kept, least) = (imported.batch.len(), least(&whole, cut));
                assert!(kept >= least, "{what}: {kept} of {least} results");
            }
            let has_all = entries(&imported).eq(entries(&whole));
            // The first lines of a text may be those of any text, and any line the last.
            let is_document = bytes.trim_ascii_start().first().is_some_and(|byte| b"<{[\x80".contains(byte));
            let is_any_text = imported.format != whole.format || bytes[..cut].ends_with(b"\n");
            assert!(
                has_all || is_any_text && !is_document || is_told(&imported),
                "{what}: {:?} {:?}",
                imported.status,
                imported.batch.notes
            );
            let mut dropped = Dropped::default();
            dropped.ingest(imported, &bytes[..cut]);
            dropped.check_sums();
            dropped.pages();
        }
    });
}

/// Names, outcomes and words of all entries.
fn entries(imported: &Imported) -> impl Iterator<Item = (&str, Outcome, &str)> {
    let batch = &imported.batch;
    batch.rows.iter().map(|row| (batch.get(row.name), row.outcome, batch.native_word(row.native)))
}

/// Formats that tell of a suite behind its tests, and are read suite by suite.
const BY_SUITE: [&str; 3] = ["cucumber-json", "jest-json", "twister"];

/// How many entries must be there if only this much of the file is: those that
/// stand before, but for the last, which may be a part of a larger one; those
/// that join another may stand behind it. Where texts are kept, places in the
/// file are not known; nor are they in another encoding.
fn least(whole: &Imported, cut: usize) -> usize {
    let format = whole.format.as_str();
    if whole.keeps_texts || whole.encoding != Encoding::Utf8 || BY_SUITE.contains(&format) {
        return 0;
    }
    let rows = whole.batch.rows.iter().filter(|row| row.len > 0 && row.role != Role::Joined);
    rows.filter(|row| row.at + u64::from(row.len) <= cut as u64).count().saturating_sub(1)
}

/// It is said that the file breaks off.
fn is_told(imported: &Imported) -> bool {
    let says = |note: &Note| ["broke off", "breaks off"].iter().any(|words| note.text.contains(words));
    let batch = &imported.batch;
    imported.status == FileStatus::Unreadable
        || batch.partly
        || batch.sessions.iter().any(|session| session.broke_off)
        || batch.notes.iter().any(says)
}

/// No session takes less than no time, whatever its file or its clocks say.
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

/// What a file is does not depend on how much of it comes with the first piece.
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

/// Anybody may say that a file is of any format.
#[test]
fn every_fixture_as_every_format() {
    let formats = ALL.texts.iter().map(|format| format.about.key);
    let formats: Vec<&str> = formats.chain(ALL.binaries.iter().map(|format| format.about.key)).collect();
    for_every_fixture(|_, bytes| {
        for format in &formats {
            let mut import = Import::new("x", &ALL).treat_as(format);
            import.push(bytes);
            look(import.finish(), bytes);
        }
    });
}

/// Changed a few bytes at a time, always in the same way.
#[test]
fn every_fixture_mutated() {
    for_every_fixture(|path, bytes| {
        for number in 0..8 {
            let (mut random, mut mutated) = (Random::new(path, number), bytes.to_vec());
            for _ in 0..=random.below(5) {
                mutate(&mut mutated, &mut random);
            }
            println!("{path}, mutated, number {number}");
            let imported = import("board_a/results.xml", &mutated);
            if let Some((padded, first)) = padded(&mutated) {
                let whole = import("x", &padded);
                let pieces = import_in_pieces("x", &padded, first, 1 + random.below(97));
                assert_same(&format!("{whole:?}"), &format!("{pieces:?}"), "in pieces");
            }
            if number == 0 { check(&mutated) } else { look(imported, &mutated) }
        }
    });
}

/// What holds for any data, with the texts of all results.
fn look(imported: Imported, bytes: &[u8]) {
    let mut dropped = Dropped::default();
    dropped.ingest(imported, bytes);
    dropped.check_sums();
    dropped.pages();
}

/// Numbers that look random and are the same in every run: splitmix64.
struct Random(u64);

impl Random {
    fn new(path: &str, number: u64) -> Random {
        let seed = path.bytes().fold(number, |seed, byte| seed.wrapping_mul(31).wrapping_add(byte.into()));
        Random(seed)
    }

    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) % end.max(1) as u64) as usize
    }
}

/// Bytes that mean something to a parser.
const MEANING: &[u8] = b"<>\"'&;/=![]{}:,\\-0\x00\x1a\xff\xef ";

/// Changes a bit, a byte or a piece.
fn mutate(bytes: &mut Vec<u8>, random: &mut Random) {
    if bytes.is_empty() {
        return;
    }
    let size = bytes.len();
    let (at, from) = (random.below(size), random.below(size));
    let end = (at + 1 + random.below(400)).min(size);
    match random.below(6) {
        0 => bytes[at] ^= 1 << random.below(8),
        1 => bytes[at] = MEANING[random.below(MEANING.len())],
        2 => bytes.truncate(at),
        3 => drop(bytes.drain(at..end)),
        4 => {
            let piece = bytes[at..end].to_vec();
            bytes.splice(end..end, piece);
        }
        _ => {
            for (a, b) in (at..end).zip(from..size) {
                bytes.swap(a, b);
            }
        }
    }
}

/// Reads, asks everything, and checks what holds for any data.
fn check(bytes: &[u8]) {
    let start = Instant::now();
    let imported = import("board_a/results.xml", bytes);
    let pieces = import_in_pieces("board_a/results.xml", bytes, bytes.len() / 3, 97);
    assert_eq!(format!("{imported:?}"), format!("{pieces:?}"), "in pieces");
    let mut dropped = Dropped::default();
    dropped.ingest(imported, bytes);
    dropped.check_sums();
    dropped.pages();
    dropped.report();
    check_schema(&mut dropped);
    check_csv(&mut dropped);
    check_round_trip(&mut dropped);
    let filter = Filter { text: "a !b".to_owned(), ..Filter::default() };
    let engine = &mut dropped.engine;
    engine.ask(GetOverview);
    engine.ask(GetLedger { filter: FileFilter::default(), from: 0, count: 10 });
    engine.ask(GetGrid {
        query: GridQuery { filter: filter.clone(), is_grouped: true, ..GridQuery::default() },
        folded: vec![String::new()],
        from: 0,
        count: 10,
    });
    engine.ask(GetTests { filter: filter.clone(), sort: Sort::from_key("-time"), from: 0, count: 10 });
    engine.ask(GetSessions { filter, sort: Sort::from_key("build"), from: 0, count: 10 });
    engine.ask(MatchPaths { pattern: "{build}/{dut}.xml".to_owned(), from: 0, count: 10 });
    // Files are small; whatever they hold, this is far more than they need.
    let allowed = Duration::from_secs(5);
    assert!(start.elapsed() < allowed, "{:?} for {} bytes", start.elapsed(), bytes.len());
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 500,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(1),
        ..ProptestConfig::default()
    })]

    /// A start is written so that it is read again.
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

/// Pieces that documents are made of, and anything else.
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
