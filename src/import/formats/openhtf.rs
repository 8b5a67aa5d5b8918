//! OpenHTF's test records: `OutputToJSON`.
//!
//! Source: google/openhtf, `openhtf/core/test_record.py`, `measurements.py`, `phase_executor.py`
//! and `util/validators.py`. A record is one run of a test on one DUT; its phases are the tests.
//! Oddities:
//!
//! - A repeated phase occurs several times in a row. The earlier ones have the outcome SKIP, but
//!   are not skips.
//! - `NaN` may be a bare word.
//! - A test may fail without a failing phase, for example by a diagnosis.

use crate::import::batch::{Batch, Entry, Role, Scope};
use crate::import::collect::Occurrences;
use crate::import::details::{Details, Measurement, SectionKind, in_a_line};
use crate::import::json::{self, Cursor, Fault, Object, Root, Visitor};
use crate::import::{About, Family, Format, Guide, Richness, TextFormat, identify, limits};
use crate::model::{IdentityField, Outcome, Severity, Source, Timestamp, decimal, head};
use std::borrow::Cow;
use std::fmt::Write;

pub const ABOUT: About = About {
    key: "openhtf",
    name: "OpenHTF test record",
    tool: "OpenHTF",
    family: Family::Lab,
    richness: Richness::Native,
};

pub const GUIDE: Guide = Guide {
    about: &ABOUT,
    producers: "OpenHTF's OutputToJSON",
    reads: "phases, repeats, measurements with units and limits, exceptions, log",
    dut: "`dut_id`; build and unit from metadata with such names",
    limits: "attachments, branches and checkpoints are not read",
};

pub const FORMAT: Format = Format::Text(TextFormat {
    about: &ABOUT,
    detect: |head| {
        !head.is_array && head.has("dut_id") && (head.has("phases") || head.has("outcome_details"))
    },
    importer: json::document::<Record>,
    details,
});

/// The fields of a phase. Texts are the JSON of objects and lists.
#[derive(Default)]
struct Phase<'a> {
    name: Cow<'a, str>,
    subtest: Cow<'a, str>,
    outcome: Cow<'a, str>,
    /// How the phase ended: continue, repeat; empty if it was stopped.
    result: Cow<'a, str>,
    exception: [Cow<'a, str>; 3],
    measurements: &'a str,
    attachments: &'a str,
    start_ms: Option<f64>,
    end_ms: Option<f64>,
    /// It is repeated whatever its outcome; if it takes too long.
    is_forced: bool,
    is_repeated_on_timeout: bool,
    is_repeated_on_failure: bool,
}

fn phase<'a>(cursor: &mut Cursor<'a>) -> Result<Phase<'a>, Fault> {
    cursor.record(|phase: &mut Phase<'a>, key, value| {
        match key {
            "name" => phase.name = value.text_or_empty(key)?,
            "subtest_name" => phase.subtest = value.text_or_empty(key)?,
            "outcome" => phase.outcome = value.text_or_empty(key)?,
            "measurements" => phase.measurements = value.skip_value()?,
            "attachments" => phase.attachments = value.skip_value()?,
            "start_time_millis" => phase.start_ms = decimal(value.skip_value()?),
            "end_time_millis" => phase.end_ms = decimal(value.skip_value()?),
            "result" if value.is_object(key)? => result(phase, value)?,
            "options" if value.is_object(key)? => value.object(&mut |key, value| {
                match key {
                    "force_repeat" => phase.is_forced = value.skip_value()? == "true",
                    "repeat_on_timeout" => phase.is_repeated_on_timeout = value.skip_value()? == "true",
                    "repeat_on_measurement_fail" => {
                        phase.is_repeated_on_failure = value.skip_value()? == "true";
                    }
                    _ => {}
                }
                Ok(())
            })?,
            _ => {}
        }
        Ok(())
    })
}

/// How a phase ended: with a word, or with an exception.
fn result<'a>(phase: &mut Phase<'a>, cursor: &mut Cursor<'a>) -> Result<(), Fault> {
    cursor.object(&mut |key, value| {
        match key {
            "phase_result" if value.peek() == Some(b'{') => result(phase, value)?,
            "phase_result" => phase.result = value.text_or_empty(key)?,
            "exc_type" => phase.exception[0] = value.text_or_empty(key)?,
            "exc_val" => phase.exception[1] = value.text_or_empty(key)?,
            "exc_tb" => phase.exception[2] = value.text_or_empty(key)?,
            _ => {}
        }
        Ok(())
    })
}

