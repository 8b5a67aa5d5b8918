//! Finds files that repeat the results of other files of their run, in the same format.
//!
//! Some producers write a file per class, process or spec, and then all of them in one file: Ant's
//! `TESTS-TestSuites.xml`, pabot's `output.xml`, merged reports of mocha. Outcomes agree in many runs;
//! durations agree in all tests only if both files tell of the same run.

use crate::model::{Dataset, Outcome, PartId, ResultId, TestId, Timestamp};
use rustc_hash::{FxHashMap, FxHashSet};

/// A result, with the bits of its duration.
type Told = (TestId, Outcome, u64);

/// How many different durations prove that two files tell of the same run, if a start is unknown.
const DURATIONS: usize = 3;

fn told(data: &Dataset, part: PartId) -> impl Iterator<Item = Told> + '_ {
    data.part(part).rows.clone().map(|row| {
        let duration_s = data.results.duration_s[row as usize];
        (data.results.test[row as usize], data.outcome(ResultId(row)), duration_s.to_bits())
    })
}

/// Whether the durations of results are evidence: of these many different ones.
fn are_evidence(told: &mut dyn Iterator<Item = Told>, least: usize) -> bool {
    let mut distinct = FxHashSet::default();
    told.map(|(.., bits)| bits)
        .filter(|&bits| f64::from_bits(bits) > 0.0)
        .any(|bits| distinct.insert(bits) && distinct.len() >= least)
}

/// Returns the parts that consist of the results of several others, in other files. Cost: linear in
/// the results.
pub fn merged(data: &Dataset, parts: &[PartId]) -> FxHashSet<PartId> {
    if parts.len() < 3 {
        return FxHashSet::default();
    }
    let file = |part: PartId| data.part(part).file;
    // One part of each of two files, so every file finds another one.
    let mut parts_with: FxHashMap<Told, Vec<PartId>> = FxHashMap::default();
    for &part in parts {
        for told in told(data, part) {
            let with = parts_with.entry(told).or_default();
            if with.len() < 2 && with.last().is_none_or(|&last| file(last) != file(part)) {
                with.push(part);
            }
        }
    }
    let consists_of_others = |&part: &PartId| {
        let mut others: FxHashSet<PartId> = FxHashSet::default();
        for told in told(data, part) {
            let with = parts_with.get(&told);
            let other = with.and_then(|with| with.iter().find(|&&other| file(other) != file(part)));
            match other {
                Some(&other) => others.insert(other),
                None => return false,
            };
        }
        let is_larger = |other: &PartId| data.part(*other).rows.len() < data.part(part).rows.len();
        let starts = others.iter().map(|&other| data.part(other).draft.started).min().flatten();
        others.len() > 1
            && others.iter().all(is_larger)
            && is_evident(data.part(part).draft.started, starts, &mut told(data, part))
    };
    parts.iter().copied().filter(consists_of_others).collect()
}

/// Whether all results of the smaller one of two groups of parts are in the other one, with equal
/// durations.
pub fn is_told_twice(data: &Dataset, a: &[PartId], b: &[PartId], starts: [Option<Timestamp>; 2]) -> bool {
    let [a, b] = [a, b].map(|parts| parts.iter().flat_map(|&part| told(data, part)).collect::<Vec<_>>());
    let (small, large) = if a.len() < b.len() { (a, b) } else { (b, a) };
    let have: FxHashSet<Told> = large.into_iter().collect();
    small.iter().all(|told| have.contains(told)) && is_evident(starts[0], starts[1], &mut small.into_iter())
}

/// Whether starts and durations prove that equal results are of one run.
fn is_evident(a: Option<Timestamp>, b: Option<Timestamp>, told: &mut dyn Iterator<Item = Told>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => (a.unix_ms - b.unix_ms).abs() < 1000 && are_evidence(told, 1),
        _ => are_evidence(told, DURATIONS),
    }
}
