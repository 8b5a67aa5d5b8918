//! Reads tar as it arrives: POSIX ustar and pax (IEEE 1003.1-2017, `pax`), and GNU's long names.

use super::Fault;
use crate::import::limits;
use crate::model::head;

const BLOCK: usize = 512;

/// The content of a tar, in order.
#[derive(Debug, PartialEq, Eq)]
pub enum Event<'a> {
    /// A file begins.
    Begin {
        /// Its path, as the archive spells it.
        name: String,
        /// Its length in bytes.
        bytes: u64,
    },
    /// More bytes of the file.
    Data(&'a [u8]),
    /// The file is complete.
    End,
}

/// Reads a tar piece by piece.
#[derive(Debug, Default)]
pub struct Tar {
    /// An incomplete block, or the text of a long name.
    kept: Vec<u8>,
    state: State,
    /// Path and length from extension headers before the file's own.
    path: Option<String>,
    bytes: Option<u64>,
    files: usize,
}

#[derive(Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Header,
    /// In a file: the remaining bytes, and those of the padding after it.
    File {
        left: u64,
        padding: u64,
    },
    /// In something that is skipped.
    Other {
        left: u64,
    },
    /// In the text of a header: its length, its length with padding, and its kind.
    Text {
        len: usize,
        padded: usize,
        kind: u8,
    },
    Done,
}

/// The longest text of an extension header.
const TEXT_BYTES: u64 = 1 << 20;

/// Returns whether a block is a header, by its mark and checksum.
pub fn is_header(block: &[u8]) -> bool {
    let Some(block) = block.get(..BLOCK) else {
        return false;
    };
    let said = octal(block.get(148..156).unwrap_or_default());
    let sum = |(at, byte): (usize, &u8)| if (148..156).contains(&at) { 32 } else { u64::from(*byte) };
    said.is_some_and(|said| said > 256 && said == block.iter().enumerate().map(sum).sum::<u64>())
}

impl Tar {
    /// Reads the next piece.
    ///
    /// # Errors
    ///
    /// If it is not a tar, or exceeds a limit; earlier files are complete.
    pub fn push(&mut self, mut bytes: &[u8], on: &mut dyn FnMut(Event)) -> Result<(), Fault> {
        while !bytes.is_empty() {
            match self.state {
                State::Header => {
                    let wanted = BLOCK - self.kept.len();
                    let (block, rest) = bytes.split_at(wanted.min(bytes.len()));
                    self.kept.extend_from_slice(block);
                    bytes = rest;
                    if self.kept.len() == BLOCK {
                        let block = std::mem::take(&mut self.kept);
                        self.header(&block, on)?;
                    }
                }
                State::File { left, padding } => {
                    let (data, rest) = split(bytes, left);
                    bytes = rest;
                    let left = left - data.len() as u64;
                    on(Event::Data(data));
                    self.state = State::File { left, padding };
                    if left == 0 {
                        on(Event::End);
                        self.state = State::Other { left: padding };
                        self.skip_nothing();
                    }
                }
                State::Other { left } => {
                    let (data, rest) = split(bytes, left);
                    bytes = rest;
                    self.state = State::Other { left: left - data.len() as u64 };
                    self.skip_nothing();
                }
                State::Text { len, padded, kind } => {
                    let (text, rest) = split(bytes, (padded - self.kept.len()) as u64);
                    self.kept.extend_from_slice(text);
                    bytes = rest;
                    if self.kept.len() == padded {
                        let text = std::mem::take(&mut self.kept);
                        self.text(text.get(..len).unwrap_or_default(), kind);
                        self.state = State::Header;
                    }
                }
                State::Done => return Ok(()),
            }
        }
        Ok(())
    }

    /// Returns what is missing, if the archive ends here.
    pub fn finish(&self) -> Option<Fault> {
        match self.state {
            State::Header if self.kept.is_empty() => None,
            State::Done => None,
            _ => Some(Fault::new("the archive is truncated; earlier files are complete")),
        }
    }

    fn skip_nothing(&mut self) {
        if self.state == (State::Other { left: 0 }) {
            self.state = State::Header;
        }
    }

