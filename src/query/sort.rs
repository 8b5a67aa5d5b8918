//! Sorting: by which column of a table, and which way.

use serde::{Deserialize, Serialize};

/// A column that a table is sorted by. A table that does not have the column
/// keeps its usual order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum By {
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
    /// Tests: median duration; sessions: test time.
    Time,
    /// Tests: longest duration.
    MaxTime,
    /// Tests: most attempts.
    Attempts,
    /// Tests: in how many sessions it has a result.
    Sessions,
    /// Sessions: DUT.
    Dut,
    /// Sessions: specimen.
    Unit,
    /// Sessions: build.
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
    /// Sessions: how many were skipped.
    Skipped,
    /// Sessions: pass rate.
    Rate,
    /// Sessions: format.
    Format,
    /// Sessions: first file.
    File,
}

impl By {
    /// All, with their words in the query string.
    pub const KEYS: [(By, &'static str); 23] = [
        (By::Name, "name"),
        (By::Suite, "suite"),
        (By::Class, "class"),
        (By::Outcome, "outcome"),
        (By::Failing, "failing"),
        (By::Flaky, "flaky"),
        (By::Time, "time"),
        (By::MaxTime, "max"),
        (By::Attempts, "attempts"),
        (By::Sessions, "sessions"),
        (By::Dut, "dut"),
        (By::Unit, "unit"),
        (By::Build, "build"),
        (By::Session, "session"),
        (By::Label, "label"),
        (By::Started, "started"),
        (By::Duration, "duration"),
        (By::Results, "results"),
        (By::Passed, "passed"),
        (By::Skipped, "skipped"),
        (By::Rate, "rate"),
        (By::Format, "format"),
        (By::File, "file"),
    ];

    /// The word in the query string.
    pub fn key(self) -> &'static str {
        By::KEYS[self as usize].1
    }
}

/// An order of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Sort {
    /// The column.
    pub by: By,
    /// The greatest first.
    pub descending: bool,
}

impl Sort {
    /// The order for a text of a query string: `time`, `-time`.
    pub fn from_key(key: &str) -> Option<Sort> {
        let ascending = key.strip_prefix('-');
        let word = ascending.unwrap_or(key);
        let (by, _) = By::KEYS.into_iter().find(|(_, key)| *key == word)?;
        Some(Sort { by, descending: ascending.is_some() })
    }

    /// The text in the query string.
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
        for (index, (by, key)) in By::KEYS.into_iter().enumerate() {
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
