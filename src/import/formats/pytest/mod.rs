//! What the formats of pytest's plugins have in common.
//!
//! pytest-oof, pytest-tui, pytest-insight and pytest-recap have one author. They write a row for
//! each report that pytest shows on a line: an attempt that was rerun, a verdict, a teardown error.

pub mod benchmark;
pub mod html;
pub mod json_report;
pub mod oof;
pub mod recap;
pub mod reportlog;
pub mod tally;

use crate::import::batch::{Batch, Entry, Role, Scope, first_line};
use crate::import::collect::Occurrences;
use crate::import::details::{Details, SectionKind};
use crate::import::json::{self, Cursor, Fault};
use crate::model::{Outcome, Severity, Timestamp, ansi, counted};
use crate::text::order::Order;
use rustc_hash::FxHashMap;
use std::borrow::Cow;

/// A row.
#[derive(Clone, Debug, Default)]
struct Case<'a> {
    nodeid: Cow<'a, str>,
    outcome: Cow<'a, str>,
    start: Option<Timestamp>,
    /// Duration in seconds.
    duration_s: Option<f64>,
    /// Traceback or reason, and captured output.
    longrepr: Cow<'a, str>,
    log: Cow<'a, str>,
    stdout: Cow<'a, str>,
    stderr: Cow<'a, str>,
    has_warning: bool,
}

fn case<'a>(cursor: &mut Cursor<'a>) -> Result<Case<'a>, Fault> {
    cursor.record(|case: &mut Case<'a>, key, value| {
        match key {
            "nodeid" | "fqtn" => case.nodeid = value.text_or_empty(key)?,
            "outcome" => case.outcome = value.text_or_empty(key)?,
            "start_time" => case.start = value.text(key)?.and_then(|text| Timestamp::parse(&text)),
            "duration" => case.duration_s = json::seconds(value.skip_value()?),
            "longreprtext" => case.longrepr = value.text_or_empty(key)?,
            "caplog" => case.log = value.text_or_empty(key)?,
            "capstdout" => case.stdout = value.text_or_empty(key)?,
            "capstderr" => case.stderr = value.text_or_empty(key)?,
            "has_warning" => case.has_warning = value.skip_value()? == "true",
            _ => {}
        }
        Ok(())
    })
}

/// Reads the exit code of pytest. After 2, 3 and 4 the run did not do everything, which no test says.
fn read_exit_code(code: &str, at: u64, session: usize, batch: &mut Batch) {
    let (meaning, is_incomplete) = match code {
        "2" => ("the run was interrupted", true),
        "3" => ("an internal error in pytest", true),
        "4" => ("pytest was called with wrong arguments", true),
        "5" => ("no tests were collected", false),
        _ => return,
    };
    if is_incomplete {
        batch.session(session).mark_incomplete(&format!("{meaning} (exit code {code})"));
    }
    batch.note(Severity::Warning, Some(at), format!("exit code {code}: {meaning}"));
}

/// Reads the details of a row.
fn details(slice: &str) -> Details {
    case(&mut Cursor::new(slice)).map(|case| case.details()).unwrap_or_default()
}

impl Case<'_> {
    fn details(&self) -> Details {
        let mut details = Details::default();
        let title = self.outcome.to_lowercase();
        if !self.longrepr.trim().is_empty() {
            details.section(SectionKind::Reason, &title, "", &self.longrepr);
        }
        for (title, text) in [
            ("captured log", &self.log),
            ("captured stdout", &self.stdout),
            ("captured stderr", &self.stderr),
        ] {
            // pytest-oof repeats the message above it.
            let first = text.lines().next().unwrap_or("");
            let is_title = first.starts_with('-') && first.contains("Captured");
            let text = if is_title { text.get(first.len()..).unwrap_or("") } else { text };
            details.section(SectionKind::Output, title, "", text);
        }
        if self.has_warning {
            details.properties.push(("has_warning".to_owned(), "true".to_owned()));
        }
        details.location = self.nodeid.split("::").next().map(str::to_owned);
        details
    }
}

/// A row that is held back until the session is complete.
struct Held {
    nodeid: String,
    outcome: Outcome,
    is_rerun: bool,
    native: String,
    start: Option<Timestamp>,
    duration_s: Option<f64>,
    message: String,
    /// The traceback of a failure.
    trace: String,
    at: u64,
    len: usize,
}

/// The rows of a session.
#[derive(Default)]
struct Cases {
    list: Vec<Held>,
    /// Each row has the duration and the texts of all rows of its test (pytest-oof).
    has_totals: bool,
    /// Unknown outcomes.
    unknown: Occurrences,
    /// Rows that repeat the previous one.
    doubles: u64,
}

