//! Filtering: the tests that a filter selects.

use super::clusters::ClusterIds;
use super::index::{Attention, Index};
use super::known_issues::{is_known, is_known_in};
use crate::model::{Dataset, ScopeId, SessionId, TestId};
use crate::query::{Filter, Matcher, OutcomeFilter};

/// The tests of `tests` that have a result in a latest session and that match the
/// filter, in the same order. A filter for an unknown DUT selects nothing.
pub fn select(data: &Dataset, index: &Index, filter: &Filter, tests: &[TestId]) -> Vec<TestId> {
    let matcher = filter.matcher();
    let session = filter.dut.as_deref().map(|dut| data.find_session(dut, None));
    let listed = listed(data, index, filter.only);
    let in_cluster =
        filter.cluster.as_deref().map(|cluster| in_cluster(data, index, cluster, filter.dut.as_deref()));
    let is_of_cluster = |test: &TestId| in_cluster.as_ref().is_none_or(|tests| tests[test.index()]);
    let has_outcome = |test: &TestId| {
        is_of_cluster(test)
            && match session {
                None => matches_anywhere(data, index, *test, filter.only, &listed),
                Some(None) => false,
                Some(Some(session)) => {
                    matches_anywhere(data, index, *test, filter.only, &listed)
                        && matches_on(data, index, *test, filter.only, session)
                }
            }
    };
    let has_words = with_words(data, &matcher);
    let has_words = |test: &TestId| has_words.get(test.index()).copied().unwrap_or(true);
    tests.iter().copied().filter(|test| has_words(test) && has_outcome(test)).collect()
}

/// By test: whether its suite, class or name have the words of a filter; empty if there are no words.
///
/// Matching all names in the order of memory is faster than in the order of a list.
pub fn with_words(data: &Dataset, matcher: &Matcher) -> Vec<bool> {
    if matcher.is_empty() {
        return Vec::new();
    }
    let scopes = (0..data.tests.scopes()).map(ScopeId::from);
    let in_scope: Vec<_> = scopes.map(|scope| matcher.in_scope(data.tests.scope_text(scope))).collect();
    let has_words = |test: TestId| {
        let in_scope = &in_scope[data.tests.scope_of(test).index()];
        matcher.matches_name(in_scope, data.tests.name(test))
    };
    data.tests.ids().map(has_words).collect()
}

/// By test: whether it failed in a cluster, in any session of any DUT or of this one.
fn in_cluster(data: &Dataset, index: &Index, cluster: &str, dut: Option<&str>) -> Vec<bool> {
    let mut ids = ClusterIds::default();
    let mut is_in = |test: TestId| {
        index.results.all(test).iter().any(|&(session, result)| {
            let name = || &data.history.dut(data.history.session(session).dut).name;
            data.outcome(result).is_failing()
                && dut.is_none_or(|dut| name() == dut)
                && ids.of(data, result) == cluster
        })
    };
    data.tests.ids().map(&mut is_in).collect()
}

/// By test: whether it is new or fixed on any DUT; empty for filters that do not
/// need it.
fn listed(data: &Dataset, index: &Index, only: OutcomeFilter) -> Vec<bool> {
    let tests: Vec<TestId> = match only {
        OutcomeFilter::New => {
            index.failures(data).iter().filter(|failure| failure.is_new).map(|failure| failure.test).collect()
        }
        OutcomeFilter::Fixed => index.fixed(data).to_vec(),
        _ => return Vec::new(),
    };
    let mut listed = vec![false; data.tests.len()];
    tests.into_iter().for_each(|test| listed[test.index()] = true);
    listed
}

/// A test has a result in a latest session, and over all DUTs its outcomes match.
fn matches_anywhere(
    data: &Dataset,
    index: &Index,
    test: TestId,
    only: OutcomeFilter,
    listed: &[bool],
) -> bool {
    let status = index.status(test);
    match (only, status.attention) {
        (_, Attention::Absent) => false,
        (OutcomeFilter::All, _) => true,
        (OutcomeFilter::Failing, attention) => attention == Attention::Failing,
        (OutcomeFilter::New | OutcomeFilter::Fixed, _) => listed[test.index()],
        (OutcomeFilter::OnlyOneDut, _) => status.failing == 1 && index.results.latest_sessions.len() > 1,
        (OutcomeFilter::Differences, Attention::Failing) => differs(data, index, test),
        (OutcomeFilter::Differences, attention) => attention == Attention::Differing,
        (OutcomeFilter::Flaky, _) => status.flaky > 0,
        (OutcomeFilter::Known, attention) => attention == Attention::Failing && is_known(data, index, test),
        (OutcomeFilter::NotKnown, attention) => {
            attention == Attention::Failing && !is_known(data, index, test)
        }
    }
}

/// A test that matches over all DUTs has a result in the latest session of one of
/// them, with an outcome that matches.
fn matches_on(data: &Dataset, index: &Index, test: TestId, only: OutcomeFilter, session: SessionId) -> bool {
    let Some(result) = index.results.find(session, test) else {
        return false;
    };
    let is_failing = data.outcome(result).is_failing();
    match only {
        OutcomeFilter::All | OutcomeFilter::Differences => true,
        OutcomeFilter::Failing | OutcomeFilter::OnlyOneDut => is_failing,
        OutcomeFilter::New => is_failing && index.streak(data, test, session).is_new(),
        OutcomeFilter::Fixed => index.is_fixed(data, test, session),
        OutcomeFilter::Flaky => data.is_flaky(result),
        OutcomeFilter::Known => is_failing,
        OutcomeFilter::NotKnown => is_failing && !is_known_in(data, index, test, session),
    }
}

/// A failing test has different outcomes, or is missing on a DUT.
fn differs(data: &Dataset, index: &Index, test: TestId) -> bool {
    let mut outcomes = index.results.latest(test).map(|(_, result)| data.outcome(result));
    let first = outcomes.next();
    outcomes.any(|outcome| Some(outcome) != first) || index.status(test).seen < index.readable_duts(data)
}
