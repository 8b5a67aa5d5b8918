//! Playwright Test's reporter `json`.
//!
//! Format: microsoft/playwright, `packages/playwright/types/testReporter.d.ts`, `JSONReport`.
//! Suites are files and their `describe` groups; a spec has a test for each project, and a test has
//! a result for each attempt. A project is a session. Oddities:
//!
//! - `status` of a test is `expected`, `unexpected`, `flaky` or `skipped`; `expectedStatus` is what
//!   it expects, and `test.fail()` makes that `failed`.
//! - Errors outside of tests are only in `errors` of the root.

use crate::import::batch::{Batch, Entry, Role, Row, Scope, first_line};
use crate::import::collect::{Occurrences, Targets};
use crate::import::details::{Details, SectionKind};
use crate::import::json::{self, Fault, Object, Root, Visitor};
use crate::import::{About, Family, Format, Guide, Richness, TextFormat, limits};
use crate::model::{Outcome, Timestamp, ansi};
use std::borrow::Cow;

pub const ABOUT: About = About {
    key: "playwright-json",
    name: "Playwright JSON",
    tool: "Playwright",
    family: Family::JavaScript,
    richness: Richness::Native,
};

pub const GUIDE: Guide = Guide {
    about: &ABOUT,
    producers: "playwright test --reporter=json",
    reads: "projects as sessions, retries as attempts, test.fail(), annotations, output, errors outside of tests",
    dut: "the projects, if there are several",
    limits: "attachments are named, but not shown",
};

pub const FORMAT: Format = Format::Text(TextFormat {
    about: &ABOUT,
    detect: |head| !head.is_array && head.has("config") && (head.has("suites") || head.keys.len() == 1),
    importer: json::document::<Report>,
    details,
});

#[derive(Default)]
struct Report {
    targets: Targets,
    version: String,
    started: Option<Timestamp>,
    duration_s: Option<f64>,
    errors: u64,
    /// The first error outside of tests, or the status of a run that did not finish.
    incomplete: String,
    /// The status of the run is `failed`.
    has_failed: bool,
    unknown: Occurrences,
}

impl Visitor for Report {
    fn has_entries(&self, key: &str) -> bool {
        matches!(key, "suites" | "errors")
    }

    fn inner(&self) -> &'static [&'static str] {
        &["suites", "specs", "tests"]
    }

    fn whole(&mut self, key: &str, text: &str, at: u64, batch: &mut Batch) -> Result<(), Fault> {
        let (Some(object), _) = json::entry(text, at, batch, Object::read)? else {
            return Ok(());
        };
        if key == "suites" {
            let mut titles = Vec::new();
            self.suite(&object, &mut titles, text, at, batch);
        } else {
            self.error(&object, text, at, batch);
        }
        Ok(())
    }

    fn value(&mut self, key: &str, text: &str, _at: u64, _batch: &mut Batch) {
        let object = Object::of(text);
        match key {
            "status" => {
                let status = json::plain(text);
                if matches!(&*status, "interrupted" | "timedout" | "timedOut") {
                    let word = if status == "interrupted" { "was interrupted" } else { "timed out" };
                    self.incomplete = format!("the run {word}");
                } else if status == "failed" {
                    self.has_failed = true;
                }
            }
            "config" => self.version = object.text("version").into_owned(),
            "stats" => {
                self.started = Timestamp::parse(&object.text("startTime"));
                self.duration_s = object.number("duration").map(|ms| ms / 1000.0);
            }
            _ => {}
        }
    }

    fn finish(&mut self, _root: Root, batch: &mut Batch) {
        self.unknown.note_unknown("test", "outcome", batch);
        self.targets.apply(batch);
        let is_failing = |row: &Row| row.outcome.is_failing() && row.role == Role::Verdict;
        if self.has_failed && self.incomplete.is_empty() && !batch.rows.iter().any(is_failing) {
            "the run failed, although no test did".clone_into(&mut self.incomplete);
        }
        for index in 0..self.targets.count() {
            let draft = batch.session(index);
            draft.started = self.started;
            draft.duration_s = self.duration_s;
            draft.mark_incomplete(&self.incomplete);
            if !self.version.is_empty() {
                draft.property("playwright", &self.version);
            }
        }
    }
}

