//! pytest-json-report (1.x): `pytest --json-report`.
//!
//! Format: numirias/pytest-json-report, README, "Format". Oddities:
//!
//! - A test that passed after reruns keeps the outcome `rerun`; its stages are those of the last
//!   attempt. The number of attempts is missing.
//! - With pytest 9 a test with passing subtests has the outcome `subtests passed`.
//! - Collection errors are only among the `collectors`.
//! - `created` is the time at the end of the run.
//! - `--json-report-omit` omits whole parts.

use super::{raised, read_exit_code, skip_reason};
use crate::import::batch::{Batch, Role, Row, Text, first_line};
use crate::import::collect::{IdentityClaims, Occurrences};
use crate::import::details::{Details, SectionKind, measured_property};
use crate::import::frame::top_frame;
use crate::import::identify::{self, scope_of};
use crate::import::json::{self, Cursor, Fault, Root, Visitor};
use crate::import::{About, Family, Format, Guide, Richness, TextFormat, number};
use crate::model::{IdentityField, Outcome, Severity, Source, Timestamp, counted, decimal, grouped, head};
use std::borrow::Cow;
use std::fmt::Write;

pub const ABOUT: About = About {
    key: "pytest-json-report",
    name: "pytest-json-report",
    tool: "pytest-json-report",
    family: Family::Python,
    richness: Richness::Native,
};

pub const GUIDE: Guide = Guide {
    about: &ABOUT,
    producers: "pytest --json-report",
    reads: "phases with traceback, log and output, collection errors, warnings, reruns",
    dut: "`environment`, `metadata` and user properties",
    limits: "with pytest-metadata 3, `environment` is empty",
};

pub const FORMAT: Format = Format::Text(TextFormat {
    about: &ABOUT,
    detect: |head| {
        !head.is_array
            && (head.has("exitcode") || head.has("collectors") || head.has("summary"))
            && head.has("created")
            && !head.has("schema")
    },
    importer: json::document::<Report>,
    details,
});

/// An element of `tests`. All fields are optional, since a missing one must not lose the rest.
#[derive(Default)]
struct Test<'a> {
    nodeid: Cow<'a, str>,
    outcome: Cow<'a, str>,
    /// The JSON of objects and arrays.
    user_properties: &'a str,
    metadata: &'a str,
    /// Setup, call, teardown.
    stages: [Option<Stage<'a>>; 3],
}

#[derive(Default)]
struct Stage<'a> {
    /// The JSON of a number.
    duration: &'a str,
    outcome: Cow<'a, str>,
    /// The message of `crash`.
    message: Option<Cow<'a, str>>,
    /// The JSON of a string or object.
    longrepr: &'a str,
}

impl<'a> Test<'a> {
    fn stages(&self) -> impl Iterator<Item = &Stage<'a>> {
        self.stages.iter().flatten()
    }
}

fn take_test<'a>(test: &mut Test<'a>, cursor: &mut Cursor<'a>) -> Result<(), Fault> {
    cursor.fill(test, |test, key, value| {
        match key {
            "nodeid" => test.nodeid = value.text_or_empty(key)?,
            "outcome" => test.outcome = value.text_or_empty(key)?,
            "user_properties" => test.user_properties = value.skip_value()?,
            "metadata" => test.metadata = value.skip_value()?,
            "setup" => take_stage(&mut test.stages[0], key, value)?,
            "call" => take_stage(&mut test.stages[1], key, value)?,
            "teardown" => take_stage(&mut test.stages[2], key, value)?,
            _ => {}
        }
        Ok(())
    })
}

fn take_stage<'a>(stage: &mut Option<Stage<'a>>, key: &str, cursor: &mut Cursor<'a>) -> Result<(), Fault> {
    *stage = None;
    if !cursor.is_object(key)? {
        return Ok(());
    }
    cursor.fill(stage.insert(Stage::default()), |stage, key, value| {
        match key {
            "duration" => stage.duration = value.skip_value()?,
            "outcome" => stage.outcome = value.text_or_empty(key)?,
            "crash" if value.is_object(key)? => value.object(&mut |key, value| {
                if key == "message" {
                    stage.message = value.text(key)?;
                }
                Ok(())
            })?,
            "longrepr" => stage.longrepr = value.skip_value()?,
            _ => {}
        }
        Ok(())
    })
}

/// An element of `collectors`.
#[derive(Default)]
struct Collector<'a> {
    nodeid: Cow<'a, str>,
    outcome: Cow<'a, str>,
    /// The JSON of a string or object.
    longrepr: &'a str,
}