/// A phase that is held back until the name of its test is known.
struct Held {
    name: String,
    subtest: String,
    outcome: Outcome,
    native: String,
    role: Role,
    duration_s: Option<f64>,
    began_ms: Option<f64>,
    measured: Vec<Measurement>,
    message: String,
    at: u64,
    len: usize,
    /// It will be repeated, if the next one is the same phase.
    wants_repeat: bool,
}

#[derive(Default)]
struct Record {
    phases: Vec<Held>,
    test_name: String,
    outcome: String,
    outcome_details: String,
    start_ms: Option<f64>,
    end_ms: Option<f64>,
    log: String,
    unknown: Occurrences,
}

impl Visitor for Record {
    fn has_entries(&self, key: &str) -> bool {
        matches!(key, "phases" | "log_records")
    }

    fn whole(&mut self, key: &str, text: &str, at: u64, batch: &mut Batch) -> Result<(), Fault> {
        if key == "log_records" {
            self.log_record(&Object::of(text));
        } else if let (Some(phase), len) = json::entry(text, at, batch, phase)? {
            self.phase(&phase, at, len);
        }
        Ok(())
    }

    fn value(&mut self, key: &str, value: &str, _at: u64, batch: &mut Batch) {
        if value == "null" {
            return;
        }
        let text = json::plain(value);
        let draft = batch.session(0);
        match key {
            "dut_id" => draft.claim(IdentityField::Dut, Source::Field, key, &text),
            "station_id" => draft.attributes.push(("station".to_owned(), text.into_owned())),
            "outcome" => self.outcome = text.into_owned(),
            "outcome_details" => self.outcome_details = descriptions(value),
            "start_time_millis" => self.start_ms = decimal(value),
            "end_time_millis" => self.end_ms = decimal(value),
            "metadata" => {
                for (name, value) in json::fields(value) {
                    let text = json::plain(value);
                    match name.as_str() {
                        "test_name" => self.test_name = text.into_owned(),
                        "config" => {
                            for (name, value) in json::fields(value) {
                                if value != "null" {
                                    draft.property(&format!("config.{name}"), &json::plain(value));
                                }
                            }
                        }
                        _ if value == "null" || value == "{}" => {}
                        _ => {
                            draft.property(&name, &text);
                            if let Some(identity @ (IdentityField::Build | IdentityField::Unit)) =
                                identify::identity_field(&name)
                            {
                                draft.claim(identity, Source::Property, &name, &text);
                            }
                        }
                    }
                }
            }
            _ => {}
        }
    }

    fn finish(&mut self, _root: Root, batch: &mut Batch) {
        let said = match self.outcome.as_str() {
            "FAIL" => Some(Outcome::Failed),
            "ERROR" | "TIMEOUT" | "ABORTED" => Some(Outcome::Error),
            _ => None,
        };
        let is_told =
            self.phases.iter().any(|phase| phase.role == Role::Verdict && phase.outcome.is_failing());
        if let (Some(outcome), false) = (said, is_told) {
            self.phases.push(Held {
                name: "(test)".to_owned(),
                subtest: String::new(),
                outcome,
                native: self.outcome.clone(),
                role: Role::Verdict,
                duration_s: None,
                began_ms: None,
                measured: Vec::new(),
                message: self.outcome_details.clone(),
                at: 0,
                len: 0,
                wants_repeat: false,
            });
            batch.note(
                Severity::Info,
                None,
                "no phase explains why the test failed; shown as a separate result, `(test)`",
            );
        }
        for phase in std::mem::take(&mut self.phases) {
            batch.push_entry(Entry {
                scope: Scope::Suite(&self.test_name, &phase.subtest),
                name: &phase.name,
                outcome: phase.outcome,
                native: &phase.native,
                role: phase.role,
                duration_s: phase.duration_s,
                began_ms: phase.began_ms,
                measured: &phase.measured,
                message: &phase.message,
                at: phase.at,
                len: phase.len,
                ..Entry::default()
            });
        }
        let draft = batch.session(0);
        draft.label = Some(std::mem::take(&mut self.test_name)).filter(|name| !name.is_empty());
        draft.started = self.start_ms.and_then(|ms| Timestamp::from_unix_seconds(ms / 1000.0));
        draft.duration_s = seconds(self.start_ms, self.end_ms);
        if self.outcome == "ABORTED" {
            draft.mark_incomplete("the run was aborted");
        }
        if !self.outcome.is_empty() {
            draft.property("outcome", &self.outcome);
        }
        if !self.outcome_details.is_empty() {
            draft.property("outcome_details", &self.outcome_details);
        }
        draft.text("log", &self.log);
        self.unknown.note_unknown("phase", "outcome", batch);
    }
}

