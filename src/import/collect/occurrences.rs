//! Oddities that may occur often but are noted once.

use crate::import::batch::Batch;
use crate::model::{Severity, counted, head};
use serde::{Deserialize, Serialize};

/// Counts occurrences of something odd, and notes it once with the first place.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Occurrences {
    count: u64,
    /// Byte of the file where it occurred first.
    at: Option<u64>,
    /// The text of the first occurrence, or its beginning.
    example: String,
}

impl Occurrences {
    /// Counts an occurrence at this byte.
    pub fn add(&mut self, at: u64) {
        self.add_example(at, "");
    }

    /// Adds those of a later part of the file.
    pub fn join(&mut self, later: Occurrences) {
        if self.count == 0 {
            *self = later;
        } else {
            self.count += later.count;
        }
    }

    /// Counts an occurrence at this byte, with its text.
    pub fn add_example(&mut self, at: u64, example: &str) {
        if self.count == 0 {
            self.at = Some(at);
        }
        self.add_unplaced(example);
    }

    /// Counts an occurrence without a place in the file, with its text.
    pub fn add_unplaced(&mut self, example: &str) {
        if self.count == 0 {
            head(example, 40).clone_into(&mut self.example);
        }
        self.count += 1;
    }

    /// Returns how often it occurred.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Notes entries whose outcome is unknown because the format does not define
    /// their `attribute`: "3 tests with an unknown status".
    pub fn note_unknown(&self, entry: &str, attribute: &str, batch: &mut Batch) {
        self.note(Severity::Warning, batch, &|count, example| {
            let entries = counted(count, entry);
            format!("{entries} with an unknown {attribute}, such as `{example}`: shown as unknown")
        });
    }

    /// Adds a note if it occurred; `text` returns its text, given the count and the
    /// first example.
    pub fn note(&self, severity: Severity, batch: &mut Batch, text: &dyn Fn(u64, &str) -> String) {
        if self.count > 0 {
            batch.note(severity, self.at, text(self.count, &self.example));
        }
    }
}
