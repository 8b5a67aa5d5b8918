//! Comparisons of two sets of sessions.

use crate::Dropped;
use crate::dropped::tree;
use crate::story::{junit, story};
use passgrid::analyze::{ChangeRow, ChangeWindow, ChangedDut, GridLine, GridQuery};
use passgrid::engine::GetChanges;
use passgrid::export::Export;
use passgrid::query::{Change, Comparison, Filter, OutcomeFilter, Sort, View};
use std::collections::BTreeMap;
use std::path::PathBuf;

impl Dropped {
    /// All changes, for the parameters of a query string.
    pub fn changes(&mut self, query: &str) -> ChangeWindow {
        let View { comparison, filter, sort, .. } = View::from_query(query);
        self.engine.ask(GetChanges { comparison, filter, sort, from: 0, count: u32::MAX })
    }
}

/// `change test: DUTs` of each row.
fn lines(window: &ChangeWindow) -> Vec<String> {
    assert_eq!(window.problem, None);
    let line = |row: &ChangeRow| {
        let duts: Vec<&str> = row.duts.iter().map(|dut| dut.name.as_str()).collect();
        format!("{} {}: {}", row.change.word(), row.name, duts.join(" "))
    };
    window.rows.iter().map(line).collect()
}

const STORY: [&str; 13] = [
    "regression boot: DUT_C",
    "regression leak: DUT_A",
    "new failure leak: DUT_D",
    "still failing leak: DUT_B DUT_C",
    "still failing sync: DUT_C",
    "slower play: DUT_B",
    "slower sync: DUT_A",
    "faster play: DUT_A",
    "other change play: DUT_C",
    "appeared test_9: DUT_C",
    "appeared test_10: DUT_C",
    "appeared play: DUT_D",
    "appeared boot: DUT_D",
];

#[test]
fn the_newest_build_is_compared_with_the_one_before() {
    let mut dropped = story();
    let window = dropped.changes("");
    assert_eq!((&*window.from.words, window.from.sessions, window.from.duts), ("1.1", 3, 3));
    assert_eq!((&*window.to.words, window.to.sessions, window.to.duts), ("1.2", 4, 4));
    let mut found = lines(&window);
    let disappeared: Vec<String> = found.extract_if(.., |line| line.starts_with("dis")).collect();
    assert_eq!(disappeared, ["disappeared sync: DUT_B", "disappeared boot: DUT_B"]);
    found.sort();
    let mut expected = STORY.to_vec();
    expected.sort_unstable();
    assert_eq!(found, expected);
    // Every result of a test on a DUT counts once.
    let all: u32 = window.counts.iter().map(|(pairs, _)| pairs).sum();
    assert_eq!((all, window.unchanged), (16, 1));
    // A row may have several DUTs.
    let tests: u32 = window.counts.iter().map(|(_, tests)| tests).sum();
    assert_eq!((tests, window.all, window.total), (15, 15, 15));
    assert_eq!(window.steps.iter().map(|(_, count)| count).sum::<u32>(), 16);
    assert_eq!(
        window.notes,
        [
            "DUT_D has no session in “1.1”: every test there appears.",
            "Incomplete after: DUT_B. Tests that are missing there may have been lost."
        ]
    );
}

#[test]
fn changes_come_in_the_order_of_their_weight() {
    let window = story().changes("");
    let changes: Vec<Change> = window.rows.iter().map(|row| row.change).collect();
    assert!(changes.is_sorted(), "{changes:?}");
    let by_name = story().changes("?sort=-name");
    let names: Vec<&str> = by_name.rows.iter().map(|row| row.name.as_str()).collect();
    assert_eq!(names[..2], ["test_10", "test_9"]);
}

#[test]
fn a_class_a_step_words_and_a_dut_narrow_the_list() {
    let mut dropped = story();
    let mut check = |query: &str, expected: &[&str]| {
        let window = dropped.changes(query);
        assert_eq!(lines(&window), expected, "{query}");
        assert_eq!(window.all, 15, "{query}");
    };
    check("?change=regression&change=new-failure", &STORY[..3]);
    check("?step=passed-error", &["regression boot: DUT_C"]);
    check("?step=none-failed", &["new failure leak: DUT_D"]);
    check("?q=audio&change=slower", &["slower play: DUT_B", "slower sync: DUT_A"]);
    check("?on=DUT_A&change=regression", &["regression leak: DUT_A"]);
    check("?on=DUT_X", &[]);
    // The figures beside the chips follow the words and the DUT, not the chosen class.
    let figures = dropped.changes("?on=DUT_A&change=fixed");
    assert_eq!(figures.counts[Change::Regression as usize], (1, 1));
    assert_eq!(figures.counts[Change::NewFailure as usize], (0, 0));
}

