//! The grid: tests × DUTs, the latest session of each DUT.

use super::index::Index;
use super::natural;
use crate::model::{Counts, Dataset, Outcome, ResultId, ScopeId, SessionId, TestId, Timestamp, counted};
use crate::query::Filter;
use serde::{Deserialize, Serialize};
use std::ops::Range;
use std::rc::Rc;

/// Why a cell has no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Missing {
    /// The session is whole and does not have the test.
    NotThere {
        /// How many other DUTs have it now.
        have: u32,
        /// How many other DUTs there are; none for a session of the past.
        others: u32,
    },
    /// The session's file breaks off: the test may have been in the rest.
    BrokenOff {
        /// How many results were before that.
        after: u32,
    },
    /// The session's file cannot be read.
    Unreadable,
}

impl Missing {
    /// The reason, in a word or three.
    pub fn words(self) -> &'static str {
        match self {
            Missing::NotThere { .. } => "missing",
            Missing::BrokenOff { .. } => "file broken off",
            Missing::Unreadable => "file unreadable",
        }
    }

    /// The reason, with what is known about it.
    pub fn why(self) -> String {
        match self {
            Missing::NotThere { have: 0, .. } => "missing: the session does not have it".to_owned(),
            Missing::NotThere { have: 1, others: 1 } => "missing: the other DUT has it".to_owned(),
            Missing::NotThere { have, others } if have >= others => {
                format!("missing: all {others} other DUTs have it")
            }
            Missing::NotThere { have: 1, others } => format!("missing: 1 of {others} other DUTs has it"),
            Missing::NotThere { have, others } => format!("missing: {have} of {others} other DUTs have it"),
            Missing::BrokenOff { after } => {
                format!("the file breaks off after {}", counted(u64::from(after), "result"))
            }
            Missing::Unreadable => "the file is unreadable".to_owned(),
        }
    }
}

/// What there is of a test in a session, or of a group of tests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Cell {
    /// The result of the test on the DUT.
    Result {
        /// What came of it; of a group, the worst.
        outcome: Outcome,
        /// Its attempts disagree.
        is_flaky: bool,
        /// First line of its message, where it is asked for.
        message: String,
    },
    /// There is none.
    Missing(Missing),
}

impl Cell {
    /// The outcome, if there is a result.
    pub fn outcome(&self) -> Option<Outcome> {
        match self {
            Cell::Result { outcome, .. } => Some(*outcome),
            Cell::Missing(_) => None,
        }
    }

    /// The same without its message.
    pub fn brief(self) -> Cell {
        match self {
            Cell::Result { outcome, is_flaky, .. } => {
                Cell::Result { outcome, is_flaky, message: String::new() }
            }
            missing => missing,
        }
    }
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
    /// When it began, as ISO 8601.
    pub started: Option<String>,
    /// Its figures.
    pub counts: Counts,
    /// A file of it breaks off.
    pub is_partial: bool,
    /// No file of it could be read.
    pub is_unreadable: bool,
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

/// The head of a group: the tests of one scope.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GridGroup {
    /// Suite and class, as identities have them; what it is folded by.
    pub scope: String,
    /// Suite path.
    pub suite: String,
    /// Class.
    pub class: String,
    /// How many tests of it are meant by the filter.
    pub tests: u32,
    /// How many of these fail on a DUT.
    pub failing: u32,
    /// Its tests are not in rows.
    pub is_folded: bool,
    /// The worst of these tests by column, without messages; where there is
    /// none, the reason.
    pub cells: Vec<Cell>,
}

/// A line of the grid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum GridLine {
    /// A group begins.
    Group(GridGroup),
    /// A test.
    Test(GridRow),
}

/// The lines of the grid that are on screen, and what frames them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct GridWindow {
    /// All columns.
    pub columns: Vec<Column>,
    /// How many tests there are without the filter.
    pub tests: u32,
    /// How many tests there are with it.
    pub matching: u32,
    /// How many lines that makes: heads, and the tests of groups that are open.
    pub total: u32,
    /// Index of the first line given.
    pub from: u32,
    /// The lines.
    pub rows: Vec<GridLine>,
}

