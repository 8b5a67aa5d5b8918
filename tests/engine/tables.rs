//! Grid, tests and sessions: rows, groups, orders, windows.

use crate::Dropped;
use crate::exports::{check_csv, check_page, check_round_trip, check_schema, summary};
use crate::story::{shown_line, story};
use passgrid::analyze::{GridQuery, GridWindow, RowOrder, ShortNames};
use passgrid::engine::GetSessions;
use passgrid::model::Outcome;
use passgrid::query::{ColumnOrder, DutColumns, Filter, OutcomeFilter, ShownDuts, Sort, SortKey};

fn grouped() -> GridQuery {
    GridQuery { is_grouped: true, ..GridQuery::default() }
}

fn lines(window: &GridWindow) -> Vec<String> {
    window.rows.iter().map(shown_line).collect()
}

#[test]
fn groups_that_fail_come_first_and_fold() {
    let mut dropped = story();
    let window = dropped.grid(grouped(), &["extra", "not there"]);
    assert_eq!(
        lines(&window),
        [
            "- net 2/2: failed, failed; 1 of 2 tests missing: the file is truncated after 2 results, error, failed",
            "  leak: failed, failed, failed, failed",
            "  boot: passed, the file is truncated after 2 results, error, passed",
            "- audio 1/2: passed, passed; 1 of 2 tests missing: the file is truncated after 2 results, failed, \
             passed; 1 of 2 tests missing",
            "  sync: passed, the file is truncated after 2 results, failed, missing: 2 of 3 other DUTs have it",
            "  play: passed, passed, skipped, passed",
            "+ extra 0/2: all 2 tests missing: 1 of 3 other DUTs has some of them, all 2 tests missing: \
             the file is truncated after 2 results, passed, all 2 tests missing: 1 of 3 other DUTs has some of them",
        ]
    );
    assert_eq!((window.total, window.matching, window.tests), (7, 6, 6));
    let column = &window.columns[1];
    assert_eq!((column.dut.as_str(), column.build.as_deref()), ("DUT_B", Some("1.2")));
    assert!(column.incomplete.is_some() && !column.is_unreadable && column.counts.results() == 2);

    let by_name = GridQuery { order: RowOrder::Name, ..grouped() };
    let heads = dropped.grid(by_name, &["audio", "extra", "net"]);
    let heads: Vec<String> =
        lines(&heads).iter().map(|line| line[..line.find(':').unwrap()].to_owned()).collect();
    assert_eq!(heads, ["+ audio 1/2", "+ extra 0/2", "+ net 2/2"]);
}

#[test]
fn windows_are_pieces_of_the_whole() {
    let mut dropped = story();
    for query in [grouped(), GridQuery::default(), GridQuery { order: RowOrder::Name, ..grouped() }] {
        for folded in [&[][..], &["net"], &["net", "audio", "extra"]] {
            let all = lines(&dropped.grid(query.clone(), folded));
            for from in 0..10 {
                for count in 0..5 {
                    let window = dropped.grid_window(query.clone(), folded, from, count);
                    let start = (from as usize).min(all.len());
                    let end = (start + count as usize).min(all.len());
                    assert_eq!(lines(&window), all[start..end]);
                    assert_eq!((window.total as usize, window.from as usize), (all.len(), start));
                }
            }
        }
    }
}

#[test]
fn filters_keep_groups_with_matches() {
    let mut dropped = story();
    let query = |text: &str, only| GridQuery {
        filter: Filter { text: text.to_owned(), only, dut: None, cluster: None },
        ..grouped()
    };
    let names = |window: GridWindow| -> Vec<String> {
        lines(&window).iter().map(|line| line[..line.find(':').unwrap()].to_owned()).collect()
    };
    let window = dropped.grid(query("NET !leak", OutcomeFilter::All), &[]);
    assert_eq!((window.total, window.matching, window.tests), (2, 1, 6));
    assert_eq!(names(window), ["- net 1/1", "  boot"]);
    let window = dropped.grid(query("", OutcomeFilter::Failing), &[]);
    assert_eq!(names(window), ["- net 2/2", "  leak", "  boot", "- audio 1/1", "  sync"]);
    // All DUTs have the same outcome for `leak`.
    let window = dropped.grid(query("", OutcomeFilter::Differences), &["extra"]);
    assert_eq!(names(window), ["- audio 1/2", "  sync", "  play", "- net 1/1", "  boot", "+ extra 0/2"]);
    let window = dropped.grid(query("nothing", OutcomeFilter::All), &[]);
    assert_eq!((window.total, window.rows.len()), (0, 0));
}

