//! Jest's `--json`, and Vitest's reporter `json`, which imitates it.
//!
//! Format: jestjs/jest, `packages/jest-test-result`, `FormattedTestResults`. Oddities:
//!
//! - For a rerun test `invocations` has the number of attempts, but only the last attempt is in the
//!   file; Vitest has a failure message beside `passed`.
//! - A test that is expected to fail is `passed` with `failing` (Jest), or only passed (Vitest).
//! - A file that cannot be loaded has a message and no tests.
//! - Paths of files are absolute.

use super::short_paths;
use crate::import::batch::{Batch, Entry, Scope, first_line};
use crate::import::collect::Occurrences;
use crate::import::details::{Details, SectionKind};
use crate::import::json::{self, Fault, Object, Root, Visitor};
use crate::import::{About, Family, Format, Guide, Richness, TextFormat};
use crate::model::{Outcome, Severity, Timestamp, counted};

pub const ABOUT: About = About {
    key: "jest-json",
    name: "Jest JSON",
    tool: "Jest and Vitest",
    family: Family::JavaScript,
    richness: Richness::Native,
};

pub const GUIDE: Guide = Guide {
    about: &ABOUT,
    producers: "jest --json, vitest --reporter=json, and runners that imitate them",
    reads: "files that cannot be loaded, expected failures, how often a test was run",
    dut: "",
    limits: "earlier attempts are only counted; no output",
};

pub const FORMAT: Format = Format::Text(TextFormat {
    about: &ABOUT,
    detect: |head| {
        let is_it =
            || head.has("numTotalTests") || head.has("numTotalTestSuites") || head.has("numFailedTests");
        !head.is_array && (is_it() || head.has("testResults") && head.has("success"))
    },
    importer: json::document::<Report>,
    details,
});

#[derive(Default)]
struct Report {
    /// Path of each file.
    files: Vec<String>,
    start_ms: Option<f64>,
    end_ms: Option<f64>,
    unknown: Occurrences,
    /// The number of files that could not be run, according to the file.
    broken_files: u64,
    /// The number of these that it names.
    named_files: u64,
    /// `success` is false.
    has_failed: bool,
}

impl Visitor for Report {
    fn has_entries(&self, key: &str) -> bool {
        key == "testResults"
    }

    fn whole(&mut self, _key: &str, text: &str, at: u64, batch: &mut Batch) -> Result<(), Fault> {
        if let (Some(file), _) = json::entry(text, at, batch, Object::read)? {
            self.file(&file, text, at, batch);
        }
        Ok(())
    }

    fn value(&mut self, key: &str, text: &str, at: u64, batch: &mut Batch) {
        match key {
            "startTime" => self.start_ms = crate::model::decimal(text),
            "wasInterrupted" if text == "true" => {
                batch.session(0).mark_incomplete("the run was interrupted");
                batch.note(Severity::Warning, Some(at), "the run was interrupted");
            }
            "runExecError" if text != "null" => {
                let error = Object::of(text);
                let message = if error.has("message") { error.text("message") } else { json::plain(text) };
                let message = first_line(&message).to_owned();
                batch.session(0).mark_incomplete(&format!("the run failed: {message}"));
                batch.note(Severity::Warning, Some(at), format!("the run failed: {message}"));
            }
            "numRuntimeErrorTestSuites" => self.broken_files = text.parse().unwrap_or(0),
            "success" => self.has_failed = text == "false",
            _ => {}
        }
    }

    fn finish(&mut self, _root: Root, batch: &mut Batch) {
        self.unknown.note_unknown("test", "outcome", batch);
        for (scope, path) in (0..).zip(short_paths(&self.files)) {
            let end = path.len() as u32;
            batch.name_scope(scope, &path, (end, end));
        }
        self.settle_run(batch);
        let span = self.end_ms.zip(self.start_ms).map(|(end, start)| (end - start) / 1000.0);
        let draft = batch.session(0);
        draft.started = self.start_ms.and_then(|ms| Timestamp::from_unix_seconds(ms / 1000.0));
        draft.duration_s = span.filter(|seconds| *seconds >= 0.0);
    }
}

