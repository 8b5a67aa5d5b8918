//! A batch: everything that an importer reads from one file.
//!
//! Rows (one per entry of the file), the texts that they refer to, drafts of
//! sessions, and notes. The engine ingests a batch into the data set.

mod append;
mod entry;
pub mod kept_details;
mod places;
mod rows;
mod text;

pub use entry::{Entry, Scope};
pub use rows::{Role, Row, Rows};
pub use text::Text;

use super::details::Measurement;
use super::encoding::SUBSTITUTE;
use super::limits;
use crate::model::{DutAttributes, KnownIssue, Manifest, Note, SessionDraft, Severity, ansi, head};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::hash::{BuildHasher, BuildHasherDefault};
use text::TextPool;

/// A scope of the batch: where tests are, suite and class.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct ScopeDraft {
    /// Its text, in the spelling that identities use.
    pub text: Text,
    /// Where the suite ends and the class begins, if the file says so.
    pub boundary: Option<(u32, u32)>,
}

/// A number that a row measured.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct MeasuredDraft {
    /// The row.
    pub row: u32,
    /// Index of [`Batch::metrics`].
    pub metric: u32,
    /// A finite number.
    pub value: f64,
    /// The lower limit; NaN for none.
    pub lower: f64,
    /// The upper limit; NaN for none.
    pub upper: f64,
}

/// When a row began.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct BeginDraft {
    /// The row.
    pub row: u32,
    /// Milliseconds since 1970.
    pub unix_ms: f64,
    /// The process, thread or machine that ran it; empty if the file does not name it.
    pub worker: Text,
}

/// The top frame of a row that failed.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct FrameDraft {
    row: u32,
    frame: Text,
}

/// Everything that an importer reads from one file.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Batch {
    texts: TextPool,
    /// The entries.
    pub rows: Rows,
    /// The scopes that rows refer to.
    pub scopes: Vec<ScopeDraft>,
    natives: Vec<Text>,
    /// The sessions that rows refer to.
    pub sessions: Vec<SessionDraft>,
    /// Notes on the file, with their places.
    pub notes: Vec<Note>,
    /// Attempts and flakiness that the file only counts: row, attempts, flaky.
    pub facts: Vec<(u32, u16, bool)>,
    /// Source files and lines of rows; see [`Batch::add_place`].
    places: Vec<places::Place>,
    /// When rows began; see [`Batch::add_begin`].
    pub begins: Vec<BeginDraft>,
    /// Top frames of rows that failed; see [`Batch::add_frame`].
    frames: Vec<FrameDraft>,
    /// Numbers that rows measured; see [`Batch::add_measured`].
    pub measured: Vec<MeasuredDraft>,
    /// Names and units of what was measured.
    pub metrics: Vec<(Text, Text)>,
    /// A person set that the suites of the file are not DUTs.
    pub is_one_dut: bool,
    /// Suites of the file are DUTs, by their names or by what they ran on.
    pub are_suites_duts: bool,
    /// The file is truncated, or parts of it could not be read.
    pub partly: bool,
    /// The value of a counter in the file that counts tests, not entries: a test with
    /// several entries counts once. The engine notes it with the number of results.
    pub counter: Option<String>,
    /// The tool that seems to have written the file, for formats of many producers.
    pub producer: String,
    /// The file says what people know beside the results, and has no results by design.
    pub is_knowledge: bool,
    /// Known issues that the file lists.
    pub known_issues: Vec<KnownIssue>,
    /// Attributes that the file gives to DUTs.
    pub dut_attributes: Vec<DutAttributes>,
    /// What the file says about published files; its sessions are those of these.
    pub manifest: Option<Box<Manifest>>,
    /// Details that are not in one place of the file; see [`Batch::keep_details`].
    pub kept: String,
    #[serde(skip)]
    native_ids: FxHashMap<String, u32>,
    #[serde(skip)]
    metric_ids: FxHashMap<(String, String), u32>,
    /// What was around the last node id, and its scope.
    #[serde(skip)]
    node_scope: Option<(String, u32)>,
    #[serde(skip)]
    nameless: FxHashMap<String, u32>,
}

impl Batch {
    /// Adds a text.
    pub fn add_text(&mut self, text: &str) -> Text {
        self.texts.push(text)
    }

