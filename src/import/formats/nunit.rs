//! NUnit's XML, of version 3 and later (`test-run`) and of version 2 (`test-results`).
//!
//! Sources: docs.nunit.org, "Test Result XML Format"; NUnit 2.6, `Results.xsd`. A test's full name
//! consists of its fixture's with the arguments, and its own; version 2 has nothing else. A failed
//! setup of a fixture is in the results of its tests (`site="Parent"`). A failed teardown is only
//! in the fixture, whose tests passed, so it becomes a result of its own. `Inconclusive` and
//! `Warning` have no equivalent here and are unknown.

use crate::import::batch::{Batch, Entry, Scope};
use crate::import::collect::{IdentityClaims, Occurrences};
use crate::import::details::{Details, SectionKind};
use crate::import::xml::{Element, ElementReader, Elements};
use crate::import::{About, Family, Format, Guide, Richness, TextFormat, identify, limits, number};
use crate::model::{Outcome, SessionDraft, Severity, Timestamp, counted};
use rustc_hash::FxHashMap;

pub const ABOUT: About = About {
    key: "nunit",
    name: "NUnit XML",
    tool: "NUnit",
    family: Family::DotNet,
    richness: Richness::Native,
};

pub const GUIDE: Guide = Guide {
    about: &ABOUT,
    producers: "NUnit 2, 3 and 4: nunit3-console, the test adapter, and compatible tools",
    reads: "fixtures, categories and properties, output, failed teardowns, several assertions of a test",
    dut: "properties and test parameters such as `dut`",
    limits: "`Inconclusive` and `Warning` are shown as unknown; attachments are not read",
};

pub const FORMAT: Format = Format::Text(TextFormat {
    about: &ABOUT,
    detect: |head| match head.root {
        Some("test-run") => true,
        // The name alone may occur twice.
        Some("test-results") => head.text.contains("<test-suite") || head.text.contains("<environment"),
        _ => false,
    },
    importer: || Box::new(Elements::<NUnit>::default()),
    details,
});

#[derive(Default)]
struct NUnit {
    suites: Vec<Suite>,
    /// How often an assembly with this name occurred.
    assemblies: FxHashMap<String, usize>,
    /// The current session. An assembly that occurs again, as for another framework, is another
    /// session.
    session: usize,
    /// The run or the outermost suite failed.
    has_failed: bool,
    claims: IdentityClaims,
    unknown: Occurrences,
}

/// An open suite.
#[derive(Default)]
struct Suite {
    name: String,
    full_name: String,
    kind: String,
    result: String,
    site: String,
    /// Tests in it and in the suites below.
    tests: u64,
    /// Its own failure: message, first byte, length.
    failure: Option<(String, u64, usize)>,
}

impl ElementReader for NUnit {
    fn is_whole(&self, name: &str) -> bool {
        matches!(name, "test-case" | "failure" | "reason" | "environment" | "property" | "setting")
    }

    fn open(&mut self, element: &Element, _at: u64, batch: &mut Batch) {
        match element.name.as_str() {
            "test-run" | "test-results" => {
                self.has_failed |= is_failing(element.value("result"));
                start_run(element, batch);
            }
            "test-suite" => {
                let suite = Suite {
                    name: element.value("name").to_owned(),
                    full_name: element.value("fullname").to_owned(),
                    kind: element.value("type").to_owned(),
                    result: element.value("result").to_owned(),
                    site: element.value("site").to_owned(),
                    ..Suite::default()
                };
                if suite.kind == "Assembly" {
                    self.start_assembly(&suite, batch);
                }
                self.suites.push(suite);
            }
            _ => {}
        }
    }

