//! Mochawesome's JSON, which Cypress' users also write.
//!
//! Source: adamgruber/mochawesome, `src/mochawesome.js`, `src/utils.js`. Suites are nested; a hook
//! is in its suite, and counts only if it failed. A test that did not run because of a failed hook
//! has no state, and is `skipped`; a test that the suite skips is `pending`.

use super::mocha::stats;
use crate::import::batch::{Batch, Entry, Scope};
use crate::import::collect::Occurrences;
use crate::import::details::{Details, SectionKind};
use crate::import::json::{self, Fault, Object, Root, Visitor};
use crate::import::{About, Family, Format, Guide, Richness, TextFormat, limits};
use crate::model::Outcome;

pub const ABOUT: About = About {
    key: "mochawesome",
    name: "Mochawesome",
    tool: "Mochawesome",
    family: Family::JavaScript,
    richness: Richness::Native,
};

pub const GUIDE: Guide = Guide {
    about: &ABOUT,
    producers: "mocha --reporter mochawesome, cypress --reporter mochawesome, mochawesome-merge",
    reads: "suites, hooks that failed, code, context",
    dut: "",
    limits: "no earlier attempts",
};

pub const FORMAT: Format = Format::Text(TextFormat {
    about: &ABOUT,
    detect: |head| !head.is_array && head.has("stats") && head.has("results"),
    importer: json::document::<Report>,
    details,
});

#[derive(Default)]
struct Report {
    unknown: Occurrences,
}

impl Visitor for Report {
    fn has_entries(&self, key: &str) -> bool {
        key == "results"
    }

    fn inner(&self) -> &'static [&'static str] {
        &["suites", "tests", "beforeHooks", "afterHooks"]
    }

    fn whole(&mut self, _key: &str, text: &str, at: u64, batch: &mut Batch) -> Result<(), Fault> {
        if let (Some(suite), _) = json::entry(text, at, batch, Object::read)? {
            self.suite(&suite, "", 0, (text, at), batch);
        }
        Ok(())
    }

    fn value(&mut self, key: &str, text: &str, _at: u64, batch: &mut Batch) {
        if key == "stats" {
            stats(&Object::of(text), batch.session(0));
        }
    }

    fn finish(&mut self, _root: Root, batch: &mut Batch) {
        batch.session(0);
        self.unknown.note_unknown("test", "outcome", batch);
    }
}

impl Report {
    /// Reads a suite and those in it. `whole` is the outermost suite's text, and where it begins.
    fn suite(&mut self, suite: &Object, around: &str, depth: usize, whole: (&str, u64), batch: &mut Batch) {
        let title = suite.text("title");
        let separator = if around.is_empty() || title.is_empty() { "" } else { " " };
        let titles = format!("{around}{separator}{title}");
        for key in ["beforeHooks", "tests", "afterHooks"] {
            for (slice, at) in suite.entries(key, whole, batch) {
                self.test(slice, &titles, key != "tests", at, batch);
            }
        }
        for (inner, at) in suite.entries("suites", whole, batch) {
            if depth >= limits::SUITE_DEPTH {
                let text = "suites are nested too deeply; the inner ones were ignored";
                batch.note_unreadable(at, text);
                return;
            }
            self.suite(&Object::of(inner), &titles, depth + 1, whole, batch);
        }
    }

    fn test(&mut self, slice: &str, titles: &str, is_hook: bool, at: u64, batch: &mut Batch) {
        let test = Object::of(slice);
        let state = test.text("state");
        let outcome = match &*state {
            "failed" if is_hook || test.is("timedOut") => Outcome::Error,
            _ if is_hook => return,
            "passed" => Outcome::Passed,
            "failed" => Outcome::Failed,
            "pending" => Outcome::Skipped,
            "" if test.is("skipped") => Outcome::NotRun,
            "" if test.is("pending") => Outcome::Skipped,
            word => {
                self.unknown.add_example(at, if word.is_empty() { "(none)" } else { word });
                Outcome::Unknown
            }
        };
        let error = test.object("err");
        batch.push_entry(Entry {
            scope: Scope::Plain(titles),
            name: &test.text("title"),
            outcome,
            native: if state.is_empty() && test.is("skipped") { "skipped" } else { &state },
            duration_s: test.number("duration").filter(|_| outcome != Outcome::NotRun).map(|ms| ms / 1000.0),
            message: &error.text("message"),
            trace: &error.text("estack"),
            at,
            len: slice.len(),
            ..Entry::default()
        });
    }
}

/// Reads the details of a test or hook.
fn details(slice: &str) -> Details {
    let test = Object::of(slice);
    let mut details = Details::default();
    let error = test.object("err");
    let (message, stack) = (error.text("message"), error.text("estack"));
    if !message.is_empty() || !stack.is_empty() {
        // The stack begins with the message.
        let text = if stack.is_empty() { &message } else { &stack };
        details.section(SectionKind::Reason, &test.text("state"), "", text);
    }
    details.section(SectionKind::Output, "diff", "", &error.text("diff"));
    details.section(SectionKind::Output, "code", "", &test.text("code"));
    details.section(SectionKind::Output, "context", "", &test.text("context"));
    details
}
