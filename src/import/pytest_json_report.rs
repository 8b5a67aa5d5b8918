//! pytest-json-report (1.x): `pytest --json-report`.
//!
//! Format: numirias/pytest-json-report, README, "Format". Oddities:
//!
//! - A test that passed after reruns keeps the outcome `rerun`; its stages are
//!   those of the last attempt. How often it ran is not in the file.
//! - With pytest 9 a test with passing subtests has the outcome `subtests
//!   passed`.
//! - Collection errors are only among the `collectors`.
//! - `created` is written at the end of the run.
//! - `--json-report-omit` leaves out whole parts.

use super::batch::{Batch, Role, Row, first_line, scope_of};
use super::details::{Details, SectionKind};
use super::json::{self, Entry, Fault, Str, Visitor, Walk};
use super::{About, Format, Importer, identify};
use crate::model::{Axis, Moment, Outcome, RepeatRule, Severity, Source, counted, head};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

pub(super) const ABOUT: About =
    About { key: "pytest-json-report", name: "pytest-json-report", producers: "pytest --json-report" };

pub(super) const FORMAT: Format = Format {
    about: &ABOUT,
    detect: |head| {
        !head.is_array
            && (head.has("exitcode") || head.has("collectors") || head.has("summary"))
            && head.has("created")
            && !head.has("schema")
    },
    importer: || Box::new(Report::default()),
    details,
};

/// One element of `tests`. All is optional: what is missing is no reason to
/// lose the rest.
#[derive(Deserialize)]
#[serde(expecting = "a test")]
struct Test<'a> {
    #[serde(borrow)]
    nodeid: Option<Str<'a>>,
    #[serde(borrow)]
    outcome: Option<Str<'a>>,
    #[serde(borrow)]
    user_properties: Option<&'a RawValue>,
    #[serde(borrow)]
    metadata: Option<&'a RawValue>,
    #[serde(borrow)]
    setup: Option<Stage<'a>>,
    #[serde(borrow)]
    call: Option<Stage<'a>>,
    #[serde(borrow)]
    teardown: Option<Stage<'a>>,
}

struct TestEntry;
impl<'a> Entry<'a> for TestEntry {
    type Value = Test<'a>;

    fn salvage(text: &'a str) -> Option<Test<'a>> {
        let verdict: Verdict = serde_json::from_str(text).ok()?;
        Some(Test {
            nodeid: Some(verdict.nodeid),
            outcome: Some(verdict.outcome),
            user_properties: None,
            metadata: None,
            setup: None,
            call: None,
            teardown: None,
        })
    }
}

/// What is left of a test whose stages are none.
#[derive(Deserialize)]
struct Verdict<'a> {
    #[serde(borrow)]
    nodeid: Str<'a>,
    #[serde(borrow)]
    outcome: Str<'a>,
}

impl Test<'_> {
    fn stages(&self) -> impl Iterator<Item = &Stage<'_>> {
        [&self.setup, &self.call, &self.teardown].into_iter().flatten()
    }
}

#[derive(Deserialize)]
#[serde(expecting = "a stage of a test")]
struct Stage<'a> {
    #[serde(borrow)]
    duration: Option<&'a RawValue>,
    #[serde(borrow)]
    outcome: Option<Str<'a>>,
    #[serde(borrow)]
    crash: Option<Crash<'a>>,
    #[serde(borrow)]
    longrepr: Option<&'a RawValue>,
}

impl Stage<'_> {
    fn has_failed(&self) -> bool {
        self.outcome.as_deref() == Some("failed")
    }
}

#[derive(Deserialize)]
struct Crash<'a> {
    #[serde(borrow)]
    message: Option<Str<'a>>,
}

/// One element of `collectors`.
#[derive(Deserialize)]
#[serde(expecting = "a collector")]
struct Collector<'a> {
    #[serde(borrow)]
    nodeid: Option<Str<'a>>,
    #[serde(borrow)]
    outcome: Option<Str<'a>>,
    #[serde(borrow)]
    longrepr: Option<&'a RawValue>,
    /// What was collected: only read past.
    #[serde(rename = "result")]
    _result: Option<IgnoredAny>,
}

struct CollectorEntry;
impl<'a> Entry<'a> for CollectorEntry {
    type Value = Collector<'a>;
}

#[derive(Default)]
struct Report {
    walk: Walk,
    report: ReportData,
}

#[derive(Default)]
struct ReportData {
    /// Scope of the test before: tests of one scope stand together.
    scope: Option<(String, u32)>,
    created_s: Option<f64>,
    duration_s: Option<f64>,
    tests: u64,
    said_total: Option<u64>,
    unknown: (u64, Option<u64>, String),
    claims: Vec<(Axis, String, String)>,
}

