//! What another importer has read of a file.

use crate::import::batch::Batch;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// What was read of a part.
#[derive(Debug, Serialize, Deserialize)]
pub struct Part {
    /// Where the part is in the file.
    pub(in crate::import) bytes: Range<u64>,
    /// Where its entries are.
    pub(in crate::import) entries: Range<u64>,
    /// The hashes of its blocks.
    pub(in crate::import) blocks: Vec<u64>,
    /// How many bytes of it are not valid UTF-8, and the place of the first.
    pub(in crate::import) bad: (u64, Option<u64>),
    /// The importer's state at the end, and the rows; `None` if they depend on the rest of the file.
    pub(in crate::import) read: Option<(Vec<u8>, Batch)>,
}

impl Part {
    /// Returns the bytes from the beginning of the part to its first entry, which belong to the entries before it.
    pub fn before(&self) -> Range<u64> {
        self.bytes.start..self.entries.start
    }
}
