//! The table of tests: filtered and sorted.

use super::builds::Builds;
use super::index::Index;
use super::natural;
use super::select::select;
use super::statistics::median;
use crate::model::{Counts, Dataset, Outcome, ResultId, ScopeId, TestId};
use crate::query::{Filter, Sort, SortKey};
use serde::{Deserialize, Serialize};

/// A test in the table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TestRow {
    /// Suite and class, as in the test's identity.
    pub scope: String,
    /// Suite path.
    pub suite: String,
    /// Class.
    pub class: String,
    /// Name with parameters.
    pub name: String,
    /// Counts of its results in the latest sessions: one per DUT that has it.
    pub counts: Counts,
    /// How many DUTs lack it in their latest session.
    pub missing: u32,
    /// The DUTs on which it currently fails, by name, with the outcome.
    pub failing: Vec<(String, Outcome)>,
    /// The DUT with the worst current outcome; of several, the first.
    pub worst_on: String,
    /// In how many of all sessions its attempts disagreed.
    pub flaky_sessions: u32,
    /// Median of its current durations in seconds, where it was executed.
    pub median_s: Option<f64>,
    /// The longest of these durations.
    pub max_s: Option<f64>,
    /// The greatest current number of attempts.
    pub attempts: u16,
    /// In how many of all sessions it has a result.
    pub sessions: u32,
    /// The worst outcome in each of [`TestWindow::builds`].
    pub strip: Vec<Option<Outcome>>,
}

/// The visible rows of the table.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TestWindow {
    /// How many DUTs there are.
    pub duts: u32,
    /// How many tests there are without the filter.
    pub tests: u32,
    /// Columns in which no test has anything to say, whatever the filter.
    pub empty_columns: Vec<SortKey>,
    /// How many rows match the filter.
    pub total: u32,
    /// Index of the first row in `rows`.
    pub from: u32,
    /// The last builds, oldest first, for strips. Sessions without a build have
    /// names such as "2 before".
    pub builds: Vec<String>,
    /// The requested rows.
    pub rows: Vec<TestRow>,
}

/// How many builds a strip shows at most.
const STRIP: usize = 12;

/// The tests that have a result in a latest session and match the filter. Without
/// a sort key the most urgent come first; ties are sorted by name.
pub fn test_order(data: &Dataset, index: &Index, filter: &Filter, sort: Option<Sort>) -> Vec<TestId> {
    let Some((sort, key)) = sort.and_then(|sort| Some((sort, key(sort.by)?))) else {
        return select(data, index, filter, index.by_attention(data));
    };
    let tests = select(data, index, filter, index.by_name(data));
    let keys: Vec<f64> = match sort.by {
        SortKey::Name => {
            let ranks = index.name_ranks(data);
            tests.iter().map(|&test| ranks[test.index()]).collect()
        }
        SortKey::Suite | SortKey::Class => {
            let scopes = (0..data.tests.scopes()).map(ScopeId::from);
            let texts: Vec<&str> = match sort.by {
                SortKey::Suite => scopes.map(|scope| data.tests.suite_of(scope)).collect(),
                _ => scopes.map(|scope| data.tests.class_of(scope)).collect(),
            };
            let ranks = natural::ranks(&texts);
            tests.iter().map(|&test| ranks[data.tests.scope_of(test).index()]).collect()
        }
        _ => {
            let mut durations = Vec::new();
            tests.iter().map(|&test| key(data, index, test, &mut durations)).collect()
        }
    };
    natural::by_number(&keys, sort.descending).into_iter().map(|at| tests[at as usize]).collect()
}

/// Gives the number to sort a test by. The buffer for durations is reused.
type Key = fn(&Dataset, &Index, TestId, &mut Vec<f64>) -> f64;

