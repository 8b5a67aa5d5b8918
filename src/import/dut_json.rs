//! The plain JSON that one writes by hand, or with ten lines of script.
//!
//! A list of sessions, or one of them:
//!
//! ```json
//! [{"dut": "DUT_A", "session_id": "session_001",
//!   "tests": [{"name": "test_login", "status": "passed", "duration": 1.2}]}]
//! ```
//!
//! Only `tests` is needed. The list may be inside of `{"sessions": …}`. Also known: of a session `unit`, `build`
//! (`version`, `firmware`), `label`, `started` (`timestamp`, `start_time`) and
//! `duration`; of a test `outcome` or `result` for `status`, `nodeid` for
//! `name`, `message`. Other keys are kept as properties. Durations are seconds.

use super::batch::{Batch, Role, Row};
use super::details::{Details, SectionKind};
use super::json::{self, Cursor, Entry, Fault, Str, Visitor, Walk};
use super::{About, Format, Importer, identify};
use crate::model::{Axis, Moment, Outcome, SessionDraft, Severity, Source, counted, head};
use serde::de::{self, Deserialize, Deserializer, MapAccess};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

pub(super) const ABOUT: About = About {
    key: "dut-json",
    name: "Plain JSON",
    producers: "your own scripts: a list of {dut, session_id, tests: [{name, status, duration}]}",
};

pub(super) const FORMAT: Format = Format {
    about: &ABOUT,
    detect: |head| {
        head.has("tests")
            && (head.is_array
                || ["dut", "session_id", "sut", "device", "board"].iter().any(|key| head.has(key)))
            || head.is_array && (head.has("dut") || head.has("session_id"))
            || !head.is_array && head.has("sessions") && head.text.contains("\"tests\"")
    },
    importer: || Box::new(DutJson::default()),
    details,
};

/// One element of `tests`. Of several spellings of a field the first in this
/// order counts, of a key that is there twice the last, as in most parsers.
#[derive(Debug, Default)]
struct Test<'a> {
    /// `nodeid`, `name`, `test`.
    name: Field<'a>,
    /// `status`, `outcome`, `result`.
    status: Field<'a>,
    /// `duration`, `duration_s`, `time`: seconds.
    duration: Field<'a>,
    /// `message`, `reason`, `error`.
    message: Field<'a>,
}

/// A value, and how good its key is.
#[derive(Debug, Default)]
struct Field<'a>(Option<(u8, &'a RawValue)>);

impl<'a> Field<'a> {
    fn take(&mut self, rank: u8, value: &'a RawValue) {
        if value.get() != "null" && self.0.is_none_or(|(have, _)| rank <= have) {
            self.0 = Some((rank, value));
        }
    }

    fn raw(&self) -> Option<&'a RawValue> {
        self.0.map(|(_, raw)| raw)
    }

    /// The text of the value, whatever it is; nothing where there is none.
    fn text(&self) -> String {
        self.raw().map(json::plain).unwrap_or_default()
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Test<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Test<'a>, D::Error> {
        deserializer.deserialize_map(TestVisitor(PhantomData))
    }
}

struct TestVisitor<'a>(PhantomData<Test<'a>>);

impl<'de: 'a, 'a> de::Visitor<'de> for TestVisitor<'a> {
    type Value = Test<'a>;

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("an object with the name and status of a test")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Test<'a>, M::Error> {
        let mut test = Test::default();
        while let Some((key, value)) = map.next_entry::<Str, &RawValue>()? {
            match &*key {
                "nodeid" => test.name.take(0, value),
                "name" => test.name.take(1, value),
                "test" => test.name.take(2, value),
                "status" => test.status.take(0, value),
                "outcome" => test.status.take(1, value),
                "result" => test.status.take(2, value),
                "duration" => test.duration.take(0, value),
                "duration_s" => test.duration.take(1, value),
                "time" => test.duration.take(2, value),
                "message" => test.message.take(0, value),
                "reason" => test.message.take(1, value),
                "error" => test.message.take(2, value),
                _ => {}
            }
        }
        Ok(test)
    }
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
            let text = format!(
                "{} with a status that is not known, such as `{word}`: shown as unknown",
                counted(*count, "test")
            );
            batch.note(Severity::Warning, *at, text);
        }
        if let (count @ 1.., at, example) = &self.data.bad_durations {
            let text = format!(
                "{} that cannot be read, such as `{example}`: shown as unknown",
                counted(*count, "duration")
            );
            batch.note(Severity::Warning, *at, text);
        }
        if self.data.nameless > 0 {
            let text =
                format!("{} without a name and a status, left out", counted(self.data.nameless, "test"));
            batch.partly = true;
            batch.note(Severity::Error, None, text);
        }
    }
}

