//! What a chart over builds shows.

use serde::{Deserialize, Serialize};

/// A figure of the sessions of a DUT with one build.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Measure {
    /// passed / (passed + failed + error).
    #[default]
    PassRate,
    /// How many results are failed or error.
    Failing,
    /// How many results there are.
    Results,
    /// The sum of the tests' durations.
    TestTime,
}

/// What a measure is called.
struct Row {
    measure: Measure,
    /// The word in the query string.
    key: &'static str,
    /// The name that people see.
    name: &'static str,
}

/// All measures, in the order of the enum's variants.
const ROWS: [Row; 4] = [
    Row { measure: Measure::PassRate, key: "rate", name: "Pass rate" },
    Row { measure: Measure::Failing, key: "failing", name: "Failing" },
    Row { measure: Measure::Results, key: "results", name: "Results" },
    Row { measure: Measure::TestTime, key: "time", name: "Test time" },
];

impl Measure {
    /// All measures, in the order of the variants.
    pub const ALL: [Measure; ROWS.len()] =
        [Measure::PassRate, Measure::Failing, Measure::Results, Measure::TestTime];

    /// Returns the word in the query string.
    pub fn key(self) -> &'static str {
        self.row().key
    }

    /// Returns the name that people see.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// Returns the measure with this word in the query string.
    pub fn from_key(key: &str) -> Option<Measure> {
        ROWS.iter().find(|row| row.key == key).map(|row| row.measure)
    }

    fn row(self) -> &'static Row {
        &ROWS[self as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_leads_to_its_measure() {
        for measure in Measure::ALL {
            assert_eq!(Measure::from_key(measure.key()), Some(measure));
        }
        assert_eq!(Measure::from_key("banana"), None);
    }
}
