//! Plain JSON, written by hand or by a short script.
//!
//! A list of sessions, or one of them:
//!
//! ```json
//! [{"dut": "DUT_A", "session_id": "session_001",
//! "tests": [{"name": "test_login", "status": "passed", "duration": 1.2}]}]
//! ```
//!
//! Only `tests` is required. The list may be inside `{"sessions": …}`. Other known keys of a
//! session are `unit`, `build` (`version`, `firmware`), `label`, `started` (`timestamp`,
//! `start_time`) and `duration`; of a test, `outcome` or `result` for `status`, `nodeid` for
//! `name`, and `message`. All other keys become properties. Durations are seconds.

use crate::import::batch::{Batch, Role, Row};
use crate::import::collect::Occurrences;
use crate::import::details::{Details, SectionKind};
use crate::import::json::{self, Cursor, Fault, Root, Visitor};
use crate::import::{About, Family, Format, Guide, Richness, TextFormat, identify, number};
use crate::model::{
    IdentityField, Outcome, SessionDraft, Severity, Source, Timestamp, counted, decimal, head,
};
use std::borrow::Cow;

pub const ABOUT: About = About {
    key: "dut-json",
    name: "Plain JSON",
    tool: "plain JSON",
    family: Family::Tables,
    richness: Richness::Native,
};

pub const GUIDE: Guide = Guide {
    about: &ABOUT,
    producers: "your own scripts: a list of {dut, session_id, tests: [{name, status, duration}]}",
    reads: "sessions, tests, properties",
    dut: "`dut`, `unit`, `build` and other names for them",
    limits: "",
};

pub const FORMAT: Format = Format::Text(TextFormat {
    about: &ABOUT,
    detect: |head| {
        head.has("tests")
            && (head.is_array
                || ["dut", "session_id", "sut", "device", "board"].iter().any(|key| head.has(key)))
            || head.is_array && (head.has("dut") || head.has("session_id"))
            || !head.is_array && head.has("sessions") && head.text.contains("\"tests\"")
    },
    importer: json::document::<DutJson>,
    details,
});

/// An element of `tests`. Of several spellings of a field, the first in this order counts; of a
/// duplicate key the last, as in most parsers.
#[derive(Debug, Default)]
struct Test<'a> {
    /// `nodeid`, `name`, `test`.
    name: Field<'a>,
    /// `status`, `outcome`, `result`.
    status: Field<'a>,
    /// `duration`, `duration_s`, `time`, in seconds.
    duration: Field<'a>,
    /// `message`, `reason`, `error`.
    message: Field<'a>,
}

/// The JSON of a value, and the rank of its key.
#[derive(Debug, Default)]
struct Field<'a>(Option<(u8, &'a str)>);

impl<'a> Field<'a> {
    fn take(&mut self, rank: u8, value: &'a str) {
        if value != "null" && self.0.is_none_or(|(have, _)| rank <= have) {
            self.0 = Some((rank, value));
        }
    }

    fn raw(&self) -> Option<&'a str> {
        self.0.map(|(_, raw)| raw)
    }

    /// Returns the value as text, whatever it is; `None` if it is missing.
    fn text(&self) -> Cow<'a, str> {
        self.raw().map(json::plain).unwrap_or_default()
    }
}

fn test<'a>(cursor: &mut Cursor<'a>) -> Result<Test<'a>, Fault> {
    cursor.record(|test: &mut Test<'a>, key, value| {
        let value = value.skip_value()?;
        match key {
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
        Ok(())
    })
}

#[derive(Default)]
struct DutJson {
    sessions: usize,
    unknown: Occurrences,
    bad_durations: Occurrences,
    nameless: u64,
}

impl Visitor for DutJson {
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
            // Incomplete objects are passed again.
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

    fn finish(&mut self, _root: Root, batch: &mut Batch) {
        self.unknown.note_unknown("test", "status", batch);
        self.bad_durations.note(Severity::Warning, batch, &|count, example| {
            format!("{}, such as `{example}`: shown as unknown", counted(count, "invalid duration"))
        });
        if self.nameless > 0 {
            let text = format!("{} without a name and a status; ignored", counted(self.nameless, "test"));
            batch.partly = true;
            batch.note(Severity::Error, None, text);
        }
    }
}

/// The object is not a session, but contains the list of sessions.
fn is_wrapper(text: &str) -> bool {
    let mut is_wrapper = false;
    let mut cursor = Cursor::new(text);
    if cursor.peek() == Some(b'{') {
        let _ = cursor.object(&mut |key, value| {
            is_wrapper |= key == "sessions" && value.peek() == Some(b'[');
            Ok(())
        });
    }
    is_wrapper
}

impl DutJson {
    fn wrapper(&mut self, cursor: &mut Cursor, at: u64, batch: &mut Batch) -> Result<(), Fault> {
        cursor.object(&mut |key, value| {
            if key == "sessions" && value.peek() == Some(b'[') {
                value.array(&mut |session| self.session(session, at, batch))?;
            }
            Ok(())
        })
    }

