//! Deduplication: sessions that report the same run twice become one.
//!
//! Test runners write several reports of one run (pytest: JUnit, json-report and
//! reportlog; twister: JSON and XML). As separate sessions they would double every
//! sum, and no failure would ever be new. Two sessions are the same run if they
//! have the same DUT and build, and the same outcomes for nearly
//! all tests, and if they started together, or their paths have a common stem and
//! their times overlap or one has none. In one format, all results must agree with
//! their durations (see [`super::merged`]). The results of the richer format count; the
//! other one adds only tests that the richer one lacks. A person can undo this: a
//! file that counts separately, or whose session a person named, is never joined.

use super::merged::is_told_twice;
use super::path::{folder, path};
use crate::import::identify::path_stem;
use crate::import::richness;
use crate::model::{
    Dataset, FileId, Outcome, Overlap, PartId, Renamed, ResultId, SameRun, Session, TRUNCATED, TestId,
    Timestamp,
};
use crate::text::order::Order;
use rustc_hash::{FxHashMap, FxHashSet, FxHasher};
use std::hash::{Hash, Hasher};

/// How far the starts of two reports of one run may be apart: reports round, and
/// read the clock at different steps of the run.
const START_MS: i64 = 5000;

/// All time zones are multiples of this.
const ZONE_MS: i64 = 15 * 60_000;

/// The difference between two time zones is at most this many multiples.
const ZONES: i64 = 14 * 4;

/// The percentage of tests that must be in both reports, and of those that must agree.
const PERCENT: usize = 90;

/// How many sessions of one clue are compared with a session, the nearest first.
const COMPARED: usize = 8;

/// Joins sessions that report the same run in several formats.
pub fn join_same_runs(data: &mut Dataset, sessions: Vec<Session>) -> (Vec<Session>, Vec<SameRun>) {
    let (sessions, same_runs, renamed) = find_same_runs(data, sessions);
    data.results.rename(renamed);
    (sessions, same_runs)
}

fn find_same_runs(data: &Dataset, sessions: Vec<Session>) -> (Vec<Session>, Vec<SameRun>, Vec<Renamed>) {
    let mut renamed: FxHashMap<ResultId, TestId> = FxHashMap::default();
    let mut joined: Vec<Session> = Vec::with_capacity(sessions.len());
    let mut same_runs = Vec::new();
    let mut by_clue: FxHashMap<(String, Clue), Vec<usize>> = FxHashMap::default();
    for session in sessions {
        // Only sessions with a clue in common are compared, which are few even among thousands.
        let name = format!("{}\n{}", session.identity.dut.value, session.build().unwrap_or("\n"));
        let clues: Vec<(String, Clue)> =
            clues(data, &session).into_iter().map(|clue| (name.clone(), clue)).collect();
        let mut compared: Vec<usize> = Vec::new();
        for clue in &clues {
            let with_clue = by_clue.get(clue).into_iter().flatten().rev().take(COMPARED);
            compared.extend(with_clue);
        }
        compared.order();
        compared.dedup();
        let same = compared.into_iter().find_map(|at| {
            let may_be = may_be_same(data, &joined[at], &session);
            Some((at, may_be.then(|| agreement(data, &renamed, &joined[at], &session)).flatten()?))
        });
        let at = match same {
            Some((at, agreement)) => {
                same_runs.push(join(data, &mut joined[at], session, agreement, &mut renamed));
                at
            }
            None => {
                joined.push(session);
                joined.len() - 1
            }
        };
        for clue in clues {
            by_clue.entry(clue).or_default().push(at);
        }
    }
    let renamed = renamed.into_iter().map(|(result, test)| Renamed {
        result,
        named: data.test_of(result),
        test,
        after_failure: false,
        is_spelling: true,
    });
    (joined, same_runs, renamed.collect())
}

/// What reports of one run may have in common.
#[derive(PartialEq, Eq, Hash)]
enum Clue {
    /// The names in the path of their first file.
    Stem(String),
    /// The folder of their first file.
    Folder(String),
    /// The start, in multiples of [`START_MS`], within [`ZONE_MS`].
    Beat(i64),
}

