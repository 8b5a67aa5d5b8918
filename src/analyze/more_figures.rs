//! More figures about the state of a product and of its tests, each with its formula and what it is good for.
//!
//! A verdict is passed or failing (failed or error). Other outcomes have none, so a skipped test interrupts
//! nothing. Sessions of a DUT are in their order in time.

use super::index::Index;
use super::statistics::median_of;
use crate::model::{Dataset, DutId, Outcome, ResultId, SessionId, Timestamp};
use serde::{Deserialize, Serialize};

/// What a figure is measured in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FigureUnit {
    /// A part of a whole, from 0 to 1.
    Share,
    /// Days of 24 hours.
    Days,
    /// Tests per minute.
    PerMinute,
}

/// A figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum FigureKind {
    /// The pass rate now.
    PassRate,
    /// The pass rate now over the tests that every DUT executed.
    CommonPassRate,
    /// Executed tests of all known ones.
    Coverage,
    /// Verdicts that are as in the session before.
    Stability,
    /// The median age of today's failures.
    MedianFailureAge,
    /// The age of the oldest of today's failures.
    OldestFailureAge,
    /// Failing tests that fail on one DUT only.
    OneDutFailures,
    /// Executed results whose attempts disagree.
    FlakeRate,
    /// The median time from a first failure to the next pass.
    TimeToGreen,
    /// Executed tests per minute of test time.
    TestSpeed,
    /// The time on a DUT per session with a regression.
    TimeBetweenRegressions,
}

/// What a figure is called and means.
struct Row {
    kind: FigureKind,
    key: &'static str,
    name: &'static str,
    unit: FigureUnit,
    formula: &'static str,
    rationale: &'static str,
}

/// All figures, in the order of the enum's variants.
const ROWS: [Row; 11] = [
    Row {
        kind: FigureKind::PassRate,
        key: "pass_rate",
        name: "Pass rate",
        unit: FigureUnit::Share,
        formula: "Passed / (passed + failed + error), in the latest session of each DUT",
        rationale: "The state of the product in one number",
    },
    Row {
        kind: FigureKind::CommonPassRate,
        key: "common_pass_rate",
        name: "Pass rate over common tests",
        unit: FigureUnit::Share,
        formula: "The same, over the tests that have a verdict on every DUT",
        rationale: "Compares DUTs fairly: a DUT that skips the hard tests does not look better",
    },
    Row {
        kind: FigureKind::Coverage,
        key: "coverage",
        name: "Coverage",
        unit: FigureUnit::Share,
        formula: "Executed results in the latest sessions / (tests in any latest session × DUTs)",
        rationale: "A high pass rate means little where few tests ran",
    },
    Row {
        kind: FigureKind::Stability,
        key: "stability",
        name: "Stability",
        unit: FigureUnit::Share,
        formula: "Verdicts equal to the one before of the same test on the same DUT / all verdicts that have one before",
        rationale: "Low where results flip: in an unstable product, or with tests that cannot be trusted",
    },
    Row {
        kind: FigureKind::MedianFailureAge,
        key: "median_failure_age_days",
        name: "Age of failures, median",
        unit: FigureUnit::Days,
        formula: "Median over the failures of the latest sessions: start of the latest session − start of the first session in a row that fails",
        rationale: "Grows where failures are tolerated instead of fixed",
    },
    Row {
        kind: FigureKind::OldestFailureAge,
        key: "oldest_failure_age_days",
        name: "Age of failures, oldest",
        unit: FigureUnit::Days,
        formula: "The greatest of these ages",
        rationale: "The failure that everybody has learned to ignore",
    },
    Row {
        kind: FigureKind::OneDutFailures,
        key: "one_dut_failures",
        name: "Failures on one DUT only",
        unit: FigureUnit::Share,
        formula: "Failing tests that fail on one DUT and pass on another / failing tests with a verdict on several DUTs",
        rationale: "Tells faults of a variant or a unit from faults of the product",
    },
    Row {
        kind: FigureKind::FlakeRate,
        key: "flake_rate",
        name: "Flake rate",
        unit: FigureUnit::Share,
        formula: "Flaky results / executed results, in all sessions",
        rationale: "How often a result needs a second look before anyone believes it",
    },
    Row {
        kind: FigureKind::TimeToGreen,
        key: "time_to_green_days",
        name: "Time to green",
        unit: FigureUnit::Days,
        formula: "Median over failures that ended: start of the session that passes again − start of the first one that failed",
        rationale: "How fast a regression is repaired",
    },
    Row {
        kind: FigureKind::TestSpeed,
        key: "tests_per_minute",
        name: "Tests per minute",
        unit: FigureUnit::PerMinute,
        formula: "Executed results with a known duration / the sum of these durations, in the latest sessions",
        rationale: "The efficiency of the test time: it drops when a few slow tests take over",
    },
    Row {
        kind: FigureKind::TimeBetweenRegressions,
        key: "days_between_regressions",
        name: "Time between regressions",
        unit: FigureUnit::Days,
        formula: "Days from the first to the latest session, summed over DUTs / sessions in which a test that passed before fails",
        rationale: "How long the product stays good; the mean time between failures of a product line",
    },
];

