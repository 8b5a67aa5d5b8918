//! Decisions outlive the engine: they apply to the same files when they are read again.

use crate::Dropped;
use crate::dropped::import;
use crate::story::{junit, story};
use passgrid::engine::{
    GetDecisions, GetRereads, ImportOptions, MergeDecisions, RemoveFiles, RenameDut, RestoreDecisions,
};
use passgrid::model::{FileId, IdentityField};
use proptest::prelude::*;

type File = (String, Vec<u8>);

/// The files of the story: path and content.
fn files() -> Vec<File> {
    let a = "audio play passed 0.5\naudio sync passed 2\nnet leak failed\nnet boot passed";
    let b = "audio play passed\nnet leak passed\nnet boot failed";
    let file = |path: &str, started: &str, lines: &str| (path.to_owned(), junit(started, lines).into_bytes());
    vec![
        file("1.0/DUT_A.xml", "2026-11-01T10:00:00", a),
        file("1.1/DUT_A.xml", "2026-11-02T10:00:00", b),
        file("1.0/DUT_B.xml", "2026-11-01T11:00:00", b),
        file("1.1/DUT_B.xml", "2026-11-02T11:00:00", a),
        file("1.1/DUT_C.xml", "2026-11-02T12:00:00", a),
    ]
}

fn read(files: &[File]) -> Dropped {
    Dropped::new(files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice())))
}

fn decisions(dropped: &mut Dropped) -> String {
    dropped.engine.ask(GetDecisions)
}

/// All that people see of sessions and results, which does not depend on the order of files.
fn sessions(dropped: &mut Dropped) -> String {
    let report = dropped.report();
    report[report.find("\nsession").unwrap_or(report.len())..].to_owned()
}

fn file_at(dropped: &mut Dropped, path: &str) -> FileId {
    dropped.data().files_at(path).last().unwrap_or_else(|| panic!("no {path}"))
}

/// Reads the files again in the opposite order, applies the decisions and compares.
#[track_caller]
fn check(mut dropped: Dropped, files: &[File]) {
    let text = decisions(&mut dropped);
    let mut again = read(&files.iter().rev().cloned().collect::<Vec<_>>());
    let before = sessions(&mut again);
    again.engine.ask(RestoreDecisions(text.clone()));
    assert_eq!(sessions(&mut again), sessions(&mut dropped));
    assert_eq!(decisions(&mut again), text);
    // Again it changes nothing, so it is no step.
    again.engine.ask(RestoreDecisions(text));
    let step = again.undo();
    assert_eq!(step.as_deref(), Some("the names and removals that were kept"));
    assert_eq!(sessions(&mut again), before);
    assert_eq!(again.undo(), None);
}

#[test]
fn names_and_removals_apply_to_files_that_are_read_again() {
    let files = files();
    let mut dropped = read(&files);
    assert_eq!(decisions(&mut dropped), "", "nothing was decided");
    let file = file_at(&mut dropped, "1.0/DUT_B.xml");
    dropped.assign(&[file], IdentityField::Build, Some("0.9"));
    dropped.assign(&[file], IdentityField::Unit, Some("№ 7 \"x\""));
    dropped.engine.ask(RenameDut { dut: "DUT_A".to_owned(), to: Some("Alpha".to_owned()) });
    let removed = file_at(&mut dropped, "1.1/DUT_C.xml");
    dropped.engine.ask(RemoveFiles(vec![removed]));
    check(dropped, &files);
}

#[test]
fn merged_duts_and_removed_archives_apply_again() {
    let files = files();
    let mut dropped = read(&files);
    for dut in ["DUT_A", "DUT_B"] {
        dropped.engine.ask(RenameDut { dut: dut.to_owned(), to: Some("DUT_C".to_owned()) });
    }
    check(dropped, &files);
    let mut all = story();
    let ids = (0..10).map(FileId).collect();
    all.engine.ask(RemoveFiles(ids));
    assert_eq!(all.overview().files, 0);
    let text = decisions(&mut all);
    let mut again = story();
    again.engine.ask(RestoreDecisions(text));
    assert_eq!(again.overview().files, 0);
}

#[test]
fn a_removed_file_that_is_dropped_again_counts() {
    let files = files();
    let mut dropped = read(&files);
    let removed = file_at(&mut dropped, "1.1/DUT_C.xml");
    dropped.engine.ask(RemoveFiles(vec![removed]));
    assert_ne!(decisions(&mut dropped), "");
    dropped.add(&files[4].0, &files[4].1);
    assert_eq!(decisions(&mut dropped), "");
}

/// Files are read in parallel, so an older version of a file may come last.
#[test]
fn the_newest_version_counts_in_any_order() {
    let version =
        |lines: &str| ("1.0/DUT_A.xml".to_owned(), junit("2026-11-01T10:00:00", lines).into_bytes());
    let versions =
        [version("net boot failed"), version("net boot passed"), version("net boot passed\nnet leak failed")];
    let mut dropped = read(&versions);
    let expected = sessions(&mut dropped);
    assert!(expected.contains("leak"), "{expected}");
    let text = decisions(&mut dropped);
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let mut again = read(&order.map(|index| versions[index].clone()));
        again.engine.ask(RestoreDecisions(text.clone()));
        assert_eq!(sessions(&mut again), expected, "{order:?}");
        assert_eq!(decisions(&mut again), text, "{order:?}");
        // A person removed nothing.
        assert_eq!(again.undo(), None, "{order:?}");
    }
}

