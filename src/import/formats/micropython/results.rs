//! `_results.json`, which all four runners write since December 2023.
//!
//! Five generations: `failed_tests` only; `passed_tests`, `skipped_tests` and `failed_tests`;
//! `results` of `[test, status, reason]`; the same by all four runners; `ignored_tests` in
//! addition. If there are `results`, the other lists repeat them. `ignored` is a failure of a test
//! that is known to be flaky; it counts as skipped, as in octoprobe.

use super::push;
use crate::import::batch::{Batch, kept_details};
use crate::import::collect::Occurrences;
use crate::import::formats::octoprobe::{Tentacle, of_group};
use crate::import::json::{self, Cursor, Fault, Root, Visitor};
use crate::import::{About, Family, Format, Guide, Richness, TextFormat};
use crate::model::{Outcome, RepeatRule, Severity};
use std::borrow::Cow;

pub const ABOUT: About = About {
    key: "micropython-results",
    name: "MicroPython results",
    tool: "MicroPython",
    family: Family::Lab,
    richness: Richness::Interchange,
};

pub const GUIDE: Guide = Guide {
    about: &ABOUT,
    producers: "MicroPython's tests/run-tests.py, run-perfbench.py and others: _results.json",
    reads: "all five versions of the format",
    dut: "`args.result_dir` of octoprobe; platform and architecture are attributes",
    limits: "only failing tests before May 2025",
};

pub const FORMAT: Format = Format::Text(TextFormat {
    about: &ABOUT,
    detect: |head| {
        !head.is_array && head.has("args") && (head.text.contains("\"failed_tests\"") || head.has("results"))
    },
    importer: json::document::<Results>,
    details: kept_details::read,
});

#[derive(Default)]
struct Results {
    scope: (String, (u32, u32)),
    has_results: bool,
    has_passed: bool,
    unknown: Occurrences,
}

impl Visitor for Results {
    fn has_entries(&self, key: &str) -> bool {
        key == "results" || outcome_of_list(key).is_some()
    }

    fn whole(&mut self, key: &str, entry: &str, at: u64, batch: &mut Batch) -> Result<(), Fault> {
        let words = words(&mut Cursor::new(entry))?;
        let mut words = words.into_iter();
        let name = words.next().unwrap_or_default();
        let (outcome, native, reason) = match outcome_of_list(key) {
            None => {
                self.has_results = true;
                let (status, reason) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
                let outcome = outcome(&status).unwrap_or_else(|| {
                    self.unknown.add_example(at, if status.is_empty() { "(none)" } else { &status });
                    Outcome::Unknown
                });
                (outcome, status, reason)
            }
            Some(_) if self.has_results => return Ok(()),
            Some((outcome, native)) => {
                self.has_passed |= outcome != Outcome::Failed;
                (outcome, Cow::Borrowed(native), words.next().unwrap_or_default())
            }
        };
        push(&name, outcome, &native, &reason, batch);
        Ok(())
    }

    fn value(&mut self, key: &str, value: &str, _at: u64, batch: &mut Batch) {
        if key != "args" {
            return;
        }
        let draft = batch.session(0);
        let args = json::fields(value);
        for (name, value) in &args {
            let text = json::plain(value);
            match name.as_str() {
                "platform" | "arch" => draft.attributes.push((name.clone(), text.into_owned())),
                "result_dir" => {
                    let folder = text.trim_end_matches('/').rsplit('/').next().unwrap_or("");
                    if let Some(tentacle) = Tentacle::of_folder(folder) {
                        tentacle.claim("args.result_dir", draft);
                        self.scope = tentacle.scope();
                        draft.report = of_group();
                    }
                    draft.property(name, &text);
                }
                _ if matches!(*value, "null" | "[]" | "\"\"") => {}
                _ => draft.property(name, &text),
            }
        }
        // octoprobe's own runs have no arguments.
        if args.is_empty() {
            draft.report = of_group();
        }
    }
    fn finish(&mut self, _root: Root, batch: &mut Batch) {
        let (scope, boundary) = std::mem::take(&mut self.scope);
        batch.name_first_scope(&scope, boundary);
        self.unknown.note_unknown("test", "status", batch);
        if !self.has_results && !self.has_passed {
            let text = "contains only failed tests: MicroPython before May 2025 did not list the others";
            batch.note(Severity::Warning, None, text);
        }
        let draft = batch.session(0);
        (draft.has_repeats_elsewhere, draft.repeats) = (true, RepeatRule::Worst);
    }
}

/// A text, or a list of texts.
fn words<'a>(cursor: &mut Cursor<'a>) -> Result<Vec<Cow<'a, str>>, Fault> {
    let mut words = Vec::new();
    if cursor.peek() == Some(b'[') {
        cursor.array(&mut |word| {
            words.push(word.text_or_empty("a list of results")?);
            Ok(())
        })?;
    } else {
        words.push(cursor.text_or_empty("a test")?);
    }
    Ok(words)
}

/// Returns the outcome of the tests of a list, and its word.
fn outcome_of_list(key: &str) -> Option<(Outcome, &'static str)> {
    let word = match key {
        "passed_tests" => "pass",
        "skipped_tests" => "skip",
        "failed_tests" => "fail",
        "ignored_tests" => "ignored",
        _ => return None,
    };
    Some((outcome(word)?, word))
}

pub fn outcome(word: &str) -> Option<Outcome> {
    Some(match word {
        "pass" => Outcome::Passed,
        "fail" => Outcome::Failed,
        "skip" | "ignored" => Outcome::Skipped,
        "found" => Outcome::NotRun,
        _ => return None,
    })
}