impl FigureKind {
    /// All figures, in the order of the variants.
    pub const ALL: [FigureKind; ROWS.len()] = {
        let mut all = [FigureKind::PassRate; ROWS.len()];
        let mut at = 0;
        while at < ROWS.len() {
            all[at] = ROWS[at].kind;
            assert!(ROWS[at].kind as usize == at, "rows are in the order of the variants");
            at += 1;
        }
        all
    };

    /// The key in the summary.
    pub fn key(self) -> &'static str {
        self.row().key
    }

    /// The name on the page.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// What it is measured in.
    pub fn unit(self) -> FigureUnit {
        self.row().unit
    }

    /// How it is computed, in words.
    pub fn formula(self) -> &'static str {
        self.row().formula
    }

    /// What it is good for.
    pub fn rationale(self) -> &'static str {
        self.row().rationale
    }

    fn row(self) -> &'static Row {
        &ROWS[self as usize]
    }
}

impl FigureUnit {
    /// The word in the summary.
    pub fn word(self) -> &'static str {
        match self {
            FigureUnit::Share => "share",
            FigureUnit::Days => "days",
            FigureUnit::PerMinute => "per minute",
        }
    }
}

/// A figure and its value.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct MoreFigure {
    /// Which figure.
    pub kind: FigureKind,
    /// The value; `None` without the data that it needs.
    pub value: Option<f64>,
}

/// Computes all figures, in the order of [`FigureKind::ALL`].
pub fn more_figures(data: &Dataset, index: &Index) -> Vec<MoreFigure> {
    let now = Now::new(data, index);
    let past = Past::new(data, index);
    let value = |kind| match kind {
        FigureKind::PassRate => share(now.passed, now.passed + now.failing),
        FigureKind::CommonPassRate => share(now.common[0], now.common[0] + now.common[1]),
        FigureKind::Coverage => {
            share(now.executed, u64::from(index.tests_now) * index.results.latest_sessions.len() as u64)
        }
        FigureKind::Stability => share(past.equal, past.pairs),
        FigureKind::MedianFailureAge => median_of(now.ages_days.clone()),
        FigureKind::OldestFailureAge => now.ages_days.iter().copied().reduce(f64::max),
        FigureKind::OneDutFailures => share(now.on_one_dut, now.comparable),
        FigureKind::FlakeRate => share(past.flaky, past.executed),
        FigureKind::TimeToGreen => median_of(past.repairs_days.clone()),
        FigureKind::TestSpeed => {
            (now.timed_s > 0.0).then(|| now.timed as f64 / (now.timed_s / SECONDS_PER_MINUTE))
        }
        FigureKind::TimeBetweenRegressions => {
            (past.regressed > 0).then(|| past.span_days / past.regressed as f64)
        }
    };
    FigureKind::ALL.into_iter().map(|kind| MoreFigure { kind, value: value(kind) }).collect()
}

const SECONDS_PER_MINUTE: f64 = 60.0;

