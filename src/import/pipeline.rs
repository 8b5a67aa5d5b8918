//! The pipeline of one file: bytes are hashed, decoded and given to an importer.
//!
//! A host pushes the file's bytes as they arrive. They become a window of UTF-8
//! text, from which the importer consumes what is complete. So a file of a
//! gigabyte needs a window of a few megabytes.

use super::about::About;
use super::archive::Kind;
use super::batch::Batch;
use super::detect::Head;
use super::encoding;
use super::format::{BinaryFormat, Formats};
use super::hash::FileHash;
use super::importer::{Importer, Part};
use super::limits;
use crate::model::{Encoding, FileStatus, Note, Severity, counted, head};
use serde::{Deserialize, Serialize};

/// How much of a file is searched for a report behind other text.
const SEARCHED: usize = limits::SEARCH_BYTES + limits::HEAD_BYTES;

/// [`Imported::why`] of a file whose format a person set.
pub const SET_BY_YOU: &str = "set by you";

/// What was read from one file.
#[derive(Debug, Serialize, Deserialize)]
pub struct Imported {
    /// Path relative to what was dropped, with `/`.
    pub path: String,
    /// Size in bytes.
    pub bytes: u64,
    /// Hash of the content.
    pub hash: u64,
    /// Key of the format, "" if none was recognized.
    pub format: String,
    /// Encoding of the text.
    pub encoding: Encoding,
    /// Whether all of it was read.
    pub status: FileStatus,
    /// The results.
    pub batch: Batch,
    /// The texts of entries are stored apart from the file: in the batch (see
    /// [`Batch::keep_details`]), or where a host moved them.
    pub keeps_texts: bool,
    /// Describes what the format was recognized by.
    pub why: String,
    /// How long reading took, in milliseconds. Set by the host.
    pub read_ms: f32,
    /// When the file was last modified, in milliseconds since 1970. Set by the host.
    pub modified_ms: Option<i64>,
}

impl Imported {
    /// Returns the record of an archive, whose members are files of their own. It
    /// has no hash: duplicates are found among the members.
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
            modified_ms: None,
        }
    }
}

/// What parts have done.
#[derive(Default)]
struct Done {
    hashed: u64,
    read: u64,
}

/// The end of a part: how many bytes were not valid UTF-8 and the place of the first; its state and its rows.
pub(super) type PartEnd = ((u64, Option<u64>), Option<(Vec<u8>, Batch)>);

fn is_blank(bytes: &[u8]) -> bool {
    bytes.iter().all(u8::is_ascii_whitespace)
}

enum State {
    /// Waits for enough bytes to recognize the encoding.
    Waiting,
    /// Waits for enough text to recognize the format.
    Detecting,
    Reading(Box<dyn Importer>),
    /// Collects the whole file for a format of bytes.
    Gathering(&'static BinaryFormat),
    /// Only hashes: the file has no format, or exceeded a limit.
    Ignoring,
}

/// Reads one file.
pub struct Import {
    formats: &'static Formats,
    path: String,
    /// Bytes pushed so far: the offset of the next one.
    bytes: u64,
    /// The offsets up to which bytes need not be hashed, or read, because a part had them.
    done: Done,
    /// The first bytes of the file, by which images and programs are recognized.
    magic: Vec<u8>,
    hash: FileHash,
    encoding: Encoding,
    /// Bytes that are not decoded yet, unless the encoding is UTF-8.
    raw: Vec<u8>,
    window: Vec<u8>,
    /// Offset of the window in the decoded text.
    window_at: u64,
    /// The window is valid UTF-8 up to here.
    valid: usize,
    /// The importer gets the window again when it has this size.
    retry_at: usize,
    bad_bytes: u64,
    first_bad: Option<u64>,
    state: State,
    format: Option<&'static About>,
    /// The key of the format that a person set; "" to recognize it.
    set_format: String,
    why: String,
    batch: Batch,
}

impl Import {
    /// Starts to read a file in one of these formats.
    pub fn new(path: &str, formats: &'static Formats) -> Import {
        Import {
            formats,
            path: path.to_owned(),
            bytes: 0,
            done: Done::default(),
            magic: Vec::new(),
            hash: FileHash::new(),
            encoding: Encoding::Utf8,
            raw: Vec::new(),
            window: Vec::new(),
            window_at: 0,
            valid: 0,
            retry_at: 0,
            bad_bytes: 0,
            first_bad: None,
            state: State::Waiting,
            format: None,
            set_format: String::new(),
            why: String::new(),
            batch: Batch::default(),
        }
    }

