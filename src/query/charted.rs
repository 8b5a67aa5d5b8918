//! What charts over tests show: which test, and how.

use super::SessionKey;
use serde::{Deserialize, Serialize};

/// A test. Names, not ids: a link outlives the ids.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TestKey {
    /// Suite and class, as one text.
    pub scope: String,
    /// Its name with parameters.
    pub name: String,
}

/// A chart of the views Timing and Metrics.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ChartKind {
    /// Over builds, a line per DUT.
    #[default]
    Trend,
    /// The distribution per DUT.
    Duts,
    /// One session: when each test ran, by worker.
    Session,
}

impl ChartKind {
    /// All charts, with their words in the query string and the names that people see.
    pub const ALL: [(ChartKind, &'static str, &'static str); 3] = [
        (ChartKind::Trend, "", "Trend"),
        (ChartKind::Duts, "duts", "Per DUT"),
        (ChartKind::Session, "session", "One session"),
    ];

    /// Returns the word in the query string; "" for the default.
    pub fn key(self) -> &'static str {
        ChartKind::ALL[self as usize].1
    }

    /// Returns the chart with this word in the query string.
    pub fn from_key(key: &str) -> ChartKind {
        ChartKind::ALL
            .into_iter()
            .find(|(_, have, _)| *have == key)
            .map_or(ChartKind::default(), |(kind, ..)| kind)
    }
}

/// What the chart of a view shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Charted {
    /// Which chart.
    pub kind: ChartKind,
    /// The test; `None` for the one that changed most.
    pub test: Option<TestKey>,
    /// The name of the metric of this test.
    pub metric: String,
    /// The session; `None` for the latest one with start times.
    pub session: Option<SessionKey>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_leads_to_its_chart() {
        for (at, (kind, key, _)) in ChartKind::ALL.into_iter().enumerate() {
            assert_eq!((kind as usize, ChartKind::from_key(key), kind.key()), (at, kind, key));
        }
        assert_eq!(ChartKind::from_key("pie"), ChartKind::Trend);
    }
}
