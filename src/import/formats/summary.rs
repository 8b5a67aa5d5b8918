//! Passgrid's own summary, version 1: the file of "Download, Summary (JSON)".
//!
//! `summary.schema.json` describes the document. Reading it gives the same report, except that the
//! only detail of a result is its message.

use crate::import::batch::{Batch, Role, Row};
use crate::import::details::{Details, SectionKind};
use crate::import::formats::known_issues::{add, issue};
use crate::import::identify::scope_of;
use crate::import::json::{self, Cursor, Fault, Root, Visitor};
use crate::import::{About, Family, Format, Guide, Richness, TextFormat, limits};
use crate::model::{IdentityField, Outcome, Severity, Source, Timestamp, head};
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use std::collections::BTreeMap;

pub const ABOUT: About = About {
    key: "passgrid-summary",
    name: "Passgrid summary",
    tool: "Passgrid summary",
    family: Family::Tables,
    richness: Richness::Summary,
};

pub const GUIDE: Guide = Guide {
    about: &ABOUT,
    producers: "this page: Download, Summary (JSON)",
    reads: "sessions and results of an earlier page",
    dut: "the summary itself",
    limits: "no tracebacks, no output",
};

pub const FORMAT: Format = Format::Text(TextFormat {
    about: &ABOUT,
    detect: |head| head.has("schema") && head.text.contains("\"passgrid/summary/"),
    importer: json::document::<Summary>,
    details,
});

#[derive(Default)]
struct Dut<'a> {
    name: Cow<'a, str>,
    unit: Option<String>,
    /// The JSON of an object.
    attributes: &'a str,
}

fn dut<'a>(cursor: &mut Cursor<'a>) -> Result<Dut<'a>, Fault> {
    cursor.record(|dut: &mut Dut<'a>, key, value| {
        match key {
            "name" => dut.name = value.text_or_empty(key)?,
            "unit" => dut.unit = value.text(key)?.map(Cow::into_owned),
            "attributes" => dut.attributes = value.skip_value()?,
            _ => {}
        }
        Ok(())
    })
}

#[derive(Default)]
struct Session<'a> {
    id: Cow<'a, str>,
    dut: Cow<'a, str>,
    build: Option<Cow<'a, str>>,
    label: Option<Cow<'a, str>>,
    started: Option<Cow<'a, str>>,
    duration_s: Option<f64>,
    incomplete: Option<Cow<'a, str>>,
    format: String,
    files: Vec<String>,
    /// The JSON of an object.
    properties: &'a str,
}

fn session<'a>(cursor: &mut Cursor<'a>) -> Result<Session<'a>, Fault> {
    cursor.record(|session: &mut Session<'a>, key, value| {
        match key {
            "id" => session.id = value.text_or_empty(key)?,
            "dut" => session.dut = value.text_or_empty(key)?,
            "build" => session.build = value.text(key)?,
            "label" => session.label = value.text(key)?,
            "started" => session.started = value.text(key)?,
            "duration_s" => session.duration_s = json::seconds(value.skip_value()?),
            "incomplete" => session.incomplete = value.text(key)?,
            "format" => session.format = value.text_or_empty(key)?.into_owned(),
            "files" if value.peek() == Some(b'[') => value.array(&mut |file| {
                session.files.extend(file.text(key)?.map(Cow::into_owned));
                Ok(())
            })?,
            "properties" => session.properties = value.skip_value()?,
            _ => {}
        }
        Ok(())
    })
}

#[derive(Default)]
struct Test<'a> {
    name: Cow<'a, str>,
    suite: Cow<'a, str>,
    class: Cow<'a, str>,
    parameters: Option<Cow<'a, str>>,
    results: Vec<TestResult<'a>>,
}

fn test<'a>(cursor: &mut Cursor<'a>) -> Result<Test<'a>, Fault> {
    cursor.record(|test: &mut Test<'a>, key, value| {
        match key {
            "name" => test.name = value.text_or_empty(key)?,
            "suite" => test.suite = value.text_or_empty(key)?,
            "class" => test.class = value.text_or_empty(key)?,
            "parameters" => test.parameters = value.text(key)?,
            "results" if value.peek() == Some(b'[') => value.array(&mut |cursor| {
                if cursor.is_object(key)? {
                    let at = cursor.at;
                    let result = result(cursor)?;
                    test.results.push(TestResult { at, len: cursor.at - at, ..result });
                }
                Ok(())
            })?,
            _ => {}
        }
        Ok(())
    })
}