fn clues(data: &Dataset, session: &Session) -> Vec<Clue> {
    let Some(&first) = session.parts.first() else {
        return Vec::new();
    };
    let mut clues =
        vec![Clue::Stem(path_stem(path(data, first))), Clue::Folder(folder(data, first).to_owned())];
    if let Some(start) = session.started {
        let beats = ZONE_MS / START_MS;
        let beat = start.unix_ms.rem_euclid(ZONE_MS) / START_MS;
        clues.extend([beat - 1, beat, beat + 1].map(|beat| Clue::Beat(beat.rem_euclid(beats))));
    }
    clues
}

/// Whether two sessions of one DUT and build may be the same run: they started
/// together, or have a common stem and no times that contradict; they have no file in common, no
/// format in common or equal durations, and no person separated them.
fn may_be_same(data: &Dataset, a: &Session, b: &Session) -> bool {
    let is_together =
        began_together(a.started, b.started) || has_common_stem(data, a, b) && may_overlap(data, a, b);
    if !is_together {
        return false;
    }
    let files =
        |session: &Session| session.parts.iter().map(|&part| data.part(part).file).collect::<FxHashSet<_>>();
    let formats = |files: &FxHashSet<FileId>| {
        files.iter().map(|&file| data.file(file).format).collect::<FxHashSet<_>>()
    };
    let is_named = |session: &Session| session.parts.iter().any(|&part| data.is_parted(part));
    let (files_of_a, files_of_b) = (files(a), files(b));
    a.overlap != Overlap::Repeats
        && b.overlap != Overlap::Repeats
        && !is_named(a)
        && !is_named(b)
        && files_of_a.is_disjoint(&files_of_b)
        && (formats(&files_of_a).is_disjoint(&formats(&files_of_b))
            || is_told_twice(data, &a.parts, &b.parts, [a.started, b.started]))
}

/// Whether files of both have the same folder, or the same names in their paths.
fn has_common_stem(data: &Dataset, a: &Session, b: &Session) -> bool {
    let (Some(&b), false) = (b.parts.first(), a.parts.is_empty()) else {
        return false;
    };
    a.parts
        .iter()
        .take(COMPARED)
        .any(|&a| folder(data, a) == folder(data, b) || path_stem(path(data, a)) == path_stem(path(data, b)))
}

/// Whether both have a start, and the starts are the same.
fn began_together(a: Option<Timestamp>, b: Option<Timestamp>) -> bool {
    a.zip(b).is_some_and(|(a, b)| is_between(a, b, -START_MS, START_MS))
}

/// Whether the times of two sessions overlap, or one has none.
fn may_overlap(data: &Dataset, a: &Session, b: &Session) -> bool {
    let (Some(start_a), Some(start_b)) = (a.started, b.started) else {
        return true;
    };
    let length_ms = |session: &Session| {
        let of_tests = session.counts.duration_s.unwrap_or(0.0);
        let parts = session.parts.iter().filter_map(|&part| data.part(part).draft.duration_s);
        let longest = parts.chain(session.duration_s).fold(of_tests, f64::max);
        (longest * 1000.0).clamp(0.0, 1e12) as i64
    };
    is_between(start_a, start_b, -length_ms(b) - START_MS, length_ms(a) + START_MS)
}

/// Whether `b` is between these milliseconds after `a`. If one has no time zone, the
/// difference may be the offset of any zone.
fn is_between(a: Timestamp, b: Timestamp, from_ms: i64, to_ms: i64) -> bool {
    let apart = b.unix_ms - a.unix_ms;
    if a.offset_min.is_some() && b.offset_min.is_some() {
        return (from_ms..=to_ms).contains(&apart);
    }
    let zones = (apart - to_ms).div_euclid(ZONE_MS) + i64::from((apart - to_ms).rem_euclid(ZONE_MS) > 0);
    // The zones that bring the difference into the range begin here.
    let zones = zones.max(-ZONES);
    zones <= ZONES && apart - zones * ZONE_MS >= from_ms
}

/// How two sessions agree.
struct Agreement {
    /// How many tests they have in common.
    common: u32,
    /// How many of these have the same outcome.
    agree: u32,
    /// The results of one test whose name they spell differently.
    spelled: Vec<[ResultId; 2]>,
}