    /// Adds a name. A long one is cut and given a hash, so that different names
    /// stay different.
    pub fn add_name(&mut self, name: &str) -> Text {
        let name = &*ansi::plain(name);
        if name.len() <= limits::NAME_BYTES {
            return self.add_text(name);
        }
        let rest = BuildHasherDefault::<rustc_hash::FxHasher>::default().hash_one(name);
        let cut = format!("{}…#{rest:016x}", head(name, limits::NAME_BYTES));
        self.add_text(&cut)
    }

    /// Adds a name, or a placeholder for an empty one. Each test without a name
    /// is a test of its own: placeholders are numbered within a `place`, which
    /// is a session and a scope of the importer's choice.
    pub fn add_name_or_placeholder(&mut self, name: &str, place: (u32, u32)) -> Text {
        if !name.trim_start().is_empty() {
            return self.add_name(name);
        }
        let count = self.nameless.entry(format!("{place:?}")).or_default();
        *count += 1;
        let placeholder = match *count {
            1 => "(no name)".to_owned(),
            count => format!("(no name {count})"),
        };
        self.add_text(&placeholder)
    }

    /// Adds the first line of a message, without terminal colors: these are for details.
    pub fn add_message(&mut self, message: &str) -> Text {
        if message.is_empty() {
            return Text::default();
        }
        self.add_text(&first_plain_line(message))
    }

    /// Returns a text.
    pub fn get(&self, text: Text) -> &str {
        self.texts.get(text)
    }

    /// Returns the index of a scope. Adds it, unless it is the last one that was
    /// added.
    pub fn scope(&mut self, text: &str, boundary: Option<(u32, u32)>) -> u32 {
        let last = self.scopes.len().wrapping_sub(1);
        if let Some(same) = self.scopes.get(last)
            && same.boundary == boundary
            && self.get(same.text) == text
        {
            return last as u32;
        }
        self.push_scope(text, boundary)
    }

    /// Appends a scope, even if the same one exists: for importers that number
    /// scopes themselves.
    pub fn push_scope(&mut self, text: &str, boundary: Option<(u32, u32)>) -> u32 {
        let (text, boundary) = plain_scope(text, boundary);
        let text = self.add_name(&text);
        self.scopes.push(ScopeDraft { text, boundary });
        self.scopes.len() as u32 - 1
    }

    /// Sets the text of the first scope, for files that name it after the tests.
    pub fn name_first_scope(&mut self, text: &str, boundary: (u32, u32)) {
        self.name_scope(0, text, boundary);
    }

    /// Sets the text of a scope.
    pub fn name_scope(&mut self, index: u32, text: &str, boundary: (u32, u32)) {
        let (text, boundary) = plain_scope(text, Some(boundary));
        let text = self.add_name(&text);
        if let Some(scope) = self.scopes.get_mut(index as usize) {
            *scope = ScopeDraft { text, boundary };
        }
    }

    /// Returns the number of the file's own word for an outcome, 0 for none. Words
    /// after the first 65,535 are dropped.
    pub fn native(&mut self, word: &str) -> u16 {
        if word.is_empty() {
            return 0;
        }
        if let Some(&id) = self.native_ids.get(word) {
            return id as u16;
        }
        if self.natives.is_empty() {
            self.natives.push(Text::default());
        }
        let Ok(id) = u16::try_from(self.natives.len()) else {
            return 0;
        };
        let text = self.add_text(head(word, limits::MESSAGE_BYTES));
        self.natives.push(text);
        self.native_ids.insert(word.to_owned(), u32::from(id));
        id
    }

    /// Returns the word with this number.
    pub fn native_word(&self, id: u16) -> &str {
        self.natives.get(id as usize).map_or("", |&text| self.get(text))
    }

    /// Returns how many different words there are, including the empty one.
    pub fn native_count(&self) -> u16 {
        self.natives.len().max(1) as u16
    }

    /// Appends a row.
    pub fn push(&mut self, mut row: Row) {
        if row.duration_s > limits::DURATION_S {
            row.duration_s = f64::NAN;
        }
        self.rows.push(row);
    }

    /// Says when a row began, and on which worker, if the file names one. Rows are in ascending order.
    pub fn add_begin(&mut self, row: usize, unix_ms: f64, worker: &str) {
        if !unix_ms.is_finite() {
            return;
        }
        // Tests of one worker often follow each other.
        let last = self.begins.last().map(|begin| begin.worker);
        let worker = match last.filter(|&last| self.get(last) == worker) {
            Some(same) => same,
            None => self.add_text(head(worker, limits::MESSAGE_BYTES)),
        };
        self.begins.push(BeginDraft { row: row as u32, unix_ms, worker });
    }

