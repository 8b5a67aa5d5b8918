//! What needs attention: which tests fail, since when, and which failures are new.

use crate::Dropped;
use crate::story::{junit, junit_of, shown, story};
use passgrid::analyze::{FailingTest, Missing};
use passgrid::model::Outcome;
use passgrid::query::{Filter, OutcomeFilter, Selection};
use proptest::prelude::*;

/// A line: name, new or not, since which build on which DUT, and its marks.
fn line(test: &FailingTest) -> String {
    let marks: Vec<String> = test
        .marks
        .iter()
        .map(|mark| format!("{}{}", shown(&mark.cell), if mark.is_new { "!" } else { "" }))
        .collect();
    let since = &test.since;
    let at_least = if since.is_first { " at least" } else { "" };
    format!(
        "{}{} since {} on {}{at_least}, {}x: {}",
        test.name,
        if test.is_new { " (new)" } else { "" },
        since.build.as_deref().unwrap_or("?"),
        since.dut,
        since.sessions,
        marks.join(", ")
    )
}

#[test]
fn the_story_in_order() {
    let overview = story().overview();
    // Each has a message of its own, so each is a group of its own.
    let failing: Vec<&FailingTest> = overview.failing.iter().flat_map(|group| &group.tests).collect();
    assert_eq!((overview.failing.len(), failing.len()), (3, 3));
    let lines: Vec<String> = failing.iter().map(|test| line(test)).collect();
    assert_eq!(
        lines,
        [
            "leak (new) since 1.2 on DUT_A, 1x: failed, failed!, failed, failed",
            "boot (new) since 1.2 on DUT_C, 1x: error!, passed, the file is truncated after 2 results, passed",
            "sync since 1.1 on DUT_C, 2x: failed, passed, the file is truncated after 2 results, \
             missing: 2 of 3 other DUTs have it",
        ]
    );
    // The worst DUT first; marks are in the same order.
    let duts: Vec<&str> = overview.duts.iter().map(|dut| dut.name.as_str()).collect();
    assert_eq!(duts, ["DUT_C", "DUT_A", "DUT_B", "DUT_D"]);
    let before = failing[2].since.before.as_ref().unwrap();
    assert_eq!((before.outcome, before.build.as_deref()), (Some(Outcome::Passed), Some("1.0")));
    // `DUT_D` has no session with `sync`; the latest session of `DUT_B` is truncated before it.
    assert_eq!((failing[2].seen, failing[2].never), (2, 1));
    assert_eq!((overview.tests_failed, overview.tests_error, overview.tests_flaky), (2, 1, 0));
    assert_eq!(failing[0].message, "leak is wrong");
    assert_eq!(
        overview.headline.text(),
        "All 4 DUTs fail. 3 tests fail, 2 of them only on DUT_C and 1 on every DUT; 2 are new since build 1.1. \
         DUT_B’s results are incomplete."
    );
    assert_eq!((overview.failing_total, overview.new_total), (3, 2));
    // DUT_D has no session before: the sums are not of the same DUTs.
    assert_eq!(overview.previous, None);
    let previous = overview.duts[0].previous.unwrap();
    assert_eq!((previous.of(Outcome::Failed), previous.results()), (2, 4));
    assert_eq!(overview.duts[0].previous_build.as_deref(), Some("1.1"));
    assert_eq!(overview.duts[3].previous, None);
}

/// The headline for sessions by path.
#[track_caller]
fn check(files: &[(&str, &str)], expected: &str) {
    let files: Vec<(&str, String)> =
        files.iter().map(|(path, lines)| (*path, junit_of(path, "2026-11-01T10:00:00", lines))).collect();
    let overview = Dropped::new(files.iter().map(|(path, text)| (*path, text.as_bytes()))).overview();
    assert_eq!(overview.headline.text(), expected);
}