fn collector<'a>(cursor: &mut Cursor<'a>) -> Result<Collector<'a>, Fault> {
    cursor.record(|collector: &mut Collector<'a>, key, value| {
        match key {
            "nodeid" => collector.nodeid = value.text_or_empty(key)?,
            "outcome" => collector.outcome = value.text_or_empty(key)?,
            "longrepr" => collector.longrepr = value.skip_value()?,
            // Collected tests are among the tests.
            _ => {}
        }
        Ok(())
    })
}

#[derive(Default)]
struct Report {
    /// Scope of the previous test, since tests of one scope follow each other.
    scope: Option<(String, u32)>,
    created_s: Option<f64>,
    duration_s: Option<f64>,
    tests: u64,
    said_total: Option<u64>,
    unknown: Occurrences,
    claims: IdentityClaims,
}

impl Visitor for Report {
    fn has_entries(&self, key: &str) -> bool {
        matches!(key, "tests" | "collectors")
    }

    fn entry(
        &mut self,
        key: &str,
        text: &str,
        at: u64,
        _last: bool,
        batch: &mut Batch,
    ) -> Result<usize, Fault> {
        if key == "tests" {
            let mut test = Test::default();
            let (is_read, len) = json::entry(text, at, batch, |cursor| take_test(&mut test, cursor))?;
            if is_read.is_some() {
                self.test(&test, at, len, batch);
            }
            Ok(len)
        } else {
            let (collector, len) = json::entry(text, at, batch, collector)?;
            if let Some(collector) = collector {
                self.collector(&collector, at, len, batch);
            }
            Ok(len)
        }
    }

    fn value(&mut self, key: &str, text: &str, at: u64, batch: &mut Batch) {
        match key {
            "created" => self.created_s = decimal(text),
            "duration" => self.duration_s = number::seconds(text),
            "exitcode" => {
                batch.session(0).property("exitcode", &json::plain(text));
                read_exit_code(&json::plain(text), at, 0, batch);
            }
            "root" => batch.session(0).property("root", &json::plain(text)),
            "environment" | "metadata" => self.environment(text, batch),
            "summary" => {
                let summary = json::fields(text);
                let count = |key: &str| summary.get(key).and_then(|count| count.parse().ok());
                self.said_total = count("total");
                let deselected: Option<u64> = count("deselected");
                if let Some(deselected @ 1..) = deselected {
                    let were = if deselected == 1 { "was" } else { "were" };
                    let tests = counted(deselected, "test");
                    let text = format!("{tests} {were} deselected; the file does not contain them");
                    batch.note(Severity::Info, Some(at), text);
                }
            }
            _ => {}
        }
    }

    fn finish(&mut self, root: Root, batch: &mut Batch) {
        let draft = batch.session(0);
        draft.duration_s = self.duration_s;
        draft.started = self
            .created_s
            .map(|created| created - self.duration_s.unwrap_or(0.0))
            .and_then(Timestamp::from_unix_seconds);
        self.claims.apply(draft);
        let duts: Vec<&str> = self.claims.values(IdentityField::Dut).collect();
        if duts.iter().any(|dut| Some(dut) != duts.first()) {
            let names: Vec<&str> = duts.iter().take(5).map(|dut| head(dut, 40)).collect();
            let text =
                format!("tests name different DUTs ({}), but the file is one session", names.join(", "));
            batch.note(Severity::Warning, None, text);
        }
        self.unknown.note_unknown("test", "outcome", batch);
        if let Some(said) = self.said_total
            && said != self.tests
            && root.is_complete
            && !batch.partly
        {
            let text = format!(
                "the summary says {}, but the file has {}; those in the file are counted",
                counted(said, "test"),
                grouped(self.tests)
            );
            batch.note(Severity::Info, None, text);
        }
    }
}

impl Report {
    fn environment(&self, text: &str, batch: &mut Batch) {
        let draft = batch.session(0);
        for (name, value) in json::fields(text) {
            let value = json::plain(value);
            draft.property(&name, &value);
            if let Some(identity) = identify::identity_field(&name) {
                draft.claim(identity, Source::Property, &name, &value);
            }
        }
    }

