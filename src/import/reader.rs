//! Reading one file: from pieces of bytes to a batch.
//!
//! A host pushes the file's bytes as they arrive. They are hashed, decoded
//! into a window of text, and handed to the format's importer, which takes what
//! is complete. So a file of a gigabyte needs a window of a few megabytes.

use super::archive::Kind;
use super::batch::Batch;
use super::detect::Head;
use super::encoding;
use super::{About, BinaryFormat, Format, Formats, Importer, limits};
use crate::model::{Encoding, FileStatus, Note, Severity, head};
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::Xxh3;

/// Why a file is read as a format that a person chose.
pub const SAID: &str = "you said so";

/// A file that was read.
#[derive(Debug, Serialize, Deserialize)]
pub struct Imported {
    /// Path below what was dropped, with `/`.
    pub path: String,
    /// Size.
    pub bytes: u64,
    /// Hash of the content.
    pub hash: u64,
    /// Key of the format, "" where none was recognized.
    pub format: String,
    /// How the text is spelled.
    pub encoding: Encoding,
    /// What became of it.
    pub status: FileStatus,
    /// What it holds.
    pub batch: Batch,
    /// Texts of entries are kept: in [`Batch::keep`]'s place, or where a host
    /// put them.
    pub keeps_texts: bool,
    /// By what the format was recognized, in words.
    pub why: String,
    /// How long reading took, in milliseconds: the host's affair.
    pub read_ms: f32,
}

impl Imported {
    /// An archive whose members are files of their own: what there is to say of
    /// it. It has no hash: its members tell whether they are there twice.
    pub fn archive(path: &str, bytes: u64, kind: Kind, notes: Vec<Note>) -> Imported {
        let is_broken = notes.iter().any(|note| note.severity == Severity::Error);
        let mut batch = Batch::default();
        batch.notes = notes;
        Imported {
            path: path.to_owned(),
            bytes,
            hash: 0,
            format: kind.key().to_owned(),
            encoding: Encoding::default(),
            status: if is_broken { FileStatus::PartlyRead } else { FileStatus::Read },
            batch,
            keeps_texts: false,
            why: "its first bytes".to_owned(),
            read_ms: 0.0,
        }
    }
}

enum State {
    /// Not enough was seen to tell the encoding.
    Waiting,
    /// Not enough was seen to tell the format.
    Detecting,
    Reading(Box<dyn Importer>),
    /// All of it must be there.
    Gathering(&'static BinaryFormat),
    /// No format, or a token over the limit: the rest is only hashed.
    Ignoring,
}

/// One file while it is read.
pub struct Import {
    formats: &'static Formats,
    path: String,
    /// How many bytes were pushed.
    bytes: u64,
    /// The first bytes as they are in the file, by which other formats are known.
    magic: Vec<u8>,
    hash: Xxh3,
    encoding: Encoding,
    /// Bytes that are not decoded yet, of other encodings than UTF-8.
    raw: Vec<u8>,
    window: Vec<u8>,
    /// Offset of the window in the decoded text.
    window_at: u64,
    /// The window is good UTF-8 up to here.
    good: usize,
    /// Below this size of the window another try is in vain.
    retry_at: usize,
    bad_bytes: u64,
    first_bad: Option<u64>,
    state: State,
    format: Option<&'static About>,
    /// The key of the format that a person says it is of; "" where nobody does.
    said: String,
    why: String,
    is_other: bool,
    batch: Batch,
}

impl Import {
    /// Begins to read a file, of one of these formats.
    pub fn new(path: &str, formats: &'static Formats) -> Import {
        Import {
            formats,
            path: path.to_owned(),
            bytes: 0,
            magic: Vec::new(),
            hash: Xxh3::new(),
            encoding: Encoding::Utf8,
            raw: Vec::new(),
            window: Vec::new(),
            window_at: 0,
            good: 0,
            retry_at: 0,
            bad_bytes: 0,
            first_bad: None,
            state: State::Waiting,
            format: None,
            said: String::new(),
            why: String::new(),
            is_other: false,
            batch: Batch::default(),
        }
    }

    /// Reads it as the format with this key, whatever it looks like; "" is to
    /// recognize it.
    pub fn treat_as(mut self, key: &str) -> Import {
        self.said = key.to_owned();
        self
    }

    /// Results so far, for progress.
    pub fn results(&self) -> usize {
        self.batch.len()
    }

    /// The file is of none of the formats, and another host may know it.
    pub fn is_other(&self) -> bool {
        self.is_other
    }