impl Importer for Report {
    fn read(&mut self, text: &str, at: u64, last: bool, batch: &mut Batch) -> usize {
        self.walk.read(text, at, last, &mut self.report, batch)
    }

    fn finish(&mut self, batch: &mut Batch) {
        let report = &self.report;
        let draft = batch.session(0);
        draft.repeats = RepeatRule::Worst;
        draft.duration_s = report.duration_s;
        draft.started = report
            .created_s
            .map(|created| created - report.duration_s.unwrap_or(0.0))
            .and_then(Moment::from_unix_seconds);
        for (axis, name, value) in &report.claims {
            let agreed = !report.claims.iter().any(|(a, _, v)| a == axis && v != value);
            if agreed {
                draft.claim(*axis, Source::Property, name, value);
            }
        }
        let duts: Vec<&str> =
            report.claims.iter().filter(|claim| claim.0 == Axis::Dut).map(|claim| claim.2.as_str()).collect();
        if duts.iter().any(|dut| Some(dut) != duts.first()) {
            let names: Vec<&str> = duts.iter().take(5).map(|dut| head(dut, 40)).collect();
            let text = format!(
                "tests name different DUTs ({}): the file is one session all the same",
                names.join(", ")
            );
            batch.note(Severity::Warning, None, text);
        }
        if let (count @ 1.., at, word) = &report.unknown {
            let text = format!(
                "{} with an outcome that is not known, such as `{}`: shown as unknown",
                counted(*count, "test"),
                if word.is_empty() { "(none)" } else { word }
            );
            batch.note(Severity::Warning, *at, text);
        }
        if let Some(said) = report.said_total
            && said != report.tests
            && self.walk.is_done()
            && !batch.partly
        {
            let text = format!(
                "the summary says {said} tests, the file has {} entries; the entries count",
                report.tests
            );
            batch.note(Severity::Info, None, text);
        }
    }
}

impl Visitor for ReportData {
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
            json::entry::<TestEntry, _>(text, at, batch, |test, len, batch| {
                self.test(&test, at, len, batch);
            })
        } else {
            json::entry::<CollectorEntry, _>(text, at, batch, |collector, len, batch| {
                self.collector(&collector, at, len, batch);
            })
        }
    }

    fn value(&mut self, key: &str, text: &str, at: u64, batch: &mut Batch) {
        match key {
            "created" => self.created_s = text.parse().ok(),
            "duration" => self.duration_s = super::number::seconds(text),
            "exitcode" => {
                batch.session(0).property("exitcode", &json::visible(text));
                let meaning = match text {
                    "2" => "the run was interrupted",
                    "3" => "an internal error of pytest",
                    "4" => "pytest was called the wrong way",
                    "5" => "no tests were collected",
                    _ => return,
                };
                batch.note(Severity::Warning, Some(at), format!("exit code {text}: {meaning}"));
            }
            "root" => {
                if let Ok(root) = json::from_str::<String>(text) {
                    batch.session(0).property("root", &json::visible(&root));
                }
            }
            "environment" | "metadata" => self.environment(text, batch),
            "summary" => {
                let summary: BTreeMap<String, serde_json::Value> = json::from_str(text).unwrap_or_default();
                self.said_total = summary.get("total").and_then(serde_json::Value::as_u64);
                let deselected = summary.get("deselected").and_then(serde_json::Value::as_u64);
                if let Some(deselected @ 1..) = deselected {
                    let text = format!("{deselected} tests were deselected and are not in the file");
                    batch.note(Severity::Info, Some(at), text);
                }
            }
            _ => {}
        }
    }
}

impl ReportData {
    fn environment(&self, text: &str, batch: &mut Batch) {
        let environment: BTreeMap<String, Box<RawValue>> = json::from_str(text).unwrap_or_default();
        let draft = batch.session(0);
        for (name, value) in &environment {
            let value = json::plain(value);
            draft.property(name, &value);
            if let Some(axis) = identify::axis_of(name) {
                draft.claim(axis, Source::Property, name, &value);
            }
        }
    }

