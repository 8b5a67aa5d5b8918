//! Walks a JSON document entry by entry, as the text arrives.

use super::cursor::{Cursor, Fault};
use super::truncated::completed;
use crate::import::batch::Batch;
use crate::import::importer::Importer;
use crate::model::{Severity, counted, head};

/// The part of an importer that a format implements: it is called for the entries and
/// values of a document.
pub trait Visitor {
    /// Returns whether the root value is an array of entries, and not an object.
    fn root_is_array(&self) -> bool {
        false
    }

    /// Returns whether several documents may follow each other, as in JSON lines.
    fn has_more_documents(&self) -> bool {
        false
    }

    /// Returns whether the object under this key is walked like the root. Its keys
    /// are prefixed with this one: `results.tests`.
    fn is_open(&self, _key: &str) -> bool {
        false
    }

    /// Like [`Visitor::is_open`], for keys that are not fixed. `depth` is the number
    /// of open objects around it, without the root.
    fn is_open_at(&self, key: &str, _depth: usize) -> bool {
        self.is_open(key)
    }

    /// Returns whether the array under this key is read entry by entry.
    fn has_entries(&self, key: &str) -> bool;

    /// Returns the keys of arrays of suites or tests inside an entry. If an entry is
    /// truncated, it is read with the elements of these arrays that are complete.
    /// Empty if the fields after the arrays are required.
    fn inner(&self) -> &'static [&'static str] {
        &[]
    }

    /// Reads a complete entry of an array, at byte `at` of the file.
    fn whole(&mut self, _key: &str, _entry: &str, _at: u64, _batch: &mut Batch) -> Result<(), Fault> {
        Ok(())
    }

    /// Reads the entry at the beginning of `text`, which is byte `at` of the file, and
    /// returns its length. If `last` is set, nothing follows `text`, so parts of a
    /// truncated entry may be kept. By default only complete entries are read.
    fn entry(
        &mut self,
        key: &str,
        text: &str,
        at: u64,
        _last: bool,
        batch: &mut Batch,
    ) -> Result<usize, Fault> {
        let mut cursor = Cursor::new(text);
        let entry = cursor.skip_value()?;
        cursor.deviations.note(at, batch);
        self.whole(key, entry, at, batch)?;
        Ok(cursor.at)
    }

    /// Reads any other value of the root object or of an open one.
    fn value(&mut self, key: &str, text: &str, at: u64, batch: &mut Batch);

    /// Ends the file: decides what depends on the whole of it.
    fn finish(&mut self, _root: Root, _batch: &mut Batch) {}
}

/// The root value of the last document.
#[derive(Clone, Copy, Debug, Default)]
pub struct Root {
    /// First byte.
    pub at: u64,
    /// Length as far as it was read.
    pub len: usize,
    /// Whether its end was found.
    pub is_complete: bool,
}

/// An importer for JSON documents.
#[derive(Debug, Default)]
pub struct Document<V> {
    walk: Walk,
    visitor: V,
}

impl<V: Visitor> Importer for Document<V> {
    fn read(&mut self, text: &str, at: u64, last: bool, batch: &mut Batch) -> usize {
        self.walk.read(text, at, last, &mut self.visitor, batch)
    }

    fn finish(&mut self, batch: &mut Batch) {
        self.visitor.finish(self.walk.root, batch);
        self.walk.note_text_behind(batch);
    }
}

/// Returns an importer for JSON documents.
pub fn document<V: Visitor + Default + 'static>() -> Box<dyn Importer> {
    Box::new(Document::<V>::default())
}

/// The greatest depth of open objects.
const OPEN: usize = 8;

/// The place in the document.
#[derive(Debug, Default)]
struct Walk {
    place: Position,
    root: Root,
    /// The open objects around the place, each as the path of its keys with a dot
    /// at the end.
    open: Vec<String>,
    /// The keys of arrays of entries so far.
    seen: Vec<String>,
    /// The last step took a comma.
    is_after_comma: bool,
    /// The place of the first byte of other text behind the last document, and of its end.
    behind: Option<(u64, u64)>,
}

