//! Test cases: attributes and children become rows.

use super::platforms::PLATFORM_PROPERTIES;
use super::sessions::earlier;
use super::suites::device_of;
use super::{Data, Open};
use crate::import::batch::{Batch, Role, Row, Text, first_line};
use crate::import::details::Measurement;
use crate::import::frame::Ends;
use crate::import::{limits, number, xml};
use crate::model::{Outcome, Severity, Timestamp, head, with_article};
use crate::text::search::is_same;
use quick_xml::events::BytesStart;
use serde::{Deserialize, Serialize};

/// A child that decides the outcome of a test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Reason {
    Failure,
    Error,
    Skipped,
    /// An attempt before the verdict.
    EarlierFailure,
    EarlierError,
    /// A rerun after the first failure.
    LaterFailure,
    LaterError,
}

impl Reason {
    pub(super) fn from_name(name: &str) -> Option<Reason> {
        Some(match name {
            "failure" => Reason::Failure,
            "error" | "internalError" => Reason::Error,
            "skipped" => Reason::Skipped,
            "flakyFailure" => Reason::EarlierFailure,
            "flakyError" => Reason::EarlierError,
            "rerunFailure" => Reason::LaterFailure,
            "rerunError" => Reason::LaterError,
            _ => return None,
        })
    }

    /// Returns what it means as an entry of its own; `None` for the verdict.
    fn role(self) -> Option<Role> {
        match self {
            Reason::EarlierFailure | Reason::EarlierError => Some(Role::Earlier),
            Reason::LaterFailure | Reason::LaterError => Some(Role::Rerun),
            _ => None,
        }
    }

    fn outcome(self) -> Outcome {
        match self {
            Reason::Failure | Reason::EarlierFailure | Reason::LaterFailure => Outcome::Failed,
            Reason::Error | Reason::EarlierError | Reason::LaterError => Outcome::Error,
            Reason::Skipped => Outcome::Skipped,
        }
    }
}

/// The current `testcase` element.
#[derive(Debug, Default)]
pub(super) struct Case {
    pub row: Row,
    /// The verdict of the worst child so far.
    verdict: Option<Outcome>,
    /// The top frame of that child.
    frame: Text,
    /// The outcome by `status` and `result`, for a case without a child.
    said: Option<Outcome>,
    /// The file marks it as flaky.
    is_flaky: bool,
    /// Source file and line, for all but pytest.
    place: Option<(String, Option<u32>)>,
    /// pytest: the error occurred in the teardown.
    is_teardown: bool,
    /// CTest: the status is `notrun`.
    is_notrun: bool,
    /// node: the test is marked as todo, and may fail.
    is_todo: bool,
    /// When it began.
    began: Option<Timestamp>,
    rare: Option<Box<Rare>>,
}

/// What few test cases have. Apart, so that the others allocate and free nothing for it.
#[derive(Debug, Default)]
pub(super) struct Rare {
    /// Attempts beside the verdict, with their top frames.
    attempts: Vec<(Row, Text)>,
    /// The number of the attempt that the case is, from 1.
    pub repetition: Option<u32>,
    /// The DUT that it names: property and value.
    pub dut: Option<(String, String)>,
    /// What it ran on, by another property.
    pub platform: Option<(String, String)>,
    /// Its numeric properties.
    pub measured: Vec<Measurement>,
}

impl Case {
    /// Returns what few test cases have, to add to it.
    pub(super) fn rare(&mut self) -> &mut Rare {
        self.rare.get_or_insert_default()
    }
}

/// The current child of a case, or error of a suite.
#[derive(Debug, Default)]
pub(super) struct Child {
    at: u64,
    outcome: Outcome,
    native: String,
    message: String,
    duration_s: f64,
    /// The message is still missing, and comes from the text.
    wants_message: bool,
    /// The text of a failure, for its top frame.
    text: Ends,
}

impl Child {
    /// Returns whether the text is needed.
    pub(super) fn wants_text(&self) -> bool {
        self.wants_message || self.outcome.is_failing()
    }

