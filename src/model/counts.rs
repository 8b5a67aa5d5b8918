//! Counts of a set of results.

use super::{Flags, Outcome};
use serde::{Deserialize, Serialize};

/// The number of results per outcome, and their total duration.
///
/// Σ outcomes = results, always: only [`Counts::add`] counts a result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Counts {
    by_outcome: [u32; 8],
    /// Results whose attempts disagree.
    pub flaky: u32,
    /// Failing results that a known issue covers. They count as failing, too.
    pub known: u32,
    /// Test time: the sum of the known durations, in seconds; `None` if none is
    /// known.
    pub duration_s: Option<f64>,
}

impl Counts {
    /// Counts one result. An unknown duration is NaN.
    pub fn add(&mut self, outcome: Outcome, flags: Flags, duration_s: f64) {
        self.by_outcome[outcome as usize] += 1;
        self.flaky += u32::from(flags.is_flaky());
        self.known += u32::from(flags.is_known() && outcome.is_failing());
        self.duration_s = sum(self.duration_s, Some(duration_s).filter(|seconds| seconds.is_finite()));
    }

    /// Adds the figures of another set.
    pub fn merge(&mut self, other: &Counts) {
        for (mine, theirs) in self.by_outcome.iter_mut().zip(other.by_outcome) {
            *mine += theirs;
        }
        self.flaky += other.flaky;
        self.known += other.known;
        self.duration_s = sum(self.duration_s, other.duration_s);
    }

    /// Returns the number of results with this outcome.
    pub fn of(&self, outcome: Outcome) -> u32 {
        self.by_outcome[outcome as usize]
    }

    /// Returns the number of results.
    pub fn results(&self) -> u32 {
        self.by_outcome.iter().sum()
    }

    /// Returns passed + failed + error + xfailed + xpassed.
    pub fn executed(&self) -> u32 {
        self.sum_of(Outcome::is_executed)
    }

    fn sum_of(&self, is_meant: fn(Outcome) -> bool) -> u32 {
        Outcome::ALL.into_iter().filter(|&outcome| is_meant(outcome)).map(|outcome| self.of(outcome)).sum()
    }

    /// Returns failed + error.
    pub fn failing(&self) -> u32 {
        self.sum_of(Outcome::is_failing)
    }

    /// Returns passed / (passed + failed + error), a share from 0 to 1, or `None`
    /// if there is no such result: then the rate is neither 0 % nor 100 %.
    pub fn pass_rate(&self) -> Option<f64> {
        let passed = self.of(Outcome::Passed);
        let judged = passed + self.failing();
        (judged > 0).then(|| f64::from(passed) / f64::from(judged))
    }

    /// Returns the worst outcome that occurs.
    pub fn worst(&self) -> Option<Outcome> {
        Outcome::ALL.into_iter().filter(|&outcome| self.of(outcome) > 0).max()
    }
}

/// Adds durations in seconds. Unknown ones add nothing, and the sum is always finite.
fn sum(a: Option<f64>, b: Option<f64>) -> Option<f64> {
    match (a, b) {
        (Some(a), Some(b)) => Some((a + b).min(f64::MAX)),
        (a, b) => a.or(b),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_verdicts_there_is_no_rate() {
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
        assert_eq!(counts.duration_s, Some(1.5));
    }

    #[test]
    fn a_sum_of_unknown_durations_is_unknown() {
        let with = |durations: &[f64]| {
            let mut counts = Counts::default();
            durations.iter().for_each(|&seconds| counts.add(Outcome::Passed, Flags::default(), seconds));
            counts
        };
        assert_eq!(with(&[]).duration_s, None);
        assert_eq!(with(&[f64::NAN, f64::NAN]).duration_s, None);
        assert_eq!(with(&[0.0, f64::NAN]).duration_s, Some(0.0));
        assert_eq!(with(&[f64::NAN, 1.5]).duration_s, Some(1.5));
        let mut all = with(&[f64::NAN]);
        all.merge(&with(&[f64::NAN]));
        assert_eq!(all.duration_s, None);
        all.merge(&with(&[2.0]));
        all.merge(&with(&[f64::NAN]));
        assert_eq!(all.duration_s, Some(2.0));
        all.merge(&with(&[f64::MAX, f64::MAX]));
        assert_eq!(all.duration_s, Some(f64::MAX));
    }
}
