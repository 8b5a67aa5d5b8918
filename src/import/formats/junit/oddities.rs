//! Oddities of a file, each noted once for the whole of it.

use super::Data;
use crate::import::batch::Batch;
use crate::import::collect::Occurrences;
use crate::import::{limits, xml};
use crate::model::{Outcome, Severity, counted, head};
use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};

/// Oddities so far.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Oddities {
    /// Invalid durations.
    pub durations: Occurrences,
    /// Invalid timestamps.
    pub dates: Occurrences,
    /// Cases whose outcome comes from an attribute.
    pub by_attribute: Occurrences,
    /// Cases with an unknown status.
    pub unknown: Occurrences,
    /// Cases with two `name` attributes.
    pub named_twice: Occurrences,
    /// Skipped tests of type `build` or `untested`.
    pub built_only: Occurrences,
    /// Verdicts beside another one of the same case.
    pub verdicts: Occurrences,
    /// Errors of type `UnexpectedSuccess`.
    pub unexpected: Occurrences,
}

impl Oddities {
    /// Adds those of a later part of the file.
    pub(super) fn join(&mut self, later: Oddities) {
        self.durations.join(later.durations);
        self.dates.join(later.dates);
        self.by_attribute.join(later.by_attribute);
        self.unknown.join(later.unknown);
        self.named_twice.join(later.named_twice);
        self.built_only.join(later.built_only);
        self.verdicts.join(later.verdicts);
        self.unexpected.join(later.unexpected);
    }

    fn note(&self, batch: &mut Batch) {
        self.durations.note(Severity::Warning, batch, &|count, example| {
            format!(
                "{}, such as `{}`: shown as unknown",
                counted(count, "invalid duration"),
                xml::unescape(example)
            )
        });
        self.by_attribute.note(Severity::Info, batch, &|count, _| {
            format!("{} whose outcome comes only from `status` or `result`", counted(count, "test case"))
        });
        self.unknown.note_unknown("test case", "status", batch);
        self.dates.note(Severity::Info, batch, &|count, example| {
            format!("{}, such as `{example}`: shown as unknown", counted(count, "invalid timestamp"))
        });
        self.named_twice.note(Severity::Warning, batch, &|count, _| {
            format!("{} with two names; the last one is used", counted(count, "test case"))
        });
        self.built_only.note(Severity::Info, batch, &|count, _| {
            format!("{} of type `build` or `untested`: shown as not run", counted(count, "skipped test"))
        });
        self.verdicts.note(Severity::Info, batch, &|count, _| {
            format!(
                "{} beside another one of the same test case: the worst one is used",
                counted(count, "verdict")
            )
        });
        self.unexpected.note(Severity::Info, batch, &|count, _| {
            format!("{} of type UnexpectedSuccess: shown as xpassed", counted(count, "error"))
        });
    }
}

impl Data {
    /// Adds notes that need the whole file.
    pub(super) fn note_oddities(&self, batch: &mut Batch) {
        self.odd.note(batch);
        if self.suites.iter().any(|suite| suite.depth >= limits::SUITE_DEPTH) {
            let text = format!(
                "suites are nested deeper than {}; the outermost names were dropped",
                limits::SUITE_DEPTH
            );
            batch.note(Severity::Warning, None, text);
        }
        if batch.partly {
            return;
        }
        if self.producer.is_pytest_embedded() {
            let said: u64 = self.suites.iter().filter_map(|suite| suite.skipped_attribute).sum();
            let is_told = |outcome| matches!(outcome, Outcome::Skipped | Outcome::XFailed);
            let told = batch.rows.iter().filter(|row| is_told(row.outcome)).count() as u64;
            if said > told {
                let more = counted(said - told, "test");
                let text = format!(
                    "the counter says that {more} more were ignored: Unity writes them like passed tests"
                );
                batch.note(Severity::Warning, None, text);
            }
        }
        let is_alone = self.suites.iter().filter(|suite| suite.cases > 0).count() == 1;
        for suite in self.suites.iter().filter(|suite| !suite.has_suites) {
            let Some(tests) = suite.tests_attribute.filter(|&tests| tests != suite.cases) else {
                continue;
            };
            let said =
                format!("the counter of suite `{}` says {}", head(&suite.name, 80), counted(tests, "test"));
            // pytest counts a test with several entries once.
            if is_alone && (different_tests(batch)..suite.cases).contains(&tests) {
                batch.counter = Some(said);
                continue;
            }
            let have = counted(suite.cases, "test case element");
            batch.note(
                Severity::Info,
                None,
                format!("{said}, but the file has {have}; the elements are counted"),
            );
        }
    }
}

/// Returns how many different tests the entries belong to.
fn different_tests(batch: &Batch) -> u64 {
    let tests: FxHashSet<(u32, &str)> =
        batch.rows.iter().map(|row| (row.scope, batch.get(row.name))).collect();
    tests.len() as u64
}