    fn header(&mut self, block: &[u8], on: &mut dyn FnMut(Event)) -> Result<(), Fault> {
        if block.iter().all(|&byte| byte == 0) {
            // Two zero blocks end the archive; one is enough.
            self.state = State::Done;
            return Ok(());
        }
        if !is_header(block) {
            return Err(Fault::new("invalid tar data; earlier files are complete"));
        }
        let field = |from: usize, to: usize| block.get(from..to).unwrap_or_default();
        let said = self.bytes.take().or_else(|| size(field(124, 136)));
        let bytes = said.ok_or_else(|| Fault::new("a file in the archive has an invalid length"))?;
        let padding = (BLOCK as u64 - bytes % BLOCK as u64) % BLOCK as u64;
        let kind = block.get(156).copied().unwrap_or(0);
        match kind {
            0 | b'0' | b'7' => {
                let name = self.path.take().unwrap_or_else(|| name_of(block));
                self.files += 1;
                if self.files > limits::ARCHIVE_ENTRIES {
                    let limit = limits::ARCHIVE_ENTRIES;
                    return Err(Fault(format!(
                        "the archive has more than {limit} files; the rest was ignored"
                    )));
                }
                on(Event::Begin { name: head(&name, limits::NAME_BYTES).to_owned(), bytes });
                if bytes == 0 {
                    on(Event::End);
                } else {
                    self.state = State::File { left: bytes, padding };
                }
            }
            b'x' | b'L' if bytes <= TEXT_BYTES => {
                self.state = State::Text { len: bytes as usize, padded: (bytes + padding) as usize, kind };
                if bytes == 0 {
                    self.state = State::Header;
                }
            }
            _ => {
                // Folders, links, devices, and global headers.
                self.path = None;
                self.state = State::Other { left: bytes.saturating_add(padding) };
                self.skip_nothing();
            }
        }
        Ok(())
    }

    fn text(&mut self, text: &[u8], kind: u8) {
        if kind == b'L' {
            let text = text.split(|&byte| byte == 0).next().unwrap_or_default();
            self.path = Some(String::from_utf8_lossy(text).into_owned());
            return;
        }
        for (key, value) in pax_records(text) {
            match key {
                "path" => self.path = Some(value.to_owned()),
                "size" => self.bytes = value.parse().ok(),
                _ => {}
            }
        }
    }
}

fn split(bytes: &[u8], at: u64) -> (&[u8], &[u8]) {
    bytes.split_at(usize::try_from(at).unwrap_or(usize::MAX).min(bytes.len()))
}

/// Parses `30 path=…\n`: the length includes itself and the newline.
fn pax_records(mut text: &[u8]) -> Vec<(&str, &str)> {
    let mut records = Vec::new();
    while let Some(space) = text.iter().position(|&byte| byte == b' ') {
        let len = text.get(..space).and_then(|len| std::str::from_utf8(len).ok()?.parse::<usize>().ok());
        let Some(record) = len.filter(|&len| len > space).and_then(|len| text.get(..len)) else {
            break;
        };
        text = text.get(record.len()..).unwrap_or_default();
        let record =
            record.get(space + 1..record.len() - 1).and_then(|record| std::str::from_utf8(record).ok());
        records.extend(record.and_then(|record| record.split_once('=')));
    }
    records
}

/// Prefix and name of ustar; older headers have no prefix.
fn name_of(block: &[u8]) -> String {
    let field = |from: usize, to: usize| {
        let bytes = block.get(from..to).unwrap_or_default();
        String::from_utf8_lossy(bytes.split(|&byte| byte == 0).next().unwrap_or_default()).into_owned()
    };
    let name = field(0, 100);
    // GNU's mark is `ustar ` with a space, and GNU stores times in place of the prefix.
    let has_prefix = block.get(257..263) == Some(b"ustar\0");
    let prefix = if has_prefix { field(345, 500) } else { String::new() };
    if prefix.is_empty() { name } else { format!("{prefix}/{name}") }
}

/// Octal digits, or GNU's numbers with the first bit set.
fn size(field: &[u8]) -> Option<u64> {
    match field.split_first() {
        Some((first, rest)) if first & 0x80 != 0 => {
            let first = u64::from(first & 0x7F);
            rest.iter().try_fold(first, |number, &byte| number.checked_mul(256)?.checked_add(u64::from(byte)))
        }
        _ => octal(field),
    }
}

