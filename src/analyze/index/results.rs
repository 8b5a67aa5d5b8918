//! The results of each test, in the order of sessions.

use crate::model::{Dataset, ResultId, SessionId, TestId};
use std::rc::Rc;

/// All results that count, grouped by test.
#[derive(Default)]
pub struct ResultsByTest {
    /// The latest session of each DUT, in the order of DUTs.
    pub latest_sessions: Vec<SessionId>,
    /// By session: it is the latest one of its DUT.
    is_latest: Vec<bool>,
    /// By test: where its results start in `results`; one more entry at the end.
    starts: Rc<[u32]>,
    /// Sorted by test, then session.
    results: Rc<[(SessionId, ResultId)]>,
}

impl ResultsByTest {
    /// Groups the results of all sessions with a counting sort.
    pub fn new(data: &Dataset) -> ResultsByTest {
        let latest_sessions = data.latest_sessions();
        let mut is_latest = vec![false; data.history.sessions.len()];
        for session in &latest_sessions {
            is_latest[session.index()] = true;
        }
        let sessions = || (0..data.history.sessions.len()).map(SessionId::from);
        let mut next = vec![0_u32; data.tests.len() + 1];
        for result in sessions().flat_map(|session| data.results_of(session)) {
            next[data.test_of(result).index() + 1] += 1;
        }
        for test in 1..next.len() {
            next[test] += next[test - 1];
        }
        let starts = next.clone();
        let mut results = vec![Default::default(); next.last().map_or(0, |&last| last as usize)];
        for session in sessions() {
            for result in data.results_of(session) {
                let place = &mut next[data.test_of(result).index()];
                results[*place as usize] = (session, result);
                *place += 1;
            }
        }
        ResultsByTest { latest_sessions, is_latest, starts: starts.into(), results: results.into() }
    }

    /// The same results, with only some of the latest sessions, in the order of
    /// DUTs.
    pub fn restricted(&self, latest_sessions: Vec<SessionId>) -> ResultsByTest {
        let mut is_latest = vec![false; self.is_latest.len()];
        for session in &latest_sessions {
            is_latest[session.index()] = true;
        }
        ResultsByTest {
            latest_sessions,
            is_latest,
            starts: self.starts.clone(),
            results: self.results.clone(),
        }
    }

    /// How many tests have results.
    pub fn tests(&self) -> u32 {
        self.starts.windows(2).filter(|pair| pair[0] < pair[1]).count() as u32
    }

    /// The results of a test in all sessions, by DUT and time.
    pub fn all(&self, test: TestId) -> &[(SessionId, ResultId)] {
        match self.starts.get(test.index()..test.index() + 2) {
            Some(&[start, end]) => &self.results[start as usize..end as usize],
            _ => &[],
        }
    }

    /// The results of a test in the latest session of each DUT, by DUT.
    pub fn latest(&self, test: TestId) -> impl Iterator<Item = (SessionId, ResultId)> + '_ {
        self.all(test).iter().copied().filter(|(session, _)| self.is_latest(*session))
    }

    /// The result of a test in a session.
    pub fn find(&self, session: SessionId, test: TestId) -> Option<ResultId> {
        let results = self.all(test);
        let at = results.partition_point(|(have, _)| *have < session);
        results.get(at).filter(|(have, _)| *have == session).map(|(_, result)| *result)
    }

    /// A session is the latest one of its DUT.
    pub fn is_latest(&self, session: SessionId) -> bool {
        self.is_latest[session.index()]
    }
}