#[test]
fn any_two_sets_of_sessions_can_be_compared() {
    let mut dropped = story();
    let mut check = |query: &str, from: &str, to: &str, regressions: &[&str]| {
        let window = dropped.changes(&format!("{query}&change=regression"));
        assert_eq!(lines(&window), regressions, "{query}");
        assert_eq!((&*window.from.words, &*window.to.words), (from, to), "{query}");
    };
    let boot_and_leak = ["regression boot: DUT_C", "regression leak: DUT_A"];
    check(
        "?from=build:1.0",
        "1.0",
        "1.2",
        &["regression sync: DUT_C", "regression boot: DUT_C", "regression leak: DUT_A"],
    );
    check("?to=build:1.1", "1.0", "1.1", &["regression sync: DUT_C"]);
    check("?from=1.1&to=1.2&to=dut:DUT_C", "1.1", "1.2, DUT_C", &boot_and_leak[..1]);
    check(
        "?from=previous&to=latest",
        "previous session of each DUT",
        "latest session of each DUT",
        &boot_and_leak,
    );
    check(
        "?from=until:2026-11-02&to=since:2026-11-03",
        "until 2026-11-02",
        "since 2026-11-03",
        &boot_and_leak,
    );
    check("?from=text:1.1&to=text:1.2", "sessions with “1.1”", "sessions with “1.2”", &boot_and_leak);
    // Two DUTs with each other.
    check(
        "?from=dut:DUT_A&from=build:1.2&to=dut:DUT_C&to=build:1.2",
        "DUT_A, 1.2",
        "DUT_C, 1.2",
        &["regression sync: DUT_A → DUT_C", "regression boot: DUT_A → DUT_C"],
    );
}

#[test]
fn what_cannot_be_compared_is_said() {
    let mut dropped = story();
    let mut check = |query: &str, problem: &str| {
        assert_eq!(dropped.changes(query).problem.as_deref(), Some(problem), "{query}");
    };
    check("?from=9.9", "No session matches the older side.");
    check("?to=9.9", "No session matches the newer side.");
    check("?to=1.0", "No earlier session to compare with.");
    let nothing = Dropped::default().changes("");
    assert_eq!(nothing.problem.as_deref(), Some("No session has results."));
}

#[test]
fn without_a_baseline_every_test_is_taken_as_passed() {
    let mut dropped = story();
    let window = dropped.changes("?from=all-passed&to=1.0&change=regression");
    assert_eq!(lines(&window), ["regression leak: DUT_B DUT_C"]);
    assert_eq!(window.notes, ["Without a baseline, every test is taken as passed before."]);
    assert_eq!(window.rows[0].duts[0].sentence, "Taken as passed before, failed after.");
    let csv = dropped.export_compared("?from=all-passed&to=1.0");
    assert!(csv.contains("leak,net,,DUT_B,regression,assumed passed,failed,0,1,\r\n"), "{csv}");
}

#[test]
fn builds_of_different_duts_do_not_make_tests_disappear() {
    // Each DUT has firmware of its own, so the build before the newest is another DUT's.
    let a = "s one passed\ns two passed";
    let b = "s one passed\ns two failed";
    let files = [
        ("board_a/a-1.0.xml", junit("2026-11-01T10:00:00", a)),
        ("board_b/b-7.0.xml", junit("2026-11-01T11:00:00", a)),
        ("board_a/a-1.1.xml", junit("2026-11-02T10:00:00", b)),
        ("board_b/b-7.1.xml", junit("2026-11-02T11:00:00", b)),
    ];
    let mut dropped = Dropped::new(files.iter().map(|(path, text)| (*path, text.as_bytes())));
    let window = dropped.changes("?change=regression");
    assert!(lines(&window)[0].starts_with("regression two: "), "{window:?}");
    assert_eq!(dropped.changes("?change=disappeared").total, 0);
}

#[test]
fn the_table_to_download_has_a_row_per_change() {
    let mut dropped = story();
    let csv = dropped.export_compared("");
    let mut lines = csv.lines();
    assert_eq!(lines.next(), Some("test,suite,class,dut,change,from,to,from_sessions,to_sessions,p_value"));
    let rows: Vec<&str> = lines.collect();
    assert_eq!(rows[0], "boot,net,,DUT_C,regression,passed,error,1,1,");
    assert!(rows.contains(&"leak,net,,DUT_D,new failure,,failed,0,1,"), "{csv}");
    assert!(rows.contains(&"boot,net,,DUT_B,disappeared,passed,,1,0,"), "{csv}");
    assert_eq!(rows.len(), 16);
}