/// Returns how two sessions agree; `None` if too few tests do for one run.
fn agreement(
    data: &Dataset,
    renamed: &FxHashMap<ResultId, TestId>,
    a: &Session,
    b: &Session,
) -> Option<Agreement> {
    let rows = |session: &Session| -> Vec<ResultId> {
        session.parts.iter().flat_map(|&part| data.part(part).rows.clone()).map(ResultId).collect()
    };
    let test_of = |result: ResultId| renamed.get(&result).copied().unwrap_or_else(|| data.test_of(result));
    let (of_a, of_b) = (rows(a), rows(b));
    let by_test: FxHashMap<TestId, ResultId> = of_a.iter().map(|&result| (test_of(result), result)).collect();
    let smaller = of_a.len().min(of_b.len());
    let judge = |pairs: &mut dyn Iterator<Item = [ResultId; 2]>| {
        let (mut common, mut agree) = (0, 0);
        for [a, b] in pairs {
            common += 1;
            agree += usize::from(is_alike(data.outcome(a), data.outcome(b)));
        }
        let is_same = common > 0 && common * 100 >= smaller * PERCENT && agree * 100 >= common * PERCENT;
        is_same.then_some((common as u32, agree as u32))
    };
    let mut by_id = of_b.iter().filter_map(|&b| Some([*by_test.get(&test_of(b))?, b]));
    if let Some((common, agree)) = judge(&mut by_id) {
        return Some(Agreement { common, agree, spelled: Vec::new() });
    }
    let spelled = spelled_differently(data, &of_a, &of_b);
    let (common, agree) = judge(&mut spelled.iter().copied()).filter(|&(common, _)| common > 1)?;
    Some(Agreement { common, agree, spelled })
}

/// Pairs the results of tests whose names differ in signs only, or where one report repeats the scope
/// in the name: `Login > opens` of Jest is `Login opens` in a class of the same name for jest-junit.
fn spelled_differently(data: &Dataset, of_a: &[ResultId], of_b: &[ResultId]) -> Vec<[ResultId; 2]> {
    let full = |result: ResultId| {
        let test = data.test_of(result);
        let scope = data.tests.scope_text(data.tests.scope_of(test));
        words([scope, data.tests.name(test)])
    };
    let name = |result: ResultId| words([data.tests.name(data.test_of(result))]);
    let with = |results: &[ResultId], key: &dyn Fn(ResultId) -> u64| {
        let mut only: FxHashMap<u64, Option<ResultId>> = FxHashMap::default();
        for &result in results {
            only.entry(key(result)).and_modify(|only| *only = None).or_insert(Some(result));
        }
        only
    };
    let (full_a, name_a) = (with(of_a, &full), with(of_a, &name));
    let (full_b, name_b) = (with(of_b, &full), with(of_b, &name));
    let mut taken: FxHashSet<ResultId> = FxHashSet::default();
    let pair = |&b: &ResultId| {
        let keys = [full(b), name(b)];
        // A name that several tests have says nothing.
        let is_only = [&full_b, &name_b].map(|only| keys.map(|key| only.get(&key)));
        let keys = [(keys[0], is_only[0][0]), (keys[1], is_only[1][1])];
        let keys = keys.into_iter().filter(|(_, only)| only.is_some_and(Option::is_some));
        let mut found =
            keys.flat_map(|(key, _)| [&full_a, &name_a].map(|only| only.get(&key).copied().flatten()));
        let a = found.find_map(|a| a)?;
        taken.insert(a).then_some([a, b])
    };
    of_b.iter().filter_map(pair).collect()
}

/// Returns a hash of the words of texts.
fn words<const N: usize>(texts: [&str; N]) -> u64 {
    let mut hasher = FxHasher::default();
    for text in texts {
        let is_sign = |c: char| !c.is_alphanumeric();
        for word in text.split(is_sign).filter(|word| !word.is_empty()) {
            word.hash(&mut hasher);
        }
    }
    hasher.finish()
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
fn join(
    data: &Dataset,
    have: &mut Session,
    other: Session,
    Agreement { common, agree, spelled }: Agreement,
    renamed: &mut FxHashMap<ResultId, TestId>,
) -> SameRun {
    let rich = |session: &Session| {
        session.parts.iter().map(|&part| richness(data.file(data.part(part).file).format)).max()
    };
    let is_richer = rich(&other) > rich(have);
    for [a, b] in spelled {
        let (counts, other) = if is_richer { (b, a) } else { (a, b) };
        let test = renamed.get(&counts).copied().unwrap_or_else(|| data.test_of(counts));
        renamed.insert(other, test);
    }
    let (first, second) = if is_richer {
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
