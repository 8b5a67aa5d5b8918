//! pytest-reportlog (1.x): a line of JSON for each report of pytest.
//!
//! Format: pytest-dev/pytest-reportlog, README; the reports are pytest's own
//! (`_pytest/reports.py`). Oddities:
//!
//! - Each phase of a test is a line; lines of several xdist workers alternate.
//! - xfail is `skipped`, and xpass `passed`, with `wasxfail`.
//! - An attempt that is rerun has a phase with the outcome `rerun`.
//! - Subtests are lines with the node id of their test; those of unittest begin and end at second
//!   0.
//! - A run that was killed has no `SessionFinish`.

use super::{module_name, raised, read_exit_code};
use crate::import::batch::{Batch, Entry, Role, Scope, kept_details};
use crate::import::collect::{IdentityClaims, Occurrences};
use crate::import::details::{Details, Measurement, SectionKind, measured_property};
use crate::import::importer::{LineImporter, LineReader};
use crate::import::json::{self, Cursor, Fault};
use crate::import::{About, Family, Format, Guide, Richness, TextFormat, identify};
use crate::model::{Outcome, Severity, Timestamp, counted, decimal};
use crate::text::order::Order;
use rustc_hash::{FxBuildHasher, FxHashSet};
use std::borrow::Cow;
use std::collections::BTreeMap;

pub const ABOUT: About = About {
    key: "pytest-reportlog",
    name: "pytest-reportlog",
    tool: "pytest-reportlog",
    family: Family::Python,
    richness: Richness::Native,
};

pub const GUIDE: Guide = Guide {
    about: &ABOUT,
    producers: "pytest --report-log",
    reads: "phases, subtests, reruns, workers of xdist, warnings",
    dut: "user properties",
    limits: "",
};

pub const FORMAT: Format = Format::Text(TextFormat {
    about: &ABOUT,
    detect: |head| !head.is_array && head.has("$report_type"),
    importer: || Box::new(LineImporter::<Log>::default()),
    details: kept_details::read,
});

type Table<T> = hashbrown::HashMap<String, T, FxBuildHasher>;

/// The state of a log.
#[derive(Default)]
struct Log {
    /// Tests that are running, by worker and by node id.
    open: Table<Table<Attempt>>,
    /// Modules that could not be collected, which each worker reports.
    not_collected: FxHashSet<String>,
    session: usize,
    is_finished: bool,
    first_s: Option<f64>,
    last_s: Option<f64>,
    claims: IdentityClaims,
    unknown: Occurrences,
    bad: Occurrences,
    end: u64,
}

/// An attempt of a test, phase by phase.
#[derive(Default)]
struct Attempt {
    at: u64,
    /// The worst outcome so far, and the file's word for it.
    outcome: Option<Outcome>,
    native: String,
    message: String,
    is_rerun: bool,
    duration_s: Option<f64>,
    /// When its first phase began, in seconds since 1970.
    began_s: Option<f64>,
    details: Details,
}

/// A line. The JSON of its values, "" for those that are missing.
#[derive(Default)]
struct Report<'a> {
    kind: &'a str,
    pytest_version: &'a str,
    exitstatus: &'a str,
    nodeid: &'a str,
    worker_id: &'a str,
    when: &'a str,
    outcome: &'a str,
    start: &'a str,
    stop: &'a str,
    duration: &'a str,
    location: &'a str,
    longrepr: &'a str,
    sections: &'a str,
    user_properties: &'a str,
    wasxfail: Option<&'a str>,
    subtest: Option<&'a str>,
}

/// Takes a line up to its first fault.
fn take_report<'a>(report: &mut Report<'a>, cursor: &mut Cursor<'a>) -> Result<(), Fault> {
    cursor.fill(report, |report, key, value| {
        match key {
            "$report_type" => report.kind = value.skip_value()?,
            "pytest_version" => report.pytest_version = value.skip_value()?,
            "exitstatus" => report.exitstatus = value.skip_value()?,
            "nodeid" => report.nodeid = value.skip_value()?,
            "worker_id" => report.worker_id = value.skip_value()?,
            "when" => report.when = value.skip_value()?,
            "outcome" => report.outcome = value.skip_value()?,
            "start" => report.start = value.skip_value()?,
            "stop" => report.stop = value.skip_value()?,
            "duration" => report.duration = value.skip_value()?,
            "location" => report.location = value.skip_value()?,
            "longrepr" => report.longrepr = value.skip_value()?,
            "sections" => report.sections = value.skip_value()?,
            "user_properties" => report.user_properties = value.skip_value()?,
            "wasxfail" => report.wasxfail = Some(value.skip_value()?),
            "_subtest.context" => report.subtest = Some(value.skip_value()?),
            _ => {}
        }
        Ok(())
    })
}

