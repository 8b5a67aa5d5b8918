//! What each fixture gives, and that this depends on nothing but its content.

use crate::Dropped;
use crate::dropped::{assert_same, folder, import, import_in_pieces, padded, tree};
use crate::exports::{check_csv, check_round_trip, check_schema};
use passgrid::import::{Imported, Role};
use passgrid::model::Outcome;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Checks every fixture below a folder of `fixtures/`, and what they give
/// against one snapshot per folder of theirs.
#[track_caller]
fn check_all(root: &str) {
    let mut reports: BTreeMap<String, String> = BTreeMap::new();
    let mut failed = Vec::new();
    for (path, bytes) in tree(&folder("fixtures").join(root)) {
        if path.ends_with(".md") {
            continue;
        }
        let (inner, name) = path.rsplit_once('/').unwrap_or(("", &path));
        let fixture = format!("{root}/{path}");
        // One test per fixture would be a list to keep; so that one that fails
        // does not hide the next, all of them are tried.
        match catch_unwind(|| check(&fixture, name, &bytes)) {
            Ok(report) => {
                let snapshot = format!("{root}/{inner}").trim_end_matches('/').replace('/', "__");
                let reports = reports.entry(snapshot).or_default();
                write!(reports, "{}{report}", if reports.is_empty() { "" } else { "\n\n" }).unwrap();
            }
            Err(_) => failed.push(fixture),
        }
    }
    assert!(failed.is_empty(), "see above for {}", failed.join(", "));
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let _settings = settings.bind_to_scope();
    for (name, report) in &reports {
        let check = || insta::assert_snapshot!(name.as_str(), report.as_str());
        if catch_unwind(AssertUnwindSafe(check)).is_err() {
            failed.push(name.clone());
        }
    }
    assert!(failed.is_empty(), "the snapshots of {} differ", failed.join(", "));
}

/// Checks one fixture in every way that holds for all of them, and gives what
/// people see of it.
fn check(fixture: &str, name: &str, bytes: &[u8]) -> String {
    let mut dropped = Dropped::new([(name, bytes)]);
    let report = dropped.report();
    dropped.check_sums();
    check_elements(fixture, &import(name, bytes));
    check_results(fixture, &mut dropped);
    check_name_is_no_evidence(fixture, bytes);
    check_pieces(fixture, bytes);
    check_transfer(fixture, bytes, &report);
    dropped.pages();
    check_schema(&mut dropped);
    check_csv(&mut dropped);
    check_round_trip(&mut dropped);
    report
}

/// The content decides: under a name that says nothing, and a wrong one, all
/// but the path and what was concluded from it is the same.
fn check_name_is_no_evidence(fixture: &str, bytes: &[u8]) {
    let [plain, wrong, none] = ["x.xml", "x.json", "x"].map(|name| {
        let imported = import(name, bytes);
        format!("{:?} {:?} {:?}", imported.format, imported.status, imported.batch)
    });
    assert_eq!(plain, wrong, "{fixture}");
    assert_eq!(plain, none, "{fixture}");
}

/// Pieces of any size give what the whole gives: results, notes, places.
fn check_pieces(fixture: &str, bytes: &[u8]) {
    let whole = format!("{:?}", import("x", bytes));
    for size in [1, 7, 4096] {
        let pieces = format!("{:?}", import_in_pieces("x", bytes, 0, size));
        assert_same(&whole, &pieces, &format!("{fixture} in pieces of {size}"));
    }
    // Detection waits for the first 64 KiB. To see importers work piece by
    // piece, there must be that much before their first piece.
    let Some((padded, first)) = padded(bytes) else {
        return;
    };
    let whole = format!("{:?}", import("x", &padded));
    for size in [1, 7, 4096] {
        let pieces = format!("{:?}", import_in_pieces("x", &padded, first, size));
        assert_same(&whole, &pieces, &format!("{fixture}, padded, in pieces of {size}"));
    }
}

/// A batch that went from one thread to another is the same batch.
fn check_transfer(fixture: &str, bytes: &[u8], report: &str) {
    let (_, name) = fixture.rsplit_once('/').unwrap();
    let sent = passgrid::engine::encode(&import(name, bytes));
    let received: Imported = passgrid::engine::decode(&sent).unwrap();
    let mut dropped = Dropped::default();
    dropped.ingest(received, bytes);
    assert_same(report, &dropped.report(), fixture);
}

#[test]
fn junit() {
    check_all("junit");
}

#[test]
fn pytest_json_report() {
    check_all("pytest-json-report");
}

#[test]
fn octoprobe() {
    check_all("octoprobe");
}

#[test]
fn micropython() {
    check_all("micropython");
}

#[test]
fn twister() {
    check_all("twister");
}

