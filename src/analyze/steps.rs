//! Steps: from the details of a result, a session or a file to those before and
//! after it, in the list that is on screen.

use super::compare::{ChangeGroup, Compared};
use super::file_facts::key as file_key;
use super::file_page::find as find_file;
use super::grid::{Grid, GridQuery};
use super::index::Index;
use super::ledger::ledger_order;
use super::sessions::session_order;
use crate::model::{Dataset, DutId, SessionId, TestId};
use crate::query::{Comparison, Directions, FileFilter, Filter, Selection, SessionKey, Sort};
use serde::{Deserialize, Serialize};

/// A list of tests on screen, in its order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TestList {
    /// The grid.
    Grid {
        /// Its rows.
        query: GridQuery,
        /// The scopes of groups that are folded.
        folded: Vec<String>,
    },
    /// The table of tests.
    Table {
        /// Which tests.
        filter: Filter,
        /// The order; `None`: what needs attention first.
        sort: Option<Sort>,
    },
    /// The table of changes.
    Changes {
        /// What is compared, and which changes are shown.
        comparison: Comparison,
        /// Words that tests must contain, and a DUT.
        filter: Filter,
        /// The order; `None`: the most important changes first.
        sort: Option<Sort>,
    },
    /// The table of test times.
    Timing {
        /// Which tests.
        filter: Filter,
        /// The order; `None`: the most test time first.
        sort: Option<Sort>,
    },
    /// The table of metrics.
    Metrics {
        /// Which tests.
        filter: Filter,
        /// Which values are better.
        directions: Directions,
        /// The order; `None`: what got worse first.
        sort: Option<Sort>,
    },
    /// The failing tests, in the order of the overview.
    Failing,
}

/// What is before and after an entry of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Steps<T> {
    /// The entry's place, from 1; `None` if the list lacks it.
    pub place: Option<u32>,
    /// How many entries a person can step through.
    pub total: u32,
    /// Index of the entry's line on screen; `None` if it has none.
    pub line: Option<u32>,
    /// The entry before.
    pub previous: Option<T>,
    /// The entry after; the first one if the list lacks the entry itself.
    pub next: Option<T>,
}

/// The steps from a result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResultSteps {
    /// Through the list.
    pub listed: Steps<Selection>,
    /// Through those tests of the list that fail.
    pub failing: Steps<Selection>,
}

impl<T: Copy + PartialEq> Steps<T> {
    /// The steps from `here` through those entries of a list that are stops.
    fn new(list: &[T], here: Option<T>, is_stop: impl Fn(T) -> bool) -> Steps<T> {
        let at = here.and_then(|here| list.iter().position(|&item| item == here));
        let mut steps = Steps { place: None, total: 0, line: None, previous: None, next: None };
        for (index, &item) in list.iter().enumerate().filter(|&(_, &item)| is_stop(item)) {
            steps.total += 1;
            match at {
                Some(at) if index < at => steps.previous = Some(item),
                Some(at) if index == at => steps.place = Some(steps.total),
                _ => steps.next = steps.next.or(Some(item)),
            }
        }
        steps
    }

    fn map<U>(self, to: impl Fn(T) -> U) -> Steps<U> {
        let Steps { place, total, line, previous, next } = self;
        Steps { place, total, line, previous: previous.map(&to), next: next.map(&to) }
    }
}

