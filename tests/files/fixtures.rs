//! Checks the results of each fixture, and that they depend only on its content.

use crate::dropped::{assert_same, folder, import, import_in_pieces, padded, tree};
use crate::exports::{check_csv, check_page, check_read_back, check_round_trip, check_schema};
use crate::{Dropped, trial_of_files};
use libtest_mimic::{Failed, Trial};
use passgrid::import::{ALL, Imported, Role, Row};
use passgrid::model::{Encoding, FileStatus, Outcome};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::LazyLock;

/// A fixture.
pub struct File {
    /// Path below `fixtures/`.
    pub path: String,
    pub bytes: Vec<u8>,
}

/// Folders whose files have separate tests: archives, and many reports of one kind. Names that begin
/// with `_` are not fixtures.
const OTHERS: [&str; 2] = ["archives/", "demo/"];

/// Finds all fixtures, by their folder.
pub fn folders() -> BTreeMap<String, Vec<File>> {
    let mut folders: BTreeMap<String, Vec<File>> = BTreeMap::new();
    for (path, bytes) in tree(&folder("fixtures")) {
        let is_other = path.starts_with('_') || OTHERS.iter().any(|other| path.starts_with(other));
        if is_other || path.ends_with(".md") {
            continue;
        }
        let Some((folder, _)) = path.rsplit_once('/') else { continue };
        folders.entry(folder.to_owned()).or_default().push(File { bytes, path });
    }
    folders
}

/// Returns a test per folder of fixtures.
pub fn trials() -> Vec<Trial> {
    let folders = folders();
    let snapshots: BTreeSet<String> = folders.keys().map(|folder| snapshot_name(folder)).collect();
    let mut trials: Vec<Trial> = folders
        .into_iter()
        .map(|(folder, files)| {
            Trial::test(format!("fixtures/{folder}"), move || check_folder(&folder, &files))
        })
        .collect();
    trials.extend(self::folders().into_iter().map(|(folder, files)| {
        trial_of_files(format!("read_back/{folder}"), files, |file| {
            let (_, name) = file.path.rsplit_once('/').unwrap();
            check_read_back(&mut Dropped::new([(name, file.bytes.as_slice())]));
        })
    }));
    trials.push(Trial::test("fixtures/every_snapshot_has_fixtures", move || {
        for (name, _) in tree(&folder("tests/files/snapshots")) {
            let known = name.strip_suffix(".snap").is_none_or(|name| snapshots.contains(name));
            assert!(known, "tests/files/snapshots/{name} has no fixtures");
        }
        Ok(())
    }));
    trials
}

fn snapshot_name(folder: &str) -> String {
    folder.replace('/', "__")
}

/// Checks every fixture of a folder, and compares their results with the folder's snapshot.
fn check_folder(folder: &str, files: &[File]) -> Result<(), Failed> {
    let mut reports = Vec::new();
    let mut failed = Vec::new();
    for file in files {
        let (_, name) = file.path.rsplit_once('/').unwrap();
        // All are checked, so that one failure does not hide another.
        match catch_unwind(|| check(&file.path, name, &file.bytes)) {
            Ok(report) => reports.push(report),
            Err(_) => failed.push(file.path.as_str()),
        }
    }
    if !failed.is_empty() {
        return Err(format!("see above for {}", failed.join(", ")).into());
    }
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let _settings = settings.bind_to_scope();
    let compare = || insta::assert_snapshot!(snapshot_name(folder), reports.join("\n\n"));
    catch_unwind(AssertUnwindSafe(compare)).map_err(|_| Failed::from("the snapshot differs"))
}

/// Runs all general checks on one fixture, and returns what people see of it.
fn check(fixture: &str, name: &str, bytes: &[u8]) -> String {
    let mut dropped = Dropped::new([(name, bytes)]);
    let report = dropped.report();
    dropped.check_sums();
    check_elements(fixture, &import(name, bytes));
    check_results(fixture, &mut dropped);
    check_other_names(fixture, bytes);
    check_pieces(fixture, bytes);
    check_other_text(fixture, bytes);
    check_lenient_json(fixture, bytes);
    check_transfer(fixture, bytes, &report);
    dropped.pages();
    check_schema(&mut dropped);
    check_csv(&mut dropped);
    check_page(&mut dropped);
    check_round_trip(&mut dropped);
    report
}

/// The content decides: under a meaningless or wrong name, everything is the same except the path
/// and what is derived from it.
fn check_other_names(fixture: &str, bytes: &[u8]) {
    let [plain, wrong, none] = ["x.xml", "x.json", "x"].map(|name| {
        let imported = import(name, bytes);
        format!("{:?} {:?} {:?}", imported.format, imported.status, imported.batch)
    });
    assert_eq!(plain, wrong, "{fixture}");
    assert_eq!(plain, none, "{fixture}");
}

