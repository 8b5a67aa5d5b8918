//! Allure's results: a folder with a file for each attempt of a test.
//!
//! Format: allure-framework/allure2, `allure-model`; docs of Allure Report, "How it works".
//! Adapters for all languages write it. A folder contains `*-result.json` (an attempt of a test),
//! `*-container.json` (setups and teardowns of some tests), `*-globals.json` (errors of the run,
//! Allure 3), `executor.json` (the CI job), `categories.json` (how a report groups failures),
//! `environment.properties`, and attachments.
//!
//! All files of a folder are one session: each is a share of it, by [`ReportRole::Share`]. Attempts
//! of a test are separate files; the one with the latest start counts.

pub mod environment;
mod fixtures;
mod result;

use crate::import::batch::{Batch, Entry};
use crate::import::collect::Occurrences;
use crate::import::details::{Details, SectionKind};
use crate::import::json::{self, Fault, Object, Root, Visitor};
use crate::import::{About, Family, Format, Guide, Richness, TextFormat};
use crate::model::{
    IdentityField, Outcome, RepeatRule, ReportFile, ReportRole, SessionDraft, Severity, Source, Timestamp,
    counted,
};

pub const ABOUT: About = About {
    key: "allure",
    name: "Allure results",
    tool: "Allure",
    family: Family::AnyLanguage,
    richness: Richness::Native,
};

pub const GUIDE: Guide = Guide {
    about: &ABOUT,
    producers: "Allure's adapters for pytest, JUnit, TestNG, Playwright, Jest, Mocha, Cucumber, NUnit and others",
    reads: "all files of a folder as one session: retries, steps, labels, parameters, links, broken setups and teardowns, the CI job",
    dut: "labels such as `board`, `environment.properties`; `executor.json` for the build",
    limits: "attachments are named, but not shown; generated Allure reports are not read",
};

pub const FORMAT: Format = Format::Text(TextFormat {
    about: &ABOUT,
    detect: |head| kind(&|key| head.has(key), head.keys.len(), head.is_array).is_some(),
    importer: json::document::<Allure>,
    details,
});

/// The kind of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Result,
    Container,
    Globals,
    Executor,
    Categories,
}

/// Returns the kind of a file by the keys of its root object, or of the first object in a root
/// array.
fn kind(has: &dyn Fn(&str) -> bool, keys: usize, is_array: bool) -> Option<Kind> {
    let any = |keys: &[&str]| keys.iter().any(|key| has(key));
    if is_array {
        let is_category = has("name") && any(&["matchedStatuses", "messageRegex", "traceRegex"]);
        return is_category.then_some(Kind::Categories);
    }
    let has_id = has("uuid");
    if has_id && any(&["befores", "afters", "children"]) {
        return Some(Kind::Container);
    }
    let is_result = any(&["historyId", "testCaseId", "statusDetails", "titlePath"])
        || has_id && any(&["fullName", "labels", "stage"]);
    if is_result && (has("name") || has("status") || has_id) {
        return Some(Kind::Result);
    }
    if has("errors") && has("attachments") && keys == 2 {
        return Some(Kind::Globals);
    }
    let is_job = has("name") && has("type") && any(&["buildName", "buildOrder", "buildUrl", "reportUrl"]);
    is_job.then_some(Kind::Executor)
}

/// Returns the report of a file in Allure's results folder.
fn report(role: ReportRole) -> Option<ReportFile> {
    Some(ReportFile { kind: "allure".to_owned(), role })
}

/// The state of a JSON file.
#[derive(Default)]
struct Allure {
    unknown: Occurrences,
    /// Rules for failures.
    categories: u64,
}

impl Visitor for Allure {
    /// Returns true so that an object is read as a whole.
    fn root_is_array(&self) -> bool {
        true
    }

    fn has_entries(&self, _key: &str) -> bool {
        false
    }

    fn whole(&mut self, _key: &str, text: &str, at: u64, batch: &mut Batch) -> Result<(), Fault> {
        let (object, _) = json::entry(text, at, batch, Object::read)?;
        let Some(object) = object else {
            return Ok(());
        };
        // Categories are an array; every other file is one object.
        match kind(&|key| object.has(key), object.fields().count(), false) {
            Some(Kind::Container) => fixtures::read(&object, batch),
            Some(Kind::Globals) => globals(&object, text, at, batch),
            Some(Kind::Executor) => executor(&object, batch),
            Some(Kind::Result) => result::read(&object, at, text.len(), &mut self.unknown, batch),
            _ => {
                self.categories += 1;
                batch.session(0).report = report(ReportRole::Aside);
            }
        }
        Ok(())
    }

    fn value(&mut self, _key: &str, _text: &str, _at: u64, _batch: &mut Batch) {}

    fn finish(&mut self, _root: Root, batch: &mut Batch) {
        self.unknown.note_unknown("test", "outcome", batch);
        if self.categories > 0 {
            let rules = counted(self.categories, "rule");
            let text = format!("{rules} for grouping failures; no results");
            batch.note(Severity::Info, None, text);
        }
    }
}

/// Reads errors of the run outside of tests.
fn globals(object: &Object, text: &str, at: u64, batch: &mut Batch) {
    let errors = object.entries("errors", (text, at), batch);
    for (number, &(slice, at)) in (1..).zip(&errors) {
        let error = Object::of(slice);
        let number = if number > 1 { format!(" {number}") } else { String::new() };
        batch.push_entry(Entry {
            name: &format!("(error of the run{number})"),
            outcome: Outcome::Error,
            native: "error of the run",
            message: &error.text("message"),
            at,
            len: slice.len(),
            ..Entry::default()
        });
        let draft = batch.session(0);
        draft.started = draft.started.or(moment(&error, "timestamp"));
    }
    match errors.is_empty() {
        true => batch.session(0).report = report(ReportRole::Aside),
        false => share(batch.session(0)),
    }
    let text = format!("describes {} outside of tests", counted(errors.len() as u64, "error"));
    batch.note(Severity::Info, None, text);
}

/// The session of a result is its folder.
fn share(draft: &mut SessionDraft) {
    draft.report = report(ReportRole::Share { levels: 0 });
    draft.has_repeats_elsewhere = true;
    draft.repeats = RepeatRule::Last;
}

fn executor(object: &Object, batch: &mut Batch) {
    let draft = batch.session(0);
    draft.report = report(ReportRole::Cover);
    for (name, value) in object.fields() {
        draft.property(&format!("executor.{name}"), &json::plain(value));
    }
    draft.claim(IdentityField::Build, Source::Field, "buildName", &object.text("buildName"));
    let text = "describes the CI job; applies to the results in its folder";
    batch.note(Severity::Info, None, text);
}

/// Parses milliseconds since the epoch.
fn moment(object: &Object, key: &str) -> Option<Timestamp> {
    object.number(key).and_then(|ms| Timestamp::from_unix_seconds(ms / 1000.0))
}

/// Reads the details of a result, or of an error of the run.
fn details(slice: &str) -> Details {
    let object = Object::of(slice);
    let mut details = Details::default();
    match kind(&|key| object.has(key), 0, false) {
        Some(Kind::Result) => result::add_details(&object, &mut details),
        _ => {
            let (message, trace) = (object.text("message"), object.text("trace"));
            details.section(SectionKind::Reason, "error of the run", &message, &trace);
        }
    }
    details
}