    fn close(&mut self, name: &str, _text: &str, batch: &mut Batch) {
        if name != "test-suite" {
            return;
        }
        let Some(suite) = self.suites.pop() else {
            return;
        };
        if let Some(around) = self.suites.last_mut() {
            around.tests += suite.tests;
        }
        let is_failing = is_failing(&suite.result);
        self.has_failed |= is_failing && self.suites.is_empty();
        if let Some((message, at, len)) = &suite.failure
            && is_failing
            && suite.site != "Child"
            && (suite.tests == 0 || suite.site == "TearDown" || message.starts_with("TearDown"))
        {
            let is_assembly = suite.kind == "Assembly";
            // Version 2 has only names.
            let around = self.suites.iter().rev().take(limits::SUITE_DEPTH);
            let around = around.filter(|suite| suite.kind == "Namespace").map(|suite| suite.name.as_str());
            let mut names: Vec<&str> = [suite.name.as_str()].into_iter().chain(around).collect();
            names.reverse();
            let path = if suite.full_name.is_empty() { &names.join(".") } else { &suite.full_name };
            let text = format!("a suite failed outside of any test: {message}");
            batch.note(Severity::Warning, Some(*at), text);
            batch.push_entry(Entry {
                session: self.session,
                scope: if is_assembly { Scope::None } else { Scope::Dotted(path) },
                name: if is_assembly { &suite.name } else { "(suite)" },
                outcome: Outcome::Error,
                native: &suite.result,
                message,
                at: *at,
                len: *len,
                ..Entry::default()
            });
        }
    }

    fn whole(&mut self, element: &Element, at: u64, len: usize, batch: &mut Batch) {
        match element.name.as_str() {
            "test-case" => self.case(element, at, len, batch),
            "environment" => environment(element, batch.session(self.session)),
            "property" => self.add_identity(element.value("name"), element.value("value")),
            "setting" if element.value("name") == "TestParametersDictionary" => {
                for item in element.all("item") {
                    batch.session(self.session).property(item.value("key"), item.value("value"));
                    self.add_identity(item.value("key"), item.value("value"));
                }
            }
            "failure" | "reason" => {
                let message = element.text_of("message").to_owned();
                if let Some(suite) = self.suites.last_mut().filter(|suite| suite.failure.is_none()) {
                    suite.failure = Some((message, at, len));
                }
            }
            _ => {}
        }
    }

    fn finish(&mut self, batch: &mut Batch) {
        for session in 0..batch.sessions.len() {
            self.claims.apply(batch.session(session));
        }
        let has_failing = batch.rows.iter().any(|row| row.outcome.is_failing());
        for session in 0..batch.sessions.len() {
            if self.has_failed && !has_failing {
                batch.session(session).mark_incomplete("the run failed, although no test did");
            }
        }
        self.unknown.note(Severity::Warning, batch, &|count, example| {
            format!("{} without a verdict, such as `{example}`: shown as unknown", counted(count, "test"))
        });
    }
}

impl NUnit {
    fn start_assembly(&mut self, assembly: &Suite, batch: &mut Batch) {
        let count = self.assemblies.entry(assembly.name.clone()).or_default();
        let session = *count;
        *count += 1;
        if session >= batch.sessions.len() {
            let first = batch.session(0);
            let (started, duration_s, label) = (first.started, first.duration_s, first.label.clone());
            *batch.session(session) = SessionDraft { started, duration_s, label, ..SessionDraft::default() };
        }
        batch.session(session).property("assembly", &assembly.full_name);
        self.session = session;
    }

    fn add_identity(&mut self, name: &str, value: &str) {
        if let Some(identity) = identify::identity_field(name) {
            self.claims.add(identity, name, value.trim());
        }
    }

    fn case(&mut self, element: &Element, at: u64, len: usize, batch: &mut Batch) {
        if let Some(suite) = self.suites.last_mut() {
            suite.tests += 1;
        }
        for property in element.child("properties").into_iter().flat_map(|all| all.all("property")) {
            self.add_identity(property.value("name"), property.value("value"));
        }
        let (outcome, native) = verdict(element);
        let outcome = outcome.unwrap_or_else(|| {
            self.unknown.add_example(at, if native.is_empty() { "(none)" } else { &native });
            Outcome::Unknown
        });
        let (scope, name) = self.identity(element);
        let duration = element.attribute("duration").or(element.attribute("time"));
        let began = element.attribute("start-time").and_then(Timestamp::parse);
        batch.push_entry(Entry {
            session: self.session,
            scope: Scope::Dotted(scope),
            name,
            outcome,
            native: &native,
            duration_s: duration.and_then(number::seconds),
            began_ms: began.map(|began| began.unix_ms as f64),
            message: message(element),
            trace: element.child("failure").map_or("", |failure| failure.text_of("stack-trace")),
            at,
            len,
            ..Entry::default()
        });
    }

