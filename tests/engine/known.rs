//! Known issues: which failures they cover, how these count, and which entries no longer say the truth.

use crate::Dropped;
use crate::exports::{check_csv, check_page, check_round_trip, check_schema, summary};
use crate::story::{junit, story};
use passgrid::analyze::{Cell, GridLine, GridQuery, IssueWindow};
use passgrid::engine::{EditKnownIssue, GetFailures, GetKnownIssues};
use passgrid::export::{Export, ISSUES_SCHEMA};
use passgrid::model::{FileStatus, KnownIssue};
use passgrid::query::{Filter, OutcomeFilter, View};
use serde_json::{Value, json};

impl Dropped {
    fn issues(&mut self, query: &str) -> IssueWindow {
        let View { filter, sort, .. } = View::from_query(query);
        self.engine.ask(GetKnownIssues { filter, sort, from: 0, count: u32::MAX })
    }

    fn drop_issues(&mut self, issues: Value) {
        self.add("known-issues.json", json!({ "known_issues": issues }).to_string().as_bytes());
    }

    /// The known failures of all sessions: `dut build test`.
    fn known(&mut self) -> Vec<String> {
        let data = self.data();
        let known = data.history.known.iter().map(|(result, _)| {
            let session =
                data.history.session(data.history.session_of[data.part_of(*result).index()].unwrap());
            let dut = &data.history.dut(session.dut).name;
            format!("{dut} {} {}", session.build().unwrap_or("-"), data.tests.name(data.test_of(*result)))
        });
        let mut known: Vec<String> = known.collect();
        known.sort();
        known
    }

    fn check_exports(&mut self) {
        self.check_sums();
        check_schema(self);
        check_csv(self);
        check_page(self);
        check_round_trip(self);
    }
}

/// `test: state; now, all, tests; passes on`
fn lines(window: &IssueWindow) -> Vec<String> {
    let line = |row: &passgrid::analyze::IssueLine| {
        let figures = [row.now, row.all, row.tests].map(|figure| figure.to_string()).join(" ");
        format!("{}: {}; {figures}; {}", row.issue.test, row.state.words(), row.passes_on.0.join(" "))
    };
    window.rows.iter().map(line).collect()
}

#[test]
fn known_failures_are_counted_apart_and_stay_failures() {
    let mut dropped = story();
    let before = dropped.overview();
    dropped.drop_issues(json!([{"test": "leak", "reason": "the counter is off", "link": "https://bugs/1"}]));
    let after = dropped.overview();
    assert_eq!(before.now.failing(), after.now.failing());
    assert_eq!((before.now.known, after.now.known), (0, 4));
    assert_eq!((before.failing_total, after.failing_total, after.known_total), (3, 3, 1));
    assert_eq!(before.now.pass_rate(), after.now.pass_rate());
    assert_eq!(before.headline.tone, after.headline.tone);
    assert!(
        after.headline.text().contains(" 1 of the 3 failing tests is a known issue."),
        "{:?}",
        after.headline
    );
    for line in &after.duts {
        assert_eq!(line.counts.known, 1, "{}", line.name);
        assert!(line.counts.failing() >= 1);
    }

    // The lists of known and other failures have the lengths that the headline says.
    let of = |only| Filter { only, ..Filter::default() };
    let names = |dropped: &mut Dropped, only| -> Vec<String> {
        dropped.tests(of(only), "").rows.into_iter().map(|row| row.name).collect()
    };
    assert_eq!(names(&mut dropped, OutcomeFilter::Known), ["leak"]);
    let mut others = names(&mut dropped, OutcomeFilter::NotKnown);
    others.sort();
    assert_eq!(others, ["boot", "sync"]);
    assert_eq!(names(&mut dropped, OutcomeFilter::Failing).len(), 3);
    let row = &dropped.tests(of(OutcomeFilter::Known), "").rows[0];
    assert_eq!(
        (row.known.as_deref(), row.counts.known, row.failing.len()),
        (Some("the counter is off"), 4, 4)
    );

    let clusters =
        dropped.engine.ask(GetFailures { filter: Filter::default(), sort: None, from: 0, count: 9 });
    let known: Vec<(u32, u32)> = clusters.rows.iter().map(|row| (row.now, row.known)).collect();
    assert_eq!(known, [(4, 4), (1, 0), (1, 0)]);

    let page = dropped.page_in("DUT_A", "leak");
    assert_eq!(page.known.as_ref().map(|issue| issue.link.as_str()), Some("https://bugs/1"));
    assert_eq!(dropped.page_in("DUT_C", "sync").known, None);

    let grid = dropped.grid(GridQuery::default(), &[]);
    let cells = grid.rows.iter().filter_map(|line| match line {
        GridLine::Test(row) if row.name == "leak" => Some(&row.cells),
        _ => None,
    });
    let is_known = |cell: &Cell| matches!(cell, Cell::Result { is_known: true, .. });
    assert!(cells.flatten().all(is_known));

    let summary = summary(&mut dropped);
    assert_eq!((&summary["now"]["known"], &summary["totals"]["known"]), (&json!(4), &json!(8)));
    assert_eq!(summary["known_issues"][0]["state"], "fails as expected");
    dropped.check_exports();
}

