//! The index: what analyses share, computed once per version of the data.

use super::grid::{Cell, Missing};
use super::natural;
use crate::model::{Dataset, DutId, Outcome, ResultId, ScopeId, SessionId, TestId, head};
use crate::query::{Filter, OutcomeFilter};
use std::cell::OnceCell;
use std::cmp::Ordering;
use std::rc::Rc;

/// What a person has to look at first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Attention {
    /// It fails on a DUT.
    Failing,
    /// Its outcome is not the same on all DUTs.
    Differing,
    /// It is the same on all DUTs.
    Agreed,
    /// No DUT has it now.
    #[default]
    Absent,
}

/// How a test stands now, over all DUTs.
#[derive(Clone, Copy, Debug, Default)]
pub struct TestStatus {
    /// What it comes to.
    pub attention: Attention,
    /// On how many DUTs it fails.
    pub failing: u32,
    /// On how many DUTs it has a result.
    pub seen: u32,
    /// The worst outcome, if it has any.
    pub worst: Option<Outcome>,
    /// On how many DUTs its attempts disagree.
    pub flaky: u32,
}

/// A test's sessions on one DUT, back from now, in which it failed each time.
///
/// Sessions that broke off before the test, or that cannot be read, tell
/// nothing and are stepped over. A session that is whole and does not have the
/// test ends the streak, as one in which it did not fail does.
#[derive(Clone, Copy, Debug)]
pub struct Streak {
    /// The first of them.
    pub since: SessionId,
    /// How many there are.
    pub sessions: u32,
    /// The session before, in which the test did not fail; nothing where the
    /// streak is as old as what is known.
    pub before: Option<SessionId>,
}

impl Streak {
    /// It began with the latest session, and there is one before.
    pub fn is_new(&self) -> bool {
        self.sessions == 1 && self.before.is_some()
    }
}

/// A test that fails now.
#[derive(Clone, Copy, Debug)]
pub struct Failing {
    /// The test.
    pub test: TestId,
    /// It is new on a DUT.
    pub is_new: bool,
    /// The streak that tells since when: where it is new that, else the oldest.
    pub streak: Streak,
    /// The DUT, where it fails on this one only.
    pub alone: Option<DutId>,
}

/// What analyses share.
#[derive(Default)]
pub struct Index {
    /// Where in `results` those of each test begin; one more at the end.
    starts: Vec<u32>,
    /// By test, then session.
    results: Vec<(SessionId, ResultId)>,
    /// The sessions that "now" means, by DUT.
    pub latest: Vec<SessionId>,
    is_latest: Vec<bool>,
    standings: Vec<TestStatus>,
    /// How many tests have a result now.
    pub tests_now: u32,
    names: OnceCell<Rc<Names>>,
    by_attention: OnceCell<Vec<TestId>>,
    failing: OnceCell<Vec<Failing>>,
    /// The builds whose sessions new failures are compared with: one, or several.
    new_since: OnceCell<Option<String>>,
}

/// Orders of tests by their names, which other data does not change.
#[derive(Default)]
struct Names {
    /// By scope, then name.
    order: Vec<TestId>,
    /// By test: the place of its bare name among all of them.
    ranks: OnceCell<Vec<f64>>,
}

impl Index {
    /// Computes the index. What of the one before still holds is kept.
    pub fn new(data: &Dataset, before: Option<&Index>) -> Index {
        let mut index = Index { latest: data.latest_sessions(), ..Index::default() };
        if let Some(names) = before.and_then(|before| before.names.get()) {
            // More tests are sorted in; the same ones are as they were.
            let names = if names.order.len() == data.tests.len() {
                names.clone()
            } else {
                Rc::new(Names::new(data, &names.order))
            };
            index.names = OnceCell::from(names);
        }
        index.is_latest = vec![false; data.history.sessions.len()];
        for &session in &index.latest {
            index.is_latest[session.index()] = true;
        }
        index.gather(data);
        let readable = index.latest.iter().filter(|&&session| !data.history.session(session).is_unreadable);
        let readable = readable.count() as u32;
        index.standings = data.tests.ids().map(|test| index.stand(data, test, readable)).collect();
        let is_there = |standing: &&TestStatus| standing.attention != Attention::Absent;
        index.tests_now = index.standings.iter().filter(is_there).count() as u32;
        index
    }