fn seconds(start_ms: Option<f64>, end_ms: Option<f64>) -> Option<f64> {
    Some((end_ms? - start_ms?) / 1000.0).filter(|seconds| *seconds >= 0.0)
}

/// Formats `[{"code": …, "description": …}]` as lines.
fn descriptions(list: &str) -> String {
    let mut lines = String::new();
    let mut cursor = Cursor::new(list);
    if cursor.peek() == Some(b'[') {
        let _ = cursor.array(&mut |detail| {
            let detail = Object::of(detail.skip_value()?);
            let _ = writeln!(lines, "{}: {}", detail.text("code"), detail.text("description"));
            Ok(())
        });
    }
    lines.trim_end().to_owned()
}

impl Record {
    fn phase(&mut self, phase: &Phase, at: u64, len: usize) {
        let measured = measurements(phase.measurements);
        let has_failed = |measured: &&Measurement| measured.outcome == Some(Outcome::Failed);
        let mut outcome = match &*phase.outcome {
            "PASS" => Outcome::Passed,
            "FAIL" => Outcome::Failed,
            "SKIP" => Outcome::Skipped,
            "ERROR" => Outcome::Error,
            word => {
                self.unknown.add_example(at, if word.is_empty() { "(none)" } else { word });
                Outcome::Unknown
            }
        };
        // A phase that was to be repeated was not acceptable. If nothing follows, it reached the
        // limit.
        let was_rejected = outcome == Outcome::Skipped
            && (phase.result == "REPEAT" || measured.iter().any(|m| has_failed(&m)));
        if was_rejected {
            outcome = Outcome::Failed;
        }
        if let Some(before) = self.phases.last_mut()
            && before.wants_repeat
            && before.name == phase.name
            && before.subtest == phase.subtest
        {
            before.role = Role::Earlier;
        }
        let message = match outcome {
            Outcome::Failed if measured.iter().any(|m| has_failed(&m)) => {
                in_a_line(measured.iter().filter(has_failed))
            }
            Outcome::Passed => in_a_line(&measured),
            Outcome::Error if phase.exception.iter().all(|text| text.is_empty()) => {
                "the phase took too long, or was stopped".to_owned()
            }
            Outcome::Error => format!("{}: {}", exception_name(&phase.exception[0]), phase.exception[1]),
            Outcome::Failed => phase.result.clone().into_owned(),
            _ => String::new(),
        };
        let is_plain = phase.result.is_empty() || phase.result == "CONTINUE" || phase.result == phase.outcome;
        self.phases.push(Held {
            name: phase.name.clone().into_owned(),
            subtest: phase.subtest.clone().into_owned(),
            outcome,
            native: if is_plain {
                phase.outcome.clone().into_owned()
            } else {
                format!("{} {}", phase.outcome, phase.result)
            },
            role: Role::Verdict,
            duration_s: seconds(phase.start_ms, phase.end_ms),
            began_ms: phase.start_ms,
            message,
            at,
            len,
            wants_repeat: was_rejected
                || phase.is_forced
                || phase.is_repeated_on_timeout && outcome == Outcome::Error
                || phase.is_repeated_on_failure && measured.iter().any(|m| has_failed(&m)),
            measured,
        });
    }

    fn log_record(&mut self, record: &Object) {
        let (message, level) = (record.text("message"), record.text("level"));
        let level = match &*level {
            "10" => "DEBUG",
            "20" => "INFO",
            "30" => "WARNING",
            "40" => "ERROR",
            "50" => "CRITICAL",
            other => other,
        };
        // A session keeps the first mebibyte of a text.
        if self.log.len() <= 1 << 20 {
            let _ =
                writeln!(self.log, "{level:8} {}:{} {message}", record.text("source"), record.text("lineno"));
        }
    }
}