#[derive(Default)]
struct TestResult<'a> {
    dut: Option<Cow<'a, str>>,
    session: Option<Cow<'a, str>>,
    outcome: Option<Cow<'a, str>>,
    native: Cow<'a, str>,
    duration_s: Option<f64>,
    attempts: Option<u16>,
    is_flaky: bool,
    message: Cow<'a, str>,
    frame: Cow<'a, str>,
    /// Offset of its object from that of the test.
    at: usize,
    /// Length of its object.
    len: usize,
}

fn result<'a>(cursor: &mut Cursor<'a>) -> Result<TestResult<'a>, Fault> {
    cursor.record(|result: &mut TestResult<'a>, key, value| {
        match key {
            "dut" => result.dut = value.text(key)?,
            "session" => result.session = value.text(key)?,
            "outcome" => result.outcome = value.text(key)?,
            "native" => result.native = value.text_or_empty(key)?,
            "duration_s" => result.duration_s = json::seconds(value.skip_value()?),
            "attempts" => result.attempts = value.skip_value()?.parse().ok(),
            "flaky" => result.is_flaky = value.skip_value()? == "true",
            "message" => result.message = value.text_or_empty(key)?,
            "frame" => result.frame = value.text_or_empty(key)?,
            _ => {}
        }
        Ok(())
    })
}

/// Unit and attributes of a DUT.
type DutFacts = (Option<String>, Vec<(String, String)>);

#[derive(Default)]
struct Summary {
    /// DUT and session id, in the order of drafts.
    sessions: Vec<(String, String)>,
    /// The first session of a DUT and id.
    known: FxHashMap<(String, String), usize>,
    duts: BTreeMap<String, DutFacts>,
}

impl Visitor for Summary {
    fn has_entries(&self, key: &str) -> bool {
        matches!(key, "duts" | "sessions" | "tests" | "known_issues")
    }

    fn entry(
        &mut self,
        key: &str,
        text: &str,
        at: u64,
        _last: bool,
        batch: &mut Batch,
    ) -> Result<usize, Fault> {
        let len = match key {
            "known_issues" => {
                let mut cursor = Cursor::new(text);
                match issue(cursor.skip_value()?) {
                    Ok(issue) => add(issue, at, batch),
                    Err(problem) => batch.note_unreadable(at, problem),
                }
                cursor.at
            }
            "duts" => {
                let (dut, len) = json::entry(text, at, batch, dut)?;
                if let Some(dut) = dut {
                    let attributes = json::fields(dut.attributes);
                    let attributes = attributes.into_iter().map(|(k, v)| (k, json::plain(v).into_owned()));
                    self.duts.insert(dut.name.into_owned(), (dut.unit, attributes.collect()));
                }
                len
            }
            "sessions" => {
                let (session, len) = json::entry(text, at, batch, session)?;
                if let Some(session) = session {
                    self.session(session, batch);
                }
                len
            }
            _ => {
                let (test, len) = json::entry(text, at, batch, test)?;
                if let Some(test) = test {
                    self.test(&test, at, batch);
                }
                len
            }
        };
        Ok(len)
    }

    fn value(&mut self, key: &str, text: &str, at: u64, batch: &mut Batch) {
        if key == "schema" && text != "\"passgrid/summary/1\"" {
            let text =
                format!("the summary has an unknown version ({}); known parts were read", head(text, 60));
            batch.note(Severity::Warning, Some(at), text);
        }
        if key == "redacted" && text != "null" {
            let text =
                format!("secrets were redacted before the summary was saved: {} places", head(text, 20));
            batch.note(Severity::Info, Some(at), text);
        }
        if key == "filter" && text != "null" {
            let text = format!("the summary was filtered ({}); tests may be missing", head(text, 200));
            batch.note(Severity::Info, Some(at), text);
        }
    }

    fn finish(&mut self, _root: Root, batch: &mut Batch) {
        let of_dut = self.ids_after_duts();
        for (index, (dut, id)) in self.sessions.iter().enumerate() {
            let draft = batch.session(index);
            draft.claim(IdentityField::Session, Source::Field, "id", self.own_id(&of_dut, dut, id));
            let Some((unit, attributes)) = self.duts.get(dut) else {
                continue;
            };
            if let Some(unit) = unit {
                draft.claim(IdentityField::Unit, Source::Field, "unit", unit);
            }
            draft.attributes.clone_from(attributes);
        }
    }
}

