//! The tests that currently fail: since when, and which of them are new; and those
//! that were fixed.

use super::names::by_name;
use super::results::ResultsByTest;
use super::status::TestStatus;
use crate::model::{Dataset, DutId, Outcome, ResultId, SessionId, TestId};
use crate::query::Change;

/// The consecutive sessions of one DUT, up to the latest, in which a test fails.
///
/// Incomplete and unreadable sessions that lack the test are skipped. A complete
/// session without the test ends the streak, like one in which it did not fail.
#[derive(Clone, Copy, Debug)]
pub struct Streak {
    /// The first of these sessions.
    pub since: SessionId,
    /// How many there are.
    pub sessions: u32,
    /// The session before the streak, in which the test did not fail; `None` if
    /// no earlier session says anything about the test.
    pub before: Option<SessionId>,
}

impl Streak {
    /// The failure is new: it began in the latest session, and there is an
    /// earlier session to compare with.
    pub fn is_new(&self) -> bool {
        self.sessions == 1 && self.before.is_some()
    }
}

/// A test that fails in the latest session of at least one DUT.
#[derive(Clone, Copy, Debug)]
pub struct Failure {
    /// The test.
    pub test: TestId,
    /// The failure is new on at least one DUT.
    pub is_new: bool,
    /// The streak on one DUT: a new one if there is one, else the oldest.
    pub streak: Streak,
    /// The DUT, if it fails on one DUT only.
    pub only_on: Option<DutId>,
}

/// The failing tests in the order in which a person would look at them: those
/// that fail on more than half of the DUTs that have them, then new failures,
/// then other failures on several DUTs, then those on one DUT only. Within each
/// group, more failing DUTs come first, then the order is by name.
pub fn failures(data: &Dataset, results: &ResultsByTest, statuses: &[TestStatus]) -> Vec<Failure> {
    let status = |test: TestId| &statuses[test.index()];
    let tests = data.tests.ids().filter(|&test| status(test).failing > 0);
    let mut failures: Vec<Failure> = tests.filter_map(|test| failure(data, results, test)).collect();
    failures.sort_by(|a, b| {
        let key = |failure: &Failure| {
            let status = status(failure.test);
            let tier = match (status.failing, failure.is_new) {
                (2.., _) if status.failing * 2 > status.seen => 0,
                (_, true) => 1,
                (2.., _) => 2,
                _ => 3,
            };
            (tier, u32::MAX - status.failing)
        };
        key(a).cmp(&key(b)).then_with(|| by_name(data, a.test, b.test))
    });
    failures
}

fn failure(data: &Dataset, results: &ResultsByTest, test: TestId) -> Option<Failure> {
    let mut failure: Option<Failure> = None;
    for (session, result) in results.latest(test) {
        if !data.outcome(result).is_failing() {
            continue;
        }
        let streak = streak(data, results, test, session);
        let dut = data.history.session(session).dut;
        failure = Some(match failure {
            None => Failure { test, is_new: streak.is_new(), streak, only_on: Some(dut) },
            Some(have) => {
                let is_better = match (have.is_new, streak.is_new()) {
                    (true, _) => false,
                    (false, true) => true,
                    (false, false) => is_older(data, &streak, &have.streak),
                };
                let shown = if is_better { streak } else { have.streak };
                Failure { test, is_new: have.is_new || streak.is_new(), streak: shown, only_on: None }
            }
        });
    }
    failure
}

/// The streak of a test that fails in `latest`, the latest session of a DUT.
pub fn streak(data: &Dataset, results: &ResultsByTest, test: TestId, latest: SessionId) -> Streak {
    let mut streak = Streak { since: latest, sessions: 1, before: None };
    for (session, result) in before(data, results, test, latest) {
        if result.is_some_and(|result| data.outcome(result).is_failing()) {
            streak.since = session;
            streak.sessions += 1;
        } else {
            streak.before = Some(session);
            break;
        }
    }
    streak
}

/// The tests that are fixed on at least one DUT, see [`is_fixed`].
pub fn fixed(data: &Dataset, results: &ResultsByTest) -> Vec<TestId> {
    let has_previous = |session: SessionId| {
        let dut = data.history.session(session).dut;
        data.history.dut(dut).sessions.len() > 1
    };
    if !results.latest_sessions.iter().any(|&session| has_previous(session)) {
        return Vec::new();
    }
    let is_fixed_anywhere = |test: &TestId| {
        let mut latest = results.latest(*test);
        latest.any(|(session, _)| has_previous(session) && is_fixed(data, results, *test, session))
    };
    data.tests.ids().filter(is_fixed_anywhere).collect()
}

/// A test passes in `latest`, the latest session of a DUT, and failed in the
/// session before.
pub fn is_fixed(data: &Dataset, results: &ResultsByTest, test: TestId, latest: SessionId) -> bool {
    let passes = results.find(latest, test).is_some_and(|result| data.outcome(result) == Outcome::Passed);
    let previous = || before(data, results, test, latest).next().and_then(|(_, result)| result);
    passes && previous().is_some_and(|result| data.outcome(result).is_failing())
}

/// How the result of a test in `latest`, the latest session of a DUT, differs from that in the session
/// before; `None` without a result, or without such a session.
pub fn change(data: &Dataset, results: &ResultsByTest, test: TestId, latest: SessionId) -> Option<Change> {
    let now = results.find(latest, test)?;
    let (_, previous) = before(data, results, test, latest).next()?;
    Change::between(previous.map(|result| data.outcome(result)), Some(data.outcome(now)))
}

/// The sessions of a DUT before its latest one, newest first, with a test's
/// results. Incomplete and unreadable sessions that lack the test are skipped: they
/// do not show whether it would have failed.
fn before<'a>(
    data: &'a Dataset,
    results: &'a ResultsByTest,
    test: TestId,
    latest: SessionId,
) -> impl Iterator<Item = (SessionId, Option<ResultId>)> + 'a {
    let dut = data.history.dut(data.history.session(latest).dut);
    let earlier = dut.sessions.iter().rev().skip_while(move |&&session| session != latest).skip(1);
    earlier.filter_map(move |&id| {
        let session = data.history.session(id);
        let result = results.find(id, test);
        (result.is_some() || !(session.is_unreadable || session.incomplete.is_some())).then_some((id, result))
    })
}

/// Streak `a` began earlier than `b`, or is longer where a start is unknown.
fn is_older(data: &Dataset, a: &Streak, b: &Streak) -> bool {
    let started = |streak: &Streak| data.history.session(streak.since).started;
    match (started(a), started(b)) {
        (Some(a), Some(b)) => a < b,
        _ => a.sessions > b.sessions,
    }
}

/// The last build without the new failures, if it is the same for all of them.
pub fn last_good_build(data: &Dataset, results: &ResultsByTest, failures: &[Failure]) -> Option<String> {
    let mut before = Vec::new();
    for failure in failures.iter().filter(|failure| failure.is_new) {
        for (session, result) in results.latest(failure.test) {
            if data.outcome(result).is_failing() {
                let streak = streak(data, results, failure.test, session);
                before.extend(streak.before.filter(|_| streak.is_new()));
            }
        }
    }
    let build = |session: SessionId| data.history.session(session).build();
    let first = before.first().copied().and_then(build)?;
    before.iter().all(|&session| build(session) == Some(first)).then(|| first.to_owned())
}
