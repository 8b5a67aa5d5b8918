//! History: since when, and which way? DUTs over builds.

use super::builds::{Builds, BuildsBy};
use super::natural;
use super::pass_rate::points;
use crate::model::{Counts, Dataset, DutId, Outcome, SessionOrder};
use crate::query::SessionKey;
use serde::{Deserialize, Serialize};

/// How many builds the map shows at most: the newest.
const BUILDS: usize = 24;

/// What a session has in common with the previous session of its DUT. A session that lacks tests cannot
/// look better by that: both rates are over the tests that both sessions have.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SinceBefore {
    /// How many tests both sessions have.
    pub common: u32,
    /// The pass rate of these tests in the previous session, from 0 to 1.
    pub rate_before: Option<f64>,
    /// Their pass rate in this session.
    pub rate: Option<f64>,
    /// Tests that the previous session lacks.
    pub added: u32,
    /// Tests that this session lacks.
    pub removed: u32,
}

/// A DUT with one build.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HistoryCell {
    /// Id of the last of its sessions, which the rest is about.
    pub session: String,
    /// How many sessions of the DUT have this build.
    pub sessions: u32,
    /// Counts of the last session.
    pub counts: Counts,
    /// Why it is incomplete.
    pub incomplete: Option<String>,
    /// What it has in common with the previous session; `None` for the first one.
    pub since: Option<SinceBefore>,
}

/// A DUT over builds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HistoryRow {
    /// The DUT.
    pub dut: String,
    /// What its sessions are ordered by.
    pub order: SessionOrder,
    /// By build, in the order of [`HistoryWindow::builds`]; `None` without a readable session.
    pub cells: Vec<Option<HistoryCell>>,
}

/// The visible rows of the map of DUTs over builds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct HistoryWindow {
    /// What the order of builds is by.
    pub by: BuildsBy,
    /// The builds, oldest first.
    pub builds: Vec<String>,
    /// How many older builds were left out.
    pub builds_left_out: u32,
    /// How many DUTs there are.
    pub total: u32,
    /// Index of the first row in `rows`.
    pub from: u32,
    /// The requested rows, in the order of DUTs: the lowest rate in the last build first, then by name.
    pub rows: Vec<HistoryRow>,
}

/// What each session has in common with the previous session of its DUT, by session. Unreadable sessions
/// have nothing, and are skipped.
pub fn since_before(data: &Dataset) -> Vec<Option<SinceBefore>> {
    let mut since = vec![None; data.history.sessions.len()];
    for dut in &data.history.duts {
        let mut before: Option<Vec<Option<Outcome>>> = None;
        for &id in dut.sessions.iter().filter(|&&id| !data.history.session(id).is_unreadable) {
            let results = data.by_test(id);
            let now: Vec<Option<Outcome>> =
                results.into_iter().map(|result| result.map(|result| data.outcome(result))).collect();
            since[id.index()] = before.as_ref().map(|before| compare(before, &now));
            before = Some(now);
        }
    }
    since
}

fn compare(before: &[Option<Outcome>], now: &[Option<Outcome>]) -> SinceBefore {
    let mut since = SinceBefore { common: 0, rate_before: None, rate: None, added: 0, removed: 0 };
    // Passed and failing, before and now.
    let mut verdicts = [[0_u32; 2]; 2];
    for pair in before.iter().zip(now) {
        match pair {
            (None, None) => {}
            (None, Some(_)) => since.added += 1,
            (Some(_), None) => since.removed += 1,
            (Some(before), Some(now)) => {
                since.common += 1;
                for (verdicts, outcome) in verdicts.iter_mut().zip([before, now]) {
                    verdicts[0] += u32::from(*outcome == Outcome::Passed);
                    verdicts[1] += u32::from(outcome.is_failing());
                }
            }
        }
    }
    let rate = |[passed, failing]: [u32; 2]| {
        (passed + failing > 0).then(|| f64::from(passed) / f64::from(passed + failing))
    };
    (since.rate_before, since.rate) = (rate(verdicts[0]), rate(verdicts[1]));
    since
}

/// The rows from `from` on, at most `count`.
pub fn history_window(data: &Dataset, from: u32, count: u32) -> HistoryWindow {
    let builds = Builds::new(data);
    let left_out = builds.names.len().saturating_sub(BUILDS);
    let duts: Vec<DutId> = data.history.dut_ids().collect();
    let last_rate = |&dut: &DutId| {
        let points = points(data, data.history.dut(dut), &builds, left_out);
        points.into_iter().rev().flatten().find_map(|point| point.rate()).unwrap_or(f64::NAN)
    };
    let rates: Vec<f64> = duts.iter().map(last_rate).collect();
    let order = natural::by_number(&rates, false);
    let start = (from as usize).min(order.len());
    let end = start.saturating_add(count as usize).min(order.len());
    let since = since_before(data);
    let rows = order[start..end].iter().map(|&at| row(data, duts[at as usize], &builds, left_out, &since));
    HistoryWindow {
        by: builds.by,
        total: order.len() as u32,
        from: start as u32,
        rows: rows.collect(),
        builds: builds.names[left_out..].to_vec(),
        builds_left_out: left_out as u32,
    }
}

fn row(
    data: &Dataset,
    dut: DutId,
    builds: &Builds,
    left_out: usize,
    since: &[Option<SinceBefore>],
) -> HistoryRow {
    let dut = data.history.dut(dut);
    let mut cells: Vec<Option<HistoryCell>> = vec![None; builds.names.len() - left_out];
    for &id in &dut.sessions {
        let session = data.history.session(id);
        let place = builds.place(id).checked_sub(left_out);
        let Some(cell) = place.filter(|_| !session.is_unreadable).map(|place| &mut cells[place]) else {
            continue;
        };
        *cell = Some(HistoryCell {
            session: session.id.clone(),
            sessions: cell.as_ref().map_or(0, |cell| cell.sessions) + 1,
            counts: session.counts,
            incomplete: session.incomplete.clone(),
            since: since[id.index()].clone(),
        });
    }
    HistoryRow { dut: dut.name.clone(), order: dut.order, cells }
}

impl HistoryRow {
    /// The session of a cell.
    pub fn session(&self, cell: &HistoryCell) -> SessionKey {
        SessionKey { dut: self.dut.clone(), session: cell.session.clone() }
    }
}