impl Visitor for Data {
    fn root_is_array(&self) -> bool {
        true
    }

    fn has_more_documents(&self) -> bool {
        true
    }

    fn has_entries(&self, _key: &str) -> bool {
        true
    }

    fn entry(
        &mut self,
        _key: &str,
        text: &str,
        at: u64,
        last: bool,
        batch: &mut Batch,
    ) -> Result<usize, Fault> {
        if !last {
            // All or nothing: what is incomplete comes again.
            Cursor::new(text).skip_value()?;
        }
        let mut cursor = Cursor::new(text);
        if self.sessions == 0 && is_wrapper(text) {
            self.wrapper(&mut cursor, at, batch)?;
        } else {
            self.session(&mut cursor, at, batch)?;
        }
        Ok(cursor.at)
    }

    fn value(&mut self, _key: &str, _text: &str, _at: u64, _batch: &mut Batch) {}
}

/// A key of an object that is being read, or its end.
enum Step<'a> {
    Key(Cow<'a, str>),
    End,
}

/// Steps to the next key of an object and over its colon.
fn step<'a>(cursor: &mut Cursor<'a>) -> Result<Step<'a>, Fault> {
    while cursor.eat(b',') {}
    if cursor.eat(b'}') {
        return Ok(Step::End);
    }
    let key = cursor.string()?;
    if cursor.eat(b':') {
        return Ok(Step::Key(key));
    }
    Err(match cursor.peek() {
        None => Fault::Incomplete,
        Some(_) => Fault::Invalid("a colon is missing".to_owned()),
    })
}

/// The object is none of the sessions, but holds the list of them.
fn is_wrapper(text: &str) -> bool {
    let mut cursor = Cursor::new(text);
    if !cursor.eat(b'{') {
        return false;
    }
    while let Ok(Step::Key(key)) = step(&mut cursor) {
        if key == "sessions" {
            return cursor.peek() == Some(b'[');
        }
        if cursor.skip_value().is_err() {
            break;
        }
    }
    false
}

impl Data {
    fn wrapper(&mut self, cursor: &mut Cursor, at: u64, batch: &mut Batch) -> Result<(), Fault> {
        cursor.eat(b'{');
        while let Step::Key(key) = step(cursor)? {
            if key != "sessions" || !cursor.eat(b'[') {
                cursor.skip_value()?;
                continue;
            }
            loop {
                match cursor.peek().ok_or(Fault::Incomplete)? {
                    b']' => break,
                    b',' => cursor.at += 1,
                    _ => self.session(cursor, at, batch)?,
                }
            }
            cursor.eat(b']');
        }
        Ok(())
    }

    fn session(&mut self, cursor: &mut Cursor, at: u64, batch: &mut Batch) -> Result<(), Fault> {
        let session_at = at + cursor.at as u64;
        if !cursor.eat(b'{') {
            let value = cursor.skip_value()?;
            batch.broken(session_at, format!("`{}` is no session and is left out", head(value, 40)));
            return Ok(());
        }
        self.sessions += 1;
        let session = self.sessions - 1;
        batch.session(session);
        while let Step::Key(key) = step(cursor)? {
            if key == "tests" && cursor.eat(b'[') {
                self.tests(cursor, session, at, batch)?;
                continue;
            }
            let value_at = at + cursor.at as u64;
            let value = cursor.skip_value()?;
            if key != "tests" {
                field(&key, value, session, batch);
            } else if value != "null" {
                batch.broken(value_at, "`tests` is no list, and is left out");
            }
        }
        Ok(())
    }

