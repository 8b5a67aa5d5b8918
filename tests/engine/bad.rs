//! Broken and hostile files: each gives what `fixtures/bad/README.md` says, with an
//! understandable reason, and does not affect the files beside it.

use crate::Dropped;
use crate::dropped::{folder, import, tree};
use passgrid::import::Role;
use passgrid::model::{FileId, FileStatus, Severity};
use std::collections::BTreeMap;

/// A row of the README: the words of the last column by file.
fn rows() -> BTreeMap<String, String> {
    let readme = std::fs::read_to_string(folder("fixtures/bad/README.md")).unwrap();
    let rows = readme.lines().filter_map(|line| {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let file = cells.first()?.strip_prefix('`')?.strip_suffix('`')?;
        Some((file.to_owned(), cells.get(2)?.to_string()))
    });
    rows.collect()
}

/// The words that a row allows as a file's status.
fn statuses(row: &str) -> Vec<&'static str> {
    let words = ["partly read", "read", "no results", "unreadable"];
    let mut rest = row.to_owned();
    let mut found = Vec::new();
    for word in words {
        let is_there = rest.starts_with(word)
            || [", or ", " or ", "otherwise "].iter().any(|before| rest.contains(&format!("{before}{word}")));
        if is_there {
            found.push(word);
        }
        // "read" is a part of "partly read".
        rest = rest.replace("partly read", "partly");
    }
    found
}

/// The number of complete tests that a row mentions.
fn complete_tests(row: &str) -> Option<u32> {
    let (_, after) = row.split_once(": ")?;
    let (number, rest) = after.split_once(' ')?;
    let is_of_tests = rest.starts_with("test") || rest.starts_with("of ") || rest.starts_with("element");
    number.parse().ok().filter(|_| is_of_tests)
}

#[test]
fn every_file_gives_what_the_readme_says() {
    let mut rows = rows();
    for (path, bytes) in tree(&folder("fixtures/bad")) {
        if path == "README.md" {
            continue;
        }
        let row = rows.remove(&path).unwrap_or_else(|| panic!("{path} is not in the README"));
        let imported = import(&path, &bytes);
        let status = imported.status.word();
        assert!(statuses(&row).contains(&status), "{path}: {status}, the README says: {row}");
        if let Some(tests) = complete_tests(&row)
            && matches!(imported.status, FileStatus::Read | FileStatus::PartlyRead)
        {
            let rows = imported.batch.rows.iter();
            let entries = rows.filter(|row| row.role != Role::Earlier).count() as u32;
            // The test that was open at the end of a truncated file may be kept, too.
            let most = if imported.status == FileStatus::PartlyRead { tests + 1 } else { tests };
            assert!((tests..=most).contains(&entries), "{path}: {entries} tests, the README says: {row}");
        }
        let notes = &imported.batch.notes;
        let has =
            |severity: Severity| notes.iter().any(|note| note.severity >= severity && !note.text.is_empty());
        match imported.status {
            FileStatus::Unreadable | FileStatus::PartlyRead => {
                assert!(has(Severity::Error), "{path} has no reason")
            }
            _ if row.contains("with a note") => assert!(has(Severity::Info), "{path} has no note"),
            _ => {}
        }
    }
    assert!(rows.is_empty(), "in the README, but missing: {:?}", rows.keys());
}

/// The note, for files where the kind of mistake can be known.
#[test]
fn notes_say_what_is_wrong_and_what_to_do() {
    for (path, words) in [
        ("nothing/empty.xml", "the file is empty"),
        ("nothing/bom-only.xml", "byte order mark"),
        ("nothing/spaces.xml", "contains only white space"),
        ("nothing/zeros.xml", "contains only NUL bytes"),
        ("nothing/random.xml", "binary data"),
        ("nothing/error-page.xml", "HTML page"),
        ("nothing/login-page.json", "login"),
        ("nothing/picture.xml", "an image"),
        ("nothing/pom.xml", "<project>"),
        ("nothing/package.json", "the keys name, version"),
        ("nothing/pointer.xml", "git lfs pull"),
        ("truncated-xml/in-text.xml", "in test `pair`"),
        ("truncated-xml/after-testcase.xml", "after test `record`"),
        ("truncated-json/in-string.json", "truncated in `tests`"),
        ("encoding/invalid-utf8.json", "1 byte of invalid UTF-8"),
        ("encoding/unknown-encoding.xml", "`x-lab-7`"),
        ("encoding/latin-1.xml", "Windows-1252"),
        ("encoding/nul-in-message.xml", "control characters"),
        ("not-well-formed/wrong-end-tag.xml", "closing tag </error>"),
        ("not-well-formed/log-before-xml.xml", "27 bytes of other text before the report"),
        ("not-well-formed/duplicate-attribute.xml", "two names"),
        ("doctype/billion-laughs.xml", "entities are not resolved"),
        ("values/durations.xml", "such as `NaN`"),
        ("values/dates.xml", "such as `99999-01-01T00:00:00`"),
        ("json/tests-is-object.json", "`tests` is not a list"),
        ("json/duplicate-keys.json", "duplicate key `tests`"),
        ("json/junk-after.json", "12 bytes of other text after the report"),
    ] {
        let bytes = std::fs::read(folder("fixtures/bad").join(path)).unwrap();
        let notes = import(path, &bytes).batch.notes;
        assert!(notes.iter().any(|note| note.text.contains(words)), "{path}: {notes:?}");
    }
}

