//! Many files: which DUT, build and session each belongs to, alone and together, in any order, and
//! with overrides.

use crate::Dropped;
use crate::dropped::{folder, import, tree};
use crate::exports::summary;
use passgrid::analyze::{GridQuery, GridWindow, Overview};
use passgrid::engine::{Assign, GetGrid, GetOverview};
use passgrid::model::{Dataset, FileId, FileRecord, IdentityField, PartId, SessionId, Source};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// The files of a folder of `fixtures/multi`, by path below it.
fn files(name: &str) -> Vec<(String, Vec<u8>)> {
    tree(&folder("fixtures/multi").join(name))
}

fn drop_all(files: &[(String, Vec<u8>)]) -> Dropped {
    Dropped::new(files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice())))
}

/// `dut build` of each file; `?` marks a guess.
fn identities(data: &Dataset) -> Vec<(String, String)> {
    let line = |file: &FileRecord| {
        let identity = &data.history.identities[file.parts[0].index()];
        let doubt = if identity.dut.evidence.doubtful { "?" } else { "" };
        let build = identity.build.as_ref().map_or("–", |build| build.value.as_str());
        (file.path.clone(), format!("{}{doubt} {build}", identity.dut.value))
    };
    data.files.iter().map(line).collect()
}

fn check(files: &[(String, Vec<u8>)], expected: &[(&str, &str)], duts: usize, sessions: usize) {
    let mut dropped = drop_all(files);
    dropped.check_sums();
    let data = dropped.data();
    let expected: Vec<_> =
        expected.iter().map(|&(path, identity)| (path.to_owned(), identity.to_owned())).collect();
    assert_eq!(identities(data), expected);
    assert_eq!((data.history.duts.len(), data.history.sessions.len()), (duts, sessions));
}

#[test]
fn a_folder_per_version() {
    let expected = [
        ("1.4.0/board_a.xml", "board_a 1.4.0"),
        ("1.4.0/board_b.xml", "board_b 1.4.0"),
        ("1.4.0/board_c.xml", "board_c 1.4.0"),
        ("1.5.0/board_a.xml", "board_a 1.5.0"),
        ("1.5.0/board_b.xml", "board_b 1.5.0"),
        ("1.5.0/board_c.xml", "board_c 1.5.0"),
    ];
    check(&files("version-folder"), &expected, 3, 6);
}

#[test]
fn a_folder_per_dut() {
    let expected = [
        ("board_a/1.4.0/junit.xml", "board_a 1.4.0"),
        ("board_a/1.5.0/junit.xml", "board_a 1.5.0"),
        ("board_b/1.4.0/junit.xml", "board_b 1.4.0"),
        ("board_b/1.5.0/junit.xml", "board_b 1.5.0"),
    ];
    check(&files("dut-folder"), &expected, 2, 4);
}

#[test]
fn a_file_per_dut() {
    let expected = [
        ("junit-board_a.xml", "board_a –"),
        ("junit-board_b.xml", "board_b –"),
        ("junit-board_c.xml", "board_c –"),
    ];
    check(&files("flat"), &expected, 3, 3);
    let expected = [
        ("DUT_A_report.json", "DUT_A –"),
        ("DUT_B_report.json", "DUT_B –"),
        ("DUT_C_report.json", "DUT_C –"),
    ];
    check(&files("suffix"), &expected, 3, 3);
    let expected =
        [("junit-py310.xml", "py310? –"), ("junit-py313.xml", "py313? –"), ("junit-py38.xml", "py38? –")];
    check(&files("tox"), &expected, 3, 3);
}

#[test]
fn a_folder_per_night() {
    let files: Vec<_> =
        files("nightly").into_iter().map(|(path, bytes)| (format!("nightly/{path}"), bytes)).collect();
    let expected = [
        ("nightly/2026-11-20/board_a/results.xml", "board_a 2026-11-20"),
        ("nightly/2026-11-20/board_b/results.xml", "board_b 2026-11-20"),
        ("nightly/2026-11-21/board_a/results.xml", "board_a 2026-11-21"),
        ("nightly/2026-11-21/board_b/results.xml", "board_b 2026-11-21"),
    ];
    check(&files, &expected, 2, 4);
}

/// Surefire writes a file per class: all files of a folder are one run.
#[test]
fn many_files_of_surefire_are_one_session() {
    let mut dropped = drop_all(&files("surefire"));
    dropped.check_sums();
    let data = dropped.data();
    assert_eq!((data.files.len(), data.history.duts.len(), data.history.sessions.len()), (6, 2, 2));
    for session in &data.history.sessions {
        assert_eq!(session.parts.len(), 3);
        assert_eq!(session.identity.dut.evidence.source, Source::Property);
        assert_eq!(session.counts.results(), 9);
        assert_eq!(session.id, data.history.dut(session.dut).name, "the folder names the session");
    }
    // Without their folder, the property still names the DUT.
    for (path, bytes) in files("surefire") {
        let mut dropped = Dropped::new([(path.rsplit('/').next().unwrap(), bytes.as_slice())]);
        assert_eq!(dropped.data().history.duts[0].name, path.split('/').next().unwrap());
    }
}

