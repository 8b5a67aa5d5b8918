//! Dart's and Flutter's JSON reporter: a line of JSON for each event.
//!
//! Protocol: dart-lang/test, `pkgs/test/doc/json_reporter.md`, version 0.1. Oddities:
//!
//! - A test's name begins with the names of its groups.
//! - Loading a suite, `setUpAll` and `tearDownAll` are tests, which are hidden if they pass.
//! - A test can fail after its end; no later event repeats its result.
//! - Times are milliseconds since the runner started, which is unknown.
//! - Flutter has absolute paths, and writes lines of its own in brackets.
//! - One run may be on several platforms: each is a device under test.

use crate::import::batch::{Batch, Entry, Scope, kept_details};
use crate::import::collect::Occurrences;
use crate::import::details::{Details, SectionKind};
use crate::import::importer::{LineImporter, LineReader};
use crate::import::json::{self, Cursor, Fault, StrayLines};
use crate::import::{About, Family, Format, Guide, Richness, TextFormat};
use crate::model::{IdentityField, Outcome, Source};
use crate::text::order::Order;
use rustc_hash::FxHashMap;
use std::borrow::Cow;

pub const ABOUT: About = About {
    key: "dart-test",
    name: "Dart and Flutter JSON",
    tool: "Dart and Flutter",
    family: Family::OtherLanguages,
    richness: Richness::Native,
};

pub const GUIDE: Guide = Guide {
    about: &ABOUT,
    producers: "dart test --reporter json, flutter test --machine or --file-reporter json",
    reads: "suites, groups, errors with stack traces, output, suites that fail to load",
    dut: "the platform, if a run is on several",
    limits: "no timestamps",
};

pub const FORMAT: Format = Format::Text(TextFormat {
    about: &ABOUT,
    detect: |head| {
        head.first_line_has(&["protocolVersion", "type"]) || head.first_line_has(&["runnerVersion", "pid"])
    },
    importer: || Box::new(LineImporter::<Events>::default()),
    details: kept_details::read,
});

/// The most errors of a test that are kept.
const ERRORS: usize = 100;

/// The title of an error after the end of its test.
const LATE: &str = "error after the end";

/// A line, with the fields of its `test`, `suite` or `group`.
#[derive(Default)]
struct Event<'a> {
    kind: Cow<'a, str>,
    time_ms: Option<f64>,
    id: Cow<'a, str>,
    of_test: bool,
    test_id: Cow<'a, str>,
    suite_id: Cow<'a, str>,
    groups: Vec<String>,
    name: Cow<'a, str>,
    path: Cow<'a, str>,
    platform: Cow<'a, str>,
    line: Cow<'a, str>,
    column: Cow<'a, str>,
    url: Cow<'a, str>,
    result: Cow<'a, str>,
    is_hidden: bool,
    is_skipped: bool,
    /// `true`, `false`, or `null` if the run was interrupted.
    success: &'a str,
    skip_reason: Cow<'a, str>,
    error: Cow<'a, str>,
    stack_trace: Cow<'a, str>,
    message_type: Cow<'a, str>,
    message: Cow<'a, str>,
    runner: Cow<'a, str>,
}

fn field<'a>(event: &mut Event<'a>, key: &str, value: &mut Cursor<'a>) -> Result<(), Fault> {
    match key {
        "type" => event.kind = value.text_or_empty(key)?,
        "time" => event.time_ms = json::seconds(value.skip_value()?),
        "test" | "suite" | "group" if value.peek() == Some(b'{') => {
            event.of_test = key == "test";
            value.object(&mut |key, value| field(event, key, value))?;
        }
        "metadata" if value.peek() == Some(b'{') => value.object(&mut |key, value| {
            if key == "skipReason" {
                event.skip_reason = value.text_or_empty(key)?;
            }
            Ok(())
        })?,
        "groupIDs" if value.peek() == Some(b'[') => value.array(&mut |id| {
            event.groups.push(id.skip_value()?.to_owned());
            Ok(())
        })?,
        "id" => event.id = value.text_or_empty(key)?,
        "testID" => event.test_id = value.text_or_empty(key)?,
        "suiteID" => event.suite_id = value.text_or_empty(key)?,
        "name" => event.name = value.text_or_empty(key)?,
        "path" => event.path = value.text_or_empty(key)?,
        "platform" => event.platform = value.text_or_empty(key)?,
        "line" => event.line = value.text_or_empty(key)?,
        "column" => event.column = value.text_or_empty(key)?,
        "url" => event.url = value.text_or_empty(key)?,
        "result" => event.result = value.text_or_empty(key)?,
        "hidden" => event.is_hidden = value.skip_value()? == "true",
        "success" => event.success = value.skip_value()?,
        "skipped" => event.is_skipped = value.skip_value()? == "true",
        "error" => event.error = value.text_or_empty(key)?,
        "stackTrace" => event.stack_trace = value.text_or_empty(key)?,
        "messageType" => event.message_type = value.text_or_empty(key)?,
        "message" => event.message = value.text_or_empty(key)?,
        "runnerVersion" => event.runner = value.text_or_empty(key)?,
        _ => {}
    }
    Ok(())
}