/// A compressed file may contain results, so it is unreadable; other files are not results.
#[test]
fn files_without_results_are_described() {
    for (bytes, status, words) in [
        (&b"\x1F\x8B\x08\x00"[..], FileStatus::Unreadable, "a gzip archive: unpack it"),
        (b"PK\x03\x04\x14\x00", FileStatus::Unreadable, "a zip archive: unpack it"),
        (b"BZh91AY&SY", FileStatus::Unreadable, "a compressed file: unpack it"),
        (b"\xFD7zXZ\x00", FileStatus::Unreadable, "a compressed file: unpack it"),
        (b"\x28\xB5\x2F\xFD", FileStatus::Unreadable, "a compressed file: unpack it"),
        (b"\xFF\xD8\xFF\xE0", FileStatus::NoResults, "an image"),
        (b"\x7FELF\x01\x01", FileStatus::NoResults, "firmware (ELF)"),
        (b"\x80\x04\x95\x00", FileStatus::NoResults, "a Python pickle"),
    ] {
        let imported = import("results.xml", bytes);
        assert_eq!(imported.status, status);
        let text = &imported.batch.notes[0].text;
        assert!(text.contains(words), "{text}");
    }
}

/// A good file keeps its results, its DUT and its notes, whatever files are beside it.
#[test]
fn a_bad_file_does_not_affect_a_good_one() {
    let good = std::fs::read(folder("fixtures/multi/version-folder/1.4.0/board_b.xml")).unwrap();
    let name = "1.4.0/board_b.xml";
    let alone = report_of(&mut Dropped::new([(name, &good[..])]), name);
    for (path, bytes) in tree(&folder("fixtures/bad")) {
        let beside = format!("1.4.0/{}", path.rsplit('/').next().unwrap());
        let mut dropped = Dropped::new([(&*beside, &bytes[..]), (name, &good)]);
        assert_eq!(report_of(&mut dropped, name), alone, "beside {path}");
        dropped.check_sums();
    }
}

/// Reports only the last file: its record and its session.
fn report_of(dropped: &mut Dropped, path: &str) -> String {
    let data = dropped.data();
    let file = FileId::from(data.files.len() - 1);
    let record = data.file(file);
    assert_eq!(record.path, path);
    let parts = &record.parts;
    let session = data.history.session(data.history.session_of[parts[0].index()].unwrap());
    format!(
        "{:?} {} {:?} {:?} {:?} {:?}",
        record.status, record.results, record.notes, session.identity, session.counts, session.started
    )
}

/// Invalid bytes are shown as U+FFFD everywhere, and nowhere as the byte that represents them
/// internally.
#[test]
fn invalid_bytes_in_every_place() {
    let report = b"<testsuites><testsuite name=\"s\xFF\"><properties><property name=\"p\xFF\" value=\"v\xFF\"/>\
        <property name=\"dut\">D\xFF</property></properties><testcase name=\"n\xFF\" classname=\"c\xFF\" status=\"w\xFF\">\
        <failure>t\xFF</failure></testcase><testcase name=\"o\"><error message=\"m\xFF\"/></testcase></testsuite></testsuites>";
    let json = b"[{\"dut\": \"D\xFF\", \"k\xFF\": \"v\xFF\", \"tests\": [{\"name\": \"n\xFF\", \"status\": \"w\xFF\", \"message\": \"m\xFF\"}]}]";
    for bytes in [&report[..], json] {
        let mut dropped = Dropped::new([("results", bytes)]);
        let said = dropped.report() + &format!("{:?}", dropped.pages());
        assert!(!said.contains("u{1a}"), "{said}");
        let summary = dropped.export(passgrid::export::Export::SummaryJson);
        assert!(!summary.contains("u001a"), "{summary}");
        assert!(summary.contains("D\u{FFFD}"), "{summary}");
        assert!(dropped.data().results.len() == if bytes == report { 2 } else { 1 });
    }
}

/// A session has a start only if the text is a valid date.
#[test]
fn dates() {
    for (text, expected) in [
        ("99999-01-01T00:00:00", None),
        ("-0001-01-01T00:00:00", None),
        ("0000-00-00T00:00:00", None),
        ("0001-01-01T00:00:00Z", None),
        ("yesterday", None),
        ("", None),
        ("2024-02-30T12:00:00", None),
        ("2023-02-29T12:00:00Z", None),
        ("2024-13-01T00:00:00", None),
        ("Sat, 21 Nov 2026 05:23:25 GMT", Some("2026-11-21T05:23:25Z")),
        ("2026-11-20", Some("2026-11-20T00:00:00")),
        ("2024-01-03T 12:40:13", Some("2024-01-03T12:40:13")),
        ("2026-11-20 21:00:00", Some("2026-11-20T21:00:00")),
        ("2026-11-20T21:00:00,123", Some("2026-11-20T21:00:00.123")),
        ("2026-11-20T21:00:00.123456789+01:00", Some("2026-11-20T21:00:00.123+01:00")),
        ("2026-11-20T21:00:00+0100", Some("2026-11-20T21:00:00+01:00")),
        ("20261120T210000Z", Some("2026-11-20T21:00:00Z")),
        ("2026-11-20_21-00-00-CET", None),
        ("2026-11-20T25:61:61", None),
        ("1795208400", Some("2026-11-20T21:00:00Z")),
        ("11/20/2026 9:00:00 PM", None),
        ("20.11.2026 21:00", Some("2026-11-20T21:00:00")),
        ("2026-11-20T21:00:00+99:99", None),
        ("٢٠٢٦-١١-٢٠T21:00:00", None),
    ] {
        let report = format!("<testsuite timestamp=\"{text}\"><testcase name=\"t\"/></testsuite>");
        let imported = import("results.xml", report.as_bytes());
        let started = imported.batch.sessions[0].started.map(|started| started.iso());
        assert_eq!(started.as_deref(), expected, "{text}");
        let is_noted = imported.batch.notes.iter().any(|note| note.text.contains("invalid timestamp"));
        assert_eq!(is_noted, expected.is_none() && !text.is_empty(), "{text}");
    }
}