/// Returns the text of a value, "" if it is missing or `null`.
fn plain(value: &str) -> Cow<'_, str> {
    if value == "null" { Cow::Borrowed("") } else { json::plain(value) }
}

type Fields<'a> = BTreeMap<String, &'a str>;

/// Returns a text of an object, "" if it is missing or `null`.
fn text(fields: &Fields, key: &str) -> String {
    plain(fields.get(key).copied().unwrap_or("")).into_owned()
}

fn inner<'a>(fields: &Fields<'a>, key: &str) -> Fields<'a> {
    json::fields(fields.get(key).copied().unwrap_or(""))
}

impl LineReader for Log {
    fn line(&mut self, line: &str, at: u64, batch: &mut Batch) {
        self.end = at + line.len() as u64;
        if line.trim().is_empty() {
            return;
        }
        let (mut report, mut cursor) = (Report::default(), Cursor::new(line));
        let is_read = cursor.peek() == Some(b'{') && take_report(&mut report, &mut cursor).is_ok();
        if !is_read && Cursor::new(line).skip_value().is_err() {
            self.bad.add(at);
            return;
        }
        match &*plain(report.kind) {
            "SessionStart" => {
                if self.is_finished {
                    self.end_session(batch);
                    self.session += 1;
                }
                batch.session(self.session).property("pytest", &plain(report.pytest_version));
            }
            "SessionFinish" => {
                self.is_finished = true;
                let status = plain(report.exitstatus);
                batch.session(self.session).property("exitstatus", &status);
                read_exit_code(&status, at, self.session, batch);
            }
            "CollectReport" => self.collected(&report, at, batch),
            "TestReport" | "SubTestReport" => self.phase(&report, at, batch),
            _ => {}
        }
    }

    fn finish(&mut self, batch: &mut Batch) {
        self.end_session(batch);
        self.bad.note(Severity::Error, batch, &|count, _| {
            format!("{} with invalid or truncated JSON", counted(count, "line"))
        });
        batch.partly |= self.bad.count() > 0;
        if !self.is_finished && self.bad.count() == 0 {
            let text = "the session did not finish: the run was killed, or is still running";
            batch.session(self.session).mark_incomplete(text);
            batch.note_unreadable(self.end, text);
        }
        self.unknown.note(Severity::Warning, batch, &|count, word| {
            format!("{} with an unknown outcome, such as `{word}`; ignored", counted(count, "report"))
        });
    }
}

impl Log {
    /// Reads a phase of a test, or a subtest.
    fn phase(&mut self, report: &Report, at: u64, batch: &mut Batch) {
        let (nodeid, worker) = (plain(report.nodeid), plain(report.worker_id));
        let (when, word) = (plain(report.when), plain(report.outcome));
        // Subtests of unittest begin at 0.
        let time = |text| decimal(text).filter(|seconds| Timestamp::from_unix_seconds(*seconds).is_some());
        let start = time(report.start);
        if let (Some(start), Some(stop)) = (start, time(report.stop)) {
            self.first_s = Some(self.first_s.map_or(start, |first| first.min(start)));
            self.last_s = Some(self.last_s.map_or(stop, |last| last.max(stop)));
        }
        // A text is made of a key only when it is new.
        let attempt = self.open.entry_ref(&*worker).or_default().entry_ref(&*nodeid).or_default();
        if attempt.at == 0 {
            attempt.at = at;
            attempt.began_s = start;
        }
        let is_xfail = report.wasxfail.is_some();
        let is_call = when == "call";
        let outcome = match (&*word, is_xfail) {
            ("passed", true) if is_call => Some(Outcome::XPassed),
            ("passed", _) => is_call.then_some(Outcome::Passed),
            ("skipped", true) => Some(Outcome::XFailed),
            ("skipped", false) => Some(Outcome::Skipped),
            ("failed", _) if is_call => Some(Outcome::Failed),
            ("failed", _) => Some(Outcome::Error),
            // `retried` is the word of pytest-retry.
            ("rerun" | "retried", _) => {
                attempt.is_rerun = true;
                Some(if is_call { Outcome::Failed } else { Outcome::Error })
            }
            (other, _) => {
                self.unknown.add_example(at, other);
                Some(Outcome::Unknown)
            }
        };
        let (message, traceback) = longrepr(report.longrepr);
        let reason = plain(report.wasxfail.unwrap_or("")).into_owned();
        let subtest = report.subtest.map(subtest_name);
        if let Some(name) = &subtest {
            attempt.details.properties.push((format!("subtest {name}"), word.clone().into_owned()));
        }
        let is_whole = subtest.is_none();
        if outcome.is_some_and(|outcome| outcome != Outcome::Passed) {
            let title = match &subtest {
                Some(name) => format!("{word} in subtest {name}"),
                None => format!("{word} in {when}"),
            };
            let message = if message.is_empty() { &reason } else { &message };
            attempt.details.section(SectionKind::Reason, &title, message, &traceback);
            // The message is that of the worst phase, and of equal ones the first; that of a
            // subtest only if it failed.
            let counts = is_whole || outcome == Some(Outcome::Failed);
            if counts && attempt.outcome.is_none_or(|before| before < outcome.unwrap_or_default()) {
                attempt.message.clone_from(message);
            }
        }
        if is_whole {
            if let Some(seconds) = decimal(report.duration).filter(|seconds| *seconds >= 0.0) {
                *attempt.duration_s.get_or_insert(0.0) += seconds;
            }
            for section in json::elements(report.sections) {
                if let [title, text] = json::elements(section)[..] {
                    attempt.details.section(SectionKind::Output, &json::plain(title), "", &json::plain(text));
                }
            }
        }
        let counts = is_whole || outcome == Some(Outcome::Failed);
        if let Some(outcome) = outcome.filter(|_| counts)
            && attempt.outcome.is_none_or(|before| before < outcome)
        {
            attempt.outcome = Some(outcome);
            attempt.native = if is_xfail { format!("{word}, wasxfail") } else { word.into_owned() };
        }
        if when == "teardown" && is_whole {
            let attempt = self.open.get_mut(&*worker).and_then(|open| open.remove(&*nodeid));
            if let Some(mut attempt) = attempt {
                self.properties(report, &worker, &mut attempt.details);
                self.settle((&worker, &nodeid), attempt, batch);
            }
        }
    }