/// Pieces of any size give the same results, notes and places as the whole.
fn check_pieces(fixture: &str, bytes: &[u8]) {
    let whole = format!("{:?}", import("x", bytes));
    for size in [1, 7, 4096] {
        let pieces = format!("{:?}", import_in_pieces("x", bytes, 0, size));
        assert_same(&whole, &pieces, &format!("{fixture} in pieces of {size}"));
    }
    // Detection waits for the first 64 KiB. To test importers piece by piece, that much must come
    // first.
    let Some((padded, first)) = padded(bytes) else {
        return;
    };
    let whole = format!("{:?}", import("x", &padded));
    for size in [1, 7, 4096] {
        let pieces = format!("{:?}", import_in_pieces("x", &padded, first, size));
        assert_same(&whole, &pieces, &format!("{fixture}, padded, in pieces of {size}"));
    }
}

/// What entries a file has.
fn entries(imported: &Imported) -> Vec<String> {
    let batch = &imported.batch;
    let entry = |row: &Row| format!("{} {:?} {:?}", batch.get(row.name), row.outcome, row.role);
    batch.rows.iter().map(entry).collect()
}

/// Text that is not part of a report, such as the log of the bench that ran the tests.
const OTHER_TEXT: &str = "U-Boot 2026.01\nStarting kernel ...\r\n[    0.000000] Booting Linux\n[INFO] \u{1b}[1mx: y\u{1b}[0m\n{\"level\": \"info\"}\n";

/// Fixtures that are not found behind other text: rows with more fields than the header, and line
/// breaks in strings of JSON, look like other text.
const NOT_BEHIND_TEXT: [&str; 2] = ["csv/shapes/bench.csv", "bad/encoding/raw-newline-in-string.json"];

/// A report has the same entries with other text before and behind it.
fn check_other_text(fixture: &str, bytes: &[u8]) {
    let alone = import("x", bytes);
    let is_text = alone.encoding == Encoding::Utf8 && !alone.format.ends_with("oof");
    if !is_text || alone.status != FileStatus::Read || alone.batch.is_empty() {
        return;
    }
    if !ALL.general.contains(&alone.format.as_str()) && !NOT_BEHIND_TEXT.contains(&fixture) {
        let behind = import("x", &[OTHER_TEXT.as_bytes(), bytes].concat());
        assert_eq!(behind.format, alone.format, "{fixture} behind other text");
        assert_eq!(entries(&behind), entries(&alone), "{fixture} behind other text");
    }
    let before = import("x", &[bytes, b"\n", OTHER_TEXT.as_bytes()].concat());
    assert_eq!(before.format, alone.format, "{fixture} before other text");
    assert_eq!(before.status, alone.status, "{fixture} before other text: {:?}", before.batch.notes);
    assert_eq!(entries(&before), entries(&alone), "{fixture} before other text");
}

/// JSON with comments and trailing commas has the same entries, and a note for each of the two.
fn check_lenient_json(fixture: &str, bytes: &[u8]) {
    let alone = import("x", bytes);
    let Some(text) =
        std::str::from_utf8(bytes).ok().filter(|text| serde_json::from_str::<Value>(text).is_ok())
    else {
        return;
    };
    if alone.status != FileStatus::Read || alone.batch.is_empty() {
        return;
    }
    let lenient = import("x", with_comments_and_commas(text).as_bytes());
    assert_eq!(lenient.format, alone.format, "{fixture} with comments");
    assert_eq!(entries(&lenient), entries(&alone), "{fixture} with comments");
    let notes: Vec<&str> = lenient.batch.notes.iter().map(|note| note.text.as_str()).collect();
    for what in ["comments", "trailing commas"] {
        let note = format!("not strict JSON, but read: {what}");
        let is_same = |text: &&&str| **text == note;
        assert_eq!(notes.iter().filter(is_same).count(), 1, "{fixture}: {what} in {notes:?}");
    }
}

/// Adds a comment to each object, and a comma to the end of each object and list.
fn with_comments_and_commas(text: &str) -> String {
    let mut lenient = "// a comment\n".to_owned();
    let (mut is_in_string, mut is_escaped, mut last) = (false, false, ' ');
    for c in text.chars() {
        if matches!(c, '}' | ']') && !is_in_string && !matches!(last, '{' | '[') {
            lenient += ", /* } */ ";
        }
        lenient.push(c);
        if c == '{' && !is_in_string {
            lenient += " // {\"x\"\n";
        }
        if c == '"' && !is_escaped {
            is_in_string = !is_in_string;
        }
        is_escaped = is_in_string && c == '\\' && !is_escaped;
        if !c.is_whitespace() {
            last = c;
        }
    }
    lenient
}

/// A batch is unchanged after it was sent from one thread to another.
fn check_transfer(fixture: &str, bytes: &[u8], report: &str) {
    let (_, name) = fixture.rsplit_once('/').unwrap();
    let sent = passgrid::engine::encode(&import(name, bytes));
    let received: Imported = passgrid::engine::decode(&sent).unwrap();
    let mut dropped = Dropped::default();
    dropped.ingest(received, bytes);
    assert_same(report, &dropped.report(), fixture);
}