    /// Takes the next piece of the file: `fill` writes its `len` bytes.
    pub fn push_with(&mut self, len: usize, fill: impl FnOnce(&mut [u8])) {
        self.bytes += len as u64;
        let start = self.window.len();
        self.window.resize(start + len, 0);
        let Some(new) = self.window.get_mut(start..) else {
            return;
        };
        fill(new);
        self.hash.update(new);
        match self.state {
            State::Waiting if self.window.len() < encoding::HEAD_BYTES => return,
            State::Waiting => self.detect_encoding(),
            State::Ignoring => {
                self.window.clear();
                return;
            }
            State::Gathering(_) => {
                if self.window.len() > limits::TOKEN_BYTES {
                    self.too_large(format!(
                        "the file is larger than {} MB, too large for its format",
                        limits::TOKEN_BYTES >> 20
                    ));
                }
                return;
            }
            State::Detecting | State::Reading(_) if self.encoding != Encoding::Utf8 => {
                self.raw.extend(self.window.drain(start..));
                self.decode_raw(false);
            }
            State::Detecting | State::Reading(_) => {}
        }
        if self.window.len() >= self.retry_at {
            self.step(false);
        }
    }

    /// Takes the next piece of the file.
    pub fn push(&mut self, bytes: &[u8]) {
        self.push_with(bytes.len(), |into| into.copy_from_slice(bytes));
    }

    /// Recognizes the encoding of what is in the window, which is the beginning
    /// of the file or all of it.
    fn detect_encoding(&mut self) {
        self.state = State::Detecting;
        // However much came with the first piece.
        let first = self.window.get(..encoding::HEAD_BYTES).unwrap_or(&self.window);
        self.magic = first.get(..16).unwrap_or(first).to_vec();
        let is_said = |about: &About| about.key == self.said;
        let is_meant = |format: &&BinaryFormat| {
            if self.said.is_empty() { (format.detect)(first) } else { is_said(format.about) }
        };
        if let Some(format) = self.formats.binaries.iter().find(is_meant) {
            self.why = if self.said.is_empty() { "its first bytes" } else { SAID }.to_owned();
            self.format = Some(format.about);
            self.state = State::Gathering(format);
            return;
        }
        let (encoding, mark) = Encoding::detect(first);
        self.encoding = encoding;
        if let Some(name) = encoding::unknown(first) {
            let text = format!(
                "the encoding `{}` is declared, which is not known here: read as UTF-8",
                head(&name, 40)
            );
            self.batch.note(Severity::Warning, None, text);
        }
        self.window.drain(..mark);
        if encoding == Encoding::Utf8 {
            self.window_at = mark as u64;
        } else {
            self.raw = std::mem::take(&mut self.window);
            self.decode_raw(false);
        }
    }

    fn decode_raw(&mut self, last: bool) {
        let used = encoding::decode(self.encoding, &self.raw, last, &mut self.window);
        self.raw.drain(..used);
    }

    /// Makes what is in the window good UTF-8.
    fn repair(&mut self, last: bool) {
        let (good, bad, first) = encoding::repair_utf8(&mut self.window, self.good, last);
        self.bad_bytes += bad as u64;
        self.first_bad = self.first_bad.or(first.map(|at| self.window_at + at as u64));
        self.good = good;
    }

    fn step(&mut self, last: bool) {
        if matches!(self.state, State::Gathering(_)) {
            return;
        }
        self.repair(last);
        if matches!(self.state, State::Detecting) && !self.detect(last) {
            return;
        }
        let State::Reading(importer) = &mut self.state else {
            self.window.clear();
            self.good = 0;
            return;
        };
        let good = self.good;
        let text = self.window.get(..good).unwrap_or_default();
        let Ok(text) = std::str::from_utf8(text) else {
            return;
        };
        let used = importer.read(text, self.window_at, last, &mut self.batch).min(good);
        self.window.drain(..used);
        self.window_at += used as u64;
        self.good -= used;
        // What is left is one token that is not complete. Looking at it again
        // only when it has grown by half keeps the work linear.
        self.retry_at = self.window.len() + self.window.len() / 2;
        if self.window.len() > limits::TOKEN_BYTES {
            self.too_large(format!(
                "one element is larger than {} MB; reading ends before it",
                limits::TOKEN_BYTES >> 20
            ));
        } else if self.batch.size() as u64 > limits::BATCH_FREE_BYTES + self.bytes * limits::BATCH_RATIO {
            self.too_large(format!(
                "so many results, sessions or names are in it that they take {} times its size in memory: made to fill memory, or not for this page; reading ends before the next",
                limits::BATCH_RATIO
            ));
        }
    }

    fn too_large(&mut self, why: String) {
        self.batch.broken(self.window_at, why);
        if let State::Reading(importer) = &mut self.state {
            importer.finish(&mut self.batch);
        }
        self.state = State::Ignoring;
        self.window = Vec::new();
        self.good = 0;
    }