    /// Returns the fixture and the test's name.
    fn identity<'a>(&self, element: &'a Element) -> (&'a str, &'a str) {
        let (full, name) = (element.value("fullname"), element.value("name"));
        if !full.is_empty() {
            let fixture = full.strip_suffix(name).and_then(|fixture| fixture.strip_suffix('.'));
            return (fixture.unwrap_or(element.value("classname")), name);
        }
        // The fixture is the innermost suite that is part of the name.
        for suite in self.suites.iter().rev().take(3).filter(|suite| !suite.name.is_empty()) {
            for (start, _) in name.match_indices(&suite.name).take(2) {
                let (before, behind) = name.split_at(start);
                let rest = behind.strip_prefix(suite.name.as_str()).and_then(|rest| rest.strip_prefix('.'));
                if let Some(rest) = rest.filter(|_| before.is_empty() || before.ends_with('.')) {
                    return (name.get(..start + suite.name.len()).unwrap_or(""), rest);
                }
            }
        }
        split_name(name)
    }
}

/// Whether the result of a suite or run says that it failed.
fn is_failing(result: &str) -> bool {
    matches!(result, "Failed" | "Failure" | "Error" | "Cancelled")
}

fn start_run(element: &Element, batch: &mut Batch) {
    let draft = batch.session(0);
    let of_version_2 = format!("{}T{}", element.value("date"), element.value("time"));
    draft.started = Timestamp::parse(element.attribute("start-time").unwrap_or(&of_version_2));
    draft.duration_s = element.attribute("duration").and_then(number::seconds);
    let program = element.value("name").rsplit(['/', '\\']).next();
    draft.label = program.filter(|name| !name.is_empty()).map(str::to_owned);
    for name in ["fullname", "engine-version", "clr-version"] {
        if let Some(value) = element.attribute(name) {
            draft.property(name, value);
        }
    }
}

fn environment(element: &Element, draft: &mut SessionDraft) {
    let host = element.attribute("machine-name").filter(|host| !host.is_empty());
    draft.hostname = draft.hostname.take().or(host.map(str::to_owned));
    for (name, value) in &element.attributes {
        let is_told = draft.properties.iter().any(|(have, _)| have == name);
        if !is_told && !matches!(name.as_str(), "machine-name" | "user" | "user-domain" | "cwd") {
            draft.property(name, value);
        }
    }
}

/// Returns the outcome of a test, and its words in NUnit's spelling.
fn verdict(element: &Element) -> (Option<Outcome>, String) {
    let (result, label, site) = (element.value("result"), element.value("label"), element.value("site"));
    let native = match (result, label) {
        // NUnit 2.4 has no results.
        ("", _) if element.value("executed") == "False" => "not executed".to_owned(),
        ("", _) => format!("success {}", element.value("success")),
        (result, "") => result.to_owned(),
        (result, label) => format!("{result}:{label}"),
    };
    let outcome = match (result, label) {
        ("Passed" | "Success", _) => Outcome::Passed,
        ("Failed", "Error" | "Invalid" | "Cancelled") | ("Error" | "Cancelled", _) => Outcome::Error,
        ("Failed", _) if matches!(site, "SetUp" | "TearDown" | "Parent") => Outcome::Error,
        ("Failed" | "Failure", _) => Outcome::Failed,
        ("Skipped", "Explicit") | ("NotRunnable", _) => Outcome::NotRun,
        ("Skipped" | "Ignored", _) => Outcome::Skipped,
        ("", _) => match native.as_str() {
            "not executed" => Outcome::Skipped,
            "success True" => Outcome::Passed,
            "success False" => Outcome::Failed,
            _ => return (None, native),
        },
        _ => return (None, native),
    };
    (Some(outcome), native)
}

