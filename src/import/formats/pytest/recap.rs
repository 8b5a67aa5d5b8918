//! pytest-recap, and its predecessor pytest-insight: JSON with one session, a list of sessions, or
//! `{"sessions": […]}`.
//!
//! The only specifications are `pytest_insight/core/models.py` and `pytest_recap/models.py`.
//! Oddities:
//!
//! - Results are grouped by outcome; their start times give the order.
//! - A teardown error is a result of its own, and makes a "rerun group" of a test that was not
//!   rerun. Groups are ignored.
//! - The reason of a skip is a Python tuple as text.
//! - The DUT is `system_under_test.name`, or `sut_name` up to 0.7.

use super::{Cases, case, details, note_fault};
use crate::import::batch::Batch;
use crate::import::importer::WholeFileImporter;
use crate::import::json::{self, Cursor, Fault};
use crate::import::{About, Family, Format, Guide, Richness, TextFormat, identify};
use crate::model::{IdentityField, Severity, Source, Timestamp, counted};

pub const ABOUT: About = About {
    key: "pytest-recap",
    name: "pytest-recap",
    tool: "pytest-recap",
    family: Family::Python,
    richness: Richness::Native,
};

pub const GUIDE: Guide = Guide {
    about: &ABOUT,
    producers: "pytest --recap, and pytest --insight, its predecessor",
    reads: "several sessions, rerun groups, warnings",
    dut: "`sut_name`, `system_under_test`, session tags",
    limits: "no collection errors",
};

pub const FORMAT: Format = Format::Text(TextFormat {
    about: &ABOUT,
    detect: |head| {
        let is_session = head.has("session_start_time") && (head.has("session_id") || head.has("sut_name"));
        is_session || (head.has("sessions") && head.text.contains("\"session_start_time\""))
    },
    importer: || Box::new(WholeFileImporter::new(read)),
    details,
});

fn read(text: &str, at: u64, batch: &mut Batch) {
    let mut cursor = Cursor::new(text);
    let done = match cursor.peek() {
        Some(b'[') => sessions(&mut cursor, at, batch),
        _ => session(&mut cursor, at, true, batch),
    };
    if let Err(fault) = done {
        note_fault("JSON", fault, at + cursor.at as u64, batch);
    } else if cursor.peek().is_some() {
        let text = "ignored text after the end of the JSON document";
        batch.note(Severity::Warning, Some(at + cursor.at as u64), text);
    }
}

/// Reads a list of sessions.
fn sessions(cursor: &mut Cursor, at: u64, batch: &mut Batch) -> Result<(), Fault> {
    cursor.array(&mut |element| match element.is_object("session")? {
        true => session(element, at, false, batch),
        false => Ok(()),
    })
}

/// Reads a session, or the object around a list of sessions.
fn session(cursor: &mut Cursor, at: u64, is_root: bool, batch: &mut Batch) -> Result<(), Fault> {
    let index = batch.sessions.len();
    let mut cases = Cases::default();
    let mut warnings = 0;
    let done = cursor.object(&mut |key, value| {
        if key == "sessions" && is_root && value.peek() == Some(b'[') {
            return sessions(value, at, batch);
        }
        match (key, value.peek()) {
            ("test_results", Some(b'[')) => value.array(&mut |result| {
                let result_at = at + result.at as u64;
                let (row, len) = json::entry(result.rest(), result_at, batch, case)?;
                result.at += len;
                if let Some(row) = row {
                    cases.add(&row, result_at, len);
                }
                Ok(())
            }),
            ("warnings", Some(b'[')) => value.array(&mut |event| {
                warnings += 1;
                event.skip_value().map(drop)
            }),
            ("rerun_test_groups" | "session_stats" | "errors", _) => value.skip_value().map(drop),
            _ => field(key, value.skip_value()?, index, batch),
        }
    });
    cases.add_to(index, batch);
    if warnings > 0 {
        let text = format!("the session has {}", counted(warnings, "warning"));
        batch.note(Severity::Info, None, text);
    }
    done
}

/// The fields of a session.
fn field(key: &str, value: &str, index: usize, batch: &mut Batch) -> Result<(), Fault> {
    const KNOWN: [&str; 8] = [
        "session_id",
        "sut_name",
        "system_under_test",
        "session_start_time",
        "session_stop_time",
        "session_duration",
        "session_tags",
        "testing_system",
    ];
    if !KNOWN.contains(&key) {
        return Ok(());
    }
    let draft = batch.session(index);
    let text = json::plain(value);
    match key {
        "session_id" => draft.claim(IdentityField::Session, Source::Field, key, &text),
        "sut_name" if !text.starts_with('{') => draft.claim(IdentityField::Dut, Source::Field, key, &text),
        "session_start_time" => draft.started = Timestamp::parse(&text),
        "session_duration" => draft.duration_s = json::seconds(value),
        "session_stop_time" => {
            let ends = draft.started.zip(Timestamp::parse(&text));
            let took = ends.map(|(start, stop)| (stop.unix_ms - start.unix_ms) as f64 / 1000.0);
            draft.duration_s = draft.duration_s.or(took.filter(|took| *took >= 0.0));
        }
        "session_tags" | "testing_system" => {
            for (name, value) in json::fields(value) {
                let value = json::plain(value);
                if name == "hostname" {
                    draft.hostname = Some(value.into_owned());
                    continue;
                }
                draft.property(&name, &value);
                // Test runners have versions, too.
                if key == "session_tags"
                    && let Some(identity) = identify::identity_field(&name)
                {
                    draft.claim(identity, Source::Property, &name, &value);
                }
            }
        }
        _ => {
            for (name, value) in json::fields(value) {
                let value = json::plain(value);
                match identify::identity_field(&name) {
                    // The placeholder if nobody sets a name.
                    _ if name == "name" && value == "pytest-recap" => {}
                    _ if name == "name" => {
                        draft.claim(IdentityField::Dut, Source::Field, "system_under_test.name", &value);
                    }
                    Some(identity) => draft.claim(identity, Source::Property, &name, &value),
                    None => draft.attributes.push((name, value.into_owned())),
                }
            }
        }
    }
    Ok(())
}