impl Summary {
    fn session(&mut self, session: Session, batch: &mut Batch) {
        let draft = batch.session(self.sessions.len());
        draft.claim(IdentityField::Dut, Source::Field, "dut", &session.dut);
        if let Some(build) = &session.build {
            draft.claim(IdentityField::Build, Source::Field, "build", build);
        }
        draft.label = session.label.map(Cow::into_owned);
        draft.started = session.started.as_deref().and_then(Timestamp::parse);
        draft.duration_s = session.duration_s;
        draft.mark_incomplete(session.incomplete.as_deref().unwrap_or(""));
        for (name, value) in json::fields(session.properties) {
            draft.property(&name, &json::plain(value));
        }
        draft.origin = Some((session.format, session.files));
        self.register(&session.dut, &session.id);
    }

    /// Counts the ids behind the names of DUTs, `DUT/id`, by which a summary keeps ids apart that
    /// several DUTs have.
    fn ids_after_duts(&self) -> FxHashMap<&str, u32> {
        let mut counts = FxHashMap::default();
        for (dut, id) in &self.sessions {
            if let Some(own) = after_dut(dut, id) {
                *counts.entry(own).or_default() += 1;
            }
        }
        counts
    }

    /// Returns the id of a session among those of its DUT.
    fn own_id<'a>(&self, after_duts: &FxHashMap<&str, u32>, dut: &str, id: &'a str) -> &'a str {
        let own = after_dut(dut, id);
        own.filter(|own| after_duts.get(own).is_some_and(|&count| count > 1)).unwrap_or(id)
    }

    fn register(&mut self, dut: &str, id: &str) -> usize {
        let (index, names) = (self.sessions.len(), (dut.to_owned(), id.to_owned()));
        self.known.entry(names.clone()).or_insert(index);
        self.sessions.push(names);
        index
    }

    fn test(&mut self, test: &Test, at: u64, batch: &mut Batch) {
        let (scope, boundary) = scope_of(&test.suite, &test.class);
        let scope = batch.scope(&scope, Some(boundary));
        let name = match test.parameters.as_deref() {
            Some(parameters) => batch.add_name(&format!("{}[{parameters}]", test.name)),
            None => batch.add_name(&test.name),
        };
        for result in &test.results {
            let at = at + result.at as u64;
            let (Some(dut), Some(id), Some(outcome)) = (&result.dut, &result.session, &result.outcome) else {
                let text = "result without `dut`, `session` or `outcome`; ignored";
                batch.note_unreadable(at, text);
                continue;
            };
            let session = self.session_of(dut, id, batch);
            let attempts = result.attempts.unwrap_or(1);
            if attempts > 1 || result.is_flaky {
                batch.facts.push((batch.len() as u32, attempts, result.is_flaky));
            }
            let row = Row {
                session,
                scope,
                name,
                outcome: Outcome::from_word(outcome).unwrap_or_default(),
                role: Role::Verdict,
                native: batch.native(&result.native),
                duration_s: result.duration_s.unwrap_or(f64::NAN),
                message: batch.add_message(&result.message),
                at,
                len: u32::try_from(result.len).unwrap_or(u32::MAX),
            };
            let frame = batch.add_frame_text(Some(head(&result.frame, limits::MESSAGE_BYTES)));
            batch.add_frame(batch.len(), frame);
            batch.push(row);
        }
    }

    /// Returns the session of this DUT and id, a new one if the list of sessions does not have it.
    fn session_of(&mut self, dut: &str, id: &str, batch: &mut Batch) -> u32 {
        let known = self.known.get(&(dut.to_owned(), id.to_owned())).copied();
        let session = known.unwrap_or_else(|| {
            let draft = batch.session(self.sessions.len());
            draft.claim(IdentityField::Dut, Source::Field, "dut", dut);
            self.register(dut, id)
        });
        session as u32
    }
}

/// Returns what follows the name of its DUT in the id of a session.
fn after_dut<'a>(dut: &str, id: &'a str) -> Option<&'a str> {
    id.strip_prefix(dut)?.strip_prefix('/').filter(|own| !own.is_empty())
}

/// Reads the details of a result: its message.
fn details(slice: &str) -> Details {
    let mut details = Details::default();
    if let Ok(result) = result(&mut Cursor::new(slice)) {
        details.section(SectionKind::Reason, "message", "", &result.message);
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
        let mut data = Summary::default();
        let text = r#"{"name":"test_y","suite":"tests.test_a","class":"TestX","parameters":"1",
            "results":[{"dut":"A","session":"s","outcome":"not run"}]}"#;
        data.entry("tests", text, 0, true, &mut batch).unwrap();
        let row = batch.rows.get(0).unwrap();
        assert_eq!(batch.get(row.name), name);
        assert_eq!(batch.get(batch.scopes[0].text), scope);
        assert_eq!(row.outcome, Outcome::NotRun);
        assert!(text[row.at as usize..].starts_with(r#"{"dut""#));
    }
}