    /// Recognizes the format; false while more of the file is needed.
    fn detect(&mut self, last: bool) -> bool {
        let text = self.window.get(..self.good).unwrap_or_default();
        if !last && text.len() < limits::HEAD_BYTES {
            return false;
        }
        let Ok(text) = std::str::from_utf8(text) else {
            return false;
        };
        let head = Head::new(text);
        let is_said = |about: &About| about.key == self.said;
        let is_meant = |format: &&Format| {
            if self.said.is_empty() { (format.detect)(&head) } else { is_said(format.about) }
        };
        match self.formats.texts.iter().find(is_meant) {
            Some(format) => {
                let start = head.start;
                self.why = if self.said.is_empty() { head.evidence() } else { SAID.to_owned() };
                self.format = Some(format.about);
                self.state = State::Reading((format.importer)());
                if start > 0 {
                    self.window.drain(..start);
                    self.good -= start;
                    let text = "lines of a log stand before the document, and are not read";
                    self.batch.note(Severity::Warning, Some(self.window_at), text);
                    self.window_at += start as u64;
                }
            }
            None => {
                self.is_other = self.formats.explain.is_none();
                if let Some(explain) = self.formats.explain {
                    let (severity, why) = explain(&self.path, &self.magic, &head);
                    self.batch.note(severity, None, why);
                }
                self.state = State::Ignoring;
            }
        }
        true
    }

    /// The file cannot be read any further; what was read before is kept.
    pub fn abort(mut self, why: &str) -> Imported {
        if matches!(self.state, State::Detecting) {
            self.state = State::Ignoring;
        }
        self.batch.broken(self.bytes, why);
        self.finish()
    }

    /// The file is at its end: nothing, if another host may know its format.
    pub fn finish_or_other(mut self) -> Option<Imported> {
        self.recognize();
        (!self.is_other).then(|| self.finish())
    }

    /// The file is at its end.
    pub fn finish(mut self) -> Imported {
        self.recognize();
        match self.state {
            State::Ignoring => {}
            State::Gathering(format) => (format.read)(&self.window, &mut self.batch),
            _ => self.step(true),
        }
        if let State::Reading(importer) = &mut self.state {
            importer.finish(&mut self.batch);
        }
        for session in &mut self.batch.sessions {
            session.duration_s = session.duration_s.filter(|took| (0.0..=limits::DURATION_S).contains(took));
        }
        self.note_encoding();
        let status = self.status();
        if status == FileStatus::NoResults && self.batch.notes.is_empty() {
            self.batch.note(Severity::Info, None, "a report of no tests");
        }
        Imported {
            status,
            path: self.path,
            bytes: self.bytes,
            hash: self.hash.digest(),
            format: self.format.map_or("", |about| about.key).to_owned(),
            encoding: self.encoding,
            keeps_texts: !self.batch.kept.is_empty(),
            batch: self.batch,
            why: self.why,
            read_ms: 0.0,
        }
    }

    /// Recognizes encoding and format of a file that is all there.
    fn recognize(&mut self) {
        if matches!(self.state, State::Waiting) {
            self.detect_encoding();
        }
        if self.encoding != Encoding::Utf8 {
            self.decode_raw(true);
        }
        if matches!(self.state, State::Detecting) {
            self.repair(true);
            self.detect(true);
        }
    }

    fn note_encoding(&mut self) {
        if self.format.is_none() {
            return;
        }
        if self.encoding != Encoding::Utf8 {
            let text = format!("the text is {}", self.encoding.name());
            self.batch.note(Severity::Info, None, text);
        }
        if self.bad_bytes > 0 {
            let text = format!(
                "{} that {} no UTF-8, shown as \u{FFFD}",
                if self.bad_bytes == 1 { "a byte".to_owned() } else { format!("{} bytes", self.bad_bytes) },
                if self.bad_bytes == 1 { "is" } else { "are" },
            );
            let note = Note { severity: Severity::Warning, at: self.first_bad, text };
            self.batch.notes.insert(0, note);
        }
    }

    fn status(&self) -> FileStatus {
        match (self.format, self.batch.is_empty(), self.batch.partly) {
            // What is no report at all, such as a log beside one, is not broken.
            (None, _, _) if self.batch.notes.iter().all(|note| note.severity < Severity::Error) => {
                FileStatus::NoResults
            }
            (None, _, _) => FileStatus::Unreadable,
            (_, true, true) => FileStatus::Unreadable,
            (_, true, false) => FileStatus::NoResults,
            (_, false, true) => FileStatus::PartlyRead,
            (_, false, false) => FileStatus::Read,
        }
    }
}