    /// Sets the format by its key, whatever the file looks like; "" recognizes
    /// it.
    pub fn treat_as(mut self, key: &str) -> Import {
        self.set_format = key.to_owned();
        self
    }

    /// Sets whether a person set that suites of the file are not DUTs.
    pub fn as_one_dut(mut self, is_one_dut: bool) -> Import {
        self.batch.is_one_dut = is_one_dut;
        self
    }

    /// Returns the number of results so far, for progress.
    pub fn results(&self) -> usize {
        self.batch.len()
    }

    /// Reads the next piece of the file: `fill` writes its `len` bytes.
    pub fn push_with(&mut self, len: usize, fill: impl FnOnce(&mut [u8])) {
        let at = self.bytes;
        self.bytes += len as u64;
        let start = self.window.len();
        self.window.resize(start + len, 0);
        let Some(new) = self.window.get_mut(start..) else {
            return;
        };
        fill(new);
        let offset = |place: u64| (place.saturating_sub(at) as usize).min(len);
        self.hash.update(new.get(offset(self.done.hashed)..).unwrap_or_default());
        if self.done.read > at {
            self.window.drain(start..start + offset(self.done.read));
        }
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
                        "the file is larger than {} MB, the limit for this format",
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

    /// Reads the next piece of the file.
    pub fn push(&mut self, bytes: &[u8]) {
        self.push_with(bytes.len(), |into| into.copy_from_slice(bytes));
    }

    /// Recognizes the encoding, or a format of bytes, by the beginning of the file.
    fn detect_encoding(&mut self) {
        self.state = State::Detecting;
        // Independent of the size of the first piece.
        let first = self.window.get(..encoding::HEAD_BYTES).unwrap_or(&self.window);
        self.magic = first.get(..16).unwrap_or(first).to_vec();
        if let Some(format) = self.formats.find_binary(&self.set_format, first) {
            self.why = if self.set_format.is_empty() { "its first bytes" } else { SET_BY_YOU }.to_owned();
            self.format = Some(format.about);
            self.state = State::Gathering(format);
            return;
        }
        let (encoding, mark) = Encoding::detect(first);
        self.encoding = encoding;
        if let Some(name) = encoding::unknown(first) {
            let text = format!("unknown encoding `{}`: read as UTF-8", head(&name, 40));
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

    /// Replaces invalid UTF-8 in the window.
    fn repair(&mut self, last: bool) {
        let (valid, bad, first) = encoding::repair_utf8(&mut self.window, self.valid, last);
        self.bad_bytes += bad as u64;
        self.first_bad = self.first_bad.or(first.map(|at| self.window_at + at as u64));
        self.valid = valid;
    }

    fn step(&mut self, last: bool) {
        if matches!(self.state, State::Gathering(_)) {
            return;
        }
        if matches!(self.state, State::Detecting) {
            self.repair(last);
            if !self.detect(last) {
                return;
            }
        }
        if !matches!(self.state, State::Reading(_)) {
            self.window.clear();
            self.valid = 0;
            return;
        }
        // Nearly all text is valid, and then it is checked only once.
        let text = match simdutf8::basic::from_utf8(&self.window) {
            Ok(text) => text,
            Err(_) => {
                self.repair(last);
                std::str::from_utf8(self.window.get(..self.valid).unwrap_or_default()).unwrap_or_default()
            }
        };
        self.valid = text.len();
        let State::Reading(importer) = &mut self.state else {
            return;
        };
        let used = importer.read(text, self.window_at, last, &mut self.batch).min(self.valid);
        self.window.drain(..used);
        self.window_at += used as u64;
        self.valid -= used;
        // The rest is one incomplete token. Reading it again only when it has grown
        // by half keeps the work linear.
        self.retry_at = self.window.len() + self.window.len() / 2;
        if self.window.len() > limits::TOKEN_BYTES {
            self.too_large(format!(
                "one element is larger than {} MB; reading stopped before it",
                limits::TOKEN_BYTES >> 20
            ));
        } else if self.batch.size() as u64 > limits::BATCH_FREE_BYTES + self.bytes * limits::BATCH_RATIO {
            self.too_large(format!(
                "its results take more than {} times its size in memory; reading stopped here",
                limits::BATCH_RATIO
            ));
        }
    }

    fn too_large(&mut self, why: String) {
        self.batch.note_unreadable(self.window_at, why);
        if let State::Reading(importer) = &mut self.state {
            importer.finish(&mut self.batch);
        }
        self.batch.tell_apart_by_place();
        self.state = State::Ignoring;
        self.window = Vec::new();
        self.valid = 0;
    }

    /// Recognizes the format. Returns false if that needs more of the file.
    fn detect(&mut self, last: bool) -> bool {
        let text = self.window.get(..self.valid).unwrap_or_default();
        if !last && text.len() < limits::HEAD_BYTES {
            return false;
        }
        let Ok(text) = std::str::from_utf8(text) else {
            return false;
        };
        let head = Head::new(text);
        let claimed = self.formats.claimed(&self.set_format, &head);
        let found = match claimed {
            // The output in a report may look like a report of its own.
            Some(format) if head.has_report_behind() => {
                self.formats.search(&self.set_format, head.text).or_else(|| Some((head.clone(), format)))
            }
            Some(format) => Some((head.clone(), format)),
            None if !last && text.len() < SEARCHED => {
                // Looking for a report behind other text, once.
                self.retry_at = SEARCHED;
                return false;
            }
            None => self.formats.search(&self.set_format, crate::model::head(text, SEARCHED)),
        };
        let found = found.or_else(|| Some((head.clone(), self.formats.with_key(&self.set_format)?)));
        match found {
            Some((head, format)) => {
                let start = head.start;
                self.why = if self.set_format.is_empty() { head.evidence() } else { SET_BY_YOU.to_owned() };
                self.format = Some(format.about);
                self.state = State::Reading((format.importer)());
                if start > 0 {
                    let text =
                        format!("skipped {} of other text before the report", counted(start as u64, "byte"));
                    self.batch.note(Severity::Warning, Some(self.window_at), text);
                    self.window.drain(..start);
                    self.valid -= start;
                    self.window_at += start as u64;
                }
            }
            None => {
                let (severity, why) = self.formats.explain(&self.path, &self.magic, &head);
                self.batch.note(severity, None, why);
                self.state = State::Ignoring;
            }
        }
        true
    }

    /// Returns whether later parts of the file can be read apart from what is before them.
    pub fn has_parts(&mut self) -> bool {
        let is_text = self.encoding == Encoding::Utf8;
        is_text && self.importer().is_some_and(|importer| importer.parts().is_some())
    }

    fn importer(&mut self) -> Option<&mut dyn Importer> {
        match &mut self.state {
            State::Reading(importer) => Some(&mut **importer),
            _ => None,
        }
    }

    /// Recognizes a file by its beginning, and reads it up to the first entry. Returns `None` if the file has no parts.
    pub(super) fn begin_part(&mut self, head: &[u8]) -> Option<()> {
        self.window = head.to_vec();
        self.detect_encoding();
        if self.encoding != Encoding::Utf8 || !matches!(self.state, State::Detecting) {
            return None;
        }
        self.repair(false);
        self.detect(true);
        let State::Reading(importer) = &mut self.state else {
            return None;
        };
        let text = std::str::from_utf8(self.window.get(..self.valid)?).ok()?;
        let first = *importer.parts()?.begins(head, text.as_bytes()).first()?;
        let before = text.get(..first)?;
        let used = importer.read(before, self.window_at, false, &mut self.batch);
        let is_begun = is_blank(before.get(used..)?.as_bytes()) && importer.parts()?.begin_part(&self.batch);
        is_begun.then_some(())
    }

    /// Returns where in this text a part may begin.
    pub(super) fn begins(&mut self, head: &[u8], text: &[u8]) -> Vec<usize> {
        let parts = self.importer().and_then(Importer::parts);
        parts.map_or_else(Vec::new, |parts| parts.begins(head, text))
    }

    /// Continues at this byte of the file, with nothing in the batch.
    pub(super) fn continue_at(&mut self, at: u64) {
        self.window.clear();
        self.window_at = at;
        (self.valid, self.retry_at, self.bad_bytes, self.first_bad) = (0, 0, 0, None);
        let is_one_dut = self.batch.is_one_dut;
        self.batch = Batch::default();
        self.batch.is_one_dut = is_one_dut;
    }

    /// Reads the next piece of a part.
    pub(super) fn push_part(&mut self, bytes: &[u8]) {
        self.bytes += bytes.len() as u64;
        self.window.extend_from_slice(bytes);
        if self.window.len() >= self.retry_at {
            self.step(false);
        }
    }

    /// Ends a part at this byte of the file. Returns how many bytes were not valid UTF-8, the place of the first, and what
    /// was read.
    pub(super) fn end_part(mut self, end: u64) -> PartEnd {
        self.step(false);
        let is_at_end = self.is_between_entries(end);
        let state = match &mut self.state {
            State::Reading(importer) if is_at_end => {
                importer.parts().and_then(|parts| parts.end_part(&self.batch))
            }
            _ => None,
        };
        ((self.bad_bytes, self.first_bad), state.map(|state| (state, self.batch)))
    }

    /// Returns whether all before this byte is read, and nothing but white space is left of it.
    fn is_between_entries(&self, at: u64) -> bool {
        self.window_at + self.window.len() as u64 == at && is_blank(&self.window)
    }

    /// Joins a part, behind `before`, the bytes before its first entry. All before them was pushed. Returns the offset at
    /// which reading goes on: behind the part, or at its first entry if the part could not be joined.
    pub fn join(&mut self, part: Part, before: &[u8]) -> u64 {
        self.hash.add_blocks(&part.blocks);
        self.done.hashed = part.bytes.end;
        self.push(before);
        self.step(false);
        let is_here = self.is_between_entries(part.entries.start);
        let end = part.entries.end;
        let is_joined = match (&mut self.state, part.read) {
            (State::Reading(importer), Some((state, rows))) if is_here => {
                importer.parts().is_some_and(|parts| parts.join(&state, end, rows, &mut self.batch))
            }
            _ => false,
        };
        if is_joined {
            self.bad_bytes += part.bad.0;
            self.first_bad = self.first_bad.or(part.bad.1);
            self.window.clear();
            self.window_at = end;
            (self.valid, self.retry_at) = (0, 0);
            self.done.read = end;
            self.bytes = part.bytes.end.min(end);
        }
        self.bytes
    }

    /// Stops reading, for this reason. What was read before is kept.
    pub fn abort(mut self, why: &str) -> Imported {
        if matches!(self.state, State::Detecting) {
            self.state = State::Ignoring;
        }
        self.batch.note_unreadable(self.bytes, why);
        self.finish()
    }

    /// Ends the file.
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
        self.batch.tell_apart_by_place();
        for session in &mut self.batch.sessions {
            session.duration_s = session.duration_s.filter(|took| (0.0..=limits::DURATION_S).contains(took));
        }
        self.note_encoding();
        let status = self.status();
        if status == FileStatus::NoResults && self.batch.notes.is_empty() {
            self.batch.note(Severity::Info, None, "empty report");
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
            modified_ms: None,
        }
    }

    /// Recognizes encoding and format of a file that is complete.
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
            let text = format!("encoded as {}", self.encoding.name());
            self.batch.note(Severity::Info, None, text);
        }
        if self.bad_bytes > 0 {
            let text = format!("{} of invalid UTF-8, shown as \u{FFFD}", counted(self.bad_bytes, "byte"));
            let note = Note { severity: Severity::Warning, at: self.first_bad, text };
            self.batch.notes.insert(0, note);
        }
    }

    fn status(&self) -> FileStatus {
        match (self.format, self.batch.says_nothing(), self.batch.partly) {
            // A file that is not a report, such as a log beside one, is not broken.
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
