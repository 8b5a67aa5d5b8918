//! RSpec's formatter `json`.
//!
//! Source: rspec/rspec, `rspec-core/lib/rspec/core/formatters/json_formatter.rb`. Oddities:
//!
//! - `pending` is an example that was skipped or that failed as expected; the file does not
//!   distinguish them.
//! - A pending example that passes is `failed`, with a special exception.
//! - A file that cannot be loaded is only in `messages`.

use crate::import::batch::{Batch, Entry, Scope, first_line};
use crate::import::collect::Occurrences;
use crate::import::details::{Details, SectionKind};
use crate::import::json::{self, Cursor, Fault, Object, Root, Visitor};
use crate::import::{About, Family, Format, Guide, Richness, TextFormat};
use crate::model::{Outcome, counted};

pub const ABOUT: About = About {
    key: "rspec-json",
    name: "RSpec JSON",
    tool: "RSpec",
    family: Family::OtherLanguages,
    richness: Richness::Native,
};

pub const GUIDE: Guide = Guide {
    about: &ABOUT,
    producers: "rspec --format json",
    reads: "exceptions with their backtraces, pending examples that pass, files that cannot be loaded",
    dut: "",
    limits: "no start time; pending examples that fail look like skipped ones",
};

pub const FORMAT: Format = Format::Text(TextFormat {
    about: &ABOUT,
    detect: |head| {
        let is_it = head.has("summary") || head.has("version") || head.has("seed") || head.has("messages");
        !head.is_array && head.has("examples") && is_it
    },
    importer: json::document::<Report>,
    details,
});

#[derive(Default)]
struct Report {
    messages: u64,
    errors: u64,
    unknown: Occurrences,
}

impl Visitor for Report {
    fn has_entries(&self, key: &str) -> bool {
        matches!(key, "examples" | "messages")
    }

    fn whole(&mut self, key: &str, text: &str, at: u64, batch: &mut Batch) -> Result<(), Fault> {
        if key == "messages" {
            self.message(&Cursor::new(text).text_or_empty(key)?, batch);
        } else if let (Some(example), len) = json::entry(text, at, batch, Object::read)? {
            self.example(&example, at, len, batch);
        }
        Ok(())
    }

    fn value(&mut self, key: &str, text: &str, _at: u64, batch: &mut Batch) {
        let draft = batch.session(0);
        match key {
            "version" | "seed" => draft.property(key, &json::plain(text)),
            "summary" => {
                let summary = Object::of(text);
                draft.duration_s = summary.number("duration");
                self.errors = summary.number("errors_outside_of_examples_count").unwrap_or(0.0) as u64;
            }
            _ => {}
        }
    }

    fn finish(&mut self, _root: Root, batch: &mut Batch) {
        batch.session(0);
        self.unknown.note_unknown("test", "outcome", batch);
        if self.errors > 0 && self.messages == 0 {
            let text = format!("{} outside of examples, without messages", counted(self.errors, "error"));
            batch.session(0).mark_incomplete(&text);
        }
    }
}

impl Report {
    fn example(&mut self, example: &Object, at: u64, len: usize, batch: &mut Batch) {
        let status = example.text("status");
        let error = example.object("exception");
        let outcome = match &*status {
            "passed" => Outcome::Passed,
            "failed" if error.text("class").ends_with("PendingExampleFixedError") => Outcome::XPassed,
            "failed" => Outcome::Failed,
            "pending" => Outcome::Skipped,
            word => {
                self.unknown.add_example(at, if word.is_empty() { "(none)" } else { word });
                Outcome::Unknown
            }
        };
        let message = match outcome {
            Outcome::Skipped => example.text("pending_message"),
            _ => error.text("message"),
        };
        batch.push_entry(Entry {
            scope: Scope::Suite(spec(&example.text("file_path")), ""),
            name: &example.text("full_description"),
            outcome,
            native: &status,
            duration_s: example.number("run_time"),
            message: &message,
            trace: &error.texts("backtrace").join("\n"),
            at,
            len,
            ..Entry::default()
        });
        let line = example.number("line_number").map(|line| line as u32);
        batch.add_place(batch.len() - 1..batch.len(), &example.text("file_path"), line);
    }

    /// `An error occurred while loading ./spec/volume_spec.rb.`, with the error.
    fn message(&mut self, text: &str, batch: &mut Batch) {
        const BEGINNING: &str = "An error occurred ";
        if !text.trim_start().starts_with(BEGINNING) {
            return;
        }
        self.messages += 1;
        let number = if self.messages > 1 { format!(" {}", self.messages) } else { String::new() };
        let file =
            first_line(text).rsplit_once("loading ").map_or("", |(_, file)| file.trim_end_matches('.'));
        let reason = text.trim_start().split_once('\n').map_or(text, |(_, reason)| reason);
        batch.push_entry(Entry {
            scope: Scope::Suite(spec(file), ""),
            name: &format!("(error outside of examples{number})"),
            outcome: Outcome::Error,
            native: "error outside of examples",
            message: reason,
            ..Entry::default()
        });
        // The details have no place of their own in the file.
        batch.session(0).text(first_line(text), text.trim());
    }
}

/// Returns `./spec/volume_spec.rb` like RSpec's JUnit reports, except for the dots.
fn spec(path: &str) -> &str {
    let path = path.strip_prefix("./").unwrap_or(path);
    path.strip_suffix(".rb").unwrap_or(path)
}

/// Reads the details of an example.
fn details(slice: &str) -> Details {
    let example = Object::of(slice);
    let mut details = Details::default();
    let error = example.object("exception");
    let (class, message) = (error.text("class"), error.text("message"));
    if !class.is_empty() || !message.is_empty() {
        details.section(SectionKind::Reason, &class, &message, &error.texts("backtrace").join("\n"));
    }
    let pending = example.text("pending_message");
    if !pending.is_empty() {
        details.section(SectionKind::Reason, "pending", &pending, "");
    }
    let id = example.text("id");
    if !id.is_empty() {
        details.properties.push(("id".to_owned(), id.into_owned()));
    }
    let (file, line) = (example.text("file_path"), example.text("line_number"));
    details.location = Some(format!("{file}:{line}")).filter(|_| !file.is_empty());
    details
}
