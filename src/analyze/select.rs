//! Filtering: the tests that a filter selects.

use super::index::{Attention, Index};
use crate::model::{Dataset, ScopeId, TestId};
use crate::query::{Filter, OutcomeFilter};

/// The tests of `tests` that have a result in a latest session and that match the
/// filter, in the same order. A filter for an unknown DUT selects nothing.
pub fn select(data: &Dataset, index: &Index, filter: &Filter, tests: &[TestId]) -> Vec<TestId> {
    let matcher = filter.matcher();
    let session = filter.dut.as_deref().map(|dut| data.find_session(dut, None));
    let has_outcome = |test: &TestId| match session {
        None => matches_anywhere(data, index, *test, filter.only),
        Some(session) => {
            session.and_then(|session| index.results.find(session, *test)).is_some_and(|result| match filter
                .only
            {
                OutcomeFilter::Failing => data.outcome(result).is_failing(),
                OutcomeFilter::Flaky => data.is_flaky(result),
                only => matches_anywhere(data, index, *test, only),
            })
        }
    };
    if matcher.is_empty() {
        return tests.iter().copied().filter(has_outcome).collect();
    }
    let scopes = (0..data.tests.scopes()).map(ScopeId::from);
    let in_scope: Vec<_> = scopes.map(|scope| matcher.in_scope(data.tests.scope_text(scope))).collect();
    // Matching all names in the order of memory is faster than in the order of `tests`.
    let has_words: Vec<bool> = data
        .tests
        .ids()
        .map(|test| {
            let in_scope = &in_scope[data.tests.scope_of(test).index()];
            matcher.matches_name(in_scope, data.tests.name(test))
        })
        .collect();
    tests.iter().copied().filter(|test| has_words[test.index()] && has_outcome(test)).collect()
}

/// A test has a result in a latest session, and over all DUTs its outcomes match.
fn matches_anywhere(data: &Dataset, index: &Index, test: TestId, only: OutcomeFilter) -> bool {
    let status = index.status(test);
    match (only, status.attention) {
        (_, Attention::Absent) => false,
        (OutcomeFilter::All, _) => true,
        (OutcomeFilter::Failing, attention) => attention == Attention::Failing,
        (OutcomeFilter::Differences, Attention::Failing) => differs(data, index, test),
        (OutcomeFilter::Differences, attention) => attention == Attention::Differing,
        (OutcomeFilter::Flaky, _) => status.flaky > 0,
    }
}

/// A failing test has different outcomes, or is missing on a DUT.
fn differs(data: &Dataset, index: &Index, test: TestId) -> bool {
    let mut outcomes = index.results.latest(test).map(|(_, result)| data.outcome(result));
    let first = outcomes.next();
    outcomes.any(|outcome| Some(outcome) != first) || index.status(test).seen < index.readable_duts(data)
}
