//! Avocado: `results.json` of a job.
//!
//! Source: avocado-framework, the plugin `jsonresult`. Oddities: `time_start` and `time_end` come
//! from a clock with an arbitrary zero; unknown values are `<unknown>`. The XML beside it has the
//! same results: see [`report`].

use crate::import::batch::{Batch, Entry};
use crate::import::collect::Occurrences;
use crate::import::details::{Details, SectionKind};
use crate::import::json::{self, Cursor, Fault, Root, Visitor};
use crate::import::{About, Family, Format, Guide, Richness, TextFormat};
use crate::model::{Outcome, ReportFile, ReportRole, Severity, Timestamp, counted, decimal};
use std::borrow::Cow;

pub const ABOUT: About = About {
    key: "avocado",
    name: "Avocado results",
    tool: "Avocado",
    family: Family::Lab,
    richness: Richness::Native,
};

pub const GUIDE: Guide = Guide {
    about: &ABOUT,
    producers: "Avocado: results.json of a job",
    reads: "reasons, variants, tags; a results.xml beside it is not counted twice",
    dut: "",
    limits: "logs are in other files, and are not read",
};

pub const FORMAT: Format = Format::Text(TextFormat {
    about: &ABOUT,
    detect: |head| !head.is_array && head.has("job_id") && (head.has("debuglog") || head.has("tests")),
    importer: json::document::<Avocado>,
    details,
});

/// Returns the report of the files that Avocado writes into the folder of a job.
pub(super) fn report() -> Option<ReportFile> {
    Some(ReportFile { kind: "avocado".to_owned(), role: ReportRole::Share { levels: 0 } })
}

#[derive(Default)]
struct Test<'a> {
    name: Cow<'a, str>,
    status: Cow<'a, str>,
    fail_reason: Cow<'a, str>,
    elapsed: Cow<'a, str>,
}

fn test<'a>(cursor: &mut Cursor<'a>) -> Result<Test<'a>, Fault> {
    cursor.record(|test: &mut Test<'a>, key, value| {
        let into = match key {
            "name" => &mut test.name,
            "status" => &mut test.status,
            "fail_reason" => &mut test.fail_reason,
            "time_elapsed" => &mut test.elapsed,
            _ => return Ok(()),
        };
        *into = value.text_or_empty(key)?;
        Ok(())
    })
}

/// The word for an unknown value.
const UNKNOWN: &str = "<unknown>";

#[derive(Default)]
struct Avocado {
    warned: Occurrences,
    unknown: Occurrences,
}

impl Visitor for Avocado {
    fn has_entries(&self, key: &str) -> bool {
        key == "tests"
    }

    fn whole(&mut self, _key: &str, text: &str, at: u64, batch: &mut Batch) -> Result<(), Fault> {
        let (Some(test), len) = json::entry(text, at, batch, test)? else {
            return Ok(());
        };
        let outcome = match &*test.status {
            "PASS" => Outcome::Passed,
            "WARN" => {
                self.warned.add(at);
                Outcome::Passed
            }
            "FAIL" => Outcome::Failed,
            "ERROR" | "INTERRUPTED" => Outcome::Error,
            "SKIP" | "CANCEL" => Outcome::Skipped,
            word => {
                self.unknown.add_example(at, if word.is_empty() { "(none)" } else { word });
                Outcome::Unknown
            }
        };
        batch.push_entry(Entry {
            name: &test.name,
            outcome,
            native: &test.status,
            duration_s: json::seconds(&test.elapsed),
            message: if test.fail_reason == UNKNOWN { "" } else { &test.fail_reason },
            at,
            len,
            ..Entry::default()
        });
        Ok(())
    }

    fn value(&mut self, key: &str, value: &str, _at: u64, batch: &mut Batch) {
        let text = json::plain(value);
        let draft = batch.session(0);
        match key {
            "start" => draft.started = Timestamp::parse(&text),
            "time" => draft.duration_s = decimal(value).filter(|seconds| *seconds >= 0.0),
            "job_id" | "debuglog" => draft.property(key, &text),
            _ => {}
        }
    }

    fn finish(&mut self, _root: Root, batch: &mut Batch) {
        batch.session(0).report = report();
        self.unknown.note_unknown("test", "status", batch);
        self.warned.note(Severity::Info, batch, &|count, _| {
            format!(
                "{} with the status WARN (a warning in the log): shown as passed, as in Avocado",
                counted(count, "test")
            )
        });
    }
}

fn details(slice: &str) -> Details {
    let mut details = Details::default();
    for (name, value) in json::fields(slice) {
        let text = json::plain(value);
        if text == UNKNOWN || matches!(&*text, "" | "null" | "{}") {
            continue;
        }
        match name.as_str() {
            "fail_reason" => details.section(SectionKind::Reason, "fail_reason", "", &text),
            "logfile" | "whiteboard" | "tags" | "id" => details.properties.push((name, text.into_owned())),
            _ => {}
        }
    }
    details
}