#[test]
fn new_is_what_the_session_before_tells() {
    check(&[("1.0/A.xml", "s t failed")], "A fails. 1 test fails.");
    check(
        &[("1.0/A.xml", "s t passed"), ("1.1/A.xml", "s t failed")],
        "A fails. 1 test fails; it is new since build 1.0.",
    );
    check(&[("1.0/A.xml", "s t failed"), ("1.1/A.xml", "s t failed")], "A fails. 1 test fails.");
    // A test that is not there before is new, too; one that was skipped as well.
    check(
        &[("1.0/A.xml", "s t skipped\ns u passed"), ("1.1/A.xml", "s t failed\ns v failed\ns u failed")],
        "A fails. 3 tests fail; all of them are new since build 1.0.",
    );
    // What broke off before tells nothing; the session before that does.
    check(
        &[("1.0/A.xml", "s t failed"), ("1.1/A.xml", "s u passed\n…"), ("1.2/A.xml", "s t failed")],
        "A fails. 1 test fails.",
    );
    check(
        &[("1.0/A.xml", "s t passed"), ("1.1/A.xml", "s u passed\n…"), ("1.2/A.xml", "s t failed")],
        "A fails. 1 test fails; it is new since build 1.0.",
    );
    // DUTs that were tested with different builds before have none in common.
    check(
        &[
            ("1.0/A.xml", "s t passed"),
            ("1.2/A.xml", "s t failed"),
            ("1.1/B.xml", "s t passed"),
            ("1.2/B.xml", "s t failed"),
        ],
        "All 2 DUTs fail. 1 test fails, on every DUT; it is new since the previous sessions.",
    );
    check(
        &[
            ("1.0/A.xml", "s t passed"),
            ("1.1/A.xml", "s t failed"),
            ("1.0/B.xml", "s t passed"),
            ("1.1/B.xml", "s t passed"),
        ],
        "1 of 2 DUTs fails. 1 test fails, only on A; it is new since build 1.0.",
    );
}

#[test]
fn sums_are_compared_for_the_same_duts() {
    let mut dropped = story();
    dropped.add("1.1/DUT_D.xml", junit("2026-11-02T13:00:00", "audio play passed").as_bytes());
    let overview = dropped.overview();
    let previous = overview.previous.unwrap();
    assert_eq!((previous.results(), previous.failing()), (4 + 4 + 4 + 1, 3));
    assert_eq!(overview.previous_build.as_deref(), Some("1.1"));
}

#[test]
fn a_dut_is_compared_with_another_build() {
    // Sessions of a DUT in time order: build, and what came of its test.
    let overview = |sessions: &[(&str, &str)]| {
        let sessions: Vec<String> = (1..)
            .zip(sessions)
            .map(|(number, (build, outcome))| {
                format!(
                    r#"{{"dut": "A", "session_id": "s{number}", "build": "{build}",
                        "tests": [{{"name": "t", "status": "{outcome}", "duration": 1}}]}}"#
                )
            })
            .collect();
        let text = format!("[{}]", sessions.join(","));
        Dropped::new([("a.json", text.as_bytes())]).overview()
    };
    // The same build a second time: the build before it is what tells.
    let twice = overview(&[("1.0", "passed"), ("1.1", "failed"), ("1.1", "failed")]);
    assert_eq!(twice.duts[0].sessions, 3);
    assert_eq!(twice.previous.map(|counts| counts.failing()), Some(0));
    assert_eq!(twice.previous_build.as_deref(), Some("1.0"));
    // One build only: what is before it is a session, which has no name.
    let one = overview(&[("1.1", "failed"), ("1.1", "passed")]);
    assert_eq!(one.previous.map(|counts| counts.failing()), Some(1));
    assert_eq!(one.previous_build, None);
    assert_eq!(overview(&[("1.1", "failed")]).previous, None);
}