#[derive(Debug, Default)]
enum Position {
    #[default]
    Start,
    /// In the root object or an open one: before a key or the end.
    Key,
    /// In the array under this key, "" for the root: before an entry or the end.
    Entries(String),
    /// After a document.
    Done,
    /// The rest is ignored.
    Over,
}

/// What a step works with.
struct Step<'s, 'a> {
    cursor: &'s mut Cursor<'a>,
    /// Byte of the file where the cursor's text begins.
    at: u64,
    last: bool,
    visitor: &'s mut dyn Visitor,
    batch: &'s mut Batch,
}

impl Walk {
    /// See [`Importer::read`].
    fn read(
        &mut self,
        text: &str,
        at: u64,
        last: bool,
        visitor: &mut dyn Visitor,
        batch: &mut Batch,
    ) -> usize {
        let used = self.steps(text, at, last, visitor, batch);
        if !self.root.is_complete && !matches!(self.place, Position::Start) {
            self.root.len = (at + used as u64).saturating_sub(self.root.at) as usize;
        }
        if let Some((_, end)) = &mut self.behind {
            *end = at + used as u64;
        }
        used
    }

    fn note_text_behind(&self, batch: &mut Batch) {
        if let Some((at, end)) = self.behind {
            let text = format!("skipped {} of other text after the report", counted(end - at, "byte"));
            batch.note(Severity::Warning, Some(at), text);
        }
    }

    fn steps(
        &mut self,
        text: &str,
        at: u64,
        last: bool,
        visitor: &mut dyn Visitor,
        batch: &mut Batch,
    ) -> usize {
        let mut cursor = Cursor::new(text);
        loop {
            let before = cursor.at;
            let was_done = matches!(self.place, Position::Done);
            match self.step(Step { cursor: &mut cursor, at, last, visitor, batch }) {
                Ok(true) => {
                    // Between documents, what a step skips depends on the pieces.
                    let deviations = std::mem::take(&mut cursor.deviations);
                    if !was_done {
                        deviations.note(at + before as u64, batch);
                    }
                }
                Ok(false) => return text.len(),
                Err(Fault::Incomplete) if !last => return before,
                Err(fault) => {
                    let place = match &self.place {
                        Position::Entries(key) if !key.is_empty() => format!(" in `{}`", head(key, 40)),
                        _ => String::new(),
                    };
                    let kept = if batch.is_empty() { "" } else { "; earlier results were kept" };
                    let note = match fault {
                        Fault::Incomplete => format!("JSON is truncated{place}{kept}"),
                        Fault::Invalid(why) => format!("invalid JSON{place}: {why}{kept}"),
                    };
                    batch.note_unreadable(at + before as u64, note);
                    self.place = Position::Over;
                    return text.len();
                }
            }
        }
    }

    /// Walks one step. Returns false when nothing more is read.
    fn step(&mut self, next: Step) -> Result<bool, Fault> {
        let Some(first) = next.cursor.peek() else {
            return match self.place {
                Position::Over => Ok(false),
                // White space, or a comment without an end.
                Position::Done if next.last || next.cursor.rest().is_empty() => Ok(false),
                _ => Err(Fault::Incomplete),
            };
        };
        let was_after_comma = std::mem::replace(&mut self.is_after_comma, first == b',');
        next.cursor.deviations.commas |= was_after_comma && matches!(first, b'}' | b']');
        match &self.place {
            Position::Start => self.start(next, first),
            Position::Key => self.key(next, first),
            Position::Entries(_) => self.entries(next, first),
            Position::Done if next.visitor.has_more_documents() && matches!(first, b'{' | b'[') => {
                match may_be_document(next.cursor.rest()) {
                    None if !next.last => return Err(Fault::Incomplete),
                    Some(false) => {
                        self.is_over(&next);
                        return Ok(false);
                    }
                    _ => self.place = Position::Start,
                }
                Ok(true)
            }
            Position::Done => {
                self.is_over(&next);
                Ok(false)
            }
            Position::Over => Ok(false),
        }
    }

    /// Ends the last document before other text.
    fn is_over(&mut self, next: &Step) {
        let at = next.at + next.cursor.at as u64;
        self.behind = Some((at, at));
        self.place = Position::Over;
    }

