//! The ledger: how reading each file went, and what a person can change.

use crate::Dropped;
use crate::dropped::{folder, import, tree};
use passgrid::analyze::FilePage;
use passgrid::engine::{GetDroppedFiles, GetFile, GetLedger, ImportOptions, PrepareReread, RemoveFiles};
use passgrid::import::{ALL, Import};
use passgrid::model::{FileId, FileStatus, IdentityField};
use passgrid::query::{FileFilter, FileKind};

impl Dropped {
    fn lines(&mut self, text: &str, kind: Option<FileKind>) -> Vec<String> {
        let filter = FileFilter { text: text.to_owned(), kind };
        let ledger = self.engine.ask(GetLedger { filter, from: 0, count: u32::MAX });
        assert_eq!(ledger.total as usize, ledger.files.len());
        ledger.files.into_iter().map(|file| file.key).collect()
    }

    fn file_page(&mut self, key: &str) -> Option<FilePage> {
        self.engine.ask(GetFile(key.to_owned())).map(|page| *page)
    }

    fn remove(&mut self, files: &[FileId]) {
        self.engine.ask(RemoveFiles(files.to_vec()));
    }

    fn read_as(&mut self, path: &str, bytes: &[u8], order: &ImportOptions) -> FileId {
        let mut import = Import::new(path, &ALL).treat_as(&order.format).as_one_dut(order.is_one_dut);
        import.push(bytes);
        self.engine.ingest_as(import.finish(), order)
    }

    /// Results, sessions and DUTs.
    fn figures(&mut self) -> [usize; 3] {
        let history = &self.data().history;
        let results: u32 = history.sessions.iter().map(|session| session.counts.results()).sum();
        [results as usize, history.sessions.len(), history.duts.len()]
    }
}

/// Paths and contents.
type Files = Vec<(String, Vec<u8>)>;

fn flat() -> (Dropped, Vec<FileId>, Files) {
    let files = tree(&folder("fixtures/multi/flat"));
    let mut dropped = Dropped::default();
    let ids = files.iter().map(|(path, bytes)| dropped.add(path, bytes)).collect();
    (dropped, ids, files)
}

#[test]
fn removed_files_count_nowhere_and_come_back() {
    let (mut dropped, ids, files) = flat();
    let before = dropped.report();
    let [results, ..] = dropped.figures();
    dropped.remove(&ids[1..2]);
    let [fewer, sessions, duts] = dropped.figures();
    assert!(fewer < results);
    assert_eq!([sessions, duts], [files.len() - 1; 2]);
    dropped.check_sums();
    // As if it had never been dropped: tests that only it has are gone, too.
    let others =
        files.iter().enumerate().filter(|(at, _)| *at != 1).map(|(_, (p, b))| (p.as_str(), b.as_slice()));
    assert_eq!(dropped.report(), Dropped::new(others).report());
    assert_eq!(dropped.ledger().undo.as_deref(), Some("removing junit-board_b.xml"));
    assert_eq!(dropped.undo().as_deref(), Some("removing junit-board_b.xml"));
    assert_eq!(dropped.report(), before);
    dropped.remove(&[FileId(99)]);
    assert_eq!(dropped.undo(), None);
}

#[test]
fn a_copy_counts_when_the_first_is_removed() {
    let (mut dropped, ids, files) = flat();
    let copy = format!("Copy of {}", files[0].0);
    dropped.add(&copy, &files[0].1);
    let before = dropped.report();
    assert_eq!(dropped.file_page(&copy).unwrap().status, FileStatus::Duplicate);
    dropped.remove(&ids[..1]);
    assert_eq!(dropped.file_page(&copy).unwrap().status, FileStatus::Read);
    let [_, sessions, _] = dropped.figures();
    assert_eq!(sessions, files.len());
    dropped.check_sums();
    dropped.undo();
    assert_eq!(dropped.report(), before);
}

