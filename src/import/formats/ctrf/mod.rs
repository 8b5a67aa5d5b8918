//! CTRF, the Common Test Report Format, which reporters of many runners write.
//!
//! Format: ctrf-io/ctrf, `schema/ctrf.schema.json`. Oddities of its reporters:
//!
//! - `suite` is a list of names, or in older versions one text with ` > ` between them. It may
//!   begin with the file, and Playwright's with the project.
//! - The name may contain those of the suites (Jest), or be a node id (pytest).
//! - `rawStatus` has outcomes that `status` cannot express: errors, expected failures.
//! - `retryAttempts` may or may not include the last attempt; `retries` shows it, but may be
//!   missing.
//! - Some reporters write `start` and `stop` in seconds.

mod passgrid;

use crate::import::batch::{Batch, Entry, Role, Scope};
use crate::import::collect::{Occurrences, Targets};
use crate::import::details::{Details, SectionKind};
use crate::import::json::{self, Fault, Object, Root, Visitor};
use crate::import::{About, Family, Format, Guide, Richness, TextFormat};
use crate::model::{IdentityField, Outcome, Severity, Source, Timestamp, counted, grouped};

pub const ABOUT: About = About {
    key: "ctrf",
    name: "CTRF",
    tool: "CTRF",
    family: Family::AnyLanguage,
    richness: Richness::Native,
};

pub const GUIDE: Guide = Guide {
    about: &ABOUT,
    producers: "CTRF's reporters for pytest, Playwright, Cypress, Jest, Vitest, Mocha, JUnit, Go, .NET and others",
    reads: "retries as attempts, flakiness, raw status, output, steps, parameters, environment",
    dut: "`device` of tests, Playwright's projects and browsers where there are several; `appVersion`, `commit`, `buildNumber`",
    limits: "insights and baselines are not read",
};

pub const FORMAT: Format = Format::Text(TextFormat {
    about: &ABOUT,
    detect: |head| {
        let is_old =
            || head.keys.len() == 1 && head.text.contains("\"tool\"") && head.text.contains("\"tests\"");
        !head.is_array && (head.has("reportFormat") || head.has("results") && is_old())
    },
    importer: json::document::<Report>,
    details,
});

#[derive(Default)]
struct Report {
    tool: String,
    targets: Targets,
    environment: Vec<(String, String)>,
    label: String,
    build: Option<(&'static str, String)>,
    run: String,
    /// Start, in milliseconds since the epoch.
    start_ms: Option<f64>,
    duration_s: Option<f64>,
    said_tests: Option<f64>,
    said_failed: Option<f64>,
    tests: u64,
    unknown: Occurrences,
    /// How many sessions a download of this page has.
    own_sessions: u32,
}

impl Visitor for Report {
    fn is_open(&self, key: &str) -> bool {
        key == "results"
    }

    fn has_entries(&self, key: &str) -> bool {
        key == "results.tests"
    }

    fn whole(&mut self, _key: &str, text: &str, at: u64, batch: &mut Batch) -> Result<(), Fault> {
        if let (Some(test), _) = json::entry(text, at, batch, Object::read)? {
            self.test(&test, text, at, batch);
        }
        Ok(())
    }

    fn value(&mut self, key: &str, text: &str, _at: u64, batch: &mut Batch) {
        let object = Object::of(text);
        match key {
            "runId" => self.run = json::plain(text).into_owned(),
            "results.extra" if self.tool == "Passgrid" => {
                self.own_sessions = passgrid::sessions(&object, batch)
            }
            "results.tool" => self.tool = object.text("name").into_owned(),
            "results.summary" => {
                self.said_tests = object.number("tests");
                self.said_failed = object.number("failed").filter(|failed| *failed > 0.0);
                self.start_ms = object.number("start").map(milliseconds).filter(|ms| *ms > 0.0);
                let span = || Some(object.number("stop").map(milliseconds)? - self.start_ms?);
                let ms = object.number("duration").or_else(span);
                self.duration_s = ms.map(|ms| ms / 1000.0).filter(|seconds| *seconds >= 0.0);
            }
            "results.environment" => {
                for (name, value) in object.fields().filter(|(name, _)| *name != "extra") {
                    self.environment.push((name.to_owned(), json::plain(value).into_owned()));
                }
                let builds = ["appVersion", "commit", "buildNumber", "buildId", "buildName"];
                let told = builds.into_iter().find(|key| !object.text(key).is_empty());
                self.build = told.map(|key| (key, object.text(key).into_owned()));
                self.label = object.text("reportName").into_owned();
            }
            _ => {}
        }
    }

