//! Searches files for secrets, piece by piece: a report or a site carries them as they are, with output and all that
//! the engine does not keep.

use crate::export::{FileSecrets, Searched};
use crate::import::archive::{self, Kind};
use crate::import::decode;
use crate::model::{Dataset, Encoding, FileId, FileStatus};
use crate::text::{head, listed};

/// How much text is searched at a time, in bytes.
const WINDOW_BYTES: usize = 1 << 20;

/// How many bytes of text must follow a place before it counts, so that the secret is whole. Only keys in PEM may
/// be longer.
const AHEAD_BYTES: usize = 64 << 10;

/// How many bytes of text before a place help to tell whether it is a secret.
const BEFORE_BYTES: usize = 2 << 10;

/// The bytes by which encodings, archives and files without text are recognized.
const HEAD_BYTES: usize = 512;

/// How many files a sentence names.
const NAMED: usize = 3;

/// A search for secrets in files.
pub struct FileSearch {
    secrets: FileSecrets,
    /// The size of all files.
    all_bytes: u64,
    searched_bytes: u64,
    is_stopped: bool,
    /// The paths of files that could not be searched.
    missed: Vec<String>,
    file: Option<Open>,
}

/// The file that is being searched.
struct Open {
    path: String,
    /// Known from the first bytes on.
    encoding: Option<Encoding>,
    /// Whether it is text.
    is_text: bool,
    /// Bytes that are not decoded yet.
    bytes: Vec<u8>,
    /// Decoded text that is not searched yet, after some that is.
    text: String,
    /// How much of this text was searched before.
    searched: usize,
    /// The line at the beginning of this text, from 1.
    line: usize,
}

impl FileSearch {
    /// Begins with the secrets of the data. Returns the search, and the files to search in this order: all but
    /// duplicates and archives, whose members are files of their own.
    ///
    /// # Errors
    ///
    /// In words, if the person's own pattern is invalid or finds too much.
    pub fn new(data: &Dataset, pattern: &str) -> Result<(FileSearch, Vec<FileId>), String> {
        let (mut files, mut missed, mut all_bytes) = (Vec::new(), Vec::new(), 0);
        for (id, file) in data.ledger() {
            if archive::is_archive(file.format) {
                let is_whole =
                    file.status == FileStatus::Read && archive::split_members(&file.path).1.is_empty();
                missed.extend((!is_whole).then(|| file.path.clone()));
            } else if file.status != FileStatus::Duplicate {
                files.push(id);
                all_bytes += file.bytes;
            }
        }
        let secrets = FileSecrets::new(data, pattern)?;
        let search =
            FileSearch { secrets, all_bytes, searched_bytes: 0, is_stopped: false, missed, file: None };
        Ok((search, files))
    }

    /// Begins with a file.
    pub fn open(&mut self, path: &str) {
        self.file = Some(Open {
            path: path.to_owned(),
            encoding: None,
            is_text: true,
            bytes: Vec::new(),
            text: String::new(),
            searched: 0,
            line: 1,
        });
    }

    /// Searches the next bytes of the file. Returns whether more of it are wanted.
    pub fn push(&mut self, bytes: &[u8]) -> bool {
        self.searched_bytes += bytes.len() as u64;
        let Some(file) = &mut self.file else {
            return false;
        };
        file.bytes.extend_from_slice(bytes);
        if file.encoding.is_none() && file.bytes.len() >= HEAD_BYTES && !file.begin() {
            self.miss();
            return false;
        }
        if file.encoding.is_some() {
            file.decode(false);
            if file.text.len() >= WINDOW_BYTES {
                file.search(&mut self.secrets, false);
            }
        }
        true
    }

    /// Ends the file.
    pub fn close(&mut self) {
        let Some(file) = &mut self.file else {
            return;
        };
        if file.encoding.is_none() && !file.begin() {
            return self.miss();
        }
        file.decode(true);
        file.search(&mut self.secrets, true);
        self.file = None;
    }

