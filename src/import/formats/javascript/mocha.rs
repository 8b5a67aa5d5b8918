//! Mocha's reporter `json`.
//!
//! Source: mochajs/mocha, `lib/reporters/json.js`. Oddities:
//!
//! - A test is in `tests`, and again in `passes`, `failures` or `pending`, which has the outcome. A
//!   hook that failed is only in `failures`.
//! - The suites of a test are part of `fullTitle`, which ends with its own title.
//! - A rerun test has only its last attempt, and `currentRetry`.

use crate::import::batch::{Batch, Entry, Scope};
use crate::import::details::{Details, SectionKind};
use crate::import::json::{self, Fault, Object, Root, Visitor};
use crate::import::{About, Family, Format, Guide, Richness, TextFormat};
use crate::model::{Outcome, SessionDraft, Timestamp, counted};

pub const ABOUT: About = About {
    key: "mocha-json",
    name: "Mocha JSON",
    tool: "Mocha",
    family: Family::JavaScript,
    richness: Richness::Native,
};

pub const GUIDE: Guide = Guide {
    about: &ABOUT,
    producers: "mocha --reporter json",
    reads: "hooks that failed, how often a test was run",
    dut: "",
    limits: "earlier attempts are only counted; no output",
};

pub const FORMAT: Format = Format::Text(TextFormat {
    about: &ABOUT,
    detect: |head| {
        let lists = ["passes", "failures", "pending"].iter().any(|key| head.has(key));
        !head.is_array && head.has("stats") && !head.has("results") && (lists || head.has("tests"))
    },
    importer: json::document::<Report>,
    details,
});

#[derive(Default)]
struct Report {
    tests: u64,
    /// The number of tests in the lists with outcomes.
    listed: u64,
}

impl Visitor for Report {
    fn has_entries(&self, key: &str) -> bool {
        matches!(key, "tests" | "passes" | "failures" | "pending")
    }

    fn whole(&mut self, key: &str, text: &str, at: u64, batch: &mut Batch) -> Result<(), Fault> {
        if key == "tests" {
            self.tests += 1;
            return Ok(());
        }
        let (Some(test), len) = json::entry(text, at, batch, Object::read)? else {
            return Ok(());
        };
        self.listed += u64::from(!is_hook(&test));
        add_test(&test, key, at, len, batch);
        Ok(())
    }

    fn value(&mut self, key: &str, text: &str, _at: u64, batch: &mut Batch) {
        if key == "stats" {
            stats(&Object::of(text), batch.session(0));
        }
    }

    fn finish(&mut self, _root: Root, batch: &mut Batch) {
        batch.session(0);
        if self.listed < self.tests && !batch.partly {
            let text = format!(
                "{} of {} in `tests` without an outcome in the file",
                self.tests - self.listed,
                counted(self.tests, "test")
            );
            batch.note_unreadable(0, text);
        }
    }
}

/// Reads start and duration of the run.
pub(super) fn stats(stats: &Object, draft: &mut SessionDraft) {
    draft.started = Timestamp::parse(&stats.text("start"));
    draft.duration_s = stats.number("duration").map(|ms| ms / 1000.0);
}

/// Returns whether it is a hook: `"before all" hook for "plays"`.
fn is_hook(test: &Object) -> bool {
    let title = test.text("title");
    title.starts_with('"') && title.contains("\" hook")
}

/// Adds a test of one of the lists.
pub(super) fn add_test(test: &Object, list: &str, at: u64, len: usize, batch: &mut Batch) {
    let (title, full) = (test.text("title"), test.text("fullTitle"));
    let around = full.strip_suffix(&*title).unwrap_or("").trim_end();
    let error = test.object("err");
    let outcome = match list {
        "passes" | "pass" => Outcome::Passed,
        "pending" => Outcome::Skipped,
        _ if is_hook(test) || error.text("code") == "ERR_MOCHA_TIMEOUT" => Outcome::Error,
        _ => Outcome::Failed,
    };
    let retries = test.number("currentRetry").unwrap_or(0.0) as u16;
    if retries > 0 {
        let is_flaky = outcome == Outcome::Passed;
        batch.facts.push((batch.len() as u32, retries.saturating_add(1), is_flaky));
    }
    // In the stream it is the message itself.
    let message = if error.has("message") { error.text("message") } else { test.text("err") };
    let stack = if error.has("stack") { error.text("stack") } else { test.text("stack") };
    batch.push_entry(Entry {
        scope: Scope::Plain(around),
        name: &title,
        outcome,
        native: list,
        duration_s: test.number("duration").map(|ms| ms / 1000.0),
        message: if message.starts_with('{') { "" } else { &message },
        trace: &stack,
        at,
        len,
        ..Entry::default()
    });
    batch.add_place(batch.len() - 1..batch.len(), &test.text("file"), None);
}

/// Reads the details of a test.
pub(super) fn details(slice: &str) -> Details {
    let test = Object::of(slice);
    let mut details = Details::default();
    let error = test.object("err");
    let stack = if error.has("stack") { error.text("stack") } else { test.text("stack") };
    let message = if error.has("message") { error.text("message") } else { test.text("err") };
    // A missing message is an empty object.
    let message = if message.starts_with('{') { "".into() } else { message };
    if !message.is_empty() || !stack.is_empty() {
        // The stack begins with the message.
        let text = if stack.is_empty() { &message } else { &stack };
        details.section(SectionKind::Reason, &error.text("name"), "", text);
    }
    for key in ["expected", "actual"] {
        details.section(SectionKind::Output, key, "", &error.text(key));
    }
    let file = test.text("file");
    details.location = Some(file.into_owned()).filter(|file| !file.is_empty());
    details
}