    /// Reads a piece of the text.
    pub(super) fn take_text(&mut self, text: &str) {
        if self.outcome.is_failing() {
            self.text.push(text);
        }
        if self.wants_message {
            self.take_message(text);
        }
    }

    /// Looks for the first line of the message in a piece of text.
    fn take_message(&mut self, text: &str) {
        let message = &mut self.message;
        for part in text.split_inclusive('\n') {
            message.push_str(head(part, limits::MESSAGE_BYTES));
            if !part.ends_with('\n') && message.len() < limits::MESSAGE_BYTES {
                continue;
            }
            if message.trim().is_empty() {
                message.clear();
            } else {
                self.wants_message = false;
                return;
            }
        }
    }
}

impl Data {
    pub(super) fn start_case(&mut self, element: &BytesStart, at: u64, batch: &mut Batch) {
        let suite = self.suite();
        let mut name = "";
        let mut class = "";
        let mut duration_s = f64::NAN;
        let (mut status, mut result) = ("", "");
        let mut names = 0;
        let (mut is_unity, mut group) = (false, "");
        let mut timestamp = "";
        let (mut is_flaky, mut file, mut line) = (false, "", None);
        let mut rare: Option<Box<Rare>> = None;
        self.producer.look("testcase", element);
        for (key, value) in xml::attributes(element) {
            match key {
                "name" => {
                    names += 1;
                    name = value;
                }
                "classname" => class = value,
                "class" if class.is_empty() => class = value,
                "time" => match number::seconds(value) {
                    Some(seconds) => duration_s = seconds,
                    None if value.is_empty() => {}
                    None => self.odd.durations.add_example(at, value),
                },
                "timestamp" => timestamp = value,
                "status" => status = value,
                // Eclipse.
                "ignored" if value == "true" => status = key,
                "result" => result = value,
                "group" => group = value,
                "is_unity_case" => {
                    is_unity = true;
                    self.producer.saw("testcase is_unity_case");
                }
                "flaky" => is_flaky = value.eq_ignore_ascii_case("true") || value == "1",
                "file" | "filepath" => file = value,
                "line" | "lineno" => line = value.trim().parse().ok(),
                _ if PLATFORM_PROPERTIES.contains(&key) => {
                    let platform = (key.to_owned(), xml::unescape(value).into_owned());
                    rare.get_or_insert_default().platform = Some(platform);
                }
                _ => {
                    if let Some(dut) = device_of(key, value) {
                        rare.get_or_insert_default().dut.get_or_insert(dut);
                    }
                }
            }
        }
        if is_unity && class.is_empty() {
            class = group;
        }
        if self.has_full_titles {
            (class, name) = titles(class, name);
        }
        let is_pytest = self.suites.get(suite as usize).is_some_and(|suite| suite.is_pytest);
        let place = if is_pytest {
            // A repeated node id is a rerun.
            None
        } else if file.is_empty() {
            let file_of_suite = self.suites.get(suite as usize).map(|suite| suite.file.clone());
            Some((file_of_suite.unwrap_or_default(), line))
        } else {
            Some((xml::unescape(file).into_owned(), line))
        };
        if (is_unity || is_pytest && !class.is_empty())
            && let Some((target, rest)) = target_of(name)
        {
            rare.get_or_insert_default().dut = Some(("target".to_owned(), target.to_owned()));
            name = rest;
        }
        if names > 1 {
            self.odd.named_twice.add(at);
        }
        let scope = self.scope(suite, class, batch);
        let began = Some(timestamp).filter(|timestamp| !timestamp.is_empty());
        let began = began.and_then(|timestamp| Timestamp::parse(&xml::unescape(timestamp)));
        if let Some(suite) = self.suites.get_mut(suite as usize) {
            suite.cases += 1;
            suite.entries += 1;
            if suite.started.is_none() && began.is_some() {
                suite.first_case = earlier(suite.first_case, began);
            }
        }
        let name = batch.add_name_or_placeholder(&xml::unescape(name), (suite, scope));
        let said = outcome_of_attributes(status, result);
        let native = match (status, said) {
            ("run" | "", None | Some(Outcome::Passed)) => 0,
            ("run" | "", Some(_)) => batch.native(&xml::unescape(result)),
            _ => batch.native(&xml::unescape(status)),
        };
        self.case = Case {
            row: Row { session: suite, scope, name, native, duration_s, at, ..Row::default() },
            said,
            place,
            is_flaky,
            is_notrun: status == "notrun" && result.is_empty(),
            began,
            rare,
            ..Case::default()
        };
    }