    /// Adds the text of a [top frame](super::frame::top_frame).
    pub fn add_frame_text(&mut self, frame: Option<&str>) -> Text {
        let frame = frame.unwrap_or("");
        // Failures of one cause often follow each other.
        let last = self.frames.last().map(|last| last.frame).filter(|&last| self.get(last) == frame);
        last.unwrap_or_else(|| self.add_text(frame))
    }

    /// Says where a row failed, if that is known. Rows are in ascending order.
    pub fn add_frame(&mut self, row: usize, frame: Text) {
        if !frame.is_empty() {
            self.frames.push(FrameDraft { row: row as u32, frame });
        }
    }

    /// Returns where a row failed, "" if that is unknown.
    pub fn frame(&self, row: u32) -> &str {
        let at = self.frames.binary_search_by_key(&row, |frame| frame.row);
        at.ok().and_then(|at| self.frames.get(at)).map_or("", |draft| self.get(draft.frame))
    }

    /// Adds the numbers that a row measured. Rows are in ascending order. Values that are no numbers, and those
    /// of more than [`limits::METRICS`] names, are only in its details.
    pub fn add_measured<'a>(&mut self, row: usize, measured: impl IntoIterator<Item = &'a Measurement>) {
        for measured in measured {
            let Some(value) = measured.number else { continue };
            let Some(metric) = self.metric(&measured.name, &measured.unit) else { continue };
            let (lower, upper) = (measured.lower.unwrap_or(f64::NAN), measured.upper.unwrap_or(f64::NAN));
            self.measured.push(MeasuredDraft { row: row as u32, metric, value, lower, upper });
        }
    }

    /// Returns the index of what has this name and unit; `None` if there are too many.
    fn metric(&mut self, name: &str, unit: &str) -> Option<u32> {
        let key = (head(name, limits::NAME_BYTES).to_owned(), head(unit, limits::MESSAGE_BYTES).to_owned());
        if let Some(&known) = self.metric_ids.get(&key) {
            return Some(known);
        }
        if self.metrics.len() >= limits::METRICS {
            return None;
        }
        let texts = (self.add_name(&key.0), self.add_text(&ansi::plain(&key.1)));
        self.metrics.push(texts);
        let id = self.metrics.len() as u32 - 1;
        self.metric_ids.insert(key, id);
        Some(id)
    }

    /// Returns the number of rows.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Returns whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Returns whether nothing was read: neither results nor what people know beside them.
    pub fn says_nothing(&self) -> bool {
        self.is_empty() && !self.is_knowledge
    }

    /// Returns roughly how many bytes of memory the batch takes.
    pub fn size(&self) -> usize {
        // A growing list exists twice for a moment. The content of a session is limited.
        let sessions = self.sessions.len() * 3 * size_of::<SessionDraft>();
        let words = (self.scopes.len() + self.natives.len() + self.nameless.len()) * 64;
        let rows = self.rows.len() * size_of::<Row>();
        let begins = self.begins.len() * size_of::<BeginDraft>();
        let frames = self.frames.len() * size_of::<FrameDraft>();
        let measured = self.measured.len() * size_of::<MeasuredDraft>() + self.metrics.len() * 128;
        self.texts.size() + rows + sessions + words + begins + frames + measured + self.kept.len()
    }

    /// Returns the draft of a session, and adds it if necessary.
    pub fn session(&mut self, index: usize) -> &mut SessionDraft {
        if self.sessions.len() <= index {
            self.sessions.resize_with(index + 1, SessionDraft::default);
        }
        #[allow(clippy::indexing_slicing)] // resized above
        &mut self.sessions[index]
    }

    /// Adds a note, up to a limit per severity. `at` is a byte of the decoded
    /// file.
    pub fn note(&mut self, severity: Severity, at: Option<u64>, text: impl Into<String>) {
        let text: String = text.into();
        let text = ansi::plain(&text.replace(char::from(SUBSTITUTE), "\u{FFFD}")).into_owned();
        let same = self.notes.iter().filter(|n| n.severity == severity).count();
        if same < limits::NOTES {
            self.notes.push(Note { severity, at, text });
        } else if same == limits::NOTES {
            let text = "more notes of this severity were omitted".to_owned();
            self.notes.push(Note { severity, at: None, text });
        }
    }

    /// Notes that a part could not be read, and marks the file as partly read.
    pub fn note_unreadable(&mut self, at: u64, text: impl Into<String>) {
        self.partly = true;
        self.note(Severity::Error, Some(at), text);
    }
}

