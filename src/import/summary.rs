//! Passgrid's own summary, version 1: what "Download, Summary (JSON)" writes.
//!
//! The document is described by `summary.schema.json`. Reading it back shows
//! the same report; texts beyond a result's message are not in it.

use super::batch::{Batch, Role, Row, scope_of};
use super::details::{Details, SectionKind};
use super::json::{self, Entry, Fault, Str, Visitor, Walk};
use super::{About, Format, Importer};
use crate::model::{Axis, Moment, Outcome, Severity, Source, head};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

pub(super) const ABOUT: About = About {
    key: "passgrid-summary",
    name: "Passgrid summary",
    producers: "this page: Download, Summary (JSON)",
};

pub(super) const FORMAT: Format = Format {
    about: &ABOUT,
    detect: |head| head.has("schema") && head.text.contains("\"passgrid/summary/"),
    importer: || Box::new(Summary::default()),
    details,
};

#[derive(Deserialize)]
#[serde(expecting = "a DUT")]
struct Dut<'a> {
    #[serde(borrow)]
    name: Str<'a>,
    unit: Option<String>,
    #[serde(default)]
    attributes: BTreeMap<String, Box<RawValue>>,
}

#[derive(Deserialize)]
#[serde(expecting = "a session")]
struct Session<'a> {
    #[serde(borrow)]
    id: Str<'a>,
    #[serde(borrow)]
    dut: Str<'a>,
    build: Option<String>,
    label: Option<String>,
    started: Option<String>,
    duration_s: Option<f64>,
    #[serde(default)]
    format: String,
    #[serde(default)]
    files: Vec<String>,
    #[serde(default)]
    properties: BTreeMap<String, Box<RawValue>>,
}

#[derive(Deserialize)]
#[serde(expecting = "a test")]
struct Test<'a> {
    #[serde(borrow)]
    name: Str<'a>,
    #[serde(borrow)]
    suite: Option<Str<'a>>,
    #[serde(borrow)]
    class: Option<Str<'a>>,
    #[serde(borrow)]
    parameters: Option<Str<'a>>,
    #[serde(borrow)]
    results: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(expecting = "a result")]
struct TestResult<'a> {
    #[serde(borrow)]
    dut: Str<'a>,
    #[serde(borrow)]
    session: Str<'a>,
    #[serde(borrow)]
    outcome: Str<'a>,
    #[serde(borrow)]
    native: Option<Str<'a>>,
    duration_s: Option<f64>,
    attempts: Option<u16>,
    flaky: Option<bool>,
    #[serde(borrow)]
    message: Option<Str<'a>>,
}

macro_rules! entry {
    ($marker:ident, $value:ident) => {
        struct $marker;
        impl<'a> Entry<'a> for $marker {
            type Value = $value<'a>;
        }
    };
}
entry!(DutEntry, Dut);
entry!(SessionEntry, Session);
entry!(TestEntry, Test);

#[derive(Default)]
struct Summary {
    walk: Walk,
    data: Data,
}

/// Unit and attributes of a DUT.
type DutFacts = (Option<String>, Vec<(String, String)>);

#[derive(Default)]
struct Data {
    /// (DUT, session id) in the order of drafts.
    sessions: Vec<(String, String)>,
    duts: BTreeMap<String, DutFacts>,
}

impl Importer for Summary {
    fn read(&mut self, text: &str, at: u64, last: bool, batch: &mut Batch) -> usize {
        self.walk.read(text, at, last, &mut self.data, batch)
    }

    fn finish(&mut self, batch: &mut Batch) {
        for (index, (dut, _)) in self.data.sessions.iter().enumerate() {
            let Some((unit, attributes)) = self.data.duts.get(dut) else {
                continue;
            };
            let draft = batch.session(index);
            if let Some(unit) = unit {
                draft.claim(Axis::Unit, Source::Field, "unit", unit);
            }
            draft.attributes.clone_from(attributes);
        }
    }
}

impl Visitor for Data {
    fn has_entries(&self, key: &str) -> bool {
        matches!(key, "duts" | "sessions" | "tests")
    }

    fn entry(
        &mut self,
        key: &str,
        text: &str,
        at: u64,
        _last: bool,
        batch: &mut Batch,
    ) -> Result<usize, Fault> {
        match key {
            "duts" => json::entry::<DutEntry, _>(text, at, batch, |dut, _, _| {
                let attributes = dut.attributes.iter().map(|(k, v)| (k.clone(), json::plain(v)));
                self.duts.insert(dut.name.to_string(), (dut.unit, attributes.collect()));
            }),
            "sessions" => json::entry::<SessionEntry, _>(text, at, batch, |session, _, batch| {
                self.session(session, batch);
            }),
            _ => json::entry::<TestEntry, _>(text, at, batch, |test, _, batch| {
                self.test(&test, text, at, batch);
            }),
        }
    }

