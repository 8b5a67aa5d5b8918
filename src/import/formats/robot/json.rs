//! `output.json`. The fields of a suite or keyword may follow its content.

use super::log::Log;
use super::message::{Message, from_html, plain};
use super::{Fixture, Run, Suite, Test};
use crate::import::batch::Batch;
use crate::import::details::{Details, SectionKind};
use crate::import::json::{self, Cursor, Fault, Root, Visitor};
use crate::import::{About, Family, Format, Guide, Richness, TextFormat, limits};
use crate::model::Timestamp;

pub const ABOUT: About = About {
    key: "robot-json",
    name: "Robot Framework JSON",
    tool: "Robot Framework",
    family: Family::Python,
    richness: Richness::Native,
};

pub const GUIDE: Guide = Guide {
    about: &ABOUT,
    producers: "Robot Framework 7.2 and later, and rebot: output.json",
    reads: "the same as in the XML",
    dut: "as in the XML",
    limits: "suites below the root suite are read as a whole, up to 128 MB each",
};

pub const FORMAT: Format = Format::Text(TextFormat {
    about: &ABOUT,
    detect: |head| {
        let is_robot = head.text.contains("\"Robot ") || head.text.contains("\"Rebot ");
        !head.is_array && head.has("generator") && head.has("suite") && is_robot
    },
    importer: json::document::<Robot>,
    details,
});

/// The root suite is suite 0.
#[derive(Default)]
struct Robot {
    run: Run,
}

impl Visitor for Robot {
    fn is_open(&self, key: &str) -> bool {
        key == "suite"
    }

    fn has_entries(&self, key: &str) -> bool {
        matches!(key, "suite.suites" | "suite.tests" | "errors")
    }

    fn entry(
        &mut self,
        key: &str,
        text: &str,
        at: u64,
        last: bool,
        batch: &mut Batch,
    ) -> Result<usize, Fault> {
        let mut cursor = Cursor::new(text);
        if !last {
            // An entry that is passed again must not be added twice.
            cursor.skip_value()?;
            cursor = Cursor::new(text);
        }
        if cursor.peek() != Some(b'{') {
            cursor.skip_value()?;
            batch.note_unreadable(at, "an entry is not an object; ignored");
            return Ok(cursor.at);
        }
        self.root_suite();
        match key {
            "suite.suites" => self.suite(&mut cursor, at, 0, batch)?,
            "suite.tests" => self.test(&mut cursor, at, 0, batch)?,
            _ => {
                let fields = json::fields(cursor.skip_value()?);
                let text = |key: &str| fields.get(key).map(|value| json::plain(value)).unwrap_or_default();
                self.run.error(&text("level"), &text("message"));
            }
        }
        Ok(cursor.at)
    }

    fn value(&mut self, key: &str, text: &str, at: u64, _batch: &mut Batch) {
        match key.strip_prefix("suite.") {
            Some(key) => {
                self.root_suite();
                self.field(0, key, text, at);
            }
            None if matches!(key, "generator" | "generated") => {
                self.run.properties.push((key.to_owned(), json::plain(text).into_owned()));
            }
            None => {}
        }
    }

    fn finish(&mut self, _root: Root, batch: &mut Batch) {
        self.run.finish(batch);
    }
}

impl Robot {
    fn root_suite(&mut self) {
        if self.run.suites.is_empty() {
            self.run.suites.push(Suite::default());
        }
    }

    /// Reads a suite. `at` is the byte of the file where the cursor's text begins.
    fn suite(&mut self, cursor: &mut Cursor, at: u64, parent: usize, batch: &mut Batch) -> Result<(), Fault> {
        let index = self.run.suites.len();
        let depth = self.run.suites.get(parent).map_or(0, |parent| parent.depth) + 1;
        self.run.suites.push(Suite { parent: Some(parent), depth, ..Suite::default() });
        if depth >= limits::SUITE_DEPTH {
            let place = at + cursor.at as u64;
            batch.note_unreadable(
                place,
                format!("suites are nested deeper than {}; the inner ones were ignored", limits::SUITE_DEPTH),
            );
            return cursor.skip_value().map(|_| ());
        }
        cursor.object(&mut |key, value| match (key, value.peek()) {
            ("suites", Some(b'[')) => value.array(&mut |suite| match suite.peek() {
                Some(b'{') => self.suite(suite, at, index, batch),
                _ => suite.skip_value().map(|_| ()),
            }),
            ("tests", Some(b'[')) => value.array(&mut |test| match test.peek() {
                Some(b'{') => self.test(test, at, index, batch),
                _ => test.skip_value().map(|_| ()),
            }),
            _ => {
                let place = at + value.at as u64;
                let text = value.skip_value()?;
                self.field(index, key, text, place);
                Ok(())
            }
        })
    }

