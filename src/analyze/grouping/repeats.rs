//! Repeats: decides which of several results of a test in one session counts.

use super::report_files::common_results;
use crate::model::{
    Counts, Dataset, Flags, History, Overlap, PartId, RepeatRule, ResultId, Session, SessionId,
};
use crate::text::order::Order;

/// Decides which result counts if a session has several of one test, and updates
/// the counts of such sessions. Results of parts with a leader do not count.
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
                also_told.extend(common_results(data, leader, part));
            }
        }
        let leading = || session.parts.iter().filter(|part| leaders[part.index()].is_none());
        let rows = || leading().flat_map(|&part| data.part(part).rows.clone()).map(ResultId);
        // The first result of each test, and all results of tests that have several.
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
            let order = |result: &ResultId| history.identities[data.part_of(*result).index()].attempt;
            let counts = match session.overlap {
                Overlap::Repeats if group.iter().any(|result| order(result) != 0) => {
                    group.order_by_key(order);
                    group[group.len() - 1]
                }
                Overlap::Repeats if are_reruns(data, &group) => {
                    let start = |result: ResultId| data.part(data.part_of(result)).draft.started;
                    group.order_by_key(|&result| start(result));
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
                let verdict = data.outcome(counts);
                if group.iter().any(|&result| data.outcome(result).disagrees_with(verdict)) {
                    flaky.push(counts);
                }
            }
        }
        flaky.order();
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
    // A stable sort keeps the order of the repeats of one result.
    repeats.order_by_key(|&(counts, _)| counts);
    also_told.order();
    (history.covered, history.repeats, history.flaky) = (covered, repeats, flaky);
    history.also_told = also_told;
}

/// Whether all results are reruns in separate files, so that the last one counts.
fn are_reruns(data: &Dataset, group: &[ResultId]) -> bool {
    group.iter().all(|&result| data.part(data.part_of(result)).draft.repeats == RepeatRule::Last)
}

/// Returns the worst result, the first of equal ones.
fn worst(data: &Dataset, group: &[ResultId]) -> ResultId {
    let mut worst = group[0];
    for &result in group {
        if data.outcome(result) > data.outcome(worst) {
            worst = result;
        }
    }
    worst
}