#[test]
fn files_are_read_again_as_decided() {
    let files = files();
    let mut dropped = read(&files);
    let file = file_at(&mut dropped, "1.1/DUT_B.xml");
    let options = ImportOptions { counts_alone: true, are_attempts: true, ..ImportOptions::default() };
    let instead = ImportOptions { instead: Some(file), ..options.clone() };
    dropped.engine.ingest_as(import(&files[3].0, &files[3].1), &instead);
    let text = decisions(&mut dropped);

    let mut again = read(&files);
    let rereads = again.engine.ask(GetRereads(text.clone()));
    let same = file_at(&mut again, "1.1/DUT_B.xml");
    assert_eq!(rereads, [(same, "1.1/DUT_B.xml".to_owned(), options)]);
    again.engine.ingest_as(import(&files[3].0, &files[3].1), &instead);
    assert_eq!(again.engine.ask(GetRereads(text.clone())), []);
    assert_eq!(decisions(&mut again), text);
}

/// Texts of earlier builds are in people's browsers and in their exported libraries.
#[test]
fn the_text_is_pinned() {
    let files = &files()[..2];
    let mut dropped = read(files);
    let file = file_at(&mut dropped, "1.0/DUT_A.xml");
    dropped.assign(&[file], IdentityField::Build, Some("0.9"));
    dropped.engine.ask(RenameDut { dut: "DUT_A".to_owned(), to: Some("Alpha".to_owned()) });
    let removed = file_at(&mut dropped, "1.1/DUT_A.xml");
    dropped.engine.ask(RemoveFiles(vec![removed]));
    let expected = concat!(
        r#"{"schema":"passgrid/decisions/1","decisions":[[{"dut":"DUT_A"},"Alpha"],"#,
        r#"[{"removed":{"path":"1.1/DUT_A.xml","content":"CONTENT_1"}},""],"#,
        r#"[{"name":[{"path":"1.0/DUT_A.xml","content":"CONTENT_0"},0,"Build"]},"0.9"]]}"#,
    );
    let mut content = |index: usize| format!("{:016x}", dropped.engine.data().files[index].hash);
    let expected = expected.replace("CONTENT_1", &content(1)).replace("CONTENT_0", &content(0));
    assert_eq!(decisions(&mut dropped), expected);
}

#[test]
fn what_is_no_such_text_decides_nothing() {
    let files = files();
    let mut dropped = read(&files);
    let before = dropped.report();
    for text in
        ["", "{}", "[1]", "\0", r#"{"schema":"passgrid/decisions/2","decisions":[[{"dut":"DUT_A"},"B"]]}"#]
    {
        assert_eq!(dropped.engine.ask(GetRereads(text.to_owned())), []);
        dropped.engine.ask(RestoreDecisions(text.to_owned()));
        assert_eq!(dropped.report(), before, "{text}");
    }
}

/// The archive of a library can be dropped like any other: its list of files is no report.
#[test]
fn the_list_of_files_of_a_library_is_no_problem() {
    let list = concat!(
        r#"{"schema":"passgrid/library/1","name":"Nightly","decisions":"{\"schema\":\"passgrid/decisions/1\","#,
        r#"\"decisions\":[[{\"dut\":\"DUT_A\"},\"Alpha\"]]}","#,
        r#""files":[{"entry":"1.0/a.xml","path":"1.0/a.xml","modified_ms":1763632800000}]}"#,
    );
    let mut dropped = read(&files());
    let before = sessions(&mut dropped);
    let file = dropped.add("library.zip/passgrid-library.json", list.as_bytes());
    let record = dropped.data().file(file);
    assert!(record.is_beside(), "{record:?}");
    assert_eq!(sessions(&mut dropped), before);
}

/// Two tabs change different things; both changes stay.
#[test]
fn changes_of_two_tabs_are_merged() {
    let files = files();
    let (mut one, mut two) = (read(&files), read(&files));
    let common = {
        one.engine.ask(RenameDut { dut: "DUT_C".to_owned(), to: Some("Gamma".to_owned()) });
        decisions(&mut one)
    };
    two.engine.ask(RestoreDecisions(common.clone()));
    one.engine.ask(RenameDut { dut: "DUT_A".to_owned(), to: Some("Alpha".to_owned()) });
    two.engine.ask(RenameDut { dut: "DUT_B".to_owned(), to: Some("Beta".to_owned()) });
    // The other tab gives this one its name back.
    two.engine.ask(RenameDut { dut: "Gamma".to_owned(), to: None });
    let (mine, theirs) = (decisions(&mut one), decisions(&mut two));
    let merged = one.engine.ask(MergeDecisions { before: common, mine, theirs });
    let mut again = read(&files);
    again.engine.ask(RestoreDecisions(merged));
    let mut duts: Vec<String> = again.overview().duts.into_iter().map(|dut| dut.name).collect();
    duts.sort();
    assert_eq!(duts, ["Alpha", "Beta", "DUT_C"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// Any text from outside is read without a panic, and names of any kind are kept as they are.
    #[test]
    fn any_name_is_kept(name in "\\PC{1,40}", text in "\\PC{0,200}") {
        let files = files();
        let mut dropped = read(&files);
        let file = file_at(&mut dropped, "1.0/DUT_B.xml");
        dropped.assign(&[file], IdentityField::Dut, Some(&name));
        let kept = decisions(&mut dropped);
        let mut again = read(&files);
        again.engine.ask(RestoreDecisions(text));
        again.engine.ask(RestoreDecisions(kept.clone()));
        prop_assert_eq!(decisions(&mut again), kept);
    }
}
