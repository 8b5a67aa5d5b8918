//! The table of tests: find and sort.

use super::index::Index;
use super::natural;
use super::numbers::Numbers;
use crate::model::{Counts, Dataset, Outcome, ResultId, ScopeId, SessionId, TestId, Timestamp};
use crate::query::{Filter, Sort, SortKey};
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// A test in the table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TestRow {
    /// Suite and class, as identities have them.
    pub scope: String,
    /// Suite path.
    pub suite: String,
    /// Class.
    pub class: String,
    /// Name with parameters.
    pub name: String,
    /// Figures of its results now: one per DUT that has it.
    pub counts: Counts,
    /// How many DUTs do not have it now.
    pub missing: u32,
    /// The DUTs that it fails on, by name, and how.
    pub failing: Vec<(String, Outcome)>,
    /// The DUT whose result is the worst one now; of equal ones the first.
    pub worst_on: String,
    /// In how many sessions, of all, its attempts disagreed.
    pub flaky_sessions: u32,
    /// Median of its durations now, in seconds, where it was executed.
    pub median_s: Option<f64>,
    /// The longest of them.
    pub max_s: Option<f64>,
    /// Most attempts now.
    pub attempts: u16,
    /// In how many sessions, of all, it has a result.
    pub sessions: u32,
    /// The worst outcome in each of [`TestWindow::builds`].
    pub strip: Vec<Option<Outcome>>,
}

/// The rows of the table that are on screen.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TestWindow {
    /// How many DUTs there are.
    pub duts: u32,
    /// How many tests there are without the filter.
    pub tests: u32,
    /// How many rows there are with it.
    pub total: u32,
    /// Index of the first row given.
    pub from: u32,
    /// The last builds, oldest first, that strips show. Sessions of no build
    /// are named by how many sessions of their DUT came after them.
    pub builds: Vec<String>,
    /// The rows.
    pub rows: Vec<TestRow>,
}

/// How many builds a strip shows.
const STRIP: usize = 12;

