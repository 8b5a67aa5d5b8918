//! What importers give: rows, texts, drafts of sessions, notes.

use super::encoding::SUBSTITUTE;
use super::limits;
use super::rows::{Row, Rows};
use crate::model::{Note, SessionDraft, Severity, head};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use std::hash::{BuildHasher, BuildHasherDefault};

/// A text in a batch: its chunk and where it begins there, and its length.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Text {
    start: u32,
    len: u32,
}

/// Texts in one chunk take 2¹⁸ bytes, but for one that alone is larger.
const CHUNK_BITS: u32 = 18;

impl Text {
    /// There is nothing in it.
    pub fn is_empty(self) -> bool {
        self.len == 0
    }
}

/// A scope of the batch.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct ScopeDraft {
    /// Its text, in the spelling that identities use.
    pub text: Text,
    /// End of the suite and start of the class, where the file tells.
    pub boundary: Option<(u32, u32)>,
}

/// All that an importer read from one file.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Batch {
    /// Texts in chunks that never move; see [`Text`].
    texts: Vec<String>,
    /// The entries.
    pub rows: Rows,
    /// The scopes that rows refer to.
    pub scopes: Vec<ScopeDraft>,
    natives: Vec<Text>,
    /// The sessions that rows refer to.
    pub sessions: Vec<SessionDraft>,
    /// Remarks.
    pub notes: Vec<Note>,
    /// Attempts and flakiness that the file only counts: row, attempts, flaky.
    pub facts: Vec<(u32, u16, bool)>,
    /// The file breaks off, or parts of it could not be read.
    pub partly: bool,
    /// What a counter of the file says, where it counts a test once that has several
    /// entries. It is told together with how many results the entries are.
    pub counter: Option<String>,
    /// Who seems to have written the file, where its format has many producers.
    pub producer: String,
    /// Texts of entries that the file itself has at no one place; see [`Batch::keep`].
    pub kept: String,
    #[serde(skip)]
    native_ids: FxHashMap<String, u32>,
    #[serde(skip)]
    nameless: FxHashMap<String, u32>,
}

impl Batch {
    /// Keeps a text.
    pub fn text(&mut self, text: &str) -> Text {
        if text.is_empty() {
            return Text::default();
        }
        let has_room = |chunk: &String| chunk.len() + text.len() <= 1 << CHUNK_BITS;
        if !self.texts.last().is_some_and(has_room) {
            self.texts.push(String::new());
        }
        let chunk = self.texts.len() as u32 - 1;
        let Some(into) = self.texts.last_mut().filter(|_| chunk < 1 << (32 - CHUNK_BITS)) else {
            return Text::default();
        };
        let start = chunk << CHUNK_BITS | into.len() as u32;
        into.push_str(text);
        Text { start, len: text.len() as u32 }
    }

    /// Keeps a name: within the limit, and different from every other name.
    pub fn name(&mut self, name: &str) -> Text {
        if name.len() <= limits::NAME_BYTES {
            return self.text(name);
        }
        let rest = BuildHasherDefault::<rustc_hash::FxHasher>::default().hash_one(name);
        let cut = format!("{}…#{rest:016x}", head(name, limits::NAME_BYTES));
        self.text(&cut)
    }

    /// Keeps a name, or a stand-in for one: tests without a name are as many
    /// tests. They are numbered among those of the same `place`: a session, and
    /// a scope of the importer's own.
    pub fn name_or_stand_in(&mut self, name: &str, place: (u32, u32)) -> Text {
        if !name.trim().is_empty() {
            return self.name(name);
        }
        let count = self.nameless.entry(format!("{place:?}")).or_default();
        *count += 1;
        let stand_in = match *count {
            1 => "(no name)".to_owned(),
            count => format!("(no name {count})"),
        };
        self.text(&stand_in)
    }

    /// Keeps the first line of a message.
    pub fn message(&mut self, message: &str) -> Text {
        let line = first_line(message);
        self.text(line)
    }

    /// The text behind a reference.
    pub fn get(&self, text: Text) -> &str {
        let (chunk, start) = (text.start >> CHUNK_BITS, text.start & ((1 << CHUNK_BITS) - 1));
        let chunk = self.texts.get(chunk as usize).map_or("", String::as_str);
        chunk.get(start as usize..start as usize + text.len as usize).unwrap_or("")
    }

    /// Keeps a scope, unless it is the one that was kept last.
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

    /// Keeps a scope, whether it is there or not: for importers that number
    /// scopes themselves.
    pub fn push_scope(&mut self, text: &str, boundary: Option<(u32, u32)>) -> u32 {
        let text = self.name(text);
        self.scopes.push(ScopeDraft { text, boundary });
        self.scopes.len() as u32 - 1
    }

