//! Importers: code that reads one file of one format, piece by piece.
//!
//! `xml/` and `json/` have importers that give a format its elements. Here are
//! those for text in lines and for small files.

mod lines;
mod part;
mod whole_file;

pub use lines::{LineImporter, LineReader, note_missing_newline};
pub use part::Part;
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

    /// Returns itself if large files of the format can be read in parts.
    fn parts(&mut self) -> Option<&mut dyn Parts> {
        None
    }
}

/// An importer of a format whose large files can be read in parts, by several importers.
///
/// The importer of a later part reads the beginning of the file up to the first entry, then
/// [begins](Parts::begin_part) its part. The importer of the file reads what is before the part, and
/// [joins](Parts::join) it. The result must be the one of a file that is read as a whole, so each of them
/// refuses whatever is not plain; then the importer of the file reads the part, too.
pub trait Parts {
    /// Returns where in this text of the file an entry begins that may begin a part. `head` is the beginning of the
    /// file.
    fn begins(&self, head: &[u8], text: &[u8]) -> Vec<usize>;

    /// Begins a later part. Returns false if what was read before tells too little about it.
    fn begin_part(&mut self, batch: &Batch) -> bool;

    /// Ends the part, and returns the state there; `None` if something in the part depends on the rest of the file.
    fn end_part(&mut self, batch: &Batch) -> Option<Vec<u8>>;

    /// Goes on behind a part, which ends at this byte of the file with this state. Returns false if the part did not
    /// begin where this importer is; then nothing has changed.
    fn join(&mut self, state: &[u8], end: u64, part: Batch, batch: &mut Batch) -> bool;
}