#[derive(Default)]
struct Events {
    suites: FxHashMap<String, Suite>,
    /// Names of groups, including those around them.
    groups: FxHashMap<String, String>,
    tests: FxHashMap<String, Test>,
    /// Rows of tests that ended.
    rows: FxHashMap<String, u32>,
    /// In the order of their sessions.
    platforms: Vec<String>,
    runner: String,
    is_done: bool,
    is_interrupted: bool,
    /// Why the run did not succeed; "" if it did.
    verdict: &'static str,
    duration_s: Option<f64>,
    unknown: Occurrences,
    strays: StrayLines,
    end: u64,
}

#[derive(Default)]
struct Suite {
    path: String,
    session: usize,
}

/// A test: first while it is running, then its row.
#[derive(Default)]
struct Test {
    at: u64,
    started_ms: Option<f64>,
    name: String,
    group: String,
    suite_id: String,
    location: String,
    skip_reason: String,
    output: String,
    errors: Vec<(String, String)>,
    /// It passed, and counts only if it fails later.
    is_hidden: bool,
}

impl LineReader for Events {
    fn line(&mut self, line: &str, at: u64, batch: &mut Batch) {
        self.end = at + line.len() as u64;
        match json::line(line, field) {
            Some(event) if !event.kind.is_empty() => self.event(event, at, batch),
            // Flutter's own events.
            _ if line.starts_with('[') => {}
            _ => self.strays.add(line, at),
        }
    }

    fn finish(&mut self, batch: &mut Batch) {
        let mut open: Vec<Test> = self.tests.drain().map(|(_, test)| test).collect();
        open.order_by_key(|test| test.at);
        // A suite that did not finish loading is not a test.
        open.retain(|test| !test.errors.is_empty() || !test.is_hidden && !test.name.starts_with("loading "));
        for test in open {
            let outcome = if test.errors.is_empty() { Outcome::NotRun } else { Outcome::Error };
            let why = "the end of the test is missing";
            self.add_result(test, outcome, "testStart", None, why, batch);
        }
        if !self.is_done {
            batch.note_unreadable(self.end, "the run did not finish: it was killed, or is still running");
        }
        self.strays.report(0, batch);
        self.unknown.note_unknown("test", "result", batch);
        if batch.is_empty() {
            return;
        }
        let has_failing = batch.rows.iter().any(|row| row.outcome.is_failing());
        let verdict = Some(self.verdict).filter(|verdict| !verdict.is_empty());
        let verdict = verdict.filter(|_| !has_failing || self.is_interrupted);
        for (session, platform) in self.platforms.iter().enumerate() {
            let draft = batch.session(session);
            if let Some(verdict) = verdict {
                draft.mark_incomplete(verdict);
            }
            draft.duration_s = self.duration_s;
            draft.property("package:test", &self.runner);
            if self.platforms.len() > 1 {
                draft.claim(IdentityField::Dut, Source::Field, "platform", platform);
            } else if !platform.is_empty() {
                draft.attributes.push(("platform".to_owned(), platform.clone()));
            }
        }
    }
}

impl Events {
    fn event(&mut self, event: Event, at: u64, batch: &mut Batch) {
        match &*event.kind {
            "start" => event.runner.as_ref().clone_into(&mut self.runner),
            "suite" => {
                let known = self.platforms.iter().position(|platform| *platform == event.platform);
                let session = known.unwrap_or_else(|| {
                    self.platforms.push(event.platform.to_string());
                    self.platforms.len() - 1
                });
                let suite = Suite { path: below_package(&event.path).to_owned(), session };
                self.suites.insert(event.id.into_owned(), suite);
            }
            "group" => {
                self.groups.insert(event.id.into_owned(), event.name.into_owned());
            }
            "testStart" if event.of_test => {
                let group = event.groups.iter().rev().find_map(|id| self.groups.get(id));
                let group = group.map(String::as_str).unwrap_or("");
                let name =
                    event.name.strip_prefix(group).map(str::trim_start).filter(|name| !name.is_empty());
                let test = Test {
                    at,
                    started_ms: event.time_ms,
                    name: name.unwrap_or(&event.name).to_owned(),
                    group: if name.is_some() { group.to_owned() } else { String::new() },
                    suite_id: event.suite_id.to_string(),
                    location: location(&event),
                    skip_reason: event.skip_reason.to_string(),
                    ..Test::default()
                };
                self.tests.insert(event.id.into_owned(), test);
            }
            "print" => {
                if let Some(test) = self.tests.get_mut(&*event.test_id) {
                    if event.message_type == "skip" {
                        let reason = event.message.strip_prefix("Skip: ").unwrap_or(&event.message);
                        reason.clone_into(&mut test.skip_reason);
                    } else {
                        test.output.push_str(&event.message);
                        test.output.push('\n');
                    }
                }
            }
            "error" => {
                if let Some(test) =
                    self.tests.get_mut(&*event.test_id).filter(|test| test.errors.len() < ERRORS)
                {
                    test.errors.push((event.error.into_owned(), event.stack_trace.into_owned()));
                } else if let Some(&row) = self.rows.get(&*event.test_id) {
                    late_error(&event, row, batch);
                }
            }
            "testDone" => self.done(&event, at, batch),
            "done" => {
                self.is_done = true;
                self.is_interrupted = event.success == "null";
                self.verdict = match event.success {
                    "null" => "the run was interrupted",
                    "false" => "the run failed, although no test did",
                    _ => "",
                };
                self.duration_s = event.time_ms.map(|ms| ms / 1000.0);
            }
            _ => {}
        }
    }