/// Splits a full name at the last dot outside of brackets and texts.
fn split_name(full: &str) -> (&str, &str) {
    let (mut depth, mut in_text, mut is_escaped, mut split) = (0_u32, false, false, None);
    for (at, byte) in full.bytes().enumerate() {
        match byte {
            _ if std::mem::take(&mut is_escaped) => {}
            b'\\' if in_text => is_escaped = true,
            b'"' => in_text = !in_text,
            _ if in_text => {}
            b'(' | b'<' | b'[' => depth += 1,
            b')' | b'>' | b']' => depth = depth.saturating_sub(1),
            b'.' if depth == 0 => split = Some(at),
            _ => {}
        }
    }
    split.map_or(("", full), |at| (full.get(..at).unwrap_or(""), full.get(at + 1..).unwrap_or("")))
}

/// Returns the message of a failure, or the reason of a skip.
fn message(element: &Element) -> &str {
    match element.child("failure") {
        Some(failure) => failure.text_of("message"),
        None => element.child("reason").map_or("", |reason| reason.text_of("message")),
    }
}

fn details(slice: &str) -> Details {
    let mut details = Details::default();
    let Some(element) = Element::parse(slice) else {
        return details;
    };
    let failure = |title: &str, failure: &Element, details: &mut Details| {
        let (message, trace) = (failure.text_of("message"), failure.text_of("stack-trace"));
        details.section(SectionKind::Reason, title, message, trace);
    };
    // The suite's own failure.
    if matches!(element.name.as_str(), "failure" | "reason") {
        failure("suite", &element, &mut details);
        return details;
    }
    if let Some(child) = element.child("failure") {
        failure("failure", child, &mut details);
    }
    if let Some(reason) = element.child("reason") {
        details.section(SectionKind::Reason, "reason", reason.text_of("message"), "");
    }
    let assertions = element.child("assertions").into_iter().flat_map(|all| all.all("assertion"));
    let assertions: Vec<&Element> = assertions.collect();
    // A single assertion repeats the failure.
    for assertion in assertions.iter().filter(|_| assertions.len() > 1) {
        failure(&format!("assertion {}", assertion.value("result").to_lowercase()), assertion, &mut details);
    }
    details.section(SectionKind::Output, "output", "", element.text_of("output"));
    let all = |list: &'static str, entry: &'static str| {
        element.child(list).into_iter().flat_map(move |list| list.all(entry))
    };
    for category in all("categories", "category") {
        details.properties.push(("category".to_owned(), category.value("name").to_owned()));
    }
    for property in all("properties", "property") {
        details.properties.push((property.value("name").to_owned(), property.value("value").to_owned()));
    }
    for attachment in all("attachments", "attachment") {
        details.properties.push(("attachment".to_owned(), attachment.text_of("filePath").to_owned()));
    }
    let description = element.value("description");
    if !description.is_empty() {
        details.properties.push(("description".to_owned(), description.to_owned()));
    }
    details
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_names_are_split_outside_of_arguments() {
        for (full, expected) in [
            ("Acme.Player.Plays", ("Acme.Player", "Plays")),
            ("Acme.Player.Volume(\"a.b(\",1.5d)", ("Acme.Player", "Volume(\"a.b(\",1.5d)")),
            ("Acme.Fixture<System.Int32>(1.5d).Test(2)", ("Acme.Fixture<System.Int32>(1.5d)", "Test(2)")),
            ("Acme.Text(\"\\\".\")", ("Acme", "Text(\"\\\".\")")),
            ("Plays", ("", "Plays")),
            ("", ("", "")),
        ] {
            assert_eq!(split_name(full), expected, "{full}");
        }
    }
}
