//! Failing tests of one cluster, as one entry of the overview.

use super::failing_test::{DutMark, FailingTest, failing_test};
use crate::analyze::cell::Cell;
use crate::analyze::clusters::ClusterIds;
use crate::analyze::index::{Failure, Index};
use crate::model::{Dataset, ResultId, SessionId, TestId};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

/// How many entries the overview lists; the grid has all failing tests.
const GROUPS: usize = 50;

/// How many tests of an entry the overview lists.
const TESTS: usize = 20;

/// Failing tests of one cluster: often one cause.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailureGroup {
    /// How many tests it has.
    pub total: u32,
    /// How many of them are new on at least one DUT.
    pub new: u32,
    /// All of them have exactly the same message.
    pub is_same_message: bool,
    /// The first of them, most important first; never empty.
    pub tests: Vec<FailingTest>,
    /// By DUT, in the order of [`Overview::duts`](super::Overview::duts): the worst
    /// result of all tests of the group.
    pub marks: Vec<DutMark>,
}

/// Groups failing tests by their clusters. A group is at the place of its first
/// test; a test without a message is a group of its own.
pub fn failure_groups(
    data: &Dataset,
    index: &Index,
    latest: &[SessionId],
    failures: &[Failure],
) -> Vec<FailureGroup> {
    let mut groups: Vec<Vec<&Failure>> = Vec::new();
    let mut ids = ClusterIds::default();
    let mut by_id: FxHashMap<String, usize> = FxHashMap::default();
    for failure in failures {
        let next = groups.len();
        let group = match with_message(data, index, failure.test) {
            None => next,
            Some(result) => {
                let id = ids.of(data, result);
                match by_id.get(id) {
                    Some(&group) => group,
                    None => *by_id.entry(id.to_owned()).or_insert(next),
                }
            }
        };
        if group == next {
            groups.push(Vec::new());
        }
        groups[group].push(failure);
    }
    groups.iter().take(GROUPS).map(|failures| group(data, index, latest, failures)).collect()
}

fn group(data: &Dataset, index: &Index, latest: &[SessionId], failures: &[&Failure]) -> FailureGroup {
    let first = message(data, index, failures[0].test);
    let listed = failures.iter().take(TESTS);
    let tests: Vec<FailingTest> = listed.map(|failure| failing_test(data, index, latest, failure)).collect();
    let mark = |(&session, first): (&SessionId, &DutMark)| {
        let marks = failures.iter().map(|failure| mark(data, index, session, failure.test));
        marks.flatten().max_by_key(|mark| (mark.cell.outcome(), mark.is_new)).unwrap_or_else(|| first.clone())
    };
    FailureGroup {
        total: failures.len() as u32,
        new: failures.iter().filter(|failure| failure.is_new).count() as u32,
        is_same_message: failures.iter().all(|failure| message(data, index, failure.test) == first),
        marks: latest.iter().zip(&tests[0].marks).map(mark).collect(),
        tests,
    }
}

/// The mark of a test that has a result in a session.
fn mark(data: &Dataset, index: &Index, session: SessionId, test: TestId) -> Option<DutMark> {
    let result = index.results.find(session, test)?;
    let outcome = data.outcome(result);
    let cell = Cell::Result {
        outcome,
        is_flaky: data.is_flaky(result),
        is_known: data.flags(result).is_known(),
        message: String::new(),
    };
    Some(DutMark { cell, is_new: outcome.is_failing() && index.streak(data, test, session).is_new() })
}

/// The message of a failing test on the first DUT on which it fails and has one.
fn message<'a>(data: &'a Dataset, index: &Index, test: TestId) -> &'a str {
    with_message(data, index, test).map_or("", |result| data.message(result))
}

/// The result of a failing test on the first DUT on which it fails and has a message.
fn with_message(data: &Dataset, index: &Index, test: TestId) -> Option<ResultId> {
    let failing = index.results.latest(test).filter(|(_, result)| data.outcome(*result).is_failing());
    let mut results = failing.map(|(_, result)| result);
    results.find(|&result| !data.message(result).trim().is_empty())
}
