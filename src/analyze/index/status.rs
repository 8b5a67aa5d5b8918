//! The current status of a test: a summary of its results in the latest sessions.

use super::results::ResultsByTest;
use crate::model::{Dataset, Outcome, TestId};

/// How urgently a test needs a look; the most urgent first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Attention {
    /// It fails on at least one DUT.
    Failing,
    /// It does not fail, and its outcome differs between DUTs.
    Differing,
    /// It has the same outcome on all DUTs.
    Agreed,
    /// No DUT has it in its latest session.
    #[default]
    Absent,
}

/// A test over the latest sessions of all DUTs.
#[derive(Clone, Copy, Debug, Default)]
pub struct TestStatus {
    /// How urgently it needs a look.
    pub attention: Attention,
    /// On how many DUTs it fails.
    pub failing: u32,
    /// On how many DUTs it has a result.
    pub seen: u32,
    /// The worst outcome, if it has any.
    pub worst: Option<Outcome>,
    /// On how many DUTs its attempts disagree.
    pub flaky: u32,
    /// On how many DUTs it is skipped.
    pub skipped: u32,
}

/// The status of every test, by test.
pub fn statuses(data: &Dataset, results: &ResultsByTest) -> Vec<TestStatus> {
    let readable = readable_duts(data, results);
    data.tests.ids().map(|test| status(data, results, test, readable)).collect()
}

/// How many DUTs have a readable latest session.
pub fn readable_duts(data: &Dataset, results: &ResultsByTest) -> u32 {
    let sessions = results.latest_sessions.iter();
    sessions.filter(|&&session| !data.history.session(session).is_unreadable).count() as u32
}

fn status(data: &Dataset, results: &ResultsByTest, test: TestId, readable: u32) -> TestStatus {
    let mut status = TestStatus::default();
    let (mut first, mut differs) = (None, false);
    for &(session, result) in results.all(test) {
        if !results.is_latest(session) {
            continue;
        }
        let outcome = data.outcome(result);
        status.seen += 1;
        status.failing += u32::from(outcome.is_failing());
        status.flaky += u32::from(data.is_flaky(result));
        status.skipped += u32::from(outcome == Outcome::Skipped);
        status.worst = status.worst.max(Some(outcome));
        differs |= *first.get_or_insert(outcome) != outcome;
    }
    status.attention = if status.seen == 0 {
        Attention::Absent
    } else if status.failing > 0 {
        Attention::Failing
    } else if differs || status.seen < readable {
        // An unreadable file does not make every test a difference.
        Attention::Differing
    } else {
        Attention::Agreed
    };
    status
}