impl Dropped {
    fn page_in(&mut self, dut: &str, name: &str) -> passgrid::analyze::ResultPage {
        let mut selections = self.selections();
        selections.retain(|selection| selection.dut == dut && selection.name == name);
        self.page(selections.pop().unwrap()).unwrap()
    }
}

/// Without known issues, the summary is as before.
#[test]
fn a_summary_without_known_issues_says_nothing_of_them() {
    let text = story().export(Export::SummaryJson);
    assert!(!text.contains("\"known"), "{text}");
}

#[test]
fn patterns_are_about_tests_duts_attributes_and_messages() {
    let check = |issue: Value, expected: &[&str]| {
        let mut dropped = story();
        dropped.add("attributes.csv", b"dut,mcu,lab\nDUT_A,esp32,1\nDUT_B,esp32c3,1\nDUT_C,rp2,2\n");
        dropped.drop_issues(json!([issue.clone()]));
        let latest: Vec<String> = dropped.known().into_iter().filter(|line| line.contains(" 1.2 ")).collect();
        assert_eq!(latest, expected, "{issue}");
    };
    let everywhere = ["DUT_A 1.2 leak", "DUT_B 1.2 leak", "DUT_C 1.2 leak", "DUT_D 1.2 leak"];
    check(json!({"test": "leak"}), &everywhere);
    check(json!({"test": "net.leak"}), &everywhere);
    check(json!({"test": "net::leak"}), &everywhere);
    check(json!({"test": "net/l*k"}), &everywhere);
    check(json!({"test": "lea"}), &[]);
    check(json!({"test": "Leak"}), &[]);
    check(json!({"test": "audio.*"}), &["DUT_C 1.2 sync"]);
    check(json!({"test": "leak", "dut": "DUT_B"}), &["DUT_B 1.2 leak"]);
    check(json!({"test": "leak", "dut": ["DUT_B", "*_D"]}), &["DUT_B 1.2 leak", "DUT_D 1.2 leak"]);
    check(json!({"test": "leak", "attributes": {"mcu": "esp32*"}}), &["DUT_A 1.2 leak", "DUT_B 1.2 leak"]);
    check(json!({"test": "leak", "attributes": {"mcu": "*", "lab": "2"}}), &["DUT_C 1.2 leak"]);
    check(json!({"test": "*", "dut": "DUT_C", "attributes": {"build": "1.1"}}), &[]);
    check(json!({"test": "*", "message": "crash"}), &["DUT_C 1.2 boot"]);
    check(json!({"test": "*", "message": "s?nc is"}), &["DUT_C 1.2 sync"]);
}

/// The states of entries, each by the results that lead to it.
#[test]
fn entries_that_no_longer_say_the_truth_are_reported() {
    let mut dropped = story();
    dropped.drop_issues(json!([
        {"test": "leak", "intermittent": true},
        {"test": "sync", "dut": "DUT_C", "expires": "2026-11-02"},
        {"test": "boot", "dut": "DUT_C"},
        {"test": "play"},
        {"test": "boot", "dut": "DUT_A", "intermittent": true},
        {"test": "no_such_test"},
        {"test": "leak", "dut": "DUT_X"},
    ]));
    assert_eq!(
        lines(&dropped.issues("")),
        [
            "sync: expired; 0 1 1; ",
            "play: passes unexpectedly; 0 0 1; DUT_A DUT_B DUT_D",
            "boot: stale: nothing fails; 0 0 1; ",
            "no_such_test: stale: matches no test; 0 0 0; ",
            "leak: stale: matches no test; 0 0 0; ",
            "leak: fails as expected; 4 8 1; ",
            "boot: fails as expected; 1 1 1; ",
        ]
    );
    let window = dropped.issues("?q=no_such&sort=name");
    assert_eq!((window.issues, window.total), (7, 1));
    assert_eq!(lines(&dropped.issues("?sort=-failing"))[0][..5], *"leak:");
    let overview = dropped.overview();
    assert_eq!((overview.issues, overview.outdated_issues), (7, 5));
    assert!(
        overview.headline.text().ends_with("5 known issues need a look."),
        "{}",
        overview.headline.text()
    );
    // The expired entry covers the failure of 1.1, on its last day, but not that of 1.2.
    assert!(dropped.known().contains(&"DUT_C 1.1 sync".to_owned()));
    assert!(!dropped.known().contains(&"DUT_C 1.2 sync".to_owned()));
    dropped.check_exports();
}

