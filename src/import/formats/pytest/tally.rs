//! pytest-tally (1.x): `tally-data.json`, rewritten while pytest runs.
//!
//! Oddities of `pytest_tally/plugin.py` and `classes.py`:
//!
//! - All tests share one list of `reports`, those of the test that ran last. They are read for that
//!   test only, so teardown errors of other tests are lost.
//! - A rerun test replaces itself.
//! - There are no timestamps and no messages.

use super::note_fault;
use crate::import::batch::{Batch, Entry, Scope};
use crate::import::details::Details;
use crate::import::importer::WholeFileImporter;
use crate::import::json::{self, Cursor, Fault};
use crate::import::{About, Family, Format, Guide, Richness, TextFormat};
use crate::model::{Outcome, Severity, counted};
use std::borrow::Cow;

pub const ABOUT: About = About {
    key: "pytest-tally",
    name: "pytest-tally",
    tool: "pytest-tally",
    family: Family::Python,
    richness: Richness::Native,
};

pub const GUIDE: Guide = Guide {
    about: &ABOUT,
    producers: "pytest --tally (JSON)",
    reads: "results while a run goes on",
    dut: "",
    limits: "no messages",
};

pub const FORMAT: Format = Format::Text(TextFormat {
    about: &ABOUT,
    detect: |head| head.has("tally_tests") || (head.has("session_started") && head.has("num_tests_to_run")),
    importer: || Box::new(WholeFileImporter::new(read)),
    details: |_| Details::default(),
});

/// A test. Of the reports only the outcome of the teardown is used.
#[derive(Default)]
struct Test<'a> {
    outcome: Cow<'a, str>,
    duration: &'a str,
    reports: &'a str,
}

fn test<'a>(cursor: &mut Cursor<'a>) -> Result<Test<'a>, Fault> {
    cursor.record(|test: &mut Test<'a>, key, value| {
        match key {
            "test_outcome" => test.outcome = value.text_or_empty(key)?,
            "test_duration" => test.duration = value.skip_value()?,
            "reports" => test.reports = value.skip_value()?,
            _ => {}
        }
        Ok(())
    })
}

fn read(text: &str, at: u64, batch: &mut Batch) {
    let mut cursor = Cursor::new(text);
    let mut finished = None;
    let mut unknown = 0;
    batch.session(0);
    let done = cursor.object(&mut |key, value| {
        match (key, value.peek()) {
            ("tally_tests", Some(b'{')) => value.object(&mut |nodeid, value| {
                let test_at = at + value.at as u64;
                let (test, len) = json::entry(value.rest(), test_at, batch, test)?;
                value.at += len;
                if let Some(test) = test {
                    unknown += u64::from(!add(nodeid, &test, batch));
                }
                Ok(())
            })?,
            ("session_finished", _) => finished = Some(value.skip_value()? == "true"),
            ("session_duration", _) => batch.session(0).duration_s = json::seconds(value.skip_value()?),
            ("lastline_ansi", _) => batch.session(0).text("lastline", &value.text_or_empty(key)?),
            _ => drop(value.skip_value()?),
        }
        Ok(())
    });
    if unknown > 0 {
        let text = format!("{} with an unknown outcome: shown as unknown", counted(unknown, "test"));
        batch.note(Severity::Warning, None, text);
    }
    match (done, finished) {
        (Err(fault), _) => note_fault("JSON", fault, at + cursor.at as u64, batch),
        (Ok(()), Some(false)) => {
            batch.note_unreadable(at, "the session did not finish: the run was killed, or is still running")
        }
        _ => {}
    }
    if !batch.is_empty() {
        let text = "pytest-tally records no earlier attempts, and only the last test's teardown errors";
        batch.note(Severity::Info, None, text);
    }
}

/// Adds a test. Returns false if its outcome is unknown.
fn add(nodeid: &str, test: &Test, batch: &mut Batch) -> bool {
    let known = match &*test.outcome {
        // It was running.
        "" => Some(Outcome::NotRun),
        word => Outcome::from_native(word),
    };
    let teardown = json::fields(json::fields(test.reports).get("teardown").copied().unwrap_or(""));
    let says = |key: &str, word: &str| teardown.get(key).is_some_and(|value| json::plain(value) == word);
    let is_error = says("node_id", nodeid) && says("outcome", "failed");
    batch.push_entry(Entry {
        scope: Scope::NodeId,
        name: nodeid,
        outcome: if is_error { Outcome::Error } else { known.unwrap_or_default() },
        native: if test.outcome.is_empty() { "started" } else { &test.outcome },
        duration_s: json::seconds(test.duration),
        message: if is_error { "failed in the teardown" } else { "" },
        ..Entry::default()
    });
    known.is_some()
}