/// A scope's text, and where its suite ends and its class begins.
type PlainScope<'a> = (Cow<'a, str>, Option<(u32, u32)>);

/// Returns a scope without terminal colors.
fn plain_scope(text: &str, boundary: Option<(u32, u32)>) -> PlainScope<'_> {
    let plain = ansi::plain(text);
    let same = plain.len() == text.len();
    let Some((end, begin)) = boundary.filter(|_| !same) else {
        return (plain, boundary);
    };
    let (suite, rest) = text.split_at_checked(end as usize).unwrap_or((text, ""));
    let (between, class) = rest.split_at_checked(begin.saturating_sub(end) as usize).unwrap_or((rest, ""));
    let (suite, class) = (ansi::plain(suite), ansi::plain(class));
    let end = suite.len() as u32;
    (Cow::Owned(format!("{suite}{between}{class}")), Some((end, end + between.len() as u32)))
}

/// Like [`first_line`], without escapes.
fn first_plain_line(message: &str) -> Cow<'_, str> {
    // Escapes may take more room than the text.
    let plain = |line| ansi::plain(head(line, 16 * limits::MESSAGE_BYTES));
    let mut lines = message.lines().map(plain);
    match lines.find(|line| !line.trim().is_empty()).unwrap_or_default() {
        Cow::Owned(line) => Cow::Owned(first_line(&line).to_owned()),
        Cow::Borrowed(line) => Cow::Borrowed(first_line(line)),
    }
}

/// Returns the first nonblank line of a message, within the limit.
pub fn first_line(message: &str) -> &str {
    let line = message.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("");
    head(line, limits::MESSAGE_BYTES).trim_end()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_are_cut_and_stay_different() {
        let mut batch = Batch::default();
        let long = "ü".repeat(limits::NAME_BYTES);
        let a = batch.add_name(&format!("{long}a"));
        let b = batch.add_name(&format!("{long}b"));
        assert_ne!(batch.get(a), batch.get(b));
        assert!(batch.get(a).len() < limits::NAME_BYTES + 32);
    }

    #[test]
    fn messages_properties_and_notes_have_limits() {
        let mut batch = Batch::default();
        let message = batch.add_message(&format!("\n  {}\nsecond", "x".repeat(1000)));
        assert_eq!(batch.get(message).len(), limits::MESSAGE_BYTES);
        let draft = batch.session(0);
        for n in 0..limits::PROPERTIES + 10 {
            draft.property(&n.to_string(), &"v".repeat(limits::PROPERTY_BYTES + 1));
        }
        assert_eq!(draft.properties.len(), limits::PROPERTIES);
        assert!(draft.properties.iter().all(|(_, v)| v.len() == limits::PROPERTY_BYTES));
        for _ in 0..100 {
            batch.note(Severity::Warning, None, "again");
        }
        assert_eq!(batch.notes.len(), limits::NOTES + 1);
    }

    #[test]
    fn lists_have_no_terminal_colors() {
        let mut batch = Batch::default();
        let message = batch.add_message("\u{1b}[31m\u{1b}[0m\n  \u{1b}[1mbad\u{1b}[0m volt \nmore");
        assert_eq!(batch.get(message), "bad volt");
        let name = batch.add_name("\u{1b}[32mgreen\u{1b}[0m");
        assert_eq!(batch.get(name), "green");
        let scope = batch.push_scope("a\u{1b}[1mb › \u{1b}[0mc", Some((6, 11)));
        let scope = batch.scopes[scope as usize];
        assert_eq!((batch.get(scope.text), scope.boundary), ("ab › c", Some((2, 7))));
        batch.note(Severity::Info, None, "\u{1b}[1mnote");
        assert_eq!(batch.notes[0].text, "note");
    }

    #[test]
    fn words_are_stored_once() {
        let mut batch = Batch::default();
        let word = batch.native("subtests passed");
        assert_eq!(batch.native("subtests passed"), word);
        assert_eq!(batch.native_word(word), "subtests passed");
        assert_eq!(batch.native(""), 0);
        assert_eq!(batch.native_word(0), "");
    }
}