/// The tests of a filter that have a result now, sorted; by what has to be
/// looked at first, if nothing is said. Of equal ones the order is by name.
pub fn test_order(data: &Dataset, index: &Index, filter: &Filter, sort: Option<Sort>) -> Vec<TestId> {
    let Some((sort, key)) = sort.and_then(|sort| Some((sort, key(sort.by)?))) else {
        return index.select(data, filter, index.by_attention(data));
    };
    let tests = index.select(data, filter, index.by_name(data));
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

/// A number of a test to sort by; the buffer is for its durations.
type Key = fn(&Dataset, &Index, TestId, &mut Vec<f64>) -> f64;

/// The numbers of a column, if tests have it.
fn key(by: SortKey) -> Option<Key> {
    Some(match by {
        SortKey::Name | SortKey::Suite | SortKey::Class => |_, _, _, _| f64::NAN,
        SortKey::Outcome => |_, index, test, _| {
            let standing = index.standing(test);
            let worst = standing.worst.map_or(0, |worst| worst as u32);
            f64::from(worst) * f64::from(1 << 20) + f64::from(standing.failing)
        },
        SortKey::Failing => |_, index, test, _| f64::from(index.standing(test).failing),
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
        SortKey::Sessions => |_, index, test, _| index.all(test).len() as f64,
        _ => return None,
    })
}

/// The durations of a test now, the shortest first: of results that were executed.
fn durations(data: &Dataset, index: &Index, test: TestId, into: &mut Vec<f64>) {
    into.clear();
    for (_, result) in index.now(test) {
        let seconds = data.results.duration_s[result.index()];
        if seconds.is_finite() && data.outcome(result).is_executed() {
            let at = into.partition_point(|have| *have <= seconds);
            into.insert(at, seconds);
        }
    }
}

/// The one in the middle, or the mean of the two.
fn median(sorted: &[f64]) -> Option<f64> {
    let (low, high) = (sorted.len().checked_sub(1)? / 2, sorted.len() / 2);
    Some(sorted[low] / 2.0 + sorted[high] / 2.0)
}

fn flaky_sessions(data: &Dataset, index: &Index, test: TestId) -> u32 {
    let is_flaky = |&&(_, result): &&(_, ResultId)| data.is_flaky(result);
    index.all(test).iter().filter(is_flaky).count() as u32
}

fn attempts(data: &Dataset, index: &Index, test: TestId) -> u16 {
    index.now(test).map(|(_, result)| data.attempts(result)).max().unwrap_or(0)
}

/// The rows from `from` on, at most `count`.
pub fn test_window(data: &Dataset, index: &Index, order: &[TestId], from: u32, count: u32) -> TestWindow {
    let start = (from as usize).min(order.len());
    let end = start.saturating_add(count as usize).min(order.len());
    let builds = Builds::new(data);
    TestWindow {
        duts: index.latest.len() as u32,
        tests: index.tests_now,
        total: order.len() as u32,
        from: start as u32,
        rows: order[start..end].iter().map(|&test| row(data, index, &builds, test)).collect(),
        builds: builds.names,
    }
}

fn row(data: &Dataset, index: &Index, builds: &Builds, test: TestId) -> TestRow {
    let mut counts = Counts::default();
    let mut failing = Vec::new();
    let mut worst = None;
    for (session, result) in index.now(test) {
        let row = result.index();
        let outcome = data.outcome(result);
        counts.add(outcome, data.results.flags[row], data.results.duration_s[row]);
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
    let mut strip = vec![None; builds.names.len()];
    for &(session, result) in index.all(test) {
        if let Some(place) = builds.place(session) {
            strip[place] = strip[place].max(Some(data.outcome(result)));
        }
    }
    TestRow {
        scope: data.tests.scope_text(data.tests.scope_of(test)).to_owned(),
        suite: data.tests.suite(test).to_owned(),
        class: data.tests.class(test).to_owned(),
        name: data.tests.name(test).to_owned(),
        counts,
        missing: (index.latest.len() as u32).saturating_sub(counts.results()),
        failing,
        worst_on: worst.map(|(_, dut)| dut.clone()).unwrap_or_default(),
        flaky_sessions: flaky_sessions(data, index, test),
        median_s: median(&times),
        max_s: times.last().copied(),
        attempts: attempts(data, index, test),
        sessions: index.all(test).len() as u32,
        strip,
    }
}

/// The last builds in time order, and the one of each session.
struct Builds {
    names: Vec<String>,
    /// By session, counted from the first of all builds.
    places: Vec<usize>,
    first: usize,
}

impl Builds {
    /// Builds are in the order of their first session, if all sessions have a
    /// start; else in that of their names. Sessions of no build are together
    /// with those after which as many of their DUT came.
    fn new(data: &Dataset) -> Builds {
        struct Build {
            name: String,
            is_named: bool,
            started: Option<Timestamp>,
            age: usize,
        }
        let mut builds: Vec<Build> = Vec::new();
        let mut known = Numbers::default();
        let mut of_session = vec![0; data.history.sessions.len()];
        for dut in &data.history.duts {
            for (age, &id) in dut.sessions.iter().rev().enumerate() {
                let session = data.history.session(id);
                let at = match session.build() {
                    Some(build) => known.of(&["build", build]),
                    None => known.of(&["age", &age.to_string()]),
                };
                if at == builds.len() {
                    let name = match (session.build(), age) {
                        (Some(build), _) => build.to_owned(),
                        (None, 0) => "now".to_owned(),
                        (None, age) => format!("{age} before"),
                    };
                    let is_named = session.build().is_some();
                    builds.push(Build { name, is_named, started: session.started, age });
                }
                let build = &mut builds[at];
                build.started = build.started.min(session.started);
                build.age = build.age.max(age);
                of_session[id.index()] = at;
            }
        }
        let all_started = data.history.sessions.iter().all(|session| session.started.is_some());
        let order = natural::sorted(builds.len(), &|a, b| {
            let (a, b) = (&builds[a as usize], &builds[b as usize]);
            let by_start = if all_started { a.started.cmp(&b.started) } else { Ordering::Equal };
            let by_age = || b.age.cmp(&a.age).then_with(|| natural::compare(&a.name, &b.name));
            by_start.then(a.is_named.cmp(&b.is_named)).then_with(|| match a.is_named && !all_started {
                true => natural::compare(&a.name, &b.name),
                false => by_age(),
            })
        });
        let mut rank = vec![0; builds.len()];
        for (place, &build) in order.iter().enumerate() {
            rank[build as usize] = place;
        }
        let first = order.len().saturating_sub(STRIP);
        Builds {
            names: order[first..].iter().map(|&build| builds[build as usize].name.clone()).collect(),
            places: of_session.into_iter().map(|build| rank[build]).collect(),
            first,
        }
    }

    /// The place of a session's build in strips.
    fn place(&self, session: SessionId) -> Option<usize> {
        self.places[session.index()].checked_sub(self.first)
    }
}