    /// Reads properties of a test, including its DUT. The last phase has all of them.
    fn properties(&mut self, report: &Report, worker: &str, details: &mut Details) {
        for pair in json::elements(report.user_properties) {
            if let [name, value] = json::elements(pair)[..] {
                let (name, value) = (json::plain(name), json::plain(value));
                if let Some(identity) = identify::identity_field(&name) {
                    self.claims.add(identity, &name, &value);
                }
                details.properties.push((name.into_owned(), value.into_owned()));
            }
        }
        if !worker.is_empty() {
            details.properties.push(("worker".to_owned(), worker.to_owned()));
        }
        if let [file, line, ..] = json::elements(report.location)[..] {
            let line =
                line.parse::<u64>().map_or(String::new(), |line| format!(":{}", line.saturating_add(1)));
            details.location = Some(format!("{}{line}", json::plain(file)));
        }
    }

    fn settle(&self, (worker, nodeid): (&str, &str), attempt: Attempt, batch: &mut Batch) {
        let is_started = attempt.outcome.is_none();
        let (at, len) = batch.keep_details(&attempt.details);
        let properties = attempt.details.properties.iter();
        let measured: Vec<Measurement> =
            properties.filter_map(|(name, value)| measured_property(name, value)).collect();
        batch.push_entry(Entry {
            session: self.session,
            scope: Scope::NodeId,
            name: nodeid,
            outcome: attempt.outcome.unwrap_or(Outcome::NotRun),
            native: if is_started { "started" } else { &attempt.native },
            role: if attempt.is_rerun { Role::Earlier } else { Role::Verdict },
            duration_s: attempt.duration_s,
            began_ms: attempt.began_s.map(|seconds| seconds * 1000.0),
            worker,
            measured: &measured,
            message: &attempt.message,
            trace: attempt.details.trace(),
            at,
            len,
        });
    }

    /// Reads a module that could not be collected, or was skipped as a whole.
    fn collected(&mut self, report: &Report, at: u64, batch: &mut Batch) {
        let (nodeid, word) = (plain(report.nodeid), plain(report.outcome));
        let (outcome, native) = match &*word {
            "passed" => return,
            "skipped" => (Outcome::Skipped, "collection skipped"),
            "failed" => (Outcome::Error, "collection failed"),
            other => return self.unknown.add_example(at, other),
        };
        if !self.not_collected.insert(nodeid.clone().into_owned()) {
            return;
        }
        let (message, traceback) = longrepr(report.longrepr);
        let mut details = Details::default();
        details.section(SectionKind::Reason, "collection", &message, &traceback);
        details.location = Some(nodeid.clone().into_owned());
        let (at, len) = batch.keep_details(&details);
        batch.push_entry(Entry {
            session: self.session,
            name: &module_name(&nodeid),
            outcome,
            native,
            message: if message.is_empty() { raised(&traceback) } else { &message },
            trace: &traceback,
            at,
            len,
            ..Entry::default()
        });
    }