impl Dropped {
    fn export_compared(&mut self, query: &str) -> String {
        let View { comparison, filter, .. } = View::from_query(query);
        self.export_of(Export::CompareCsv, filter, comparison.sides)
    }
}

/// Sessions of one DUT: a test per column, `.` passed and `F` failed, and its duration.
fn runs(sessions: &[(&str, Vec<(char, f64)>)]) -> Dropped {
    let files: Vec<(String, String)> = sessions
        .iter()
        .enumerate()
        .map(|(at, (build, results))| {
            let line = |(test, (outcome, seconds)): (usize, &(char, f64))| {
                let word = if *outcome == 'F' { "failed" } else { "passed" };
                format!("s t{test} {word} {seconds}\n")
            };
            let text: String = results.iter().enumerate().map(line).collect();
            let started = format!("2026-11-{:02}T{:02}:{:02}:00", 1 + at / 1440, at / 60 % 24, at % 60);
            (format!("{build}/board_a/run-{at}.xml"), junit(&started, &text))
        })
        .collect();
    Dropped::new(files.iter().map(|(path, text)| (path.as_str(), text.as_bytes())))
}

#[test]
fn evidence_needs_four_sessions_on_each_side() {
    let sessions = |before: usize, after: usize| {
        let before = std::iter::repeat_n(("1.0", vec![('.', 1.0), ('.', 1.0)]), before);
        let after = std::iter::repeat_n(("1.1", vec![('F', 1.0), ('.', 2.0)]), after);
        let sessions: Vec<_> = before.chain(after).collect();
        let mut dropped = runs(&sessions);
        let window = dropped.changes("");
        let row = |change: Change| {
            let row = window.rows.iter().find(|row| row.change == change).unwrap();
            (row.duts[0].sentence.clone(), row.duts[0].p_value.map(|p| (p * 1e6).round() / 1e6))
        };
        (row(Change::Regression), row(Change::Slower))
    };
    let (regression, slower) = sessions(4, 4);
    assert_eq!(
        regression,
        (
            "Passed in all 4 sessions before, failed in all 4 sessions after: significant, p = 0.029."
                .to_owned(),
            Some(0.028_571)
        )
    );
    assert_eq!(
        slower,
        (
            "Median 1.00 s before, 2.00 s after, 2.0 times slower: significant, p = 0.029.".to_owned(),
            Some(0.028_571)
        )
    );
    let (regression, slower) = sessions(3, 8);
    let insufficient = ": insufficient data.";
    assert!(regression.0.ends_with(insufficient) && regression.1.is_none(), "{regression:?}");
    assert!(slower.0.ends_with(insufficient) && slower.1.is_none(), "{slower:?}");
}

/// Numbers that look random, the same in every run.
struct Random(u64);

