//! Naming many files at once, and undoing it.

use crate::Dropped;
use crate::story::story;
use passgrid::engine::{Assign, RenameDut};
use passgrid::model::{FileId, IdentityField, PartId};
use passgrid::query::OutcomeFilter;

/// Says what a pattern finds, as the page does.
fn apply(dropped: &mut Dropped, pattern: &str) {
    let mut said = Vec::new();
    for line in dropped.paths(pattern).lines {
        let found: Vec<_> =
            line.found.into_iter().flatten().map(|(axis, value)| (axis, Some(value))).collect();
        said.extend(line.parts.into_iter().map(|part| (part, found.clone())));
    }
    dropped.engine.ask(Assign(said));
}

fn duts(dropped: &mut Dropped) -> Vec<String> {
    let mut names: Vec<String> = dropped.overview().duts.into_iter().map(|dut| dut.name).collect();
    names.sort();
    names
}

#[test]
fn a_pattern_has_a_preview() {
    let mut dropped = story();
    let window = dropped.paths("{session}/DUT_{dut}.xml");
    assert_eq!((window.matching, window.total, window.problem), (10, 10, None));
    let line = &window.lines[0];
    assert_eq!(
        (line.path.as_str(), line.dut.as_str(), line.build.as_deref()),
        ("1.0/DUT_A.xml", "DUT_A", Some("1.0"))
    );
    assert_eq!(
        line.found,
        Some(vec![(IdentityField::Session, "1.0".to_owned()), (IdentityField::Dut, "A".to_owned())])
    );
    let window = dropped.paths("{dut}_B.xml");
    assert_eq!((window.matching, window.lines.len()), (3, 10));
    let window = dropped.paths("{dutt}.xml");
    assert_eq!((window.matching, window.lines.len()), (0, 10));
    let problem = window.problem.unwrap();
    assert_eq!(
        (problem.at, problem.text.as_str()),
        (1, "unknown placeholder {dutt} at 1; use {dut}, {unit}, {build} or {session}")
    );
    assert_eq!(dropped.paths("").problem, None);
}

#[test]
fn many_names_are_one_step() {
    let mut dropped = story();
    let before = (dropped.overview(), dropped.report());
    assert_eq!(dropped.ledger().undo, None);
    apply(&mut dropped, "{session}/DUT_{dut}.xml");
    dropped.check_sums();
    assert_eq!(duts(&mut dropped), ["A", "B", "C", "D"]);
    assert_eq!(dropped.ledger().undo.as_deref(), Some("DUT and session of 10 files"));
    assert_eq!(
        dropped
            .tests(passgrid::query::Filter { only: OutcomeFilter::Failing, ..Default::default() }, "")
            .total,
        3
    );
    assert_eq!(dropped.undo().as_deref(), Some("DUT and session of 10 files"));
    assert_eq!((dropped.overview(), dropped.report()), before);
    assert_eq!(dropped.undo(), None);
}

#[test]
fn steps_are_undone_one_by_one() {
    let mut dropped = story();
    let first = dropped.data().files[0].parts[0];
    let say = |dropped: &mut Dropped, value: Option<&str>| {
        let value = value.map(str::to_owned);
        dropped.engine.ask(Assign(vec![(first, vec![(IdentityField::Dut, value)])]));
    };
    for number in 0..30 {
        say(&mut dropped, Some(&format!("X{number}")));
    }
    // A change without effect is not a step.
    say(&mut dropped, Some(" X29 "));
    apply(&mut dropped, "/nothing/{dut}");
    dropped.engine.ask(Assign(vec![(PartId(999), vec![(IdentityField::Dut, Some("y".to_owned()))])]));
    say(&mut dropped, None);
    assert_eq!(duts(&mut dropped), ["DUT_A", "DUT_B", "DUT_C", "DUT_D"]);
    for number in (0..30).rev() {
        assert_eq!(dropped.undo().as_deref(), Some("DUT of 1.0/DUT_A.xml"));
        assert!(duts(&mut dropped).contains(&format!("X{number}")));
    }
    assert_eq!(dropped.undo().as_deref(), Some("DUT of 1.0/DUT_A.xml"));
    assert_eq!(duts(&mut dropped), ["DUT_A", "DUT_B", "DUT_C", "DUT_D"]);
    assert_eq!(dropped.undo(), None);
}

