//! The grid: tests × DUTs, from the latest session of each DUT.

mod changes;
mod columns;
mod group_cell;
mod groups;
mod window;

pub use group_cell::GroupCell;
pub use window::{Column, GridGroup, GridLine, GridQuery, GridRow, GridWindow, RowOrder};

use super::cell::Missing;
use super::compare::Compared;
use super::index::Index;
use super::select::select;
use super::short_names::short_names;
use crate::model::{Dataset, ResultId, ScopeId, SessionId, TestId, Timestamp};
use crate::query::{Change, Filter};
use changes::Changes;
use columns::Columns;
use rustc_hash::FxHashMap;
use std::ops::Range;
use std::rc::Rc;

/// The grid with all its rows, computed once per query.
pub struct Grid {
    /// The sessions that are columns, pinned ones first.
    pub sessions: Vec<SessionId>,
    /// How many columns are pinned.
    pinned: u32,
    /// How many DUTs there are, with those that are not shown.
    duts: u32,
    /// The tests that are rows.
    pub rows: Vec<TestId>,
    /// The range of rows of each group; one range with all rows if nothing is grouped.
    groups: Vec<Range<u32>>,
    has_heads: bool,
    /// The index of the shown DUTs.
    index: Rc<Index>,
    /// The changes that are marked, if they are those of a comparison.
    changes: Option<Changes>,
}

impl Grid {
    /// Computes the rows of a filter without groups, for downloads.
    pub fn new(data: &Dataset, filter: &Filter, order: RowOrder) -> Grid {
        let query = GridQuery { filter: filter.clone(), order, ..GridQuery::default() };
        Grid::with(Rc::new(Index::new(data, None)), data, &query, None)
    }

    /// Computes the rows of a query. `compared` has the sides of its comparison.
    pub fn with(index: Rc<Index>, data: &Dataset, query: &GridQuery, compared: Option<&Compared>) -> Grid {
        let comparison = query.comparison.as_ref();
        let changes =
            comparison.zip(compared).map(|(comparison, compared)| Changes::new(data, compared, comparison));
        let index = match &changes {
            Some(changes) => Rc::new(index.restricted(data, changes.sessions.clone())),
            None => index,
        };
        let latest = &index.results.latest_sessions;
        let duts = latest.len() as u32;
        let Columns { sessions, pinned } = columns::columns(data, latest, query);
        let index = if sessions.len() == latest.len() {
            index
        } else {
            let latest = latest.iter().copied().filter(|session| sessions.contains(session));
            Rc::new(index.restricted(data, latest.collect()))
        };
        let by_attention = query.order == RowOrder::Attention;
        let tests =
            if by_attention && !query.is_grouped { index.by_attention(data) } else { index.by_name(data) };
        let mut rows = select(data, &index, &query.filter, tests);
        if let Some(changes) = &changes {
            rows.retain(|&test| changes.is_chosen(test));
            let by_name = (!by_attention || query.is_grouped).then(|| index.by_name(data));
            changes.add_disappeared(data, &index, &query.filter, &mut rows, by_name);
        }
        let all = 0..rows.len() as u32;
        let mut groups = vec![all];
        if query.is_grouped {
            groups = groups::by_scope(data, &rows);
            if by_attention {
                (rows, groups) = groups::most_urgent_first(&index, &rows, &groups);
            }
        }
        Grid { sessions, pinned, duts, rows, groups, has_heads: query.is_grouped, index, changes }
    }

    /// The result in a cell, or why there is none.
    pub fn cell(&self, data: &Dataset, column: usize, test: TestId) -> Result<ResultId, Missing> {
        let session = self.sessions[column];
        self.index.results.find(session, test).ok_or_else(|| self.index.missing(data, session, test))
    }

    /// The lines from `from` on, at most `count`. `folded` has the scopes of
    /// collapsed groups.
    pub fn window(&self, data: &Dataset, folded: &[String], from: u32, count: u32) -> GridWindow {
        let is_folded = self.folded(data, folded);
        let wanted = from..from.saturating_add(count);
        let mut rows = Vec::new();
        // Index of the next line.
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
        let columns: Vec<Column> = self.sessions.iter().map(|&session| column(data, session)).collect();
        let names: Vec<&str> = columns.iter().map(|column| column.dut.as_str()).collect();
        GridWindow {
            names: short_names(&names),
            columns,
            pinned: self.pinned,
            duts: self.duts,
            tests: self.index.tests_now,
            matching: self.rows.len() as u32,
            total: line,
            from: from.min(line),
            rows,
            compared: self.changes.as_ref().map(|changes| changes.sides.clone()),
        }
    }

