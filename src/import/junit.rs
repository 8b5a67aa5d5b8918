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

use super::batch::{Batch, Text, first_line, scope_of};
use super::details::{Details, SectionKind};
use super::rows::{Role, Row};
use super::{About, Format, Importer, identify, limits, number, xml};
use crate::model::{Axis, Moment, Outcome, RepeatRule, SessionDraft, Severity, Source, counted, head};
use quick_xml::events::{BytesStart, Event};
use rustc_hash::FxHashMap;

pub(super) const ABOUT: About = About {
    key: "junit",
    name: "JUnit XML",
    producers: "pytest --junit-xml, Surefire, Gradle, gotestsum, nextest, Jest, mocha, Playwright, \
                CTest, GoogleTest, Catch2, PHPUnit, node --test and others",
};

pub(super) const FORMAT: Format = Format {
    about: &ABOUT,
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
    /// `failure`, `error` or `skipped` of a suite, outside of any case.
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
            Open::SuiteReason => matches!(name, "failure" | "error" | "skipped"),
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
    /// `testcase` elements in it.
    cases: u64,
    /// Entries that are in none of the sessions that tests name: `cases`, and
    /// its own errors.
    entries: u64,
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
    /// What `status` and `result` say, for a case without a child.
    said: Option<Outcome>,
    /// First of its rows.
    first_row: usize,
    /// The DUT that it names: the property and the value.
    dut: Option<(String, String)>,
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

/// What tells the sessions of a file apart.
#[derive(Debug, PartialEq, Eq)]
struct Key {
    /// The DUT that suites or tests name.
    dut: Option<String>,
    /// The host, where nothing else tells.
    host: Option<String>,
    /// Which run of pytest, where there are several.
    run: usize,
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
    /// By suite and class.
    scope_ids: FxHashMap<String, u32>,
    /// What tests say of unit, build and session, by axis and property.
    claims: Vec<(Axis, String, String)>,
    /// The DUTs that tests name, each with the property that says so.
    case_duts: Vec<(String, String)>,
    case_dut_ids: FxHashMap<String, u32>,
    /// Rows of tests that name a DUT, and which.
    rows_with_dut: Vec<(std::ops::Range<usize>, u32)>,
    /// What `testsuites` tells of all suites.
    root_properties: Vec<(String, String)>,
    root_duration_s: Option<f64>,
    root_is_pytest: bool,
    /// A suite said that repeats are reruns.
    reruns: bool,
    bad_durations: (u64, Option<u64>, String),
    by_attribute: (u64, Option<u64>),
    unexpected: (u64, Option<u64>),
    /// Skipped with the type `build` or `untested`.
    built_only: (u64, Option<u64>),
    /// Cases whose children disagree.
    several: (u64, Option<u64>),
    stopped: bool,
    /// Elements so far whose end did not fit.
    misnested: bool,
    saw_doctype: bool,
    /// Offset of the first byte that is not read yet.
    read_to: u64,
    saw_outside: bool,
    control_character: Option<u64>,
    bad_dates: (u64, String),
    /// Cases that have an attribute twice.
    twice: (u64, Option<u64>),
    /// End of what was read.
    seen_to: u64,
}

impl Importer for Junit {
    fn read(&mut self, text: &str, at: u64, last: bool, batch: &mut Batch) -> usize {
        if self.stopped {
            return text.len();
        }
        let used = self.events(text, at, last, batch);
        self.read_to = at + used as u64;
        if self.control_character.is_none() {
            let found = xml::control_character(text.get(..used).unwrap_or(text));
            self.control_character = found.map(|found| at + found as u64);
        }
        used
    }

    fn finish(&mut self, batch: &mut Batch) {
        if !self.stopped && !self.open.is_empty() {
            let place = self.place(batch);
            batch.partly = true;
            batch.note(
                Severity::Error,
                Some(self.read_to),
                format!("the file ends before its XML does{place}; what stands before is kept"),
            );
        }
        self.close_broken_off(batch);
        self.assign_sessions(batch);
        self.name_scopes(batch);
        self.remark(batch);
    }
}

impl Junit {
    /// Reads what is complete, and answers how much of the text that is.
    fn events(&mut self, text: &str, at: u64, last: bool, batch: &mut Batch) -> usize {
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
                Ok(event) => {
                    self.event(&event, at + before, at + after, batch);
                    self.seen_to = at + after;
                }
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

    /// The test that was open when the file broke off is kept if it is known to
    /// have failed; otherwise what came of it stands in the part that is missing.
    fn close_broken_off(&mut self, batch: &mut Batch) {
        if !self.open.contains(&Open::Case) {
            return;
        }
        while let Some(open) = self.open.pop() {
            match open {
                Open::Reason(reason) => self.close_reason(reason, self.seen_to, batch),
                Open::Case if self.case.verdict.is_some_and(Outcome::is_failing) => {
                    self.close_case(self.seen_to, batch);
                }
                _ => {}
            }
        }
    }

    fn event(&mut self, event: &Event, at: u64, end: u64, batch: &mut Batch) {
        match event {
            Event::Empty(element) if self.skipping == 0 => {
                let is_read = self.start(element, at, batch);
                if is_read {
                    self.close(end, batch);
                }
            }
            Event::Start(_) if self.skipping > 0 => self.skipping += 1,
            Event::Start(element) => {
                let is_read = self.start(element, at, batch);
                self.skipping += u64::from(!is_read);
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
            Event::Text(text) if self.open.is_empty() && self.skipping == 0 => {
                self.text_outside(text, at, batch)
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

    /// Remarks once on text that stands outside of any document.
    fn text_outside(&mut self, text: &str, at: u64, batch: &mut Batch) {
        let is_blank = |c: char| c.is_whitespace() || c == '\u{FEFF}';
        if !self.saw_outside && !text.trim_matches(is_blank).is_empty() {
            self.saw_outside = true;
            let text = "text outside of the XML document, which is not read: a log, or what a crash left";
            batch.note(Severity::Warning, Some(at), text);
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
            (Some(Open::Root | Open::Suite(_)) | None, "testsuite") => Open::Suite(self.start_suite(element)),
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
            (Some(Open::Suite(_)), "failure" | "error" | "skipped") => {
                let reason = if name == "skipped" { Reason::Skipped } else { Reason::Error };
                self.start_reason(element, name, reason, at);
                Open::SuiteReason
            }
            (Some(Open::Root | Open::Suite(_) | Open::Case), "properties") => Open::Properties,
            (Some(Open::Properties | Open::Suite(_) | Open::Case), "property") => {
                self.property = <(String, String)>::default();
                for (key, value) in xml::attributes(element) {
                    match key {
                        "name" => self.property.0 = xml::unescape(value).into_owned(),
                        "value" => self.property.1 = xml::unescape(value).into_owned(),
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
                    if let Some(seconds) = number::seconds(value) {
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
        let mut suite = Suite { parent, is_pytest: self.root_is_pytest, ..Suite::default() };
        if let Some(parent) = parent.and_then(|parent| self.suites.get_mut(parent as usize)) {
            parent.has_suites = true;
            suite.depth = parent.depth + 1;
        }
        for (key, value) in xml::attributes(element) {
            match key {
                "name" => suite.name = xml::unescape(value).into_owned(),
                "tests" => suite.tests_attribute = number::counter(value),
                "time" => suite.duration_s = number::seconds(value),
                "timestamp" => {
                    suite.started = Moment::parse(value);
                    if suite.started.is_none() && !value.trim().is_empty() {
                        self.bad_dates.0 += 1;
                        if self.bad_dates.0 == 1 {
                            self.bad_dates.1 = head(&xml::unescape(value), 40).to_owned();
                        }
                    }
                }
                "hostname" if !value.is_empty() && value != "tbd" => {
                    suite.hostname = Some(xml::unescape(value).into_owned());
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
        let mut name = "";
        let mut class = "";
        let mut duration_s = f64::NAN;
        let (mut status, mut result) = ("", "");
        let mut names = 0;
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
                    None => {
                        self.bad_durations.0 += 1;
                        if self.bad_durations.1.is_none() {
                            self.bad_durations.1 = Some(at);
                            self.bad_durations.2 = head(value, 40).to_owned();
                        }
                    }
                },
                "status" => status = value,
                "result" => result = value,
                _ => {}
            }
        }
        if names > 1 {
            self.twice.0 += 1;
            self.twice.1 = self.twice.1.or(Some(at));
        }
        let scope = self.scope(suite, class, batch);
        if let Some(suite) = self.suites.get_mut(suite as usize) {
            suite.cases += 1;
            suite.entries += 1;
        }
        let name = batch.name_or_stand_in(&xml::unescape(name), (suite, scope));
        let said = outcome_of_attributes(status, result);
        let native = match (status, said) {
            ("run" | "", None | Some(Outcome::Passed)) => 0,
            ("run" | "", Some(_)) => batch.native(&xml::unescape(result)),
            _ => batch.native(&xml::unescape(status)),
        };
        self.case = Case {
            row: Row { session: suite, scope, name, native, duration_s, at, ..Row::default() },
            verdict: None,
            said,
            first_row: batch.len(),
            dut: None,
            is_teardown: false,
        };
    }

    /// The scope of a class in a suite. It is named in `finish`, when all is seen.
    fn scope(&mut self, suite: u32, class: &str, batch: &mut Batch) -> u32 {
        // Cases of one class stand together, nearly always.
        let previous = self.scopes.len().wrapping_sub(1);
        let is_same =
            self.scopes.get(previous).is_some_and(|&(of, text)| of == suite && batch.get(text) == class);
        if is_same {
            return previous as u32;
        }
        let key = format!("{suite} {class}");
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
                "message" => child.message = xml::first_line(value).into_owned(),
                "type" => match (reason, value) {
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
                "time" => child.duration_s = number::seconds(value).unwrap_or(f64::NAN),
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
        let text = &*xml::unescape_substitutes(text);
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
            let text = format!(
                "the XML is not well formed: </{}> closes nothing; what can be told apart is kept",
                head(name, 60)
            );
            batch.broken(at, text);
        }
    }

    /// Closes the innermost open element, which ends before byte `end`.
    fn close(&mut self, end: u64, batch: &mut Batch) {
        match self.open.pop() {
            Some(Open::Case) => self.close_case(end, batch),
            Some(Open::Reason(reason)) => self.close_reason(reason, end, batch),
            Some(Open::SuiteReason) => self.close_suite_reason(end, batch),
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
        if child.outcome == Outcome::NotRun {
            self.built_only.0 += 1;
            self.built_only.1 = self.built_only.1.or(Some(child.at));
        }
        if self.case.verdict.is_some_and(|verdict| verdict != child.outcome) {
            self.several.0 += 1;
            self.several.1 = self.several.1.or(Some(child.at));
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
        row.outcome = match (case.verdict, case.said) {
            (Some(outcome), _) => outcome,
            (None, None | Some(Outcome::Passed)) => Outcome::Passed,
            (None, Some(said)) => {
                self.by_attribute.0 += 1;
                self.by_attribute.1 = self.by_attribute.1.or(Some(row.at));
                said
            }
        };
        if case.is_teardown && self.is_same_test_as_last(&row, batch) {
            row.role = Role::Joined;
        }
        batch.push(row);
        let Some((property, dut)) = case.dut else {
            return;
        };
        let next = self.case_duts.len() as u32;
        let id = *self.case_dut_ids.entry(dut.clone()).or_insert(next);
        if id == next {
            self.case_duts.push((property, dut));
        }
        self.rows_with_dut.push((case.first_row..batch.len(), id));
    }

    /// A suite that broke outside of any test must not look fine: its error is
    /// a result, as a collection error is.
    fn close_suite_reason(&mut self, end: u64, batch: &mut Batch) {
        let child = std::mem::take(&mut self.child);
        let suite = self.suite();
        let message = first_line(&child.message);
        if child.outcome == Outcome::Skipped {
            let name = self.suites.get(suite as usize).map_or("", |suite| suite.name.as_str());
            let text = format!("suite `{}` was skipped: {message}", head(name, 80));
            batch.note(Severity::Info, Some(child.at), text);
            return;
        }
        let text = format!("a suite reports an {} outside of any test: {message}", child.native);
        batch.note(Severity::Warning, Some(child.at), text);
        let row = Row {
            session: suite,
            scope: self.scope(suite, "", batch),
            name: batch.name("(suite)"),
            outcome: child.outcome,
            native: batch.native(&format!("suite {}", child.native)),
            duration_s: f64::NAN,
            message: batch.message(message),
            at: child.at,
            len: length(child.at, end),
            ..Row::default()
        };
        batch.push(row);
        if let Some(suite) = self.suites.get_mut(suite as usize) {
            suite.entries += 1;
        }
    }

    /// The entry before is of the same test, and has a verdict that the
    /// tear-down came after.
    fn is_same_test_as_last(&self, row: &Row, batch: &Batch) -> bool {
        batch.rows.last().is_some_and(|last| {
            last.scope == row.scope
                && last.role != Role::Earlier
                && last.outcome != Outcome::Passed
                && batch.get(last.name) == batch.get(row.name)
        })
    }

    fn close_property(&mut self) {
        let (name, value) = std::mem::take(&mut self.property);
        let in_case = self.open.contains(&Open::Case);
        let in_suite = self.open.iter().any(|open| matches!(open, Open::Suite(_)));
        if !in_case && !in_suite {
            if self.root_properties.len() < limits::PROPERTIES {
                self.root_properties.push((name, value));
            }
            return;
        }
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
        let axis = identify::axis_of(&name);
        if axis == Some(Axis::Dut) {
            let dut = value.trim();
            if !dut.is_empty() && self.case.dut.is_none() {
                self.case.dut = Some((name, dut.to_owned()));
            }
        } else if let Some(axis) = axis
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
        match batch.rows.last() {
            Some(last) => format!(" after test `{}`", head(batch.get(last.name), 80)),
            None => " before the first test".to_owned(),
        }
    }

    /// The DUT that a suite or one around it names.
    fn dut_of(&self, suite: usize) -> Option<&str> {
        let mut at = Some(suite);
        while let Some(index) = at {
            let suite = self.suites.get(index)?;
            if let Some(dut) = named_dut(&suite.properties) {
                return Some(dut);
            }
            at = suite.parent.map(|parent| parent as usize);
        }
        named_dut(&self.root_properties)
    }

    /// Usually the file is one session. Suites and tests that name different
    /// DUTs are sessions of their own, and so are several runs of pytest in one
    /// file.
    fn assign_sessions(&mut self, batch: &mut Batch) {
        let pytest_runs = self.suites.iter().filter(|suite| suite.is_pytest && suite.entries > 0);
        let split_pytest = pytest_runs.count() > 1;
        let split_hosts = self.hosts_tell_suites_apart();
        let by_test = self.take_tests_with_own_dut(batch);
        let mut keys: Vec<Key> = Vec::new();
        let mut session = |key: Key| {
            let known = keys.iter().position(|have| *have == key);
            known.unwrap_or_else(|| {
                keys.push(key);
                keys.len() - 1
            })
        };
        // The sessions that a suite has entries of: its own, and those of tests
        // in it that name a DUT.
        let mut sessions_of: Vec<Vec<usize>> = Vec::with_capacity(self.suites.len());
        let run = |index: usize| match self.suites.get(index) {
            Some(suite) if split_pytest && suite.is_pytest => index + 1,
            _ => 0,
        };
        for (index, suite) in self.suites.iter().enumerate() {
            // A suite that only encloses others makes no session.
            sessions_of.push(if suite.entries == 0 {
                Vec::new()
            } else {
                let dut = self.dut_of(index).map(str::to_owned);
                let host = suite.hostname.clone().filter(|_| split_hosts && dut.is_none());
                vec![session(Key { dut, host, run: run(index) })]
            });
        }
        let own = sessions_of.clone();
        let mut session_of_row: Vec<(usize, u32)> = Vec::new();
        for (rows, dut) in &by_test {
            let Some(suite) = batch.rows.get(rows.start).map(|row| row.session) else {
                continue;
            };
            let dut = self.case_duts.get(*dut as usize).map(|(_, dut)| dut.clone());
            let session = session(Key { dut, host: None, run: run(suite as usize) });
            if let Some(sessions) = sessions_of.get_mut(suite as usize)
                && !sessions.contains(&session)
            {
                sessions.push(session);
            }
            session_of_row.extend(rows.clone().map(|row| (row, session as u32)));
        }
        for row in batch.rows.iter_mut() {
            let assigned = own.get(row.session as usize).and_then(|sessions| sessions.first());
            row.session = assigned.copied().unwrap_or(0) as u32;
        }
        for (row, assigned) in session_of_row {
            if let Some(row) = batch.rows.get_mut(row) {
                row.session = assigned;
            }
        }
        let repeats = if self.reruns {
            RepeatRule::Last
        } else if self.suites.iter().any(|suite| suite.is_pytest) {
            RepeatRule::PytestJunit
        } else {
            RepeatRule::Worst
        };
        for index in 0..keys.len().max(1) {
            batch.session(index).repeats = repeats;
        }
        for (index, key) in keys.iter().enumerate() {
            if let Some(host) = &key.host {
                batch.session(index).claim(Axis::Dut, Source::Hostname, "hostname", host);
            }
        }
        let duts: Vec<Option<String>> = keys.into_iter().map(|key| key.dut).collect();
        self.draft_sessions(&sessions_of, &duts, batch);
    }

    /// Suites of one name on different hosts are the same suite on different
    /// DUTs: Playwright writes the project there, a device or a browser.
    /// pytest's host is known to be the runner.
    fn hosts_tell_suites_apart(&self) -> bool {
        let mut first_of: FxHashMap<String, u32> = FxHashMap::default();
        let host = |index: u32| self.suites.get(index as usize).and_then(|suite| suite.hostname.as_deref());
        let suites = (0..).zip(&self.suites);
        let mut suites = suites.filter(|(_, suite)| suite.entries > 0 && !suite.is_pytest);
        suites.any(|(index, suite)| {
            suite.hostname.is_some()
                && host(*first_of.entry(suite.name.clone()).or_insert(index)) != suite.hostname.as_deref()
        })
    }

    /// Rows of tests that name another DUT than their suite or other tests do.
    /// Where all that name one agree, it is the DUT of all of the file.
    fn take_tests_with_own_dut(&mut self, batch: &mut Batch) -> Vec<(std::ops::Range<usize>, u32)> {
        let rows = std::mem::take(&mut self.rows_with_dut);
        let suite_of =
            |rows: &std::ops::Range<usize>| batch.rows.get(rows.start).map_or(0, |row| row.session);
        let differs = self.case_duts.len() > 1
            || rows.iter().any(|(rows, dut)| {
                let suite = self.dut_of(suite_of(rows) as usize);
                let own = self.case_duts.get(*dut as usize).map(|(_, dut)| dut.as_str());
                suite.is_some() && suite != own
            });
        if !differs {
            return Vec::new();
        }
        for (rows, _) in &rows {
            if let Some(suite) = self.suites.get_mut(suite_of(rows) as usize) {
                suite.entries -= 1;
            }
        }
        let names: Vec<&str> = self.case_duts.iter().take(5).map(|(_, dut)| head(dut, 40)).collect();
        let text = format!("tests name their DUT ({}): those of each DUT are a session", names.join(", "));
        batch.note(Severity::Info, None, text);
        rows
    }

    /// `sessions_of` are those of each suite, `duts` the DUTs that suites or
    /// tests name for each session.
    fn draft_sessions(&self, sessions_of: &[Vec<usize>], duts: &[Option<String>], batch: &mut Batch) {
        let count = duts.len().max(1);
        let all: Vec<usize> = (0..count).collect();
        let is_of = |session: usize, dut: &str| {
            let of = duts.get(session).and_then(|dut| dut.as_deref());
            of.is_none_or(|of| of == dut.trim())
        };
        for session in 0..count {
            tell(&self.root_properties, batch.session(session), |dut| is_of(session, dut));
        }
        for (suite, sessions) in self.suites.iter().zip(sessions_of) {
            // What an enclosing suite says holds for every session in it.
            for &session in if sessions.is_empty() { &all } else { sessions } {
                let draft = batch.session(session);
                tell(&suite.properties, draft, |dut| count == 1 || is_of(session, dut));
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
        for (property, dut) in &self.case_duts {
            let of_all = count == 1 && self.case_duts.len() == 1;
            for session in 0..count {
                let is_named = duts.get(session).is_some_and(|have| have.as_deref() == Some(dut));
                if of_all || is_named {
                    batch.session(session).claim(Axis::Dut, Source::Property, property, dut);
                }
            }
        }
        if count > 1 {
            return;
        }
        let draft = batch.session(0);
        draft.duration_s = self.root_duration_s.or(draft.duration_s);
        // What tests say holds for the session if they agree.
        for (axis, name, value) in &self.claims {
            if !self.claims.iter().any(|(a, _, v)| a == axis && v != value) {
                draft.claim(*axis, Source::Property, name, value);
            }
        }
    }

    /// The suite is part of a test's identity only where the class does not
    /// say it already: in a file with one suite its name is that of the report,
    /// and most producers repeat suite and class in each other.
    fn name_scopes(&self, batch: &mut Batch) {
        let mut filled = vec![0_u32; batch.sessions.len()];
        let mut session_of = vec![None; self.suites.len()];
        for row in batch.rows.iter() {
            let Some(&(suite, _)) = self.scopes.get(row.scope as usize) else {
                continue;
            };
            let Some(entry) = session_of.get_mut(suite as usize) else {
                continue;
            };
            if entry.is_none() {
                *entry = Some(row.session);
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
                batch.push_scope(&class, None);
                continue;
            };
            // PHPUnit spells one with `\\` and the other with `.`.
            let name = innermost.name.replace('\\', ".");
            let class_says_it = !class.is_empty()
                && (is_alone
                    || innermost.is_pytest
                    || name.is_empty()
                    || class.starts_with(&name)
                    || name.starts_with(&class)
                    || class.ends_with(&name));
            if class_says_it || innermost.is_pytest {
                batch.push_scope(&class, None);
                continue;
            }
            let path = self.suite_path(suite as usize);
            let (scope, boundary) = scope_of(&path, &class);
            batch.push_scope(&scope, Some(boundary));
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
            let text = format!(
                "{} that cannot be read, such as `{}`: shown as unknown",
                counted(*count, "duration"),
                xml::unescape(example)
            );
            batch.note(Severity::Warning, *at, text);
        }
        if let (count @ 1.., at) = self.by_attribute {
            let text = format!(
                "{} without a child, of which the attribute `status` or `result` tells the outcome",
                counted(count, "test case")
            );
            batch.note(Severity::Info, at, text);
        }
        if let (count @ 1.., example) = &self.bad_dates {
            let text = format!(
                "{} without a date that can be, such as `{example}`: shown as unknown",
                counted(*count, "time stamp")
            );
            batch.note(Severity::Info, None, text);
        }
        if let (count @ 1.., at) = self.twice {
            let text = format!("{} with two names: the last counts", counted(count, "test case"));
            batch.note(Severity::Warning, at, text);
        }
        if let Some(at) = self.control_character {
            let text = "control characters that XML does not allow are kept as they are";
            batch.note(Severity::Warning, Some(at), text);
        }
        if let (count @ 1.., at) = self.built_only {
            let text = format!(
                "{} of the type `build` or `untested`: shown as not run",
                counted(count, "skipped test")
            );
            batch.note(Severity::Info, at, text);
        }
        if let (count @ 1.., at) = self.several {
            let text = format!(
                "{} beside another one of the same test case: the worst counts",
                counted(count, "verdict")
            );
            batch.note(Severity::Info, at, text);
        }
        if let (count @ 1.., at) = self.unexpected {
            let text = format!("{} of the type UnexpectedSuccess: shown as xpassed", counted(count, "error"));
            batch.note(Severity::Info, at, text);
        }
        if self.suites.iter().any(|suite| suite.depth >= limits::SUITE_DEPTH) {
            let text = format!(
                "suites are nested deeper than {}; the outermost names are left out",
                limits::SUITE_DEPTH
            );
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
                    "the counter of suite `{}` says {}, the file has {}; the elements count",
                    head(&suite.name, 80),
                    counted(said, "test"),
                    counted(suite.cases, "test case element")
                );
                batch.note(Severity::Info, None, text);
            }
        }
    }
}

/// The DUT that these properties name.
fn named_dut(properties: &[(String, String)]) -> Option<&str> {
    let is_dut = |name: &str| axis_of(name, properties) == Some(Axis::Dut);
    properties.iter().find(|(name, _)| is_dut(name)).map(|(_, value)| value.trim())
}

/// What a property of a suite tells. Twister's `platform` is a board, and has an
/// `architecture` beside it; elsewhere a platform is an operating system.
fn axis_of(name: &str, properties: &[(String, String)]) -> Option<Axis> {
    if name == "platform" && properties.iter().any(|(other, _)| other == "architecture") {
        return Some(Axis::Dut);
    }
    identify::axis_of(name)
}

/// Properties of suites become those of a session, and answers; those that name
/// a DUT only where it `is_meant`.
fn tell(properties: &[(String, String)], draft: &mut SessionDraft, is_meant: impl Fn(&str) -> bool) {
    let is_of_other = named_dut(properties).is_some_and(|dut| !is_meant(dut));
    for (name, value) in properties {
        if !draft.properties.iter().any(|(n, v)| n == name && v == value) {
            draft.property(name, value);
        }
        match axis_of(name, properties) {
            Some(Axis::Dut) if !is_meant(value) => {}
            Some(Axis::Unit) if is_of_other => {}
            Some(axis) => draft.claim(axis, Source::Property, name, value),
            None => {}
        }
    }
}

/// What the attributes of a case say of it. `run` and `completed` say nothing:
/// then the children decide.
fn outcome_of_attributes(status: &str, result: &str) -> Option<Outcome> {
    [result, status].into_iter().filter(|word| !word.eq_ignore_ascii_case("completed")).find_map(|word| {
        match word.to_ascii_lowercase().as_str() {
            "suppressed" => Some(Outcome::NotRun),
            word => Outcome::from_native(word),
        }
    })
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
            Event::Text(part) => text.push_str(&xml::line_ends(&xml::unescape(&part))),
            Event::CData(part) => text.push_str(&xml::line_ends(&xml::unescape_substitutes(&part))),
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
            "file" => file = Some(xml::unescape(value).into_owned()),
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
            "message" => *message = xml::unescape(value).into_owned(),
            "type" => kind = xml::unescape(value).into_owned(),
            "name" => *property = xml::unescape(value).into_owned(),
            "value" => *message = xml::unescape(value).into_owned(),
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