#[test]
fn a_copy_counts_if_a_person_wants_it_to() {
    let (mut dropped, _, files) = flat();
    let [results, sessions, _] = dropped.figures();
    let copy = dropped.add("other/junit-board_a.xml", &files[0].1);
    assert!(dropped.file_page("other/junit-board_a.xml").unwrap().is_joined);
    let order = ImportOptions { instead: Some(copy), counts_alone: true, ..ImportOptions::default() };
    let copy = dropped.read_as("other/junit-board_a.xml", &files[0].1, &order);
    let page = dropped.file_page("other/junit-board_a.xml").unwrap();
    assert!(page.counts_alone && !page.is_joined);
    let [more, now, _] = dropped.figures();
    assert_eq!((more, now), (results + page.results as usize, sessions + 1));
    // Reading it again without the option undoes that.
    let order = ImportOptions { instead: Some(copy), ..ImportOptions::default() };
    dropped.read_as("other/junit-board_a.xml", &files[0].1, &order);
    assert_eq!(dropped.figures()[..2], [results, sessions]);
}

#[test]
fn a_person_can_separate_two_reports_of_one_run() {
    let xml = std::fs::read(folder("fixtures/junit/pytest-9.2/xunit2.xml")).unwrap();
    let mut dropped = Dropped::new([("run/report.xml", xml.as_slice())]);
    let [results, ..] = dropped.figures();
    // The page's own summary is another format.
    let summary = dropped.export(passgrid::export::Export::SummaryJson);
    let file = dropped.add("run/summary.json", summary.as_bytes());
    let told = dropped.file_page("run/summary.json").unwrap();
    assert_eq!(dropped.figures()[0], results, "{told:?}");
    assert!(told.is_joined, "{told:?}");
    let order = ImportOptions { instead: Some(file), counts_alone: true, ..ImportOptions::default() };
    dropped.read_as("run/summary.json", summary.as_bytes(), &order);
    assert_eq!(dropped.figures()[0], 2 * results);
}

#[test]
fn a_file_that_changed_is_read_in_its_place_and_keeps_its_name() {
    let (mut dropped, ids, files) = flat();
    dropped.assign(&ids[..1], IdentityField::Dut, Some("Radio"));
    let text = String::from_utf8(files[0].1.clone()).unwrap();
    let changed = text.replacen("<testcase ", "<testcase name=\"new\" classname=\"x\"/><testcase ", 1);
    let [results, sessions, duts] = dropped.figures();
    let order = ImportOptions { instead: Some(ids[0]), ..ImportOptions::default() };
    dropped.read_as(&files[0].0, changed.as_bytes(), &order);
    assert_eq!(dropped.figures(), [results + 1, sessions, duts]);
    assert!(dropped.data().history.duts.iter().any(|dut| dut.name == "Radio"));
    assert_eq!(dropped.lines("", None).len(), files.len());
    dropped.check_sums();
}

#[test]
fn an_archive_is_removed_with_its_members() {
    let (mut dropped, _, files) = flat();
    let [results, ..] = dropped.figures();
    dropped.add("a.zip/board_x.xml", b"<testsuite><testcase name='x'/></testsuite>");
    let kind = passgrid::import::archive::Kind::Zip;
    let archive = dropped.engine.ingest(passgrid::import::Imported::archive("a.zip", 10, kind, Vec::new()));
    assert_eq!(dropped.file_page("a.zip").unwrap().members, Some(1));
    let roots = dropped.engine.ask(GetDroppedFiles);
    assert!(roots.iter().all(|(_, path)| path != "a.zip/board_x.xml"));
    assert_eq!(roots.len(), files.len() + 1);
    dropped.remove(&[archive]);
    assert_eq!(dropped.figures()[0], results);
    assert_eq!(dropped.undo().as_deref(), Some("removing 2 files"));
    assert!(dropped.figures()[0] > results);
    // If it is read again, its members are found again.
    dropped.engine.ask(PrepareReread(archive));
    assert_eq!(dropped.lines("", None).len(), files.len());
}

#[test]
fn a_file_is_read_in_the_format_that_a_person_sets() {
    let text = br#"[{"dut": "A", "tests": [{"name": "x", "status": "passed"}]}]"#;
    let mut dropped = Dropped::new([("a.json", text.as_slice())]);
    assert_eq!(dropped.file_page("a.json").unwrap().why, "its first keys are dut, tests");
    let order =
        ImportOptions { instead: Some(FileId(0)), format: "junit".to_owned(), ..ImportOptions::default() };
    let file = dropped.read_as("a.json", text, &order);
    let page = dropped.file_page("a.json").unwrap();
    assert_eq!((page.format.0.as_str(), page.results), ("junit", 0));
    assert_eq!(page.why, "set by you");
    let order = ImportOptions { instead: Some(file), ..ImportOptions::default() };
    dropped.read_as("a.json", text, &order);
    assert_eq!(dropped.file_page("a.json").unwrap().results, 1);
    // Every format takes any file without a panic.
    for about in passgrid::import::ABOUT {
        for (path, bytes) in
            tree(&folder("fixtures/brief")).iter().chain(&tree(&folder("fixtures/bad/nothing")))
        {
            let mut import = Import::new(path, &ALL).treat_as(about.key);
            import.push(bytes);
            assert_eq!(import.finish().format, about.key, "{path}");
        }
    }
}