    fn test(&mut self, test: &Test, at: u64, len: usize, batch: &mut Batch) {
        self.tests += 1;
        let (scope, name) = self.identity(&test.nodeid, batch);
        let said = &*test.outcome;
        // `retried` is the word of pytest-retry.
        let is_rerun = matches!(said, "rerun" | "retried");
        let outcome = if is_rerun {
            outcome_of_stages(test)
        } else {
            Outcome::from_native(said).unwrap_or_else(|| {
                self.unknown.add_example(at, if said.is_empty() { "(none)" } else { said });
                Outcome::Unknown
            })
        };
        let mut duration_s = f64::NAN;
        for stage in test.stages() {
            if let Some(seconds) = json::seconds(stage.duration) {
                duration_s = if duration_s.is_nan() { seconds } else { duration_s + seconds };
            }
        }
        let message = message_of(test, outcome);
        let frame = batch.add_frame_text(frame_of(test, outcome).as_deref());
        let row = Row {
            session: 0,
            scope,
            name: batch.add_name_or_placeholder(&name, (0, scope)),
            outcome,
            role: Role::Verdict,
            native: batch.native(said),
            duration_s,
            message: batch.add_message(&message),
            at,
            len: u32::try_from(len).unwrap_or(u32::MAX),
        };
        if is_rerun {
            // The earlier attempts are missing; there was at least one, and it failed.
            batch.push(Row {
                outcome: Outcome::Failed,
                role: Role::Earlier,
                duration_s: f64::NAN,
                message: Text::default(),
                len: 0,
                ..row
            });
        }
        for properties in [test.user_properties, test.metadata].into_iter().filter(|text| !text.is_empty()) {
            // What is no list or object was noted already.
            let _ = each_property(properties, &mut |name, value| {
                let measured = measured_property(name, &json::plain(value.skip_value()?));
                batch.add_measured(batch.len(), &measured);
                Ok(())
            });
            self.claim(properties);
        }
        batch.add_frame(batch.len(), frame);
        batch.push(row);
    }

    fn collector(&mut self, collector: &Collector, at: u64, len: usize, batch: &mut Batch) {
        if collector.outcome != "failed" {
            return;
        }
        let (scope, name) = self.identity(&collector.nodeid, batch);
        let text = json::plain(collector.longrepr);
        let row = Row {
            session: 0,
            scope,
            name: batch.add_name_or_placeholder(&name, (0, scope)),
            outcome: Outcome::Error,
            role: Role::Verdict,
            native: batch.native("collection failed"),
            duration_s: f64::NAN,
            message: batch.add_message(raised(&text)),
            at,
            len: u32::try_from(len).unwrap_or(u32::MAX),
        };
        let frame = batch.add_frame_text(top_frame(&text).as_deref());
        batch.add_frame(batch.len(), frame);
        batch.push(row);
    }

    /// Splits a node id into scope and name like pytest's own JUnit writer (`mangle_test_address`),
    /// so that both name the same test.
    fn identity<'n>(&mut self, nodeid: &'n str, batch: &mut Batch) -> (u32, Cow<'n, str>) {
        if let Some((around, scope)) = &self.scope
            && let Some(name) = identify::name_in(around, nodeid)
        {
            return (*scope, Cow::Borrowed(name));
        }
        let (path, parameters) = match nodeid.find('[') {
            Some(at) => nodeid.split_at(at),
            None => (nodeid, ""),
        };
        // Preparing a search for two characters takes longer than these few comparisons.
        let mut colons = path.rmatch_indices(':').filter_map(|(at, _)| path.get(..at)?.strip_suffix(':'));
        let (around, name) = match colons.next() {
            // Name and parameters are adjacent.
            Some(around) => (around, Cow::Borrowed(nodeid.get(around.len() + 2..).unwrap_or(""))),
            None => ("", Cow::Owned(format!("{}{parameters}", dotted(path)))),
        };
        if let Some((known, scope)) = &self.scope
            && known == around
        {
            return (*scope, name);
        }
        let (file, classes) = around.split_once("::").unwrap_or((around, ""));
        let (text, boundary) = scope_of(&dotted(file), &classes.replace("::", "."));
        let scope = batch.scope(&text, Some(boundary));
        self.scope = Some((around.to_owned(), scope));
        (scope, name)
    }

    /// Reads the DUT from the properties of a test.
    fn claim(&mut self, properties: &str) {
        // `[{"dut": "DUT_A"}, …]` or `{"dut": "DUT_A"}`.
        let mut claim = |name: &str, value: &mut Cursor| {
            if let Some(identity) = identify::identity_field(name)
                && value.peek() == Some(b'"')
            {
                self.claims.add(identity, name, &value.string()?);
            }
            Ok(())
        };
        // It was valid JSON when it was skipped.
        let _ = each_property(properties, &mut claim);
    }
}

/// Takes the properties of `[{"a": 1}, …]` or `{"a": 1}`.
fn each_property<'a>(
    text: &'a str,
    take: &mut dyn FnMut(&str, &mut Cursor<'a>) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let mut cursor = Cursor::new(text);
    match cursor.peek() {
        Some(b'{') => cursor.object(take),
        Some(b'[') => cursor.array(&mut |element| match element.is_object("property")? {
            true => element.object(take),
            false => Ok(()),
        }),
        _ => Ok(()),
    }
}

/// Returns `tests.test_a` for `tests/test_a.py`.
fn dotted(path: &str) -> String {
    let path = path.strip_suffix(".py").unwrap_or(path);
    path.replace('/', ".")
}

