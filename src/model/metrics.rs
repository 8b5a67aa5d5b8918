//! Metrics: numbers that tests measured, as columns.

use super::{ResultId, StrId};
use rustc_hash::FxHashMap;

/// What was measured: a name and a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MetricKind {
    /// Its name: `supply_voltage`.
    pub name: StrId,
    /// Its unit: `V`; 0 for none.
    pub unit: StrId,
}

/// A number that a result has.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measured {
    /// The result.
    pub result: ResultId,
    /// Index of [`Metrics::kinds`].
    pub kind: u32,
    /// A finite number.
    pub value: f64,
    /// The lower limit; NaN for none.
    pub lower: f64,
    /// The upper limit; NaN for none.
    pub upper: f64,
}

/// All numbers that results have.
#[derive(Clone, Debug, Default)]
pub struct Metrics {
    kinds: Vec<MetricKind>,
    known: FxHashMap<MetricKind, u32>,
    /// By ascending result, then in the order of the file.
    rows: Vec<Measured>,
}

impl Metrics {
    /// Finds or adds a kind.
    pub fn kind(&mut self, kind: MetricKind) -> u32 {
        let next = self.kinds.len() as u32;
        let id = *self.known.entry(kind).or_insert(next);
        if id == next {
            self.kinds.push(kind);
        }
        id
    }

    /// All that was measured.
    pub fn kinds(&self) -> &[MetricKind] {
        &self.kinds
    }

    /// What the metric with this index is.
    pub fn of(&self, kind: u32) -> MetricKind {
        self.kinds[kind as usize]
    }

    /// Adds numbers of results that come after all before.
    pub fn add(&mut self, mut rows: Vec<Measured>) {
        rows.sort_by_key(|row| row.result);
        self.rows.append(&mut rows);
    }

    /// The numbers of a result. Several entries of a result may have the same metric.
    pub fn of_result(&self, result: ResultId) -> &[Measured] {
        let from = self.rows.partition_point(|row| row.result < result);
        let to = from + self.rows[from..].partition_point(|row| row.result == result);
        &self.rows[from..to]
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}
