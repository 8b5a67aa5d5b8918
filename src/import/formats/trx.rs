//! TRX: what `dotnet test --logger trx` and Visual Studio write.
//!
//! Source: the schema `vstst.xsd` of Visual Studio, and microsoft/vstest, `TestOutcome.cs`. A
//! result refers to a test, whose class is in the definitions, which may follow all results. So
//! results are added at the end. A test with data rows has one result that contains those of the
//! rows. Each row counts; the enclosing result, which only summarizes them, does not.

use crate::import::batch::{Batch, Entry, Scope};
use crate::import::collect::Occurrences;
use crate::import::details::{Details, SectionKind};
use crate::import::xml::{Element, ElementReader, Elements};
use crate::import::{About, Family, Format, Guide, Richness, TextFormat};
use crate::model::{Outcome, Timestamp, decimal};
use rustc_hash::FxHashMap;

pub const ABOUT: About = About {
    key: "trx",
    name: "Visual Studio TRX",
    tool: "Visual Studio TRX",
    family: Family::DotNet,
    richness: Richness::Native,
};

pub const GUIDE: Guide = Guide {
    about: &ABOUT,
    producers: "dotnet test --logger trx, vstest, MSTest, and the adapters of NUnit and xUnit.net",
    reads: "data rows, output, run times",
    dut: "`computerName`",
    limits: "attachments are not read",
};

pub const FORMAT: Format = Format::Text(TextFormat {
    about: &ABOUT,
    detect: |head| head.root == Some("TestRun") && head.text.contains("TeamTest"),
    importer: || Box::new(Elements::<Trx>::default()),
    details,
});

#[derive(Default)]
struct Trx {
    results: Vec<Found>,
    /// The class of each test, by its id.
    classes: FxHashMap<String, String>,
    unknown: Occurrences,
}

/// A result whose class is not known yet.
struct Found {
    id: String,
    name: String,
    outcome: Outcome,
    native: String,
    duration_s: Option<f64>,
    message: String,
    at: u64,
    len: usize,
}

const RESULTS: [&str; 4] = ["UnitTestResult", "TestResult", "GenericTestResult", "WebTestResult"];

impl ElementReader for Trx {
    fn is_whole(&self, name: &str) -> bool {
        RESULTS.contains(&name) || name == "UnitTest"
    }

    fn open(&mut self, element: &Element, _at: u64, batch: &mut Batch) {
        let draft = batch.session(0);
        match element.name.as_str() {
            "TestRun" => draft.label = element.attribute("name").map(str::to_owned),
            "Times" => {
                draft.started = element.attribute("start").and_then(Timestamp::parse);
                let finish = element.attribute("finish").and_then(Timestamp::parse);
                if let (Some(start), Some(finish)) = (draft.started, finish) {
                    draft.duration_s =
                        Some((finish.unix_ms - start.unix_ms) as f64 / 1000.0).filter(|&s| s >= 0.0);
                }
            }
            _ => {}
        }
    }

    fn close(&mut self, _name: &str, _text: &str, _batch: &mut Batch) {}

    fn whole(&mut self, element: &Element, at: u64, len: usize, batch: &mut Batch) {
        if element.name == "UnitTest" {
            let class = element.child("TestMethod").map_or("", |method| method.value("className"));
            // An assembly may follow: `Acme.Tests, Acme, Version=1.0.0.0`.
            let class = class.split(',').next().unwrap_or("").trim();
            self.classes.insert(element.value("id").to_owned(), class.to_owned());
            return;
        }
        if let Some(host) = element.attribute("computerName") {
            batch.session(0).hostname.get_or_insert_with(|| host.to_owned());
        }
        let inner = element.child("InnerResults");
        let rows = inner.into_iter().flat_map(|inner| inner.children.iter());
        let rows: Vec<&Element> = rows.filter(|row| RESULTS.contains(&row.name.as_str())).collect();
        if rows.is_empty() {
            self.add(element, element.value("testId"), at, len);
        }
        for row in rows {
            let id = row.attribute("testId").unwrap_or(element.value("testId"));
            self.add(row, id, at, len);
        }
    }