    /// Enters the root value.
    fn start(&mut self, next: Step, first: u8) -> Result<bool, Fault> {
        let Step { cursor, at, last, visitor, batch } = next;
        self.root = Root { at: at + cursor.at as u64, ..Root::default() };
        self.place = match first {
            b'{' if visitor.root_is_array() => {
                // A single object instead of a list.
                let used = visitor.entry("", cursor.rest(), at + cursor.at as u64, last, batch)?;
                cursor.at += used;
                self.root_ends(cursor, at)
            }
            b'{' => Position::Key,
            b'[' => Position::Entries(String::new()),
            _ => return Err(Fault::Invalid("the root value is neither an object nor an array".to_owned())),
        };
        if !matches!(self.place, Position::Done) {
            cursor.at += 1;
        }
        Ok(true)
    }

    /// Reads a key with its value, or the end of an object.
    fn key(&mut self, next: Step, first: u8) -> Result<bool, Fault> {
        let Step { cursor, at, visitor, batch, .. } = next;
        match first {
            b'}' => {
                cursor.at += 1;
                if self.open.pop().is_none() {
                    self.place = self.root_ends(cursor, at);
                }
                return Ok(true);
            }
            b',' => {
                cursor.at += 1;
                return Ok(true);
            }
            b'"' => {}
            _ => return Err(Fault::Invalid("a key is missing".to_owned())),
        }
        let around = self.open.last().map_or("", String::as_str);
        let key = format!("{around}{}", cursor.key()?);
        let first = cursor.peek().ok_or(Fault::Incomplete)?;
        let value_at = at + cursor.at as u64;
        if first == b'{' && self.open.len() < OPEN && visitor.is_open_at(&key, self.open.len()) {
            cursor.at += 1;
            self.open.push(key + ".");
            return Ok(true);
        }
        let has_entries = visitor.has_entries(&key);
        if has_entries && first == b'[' {
            cursor.at += 1;
            if self.seen.contains(&key) {
                let text = format!("duplicate key `{}`; both lists were read", head(&key, 40));
                batch.note(Severity::Warning, Some(value_at), text);
            } else {
                self.seen.push(key.clone());
            }
            self.place = Position::Entries(key);
            return Ok(true);
        }
        let value = cursor.skip_value()?;
        if has_entries && value != "null" {
            batch.note_unreadable(value_at, format!("`{}` is not a list; ignored", head(&key, 40)));
        }
        visitor.value(&key, value, value_at, batch);
        Ok(true)
    }

    /// Reads an entry of an array, or the end of the array.
    fn entries(&mut self, next: Step, first: u8) -> Result<bool, Fault> {
        let Step { cursor, at, last, visitor, batch } = next;
        let key = match &self.place {
            Position::Entries(key) => key.as_str(),
            _ => "",
        };
        match first {
            b']' => {
                cursor.at += 1;
                self.place = if key.is_empty() { self.root_ends(cursor, at) } else { Position::Key };
            }
            b',' => cursor.at += 1,
            b'}' => return Err(Fault::Invalid("an array is not closed".to_owned())),
            _ => {
                let (rest, at) = (cursor.rest(), at + cursor.at as u64);
                let used = visitor.entry(key, rest, at, last, batch);
                if last
                    && used == Err(Fault::Incomplete)
                    && let Some(entry) = completed(rest, visitor.inner())
                {
                    let first = batch.len();
                    visitor.whole(key, &entry, at, batch)?;
                    batch.rows.end_before(first, at + rest.len() as u64);
                }
                cursor.at += used?;
            }
        }
        Ok(true)
    }

    fn root_ends(&mut self, cursor: &Cursor, at: u64) -> Position {
        self.root.len = (at + cursor.at as u64).saturating_sub(self.root.at) as usize;
        self.root.is_complete = true;
        Position::Done
    }
}

