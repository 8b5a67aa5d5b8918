//! Zephyr's twister: `twister.json`, `testplan.json`, and a JSON file per platform.
//!
//! Source: zephyrproject-rtos/zephyr, `twisterlib/reports.py` and `statuses.py`. A `testsuite` is a
//! configuration of a test program, built for a platform (a board) and possibly run there. Each
//! platform is a DUT, and its tests are a session. Oddities:
//!
//! - Times are strings. The status `None` is `null`, missing or that word.
//! - If a configuration broke, for example in the build, all of its tests may be `blocked`; then
//!   they count as failed.
//! - The plan has the shape of results, but nothing in it has run.
//! - The XML files beside it have the same results: see [`report`].

use crate::import::batch::{Batch, Entry, Scope};
use crate::import::collect::Occurrences;
use crate::import::details::{Details, Measurement, SectionKind};
use crate::import::json::{self, Cursor, Fault, Root, Visitor};
use crate::import::{About, Family, Format, Guide, Richness, TextFormat};
use crate::model::{
    IdentityField, Outcome, ReportFile, ReportRole, Severity, Source, Timestamp, counted, decimal, listed,
};
use rustc_hash::FxHashMap;
use std::borrow::Cow;

pub const ABOUT: About = About {
    key: "twister",
    name: "Zephyr twister",
    tool: "Zephyr twister",
    family: Family::Lab,
    richness: Richness::Native,
};

pub const GUIDE: Guide = Guide {
    about: &ABOUT,
    producers: "Zephyr's twister: twister.json, testplan.json, <platform>.json",
    reads: "platforms as DUTs, reasons, logs, sizes of ROM and RAM, recorded metrics; XML files beside it are not counted twice",
    dut: "`platform`; `dut` of the hardware map is the unit, `zephyr_version` the build",
    limits: "does not record which test of a configuration was repeated",
};

pub const FORMAT: Format = Format::Text(TextFormat {
    about: &ABOUT,
    detect: |head| {
        !head.is_array
            && head.has("testsuites")
            && head.has("environment")
            && head.text.contains("\"zephyr_version\"")
    },
    importer: json::document::<Twister>,
    details,
});

/// Returns the report of the files that twister writes into one folder, for one platform.
pub(super) fn report(platform: &str, is_digest: bool) -> Option<ReportFile> {
    let levels = 0;
    let role = if is_digest { ReportRole::Digest { levels } } else { ReportRole::Share { levels } };
    Some(ReportFile { kind: format!("twister {platform}"), role })
}

/// The fields of a configuration.
#[derive(Default)]
struct Configuration<'a> {
    name: Cow<'a, str>,
    platform: Cow<'a, str>,
    arch: Cow<'a, str>,
    toolchain: Cow<'a, str>,
    /// Its id in the hardware map.
    unit: Cow<'a, str>,
    status: Cow<'a, str>,
    reason: Cow<'a, str>,
    execution_time: Cow<'a, str>,
    retries: Cow<'a, str>,
    /// The JSON of the list.
    testcases: &'a str,
}

fn configuration<'a>(cursor: &mut Cursor<'a>) -> Result<Configuration<'a>, Fault> {
    cursor.record(|suite: &mut Configuration<'a>, key, value| {
        let into = match key {
            "name" => &mut suite.name,
            "platform" => &mut suite.platform,
            "arch" => &mut suite.arch,
            "toolchain" => &mut suite.toolchain,
            "dut" => &mut suite.unit,
            "status" => &mut suite.status,
            "reason" => &mut suite.reason,
            "execution_time" => &mut suite.execution_time,
            "retries" => &mut suite.retries,
            "testcases" => {
                suite.testcases = value.skip_value()?;
                return Ok(());
            }
            _ => return Ok(()),
        };
        *into = value.text_or_empty(key)?;
        Ok(())
    })
}

#[derive(Default)]
struct Case<'a> {
    identifier: Cow<'a, str>,
    status: Cow<'a, str>,
    reason: Cow<'a, str>,
    execution_time: Cow<'a, str>,
    log: Cow<'a, str>,
}