    /// Sorts results by test; sessions are in their order already.
    fn gather(&mut self, data: &Dataset) {
        let sessions = || (0..data.history.sessions.len()).map(SessionId::from);
        let mut next = vec![0_u32; data.tests.len() + 1];
        for result in sessions().flat_map(|session| data.results_of(session)) {
            next[data.test_of(result).index() + 1] += 1;
        }
        for test in 1..next.len() {
            next[test] += next[test - 1];
        }
        self.starts.clone_from(&next);
        self.results = vec![Default::default(); next.last().map_or(0, |&last| last as usize)];
        for session in sessions() {
            for result in data.results_of(session) {
                let place = &mut next[data.test_of(result).index()];
                self.results[*place as usize] = (session, result);
                *place += 1;
            }
        }
    }

    fn stand(&self, data: &Dataset, test: TestId, readable: u32) -> TestStatus {
        let mut standing = TestStatus::default();
        let (mut first, mut differs) = (None, false);
        for (_, result) in self.now(test) {
            let outcome = data.outcome(result);
            standing.seen += 1;
            standing.failing += u32::from(outcome.is_failing());
            standing.flaky += u32::from(data.results.flags[result.index()].is_flaky());
            standing.worst = standing.worst.max(Some(outcome));
            differs |= *first.get_or_insert(outcome) != outcome;
        }
        standing.attention = if standing.seen == 0 {
            Attention::Absent
        } else if standing.failing > 0 {
            Attention::Failing
        } else if differs || standing.seen < readable {
            // That a file cannot be read is no difference of each test.
            Attention::Differing
        } else {
            Attention::Agreed
        };
        standing
    }

    /// The results of a test in all sessions, by DUT and time.
    pub fn all(&self, test: TestId) -> &[(SessionId, ResultId)] {
        match self.starts.get(test.index()..test.index() + 2) {
            Some(&[start, end]) => &self.results[start as usize..end as usize],
            _ => &[],
        }
    }

