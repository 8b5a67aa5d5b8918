//! Timeline: when each test of a session ran, by worker.

use super::builds::Builds;
use super::timing::test_key;
use super::trends::key_of;
use crate::model::{Dataset, Outcome, ResultId, SessionId};
use crate::query::{Selection, SessionKey, TestKey};
use crate::text::order::Order;
use serde::{Deserialize, Serialize};

/// How many bars a chart shows at most: the longest and all failing ones.
const BARS: usize = 2000;

/// The most rows for tests that overlap, if the file names no workers.
const LANES: usize = 32;

/// How many sessions can be chosen from at most.
const SESSIONS: usize = 500;

/// A test in a timeline.
#[derive(Clone, Debug, PartialEq)]
pub struct TimelineBar {
    /// Place of its worker.
    pub worker: usize,
    /// Seconds since the first test of the session began.
    pub from_s: f64,
    /// Its duration in seconds.
    pub duration_s: f64,
    /// Its outcome.
    pub outcome: Outcome,
    /// The result.
    pub result: Selection,
}

/// The tests of a session over time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Timeline {
    /// The session, as people know it: DUT and build.
    pub title: String,
    /// The workers in the order of their names; without names, rows of tests that do not overlap.
    pub workers: Vec<String>,
    /// The bars, by start.
    pub bars: Vec<TimelineBar>,
    /// How many shorter bars were left out.
    pub left_out: usize,
    /// How many results of the session have no start or no duration.
    pub untimed: usize,
    /// From the first start to the last end, in seconds.
    pub wall_s: f64,
    /// The sum of durations, in seconds.
    pub busy_s: f64,
}

/// A session of which a timeline can be drawn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimelineSession {
    /// Which one.
    pub key: SessionKey,
    /// DUT and build.
    pub words: String,
}

/// The sessions that have start times of tests, the latest of each DUT first, at most 500.
pub fn timeline_sessions(data: &Dataset) -> Vec<TimelineSession> {
    let builds = Builds::new(data);
    let has_starts = |&session: &SessionId| {
        // A session has them for most tests, or for none.
        data.results_of(session).take(100).any(|result| data.results.begin(result).is_some())
    };
    let earlier = data.history.duts.iter().flat_map(|dut| dut.sessions.iter().rev().skip(1).copied());
    let sessions = data.latest_sessions().into_iter().chain(earlier).filter(has_starts).take(SESSIONS);
    sessions.map(|id| TimelineSession { key: key_of(data, id), words: words(data, &builds, id) }).collect()
}

fn words(data: &Dataset, builds: &Builds, session: SessionId) -> String {
    let of = data.history.session(session);
    let dut = &data.history.dut(of.dut).name;
    let label = data.label(session).map(|label| format!(", {label}")).unwrap_or_default();
    format!("{dut}, {}{label}", builds.names[builds.place(session)])
}

/// A test that ran at a known time.
struct Timed {
    from_ms: f64,
    duration_s: f64,
    worker: String,
    result: ResultId,
}

/// The timeline of a session; `None` if no test of it has a start and a duration.
pub fn timeline(data: &Dataset, session: SessionId) -> Option<Timeline> {
    let mut timed: Vec<Timed> = Vec::new();
    let mut untimed = 0;
    for result in data.results_of(session) {
        let duration_s = data.results.duration_s[result.index()];
        match data.results.begin(result).filter(|_| duration_s.is_finite()) {
            Some(begin) => timed.push(Timed {
                from_ms: begin.unix_ms,
                duration_s,
                worker: data.text(begin.worker).to_owned(),
                result,
            }),
            // Tests that did not run have no place in time.
            None => untimed += usize::from(data.outcome(result).is_executed()),
        }
    }
    timed.order_by(|a, b| a.from_ms.total_cmp(&b.from_ms).then(a.result.cmp(&b.result)));
    let first_ms = timed.first()?.from_ms;
    let end_s = |timed: &Timed| (timed.from_ms - first_ms) / 1000.0 + timed.duration_s;
    let wall_s = timed.iter().map(end_s).fold(0.0, f64::max);
    let busy_s = timed.iter().map(|timed| timed.duration_s).sum();
    let (workers, places) = workers(&timed);
    let total = timed.len();
    let bar = |(timed, worker): (Timed, usize)| {
        let TestKey { scope, name } = test_key(data, data.test_of(timed.result));
        let SessionKey { dut, session } = key_of(data, session);
        TimelineBar {
            worker,
            from_s: (timed.from_ms - first_ms) / 1000.0,
            duration_s: timed.duration_s,
            outcome: data.outcome(timed.result),
            result: Selection { dut, session: Some(session), scope, name },
        }
    };
    let mut kept: Vec<(Timed, usize)> = timed.into_iter().zip(places).collect();
    if total > BARS {
        let is_failing = |timed: &Timed| data.outcome(timed.result).is_failing();
        kept.order_by(|(a, _), (b, _)| {
            let by_duration = b.duration_s.total_cmp(&a.duration_s);
            is_failing(b).cmp(&is_failing(a)).then(by_duration).then(a.result.cmp(&b.result))
        });
        kept.truncate(BARS);
        kept.order_by(|(a, _), (b, _)| a.from_ms.total_cmp(&b.from_ms).then(a.result.cmp(&b.result)));
    }
    Some(Timeline {
        title: words(data, &Builds::new(data), session),
        workers,
        left_out: total - kept.len(),
        bars: kept.into_iter().map(bar).collect(),
        untimed,
        wall_s,
        busy_s,
    })
}

/// The names of workers, and the worker of each test. If no test names one, tests that overlap get rows of
/// their own: the first one that is free.
fn workers(timed: &[Timed]) -> (Vec<String>, Vec<usize>) {
    let mut names: Vec<&str> = timed.iter().map(|timed| timed.worker.as_str()).collect();
    names.order_by(|a, b| super::natural::compare(a, b));
    names.dedup();
    if names.iter().any(|name| !name.is_empty()) {
        let place = |timed: &Timed| names.iter().position(|name| *name == timed.worker).unwrap_or_default();
        let places = timed.iter().map(place).collect();
        let word = |name: &&str| if name.is_empty() { "no worker".to_owned() } else { (*name).to_owned() };
        return (names.iter().map(word).collect(), places);
    }
    let mut free_from_ms: Vec<f64> = Vec::new();
    let place = |timed: &Timed| {
        // Starts and durations are rounded to milliseconds.
        let is_free = |&free: &f64| free <= timed.from_ms + 1.0;
        let free = free_from_ms.iter().position(is_free);
        let place = free.unwrap_or(free_from_ms.len()).min(LANES - 1);
        let end = timed.from_ms + timed.duration_s * 1000.0;
        match free_from_ms.get_mut(place) {
            Some(free) => *free = free.max(end),
            None => free_from_ms.push(end),
        }
        place
    };
    let places: Vec<usize> = timed.iter().map(place).collect();
    let names = match free_from_ms.len() {
        1 => vec!["all tests".to_owned()],
        lanes => (1..=lanes).map(|lane| format!("row {lane}")).collect(),
    };
    (names, places)
}
