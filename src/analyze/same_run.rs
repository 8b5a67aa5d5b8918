//! One run told by several files: the same results in two formats, and repeats
//! that a run has a file each for.
//!
//! Test runners write several reports of one run (pytest: JUnit and
//! json-report; twister: JSON and XML). Counted as two sessions, every sum would
//! be twice what it is, and nothing would ever be new. Files of two formats are
//! one run if they name the same DUT and build, began at the same time, and
//! agree on nearly all tests. The format that tells more counts; the other adds
//! what only it has. A person who says that a file counts by itself, or names its session, parts
//! them again.

use super::natural;
use super::numbers::Numbers;
use super::report_files::common;
use crate::import::richness;
use crate::model::{
    Counts, Dataset, Flags, History, Outcome, Overlap, PartId, RepeatRule, ResultId, SameRun, Session,
    SessionId, Timestamp,
};

/// Two reports of one run say that it began at the same time, give or take
/// this: reports round, and begin at different steps of a run.
const START_MS: i64 = 5000;

/// Zones differ by whole quarters of an hour.
const ZONE_MS: i64 = 15 * 60_000;

/// Of a hundred tests so many must be in both reports, and agree.
const PERCENT: usize = 90;

/// Joins sessions that are one run, told in several formats.
pub fn join_same_runs(data: &Dataset, sessions: Vec<Session>) -> (Vec<Session>, Vec<SameRun>) {
    let mut joined: Vec<Session> = Vec::with_capacity(sessions.len());
    let mut told = Vec::new();
    // Only those of one DUT and build are compared: there are few of them, and
    // thousands of sessions.
    let mut numbers = Numbers::default();
    let mut of_build: Vec<Vec<usize>> = Vec::new();
    for session in sessions {
        let build = session.build().map_or(["", ""], |build| ["1", build]);
        let build = numbers.of(&[&session.identity.dut.value, build[0], build[1]]);
        of_build.resize_with(numbers.len(), Vec::new);
        let same = of_build[build].iter().rev().find_map(|&at| {
            let may_be = may_be_same(data, &joined[at], &session);
            Some((at, may_be.then(|| agreement(data, &joined[at], &session)).flatten()?))
        });
        match same {
            Some((at, agreement)) => told.push(join(data, &mut joined[at], session, agreement)),
            None => {
                of_build[build].push(joined.len());
                joined.push(session);
            }
        }
    }
    (joined, told)
}

/// Two sessions of one DUT and build.
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

/// Both say when they began, and it is the same moment; where one does not know
/// its zone, a moment that some zone would make the same.
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

/// How many tests two sessions have in common and agree on; nothing if those
/// are too few to be one run.
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

/// Formats have fewer words than pytest: what one calls expected another calls
/// passed or skipped.
fn is_alike(a: Outcome, b: Outcome) -> bool {
    let class = |outcome: Outcome| match outcome {
        Outcome::Failed | Outcome::Error => 0,
        Outcome::Passed | Outcome::XPassed => 1,
        Outcome::Skipped | Outcome::XFailed | Outcome::NotRun => 2,
        Outcome::Unknown => 3,
    };
    class(a) == class(b)
}

/// Adds a session to one that tells of the same run.
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
    have.is_partial &= second.is_partial;
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

/// Settles which of several results of a test in one session counts, and counts
/// again where there are such. Parts that have a leader do not count.
pub fn settle(data: &Dataset, leaders: &[Option<PartId>], history: &mut History) {
    let is_plain = |session: &Session| {
        session.overlap == Overlap::None && session.parts.iter().all(|part| leaders[part.index()].is_none())
    };
    if history.sessions.iter().all(is_plain) {
        return;
    }
    let mut covered = vec![false; data.results.len()];
    let mut repeats: Vec<(ResultId, ResultId)> = Vec::new();
    let mut flaky = Vec::new();
    let mut also_told = Vec::new();
    for session in (0..history.sessions.len()).map(SessionId::from) {
        let session = &mut history.sessions[session.index()];
        if is_plain(session) {
            continue;
        }
        for &part in &session.parts {
            if let Some(leader) = leaders[part.index()] {
                data.part(part).rows.clone().for_each(|row| covered[row as usize] = true);
                also_told.extend(common(data, leader, part));
            }
        }
        let leading = || session.parts.iter().filter(|part| leaders[part.index()].is_none());
        let rows = || leading().flat_map(|&part| data.part(part).rows.clone()).map(ResultId);
        // Of each test the first result; then all of those that have several.
        let mut first: Vec<Option<ResultId>> = vec![None; data.tests.len()];
        let mut several: Vec<Vec<ResultId>> = Vec::new();
        let mut group_of: Vec<u32> = vec![u32::MAX; data.tests.len()];
        for result in rows() {
            let test = data.test_of(result).index();
            match first[test] {
                None => first[test] = Some(result),
                Some(have) if group_of[test] == u32::MAX => {
                    group_of[test] = several.len() as u32;
                    several.push(vec![have, result]);
                }
                Some(_) => several[group_of[test] as usize].push(result),
            }
        }
        for mut group in several {
            let counts = match session.overlap {
                Overlap::Repeats if are_reruns(data, &group) => {
                    let start = |result: ResultId| data.part(data.part_of(result)).draft.started;
                    natural::sort(&mut group, |&a, &b| start(a).cmp(&start(b)));
                    group[group.len() - 1]
                }
                Overlap::Repeats => worst(data, &group),
                _ => group[0],
            };
            for &result in &group {
                covered[result.index()] = result != counts;
            }
            if session.overlap == Overlap::Repeats {
                repeats.extend(group.iter().map(|&result| (counts, result)));
                if group.iter().any(|&result| !is_same_class(data.outcome(result), data.outcome(counts))) {
                    flaky.push(counts);
                }
            }
        }
        natural::sort(&mut flaky, |a, b| a.cmp(b));
        let mut counts = Counts::default();
        for result in rows().filter(|result| !covered[result.index()]) {
            let row = result.index();
            let mut flags = data.results.flags[row];
            if flaky.binary_search(&result).is_ok() {
                flags = flags.with(Flags::FLAKY);
            }
            counts.add(data.outcome(result), flags, data.results.duration_s[row]);
        }
        session.counts = counts;
    }
    // Repeats of one result stay in their order.
    natural::sort(&mut repeats, |a, b| a.0.cmp(&b.0));
    natural::sort(&mut also_told, |a, b| a.cmp(b));
    (history.covered, history.repeats, history.flaky) = (covered, repeats, flaky);
    history.also_told = also_told;
}

/// Of attempts that have a file each the last one counts.
fn are_reruns(data: &Dataset, group: &[ResultId]) -> bool {
    group.iter().all(|&result| data.part(data.part_of(result)).draft.repeats == RepeatRule::Last)
}

/// The first of the worst.
fn worst(data: &Dataset, group: &[ResultId]) -> ResultId {
    let mut worst = group[0];
    for &result in group {
        if data.outcome(result) > data.outcome(worst) {
            worst = result;
        }
    }
    worst
}

/// Failed and error agree in what matters: neither is content.
fn is_same_class(a: Outcome, b: Outcome) -> bool {
    a == b || a.is_failing() && b.is_failing()
}
