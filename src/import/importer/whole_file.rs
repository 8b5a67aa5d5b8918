//! An importer for small files whose parts refer to each other.

use super::Importer;
use crate::import::batch::Batch;

/// An importer that waits for the end of the file, and then reads all of it. The
/// file must fit into [`TOKEN_BYTES`](crate::import::limits::TOKEN_BYTES).
pub struct WholeFileImporter {
    read: fn(&str, u64, &mut Batch),
}

impl WholeFileImporter {
    /// Returns an importer for a function that reads the text. The text begins
    /// at byte `at` of the file.
    pub fn new(read: fn(text: &str, at: u64, batch: &mut Batch)) -> WholeFileImporter {
        WholeFileImporter { read }
    }
}

impl Importer for WholeFileImporter {
    fn read(&mut self, text: &str, at: u64, last: bool, batch: &mut Batch) -> usize {
        if !last {
            return 0;
        }
        (self.read)(text, at, batch);
        text.len()
    }

    fn finish(&mut self, _batch: &mut Batch) {}
}
