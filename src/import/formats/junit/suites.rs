//! Suites: names, properties and counters, and whether they are part of a test's identity.

use super::devices::without_device;
use super::platforms::PLATFORM_PROPERTIES;
use super::{Data, Open};
use crate::import::batch::Batch;
use crate::import::details::measured_property;
use crate::import::identify::{self, scope_of};
use crate::import::{limits, number, xml};
use crate::model::{IdentityField, Severity, Timestamp, counted, head};
use quick_xml::events::BytesStart;
use serde::{Deserialize, Serialize};

/// A `testsuite` element.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Suite {
    pub parent: Option<u32>,
    pub name: String,
    pub depth: usize,
    /// Number of `testcase` elements inside.
    pub cases: u64,
    /// Number of entries in the suite's own session: `cases` and its own errors, without tests that
    /// name another DUT.
    pub entries: u64,
    pub has_suites: bool,
    pub tests_attribute: Option<u64>,
    pub skipped_attribute: Option<u64>,
    /// How many errors and failures the suite says that it has, if it says so.
    pub failing_attribute: Option<u64>,
    pub started: Option<Timestamp>,
    /// The earliest timestamp of its cases.
    pub first_case: Option<Timestamp>,
    pub duration_s: Option<f64>,
    pub hostname: Option<String>,
    pub properties: Vec<(String, String)>,
    pub is_pytest: bool,
    /// The attribute that names its device, and the device.
    pub device: Option<(String, String)>,
    /// The source file of its tests.
    pub file: String,
    /// Its counter of flaky tests.
    pub flakes: Option<u64>,
}

impl Suite {
    /// Returns whether it failed as a whole: it says that it has errors, but has no case.
    pub fn is_broken(&self) -> bool {
        self.failing_attribute > Some(0) && self.entries == 0 && self.cases == 0 && !self.has_suites
    }

    /// Returns why its session is incomplete.
    fn reason(&self) -> String {
        let errors = counted(self.failing_attribute.unwrap_or(0), "error");
        match self.name.as_str() {
            "" => format!("a suite has {errors} and no cases"),
            name => format!("the suite `{}` has {errors} and no cases", head(name, 80)),
        }
    }
}

impl Data {
    /// Marks sessions as incomplete whose suites failed as a whole.
    pub(super) fn settle_broken_suites(&self, sessions_of: &[Vec<usize>], batch: &mut Batch) {
        // The cases of a truncated file may be in the lost part.
        if batch.partly {
            return;
        }
        for (suite, sessions) in self.suites.iter().zip(sessions_of).filter(|(suite, _)| suite.is_broken()) {
            for &session in sessions {
                batch.session(session).mark_incomplete(&suite.reason());
            }
        }
        if self.root_failing > 0 && self.suites.iter().all(|suite| suite.entries == 0 && !suite.is_broken()) {
            let errors = counted(self.root_failing, "error");
            batch.session(0).mark_incomplete(&format!("the report has {errors} and no cases"));
        }
    }

    pub(super) fn start_root(&mut self, element: &BytesStart, at: u64) {
        self.producer.look("testsuites", element);
        for (key, value) in xml::attributes(element) {
            match key {
                "name" => {
                    self.root_is_pytest |= value == "pytest tests";
                    self.has_full_titles |= value == "Mocha Tests";
                }
                "errors" | "failures" => self.root_failing += number::counter(value).unwrap_or(0),
                "timestamp" => self.root_started = self.root_started.or(self.date(value, at)),
                "time" => {
                    if let Some(seconds) = number::seconds(value) {
                        *self.root_duration_s.get_or_insert(0.0) += seconds;
                    }
                }
                _ if self.root_properties.len() < limits::PROPERTIES => {
                    self.root_properties.extend(device_of(key, value));
                }
                _ => {}
            }
        }
    }

    pub(super) fn start_suite(&mut self, element: &BytesStart, at: u64) -> u32 {
        self.producer.look("testsuite", element);
        let parent = self.open_suite();
        let mut suite = Suite { parent, is_pytest: self.root_is_pytest, ..Suite::default() };
        if let Some(parent) = parent.and_then(|parent| self.suites.get_mut(parent as usize)) {
            parent.has_suites = true;
            suite.depth = parent.depth + 1;
        }
        for (key, value) in xml::attributes(element) {
            match key {
                "name" => suite.name = xml::unescape(value).into_owned(),
                "tests" => suite.tests_attribute = number::counter(value),
                "errors" | "failures" => {
                    *suite.failing_attribute.get_or_insert(0) += number::counter(value).unwrap_or(0);
                }
                "skipped" => suite.skipped_attribute = number::counter(value),
                "time" => suite.duration_s = number::seconds(value),
                "timestamp" => {
                    suite.started = self.date(value, at);
                }
                "file" | "filepath" => suite.file = xml::unescape(value).into_owned(),
                "flakes" | "flaky" => suite.flakes = number::counter(value),
                "hostname" if !value.is_empty() && value != "tbd" => {
                    suite.hostname = Some(xml::unescape(value).into_owned());
                }
                _ if PLATFORM_PROPERTIES.contains(&key) => {
                    suite.properties.push((key.to_owned(), xml::unescape(value).into_owned()));
                }
                _ if suite.device.is_none() => suite.device = device_of(key, value),
                _ => {}
            }
        }
        suite.is_pytest |= suite.name == "pytest" && !self.producer.is_passgrid();
        self.suites.push(suite);
        self.suites.len() as u32 - 1
    }

