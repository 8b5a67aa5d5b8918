//! GoogleTest's JSON: `--gtest_output=json`.
//!
//! Source: google/googletest, `googletest/src/gtest.cc`, `JsonUnitTestResultPrinter`, and
//! `docs/advanced.md`. Oddities:
//!
//! - Properties that tests record are keys beside those of the format.
//! - Timestamps end with `Z`, but are in local time.
//! - Messages begin with a line that has the place.

use crate::import::batch::{Batch, Entry, Scope};
use crate::import::collect::Occurrences;
use crate::import::details::{Details, Measurement, SectionKind, measured_property};
use crate::import::detect::Head;
use crate::import::json::{self, Fault, Object, Root, Visitor};
use crate::import::{About, Family, Format, Guide, Richness, TextFormat, identify, limits};
use crate::model::{Outcome, Severity, Source, Timestamp};

pub const ABOUT: About = About {
    key: "gtest-json",
    name: "GoogleTest JSON",
    tool: "GoogleTest",
    family: Family::C,
    richness: Richness::Native,
};

pub const GUIDE: Guide = Guide {
    about: &ABOUT,
    producers: "--gtest_output=json of GoogleTest",
    reads: "disabled and skipped tests, parameters, recorded properties",
    dut: "recorded properties of the run and of suites",
    limits: "",
};

pub const FORMAT: Format = Format::Text(TextFormat {
    about: &ABOUT,
    detect: |head| !head.is_array && head.has("testsuites") && head.has("tests") && !head.has("environment"),
    importer: json::document::<Report>,
    details,
});

#[derive(Default)]
struct Report {
    unknown: Occurrences,
}

/// Explains GoogleTest's text output, which has the results of a crashed program if it wrote no
/// report.
pub fn explain_text(_bytes: &[u8], head: &Head) -> Option<(Severity, String)> {
    let (mut running, mut has_tests, mut has_failed, mut has_end) = (None, false, false, false);
    for line in head.text.lines().map(str::trim_end) {
        if let Some(name) = line.strip_prefix("[ RUN      ] ") {
            (running, has_tests) = (Some(name), true);
        } else if ["[       OK ] ", "[  FAILED  ] ", "[  SKIPPED ] "].iter().any(|end| line.starts_with(end))
        {
            running = None;
        }
        has_failed |= line.starts_with("[  FAILED  ] ");
        has_end |= line.starts_with("[  PASSED  ] ") || line.contains(" ran. (");
    }
    let is_whole = head.text.len() < limits::HEAD_BYTES;
    let end = match running {
        Some(name) if is_whole && !has_end => {
            let name = crate::model::head(name, 80);
            format!(" It ends while `{name}` runs: the program crashed or was killed.")
        }
        _ if is_whole && !has_end => " Its totals are missing: the program did not finish.".to_owned(),
        _ => String::new(),
    };
    let text =
        "text output of GoogleTest, which is not read: drop the report of `--gtest_output=xml` or `json`.";
    // Beside a report, the output of a run that passed is only a log.
    let severity = if has_failed || !end.is_empty() { Severity::Warning } else { Severity::Info };
    has_tests.then(|| (severity, format!("{text}{end}").trim_end_matches('.').to_owned()))
}

/// Keys of the root and of suites that are not properties.
const OF_SUITES: [&str; 10] = [
    "tests",
    "failures",
    "disabled",
    "errors",
    "skipped",
    "timestamp",
    "time",
    "name",
    "testsuite",
    "random_seed",
];

/// Keys of tests that are not properties.
const OF_TESTS: [&str; 10] =
    ["name", "file", "line", "status", "result", "timestamp", "time", "classname", "failures", "skipped"];

impl Visitor for Report {
    fn has_entries(&self, key: &str) -> bool {
        key == "testsuites"
    }