    /// Returns the scope of a class in a suite. It is named in `finish`, when all suites are known.
    pub(super) fn scope(&mut self, suite: u32, class: &str, batch: &mut Batch) -> u32 {
        // Cases of one class usually follow each other.
        let previous = self.scopes.len().wrapping_sub(1);
        let is_same = self
            .scopes
            .get(previous)
            .is_some_and(|&(of, text)| of == suite && is_same(batch.get(text), class));
        if is_same {
            return previous as u32;
        }
        let ids = self.scope_ids.entry(suite).or_default();
        if let Some(&id) = ids.get(class) {
            return id;
        }
        let text = batch.add_name(class);
        let id = self.scopes.len() as u32;
        self.scopes.push((suite, text));
        ids.insert(class.to_owned(), id);
        id
    }

    pub(super) fn start_reason(&mut self, element: &BytesStart, name: &str, reason: Reason, at: u64) {
        let mut child = Child {
            at,
            outcome: reason.outcome(),
            native: name.to_owned(),
            duration_s: f64::NAN,
            text: std::mem::take(&mut self.child.text),
            ..Child::default()
        };
        for (key, value) in xml::attributes(element) {
            match key {
                "message" => child.message = xml::first_line(value).into_owned(),
                "type" => match (reason, value) {
                    (Reason::Skipped, "pytest.xfail" | "XFAIL" | "xfail") => {
                        child.outcome = Outcome::XFailed;
                        child.native = format!("{name} {value}");
                    }
                    (Reason::Skipped, "todo") => self.case.is_todo = true,
                    (Reason::Skipped, "build" | "untested") => {
                        child.outcome = Outcome::NotRun;
                        child.native = format!("{name} {value}");
                    }
                    (Reason::Error, "UnexpectedSuccess") => {
                        child.outcome = Outcome::XPassed;
                        child.native = format!("{name} {value}");
                    }
                    _ => {}
                },
                "time" => child.duration_s = number::seconds(value).unwrap_or(f64::NAN),
                _ => {}
            }
        }
        if reason == Reason::Skipped && self.case.is_notrun && !child.message.starts_with("SKIP_") {
            child.outcome = Outcome::Error;
        }
        child.wants_message = child.message.trim().is_empty();
        self.child = child;
    }

    pub(super) fn close_reason(&mut self, reason: Reason, end: u64, batch: &mut Batch) {
        let mut child = std::mem::take(&mut self.child);
        let message = batch.add_message(&child.message);
        let native = batch.native(&child.native);
        let frame = batch.add_frame_text(child.text.top_frame().as_deref());
        child.text.clear();
        self.child.text = child.text;
        if let Some(role) = reason.role() {
            let of_case = self.case.row;
            let attempt = Row {
                outcome: child.outcome,
                role,
                native,
                message,
                duration_s: child.duration_s,
                at: child.at,
                len: length(child.at, end),
                ..of_case
            };
            self.case.rare().attempts.push((attempt, frame));
            return;
        }
        if child.outcome == Outcome::XPassed {
            self.odd.unexpected.add(child.at);
        }
        if child.outcome == Outcome::NotRun {
            self.odd.built_only.add(child.at);
        }
        if self.case.verdict.is_some_and(|verdict| verdict != child.outcome) {
            self.odd.verdicts.add(child.at);
        }
        // error > failure > skipped, in any order in the file; among equal ones the first has the
        // message.
        if self.case.verdict.is_none_or(|verdict| child.outcome > verdict) {
            self.case.verdict = Some(child.outcome);
            self.case.row.message = message;
            self.case.frame = frame;
            self.case.row.native = native;
            self.case.is_teardown =
                reason == Reason::Error && child.message.starts_with("failed on teardown");
        }
    }

