//! Steps from details to those before and after them: they follow the list on screen.

use crate::Dropped;
use crate::story::story;
use passgrid::analyze::{GridQuery, ResultSteps, RowOrder, Steps, TestList};
use passgrid::engine::{GetFileSteps, GetResultSteps, GetSessionSteps};
use passgrid::query::{FileFilter, Filter, OutcomeFilter, Selection, SessionKey, Sort, SortKey};

fn select(dut: &str, scope: &str, name: &str) -> Selection {
    Selection { dut: dut.to_owned(), session: None, scope: scope.to_owned(), name: name.to_owned() }
}

/// `name on DUT`, for both directions, and the place: `- < 1 of 3 < leak on DUT_A`.
fn words(steps: &Steps<Selection>) -> String {
    let end = |end: &Option<Selection>| match end {
        Some(selection) => format!("{} on {}", selection.name, selection.dut),
        None => "-".to_owned(),
    };
    let place = steps.place.map_or("-".to_owned(), |place| place.to_string());
    format!("{} < {place} of {} < {}", end(&steps.previous), steps.total, end(&steps.next))
}

fn steps(dropped: &mut Dropped, list: &TestList, at: Selection) -> ResultSteps {
    dropped.engine.ask(GetResultSteps { list: list.clone(), at })
}

fn grid(filter: Filter, is_grouped: bool, folded: &[&str]) -> TestList {
    let query = GridQuery { filter, order: RowOrder::Name, is_grouped, ..GridQuery::default() };
    TestList::Grid { query, folded: folded.iter().copied().map(str::to_owned).collect() }
}

/// By name: play, sync, test_9, test_10, boot, leak.
#[test]
fn the_grid_is_walked_on_one_dut() {
    let mut dropped = story();
    let check = |dropped: &mut Dropped, list: &TestList, at: Selection, listed: &str, failing: &str| {
        let found = steps(dropped, list, at.clone());
        assert_eq!(
            (words(&found.listed), words(&found.failing)),
            (listed.to_owned(), failing.to_owned()),
            "{at:?}"
        );
        found.listed.line
    };
    let flat = grid(Filter::default(), false, &[]);
    // The DUT has no `test_9` and `test_10`.
    let at = select("DUT_A", "audio", "sync");
    let (listed, failing) = ("play on DUT_A < 2 of 4 < boot on DUT_A", "- < 1 of 3 < boot on DUT_C");
    assert_eq!(check(&mut dropped, &flat, at.clone(), listed, failing), Some(1));
    let grouped = grid(Filter::default(), true, &[]);
    assert_eq!(check(&mut dropped, &grouped, at.clone(), listed, failing), Some(2));
    // Folded groups are skipped, but keep their heads.
    let folded = grid(Filter::default(), true, &["extra", "net"]);
    let (listed, failing) = ("play on DUT_A < 2 of 2 < -", "- < 1 of 1 < -");
    assert_eq!(check(&mut dropped, &folded, at, listed, failing), Some(2));
    let at = select("DUT_A", "net", "leak");
    let (listed, failing) = ("sync on DUT_A < - of 2 < -", "sync on DUT_C < - of 1 < -");
    assert_eq!(check(&mut dropped, &folded, at.clone(), listed, failing), None);
    // Heads of folded groups count: audio, play, sync, extra, net, boot, leak.
    let folded = grid(Filter::default(), true, &["extra"]);
    let (listed, failing) = ("boot on DUT_A < 4 of 4 < -", "boot on DUT_C < 3 of 3 < -");
    assert_eq!(check(&mut dropped, &folded, at, listed, failing), Some(6));
}

