//! What the parts of paths vary with, by the tests in the files.
//!
//! Files that differ in one part only and repeat each other's tests are runs of their own: the part
//! is a DUT, a build or a run. If they have different tests, the part is a module, a class or a
//! shard of one run. Costs are linear: each file counts with a sample of its tests.

use super::pieces::{Kind, Piece};
use crate::model::{Source, TestId};
use rustc_hash::{FxHashMap, FxHashSet, FxHasher};
use std::hash::{Hash, Hasher};

/// A file of a group.
#[derive(Clone)]
pub(super) struct Member<'a> {
    pub path: &'a str,
    pub pieces: Vec<Piece>,
    pub attempt: i32,
    /// A sample of its tests.
    pub tests: Vec<u32>,
}

/// What a part of the paths varies with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Varies {
    /// It does not vary, or nothing shows what with.
    Unknown,
    /// Files repeat each other's tests.
    WithRuns,
    /// Files have different tests.
    WithShares,
}

/// How many tests of a file are compared.
const SAMPLE: usize = 64;

/// Returns the tests with the smallest hashes, so that equal sets have equal samples.
pub(super) fn sample(files: &[&[TestId]]) -> Vec<u32> {
    // An invertible hash: two tests never have the same one.
    let mut hashes: Vec<u32> = files
        .iter()
        .copied()
        .flatten()
        .map(|test| (test.0 ^ test.0 >> 15).wrapping_mul(0x9e37_79b1))
        .collect();
    if hashes.len() > SAMPLE {
        hashes.select_nth_unstable(SAMPLE);
        hashes.truncate(SAMPLE);
    }
    hashes
}

/// Returns what each position varies with.
pub(super) fn varies(group: &[Member]) -> Vec<Varies> {
    let Some(first) = group.first() else {
        return Vec::new();
    };
    let kind = |at: usize| first.pieces.get(at).map(|piece| piece.kind);
    let is_varying = |at: usize| {
        let text = |member: &Member| member.pieces.get(at).map(|piece| piece.text.clone());
        kind(at) != Some(Kind::Noise) && group.iter().any(|member| text(member) != text(first))
    };
    let varying: Vec<usize> = (0..first.pieces.len()).filter(|&at| is_varying(at)).collect();
    // Marks and timestamps may differ in every file, so no two files would have the rest in common.
    let values = |at: usize| {
        let texts: FxHashSet<&str> = group
            .iter()
            .filter_map(|member| member.pieces.get(at))
            .map(|piece| piece.text.as_str())
            .collect();
        texts.len()
    };
    let named: Vec<usize> = varying
        .iter()
        .copied()
        .filter(|&at| kind(at) != Some(Kind::Mark) && values(at) * 10 < group.len() * 9)
        .collect();
    let mut found = vec![Varies::Unknown; first.pieces.len()];
    for &at in &varying {
        let others: Vec<usize> = named.iter().copied().filter(|&other| other != at).collect();
        set(&mut found, at, compare(group, at, &others));
    }
    // Parts that vary only together with others: compare without those.
    let of = |found: &[Varies], kind: Varies| -> Vec<usize> {
        varying.iter().copied().filter(|&at| found.get(at) == Some(&kind)).collect()
    };
    let runs = of(&found, Varies::WithRuns);
    for at in of(&found, Varies::Unknown) {
        set(&mut found, at, compare(group, at, &runs));
    }
    found
}

/// Returns what a value of each file varies with, such as its host.
pub(super) fn value_varies<'a>(files: impl Iterator<Item = (&'a str, &'a [TestId])>) -> Varies {
    let member = |(value, tests): (&str, &'a [TestId])| {
        let (text, whole) = (value.to_owned(), String::new());
        let piece = Piece { text, whole, kind: Kind::Name, source: Source::Hostname };
        Member { path: "", pieces: vec![piece], attempt: 0, tests: sample(&[tests]) }
    };
    varies(&files.map(member).collect::<Vec<_>>()).first().copied().unwrap_or(Varies::Unknown)
}

fn set(found: &mut [Varies], at: usize, varies: Varies) {
    if let Some(found) = found.get_mut(at) {
        *found = varies;
    }
}

/// Compares the tests of files that agree in the positions `others` and differ in the position `at`.
fn compare(group: &[Member], at: usize, others: &[usize]) -> Varies {
    // Numbers of tests: by context and value, and by context.
    let mut of_value: FxHashMap<(u64, u64), u64> = FxHashMap::default();
    let mut of_context: FxHashMap<u64, u64> = FxHashMap::default();
    let mut seen: FxHashSet<(u64, u64, u32)> = FxHashSet::default();
    let mut seen_in_context: FxHashSet<(u64, u32)> = FxHashSet::default();
    for member in group.iter().filter(|member| member.attempt == 0) {
        let context = hash(&mut others.iter().filter_map(|&other| member.pieces.get(other)));
        let value = hash(&mut member.pieces.get(at).into_iter());
        for &test in &member.tests {
            if seen.insert((context, value, test)) {
                *of_value.entry((context, value)).or_default() += 1;
            }
            if seen_in_context.insert((context, test)) {
                *of_context.entry(context).or_default() += 1;
            }
        }
    }
    let mut most: FxHashMap<u64, u64> = FxHashMap::default();
    let mut total = 0;
    for (&(context, _), &tests) in &of_value {
        total += tests;
        let most = most.entry(context).or_default();
        *most = tests.max(*most);
    }
    let repeated = total - of_context.values().sum::<u64>();
    let repeatable = total - most.values().sum::<u64>();
    match repeatable {
        0 => Varies::Unknown,
        // Some tests are for one DUT or build only, and some names occur in several shares.
        _ if repeated * 3 > repeatable => Varies::WithRuns,
        _ => Varies::WithShares,
    }
}

fn hash(pieces: &mut dyn Iterator<Item = &Piece>) -> u64 {
    let mut hasher = FxHasher::default();
    for piece in pieces {
        piece.text.hash(&mut hasher);
    }
    hasher.finish()
}
