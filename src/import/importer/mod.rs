//! Importers: code that reads one file of one format, piece by piece.
//!
//! `xml/` and `json/` have importers that give a format its elements. Here are
//! those for text in lines and for small files.

mod lines;
mod whole_file;

pub use lines::{LineImporter, LineReader, note_missing_newline};
pub use whole_file::WholeFileImporter;

use super::batch::Batch;

/// Reads one file of one format, piece by piece, into a [`Batch`].
///
/// An importer never fails: what it cannot read becomes a
/// [`Note`](crate::model::Note) with its place.
pub trait Importer {
    /// Reads what is complete in `text`, which begins at byte `at` of the
    /// decoded file, and returns how many bytes it consumed. The rest is passed
    /// again with more text after it; if `last` is set, no more text follows.
    fn read(&mut self, text: &str, at: u64, last: bool, batch: &mut Batch) -> usize;

    /// Ends the file: decides what depends on the whole of it.
    fn finish(&mut self, batch: &mut Batch);
}
