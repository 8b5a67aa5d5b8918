//! TRX: what `dotnet test --logger trx` and Visual Studio write.
//!
//! Source: the schema `vstst.xsd` of Visual Studio, and microsoft/vstest, `TestOutcome.cs`. A
//! result refers to a test, whose class is in the definitions, which may follow all results. So
//! results are added at the end. A test with data rows has one result that contains those of the
//! rows. Each row counts; the enclosing result, which only summarizes them, does not.

use crate::import::batch::{Batch, Entry, Scope, first_line};
use crate::import::collect::Occurrences;
use crate::import::details::{Details, SectionKind};
use crate::import::xml::{Element, ElementReader, Elements};
use crate::import::{About, Family, Format, Guide, Richness, TextFormat, number};
use crate::model::{Outcome, Severity, Timestamp};
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
    reads: "data rows, output, run times, crashes and aborts of the run",
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
    /// The outcome of the whole run, "" if the file has none.
    outcome: String,
    /// Errors of the run itself, such as a crash of the test host.
    errors: Vec<String>,
}

/// A result whose class is not known yet.
struct Found {
    id: String,
    name: String,
    outcome: Outcome,
    native: String,
    duration_s: Option<f64>,
    began: Option<Timestamp>,
    worker: String,
    message: String,
    trace: String,
    at: u64,
    len: usize,
}

/// The most errors of a run that are kept.
const RUN_ERRORS: usize = 20;

/// Returns whether a run with this outcome went wrong.
fn is_bad_run(outcome: &str) -> bool {
    matches!(outcome, "Error" | "Failed" | "Timeout" | "Aborted" | "Disconnected" | "InProgress")
}

const RESULTS: [&str; 4] = ["UnitTestResult", "TestResult", "GenericTestResult", "WebTestResult"];

impl ElementReader for Trx {
    fn is_whole(&self, name: &str) -> bool {
        RESULTS.contains(&name) || matches!(name, "UnitTest" | "RunInfo")
    }

    fn open(&mut self, element: &Element, _at: u64, batch: &mut Batch) {
        let draft = batch.session(0);
        match element.name.as_str() {
            "ResultSummary" => element.value("outcome").clone_into(&mut self.outcome),
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
        if element.name == "RunInfo" {
            self.run_info(element, at, batch);
            return;
        }
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
        self.settle_run(batch);
        for found in std::mem::take(&mut self.results) {
            let class = self.classes.get(&found.id).map_or("", String::as_str);
            let in_class = found.name.strip_prefix(class).and_then(|rest| rest.strip_prefix('.'));
            batch.push_entry(Entry {
                scope: Scope::Dotted(class),
                name: in_class.unwrap_or(&found.name),
                outcome: found.outcome,
                native: &found.native,
                duration_s: found.duration_s,
                began_ms: found.began.map(|began| began.unix_ms as f64),
                worker: &found.worker,
                message: &found.message,
                trace: &found.trace,
                at: found.at,
                len: found.len,
                ..Entry::default()
            });
        }
        self.unknown.note_unknown("test", "outcome", batch);
    }
}

impl Trx {
    /// Reads a message about the whole run. xUnit.net's adapter writes its log there, which says of
    /// each failing test that it failed.
    fn run_info(&mut self, element: &Element, at: u64, batch: &mut Batch) {
        let text = element.text_of("Text").trim();
        let outcome = element.value("outcome");
        let is_log = text.starts_with("[xUnit.net");
        if !is_bad_run(outcome) || is_log || text.is_empty() || self.errors.len() >= RUN_ERRORS {
            return;
        }
        batch.note(Severity::Warning, Some(at), format!("the run reports: {}", first_line(text)));
        batch.session(0).text(&format!("run: {outcome}"), text);
        self.errors.push(text.to_owned());
    }

    /// Marks the session as incomplete if the run as a whole went wrong and no result says so. A run
    /// with a failing test has the outcome `Failed`, too.
    fn settle_run(&self, batch: &mut Batch) {
        let has_failing = self.results.iter().any(|found| found.outcome.is_failing());
        let draft = batch.session(0);
        if let Some(error) = self.errors.first() {
            draft.mark_incomplete(first_line(error));
        }
        match self.outcome.as_str() {
            "Failed" if !has_failing => draft.mark_incomplete("the run failed, although no test did"),
            "Failed" => {}
            "PassedButRunAborted" => draft.mark_incomplete("the run was aborted"),
            outcome if is_bad_run(outcome) => {
                draft.mark_incomplete(&format!("the outcome of the run is `{outcome}`"));
            }
            _ => {}
        }
    }

    fn add(&mut self, element: &Element, id: &str, at: u64, len: usize) {
        let native = element.value("outcome");
        let outcome = match native {
            "Passed" | "PassedButRunAborted" | "Warning" | "Completed" => Outcome::Passed,
            "Failed" => Outcome::Failed,
            "Error" | "Timeout" | "Aborted" | "Disconnected" => Outcome::Error,
            "NotExecuted" => Outcome::Skipped,
            "NotRunnable" | "Pending" | "Blocked" | "InProgress" => Outcome::NotRun,
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
            duration_s: element.attribute("duration").and_then(number::seconds),
            began: element.attribute("startTime").and_then(Timestamp::parse),
            worker: element.value("computerName").to_owned(),
            message: error(element).map_or(String::new(), |error| error.text_of("Message").to_owned()),
            trace: error(element).map_or(String::new(), |error| error.text_of("StackTrace").to_owned()),
            at,
            len,
        });
    }
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
