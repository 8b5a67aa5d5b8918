//! Anything may be dropped: mutated reports and arbitrary bytes give no panic,
//! no wrong sum and no endless work.

use crate::Dropped;
use crate::dropped::{folder, import, import_in_pieces, tree};
use crate::exports::{check_csv, check_round_trip, check_schema};
use passgrid::analyze::GridQuery;
use passgrid::engine::{Answer, Request};
use passgrid::model::Moment;
use passgrid::query::{FileFilter, Filter, Sort};
use proptest::prelude::*;
use proptest::sample::Index;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

/// One report of each kind that importers tell apart, and their oddest ones.
static SEEDS: LazyLock<Vec<(String, Vec<u8>)>> = LazyLock::new(|| {
    let mut seeds = tree(&folder("fixtures"));
    seeds.retain(|(path, bytes)| {
        let is_report =
            [".xml", ".json", ".jsonl", ".txt", ".pickle", ".html", ".tap", ".csv", ".log", ".yaml"]
                .iter()
                .any(|end| path.ends_with(end));
        is_report && !path.starts_with("_generators") && bytes.len() < 16_000
    });
    // A summary of ours is a format, too.
    let brief = &seeds.iter().find(|(path, _)| path == "brief/sessions.json").unwrap().1;
    let mut dropped = Dropped::new([("sessions.json", brief.as_slice())]);
    let summary = dropped.export(passgrid::export::Export::SummaryJson);
    seeds.push(("summary.json".to_owned(), summary.into_bytes()));
    seeds
});

/// A change to the bytes of a file.
#[derive(Clone, Debug)]
enum Mutation {
    /// A bit is the other one.
    Flip(Index, u8),
    /// A byte is replaced by one that means something to a parser.
    Put(Index, u8),
    /// The rest is missing.
    Cut(Index),
    /// A range is missing.
    Delete(Index, usize),
    /// A range is there twice.
    Repeat(Index, usize),
    /// Two ranges changed places.
    Swap(Index, Index, usize),
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let at = any::<Index>;
    let meaning = proptest::sample::select(b"<>\"'&;/=![]{}:,\\-0\x00\x1a\xff\xef ".to_vec());
    prop_oneof![
        (at(), 0..8_u8).prop_map(|(at, bit)| Mutation::Flip(at, bit)),
        (at(), meaning).prop_map(|(at, byte)| Mutation::Put(at, byte)),
        at().prop_map(Mutation::Cut),
        (at(), 1..200_usize).prop_map(|(at, len)| Mutation::Delete(at, len)),
        (at(), 1..400_usize).prop_map(|(at, len)| Mutation::Repeat(at, len)),
        (at(), at(), 1..100_usize).prop_map(|(a, b, len)| Mutation::Swap(a, b, len)),
    ]
}

fn mutate(bytes: &mut Vec<u8>, mutation: &Mutation) {
    if bytes.is_empty() {
        return;
    }
    let size = bytes.len();
    let range = |at: &Index, len: usize| {
        let from = at.index(size);
        from..(from + len).min(size)
    };
    match mutation {
        Mutation::Flip(at, bit) => bytes[at.index(size)] ^= 1 << bit,
        Mutation::Put(at, byte) => bytes[at.index(size)] = *byte,
        Mutation::Cut(at) => bytes.truncate(at.index(size)),
        Mutation::Delete(at, len) => drop(bytes.drain(range(at, *len))),
        Mutation::Repeat(at, len) => {
            let piece = bytes[range(at, *len)].to_vec();
            let end = range(at, *len).end;
            bytes.splice(end..end, piece);
        }
        Mutation::Swap(a, b, len) => {
            let (a, b) = (range(a, *len), range(b, *len));
            for (a, b) in a.zip(b) {
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
    dropped.absorb(imported, bytes);
    dropped.check_sums();
    dropped.pages();
    dropped.report();
    check_schema(&mut dropped);
    check_csv(&mut dropped);
    check_round_trip(&mut dropped);
    let filter = Filter { text: "a !b".to_owned(), ..Filter::default() };
    for request in [
        Request::Overview,
        Request::Ledger { filter: FileFilter::default(), from: 0, count: 10 },
        Request::Grid {
            query: GridQuery { filter: filter.clone(), is_grouped: true, ..GridQuery::default() },
            folded: vec![String::new()],
            from: 0,
            count: 10,
        },
        Request::Tests { filter: filter.clone(), sort: Sort::from_key("-time"), from: 0, count: 10 },
        Request::Sessions { filter, sort: Sort::from_key("build"), from: 0, count: 10 },
        Request::MatchPaths { pattern: "{build}/{dut}.xml".to_owned(), from: 0, count: 10 },
    ] {
        assert!(!matches!(dropped.engine.handle(request), Answer::Assigned));
    }
    // Files are small; whatever they hold, this is far more than they need.
    let allowed = Duration::from_secs(5);
    assert!(start.elapsed() < allowed, "{:?} for {} bytes", start.elapsed(), bytes.len());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn mutated_reports(seed in any::<Index>(), mutations in proptest::collection::vec(mutation(), 1..6)) {
        let (_, bytes) = seed.get(&SEEDS);
        let mut bytes = bytes.clone();
        for mutation in &mutations {
            mutate(&mut bytes, mutation);
        }
        check(&bytes);
    }

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
        if let Some(moment) = Moment::parse(&text) {
            let written = moment.iso();
            prop_assert_eq!(Moment::parse(&written), Some(moment), "{} as {}", text, written);
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
