//! Open Test Reporting: XML of events, and XML of a hierarchy.
//!
//! Source: ota4j-team/open-test-reporting, `schema/`; the events are what JUnit 5 and later write
//! as `open-test-report.xml` (`junit-platform-events-….xml` before 5.12; junit-platform-reporting,
//! `OpenTestReportGeneratingListener`). Tests and containers look alike: a node without children is
//! a test, except for an empty container of JUnit. A container that failed by itself, for example
//! in a setup for all tests, is a separate result. JUnit's `ABORTED` is a failed assumption. The
//! details of a test are spread over events, so they are kept.

use crate::import::batch::{Batch, Entry, Scope, kept_details};
use crate::import::collect::{IdentityClaims, Occurrences};
use crate::import::details::{Details, SectionKind};
use crate::import::xml::{Element, ElementReader, Elements};
use crate::import::{About, Family, Format, Guide, Richness, TextFormat, identify, limits, number};
use crate::model::{IdentityField, Outcome, Source, Timestamp};
use rustc_hash::FxHashMap;

pub const ABOUT: About = About {
    key: "open-test-reporting",
    name: "Open Test Reporting XML",
    tool: "Open Test Reporting",
    family: Family::AnyLanguage,
    richness: Richness::Native,
};

pub const GUIDE: Guide = Guide {
    about: &ABOUT,
    producers: "JUnit 5 and later: open-test-report.xml; events and hierarchies of other tools",
    reads: "events and hierarchies, output, report entries, tags, failed containers",
    dut: "report entries such as `dut`",
    limits: "attached files are named, but not read",
};

pub const FORMAT: Format = Format::Text(TextFormat {
    about: &ABOUT,
    detect: |head| {
        matches!(head.root, Some("events" | "execution"))
            && head.text.contains("schemas.opentest4j.org/reporting")
    },
    importer: || Box::new(Elements::<Report>::default()),
    details: kept_details::read,
});

#[derive(Default)]
struct Report {
    nodes: Vec<Node>,
    /// Nodes by the ids of their events.
    ids: FxHashMap<String, usize>,
    classes: Vec<String>,
    /// The open nodes of a hierarchy.
    open: Vec<usize>,
    claims: IdentityClaims,
    unknown: Occurrences,
}

/// A test or a container.
#[derive(Default)]
struct Node {
    name: String,
    parent: Option<usize>,
    has_children: bool,
    started: Option<Timestamp>,
    duration_s: Option<f64>,
    status: String,
    /// The reason, in a line.
    message: String,
    /// The exception is an assertion, according to Java.
    is_assertion: Option<bool>,
    /// JUnit calls it a container.
    is_container: bool,
    /// Its scope, or that of its container; 0 for none.
    class: usize,
    details: Option<Box<Details>>,
}

impl ElementReader for Report {
    fn is_whole(&self, name: &str) -> bool {
        let is_event = matches!(name, "started" | "reported" | "finished" | "infrastructure");
        is_event || matches!(name, "metadata" | "sources" | "attachments" | "result")
    }

    fn open(&mut self, element: &Element, _at: u64, _batch: &mut Batch) {
        if matches!(element.name.as_str(), "root" | "child") {
            let duration_s = element.attribute("duration").and_then(number::seconds);
            let started = element.attribute("start").and_then(Timestamp::parse);
            let node =
                Node { name: element.value("name").to_owned(), started, duration_s, ..Node::default() };
            let index = self.add(node, self.open.last().copied());
            self.open.push(index);
        }
    }

    fn close(&mut self, name: &str, _text: &str, _batch: &mut Batch) {
        if matches!(name, "root" | "child") {
            self.open.pop();
        }
    }

    fn whole(&mut self, element: &Element, at: u64, _len: usize, batch: &mut Batch) {
        match element.name.as_str() {
            "infrastructure" => infrastructure(element, batch),
            "started" => {
                let started = element.attribute("time").and_then(Timestamp::parse);
                let node = Node { name: element.value("name").to_owned(), started, ..Node::default() };
                let index = self.add(node, self.ids.get(element.value("parentId")).copied());
                self.ids.insert(element.value("id").to_owned(), index);
                element.children.iter().for_each(|part| self.part(index, part));
            }
            "reported" | "finished" => {
                let Some(&index) = self.ids.get(element.value("id")) else {
                    batch.note_unreadable(at, "an event of a test that did not start was ignored");
                    return;
                };
                element.children.iter().for_each(|part| self.part(index, part));
                if element.name == "finished" {
                    self.finished(index, element.attribute("time").and_then(Timestamp::parse));
                }
            }
            _ => {
                if let Some(&index) = self.open.last() {
                    self.part(index, element);
                }
            }
        }
    }