/// The columns and lines of a grid without groups.
#[track_caller]
fn check_columns(duts: DutColumns, filter: Filter, columns: &str, expected: &[&str]) {
    let window = story().grid(GridQuery { filter, duts, ..GridQuery::default() }, &[]);
    let names: Vec<&str> = window.columns.iter().map(|column| &column.dut[4..]).collect();
    let (pinned, others) = names.split_at(window.pinned as usize);
    assert_eq!(format!("{}|{}", pinned.concat(), others.concat()), columns);
    assert_eq!(lines(&window), expected);
    assert_eq!((window.duts, window.matching as usize), (4, expected.len()));
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

#[test]
fn columns_are_sorted_and_pinned() {
    let filter = || Filter { text: "play".to_owned(), ..Filter::default() };
    let duts = DutColumns { order: ColumnOrder::Worst, ..DutColumns::default() };
    check_columns(duts, filter(), "|CABD", &["  play: skipped, passed, passed, passed"]);
    let pinned = names(&["DUT_D", "DUT_B", "no such DUT"]);
    let duts = DutColumns { pinned: pinned.clone(), ..DutColumns::default() };
    check_columns(duts, filter(), "BD|AC", &["  play: passed, passed, passed, skipped"]);
    // The DUT of the filter comes first, even if it is hidden.
    let shown = ShownDuts::AllBut(names(&["DUT_C", "DUT_D"]));
    let duts = DutColumns { pinned, shown, ..DutColumns::default() };
    let filter = Filter { dut: Some("DUT_C".to_owned()), ..filter() };
    check_columns(duts, filter, "CB|A", &["  play: skipped, passed, passed"]);
}

#[test]
fn hidden_duts_count_nowhere() {
    let only = |duts: &[&str]| DutColumns { shown: ShownDuts::Only(names(duts)), ..DutColumns::default() };
    let filter = |only| Filter { only, ..Filter::default() };
    check_columns(
        only(&["DUT_A", "DUT_D"]),
        filter(OutcomeFilter::All),
        "|AD",
        &[
            "  leak: failed, failed",
            "  sync: passed, missing: the other DUT has it",
            "  play: passed, passed",
            "  boot: passed, passed",
        ],
    );
    // `sync` and `boot` fail on `DUT_C`, which is hidden.
    check_columns(
        only(&["DUT_A", "DUT_D"]),
        filter(OutcomeFilter::Failing),
        "|AD",
        &["  leak: failed, failed"],
    );
    check_columns(
        only(&["DUT_A", "DUT_D"]),
        filter(OutcomeFilter::Differences),
        "|AD",
        &["  sync: passed, missing: the other DUT has it"],
    );
    check_columns(only(&["DUT_A"]), filter(OutcomeFilter::OnlyOneDut), "|A", &[]);
    check_columns(only(&[]), filter(OutcomeFilter::All), "|", &[]);
}

#[test]
fn names_of_columns_are_shortened() {
    let window = story().grid(GridQuery::default(), &[]);
    let short = ["A", "B", "C", "D"].map(str::to_owned).to_vec();
    assert_eq!(window.names, ShortNames { prefix: "DUT_".to_owned(), names: short, ..ShortNames::default() });
}

#[test]
fn a_filter_by_dut_shows_its_results() {
    let mut dropped = story();
    let mut names = |dut: &str, only| {
        let filter = Filter { only, dut: Some(dut.to_owned()), ..Filter::default() };
        let mut names: Vec<String> =
            dropped.tests(filter, "name").rows.into_iter().map(|row| row.name).collect();
        names.sort();
        names.join(" ")
    };
    assert_eq!(names("DUT_D", OutcomeFilter::All), "boot leak play");
    assert_eq!(names("DUT_D", OutcomeFilter::Failing), "leak");
    assert_eq!(names("DUT_C", OutcomeFilter::Failing), "boot leak sync");
    assert_eq!(names("DUT_D", OutcomeFilter::Differences), "boot play");
    assert_eq!(names("DUT_D", OutcomeFilter::Flaky), "");
    assert_eq!(names("DUT_X", OutcomeFilter::All), "");
    let filter = Filter { dut: Some("DUT_D".to_owned()), ..Filter::default() };
    let query = GetSessions { filter, sort: None, from: 0, count: 9 };
    let window = dropped.engine.ask(query);
    assert_eq!((window.total, window.sessions), (1, 10));
}

/// The names of tests in the order of a column.
#[track_caller]
fn check_tests(sort: &str, expected: &str) {
    let window = story().tests(Filter::default(), sort);
    let names: Vec<&str> = window.rows.iter().map(|row| row.name.as_str()).collect();
    assert_eq!(names.join(" "), expected, "{sort}");
}

#[test]
fn tests_sort_by_every_column() {
    check_tests("", "leak sync boot play test_9 test_10");
    check_tests("name", "boot leak play sync test_9 test_10");
    check_tests("-name", "test_10 test_9 sync play leak boot");
    check_tests("suite", "play sync test_9 test_10 boot leak");
    check_tests("-suite", "boot leak test_9 test_10 play sync");
    check_tests("-outcome", "boot leak sync play test_9 test_10");
    check_tests("-failing", "leak sync boot play test_9 test_10");
    check_tests("-time", "sync play test_9 test_10 boot leak");
    check_tests("-max", "sync play test_9 test_10 boot leak");
    check_tests("-sessions", "play leak boot sync test_9 test_10");
    // Columns of other tables keep the default order.
    check_tests("-started", "leak sync boot play test_9 test_10");
    for (by, _) in SortKey::KEYS {
        for descending in [false, true] {
            let sort = Sort { by, descending };
            let mut names: Vec<String> =
                story().tests(Filter::default(), &sort.key()).rows.into_iter().map(|row| row.name).collect();
            names.sort();
            assert_eq!(names, ["boot", "leak", "play", "sync", "test_10", "test_9"]);
        }
    }
}

/// The sort keys of the empty columns of both tables: tests; sessions.
fn empty_columns(dropped: &mut Dropped) -> (String, String) {
    let words = |columns: &[SortKey]| columns.iter().map(|by| by.key()).collect::<Vec<_>>().join(" ");
    let tests = dropped.tests(Filter::default(), "").empty_columns;
    (words(&tests), words(&dropped.sessions("", "").empty_columns))
}

#[test]
fn columns_that_say_nothing_are_empty() {
    // One DUT, one session, one format, and a result of a plain name.
    let plain = b"<testsuite><testcase name='a' time='1'/></testsuite>";
    let mut dropped = Dropped::new([("board_a.xml", plain.as_slice())]);
    let (tests, sessions) = empty_columns(&mut dropped);
    assert_eq!(tests, "failing known sessions max attempts flaky suite");
    assert_eq!(sessions, "unit build started duration errors skipped flaky format");

    // Without durations there is nothing to tell of them.
    let mut dropped = Dropped::new([("a.tap", b"1..1\nok 1 - boot\n".as_slice())]);
    let (tests, sessions) = empty_columns(&mut dropped);
    assert!(tests.contains("time max"), "{tests}");
    assert!(sessions.contains(" duration time "), "{sessions}");
}

#[test]
fn columns_that_say_something_are_not_empty() {
    let (tests, sessions) = empty_columns(&mut story());
    assert_eq!(tests, "known attempts flaky");
    assert_eq!(sessions, "unit duration flaky format");
}

#[test]
fn a_filter_does_not_change_which_columns_are_empty() {
    let mut dropped = story();
    let all = dropped.tests(Filter::default(), "").empty_columns;
    for text in ["play", "nothing like it"] {
        let filter = Filter { text: text.to_owned(), ..Filter::default() };
        assert_eq!(dropped.tests(filter, "").empty_columns, all);
        let sessions = dropped.sessions(text, "").empty_columns;
        assert_eq!(sessions, dropped.sessions("", "").empty_columns);
    }
}

#[test]
fn unknown_durations_are_unknown_everywhere() {
    for (path, text) in [
        ("a.tap", "1..2\nok 1 - boot\nnot ok 2 - play\n"),
        ("a.xml", "<testsuite><testcase name='a'/></testsuite>"),
    ] {
        let mut dropped = Dropped::new([(path, text.as_bytes())]);
        let overview = dropped.overview();
        assert_eq!((overview.now.duration_s, overview.all.duration_s), (None, None), "{path}");
        assert_eq!(overview.duts[0].counts.duration_s, None);
        assert_eq!(dropped.sessions("", "").rows[0].counts.duration_s, None);
        let row = &dropped.tests(Filter::default(), "").rows[0];
        assert_eq!((row.median_s, row.max_s), (None, None));
        let summary = summary(&mut dropped);
        for counts in [&summary["totals"], &summary["duts"][0]["counts"], &summary["sessions"][0]["counts"]] {
            assert_eq!(counts["duration_s"], serde_json::Value::Null, "{path}: {counts}");
        }
        check_schema(&mut dropped);
        check_csv(&mut dropped);
        check_page(&mut dropped);
        check_round_trip(&mut dropped);
    }
}

#[test]
fn a_row_of_the_tests() {
    let window = story().tests(Filter { text: "audio".to_owned(), ..Filter::default() }, "name");
    assert_eq!((window.total, window.tests, window.duts), (2, 6, 4));
    assert_eq!(window.builds, ["1.0", "1.1", "1.2"]);
    let [play, sync] = &window.rows[..] else { panic!("{window:?}") };
    assert_eq!((play.counts.of(Outcome::Passed), play.counts.of(Outcome::Skipped), play.missing), (3, 1, 0));
    // Skipped results do not count for durations.
    assert_eq!((play.median_s, play.max_s), (Some(1.5), Some(2.5)));
    assert_eq!((play.sessions, play.attempts, play.flaky_sessions), (10, 1, 0));
    assert_eq!((sync.missing, &sync.failing[..]), (2, &[("DUT_C".to_owned(), Outcome::Failed)][..]));
    let strip: Vec<_> = sync.strip.iter().map(|outcome| outcome.map(Outcome::word)).collect();
    assert_eq!(strip, [Some("passed"), Some("failed"), Some("failed")]);
}

/// DUT and build of sessions with some words in the order of a column.
#[track_caller]
fn check_sessions(words: &str, sort: &str, expected: &str) {
    let window = story().sessions(words, sort);
    let names: Vec<String> = window
        .rows
        .iter()
        .map(|row| format!("{}{}", row.dut.trim_start_matches("DUT_"), row.build.as_deref().unwrap_or("-")))
        .collect();
    assert_eq!(names.join(" "), expected, "{words:?} by {sort}");
    assert_eq!((window.sessions, window.total as usize), (10, names.len()));
}

#[test]
fn sessions_sort_by_errors() {
    check_sessions("1.2", "-errors", "C1.2 A1.2 B1.2 D1.2");
}

#[test]
fn sessions_sort_and_filter() {
    check_sessions("", "", "D1.2 C1.2 B1.2 A1.2 C1.1 B1.1 A1.1 C1.0 B1.0 A1.0");
    check_sessions("dut_a", "started", "A1.0 A1.1 A1.2");
    check_sessions("1.2 !dut_a", "dut", "B1.2 C1.2 D1.2");
    check_sessions("1.2", "-results", "C1.2 A1.2 D1.2 B1.2");
    check_sessions("1.2", "-failing", "C1.2 A1.2 B1.2 D1.2");
    check_sessions("1.1", "-rate", "A1.1 B1.1 C1.1");
    check_sessions("", "-name", "A1.0 A1.1 A1.2 B1.0 B1.1 B1.2 C1.0 C1.1 C1.2 D1.2");
    check_sessions("banana", "", "");
}

#[test]
fn a_session_has_its_evidence() {
    let mut dropped = story();
    let rows = dropped.sessions("dut_b 1.2", "").rows;
    let row = &rows[0];
    assert_eq!(
        (row.files.join(" "), row.formats.join(" ")),
        ("1.2/DUT_B.xml".to_owned(), "JUnit XML".to_owned())
    );
    assert!(row.incomplete.is_some() && row.latest_by.is_some() && !row.is_unreadable);
    assert_eq!(row.started.as_deref(), Some("2026-11-03T11:00:00"));
    let page = dropped.session("DUT_B", &row.id).unwrap();
    assert_eq!(page.row, *row);
    assert_eq!(page.identity.dut.evidence.words(), "file name `DUT_B.xml`");
    assert_eq!(page.identity.build.as_ref().unwrap().evidence.words(), "folder name `1.2`");
    assert_eq!((page.files.len(), page.files[0].results), (1, 2));
    assert_eq!((page.next, page.previous.as_deref()), (None, Some("1.1/DUT_B.xml")));
    assert_eq!(dropped.session("DUT_B", "no such"), None);
    assert_eq!(dropped.session("no such", &row.id), None);
}