    fn done(&mut self, event: &Event, at: u64, batch: &mut Batch) {
        if let Some(test) = self.tests.get_mut(&*event.test_id).filter(|_| event.is_hidden) {
            test.is_hidden = true;
            return;
        }
        let Some(test) = self.tests.remove(&*event.test_id) else {
            return;
        };
        self.rows.insert(event.test_id.to_string(), batch.len() as u32);
        let outcome = match &*event.result {
            _ if event.is_skipped => Outcome::Skipped,
            "success" => Outcome::Passed,
            "failure" => Outcome::Failed,
            "error" => Outcome::Error,
            other => {
                self.unknown.add_example(at, other);
                Outcome::Unknown
            }
        };
        let native = if event.is_skipped { "skipped" } else { &event.result };
        let duration_s = event.time_ms.zip(test.started_ms).map(|(done, started)| (done - started) / 1000.0);
        self.add_result(test, outcome, native, duration_s, "", batch);
    }

    fn add_result(
        &self,
        test: Test,
        outcome: Outcome,
        native: &str,
        duration_s: Option<f64>,
        why: &str,
        batch: &mut Batch,
    ) {
        let first = test.errors.first().map_or("", |(error, _)| error);
        let message = match outcome {
            Outcome::Skipped => &test.skip_reason,
            _ if !first.is_empty() => first,
            _ => why,
        };
        let mut details = Details::default();
        for (error, stack_trace) in &test.errors {
            details.section(SectionKind::Reason, native, error, stack_trace);
        }
        if outcome == Outcome::Skipped && !test.skip_reason.is_empty() {
            details.section(SectionKind::Reason, native, &test.skip_reason, "");
        }
        details.section(SectionKind::Output, "output", "", &test.output);
        details.location = Some(test.location.clone()).filter(|place| !place.is_empty());
        let (at, len) = batch.keep_details(&details);
        let suite = self.suites.get(&test.suite_id);
        let path = suite.map_or("", |suite| &suite.path);
        let path = path.strip_suffix(".dart").unwrap_or(path);
        batch.push_entry(Entry {
            session: suite.map_or(0, |suite| suite.session),
            scope: Scope::Suite(path, &test.group),
            name: &test.name,
            outcome,
            native,
            duration_s,
            message,
            trace: details.trace(),
            at,
            len,
            ..Entry::default()
        });
    }
}

/// A test failed after its end: its row exists already.
fn late_error(event: &Event, index: u32, batch: &mut Batch) {
    let Some(row) = batch.rows.get(index as usize).copied() else {
        return;
    };
    let (from, to) = (row.at as usize, row.at as usize + row.len as usize);
    let mut details = kept_details::read(batch.kept.get(from..to).unwrap_or(""));
    if details.sections.iter().any(|section| section.title == LATE) {
        return;
    }
    details.section(SectionKind::Reason, LATE, &event.error, &event.stack_trace);
    let (at, len) = batch.keep_details(&details);
    let message = batch.add_message(&event.error);
    if let Some(row) = batch.rows.get_mut(index as usize) {
        (row.at, row.len) = (at, u32::try_from(len).unwrap_or(u32::MAX));
        if !row.outcome.is_failing() {
            (row.outcome, row.message) = (Outcome::Error, message);
        }
    }
}

/// Returns where a test is: `test/pair_test.dart:12:5`.
fn location(event: &Event) -> String {
    let file = event.url.strip_prefix("file://").unwrap_or(&event.url);
    match file {
        "" => String::new(),
        file => format!("{file}:{}:{}", event.line, event.column),
    }
}

/// Shortens an absolute path to begin with the package's folder of tests.
fn below_package(path: &str) -> &str {
    let is_absolute =
        path.starts_with('/') || path.get(1..3).is_some_and(|root| root == ":\\" || root == ":/");
    let separator = if path.contains('\\') { '\\' } else { '/' };
    let folder = ["test", "integration_test"]
        .iter()
        .filter_map(|name| path.rfind(&format!("{separator}{name}{separator}")));
    folder.max().filter(|_| is_absolute).and_then(|at| path.get(at + 1..)).unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_below_the_package() {
        for (path, expected) in [
            ("test/a_test.dart", "test/a_test.dart"),
            ("/home/lab/app/test/ui/a_test.dart", "test/ui/a_test.dart"),
            ("/home/test/app/integration_test/a_test.dart", "integration_test/a_test.dart"),
            ("C:\\lab\\app\\test\\a_test.dart", "test\\a_test.dart"),
            ("/home/lab/a_test.dart", "/home/lab/a_test.dart"),
        ] {
            assert_eq!(below_package(path), expected);
        }
    }
}