    fn inner(&self) -> &'static [&'static str] {
        &["testsuite"]
    }

    fn whole(&mut self, _key: &str, text: &str, at: u64, batch: &mut Batch) -> Result<(), Fault> {
        let (Some(suite), _) = json::entry(text, at, batch, Object::read)? else {
            return Ok(());
        };
        for (name, value) in suite.fields().filter(|(name, _)| !OF_SUITES.contains(name)) {
            property(name, &json::plain(value), batch);
        }
        let name = suite.text("name");
        for (slice, at) in suite.entries("testsuite", (text, at), batch) {
            self.test(&name, slice, at, batch);
        }
        Ok(())
    }

    fn value(&mut self, key: &str, text: &str, _at: u64, batch: &mut Batch) {
        match key {
            "timestamp" => batch.session(0).started = local(&json::plain(text)),
            "time" => batch.session(0).duration_s = json::seconds(text),
            key if OF_SUITES.contains(&key) => {}
            key => property(key, &json::plain(text), batch),
        }
    }

    fn finish(&mut self, _root: Root, batch: &mut Batch) {
        batch.session(0);
        self.unknown.note_unknown("test", "outcome", batch);
    }
}

fn property(name: &str, value: &str, batch: &mut Batch) {
    let draft = batch.session(0);
    draft.property(name, value);
    if let Some(identity) = identify::identity_field(name) {
        draft.claim(identity, Source::Property, name, value);
    }
}

/// Parses a timestamp, whose zone is unknown.
fn local(text: &str) -> Option<Timestamp> {
    Timestamp::parse(text.strip_suffix('Z').unwrap_or(text))
}

impl Report {
    fn test(&mut self, suite: &str, slice: &str, at: u64, batch: &mut Batch) {
        let test = Object::of(slice);
        let (status, result) = (test.text("status"), test.text("result"));
        let failures = test.objects("failures");
        let skipped = test.objects("skipped");
        let word = if result.is_empty() { &status } else { &result };
        let outcome = match (status.to_ascii_lowercase().as_str(), result.to_ascii_lowercase().as_str()) {
            _ if !failures.is_empty() => Outcome::Failed,
            (_, "skipped") => Outcome::Skipped,
            _ if !skipped.is_empty() => Outcome::Skipped,
            ("notrun", _) | (_, "suppressed") => Outcome::NotRun,
            ("run", "" | "completed") => Outcome::Passed,
            _ => {
                self.unknown.add_example(at, if word.is_empty() { "(none)" } else { word });
                Outcome::Unknown
            }
        };
        let class = test.text("classname");
        let reason = failures.first().or(skipped.first()).map(reason).unwrap_or_default();
        let properties = test.fields().filter(|(name, _)| !OF_TESTS.contains(name));
        let measured: Vec<Measurement> =
            properties.filter_map(|(name, value)| measured_property(name, &json::plain(value))).collect();
        batch.push_entry(Entry {
            scope: Scope::Plain(if class.is_empty() { suite } else { &class }),
            name: &test.text("name"),
            outcome,
            native: if outcome == Outcome::Failed { "failures" } else { word },
            duration_s: json::seconds(test.raw("time")),
            began_ms: local(&test.text("timestamp")).map(|started| started.unix_ms as f64),
            measured: &measured,
            message: without_place(&reason),
            trace: &reason,
            at,
            len: slice.len(),
            ..Entry::default()
        });
    }
}

/// Returns the text of a failure: `failure`, or `message` in the documentation and for skipped
/// tests.
fn reason(failure: &Object) -> String {
    let text = if failure.has("failure") { failure.text("failure") } else { failure.text("message") };
    text.into_owned()
}

/// Returns the message after a first line like `volume_test.cc:21`, if there is more text.
fn without_place(message: &str) -> &str {
    match message.split_once('\n') {
        Some((place, rest)) if is_place(place) && !rest.trim().is_empty() => rest,
        _ => message,
    }
}

fn is_place(line: &str) -> bool {
    let number = line.trim_end().rsplit_once(':').map_or("", |(_, number)| number);
    !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()) || line.trim() == "unknown file"
}

/// Reads the details of a test.
fn details(slice: &str) -> Details {
    let test = Object::of(slice);
    let mut details = Details::default();
    for (key, title) in [("failures", "failure"), ("skipped", "skipped")] {
        for failure in test.objects(key) {
            details.section(SectionKind::Reason, title, "", &reason(&failure));
        }
    }
    for (name, value) in test.fields().filter(|(name, _)| !OF_TESTS.contains(name)) {
        details.properties.push((name.to_owned(), json::plain(value).into_owned()));
    }
    let (file, line) = (test.text("file"), test.text("line"));
    details.location = Some(format!("{file}:{line}")).filter(|_| !file.is_empty());
    details
}