    /// The results of a test in the latest session of each DUT, by DUT.
    pub fn now(&self, test: TestId) -> impl Iterator<Item = (SessionId, ResultId)> + '_ {
        self.all(test).iter().copied().filter(|(session, _)| self.is_latest[session.index()])
    }

    /// The result of a test in a session.
    pub fn result(&self, session: SessionId, test: TestId) -> Option<ResultId> {
        let results = self.all(test);
        let at = results.partition_point(|(have, _)| *have < session);
        results.get(at).filter(|(have, _)| *have == session).map(|(_, result)| *result)
    }

    /// Why a test has no result in a session.
    pub fn missing(&self, data: &Dataset, session_id: SessionId, test: TestId) -> Missing {
        let session = data.history.session(session_id);
        if session.is_unreadable {
            Missing::Unreadable
        } else if session.is_partial {
            Missing::BrokenOff { after: session.counts.results() }
        } else if self.is_latest[session_id.index()] {
            // It is not here, so all that have it are others.
            Missing::NotThere {
                have: self.standing(test).seen,
                others: (self.latest.len() as u32).saturating_sub(1),
            }
        } else {
            Missing::NotThere { have: 0, others: 0 }
        }
    }

    /// What a session has for a test, as a cell.
    pub fn cell(&self, data: &Dataset, session: SessionId, test: TestId) -> Cell {
        match self.result(session, test) {
            Some(result) => Cell::Result {
                outcome: data.outcome(result),
                is_flaky: data.is_flaky(result),
                message: head(data.message(result), 200).to_owned(),
            },
            None => Cell::Missing(self.missing(data, session, test)),
        }
    }

    /// How a test stands now.
    pub fn standing(&self, test: TestId) -> TestStatus {
        self.standings.get(test.index()).copied().unwrap_or_default()
    }

    /// The tests by scope, then name.
    pub fn by_name(&self, data: &Dataset) -> &[TestId] {
        &self.names(data).order
    }

    fn names(&self, data: &Dataset) -> &Names {
        self.names.get_or_init(|| Rc::new(Names::new(data, &[])))
    }

    /// The place of each test's bare name among all of them, by test; the same
    /// name has the same place.
    pub fn name_ranks(&self, data: &Dataset) -> &[f64] {
        self.names(data).ranks.get_or_init(|| {
            let names: Vec<&str> = data.tests.ids().map(|test| data.tests.name(test)).collect();
            natural::ranks(&names)
        })
    }

    /// The tests that have a result now: what has to be looked at first, then
    /// by name.
    pub fn by_attention(&self, data: &Dataset) -> &[TestId] {
        self.by_attention.get_or_init(|| {
            let here = |test: &TestId| self.standing(*test).attention != Attention::Absent;
            let tests: Vec<TestId> = self.by_name(data).iter().copied().filter(here).collect();
            let mut sorted = Vec::with_capacity(tests.len());
            self.most_urgent_first(&tests, &mut sorted);
            sorted
        })
    }

    /// Failing tests before differing ones, and those that fail on more DUTs
    /// before others; equal ones stay as they are.
    pub fn most_urgent_first(&self, tests: &[TestId], into: &mut Vec<TestId>) {
        let start = into.len();
        for attention in [Attention::Failing, Attention::Differing, Attention::Agreed] {
            into.extend(tests.iter().filter(|&&test| self.standing(test).attention == attention));
            if attention == Attention::Failing {
                // The others do not fail at all.
                natural::sort(&mut into[start..], |&a, &b| {
                    self.standing(b).failing.cmp(&self.standing(a).failing)
                });
            }
        }
    }

    /// Those of `tests` that have a result now and that the filter means.
    pub fn select(&self, data: &Dataset, filter: &Filter, tests: &[TestId]) -> Vec<TestId> {
        let matcher = filter.matcher();
        // The latest session of the DUT that is meant; of a DUT that is not there, none.
        let session = filter.dut.as_deref().map(|dut| data.find_session(dut, None));
        let is_meant = |test: &TestId| match session {
            None => self.stands(data, *test, filter.only),
            Some(session) => session.and_then(|session| self.result(session, *test)).is_some_and(|result| {
                match filter.only {
                    OutcomeFilter::Failing => data.outcome(result).is_failing(),
                    OutcomeFilter::Flaky => data.results.flags[result.index()].is_flaky(),
                    only => self.stands(data, *test, only),
                }
            }),
        };
        if matcher.is_empty() {
            return tests.iter().copied().filter(is_meant).collect();
        }
        let scopes = (0..data.tests.scopes()).map(ScopeId::from);
        let in_scope: Vec<_> = scopes.map(|scope| matcher.in_scope(data.tests.scope_text(scope))).collect();
        // Names are looked through in the order in which they lie in memory.
        let has_words: Vec<bool> = data
            .tests
            .ids()
            .map(|test| {
                let in_scope = &in_scope[data.tests.scope_of(test).index()];
                matcher.matches_name(in_scope, data.tests.name(test))
            })
            .collect();
        tests.iter().copied().filter(|test| has_words[test.index()] && is_meant(test)).collect()
    }

    /// A test has a result now, and one over all DUTs that is meant.
    fn stands(&self, data: &Dataset, test: TestId, only: OutcomeFilter) -> bool {
        let standing = self.standing(test);
        match (only, standing.attention) {
            (_, Attention::Absent) => false,
            (OutcomeFilter::All, _) => true,
            (OutcomeFilter::Failing, attention) => attention == Attention::Failing,
            (OutcomeFilter::Differences, Attention::Failing) => self.differs(data, test),
            (OutcomeFilter::Differences, attention) => attention == Attention::Differing,
            (OutcomeFilter::Flaky, _) => standing.flaky > 0,
        }
    }

    /// A test that fails does not do so in the same way on all DUTs.
    fn differs(&self, data: &Dataset, test: TestId) -> bool {
        let readable = |&&session: &&SessionId| !data.history.session(session).is_unreadable;
        let mut outcomes = self.now(test).map(|(_, result)| data.outcome(result));
        let first = outcomes.next();
        outcomes.any(|outcome| Some(outcome) != first)
            || (self.standing(test).seen as usize) < self.latest.iter().filter(readable).count()
    }

    /// How long a test that fails now in this session, a DUT's latest, has been
    /// failing on the DUT.
    pub fn streak(&self, data: &Dataset, test: TestId, latest: SessionId) -> Streak {
        let mut streak = Streak { since: latest, sessions: 1, before: None };
        let dut = data.history.dut(data.history.session(latest).dut);
        for &session in dut.sessions.iter().rev().skip_while(|&&session| session != latest).skip(1) {
            match self.result(session, test) {
                Some(result) if data.outcome(result).is_failing() => {
                    streak.since = session;
                    streak.sessions += 1;
                }
                None if !matches!(self.missing(data, session, test), Missing::NotThere { .. }) => {}
                _ => {
                    streak.before = Some(session);
                    break;
                }
            }
        }
        streak
    }

    /// The tests that fail now, in the order in which a person would look at
    /// them: those that fail on more than half of the DUTs that have them, then
    /// new ones, then others, those on one DUT only at last. Among those the
    /// ones that fail on more DUTs come first, then it goes by name.
    pub fn failing(&self, data: &Dataset) -> &[Failing] {
        self.failing.get_or_init(|| {
            let is_failing = |test: &TestId| self.standing(*test).failing > 0;
            let tests = data.tests.ids().filter(is_failing);
            let mut failing: Vec<Failing> = tests.filter_map(|test| self.failing_test(data, test)).collect();
            natural::sort(&mut failing, |a, b| {
                let key = |line: &Failing| {
                    let standing = self.standing(line.test);
                    let tier = match (standing.failing, line.is_new) {
                        (2.., _) if standing.failing * 2 > standing.seen => 0,
                        (_, true) => 1,
                        (2.., _) => 2,
                        _ => 3,
                    };
                    (tier, u32::MAX - standing.failing)
                };
                key(a).cmp(&key(b)).then_with(|| by_name(data, a.test, b.test))
            });
            failing
        })
    }

    fn failing_test(&self, data: &Dataset, test: TestId) -> Option<Failing> {
        let mut failing: Option<Failing> = None;
        for (session, result) in self.now(test) {
            if !data.outcome(result).is_failing() {
                continue;
            }
            let streak = self.streak(data, test, session);
            let dut = data.history.session(session).dut;
            failing = Some(match failing {
                None => Failing { test, is_new: streak.is_new(), streak, alone: Some(dut) },
                Some(have) => {
                    let is_told_by = match (have.is_new, streak.is_new()) {
                        (true, _) => false,
                        (false, true) => true,
                        (false, false) => is_older(data, &streak, &have.streak),
                    };
                    let streak = if is_told_by { streak } else { have.streak };
                    Failing { test, is_new: have.is_new || streak.is_new(), streak, alone: None }
                }
            });
        }
        failing
    }

    /// The build before those that new failures appeared with, if it is one.
    pub fn new_since(&self, data: &Dataset) -> Option<&str> {
        let common = || {
            let mut builds = Vec::new();
            for line in self.failing(data).iter().filter(|line| line.is_new) {
                for (session, result) in self.now(line.test) {
                    if data.outcome(result).is_failing() {
                        let streak = self.streak(data, line.test, session);
                        builds.extend(streak.before.filter(|_| streak.is_new()));
                    }
                }
            }
            let build = |session: SessionId| data.history.session(session).build();
            let first = builds.first().copied().and_then(build)?;
            builds.iter().all(|&session| build(session) == Some(first)).then(|| first.to_owned())
        };
        self.new_since.get_or_init(common).as_deref()
    }
}

