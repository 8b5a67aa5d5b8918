//! The overview: are the latest results good, and what needs a look?
//!
//! [`overview`] puts together what the other files of this folder compute; they
//! do not know it.

mod dut_line;
mod failing_test;
mod failure_group;
mod headline;
mod problems;
mod strip;

pub use dut_line::DutLine;
pub use failing_test::{Before, DutMark, FailingTest, Since};
pub use failure_group::FailureGroup;
pub use headline::{Headline, HeadlinePart, Lead, Tone};
pub use problems::Problems;
pub use strip::{BuildStrip, StripCell, StripRow};

use super::index::Index;
use super::known_issues::{is_known, issue_lines};
use crate::model::{Counts, Dataset, FileStatus, Outcome, SessionId, SessionOrder};
use crate::text::order::Order;
use headline::Facts;
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;

/// What the overview shows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Overview {
    /// The answer in a sentence or two.
    pub headline: Headline,
    /// Counts of the latest session of each DUT.
    pub now: Counts,
    /// The sum of [`DutLine::previous`]; `None` unless every DUT that has results
    /// now has one, since sums over different DUTs are not comparable.
    pub previous: Option<Counts>,
    /// The build of these previous sessions, if it is the same for all DUTs and
    /// differs from the latest one.
    pub previous_build: Option<String>,
    /// Counts of all sessions.
    pub all: Counts,
    /// How many tests have a result in a latest session.
    pub tests_now: u32,
    /// How many tests have a result in any session.
    pub tests_all: u32,
    /// How many tests failed in a latest session.
    pub tests_failed: u32,
    /// How many tests are an error in a latest session.
    pub tests_error: u32,
    /// How many tests are flaky in a latest session.
    pub tests_flaky: u32,
    /// How many readable sessions there are.
    pub sessions: u32,
    /// By what it is known which of a DUT's sessions is the latest: all that occur, best
    /// first.
    pub latest_by: Vec<SessionOrder>,
    /// How many files there are.
    pub files: u32,
    /// The DUTs: those with the most failing results first, then by name.
    pub duts: Vec<DutLine>,
    /// How many tests fail on at least one DUT.
    pub failing_total: u32,
    /// How many of these are new on at least one DUT.
    pub new_total: u32,
    /// The last build without the new failures, if it is the same for all of them.
    pub new_since: Option<String>,
    /// How many failing tests are known issues on all DUTs where they fail.
    pub known_total: u32,
    /// How many known issues there are.
    pub issues: u32,
    /// How many of them no longer say the truth: expired, stale, or passing unexpectedly.
    pub outdated_issues: u32,
    /// How many tests are fixed on at least one DUT: they pass now, and failed in
    /// the previous session.
    pub fixed_total: u32,
    /// The first failing tests, those with the same message together: tests that
    /// fail on more than half of the DUTs that have them, then new failures, then
    /// others, those on one DUT only last.
    pub failing: Vec<FailureGroup>,
    /// The worst outcome of each DUT by build.
    pub strip: BuildStrip,
    /// Problems of the files.
    pub problems: Problems,
}

/// Computes the overview.
pub fn overview(data: &Dataset, index: &Index) -> Overview {
    let history = &data.history;
    let latest = worst_first(data, index);
    let duts: Vec<DutLine> = latest.iter().map(|&session| dut_line::dut_line(data, session)).collect();
    let previous = dut_line::previous_sum(&duts);
    let failures = index.failures(data);
    let has = |test, wanted| index.results.latest(test).any(|(_, result)| data.outcome(result) == wanted);
    let count_with = |wanted| failures.iter().filter(|failure| has(failure.test, wanted)).count() as u32;
    let mut overview = Overview {
        files: data.ledger().count() as u32,
        sessions: history.sessions.iter().filter(|session| !session.is_unreadable).count() as u32,
        latest_by: latest_by(data),
        problems: problems::problems(data),
        tests_now: index.tests_now,
        tests_all: index.results.tests(),
        tests_failed: count_with(Outcome::Failed),
        tests_error: count_with(Outcome::Error),
        tests_flaky: index.count_tests(|status| status.flaky > 0),
        previous: previous.as_ref().map(|(sum, _)| *sum),
        previous_build: previous.and_then(|(_, build)| build),
        failing_total: failures.len() as u32,
        new_total: failures.iter().filter(|failure| failure.is_new).count() as u32,
        new_since: index.last_good_build(data).map(str::to_owned),
        fixed_total: index.fixed(data).len() as u32,
        known_total: failures.iter().filter(|failure| is_known(data, index, failure.test)).count() as u32,
        issues: history.issues.len() as u32,
        outdated_issues: issue_lines(data, index).iter().filter(|line| line.state.needs_attention()).count()
            as u32,
        failing: failure_group::failure_groups(data, index, &latest, failures),
        strip: strip::build_strip(data, &latest),
        ..Overview::default()
    };
    history.sessions.iter().for_each(|session| overview.all.merge(&session.counts));
    duts.iter().for_each(|dut| overview.now.merge(&dut.counts));
    let is_everywhere = |test| index.status(test).failing == duts.len() as u32;
    overview.headline = headline::headline(&Facts {
        duts: &duts,
        now: overview.now,
        files: overview.files,
        tests: overview.tests_now,
        failing: overview.failing_total,
        everywhere: failures.iter().filter(|failure| is_everywhere(failure.test)).count() as u32,
        only_on: headline::only_on_one(data, failures),
        new: overview.new_total,
        new_since: overview.new_since.as_deref(),
        fixed: overview.fixed_total,
        known: overview.known_total,
        outdated_issues: overview.outdated_issues,
        previous_build: overview.previous_build.as_deref(),
        skipped: index.count_tests(|status| status.skipped > 0),
        unreadable: overview.problems.unreadable,
        without_results: without_results(data),
    });
    overview.duts = duts;
    overview
}

/// The path of the first unreadable file, or else of the first file, and why it has no
/// results.
fn without_results(data: &Dataset) -> Option<(&str, &str)> {
    let (_, file) = data.ledger().min_by_key(|(_, file)| file.status != FileStatus::Unreadable)?;
    let why = file.notes.iter().min_by_key(|note| Reverse(note.severity));
    Some((&file.path, why.map_or("", |note| &note.text)))
}

/// What orders the sessions of DUTs that have several.
fn latest_by(data: &Dataset) -> Vec<SessionOrder> {
    let several = data.history.duts.iter().filter(|dut| dut.sessions.len() > 1);
    let mut orders: Vec<SessionOrder> = several.map(|dut| dut.order).collect();
    orders.order();
    orders.dedup();
    orders
}

/// The latest sessions: those with the most failing results first, then by DUT.
fn worst_first(data: &Dataset, index: &Index) -> Vec<SessionId> {
    let mut latest = index.results.latest_sessions.clone();
    latest.order_by_key(|&session| Reverse(data.history.session(session).counts.failing()));
    latest
}