impl Report {
    /// Reads a file, or a group in it.
    fn suite(&mut self, suite: &Object, titles: &mut Vec<String>, text: &str, at: u64, batch: &mut Batch) {
        // The first title is the file's.
        titles.push(suite.text("title").into_owned());
        for spec in suite.objects("specs") {
            let mut names = titles.get(1..).unwrap_or_default().to_vec();
            names.push(spec.text("title").into_owned());
            let file = match spec.text("file") {
                file if file.is_empty() => suite.text("file"),
                file => file,
            };
            let name = names.join(" › ");
            for (slice, at) in spec.entries("tests", (text, at), batch) {
                self.test(&Spec { file: &file, name: &name }, slice, at, batch);
            }
        }
        for (inner, inner_at) in suite.entries("suites", (text, at), batch) {
            if titles.len() > limits::SUITE_DEPTH {
                batch.note_unreadable(inner_at, "suites are nested too deeply; the inner ones were ignored");
                break;
            }
            self.suite(&Object::of(inner), titles, text, at, batch);
        }
        titles.pop();
    }

    /// Reads a test in one project.
    fn test(&mut self, spec: &Spec, slice: &str, at: u64, batch: &mut Batch) {
        let test = Object::of(slice);
        let session = self.targets.session("projectName", &test.text("projectName"));
        let expected = test.text("expectedStatus");
        let results = test.entries("results", (slice, at), batch);
        let annotated = |kind: &str| {
            let mut annotations = test.objects("annotations").into_iter();
            annotations
                .find(|annotation| annotation.text("type") == kind)
                .map(|found| found.text("description"))
        };
        if results.is_empty() {
            // It was not reached, or skipped.
            let status = test.text("status");
            batch.push_entry(Entry {
                session,
                scope: Scope::Plain(spec.file),
                name: spec.name,
                outcome: if expected == "skipped" { Outcome::Skipped } else { Outcome::NotRun },
                native: &status,
                at,
                len: slice.len(),
                ..Entry::default()
            });
        }
        for (number, &(result_slice, at)) in (1..).zip(&results) {
            let result = Object::of(result_slice);
            let status = result.text("status");
            let outcome = outcome(&status, &expected).unwrap_or_else(|| {
                self.unknown.add_example(at, if status.is_empty() { "(none)" } else { &status });
                Outcome::Unknown
            });
            let message = match outcome {
                Outcome::Skipped => annotated("skip").or_else(|| annotated("fixme")).unwrap_or_default(),
                Outcome::XFailed => annotated("fail")
                    .filter(|why| !why.is_empty())
                    .unwrap_or_else(|| message_of(&result.object("error"))),
                Outcome::XPassed => "expected to fail, but passed".into(),
                _ => message_of(&result.object("error")),
            };
            batch.push_entry(Entry {
                session,
                scope: Scope::Plain(spec.file),
                name: spec.name,
                outcome,
                native: &status,
                role: if number < results.len() { Role::Earlier } else { Role::Verdict },
                duration_s: result.number("duration").map(|ms| ms / 1000.0),
                began_ms: Timestamp::parse(&result.text("startTime")).map(|started| started.unix_ms as f64),
                worker: &worker(&result),
                message: &message,
                trace: &if outcome.is_failing() { result.object("error").text("stack") } else { "".into() },
                at,
                len: result_slice.len(),
                ..Entry::default()
            });
        }
    }

    /// Reads an error outside of tests: a file that cannot be loaded, a global setup.
    fn error(&mut self, error: &Object, text: &str, at: u64, batch: &mut Batch) {
        self.errors += 1;
        if self.incomplete.is_empty() {
            let message = message_of(error);
            let message: String = ansi::runs(&message).iter().map(|run| run.text).collect();
            self.incomplete = format!("error outside of tests: {}", first_line(&message));
        }
        let file = error.object("location").text("file").replace('\\', "/");
        let file = file.rsplit('/').next().unwrap_or("");
        let number = if self.errors > 1 { format!(" {}", self.errors) } else { String::new() };
        batch.push_entry(Entry {
            scope: Scope::Plain(file),
            name: &format!("(error outside of tests{number})"),
            outcome: Outcome::Error,
            native: "error",
            message: &message_of(error),
            at,
            len: text.len(),
            ..Entry::default()
        });
    }
}

