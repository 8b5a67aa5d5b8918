//! JUnit XML: the format that everyone writes and no one defined.
//!
//! Closest to a specification: the XSDs of Maven Surefire and of Jenkins'
//! xunit plugin. What producers really write is in the tests' fixtures; the
//! oddities that decide something here:
//!
//! - **pytest**: one suite named `pytest` is one session. Reruns are entries
//!   without a child before the last entry; a tear-down error after a failure
//!   is a second entry of the same test; an xfail is a `skipped` with the type
//!   `pytest.xfail`; a collection error has an empty class name.
//! - **Surefire, nextest, Playwright**: `flakyFailure`, `flakyError`,
//!   `rerunFailure` and `rerunError` are attempts inside of a test case.
//! - **gotestsum**: a test that ran again is there again, the passing entry
//!   last.
//! - **GoogleTest, CTest**: disabled tests have no child, only a status.
//! - **unittest-xml-reporting**: `skipped type="XFAIL"`, `error
//!   type="UnexpectedSuccess"`.
//! - **libtest**: several documents in one file.
//! - Counters are wrong or missing in a third of real files: elements count.

use super::batch::{Batch, Role, Row, Text, first_line};
use super::details::{Details, SectionKind};
use super::{Format, Importer, identify, limits, number, xml};
use crate::model::{Axis, Moment, Outcome, RepeatRule, Severity, Source, head};
use quick_xml::events::{BytesStart, Event};
use rustc_hash::FxHashMap;
use std::borrow::Cow;

pub(super) const FORMAT: Format = Format {
    key: "junit",
    name: "JUnit XML",
    producers: "pytest --junit-xml, Surefire, Gradle, gotestsum, nextest, Jest, mocha, Playwright, \
                CTest, GoogleTest, Catch2, PHPUnit, node --test and others",
    detect: |head| matches!(head.root, Some("testsuites" | "testsuite")),
    importer: || Box::new(Junit::default()),
    details,
};

/// What is open around the place that is being read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Open {
    /// `testsuites`.
    Root,
    Suite(u32),
    Case,
    /// `properties`.
    Properties,
    Property,
    /// `failure`, `error`, `skipped` and the attempts, in a case.
    Reason(Reason),
    /// `failure` or `error` of a suite, outside of any case.
    SuiteReason,
}

impl Open {
    fn closes_with(self, name: &str) -> bool {
        match self {
            Open::Root => name == "testsuites",
            Open::Suite(_) => name == "testsuite",
            Open::Case => name == "testcase",
            Open::Properties => name == "properties",
            Open::Property => name == "property",
            Open::Reason(reason) => Reason::from_name(name) == Some(reason),
            Open::SuiteReason => matches!(name, "failure" | "error"),
        }
    }
}

/// A child that tells what came of a test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reason {
    Failure,
    Error,
    Skipped,
    /// An attempt that a later one replaced.
    EarlierFailure,
    EarlierError,
}

impl Reason {
    fn from_name(name: &str) -> Option<Reason> {
        Some(match name {
            "failure" => Reason::Failure,
            "error" | "internalError" => Reason::Error,
            "skipped" => Reason::Skipped,
            "flakyFailure" | "rerunFailure" => Reason::EarlierFailure,
            "flakyError" | "rerunError" => Reason::EarlierError,
            _ => return None,
        })
    }

    fn is_earlier(self) -> bool {
        matches!(self, Reason::EarlierFailure | Reason::EarlierError)
    }

    fn outcome(self) -> Outcome {
        match self {
            Reason::Failure | Reason::EarlierFailure => Outcome::Failed,
            Reason::Error | Reason::EarlierError => Outcome::Error,
            Reason::Skipped => Outcome::Skipped,
        }
    }
}

/// A `testsuite` element.
#[derive(Debug, Default)]
struct Suite {
    parent: Option<u32>,
    name: String,
    depth: usize,
    cases: u64,
    has_suites: bool,
    tests_attribute: Option<u64>,
    started: Option<Moment>,
    duration_s: Option<f64>,
    hostname: Option<String>,
    properties: Vec<(String, String)>,
    is_pytest: bool,
}