impl Report {
    /// Marks the session as incomplete if files could not be run, since their tests are unknown, or if
    /// the run failed and nothing in it did.
    fn settle_run(&self, batch: &mut Batch) {
        let broken = self.broken_files.max(self.named_files);
        let has_failing = batch.rows.iter().any(|row| row.outcome.is_failing());
        let draft = batch.session(0);
        if broken > 0 {
            draft.mark_incomplete(&format!("{} could not be run", counted(broken, "test file")));
        } else if self.has_failed && !has_failing {
            draft.mark_incomplete("the run failed, although no test did");
        }
    }

    fn file(&mut self, file: &Object, text: &str, at: u64, batch: &mut Batch) {
        self.files.push(file.text("name").into_owned());
        let scope = Scope::Kept(batch.push_scope("", None));
        let end = file.number("endTime").filter(|end| *end > 0.0);
        self.end_ms = match (self.end_ms, end) {
            (Some(a), Some(b)) => Some(a.max(b)),
            (a, b) => a.or(b),
        };
        let tests = file.entries("assertionResults", (text, at), batch);
        for &(slice, at) in &tests {
            self.test(scope, slice, at, batch);
        }
        let message = file.text("message");
        let exec_error = file.object("testExecError").text("message").into_owned();
        if !exec_error.is_empty() && !tests.is_empty() {
            self.named_files += 1;
        }
        let message = if message.is_empty() { exec_error.into() } else { message };
        if tests.is_empty() && (file.text("status") == "failed" || !message.is_empty()) {
            self.named_files += 1;
            batch.push_entry(Entry {
                scope,
                name: "(the file could not be run)",
                outcome: Outcome::Error,
                native: "failed to run",
                message: reason(&message),
                trace: &message,
                at,
                len: text.len(),
                ..Entry::default()
            });
        }
    }

    fn test(&mut self, scope: Scope, slice: &str, at: u64, batch: &mut Batch) {
        let test = Object::of(slice);
        let status = test.text("status");
        let outcome = match (&*status, test.is("failing")) {
            ("passed", true) => Outcome::XFailed,
            ("failed", true) => Outcome::XPassed,
            (word, _) => Outcome::from_native(word).unwrap_or_else(|| {
                self.unknown.add_example(at, if word.is_empty() { "(none)" } else { word });
                Outcome::Unknown
            }),
        };
        let messages = test.texts("failureMessages");
        let invocations = test.number("invocations").unwrap_or(1.0) as u16;
        let is_flaky = status == "passed" && (invocations > 1 || !messages.is_empty());
        if invocations > 1 || is_flaky {
            batch.facts.push((batch.len() as u32, invocations.max(1 + u16::from(is_flaky)), is_flaky));
        }
        let mut titles = test.texts("ancestorTitles");
        titles.retain(|title| !title.is_empty());
        titles.push(test.text("title"));
        batch.push_entry(Entry {
            scope,
            name: &titles.join(" > "),
            outcome,
            native: &status,
            duration_s: test.number("duration").map(|ms| ms / 1000.0),
            began_ms: test.number("startAt"),
            // For a passed test it is the message of an earlier attempt.
            message: messages.first().filter(|_| !is_flaky).map_or("", |message| reason(message)),
            trace: messages.first().map_or("", |message| message),
            at,
            len: slice.len(),
            ..Entry::default()
        });
    }
}

/// Returns the line of a message with the reason, without the title of the suite above it.
fn reason(message: &str) -> &str {
    let is_title = |line: &&str| line.is_empty() || line.starts_with('●');
    message.lines().map(str::trim).find(|line| !is_title(line)).unwrap_or("")
}

/// Reads the details of a test, or of a file that could not be run.
fn details(slice: &str) -> Details {
    let test = Object::of(slice);
    let mut details = Details::default();
    let status = test.text("status");
    for message in test.texts("failureMessages").iter().chain([&test.text("message")]) {
        match &*status {
            _ if message.is_empty() => {}
            "passed" if !test.is("failing") => {
                details.section(SectionKind::Output, "earlier attempt", "", message);
            }
            _ => details.section(SectionKind::Reason, &status, "", message),
        }
    }
    for message in test.texts("retryReasons").iter().chain(&test.texts("retryMessages")) {
        details.section(SectionKind::Output, "earlier attempt", "", message);
    }
    let place = test.object("location");
    details.location = match (&*test.text("name"), &*place.text("line")) {
        ("", "") => None,
        ("", line) => Some(format!("line {line}")),
        (file, _) => Some(file.to_owned()),
    };
    if test.is("failing") {
        details.properties.push(("failing".to_owned(), "true".to_owned()));
    }
    details
}