/// What the latest sessions say.
#[derive(Default)]
struct Now {
    passed: u64,
    failing: u64,
    /// Passed and failing results of tests that have a verdict on every DUT.
    common: [u64; 2],
    executed: u64,
    /// Executed results with a duration, and the sum of these in seconds.
    timed: u64,
    timed_s: f64,
    /// Failing tests with a verdict on several DUTs, and those of them that fail on one only.
    comparable: u64,
    on_one_dut: u64,
    /// By failing result with known starts.
    ages_days: Vec<f64>,
}

impl Now {
    fn new(data: &Dataset, index: &Index) -> Now {
        let mut now = Now::default();
        let duts = index.results.latest_sessions.len() as u64;
        for test in data.tests.ids() {
            let [mut passed, mut failing] = [0, 0];
            for (session, result) in index.results.latest(test) {
                let outcome = data.outcome(result);
                passed += u64::from(outcome == Outcome::Passed);
                failing += u64::from(outcome.is_failing());
                if outcome.is_executed() {
                    now.executed += 1;
                    let seconds = data.results.duration_s[result.index()];
                    if seconds.is_finite() {
                        now.timed += 1;
                        now.timed_s += seconds;
                    }
                }
                if outcome.is_failing() {
                    let since = index.streak(data, test, session).since;
                    now.ages_days.extend(days_between(data, since, session));
                }
            }
            now.passed += passed;
            now.failing += failing;
            if passed + failing == duts {
                now.common[0] += passed;
                now.common[1] += failing;
            }
            if failing > 0 && passed + failing > 1 {
                now.comparable += 1;
                now.on_one_dut += u64::from(failing == 1 && passed > 0);
            }
        }
        now
    }
}

/// What all sessions say.
#[derive(Default)]
struct Past {
    executed: u64,
    flaky: u64,
    /// Verdicts that have one before, and those of them that are equal to it.
    pairs: u64,
    equal: u64,
    /// By failure that ended, with known starts.
    repairs_days: Vec<f64>,
    /// Days from the first to the latest session, summed over DUTs.
    span_days: f64,
    /// Sessions in which a test fails that passed before.
    regressed: u64,
}

impl Past {
    fn new(data: &Dataset, index: &Index) -> Past {
        let mut past = Past::default();
        let mut has_regression = vec![false; data.history.sessions.len()];
        for test in data.tests.ids() {
            past.add(data, index.results.all(test), &mut has_regression);
        }
        past.regressed = has_regression.into_iter().filter(|&has| has).count() as u64;
        let spans = data.history.duts.iter().filter_map(|dut| {
            let mut started = dut.sessions.iter().filter(|&&id| data.history.session(id).started.is_some());
            days_between(data, *started.next()?, *started.next_back()?)
        });
        past.span_days = spans.sum();
        past
    }

    /// Adds the results of a test, by DUT and time.
    fn add(&mut self, data: &Dataset, results: &[(SessionId, ResultId)], has_regression: &mut [bool]) {
        // The last verdict of the DUT, and the session in which its failure began.
        let mut before: Option<(DutId, bool, SessionId)> = None;
        for &(session, result) in results {
            let outcome = data.outcome(result);
            self.executed += u64::from(outcome.is_executed());
            self.flaky += u64::from(data.is_flaky(result));
            let fails = outcome.is_failing();
            if !fails && outcome != Outcome::Passed {
                continue;
            }
            let dut = data.history.session(session).dut;
            let since = match before.filter(|(have, ..)| *have == dut) {
                None => session,
                Some((_, failed, since)) => {
                    self.pairs += 1;
                    self.equal += u64::from(failed == fails);
                    has_regression[session.index()] |= fails && !failed;
                    if failed && !fails {
                        self.repairs_days.extend(days_between(data, since, session));
                    }
                    if failed == fails { since } else { session }
                }
            };
            before = Some((dut, fails, since));
        }
    }
}

fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// Days from the start of one session to that of another; `None` if one is unknown, or for a clock that ran
/// backwards.
fn days_between(data: &Dataset, from: SessionId, to: SessionId) -> Option<f64> {
    const MS_PER_DAY: f64 = 24.0 * 60.0 * 60.0 * 1000.0;
    let started = |id| data.history.session(id).started;
    let Timestamp { unix_ms: from, .. } = started(from)?;
    let Timestamp { unix_ms: to, .. } = started(to)?;
    (to >= from).then(|| (to - from) as f64 / MS_PER_DAY)
}
