//! `--format json`: a line of JSON for each event of a test; also nextest's `--message-format
//! libtest-json`.
//!
//! A test that takes long has a `timeout`, which is not its end. nextest writes program and test as
//! `player::api$pair::finds`, followed by the number of the attempt if it was rerun; the last
//! attempt counts.

use super::{Programs, benchmark, panicked};
use crate::import::batch::{Batch, Entry, Scope, kept_details};
use crate::import::collect::Occurrences;
use crate::import::details::{Details, SectionKind, in_a_line};
use crate::import::importer::{LineImporter, LineReader};
use crate::import::json::{self, Cursor, Fault, StrayLines};
use crate::import::{About, Family, Format, Guide, Richness, TextFormat};
use crate::model::{Outcome, Severity, counted};
use crate::text::order::Order;
use rustc_hash::FxHashMap;
use std::borrow::Cow;

pub const ABOUT: About = About {
    key: "libtest",
    name: "libtest JSON",
    tool: "cargo test",
    family: Family::OtherLanguages,
    richness: Richness::Native,
};

pub const GUIDE: Guide = Guide {
    about: &ABOUT,
    producers: "cargo test -- -Z unstable-options --format json; cargo nextest --message-format libtest-json",
    reads: "several test programs, ignored tests and benchmarks, output, nextest's retries",
    dut: "",
    limits: "names of test programs only from cargo's own lines; no timestamps",
};

pub const FORMAT: Format = Format::Text(TextFormat {
    about: &ABOUT,
    detect: |head| {
        let is_event = |kind: &str| {
            let text = head.text;
            text.contains(&format!("\"type\": \"{kind}\", \""))
                || text.contains(&format!("\"type\":\"{kind}\",\""))
        };
        head.first_line_has(&["type", "event"]) && (is_event("suite") || is_event("test"))
    },
    importer: || Box::new(LineImporter::<Events>::default()),
    details: kept_details::read,
});

#[derive(Default)]
struct Event<'a> {
    kind: Cow<'a, str>,
    event: Cow<'a, str>,
    name: Cow<'a, str>,
    stdout: Cow<'a, str>,
    message: Cow<'a, str>,
    reason: Cow<'a, str>,
    exec_time_s: Option<f64>,
    median: Cow<'a, str>,
    deviation: Cow<'a, str>,
}

fn field<'a>(event: &mut Event<'a>, key: &str, value: &mut Cursor<'a>) -> Result<(), Fault> {
    match key {
        "type" => event.kind = value.text_or_empty(key)?,
        "event" => event.event = value.text_or_empty(key)?,
        "name" => event.name = value.text_or_empty(key)?,
        "stdout" => event.stdout = value.text_or_empty(key)?,
        "message" => event.message = value.text_or_empty(key)?,
        "reason" => event.reason = value.text_or_empty(key)?,
        "exec_time" => event.exec_time_s = json::seconds(value.skip_value()?),
        "median" => event.median = value.text_or_empty(key)?,
        "deviation" => event.deviation = value.text_or_empty(key)?,
        _ => {}
    }
    Ok(())
}

#[derive(Default)]
struct Events {
    programs: Programs,
    /// Running tests, and where they began.
    open: FxHashMap<String, u64>,
    /// Programs without an end so far.
    running: u32,
    duration_s: Option<f64>,
    unknown: Occurrences,
    strays: StrayLines,
    end: u64,
}

impl LineReader for Events {
    fn line(&mut self, line: &str, at: u64, batch: &mut Batch) {
        self.end = at + line.len() as u64;
        match json::line(line, field) {
            Some(event) => self.event(&event, at, batch),
            None => {
                self.programs.line(line);
                self.strays.add(line, at);
            }
        }
    }

    fn finish(&mut self, batch: &mut Batch) {
        if self.running > 0 || !self.open.is_empty() {
            self.end_tests((Outcome::NotRun, "started"), "the file ends while the test is running", batch);
            let text = "a test program did not finish: it crashed, was killed, or is still running";
            batch.session(0).mark_incomplete(text);
            batch.note_unreadable(self.end, text);
        }
        self.strays.report(0, batch);
        self.programs.finish(batch);
        self.unknown.note(Severity::Warning, batch, &|count, word| {
            format!("{}, such as `{word}`: ignored", counted(count, "unknown event"))
        });
        if self.duration_s.is_some() {
            batch.session(0).duration_s = self.duration_s;
        }
    }
}

