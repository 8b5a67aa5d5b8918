//! Reads the records of a table piece by piece, with csv-core.

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

/// Separators of fields.
pub const SEPARATORS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// A reader for records.
pub struct Table {
    reader: Reader,
    output: Vec<u8>,
    ends: Vec<usize>,
    /// Used bytes of `output`, and used items of `ends`.
    written: usize,
    ended: usize,
    /// Quotes in the record so far: an odd number means an open quote.
    quotes: usize,
    /// Bytes of the record so far.
    pub len: usize,
}

/// A record.
pub struct Record {
    /// Its fields.
    pub fields: Vec<String>,
    /// A quote has no end.
    pub is_open: bool,
}

impl Table {
    /// Returns a reader for this separator.
    pub fn new(separator: u8) -> Table {
        Table {
            reader: ReaderBuilder::new().delimiter(separator).build(),
            output: vec![0; 1 << 10],
            ends: vec![0; 32],
            written: 0,
            ended: 0,
            quotes: 0,
            len: 0,
        }
    }

    /// Reads on. Returns how many bytes of `text` were used, and a record if one is complete. An
    /// empty text ends the file.
    pub fn read(&mut self, text: &[u8]) -> (usize, Option<Record>) {
        let mut used = 0;
        loop {
            let rest = text.get(used..).unwrap_or_default();
            let output = self.output.get_mut(self.written..).unwrap_or_default();
            let ends = self.ends.get_mut(self.ended..).unwrap_or_default();
            let (result, taken, written, ended) = self.reader.read_record(rest, output, ends);
            let taken_bytes = rest.get(..taken).unwrap_or_default();
            self.quotes += memchr::memchr_iter(b'"', taken_bytes).count();
            self.len += taken;
            used += taken;
            self.written += written;
            self.ended += ended;
            match result {
                ReadRecordResult::OutputFull => self.output.resize(self.output.len() * 2, 0),
                ReadRecordResult::OutputEndsFull => self.ends.resize(self.ends.len() * 2, 0),
                ReadRecordResult::Record => return (used, Some(self.take())),
                ReadRecordResult::InputEmpty | ReadRecordResult::End => return (used, None),
            }
        }
    }

    fn take(&mut self) -> Record {
        let mut from = 0;
        let mut fields = Vec::with_capacity(self.ended);
        for &end in self.ends.get(..self.ended).unwrap_or_default() {
            fields.push(String::from_utf8_lossy(self.output.get(from..end).unwrap_or_default()).into_owned());
            from = end;
        }
        let is_open = self.quotes % 2 == 1;
        (self.written, self.ended, self.quotes, self.len) = (0, 0, 0, 0);
        Record { fields, is_open }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_do_not_depend_on_pieces() {
        let text = "a,\"b\nc\",\"say \"\"hi\"\"\"\r\n\r\n,x,\n\"open,1\n";
        let mut expected = vec![vec!["a", "b\nc", "say \"hi\""], vec!["", "x", ""]];
        expected.push(vec!["open,1\n"]);
        for size in 1..=text.len() {
            let mut table = Table::new(b',');
            let mut found = Vec::new();
            let mut is_open = false;
            for piece in text.as_bytes().chunks(size).chain([&b""[..]]) {
                let mut at = 0;
                loop {
                    let (used, record) = table.read(&piece[at..]);
                    at += used;
                    let Some(record) = record else { break };
                    is_open = record.is_open;
                    found.push(record.fields);
                    if piece.is_empty() {
                        break;
                    }
                }
            }
            assert_eq!(found, expected, "in pieces of {size}");
            assert!(is_open);
        }
    }

    #[test]
    fn long_and_many_fields() {
        let long = "x".repeat(5000);
        let text = format!("{long};{}\n", "y;".repeat(100));
        let fields = Table::new(b';').read(text.as_bytes()).1.unwrap().fields;
        assert_eq!((fields.len(), fields[0].len()), (102, 5000));
    }
}
