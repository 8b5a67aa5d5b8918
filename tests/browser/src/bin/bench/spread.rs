//! Several measurements of one thing.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Sorted, at least one.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Spread(Vec<f64>);

impl Spread {
    /// Of these figures.
    pub fn of(figures: impl Iterator<Item = f64>) -> Self {
        let mut figures: Vec<f64> = figures.collect();
        figures.sort_by(f64::total_cmp);
        Self(figures)
    }

    /// The middle one.
    pub fn median(&self) -> f64 {
        self.0.get(self.0.len() / 2).copied().unwrap_or(f64::NAN)
    }

    /// Least, median and most.
    pub fn summary(&self) -> [f64; 3] {
        [self.least(), self.median(), self.most()]
    }

    fn least(&self) -> f64 {
        self.0.first().copied().unwrap_or(f64::NAN)
    }

    fn most(&self) -> f64 {
        self.0.last().copied().unwrap_or(f64::NAN)
    }

    /// Megabytes a second, if these are milliseconds for so many megabytes.
    pub fn rate(&self, megabytes: f64) -> Self {
        Self::of(self.0.iter().map(|ms| megabytes / ms * 1000.0))
    }

    /// This over the other: least over most, median over median, most over least.
    pub fn ratio(&self, other: &Self) -> Self {
        if self.0.len() == 1 && other.0.len() == 1 {
            return Self(vec![self.median() / other.median()]);
        }
        Self(vec![self.least() / other.most(), self.median() / other.median(), self.most() / other.least()])
    }
}

impl fmt::Display for Spread {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = if self.most().abs() < 10.0 {
            2
        } else if self.most() < 100.0 {
            1
        } else {
            0
        };
        if self.0.len() == 1 {
            return write!(formatter, "{:.digits$}", self.median());
        }
        write!(formatter, "{:.digits$} / {:.digits$} / {:.digits$}", self.least(), self.median(), self.most())
    }
}