#[test]
fn an_intermittent_issue_may_pass() {
    let files = [
        ("1.0/board_a.xml", junit("2026-11-01T10:00:00", "s x failed\ns y passed")),
        ("1.1/board_a.xml", junit("2026-11-02T10:00:00", "s x passed\ns y passed")),
    ];
    let mut dropped = Dropped::new(files.iter().map(|(path, text)| (*path, text.as_bytes())));
    dropped.drop_issues(json!([{"test": "x", "intermittent": true}, {"test": "y", "dut": "board_a"}]));
    assert_eq!(
        lines(&dropped.issues("")),
        ["y: passes unexpectedly; 0 0 1; board_a", "x: passes now, intermittent; 0 1 1; "]
    );
}

/// A list at the same path replaces the earlier one, and a removed list marks nothing.
#[test]
fn a_list_can_be_dropped_again_and_removed() {
    let mut dropped = story();
    dropped.drop_issues(json!([{"test": "leak"}]));
    assert_eq!(dropped.known().len(), 8);
    dropped.drop_issues(json!([{"test": "sync"}]));
    assert_eq!(dropped.known(), ["DUT_C 1.1 sync", "DUT_C 1.2 sync"]);
    let files: Vec<_> =
        dropped.data().ledger().filter(|(_, file)| file.is_knowledge).map(|(id, _)| id).collect();
    assert_eq!(files.len(), 1);
    assert_eq!(dropped.data().file(files[0]).status, FileStatus::Read);
    dropped.engine.ask(passgrid::engine::RemoveFiles(files));
    assert!(dropped.known().is_empty());
    assert!(dropped.undo().is_some());
    assert_eq!(dropped.known().len(), 2);
}

/// The order of dropping makes no difference, and an equal entry of another file counts once.
#[test]
fn the_order_of_files_makes_no_difference() {
    let first = br#"{"known_issues": [{"test": "leak", "reason": "first"}, {"test": "boot"}]}"#;
    let second = br#"{"known_issues": [{"test": "leak", "reason": "second"}, {"test": "boot"}]}"#;
    let reasons = |files: &[(&str, &[u8])]| {
        let mut dropped = story();
        for (path, bytes) in files {
            dropped.add(path, bytes);
        }
        let rows = dropped.issues("").rows;
        (dropped.page_in("DUT_A", "leak").known.unwrap().reason, rows.len())
    };
    let forth = reasons(&[("a.json", first), ("b.json", second)]);
    assert_eq!(forth, ("first".to_owned(), 3));
    assert_eq!(forth, reasons(&[("b.json", second), ("a.json", first)]));
}

/// What the page edits is a file that is read again.
#[test]
fn entries_are_edited_in_their_file() {
    let mut dropped = story();
    let mut edit = |at: Option<(&str, u32)>, issue: Option<KnownIssue>| {
        let at = at.map(|(path, at)| (path.to_owned(), at));
        let (path, text) = dropped.engine.ask(EditKnownIssue { at, issue }).unwrap();
        dropped.add(&path, text.as_bytes());
        (path, lines(&dropped.issues("?sort=name")))
    };
    let issue =
        |test: &str| KnownIssue { test: test.to_owned(), intermittent: true, ..KnownIssue::default() };
    let (path, listed) = edit(None, Some(issue("leak")));
    assert_eq!((path.as_str(), listed.len()), ("known-issues.json", 1));
    assert_eq!(edit(None, Some(issue("sync"))).1.len(), 2);
    let (_, listed) = edit(Some(("known-issues.json", 0)), Some(issue("boot")));
    assert_eq!(listed, ["boot: fails as expected; 1 1 1; ", "sync: fails as expected; 1 2 1; "]);
    assert_eq!(edit(Some(("known-issues.json", 1)), None).1.len(), 1);
    assert!(edit(Some(("known-issues.json", 0)), None).1.is_empty());
    assert_eq!(dropped.engine.ask(EditKnownIssue { at: Some(("x.json".to_owned(), 0)), issue: None }), None);
}