/// How rows are sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum RowOrder {
    /// Failing ones first, those that fail on most DUTs before others, then
    /// differing ones, then by name. Groups in the same way: by how many of
    /// their tests fail.
    #[default]
    Attention,
    /// By suite, class and name.
    Name,
}

/// Which rows the grid has.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct GridQuery {
    /// Which tests.
    pub filter: Filter,
    /// How they are sorted.
    pub order: RowOrder,
    /// The tests of one scope stand together under a head.
    pub is_grouped: bool,
}

/// The grid with all its rows, computed once per query.
pub struct Grid {
    /// The sessions that are columns.
    pub sessions: Vec<SessionId>,
    /// The tests that are rows.
    pub rows: Vec<TestId>,
    /// Where each group is in the rows; all of them are one without heads.
    groups: Vec<Range<u32>>,
    has_heads: bool,
    index: Rc<Index>,
}

impl Grid {
    /// Computes the rows of `filter` in this order, for downloads.
    pub fn new(data: &Dataset, filter: &Filter, order: RowOrder) -> Grid {
        let query = GridQuery { filter: filter.clone(), order, is_grouped: false };
        Grid::with(Rc::new(Index::new(data, None)), data, &query)
    }

    /// Computes the rows of a query.
    pub fn with(index: Rc<Index>, data: &Dataset, query: &GridQuery) -> Grid {
        let by_attention = query.order == RowOrder::Attention;
        let tests =
            if by_attention && !query.is_grouped { index.by_attention(data) } else { index.by_name(data) };
        let mut rows = index.select(data, &query.filter, tests);
        let all = 0..rows.len() as u32;
        let mut groups = vec![all];
        if query.is_grouped {
            groups = group(data, &rows);
            if by_attention {
                (rows, groups) = arrange(&index, &rows, &groups);
            }
        }
        Grid { sessions: index.latest.clone(), rows, groups, has_heads: query.is_grouped, index }
    }

    /// The result in a cell, or why there is none.
    pub fn cell(&self, data: &Dataset, column: usize, test: TestId) -> Result<ResultId, Missing> {
        let session = self.sessions[column];
        self.index.result(session, test).ok_or_else(|| self.index.missing(data, session, test))
    }

    /// The lines from `from` on, at most `count`, when these scopes are folded.
    pub fn window(&self, data: &Dataset, folded: &[String], from: u32, count: u32) -> GridWindow {
        let mut is_folded = vec![false; data.tests.scopes()];
        for scope in folded.iter().filter_map(|scope| data.tests.find_scope(scope)) {
            is_folded[scope.index()] = true;
        }
        // What is wanted, in lines; and the line that comes next.
        let wanted = from..from.saturating_add(count);
        let mut rows = Vec::new();
        let mut line = 0;
        for group in &self.groups {
            let mut is_open = true;
            if self.has_heads {
                let scope = data.tests.scope_of(self.rows[group.start as usize]);
                is_open = !is_folded[scope.index()];
                if wanted.contains(&line) {
                    rows.push(GridLine::Group(self.head(data, scope, group, !is_open)));
                }
                line += 1;
            }
            if is_open {
                let first = wanted.start.saturating_sub(line).min(group.len() as u32);
                let last = wanted.end.saturating_sub(line).min(group.len() as u32);
                let tests = &self.rows[(group.start + first) as usize..(group.start + last) as usize];
                rows.extend(tests.iter().map(|&test| GridLine::Test(self.row(data, test))));
                line += group.len() as u32;
            }
        }
        GridWindow {
            columns: self.sessions.iter().map(|&session| column(data, session)).collect(),
            tests: self.index.tests_now,
            matching: self.rows.len() as u32,
            total: line,
            from: from.min(line),
            rows,
        }
    }