    fn session(&mut self, cursor: &mut Cursor, at: u64, batch: &mut Batch) -> Result<(), Fault> {
        if cursor.peek() != Some(b'{') {
            let session_at = at + cursor.at as u64;
            let value = cursor.skip_value()?;
            batch.note_unreadable(session_at, format!("`{}` is not a session; ignored", head(value, 40)));
            return Ok(());
        }
        self.sessions += 1;
        let session = self.sessions - 1;
        batch.session(session);
        cursor.object(&mut |key, value| {
            if key == "tests" && value.peek() == Some(b'[') {
                return value.array(&mut |entry| self.test(entry, session, at, batch));
            }
            value.peek();
            let value_at = at + value.at as u64;
            let value = value.skip_value()?;
            if key != "tests" {
                field(key, value, session, batch);
            } else if value != "null" {
                batch.note_unreadable(value_at, "`tests` is not a list; ignored");
            }
            Ok(())
        })
    }

    fn test(&mut self, cursor: &mut Cursor, session: usize, at: u64, batch: &mut Batch) -> Result<(), Fault> {
        let at = at + cursor.at as u64;
        let (test, len) = json::entry(cursor.rest(), at, batch, test)?;
        cursor.at += len;
        if let Some(test) = test {
            self.push(&test, session, at, len, batch);
        }
        Ok(())
    }

    fn push(&mut self, test: &Test, session: usize, at: u64, len: usize, batch: &mut Batch) {
        let name = test.name.text();
        let said = test.status.text();
        if name.trim().is_empty() && test.status.raw().is_none() {
            self.nameless += 1;
            return;
        }
        let outcome = Outcome::from_native(&said).unwrap_or_else(|| {
            self.unknown.add_example(at, if said.is_empty() { "(none)" } else { &said });
            Outcome::Unknown
        });
        let duration_s = test.duration.raw().and_then(json::seconds);
        if let (None, Some(raw)) = (duration_s, test.duration.raw()) {
            self.bad_durations.add_example(at, raw);
        }
        let (scope, boundary, name) = identify::split_test_name(name.trim());
        let row = Row {
            session: session as u32,
            scope: batch.scope(&scope, boundary),
            name: batch.add_name_or_placeholder(&name, (session as u32, 0)),
            outcome,
            role: Role::Verdict,
            native: batch.native(&said),
            duration_s: duration_s.unwrap_or(f64::NAN),
            message: batch.add_message(&test.message.text()),
            at,
            len: u32::try_from(len).unwrap_or(u32::MAX),
        };
        batch.push(row);
    }
}

/// Reads a key of a session other than `tests`.
fn field(key: &str, value: &str, session: usize, batch: &mut Batch) {
    if value == "null" {
        return;
    }
    let text = json::plain(value);
    let draft = batch.session(session);
    match key {
        "session_id" | "session" | "id" => draft.claim(IdentityField::Session, Source::Field, key, &text),
        "label" | "title" => draft.label = Some(text.into_owned()),
        "started" | "timestamp" | "start_time" | "session_start_time" | "date" => {
            draft.started =
                Timestamp::parse(&text).or_else(|| decimal(&text).and_then(Timestamp::from_unix_seconds));
        }
        "duration" | "duration_s" | "session_duration" => draft.duration_s = number::seconds(&text),
        "hostname" | "host" => draft.hostname = Some(text.into_owned()),
        "attributes" => {
            for (name, value) in json::fields(value) {
                draft.attributes.push((name, json::plain(value).into_owned()));
            }
        }
        "properties" | "environment" | "metadata" => {
            for (name, value) in json::fields(value) {
                draft.property(&name, &json::plain(value));
            }
        }
        _ => match identify::identity_field(key) {
            Some(identity) if text.starts_with('{') => object(identity, key, value, draft),
            Some(identity) => draft.claim(identity, Source::Field, key, &text),
            None => draft.property(key, &text),
        },
    }
}

/// `"dut": {"name": "DUT_A", "serial": "SN-0042"}`.
fn object(identity: IdentityField, key: &str, value: &str, draft: &mut SessionDraft) {
    for (name, value) in json::fields(value).into_iter().filter(|(_, value)| *value != "null") {
        let text = json::plain(value);
        let dotted = format!("{key}.{name}");
        match (name.as_str(), identify::identity_field(&name)) {
            ("name" | "id", _) => draft.claim(identity, Source::Field, &dotted, &text),
            (_, Some(other)) if other != identity => draft.claim(other, Source::Field, &dotted, &text),
            _ => draft.attributes.push((name, text.into_owned())),
        }
    }
}

/// Reads the details of a test: its message, and all other keys.
fn details(slice: &str) -> Details {
    let mut details = Details::default();
    for (key, value) in json::fields(slice) {
        let text = json::plain(value);
        match key.as_str() {
            "name" | "nodeid" | "test" | "status" | "outcome" | "result" | "duration" | "duration_s"
            | "time" => {}
            "message" | "error" | "reason" => details.section(SectionKind::Reason, &key, "", &text),
            "traceback" | "trace" | "longrepr" | "log" | "output" | "stdout" | "stderr" => {
                details.section(SectionKind::Output, &key, "", &text);
            }
            _ => details.properties.push((key, text.into_owned())),
        }
    }
    details
}