    /// The file cannot be read, or no further.
    pub fn miss(&mut self) {
        self.missed.extend(self.file.take().map(|file| file.path));
    }

    /// Stops: it takes too long.
    pub fn stop(&mut self) {
        self.is_stopped = true;
        self.close();
    }

    /// Returns what was found, and what was not searched.
    ///
    /// # Errors
    ///
    /// In words, if the person's own pattern finds too much.
    pub fn finish(self) -> Result<Searched, String> {
        let mut searched = self.secrets.finish()?;
        if self.is_stopped {
            let megabytes = |bytes: u64| format!("{:.1} MB", bytes as f64 / 1e6);
            let (part, all) = (megabytes(self.searched_bytes), megabytes(self.all_bytes));
            searched.gaps.push(format!("Only the first {part} of {all} were searched: more takes too long."));
        }
        if !self.missed.is_empty() {
            let more = self.missed.len().saturating_sub(NAMED);
            let more = (more > 0).then(|| format!("{more} more"));
            let named = self.missed.iter().take(NAMED).chain(&more);
            let names: Vec<&str> = named.map(String::as_str).collect();
            searched.gaps.push(format!("Not searched, or not all of it: {}.", listed(&names)));
        }
        Ok(searched)
    }
}

impl Open {
    /// Looks at the first bytes. Returns whether the file can be searched: an archive that was not unpacked cannot.
    fn begin(&mut self) -> bool {
        if Kind::of(&self.bytes).is_some() {
            return false;
        }
        let (encoding, mark) = Encoding::detect(&self.bytes);
        self.encoding = Some(encoding);
        let is_wide = matches!(encoding, Encoding::Utf16Le | Encoding::Utf16Be);
        self.is_text = is_wide || !self.bytes.iter().take(HEAD_BYTES).any(|&byte| byte == 0);
        self.bytes.drain(..mark.min(self.bytes.len()));
        true
    }

    /// Decodes what is complete, or all.
    fn decode(&mut self, is_last: bool) {
        let mut text = Vec::new();
        let encoding = self.encoding.unwrap_or_default();
        let complete = match encoding {
            Encoding::Utf8 if !is_last => self.bytes.len() - open_bytes(&self.bytes),
            _ => self.bytes.len(),
        };
        let used = decode(encoding, self.bytes.get(..complete).unwrap_or_default(), is_last, &mut text);
        self.bytes.drain(..used.min(complete));
        self.text += &String::from_utf8_lossy(&text);
    }

    /// Searches the text but its end, which is searched with what follows.
    fn search(&mut self, secrets: &mut FileSecrets, is_last: bool) {
        let text = &self.text;
        let end = if is_last { text.len() } else { text.len().saturating_sub(AHEAD_BYTES) };
        let end = head(text, end).len();
        let place = |at: usize| {
            let before = text.as_bytes().get(..at).unwrap_or_default();
            format!("line {} of {}", self.line + memchr::memchr_iter(b'\n', before).count(), self.path)
        };
        secrets.search(text, &(self.searched..end), self.is_text, &place);
        let kept = head(text, end.saturating_sub(BEFORE_BYTES)).len();
        self.line += memchr::memchr_iter(b'\n', text.as_bytes().get(..kept).unwrap_or_default()).count();
        self.text.drain(..kept);
        self.searched = end - kept;
    }
}

/// How many bytes at the end begin a character of UTF-8 whose rest is missing.
fn open_bytes(bytes: &[u8]) -> usize {
    let tail = bytes.iter().rev().take(3);
    for (len, byte) in (1..).zip(tail) {
        match byte {
            0x80..=0xBF => {}
            0xC0..=0xDF => return if len < 2 { len } else { 0 },
            0xE0..=0xEF => return if len < 3 { len } else { 0 },
            0xF0..=0xF7 => return len,
            _ => return 0,
        }
    }
    0
}
