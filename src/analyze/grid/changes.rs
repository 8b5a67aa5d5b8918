//! The changes of a comparison, as the grid marks them.

use crate::analyze::compare::Compared;
use crate::analyze::index::{Attention, Index};
use crate::analyze::select::with_words;
use crate::model::{Dataset, SessionId, TestId};
use crate::query::{Change, Comparison, Filter, OutcomeFilter};
use rustc_hash::FxHashMap;

/// The changes between two sides.
pub struct Changes {
    /// What is compared, older side first.
    pub sides: (String, String),
    /// The latest session of each DUT on the newer side, in the order of DUTs.
    pub sessions: Vec<SessionId>,
    of: FxHashMap<(TestId, SessionId), Change>,
    /// By test: it has a chosen change. Empty if none is chosen.
    chosen: Vec<bool>,
    /// The tests that disappeared from a column.
    disappeared: Vec<(TestId, SessionId)>,
}

impl Changes {
    /// Collects the changes of a comparison.
    pub fn new(data: &Dataset, compared: &Compared, comparison: &Comparison) -> Changes {
        let sides = &compared.sides;
        let mut sessions: Vec<SessionId> = Vec::new();
        for &session in &sides.to.sessions {
            let dut = |session: SessionId| data.history.session(session).dut;
            match sessions.last_mut().filter(|last| dut(**last) == dut(session)) {
                Some(last) => *last = session,
                None => sessions.push(session),
            }
        }
        // By pair of DUTs, its column.
        let column_of = |&(_, [_, after]): &(String, [Option<_>; 2])| {
            sessions.iter().copied().find(|&session| Some(data.history.session(session).dut) == after)
        };
        let columns: Vec<Option<SessionId>> = sides.pairs.iter().map(column_of).collect();
        let has_choice = !comparison.changes.is_empty() || comparison.step.is_some();
        let mut chosen = if has_choice { vec![false; data.tests.len()] } else { Vec::new() };
        let (mut of, mut disappeared) = (FxHashMap::default(), Vec::new());
        for pair in &compared.pairs {
            let Some((change, session)) = pair.change.zip(columns[pair.dut as usize]) else {
                continue;
            };
            // Every test of a DUT that was not there before appeared, which marks would only repeat.
            let (_, [before, _]) = sides.pairs[pair.dut as usize];
            if change == Change::Appeared && before.is_none() && !comparison.changes.contains(&change) {
                continue;
            }
            of.insert((pair.test, session), change);
            if change == Change::Disappeared {
                disappeared.push((pair.test, session));
            }
            if comparison.is_chosen(change, pair.step)
                && let Some(chosen) = chosen.get_mut(pair.test.index())
            {
                *chosen = true;
            }
        }
        Changes {
            sides: (sides.from.words.clone(), sides.to.words.clone()),
            sessions,
            of,
            chosen,
            disappeared,
        }
    }

    /// How the result of a test changed in a column.
    pub fn of(&self, test: TestId, session: SessionId) -> Option<Change> {
        self.of.get(&(test, session)).copied()
    }

    /// Adds the tests that match a filter and have no result in any column, because they disappeared, to
    /// `rows`. `by_name` has all tests in the order of the rows, if they are sorted by name.
    pub fn add_disappeared(
        &self,
        data: &Dataset,
        index: &Index,
        filter: &Filter,
        rows: &mut Vec<TestId>,
        by_name: Option<&[TestId]>,
    ) {
        if filter.only != OutcomeFilter::All || filter.cluster.is_some() || self.disappeared.is_empty() {
            return;
        }
        let has_words = with_words(data, &filter.matcher());
        let dut_of = |session: SessionId| &data.history.dut(data.history.session(session).dut).name;
        let mut is_row = vec![false; data.tests.len()];
        for &(test, session) in &self.disappeared {
            let is_gone = index.status(test).attention == Attention::Absent;
            let is_on = filter.dut.as_ref().is_none_or(|dut| dut == dut_of(session));
            let is_listed = has_words.get(test.index()).copied().unwrap_or(true) && self.is_chosen(test);
            if is_gone && is_on && is_listed && !std::mem::replace(&mut is_row[test.index()], true) {
                rows.push(test);
            }
        }
        if let Some(by_name) = by_name {
            rows.iter().for_each(|test| is_row[test.index()] = true);
            rows.clear();
            rows.extend(by_name.iter().copied().filter(|test| is_row[test.index()]));
        }
    }

    /// Whether the test has a chosen change, or none is chosen.
    pub fn is_chosen(&self, test: TestId) -> bool {
        self.chosen.get(test.index()).copied().unwrap_or(true)
    }
}