#[test]
fn the_filter_limits_the_steps() {
    let mut dropped = story();
    let failing = Filter { only: OutcomeFilter::Failing, dut: Some("DUT_C".to_owned()), ..Filter::default() };
    let found = steps(&mut dropped, &grid(failing, false, &[]), select("DUT_C", "net", "boot"));
    assert_eq!(words(&found.listed), "sync on DUT_C < 2 of 3 < leak on DUT_C");
    assert_eq!(found.listed, Steps { line: Some(1), ..found.failing });
    // What the filter hides has no place, and the first row is next.
    let words_of_net = Filter { text: "net".to_owned(), ..Filter::default() };
    let found = steps(&mut dropped, &grid(words_of_net, false, &[]), select("DUT_A", "audio", "play"));
    assert_eq!(words(&found.listed), "- < - of 2 < boot on DUT_A");
    // Nor has an unknown test, or a test of an unknown DUT.
    let flat = grid(Filter::default(), false, &[]);
    let found = steps(&mut dropped, &flat, select("DUT_A", "audio", "no_such_test"));
    assert_eq!(words(&found.listed), "- < - of 4 < play on DUT_A");
    let found = steps(&mut dropped, &flat, select("DUT_X", "audio", "play"));
    assert_eq!(words(&found.listed), "- < - of 0 < -");
}

#[test]
fn the_table_is_walked_in_its_order() {
    let mut dropped = story();
    let sort = Some(Sort { by: SortKey::Name, descending: false });
    let list = TestList::Table { filter: Filter::default(), sort };
    // By bare name: boot, leak, play, sync, test_9, test_10.
    let found = steps(&mut dropped, &list, select("DUT_D", "net", "leak"));
    // `boot` is worst on DUT_C; `play` is nowhere worse than on DUT_D.
    assert_eq!(words(&found.listed), "boot on DUT_C < 2 of 6 < play on DUT_D");
    assert_eq!(words(&found.failing), "boot on DUT_C < 2 of 3 < sync on DUT_C");
    assert_eq!(found.listed.line, Some(1));
    let found = steps(&mut dropped, &list, select("DUT_B", "net", "boot"));
    assert_eq!(words(&found.listed), "- < 1 of 6 < leak on DUT_B");
    let filter = Filter { dut: Some("DUT_D".to_owned()), ..Filter::default() };
    let found = steps(&mut dropped, &TestList::Table { filter, sort }, select("DUT_D", "net", "leak"));
    assert_eq!(words(&found.listed), "boot on DUT_D < 2 of 3 < play on DUT_D");
}

/// In the order of the overview: leak, boot, sync.
#[test]
fn failing_tests_are_walked_without_a_list() {
    let mut dropped = story();
    let mut check = |at: Selection, expected: &str| {
        let found = steps(&mut dropped, &TestList::Failing, at);
        assert_eq!(words(&found.listed), expected);
        assert_eq!(found.listed, found.failing);
    };
    check(select("DUT_C", "net", "boot"), "leak on DUT_C < 2 of 3 < sync on DUT_C");
    check(select("DUT_A", "net", "leak"), "- < 1 of 3 < boot on DUT_C");
    // One that passes leads to the first.
    check(select("DUT_A", "audio", "play"), "- < - of 3 < leak on DUT_A");
}

#[test]
fn sessions_and_files_are_walked_in_their_order() {
    let mut dropped = story();
    let key = |session: &str| SessionKey { dut: "DUT_C".to_owned(), session: session.to_owned() };
    let filter = Filter { text: "DUT_C".to_owned(), ..Filter::default() };
    let sort = Some(Sort { by: SortKey::Build, descending: false });
    let found = dropped.engine.ask(GetSessionSteps { filter, sort, at: key("1.1/DUT_C.xml") });
    let expected = Steps {
        place: Some(2),
        total: 3,
        line: Some(1),
        previous: Some(key("1.0/DUT_C.xml")),
        next: Some(key("1.2/DUT_C.xml")),
    };
    assert_eq!(found, expected);
    let filter = FileFilter { text: "DUT_B".to_owned(), kind: None };
    let found = dropped.engine.ask(GetFileSteps { filter, at: "1.0/DUT_B.xml".to_owned() });
    // The truncated file needs a look first.
    let expected = Steps {
        place: Some(2),
        total: 3,
        line: Some(1),
        previous: Some("1.2/DUT_B.xml".to_owned()),
        next: Some("1.1/DUT_B.xml".to_owned()),
    };
    assert_eq!(found, expected);
}