/// A `testcase` element that is being read.
#[derive(Debug, Default)]
struct Case {
    row: Row,
    /// The verdict of the worst child so far.
    verdict: Option<Outcome>,
    /// `status` and `result` say that it was not run.
    not_run: bool,
    /// pytest: the error is that of the tear-down.
    is_teardown: bool,
}

/// A child of a case, or a suite's error, that is being read.
#[derive(Debug, Default)]
struct Child {
    at: u64,
    outcome: Outcome,
    native: String,
    message: String,
    duration_s: f64,
    /// The message comes from the text, whose first line is being looked for.
    wants_text: bool,
}

#[derive(Default)]
struct Junit {
    suites: Vec<Suite>,
    open: Vec<Open>,
    /// Depth inside of an element that is not read.
    skipping: u64,
    case: Case,
    child: Child,
    property: (String, String),
    /// (suite, class) of each scope of the batch, in order.
    scopes: Vec<(u32, Text)>,
    scope_ids: FxHashMap<(u32, String), u32>,
    /// What tests say of their DUT, by axis and property.
    claims: Vec<(Axis, String, String)>,
    root_duration_s: Option<f64>,
    root_is_pytest: bool,
    /// A suite said that repeats are reruns.
    reruns: bool,
    bad_durations: (u64, Option<u64>, String),
    not_run: (u64, Option<u64>),
    unexpected: (u64, Option<u64>),
    stopped: bool,
    /// Elements so far whose end did not fit.
    misnested: bool,
    saw_doctype: bool,
}

impl Importer for Junit {
    fn read(&mut self, text: &str, at: u64, last: bool, batch: &mut Batch) -> usize {
        if self.stopped {
            return text.len();
        }
        let mut reader = xml::reader(text);
        loop {
            let before = reader.buffer_position();
            let event = reader.read_event();
            let after = reader.buffer_position();
            let is_cut = after as usize == text.len() && !last;
            match event {
                Ok(Event::Eof) => return text.len(),
                // Text is complete only when something follows it.
                Ok(Event::Text(_) | Event::GeneralRef(_)) if is_cut => return before as usize,
                Ok(event) => self.event(&event, at + before, at + after, batch),
                Err(_) if !last => return before as usize,
                Err(error) => {
                    self.stopped = true;
                    let place = self.place(batch);
                    batch.broken(
                        at + before,
                        format!("the XML breaks off{place}: {error}; what stands before is kept"),
                    );
                    return text.len();
                }
            }
        }
    }

    fn finish(&mut self, batch: &mut Batch) {
        if !self.stopped && !self.open.is_empty() {
            let place = self.place(batch);
            batch.partly = true;
            batch.note(
                Severity::Error,
                None,
                format!("the file ends before its XML does{place}; what stands before is kept"),
            );
        }
        self.assign_sessions(batch);
        self.name_scopes(batch);
        self.remark(batch);
    }
}

impl Junit {
    fn event(&mut self, event: &Event, at: u64, end: u64, batch: &mut Batch) {
        match event {
            Event::Empty(element) => {
                if self.skipping == 0 && self.start(element, at, batch) {
                    self.close(end, batch);
                }
            }
            Event::Start(element) => {
                if self.skipping > 0 || !self.start(element, at, batch) {
                    self.skipping += 1;
                }
            }
            Event::End(element) => {
                if self.skipping > 0 {
                    self.skipping -= 1;
                } else {
                    self.end(element.local_name().into_inner(), at, end, batch);
                }
            }
            Event::Text(text) if self.wants_text() => self.text(text),
            Event::CData(text) if self.wants_text() => self.text(text),
            Event::GeneralRef(name) if self.wants_text() => {
                match xml::resolve(name) {
                    Some(character) => self.text(character.encode_utf8(&mut [0; 4])),
                    None => self.text(&format!("&{};", &**name)),
                };
            }
            Event::DocType(_) if !self.saw_doctype => {
                self.saw_doctype = true;
                batch.note(
                    Severity::Info,
                    Some(at),
                    "the file has a DOCTYPE, whose entities are not resolved",
                );
            }
            _ => {}
        }
    }