#[test]
fn files_are_filtered_by_status_and_words() {
    let (mut dropped, _, files) = flat();
    dropped.add("copy.xml", &files[0].1);
    dropped.add("shot.png", &std::fs::read(folder("fixtures/bad/nothing/picture.png")).unwrap());
    dropped.add("empty.xml", b"");
    let whole = &files[1].1;
    dropped.add("half.xml", &whole[..whole.len() / 2]);
    let ledger = dropped.ledger();
    assert_eq!(ledger.files_total as usize, files.len() + 4);
    let count = |kind| ledger.kinds.of(kind);
    assert_eq!(EXCLUSIVE.map(count), [1, 1, 0, 1, 1, files.len() as u32]);
    assert_eq!(EXCLUSIVE.map(count).iter().sum::<u32>(), ledger.files_total);
    assert_eq!(count(FileKind::Warned), 0, "what was not read is counted as such");
    assert_eq!(dropped.lines("", Some(FileKind::Partly)), ["half.xml"]);
    assert_eq!(dropped.lines("", Some(FileKind::Unreadable)), ["empty.xml"]);
    assert_eq!(dropped.lines("", Some(FileKind::Others)), ["shot.png"]);
    assert_eq!(dropped.lines("", Some(FileKind::Duplicates)), ["copy.xml"]);
    assert_eq!(dropped.lines("board_b", None), ["junit-board_b.xml"]);
    assert_eq!(dropped.lines("image", None), ["shot.png"]);
    assert_eq!(dropped.lines("junit !board", None), ["half.xml"]);
    assert_eq!(dropped.lines("nothing like it", None), [""; 0]);
}

/// Kinds of which each file has exactly one.
const EXCLUSIVE: [FileKind; 6] = [
    FileKind::Unreadable,
    FileKind::Partly,
    FileKind::NoResults,
    FileKind::Duplicates,
    FileKind::Others,
    FileKind::Read,
];

/// Reports, and one file of each kind of problem. A drop of one path is a guess.
fn mixed() -> Dropped {
    let (mut dropped, _, files) = flat();
    let fixture = |path: &str| std::fs::read(folder("fixtures/bad").join(path)).unwrap();
    dropped.add("flat/z/half.xml", &fixture("truncated-xml/in-text.xml"));
    dropped.add("flat/z/no-tests.json", &fixture("json/empty-tests.json"));
    dropped.add("flat/z/empty.xml", b"");
    dropped.add("flat/z/console.log", &fixture("nothing/console.log"));
    dropped.add("flat/z/screenshot.png", &fixture("nothing/picture.png"));
    dropped.add("flat/z/junit-board_a (1).xml", &files[0].1);
    let rerun = b"<testsuites><testsuite name='pytest' tests='9'><testcase classname='t' name='a' time='1'/></testsuite></testsuites>";
    dropped.add("flat/junit-board_d.xml", rerun);
    dropped
}

#[test]
fn the_overview_and_the_ledger_count_problems_alike() {
    let mut dropped = mixed();
    let ledger = dropped.ledger();
    let overview = dropped.overview();
    let count = |kind| ledger.kinds.of(kind);
    assert_eq!(EXCLUSIVE.map(count), [1, 1, 1, 1, 2, 4]);
    assert_eq!(EXCLUSIVE.map(count).iter().sum::<u32>(), ledger.files_total);
    assert_eq!(ledger.files_total, overview.files);
    let problems = overview.problems;
    assert_eq!(problems.unreadable, count(FileKind::Unreadable));
    assert_eq!(problems.partly, count(FileKind::Partly));
    assert_eq!(problems.empty, count(FileKind::NoResults));
    assert_eq!(problems.duplicates, count(FileKind::Duplicates));
    assert_eq!(problems.others, count(FileKind::Others));
    assert_eq!(problems.guesses, count(FileKind::Guessed));
    assert_eq!(problems.to_review(), 3);
    assert!(!ledger.kinds.is_all_read());
    assert_eq!(ledger.kinds.reports(), ledger.files_total - 2);
    // A filter shows as many files as its counter says.
    for kind in FileKind::ALL {
        assert_eq!(dropped.lines("", Some(kind)).len() as u32, count(kind), "{kind:?}");
    }
}

