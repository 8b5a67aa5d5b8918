//! Files that are read line by line: JSON lines, TAP, logs.

use super::Importer;
use crate::import::batch::Batch;
use crate::import::limits;
use crate::model::{Severity, counted};

/// Reads one line after the other.
pub trait LineReader {
    /// Reads a line, without its end, at byte `at` of the file.
    fn line(&mut self, line: &str, at: u64, batch: &mut Batch);

    /// Ends the file: decides what depends on the whole of it.
    fn finish(&mut self, batch: &mut Batch);
}

/// An importer that splits text into lines for a [`LineReader`], including a last
/// line without a newline.
#[derive(Debug, Default)]
pub struct LineImporter<R> {
    reader: R,
    /// The number of lines over the limit, and the place of the first.
    too_long: (u64, Option<u64>),
    /// The place of the last line, if it has no newline.
    unterminated: Option<u64>,
}

impl<R> LineImporter<R> {
    /// Returns an importer for this reader.
    pub fn new(reader: R) -> LineImporter<R> {
        LineImporter { reader, too_long: (0, None), unterminated: None }
    }
}

/// The longest line that is read.
const LINE_BYTES: usize = limits::TOKEN_BYTES / 2;

impl<R: LineReader> Importer for LineImporter<R> {
    fn read(&mut self, text: &str, at: u64, last: bool, batch: &mut Batch) -> usize {
        let mut used = 0;
        loop {
            let rest = text.get(used..).unwrap_or("");
            let (line, len) = match memchr::memchr(b'\n', rest.as_bytes()) {
                Some(end) => (rest.get(..end).unwrap_or(""), end + 1),
                None if last && !rest.is_empty() => {
                    self.unterminated = Some(at + used as u64);
                    (rest, rest.len())
                }
                None => return used,
            };
            let line_at = at + used as u64;
            used += len;
            if line.len() > LINE_BYTES {
                self.too_long.0 += 1;
                self.too_long.1.get_or_insert(line_at);
                continue;
            }
            self.reader.line(line.strip_suffix('\r').unwrap_or(line), line_at, batch);
        }
    }

    fn finish(&mut self, batch: &mut Batch) {
        self.reader.finish(batch);
        if let Some(at) = self.unterminated {
            note_missing_newline(at, batch);
        }
        if let (count @ 1.., Some(at)) = self.too_long {
            batch.note_unreadable(
                at,
                format!("{} over {} MB, ignored", counted(count, "line"), LINE_BYTES >> 20),
            );
        }
    }
}

/// Notes that the last line has no newline, unless the file is known to be
/// truncated anyway. Programs end every line with a newline; people may not.
pub fn note_missing_newline(at: u64, batch: &mut Batch) {
    if !batch.partly && !batch.sessions.iter().any(|session| session.incomplete.is_some()) {
        let text = "no newline at the end of the file, which may be truncated";
        batch.note(Severity::Info, Some(at), text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Collect(Vec<(u64, String)>);

    impl LineReader for Collect {
        fn line(&mut self, line: &str, at: u64, _batch: &mut Batch) {
            self.0.push((at, line.to_owned()));
        }

        fn finish(&mut self, _batch: &mut Batch) {}
    }

    #[test]
    fn lines_do_not_depend_on_pieces() {
        let text = "one\r\n\ntwo\nlast";
        let expected =
            [(0, "one"), (5, ""), (6, "two"), (10, "last")].map(|(at, line)| (at, line.to_owned()));
        for piece in 1..=text.len() {
            let (mut lines, mut batch) = (LineImporter::<Collect>::default(), Batch::default());
            let mut done = 0;
            for end in (piece..text.len()).step_by(piece).chain([text.len()]) {
                done += lines.read(&text[done..end], done as u64, end == text.len(), &mut batch);
            }
            assert_eq!((done, lines.reader.0), (text.len(), expected.to_vec()));
        }
    }
}