/// Usual paths, each with results of the board in its path.
fn usual() -> Vec<(String, Vec<u8>)> {
    [
        ("1.4.0/board_a.xml", "version-folder/1.4.0/board_a.xml"),
        ("board_a/1.4.0/junit.xml", "dut-folder/board_a/1.4.0/junit.xml"),
        ("junit-board_a.xml", "flat/junit-board_a.xml"),
        ("DUT_A_report.json", "suffix/DUT_A_report.json"),
        ("nightly/2026-11-20/board_a/results.xml", "nightly/2026-11-20/board_a/results.xml"),
    ]
    .map(|(path, fixture)| (path.to_owned(), std::fs::read(folder("fixtures/multi").join(fixture)).unwrap()))
    .to_vec()
}

const USUAL: [(&str, &str); 5] = [
    ("1.4.0/board_a.xml", "board_a 1.4.0"),
    ("board_a/1.4.0/junit.xml", "board_a 1.4.0"),
    ("junit-board_a.xml", "board_a –"),
    ("DUT_A_report.json", "DUT_A –"),
    ("nightly/2026-11-20/board_a/results.xml", "board_a 2026-11-20"),
];

#[test]
fn the_usual_paths_alone() {
    for (file, expected) in usual().iter().zip(USUAL) {
        check(std::slice::from_ref(file), &[expected], 1, 1);
    }
}

#[test]
fn the_usual_paths_together() {
    check(&usual(), &USUAL, 2, 5);
}

/// JUnit and json-report of the same tests fill the same rows.
#[test]
fn formats_share_their_tests() {
    let junit = files("flat");
    let json = files("suffix");
    let mut dropped = drop_all(&[&junit[1..2], &json[1..2]].concat());
    let data = dropped.data();
    assert_eq!(data.history.duts.len(), 2);
    assert_eq!(data.files[0].format, "junit");
    assert_eq!(data.files[1].format, "pytest-json-report");
    let tests = |session: usize| -> BTreeSet<&str> {
        let results = data.results_of(SessionId::from(session));
        results.map(|result| data.tests.name(data.test_of(result))).collect()
    };
    // One firmware has a test that the other one lacks.
    let (junit, json) = (tests(0), tests(1));
    assert_eq!(json.difference(&junit).collect::<Vec<_>>(), [&"test_gone_in_1_5"]);
    assert_eq!(junit.difference(&json).collect::<Vec<_>>(), [&"test_new_in_1_5"]);
    assert_eq!(data.tests.len(), 14);
}

fn overview(dropped: &mut Dropped) -> Overview {
    dropped.engine.ask(GetOverview)
}

fn grid(dropped: &mut Dropped) -> GridWindow {
    let query = GridQuery { is_grouped: true, ..GridQuery::default() };
    dropped.engine.ask(GetGrid { query, folded: Vec::new(), from: 0, count: u32::MAX })
}

/// All of `fixtures/multi` except copies, read once.
static ALL: LazyLock<Vec<(String, Vec<u8>)>> = LazyLock::new(|| {
    let mut seen = BTreeSet::new();
    let mut files = tree(&folder("fixtures/multi"));
    files.retain(|(_, bytes)| seen.insert(bytes.clone()));
    files
});

fn ingest_all(files: &[(String, Vec<u8>)]) -> Dropped {
    let mut dropped = Dropped::default();
    for (path, bytes) in files {
        dropped.ingest(import(path, bytes), bytes);
    }
    dropped
}

static IN_ORDER: LazyLock<(Overview, GridWindow)> = LazyLock::new(|| {
    let mut dropped = ingest_all(&ALL);
    (overview(&mut dropped), grid(&mut dropped))
});

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_dropping_does_not_matter(files in Just(ALL.clone()).prop_shuffle()) {
        let mut dropped = ingest_all(&files);
        let (overview_in_order, grid_in_order) = &*IN_ORDER;
        prop_assert_eq!(&overview(&mut dropped), overview_in_order);
        prop_assert_eq!(&grid(&mut dropped), grid_in_order);
    }
}

/// Questions between drops change nothing, either.
#[test]
fn questions_in_between_change_nothing() {
    let mut dropped = Dropped::default();
    for (path, bytes) in ALL.iter() {
        dropped.add(path, bytes);
        overview(&mut dropped);
        grid(&mut dropped);
    }
    assert_eq!(overview(&mut dropped), IN_ORDER.0);
    assert_eq!(grid(&mut dropped), IN_ORDER.1);
}