    fn row(&self, data: &Dataset, test: TestId) -> GridRow {
        GridRow {
            scope: data.tests.scope_text(data.tests.scope_of(test)).to_owned(),
            suite: data.tests.suite(test).to_owned(),
            class: data.tests.class(test).to_owned(),
            name: data.tests.name(test).to_owned(),
            cells: self.sessions.iter().map(|&session| self.index.cell(data, session, test)).collect(),
        }
    }

    fn head(&self, data: &Dataset, scope: ScopeId, group: &Range<u32>, is_folded: bool) -> GridGroup {
        let tests = &self.rows[group.start as usize..group.end as usize];
        let mut worst: Vec<Option<(Outcome, bool)>> = vec![None; self.sessions.len()];
        for (session, result) in tests.iter().flat_map(|&test| self.index.now(test)) {
            // Columns are in the order of sessions.
            if let Ok(column) = self.sessions.binary_search(&session) {
                let is_flaky = data.is_flaky(result);
                let (outcome, was_flaky) = worst[column].unwrap_or((data.outcome(result), false));
                worst[column] = Some((outcome.max(data.outcome(result)), was_flaky || is_flaky));
            }
        }
        let have = worst.iter().flatten().count() as u32;
        let cells = worst.iter().zip(&self.sessions).map(|(worst, &session)| match *worst {
            Some((outcome, is_flaky)) => Cell::Result { outcome, is_flaky, message: String::new() },
            None => Cell::Missing(match self.index.missing(data, session, tests[0]) {
                Missing::NotThere { others, .. } => Missing::NotThere { have, others },
                other => other,
            }),
        });
        GridGroup {
            scope: data.tests.scope_text(scope).to_owned(),
            suite: data.tests.suite_of(scope).to_owned(),
            class: data.tests.class_of(scope).to_owned(),
            tests: tests.len() as u32,
            failing: failing(&self.index, tests),
            is_folded,
            cells: cells.collect(),
        }
    }
}

/// How many of the tests fail.
fn failing(index: &Index, tests: &[TestId]) -> u32 {
    tests.iter().filter(|&&test| index.standing(test).failing > 0).count() as u32
}

/// The stretches of tests that have the same scope.
fn group(data: &Dataset, tests: &[TestId]) -> Vec<Range<u32>> {
    let mut groups: Vec<Range<u32>> = Vec::new();
    let mut last = None;
    for (at, &test) in (0_u32..).zip(tests) {
        let scope = Some(data.tests.scope_of(test));
        match groups.last_mut().filter(|_| scope == last) {
            Some(group) => group.end = at + 1,
            None => groups.push(at..at + 1),
        }
        last = scope;
    }
    groups
}

/// Groups, and tests inside of them, by what has to be looked at first.
fn arrange(index: &Index, rows: &[TestId], groups: &[Range<u32>]) -> (Vec<TestId>, Vec<Range<u32>>) {
    let tests = |group: &Range<u32>| &rows[group.start as usize..group.end as usize];
    let keys: Vec<_> = groups
        .iter()
        .map(|group| {
            let worst = tests(group).iter().map(|&test| index.standing(test).attention).min();
            (worst, u32::MAX - failing(index, tests(group)))
        })
        .collect();
    let order = natural::sorted(groups.len(), &|a, b| keys[a as usize].cmp(&keys[b as usize]));
    let mut arranged: Vec<TestId> = Vec::with_capacity(rows.len());
    let mut places = Vec::with_capacity(groups.len());
    for at in order {
        let start = arranged.len();
        index.most_urgent_first(tests(&groups[at as usize]), &mut arranged);
        places.push(start as u32..arranged.len() as u32);
    }
    (arranged, places)
}

fn column(data: &Dataset, session: SessionId) -> Column {
    let session = data.history.session(session);
    let dut = data.history.dut(session.dut);
    Column {
        dut: dut.name.clone(),
        unit: dut.unit.clone(),
        build: session.build().map(str::to_owned),
        session: session.id.clone(),
        started: session.started.map(Timestamp::iso),
        counts: session.counts,
        is_partial: session.is_partial,
        is_unreadable: session.is_unreadable,
    }
}
