//! JUnit XML, the format that everyone writes and nobody specified.
//!
//! The XSDs of Maven Surefire and of Jenkins' xunit plugin are closest to a specification. The
//! fixtures show what producers really write. Oddities that matter here:
//!
//! - **pytest**: one suite named `pytest` is one session. Reruns are entries without a child before
//!   the last entry. A teardown error after a failure is a second entry of the same test. An xfail
//!   is a `skipped` of type `pytest.xfail`. A collection error has an empty class name.
//! - **Surefire, nextest, Playwright**: `flakyFailure`, `flakyError`, `rerunFailure` and
//!   `rerunError` are attempts inside a test case.
//!   `flaky…` ran before the verdict, `rerun…` after the `failure`, which is the first run.
//! - **trainer** (XCTest): a property `repetition` marks reruns.
//! - **Flank**: `flaky="true"` on a test that passed on retry; its `failure` is the attempt before.
//! - **Go** (gotestsum, go-junit-report): a name that repeats in a package is a repeat or a rerun
//!   without a mark, so the worst entry counts.
//! - **Maestro, PlatformIO, karma, Flank**: suites name devices, in an attribute or in their name.
//! - **GoogleTest, CTest**: disabled tests have no child, only a status.
//! - **unittest-xml-reporting**: `skipped type="XFAIL"`, `error type="UnexpectedSuccess"`.
//! - **libtest**: several documents in one file.
//! - **mocha-junit-reporter**, and therefore Cypress: the name consists of all titles including the
//!   test's own, the class is the test's own title.
//! - **node --test**: a failing test with `skipped type="todo"` is allowed to fail.
//! - **CTest**: `notrun` and `skipped` may also be tests that could not be started.
//! - **pytest-embedded**: names of ESP-IDF begin with the target, which is the DUT. Unity's IGNORE
//!   is only a `system-out` with a message.
//! - **labgrid**: `TARGET_…_REMOTE` is the place, `ENV_CONFIG` the file that describes it.
//! - **Zephyr twister**: a suite is a board, and a class may begin with it.
//! - An unknown word in `status` or `result` does not count as passed.
//! - A third of real files have wrong or no counters, so the elements count.

mod cases;
mod details;
mod devices;
mod oddities;
mod parts;
mod passgrid;
mod platforms;
mod producer;
mod sessions;
mod suites;

use crate::import::batch::{Batch, Text};
use crate::import::collect::IdentityClaims;
use crate::import::importer::Parts;
use crate::import::xml::{self, Visitor, Walk};
use crate::import::{About, Family, Format, Guide, Importer, Richness, TextFormat, limits};
use crate::model::{Timestamp, head};
use cases::{Case, Child, Reason};
use producer::Producer;
use quick_xml::events::BytesStart;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use suites::Suite;

pub const ABOUT: About = About {
    key: "junit",
    name: "JUnit XML",
    tool: "from pytest, Gradle, Surefire, gotestsum, nextest, Jest, Playwright, CTest, GoogleTest, Catch2, PHPUnit and most other tools",
    family: Family::JunitXml,
    richness: Richness::Interchange,
};

pub const GUIDE: Guide = Guide {
    about: &ABOUT,
    producers: "pytest --junit-xml, Surefire, Gradle, gotestsum, nextest, Jest, mocha, Cypress, Playwright, \
                CTest, GoogleTest, Catch2, PHPUnit, Bazel, node --test, behave, ESP-IDF, labgrid, twister and others",
    reads: "suites, attempts and reruns (`repetition`, `flaky`, rerun and flaky elements), properties, output, several documents in one file; the producer, by names and attributes that only one producer writes",
    dut: "attributes and properties of suites and cases (`device`, `udid`), names of suites of twister, PlatformIO, karma and Flank, browsers and platforms that tell equal tests apart, ESP-IDF targets, labgrid and twister properties, the host name; suites with equal tests and names like devices are a guess",
    limits: "retries that the producer does not mark are tests of their own (a note says so); tests that Unity ignored without a message, or that twister.xml only built, look passed (a note says so)",
};