#[test]
fn the_same_content_counts_once() {
    let files = files("flat");
    let mut dropped = drop_all(&files);
    let before = overview(&mut dropped);
    for (path, bytes) in &files {
        dropped.add(&format!("copy/of/{path}"), bytes);
    }
    dropped.check_sums();
    let after = overview(&mut dropped);
    assert_eq!(after.all, before.all);
    assert_eq!((after.duts, after.problems.duplicates), (before.duts, 3));
    let note = &dropped.data().files[3].notes[0].text;
    assert_eq!(note, "identical to `junit-board_a.xml`; only that file is counted");
}

/// An override moves results, and clearing it restores everything.
#[test]
fn overrides_win() {
    let files = files("version-folder");
    let mut dropped = drop_all(&files);
    let before = summary(&mut dropped);
    let of_c = [FileId(2), FileId(5)];
    dropped.assign(&of_c, IdentityField::Dut, Some("  board_a "));
    dropped.check_sums();
    let data = dropped.data();
    let names: Vec<&str> = data.history.duts.iter().map(|dut| dut.name.as_str()).collect();
    assert_eq!(names, ["board_a", "board_b"]);
    assert_eq!(data.history.duts[0].sessions.len(), 4);
    let moved = &data.history.identities[data.file(of_c[0]).parts[0].index()].dut;
    assert_eq!((moved.value.as_str(), moved.evidence.source), ("board_a", Source::You));
    assert_eq!(grid(&mut dropped).columns.len(), 2);

    dropped.assign(&of_c, IdentityField::Dut, None);
    assert_eq!(summary(&mut dropped), before);

    // A blank value clears the override.
    dropped.assign(&of_c, IdentityField::Dut, Some("board_x"));
    dropped.assign(&of_c, IdentityField::Dut, Some("   "));
    assert_eq!(summary(&mut dropped), before);

    for (axis, value) in
        [(IdentityField::Build, "1.6.0"), (IdentityField::Unit, "SN-7"), (IdentityField::Session, "night")]
    {
        dropped.assign(&of_c[..1], axis, Some(value));
        let data = dropped.data();
        let identity = &data.history.identities[data.file(of_c[0]).parts[0].index()];
        let said = match axis {
            IdentityField::Build => identity.build.as_ref().unwrap(),
            IdentityField::Unit => identity.unit.as_ref().unwrap(),
            _ => &identity.session,
        };
        assert_eq!((said.value.as_str(), said.evidence.source), (value, Source::You));
        dropped.assign(&of_c[..1], axis, None);
    }
    assert_eq!(summary(&mut dropped), before);
}

/// Unknown parts are ignored.
#[test]
fn assigning_unknown_parts_does_nothing() {
    let mut dropped = Dropped::default();
    dropped.engine.ask(Assign(vec![(PartId(7), vec![(IdentityField::Dut, Some("x".to_owned()))])]));
    assert!(overview(&mut dropped).duts.is_empty());
}

/// The DUTs of files that are read (`true`) or empty.
#[track_caller]
fn check_duts(files: &[(&str, bool)], expected: &[&str]) {
    let mut engine = passgrid::engine::Engine::default();
    for (path, is_good) in files {
        let mut import = passgrid::import::Import::new(path, &passgrid::import::ALL);
        if *is_good {
            import.push(format!("<testsuite><testcase name='{path}'/></testsuite>").as_bytes());
        }
        engine.ingest(import.finish());
    }
    let duts = &engine.data().history.duts;
    let names: Vec<&str> = duts.iter().map(|dut| dut.name.as_str()).collect();
    assert_eq!(names, expected);
}

#[test]
fn the_path_of_an_unreadable_file_names_a_dut() {
    check_duts(&[("1.4.0/board_a.xml", true), ("1.4.0/board_b.xml", false)], &["board_a", "board_b"]);
    check_duts(
        &[("board_a/1.4.0/junit.xml", true), ("board_b/1.4.0/junit.xml", false)],
        &["board_a", "board_b"],
    );
    check_duts(&[("board_a.xml", true), ("notes.xml", false)], &["board_a"]);
    check_duts(&[("1.4.0/board_a.xml", true), ("1.4.0/notes.txt", false)], &["board_a"]);
    check_duts(&[("1.4.0/board_a.xml", true), ("1.5.0/board_a.xml", false)], &["board_a"]);
}

/// Files of classes are shares of one run, and all count, even without a folder.
#[test]
fn class_reports_without_a_folder_are_one_session() {
    let class = |name: &str, failing: bool| {
        let failure = if failing { "<failure message='off'/>" } else { "" };
        format!(
            "<testsuite name='{name}'><testcase classname='{name}' name='t'>{failure}</testcase></testsuite>"
        )
    };
    let (a, b, c) = (class("A", true), class("B", false), class("C", false));
    let mut dropped = Dropped::new([
        ("TEST-A.xml", a.as_bytes()),
        ("TEST-B.xml", b.as_bytes()),
        ("TEST-C.xml", c.as_bytes()),
    ]);
    let data = dropped.data();
    let [session] = &data.history.sessions[..] else {
        panic!("{:?}", data.history.sessions);
    };
    assert_eq!((session.counts.results(), session.counts.failing()), (3, 1));
}