    fn tests(
        &mut self,
        cursor: &mut Cursor,
        session: usize,
        at: u64,
        batch: &mut Batch,
    ) -> Result<(), Fault> {
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
                    let used =
                        json::entry::<TestEntry, _>(cursor.rest(), test_at, batch, |test, len, batch| {
                            self.test(&test, session, test_at, len, batch);
                        })?;
                    cursor.at += used;
                }
            }
        }
    }

    fn test(&mut self, test: &Test, session: usize, at: u64, len: usize, batch: &mut Batch) {
        let name = test.name.text();
        let said = test.status.text();
        if name.trim().is_empty() && test.status.raw().is_none() {
            self.nameless += 1;
            return;
        }
        let outcome = Outcome::from_native(&said).unwrap_or_else(|| {
            count(&mut self.unknown, at, if said.is_empty() { "(none)" } else { &said });
            Outcome::Unknown
        });
        let duration_s = json::seconds(test.duration.raw());
        if let (None, Some(raw)) = (duration_s, test.duration.raw()) {
            count(&mut self.bad_durations, at, raw.get());
        }
        let (scope, boundary, name) = identify::split_test_name(name.trim());
        let row = Row {
            session: session as u32,
            scope: batch.scope(&scope, boundary),
            name: batch.name_or_stand_in(&name, (session as u32, 0)),
            outcome,
            role: Role::Verdict,
            native: batch.native(&said),
            duration_s: duration_s.unwrap_or(f64::NAN),
            message: batch.message(&test.message.text()),
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
    let text = match json::from_str::<Box<RawValue>>(value) {
        Ok(raw) if raw.get() != "null" => json::plain(&raw),
        _ => return,
    };
    let draft = batch.session(session);
    match key {
        "session_id" | "session" | "id" => draft.claim(Axis::Session, Source::Field, key, &text),
        "label" | "title" => draft.label = Some(text),
        "started" | "timestamp" | "start_time" | "session_start_time" | "date" => {
            draft.started =
                Moment::parse(&text).or_else(|| text.parse().ok().and_then(Moment::from_unix_seconds));
        }
        "duration" | "duration_s" | "session_duration" => draft.duration_s = super::number::seconds(&text),
        "hostname" | "host" => draft.hostname = Some(text),
        "attributes" => {
            let attributes: BTreeMap<String, Box<RawValue>> = json::from_str(value).unwrap_or_default();
            draft.attributes.extend(attributes.iter().map(|(k, v)| (k.clone(), json::plain(v))));
        }
        "properties" | "environment" | "metadata" => {
            let properties: BTreeMap<String, Box<RawValue>> = json::from_str(value).unwrap_or_default();
            for (name, value) in &properties {
                draft.property(name, &json::plain(value));
            }
        }
        _ => match identify::axis_of(key) {
            Some(axis) if text.starts_with('{') => object(axis, key, value, draft),
            Some(axis) => draft.claim(axis, Source::Field, key, &text),
            None => draft.property(key, &text),
        },
    }
}

/// `"dut": {"name": "DUT_A", "serial": "SN-0042"}`.
fn object(axis: Axis, key: &str, value: &str, draft: &mut SessionDraft) {
    let fields: BTreeMap<String, Box<RawValue>> = json::from_str(value).unwrap_or_default();
    for (name, value) in fields.iter().filter(|(_, value)| value.get() != "null") {
        let text = json::plain(value);
        let dotted = format!("{key}.{name}");
        match (name.as_str(), identify::axis_of(name)) {
            ("name" | "id", _) => draft.claim(axis, Source::Field, &dotted, &text),
            (_, Some(other)) if other != axis => draft.claim(other, Source::Field, &dotted, &text),
            _ => draft.attributes.push((name.clone(), text)),
        }
    }
}

/// Reads the texts of one test: its message, and what else it has.
fn details(slice: &str) -> Details {
    let mut details = Details::default();
    let fields: BTreeMap<String, Box<RawValue>> = json::from_str(slice).unwrap_or_default();
    for (key, value) in &fields {
        let text = json::plain(value);
        match key.as_str() {
            "name" | "nodeid" | "test" | "status" | "outcome" | "result" | "duration" | "duration_s"
            | "time" => {}
            "message" | "error" | "reason" => details.section(SectionKind::Reason, key, "", &text),
            "traceback" | "trace" | "longrepr" | "log" | "output" | "stdout" | "stderr" => {
                details.section(SectionKind::Output, key, "", &text);
            }
            _ => details.properties.push((key.clone(), text)),
        }
    }
    details
}
