//! What is odd often: counted, and told once.

use super::Batch;
use crate::model::{Severity, counted, head};

/// How often something was seen, and where first.
#[derive(Debug, Default)]
pub struct Seen {
    /// How often.
    count: u64,
    /// Byte of the file where it was seen first.
    at: Option<u64>,
    /// What stood there, or the beginning of it.
    example: String,
}

impl Seen {
    /// It was seen at this byte.
    pub fn add(&mut self, at: u64) {
        self.add_example(at, "");
    }

    /// It was seen at this byte, and was written like this.
    pub fn add_example(&mut self, at: u64, example: &str) {
        self.count += 1;
        if self.at.is_none() {
            self.at = Some(at);
            head(example, 40).clone_into(&mut self.example);
        }
    }

    /// How often it was seen.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Remarks on outcomes that the format's table does not have.
    pub fn note_unknown(&self, batch: &mut Batch) {
        self.note(Severity::Warning, batch, &|count, word| {
            let tests = counted(count, "test");
            format!("{tests} with an outcome that is not known, such as `{word}`: shown as unknown")
        });
    }

    /// Remarks on it, if it was seen; `text` makes the words of the count and the
    /// example.
    pub fn note(&self, severity: Severity, batch: &mut Batch, text: &dyn Fn(u64, &str) -> String) {
        if self.count > 0 {
            batch.note(severity, self.at, text(self.count, &self.example));
        }
    }
}
