//! Which session of a DUT is the latest, and which files replace others.

use crate::Dropped;
use crate::dropped::import;
use passgrid::analyze::BuildsBy;
use passgrid::engine::{
    GetBuilds, GetDecisions, GetFile, GetHistory, OrderBuilds, RemoveFiles, RestoreDecisions, Undo,
};
use passgrid::model::{FileId, SessionOrder};

/// A report of one test, with a start time or none.
fn report(outcome: &str, started: &str) -> String {
    let started = if started.is_empty() { String::new() } else { format!(" timestamp='{started}'") };
    format!(
        "<testsuite name='s'{started}><properties><property name='dut' value='a'/></properties>\
         <testcase classname='c' name='t'>{outcome}</testcase></testsuite>"
    )
}

/// Adds a report that was modified at a time.
fn add(dropped: &mut Dropped, path: &str, text: &str, modified_ms: Option<i64>) {
    let mut imported = import(path, text.as_bytes());
    imported.modified_ms = modified_ms;
    dropped.ingest(imported, text.as_bytes());
}

/// Checks the paths of a DUT's sessions in their order, and what it is by.
#[track_caller]
fn check(files: &[(&str, &str, Option<i64>)], order: SessionOrder, expected: &[&str]) {
    for reversed in [false, true] {
        let mut dropped = Dropped::default();
        let mut files = files.to_vec();
        if reversed {
            files.reverse();
        }
        for (path, started, modified) in files {
            add(&mut dropped, path, &format!("{}<!--{path}-->", report("", started)), modified);
        }
        let data = dropped.data();
        let [dut] = &data.history.duts[..] else {
            panic!("{:?}", data.history.duts);
        };
        let path = |session: &passgrid::model::SessionId| {
            data.file(data.part(data.history.session(*session).parts[0]).file).path.as_str()
        };
        assert_eq!(
            (dut.order, dut.sessions.iter().map(path).collect::<Vec<_>>()),
            (order, expected.to_vec())
        );
    }
}

#[test]
fn the_first_key_that_all_sessions_have_decides() {
    let (first, second) = ("2026-01-01T00:00:00", "2026-01-02T00:00:00");
    let a = |build: &str| format!("{build}/a/r.xml");
    let (old, new) = (a("1.9"), a("1.10"));
    check(&[(&new, first, Some(2)), (&old, second, Some(1))], SessionOrder::Start, &[&new, &old]);
    check(&[(&new, "", Some(1)), (&old, second, Some(2))], SessionOrder::Build, &[&old, &new]);
    check(
        &[("run-x/a.xml", "", Some(2)), ("run-b/a.xml", "", Some(1))],
        SessionOrder::Modified,
        &["run-b/a.xml", "run-x/a.xml"],
    );
    check(
        &[("run-x/a.xml", "", None), ("run-b/a.xml", "", Some(1))],
        SessionOrder::Name,
        &["run-b/a.xml", "run-x/a.xml"],
    );
}

#[test]
fn the_overview_says_what_decides() {
    let mut dropped = Dropped::default();
    add(&mut dropped, "1.9/a/r.xml", &report("", ""), None);
    assert!(dropped.overview().latest_by.is_empty(), "one session needs no order");
    add(&mut dropped, "1.10/a/r.xml", &report("<failure/>", ""), None);
    assert_eq!(dropped.overview().latest_by, [SessionOrder::Build]);
}

#[test]
fn what_was_loaded_already_is_nothing_new() {
    let text = report("", "");
    let mut dropped = Dropped::new([("x/a.xml", text.as_bytes())]);
    let before = dropped.report();
    dropped.add("x/a.xml", text.as_bytes());
    assert_eq!(dropped.report(), before);
    assert_eq!((dropped.data().files.len(), dropped.data().repeated_files), (1, 1));
    // A removed file may come again.
    dropped.engine.ask(RemoveFiles(vec![FileId(0)]));
    dropped.add("x/a.xml", text.as_bytes());
    assert_eq!(dropped.report(), before);
}

#[test]
fn a_file_replaces_an_earlier_one_of_the_same_run_only() {
    let counted = |first: &str, second: &str| {
        let mut dropped = Dropped::new([("x/a.xml", first.as_bytes()), ("x/a.xml", second.as_bytes())]);
        dropped.check_sums();
        let sessions = dropped.overview().sessions;
        let failing = dropped.overview().failing_total;
        assert_eq!(dropped.data().files[0].is_removed, sessions == 1);
        let keys = ["x/a.xml", "x/a.xml#2"].map(str::to_owned);
        let pages = keys.map(|key| dropped.engine.ask(GetFile(key)));
        assert!(pages[0].as_ref().unwrap().earlier.is_none());
        assert_eq!(pages[1].as_ref().is_some_and(|page| page.earlier == Some(FileId(0))), sessions == 2);
        (sessions, failing)
    };
    let start = "2026-01-01T00:00:00";
    assert_eq!(counted(&report("<failure/>", start), &report("", start)), (1, 0));
    // Both count: nothing says that it is the same run.
    assert_eq!(counted(&report("", ""), &report("<failure/>", "")), (2, 1));
    assert_eq!(counted(&report("", start), &report("<failure/>", "2026-01-01T00:00:01")), (2, 1));
}

#[test]
fn a_person_can_choose_the_order_of_builds() {
    let mut dropped = crate::story::story();
    let builds = |dropped: &mut Dropped| dropped.engine.ask(GetBuilds);
    let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<String>>();
    assert_eq!(builds(&mut dropped), (names(&["1.0", "1.1", "1.2"]), BuildsBy::Start));
    let before = dropped.overview();

    dropped.engine.ask(OrderBuilds(names(&["1.0", "1.2", "1.1"])));
    assert_eq!(builds(&mut dropped), (names(&["1.0", "1.2", "1.1"]), BuildsBy::Chosen));
    let window = dropped.engine.ask(GetHistory { from: 0, count: 10 });
    assert_eq!((window.builds, window.by), (names(&["1.0", "1.2", "1.1"]), BuildsBy::Chosen));
    // The latest sessions follow, and so does the comparison.
    let overview = dropped.overview();
    let latest: Vec<_> = overview.duts.iter().map(|dut| dut.build.as_deref()).collect();
    assert_eq!(latest.iter().filter(|build| **build == Some("1.1")).count(), 3, "{latest:?}");
    assert_eq!(overview.latest_by, [SessionOrder::Chosen]);
    let changes = dropped.changes("");
    assert_eq!((&*changes.from.words, &*changes.to.words), ("1.2", "1.1"));

    // It is kept with the other decisions, and can be undone.
    let kept = dropped.engine.ask(GetDecisions);
    let mut again = crate::story::story();
    again.engine.ask(RestoreDecisions(kept));
    assert_eq!(again.overview(), overview);
    assert_eq!(dropped.engine.ask(Undo).as_deref(), Some("the order of builds"));
    assert_eq!(dropped.overview(), before);
    // Unknown builds change nothing.
    dropped.engine.ask(OrderBuilds(names(&["x", "y"])));
    assert_eq!(dropped.overview(), before);
}