#[test]
fn a_test_that_a_dut_had_before_was_not_never_run() {
    let files = [
        ("1.0/A.xml", "s t failed"),
        ("1.1/A.xml", "s t failed"),
        ("1.0/B.xml", "s t passed\ns u passed"),
        ("1.1/B.xml", "s u passed"),
        ("1.0/C.xml", "s u passed"),
        ("1.1/C.xml", "s u passed\ns v passed"),
    ];
    let files: Vec<(&str, String)> =
        files.iter().map(|(path, lines)| (*path, junit_of(path, "2026-11-01T10:00:00", lines))).collect();
    let overview = Dropped::new(files.iter().map(|(path, text)| (*path, text.as_bytes()))).overview();
    let failing = &overview.failing[0].tests[0];
    assert_eq!((failing.seen, failing.never), (1, 1));
}

/// Identical files count once only if they name the same DUT and build.
#[test]
fn identical_files_of_other_duts_and_builds_count() {
    // DUTs, sessions and duplicates.
    let check = |files: &[(&str, &str)], expected: [usize; 3]| {
        let files: Vec<(&str, String)> = files
            .iter()
            .map(|(path, content)| (*path, junit_of(content, "2026-11-01T10:00:00", "s t passed")))
            .collect();
        let mut dropped = Dropped::new(files.iter().map(|(path, text)| (*path, text.as_bytes())));
        dropped.check_sums();
        let duplicates = dropped.overview().problems.duplicates as usize;
        let history = &dropped.data().history;
        assert_eq!([history.duts.len(), history.sessions.len(), duplicates], expected, "{files:?}");
    };
    check(&[("run/board-a/r.xml", "1"), ("run/board-b/r.xml", "1"), ("run/board-c/r.xml", "2")], [3, 3, 0]);
    check(&[("1.0/A.xml", "1"), ("1.1/A.xml", "1"), ("1.1/B.xml", "2")], [2, 3, 0]);
    // The mark of a copy is no name.
    for copy in
        ["Copy of board-a.xml", "board-a (1).xml", "board-a - Copy.xml", "copy.xml", "backup/board-a.xml"]
    {
        check(&[("board-a.xml", "1"), (copy, "1"), ("board-b.xml", "2")], [2, 2, 1]);
    }
}

#[test]
fn sixty_copies_in_sixty_folders_are_sixty_duts() {
    let paths: Vec<String> = (0..60).map(|n| format!("lab/rack{n}/results.tap")).collect();
    let tap = b"1..2\nok 1 - boots\nok 2 - plays\n";
    let mut dropped = Dropped::new(paths.iter().map(|path| (path.as_str(), tap.as_slice())));
    dropped.check_sums();
    let data = dropped.data();
    assert_eq!((data.history.duts.len(), data.history.sessions.len()), (60, 60));
    let is_told = |path: &str| {
        let file = data.files.iter().find(|file| file.path == path).unwrap();
        file.notes.iter().any(|note| note.text.contains("both are counted"))
    };
    assert!(is_told("lab/rack59/results.tap") && !is_told("lab/rack0/results.tap"));
}

#[test]
fn a_result_knows_its_past_and_its_siblings() {
    let mut dropped = story();
    let select = |dut: &str, session: Option<&str>, scope: &str, name: &str| Selection {
        dut: dut.to_owned(),
        session: session.map(str::to_owned),
        scope: scope.to_owned(),
        name: name.to_owned(),
    };
    let page = dropped.page(select("DUT_C", None, "net", "boot")).unwrap();
    let history: Vec<String> = page
        .history
        .iter()
        .map(|line| {
            format!(
                "{} {}{}",
                line.build.as_deref().unwrap(),
                shown(&line.cell),
                if line.is_here { " here" } else { "" }
            )
        })
        .collect();
    assert_eq!(history, ["1.0 passed", "1.1 passed", "1.2 error here"]);
    let siblings: Vec<_> = page.siblings.iter().map(|sibling| (sibling.outcome, sibling.missing)).collect();
    assert_eq!(
        siblings,
        [
            (Some(Outcome::Passed), None),
            (None, Some(Missing::BrokenOff { after: 2 })),
            (Some(Outcome::Error), None),
            (Some(Outcome::Passed), None),
        ]
    );
    let page = dropped.page(select("DUT_C", None, "extra", "test_9")).unwrap();
    assert_eq!(shown(&page.history[0].cell), "missing: not in this session");
}

