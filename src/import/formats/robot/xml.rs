//! `output.xml`.
//!
//! Schemas: none in the file up to Robot 3 (`tags/tag`, `metadata/item`), 2 to 4 for Robot 4 to 6
//! (`starttime` and `endtime`), 5 since 7 (`start` and `elapsed`). A test's keywords may be most of
//! the file; they are skipped until a person opens the test.

use super::log::Log;
use super::message::{Message, plain};
use super::{Fixture, Run, Suite, Test};
use crate::import::batch::Batch;
use crate::import::details::{Details, SectionKind};
use crate::import::xml::{Visitor, Walk, attribute, local_name};
use crate::import::{About, Family, Format, Guide, Importer, Richness, TextFormat, number};
use crate::model::{Timestamp, head};
use quick_xml::events::BytesStart;

pub const ABOUT: About = About {
    key: "robot",
    name: "Robot Framework XML",
    tool: "Robot Framework",
    family: Family::Python,
    richness: Richness::Native,
};

pub const GUIDE: Guide = Guide {
    about: &ABOUT,
    producers: "Robot Framework and rebot: output.xml",
    reads: "all versions; keywords with their messages, tags, failed setups and teardowns of suites, merged reruns",
    dut: "suite metadata; a tag such as `dut:NAME` that all tests have",
    limits: "a merged rerun has no log of earlier attempts",
};

pub const FORMAT: Format = Format::Text(TextFormat {
    about: &ABOUT,
    detect: |head| head.root == Some("robot"),
    importer: || Box::new(Robot::default()),
    details,
});

#[derive(Default)]
struct Robot {
    walk: Walk,
    reader: Reader,
}

impl Importer for Robot {
    fn read(&mut self, text: &str, at: u64, last: bool, batch: &mut Batch) -> usize {
        self.walk.read(text, at, last, &mut self.reader, batch)
    }

    fn finish(&mut self, batch: &mut Batch) {
        self.walk.finish(&self.reader, batch);
        self.reader.run.finish(batch);
    }
}

/// The open elements around the current place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Open {
    Root,
    /// A suite, by its index.
    Suite(usize),
    Test,
    /// A suite's setup or teardown.
    Fixture,
    Status,
    /// `tags`, `metadata`, `errors`.
    List,
    Tag,
    Metadata,
    Error,
}

/// The longest text of an element that is kept.
pub const TEXT_BYTES: usize = 64 << 10;

#[derive(Default)]
struct Reader {
    run: Run,
    open: Vec<Open>,
    test: Test,
    fixture: Option<Fixture>,
    /// The content of `status`: word, start, seconds.
    status: (String, Option<Timestamp>, Option<f64>),
    /// The name of metadata, or the level of an error.
    name: String,
    text: String,
}

impl Reader {
    fn suite(&self) -> Option<usize> {
        self.open.iter().rev().find_map(|open| match open {
            Open::Suite(index) => Some(*index),
            _ => None,
        })
    }

    fn start_root(&mut self, element: &BytesStart) {
        for name in ["generator", "generated", "schemaversion"] {
            if let Some(value) = attribute(element, name) {
                self.run.properties.push((name.to_owned(), value));
            }
        }
    }

    fn close_status(&mut self, text: &str) {
        let (word, started, elapsed_s) = std::mem::take(&mut self.status);
        match self.open.last() {
            Some(Open::Test) => {
                (self.test.status, self.test.began, self.test.elapsed_s) = (word, started, elapsed_s);
                text.clone_into(&mut self.test.message);
            }
            Some(Open::Fixture) => {
                if let Some(fixture) = &mut self.fixture {
                    fixture.status = word;
                    text.clone_into(&mut fixture.message);
                }
            }
            Some(&Open::Suite(index)) => {
                if let Some(suite) = self.run.suites.get_mut(index) {
                    (suite.started, suite.elapsed_s, suite.status) = (started, elapsed_s, word);
                    text.clone_into(&mut suite.message);
                }
            }
            _ => {}
        }
    }

    fn close_suite(&mut self, index: usize) {
        let Some(suite) = self.run.suites.get_mut(index) else {
            return;
        };
        // Before version 7 a keyword has no message; its suite has it.
        for fixture in &mut suite.fixtures {
            if fixture.message.is_empty() {
                let message = plain(&suite.message);
                let own = message.split_once(":\n").map_or(&*message, |(_, own)| own);
                own.clone_into(&mut fixture.message);
            }
        }
    }
}