    fn finish(&mut self, batch: &mut Batch) {
        let mut ended: Option<Timestamp> = None;
        for index in 0..self.nodes.len() {
            self.settle(index, batch);
            let Some(node) = self.nodes.get(index) else {
                continue;
            };
            let draft = batch.session(0);
            if let Some(started) = node.started {
                draft.started = Some(draft.started.map_or(started, |first| first.min(started)));
                let end = started.plus_seconds(node.duration_s.unwrap_or(0.0));
                ended = Some(ended.map_or(end, |last| last.max(end)));
            }
            if node.status.is_empty() {
                draft.mark_incomplete("a test or container did not finish");
            }
        }
        let draft = batch.session(0);
        if let (Some(start), Some(end)) = (draft.started, ended) {
            draft.duration_s = Some((end.unix_ms - start.unix_ms) as f64 / 1000.0);
        }
        self.claims.apply(draft);
        self.unknown.note_unknown("test", "status", batch);
    }
}

impl Report {
    fn add(&mut self, node: Node, parent: Option<usize>) -> usize {
        let mut class = 0;
        if let Some(parent) = parent.and_then(|parent| self.nodes.get_mut(parent)) {
            parent.has_children = true;
            class = parent.class;
        }
        self.nodes.push(Node { parent, class, ..node });
        self.nodes.len() - 1
    }

    fn finished(&mut self, index: usize, end: Option<Timestamp>) {
        if let Some(node) = self.nodes.get_mut(index)
            && let (Some(start), Some(end)) = (node.started, end)
        {
            node.duration_s = Some((end.unix_ms - start.unix_ms) as f64 / 1000.0);
        }
    }

    /// Reads what an event or an element of a hierarchy says about a node.
    fn part(&mut self, index: usize, part: &Element) {
        let Some(node) = self.nodes.get_mut(index) else {
            return;
        };
        let details = node.details.get_or_insert_default();
        match part.name.as_str() {
            "metadata" => {
                node.is_container = part.text_of("type") == "CONTAINER";
                for tag in part.child("tags").into_iter().flat_map(|tags| tags.all("tag")) {
                    details.properties.push(("tag".to_owned(), tag.text.trim().to_owned()));
                }
                // As in JUnit's older reports.
                let name = part.text_of("legacyReportingName");
                if !name.is_empty() && name != node.name && !node.is_container {
                    let shown = std::mem::replace(&mut node.name, name.to_owned());
                    details.properties.push(("display name".to_owned(), shown));
                }
            }
            "sources" => {
                for source in &part.children {
                    if let Some(class) = source.attribute("className") {
                        if self.classes.last().is_none_or(|last| last != class) {
                            self.classes.push(class.to_owned());
                        }
                        node.class = self.classes.len();
                    }
                    let path = source.value("path");
                    if !path.is_empty() {
                        let line = source.child("filePosition").and_then(|place| place.attribute("line"));
                        details.location =
                            Some(line.map_or(path.to_owned(), |line| format!("{path}:{line}")));
                    }
                }
            }
            "attachments" => self.attachments(index, part),
            "result" => {
                part.value("status").clone_into(&mut node.status);
                let throwable = part.child("throwable");
                let thrown = throwable.map_or("", |throwable| throwable.text.trim());
                let reason = part.text_of("reason");
                node.is_assertion = throwable
                    .and_then(|throwable| throwable.attribute("assertionError"))
                    .map(|is| is == "true");
                node.message = if reason.is_empty() { first_cause(thrown) } else { reason }.to_owned();
                if !reason.is_empty() || throwable.is_some() {
                    let title =
                        throwable.and_then(|throwable| throwable.attribute("type")).unwrap_or(&node.status);
                    details.section(SectionKind::Reason, title, reason, thrown);
                }
            }
            _ => {}
        }
    }