/// Reports by path, a test per line: `name outcome message`.
fn reports(files: &[(&str, &str)]) -> Dropped {
    let files: Vec<(&str, String)> = files
        .iter()
        .map(|(path, lines)| {
            let case = |line: &str| match line.splitn(3, ' ').collect::<Vec<_>>()[..] {
                [name, "failed", message] => {
                    format!("<testcase name='{name}'><failure message='{message}'/></testcase>")
                }
                [name, ..] => format!("<testcase name='{name}'/>"),
                [] => String::new(),
            };
            let cases: String = lines.lines().map(case).collect();
            (
                *path,
                format!(
                    "<testsuite name='s' timestamp='2026-11-01T10:00:00'><!-- {path} -->{cases}</testsuite>"
                ),
            )
        })
        .collect();
    Dropped::new(files.iter().map(|(path, text)| (*path, text.as_bytes())))
}

#[test]
fn failures_with_the_same_message_are_one_entry() {
    let a = "t1 failed 82.3 dB is too loud\nt2 failed 82.9 dB is too loud\nt3 failed no sound\nt4 passed";
    let b = "t1 passed\nt2 failed 9 dB is too loud\nt3 failed no sound\nt4 failed no sound";
    let overview = reports(&[("A.xml", a), ("B.xml", b)]).overview();
    let groups: Vec<String> = overview
        .failing
        .iter()
        .map(|group| {
            let names: Vec<&str> = group.tests.iter().map(|test| test.name.as_str()).collect();
            let marks: Vec<String> = group.marks.iter().map(|mark| shown(&mark.cell)).collect();
            let same = if group.is_same_message { "same" } else { "similar" };
            format!("{} {} ({same}): {}", group.total, names.join(" "), marks.join(", "))
        })
        .collect();
    // Tests that fail on both DUTs come first; the worst result of each DUT counts.
    assert_eq!(groups, ["2 t2 t1 (similar): failed, failed", "2 t3 t4 (same): failed, failed"]);
    assert_eq!(overview.failing_total, 4);
}

#[test]
fn large_groups_are_listed_in_part_and_counted_in_full() {
    let lines: Vec<String> = (0..70).map(|test| format!("t{test} failed code {test}")).collect();
    let overview = reports(&[("A.xml", &lines.join("\n"))]).overview();
    assert_eq!((overview.failing.len(), overview.failing[0].total), (1, 70));
    assert!((1..70).contains(&overview.failing[0].tests.len()));
}

