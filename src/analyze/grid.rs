//! The grid: tests × DUTs, the latest session of each DUT.

use super::natural;
use crate::model::{Counts, Dataset, Outcome, ResultId, SessionId, TestId, head};
use crate::query::{Filter, Only};
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// Why a cell has no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Missing {
    /// The session does not have the test, although other DUTs do.
    NotThere,
    /// The session's file breaks off: the test may have been in the rest.
    BrokenOff,
    /// The session's file cannot be read.
    Unreadable,
}

impl Missing {
    /// The reason, in words.
    pub fn words(self) -> &'static str {
        match self {
            Missing::NotThere => "missing",
            Missing::BrokenOff => "file broken off",
            Missing::Unreadable => "file unreadable",
        }
    }
}

/// A cell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Cell {
    /// The result of the test on the DUT.
    Result {
        /// What came of it.
        outcome: Outcome,
        /// Its attempts disagree.
        is_flaky: bool,
        /// First line of its message.
        message: String,
    },
    /// There is none.
    Missing(Missing),
}

/// A column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Column {
    /// The DUT.
    pub dut: String,
    /// Its specimen.
    pub unit: Option<String>,
    /// What was tested.
    pub build: Option<String>,
    /// The session.
    pub session: String,
    /// Its figures.
    pub counts: Counts,
}

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GridRow {
    /// Suite and class, as identities have them.
    pub scope: String,
    /// Suite path.
    pub suite: String,
    /// Class.
    pub class: String,
    /// Name with parameters.
    pub name: String,
    /// By column.
    pub cells: Vec<Cell>,
}

/// The rows of the grid that are on screen, and what frames them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct GridWindow {
    /// All columns.
    pub columns: Vec<Column>,
    /// How many tests there are without the filter.
    pub tests: u32,
    /// How many rows there are with it.
    pub total: u32,
    /// Index of the first row given.
    pub from: u32,
    /// The rows.
    pub rows: Vec<GridRow>,
}

/// How rows are sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Order {
    /// Failing ones first, then differing ones, then by name.
    #[default]
    Attention,
    /// By suite, class and name.
    Name,
}

/// The grid with all its rows, computed once per filter.
pub struct Grid {
    /// The sessions that are columns.
    pub sessions: Vec<SessionId>,
    /// The tests that are rows.
    pub rows: Vec<TestId>,
    tests: u32,
    /// By column, then test.
    results: Vec<Vec<Option<ResultId>>>,
}

impl Grid {
    /// Computes the rows of `filter` in this order.
    pub fn new(data: &Dataset, filter: &Filter, order: Order) -> Grid {
        let sessions = data.latest_sessions();
        let results: Vec<_> = sessions.iter().map(|&session| data.by_test(session)).collect();
        let matcher = filter.matcher();
        let mut tests = 0;
        let mut rows: Vec<(u8, TestId)> = Vec::new();
        for test in data.tests.ids() {
            let rank = rank(data, &results, test);
            if rank == ABSENT {
                continue;
            }
            tests += 1;
            let by_outcome = match filter.only {
                Only::All => true,
                Only::Failing => rank == FAILING,
                Only::Differences => differs(data, &results, test),
            };
            let scope = data.tests.scope_text(data.tests.scope_of(test));
            if by_outcome && matcher.matches(scope, data.tests.name(test)) {
                rows.push((if order == Order::Name { 0 } else { rank }, test));
            }
        }
        natural::sort(&mut rows, |(rank_a, a), (rank_b, b)| {
            rank_a.cmp(rank_b).then_with(|| by_name(data, *a, *b))
        });
        Grid { sessions, rows: rows.into_iter().map(|(_, test)| test).collect(), tests, results }
    }

    /// The result in a cell, or why there is none.
    pub fn cell(&self, data: &Dataset, column: usize, test: TestId) -> Result<ResultId, Missing> {
        let session = data.history.session(self.sessions[column]);
        self.results[column].get(test.index()).copied().flatten().ok_or(if session.is_unreadable {
            Missing::Unreadable
        } else if session.is_partial {
            Missing::BrokenOff
        } else {
            Missing::NotThere
        })
    }

    /// The rows from `from` on, at most `count`.
    pub fn window(&self, data: &Dataset, from: u32, count: u32) -> GridWindow {
        let start = (from as usize).min(self.rows.len());
        let end = start.saturating_add(count as usize).min(self.rows.len());
        GridWindow {
            columns: self.sessions.iter().map(|&session| column(data, session)).collect(),
            tests: self.tests,
            total: self.rows.len() as u32,
            from: start as u32,
            rows: self.rows[start..end].iter().map(|&test| self.row(data, test)).collect(),
        }
    }

    fn row(&self, data: &Dataset, test: TestId) -> GridRow {
        let cells = (0..self.sessions.len()).map(|column| match self.cell(data, column, test) {
            Ok(result) => Cell::Result {
                outcome: data.outcome(result),
                is_flaky: data.results.flags[result.index()].is_flaky(),
                message: head(data.message(result), 200).to_owned(),
            },
            Err(missing) => Cell::Missing(missing),
        });
        GridRow {
            scope: data.tests.scope_text(data.tests.scope_of(test)).to_owned(),
            suite: data.tests.suite(test).to_owned(),
            class: data.tests.class(test).to_owned(),
            name: data.tests.name(test).to_owned(),
            cells: cells.collect(),
        }
    }
}

fn column(data: &Dataset, session: SessionId) -> Column {
    let session = data.history.session(session);
    let dut = data.history.dut(session.dut);
    Column {
        dut: dut.name.clone(),
        unit: dut.unit.clone(),
        build: session.build().map(str::to_owned),
        session: session.id.clone(),
        counts: session.counts,
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

const FAILING: u8 = 0;
const DIFFERING: u8 = 1;
const AGREED: u8 = 2;
const ABSENT: u8 = 3;

fn rank(data: &Dataset, results: &[Vec<Option<ResultId>>], test: TestId) -> u8 {
    let mut outcomes = outcomes(data, results, test).flatten().peekable();
    if outcomes.peek().is_none() {
        ABSENT
    } else if outcomes.any(Outcome::is_failing) {
        FAILING
    } else if differs(data, results, test) {
        DIFFERING
    } else {
        AGREED
    }
}

/// The outcome is not the same on all DUTs; a missing result is a difference.
fn differs(data: &Dataset, results: &[Vec<Option<ResultId>>], test: TestId) -> bool {
    let mut outcomes = outcomes(data, results, test);
    let first = outcomes.next().flatten();
    outcomes.any(|outcome| outcome != first)
}

fn outcomes<'a>(
    data: &'a Dataset,
    results: &'a [Vec<Option<ResultId>>],
    test: TestId,
) -> impl Iterator<Item = Option<Outcome>> + 'a {
    results.iter().map(move |by_test| {
        let result = by_test.get(test.index()).copied().flatten();
        result.map(|result| data.outcome(result))
    })
}