    /// Reads a timestamp, and notes one that is no date.
    pub(super) fn date(&mut self, value: &str, at: u64) -> Option<Timestamp> {
        let value = xml::unescape(value);
        let date = Timestamp::parse(&value);
        if date.is_none() && !value.trim().is_empty() {
            self.odd.dates.add_example(at, &value);
        }
        date
    }

    /// Returns the innermost open suite.
    fn open_suite(&self) -> Option<u32> {
        self.open.iter().rev().find_map(|open| match open {
            Open::Suite(index) => Some(*index),
            _ => None,
        })
    }

    /// Returns the open suite, or one without a name.
    pub(super) fn suite(&mut self) -> u32 {
        self.open_suite().unwrap_or_else(|| {
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

    pub(super) fn close_property(&mut self, batch: &mut Batch) {
        let (name, value) = std::mem::take(&mut self.property);
        let in_case = self.open.contains(&Open::Case);
        let in_suite = self.open_suite().is_some();
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
                self.producer.saw(&format!("property {name}"));
                suite.properties.push((name, value));
            }
            return;
        }
        if self.producer.is_passgrid() {
            if name == "passgrid.message" {
                self.case.row.message = batch.add_message(&value);
            }
            return;
        }
        if let Some(measured) = measured_property(&name, &value) {
            self.case.rare().measured.push(measured);
        }
        if matches!(name.as_str(), "repetition" | "attempt" | "retry") {
            let rare = self.case.rare();
            rare.repetition = repetition_of(&name, &value).or(rare.repetition);
        }
        if PLATFORM_PROPERTIES.contains(&name.as_str()) {
            let platform = &mut self.case.rare().platform;
            platform.get_or_insert_with(|| (name.clone(), value.trim().to_owned()));
        }
        let identity = identify::identity_field(&name);
        if identity == Some(IdentityField::Dut) {
            let dut = value.trim();
            if !dut.is_empty() {
                self.case.rare().dut.get_or_insert_with(|| (name, dut.to_owned()));
            }
        } else if let Some(identity) = identity {
            self.claims.add(identity, &name, value.trim());
        }
    }

    /// Names the scopes. The suite is part of a test's identity only if the class does not contain
    /// it: in a file with one suite its name is the report's, and most producers repeat suite and
    /// class in each other.
    pub(super) fn name_scopes(&self, batch: &mut Batch) {
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
        let mut built_only = false;
        // The suite has the name of its only test.
        let is_bazel = self.producer.name() == "Bazel";
        // The suite has the name of the job, and the tests that of their class.
        let is_avocado = self.producer.is_avocado();
        for &(suite, class) in &self.scopes {
            let class = xml::unescape(batch.get(class)).into_owned();
            let session = session_of.get(suite as usize).copied().flatten().unwrap_or(0);
            let is_alone = filled.get(session as usize).copied().unwrap_or(0) <= 1;
            let Some(innermost) = self.suites.get(suite as usize) else {
                batch.push_scope(&class, None);
                continue;
            };
            // PHPUnit uses `\\` in one and `.` in the other.
            let device = self.devices.of(suite as usize);
            let name = self.devices.rest_of(suite as usize).unwrap_or(&innermost.name).replace('\\', ".");
            let full_class = &*class;
            let class = device.map_or(full_class, |device| without_device(full_class, device));
            built_only |= self.producer.is_twister() && class.len() < full_class.len();
            if is_avocado {
                batch.push_scope("", None);
                continue;
            }
            if self.producer.is_passgrid() {
                batch.push_scope(class, None);
                continue;
            }
            let class_says_it = !class.is_empty()
                && (is_alone
                    || self.producer.is_twister()
                    || innermost.is_pytest
                    || name.is_empty()
                    || class.starts_with(&name)
                    || name.starts_with(class)
                    || class.ends_with(&name));
            if device.is_some() && name.is_empty() || class_says_it || innermost.is_pytest || is_bazel {
                batch.push_scope(class, None);
                continue;
            }
            let path = self.suite_path(suite as usize);
            let (scope, boundary) = scope_of(&path, class);
            batch.push_scope(&scope, Some(boundary));
        }
        if built_only {
            let text = "tests that were only built look passed in twister.xml; twister's other reports distinguish them";
            batch.note(Severity::Warning, None, text);
        }
    }

    fn suite_path(&self, suite: usize) -> String {
        let mut names = Vec::new();
        let device = self.devices.of(suite);
        let mut at = Some(suite);
        while let Some(suite) = at.and_then(|index| self.suites.get(index)) {
            let index = at.unwrap_or_default();
            let is_device = device.is_some() && self.devices.rest_of(index).is_none();
            let name = self.devices.rest_of(index).unwrap_or(if is_device { "" } else { &suite.name });
            if !name.is_empty() && names.len() < limits::SUITE_DEPTH {
                names.push(name);
            }
            at = suite.parent.map(|parent| parent as usize);
        }
        names.reverse();
        names.join(" › ")
    }
}

/// Returns the device that an attribute names, with the attribute's name.
pub(super) fn device_of(key: &str, value: &str) -> Option<(String, String)> {
    if identify::identity_field(key) != Some(IdentityField::Dut) && !identify::is_device_id(key) {
        return None;
    }
    let device = xml::unescape(value);
    let device = device.trim();
    (!device.is_empty()).then(|| (key.to_owned(), device.to_owned()))
}

/// Returns the number of an attempt from 1: `Repetition 2 of 3`, `2`. Retries begin at 0.
fn repetition_of(name: &str, value: &str) -> Option<u32> {
    let digits = value.split(|c: char| !c.is_ascii_digit()).find(|digits| !digits.is_empty())?;
    let number: u32 = digits.parse().ok()?;
    Some(if name == "retry" { number.saturating_add(1) } else { number })
}
