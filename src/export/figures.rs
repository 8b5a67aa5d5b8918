//! The thirteen figures of a set of results.

use super::number::Number;
use crate::model::{Counts, Outcome};
use serde::Serialize;

/// Counts, pass rate and test time, in the order of the summary. In CSV each is
/// a column.
#[derive(Default, Serialize)]
pub struct Figures {
    results: u32,
    executed: u32,
    passed: u32,
    failed: u32,
    error: u32,
    skipped: u32,
    xfailed: u32,
    xpassed: u32,
    not_run: u32,
    unknown: u32,
    flaky: u32,
    /// A share from 0 to 1; `None` if there are no verdicts.
    pass_rate: Option<Number>,
    duration_s: Option<Number>,
}

impl From<&Counts> for Figures {
    fn from(counts: &Counts) -> Figures {
        Figures {
            results: counts.results(),
            executed: counts.executed(),
            passed: counts.of(Outcome::Passed),
            failed: counts.of(Outcome::Failed),
            error: counts.of(Outcome::Error),
            skipped: counts.of(Outcome::Skipped),
            xfailed: counts.of(Outcome::XFailed),
            xpassed: counts.of(Outcome::XPassed),
            not_run: counts.of(Outcome::NotRun),
            unknown: counts.of(Outcome::Unknown),
            flaky: counts.flaky,
            pass_rate: Number::new(counts.pass_rate()),
            duration_s: Number::new(counts.duration_s),
        }
    }
}
