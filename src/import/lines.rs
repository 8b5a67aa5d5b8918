//! Files that are read line by line: JSON lines, TAP, logs.

use super::batch::Batch;
use super::{Importer, limits};
use crate::model::{Severity, counted};

/// Reads one line after the other.
pub trait LineReader {
    /// A line without its end, at byte `at` of the file.
    fn line(&mut self, line: &str, at: u64, batch: &mut Batch);

    /// The file is at its end.
    fn finish(&mut self, batch: &mut Batch);
}

/// An importer that splits text into lines for a [`LineReader`]. A last line
/// without an end counts, too.
#[derive(Debug, Default)]
pub struct Lines<R> {
    reader: R,
    /// Lines over the limit, and where the first is.
    too_long: (u64, Option<u64>),
    /// The last line, if it has no end.
    open_end: Option<u64>,
}

impl<R> Lines<R> {
    /// An importer for this reader.
    pub fn new(reader: R) -> Lines<R> {
        Lines { reader, too_long: (0, None), open_end: None }
    }
}

/// One line; longer ones are left out.
const LINE_BYTES: usize = limits::TOKEN_BYTES / 2;

impl<R: LineReader> Importer for Lines<R> {
    fn read(&mut self, text: &str, at: u64, last: bool, batch: &mut Batch) -> usize {
        let mut used = 0;
        loop {
            let rest = text.get(used..).unwrap_or("");
            let (line, len) = match memchr::memchr(b'\n', rest.as_bytes()) {
                Some(end) => (rest.get(..end).unwrap_or(""), end + 1),
                None if last && !rest.is_empty() => {
                    self.open_end = Some(at + used as u64);
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
        if let Some(at) = self.open_end {
            note_open_end(at, batch);
        }
        if let (count @ 1.., Some(at)) = self.too_long {
            batch.broken(at, format!("{} over {} MB, left out", counted(count, "line"), LINE_BYTES >> 20));
        }
    }
}

/// Remarks on a last line that has no end, unless it is known what became of the
/// rest. Programs end their lines; people may not.
pub fn note_open_end(at: u64, batch: &mut Batch) {
    if !batch.partly && !batch.sessions.iter().any(|session| session.broke_off) {
        let text = "the last line has no end: unless somebody took that away, the file breaks off there";
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
    fn lines_are_the_same_however_they_arrive() {
        let text = "one\r\n\ntwo\nlast";
        let expected =
            [(0, "one"), (5, ""), (6, "two"), (10, "last")].map(|(at, line)| (at, line.to_owned()));
        for piece in 1..=text.len() {
            let (mut lines, mut batch) = (Lines::<Collect>::default(), Batch::default());
            let mut done = 0;
            for end in (piece..text.len()).step_by(piece).chain([text.len()]) {
                done += lines.read(&text[done..end], done as u64, end == text.len(), &mut batch);
            }
            assert_eq!((done, lines.reader.0), (text.len(), expected.to_vec()));
        }
    }
}