#[test]
fn without_any_result_the_counts_agree_with_the_headline() {
    let fixture = |path: &str| std::fs::read(folder("fixtures/bad").join(path)).unwrap();
    let mut dropped = Dropped::default();
    dropped.add("empty.xml", b"");
    dropped.add("no-tests.json", &fixture("json/empty-tests.json"));
    dropped.add("picture.png", &fixture("nothing/picture.png"));
    let (ledger, overview) = (dropped.ledger(), dropped.overview());
    assert_eq!(overview.files, 3);
    assert_eq!(EXCLUSIVE.map(|kind| ledger.kinds.of(kind)), [1, 0, 1, 0, 1, 0]);
    assert_eq!((overview.problems.to_review(), overview.problems.others), (2, 1));
}

#[test]
fn problems_come_first_and_then_paths() {
    let lines = mixed().lines("", None);
    assert_eq!(lines[..3], ["flat/z/empty.xml", "flat/z/half.xml", "flat/z/no-tests.json"]);
    let mut sorted = lines[3..].to_vec();
    sorted.sort();
    assert_eq!(lines[3..], sorted);
}

#[test]
fn columns_of_names_that_no_file_has_are_empty() {
    use IdentityField::{Build, Session, Unit};
    assert_eq!(flat().0.ledger().empty_columns, [Unit, Build, Session]);
    let report = b"<testsuite><testcase name='x'/></testsuite>".as_slice();
    let mut dropped = Dropped::new([("1.0/board_a.xml", report), ("1.1/board_a.xml", report)]);
    dropped.assign(&[FileId(0)], Unit, Some("A-17"));
    assert_eq!(dropped.ledger().empty_columns, [Session]);
    dropped.assign(&[FileId(0)], Session, Some("nightly"));
    assert_eq!(dropped.ledger().empty_columns, []);
}

#[test]
fn what_was_undone_is_told_until_the_next_step() {
    let (mut dropped, ids, _) = flat();
    assert_eq!(dropped.ledger().steps, 0);
    dropped.remove(&ids[..1]);
    assert_eq!(dropped.ledger().steps, 1);
    dropped.undo();
    let ledger = dropped.ledger();
    assert_eq!((ledger.steps, ledger.undone.as_deref()), (1, Some("removing junit-board_a.xml")));
    dropped.remove(&ids[1..2]);
    let ledger = dropped.ledger();
    assert_eq!((ledger.steps, ledger.undone), (2, None));
}

#[test]
fn files_with_the_same_path_have_different_links() {
    let mut dropped = Dropped::default();
    for text in ["<testsuite/>", "<testsuite><testcase name='a'/></testsuite>"] {
        dropped.engine.ingest(import("a.xml", text.as_bytes()));
    }
    let mut keys = dropped.lines("", None);
    keys.sort();
    assert_eq!(keys, ["a.xml", "a.xml#2"]);
    assert_eq!(dropped.file_page("a.xml").unwrap().file, FileId(0));
    assert_eq!(dropped.file_page("a.xml#2").unwrap().file, FileId(1));
    assert_eq!(dropped.file_page("a.xml#3"), None);
    assert_eq!(dropped.file_page(""), None);
}

#[test]
fn a_share_of_a_session_can_be_separated() {
    let report =
        |name: &str| format!("<testsuite name='{name}'><testcase classname='{name}' name='x'/></testsuite>");
    let (one, other) = (report("a.One"), report("a.Other"));
    let mut dropped = Dropped::new([
        ("board/TEST-a.One.xml", one.as_bytes()),
        ("board/TEST-a.Other.xml", other.as_bytes()),
    ]);
    assert_eq!(dropped.figures(), [2, 1, 1]);
    let page = dropped.file_page("board/TEST-a.Other.xml").unwrap();
    assert_eq!((page.is_joined, page.parts[0].others), (true, 1));
    let order = ImportOptions { instead: Some(page.file), counts_alone: true, ..ImportOptions::default() };
    dropped.read_as("board/TEST-a.Other.xml", other.as_bytes(), &order);
    assert_eq!(dropped.figures(), [2, 2, 1]);
    dropped.check_sums();
}