impl Events {
    fn event(&mut self, event: &Event, at: u64, batch: &mut Batch) {
        match (&*event.kind, &*event.event) {
            ("suite", "started") => {
                // nextest runs programs in parallel, and their tests have the program's name.
                let others = self.open.keys().any(|name| !name.contains('$'));
                if others {
                    let why = "the test program ended while the test was running";
                    batch.session(0).mark_incomplete("a test program crashed or was killed");
                    self.end_tests((Outcome::Error, "started"), why, batch);
                    self.running = 0;
                }
                self.running += 1;
                self.programs.begins();
            }
            ("suite", "ok" | "failed") => {
                self.running = self.running.saturating_sub(1);
                if let Some(seconds) = event.exec_time_s {
                    *self.duration_s.get_or_insert(0.0) += seconds;
                }
                self.programs.ends();
            }
            ("test", "started") => {
                self.open.insert(event.name.to_string(), at);
            }
            ("test", "timeout") | ("report", _) => {}
            ("test", "ok") => self.add_result(event, Outcome::Passed, at, batch),
            ("test", "ignored") => self.add_result(event, Outcome::Skipped, at, batch),
            ("test", "failed") if event.reason.contains("time limit") => {
                self.add_result(event, Outcome::Error, at, batch)
            }
            ("test", "failed") => self.add_result(event, Outcome::Failed, at, batch),
            ("bench", _) => self.add_result(event, Outcome::Passed, at, batch),
            (kind, word) => {
                self.unknown.add_example(at, if kind == "test" { word } else { kind });
                if kind == "test" {
                    self.add_result(event, Outcome::Unknown, at, batch);
                }
            }
        }
    }

    fn add_result(&mut self, event: &Event, outcome: Outcome, at: u64, batch: &mut Batch) {
        let (name, attempts) = attempts(&event.name);
        self.open.remove(name);
        let (place, panic) = panicked(&event.stdout);
        let mut details = Details::default();
        let measured;
        let message = match outcome {
            _ if event.kind == "bench" => {
                details.measurements.push(benchmark(&event.median, &event.deviation));
                measured = in_a_line(&details.measurements);
                &measured
            }
            Outcome::Failed if event.message.is_empty() => panic,
            Outcome::Error => &event.reason,
            _ => event.message.lines().next().unwrap_or(""),
        };
        let native = if event.kind == "bench" { "bench" } else { &event.event };
        if outcome == Outcome::Passed {
            details.section(SectionKind::Output, "output", "", &event.stdout);
        } else if !(message.is_empty() && event.stdout.is_empty()) {
            details.section(SectionKind::Reason, native, &event.message, &event.stdout);
        }
        details.location = place.filter(|_| outcome.is_failing()).map(str::to_owned);
        let (place, len) = if details.sections.is_empty() && details.measurements.is_empty() {
            (0, 0)
        } else {
            batch.keep_details(&details)
        };
        let entry = Entry {
            name,
            outcome,
            native,
            duration_s: event.exec_time_s,
            measured: &details.measurements,
            message,
            trace: details.trace(),
            at: place,
            len,
            ..Entry::default()
        };
        if attempts > 1 {
            batch.facts.push((batch.len() as u32, attempts, outcome == Outcome::Passed));
        }
        self.entry(entry, at, batch);
    }

    fn entry(&mut self, entry: Entry, at: u64, batch: &mut Batch) {
        let Some((program, name)) = entry.name.split_once('$') else {
            return self.programs.entry(entry, at, batch);
        };
        // As in nextest's JUnit: the program of the library has the crate's name.
        let program = program.split_once("@stress-").map_or(program, |(program, _)| program);
        let program = match program.split_once("::") {
            Some((own, binary)) if own == binary => own,
            _ => program,
        };
        batch.push_entry(Entry { scope: Scope::Plain(program), name, ..entry });
    }

    /// Ends the running tests.
    fn end_tests(&mut self, (outcome, native): (Outcome, &str), why: &str, batch: &mut Batch) {
        let mut open: Vec<(String, u64)> = self.open.drain().collect();
        open.order_by_key(|(_, at)| *at);
        for (name, at) in open {
            let entry = Entry { name: &name, outcome, native, message: why, ..Entry::default() };
            self.entry(entry, at, batch);
        }
    }
}

/// Splits off the attempt: `player$pair#3` is the third attempt of `player$pair`.
fn attempts(name: &str) -> (&str, u16) {
    let attempts = name.rsplit_once('#').filter(|_| name.contains('$'));
    match attempts.map(|(name, count)| (name, count.parse())) {
        Some((name, Ok(count))) => (name, count),
        _ => (name, 1),
    }
}