    fn finish(&mut self, root: Root, batch: &mut Batch) {
        self.unknown.note_unknown("test", "outcome", batch);
        // Those of a download of this page have all of this.
        let sessions = if self.own_sessions > 0 { 0 } else { self.targets.count() };
        if sessions > 0 {
            self.targets.apply(batch);
        }
        for index in 0..sessions {
            let draft = batch.session(index);
            draft.started = self.start_ms.and_then(|ms| Timestamp::from_unix_seconds(ms / 1000.0));
            draft.duration_s = self.duration_s;
            draft.label = Some(self.label.clone()).filter(|label| !label.is_empty());
            draft.claim(IdentityField::Session, Source::Field, "runId", &self.run);
            if let Some((name, build)) = &self.build {
                draft.claim(IdentityField::Build, Source::Field, name, build);
            }
            if !self.tool.is_empty() {
                draft.property("tool", &self.tool);
            }
            for (name, value) in &self.environment {
                draft.property(name, value);
            }
        }
        if let (Some(failed), 0) = (self.said_failed, self.tests) {
            let failed = counted(failed as u64, "failed test");
            batch.session(0).mark_incomplete(&format!("the summary has {failed}, but the file lists none"));
        }
        if let Some(said) = self.said_tests
            && said != self.tests as f64
            && root.is_complete
            && !batch.partly
        {
            let (said, entries) = (counted(said.max(0.0) as u64, "test"), grouped(self.tests));
            let text =
                format!("the summary says {said}, but the file has {entries}; those in the file are counted");
            batch.note(Severity::Info, None, text);
        }
    }
}

impl Report {
    fn test(&mut self, test: &Object, text: &str, at: u64, batch: &mut Batch) {
        self.tests += 1;
        if self.own_sessions > 0 && passgrid::test(test, at, text.len(), self.own_sessions, batch) {
            return;
        }
        let identity = Identity::of(test, &self.tool);
        let (device, browser) = (test.text("device"), test.text("browser"));
        let targets = [("device", &*device), ("suite", &*identity.project), ("browser", &*browser)];
        let target = targets.into_iter().find(|(_, name)| !name.is_empty());
        let (field, name) = target.unwrap_or_default();
        let session = self.targets.session(field, name);
        let mut entry = |slice: &str, at: u64, attempt: &Object, role: Role, batch: &mut Batch| {
            let (status, raw) = (attempt.text("status"), attempt.text("rawStatus"));
            let outcome = outcome(&status, &raw).unwrap_or_else(|| {
                self.unknown.add_example(at, if status.is_empty() { "(none)" } else { &status });
                Outcome::Unknown
            });
            batch.push_entry(Entry {
                session,
                scope: identity.scope(),
                name: &identity.name,
                outcome,
                native: if raw.is_empty() { &status } else { &raw },
                role,
                duration_s: attempt.number("duration").map(|ms| ms / 1000.0),
                began_ms: attempt.number("start").map(milliseconds),
                worker: &attempt.text("threadId"),
                message: &attempt.text("message"),
                trace: &if outcome.is_failing() { attempt.text("trace") } else { "".into() },
                at,
                len: slice.len(),
                ..Entry::default()
            });
        };
        let mut attempts = test.entries("retryAttempts", (text, at), batch);
        let retries = test.number("retries").map_or(attempts.len(), |retries| retries.max(0.0) as usize);
        // The attempt after this number of retries is the test itself.
        attempts.truncate(retries);
        let first = batch.len();
        for (slice, at) in &attempts {
            entry(slice, *at, &Object::of(slice), Role::Earlier, batch);
        }
        if attempts.is_empty() && (retries > 0 || test.is("flaky")) {
            let count = u16::try_from(retries.saturating_add(1)).unwrap_or(u16::MAX);
            batch.facts.push((batch.len() as u32, count, test.is("flaky")));
        }
        entry(text, at, test, Role::Verdict, batch);
        let line = test.number("line").map(|line| line as u32);
        batch.add_place(first..batch.len(), &test.text("filePath"), line);
    }
}

/// Returns a time in milliseconds, which some reporters write in seconds.
fn milliseconds(time: f64) -> f64 {
    if time < 1e11 { time * 1000.0 } else { time }
}

/// Returns the outcome of a status, for which `rawStatus` may be more precise.
fn outcome(status: &str, raw: &str) -> Option<Outcome> {
    let raw = raw.to_ascii_lowercase();
    let raw = raw.as_str();
    Some(match status {
        "passed" => match raw {
            // Playwright's `test.fail()`.
            "failed" | "xfailed" => Outcome::XFailed,
            "xpassed" => Outcome::XPassed,
            _ => Outcome::Passed,
        },
        "failed" => match raw {
            "setup_failed" | "teardown_failed" | "timedout" | "timeout" | "interrupted" | "broken"
            | "error" | "errored" | "crashed" => Outcome::Error,
            "xpassed" => Outcome::XPassed,
            _ => Outcome::Failed,
        },
        "skipped" | "pending" => match raw {
            "xfailed" => Outcome::XFailed,
            "disabled" | "notrun" | "not_run" => Outcome::NotRun,
            _ => Outcome::Skipped,
        },
        // `other` means that no status fits, so `passed` in `rawStatus` is ignored.
        "other" => {
            Outcome::from_native(raw).filter(|outcome| *outcome != Outcome::Passed).unwrap_or_default()
        }
        _ => return None,
    })
}

/// Returns suite, class and name of a test.
#[derive(Debug, Default, PartialEq)]
struct Identity {
    /// What precedes the file: Playwright's project.
    project: String,
    suite: String,
    name: String,
    is_node_id: bool,
}

impl Identity {
    fn of(test: &Object, tool: &str) -> Identity {
        let name = test.text("name").into_owned();
        let file = test.text("filePath").replace('\\', "/");
        if name.contains("::") && (tool == "pytest" || name.starts_with(&format!("{file}::"))) {
            return Identity { name, is_node_id: true, ..Identity::default() };
        }
        let suite = test.text("suite");
        let mut suites: Vec<String> = match test.raw("suite").starts_with('[') {
            true => test.texts("suite").into_iter().map(String::from).collect(),
            false => suite.split(" > ").map(str::to_owned).collect(),
        };
        suites.retain(|suite| !suite.is_empty());
        let is_file = |suite: &String| file == *suite || file.ends_with(&format!("/{suite}"));
        let Some(at) = suites.iter().position(is_file) else {
            let name = titled(&suites, &name);
            let suite = match suites.is_empty() {
                true => file.rsplit('/').next().unwrap_or("").to_owned(),
                false => suites.join("."),
            };
            return Identity { suite, name, ..Identity::default() };
        };
        let (project, rest) = suites.split_at(at);
        let (file, inner) = rest.split_first().map_or(("", rest), |(file, inner)| (file.as_str(), inner));
        // As in the runners' own reports.
        let between = if tool == "playwright" { " › " } else { " > " };
        let mut titles = inner.to_vec();
        titles.push(titled(inner, &name));
        Identity {
            project: project.join(" > "),
            suite: file.to_owned(),
            name: titles.join(between),
            is_node_id: false,
        }
    }

