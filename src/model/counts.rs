//! Counts: the figures of a set of results.

use super::{Flags, Outcome};
use serde::{Deserialize, Serialize};

/// How many results of each outcome, and what they took together.
///
/// Σ outcomes = results, always: a result is counted by [`Counts::add`] only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Counts {
    by_outcome: [u32; 8],
    /// Results whose attempts disagree.
    pub flaky: u32,
    /// Test time: the sum of the durations, in seconds.
    pub duration_s: f64,
}

impl Counts {
    /// Counts one result. A duration that is unknown is NaN, and adds nothing.
    pub fn add(&mut self, outcome: Outcome, flags: Flags, duration_s: f64) {
        self.by_outcome[outcome as usize] += 1;
        self.flaky += u32::from(flags.is_flaky());
        if duration_s.is_finite() {
            self.duration_s = sum(self.duration_s, duration_s);
        }
    }

    /// Adds another set's figures.
    pub fn merge(&mut self, other: &Counts) {
        for (mine, theirs) in self.by_outcome.iter_mut().zip(other.by_outcome) {
            *mine += theirs;
        }
        self.flaky += other.flaky;
        self.duration_s = sum(self.duration_s, other.duration_s);
    }

    /// How many results have this outcome.
    pub fn of(&self, outcome: Outcome) -> u32 {
        self.by_outcome[outcome as usize]
    }

    /// How many results there are.
    pub fn results(&self) -> u32 {
        self.by_outcome.iter().sum()
    }

    /// passed + failed + error + xfailed + xpassed.
    pub fn executed(&self) -> u32 {
        Outcome::ALL.into_iter().filter(|outcome| outcome.is_executed()).map(|outcome| self.of(outcome)).sum()
    }

    /// failed + error.
    pub fn failing(&self) -> u32 {
        self.of(Outcome::Failed) + self.of(Outcome::Error)
    }

    /// passed / (passed + failed + error), or `None` where there is no such
    /// result: no rate is neither 0 % nor 100 %.
    pub fn pass_rate(&self) -> Option<f64> {
        let passed = self.of(Outcome::Passed);
        let judged = passed + self.failing();
        (judged > 0).then(|| f64::from(passed) / f64::from(judged))
    }

    /// The worst outcome that occurs.
    pub fn worst(&self) -> Option<Outcome> {
        Outcome::ALL.into_iter().filter(|&outcome| self.of(outcome) > 0).max()
    }
}

/// A number to six decimals: seconds to the microsecond.
///
/// Durations are kept like this, so that the sum of those that are shown is the
/// sum that is shown, and sums of binary fractions show no dust.
pub fn rounded(number: f64) -> f64 {
    let scaled = number * 1e6;
    if scaled.is_finite() { scaled.round() / 1e6 } else { number }
}

/// Two sums of durations together: never infinite, however mad a file's are.
fn sum(a: f64, b: f64) -> f64 {
    (a + b).min(f64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_judged_result_has_no_rate() {
        let mut counts = Counts::default();
        counts.add(Outcome::Skipped, Flags::default(), f64::NAN);
        assert_eq!(counts.pass_rate(), None);
        assert_eq!(counts.results(), 1);
        assert_eq!(counts.executed(), 0);
        counts.add(Outcome::XFailed, Flags::default(), 1.0);
        assert_eq!(counts.pass_rate(), None);
        assert_eq!(counts.executed(), 1);
        counts.add(Outcome::Passed, Flags::default(), 0.5);
        assert_eq!(counts.pass_rate(), Some(1.0));
        assert_eq!(counts.duration_s, 1.5);
    }
}