    fn value(&mut self, key: &str, text: &str, at: u64, batch: &mut Batch) {
        if key == "schema" && text != "\"passgrid/summary/1\"" {
            let text =
                format!("the summary is of another version ({}), read as far as it is known", head(text, 60));
            batch.note(Severity::Warning, Some(at), text);
        }
        if key == "filter" && text != "null" {
            let text =
                format!("the summary was made with a filter ({}): tests may be missing", head(text, 200));
            batch.note(Severity::Info, Some(at), text);
        }
    }
}

impl Data {
    fn session(&mut self, session: Session, batch: &mut Batch) {
        let draft = batch.session(self.sessions.len());
        draft.claim(Axis::Dut, Source::Field, "dut", &session.dut);
        draft.claim(Axis::Session, Source::Field, "id", &session.id);
        if let Some(build) = &session.build {
            draft.claim(Axis::Build, Source::Field, "build", build);
        }
        draft.label = session.label;
        draft.started = session.started.as_deref().and_then(Moment::parse);
        draft.duration_s = session.duration_s.filter(|s| s.is_finite() && *s >= 0.0);
        for (name, value) in &session.properties {
            draft.property(name, &json::plain(value));
        }
        draft.origin = Some((session.format, session.files));
        self.sessions.push((session.dut.to_string(), session.id.to_string()));
    }

    fn test(&mut self, test: &Test, text: &str, at: u64, batch: &mut Batch) {
        let suite = test.suite.as_deref().unwrap_or("");
        let class = test.class.as_deref().unwrap_or("");
        let (scope, boundary) = scope_of(suite, class);
        let scope = batch.scope(&scope, Some(boundary));
        let name = match test.parameters.as_deref() {
            Some(parameters) => format!("{}[{parameters}]", &*test.name),
            None => test.name.to_string(),
        };
        let name = batch.name(&name);
        for raw in &test.results {
            let offset = (raw.get().as_ptr() as usize).checked_sub(text.as_ptr() as usize);
            let is_inside = offset.is_some_and(|offset| offset < text.len());
            let place = at + offset.filter(|_| is_inside).unwrap_or(0) as u64;
            let result: TestResult = match serde_json::from_str(raw.get()) {
                Ok(result) => result,
                Err(error) => {
                    batch.broken(place, format!("a result cannot be read and is left out: {error}"));
                    continue;
                }
            };
            let known =
                self.sessions.iter().position(|(dut, id)| *dut == *result.dut && *id == *result.session);
            let session = known.unwrap_or_else(|| {
                let draft = batch.session(self.sessions.len());
                draft.claim(Axis::Dut, Source::Field, "dut", &result.dut);
                draft.claim(Axis::Session, Source::Field, "session", &result.session);
                self.sessions.push((result.dut.to_string(), result.session.to_string()));
                self.sessions.len() - 1
            });
            let (attempts, flaky) = (result.attempts.unwrap_or(1), result.flaky.unwrap_or(false));
            if attempts > 1 || flaky {
                batch.facts.push((batch.len() as u32, attempts, flaky));
            }
            let row = Row {
                session: session as u32,
                scope,
                name,
                outcome: Outcome::from_word(&result.outcome).unwrap_or_default(),
                role: Role::Verdict,
                native: batch.native(result.native.as_deref().unwrap_or("")),
                duration_s: result.duration_s.unwrap_or(f64::NAN),
                message: batch.message(result.message.as_deref().unwrap_or("")),
                at: place,
                len: if is_inside { raw.get().len() as u32 } else { 0 },
            };
            batch.push(row);
        }
    }
}

/// Reads the text of one result: its message.
fn details(slice: &str) -> Details {
    let mut details = Details::default();
    if let Ok(result) = serde_json::from_str::<TestResult>(slice)
        && let Some(message) = result.message
    {
        details.section(SectionKind::Reason, "message", "", &message);
    }
    details
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::identify;

    #[test]
    fn a_test_has_the_same_identity_as_in_its_source() {
        let mut batch = Batch::default();
        let (scope, boundary, name) = identify::split_test_name("tests/test_a.py::TestX::test_y[1]");
        assert_eq!(
            (scope.as_str(), boundary, name.as_str()),
            ("tests.test_a.TestX", Some((12, 13)), "test_y[1]")
        );
        let mut data = Data::default();
        let text = r#"{"name":"test_y","suite":"tests.test_a","class":"TestX","parameters":"1",
            "results":[{"dut":"A","session":"s","outcome":"not run"}]}"#;
        data.entry("tests", text, 0, true, &mut batch).unwrap();
        let row = batch.row(0).unwrap();
        assert_eq!(batch.get(row.name), name);
        assert_eq!(batch.get(batch.scopes[0].text), scope);
        assert_eq!(row.outcome, Outcome::NotRun);
        assert!(text[row.at as usize..].starts_with(r#"{"dut""#));
    }
}