/// Returns the verdict of a rerun test by its stages, which are those of the last attempt.
fn outcome_of_stages(test: &Test) -> Outcome {
    let failed = |stage: &Option<Stage>| stage.as_ref().is_some_and(|stage| stage.outcome == "failed");
    let [setup, call, teardown] = &test.stages;
    if failed(setup) || failed(teardown) {
        Outcome::Error
    } else if failed(call) {
        Outcome::Failed
    } else if test.stages().any(|stage| stage.outcome == "skipped") {
        Outcome::Skipped
    } else {
        Outcome::Passed
    }
}

fn message_of<'a>(test: &'a Test, outcome: Outcome) -> Cow<'a, str> {
    if outcome == Outcome::Passed {
        return Cow::Borrowed("");
    }
    if let Some(message) = test.stages().find_map(|stage| stage.message.as_deref()) {
        return Cow::Borrowed(first_line(message));
    }
    match test.stages().find(|stage| !stage.longrepr.is_empty()) {
        Some(stage) => Cow::Owned(skip_reason(&json::plain(stage.longrepr))),
        None => Cow::Borrowed(""),
    }
}

/// Returns the top frame of the stage that has the message.
fn frame_of(test: &Test, outcome: Outcome) -> Option<String> {
    let mut stages = test.stages().filter(|_| outcome.is_failing());
    let stage = stages.find(|stage| stage.message.is_some() || stage.outcome == "failed")?;
    top_frame(&json::plain(stage.longrepr))
}

/// Reads the details of a test or collector.
fn details(slice: &str) -> Details {
    let mut details = Details::default();
    let test = json::fields(slice);
    let text = |key: &str| test.get(key).map(|value| json::plain(value)).filter(|value| value != "null");
    if let Some(nodeid) = text("nodeid") {
        let file = nodeid.split("::").next().unwrap_or(&nodeid);
        details.location = Some(match test.get("lineno").and_then(|line| line.parse::<u64>().ok()) {
            Some(line) => format!("{file}:{}", line.saturating_add(1)),
            None => file.to_owned(),
        });
    }
    if let Some(text) = text("longrepr") {
        details.section(SectionKind::Reason, "collection", "", &text);
    }
    let stages =
        ["setup", "call", "teardown"].map(|key| (key, json::fields(test.get(key).copied().unwrap_or(""))));
    let plain = |stage: &Fields, key: &str| {
        let value = stage.get(key).copied().filter(|value| *value != "null");
        value.map(|value| json::plain(value).into_owned()).unwrap_or_default()
    };
    for (name, stage) in &stages {
        let outcome = plain(stage, "outcome");
        if outcome != "passed" && !outcome.is_empty() {
            let crash = json::fields(stage.get("crash").copied().unwrap_or(""));
            let title = format!("{outcome} in {name}");
            let (message, text) = (plain(&crash, "message"), plain(stage, "longrepr"));
            details.section(SectionKind::Reason, &title, &message, &text);
        }
    }
    for (name, stage) in &stages {
        let log = log(stage.get("log").copied().unwrap_or(""));
        let titled = |what: &str| format!("captured {what}, {name}");
        details.section(SectionKind::Output, &titled("log"), "", &log);
        details.section(SectionKind::Output, &titled("stdout"), "", &plain(stage, "stdout"));
        details.section(SectionKind::Output, &titled("stderr"), "", &plain(stage, "stderr"));
    }
    for key in ["user_properties", "metadata"] {
        let _ = each_property(test.get(key).copied().unwrap_or(""), &mut |name, value| {
            details.properties.push((name.to_owned(), json::plain(value.skip_value()?).into_owned()));
            Ok(())
        });
    }
    details
}

type Fields<'a> = std::collections::BTreeMap<String, &'a str>;

/// Formats log records like pytest, but without the arguments in the message, which would take
/// Python's `%` operator.
fn log(records: &str) -> String {
    let mut log = String::new();
    let mut cursor = Cursor::new(records);
    if cursor.peek() != Some(b'[') {
        return log;
    }
    let _ = cursor.array(&mut |record| {
        let record = json::fields(record.skip_value()?);
        let text = |key: &str| record.get(key).map(|value| json::plain(value)).unwrap_or_default();
        let (level, name, file, line) = (text("levelname"), text("name"), text("filename"), text("lineno"));
        let _ = write!(log, "{level:8} {name}:{file}:{line} {}", text("msg"));
        if let Some(args) = record.get("args").filter(|args| !matches!(**args, "null" | "[]")) {
            log.push_str("  ");
            log.push_str(args);
        }
        log.push('\n');
        Ok(())
    });
    log
}
