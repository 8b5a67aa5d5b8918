//! Files that are looked at when all of them is there: small ones, whose parts
//! refer to each other.

use super::Importer;
use super::batch::Batch;

/// An importer that waits for the end of the file, up to the limit for what
/// must be in memory at once.
pub struct Whole {
    read: fn(&str, u64, &mut Batch),
}

impl Whole {
    /// `read` is given the text, which begins at byte `at` of the file.
    pub fn new(read: fn(text: &str, at: u64, batch: &mut Batch)) -> Whole {
        Whole { read }
    }
}

impl Importer for Whole {
    fn read(&mut self, text: &str, at: u64, last: bool, batch: &mut Batch) -> usize {
        if !last {
            return 0;
        }
        (self.read)(text, at, batch);
        text.len()
    }

    fn finish(&mut self, _batch: &mut Batch) {}
}