#[test]
fn avocado() {
    check_all("avocado");
}

#[test]
fn kirk() {
    check_all("kirk");
}

#[test]
fn kunit() {
    check_all("kunit");
}

#[test]
fn lava() {
    check_all("lava");
}

#[test]
fn openhtf() {
    check_all("openhtf");
}

#[test]
fn squad() {
    check_all("squad");
}

#[test]
fn yocto() {
    check_all("yocto");
}

#[test]
fn dotnet() {
    check_all("dotnet");
}

#[test]
fn robot() {
    check_all("robot");
}

#[test]
fn xml_of_runners() {
    for folder in ["nunit", "ctest", "open-test-reporting"] {
        check_all(folder);
    }
}

#[test]
fn pytest_oof() {
    check_all("pytest-oof");
}

#[test]
fn pytest_reportlog() {
    check_all("pytest-reportlog");
}

#[test]
fn pytest_recap() {
    check_all("pytest-recap");
}

#[test]
fn pytest_tally() {
    check_all("pytest-tally");
}

#[test]
fn pytest_html() {
    check_all("pytest-html");
}

#[test]
fn allure() {
    check_all("allure");
}

#[test]
fn ctrf() {
    check_all("ctrf");
}

#[test]
fn cucumber() {
    check_all("cucumber");
}

#[test]
fn rspec() {
    check_all("rspec");
}

#[test]
fn gtest() {
    check_all("gtest");
}

#[test]
fn jest() {
    check_all("jest");
}

#[test]
fn mocha() {
    check_all("mocha");
}

#[test]
fn playwright() {
    check_all("playwright");
}

#[test]
fn go_test() {
    check_all("go-test");
}

#[test]
fn tap() {
    check_all("tap");
}

#[test]
fn ktap() {
    check_all("ktap");
}

#[test]
fn subunit() {
    check_all("subunit");
}

#[test]
fn libtest() {
    check_all("libtest");
}

#[test]
fn dart_test() {
    check_all("dart-test");
}

#[test]
fn csv() {
    check_all("csv");
}

#[test]
fn brief() {
    check_all("brief");
}

#[test]
fn multi() {
    check_all("multi");
}

#[test]
fn bad() {
    check_all("bad");
}

/// A folder of fixtures that no test reads would be worth nothing.
#[test]
fn every_folder_is_checked() {
    let mut folders: Vec<String> = std::fs::read_dir(folder("fixtures"))
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().into_string().unwrap())
        .filter(|name| name != "_generators")
        .collect();
    folders.sort();
    assert_eq!(
        folders,
        [
            "allure",
            "archives",
            "avocado",
            "bad",
            "brief",
            "csv",
            "ctest",
            "ctrf",
            "cucumber",
            "dart-test",
            "demo",
            "dotnet",
            "go-test",
            "gtest",
            "jest",
            "junit",
            "kirk",
            "ktap",
            "kunit",
            "lava",
            "libtest",
            "micropython",
            "mocha",
            "multi",
            "nunit",
            "octoprobe",
            "open-test-reporting",
            "openhtf",
            "playwright",
            "pytest-html",
            "pytest-json-report",
            "pytest-oof",
            "pytest-recap",
            "pytest-reportlog",
            "pytest-tally",
            "robot",
            "rspec",
            "squad",
            "subunit",
            "tap",
            "twister",
            "yocto",
        ]
    );
}

/// A line of `EXPECTED.tsv`: what other parsers counted.
struct Expected {
    elements: String,
    by_child: [String; 4],
    note: String,
}

fn expected(fixture: &str) -> Option<Expected> {
    let table = std::fs::read_to_string(folder("fixtures/EXPECTED.tsv")).unwrap();
    let line = table.lines().find(|line| line.split('\t').next() == Some(fixture))?;
    let mut cells = line.split('\t').skip(1).map(str::to_owned);
    let mut cell = || cells.next().unwrap_or_default();
    Some(Expected { elements: cell(), by_child: [cell(), cell(), cell(), cell()], note: cell() })
}

/// Where the table tells what rows come to by the rules for attempts, the
/// results are that.
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

/// Python keeps the last of two lists with one key, we keep both; and where a
/// case has no child, an attribute may tell what other parsers leave out.
const COUNTED_OTHERWISE: [&str; 2] = ["brief/duplicate-keys.json", "junit/shapes/status-attributes.xml"];

/// Entries are the elements that other parsers counted, with the children and
/// words that those saw.
fn check_elements(fixture: &str, imported: &Imported) {
    let expected = expected(fixture).unwrap_or_else(|| panic!("{fixture} is not in EXPECTED.tsv"));
    // Of a file that is broken, an importer may keep more than a strict parser
    // sees; what it keeps is in its snapshot.
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
            if native.starts_with("suite ") {
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