    /// Returns the column of a DUT, if the grid shows a comparison.
    pub fn compared_session(&self, data: &Dataset, dut: &str) -> Option<SessionId> {
        let sessions = &self.changes.as_ref()?.sessions;
        let is_of = |session: SessionId| data.history.dut(data.history.session(session).dut).name == dut;
        sessions.iter().copied().find(|&session| is_of(session))
    }

    /// Returns the index of the shown sessions.
    pub fn index(&self) -> &Index {
        &self.index
    }

    fn change(&self, data: &Dataset, test: TestId, session: SessionId) -> Option<Change> {
        match &self.changes {
            Some(changes) => changes.of(test, session),
            None => self.index.change(data, test, session),
        }
    }

    /// By scope: its group is collapsed; `folded` has the scopes of collapsed groups.
    pub fn folded(&self, data: &Dataset, folded: &[String]) -> Vec<bool> {
        let mut is_folded = vec![false; data.tests.scopes()];
        for scope in folded.iter().filter(|_| self.has_heads).filter_map(|scope| data.tests.find_scope(scope))
        {
            is_folded[scope.index()] = true;
        }
        is_folded
    }

    /// The index of a test's line, if it has one. `is_folded` is [`Grid::folded`].
    pub fn line_of(&self, data: &Dataset, is_folded: &[bool], test: TestId) -> Option<u32> {
        let row = self.rows.iter().position(|&other| other == test)? as u32;
        let heads = u32::from(self.has_heads);
        let mut line = 0;
        for group in &self.groups {
            let is_open = !is_folded[data.tests.scope_of(self.rows[group.start as usize]).index()];
            if group.contains(&row) {
                return is_open.then(|| line + heads + row - group.start);
            }
            line += heads + if is_open { group.len() as u32 } else { 0 };
        }
        None
    }

    fn row(&self, data: &Dataset, test: TestId) -> GridRow {
        GridRow {
            scope: data.tests.scope_text(data.tests.scope_of(test)).to_owned(),
            suite: data.tests.suite(test).to_owned(),
            class: data.tests.class(test).to_owned(),
            name: data.tests.name(test).to_owned(),
            cells: self.sessions.iter().map(|&session| self.index.cell(data, session, test)).collect(),
            changes: self.sessions.iter().map(|&session| self.change(data, test, session)).collect(),
        }
    }

    fn head(&self, data: &Dataset, scope: ScopeId, group: &Range<u32>, is_folded: bool) -> GridGroup {
        let tests = &self.rows[group.start as usize..group.end as usize];
        GridGroup {
            scope: data.tests.scope_text(scope).to_owned(),
            suite: data.tests.suite_of(scope).to_owned(),
            class: data.tests.class_of(scope).to_owned(),
            tests: tests.len() as u32,
            failing: groups::failing(&self.index, tests),
            is_folded,
            cells: self.group_cells(data, tests),
        }
    }

    /// By column: a summary of the tests of a group.
    fn group_cells(&self, data: &Dataset, tests: &[TestId]) -> Vec<GroupCell> {
        let mut columns: FxHashMap<SessionId, GroupCell> = FxHashMap::default();
        for (session, result) in tests.iter().flat_map(|&test| self.index.results.latest(test)) {
            let cell = columns.entry(session).or_default();
            cell.worst = cell.worst.max(Some(data.outcome(result)));
            cell.is_flaky |= data.is_flaky(result);
            cell.results += 1;
        }
        let have = columns.len() as u32;
        let cells = self.sessions.iter().map(|session| {
            let mut cell = columns.get(session).copied().unwrap_or_default();
            cell.missing = (tests.len() as u32).saturating_sub(cell.results);
            // Any test gives the same reason.
            cell.why = (cell.missing > 0).then(|| match self.index.missing(data, *session, tests[0]) {
                Missing::NotThere { others, .. } => Missing::NotThere { have, others },
                other => other,
            });
            cell
        });
        cells.collect()
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
        started: session.started.map(Timestamp::iso),
        counts: session.counts,
        incomplete: session.incomplete.clone(),
        is_unreadable: session.is_unreadable,
    }
}
