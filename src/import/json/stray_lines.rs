//! Stray lines in a file of JSON lines: output of tools or tests in the same stream as the
//! events.

use super::Cursor;
use crate::import::batch::Batch;
use crate::import::collect::Occurrences;
use crate::model::{Severity, counted};

/// How many bytes of them are kept.
const KEPT: usize = 64 << 10;

/// Lines that are not events.
#[derive(Debug, Default)]
pub struct StrayLines {
    /// Lines that begin like events, but are not JSON.
    broken: Occurrences,
    others: Occurrences,
    text: String,
}

impl StrayLines {
    /// Adds a line at byte `at`.
    pub fn add(&mut self, line: &str, at: u64) {
        // Logs may be lines of JSON, too.
        if line.starts_with('{') && Cursor::new(line).skip_value().is_err() {
            return self.broken.add(at);
        }
        if line.trim().is_empty() {
            return;
        }
        self.others.add(at);
        if self.text.len() + line.len() < KEPT {
            self.text.push_str(line);
            self.text.push('\n');
        }
    }

    /// Notes the lines, and adds those that are not broken events to the session.
    pub fn report(&self, session: usize, batch: &mut Batch) {
        self.broken.note(Severity::Error, batch, &|count, _| {
            format!("{} with invalid or truncated JSON", counted(count, "line"))
        });
        batch.partly |= self.broken.count() > 0;
        self.others.note(Severity::Info, batch, &|count, _| {
            format!("{} of output between the events, kept with the session", counted(count, "line"))
        });
        if self.others.count() > 0 {
            batch.session(session).text("output between the events", &self.text);
        }
    }
}