    fn attachments(&mut self, index: usize, attachments: &Element) {
        let Some(node) = self.nodes.get_mut(index) else {
            return;
        };
        let details = node.details.get_or_insert_default();
        for attachment in &attachments.children {
            match attachment.name.as_str() {
                "output" => {
                    let title = attachment.attribute("source").unwrap_or("output");
                    details.section(SectionKind::Output, title, "", &attachment.text);
                }
                "data" => {
                    for entry in attachment.all("entry") {
                        let (name, value) = (entry.value("key"), entry.text.trim());
                        details.properties.push((name.to_owned(), value.to_owned()));
                        if let Some(identity) = identify::identity_field(name) {
                            self.claims.add(identity, name, value);
                        }
                    }
                }
                "file" => {
                    let path = attachment.value("path").to_owned();
                    details.properties.push(("file".to_owned(), path));
                }
                _ => {}
            }
        }
    }

    /// Adds an entry for a node, if it is a test or failed by itself.
    fn settle(&mut self, index: usize, batch: &mut Batch) {
        let Some(node) = self.nodes.get(index) else {
            return;
        };
        let (outcome, native) = match (node.status.as_str(), node.is_assertion) {
            ("SUCCESSFUL", _) => (Some(Outcome::Passed), "SUCCESSFUL"),
            ("FAILED", None | Some(true)) => (Some(Outcome::Failed), "FAILED"),
            ("FAILED", Some(false)) => (Some(Outcome::Error), "FAILED"),
            ("ERRORED", _) => (Some(Outcome::Error), "ERRORED"),
            ("SKIPPED", _) => (Some(Outcome::Skipped), "SKIPPED"),
            ("ABORTED", _) => (Some(Outcome::Skipped), "ABORTED"),
            // It has only started.
            ("", _) => (Some(Outcome::NotRun), "started"),
            (word, _) => (None, word),
        };
        let is_container = node.has_children || node.is_container;
        let says_why = node.details.as_ref().is_some_and(|details| !details.sections.is_empty());
        let is_broken = matches!(outcome, Some(Outcome::Failed | Outcome::Error)) && says_why;
        let is_left_out = matches!(outcome, Some(Outcome::Skipped)) && !node.has_children;
        if is_container && !is_broken && !is_left_out {
            return;
        }
        let outcome = match outcome {
            Some(_) if is_container && is_broken => Outcome::Error,
            Some(outcome) => outcome,
            None => {
                self.unknown.add_example(0, native);
                Outcome::Unknown
            }
        };
        let Some(node) = self.nodes.get(index) else {
            return;
        };
        let class = node.class.checked_sub(1).and_then(|class| self.classes.get(class));
        let scope = match class {
            Some(class) => class.clone(),
            None => self.path(if is_container { Some(index) } else { node.parent }),
        };
        let (at, len) = match &node.details {
            Some(details) => batch.keep_details(details),
            None => (0, 0),
        };
        batch.push_entry(Entry {
            scope: Scope::Dotted(&scope),
            name: if is_container { "(suite)" } else { &node.name },
            outcome,
            native,
            duration_s: node.duration_s,
            message: &node.message,
            trace: node.details.as_ref().map_or("", |details| details.trace()),
            at,
            len,
            ..Entry::default()
        });
    }

    /// Returns the names of a node and of those around it, with dots between them.
    fn path(&self, node: Option<usize>) -> String {
        let (mut names, mut at) = (Vec::new(), node);
        while let Some(node) =
            at.and_then(|index| self.nodes.get(index)).filter(|_| names.len() < limits::SUITE_DEPTH)
        {
            names.push(node.name.as_str());
            at = node.parent;
        }
        names.reverse();
        names.join(".")
    }
}

fn infrastructure(element: &Element, batch: &mut Batch) {
    let draft = batch.session(0);
    for part in &element.children {
        let text = part.text.trim();
        match part.name.as_str() {
            "hostName" => draft.hostname = Some(text.to_owned()),
            "commit" => draft.claim(IdentityField::Build, Source::Field, "commit", text),
            "userName" => {}
            name if text.is_empty() => {
                for (attribute, value) in &part.attributes {
                    draft.property(&format!("{name} {attribute}"), value);
                }
            }
            name => draft.property(name, text),
        }
    }
}

/// Returns the message of an exception without the class, which is in the details.
fn first_cause(thrown: &str) -> &str {
    let line = thrown.lines().next().unwrap_or("");
    match line.split_once(": ") {
        Some((class, message)) if !class.contains(' ') && !message.trim().is_empty() => message,
        _ => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_class_of_an_exception_is_no_message() {
        assert_eq!(first_cause("org.opentest4j.AssertionFailedError: too quiet\n\tat x"), "too quiet");
        assert_eq!(first_cause("java.lang.NullPointerException"), "java.lang.NullPointerException");
        assert_eq!(first_cause("not a class: x"), "not a class: x");
    }
}