#[test]
fn the_strip_has_the_worst_outcome_of_each_build() {
    let mut dropped =
        reports(&[("1.0/A.xml", "t passed"), ("1.1/A.xml", "t failed x"), ("1.1/B.xml", "t passed")]);
    let strip = dropped.overview().strip;
    assert_eq!(strip.builds, ["1.0", "1.1"]);
    let rows: Vec<(&str, Vec<Option<Outcome>>)> = strip
        .rows
        .iter()
        .map(|row| {
            let worst = row.cells.iter().map(|cell| cell.as_ref().and_then(|cell| cell.worst));
            (row.dut.as_str(), worst.collect())
        })
        .collect();
    assert_eq!(
        rows,
        [("A", vec![Some(Outcome::Passed), Some(Outcome::Failed)]), ("B", vec![None, Some(Outcome::Passed)])]
    );
    // With one build there is nothing to compare.
    assert!(reports(&[("A.xml", "t passed"), ("B.xml", "t passed")]).overview().strip.rows.is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// Three DUTs, three builds, four tests, each with an outcome or absent:
    /// figures of the overview are what a plain count gives.
    #[test]
    fn figures_are_what_counting_gives(outcomes in proptest::collection::vec(0..4_usize, 36)) {
        let word = |dut: usize, build: usize, test: usize| {
            [None, Some("passed"), Some("failed"), Some("skipped")][outcomes[dut * 12 + build * 4 + test]]
        };
        let mut dropped = Dropped::default();
        for dut in 0..3 {
            for build in 0..3 {
                let lines: Vec<String> = (0..4)
                    .filter_map(|test| Some(format!("s t{test} {}", word(dut, build, test)?)))
                    .chain(["s always passed".to_owned()])
                    .collect();
                let path = format!("1.{build}/DUT_{dut}.xml");
                let text = junit_of(&path, &format!("2026-11-0{}T10:00:00", build + 1), &lines.join("\n"));
                dropped.add(&path, text.as_bytes());
            }
        }
        let overview = dropped.overview();
        let fails = |dut, build, test| word(dut, build, test) == Some("failed");
        let failing: Vec<usize> = (0..4).filter(|&test| (0..3).any(|dut| fails(dut, 2, test))).collect();
        let is_new = |test: usize| (0..3).any(|dut| fails(dut, 2, test) && !fails(dut, 1, test));
        prop_assert_eq!(overview.failing_total as usize, failing.len());
        prop_assert_eq!(overview.new_total as usize, failing.iter().filter(|&&test| is_new(test)).count());
        for line in overview.failing.iter().flat_map(|group| &group.tests) {
            let test: usize = line.name[1..].parse().unwrap();
            prop_assert_eq!(line.is_new, is_new(test));
            for (mark, dut) in line.marks.iter().zip(&overview.duts) {
                let dut: usize = dut.name["DUT_".len()..].parse().unwrap();
                prop_assert_eq!(mark.is_new, fails(dut, 2, test) && !fails(dut, 1, test));
                prop_assert_eq!(mark.cell.outcome().map(Outcome::word), word(dut, 2, test));
            }
        }
        let previous = overview.previous.unwrap();
        let count = (0..3).map(|dut| (0..4).filter(|&test| fails(dut, 1, test)).count()).sum::<usize>();
        prop_assert_eq!(previous.failing() as usize, count);

        let fixed = (0..4).filter(|&test| {
            (0..3).any(|dut| word(dut, 2, test) == Some("passed") && fails(dut, 1, test))
        });
        prop_assert_eq!(overview.fixed_total as usize, fixed.count());
        let is_fixed = |dut, test| word(dut, 2, test) == Some("passed") && fails(dut, 1, test);
        let fails_only_on = |dut, test| {
            fails(dut, 2, test) && (0..3).all(|other| other == dut || !fails(other, 2, test))
        };
        for only in [OutcomeFilter::New, OutcomeFilter::Fixed, OutcomeFilter::OnlyOneDut] {
            let matches = |dut: usize, test: usize| match only {
                OutcomeFilter::New => fails(dut, 2, test) && !fails(dut, 1, test),
                OutcomeFilter::Fixed => is_fixed(dut, test),
                _ => fails_only_on(dut, test),
            };
            for on in [None, Some(0), Some(1), Some(2)] {
                let filter =
                    Filter { only, dut: on.map(|dut| format!("DUT_{dut}")), ..Filter::default() };
                let mut listed: Vec<String> =
                    dropped.tests(filter, "name").rows.into_iter().map(|row| row.name).collect();
                listed.sort();
                let expected = (0..4).filter(|&test| match on {
                    Some(dut) => matches(dut, test),
                    None => (0..3).any(|dut| matches(dut, test)),
                });
                prop_assert_eq!(listed, expected.map(|test| format!("t{test}")).collect::<Vec<_>>());
            }
        }
    }
}