fn octal(field: &[u8]) -> Option<u64> {
    let digits = std::str::from_utf8(field).ok()?;
    let digits = digits.trim_matches(|c: char| c == '\0' || c == ' ');
    u64::from_str_radix(digits, 8).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A header of a file, with its checksum.
    fn header(name: &str, kind: u8, size: usize) -> Vec<u8> {
        let mut block = vec![0_u8; BLOCK];
        block[..name.len()].copy_from_slice(name.as_bytes());
        block[124..135].copy_from_slice(format!("{size:011o}").as_bytes());
        block[148..156].fill(b' ');
        block[156] = kind;
        block[257..263].copy_from_slice(b"ustar\0");
        let sum: u32 = block.iter().map(|&byte| u32::from(byte)).sum();
        block[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
        block
    }

    fn member(name: &str, kind: u8, data: &[u8]) -> Vec<u8> {
        let mut bytes = header(name, kind, data.len());
        bytes.extend_from_slice(data);
        bytes.resize(bytes.len().next_multiple_of(BLOCK), 0);
        bytes
    }

    /// The files of an archive that arrives in pieces.
    fn read(bytes: &[u8], piece: usize) -> (Vec<(String, Vec<u8>)>, Option<Fault>) {
        let mut files: Vec<(String, Vec<u8>)> = Vec::new();
        let mut complete = 0;
        let mut tar = Tar::default();
        let mut on = |event: Event| match event {
            Event::Begin { name, .. } => files.push((name, Vec::new())),
            Event::Data(data) => files.last_mut().unwrap().1.extend_from_slice(data),
            Event::End => complete += 1,
        };
        let mut fault = None;
        for piece in bytes.chunks(piece) {
            fault = tar.push(piece, &mut on).err();
            if fault.is_some() {
                break;
            }
        }
        let fault = fault.or_else(|| tar.finish());
        files.truncate(complete);
        (files, fault)
    }

    #[test]
    fn reads_files_however_they_arrive() {
        let mut bytes = member("a/", b'5', b"");
        bytes.extend(member("a/one.xml", b'0', b"<testsuite/>"));
        bytes.extend(member("empty", 0, b""));
        bytes.extend(member("././@LongLink", b'L', format!("{}\0", "n".repeat(600)).as_bytes()));
        bytes.extend(member("cut", b'0', &[7; 12]));
        bytes.extend(member("pax", b'x', b"20 path=\xC3\xBCmlaut.xml\n"));
        bytes.extend(member("umlaut.xml", b'0', &[1; 700]));
        bytes.extend([0; 1024]);
        let expected = [
            ("a/one.xml".to_owned(), b"<testsuite/>".to_vec()),
            ("empty".to_owned(), Vec::new()),
            ("n".repeat(600), vec![7; 12]),
            ("ümlaut.xml".to_owned(), vec![1; 700]),
        ];
        for piece in [1, 7, 511, 512, 513, 100_000] {
            assert_eq!(read(&bytes, piece), (expected.to_vec(), None), "{piece}");
        }
    }

    #[test]
    fn truncated_archives_keep_complete_files() {
        let mut bytes = member("one", b'0', b"1");
        bytes.extend(member("two", b'0', &[2; 2000]));
        let (files, fault) = read(&bytes[..bytes.len() - 1600], 100);
        assert_eq!(files.len(), 1);
        assert!(fault.unwrap().0.contains("truncated"));
        bytes.truncate(BLOCK * 2);
        bytes.extend([b'x'; BLOCK]);
        let (files, fault) = read(&bytes, 512);
        assert_eq!(files.len(), 1);
        assert!(fault.unwrap().0.contains("invalid tar"));
    }

    #[test]
    fn sizes_that_do_not_fit_octal_digits_are_read() {
        assert_eq!(size(&[0x80, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0]), Some(2 << 32));
        assert_eq!(size(&[0xFF; 12]), None);
        assert_eq!(size(b"00000000017\0"), Some(15));
        assert_eq!(size(b"nonsense\0\0\0\0"), None);
    }

    #[test]
    fn plain_texts_are_rejected() {
        assert!(!is_header(&[b' '; 512]) && !is_header(b"short") && !is_header(&[0; 512]));
        assert!(is_header(&header("a", b'0', 1)));
    }
}