    /// Reads a field of a suite, whose value begins at byte `at`.
    fn field(&mut self, index: usize, key: &str, text: &str, at: u64) {
        let Some(suite) = self.run.suites.get_mut(index) else {
            return;
        };
        match key {
            "name" => suite.name = json::plain(text).into_owned(),
            "status" => suite.status = json::plain(text).into_owned(),
            "message" => suite.message = json::plain(text).into_owned(),
            "source" => suite.source = json::plain(text).into_owned(),
            "start_time" => suite.started = Timestamp::parse(&json::plain(text)),
            "elapsed_time" => suite.elapsed_s = json::seconds(text),
            "metadata" => suite.metadata = pairs(text),
            "setup" | "teardown" => {
                let fields = json::fields(text);
                let value = |key: &str| fields.get(key).map(|value| json::plain(value).into_owned());
                let status = value("status").unwrap_or_default();
                if matches!(status.as_str(), "FAIL" | "SKIP") {
                    suite.fixtures.push(Fixture {
                        is_teardown: key == "teardown",
                        status,
                        message: value("message").unwrap_or_default(),
                        at,
                        len: text.len(),
                    });
                }
            }
            _ => {}
        }
    }

    fn test(&mut self, cursor: &mut Cursor, at: u64, suite: usize, batch: &mut Batch) -> Result<(), Fault> {
        let begin = cursor.at;
        let mut test = cursor.record(|test: &mut Test, key, value| {
            match key {
                "name" => test.name = value.text_or_empty(key)?.into_owned(),
                "status" => test.status = value.text_or_empty(key)?.into_owned(),
                "message" => test.message = value.text_or_empty(key)?.into_owned(),
                "elapsed_time" => test.elapsed_s = json::seconds(value.skip_value()?),
                "start_time" => test.began = Timestamp::parse(&json::plain(value.skip_value()?)),
                "tags" if value.peek() == Some(b'[') => value.array(&mut |tag| {
                    test.tags.push(tag.text_or_empty("tags")?.into_owned());
                    Ok(())
                })?,
                "metadata" => test.metadata = pairs(value.skip_value()?),
                _ => {}
            }
            Ok(())
        })?;
        (test.at, test.len) = (at + begin as u64, cursor.at - begin);
        if let Some(odd) = cursor.odd.take() {
            batch.note_unreadable(test.at, format!("in a test, {odd}; ignored"));
        }
        self.run.test(&test, suite, batch);
        Ok(())
    }
}

/// Returns keys and values of an object, in its order.
fn pairs(text: &str) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    let mut cursor = Cursor::new(text);
    if cursor.peek() == Some(b'{') {
        let _ = cursor.object(&mut |key, value| {
            pairs.push((key.to_owned(), json::plain(value.skip_value()?).into_owned()));
            Ok(())
        });
    }
    pairs
}

