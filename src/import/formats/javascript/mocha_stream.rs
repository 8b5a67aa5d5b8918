//! Mocha's reporter `json-stream`: a line of JSON for each event.
//!
//! Source: mochajs/mocha, `lib/reporters/json-stream.js`. The stream has no pending tests.

use super::mocha::{add_test, details, stats};
use crate::import::batch::Batch;
use crate::import::collect::Occurrences;
use crate::import::importer::{LineImporter, LineReader};
use crate::import::json::{self, Object};
use crate::import::{About, Family, Format, Guide, Richness, TextFormat};
use crate::model::{Severity, counted};

pub const ABOUT: About = About {
    key: "mocha-json-stream",
    name: "Mocha JSON stream",
    tool: "Mocha",
    family: Family::JavaScript,
    richness: Richness::Native,
};

pub const GUIDE: Guide = Guide {
    about: &ABOUT,
    producers: "mocha --reporter json-stream",
    reads: "results while a run goes on",
    dut: "",
    limits: "no pending tests",
};

pub const FORMAT: Format = Format::Text(TextFormat {
    about: &ABOUT,
    detect: |head| {
        let start = head.text.trim_start();
        start.strip_prefix('[').is_some_and(|rest| rest.trim_start().starts_with("\"start\""))
    },
    importer: || Box::new(LineImporter::<Stream>::default()),
    details,
});

/// Lines such as `["pass", {…}]`.
#[derive(Default)]
struct Stream {
    total: Option<f64>,
    told: u64,
    is_finished: bool,
    bad: Occurrences,
    end: u64,
}

impl LineReader for Stream {
    fn line(&mut self, line: &str, at: u64, batch: &mut Batch) {
        self.end = at + line.len() as u64;
        if line.trim().is_empty() {
            return;
        }
        let (event, object) = match *json::elements(line).as_slice() {
            [event, object] if object.starts_with('{') => (event, object),
            _ => {
                self.bad.add(at);
                return;
            }
        };
        let inner = Object::of(object);
        match &*json::plain(event) {
            "start" => self.total = inner.number("total"),
            event @ ("pass" | "fail") => {
                self.told += 1;
                add_test(&inner, event, json::place(object, line, at), object.len(), batch);
            }
            "end" => {
                self.is_finished = true;
                stats(&inner, batch.session(0));
                if let Some(pending) = inner.number("pending").filter(|pending| *pending > 0.0) {
                    let pending = counted(pending as u64, "pending test");
                    batch.note(
                        Severity::Info,
                        Some(at),
                        format!("{pending} missing, because the stream omits them"),
                    );
                }
            }
            _ => self.bad.add(at),
        }
    }

    fn finish(&mut self, batch: &mut Batch) {
        batch.session(0);
        self.bad.note(Severity::Warning, batch, &|count, _| {
            format!("{} of an unknown kind; ignored", counted(count, "line"))
        });
        if !self.is_finished {
            let of = self.total.map_or(String::new(), |total| format!(" of {total}"));
            let text = format!("the run did not finish: {}{of} reported", counted(self.told, "test"));
            batch.session(0).mark_incomplete(&text);
            batch.note_unreadable(self.end, text);
        }
    }
}