/// The download matches the schema, and gives the same marks again.
#[test]
fn the_download_is_read_again() {
    let mut dropped = story();
    dropped.drop_issues(json!([
        {"test": "leak", "dut": "DUT_A", "reason": "=1+1", "link": "https://x", "expires": "2027-01-01"},
        {"test": "s*c", "attributes": {"unit": "7"}, "message": "wrong", "intermittent": true},
    ]));
    let text = dropped.export(Export::KnownIssuesJson);
    let schema: Value = serde_json::from_str(ISSUES_SCHEMA).unwrap();
    assert!(jsonschema::is_valid(&schema, &serde_json::from_str(&text).unwrap()), "{text}");
    let mut again = story();
    again.add("again.json", text.as_bytes());
    assert_eq!(again.export(Export::KnownIssuesJson), text);
    assert_eq!(again.known(), dropped.known());
}

/// octoprobe's list marks the failures of its boards, in the groups that it names.
#[test]
fn lists_of_octoprobe_are_read() {
    let group = |board: &str, group: &str, outcome: &str| {
        format!(
            r#"{{"testgroup": "{group}", "testid": "{group}@{board}", "tentacle_variant": "{board}", "outcomes":
            [{{"name": "extmod/time_res.py", "outcome": "{outcome}", "text": ""}},
             {{"name": "basics/0prelim.py", "outcome": "passed", "text": ""}}]}}"#
        )
    };
    let mut dropped = Dropped::default();
    for (board, name, outcome) in [
        ("2d2d-ADA_ITSYBITSY_M0", "RUN-TESTS_STANDARD", "failed"),
        ("2d2d-ADA_ITSYBITSY_M0", "RUN-TESTS_STANDARD_NATIVE", "failed"),
        ("552b-RPI_PICO2_W", "RUN-TESTS_STANDARD", "failed"),
        ("472b-ESP32_S3_DEVKIT", "RUN-TESTS_STANDARD", "passed"),
    ] {
        let path = format!("{name}@{board}/context_testgroup.json");
        dropped.add(&path, group(board, name, outcome).as_bytes());
    }
    let list = br#"{"RUN-TESTS_STANDARD": {"extmod/time_res.py": ["ADA_ITSYBITSY_M0", "ESP32_S3_DEVKIT"]}}"#;
    dropped.add("octoprobe_xfail_template.json", list);
    assert_eq!(dropped.known(), ["ADA_ITSYBITSY_M0 - extmod/time_res.py"]);
    let rows = dropped.issues("").rows;
    assert_eq!(rows[0].passes_on.0, ["ESP32_S3_DEVKIT"]);
    let record = dropped.data().ledger().find(|(_, file)| file.is_knowledge).unwrap().1;
    assert_eq!((record.format, record.status), ("octoprobe-xfail", FileStatus::Read));
    dropped.check_exports();
}

/// SQUAD's issues from its API, and from the YAML that is uploaded to it, with aliases.
#[test]
fn lists_of_squad_are_read() {
    let api = br#"{"count": 2, "next": null, "previous": null, "results": [
        {"id": 1, "title": "LKFT", "test_name": "net/leak", "url": "https://bugs/1", "notes": "known",
         "active": true, "intermittent": true, "environments": ["DUT_A", "https://qa/api/environments/DUT_B/"]},
        {"id": 2, "title": "old", "test_name": "audio/sync", "url": null, "notes": null, "active": false,
         "intermittent": false, "environments": ["DUT_C"]}]}"#;
    let yaml = b"projects:\n- name: LKFT\n  known_issues:\n  - environments: &boards\n    - DUT_A\n    - DUT_B\n    notes: 'known'\n    test_name: net/leak\n    url: https://bugs/1\n    active: true\n    intermittent: true\n  - environments: *boards\n    test_name: net/boot\n    active: true\n    intermittent: false\n";
    let mut dropped = story();
    dropped.add("knownissues.json", api);
    let row = &dropped.issues("").rows[0];
    assert_eq!((row.issue.reason.as_str(), row.issue.link.as_str()), ("LKFT: known", "https://bugs/1"));
    assert!(row.issue.intermittent);
    assert_eq!(dropped.issues("").rows.len(), 1, "inactive issues are ignored");
    let leaks: Vec<String> = dropped.known().into_iter().filter(|line| line.contains("1.2")).collect();
    assert_eq!(leaks, ["DUT_A 1.2 leak", "DUT_B 1.2 leak"]);
    let mut dropped = story();
    dropped.add("lkft.yaml", yaml);
    assert_eq!(dropped.issues("").rows.len(), 2);
    let leaks: Vec<String> = dropped.known().into_iter().filter(|line| line.contains("1.2")).collect();
    assert_eq!(leaks, ["DUT_A 1.2 leak", "DUT_B 1.2 leak"]);
}