/// Reads the details of a test, or of a suite's setup or teardown.
fn details(slice: &str) -> Details {
    let mut details = Details::default();
    let fields = json::fields(slice);
    let text = |key: &str| fields.get(key).map(|value| json::plain(value)).unwrap_or_default();
    let mut log = Log::default();
    let (status, said) = (text("status"), text("message"));
    // A keyword has no id.
    if fields.contains_key("id") {
        let message = Message::read(&said);
        if !message.now.is_empty() {
            let title = if status == "PASS" { "message" } else { &status.to_ascii_lowercase() };
            details.section(SectionKind::Reason, title, &message.now, "");
        }
        for (status, text) in message.earlier.iter().rev() {
            let title = format!("earlier attempt: {}", status.to_ascii_lowercase());
            details.section(SectionKind::Reason, &title, text, "");
        }
        // In the order in which they ran.
        for key in ["setup", "body", "teardown"] {
            let mut cursor = Cursor::new(fields.get(key).copied().unwrap_or(""));
            let _ = if cursor.peek() == Some(b'[') {
                items(&mut cursor, 0, &mut log)
            } else {
                item(&mut cursor, 0, &mut log)
            };
        }
    } else {
        details.section(SectionKind::Reason, "suite setup or teardown", &plain(&said), "");
        let _ = item(&mut Cursor::new(slice), 0, &mut log);
    }
    details.section(SectionKind::Output, "log", "", &log.text());
    for (key, name) in [("lineno", "line"), ("doc", "doc"), ("timeout", "timeout")] {
        let value = text(key);
        if fields.contains_key("id") && !value.is_empty() {
            details.properties.push((name.to_owned(), value.into_owned()));
        }
    }
    let mut tags = Cursor::new(fields.get("tags").copied().unwrap_or(""));
    if tags.peek() == Some(b'[') {
        let _ = tags.array(&mut |tag| {
            details.properties.push(("tag".to_owned(), json::plain(tag.skip_value()?).into_owned()));
            Ok(())
        });
    }
    details.properties.extend(pairs(fields.get("metadata").copied().unwrap_or("")));
    details
}

/// The greatest depth that a log shows.
const DEPTH: usize = 100;

fn items(cursor: &mut Cursor, depth: usize, log: &mut Log) -> Result<(), Fault> {
    cursor.array(&mut |inner| item(inner, depth, log))
}

/// Adds a keyword, a control structure, or a message to the log.
fn item(cursor: &mut Cursor, depth: usize, log: &mut Log) -> Result<(), Fault> {
    if depth > DEPTH || cursor.peek() != Some(b'{') {
        return cursor.skip_value().map(|_| ());
    }
    let line = log.begin();
    let (mut kind, mut words) = (String::new(), [const { Vec::new() }; 3]);
    let [names, assigned, arguments] = &mut words;
    let (mut status, mut message, mut level, mut is_html) =
        (String::new(), String::new(), String::new(), false);
    cursor.object(&mut |key, value| {
        match (key, value.peek()) {
            ("body" | "setup" | "teardown", Some(b'[')) => items(value, depth + 1, log)?,
            ("setup" | "teardown", Some(b'{')) => item(value, depth + 1, log)?,
            ("type", _) => {
                kind = value.text_or_empty(key)?.into_owned();
                if has_no_line(&kind) {
                    log.end(line, "");
                }
            }
            ("status", _) => status = value.text_or_empty(key)?.into_owned(),
            ("message", _) => message = value.text_or_empty(key)?.into_owned(),
            ("level", _) => level = value.text_or_empty(key)?.into_owned(),
            ("html", _) => is_html = value.skip_value()? == "true",
            ("name" | "condition" | "flavor" | "limit", Some(b'"')) => {
                names.push(value.string()?.into_owned())
            }
            ("args" | "values" | "patterns", Some(b'[')) => value.array(&mut |word| {
                arguments.push(word.text_or_empty("args")?.into_owned());
                Ok(())
            })?,
            ("assign", Some(b'[')) => value.array(&mut |name| {
                assigned.push(format!("→ {}", name.text_or_empty("assign")?));
                Ok(())
            })?,
            // An iteration has the values of its variables.
            ("assign", Some(b'{')) => {
                let values = pairs(value.skip_value()?);
                assigned.extend(values.iter().map(|(name, value)| format!("{name} = {value}")));
            }
            _ => {}
        }
        Ok(())
    })?;
    if kind == "MESSAGE" {
        let text = if is_html { from_html(&message) } else { message };
        log.message(&level, &text);
    } else if !has_no_line(&kind) {
        log.word(line, &kind);
        for word in words.iter().flatten() {
            log.word(line, word);
        }
        log.end(line, &status);
    }
    Ok(())
}

/// A message, or the root of an `IF` or `TRY`.
fn has_no_line(kind: &str) -> bool {
    kind == "MESSAGE" || kind.ends_with("ROOT")
}