fn case<'a>(cursor: &mut Cursor<'a>) -> Result<Case<'a>, Fault> {
    cursor.record(|case: &mut Case<'a>, key, value| {
        let into = match key {
            "identifier" => &mut case.identifier,
            "status" => &mut case.status,
            "reason" => &mut case.reason,
            "execution_time" => &mut case.execution_time,
            "log" => &mut case.log,
            _ => return Ok(()),
        };
        *into = value.text_or_empty(key)?;
        Ok(())
    })
}

/// Returns the outcome of a status, or `None` for a test that did not finish.
fn outcome(status: &str) -> Option<Outcome> {
    Some(match status.to_ascii_lowercase().as_str() {
        "blocked" | "started" | "in progress" | "none" | "" => return None,
        "filtered" => Outcome::Skipped,
        word => Outcome::from_native(word).unwrap_or(Outcome::Unknown),
    })
}

#[derive(Default)]
struct Twister {
    /// Indices of sessions, by platform.
    platforms: FxHashMap<String, usize>,
    /// By session: the units that its tests ran on.
    units: Vec<Vec<String>>,
    zephyr_version: String,
    started: Option<Timestamp>,
    properties: Vec<(String, String)>,
    /// A status says that something ran, or was built.
    has_run: bool,
    /// Tests without a status.
    without_status: Occurrences,
    without_tests: Occurrences,
    /// By session: why a configuration without verdicts of its own went wrong.
    broken: Vec<String>,
    unknown: Occurrences,
}

impl Visitor for Twister {
    fn has_entries(&self, key: &str) -> bool {
        key == "testsuites"
    }

    fn whole(&mut self, _key: &str, text: &str, at: u64, batch: &mut Batch) -> Result<(), Fault> {
        if let (Some(suite), _) = json::entry(text, at, batch, configuration)? {
            self.configuration(&suite, text, at, batch);
        }
        Ok(())
    }

    fn value(&mut self, key: &str, value: &str, _at: u64, _batch: &mut Batch) {
        if key != "environment" {
            return;
        }
        for (name, value) in json::fields(value) {
            let text = json::plain(value);
            match name.as_str() {
                "zephyr_version" => self.zephyr_version = text.into_owned(),
                "run_date" => {
                    self.started = Timestamp::parse(&text);
                    self.properties.push((name, text.into_owned()));
                }
                "options" => {
                    let said = json::fields(value).into_iter().filter(|(_, value)| *value != "null");
                    let options = said.map(|(key, value)| {
                        // Lists span several lines.
                        let words: Vec<&str> = value.split_whitespace().collect();
                        (format!("options.{key}"), json::plain(&words.join(" ")).into_owned())
                    });
                    self.properties.extend(options);
                }
                _ => self.properties.push((name, text.into_owned())),
            }
        }
    }

    fn finish(&mut self, _root: Root, batch: &mut Batch) {
        let is_plan = !self.has_run && self.without_status.count() > 0;
        let platforms = std::mem::take(&mut self.platforms);
        for (platform, session) in platforms {
            let draft = batch.session(session);
            draft.claim(IdentityField::Dut, Source::Field, "platform", &platform);
            draft.claim(
                IdentityField::Build,
                Source::Field,
                "environment.zephyr_version",
                &self.zephyr_version,
            );
            draft.started = self.started;
            draft.report = report(&platform, is_plan);
            if let Some(broken) = self.broken.get(session) {
                draft.mark_incomplete(broken);
            }
            match self.units.get(session).map(Vec::as_slice) {
                Some([unit]) => draft.claim(IdentityField::Unit, Source::Field, "dut", unit),
                Some([]) | None => {}
                // Tests ran on any of several boards of one kind.
                Some(units) => draft.property("dut", &units.join(", ")),
            }
            for (name, value) in &self.properties {
                draft.property(name, value);
            }
        }
        self.unknown.note_unknown("test", "status", batch);
        self.without_tests.note(Severity::Info, batch, &|count, _| {
            format!("{} without test cases; no results", counted(count, "configuration"))
        });
        if is_plan {
            batch.note(Severity::Info, None, "test plan; nothing has run yet");
        } else {
            self.without_status.note(Severity::Warning, batch, &|count, _| {
                format!("{} without a status: shown as not run", counted(count, "test"))
            });
        }
    }
}

