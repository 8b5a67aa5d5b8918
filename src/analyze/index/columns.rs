//! Columns of the table of tests in which no test has anything to say.

use super::results::ResultsByTest;
use crate::model::Dataset;
use crate::query::SortKey;

/// What the results of the latest sessions have.
#[derive(Default)]
struct Found {
    failing: bool,
    reruns: bool,
    suites: bool,
    durations: bool,
    /// A test has several durations.
    several_durations: bool,
}

/// The columns that say nothing: no value in any row, always one attempt, DUTs of
/// failures where there is only one DUT, a history of one session.
pub fn empty_columns(data: &Dataset, results: &ResultsByTest) -> Vec<SortKey> {
    let found = find(data, results);
    let has_several_duts = results.latest_sessions.len() > 1;
    let columns = [
        (SortKey::Failing, has_several_duts && found.failing),
        (SortKey::Known, data.history.sessions.iter().any(|session| session.counts.known > 0)),
        (SortKey::Sessions, data.history.duts.iter().any(|dut| dut.sessions.len() > 1)),
        (SortKey::Time, found.durations),
        // The longest of one duration is the median.
        (SortKey::MaxTime, found.several_durations),
        (SortKey::Attempts, found.reruns || !data.history.repeats.is_empty()),
        (SortKey::Flaky, data.history.sessions.iter().any(|session| session.counts.flaky > 0)),
        (SortKey::Suite, found.suites),
    ];
    columns.into_iter().filter(|(_, says)| !says).map(|(column, _)| column).collect()
}

fn find(data: &Dataset, results: &ResultsByTest) -> Found {
    let mut found = Found::default();
    for test in data.tests.ids() {
        let mut durations = 0;
        for (_, result) in results.latest(test) {
            let outcome = data.outcome(result);
            found.failing |= outcome.is_failing();
            found.reruns |= data.results.attempts[result.index()] > 1;
            found.suites |= !data.tests.scope_text(data.tests.scope_of(test)).is_empty();
            let has_duration = data.results.duration_s[result.index()].is_finite();
            durations += u32::from(has_duration && outcome.is_executed());
        }
        found.durations |= durations > 0;
        found.several_durations |= durations > 1;
    }
    found
}
