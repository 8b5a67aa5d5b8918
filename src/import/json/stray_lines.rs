//! Lines in a file of JSON lines that are no events: what a tool, or the tests,
//! wrote into the same stream.

use crate::import::batch::Batch;
use crate::import::collect::Occurrences;
use crate::model::{Severity, counted};

/// What is kept of them, in bytes.
const KEPT: usize = 64 << 10;

/// Lines that are no events.
#[derive(Debug, Default)]
pub struct StrayLines {
    /// They begin as events do.
    broken: Occurrences,
    others: Occurrences,
    text: String,
}

impl StrayLines {
    /// A line at byte `at` is no event.
    pub fn add(&mut self, line: &str, at: u64) {
        if line.starts_with('{') {
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

    /// Remarks on them; the others are shown with the session.
    pub fn report(&self, session: usize, batch: &mut Batch) {
        self.broken.note(Severity::Error, batch, &|count, _| {
            format!("{} cannot be read: no JSON, or the file breaks off", counted(count, "line"))
        });
        batch.partly |= self.broken.count() > 0;
        self.others.note(Severity::Info, batch, &|count, _| {
            format!("{} between the events, shown with the session", counted(count, "line"))
        });
        if self.others.count() > 0 {
            batch.session(session).text("between the events", &self.text);
        }
    }
}