    fn test(&mut self, test: &Test, at: u64, len: usize, batch: &mut Batch) {
        self.tests += 1;
        let nodeid = test.nodeid.as_deref().unwrap_or("");
        let (scope, name) = self.identity(nodeid, batch);
        let said = test.outcome.as_deref().unwrap_or("");
        let is_rerun = said == "rerun";
        let outcome = if is_rerun {
            outcome_of_stages(test)
        } else {
            Outcome::from_native(said).unwrap_or_else(|| {
                self.unknown.0 += 1;
                if self.unknown.1.is_none() {
                    self.unknown.1 = Some(at);
                    self.unknown.2 = head(said, 40).to_owned();
                }
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
        let row = Row {
            session: 0,
            scope,
            name: batch.name_or_stand_in(&json::visible(&name), (0, scope)),
            outcome,
            role: Role::Verdict,
            native: batch.native(said),
            duration_s,
            message: batch.message(&json::visible(&message)),
            at,
            len: u32::try_from(len).unwrap_or(u32::MAX),
        };
        if is_rerun {
            // The attempts before are not in the file; there was at least one,
            // and it failed.
            batch.push(Row {
                outcome: Outcome::Failed,
                role: Role::Earlier,
                duration_s: f64::NAN,
                message: super::Text::default(),
                len: 0,
                ..row
            });
        }
        batch.push(row);
        self.claim(test.user_properties);
        self.claim(test.metadata);
    }

    fn collector(&mut self, collector: &Collector, at: u64, len: usize, batch: &mut Batch) {
        let outcome = collector.outcome.as_deref().unwrap_or("passed");
        if outcome != "failed" {
            return;
        }
        let (scope, name) = self.identity(collector.nodeid.as_deref().unwrap_or(""), batch);
        let text = collector.longrepr.map(json::plain).unwrap_or_default();
        let row = Row {
            session: 0,
            scope,
            name: batch.name_or_stand_in(&json::visible(&name), (0, scope)),
            outcome: Outcome::Error,
            role: Role::Verdict,
            native: batch.native("collection failed"),
            duration_s: f64::NAN,
            message: batch.message(raised(&text)),
            at,
            len: u32::try_from(len).unwrap_or(u32::MAX),
        };
        batch.push(row);
    }

    /// Scope and name of a node id, by the same steps as pytest's own JUnit
    /// writer (`mangle_test_address`), so that both name the same test.
    fn identity(&mut self, nodeid: &str, batch: &mut Batch) -> (u32, String) {
        let (path, parameters) = match nodeid.find('[') {
            Some(at) => nodeid.split_at(at),
            None => (nodeid, ""),
        };
        let (around, name) = path.rsplit_once("::").unwrap_or(("", path));
        let name = if around.is_empty() {
            format!("{}{parameters}", dotted(name))
        } else {
            format!("{name}{parameters}")
        };
        if let Some((known, scope)) = &self.scope
            && known == around
        {
            return (*scope, name);
        }
        let (file, classes) = around.split_once("::").unwrap_or((around, ""));
        let suite = json::visible(&dotted(file));
        let (text, boundary) = scope_of(&suite, &json::visible(&classes.replace("::", ".")));
        let scope = batch.scope(&text, Some(boundary));
        self.scope = Some((around.to_owned(), scope));
        (scope, name)
    }

    /// What a test says of its DUT.
    fn claim(&mut self, properties: Option<&RawValue>) {
        let Some(properties) = properties else {
            return;
        };
        // `[{"dut": "DUT_A"}, …]` or `{"dut": "DUT_A"}`.
        let list: Vec<BTreeMap<String, serde_json::Value>> = serde_json::from_str(properties.get())
            .or_else(|_| serde_json::from_str(properties.get()).map(|one| vec![one]))
            .unwrap_or_default();
        for (name, value) in list.into_iter().flatten() {
            let (Some(axis), serde_json::Value::String(value)) = (identify::axis_of(&name), value) else {
                continue;
            };
            let claim = (axis, name, value);
            if self.claims.len() < super::limits::NOTES && !self.claims.contains(&claim) {
                self.claims.push(claim);
            }
        }
    }
}

/// `tests/test_a.py` → `tests.test_a`.
fn dotted(path: &str) -> String {
    let path = path.strip_suffix(".py").unwrap_or(path);
    path.replace('/', ".")
}

/// A rerun test's verdict is that of its stages, which are the last attempt's.
fn outcome_of_stages(test: &Test) -> Outcome {
    let failed = |stage: &Option<Stage>| stage.as_ref().is_some_and(Stage::has_failed);
    if failed(&test.setup) || failed(&test.teardown) {
        Outcome::Error
    } else if failed(&test.call) {
        Outcome::Failed
    } else if test.stages().any(|stage| stage.outcome.as_deref() == Some("skipped")) {
        Outcome::Skipped
    } else {
        Outcome::Passed
    }
}

fn message_of(test: &Test, outcome: Outcome) -> String {
    if outcome == Outcome::Passed {
        return String::new();
    }
    for stage in test.stages() {
        if let Some(message) = stage.crash.as_ref().and_then(|crash| crash.message.as_deref()) {
            return first_line(message).to_owned();
        }
    }
    for stage in test.stages() {
        if let Some(longrepr) = stage.longrepr {
            return skip_reason(&json::plain(longrepr));
        }
    }
    String::new()
}

/// `('/…/test_dut.py', 13, 'Skipped: no such port')` → `no such port`.
fn skip_reason(text: &str) -> String {
    let quoted = text
        .strip_prefix('(')
        .and_then(|text| text.strip_suffix(')'))
        .and_then(|text| text.splitn(3, ", ").nth(2));
    match quoted {
        Some(quoted) => {
            let reason = quoted.trim_matches(['\'', '"']);
            reason.strip_prefix("Skipped: ").unwrap_or(reason).to_owned()
        }
        None => raised(text).to_owned(),
    }
}

/// The line that says what was raised: pytest begins it with `E`.
fn raised(text: &str) -> &str {
    text.lines().rev().find_map(|line| line.strip_prefix("E   ")).map_or_else(|| first_line(text), str::trim)
}

#[derive(Deserialize)]
struct FullTest {
    nodeid: Option<String>,
    lineno: Option<u64>,
    #[serde(default)]
    longrepr: Option<String>,
    #[serde(default)]
    user_properties: Vec<BTreeMap<String, Box<RawValue>>>,
    #[serde(default)]
    metadata: BTreeMap<String, Box<RawValue>>,
    setup: Option<FullStage>,
    call: Option<FullStage>,
    teardown: Option<FullStage>,
}

#[derive(Deserialize)]
struct FullStage {
    outcome: Option<String>,
    longrepr: Option<Box<RawValue>>,
    crash: Option<FullCrash>,
    stdout: Option<String>,
    stderr: Option<String>,
    #[serde(default)]
    log: Vec<LogRecord>,
}

#[derive(Deserialize)]
struct FullCrash {
    message: Option<String>,
}

#[derive(Deserialize)]
struct LogRecord {
    levelname: Option<String>,
    name: Option<String>,
    filename: Option<String>,
    lineno: Option<u64>,
    msg: Option<Box<RawValue>>,
    args: Option<Box<RawValue>>,
}

/// Reads the texts of one test or collector.
fn details(slice: &str) -> Details {
    let mut details = Details::default();
    let Ok(test) = json::from_str::<FullTest>(slice) else {
        return details;
    };
    if let Some(nodeid) = &test.nodeid {
        let file = nodeid.split("::").next().unwrap_or(nodeid);
        details.location = Some(match test.lineno {
            Some(line) => format!("{file}:{}", line + 1),
            None => file.to_owned(),
        });
    }
    if let Some(text) = &test.longrepr {
        details.section(SectionKind::Reason, "collection", "", text);
    }
    let stages = [("set-up", test.setup), ("call", test.call), ("tear-down", test.teardown)];
    for (name, stage) in stages.iter().filter_map(|(n, s)| Some((n, s.as_ref()?))) {
        let outcome = stage.outcome.as_deref().unwrap_or("");
        if outcome != "passed" && !outcome.is_empty() {
            let message = stage.crash.as_ref().and_then(|c| c.message.as_deref()).unwrap_or("");
            let text = stage.longrepr.as_deref().map(json::plain).unwrap_or_default();
            let title = format!("{outcome} in {name}");
            details.section(SectionKind::Reason, &title, message, &text);
        }
    }
    for (name, stage) in stages.iter().filter_map(|(n, s)| Some((n, s.as_ref()?))) {
        let log: Vec<String> = stage.log.iter().map(log_line).collect();
        let titled = |what: &str| format!("captured {what}, {name}");
        details.section(SectionKind::Output, &titled("log"), "", &log.join("\n"));
        details.section(SectionKind::Output, &titled("stdout"), "", stage.stdout.as_deref().unwrap_or(""));
        details.section(SectionKind::Output, &titled("stderr"), "", stage.stderr.as_deref().unwrap_or(""));
    }
    let properties = test.user_properties.iter().flatten().chain(&test.metadata);
    for (name, value) in properties {
        details.properties.push((name.clone(), json::plain(value)));
    }
    details
}

/// A log record as pytest shows it. The arguments are not put into the message:
/// that would take Python's `%` operator.
fn log_line(record: &LogRecord) -> String {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let mut line = format!(
        "{:8} {}:{}:{} {}",
        text(&record.levelname),
        text(&record.name),
        text(&record.filename),
        record.lineno.unwrap_or(0),
        record.msg.as_deref().map(json::plain).unwrap_or_default(),
    );
    if let Some(args) = record.args.as_deref().map(RawValue::get).filter(|a| !matches!(*a, "null" | "[]")) {
        line.push_str("  ");
        line.push_str(args);
    }
    line
}
