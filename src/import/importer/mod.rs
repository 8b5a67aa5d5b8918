//! Importers: code that reads one file of one format, piece by piece.
//!
//! XML and JSON have importers of their own in `xml/` and `json/`, which give a
//! format its elements. Here are those for text in lines and for small files.

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
    /// decoded file, and returns how many bytes it has consumed. The rest comes
    /// again, followed by more; with `last` set nothing follows.
    fn read(&mut self, text: &str, at: u64, last: bool, batch: &mut Batch) -> usize;

    /// Settles what only the whole file can tell, at its end.
    fn finish(&mut self, batch: &mut Batch);
}