impl Visitor for Reader {
    fn start(&mut self, element: &BytesStart, at: u64, _batch: &mut Batch) -> bool {
        let name = local_name(element.name());
        let value = |name: &str| attribute(element, name).unwrap_or_default();
        let opened = match (self.open.last(), name) {
            (None, "robot") => {
                self.start_root(element);
                Open::Root
            }
            (Some(Open::Root | Open::Suite(_)), "suite") => {
                self.run.suites.push(Suite {
                    parent: self.suite(),
                    name: value("name"),
                    source: value("source"),
                    ..Suite::default()
                });
                Open::Suite(self.run.suites.len() - 1)
            }
            (Some(Open::Suite(_)), "test") => {
                self.test = Test { name: value("name"), at, ..Test::default() };
                Open::Test
            }
            (Some(Open::Suite(_)), "kw") => {
                let is_teardown = match value("type").as_str() {
                    "SETUP" | "setup" => false,
                    "TEARDOWN" | "teardown" => true,
                    _ => return false,
                };
                let (status, message) = <(String, String)>::default();
                self.fixture = Some(Fixture { is_teardown, status, message, at, len: 0 });
                Open::Fixture
            }
            (Some(Open::Test | Open::Fixture | Open::Suite(_)), "status") => {
                let (start, end) =
                    (Timestamp::parse(&value("starttime")), Timestamp::parse(&value("endtime")));
                let between =
                    start.zip(end).map(|(start, end)| (end.unix_ms - start.unix_ms) as f64 / 1000.0);
                let elapsed = attribute(element, "elapsed").and_then(|text| number::seconds(&text));
                let started = start.or_else(|| Timestamp::parse(&value("start")));
                self.status = (value("status"), started, elapsed.or(between.filter(|&s| s >= 0.0)));
                Open::Status
            }
            (Some(Open::Test), "tags")
            | (Some(Open::Suite(_)), "metadata")
            | (Some(Open::Root), "errors") => Open::List,
            (Some(Open::Test | Open::List), "tag") => Open::Tag,
            (Some(Open::Test | Open::Suite(_) | Open::List), "meta" | "item") => {
                self.name = value("name");
                Open::Metadata
            }
            (Some(Open::List), "msg") => {
                self.name = value("level");
                Open::Error
            }
            _ => return false,
        };
        self.open.push(opened);
        self.text.clear();
        true
    }

    fn wants_text(&self) -> bool {
        matches!(self.open.last(), Some(Open::Status | Open::Tag | Open::Metadata | Open::Error))
    }

    fn text(&mut self, text: &str) {
        self.text.push_str(head(text, TEXT_BYTES.saturating_sub(self.text.len())));
    }

    fn close(&mut self, end: u64, batch: &mut Batch) {
        let Some(closed) = self.open.pop() else {
            return;
        };
        let text = std::mem::take(&mut self.text).replace("\r\n", "\n");
        let text = text.trim();
        let len = |at: u64| usize::try_from(end.saturating_sub(at)).unwrap_or(usize::MAX);
        match closed {
            Open::Status => self.close_status(text),
            Open::Tag => self.test.tags.push(text.to_owned()),
            Open::Metadata => {
                let entry = (std::mem::take(&mut self.name), text.to_owned());
                if self.open.last() == Some(&Open::Test) {
                    self.test.metadata.push(entry);
                } else if let Some(suite) = self.suite().and_then(|index| self.run.suites.get_mut(index)) {
                    suite.metadata.push(entry);
                }
            }
            Open::Error => self.run.error(&self.name, text),
            Open::Test => {
                let mut test = std::mem::take(&mut self.test);
                test.len = len(test.at);
                if let Some(suite) = self.suite() {
                    self.run.test(&test, suite, batch);
                }
            }
            Open::Fixture => {
                let fixture = self.fixture.take().filter(|f| matches!(f.status.as_str(), "FAIL" | "SKIP"));
                let suite = self.suite().and_then(|index| self.run.suites.get_mut(index));
                if let (Some(suite), Some(fixture)) = (suite, fixture) {
                    suite.fixtures.push(Fixture { len: len(fixture.at), ..fixture });
                }
            }
            Open::Suite(index) => self.close_suite(index),
            Open::Root | Open::List => {}
        }
    }

    fn place(&self, batch: &Batch) -> String {
        if self.open.contains(&Open::Test) {
            return format!(" in test `{}`", head(&self.test.name, 80));
        }
        match batch.rows.last() {
            Some(last) => format!(" after test `{}`", head(batch.get(last.name), 80)),
            None => " before the first test".to_owned(),
        }
    }
}

fn details(slice: &str) -> Details {
    let (mut walk, mut batch, mut texts) = (Walk::default(), Batch::default(), Texts::default());
    walk.read(slice, 0, true, &mut texts, &mut batch);
    texts.details()
}

/// The open elements in a test, or in a suite's setup or teardown.
enum Part {
    /// The test.
    Test,
    /// A keyword or a control structure.
    Item,
    /// An element without a line of its own.
    Inner,
    /// A message of a keyword: its level, and whether it is HTML.
    Message(String, bool),
    /// An argument or value of a keyword.
    Word,
    /// An argument or value with a name.
    Named(String),
    /// A variable that a keyword assigns.
    Assign,
    Status(String),
    /// A property of the test.
    Property(String),
}