/// The steps from a result through the rows of the grid, on the same DUT: rows
/// without a result there and folded groups are skipped.
pub fn steps_in_grid(
    data: &Dataset,
    grid: &Grid,
    query: &GridQuery,
    folded: &[String],
    at: &Selection,
) -> ResultSteps {
    let index = grid.index();
    let here = data.tests.find(&at.scope, &at.name);
    let session_of = |dut: &str| grid.compared_session(data, dut);
    let latest = session_of(&at.dut).or_else(|| data.find_session(&at.dut, None));
    // Details of a comparison stay in its sessions.
    let in_grid = |selection: Selection| Selection {
        session: session_of(&selection.dut).map(|session| data.history.session(session).id.clone()),
        ..selection
    };
    let is_folded = grid.folded(data, folded);
    let is_shown = |test: TestId| !is_folded[data.tests.scope_of(test).index()];
    let has_result = |test: TestId| latest.and_then(|session| index.results.find(session, test)).is_some();
    let listed = Steps::new(&grid.rows, here, |test| is_shown(test) && has_result(test));
    let failing =
        Steps::new(&grid.rows, here, |test| is_shown(test) && fails(data, index, &query.filter, test));
    let line = here.and_then(|test| grid.line_of(data, &is_folded, test));
    ResultSteps {
        listed: Steps { line, ..listed.map(|test| in_grid(selection(data, &at.dut, test))) },
        failing: failing.map(|test| in_grid(failing_on(data, index, test, &query.filter, at))),
    }
}

/// The steps from a result through the rows of the table of tests. They stay on
/// the DUT where a test is as bad as on its worst one; else they lead to the
/// worst one, as opening the row does.
pub fn steps_in_table(
    data: &Dataset,
    index: &Index,
    rows: &[TestId],
    filter: &Filter,
    at: &Selection,
) -> ResultSteps {
    let here = data.tests.find(&at.scope, &at.name);
    let line = here.and_then(|here| rows.iter().position(|&test| test == here));
    let failing = Steps::new(rows, here, |test| fails(data, index, filter, test));
    let listed = Steps::new(rows, here, |_| true).map(|test| worst_on(data, index, test, filter, at));
    ResultSteps {
        listed: Steps { line: line.map(|line| line as u32), ..listed },
        failing: failing.map(|test| failing_on(data, index, test, filter, at)),
    }
}

/// The steps from a result through the rows of the table of changes. They stay on the DUT where the row
/// has it; else they lead to its first one.
pub fn steps_in_changes(
    data: &Dataset,
    compared: &Compared,
    rows: &[ChangeGroup],
    at: &Selection,
) -> ResultSteps {
    let here = data.tests.find(&at.scope, &at.name);
    let shown = |row: usize| {
        let mut duts = rows[row].shown(data, compared).filter(|shown| shown.dut == at.dut);
        duts.next().or_else(|| rows[row].shown(data, compared).next()).unwrap_or_default()
    };
    let is_here = |row: &usize| Some(rows[*row].test) == here && shown(*row).dut == at.dut;
    let places: Vec<usize> = (0..rows.len()).collect();
    let line = places.iter().copied().find(is_here);
    let is_failing = |row: usize| rows[row].pairs(compared).any(|pair| pair.step.is_failing_after());
    ResultSteps {
        listed: Steps {
            line: line.map(|line| line as u32),
            ..Steps::new(&places, line, |_| true).map(shown)
        },
        failing: Steps::new(&places, line, is_failing).map(shown),
    }
}

/// The steps from a result through the failing tests, in the order of the
/// overview.
pub fn steps_in_failing(data: &Dataset, index: &Index, at: &Selection) -> ResultSteps {
    let here = data.tests.find(&at.scope, &at.name);
    let tests: Vec<TestId> = index.failures(data).iter().map(|failure| failure.test).collect();
    let failing = Steps::new(&tests, here, |_| true);
    let failing = failing.map(|test| failing_on(data, index, test, &Filter::default(), at));
    ResultSteps { listed: failing.clone(), failing }
}

/// The steps from a session through the table of sessions.
pub fn session_steps(
    data: &Dataset,
    filter: &Filter,
    sort: Option<Sort>,
    at: &SessionKey,
) -> Steps<SessionKey> {
    let rows = session_order(data, filter, sort);
    let here = data.find_session(&at.dut, Some(&at.session));
    let line = here.and_then(|here| rows.iter().position(|&session| session == here));
    let steps = Steps::new(&rows, here, |_| true).map(|id| {
        let session = data.history.session(id);
        SessionKey { dut: data.history.dut(session.dut).name.clone(), session: session.id.clone() }
    });
    Steps { line: line.map(|line| line as u32), ..steps }
}