/// Returns the name of a class: `ValueError` for `<class 'ValueError'>`.
fn exception_name(text: &str) -> &str {
    text.strip_prefix("<class '").and_then(|name| name.strip_suffix("'>")).unwrap_or(text)
}

/// Returns the measurements of a phase, in the order of the file.
fn measurements(text: &str) -> Vec<Measurement> {
    let mut measured = Vec::new();
    let mut cursor = Cursor::new(text);
    if cursor.peek() == Some(b'{') {
        let _ = cursor.object(&mut |name, value| {
            measured.push(measurement(name, &Object::of(value.skip_value()?)));
            Ok(())
        });
    }
    measured
}

fn measurement(name: &str, fields: &Object) -> Measurement {
    let units = Object::of(fields.raw("units"));
    let unit = ["suffix", "name"].map(|key| units.text(key)).into_iter().find(|unit| !unit.is_empty());
    let value = fields.text("measured_value");
    let mut measured =
        Measurement::new(name, head(&value, limits::PROPERTY_BYTES), &unit.unwrap_or_default());
    measured.outcome = match &*fields.text("outcome") {
        "PASS" => Some(Outcome::Passed),
        "FAIL" => Some(Outcome::Failed),
        "UNSET" | "PARTIALLY_SET" => Some(Outcome::NotRun),
        "SKIPPED" => Some(Outcome::Skipped),
        _ => None,
    };
    let mut rules: Vec<String> = Vec::new();
    let mut cursor = Cursor::new(fields.raw("validators"));
    if cursor.peek() == Some(b'[') {
        let _ = cursor.array(&mut |rule| {
            let rule = rule.text_or_empty("a validator")?;
            let (lower, upper) = range(&rule);
            measured.lower = measured.lower.or(lower);
            measured.upper = measured.upper.or(upper);
            rules.push(rule.into_owned());
            Ok(())
        });
    }
    measured.rule = rules.join("; ");
    measured
}

/// Parses the limits in `3.1 <= Marginal:3.2 <= x <= 3.5`, or `x == 3`.
fn range(rule: &str) -> (Option<f64>, Option<f64>) {
    if let Some(value) = rule.strip_prefix("x == ") {
        return (decimal(value), decimal(value));
    }
    let parts: Vec<&str> = rule.split(" <= ").collect();
    let limit = |part: Option<&&str>| part.and_then(|part| decimal(part));
    let is_known =
        |part: &&str| *part == "x" || decimal(part.strip_prefix("Marginal:").unwrap_or(part)).is_some();
    match parts.len() > 1 && parts.iter().all(is_known) {
        true => (limit(parts.first()), limit(parts.last())),
        false => (None, None),
    }
}

fn details(slice: &str) -> Details {
    let mut details = Details::default();
    let Ok(phase) = phase(&mut Cursor::new(slice)) else {
        return details;
    };
    let [kind, message, traceback] = &phase.exception;
    if !kind.is_empty() {
        details.section(SectionKind::Reason, exception_name(kind), message, traceback);
    }
    for (name, attachment) in json::fields(phase.attachments) {
        let kind = Object::of(attachment).text("mimetype").into_owned();
        details.properties.push((format!("attachment {name}"), kind));
    }
    if !phase.result.is_empty() {
        details.properties.push(("phase_result".to_owned(), phase.result.clone().into_owned()));
    }
    details.measurements = measurements(phase.measurements);
    details
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_of_validators() {
        for (rule, expected) in [
            ("3.1 <= x <= 3.5", (Some(3.1), Some(3.5))),
            ("x <= 10", (None, Some(10.0))),
            ("-1e-3 <= x", (Some(-0.001), None)),
            ("1 <= Marginal:2 <= x <= Marginal:8 <= 9", (Some(1.0), Some(9.0))),
            ("Marginal:2 <= x <= 9", (None, Some(9.0))),
            ("x == 4", (Some(4.0), Some(4.0))),
            ("'x' matches /1 <= x/", (None, None)),
            ("'x' is within 5% of 3.3.", (None, None)),
            ("All values pass: 1 <= x <= 2", (None, None)),
        ] {
            assert_eq!(range(rule), expected, "{rule}");
        }
    }
}