/// Returns whether a text that begins with a bracket may be a document, and not a line of a log;
/// `None` if that needs more of it.
fn may_be_document(text: &str) -> Option<bool> {
    let mut cursor = Cursor::new(text);
    cursor.at = 1;
    let first = cursor.peek()?;
    Some(match text.as_bytes().first()? {
        b'[' => matches!(first, b'{' | b'[' | b']' | b'"'),
        _ => matches!(first, b'"' | b'}'),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Records its calls.
    #[derive(Default)]
    struct Log(Vec<String>);

    impl Visitor for Log {
        fn is_open(&self, key: &str) -> bool {
            matches!(key, "a" | "a.b")
        }

        fn has_entries(&self, key: &str) -> bool {
            matches!(key, "a.b.list" | "list")
        }

        fn inner(&self) -> &'static [&'static str] {
            &["suites", "tests"]
        }

        fn whole(&mut self, key: &str, entry: &str, at: u64, _: &mut Batch) -> Result<(), Fault> {
            self.0.push(format!("{key}[] {entry}@{at}"));
            Ok(())
        }

        fn value(&mut self, key: &str, text: &str, at: u64, _: &mut Batch) {
            self.0.push(format!("{key} {text}@{at}"));
        }

        fn finish(&mut self, root: Root, _: &mut Batch) {
            self.0.push(format!("{}+{} {}", root.at, root.len, root.is_complete));
        }
    }

    /// Returns the calls for a text in pieces of this size.
    fn walk(text: &str, size: usize) -> Vec<String> {
        let (mut document, mut batch) = (Document::<Log>::default(), Batch::default());
        let (mut from, mut to) = (0, 0);
        while to < text.len() {
            to = (to + size).min(text.len());
            from += document.read(&text[from..to], from as u64, to == text.len(), &mut batch);
        }
        document.finish(&mut batch);
        document.visitor.0.extend(batch.notes.into_iter().map(|note| note.text));
        document.visitor.0
    }

    #[test]
    fn open_objects_are_walked_like_the_root() {
        let text = r#" {"a":{"x":1,"b":{"list":[1,{"y":2}],"z":[]},"c":{}},"b":{},"list":[3]} "#;
        let given = [
            "a.x 1@11",
            "a.b.list[] 1@26",
            "a.b.list[] {\"y\":2}@28",
            "a.b.z []@41",
            "a.c {}@49",
            "b {}@57",
            "list[] 3@68",
            "1+70 true",
        ];
        for size in [1, 2, 3, 100] {
            assert_eq!(walk(text, size), given, "in pieces of {size}");
        }
    }

    #[test]
    fn truncated_documents_keep_earlier_entries() {
        let given = walk(r#"{"a":{"b":{"list":[1,{"y""#, 100);
        assert_eq!(given[..2], ["a.b.list[] 1@19", "0+25 false"]);
        assert!(given[2].starts_with("JSON is truncated in `a.b.list`"), "{given:?}");
    }

    #[test]
    fn truncated_entries_keep_complete_elements() {
        for (text, kept) in [
            (r#"{"n":"[","tests":[{"a":[{"#, None),
            (r#"{"n":{"tests":[{}]},"other":[{"tests":[{}]}],"tests":[1,"#, None),
            (
                r#"{"n":"]","tests":[{"a":"\""},{"b":{"c":[]}},{"d"#,
                Some(r#"{"n":"]","tests":[{"a":"\""},{"b":{"c":[]}}]}"#),
            ),
            (r#"{"tests":[{}],"n":"#, Some(r#"{"tests":[{}]}"#)),
            (
                r#"{"suites":[{"tests":[{}]},{"tests":[{"tests":"x"},{"n":1"#,
                Some(r#"{"suites":[{"tests":[{}]},{"tests":[{"tests":"x"}]}]}"#),
            ),
        ] {
            let given = walk(&format!("{{\"list\":[{text}"), 100);
            let expected = kept.map(|kept| format!("list[] {kept}@9"));
            assert_eq!(given.first().filter(|given| given.contains("[]")), expected.as_ref(), "{text}");
            assert!(given.last().unwrap().contains("is truncated in `list`"), "{given:?}");
        }
    }

    #[test]
    fn text_after_the_end_is_noted_once() {
        for text in [r#"{"x":1} more, {} and more"#, r#"{"x":1,} "#, r#"{"x":1, more, {"y":2} }"#] {
            let given = walk(text, text.len());
            assert!(given.len() <= 3, "{given:?}");
            for size in [1, 2, 5] {
                assert_eq!(walk(text, size), given, "{text} in pieces of {size}");
            }
        }
    }
}
