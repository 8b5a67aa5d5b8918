//! The plain JSON that one writes by hand, or with ten lines of script.
//!
//! A list of sessions, or one of them:
//!
//! ```json
//! [{"dut": "DUT_A", "session_id": "session_001",
//!   "tests": [{"name": "test_login", "status": "passed", "duration": 1.2}]}]
//! ```
//!
//! Only `tests` with names is needed. Also known: of a session `unit`, `build`
//! (`version`, `firmware`), `label`, `started` (`timestamp`, `start_time`) and
//! `duration`; of a test `outcome` or `result` for `status`, `nodeid` for
//! `name`, `message`. Other keys are kept as properties. Durations are seconds.

use super::batch::{Batch, Role, Row};
use super::details::{Details, SectionKind};
use super::json::{self, Cursor, Entry, Fault, Str, Visitor, Walk};
use super::{Format, Importer, identify};
use crate::model::{Axis, Moment, Outcome, Severity, Source, head};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

pub(super) const FORMAT: Format = Format {
    key: "dut-json",
    name: "Plain JSON",
    producers: "your own scripts: a list of {dut, session_id, tests: [{name, status, duration}]}",
    detect: |head| {
        head.has("tests") && (head.is_array || ["dut", "session_id", "sut", "device", "board"].iter().any(|key| head.has(key)))
            || head.is_array && (head.has("dut") || head.has("session_id"))
    },
    importer: || Box::new(DutJson::default()),
    details,
};

#[derive(Deserialize)]
struct Test<'a> {
    #[serde(borrow, alias = "nodeid", alias = "test")]
    name: Option<Str<'a>>,
    #[serde(borrow, alias = "outcome", alias = "result")]
    status: Option<Str<'a>>,
    #[serde(borrow, alias = "time", alias = "duration_s")]
    duration: Option<&'a RawValue>,
    #[serde(borrow, alias = "error", alias = "reason")]
    message: Option<&'a RawValue>,
}

struct TestEntry;
impl<'a> Entry<'a> for TestEntry {
    type Value = Test<'a>;
}

#[derive(Default)]
struct DutJson {
    walk: Walk,
    data: Data,
}

#[derive(Default)]
struct Data {
    sessions: usize,
    unknown: (u64, Option<u64>, String),
    bad_durations: (u64, Option<u64>, String),
    nameless: u64,
}

impl Importer for DutJson {
    fn read(&mut self, text: &str, at: u64, last: bool, batch: &mut Batch) -> usize {
        self.walk.read(text, at, last, &mut self.data, batch)
    }

    fn finish(&mut self, batch: &mut Batch) {
        if let (count @ 1.., at, word) = &self.data.unknown {
            let text = format!("{count} tests have a status that is not known, such as `{word}`; they count as unknown");
            batch.note(Severity::Warning, *at, text);
        }
        if let (count @ 1.., at, example) = &self.data.bad_durations {
            let text = format!("{count} durations cannot be read, such as `{example}`; they count as unknown");
            batch.note(Severity::Warning, *at, text);
        }
        if self.data.nameless > 0 {
            let text = format!("{} tests have no name and are left out", self.data.nameless);
            batch.partly = true;
            batch.note(Severity::Error, None, text);
        }
    }
}

impl Visitor for Data {
    fn root_is_array(&self) -> bool {
        true
    }

    fn has_entries(&self, _key: &str) -> bool {
        true
    }

    fn entry(&mut self, _key: &str, text: &str, at: u64, last: bool, batch: &mut Batch) -> Result<usize, Fault> {
        let mut cursor = Cursor::new(text);
        if !cursor.eat(b'{') {
            let value = cursor.skip_value()?;
            batch.broken(at, format!("`{}` is no session and is left out", head(value, 40)));
            return Ok(cursor.at);
        }
        if !last {
            // All or nothing: what is incomplete comes again.
            Cursor::new(text).skip_value()?;
        }
        self.sessions += 1;
        let session = self.sessions - 1;
        batch.session(session);
        loop {
            match cursor.peek() {
                None => return Err(Fault::Incomplete),
                Some(b'}') => {
                    cursor.at += 1;
                    return Ok(cursor.at);
                }
                Some(b',') => cursor.at += 1,
                Some(_) => {
                    let key = cursor.string()?;
                    if !cursor.eat(b':') {
                        return Err(Fault::Invalid("a colon is missing".to_owned()));
                    }
                    if key == "tests" && cursor.eat(b'[') {
                        self.tests(&mut cursor, session, at, batch)?;
                    } else {
                        let value = cursor.skip_value()?;
                        field(&key, value, session, batch);
                    }
                }
            }
        }
    }

    fn value(&mut self, _key: &str, _text: &str, _at: u64, _batch: &mut Batch) {}
}