impl Twister {
    fn session(&mut self, suite: &Configuration, batch: &mut Batch) -> usize {
        if let Some(&session) = self.platforms.get(&*suite.platform) {
            return session;
        }
        let session = self.platforms.len();
        self.platforms.insert(suite.platform.clone().into_owned(), session);
        self.units.push(Vec::new());
        self.broken.push(String::new());
        let attributes = &mut batch.session(session).attributes;
        for (name, value) in [("arch", &suite.arch), ("toolchain", &suite.toolchain)] {
            if !value.is_empty() {
                attributes.push((name.to_owned(), value.clone().into_owned()));
            }
        }
        session
    }

    /// Notes that tests of a configuration have no verdict because it could not be built, crashed or
    /// timed out.
    fn broken_configuration(&mut self, session: usize, suite: &Configuration) {
        if let Some(broken) = self.broken.get_mut(session).filter(|broken| broken.is_empty()) {
            let reason = if suite.reason.is_empty() { &suite.status } else { &suite.reason };
            *broken = format!("tests of `{}` have no verdict: {reason}", scenario(&suite.name));
        }
    }

    fn configuration(&mut self, suite: &Configuration, text: &str, at: u64, batch: &mut Batch) {
        let mut cases: Vec<(Case, usize)> = Vec::new();
        let mut cursor = Cursor::new(suite.testcases);
        if cursor.peek() == Some(b'[') {
            // The list was valid JSON when it was skipped.
            let _ = cursor.array(&mut |entry| {
                let entry = entry.skip_value()?;
                let place = json::place(entry, text, at);
                if let (Some(case), len) = json::entry(entry, place, batch, case)? {
                    cases.push((case, (place - at) as usize + len));
                }
                Ok(())
            });
        }
        let said = outcome(&suite.status);
        let is_broken = said.is_some_and(Outcome::is_failing);
        if cases.is_empty() {
            if !is_broken {
                self.without_tests.add(at);
                return;
            }
            let identifier = scenario(&suite.name).to_owned().into();
            let status = suite.status.clone();
            cases.push((Case { identifier, status, ..Case::default() }, text.len()));
        }
        let session = self.session(suite, batch);
        if let Some(units) = self.units.get_mut(session)
            && !suite.unit.is_empty()
            && units.len() < 32
            && !units.iter().any(|unit| *unit == suite.unit)
        {
            units.push(suite.unit.clone().into_owned());
        }
        let outcomes: Vec<Option<Outcome>> = cases.iter().map(|(case, _)| outcome(&case.status)).collect();
        let says_why = outcomes.iter().flatten().any(|outcome| outcome.is_failing());
        if is_broken && outcomes.contains(&None) {
            self.broken_configuration(session, suite);
        }
        let retries: u16 = suite.retries.parse().unwrap_or(0);
        // The sizes are those of the configuration, so only its first test has them.
        let fields = json::fields(text);
        batch.add_measured(batch.len(), &measured(|name| fields.get(name).copied()));
        let (count, is_alone) = (cases.len(), cases.len() == 1);
        for (index, ((case, end), outcome)) in cases.into_iter().zip(outcomes).enumerate() {
            self.has_run |= !matches!(outcome, None | Some(Outcome::Skipped));
            let outcome = outcome.unwrap_or_else(|| {
                let is_reason = is_broken && !says_why;
                if !is_reason && matches!(&*case.status, "" | "None") {
                    self.without_status.add(at);
                }
                if is_reason { Outcome::Error } else { Outcome::NotRun }
            });
            self.has_run |= outcome == Outcome::Error;
            if outcome == Outcome::Unknown {
                self.unknown.add_example(at, &case.status);
            }
            if retries > 0 {
                let is_flaky = is_alone && outcome == Outcome::Passed;
                batch.facts.push((batch.len() as u32, retries.saturating_add(1), is_flaky));
            }
            let time = if case.execution_time.is_empty() && is_alone {
                &suite.execution_time
            } else {
                &case.execution_time
            };
            let message = if outcome == Outcome::Passed { "" } else { reason(&case.reason, &suite.reason) };
            batch.push_entry(Entry {
                session,
                scope: Scope::Dotted(scenario(&suite.name)),
                name: &case.identifier,
                outcome,
                native: if case.status.is_empty() { "None" } else { &case.status },
                duration_s: json::seconds(time),
                message,
                at,
                // The fields of the configuration come before its tests, and the recording after
                // the last one.
                len: if index + 1 == count { text.len() } else { end },
                ..Entry::default()
            });
        }
    }
}