    /// Gives the first scope its text, for files that tell it behind their tests.
    pub fn name_first_scope(&mut self, text: &str, boundary: (u32, u32)) {
        self.name_scope(0, text, boundary);
    }

    /// Gives a scope its text later.
    pub fn name_scope(&mut self, index: u32, text: &str, boundary: (u32, u32)) {
        let text = self.name(text);
        if let Some(scope) = self.scopes.get_mut(index as usize) {
            *scope = ScopeDraft { text, boundary: Some(boundary) };
        }
    }

    /// Keeps the file's own word for an outcome. There are few; past 65,535
    /// different ones the word is dropped.
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
        let text = self.text(head(word, limits::MESSAGE_BYTES));
        self.natives.push(text);
        self.native_ids.insert(word.to_owned(), u32::from(id));
        id
    }

    /// The word behind [`Batch::native`].
    pub fn native_word(&self, id: u16) -> &str {
        self.natives.get(id as usize).map_or("", |&text| self.get(text))
    }

    /// How many different words there are, and the empty one.
    pub fn native_count(&self) -> u16 {
        self.natives.len().max(1) as u16
    }

    /// Appends an entry.
    pub fn push(&mut self, mut row: Row) {
        if row.duration_s > limits::DURATION_S {
            row.duration_s = f64::NAN;
        }
        self.rows.push(row);
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// There are none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// About how many bytes of memory it takes.
    pub fn size(&self) -> usize {
        // Lists that grow are there twice for a moment; what is in a session has limits.
        let sessions = self.sessions.len() * 3 * size_of::<SessionDraft>();
        let words = (self.scopes.len() + self.natives.len() + self.nameless.len()) * 64;
        let rows = self.rows.len() * size_of::<Row>();
        (self.texts.len() << CHUNK_BITS) + rows + sessions + words + self.kept.len()
    }

    /// The draft of session `index`, made when it is asked for first.
    pub fn session(&mut self, index: usize) -> &mut SessionDraft {
        if self.sessions.len() <= index {
            self.sessions.resize_with(index + 1, SessionDraft::default);
        }
        #[allow(clippy::indexing_slicing)] // resized above
        &mut self.sessions[index]
    }

    /// Remarks on something, up to the limit per severity.
    pub fn note(&mut self, severity: Severity, at: Option<u64>, text: impl Into<String>) {
        let text: String = text.into();
        let text = text.replace(char::from(SUBSTITUTE), "\u{FFFD}");
        let same = self.notes.iter().filter(|n| n.severity == severity).count();
        if same < limits::NOTES {
            self.notes.push(Note { severity, at, text });
        } else if same == limits::NOTES {
            self.notes.push(Note {
                severity,
                at: None,
                text: "there is more of this kind; only the first notes are listed".to_owned(),
            });
        }
    }

    /// Remarks on a part that could not be read.
    pub fn broken(&mut self, at: u64, text: impl Into<String>) {
        self.partly = true;
        self.note(Severity::Error, Some(at), text);
    }
}

/// The text of a scope out of its suite and class, and where in it the suite
/// ends and the class begins.
pub fn scope_of(suite: &str, class: &str) -> (String, (u32, u32)) {
    let end = suite.len() as u32;
    match (suite.is_empty(), class.is_empty()) {
        (_, true) => (suite.to_owned(), (end, end)),
        (true, false) => (class.to_owned(), (0, 0)),
        (false, false) => (format!("{suite}.{class}"), (end, end + 1)),
    }
}

/// The first line of a message that says anything, within the limit.
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
        let a = batch.name(&format!("{long}a"));
        let b = batch.name(&format!("{long}b"));
        assert_ne!(batch.get(a), batch.get(b));
        assert!(batch.get(a).len() < limits::NAME_BYTES + 32);
    }

    #[test]
    fn messages_properties_and_notes_have_limits() {
        let mut batch = Batch::default();
        let message = batch.message(&format!("\n  {}\nsecond", "x".repeat(1000)));
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
    fn texts_are_found_in_their_chunks() {
        let mut batch = Batch::default();
        let long = "x".repeat(1 << CHUNK_BITS);
        let texts: Vec<String> = (0..40_000).map(|n| format!("name of test {n}")).chain([long]).collect();
        let kept: Vec<Text> = texts.iter().map(|text| batch.text(text)).collect();
        let after = batch.text("after");
        assert!(batch.texts.len() > 3);
        assert!(texts.iter().zip(kept).all(|(text, kept)| batch.get(kept) == text));
        assert_eq!(batch.get(after), "after");
    }

    #[test]
    fn words_are_kept_once() {
        let mut batch = Batch::default();
        let word = batch.native("subtests passed");
        assert_eq!(batch.native("subtests passed"), word);
        assert_eq!(batch.native_word(word), "subtests passed");
        assert_eq!(batch.native(""), 0);
        assert_eq!(batch.native_word(0), "");
    }
}