pub const FORMAT: Format = Format::Text(TextFormat {
    about: &ABOUT,
    detect: |head| match head.root {
        Some("testsuites" | "testsuite") => true,
        // Eclipse; and a fragment of a report.
        Some("testrun") => head.text.contains("<testsuite") || head.text.contains("<testcase"),
        Some("testcase") => head.text.contains("name="),
        _ => false,
    },
    importer: || Box::new(Junit::default()),
    details: details::details,
});

#[derive(Default)]
struct Junit {
    walk: Walk,
    data: Data,
    /// What was known before the first test, if this reads a later part of the file.
    head: Option<parts::Head>,
}

impl Importer for Junit {
    fn read(&mut self, text: &str, at: u64, last: bool, batch: &mut Batch) -> usize {
        self.walk.read(text, at, last, &mut self.data, batch)
    }

    fn parts(&mut self) -> Option<&mut dyn Parts> {
        Some(self)
    }

    fn finish(&mut self, batch: &mut Batch) {
        let seen_to = self.walk.finish(&self.data, batch);
        let data = &mut self.data;
        data.close_truncated(seen_to, batch);
        data.producer.name().clone_into(&mut batch.producer);
        if data.producer.is_passgrid() {
            data.assign_own_sessions(batch);
        } else {
            data.assign_sessions(batch);
        }
        data.name_scopes(batch);
        devices::rename_tests(data, batch);
        data.note_oddities(batch);
    }
}

/// The open elements around the current place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Open {
    /// `testsuites`.
    Root,
    Suite(u32),
    Case,
    /// `properties`.
    Properties,
    Property,
    /// `failure`, `error`, `skipped` or an attempt, in a case.
    Reason(Reason),
    /// `failure`, `error` or `skipped` of a suite, outside any case.
    SuiteReason,
}

/// The state of a file while it is read. Cases become rows immediately. Their sessions and the
/// names of their scopes are set at the end.
#[derive(Default)]
struct Data {
    suites: Vec<Suite>,
    open: Vec<Open>,
    case: Case,
    child: Child,
    property: (String, String),
    /// Suite and class of each scope of the batch, in order.
    scopes: Vec<(u32, Text)>,
    /// Scopes by suite and class.
    scope_ids: FxHashMap<u32, FxHashMap<String, u32>>,
    /// Unit, build and session from the properties of tests.
    claims: IdentityClaims,
    /// The DUTs that tests name, each with the property's name.
    case_duts: Vec<(String, String)>,
    case_dut_ids: FxHashMap<String, u32>,
    /// Rows of tests that name a DUT, with the DUT's index.
    rows_with_dut: Vec<(std::ops::Range<usize>, u32)>,
    platforms_of_tests: platforms::PlatformsOfTests,
    /// Properties of `testsuites`, which apply to all suites.
    root_properties: Vec<(String, String)>,
    root_duration_s: Option<f64>,
    root_started: Option<Timestamp>,
    /// How many errors and failures the root says that there are.
    root_failing: u64,
    root_is_pytest: bool,
    /// Names and classes are those of mocha-junit-reporter; see the module's documentation.
    has_full_titles: bool,
    producer: Producer,
    /// The devices that names of suites name.
    devices: devices::Devices,
    odd: oddities::Oddities,
}

impl Visitor for Data {
    fn start(&mut self, element: &BytesStart, at: u64, batch: &mut Batch) -> bool {
        let name = xml::local_name(element.name());
        let opened = match (self.open.last().copied(), name) {
            (Some(Open::Root | Open::Suite(_)) | None, "testcase") => {
                self.start_case(element, at, batch);
                Open::Case
            }
            (Some(Open::Root | Open::Suite(_)) | None, "testsuite") => {
                Open::Suite(self.start_suite(element, at))
            }
            (Some(Open::Root) | None, "testsuites" | "testrun") => {
                self.start_root(element, at);
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
            Some(Open::Reason(_) | Open::SuiteReason) => self.child.wants_text(),
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
            Some(Open::Property) => self.close_property(batch),
            Some(Open::Root | Open::Suite(_) | Open::Properties) | None => {}
        }
    }

    fn place(&self, batch: &Batch) -> String {
        if self.open.contains(&Open::Case) {
            return format!(" in test `{}`", head(batch.get(self.case.row.name), 80));
        }
        match batch.rows.last() {
            Some(last) => format!(" after test `{}`", head(batch.get(last.name), 80)),
            None => " before the first test".to_owned(),
        }
    }
}