/// Returns the name of a configuration without its folder.
fn scenario(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

/// Returns the reason of a test, or of its configuration.
fn reason<'a>(of_case: &'a str, of_suite: &'a str) -> &'a str {
    let says_something = |reason: &&str| !reason.is_empty() && !reason.starts_with("Unknown");
    [of_case, of_suite].into_iter().find(says_something).unwrap_or("")
}

/// Reads the details of the last test in a slice that begins with its configuration.
fn details(slice: &str) -> Details {
    let mut details = Details::default();
    let mut last = Case::default();
    let mut suite: Vec<(String, &str)> = Vec::new();
    // The slice ends after the test, unless that is the last of its configuration.
    let _ = Cursor::new(slice).object(&mut |key, value| {
        if key == "testcases" && value.peek() == Some(b'[') {
            return value.array(&mut |entry| {
                last = case(entry)?;
                Ok(())
            });
        }
        suite.push((key.to_owned(), value.skip_value()?));
        Ok(())
    });
    let text = |name: &str| {
        let field = suite.iter().find(|(key, _)| key == name);
        field.map(|(_, value)| json::plain(value)).filter(|text| text != "null").unwrap_or_default()
    };
    let of_suite = text("reason");
    let why = reason(&last.reason, &of_suite);
    if !why.is_empty() {
        details.section(SectionKind::Reason, &last.status, "", why);
    }
    details.section(SectionKind::Output, "log of the test", "", &last.log);
    details.section(SectionKind::Output, "log of the configuration", "", &text("log"));
    for name in ["name", "dut", "toolchain", "runnable", "retries", "run_id"] {
        let value = text(name);
        if !value.is_empty() {
            details.properties.push((name.to_owned(), value.into_owned()));
        }
    }
    let path = text("path");
    details.location = Some(path.into_owned()).filter(|path| !path.is_empty());
    let field = |name: &str| suite.iter().find(|(key, _)| key == name).map(|(_, value)| *value);
    details.measurements = measured(field);
    details
}

/// Returns what was measured of a configuration: the sizes of the program, the time to build it, and records.
fn measured<'a>(field: impl Fn(&str) -> Option<&'a str>) -> Vec<Measurement> {
    let text = |name: &str| field(name).filter(|text| *text != "null").map(json::plain).unwrap_or_default();
    let mut measurements = Vec::new();
    for (name, limit, unit) in [
        ("used_rom", "available_rom", "bytes"),
        ("used_ram", "available_ram", "bytes"),
        ("build_time", "", "s"),
    ] {
        let (value, upper) = (text(name), text(limit));
        if !value.is_empty() {
            let measured = Measurement::new(name, &value, unit);
            measurements.push(Measurement { upper: decimal(&upper), ..measured });
        }
    }
    if let Some(records) = field("recording") {
        recorded(records, &mut measurements);
    }
    measurements
}

/// Reads records of named groups of a regular expression in the test's configuration. Numbers are
/// measurements, and the other groups name what was measured.
fn recorded(records: &str, measurements: &mut Vec<Measurement>) {
    let mut cursor = Cursor::new(records);
    if cursor.peek() != Some(b'[') {
        return;
    }
    let _ = cursor.array(&mut |record| {
        let record = json::fields(record.skip_value()?);
        let values: Vec<(&String, Cow<str>)> =
            record.iter().map(|(key, value)| (key, json::plain(value))).collect();
        let is_number = |text: &str| decimal(text.trim()).is_some();
        let of: Vec<&str> =
            values.iter().map(|(_, text)| text.trim()).filter(|text| !is_number(text)).collect();
        let of = listed(&of);
        for (key, text) in values.iter().filter(|(_, text)| is_number(text)) {
            let name = if of.is_empty() { key.to_string() } else { format!("{of}: {key}") };
            measurements.push(Measurement::new(&name, text.trim(), ""));
        }
        Ok(())
    });
}
