//! Groups of rows: ranges of tests that have the same scope.

use crate::analyze::index::Index;
use crate::model::{Dataset, TestId};
use std::ops::Range;

/// Splits tests that are sorted by scope into one range per scope.
pub fn by_scope(data: &Dataset, tests: &[TestId]) -> Vec<Range<u32>> {
    let mut groups: Vec<Range<u32>> = Vec::new();
    let mut last = None;
    for (at, &test) in (0_u32..).zip(tests) {
        let scope = Some(data.tests.scope_of(test));
        match groups.last_mut().filter(|_| scope == last) {
            Some(group) => group.end = at + 1,
            None => groups.push(at..at + 1),
        }
        last = scope;
    }
    groups
}

/// Sorts groups, and the tests within each: the most urgent first.
pub fn most_urgent_first(
    index: &Index,
    rows: &[TestId],
    groups: &[Range<u32>],
) -> (Vec<TestId>, Vec<Range<u32>>) {
    let tests = |group: &Range<u32>| &rows[group.start as usize..group.end as usize];
    let urgency = |group: &&Range<u32>| {
        let most_urgent = tests(group).iter().map(|&test| index.status(test).attention).min();
        (most_urgent, u32::MAX - failing(index, tests(group)))
    };
    let mut order: Vec<&Range<u32>> = groups.iter().collect();
    order.sort_by_cached_key(urgency);
    let mut sorted: Vec<TestId> = Vec::with_capacity(rows.len());
    let mut ranges = Vec::with_capacity(groups.len());
    for group in order {
        let start = sorted.len();
        index.most_urgent_first(tests(group), &mut sorted);
        ranges.push(start as u32..sorted.len() as u32);
    }
    (sorted, ranges)
}

/// How many of the tests fail on at least one DUT.
pub fn failing(index: &Index, tests: &[TestId]) -> u32 {
    tests.iter().filter(|&&test| index.status(test).failing > 0).count() as u32
}