    /// Settles open tests and the session.
    fn end_session(&mut self, batch: &mut Batch) {
        let open = std::mem::take(&mut self.open);
        let mut open: Vec<_> = open
            .into_iter()
            .flat_map(|(worker, open)| {
                open.into_iter().map(move |(id, attempt)| (worker.clone(), id, attempt))
            })
            .collect();
        open.order_by_key(|(_, _, attempt)| attempt.at);
        for (worker, nodeid, attempt) in open {
            self.settle((&worker, &nodeid), attempt, batch);
        }
        let draft = batch.session(self.session);
        draft.started = self.first_s.and_then(Timestamp::from_unix_seconds);
        draft.duration_s = self.first_s.zip(self.last_s).map(|(first, last)| last - first);
        std::mem::take(&mut self.claims).apply(draft);
        (self.first_s, self.last_s) = (None, None);
        self.not_collected.clear();
    }
}

/// Formats the description of a subtest: `[channel] (i=1)` for `{"msg": "channel", "kwargs": {"i":
/// "1"}}`.
fn subtest_name(context: &str) -> String {
    let context = json::fields(context);
    let mut name = text(&context, "msg");
    if !name.is_empty() {
        name = format!("[{name}]");
    }
    let kwargs = inner(&context, "kwargs");
    let pairs: Vec<String> =
        kwargs.iter().map(|(key, value)| format!("{key}={}", json::plain(value))).collect();
    if !pairs.is_empty() {
        let space = if name.is_empty() { "" } else { " " };
        name.push_str(&format!("{space}({})", pairs.join(", ")));
    }
    name
}

/// Returns message and text of a traceback, of a reason to skip, or of plain text.
fn longrepr(value: &str) -> (String, String) {
    match value.as_bytes().first() {
        Some(b'"') => (String::new(), json::plain(value).into_owned()),
        Some(b'[') => match json::elements(value)[..] {
            [file, line, reason] => {
                let reason = json::plain(reason);
                let message = reason.strip_prefix("Skipped: ").unwrap_or(&reason).to_owned();
                (message, format!("{}:{line}: {reason}", json::plain(file)))
            }
            _ => (String::new(), value.to_owned()),
        },
        Some(b'{') => {
            let fields = json::fields(value);
            let chain = json::elements(fields.get("chain").copied().unwrap_or(""));
            let mut text = String::new();
            for link in &chain {
                let link = json::elements(link);
                push_traceback(link.first().copied().unwrap_or(""), &mut text);
                if let Some(words) = link.get(2).filter(|words| **words != "null") {
                    text.push_str(&format!("\n{}\n\n", json::plain(words)));
                }
            }
            if chain.is_empty() {
                push_traceback(fields.get("reprtraceback").copied().unwrap_or(""), &mut text);
            }
            (self::text(&inner(&fields, "reprcrash"), "message"), text)
        }
        _ => (String::new(), String::new()),
    }
}

/// Formats a traceback like pytest.
fn push_traceback(value: &str, text: &mut String) {
    let traceback = json::fields(value);
    let entries = json::elements(traceback.get("reprentries").copied().unwrap_or(""));
    for (index, entry) in entries.iter().enumerate() {
        if index > 0 {
            text.push_str("_ _ _ _ _ _ _ _ _ _\n\n");
        }
        let data = inner(&json::fields(entry), "data");
        let mut push_lines = |value: &str| {
            for line in json::elements(value) {
                text.push_str(&json::plain(line));
                text.push('\n');
            }
        };
        let arguments = inner(&data, "reprfuncargs");
        let arguments = json::elements(arguments.get("args").copied().unwrap_or(""));
        let arguments: Vec<String> = arguments
            .iter()
            .filter_map(|pair| match json::elements(pair)[..] {
                [name, value] => Some(format!("{} = {}", json::plain(name), json::plain(value))),
                _ => None,
            })
            .collect();
        push_lines(data.get("lines").copied().unwrap_or(""));
        push_lines(inner(&data, "reprlocals").get("lines").copied().unwrap_or(""));
        if !arguments.is_empty() {
            text.push_str(&format!("\n{}\n", arguments.join(", ")));
        }
        let place = inner(&data, "reprfileloc");
        if let Some(line) = place.get("lineno") {
            text.push_str(&format!(
                "\n{}:{line}: {}\n",
                self::text(&place, "path"),
                self::text(&place, "message")
            ));
        }
    }
}
