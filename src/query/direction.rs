//! Directions: whether higher or lower values of a metric are better.

use crate::text::order::Order;
use serde::{Deserialize, Serialize};

/// Which values of a metric are better.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Better {
    /// Less is better: time, size, power.
    Lower,
    /// More is better: a score, a throughput.
    Higher,
    /// Neither: a shift is only a change.
    #[default]
    Neither,
}

/// Units of which less is better.
const LESS: [&str; 22] = [
    "ns",
    "µs",
    "us",
    "ms",
    "s",
    "min",
    "h",
    "seconds",
    "ns/op",
    "B/op",
    "allocs/op",
    "bytes",
    "byte",
    "B",
    "kB",
    "KB",
    "KiB",
    "MB",
    "MiB",
    "GB",
    "cycles",
    "ns/iter",
];

/// Words in units and names of which more is better. These come first: `ops` of a benchmark, `MB/s`.
const MORE_WORDS: [&str; 9] =
    ["score", "throughput", "bandwidth", "ops", "fps", "rate", "snr", "accuracy", "hits"];

/// Words in names of which less is better.
const LESS_WORDS: [&str; 20] = [
    "time",
    "duration",
    "latency",
    "delay",
    "jitter",
    "rtt",
    "power",
    "current",
    "size",
    "memory",
    "ram",
    "rom",
    "loss",
    "lost",
    "errors",
    "cycles",
    "nanoseconds",
    "retries",
    "overhead",
    "noise",
];

impl Better {
    /// All, in the order of a button that steps through them.
    pub const ALL: [Better; 3] = [Better::Lower, Better::Higher, Better::Neither];

    /// Returns what is usual for this name and unit.
    pub fn usual(name: &str, unit: &str) -> Better {
        let is_rate = unit.ends_with("/s") || unit.ends_with("bit/s");
        let name = name.to_ascii_lowercase();
        let has =
            |words: &[&str]| name.split(|c: char| !c.is_alphanumeric()).any(|word| words.contains(&word));
        if is_rate || has(&MORE_WORDS) || MORE_WORDS.contains(&unit) {
            Better::Higher
        } else if LESS.contains(&unit) || has(&LESS_WORDS) {
            Better::Lower
        } else {
            Better::Neither
        }
    }

    /// Returns the name that people see.
    pub fn words(self) -> &'static str {
        match self {
            Better::Lower => "lower is better",
            Better::Higher => "higher is better",
            Better::Neither => "no direction",
        }
    }

    /// Returns what a rise is called, and what a fall is called.
    pub fn changes(self) -> [&'static str; 2] {
        match self {
            Better::Lower => ["worse", "better"],
            Better::Higher => ["better", "worse"],
            Better::Neither => ["higher", "lower"],
        }
    }

    /// Returns the same at the beginning of a sentence.
    pub fn sentences(self) -> [&'static str; 2] {
        match self {
            Better::Lower => ["Worse", "Better"],
            Better::Higher => ["Better", "Worse"],
            Better::Neither => ["Higher", "Lower"],
        }
    }

    /// Returns whether a rise, or a fall, is for the worse.
    pub fn is_worse(self, is_rise: bool) -> bool {
        match self {
            Better::Lower => is_rise,
            Better::Higher => !is_rise,
            Better::Neither => false,
        }
    }

    /// Returns the next one.
    pub fn next(self) -> Better {
        Better::ALL[(self as usize + 1) % Better::ALL.len()]
    }
}

/// The directions that a person chose, by the names of metrics.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Directions {
    chosen: Vec<(String, Better)>,
}

impl Directions {
    /// Returns the direction of a metric: the chosen one, else the usual one.
    pub fn of(&self, name: &str, unit: &str) -> Better {
        let chosen = self.chosen.iter().find(|(have, _)| have == name);
        chosen.map_or_else(|| Better::usual(name, unit), |(_, better)| *better)
    }

    /// Chooses a direction.
    pub fn set(&mut self, name: &str, better: Better) {
        self.chosen.retain(|(have, _)| have != name);
        self.chosen.push((name.to_owned(), better));
        self.chosen.order_by(|(a, x), (b, y)| x.cmp(y).then_with(|| a.cmp(b)));
    }

    /// Returns the metrics with a chosen direction.
    pub fn names(&self, better: Better) -> Vec<String> {
        self.chosen.iter().filter(|(_, have)| *have == better).map(|(name, _)| name.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_directions() {
        for (name, unit, expected) in [
            ("time", "µs", Better::Lower),
            ("score", "", Better::Higher),
            ("used_rom", "bytes", Better::Lower),
            ("ops", "", Better::Higher),
            ("read", "MB/s", Better::Higher),
            ("BenchmarkX", "ns/op", Better::Lower),
            ("power_mw", "mW", Better::Lower),
            ("supply_voltage", "V", Better::Neither),
            ("timed_out_things", "", Better::Neither),
        ] {
            assert_eq!(Better::usual(name, unit), expected, "{name} {unit}");
        }
    }

    #[test]
    fn a_chosen_direction_comes_first() {
        let mut directions = Directions::default();
        assert_eq!(directions.of("gain", "dB"), Better::Neither);
        directions.set("gain", Better::Higher);
        directions.set("time", Better::Neither);
        assert_eq!(
            (directions.of("gain", "dB"), directions.of("time", "s")),
            (Better::Higher, Better::Neither)
        );
        directions.set("gain", Better::Lower);
        assert_eq!(
            (directions.names(Better::Lower), directions.names(Better::Higher)),
            (vec!["gain".to_owned()], vec![])
        );
        assert_eq!(Better::Neither.next(), Better::Lower);
    }
}