    /// Opens an element; false if it is none that is read here.
    fn start(&mut self, element: &BytesStart, at: u64, batch: &mut Batch) -> bool {
        let name = element.local_name();
        let name = name.into_inner();
        let opened = match (self.open.last().copied(), name) {
            (Some(Open::Root | Open::Suite(_)) | None, "testcase") => {
                self.start_case(element, at, batch);
                Open::Case
            }
            (Some(Open::Root | Open::Suite(_)) | None, "testsuite") => {
                Open::Suite(self.start_suite(element))
            }
            (Some(Open::Root) | None, "testsuites") => {
                self.start_root(element);
                Open::Root
            }
            (Some(Open::Case), _) if Reason::from_name(name).is_some() => {
                let Some(reason) = Reason::from_name(name) else {
                    return false;
                };
                self.start_reason(element, name, reason, at);
                Open::Reason(reason)
            }
            (Some(Open::Suite(_)), "failure" | "error") => {
                self.start_reason(element, name, Reason::Error, at);
                Open::SuiteReason
            }
            (Some(Open::Suite(_) | Open::Case), "properties") => Open::Properties,
            (Some(Open::Properties | Open::Suite(_) | Open::Case), "property") => {
                self.property = <(String, String)>::default();
                for (key, value) in xml::attributes(element) {
                    match key {
                        "name" => self.property.0 = xml::unescape(&value).into_owned(),
                        "value" => self.property.1 = xml::unescape(&value).into_owned(),
                        _ => {}
                    }
                }
                Open::Property
            }
            _ => return false,
        };
        self.open.push(opened);
        true
    }

    fn start_root(&mut self, element: &BytesStart) {
        for (key, value) in xml::attributes(element) {
            match key {
                "name" => self.root_is_pytest |= value == "pytest tests",
                "time" => {
                    if let Some(seconds) = number::seconds(&value) {
                        *self.root_duration_s.get_or_insert(0.0) += seconds;
                    }
                }
                _ => {}
            }
        }
    }

    fn start_suite(&mut self, element: &BytesStart) -> u32 {
        let parent = self.open.iter().rev().find_map(|open| match open {
            Open::Suite(index) => Some(*index),
            _ => None,
        });
        let mut suite = Suite {
            parent,
            is_pytest: self.root_is_pytest,
            ..Suite::default()
        };
        if let Some(parent) = parent.and_then(|parent| self.suites.get_mut(parent as usize)) {
            parent.has_suites = true;
            suite.depth = parent.depth + 1;
        }
        for (key, value) in xml::attributes(element) {
            match key {
                "name" => suite.name = xml::unescape(&value).into_owned(),
                "tests" => suite.tests_attribute = number::counter(&value),
                "time" => suite.duration_s = number::seconds(&value),
                "timestamp" => suite.started = Moment::parse(&value),
                "hostname" if !value.is_empty() && value != "tbd" => {
                    suite.hostname = Some(xml::unescape(&value).into_owned());
                }
                _ => {}
            }
        }
        suite.is_pytest |= suite.name == "pytest";
        self.suites.push(suite);
        self.suites.len() as u32 - 1
    }

    /// The suite that is open; one without name where there is none.
    fn suite(&mut self) -> u32 {
        let open = self.open.iter().rev().find_map(|open| match open {
            Open::Suite(index) => Some(*index),
            _ => None,
        });
        open.unwrap_or_else(|| {
            let nameless = self
                .suites
                .iter()
                .position(|suite| suite.parent.is_none() && suite.name.is_empty() && suite.depth == 0);
            nameless.unwrap_or_else(|| {
                self.suites.push(Suite::default());
                self.suites.len() - 1
            }) as u32
        })
    }