/// The sort function of a column; `None` if the table of tests lacks the column.
fn key(by: SortKey) -> Option<Key> {
    Some(match by {
        SortKey::Name | SortKey::Suite | SortKey::Class => |_, _, _, _| f64::NAN,
        SortKey::Outcome => |_, index, test, _| {
            let status = index.status(test);
            let worst = status.worst.map_or(0, |worst| worst as u32);
            f64::from(worst) * f64::from(1 << 20) + f64::from(status.failing)
        },
        SortKey::Failing => |_, index, test, _| f64::from(index.status(test).failing),
        SortKey::Flaky => |data, index, test, _| f64::from(flaky_sessions(data, index, test)),
        SortKey::Time => |data, index, test, buffer| {
            durations(data, index, test, buffer);
            median(buffer).unwrap_or(f64::NAN)
        },
        SortKey::MaxTime => |data, index, test, buffer| {
            durations(data, index, test, buffer);
            buffer.last().copied().unwrap_or(f64::NAN)
        },
        SortKey::Attempts => |data, index, test, _| f64::from(attempts(data, index, test)),
        SortKey::Sessions => |_, index, test, _| index.results.all(test).len() as f64,
        _ => return None,
    })
}

/// Writes the current durations of a test into `into`, the shortest first. Only
/// executed results count.
fn durations(data: &Dataset, index: &Index, test: TestId, into: &mut Vec<f64>) {
    into.clear();
    for (_, result) in index.results.latest(test) {
        let seconds = data.results.duration_s[result.index()];
        if seconds.is_finite() && data.outcome(result).is_executed() {
            let at = into.partition_point(|have| *have <= seconds);
            into.insert(at, seconds);
        }
    }
}

fn flaky_sessions(data: &Dataset, index: &Index, test: TestId) -> u32 {
    let is_flaky = |&&(_, result): &&(_, ResultId)| data.is_flaky(result);
    index.results.all(test).iter().filter(is_flaky).count() as u32
}

fn attempts(data: &Dataset, index: &Index, test: TestId) -> u16 {
    index.results.latest(test).map(|(_, result)| data.attempts(result)).max().unwrap_or(0)
}

/// The rows from `from` on, at most `count`.
pub fn test_window(data: &Dataset, index: &Index, order: &[TestId], from: u32, count: u32) -> TestWindow {
    let start = (from as usize).min(order.len());
    let end = start.saturating_add(count as usize).min(order.len());
    let builds = Builds::new(data);
    TestWindow {
        duts: index.results.latest_sessions.len() as u32,
        tests: index.tests_now,
        empty_columns: index.empty_columns(data).to_vec(),
        total: order.len() as u32,
        from: start as u32,
        rows: order[start..end].iter().map(|&test| row(data, index, &builds, test)).collect(),
        builds: builds.names[builds.names.len().saturating_sub(STRIP)..].to_vec(),
    }
}

fn row(data: &Dataset, index: &Index, builds: &Builds, test: TestId) -> TestRow {
    let mut counts = Counts::default();
    let mut failing = Vec::new();
    let mut worst = None;
    for (session, result) in index.results.latest(test) {
        let outcome = data.outcome(result);
        counts.add(outcome, data.flags(result), data.results.duration_s[result.index()]);
        let dut = &data.history.dut(data.history.session(session).dut).name;
        if outcome.is_failing() {
            failing.push((dut.clone(), outcome));
        }
        if worst.is_none_or(|(worst, _)| outcome > worst) {
            worst = Some((outcome, dut));
        }
    }
    let mut times = Vec::new();
    durations(data, index, test, &mut times);
    let first = builds.names.len().saturating_sub(STRIP);
    let mut strip = vec![None; builds.names.len() - first];
    for &(session, result) in index.results.all(test) {
        if let Some(place) = builds.place(session).checked_sub(first) {
            strip[place] = strip[place].max(Some(data.outcome(result)));
        }
    }
    TestRow {
        scope: data.tests.scope_text(data.tests.scope_of(test)).to_owned(),
        suite: data.tests.suite(test).to_owned(),
        class: data.tests.class(test).to_owned(),
        name: data.tests.name(test).to_owned(),
        counts,
        missing: (index.results.latest_sessions.len() as u32).saturating_sub(counts.results()),
        failing,
        worst_on: worst.map(|(_, dut)| dut.clone()).unwrap_or_default(),
        flaky_sessions: flaky_sessions(data, index, test),
        median_s: median(&times),
        max_s: times.last().copied(),
        attempts: attempts(data, index, test),
        sessions: index.results.all(test).len() as u32,
        strip,
    }
}
