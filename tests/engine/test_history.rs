//! A test over builds: outcomes and durations per DUT, since when it fails, and what changed in the grid.

use crate::Dropped;
use crate::story::{junit, story};
use passgrid::analyze::{FailingSince, GridLine, GridQuery, Named, ResultPage};
use passgrid::query::{Change, Selection};

fn page(dropped: &mut Dropped, dut: &str, session: Option<&str>, scope: &str, name: &str) -> ResultPage {
    let selection = Selection {
        dut: dut.to_owned(),
        session: session.map(str::to_owned),
        scope: scope.to_owned(),
        name: name.to_owned(),
    };
    dropped.page(selection).unwrap()
}

/// A line per DUT: `outcome seconds` of each build.
fn strips(page: &ResultPage) -> Vec<String> {
    let strips = page.over_builds.rows.iter().map(|row| {
        let marks = row.cells.iter().map(|mark| match mark {
            None => "-".to_owned(),
            Some(mark) => {
                let outcome = mark.outcome.map_or_else(|missing| missing.words(), |outcome| outcome.word());
                let flaky = if mark.is_flaky { " flaky" } else { "" };
                format!("{outcome}{}{flaky}", mark.duration_s.map(|s| format!(" {s}")).unwrap_or_default())
            }
        });
        format!("{}: {}", row.dut, marks.collect::<Vec<_>>().join(", "))
    });
    strips.collect()
}

/// `first bad, sessions, days, last good`.
fn since(page: &ResultPage) -> Option<String> {
    let FailingSince { first_bad, sessions, days, last_good } = page.failing_since.as_ref()?;
    let build = |named: &Named| named.build.clone().unwrap_or_default();
    let good = last_good.as_ref().map_or("-".to_owned(), build);
    Some(format!("{}, {sessions}, {days:?}, {good}", build(first_bad)))
}

#[test]
fn a_result_shows_its_test_on_every_dut_and_build() {
    let mut dropped = story();
    let play = page(&mut dropped, "DUT_C", None, "audio", "play");
    assert_eq!(play.over_builds.builds, ["1.0", "1.1", "1.2"]);
    assert_eq!(play.over_builds.longest_s, Some(2.5));
    assert_eq!(
        strips(&play),
        [
            "DUT_C: passed 0.5, passed 1, skipped 0",
            "DUT_A: passed 1, passed 1, passed 0.5",
            "DUT_B: passed 0.5, passed 0.5, passed 1.5",
            "DUT_D: -, -, passed 2.5",
        ]
    );
    let boot = page(&mut dropped, "DUT_A", None, "net", "boot");
    assert_eq!(strips(&boot)[1], "DUT_B: passed 1, passed 1, truncated file");
    // Only DUTs that ever had the test.
    let extra = page(&mut dropped, "DUT_C", None, "extra", "test_9");
    assert_eq!(strips(&extra), ["DUT_C: missing, missing, passed 1"]);
}

#[test]
fn a_failing_result_says_since_when_and_where_it_passed_last() {
    let mut dropped = story();
    let mut of = |dut: &str, scope: &str, name: &str| since(&page(&mut dropped, dut, None, scope, name));
    assert_eq!(of("DUT_A", "net", "leak").as_deref(), Some("1.2, 1, Some(0), 1.1"));
    assert_eq!(of("DUT_B", "net", "leak").as_deref(), Some("1.0, 3, Some(2), -"));
    assert_eq!(of("DUT_C", "audio", "sync").as_deref(), Some("1.1, 2, Some(1), 1.0"));
    assert_eq!(of("DUT_C", "audio", "play"), None);
    // As seen from an earlier session.
    let earlier = page(&mut dropped, "DUT_C", Some("1.1/DUT_C.xml"), "audio", "sync");
    assert_eq!(since(&earlier).as_deref(), Some("1.1, 1, Some(0), 1.0"));
}

#[test]
fn sessions_of_one_build_that_disagree_are_flaky() {
    let files = [
        ("1.0/run-1/board_a.xml", junit("2026-11-01T10:00:00", "s a passed\ns b passed")),
        ("1.1/run-1/board_a.xml", junit("2026-11-02T10:00:00", "s a failed\ns b passed")),
        ("1.1/run-2/board_a.xml", junit("2026-11-03T10:00:00", "s a passed\ns b passed")),
    ];
    let mut dropped = Dropped::new(files.iter().map(|(path, text)| (*path, text.as_bytes())));
    let dut = dropped.data().history.duts[0].name.clone();
    assert_eq!(dropped.data().history.sessions.len(), 3);
    let a = page(&mut dropped, &dut, None, "s", "a");
    assert_eq!(strips(&a), [format!("{dut}: passed 1, passed 1 flaky")]);
    let b = page(&mut dropped, &dut, None, "s", "b");
    assert_eq!(strips(&b), [format!("{dut}: passed 1, passed 1")]);
}

#[test]
fn the_grid_marks_what_changed_since_the_session_before() {
    let mut dropped = story();
    let window = dropped.grid(GridQuery::default(), &[]);
    let changes: Vec<(String, Vec<Option<Change>>)> = window
        .rows
        .iter()
        .filter_map(|line| match line {
            GridLine::Test(row) => Some((row.name.clone(), row.changes.clone())),
            GridLine::Group(_) => None,
        })
        .collect();
    let of = |name: &str| changes.iter().find(|(have, _)| have == name).unwrap().1.clone();
    let [regression, still] = [Some(Change::Regression), Some(Change::StillFailing)];
    assert_eq!(of("leak"), [regression, still, still, None]);
    // A truncated session lacks the test, which says nothing about it.
    assert_eq!(of("boot"), [None, None, regression, None]);
    assert_eq!(of("sync")[2], still);
    assert_eq!(of("play"), [None, None, Some(Change::Other), None]);
}