impl Cases {
    /// Adds a row at this place of the file, or of kept details.
    fn add(&mut self, case: &Case, at: u64, len: usize) {
        // The reason of `SKIPPED (no such port)`.
        let word = case.outcome.split_whitespace().next().unwrap_or("");
        let is_rerun = word.eq_ignore_ascii_case("rerun");
        let known = if is_rerun { Some(Outcome::Failed) } else { Outcome::from_native(word) };
        let outcome = known.unwrap_or_else(|| {
            self.unknown.add_unplaced(if word.is_empty() { "(none)" } else { word });
            Outcome::Unknown
        });
        self.list.push(Held {
            nodeid: case.nodeid.clone().into_owned(),
            outcome,
            is_rerun,
            native: word.to_owned(),
            start: case.start,
            duration_s: case.duration_s,
            message: message(outcome, &case.longrepr),
            trace: if outcome.is_failing() { case.longrepr.clone().into_owned() } else { String::new() },
            at,
            len,
        });
    }

    /// Adds the rows to the batch, in the order in which they ran.
    fn add_to(mut self, session: usize, batch: &mut Batch) {
        if self.list.iter().all(|held| held.start.is_some()) {
            self.list.order_by_key(|held| held.start);
        }
        // Outcomes of tests in the current attempt.
        let mut verdicts: FxHashMap<&str, Outcome> = FxHashMap::default();
        for held in &self.list {
            let before = match held.is_rerun {
                true => verdicts.remove(held.nodeid.as_str()),
                false => verdicts.insert(&held.nodeid, held.outcome),
            };
            let role = match before {
                _ if held.is_rerun => Role::Earlier,
                Some(Outcome::Error) if held.outcome == Outcome::Error && self.has_totals => {
                    self.doubles += 1;
                    continue;
                }
                // Clocks may put a teardown before its test.
                Some(before) if before == Outcome::Error || held.outcome == Outcome::Error => Role::Joined,
                _ => Role::Verdict,
            };
            let has_time = role == Role::Verdict || !self.has_totals;
            batch.push_entry(Entry {
                session,
                scope: Scope::NodeId,
                name: &held.nodeid,
                outcome: held.outcome,
                native: &held.native,
                role,
                duration_s: held.duration_s.filter(|_| has_time),
                message: &held.message,
                trace: &held.trace,
                at: held.at,
                len: held.len,
                ..Entry::default()
            });
        }
        self.unknown.note_unknown("test", "outcome", batch);
        if self.doubles > 0 {
            let text = format!(
                "{} with a teardown error in two equal rows: one is used",
                counted(self.doubles, "test")
            );
            batch.note(Severity::Info, None, text);
        }
    }
}

/// Returns the first line of a traceback or reason.
fn message(outcome: Outcome, longrepr: &str) -> String {
    let plain: Cow<str> = match longrepr.contains('\u{1b}') {
        true => ansi::runs(longrepr).iter().map(|run| run.text).collect(),
        false => longrepr.into(),
    };
    let text = plain.trim();
    match outcome {
        Outcome::Passed => String::new(),
        Outcome::Skipped => skip_reason(text),
        _ => first_line(asserted(text)).to_owned(),
    }
}

/// Returns what was raised last in a traceback of a test: the first of the lines that pytest begins
/// with `E`.
fn asserted(text: &str) -> &str {
    let mut found = None;
    let mut was_raised = false;
    for line in text.lines() {
        let raised = line.strip_prefix("E  ").map(str::trim).filter(|line| !line.is_empty());
        if !was_raised {
            found = raised.or(found);
        }
        was_raised = line.starts_with("E  ");
    }
    found.unwrap_or(text)
}

/// Returns the reason of a tuple: `no such port` for `('/…/test_dut.py', 13, 'Skipped: no such
/// port')`.
pub(super) fn skip_reason(text: &str) -> String {
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

/// Returns the line that pytest begins with `E`.
pub(super) fn raised(text: &str) -> &str {
    text.lines().rev().find_map(|line| line.strip_prefix("E   ")).map_or_else(|| first_line(text), str::trim)
}

/// Notes that a document, which is read as a whole, is invalid or truncated.
fn note_fault(what: &str, fault: Fault, at: u64, batch: &mut Batch) {
    let kept = if batch.is_empty() { "" } else { "; earlier results were kept" };
    let text = match fault {
        Fault::Incomplete => format!("{what} is truncated{kept}"),
        Fault::Invalid(why) => format!("{what} is invalid: {why}{kept}"),
    };
    batch.note_unreadable(at, text);
}

/// Returns the name of a module that could not be collected: `tests.test_a` for `tests/test_a.py`.
fn module_name(path: &str) -> String {
    path.strip_suffix(".py").unwrap_or(path).replace('/', ".")
}
