//! LTP's runners kirk and runltp-ng: `--json-report`.
//!
//! Source: linux-test-project/kirk, `libkirk/export.py`. The words are LTP's: `conf` is a test that
//! does not fit the system, `brok` a test whose setup failed, `warn` a test that ran with a problem
//! around it.

use crate::import::batch::{Batch, Entry, first_line};
use crate::import::collect::Occurrences;
use crate::import::details::{Details, SectionKind};
use crate::import::json::{self, Cursor, Fault, Root, Visitor};
use crate::import::{About, Family, Format, Guide, Richness, TextFormat};
use crate::model::{IdentityField, Outcome, Source, ansi, decimal};
use std::borrow::Cow;

pub const ABOUT: About = About {
    key: "ltp-kirk",
    name: "LTP JSON report",
    tool: "LTP",
    family: Family::Lab,
    richness: Richness::Native,
};

pub const GUIDE: Guide = Guide {
    about: &ABOUT,
    producers: "kirk and runltp-ng of the Linux Test Project: --json-report",
    reads: "logs, counters and exit codes of each test",
    dut: "`environment.kernel` is the build",
    limits: "suite and device are not in the file",
};

pub const FORMAT: Format = Format::Text(TextFormat {
    about: &ABOUT,
    detect: |head| !head.is_array && head.has("results") && head.text.contains("\"test_fqn\""),
    importer: json::document::<Kirk>,
    details,
});

#[derive(Default)]
struct Test<'a> {
    name: Cow<'a, str>,
    status: Cow<'a, str>,
    /// The JSON of an object.
    test: &'a str,
}

fn test<'a>(cursor: &mut Cursor<'a>) -> Result<Test<'a>, Fault> {
    cursor.record(|test: &mut Test<'a>, key, value| {
        match key {
            "test_fqn" => test.name = value.text_or_empty(key)?,
            "status" => test.status = value.text_or_empty(key)?,
            "test" => test.test = value.skip_value()?,
            _ => {}
        }
        Ok(())
    })
}

fn outcome(status: &str) -> Option<Outcome> {
    Some(match status {
        "pass" => Outcome::Passed,
        "fail" => Outcome::Failed,
        "brok" | "warn" => Outcome::Error,
        "conf" => Outcome::Skipped,
        _ => return None,
    })
}

#[derive(Default)]
struct Kirk {
    unknown: Occurrences,
}

impl Visitor for Kirk {
    fn has_entries(&self, key: &str) -> bool {
        key == "results"
    }

    fn whole(&mut self, _key: &str, text: &str, at: u64, batch: &mut Batch) -> Result<(), Fault> {
        let (Some(test), len) = json::entry(text, at, batch, test)? else {
            return Ok(());
        };
        let outcome = outcome(&test.status).unwrap_or_else(|| {
            self.unknown.add_example(at, if test.status.is_empty() { "(none)" } else { &test.status });
            Outcome::Unknown
        });
        let more = json::fields(test.test);
        let log = more.get("log").map(|log| json::plain(log)).unwrap_or_default();
        batch.push_entry(Entry {
            name: &test.name,
            outcome,
            native: &test.status,
            duration_s: more.get("duration").and_then(|seconds| json::seconds(seconds)),
            message: &message(&test.status, &log),
            at,
            len,
            ..Entry::default()
        });
        Ok(())
    }

    fn value(&mut self, key: &str, value: &str, _at: u64, batch: &mut Batch) {
        let draft = batch.session(0);
        match key {
            "environment" => {
                for (name, value) in json::fields(value) {
                    let text = json::plain(value);
                    match name.as_str() {
                        _ if value == "null" => {}
                        "kernel" => {
                            draft.claim(IdentityField::Build, Source::Field, "environment.kernel", &text)
                        }
                        _ => draft.attributes.push((name, text.into_owned())),
                    }
                }
            }
            "stats" => {
                let stats = json::fields(value);
                draft.duration_s =
                    stats.get("runtime").and_then(|text| decimal(text)).filter(|seconds| *seconds >= 0.0);
            }
            _ => {}
        }
    }

    fn finish(&mut self, _root: Root, batch: &mut Batch) {
        batch.session(0);
        self.unknown.note_unknown("test", "status", batch);
    }
}

/// Returns the first line of the log with the status: `TFAIL: …`.
fn message(status: &str, log: &str) -> String {
    if status == "pass" {
        return String::new();
    }
    let sign = format!("T{}", status.to_ascii_uppercase());
    let line = log.lines().find_map(|line| line.find(&sign).and_then(|at| line.get(at..)));
    ansi::runs(line.unwrap_or(first_line(log))).iter().map(|run| run.text).collect()
}

fn details(slice: &str) -> Details {
    let mut details = Details::default();
    let Ok(test) = test(&mut Cursor::new(slice)) else {
        return details;
    };
    for (name, value) in json::fields(test.test) {
        let text = json::plain(value);
        match name.as_str() {
            "log" if outcome(&test.status) == Some(Outcome::Passed) => {
                details.section(SectionKind::Output, "log", "", &text);
            }
            "log" => details.section(SectionKind::Reason, &test.status, "", &text),
            "duration" | "result" => {}
            _ => details.properties.push((name, text.split_whitespace().collect::<Vec<_>>().join(" "))),
        }
    }
    details
}