/// Reports of two classes on each of two DUTs.
fn classes() -> Dropped {
    let class =
        |name: &str| format!("<testsuite name='{name}'><testcase classname='{name}' name='t'/></testsuite>");
    let (a, b) = (class("A"), class("B"));
    Dropped::new([
        ("1.0/one/TEST-A.xml", a.as_bytes()),
        ("1.0/one/TEST-B.xml", b.as_bytes()),
        ("1.0/two/TEST-A.xml", format!("{a} ").as_bytes()),
        ("1.0/two/TEST-B.xml", format!("{b} ").as_bytes()),
    ])
}

fn sessions(dropped: &mut Dropped) -> Vec<(String, usize)> {
    let history = &dropped.data().history;
    history
        .sessions
        .iter()
        .map(|session| (history.dut(session.dut).name.clone(), session.parts.len()))
        .collect()
}

#[test]
fn all_files_of_a_session_follow() {
    let mut dropped = classes();
    assert_eq!(sessions(&mut dropped), [("one".to_owned(), 2), ("two".to_owned(), 2)]);
    let before = dropped.report();
    dropped.assign(&[FileId(1)], IdentityField::Dut, Some("three"));
    assert_eq!(sessions(&mut dropped), [("three".to_owned(), 2), ("two".to_owned(), 2)]);
    dropped.undo();
    assert_eq!(dropped.report(), before);
    // What is named explicitly does not follow.
    apply(&mut dropped, "1.0/{dut}/TEST-A.xml");
    apply(&mut dropped, "one/TEST-{dut}.xml");
    assert_eq!(sessions(&mut dropped), [("A".to_owned(), 1), ("B".to_owned(), 1), ("two".to_owned(), 2)]);
}

fn rename(dropped: &mut Dropped, dut: &str, to: Option<&str>) {
    dropped.engine.ask(RenameDut { dut: dut.to_owned(), to: to.map(str::to_owned) });
    dropped.check_sums();
}

#[test]
fn a_dut_is_renamed_merged_and_split_again() {
    let mut dropped = story();
    let before = (dropped.overview(), dropped.report());
    rename(&mut dropped, "DUT_A", Some(" left "));
    assert_eq!(duts(&mut dropped), ["DUT_B", "DUT_C", "DUT_D", "left"]);
    assert_eq!(dropped.ledger().undo.as_deref(), Some("renaming DUT_A to left"));
    rename(&mut dropped, "DUT_B", Some("left"));
    rename(&mut dropped, "left", Some("all"));
    assert_eq!(duts(&mut dropped), ["DUT_C", "DUT_D", "all"]);
    rename(&mut dropped, "all", None);
    assert_eq!((dropped.overview(), dropped.report()), before, "split");
    for expected in [3, 3, 4, 4] {
        dropped.undo();
        assert_eq!(duts(&mut dropped).len(), expected);
    }
    assert_eq!((dropped.overview(), dropped.report()), before, "undone");
    // These change nothing.
    for (dut, to) in [("DUT_A", Some("DUT_A")), ("DUT_A", Some("  ")), ("DUT_A", None), ("no such DUT", None)]
    {
        rename(&mut dropped, dut, to);
    }
    assert_eq!(dropped.undo(), None);
}

#[test]
fn names_apply_to_files_that_are_read_later() {
    let mut dropped = classes();
    rename(&mut dropped, "one", Some("uno"));
    let late = "<testsuite name='C'><testcase classname='C' name='t'/></testsuite>";
    dropped.add("1.0/one/TEST-C.xml", late.as_bytes());
    assert_eq!(sessions(&mut dropped), [("two".to_owned(), 2), ("uno".to_owned(), 3)]);
    // A name that a person gave to a file is kept, and renamed with its DUT.
    dropped.assign(&[FileId(2)], IdentityField::Dut, Some("one"));
    assert_eq!(duts(&mut dropped), ["one", "uno"]);
    rename(&mut dropped, "one", Some("eins"));
    assert_eq!(duts(&mut dropped), ["eins", "uno"]);
    rename(&mut dropped, "eins", None);
    assert_eq!(duts(&mut dropped), ["two", "uno"]);
}