/// A line of `EXPECTED.tsv`: what other parsers counted.
struct Expected {
    elements: String,
    by_child: [String; 4],
    note: String,
}

static EXPECTED: LazyLock<String> =
    LazyLock::new(|| std::fs::read_to_string(folder("fixtures/EXPECTED.tsv")).unwrap());

fn expected(fixture: &str) -> Option<Expected> {
    let line = EXPECTED.lines().find(|line| line.split('\t').next() == Some(fixture))?;
    let mut cells = line.split('\t').skip(1).map(str::to_owned);
    let mut cell = || cells.next().unwrap_or_default();
    Some(Expected { elements: cell(), by_child: [cell(), cell(), cell(), cell()], note: cell() })
}

/// Checks the results after combining attempts, if the table has them.
fn check_results(fixture: &str, dropped: &mut Dropped) {
    let expected = expected(fixture).map(|expected| expected.note).unwrap_or_default();
    let Some((_, words)) = expected.split_once("results: ") else {
        return;
    };
    let mut words: Vec<&str> = words.split("; ").next().unwrap_or("").split(' ').collect();
    words.sort_unstable();
    let sessions = &dropped.data().history.sessions;
    let count = |outcome: Outcome| sessions.iter().map(|session| session.counts.of(outcome)).sum::<u32>();
    let counts = Outcome::ALL.into_iter().map(|outcome| (outcome.key(), count(outcome)));
    let mut found: Vec<String> =
        counts.filter(|(_, count)| *count > 0).map(|(key, count)| format!("{key}={count}")).collect();
    found.sort_unstable();
    assert_eq!(found, words, "{fixture}");
}

/// Files that are counted differently: of two lists with one key, Python keeps the last and we keep
/// both; and in a case without a child, we use an attribute that other parsers ignore.
const COUNTED_OTHERWISE: [&str; 2] = ["brief/duplicate-keys.json", "junit/shapes/status-attributes.xml"];

/// Compares entries with the elements, children and words that other parsers counted.
fn check_elements(fixture: &str, imported: &Imported) {
    let expected = expected(fixture).unwrap_or_else(|| panic!("{fixture} is not in EXPECTED.tsv"));
    // An importer may keep more of a broken file than a strict parser; its snapshot shows what it
    // keeps.
    let is_broken = ["not well-formed", "not JSON", "no report", "root <"]
        .iter()
        .any(|sign| expected.note.starts_with(sign));
    if is_broken || expected.elements == "-" || COUNTED_OTHERWISE.contains(&fixture) {
        return;
    }
    let batch = &imported.batch;
    let rows = batch.rows.iter();
    if imported.format == "junit" && expected.by_child[0] != "-" {
        let mut by_child = [0_u32; 4];
        for row in rows.filter(|row| row.role != Role::Earlier) {
            let native = batch.native_word(row.native);
            if native.starts_with("suite ") || native.starts_with("rerun") {
                continue;
            }
            let has_child = |name: &str| {
                native == name || native.strip_prefix(name).is_some_and(|rest| rest.starts_with(' '))
            };
            let child = match row.outcome {
                Outcome::XPassed => 2,
                // CTest's `skipped` may be an error.
                Outcome::Error if has_child("error") || has_child("skipped") => 2,
                Outcome::Failed if has_child("failure") => 1,
                Outcome::Skipped | Outcome::XFailed | Outcome::NotRun if has_child("skipped") => 3,
                _ => 0,
            };
            by_child[child] += 1;
        }
        assert_eq!(by_child.map(|count| count.to_string()), expected.by_child, "{fixture}");
        return;
    }
    if expected.note == "lines of tests" {
        assert_eq!(batch.len().to_string(), expected.elements, "{fixture}");
        return;
    }
    // For JSON the words are in the note.
    let Some((_, words)) = expected.note.split_once("outcomes: ").or(expected.note.split_once("statuses: "))
    else {
        return;
    };
    let (words, collectors) = words.split_once("; failed collectors=").unwrap_or((words, "0"));
    let mut found: BTreeMap<&str, u32> = BTreeMap::new();
    let mut failed_collectors = 0;
    for row in rows.filter(|row| row.role == Role::Verdict) {
        match batch.native_word(row.native) {
            "collection failed" => failed_collectors += 1,
            word => *found.entry(word).or_default() += 1,
        }
    }
    assert_eq!(failed_collectors.to_string(), collectors, "{fixture}");
    let is_plain = !words.contains(['\'', '<', '(', '"']);
    if is_plain && words != "none" {
        let found: Vec<String> = found.iter().map(|(word, count)| format!("{word}={count}")).collect();
        let mut words: Vec<&str> = words.split(' ').collect();
        words.sort_unstable();
        assert_eq!(found, words, "{fixture}");
    }
}
