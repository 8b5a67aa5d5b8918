//! Equal names in files of one session: tests of their own, numbered in the order of the files.

use super::parts::is_attempt;
use crate::model::{Dataset, Identity, Overlap, PartId, Renamed, ResultId, ScopeId, Session, TestId};
use rustc_hash::{FxHashMap, FxHashSet};

/// Numbers results whose name an earlier file of the session has: `name #2`. Attempts and repeats
/// keep their names, and so do parts with a leader, whose results do not count.
pub fn number(data: &mut Dataset, identities: &[Identity], leaders: &[Option<PartId>], sessions: &[Session]) {
    let mut renamed = Vec::new();
    for session in sessions.iter().filter(|session| session.has_equal_names) {
        let keeps_names = |part: PartId| {
            is_attempt(data, identities, part)
                || session.overlap == Overlap::Repeats && data.part(part).draft.has_repeats_elsewhere
        };
        let parts = session.parts.iter().copied().filter(|part| leaders[part.index()].is_none());
        let parts: Vec<(PartId, bool)> = parts.map(|part| (part, keeps_names(part))).collect();
        number_session(data, &parts, &mut renamed);
    }
    data.results.rename(renamed);
}

/// Numbers the results of a session's parts, except for parts that keep their names.
fn number_session(data: &mut Dataset, parts: &[(PartId, bool)], renamed: &mut Vec<Renamed>) {
    let tests =
        |(part, _): &(PartId, bool)| data.part(*part).rows.clone().map(|row| data.test_of(ResultId(row)));
    // The names that files give; a number never takes one of them.
    let mut taken: FxHashSet<TestId> = parts.iter().flat_map(tests).collect();
    let mut seen: FxHashSet<TestId> = FxHashSet::default();
    let mut failed: FxHashSet<TestId> = FxHashSet::default();
    // By scope and name without a number: the last number.
    let mut numbers: FxHashMap<(ScopeId, String), u32> = FxHashMap::default();
    for &(part, keeps_names) in parts {
        for result in data.part(part).rows.clone().map(ResultId) {
            let named = data.test_of(result);
            let is_first = seen.insert(named);
            let after_failure = failed.contains(&named);
            if data.outcome(result).is_failing() {
                failed.insert(named);
            }
            if is_first || keeps_names {
                continue;
            }
            let scope = data.tests.scope_of(named);
            let base = unnumbered(data, named, &taken).to_owned();
            let number = numbers.entry((scope, base.clone())).or_insert(1);
            loop {
                *number = number.saturating_add(1);
                let test = data.tests.test(scope, &format!("{base} #{number}"));
                if taken.insert(test) {
                    seen.insert(test);
                    renamed.push(Renamed { result, named, test, after_failure, is_spelling: false });
                    break;
                }
            }
        }
    }
}

/// Returns the name of a test without the number that its own file gave it: `x` for `x #2`, if the
/// session has `x`, too.
fn unnumbered<'a>(data: &'a Dataset, test: TestId, taken: &FxHashSet<TestId>) -> &'a str {
    let name = data.tests.name(test);
    let Some((base, number)) = name.rsplit_once(" #") else {
        return name;
    };
    let is_number = number.bytes().all(|byte| byte.is_ascii_digit()) && !number.is_empty();
    let first = data.tests.find(data.tests.scope_text(data.tests.scope_of(test)), base);
    if is_number && first.is_some_and(|first| taken.contains(&first)) { base } else { name }
}