/// The steps from the file with this key through the list of files.
pub fn file_steps(data: &Dataset, filter: &FileFilter, key: &str) -> Steps<String> {
    let rows = ledger_order(data, filter);
    let here = find_file(data, key);
    let line = here.and_then(|here| rows.iter().position(|&file| file == here));
    let steps = Steps::new(&rows, here, |_| true).map(|file| file_key(data, file));
    Steps { line: line.map(|line| line as u32), ..steps }
}

/// The latest sessions in which a test fails; with a filter for a DUT, the one of
/// this DUT only.
fn failing_duts(data: &Dataset, index: &Index, filter: &Filter, test: TestId) -> impl Iterator<Item = DutId> {
    let fails = index.results.latest(test).filter(|&(_, result)| data.outcome(result).is_failing());
    let duts = fails.map(|(session, _)| data.history.session(session).dut);
    duts.filter(|&dut| filter.dut.as_ref().is_none_or(|name| data.history.dut(dut).name == *name))
}

fn fails(data: &Dataset, index: &Index, filter: &Filter, test: TestId) -> bool {
    index.status(test).failing > 0 && failing_duts(data, index, filter, test).next().is_some()
}

/// A failing test on the DUT of `at` if it fails there, else on the first DUT
/// where it fails.
fn failing_on(data: &Dataset, index: &Index, test: TestId, filter: &Filter, at: &Selection) -> Selection {
    let name = |dut: DutId| data.history.dut(dut).name.as_str();
    let mut duts = failing_duts(data, index, filter, test).map(name);
    let first = duts.next().unwrap_or_default();
    let stays = first == at.dut || duts.any(|dut| dut == at.dut);
    selection(data, if stays { &at.dut } else { first }, test)
}

/// A test on the DUT of `at` if no outcome is worse elsewhere, else on the first
/// DUT with the worst outcome; with a filter for a DUT, on this DUT.
fn worst_on(data: &Dataset, index: &Index, test: TestId, filter: &Filter, at: &Selection) -> Selection {
    if let Some(dut) = &filter.dut {
        return selection(data, dut, test);
    }
    let name = |session: SessionId| data.history.dut(data.history.session(session).dut).name.as_str();
    let mut worst = None;
    for (session, result) in index.results.latest(test) {
        let outcome = data.outcome(result);
        let is_worse = worst.is_none_or(|(have, _)| outcome > have);
        let is_here = worst.is_some_and(|(have, _)| outcome == have) && name(session) == at.dut;
        if is_worse || is_here {
            worst = Some((outcome, name(session)));
        }
    }
    selection(data, worst.map_or("", |(_, dut)| dut), test)
}

fn selection(data: &Dataset, dut: &str, test: TestId) -> Selection {
    Selection {
        dut: dut.to_owned(),
        session: None,
        scope: data.tests.scope_text(data.tests.scope_of(test)).to_owned(),
        name: data.tests.name(test).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(here: Option<u32>, expected: (Option<u32>, u32, Option<u32>, Option<u32>)) {
        // The odd numbers are stops.
        let steps = Steps::new(&[4, 1, 3, 2, 5], here, |item| item % 2 == 1);
        assert_eq!((steps.place, steps.total, steps.previous, steps.next), expected, "{here:?}");
    }

    #[test]
    fn steps_lead_to_the_nearest_stops() {
        check(Some(1), (Some(1), 3, None, Some(3)));
        check(Some(3), (Some(2), 3, Some(1), Some(5)));
        check(Some(5), (Some(3), 3, Some(3), None));
        // An entry that is no stop has neighbors, but no place.
        check(Some(2), (None, 3, Some(3), Some(5)));
        check(Some(4), (None, 3, None, Some(1)));
    }

    #[test]
    fn from_elsewhere_the_first_stop_is_next() {
        check(Some(9), (None, 3, None, Some(1)));
        check(None, (None, 3, None, Some(1)));
    }
}