    fn start_case(&mut self, element: &BytesStart, at: u64, batch: &mut Batch) {
        let suite = self.suite();
        let mut name = Text::default();
        let mut class = Cow::Borrowed("");
        let mut duration_s = f64::NAN;
        let (mut status, mut result) = (Cow::Borrowed(""), Cow::Borrowed(""));
        for (key, value) in xml::attributes(element) {
            match key {
                "name" => name = batch.name(&xml::unescape(&value)),
                "classname" => class = value,
                "class" if class.is_empty() => class = value,
                "time" => match number::seconds(&value) {
                    Some(seconds) => duration_s = seconds,
                    None if value.is_empty() => {}
                    None => {
                        self.bad_durations.0 += 1;
                        if self.bad_durations.1.is_none() {
                            self.bad_durations.1 = Some(at);
                            self.bad_durations.2 = head(&value, 40).to_owned();
                        }
                    }
                },
                "status" => status = value,
                "result" => result = value,
                _ => {}
            }
        }
        let scope = self.scope(suite, &class, batch);
        if let Some(suite) = self.suites.get_mut(suite as usize) {
            suite.cases += 1;
        }
        let native = if status == "run" || status.is_empty() {
            0
        } else {
            batch.native(&xml::unescape(&status))
        };
        self.case = Case {
            row: Row {
                session: suite,
                scope,
                name,
                native,
                duration_s,
                at,
                ..Row::default()
            },
            verdict: None,
            not_run: matches!(&*status, "notrun" | "disabled" | "DISABLED")
                || matches!(&*result, "suppressed" | "SUPPRESSED"),
            is_teardown: false,
        };
    }

    /// The scope of a class in a suite. It is named in `finish`, when all is seen.
    fn scope(&mut self, suite: u32, class: &str, batch: &mut Batch) -> u32 {
        // Cases of one class stand together, nearly always.
        let previous = self.scopes.len().wrapping_sub(1);
        let is_same = self
            .scopes
            .get(previous)
            .is_some_and(|&(of, text)| of == suite && batch.get(text) == class);
        if is_same {
            return previous as u32;
        }
        let key = (suite, class.to_owned());
        if let Some(&id) = self.scope_ids.get(&key) {
            return id;
        }
        let text = batch.name(class);
        let id = self.scopes.len() as u32;
        self.scopes.push((suite, text));
        self.scope_ids.insert(key, id);
        id
    }

