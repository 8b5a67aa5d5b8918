//! A failing test in the overview: where it fails, and since when.

use crate::analyze::cell::{Cell, Missing};
use crate::analyze::index::{Failure, Index};
use crate::analyze::known_issues::is_known;
use crate::model::{Dataset, Outcome, SessionId, Timestamp};
use serde::{Deserialize, Serialize};

/// The session in which a test began to fail; it has failed ever since.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Since {
    /// The DUT.
    pub dut: String,
    /// The session's id.
    pub session: String,
    /// Its build.
    pub build: Option<String>,
    /// Its label, if a file gives one.
    pub label: Option<String>,
    /// Its start, as ISO 8601.
    pub started: Option<String>,
    /// In how many sessions the test has failed since.
    pub sessions: u32,
    /// No earlier session says anything about the test: it may have failed for longer.
    pub is_first: bool,
    /// The session before, in which the test did not fail.
    pub before: Option<Before>,
}

/// The session before a test began to fail.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Before {
    /// The outcome of the test; `None` if it was missing.
    pub outcome: Option<Outcome>,
    /// The session's build.
    pub build: Option<String>,
    /// Its start, as ISO 8601.
    pub started: Option<String>,
}

/// What a DUT has for a failing test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DutMark {
    /// The outcome without its message, or why there is none.
    pub cell: Cell,
    /// The test fails, and did not fail in the DUT's previous session.
    pub is_new: bool,
}

/// A test that fails in the latest session of at least one DUT.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailingTest {
    /// Suite and class, as in the test's identity.
    pub scope: String,
    /// Suite path.
    pub suite: String,
    /// Class.
    pub class: String,
    /// Name with parameters.
    pub name: String,
    /// The DUTs on which it fails, with the outcome.
    pub duts: Vec<(String, Outcome)>,
    /// On how many DUTs it passes.
    pub passes: u32,
    /// On how many DUTs it has a result.
    pub seen: u32,
    /// How many DUTs have no result of it in any session, although their latest
    /// session is complete.
    pub never: u32,
    /// First line of the message on the first of [`FailingTest::duts`].
    pub message: String,
    /// By DUT, in the order of [`Overview::duts`](super::Overview::duts).
    pub marks: Vec<DutMark>,
    /// The failure is new on at least one DUT.
    pub is_new: bool,
    /// Since when it fails: on a DUT where it is new, or else where it has failed
    /// for longest.
    pub since: Since,
    /// Its attempts disagree on at least one DUT.
    pub is_flaky: bool,
    /// Known issues cover all of its failures.
    pub is_known: bool,
}

/// The details of a failure. `latest` has the latest sessions in the order of the
/// overview's DUTs.
pub fn failing_test(data: &Dataset, index: &Index, latest: &[SessionId], failure: &Failure) -> FailingTest {
    let test = failure.test;
    let mut failing = FailingTest {
        scope: data.tests.scope_text(data.tests.scope_of(test)).to_owned(),
        suite: data.tests.suite(test).to_owned(),
        class: data.tests.class(test).to_owned(),
        name: data.tests.name(test).to_owned(),
        duts: Vec::new(),
        passes: 0,
        seen: 0,
        never: 0,
        message: String::new(),
        marks: Vec::new(),
        is_new: failure.is_new,
        since: since(data, index, failure),
        is_flaky: false,
        is_known: is_known(data, index, test),
    };
    for &session in latest {
        let dut = data.history.session(session).dut;
        let cell = index.cell(data, session, test);
        let mut is_new = false;
        if let Cell::Result { outcome, is_flaky, .. } = &cell {
            failing.seen += 1;
            failing.passes += u32::from(*outcome == Outcome::Passed);
            failing.is_flaky |= is_flaky;
            if outcome.is_failing() {
                is_new = index.streak(data, test, session).is_new();
                failing.duts.push((data.history.dut(dut).name.clone(), *outcome));
                if failing.message.is_empty()
                    && let Some(result) = index.results.find(session, test)
                {
                    data.message(result).clone_into(&mut failing.message);
                }
            }
        }
        let is_of_dut = |&(session, _): &(SessionId, _)| data.history.session(session).dut == dut;
        if matches!(cell, Cell::Missing(Missing::NotThere { .. }))
            && !index.results.all(test).iter().any(is_of_dut)
        {
            failing.never += 1;
        }
        failing.marks.push(DutMark { cell: cell.brief(), is_new });
    }
    failing
}

fn since(data: &Dataset, index: &Index, failure: &Failure) -> Since {
    let streak = &failure.streak;
    let session = data.history.session(streak.since);
    Since {
        dut: data.history.dut(session.dut).name.clone(),
        session: session.id.clone(),
        build: session.build().map(str::to_owned),
        label: data.label(streak.since).map(str::to_owned),
        started: session.started.map(Timestamp::iso),
        sessions: streak.sessions,
        is_first: streak.before.is_none(),
        before: streak.before.map(|id| {
            let session = data.history.session(id);
            Before {
                outcome: index.results.find(id, failure.test).map(|result| data.outcome(result)),
                build: session.build().map(str::to_owned),
                started: session.started.map(Timestamp::iso),
            }
        }),
    }
}