impl Random {
    fn unit(&mut self) -> f64 {
        // splitmix64
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// Sessions with 300 tests: those of `changed` fail, or take longer, in the second build.
fn simulated(random: &mut Random, sessions: usize, changed: usize) -> Dropped {
    const TESTS: usize = 300;
    let results = |random: &mut Random, is_after: bool| -> Vec<(char, f64)> {
        (0..TESTS)
            .map(|test| {
                let is_changed = is_after && test < changed;
                // Half of the tests fail now and then.
                let rate =
                    if is_changed && test % 2 == 0 { 0.95 } else { f64::from(u8::from(test % 2 == 0)) * 0.2 };
                let slow = if is_changed && test % 2 == 1 { 2.0 } else { 1.0 };
                let failed = random.unit() < rate;
                let noise = 0.75 + 0.5 * random.unit();
                (if failed { 'F' } else { '.' }, slow * noise)
            })
            .collect()
    };
    let runs_of: Vec<_> = (0..2 * sessions)
        .map(|at| (if at < sessions { "1.0" } else { "1.1" }, results(random, at >= sessions)))
        .collect();
    runs(&runs_of)
}

/// The numbers of the tests whose change is significant.
fn significant(dropped: &mut Dropped) -> Vec<usize> {
    let window = dropped.changes("");
    let rows = window.rows.iter().filter(|row| row.duts[0].p_value.is_some_and(|p| p < 0.05));
    rows.map(|row| row.name[1..].parse().unwrap()).collect()
}

/// Without a change, a comparison of all tests gives a false alarm in at most 5 % of cases.
#[test]
fn where_nothing_changed_alarms_are_rare() {
    let mut random = Random(1);
    const COMPARISONS: usize = 100;
    let alarms =
        (0..COMPARISONS).filter(|_| !significant(&mut simulated(&mut random, 8, 0)).is_empty()).count();
    // 5 % of 100 are 5; 11 or more have a probability of 0.5 %.
    assert!(alarms <= 10, "{alarms} of {COMPARISONS} comparisons");
}

/// With 12 sessions on a side, a test that takes twice as long is always found, and one that fails in 95 %
/// of the sessions instead of 20 % in four of five cases. Of what is found, at most 5 % did not change.
#[test]
fn a_known_change_is_found() {
    const CHANGED: usize = 30;
    const COMPARISONS: usize = 10;
    let mut random = Random(2);
    let (mut slower, mut failing, mut wrong) = (0, 0, 0);
    for _ in 0..COMPARISONS {
        for test in significant(&mut simulated(&mut random, 12, CHANGED)) {
            let count = match test {
                CHANGED.. => &mut wrong,
                odd if odd % 2 == 1 => &mut slower,
                _ => &mut failing,
            };
            *count += 1;
        }
    }
    let each = COMPARISONS * CHANGED / 2;
    assert_eq!(slower, each);
    assert!(failing * 5 >= each * 4, "{failing} of {each}");
    assert!(wrong * 20 <= slower + failing + wrong, "{wrong} beside {slower} and {failing}");
}

/// The outcome of each test of a JUnit file, by string search: `failed`, `skipped` or `passed`.
fn recounted(text: &str) -> BTreeMap<String, &'static str> {
    let mut outcomes = BTreeMap::new();
    for case in text.split("<testcase ").skip(1) {
        let attribute = |name: &str| {
            let rest = &case[case.find(&format!("{name}=\"")).unwrap() + name.len() + 2..];
            rest[..rest.find('"').unwrap()].to_owned()
        };
        let case_end = case.find("</testcase>").unwrap_or(case.len());
        let head_end = case.find('>').unwrap();
        let body = if case[..head_end].ends_with('/') { "" } else { &case[head_end..case_end] };
        let outcome = if body.contains("<failure") || body.contains("<error") {
            "failed"
        } else if body.contains("<skipped") {
            "skipped"
        } else {
            "passed"
        };
        outcomes.insert(format!("{}.{}", attribute("classname"), attribute(" name")), outcome);
    }
    outcomes
}

/// Between neighboring builds of more-itertools, each class has as many changes as an independent count of
/// the JUnit files gives.
#[test]
fn classes_of_real_builds_are_as_recounted() {
    let Some(corpus) = std::env::var_os("PASSGRID_CORPUS") else { return };
    let folder = PathBuf::from(corpus).join("matrix/more-itertools");
    let files = tree(&folder);
    let mut dropped = Dropped::new(files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice())));
    let builds = ["8.14.0", "9.1.0", "10.1.0", "10.3.0", "10.5.0"];
    let duts = ["py3.8.18", "py3.10.13", "py3.12.1", "py3.13.0"];
    let read = |build: &str, dut: &str| {
        recounted(&std::fs::read_to_string(folder.join(build).join(format!("{dut}.xml"))).unwrap())
    };
    for pair in builds.windows(2) {
        let mut expected: BTreeMap<&str, u32> = BTreeMap::new();
        for dut in duts {
            let (before, after) = (read(pair[0], dut), read(pair[1], dut));
            let names: std::collections::BTreeSet<&String> = before.keys().chain(after.keys()).collect();
            for name in names {
                let class = match (before.get(name).copied(), after.get(name).copied()) {
                    (Some("passed"), Some("failed")) => "regression",
                    (Some("failed"), Some("passed")) => "fixed",
                    (Some("failed"), Some("failed")) => "still failing",
                    (_, Some("failed")) => "new failure",
                    (Some("skipped"), Some("passed")) => "new pass",
                    (None, _) => "appeared",
                    (_, None) => "disappeared",
                    (before, after) if before != after => "other change",
                    _ => continue,
                };
                *expected.entry(class).or_default() += 1;
            }
        }
        let window = dropped.changes(&format!("?from={}&to={}", pair[0], pair[1]));
        let count = |change: Change| window.counts[change as usize].0;
        let about_time = [Change::Slower, Change::Faster];
        let found =
            Change::ALL.into_iter().filter(|change| count(*change) > 0 && !about_time.contains(change));
        let found: BTreeMap<&str, u32> = found.map(|change| (change.word(), count(change))).collect();
        assert_eq!(found, expected, "{pair:?}");
        assert!(!expected.is_empty(), "{pair:?}");
    }
}