struct Spec<'a> {
    file: &'a str,
    name: &'a str,
}

/// Returns the worker that ran an attempt. After a failure a new process with the same parallel index follows.
fn worker(result: &Object) -> String {
    let index = ["parallelIndex", "workerIndex"].into_iter().find_map(|key| result.number(key));
    index.filter(|index| *index >= 0.0).map_or(String::new(), |index| format!("worker {index}"))
}

/// Returns the outcome of a status if another one is expected.
fn outcome(status: &str, expected: &str) -> Option<Outcome> {
    Some(match (status, expected) {
        ("failed", "failed") => Outcome::XFailed,
        ("passed", "failed") => Outcome::XPassed,
        ("passed", _) => Outcome::Passed,
        ("failed", _) => Outcome::Failed,
        ("timedOut" | "interrupted", _) => Outcome::Error,
        ("skipped", _) => Outcome::Skipped,
        _ => return None,
    })
}

/// Reads the details of an attempt, or of an error outside of tests.
fn details(slice: &str) -> Details {
    let result = Object::of(slice);
    let mut details = Details::default();
    let mut errors = result.objects("errors");
    if errors.is_empty() && result.has("error") {
        errors.push(result.object("error"));
    }
    if errors.is_empty() && result.has("message") {
        errors.push(Object::of(slice));
    }
    let place = |of: &Object| {
        let location = of.object("location");
        let file = location.text("file");
        (!file.is_empty()).then(|| format!("{file}:{}", location.text("line")))
    };
    details.location = errors.first().and_then(place);
    let status = match result.text("status") {
        status if status.is_empty() => "error".into(),
        status => status,
    };
    for error in &errors {
        let message = message_of(error);
        let stack = error.text("stack");
        // The stack begins with the message, and contains a snippet of the source unless that is
        // separate.
        let text = if stack.is_empty() { message.clone() } else { stack };
        details.section(SectionKind::Reason, &status, "", &text);
        let snippet = error.text("snippet");
        if !message.contains(&*snippet) {
            details.section(SectionKind::Output, "source", "", &snippet);
        }
    }
    for key in ["stdout", "stderr"] {
        let texts = result.objects(key);
        let texts: Vec<_> = texts.iter().map(|piece| piece.text("text")).collect();
        details.section(SectionKind::Output, key, "", &texts.concat());
    }
    let mut steps = String::new();
    step_titles(&result, 0, &mut steps);
    details.section(SectionKind::Output, "steps", "", &steps);
    for annotation in result.objects("annotations") {
        details
            .properties
            .push((annotation.text("type").into_owned(), annotation.text("description").into_owned()));
    }
    for attachment in result.objects("attachments") {
        let name = format!("attachment {}", attachment.text("name"));
        let path = attachment.text("path");
        let what = if path.is_empty() { attachment.text("contentType") } else { path };
        details.properties.push((name, what.into_owned()));
    }
    details.properties.retain(|(name, _)| !name.is_empty());
    details
}

/// Returns the message of an error; other values can be thrown, too.
fn message_of<'a>(error: &Object<'a>) -> Cow<'a, str> {
    let message = error.text("message");
    if message.is_empty() { error.text("value") } else { message }
}

/// The greatest depth of steps that is shown.
const DEPTH: usize = 16;

fn step_titles(around: &Object, depth: usize, text: &mut String) {
    for step in around.objects("steps").iter().filter(|_| depth < DEPTH) {
        let failed = if step.has("error") { "failed: " } else { "" };
        text.push_str(&format!("{:1$}{failed}{2}\n", "", depth * 2, step.text("title")));
        step_titles(step, depth + 1, text);
    }
}
