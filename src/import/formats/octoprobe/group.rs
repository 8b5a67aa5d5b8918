//! `context_testgroup.json`: one run of a test group on a board.
//!
//! Generations: `results` of `result` became `outcomes` of `outcome`; `error` became `msg_error`,
//! and `msg_skipped` was added; `tentacles` became `tentacle_variant`, with MCU, role and
//! reference. The first generation lists only failing tests. A group that broke or was skipped may
//! have no outcomes; it has a result of its own, in addition to those of its tests.

use super::{NEVER_FINISHED, PROPOSAL, Tentacle, moment, of_group, seconds_between};
use crate::import::batch::{Batch, Role, Row, first_line};
use crate::import::collect::Occurrences;
use crate::import::details::{Details, SectionKind, in_a_line};
use crate::import::formats::micropython::measures_in;
use crate::import::json::{self, Cursor, Fault, Root, Visitor};
use crate::import::{About, Family, Format, Guide, Richness, TextFormat};
use crate::model::{Outcome, RepeatRule, Severity};
use std::borrow::Cow;

pub const ABOUT: About = About {
    key: "octoprobe",
    name: "octoprobe test group",
    tool: "octoprobe",
    family: Family::Lab,
    richness: Richness::Native,
};

pub const GUIDE: Guide = Guide {
    about: &ABOUT,
    producers: "octoprobe's testbed_micropython: context_testgroup.json of a report",
    reads: "all versions, group errors and skips, repeats, measurements of perf_bench",
    dut: "board and variant; the serial number is the unit",
    limits: "the first version lists only failing tests",
};

pub const FORMAT: Format = Format::Text(TextFormat {
    about: &ABOUT,
    detect: |head| {
        let has_more = ["outcomes", "results", "testid", "tentacle"].iter().any(|key| head.has(key));
        !head.is_array && head.has("testgroup") && has_more
    },
    importer: json::document::<Group>,
    details,
});

/// An element of `outcomes`.
#[derive(Default)]
struct Test<'a> {
    name: Cow<'a, str>,
    outcome: Cow<'a, str>,
    text: Cow<'a, str>,
}

fn test<'a>(cursor: &mut Cursor<'a>) -> Result<Test<'a>, Fault> {
    cursor.record(|test: &mut Test<'a>, key, value| {
        match key {
            "name" => test.name = value.text_or_empty(key)?,
            "outcome" | "result" => test.outcome = value.text_or_empty(key)?,
            "text" => test.text = value.text_or_empty(key)?,
            _ => {}
        }
        Ok(())
    })
}

/// Root fields, by their names in the last generation.
#[derive(Default)]
struct Group {
    testgroup: String,
    testid: String,
    directory: String,
    variant: String,
    /// The key that the variant comes from.
    variant_key: &'static str,
    role: String,
    others: String,
    mcu: String,
    log: String,
    time_start: String,
    time_end: String,
    msg_error: String,
    msg_skipped: String,
    unknown: Occurrences,
    is_first_generation: bool,
    is_proposal: bool,
    failed: usize,
}

impl Visitor for Group {
    fn has_entries(&self, key: &str) -> bool {
        matches!(key, "outcomes" | "results")
    }

    fn whole(&mut self, key: &str, text: &str, at: u64, batch: &mut Batch) -> Result<(), Fault> {
        let (test, len) = json::entry(text, at, batch, test)?;
        let Some(test) = test else {
            return Ok(());
        };
        self.is_first_generation |= key == "results";
        let outcome = outcome(&test.outcome).unwrap_or_else(|| {
            self.unknown.add_example(at, if test.outcome.is_empty() { "(none)" } else { &test.outcome });
            Outcome::Unknown
        });
        self.failed += usize::from(outcome == Outcome::Failed);
        let message = match measures_in(&test.text) {
            Some(measured) if outcome == Outcome::Passed => {
                batch.add_measured(batch.len(), &measured);
                Cow::Owned(in_a_line(&measured))
            }
            _ => test.text,
        };
        // The scope is named at the end.
        let scope = batch.scope("", None);
        let row = Row {
            session: 0,
            scope,
            name: batch.add_name_or_placeholder(&test.name, (0, 0)),
            outcome,
            role: Role::Verdict,
            native: batch.native(&test.outcome),
            duration_s: f64::NAN,
            message: batch.add_message(&message),
            at,
            len: u32::try_from(len).unwrap_or(u32::MAX),
        };
        batch.session(0);
        batch.push(row);
        Ok(())
    }

    fn value(&mut self, key: &str, value: &str, _at: u64, _batch: &mut Batch) {
        let text = match value {
            "null" => return,
            value => json::plain(value).into_owned(),
        };
        match key {
            "testgroup" => self.testgroup = text,
            "testid" => self.testid = text,
            "directory_relative" => self.directory = text,
            "tentacle_variant" => (self.variant, self.variant_key) = (text, "tentacle_variant"),
            "tentacle_variant_role" => self.role = text,
            "tentacle_reference" => self.others = text,
            "tentacle_mcu" => self.mcu = text,
            "log_output" => self.log = text,
            "time_start" => self.time_start = text,
            "time_end" => self.time_end = text,
            "msg_error" | "error" => self.msg_error = text,
            "msg_skipped" => self.msg_skipped = text,
            "tentacles" => {
                let mut labels = Vec::new();
                let mut cursor = Cursor::new(value);
                if cursor.peek() == Some(b'[') {
                    // Anything but a list of texts is ignored.
                    let _ = cursor.array(&mut |label| {
                        labels.push(json::plain(label.skip_value()?).into_owned());
                        Ok(())
                    });
                }
                if let [first, others @ ..] = labels.as_slice() {
                    (self.variant, self.variant_key) = (first.clone(), "tentacles");
                    self.others = others.join(", ");
                }
            }
            // The proposal has a serial number and a board.
            "tentacle" => {
                self.is_proposal = true;
                (self.variant, self.variant_key) = (text, "tentacle");
            }
            "port-variant" => {
                self.is_proposal = true;
                self.variant = format!("{}-{text}", self.variant);
            }
            _ => {}
        }
    }

