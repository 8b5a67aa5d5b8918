//! Deduplication: sessions that report the same run in two formats become one.
//!
//! Test runners write several reports of one run (pytest: JUnit and
//! json-report; twister: JSON and XML). As separate sessions they would double every
//! sum, and no failure would ever be new. Two sessions are the same run if they
//! have the same DUT and build, different formats, the same start, and the same
//! outcomes for nearly all tests. The results of the richer format count; the
//! other one adds only tests that the richer one lacks. A person can undo this: a
//! file that counts separately, or whose session a person named, is never joined.

use crate::import::richness;
use crate::model::{Dataset, Outcome, Overlap, PartId, ResultId, SameRun, Session, TRUNCATED, Timestamp};
use rustc_hash::FxHashMap;

/// How far the starts of two reports of one run may be apart: reports round, and
/// read the clock at different steps of the run.
const START_MS: i64 = 5000;

/// All time zones are multiples of this.
const ZONE_MS: i64 = 15 * 60_000;

/// The percentage of tests that must be in both reports, and of those that must agree.
const PERCENT: usize = 90;

/// Joins sessions that report the same run in several formats.
pub fn join_same_runs(data: &Dataset, sessions: Vec<Session>) -> (Vec<Session>, Vec<SameRun>) {
    let mut joined: Vec<Session> = Vec::with_capacity(sessions.len());
    let mut same_runs = Vec::new();
    // Only sessions of one DUT and build are compared, which are few even among thousands.
    let mut by_build: FxHashMap<(String, Option<String>), Vec<usize>> = FxHashMap::default();
    for session in sessions {
        let key = (session.identity.dut.value.clone(), session.build().map(str::to_owned));
        let of_build = by_build.entry(key).or_default();
        let same = of_build.iter().rev().find_map(|&at| {
            let may_be = may_be_same(data, &joined[at], &session);
            Some((at, may_be.then(|| agreement(data, &joined[at], &session)).flatten()?))
        });
        match same {
            Some((at, agreement)) => same_runs.push(join(data, &mut joined[at], session, agreement)),
            None => {
                of_build.push(joined.len());
                joined.push(session);
            }
        }
    }
    (joined, same_runs)
}

/// Whether two sessions of one DUT and build may be the same run: they started
/// together, have no format in common, and no person separated them.
fn may_be_same(data: &Dataset, a: &Session, b: &Session) -> bool {
    if !began_together(a.started, b.started) {
        return false;
    }
    let formats = |session: &Session| -> Vec<&'static str> {
        session.parts.iter().map(|&part| data.file(data.part(part).file).format).collect()
    };
    let is_named = |session: &Session| session.parts.iter().any(|&part| data.is_parted(part));
    let of_a = formats(a);
    a.overlap != Overlap::Repeats
        && b.overlap != Overlap::Repeats
        && !formats(b).iter().any(|format| of_a.contains(format))
        && !is_named(a)
        && !is_named(b)
}

/// Whether both have a start, and the starts are the same. If one has no time zone,
/// the difference may be the offset of any zone.
fn began_together(a: Option<Timestamp>, b: Option<Timestamp>) -> bool {
    let (Some(a), Some(b)) = (a, b) else {
        return false;
    };
    let apart = (a.unix_ms - b.unix_ms).abs();
    if a.offset_min.is_some() && b.offset_min.is_some() {
        return apart <= START_MS;
    }
    let beside = apart % ZONE_MS;
    apart <= 14 * 4 * ZONE_MS + START_MS && beside.min(ZONE_MS - beside) <= START_MS
}

/// Returns how many tests two sessions have in common, and how many of these agree;
/// `None` if they are too few for one run.
fn agreement(data: &Dataset, a: &Session, b: &Session) -> Option<(u32, u32)> {
    let rows = |session: &Session| -> Vec<ResultId> {
        session.parts.iter().flat_map(|&part| data.part(part).rows.clone()).map(ResultId).collect()
    };
    let (of_a, of_b) = (rows(a), rows(b));
    let mut by_test = vec![None; data.tests.len()];
    for &result in &of_a {
        by_test[data.test_of(result).index()] = Some(data.outcome(result));
    }
    let (mut common, mut agree) = (0, 0);
    for &result in &of_b {
        if let Some(outcome) = by_test[data.test_of(result).index()] {
            common += 1;
            agree += usize::from(is_alike(outcome, data.outcome(result)));
        }
    }
    let smaller = of_a.len().min(of_b.len());
    let is_same = common > 0 && common * 100 >= smaller * PERCENT && agree * 100 >= common * PERCENT;
    is_same.then_some((common as u32, agree as u32))
}

/// Whether two formats may mean the same outcome: formats with fewer outcomes than
/// pytest report xpassed as passed, and xfailed or not run as skipped.
fn is_alike(a: Outcome, b: Outcome) -> bool {
    let class = |outcome: Outcome| match outcome {
        failing if failing.is_failing() => Outcome::Failed,
        Outcome::XPassed => Outcome::Passed,
        Outcome::XFailed | Outcome::NotRun => Outcome::Skipped,
        other => other,
    };
    class(a) == class(b)
}

/// Adds a session to one of the same run. The richer format comes first.
fn join(data: &Dataset, have: &mut Session, other: Session, (common, agree): (u32, u32)) -> SameRun {
    let rich = |session: &Session| {
        session.parts.iter().map(|&part| richness(data.file(data.part(part).file).format)).max()
    };
    let (first, second) = if rich(&other) > rich(have) {
        let first = std::mem::replace(have, other);
        (have.parts.clone(), first)
    } else {
        (have.parts.clone(), other)
    };
    have.started = have.started.or(second.started);
    have.duration_s = have.duration_s.or(second.duration_s);
    // What one report lost by truncation, the other one has. A verdict of the run stays.
    have.incomplete = match (have.incomplete.take(), second.incomplete) {
        (Some(a), Some(b)) => Some(if a == TRUNCATED { b } else { a }),
        (a, b) => a.or(b).filter(|reason| reason != TRUNCATED),
    };
    have.overlap = Overlap::SameRun;
    have.parts.extend(&second.parts);
    have.covers.extend(&second.covers);
    let of = |parts: &[PartId]| parts.iter().map(|&part| data.part(part).counts.results()).sum::<u32>();
    SameRun {
        parts: second.parts.clone(),
        with: first[0],
        common,
        agree,
        adds: of(&second.parts).saturating_sub(common),
    }
}
