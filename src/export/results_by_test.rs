//! Results by test, in the order of the summary and the table of results.

use super::sessions::readable_sessions;
use crate::analyze::{Grid, RowOrder, by_name};
use crate::model::{Dataset, ResultId, SessionId, TestId};
use crate::query::{Filter, OutcomeFilter};

/// A test with its results in all sessions, by DUT and time.
pub type ResultsOfTest = (TestId, Vec<(SessionId, ResultId)>);

/// Returns the tests that match the filter, by suite, class and name, with
/// their results.
pub fn results_by_test(data: &Dataset, filter: &Filter) -> Vec<ResultsOfTest> {
    let mut by_test: Vec<Vec<(SessionId, ResultId)>> = vec![Vec::new(); data.tests.len()];
    for session in readable_sessions(data) {
        for result in data.results_of(session) {
            by_test[data.test_of(result).index()].push((session, result));
        }
    }
    let matcher = filter.matcher();
    // These filters are about the latest sessions. Without them, tests that only
    // earlier sessions have are listed, too.
    let is_about_now = filter.only != OutcomeFilter::All || filter.dut.is_some();
    let mut is_listed = vec![!is_about_now; data.tests.len()];
    if is_about_now {
        for test in Grid::new(data, filter, RowOrder::Name).rows {
            is_listed[test.index()] = true;
        }
    }
    let mut tests: Vec<ResultsOfTest> = data
        .tests
        .ids()
        .zip(by_test)
        .filter(|(_, results)| !results.is_empty())
        .filter(|(test, _)| is_listed[test.index()])
        .filter(|(test, _)| {
            matcher.matches(data.tests.scope_text(data.tests.scope_of(*test)), data.tests.name(*test))
        })
        .collect();
    tests.sort_by(|(a, _), (b, _)| by_name(data, *a, *b));
    tests
}