/// Attributes come from CSV in several spellings and from JSON; they are shown, searched and exported.
#[test]
fn attributes_of_duts_are_read() {
    for (name, text) in [
        ("attributes.csv", "dut,mcu,lab\nDUT_A,esp32,1\nDUT_C,rp2,\n"),
        ("attributes.csv", "\u{feff}# bench\r\nDUT;mcu;lab\r\nDUT_A;esp32;1\r\nDUT_C;rp2;\r\n"),
        ("a.json", r#"{"dut_attributes": {"DUT_A": {"mcu": "esp32", "lab": 1}, "DUT_C": {"mcu": "rp2"}}}"#),
        ("a.json", r#"[{"dut": "DUT_A", "mcu": "esp32", "lab": "1"}, {"dut": "DUT_C", "mcu": "rp2"}]"#),
    ] {
        let mut dropped = story();
        dropped.add(name, text.as_bytes());
        let record = dropped.data().ledger().find(|(_, file)| file.is_knowledge);
        let record = record.unwrap_or_else(|| panic!("{text}")).1;
        assert_eq!((record.format, record.status, record.results), ("dut-attributes", FileStatus::Read, 0));
        let pairs = |dropped: &mut Dropped, at: usize| -> Vec<String> {
            let duts = &dropped.data().history.duts;
            duts[at].attributes.iter().map(|(name, value)| format!("{name}={value}")).collect()
        };
        assert_eq!(pairs(&mut dropped, 0), ["lab=1", "mcu=esp32"], "{text}");
        assert_eq!(pairs(&mut dropped, 2), ["mcu=rp2"], "{text}");
        assert_eq!(dropped.sessions("mcu=rp2", "").rows.len(), 3);
        let session = dropped.sessions("mcu=esp32", "").rows[0].clone();
        let page = dropped.session(&session.dut, &session.id).unwrap();
        assert!(page.attributes.contains(&("mcu".to_owned(), "esp32".to_owned())));
        assert_eq!(summary(&mut dropped)["duts"][0]["attributes"]["mcu"], "esp32");
        dropped.check_exports();
    }
}

/// A DUT without results is mentioned: its name may be misspelled.
#[test]
fn attributes_of_unknown_duts_are_mentioned() {
    let mut dropped = story();
    dropped.add("attributes.csv", b"dut,mcu\nDUT_A,esp32\nDUT_Z,rp2\nDUT_Y,rp2\n");
    let ledger = dropped.ledger();
    let notes = ledger.files.iter().flat_map(|file| &file.notes).map(|note| note.text.as_str());
    let notes: Vec<&str> = notes.filter(|text| text.contains("no results")).collect();
    assert!(notes.contains(&"`DUT_Z` and 1 other DUT have attributes here, but no results"), "{notes:?}");
}

/// Files that look similar are results, or nothing.
#[test]
fn results_are_not_taken_for_lists() {
    let format = |text: &str| crate::dropped::import("x", text.as_bytes()).format;
    assert_eq!(format("dut,test,status\nA,x,passed\n"), "csv");
    assert_eq!(format(r#"[{"dut": "A", "session_id": "1", "tests": []}]"#), "dut-json");
    assert_eq!(format("dut,name,status\nA,x,passed\n"), "csv");
    assert_ne!(format("row,dut,passed\nsession,A,3\n"), "dut-attributes");
    assert_ne!(format(r#"{"RUN-X": {"a": 1}}"#), "octoprobe-xfail");
}

/// Broken lists keep what was read, and say where they end.
#[test]
fn broken_lists_say_what_is_missing() {
    let notes = |text: &str| {
        let imported = crate::dropped::import("x", text.as_bytes());
        let issues = imported.batch.known_issues.len();
        let notes: Vec<String> = imported.batch.notes.into_iter().map(|note| note.text).collect();
        (imported.status, issues, notes.join("; "))
    };
    let (status, issues, said) =
        notes(r#"{"known_issues": [{"test": "a"}, {"test": "b", "expires": "soon"}, {"test":"#);
    assert_eq!((status, issues), (FileStatus::PartlyRead, 1));
    assert!(said.contains("invalid date"), "{said}");
    let (status, issues, _) = notes(r#"{"known_issues": []}"#);
    assert_eq!((status, issues), (FileStatus::Read, 0));
}