/// A streak that is not new tells more if it began earlier, or is longer where
/// that is not known.
fn is_older(data: &Dataset, a: &Streak, b: &Streak) -> bool {
    let started = |streak: &Streak| data.history.session(streak.since).started;
    match (started(a), started(b)) {
        (Some(a), Some(b)) => a < b,
        _ => a.sessions > b.sessions,
    }
}

impl Names {
    /// Sorts the tests; those of `before` are sorted already.
    fn new(data: &Dataset, before: &[TestId]) -> Names {
        let scopes = (0..data.tests.scopes()).map(ScopeId::from);
        let scopes: Vec<&str> = scopes.map(|scope| data.tests.scope_text(scope)).collect();
        // By scope, the place of its tests.
        let mut places = vec![0; scopes.len()];
        for (place, scope) in natural::order(&scopes).into_iter().enumerate() {
            places[scope as usize] = place;
        }
        let place = |test: TestId| places[data.tests.scope_of(test).index()];
        let new: Vec<TestId> = (before.len()..data.tests.len()).map(TestId::from).collect();
        let names: Vec<&str> = new.iter().map(|&test| data.tests.name(test)).collect();
        let by_name = natural::order(&names);
        let mut by_scope: Vec<Vec<TestId>> = vec![Vec::new(); scopes.len()];
        for &at in &by_name {
            let test = new[at as usize];
            by_scope[place(test)].push(test);
        }
        let mut order = before.to_vec();
        order.extend(by_scope.into_iter().flatten());
        let ranks = OnceCell::new();
        if before.is_empty() {
            let _ = ranks.set(natural::ranks_in(&names, &by_name));
        }
        if !before.is_empty() {
            // Two stretches that are in order: the sort only merges them.
            natural::sort(&mut order, |&a, &b| {
                let by_scope = place(a).cmp(&place(b));
                by_scope.then_with(|| natural::compare(data.tests.name(a), data.tests.name(b)))
            });
        }
        Names { order, ranks }
    }
}

/// By scope, then name.
pub fn by_name(data: &Dataset, a: TestId, b: TestId) -> Ordering {
    let (scope_a, scope_b) = (data.tests.scope_of(a), data.tests.scope_of(b));
    let by_scope = if scope_a == scope_b {
        Ordering::Equal
    } else {
        natural::compare(data.tests.scope_text(scope_a), data.tests.scope_text(scope_b))
    };
    by_scope.then_with(|| natural::compare(data.tests.name(a), data.tests.name(b)))
}