    fn scope(&self) -> Scope<'_> {
        if self.is_node_id { Scope::NodeId } else { Scope::Plain(&self.suite) }
    }
}

/// Removes the names of suites from the beginning of a name.
fn titled(suites: &[String], name: &str) -> String {
    let prefixes = (0..suites.len()).filter_map(|from| suites.get(from..));
    let mut shorter = prefixes.filter_map(|suites| name.strip_prefix(&suites.join(" "))?.strip_prefix(' '));
    shorter.next().filter(|title| !title.is_empty()).unwrap_or(name).to_owned()
}

/// Reads the details of a test or an attempt.
fn details(slice: &str) -> Details {
    let test = Object::of(slice);
    let mut details = Details::default();
    let (message, trace) = (test.text("message"), test.text("trace"));
    if !message.is_empty() || !trace.is_empty() {
        details.section(SectionKind::Reason, &test.text("status"), &message, &trace);
    }
    details.section(SectionKind::Output, "snippet", "", &test.text("snippet"));
    for key in ["stdout", "stderr"] {
        let lines: Vec<String> =
            test.texts(key).iter().map(|text| text.trim_end_matches('\n').to_owned()).collect();
        details.section(SectionKind::Output, key, "", &lines.join("\n"));
    }
    let steps = test.objects("steps");
    let steps: Vec<String> =
        steps.iter().map(|step| format!("{}: {}", step.text("status"), step.text("name"))).collect();
    details.section(SectionKind::Output, "steps", "", &steps.join("\n"));
    for key in ["type", "browser", "device", "threadId", "rawStatus"] {
        details.properties.push((key.to_owned(), test.text(key).into_owned()));
    }
    details.properties.push(("tags".to_owned(), test.texts("tags").join(", ")));
    for key in ["labels", "parameters"] {
        for (name, value) in test.object(key).fields() {
            details.properties.push((name.to_owned(), json::plain(value).into_owned()));
        }
    }
    for attachment in test.objects("attachments") {
        let name = format!("attachment {}", attachment.text("name"));
        details.properties.push((name, attachment.text("path").into_owned()));
    }
    details.properties.retain(|(_, value)| !value.is_empty());
    let (file, line) = (test.text("filePath"), test.text("line"));
    let separator = if line.is_empty() { "" } else { ":" };
    details.location = Some(format!("{file}{separator}{line}")).filter(|_| !file.is_empty());
    details
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identities_match_the_runners_own_reports() {
        let check = |json: &str, tool: &str, expected: [&str; 3]| {
            let found = Identity::of(&Object::of(json), tool);
            assert_eq!([&*found.project, &*found.suite, &*found.name], expected, "{json}");
        };
        let playwright =
            r#"{"name": "limit", "suite": "board_a > a/b.spec.js > volume", "filePath": "/srv/a/b.spec.js"}"#;
        check(playwright, "playwright", ["board_a", "a/b.spec.js", "volume › limit"]);
        let jest = r#"{"name": "playback inner nested", "suite": "sum.js > playback > inner", "filePath": "/srv/sum.js"}"#;
        check(jest, "jest", ["", "sum.js", "playback > inner > nested"]);
        check(r#"{"name": "logs in", "suite": ["Access", "Log in"]}"#, "", ["", "Access.Log in", "logs in"]);
        check(r#"{"name": "logs in", "filePath": "C:\\e2e\\a.cy.js"}"#, "", ["", "a.cy.js", "logs in"]);
        check(r#"{"name": "a.py::T::t", "suite": ["a.py"], "filePath": "a.py"}"#, "", ["", "", "a.py::T::t"]);
    }

    #[test]
    fn statuses_are_mapped_to_outcomes() {
        for (status, raw, expected) in [
            ("passed", "", Some(Outcome::Passed)),
            ("passed", "failed", Some(Outcome::XFailed)),
            ("failed", "call_failed", Some(Outcome::Failed)),
            ("failed", "timedOut", Some(Outcome::Error)),
            ("pending", "", Some(Outcome::Skipped)),
            ("other", "todo", Some(Outcome::Skipped)),
            ("other", "passed", Some(Outcome::Unknown)),
            ("other", "", Some(Outcome::Unknown)),
            ("fine", "", None),
        ] {
            assert_eq!(outcome(status, raw), expected, "{status} {raw}");
        }
    }
}