    fn finish(&mut self, root: Root, batch: &mut Batch) {
        let folder = Tentacle::of_folder(self.directory.rsplit('/').next().unwrap_or(""));
        let folder = folder.unwrap_or_default();
        let mut tentacle = Tentacle::of_label(if self.role.is_empty() { &self.variant } else { &self.role });
        if tentacle.board.is_empty() {
            tentacle = folder;
        }
        tentacle.group = if self.testgroup.is_empty() { folder.group } else { &self.testgroup };
        let (scope, boundary) = tentacle.scope();
        let is_empty = batch.is_empty();
        for (outcome, native, message) in [
            (Outcome::Error, "msg_error", &self.msg_error),
            (Outcome::Skipped, "msg_skipped", &self.msg_skipped),
        ] {
            if message.is_empty() {
                continue;
            }
            let row = Row {
                session: 0,
                scope: batch.scope("", None),
                name: batch.add_name_or_placeholder(tentacle.group, (0, 1)),
                outcome,
                role: Role::Verdict,
                native: batch.native(native),
                duration_s: f64::NAN,
                message: batch.add_message(message),
                at: root.at,
                len: u32::try_from(root.len).unwrap_or(u32::MAX),
            };
            batch.push(row);
            let what = if outcome == Outcome::Error { "failed" } else { "was skipped" };
            let beside = if is_empty {
                "because it has no test outcomes"
            } else {
                "in addition to those of its tests"
            };
            let group = tentacle.group;
            let text = format!("the group {what}; shown as a separate result, `{group}`, {beside}");
            batch.note(Severity::Info, None, text);
        }
        batch.name_first_scope(&scope, boundary);
        self.notes(batch);
        self.session(&tentacle, batch);
    }
}

impl Group {
    fn notes(&self, batch: &mut Batch) {
        self.unknown.note_unknown("test", "outcome", batch);
        if self.is_first_generation && !batch.is_empty() && self.failed == batch.len() {
            let text = "contains only failed tests: octoprobe of 2025 did not list the others here";
            batch.note(Severity::Warning, None, text);
        }
        if self.is_proposal && batch.partly {
            batch.note(Severity::Info, None, PROPOSAL);
        }
    }

    fn session(&self, tentacle: &Tentacle, batch: &mut Batch) {
        let draft = batch.session(0);
        let name = if self.variant.is_empty() { "directory_relative" } else { self.variant_key };
        tentacle.claim(name, draft);
        let attributes = [("mcu", self.mcu.as_str()), ("role", tentacle.role), ("reference", &self.others)];
        for (name, value) in attributes.into_iter().filter(|(_, value)| !value.is_empty()) {
            draft.attributes.push((name.to_owned(), value.to_owned()));
        }
        let (start, end) = (moment(&self.time_start), moment(&self.time_end));
        draft.started = start;
        draft.duration_s = seconds_between(start, end);
        if self.msg_error.starts_with(NEVER_FINISHED) {
            draft.mark_incomplete("the group did not finish");
        } else if !self.msg_error.is_empty() {
            draft.mark_incomplete(&format!("the group failed: {}", first_line(&self.msg_error)));
        }
        (draft.has_repeats_elsewhere, draft.repeats) = (true, RepeatRule::Worst);
        draft.report = of_group();
        if !self.log.is_empty() {
            let file = self.log.rsplit('/').next().unwrap_or("");
            let (run, log) = match self.directory.as_str() {
                "" if self.testid.is_empty() => (&self.testgroup, self.log.clone()),
                "" => (&self.testid, self.log.clone()),
                folder => (&self.directory, format!("{folder}/{file}")),
            };
            let name = if run.is_empty() { "log".to_owned() } else { format!("log of {run}") };
            draft.property(&name, &log);
        }
    }
}

/// Returns the outcome for a word of any generation.
fn outcome(word: &str) -> Option<Outcome> {
    Some(match word {
        "passed" | "pass" => Outcome::Passed,
        "failed" | "fail" => Outcome::Failed,
        "skipped" | "skip" => Outcome::Skipped,
        "xfailed" => Outcome::XFailed,
        _ => return None,
    })
}

/// Reads the details of an outcome, or of a group's own result.
fn details(slice: &str) -> Details {
    let mut details = Details::default();
    for (key, value) in json::fields(slice) {
        let text = json::plain(value);
        match key.as_str() {
            "text" | "msg_error" | "error" | "msg_skipped" if !text.is_empty() => match measures_in(&text) {
                Some(measured) => details.measurements.extend(measured),
                None => details.section(SectionKind::Reason, &key, "", &text),
            },
            "log_output" | "commandline" | "testid" => details.properties.push((key, text.into_owned())),
            _ => {}
        }
    }
    details
}
