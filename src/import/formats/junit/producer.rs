//! The producer of a file, by names and attributes that only one producer writes.

use super::Data;
use crate::import::xml;
use quick_xml::events::BytesStart;
use serde::{Deserialize, Serialize};

/// Marks, the most specific first: an attribute of an element, possibly with its value; all
/// attributes of an element in order; a property of a suite.
const MARKS: &[(&str, &str)] = &[
    ("testcase is_unity_case", PYTEST_EMBEDDED),
    ("property TARGETS", "pytest with labgrid"),
    ("testsuites name=Passgrid", PASSGRID),
    ("testsuites name=pytest tests", "pytest"),
    ("testsuite name=pytest", "pytest"),
    ("cypress", "Cypress"),
    ("avocado job", AVOCADO),
    ("testcase classname=&lt;unknown&gt;", AVOCADO),
    ("testsuites name=Mocha Tests", "mocha-junit-reporter"),
    ("testsuite name=Mocha Tests", "mocha"),
    ("testsuites name=jest tests", "Jest"),
    ("testsuites name=vitest tests", "Vitest"),
    ("testsuites id name tests failures skipped errors time", "Playwright"),
    ("testsuites uuid", "cargo-nextest"),
    ("testsuites platformio_version", PLATFORMIO),
    ("property browser.fullName", "karma"),
    ("property go.version", GO),
    ("surefire", "Maven Surefire or Failsafe"),
    ("testsuite hostname=tbd", "Catch2"),
    ("testcase assertions", "PHPUnit"),
    ("testcase name status duration time", "Bazel"),
    ("testsuite name package id errors failures tests skipped", "libtest"),
    ("testsuite name tests failures disabled skipped hostname time timestamp", "CTest"),
    ("testsuites name=AllTests", "GoogleTest"),
    ("testsuite name tests failures disabled skipped errors time timestamp", "GoogleTest"),
    ("testsuite name time disabled errors tests failures skipped hostname", "node --test"),
    ("testsuite name tests errors failures skipped time timestamp hostname", "behave"),
    ("testsuite name tests file time timestamp failures errors skipped", "unittest-xml-reporting"),
    ("testsuite name timestamp time tests failures errors skipped", TWISTER),
    ("testsuite name time timestamp tests failures errors skipped", TWISTER),
    ("testsuite name tests skipped failures errors timestamp hostname time", "Gradle"),
    ("testsuite name=avocado", AVOCADO),
    ("testsuite name tests errors failures skipped time timestamp", "Robot Framework"),
];

const PYTEST_EMBEDDED: &str = "pytest-embedded";
const TWISTER: &str = "Zephyr twister";
const AVOCADO: &str = "Avocado";
const PLATFORMIO: &str = "PlatformIO";
const GO: &str = "gotestsum or go-junit-report";
const PASSGRID: &str = "Passgrid";

/// How many elements are checked.
const LOOKED_AT: u32 = 64;

/// The best mark so far.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Producer {
    mark: Option<usize>,
    looked_at: u32,
}

impl Producer {
    /// Returns the producer's name, "" if it is unknown.
    pub(super) fn name(&self) -> &'static str {
        self.mark.and_then(|mark| MARKS.get(mark)).map_or("", |(_, name)| name)
    }

    pub(super) fn is_pytest_embedded(&self) -> bool {
        self.name() == PYTEST_EMBEDDED
    }

    pub(super) fn is_twister(&self) -> bool {
        self.name() == TWISTER
    }

    pub(super) fn is_avocado(&self) -> bool {
        self.name() == AVOCADO
    }

    pub(super) fn is_platformio(&self) -> bool {
        self.name() == PLATFORMIO
    }

    /// Returns whether it is a download of this page: a suite is a session.
    pub(super) fn is_passgrid(&self) -> bool {
        self.name() == PASSGRID
    }

    pub(super) fn is_go(&self) -> bool {
        self.name() == GO
    }

    /// Looks at no more elements: this is a later part of a file.
    pub(super) fn stop_looking(&mut self) {
        self.looked_at = LOOKED_AT;
    }

    /// Returns whether it has looked at as many elements as it does in a file.
    pub(super) fn has_looked(&self) -> bool {
        self.looked_at >= LOOKED_AT
    }

    /// Adds what was seen in a later part of the file.
    pub(super) fn join(&mut self, later: &Producer) {
        self.mark = [self.mark, later.mark].into_iter().flatten().min();
    }

    /// Checks whether something is a mark.
    pub(super) fn saw(&mut self, what: &str) {
        let mark = MARKS.iter().position(|(mark, _)| *mark == what);
        self.mark = [self.mark, mark].into_iter().flatten().min();
    }

    /// Checks one of the first elements of a file.
    pub(super) fn look(&mut self, name: &str, element: &BytesStart) {
        if self.looked_at >= LOOKED_AT {
            return;
        }
        self.looked_at += 1;
        let mut all = name.to_owned();
        for (key, value) in xml::attributes(element) {
            all.push(' ');
            all.push_str(key);
            self.saw(&format!("{name} {key}"));
            self.saw(&format!("{name} {key}={value}"));
            match key {
                "file" if value.contains(".cy.") => self.saw("cypress"),
                "name" if name == "testsuite" && value.starts_with("job-20") => self.saw("avocado job"),
                "xsi:noNamespaceSchemaLocation" if value.contains("surefire") => self.saw("surefire"),
                _ => {}
            }
        }
        self.saw(&all);
    }
}

impl Data {
    /// Returns whether the suites of this file are boards: twister writes a suite per board, with
    /// the version of Zephyr as its only property.
    pub(super) fn are_suites_boards(&self) -> bool {
        let has_version =
            |properties: &[(String, String)]| matches!(properties, [(name, _)] if name == "version");
        self.producer.is_twister() && self.suites.iter().all(|suite| has_version(&suite.properties))
    }
}
