//! The index: what several analyses need, computed once per version of the data.
//!
//! It reads the data set and knows nothing of views. Each file computes one
//! thing; [`Index`] keeps them together and computes what is expensive on first
//! use.

mod columns;
mod failures;
mod names;
mod results;
mod status;

pub use failures::{Failure, Streak};
pub use names::by_name;
pub use results::ResultsByTest;
pub use status::{Attention, TestStatus};

use super::cell::{Cell, Missing};
use crate::model::{Dataset, SessionId, TRUNCATED, TestId, head};
use crate::query::{Change, SortKey};
use names::NameOrders;
use std::cell::OnceCell;
use std::rc::Rc;

/// Bytes of a message that a cell shows.
const MESSAGE_BYTES: usize = 200;

/// What several analyses need.
#[derive(Default)]
pub struct Index {
    /// The results of each test.
    pub results: ResultsByTest,
    /// How many tests have a result in a latest session.
    pub tests_now: u32,
    /// By test.
    statuses: Vec<TestStatus>,
    names: OnceCell<Rc<NameOrders>>,
    by_attention: OnceCell<Vec<TestId>>,
    failures: OnceCell<Vec<Failure>>,
    fixed: OnceCell<Vec<TestId>>,
    last_good_build: OnceCell<Option<String>>,
    empty_columns: OnceCell<Vec<SortKey>>,
}

impl Index {
    /// Computes the index. Orders by name are taken over from the previous index.
    pub fn new(data: &Dataset, previous: Option<&Index>) -> Index {
        let mut index = Index { results: ResultsByTest::new(data), ..Index::default() };
        if let Some(names) = previous.and_then(|previous| previous.names.get()) {
            let names = if names.by_scope.len() == data.tests.len() {
                names.clone()
            } else {
                Rc::new(NameOrders::new(data, &names.by_scope))
            };
            index.names = OnceCell::from(names);
        }
        index.set_statuses(data);
        index
    }

    /// The index of some of the latest sessions, in the order of DUTs: the other
    /// DUTs count nowhere.
    pub fn restricted(&self, data: &Dataset, latest_sessions: Vec<SessionId>) -> Index {
        self.names(data);
        let results = self.results.restricted(latest_sessions);
        let mut index = Index { results, names: self.names.clone(), ..Index::default() };
        index.set_statuses(data);
        index
    }

    fn set_statuses(&mut self, data: &Dataset) {
        self.statuses = status::statuses(data, &self.results);
        self.tests_now = self.count_tests(|status| status.attention != Attention::Absent);
    }

    /// How many tests have such a status.
    pub fn count_tests(&self, is_counted: impl Fn(&TestStatus) -> bool) -> u32 {
        self.statuses.iter().filter(|status| is_counted(status)).count() as u32
    }

    /// The status of a test over the latest sessions.
    pub fn status(&self, test: TestId) -> TestStatus {
        self.statuses.get(test.index()).copied().unwrap_or_default()
    }

    /// How many DUTs have a readable latest session.
    pub fn readable_duts(&self, data: &Dataset) -> u32 {
        status::readable_duts(data, &self.results)
    }

    /// Why a test has no result in a session.
    pub fn missing(&self, data: &Dataset, session_id: SessionId, test: TestId) -> Missing {
        let session = data.history.session(session_id);
        if session.is_unreadable {
            Missing::Unreadable
        } else if let Some(reason) = &session.incomplete {
            let after = session.counts.results();
            if reason == TRUNCATED { Missing::BrokenOff { after } } else { Missing::Incomplete { after } }
        } else if self.results.is_latest(session_id) {
            // This session lacks the test, so `seen` counts other DUTs only.
            Missing::NotThere {
                have: self.status(test).seen,
                others: (self.results.latest_sessions.len() as u32).saturating_sub(1),
            }
        } else {
            Missing::NotThere { have: 0, others: 0 }
        }
    }

    /// The cell of a test in a session.
    pub fn cell(&self, data: &Dataset, session: SessionId, test: TestId) -> Cell {
        match self.results.find(session, test) {
            Some(result) => Cell::Result {
                outcome: data.outcome(result),
                is_flaky: data.is_flaky(result),
                is_known: data.flags(result).is_known(),
                message: head(data.message(result), MESSAGE_BYTES).to_owned(),
            },
            None => Cell::Missing(self.missing(data, session, test)),
        }
    }

    /// All tests by scope, then name.
    pub fn by_name(&self, data: &Dataset) -> &[TestId] {
        &self.names(data).by_scope
    }

    /// By test: the rank of its bare name among all of them. Equal names have the
    /// same rank.
    pub fn name_ranks(&self, data: &Dataset) -> &[f64] {
        self.names(data).ranks(data)
    }

    fn names(&self, data: &Dataset) -> &NameOrders {
        self.names.get_or_init(|| Rc::new(NameOrders::new(data, &[])))
    }

    /// The tests that have a result in a latest session: the most urgent first,
    /// then by name.
    pub fn by_attention(&self, data: &Dataset) -> &[TestId] {
        self.by_attention.get_or_init(|| {
            let is_present = |test: &TestId| self.status(*test).attention != Attention::Absent;
            let tests: Vec<TestId> = self.by_name(data).iter().copied().filter(is_present).collect();
            let mut sorted = Vec::with_capacity(tests.len());
            self.most_urgent_first(&tests, &mut sorted);
            sorted
        })
    }

    /// Appends `tests` to `into`: failing ones first, those that fail on more DUTs
    /// before others, then differing ones, then the rest. The sort is stable.
    pub fn most_urgent_first(&self, tests: &[TestId], into: &mut Vec<TestId>) {
        let start = into.len();
        for attention in [Attention::Failing, Attention::Differing, Attention::Agreed] {
            into.extend(tests.iter().filter(|&&test| self.status(test).attention == attention));
            if attention == Attention::Failing {
                into[start..].sort_by_key(|&test| std::cmp::Reverse(self.status(test).failing));
            }
        }
    }

    /// The tests that currently fail, in the order in which a person would look
    /// at them (see `failures::failures`).
    pub fn failures(&self, data: &Dataset) -> &[Failure] {
        self.failures.get_or_init(|| failures::failures(data, &self.results, &self.statuses))
    }

    /// The streak of a test that fails in `latest`, the latest session of a DUT.
    pub fn streak(&self, data: &Dataset, test: TestId, latest: SessionId) -> Streak {
        failures::streak(data, &self.results, test, latest)
    }

    /// How the result of a test in the latest session of a DUT differs from that in the session before.
    pub fn change(&self, data: &Dataset, test: TestId, latest: SessionId) -> Option<Change> {
        failures::change(data, &self.results, test, latest)
    }

    /// The tests that are fixed on at least one DUT, by id.
    pub fn fixed(&self, data: &Dataset) -> &[TestId] {
        self.fixed.get_or_init(|| failures::fixed(data, &self.results))
    }

    /// A test passes in `latest`, the latest session of a DUT, and failed in the
    /// session before.
    pub fn is_fixed(&self, data: &Dataset, test: TestId, latest: SessionId) -> bool {
        failures::is_fixed(data, &self.results, test, latest)
    }

    /// The columns of the table of tests in which no test has anything to say.
    pub fn empty_columns(&self, data: &Dataset) -> &[SortKey] {
        self.empty_columns.get_or_init(|| columns::empty_columns(data, &self.results))
    }

    /// The last build without the new failures, if it is the same for all of them.
    pub fn last_good_build(&self, data: &Dataset) -> Option<&str> {
        let find = || failures::last_good_build(data, &self.results, self.failures(data));
        self.last_good_build.get_or_init(find).as_deref()
    }
}