    pub(super) fn close_case(&mut self, end: u64, batch: &mut Batch) {
        let case = std::mem::take(&mut self.case);
        let mut row = case.row;
        row.len = length(row.at, end);
        row.outcome = match (case.verdict, case.said) {
            (Some(Outcome::Failed), _) if case.is_todo => {
                row.native = batch.native("skipped todo");
                Outcome::XFailed
            }
            (Some(outcome), _) => outcome,
            (None, None | Some(Outcome::Passed)) => Outcome::Passed,
            (None, Some(Outcome::Unknown)) => {
                self.odd.unknown.add_example(row.at, batch.native_word(row.native));
                Outcome::Unknown
            }
            (None, Some(said)) => {
                self.odd.by_attribute.add(row.at);
                said
            }
        };
        let rare = case.rare.as_deref();
        if case.is_teardown && self.is_same_test_as_last(&row, batch) {
            row.role = Role::Joined;
        } else if rare.and_then(|rare| rare.repetition).is_some_and(|number| number > 1) {
            row.role = Role::Rerun;
        }
        let first_row = batch.len();
        if let Some(began) = case.began {
            batch.add_begin(first_row, began.unix_ms as f64, "");
        }
        if let Some(rare) = rare {
            batch.add_measured(first_row, &rare.measured);
        }
        push_attempts((row, case.frame), rare.map_or(&[], |rare| &rare.attempts), batch);
        if case.is_flaky {
            self.mark_flaky(row, batch);
        }
        if let Some((file, line)) = &case.place {
            batch.add_place(first_row..batch.len(), file, *line);
        }
        let Some(rare) = case.rare else {
            return;
        };
        let Some((property, dut)) = rare.dut else {
            if let Some(platform) = rare.platform {
                self.platforms_of_tests.add(first_row..batch.len(), platform);
            }
            return;
        };
        let next = self.case_duts.len() as u32;
        let id = *self.case_dut_ids.entry(dut.clone()).or_insert(next);
        if id == next {
            self.case_duts.push((property, dut));
        }
        self.rows_with_dut.push((first_row..batch.len(), id));
    }

    /// Marks the last row as flaky. If it failed and the counters of its suite do not count this
    /// failure, it is the attempt before one that passed.
    fn mark_flaky(&self, row: Row, batch: &mut Batch) {
        let last = batch.len().saturating_sub(1);
        let suite = self.suites.get(row.session as usize);
        let has_passed = suite.is_some_and(|suite| {
            suite.flakes.map_or(suite.failing_attribute == Some(0), |flakes| flakes > 0)
        });
        if row.role != Role::Verdict || !row.outcome.is_failing() || !has_passed {
            batch.facts.push((last as u32, 1, true));
            return;
        }
        if let Some(failed) = batch.rows.get_mut(last) {
            failed.role = Role::Earlier;
            failed.duration_s = f64::NAN;
        }
        let native = batch.native("flaky");
        batch.push(Row { outcome: Outcome::Passed, native, message: Text::default(), ..row });
    }

    /// Adds the error of a suite as a result, like a collection error: a suite that failed outside
    /// of any test must not look passed.
    pub(super) fn close_suite_reason(&mut self, end: u64, batch: &mut Batch) {
        let child = std::mem::take(&mut self.child);
        let suite = self.suite();
        let message = first_line(&child.message);
        if child.outcome == Outcome::Skipped {
            let name = self.suites.get(suite as usize).map_or("", |suite| suite.name.as_str());
            let text = format!("suite `{}` was skipped: {message}", head(name, 80));
            batch.note(Severity::Info, Some(child.at), text);
            return;
        }
        let text = format!("a suite has {} outside of any test: {message}", with_article(&child.native));
        batch.note(Severity::Warning, Some(child.at), text);
        let frame = batch.add_frame_text(child.text.top_frame().as_deref());
        batch.add_frame(batch.len(), frame);
        let row = Row {
            session: suite,
            scope: self.scope(suite, "", batch),
            name: batch.add_name("(suite)"),
            outcome: child.outcome,
            native: batch.native(&format!("suite {}", child.native)),
            duration_s: f64::NAN,
            message: batch.add_message(message),
            at: child.at,
            len: length(child.at, end),
            ..Row::default()
        };
        batch.push(row);
        if let Some(suite) = self.suites.get_mut(suite as usize) {
            suite.entries += 1;
        }
    }

