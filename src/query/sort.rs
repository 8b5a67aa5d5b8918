//! Sort orders of tables.

use serde::{Deserialize, Serialize};

/// A column to sort by. A table without this column keeps its usual order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum SortKey {
    /// Tests: name.
    Name,
    /// Tests: suite path, then as usual.
    Suite,
    /// Tests: class.
    Class,
    /// Tests: the worst outcome, then how many DUTs have it.
    Outcome,
    /// Tests: on how many DUTs it fails; sessions: how many results fail.
    Failing,
    /// Tests: in how many sessions it was flaky; sessions: flaky results.
    Flaky,
    /// Tests: median duration; sessions: test time; flaky tests: time of repeats.
    Time,
    /// Tests: longest duration.
    MaxTime,
    /// Tests: most attempts.
    Attempts,
    /// Tests: in how many sessions it has a result.
    Sessions,
    /// Sessions: DUT.
    Dut,
    /// Sessions: unit.
    Unit,
    /// Sessions: build; flaky tests: flips between sessions of one build.
    Build,
    /// Sessions: id.
    Session,
    /// Sessions: label.
    Label,
    /// Sessions: start.
    Started,
    /// Sessions: from start to end.
    Duration,
    /// Sessions: how many results.
    Results,
    /// Sessions: how many passed.
    Passed,
    /// Sessions: how many are errors.
    Errors,
    /// Sessions: how many were skipped.
    Skipped,
    /// Sessions: pass rate.
    Rate,
    /// Sessions: format.
    Format,
    /// Sessions: first file.
    File,
    /// Clusters of failures: how many tests.
    Tests,
    /// Clusters of failures: the first session.
    FirstSeen,
    /// Clusters of failures: the last session.
    LastSeen,
    /// Clusters of failures: how many are known issues; known issues: what the results say.
    Known,
    /// Changes: the class; flaky tests: flips from session to session.
    Change,
    /// Changes: the p-value; flaky tests: the least likely share of sessions that disagree.
    Evidence,
    /// Timing: the median of the current durations.
    Median,
    /// Timing: the share of all test time.
    Share,
    /// Metrics: the name of the metric.
    Metric,
    /// Metrics: the current value.
    Value,
    /// Metrics: which values are better.
    Better,
    /// Metrics: how many values are outside of the limits.
    Limits,
}

impl SortKey {
    /// All columns with their words in the query string, in the order of the
    /// variants.
    pub const KEYS: [(SortKey, &'static str); 36] = [
        (SortKey::Name, "name"),
        (SortKey::Suite, "suite"),
        (SortKey::Class, "class"),
        (SortKey::Outcome, "outcome"),
        (SortKey::Failing, "failing"),
        (SortKey::Flaky, "flaky"),
        (SortKey::Time, "time"),
        (SortKey::MaxTime, "max"),
        (SortKey::Attempts, "attempts"),
        (SortKey::Sessions, "sessions"),
        (SortKey::Dut, "dut"),
        (SortKey::Unit, "unit"),
        (SortKey::Build, "build"),
        (SortKey::Session, "session"),
        (SortKey::Label, "label"),
        (SortKey::Started, "started"),
        (SortKey::Duration, "duration"),
        (SortKey::Results, "results"),
        (SortKey::Passed, "passed"),
        (SortKey::Errors, "errors"),
        (SortKey::Skipped, "skipped"),
        (SortKey::Rate, "rate"),
        (SortKey::Format, "format"),
        (SortKey::File, "file"),
        (SortKey::Tests, "tests"),
        (SortKey::FirstSeen, "first"),
        (SortKey::LastSeen, "last"),
        (SortKey::Known, "known"),
        (SortKey::Change, "change"),
        (SortKey::Evidence, "evidence"),
        (SortKey::Median, "median"),
        (SortKey::Share, "share"),
        (SortKey::Metric, "metric"),
        (SortKey::Value, "value"),
        (SortKey::Better, "better"),
        (SortKey::Limits, "limits"),
    ];

    /// Returns the word in the query string.
    pub fn key(self) -> &'static str {
        SortKey::KEYS[self as usize].1
    }
}

/// A sort order of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Sort {
    /// The column.
    pub by: SortKey,
    /// The greatest value is first.
    pub descending: bool,
}

impl Sort {
    /// Reads the text in a query string: `time`, `-time`.
    pub fn from_key(key: &str) -> Option<Sort> {
        let ascending = key.strip_prefix('-');
        let word = ascending.unwrap_or(key);
        let (by, _) = SortKey::KEYS.into_iter().find(|(_, key)| *key == word)?;
        Some(Sort { by, descending: ascending.is_some() })
    }

    /// Returns the text in the query string.
    pub fn key(self) -> String {
        let sign = if self.descending { "-" } else { "" };
        format!("{sign}{}", self.by.key())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_leads_back() {
        for (index, (by, key)) in SortKey::KEYS.into_iter().enumerate() {
            assert_eq!(by as usize, index);
            assert_eq!(by.key(), key);
            for descending in [false, true] {
                let sort = Sort { by, descending };
                assert_eq!(Sort::from_key(&sort.key()), Some(sort));
            }
        }
        assert_eq!(Sort::from_key("banana"), None);
        assert_eq!(Sort::from_key("-"), None);
    }
}