    fn start_reason(&mut self, element: &BytesStart, name: &str, reason: Reason, at: u64) {
        let mut child = Child {
            at,
            outcome: reason.outcome(),
            native: name.to_owned(),
            duration_s: f64::NAN,
            ..Child::default()
        };
        for (key, value) in xml::attributes(element) {
            match key {
                "message" => child.message = xml::first_line(&value).into_owned(),
                "type" => match (reason, &*value) {
                    (Reason::Skipped, "pytest.xfail" | "XFAIL" | "xfail") => {
                        child.outcome = Outcome::XFailed;
                        child.native = format!("{name} {value}");
                    }
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
                "time" => child.duration_s = number::seconds(&value).unwrap_or(f64::NAN),
                _ => {}
            }
        }
        child.wants_text = child.message.trim().is_empty();
        self.child = child;
    }

    fn wants_text(&self) -> bool {
        match self.open.last() {
            Some(Open::Reason(_) | Open::SuiteReason) if self.skipping == 0 => self.child.wants_text,
            Some(Open::Property) => self.property.1.len() < limits::PROPERTY_BYTES,
            _ => false,
        }
    }

    /// Takes text of a property, or looks for the first line of a message.
    fn text(&mut self, text: &str) {
        if self.open.last() == Some(&Open::Property) {
            self.property.1.push_str(head(text, limits::PROPERTY_BYTES));
            return;
        }
        let message = &mut self.child.message;
        for part in text.split_inclusive('\n') {
            message.push_str(head(part, limits::MESSAGE_BYTES));
            if !part.ends_with('\n') && message.len() < limits::MESSAGE_BYTES {
                continue;
            }
            if message.trim().is_empty() {
                message.clear();
            } else {
                self.child.wants_text = false;
                return;
            }
        }
    }

    fn end(&mut self, name: &str, at: u64, end: u64, batch: &mut Batch) {
        let Some(depth) = self.open.iter().rposition(|open| open.closes_with(name)) else {
            self.note_misnested(name, at, batch);
            return;
        };
        if depth + 1 != self.open.len() {
            self.note_misnested(name, at, batch);
        }
        while self.open.len() > depth {
            self.close(end, batch);
        }
    }

    fn note_misnested(&mut self, name: &str, at: u64, batch: &mut Batch) {
        if !self.misnested {
            self.misnested = true;
            let text = format!("the XML is not well formed: </{}> closes nothing", head(name, 60));
            batch.note(Severity::Warning, Some(at), text);
        }
    }

    /// Closes the innermost open element, which ends before byte `end`.
    fn close(&mut self, end: u64, batch: &mut Batch) {
        match self.open.pop() {
            Some(Open::Case) => self.close_case(end, batch),
            Some(Open::Reason(reason)) => self.close_reason(reason, end, batch),
            Some(Open::SuiteReason) => {
                let text = format!(
                    "a suite reports an {} outside of any test: {}",
                    self.child.native,
                    first_line(&self.child.message)
                );
                batch.note(Severity::Warning, Some(self.child.at), text);
            }
            Some(Open::Property) => self.close_property(),
            Some(Open::Root | Open::Suite(_) | Open::Properties) | None => {}
        }
    }

    fn close_reason(&mut self, reason: Reason, end: u64, batch: &mut Batch) {
        let child = std::mem::take(&mut self.child);
        let message = batch.message(&child.message);
        let native = batch.native(&child.native);
        if reason.is_earlier() {
            batch.push(Row {
                outcome: child.outcome,
                role: Role::Earlier,
                native,
                message,
                duration_s: child.duration_s,
                at: child.at,
                len: length(child.at, end),
                ..self.case.row
            });
            return;
        }
        if child.outcome == Outcome::XPassed {
            self.unexpected.0 += 1;
            self.unexpected.1 = self.unexpected.1.or(Some(child.at));
        }
        // error > failure > skipped, whatever the order in the file; of
        // several equal ones the first has the message.
        if self.case.verdict.is_none_or(|verdict| child.outcome > verdict) {
            self.case.verdict = Some(child.outcome);
            self.case.row.message = message;
            self.case.row.native = native;
            self.case.is_teardown =
                reason == Reason::Error && child.message.starts_with("failed on teardown");
        }
    }

    fn close_case(&mut self, end: u64, batch: &mut Batch) {
        let case = std::mem::take(&mut self.case);
        let mut row = case.row;
        row.len = length(row.at, end);
        row.outcome = match case.verdict {
            Some(outcome) => outcome,
            None if case.not_run => {
                self.not_run.0 += 1;
                self.not_run.1 = self.not_run.1.or(Some(row.at));
                Outcome::NotRun
            }
            None => Outcome::Passed,
        };
        if case.is_teardown && self.is_same_test_as_last(&row, batch) {
            row.role = Role::Joined;
        }
        batch.push(row);
    }

    /// The entry before is of the same test, and has a verdict that the
    /// tear-down came after.
    fn is_same_test_as_last(&self, row: &Row, batch: &Batch) -> bool {
        batch
            .len()
            .checked_sub(1)
            .and_then(|last| batch.row(last))
            .is_some_and(|last| {
                last.scope == row.scope
                    && last.role != Role::Earlier
                    && last.outcome != Outcome::Passed
                    && batch.get(last.name) == batch.get(row.name)
            })
    }

    fn close_property(&mut self) {
        let (name, value) = std::mem::take(&mut self.property);
        let in_case = self.open.contains(&Open::Case);
        if !in_case {
            let suite = self.suite();
            if let Some(suite) = self.suites.get_mut(suite as usize)
                && suite.properties.len() < limits::PROPERTIES
            {
                self.reruns |= name == "go.version";
                suite.properties.push((name, value));
            }
            return;
        }
        if let Some(axis) = identify::axis_of(&name)
            && self.claims.len() < limits::NOTES
        {
            let claim = (axis, name, value.trim().to_owned());
            if !self.claims.contains(&claim) {
                self.claims.push(claim);
            }
        }
    }

    /// Where reading is, in words: for notes on files that break off.
    fn place(&self, batch: &Batch) -> String {
        if self.open.contains(&Open::Case) {
            return format!(" inside of test `{}`", head(batch.get(self.case.row.name), 80));
        }
        match batch.len().checked_sub(1).and_then(|last| batch.row(last)) {
            Some(last) => format!(" after test `{}`", head(batch.get(last.name), 80)),
            None => " before the first test".to_owned(),
        }
    }

    /// The DUT that a suite or one around it names.
    fn dut_of(&self, suite: usize) -> Option<&str> {
        let mut at = Some(suite);
        while let Some(index) = at {
            let suite = self.suites.get(index)?;
            let own = suite
                .properties
                .iter()
                .find(|(name, _)| identify::axis_of(name) == Some(Axis::Dut));
            if let Some((_, value)) = own {
                return Some(value.trim());
            }
            at = suite.parent.map(|parent| parent as usize);
        }
        None
    }

    /// Usually the file is one session. Suites that name different DUTs are
    /// sessions of their own, and so are several runs of pytest in one file.
    fn assign_sessions(&mut self, batch: &mut Batch) {
        let pytest_runs = self.suites.iter().filter(|suite| suite.is_pytest && suite.cases > 0);
        let split_pytest = pytest_runs.count() > 1;
        let mut keys: Vec<(Option<String>, usize)> = Vec::new();
        let mut session_of = Vec::with_capacity(self.suites.len());
        for (index, suite) in self.suites.iter().enumerate() {
            let run = if split_pytest && suite.is_pytest { index + 1 } else { 0 };
            let key = (self.dut_of(index).map(str::to_owned), run);
            // A suite that only encloses others makes no session.
            if suite.cases == 0 {
                session_of.push(usize::MAX);
                continue;
            }
            let known = keys.iter().position(|have| *have == key);
            session_of.push(known.unwrap_or_else(|| {
                keys.push(key);
                keys.len() - 1
            }));
        }
        for session in &mut batch.rows.session {
            let assigned = session_of.get(*session as usize).copied().unwrap_or(0);
            *session = assigned as u32;
        }
        let repeats = if self.reruns {
            RepeatRule::Last
        } else if self.suites.iter().any(|suite| suite.is_pytest) {
            RepeatRule::PytestJunit
        } else {
            RepeatRule::Worst
        };
        let sessions = keys.len().max(1);
        for index in 0..sessions {
            batch.session(index).repeats = repeats;
        }
        self.draft_sessions(&session_of, sessions, batch);
    }

    fn draft_sessions(&self, session_of: &[usize], sessions: usize, batch: &mut Batch) {
        for (suite, &session) in self.suites.iter().zip(session_of) {
            // What an enclosing suite says holds for every session in it.
            let range = if session == usize::MAX { 0..sessions } else { session..session + 1 };
            for session in range {
                let draft = batch.session(session);
                for (name, value) in &suite.properties {
                    if !draft.properties.iter().any(|(n, v)| n == name && v == value) {
                        draft.property(name, value);
                    }
                    if let Some(axis) = identify::axis_of(name) {
                        draft.claim(axis, Source::Property, name, value);
                    }
                }
                draft.hostname = draft.hostname.take().or_else(|| suite.hostname.clone());
                draft.started = match (draft.started, suite.started) {
                    (Some(a), Some(b)) => Some(a.min(b)),
                    (a, b) => a.or(b),
                };
                if suite.parent.is_none()
                    && let Some(seconds) = suite.duration_s
                {
                    *draft.duration_s.get_or_insert(0.0) += seconds;
                }
            }
        }
        let draft = batch.session(0);
        if sessions == 1 {
            draft.duration_s = self.root_duration_s.or(draft.duration_s);
        }
        // What tests say of the DUT holds for the session if they agree.
        for (axis, name, value) in &self.claims {
            let agreed = !self.claims.iter().any(|(a, _, v)| a == axis && v != value);
            if agreed && sessions == 1 {
                batch.session(0).claim(*axis, Source::Property, name, value);
            }
        }
        let several: Vec<&str> = self
            .claims
            .iter()
            .filter(|(axis, ..)| *axis == Axis::Dut)
            .map(|(_, _, value)| value.as_str())
            .collect();
        if several.len() > 1 {
            let text = format!(
                "tests name different DUTs ({}); the file counts as one session",
                several.iter().take(5).map(|v| head(v, 40)).collect::<Vec<_>>().join(", ")
            );
            batch.note(Severity::Warning, None, text);
        }
    }

    /// The suite is part of a test's identity only where the class does not
    /// say it already: in a file with one suite its name is that of the report,
    /// and most producers repeat suite and class in each other.
    fn name_scopes(&self, batch: &mut Batch) {
        let mut filled = vec![0_u32; batch.sessions.len()];
        let mut session_of = vec![None; self.suites.len()];
        for (row, &scope) in batch.rows.scope.iter().enumerate() {
            let Some(&(suite, _)) = self.scopes.get(scope as usize) else {
                continue;
            };
            let Some(entry) = session_of.get_mut(suite as usize) else {
                continue;
            };
            if entry.is_none() {
                *entry = batch.rows.session.get(row).copied();
                if let Some(count) = entry.and_then(|session| filled.get_mut(session as usize)) {
                    *count += 1;
                }
            }
        }
        for &(suite, class) in &self.scopes {
            let class = xml::unescape(batch.get(class)).into_owned();
            let session = session_of.get(suite as usize).copied().flatten().unwrap_or(0);
            let is_alone = filled.get(session as usize).copied().unwrap_or(0) <= 1;
            let Some(innermost) = self.suites.get(suite as usize) else {
                continue;
            };
            let name = innermost.name.as_str();
            let class_says_it = !class.is_empty()
                && (is_alone
                    || innermost.is_pytest
                    || name.is_empty()
                    || class.starts_with(name)
                    || name.starts_with(&*class)
                    || class.ends_with(name));
            if class_says_it || innermost.is_pytest {
                batch.scope(&class, None);
                continue;
            }
            let path = self.suite_path(suite as usize);
            if class.is_empty() {
                let boundary = (path.len() as u32, path.len() as u32);
                batch.scope(&path, Some(boundary));
            } else {
                let suite_end = path.len() as u32;
                batch.scope(&format!("{path}.{class}"), Some((suite_end, suite_end + 1)));
            }
        }
    }

    fn suite_path(&self, suite: usize) -> String {
        let mut names = Vec::new();
        let mut at = Some(suite);
        while let Some(suite) = at.and_then(|index| self.suites.get(index)) {
            if !suite.name.is_empty() && names.len() < limits::SUITE_DEPTH {
                names.push(suite.name.as_str());
            }
            at = suite.parent.map(|parent| parent as usize);
        }
        names.reverse();
        names.join(" › ")
    }

    /// Notes that only the whole file allows.
    fn remark(&mut self, batch: &mut Batch) {
        if let (count @ 1.., at, example) = &self.bad_durations {
            let text = format!("{count} durations cannot be read, such as `{example}`; they count as unknown");
            batch.note(Severity::Warning, *at, text);
        }
        if let (count @ 1.., at) = self.not_run {
            let text = format!("{count} test cases without a child are marked as not run or disabled, and count as not run");
            batch.note(Severity::Info, at, text);
        }
        if let (count @ 1.., at) = self.unexpected {
            let text = format!("{count} errors of the type UnexpectedSuccess count as xpassed");
            batch.note(Severity::Info, at, text);
        }
        if self.suites.iter().any(|suite| suite.depth >= limits::SUITE_DEPTH) {
            let text = format!("suites are nested deeper than {}; the outermost names are left out", limits::SUITE_DEPTH);
            batch.note(Severity::Warning, None, text);
        }
        if self.stopped || batch.partly {
            return;
        }
        for suite in self.suites.iter().filter(|suite| !suite.has_suites) {
            let Some(said) = suite.tests_attribute else {
                continue;
            };
            if said != suite.cases {
                let text = format!(
                    "the counter of suite `{}` says {said} tests, the file has {} test case elements; the elements count",
                    head(&suite.name, 80),
                    suite.cases
                );
                batch.note(Severity::Info, None, text);
            }
        }
    }
}

fn length(at: u64, end: u64) -> u32 {
    u32::try_from(end.saturating_sub(at)).unwrap_or(u32::MAX)
}

/// Reads the texts of one `testcase`, or of one attempt inside of it.
fn details(slice: &str) -> Details {
    let mut details = Details::default();
    let mut reader = xml::reader(slice);
    let mut title = String::new();
    let mut message = String::new();
    let mut text = String::new();
    let mut property = String::new();
    while let Ok(event) = reader.read_event() {
        match event {
            Event::Eof => break,
            Event::Start(element) | Event::Empty(element) if element.local_name().as_ref() == "testcase" => {
                details.location = location(&element);
            }
            Event::Empty(element) => {
                begin(&element, &mut title, &mut message, &mut property);
                finish_text(&title, &message, &text, &property, &mut details);
                (title, message) = <(String, String)>::default();
                text.clear();
            }
            Event::Start(element) => {
                text.clear();
                begin(&element, &mut title, &mut message, &mut property);
            }
            Event::End(_) => {
                finish_text(&title, &message, &text, &property, &mut details);
                (title, message) = <(String, String)>::default();
                text.clear();
            }
            Event::Text(part) => text.push_str(&xml::unescape(&part)),
            Event::CData(part) => text.push_str(&xml::unescape_substitutes(&part)),
            Event::GeneralRef(name) => match xml::resolve(&name) {
                Some(character) => text.push(character),
                None => {
                    text.push('&');
                    text.push_str(&name);
                    text.push(';');
                }
            },
            _ => {}
        }
    }
    details
}

fn location(element: &BytesStart) -> Option<String> {
    let mut file = None;
    let mut line = None;
    for (key, value) in xml::attributes(element) {
        match key {
            "file" => file = Some(xml::unescape(&value).into_owned()),
            "line" => line = value.parse::<u64>().ok(),
            _ => {}
        }
    }
    let file = file?;
    Some(match line {
        // Lines of pytest's xunit1 count from 0.
        Some(line) => format!("{file}:{}", line + 1),
        None => file,
    })
}

fn begin(element: &BytesStart, title: &mut String, message: &mut String, property: &mut String) {
    let name = element.local_name();
    name.into_inner().clone_into(title);
    message.clear();
    let mut kind = String::new();
    for (key, value) in xml::attributes(element) {
        match key {
            "message" => *message = xml::unescape(&value).into_owned(),
            "type" => kind = xml::unescape(&value).into_owned(),
            "name" => *property = xml::unescape(&value).into_owned(),
            "value" => *message = xml::unescape(&value).into_owned(),
            _ => {}
        }
    }
    if !kind.is_empty() && Reason::from_name(title).is_some() {
        *title = format!("{title} {kind}");
    }
}

fn finish_text(title: &str, message: &str, text: &str, property: &str, details: &mut Details) {
    let element = title.split(' ').next().unwrap_or("");
    match element {
        "property" => {
            let value = if message.is_empty() { text.trim() } else { message };
            details.properties.push((property.to_owned(), value.to_owned()));
        }
        "system-out" | "system-err" => {
            for (heading, part) in captured(text) {
                let title = heading.unwrap_or(title);
                details.section(SectionKind::Output, title, "", part);
            }
        }
        _ if Reason::from_name(element).is_some() => {
            // Many producers repeat the message as the text.
            let message = if message.trim() == text.trim() { "" } else { message };
            details.section(SectionKind::Reason, title, message, text);
        }
        "stackTrace" => details.section(SectionKind::Reason, title, message, text),
        _ => {}
    }
}

/// Splits pytest's output at its headings: `--- Captured Log ---`.
fn captured(text: &str) -> Vec<(Option<&str>, &str)> {
    let mut parts = Vec::new();
    let (mut heading, mut start, mut at) = (None, 0, 0);
    for line in text.split_inclusive('\n') {
        let trimmed = line.trim_end();
        let name = trimmed.trim_matches('-').trim();
        if trimmed.starts_with("---") && trimmed.ends_with("---") && name.starts_with("Captured ") {
            parts.push((heading, text.get(start..at).unwrap_or("")));
            heading = Some(name);
            start = at + line.len();
        }
        at += line.len();
    }
    parts.push((heading, text.get(start..).unwrap_or("")));
    parts
}
