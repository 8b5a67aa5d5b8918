//! xUnit.net's XML, versions 2 and 3, and its imitations (Fixie).
//!
//! Source: xunit.net, "XML Format (v2+)". An `assembly` is one run of a test program; `collection`
//! groups tests for parallel runs and is not part of a test's identity. A test's name consists of
//! its class, its method and the arguments of a theory. A failing fixture is in `errors` of the
//! assembly.

use crate::import::batch::{Batch, Entry, Scope};
use crate::import::collect::Occurrences;
use crate::import::details::{Details, SectionKind};
use crate::import::xml::{Element, ElementReader, Elements};
use crate::import::{About, Family, Format, Guide, Richness, TextFormat, number};
use crate::model::{Outcome, Timestamp};

pub const ABOUT: About = About {
    key: "xunit-net",
    name: "xUnit.net XML",
    tool: "xUnit.net",
    family: Family::DotNet,
    richness: Richness::Native,
};

pub const GUIDE: Guide = Guide {
    about: &ABOUT,
    producers: "xUnit.net 2 and 3, Fixie",
    reads: "assemblies, traits, output",
    dut: "",
    limits: "",
};

pub const FORMAT: Format = Format::Text(TextFormat {
    about: &ABOUT,
    detect: |head| matches!(head.root, Some("assemblies" | "assembly")),
    importer: || Box::new(Elements::<XunitNet>::default()),
    details,
});

#[derive(Default)]
struct XunitNet {
    assemblies: usize,
    unknown: Occurrences,
}

impl XunitNet {
    /// Index of the open assembly; tests outside of assemblies have one, too.
    fn session(&self) -> usize {
        self.assemblies.saturating_sub(1)
    }
}

impl ElementReader for XunitNet {
    fn is_whole(&self, name: &str) -> bool {
        matches!(name, "test" | "error")
    }

    fn open(&mut self, element: &Element, _at: u64, batch: &mut Batch) {
        if element.name != "assembly" {
            return;
        }
        self.assemblies += 1;
        let draft = batch.session(self.assemblies - 1);
        let date_and_time = format!("{}T{}", element.value("run-date"), element.value("run-time"));
        let started = element.attribute("start-rtf").map_or(date_and_time, str::to_owned);
        draft.started = Timestamp::parse(&started);
        draft.duration_s = element.attribute("time").and_then(number::seconds);
        let program = element.value("name");
        draft.label = program.rsplit(['/', '\\']).next().filter(|name| !name.is_empty()).map(str::to_owned);
        for name in ["name", "environment", "test-framework", "target-framework", "config-file"] {
            if let Some(value) = element.attribute(name) {
                draft.property(name, value);
            }
        }
    }

    fn close(&mut self, _name: &str, _text: &str, _batch: &mut Batch) {}

    fn whole(&mut self, element: &Element, at: u64, len: usize, batch: &mut Batch) {
        let class = element.value("type");
        let full = element.value("name");
        let in_class = full.strip_prefix(class).and_then(|rest| rest.strip_prefix('.'));
        let message = message(element);
        let (outcome, native, name) = if element.name == "error" {
            (Outcome::Error, element.value("type"), full)
        } else {
            let word = element.value("result");
            let outcome = match word {
                "Pass" => Outcome::Passed,
                "Fail" => Outcome::Failed,
                "Skip" => Outcome::Skipped,
                "NotRun" => Outcome::NotRun,
                _ => {
                    self.unknown.add_example(at, word);
                    Outcome::Unknown
                }
            };
            (outcome, word, in_class.unwrap_or(full))
        };
        batch.push_entry(Entry {
            session: self.session(),
            scope: if element.name == "error" { Scope::Suite("errors", "") } else { Scope::Dotted(class) },
            name,
            outcome,
            native,
            duration_s: element.attribute("time").and_then(number::seconds),
            message,
            trace: element.child("failure").map_or("", |failure| failure.text_of("stack-trace")),
            at,
            len,
            ..Entry::default()
        });
    }

    fn finish(&mut self, batch: &mut Batch) {
        self.unknown.note_unknown("test", "result", batch);
    }
}

/// Returns the message of a failure, or the reason of a skip.
fn message(element: &Element) -> &str {
    match element.child("failure") {
        Some(failure) => failure.text_of("message"),
        None => element.text_of("reason"),
    }
}

fn details(slice: &str) -> Details {
    let mut details = Details::default();
    let Some(element) = Element::parse(slice) else {
        return details;
    };
    if let Some(failure) = element.child("failure") {
        let title = failure.attribute("exception-type").unwrap_or("failure");
        details.section(
            SectionKind::Reason,
            title,
            failure.text_of("message"),
            failure.text_of("stack-trace"),
        );
    } else if element.child("reason").is_some() {
        details.section(SectionKind::Reason, "skipped", element.text_of("reason"), "");
    }
    details.section(SectionKind::Output, "output", "", element.text_of("output"));
    for trait_ in element.child("traits").into_iter().flat_map(|traits| traits.all("trait")) {
        details.properties.push((trait_.value("name").to_owned(), trait_.value("value").to_owned()));
    }
    let (file, line) = (element.value("source-file"), element.value("source-line"));
    details.location = (!file.is_empty()).then(|| format!("{file}:{line}"));
    details
}