    /// Returns whether the previous entry belongs to the same test and has a verdict that is not a
    /// pass.
    fn is_same_test_as_last(&self, row: &Row, batch: &Batch) -> bool {
        batch.rows.last().is_some_and(|last| {
            last.scope == row.scope
                && last.role != Role::Earlier
                && last.outcome != Outcome::Passed
                && batch.get(last.name) == batch.get(row.name)
        })
    }

    /// Closes elements at the end of a truncated file. The open test is kept if it is known to have
    /// failed; otherwise its outcome may be in the missing part.
    pub(super) fn close_truncated(&mut self, seen_to: u64, batch: &mut Batch) {
        if !self.open.contains(&Open::Case) {
            return;
        }
        while let Some(open) = self.open.pop() {
            match open {
                Open::Reason(reason) => self.close_reason(reason, seen_to, batch),
                Open::Case if self.case.verdict.is_some_and(Outcome::is_failing) => {
                    self.close_case(seen_to, batch);
                }
                _ => {}
            }
        }
    }
}

/// Appends a test case and the attempts inside it, in the order in which they ran. `rerun…` beside a
/// test that did not fail in the end ran before the verdict.
fn push_attempts((row, frame): (Row, Text), attempts: &[(Row, Text)], batch: &mut Batch) {
    let mut push = |row: Row, frame: Text| {
        batch.add_frame(batch.len(), frame);
        batch.push(row);
    };
    let is_failing = row.outcome.is_failing();
    let mut later = Vec::new();
    let mut role = row.role;
    for &(mut attempt, frame) in attempts {
        if attempt.role == Role::Rerun && is_failing {
            later.push((attempt, frame));
        } else {
            attempt.role = Role::Earlier;
            push(attempt, frame);
            role = Role::Verdict;
        }
    }
    push(Row { role, ..row }, frame);
    for (attempt, frame) in later {
        push(attempt, frame);
    }
}

/// Returns the outcome by the attributes of a case. With `run` or `completed` the children decide.
/// An unknown word does not count as passed.
fn outcome_of_attributes(status: &str, result: &str) -> Option<Outcome> {
    let mut said = None;
    for word in [result, status] {
        match word.to_ascii_lowercase().as_str() {
            "" | "run" | "completed" => {}
            "suppressed" => return Some(Outcome::NotRun),
            word => match Outcome::from_native(word) {
                Some(outcome) => return Some(outcome),
                None => said = Some(Outcome::Unknown),
            },
        }
    }
    said
}

/// Splits all titles of a test into those around it and its own. One of the two attributes has all
/// of them, the other one the test's own.
fn titles<'a>(class: &'a str, name: &'a str) -> (&'a str, &'a str) {
    let (all, own) = if class.len() > name.len() { (class, name) } else { (name, class) };
    match all.strip_suffix(own) {
        Some(around) if !own.is_empty() => (around.trim_end(), own),
        _ => (class, name),
    }
}

/// Splits a name of ESP-IDF after the target: `esp32c3.default.test_x`, or for several DUTs
/// `(esp32|esp32c3).(default|default).test_x`.
fn target_of(name: &str) -> Option<(&str, &str)> {
    // Most names are no such names, which their beginning tells.
    let start = name.trim_start_matches('(');
    if !start.starts_with("esp") && !start.starts_with("linux") {
        return None;
    }
    let (target, rest) = start.split_once('.')?;
    rest.contains('.').then_some((target.trim_end_matches(')'), rest))
}

fn length(at: u64, end: u64) -> u32 {
    u32::try_from(end.saturating_sub(at)).unwrap_or(u32::MAX)
}
