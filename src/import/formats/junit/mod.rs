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
//! - **mocha-junit-reporter**, and so Cypress: the name is all titles around the
//!   test and its own, the class is its own alone.
//! - **node --test**: a failing test with `skipped type="todo"` may fail.
//! - **CTest**: `notrun` and `skipped` are tests, too, that could not be started.
//! - **pytest-embedded**: names of ESP-IDF begin with the target, which is the DUT;
//!   Unity's IGNORE has nothing but a `system-out` with a message.
//! - **labgrid**: `TARGET_…_REMOTE` is the place, `ENV_CONFIG` the file that describes it.
//! - **Zephyr twister**: a suite is a board, and a class may begin with it.
//! - A word in `status` or `result` that nobody knows is no pass.
//! - Counters are wrong or missing in a third of real files: elements count.

mod cases;
mod details;
mod producer;
mod remarks;
mod sessions;
mod suites;

use crate::import::batch::{Batch, Text};
use crate::import::collect::IdentityClaims;
use crate::import::xml::{self, Visitor, Walk};
use crate::import::{About, Format, Guide, Importer, Richness, TextFormat, limits};
use crate::model::head;
use cases::{Case, Child, Reason};
use producer::Producer;
use quick_xml::events::BytesStart;
use rustc_hash::FxHashMap;
use suites::Suite;

pub const ABOUT: About = About { key: "junit", name: "JUnit XML", richness: Richness::Interchange };

pub const GUIDE: Guide = Guide {
    about: &ABOUT,
    producers: "pytest --junit-xml, Surefire, Gradle, gotestsum, nextest, Jest, mocha, Cypress, Playwright, \
                CTest, GoogleTest, Catch2, PHPUnit, Bazel, node --test, behave, ESP-IDF, labgrid, twister and others",
    reads: "suites, attempts and reruns, properties, output, several documents in one file; who wrote it, by names and attributes that only one producer writes",
    dut: "properties of suites and cases, ESP-IDF targets, labgrid and twister properties, the host name",
    limits: "a flaky test that the producer does not mark cannot be told; nor can a test that Unity ignored without a message, or that twister.xml only built: a note says so",
};

pub const FORMAT: Format = Format::Text(TextFormat {
    about: &ABOUT,
    detect: |head| matches!(head.root, Some("testsuites" | "testsuite")),
    importer: || Box::new(Junit::default()),
    details: details::details,
});

#[derive(Default)]
struct Junit {
    walk: Walk,
    data: Data,
}

impl Importer for Junit {
    fn read(&mut self, text: &str, at: u64, last: bool, batch: &mut Batch) -> usize {
        self.walk.read(text, at, last, &mut self.data, batch)
    }

    fn finish(&mut self, batch: &mut Batch) {
        let seen_to = self.walk.finish(&self.data, batch);
        let data = &mut self.data;
        data.close_broken_off(seen_to, batch);
        data.producer.name().clone_into(&mut batch.producer);
        data.assign_sessions(batch);
        data.name_scopes(batch);
        data.remark(batch);
    }
}

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

/// What is known of a file while it is read. Cases become rows at once; to
/// which session they belong, and what their scopes are called, is settled at
/// the end.
#[derive(Default)]
struct Data {
    suites: Vec<Suite>,
    open: Vec<Open>,
    case: Case,
    child: Child,
    property: (String, String),
    /// (suite, class) of each scope of the batch, in order.
    scopes: Vec<(u32, Text)>,
    /// By suite and class.
    scope_ids: FxHashMap<String, u32>,
    /// What tests say of unit, build and session.
    claims: IdentityClaims,
    /// The DUTs that tests name, each with the property that says so.
    case_duts: Vec<(String, String)>,
    case_dut_ids: FxHashMap<String, u32>,
    /// Rows of tests that name a DUT, and which.
    rows_with_dut: Vec<(std::ops::Range<usize>, u32)>,
    /// What `testsuites` tells of all suites.
    root_properties: Vec<(String, String)>,
    root_duration_s: Option<f64>,
    root_is_pytest: bool,
    /// Names and classes are what [`mod@self`] says of mocha-junit-reporter.
    has_full_titles: bool,
    producer: Producer,
    suites_are_boards: bool,
    /// A suite said that repeats are reruns.
    reruns: bool,
    odd: remarks::Odd,
}

impl Visitor for Data {
    fn start(&mut self, element: &BytesStart, at: u64, batch: &mut Batch) -> bool {
        let name = element.local_name();
        let name = name.into_inner();
        let opened = match (self.open.last().copied(), name) {
            (Some(Open::Root | Open::Suite(_)) | None, "testcase") => {
                self.start_case(element, at, batch);
                Open::Case
            }
            (Some(Open::Root | Open::Suite(_)) | None, "testsuite") => {
                Open::Suite(self.start_suite(element, at))
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
            (Some(Open::Case), "system-out") if xml::attribute(element, "message").is_some() => {
                self.start_reason(element, "IGNORE", Reason::Skipped, at);
                Open::Reason(Reason::Skipped)
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

    fn wants_text(&self) -> bool {
        match self.open.last() {
            Some(Open::Reason(_) | Open::SuiteReason) => self.child.wants_text,
            Some(Open::Property) => self.property.1.len() < limits::PROPERTY_BYTES,
            _ => false,
        }
    }

    fn text(&mut self, text: &str) {
        if self.open.last() == Some(&Open::Property) {
            self.property.1.push_str(head(text, limits::PROPERTY_BYTES));
        } else {
            self.child.take_text(text);
        }
    }

    fn close(&mut self, end: u64, batch: &mut Batch) {
        match self.open.pop() {
            Some(Open::Case) => self.close_case(end, batch),
            Some(Open::Reason(reason)) => self.close_reason(reason, end, batch),
            Some(Open::SuiteReason) => self.close_suite_reason(end, batch),
            Some(Open::Property) => self.close_property(),
            Some(Open::Root | Open::Suite(_) | Open::Properties) | None => {}
        }
    }

    fn place(&self, batch: &Batch) -> String {
        if self.open.contains(&Open::Case) {
            return format!(" inside of test `{}`", head(batch.get(self.case.row.name), 80));
        }
        match batch.rows.last() {
            Some(last) => format!(" after test `{}`", head(batch.get(last.name), 80)),
            None => " before the first test".to_owned(),
        }
    }
}