#[derive(Default)]
struct Texts {
    open: Vec<Part>,
    /// The open keywords: their lines in the log, and their statuses.
    items: Vec<(usize, String)>,
    log: Log,
    text: String,
    status: String,
    message: String,
    failed: String,
    /// It is a suite's setup or teardown.
    fixture: String,
    properties: Vec<(String, String)>,
}

impl Texts {
    fn word(&mut self, word: &str) {
        if let Some((line, _)) = self.items.last() {
            self.log.word(*line, word);
        }
    }

    fn begin(&mut self, name: &str, value: &dyn Fn(&str) -> String) -> Part {
        self.items.push((self.log.begin(), String::new()));
        self.word(&match name {
            "kw" => value("name"),
            "branch" => value("type"),
            "iter" => "ITERATION".to_owned(),
            name => name.to_ascii_uppercase(),
        });
        for name in ["flavor", "condition", "limit"] {
            self.word(&value(name));
        }
        Part::Item
    }

    fn details(mut self) -> Details {
        let mut details = Details::default();
        let message = Message::read(&self.message);
        if !self.fixture.is_empty() {
            let why = if self.message.is_empty() { &self.failed } else { &self.message };
            let title = format!("suite {}", self.fixture.to_ascii_lowercase());
            details.section(SectionKind::Reason, &title, &plain(why), "");
        } else if !message.now.is_empty() {
            let title = if self.status == "PASS" { "message" } else { &self.status.to_ascii_lowercase() };
            details.section(SectionKind::Reason, title, &message.now, "");
        }
        for (status, text) in message.earlier.iter().rev() {
            let title = format!("earlier attempt: {}", status.to_ascii_lowercase());
            details.section(SectionKind::Reason, &title, text, "");
        }
        details.section(SectionKind::Output, "log", "", &self.log.text());
        details.properties.append(&mut self.properties);
        details
    }
}

impl Visitor for Texts {
    fn start(&mut self, element: &BytesStart, _at: u64, _batch: &mut Batch) -> bool {
        let name = local_name(element.name());
        let value = |name: &str| attribute(element, name).unwrap_or_default();
        let is_of_test = matches!(self.open.last(), Some(Part::Test | Part::Inner)) && self.items.is_empty();
        let part = match name {
            "test" if self.open.is_empty() => {
                self.properties.extend(attribute(element, "line").map(|line| ("line".to_owned(), line)));
                Part::Test
            }
            "kw" if self.open.is_empty() => {
                self.fixture = value("type");
                self.begin(name, &value)
            }
            "status" => Part::Status(value("status")),
            "msg" => Part::Message(value("level"), matches!(value("html").as_str(), "true" | "yes")),
            "tags" | "arguments" | "assign" | "if" | "try" => Part::Inner,
            "timeout" if is_of_test => {
                self.properties.push((name.to_owned(), value("value")));
                Part::Inner
            }
            "doc" | "tag" if is_of_test => Part::Property(name.to_owned()),
            "meta" if is_of_test => Part::Property(value("name")),
            "doc" | "timeout" | "tag" | "meta" => return false,
            "arg" | "value" | "pattern" => Part::Word,
            "var" => match attribute(element, "name") {
                Some(name) => Part::Named(name),
                None => Part::Assign,
            },
            _ => self.begin(name, &value),
        };
        self.open.push(part);
        self.text.clear();
        true
    }

    fn wants_text(&self) -> bool {
        !matches!(self.open.last(), None | Some(Part::Test | Part::Item | Part::Inner))
    }

    fn text(&mut self, text: &str) {
        self.text.push_str(text);
    }

    fn close(&mut self, _end: u64, _batch: &mut Batch) {
        let text = std::mem::take(&mut self.text).replace("\r\n", "\n");
        let text = text.trim();
        match self.open.pop() {
            Some(Part::Item) => {
                if let Some((line, status)) = self.items.pop() {
                    self.log.end(line, &status);
                }
            }
            Some(Part::Message(level, is_html)) => {
                let text = if is_html { super::message::from_html(text) } else { text.to_owned() };
                self.log.message(&level, &text);
                if level == "FAIL" {
                    self.failed = text;
                }
            }
            Some(Part::Word) => self.word(text),
            Some(Part::Named(name)) => self.word(&format!("{name} = {text}")),
            Some(Part::Assign) => self.word(&format!("→ {text}")),
            Some(Part::Status(word)) => {
                if self.open.len() == 1 {
                    word.clone_into(&mut self.status);
                    text.clone_into(&mut self.message);
                }
                if let (Some(Part::Item), Some((_, status))) = (self.open.last(), self.items.last_mut()) {
                    *status = word;
                }
            }
            Some(Part::Property(name)) if !text.is_empty() => {
                self.properties.push((name, text.to_owned()));
            }
            _ => {}
        }
    }

    fn place(&self, _batch: &Batch) -> String {
        String::new()
    }
}