/// The new failures of the overview are the regressions and new failures since the previous sessions.
#[test]
fn new_failures_of_the_overview_are_regressions_and_new_failures() {
    for mut dropped in [story(), crate::demo::demo()] {
        let filter = Filter::default();
        let comparison = Comparison {
            sides: View::from_query("?from=previous&to=latest").comparison.sides,
            ..Comparison::default()
        };
        let sort: Option<Sort> = None;
        let window = dropped.engine.ask(GetChanges { comparison, filter, sort, from: 0, count: u32::MAX });
        let is_new = |row: &&ChangeRow| matches!(row.change, Change::Regression | Change::NewFailure);
        // A DUT with one session has nothing to compare with, so nothing of it is new on the overview.
        let has_before = |row: &&ChangeRow| row.duts.iter().any(|dut| dut.step.before.is_some());
        let mut names: Vec<_> =
            window.rows.iter().filter(is_new).filter(has_before).map(|row| &row.name).collect();
        names.sort();
        names.dedup();
        let new = Filter { only: OutcomeFilter::New, ..Filter::default() };
        assert_eq!(names.len() as u32, dropped.tests(new, "").total);
    }
}

/// `change test: DUT` of each mark in the grid, and how many rows it has.
fn marks(dropped: &mut Dropped, query: &str) -> (Vec<String>, u32) {
    let View { comparison, filter, .. } = View::from_query(query);
    let query = GridQuery { comparison: Some(comparison), filter, ..GridQuery::default() };
    let window = dropped.grid(query, &[]);
    let mut marks = Vec::new();
    for line in &window.rows {
        let GridLine::Test(row) = line else { continue };
        for (column, change) in window.columns.iter().zip(&row.changes) {
            marks.extend(change.map(|change| format!("{} {}: {}", change.word(), row.name, column.dut)));
        }
    }
    marks.sort();
    (marks, window.matching)
}

#[test]
fn the_grid_marks_the_changes_that_the_table_lists() {
    let mut dropped = story();
    for sides in ["", "&from=build:1.0&to=build:1.1", "&from=build:1.0", "&to=dut:DUT_A", "&from=all-passed"]
    {
        for chosen in ["", "&change=regression", "&change=disappeared&change=fixed", "&q=net"] {
            let query = format!("?view=grid{sides}{chosen}");
            let window = dropped.changes(&query);
            // A test with a chosen change has all its marks.
            let words = if chosen.starts_with("&q") { chosen } else { "" };
            let all = dropped.changes(&format!("?{sides}{words}"));
            let is_chosen = |name: &str| window.rows.iter().any(|row| row.name == name);
            let mut expected: Vec<String> = Vec::new();
            for row in all.rows.iter().filter(|row| is_chosen(&row.name)) {
                let line = |dut: &ChangedDut| format!("{} {}: {}", row.change.word(), row.name, dut.name);
                expected.extend(row.duts.iter().map(line));
            }
            // DUT_D has no earlier session.
            expected.retain(|line| !(line.starts_with("appeared") && line.ends_with("DUT_D")));
            expected.sort();
            let (marks, rows) = marks(&mut dropped, &query);
            assert_eq!(marks, expected, "{query}");
            if chosen.starts_with("&change") {
                let tests: std::collections::BTreeSet<_> =
                    window.rows.iter().map(|row| (&row.scope, &row.name)).collect();
                assert_eq!(rows as usize, tests.len(), "{query}");
            }
        }
    }
}

#[test]
fn the_grid_of_a_comparison_shows_the_sessions_of_its_newer_side() {
    let mut dropped = story();
    let View { comparison, .. } = View::from_query("?from=build:1.0&to=build:1.1");
    let query = GridQuery { comparison: Some(comparison), ..GridQuery::default() };
    let window = dropped.grid(query, &[]);
    assert_eq!(window.compared, Some(("1.0".to_owned(), "1.1".to_owned())));
    let columns: Vec<_> =
        window.columns.iter().map(|column| (&*column.dut, column.build.as_deref())).collect();
    assert_eq!(columns, [("DUT_A", Some("1.1")), ("DUT_B", Some("1.1")), ("DUT_C", Some("1.1"))]);
    // Without it, the latest sessions are shown.
    let window = dropped.grid(GridQuery::default(), &[]);
    assert_eq!((window.compared, window.columns.len()), (None, 4));
}