    fn finish(&mut self, batch: &mut Batch) {
        for found in std::mem::take(&mut self.results) {
            let class = self.classes.get(&found.id).map_or("", String::as_str);
            let in_class = found.name.strip_prefix(class).and_then(|rest| rest.strip_prefix('.'));
            batch.push_entry(Entry {
                scope: Scope::Dotted(class),
                name: in_class.unwrap_or(&found.name),
                outcome: found.outcome,
                native: &found.native,
                duration_s: found.duration_s,
                message: &found.message,
                at: found.at,
                len: found.len,
                ..Entry::default()
            });
        }
        self.unknown.note_unknown("test", "outcome", batch);
    }
}

impl Trx {
    fn add(&mut self, element: &Element, id: &str, at: u64, len: usize) {
        let native = element.value("outcome");
        let outcome = match native {
            "Passed" | "PassedButRunAborted" => Outcome::Passed,
            "Failed" => Outcome::Failed,
            "Error" | "Timeout" | "Aborted" | "Disconnected" => Outcome::Error,
            "NotExecuted" => Outcome::Skipped,
            "NotRunnable" | "Pending" => Outcome::NotRun,
            // By the schema, a missing outcome means passed, but that would be a guess.
            _ => {
                self.unknown.add_example(at, native);
                Outcome::Unknown
            }
        };
        self.results.push(Found {
            id: id.to_owned(),
            name: element.value("testName").to_owned(),
            outcome,
            native: native.to_owned(),
            duration_s: element.attribute("duration").and_then(time_span),
            message: error(element).map_or(String::new(), |error| error.text_of("Message").to_owned()),
            at,
            len,
        });
    }
}

/// Parses `hh:mm:ss.fffffff`, or with days before it, as .NET writes a `TimeSpan`.
fn time_span(text: &str) -> Option<f64> {
    let (days, clock) = match text.split_once('.') {
        Some((days, clock)) if clock.contains(':') => (decimal(days)?, clock),
        _ => (0.0, text),
    };
    let mut parts = clock.split(':');
    let mut part = || decimal(parts.next()?);
    let seconds = ((days * 24.0 + part()?) * 60.0 + part()?) * 60.0 + part()?;
    (parts.next().is_none() && !text.starts_with('-')).then_some(seconds)
}

fn error(element: &Element) -> Option<&Element> {
    element.child("Output")?.child("ErrorInfo")
}

fn details(slice: &str) -> Details {
    let mut details = Details::default();
    let Some(element) = Element::parse(slice) else {
        return details;
    };
    let rows = element.child("InnerResults").into_iter().flat_map(|inner| inner.children.iter());
    for result in std::iter::once(&element).chain(rows) {
        if let Some(error) = error(result) {
            let is_row = !std::ptr::eq(result, &element);
            let title = result.attribute("testName").filter(|_| is_row).unwrap_or("failure");
            details.section(
                SectionKind::Reason,
                title,
                error.text_of("Message"),
                error.text_of("StackTrace"),
            );
        }
        let Some(output) = result.child("Output") else {
            continue;
        };
        for (name, title) in
            [("StdOut", "standard output"), ("StdErr", "standard error"), ("DebugTrace", "debug trace")]
        {
            details.section(SectionKind::Output, title, "", output.text_of(name));
        }
    }
    details
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_spans_of_time() {
        assert_eq!(time_span("00:00:01.5000000"), Some(1.5));
        assert_eq!(time_span("1.02:03:04"), Some(93_784.0));
        for bad in ["", "1.5", "00:01", "a:b:c", "00:00:01:02", "-00:00:01"] {
            assert_eq!(time_span(bad), None, "{bad}");
        }
    }
}