impl Data {
    fn tests(&mut self, cursor: &mut Cursor, session: usize, at: u64, batch: &mut Batch) -> Result<(), Fault> {
        loop {
            match cursor.peek() {
                None => return Err(Fault::Incomplete),
                Some(b']') => {
                    cursor.at += 1;
                    return Ok(());
                }
                Some(b',') => cursor.at += 1,
                Some(_) => {
                    let test_at = at + cursor.at as u64;
                    let used = json::entry::<TestEntry, _>(cursor.rest(), test_at, batch, |test, len, batch| {
                        self.test(&test, session, test_at, len, batch);
                    })?;
                    cursor.at += used;
                }
            }
        }
    }

    fn test(&mut self, test: &Test, session: usize, at: u64, len: usize, batch: &mut Batch) {
        let name = json::visible(test.name.as_deref().unwrap_or("").trim());
        if name.is_empty() {
            self.nameless += 1;
            return;
        }
        let said = test.status.as_deref().unwrap_or("");
        let outcome = Outcome::from_native(said).unwrap_or_else(|| {
            count(&mut self.unknown, at, if said.is_empty() { "(none)" } else { said });
            Outcome::Unknown
        });
        let duration_s = json::seconds(test.duration);
        if let (None, Some(raw)) = (duration_s, test.duration)
            && raw.get() != "null"
        {
            count(&mut self.bad_durations, at, raw.get());
        }
        let (scope, boundary, name) = identify::split_test_name(&name);
        let row = Row {
            session: session as u32,
            scope: batch.scope(&scope, boundary),
            name: batch.name(&name),
            outcome,
            role: Role::Verdict,
            native: batch.native(&json::visible(said)),
            duration_s: duration_s.unwrap_or(f64::NAN),
            message: match test.message {
                Some(raw) if raw.get() != "null" => batch.message(&json::plain(raw)),
                _ => super::Text::default(),
            },
            at,
            len: u32::try_from(len).unwrap_or(u32::MAX),
        };
        batch.push(row);
    }
}

fn count(seen: &mut (u64, Option<u64>, String), at: u64, example: &str) {
    seen.0 += 1;
    if seen.1.is_none() {
        seen.1 = Some(at);
        seen.2 = head(example, 40).to_owned();
    }
}

/// A key of a session other than `tests`.
fn field(key: &str, value: &str, session: usize, batch: &mut Batch) {
    let text = match serde_json::from_str::<Box<RawValue>>(value) {
        Ok(raw) if raw.get() != "null" => json::plain(&raw),
        _ => return,
    };
    let draft = batch.session(session);
    match key {
        "session_id" | "session" | "id" => draft.claim(Axis::Session, Source::Field, key, &text),
        "label" | "title" => draft.label = Some(text),
        "started" | "timestamp" | "start_time" | "session_start_time" | "date" => {
            draft.started = Moment::parse(&text)
                .or_else(|| text.parse().ok().and_then(Moment::from_unix_seconds));
        }
        "duration" | "duration_s" | "session_duration" => draft.duration_s = super::number::seconds(&text),
        "hostname" | "host" => draft.hostname = Some(text),
        "attributes" => {
            let attributes: BTreeMap<String, Box<RawValue>> = serde_json::from_str(value).unwrap_or_default();
            draft.attributes.extend(attributes.iter().map(|(k, v)| (k.clone(), json::plain(v))));
        }
        "properties" | "environment" | "metadata" => {
            let properties: BTreeMap<String, Box<RawValue>> = serde_json::from_str(value).unwrap_or_default();
            for (name, value) in &properties {
                draft.property(name, &json::plain(value));
            }
        }
        _ => match identify::axis_of(key) {
            Some(axis) => draft.claim(axis, Source::Field, key, &text),
            None => draft.property(key, &text),
        },
    }
}

/// Reads the texts of one test: its message, and what else it has.
fn details(slice: &str) -> Details {
    let mut details = Details::default();
    let fields = serde_json::from_str::<BTreeMap<String, Box<RawValue>>>(slice)
        .or_else(|_| serde_json::from_str(&json::null_for_bare_words(slice)))
        .unwrap_or_default();
    for (key, value) in &fields {
        let text = json::plain(value);
        match key.as_str() {
            "name" | "nodeid" | "test" | "status" | "outcome" | "result" | "duration" | "duration_s" | "time" => {}
            "message" | "error" | "reason" => details.section(SectionKind::Reason, key, "", &text),
            "traceback" | "trace" | "longrepr" | "log" | "output" | "stdout" | "stderr" => {
                details.section(SectionKind::Output, key, "", &text);
            }
            _ => details.properties.push((key.clone(), text)),
        }
    }
    details
}
