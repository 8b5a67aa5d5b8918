//! A document, walked entry by entry as the text arrives.

use super::cursor::{Cursor, Fault};
use crate::import::batch::Batch;
use crate::import::importer::Importer;
use crate::model::{Severity, head};

/// What the importer of a JSON format does with what [`Walk`] finds.
pub trait Visitor {
    /// The root value is an array of entries, and not an object.
    fn root_is_array(&self) -> bool {
        false
    }

    /// Several documents may stand one after the other, as in JSON lines.
    fn has_more_documents(&self) -> bool {
        false
    }

    /// The object under this key is walked as the root is: its keys are given
    /// with this one before them, as `results.tests`.
    fn is_open(&self, _key: &str) -> bool {
        false
    }

    /// The same, for keys that files make up: `depth` open objects are around it,
    /// the root not counted.
    fn is_open_at(&self, key: &str, _depth: usize) -> bool {
        self.is_open(key)
    }

    /// The array under this key is given entry by entry.
    fn has_entries(&self, key: &str) -> bool;

    /// Keys of the arrays inside of an entry that are suites or tests. Of an entry
    /// that breaks off, those of them that are whole are given as if it ended there.
    /// None where what stands behind them must be known.
    fn inner(&self) -> &'static [&'static str] {
        &[]
    }

    /// One entry of an array, whole: byte `at` of the file and on.
    fn whole(&mut self, _key: &str, _entry: &str, _at: u64, _batch: &mut Batch) -> Result<(), Fault> {
        Ok(())
    }

    /// One entry at the beginning of `text`, byte `at` of the file. Gives its
    /// length. With `last` there is no more than `text`, and what is complete
    /// of a broken entry may be kept. Most formats read an entry when it is
    /// whole.
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
        self.whole(key, entry, at, batch)?;
        Ok(cursor.at)
    }

    /// Any other value of the root object, or of one that is open.
    fn value(&mut self, key: &str, text: &str, at: u64, batch: &mut Batch);

    /// The file is at its end: settles what only the whole tells.
    fn finish(&mut self, _root: Root, _batch: &mut Batch) {}
}

/// The root value of a document, of several the last.
#[derive(Clone, Copy, Debug, Default)]
pub struct Root {
    /// Its first byte.
    pub at: u64,
    /// Its length as far as it was read.
    pub len: usize,
    /// It has its end.
    pub is_complete: bool,
}

/// The importer of a format whose documents are walked.
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
    }
}

/// An importer for a document that is walked.
pub fn document<V: Visitor + Default + 'static>() -> Box<dyn Importer> {
    Box::new(Document::<V>::default())
}

/// Objects that are open in one another.
const OPEN: usize = 8;

/// Walks a document, entry by entry.
#[derive(Debug, Default)]
struct Walk {
    place: Position,
    root: Root,
    /// The open objects around the place: the keys that lead into each, with a
    /// dot behind them.
    open: Vec<String>,
    /// Keys of arrays of entries so far.
    seen: Vec<String>,
}

#[derive(Debug, Default)]
enum Position {
    #[default]
    Start,
    /// In the root object or an open one, before a key or the end.
    Key,
    /// In an array, before an entry or the end; of the root where the key is "".
    Entries(String),
    /// Behind a document.
    Done,
    /// Behind what is read, whatever comes.
    Over,
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
        used
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
            match self.step(&mut cursor, at, last, visitor, batch) {
                Ok(true) => {}
                Ok(false) => return text.len(),
                Err(Fault::Incomplete) if !last => return before,
                Err(fault) => {
                    let place = match &self.place {
                        Position::Entries(key) if !key.is_empty() => format!(" in `{}`", head(key, 40)),
                        _ => String::new(),
                    };
                    let why = match fault {
                        Fault::Incomplete => "the file ends before it does".to_owned(),
                        Fault::Invalid(why) => why,
                    };
                    let kept = if batch.is_empty() { "" } else { "; what stands before is kept" };
                    batch.note_unreadable(
                        at + before as u64,
                        format!("the JSON breaks off{place}: {why}{kept}"),
                    );
                    self.place = Position::Over;
                    return text.len();
                }
            }
        }
    }

    fn step(
        &mut self,
        cursor: &mut Cursor,
        at: u64,
        last: bool,
        visitor: &mut dyn Visitor,
        batch: &mut Batch,
    ) -> Result<bool, Fault> {
        let next = match cursor.peek() {
            Some(next) => next,
            None if matches!(self.place, Position::Done | Position::Over) => return Ok(false),
            None => return Err(Fault::Incomplete),
        };
        match &self.place {
            Position::Done if visitor.has_more_documents() && matches!(next, b'{' | b'[') => {
                self.place = Position::Start;
            }
            Position::Done => {
                batch.note(
                    Severity::Warning,
                    Some(at + cursor.at as u64),
                    "there is more after the end of the JSON document, which is not read",
                );
                self.place = Position::Over;
                return Ok(false);
            }
            Position::Over => return Ok(false),
            Position::Start => {
                self.root = Root { at: at + cursor.at as u64, ..Root::default() };
                cursor.at += 1;
                self.place = match next {
                    b'{' if !visitor.root_is_array() => Position::Key,
                    // A single object where a list is usual.
                    b'{' => {
                        cursor.at -= 1;
                        let used = visitor.entry("", cursor.rest(), at + cursor.at as u64, last, batch)?;
                        cursor.at += used;
                        self.root_ends(cursor, at)
                    }
                    b'[' => Position::Entries(String::new()),
                    _ => return Err(Fault::Invalid("neither an object nor an array".to_owned())),
                };
            }
            Position::Key => match next {
                b'}' => {
                    cursor.at += 1;
                    if self.open.pop().is_none() {
                        self.place = self.root_ends(cursor, at);
                    }
                }
                b',' => cursor.at += 1,
                b'"' => {
                    let around = self.open.last().map_or("", String::as_str);
                    let key = format!("{around}{}", cursor.key()?);
                    let first = cursor.peek().ok_or(Fault::Incomplete)?;
                    let value_at = at + cursor.at as u64;
                    if first == b'{' && self.open.len() < OPEN && visitor.is_open_at(&key, self.open.len()) {
                        cursor.at += 1;
                        self.open.push(key + ".");
                        return Ok(true);
                    }
                    if visitor.has_entries(&key) && first == b'[' {
                        cursor.at += 1;
                        if self.seen.contains(&key) {
                            let text =
                                format!("the key `{}` is there twice; both lists are read", head(&key, 40));
                            batch.note(Severity::Warning, Some(value_at), text);
                        } else {
                            self.seen.push(key.clone());
                        }
                        self.place = Position::Entries(key);
                        return Ok(true);
                    }
                    let value = cursor.skip_value()?;
                    if visitor.has_entries(&key) && value != "null" {
                        batch.note_unreadable(
                            value_at,
                            format!("`{}` is no list and is left out", head(&key, 40)),
                        );
                    }
                    visitor.value(&key, value, value_at, batch);
                }
                _ => return Err(Fault::Invalid("a key is missing".to_owned())),
            },
            Position::Entries(key) => match next {
                b']' => {
                    cursor.at += 1;
                    self.place = if key.is_empty() { self.root_ends(cursor, at) } else { Position::Key };
                }
                b',' => cursor.at += 1,
                b'}' => return Err(Fault::Invalid("an array has no end".to_owned())),
                _ => {
                    let (rest, at) = (cursor.rest(), at + cursor.at as u64);
                    let used = visitor.entry(key, rest, at, last, batch);
                    if last
                        && used == Err(Fault::Incomplete)
                        && let Some(ended) = ended(rest, visitor.inner())
                    {
                        visitor.whole(key, &ended, at, batch)?;
                    }
                    cursor.at += used?;
                }
            },
        }
        Ok(true)
    }

    fn root_ends(&mut self, cursor: &Cursor, at: u64) -> Position {
        self.root.len = (at + cursor.at as u64).saturating_sub(self.root.at) as usize;
        self.root.is_complete = true;
        Position::Done
    }
}

/// The beginning of an object that breaks off, up to the last whole element of
/// its `inner` arrays, and their ends; nothing if there is no such element.
fn ended(text: &str, inner: &[&str]) -> Option<String> {
    // What is open: the byte that ends it, and whether it is the object, an inner
    // array of one that counts, or an element of that.
    let mut open: Vec<(u8, bool)> = Vec::new();
    let (mut key, mut last, mut counting) = ("", 0..0, 0);
    let mut whole = None;
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' => {
                let Some(end) = string_end(bytes, at + 1) else {
                    break;
                };
                (last, at) = (at + 1..end, end);
            }
            b':' => key = text.get(last.clone()).unwrap_or_default(),
            b'{' | b'[' => {
                let (depth, is_object) = (open.len(), byte == b'{');
                let around = open.last().map(|&(end, _)| end);
                let counts = counting == depth
                    && if is_object {
                        around != Some(b'}')
                    } else {
                        around == Some(b'}') && inner.contains(&key)
                    };
                counting += usize::from(counts);
                open.push((if is_object { b'}' } else { b']' }, counts));
            }
            b'}' | b']' => {
                let (_, counts) = open.pop()?;
                counting -= usize::from(counts);
                if counts && byte == b'}' && !open.is_empty() {
                    whole = Some((at + 1, open.len()));
                }
            }
            _ => {}
        }
        at += 1;
    }
    let (end, depth) = whole?;
    // Objects and arrays are open in turns.
    let ends = "]}".repeat(depth / 2);
    Some(text.get(..end)?.to_owned() + &ends)
}

/// Where a string ends that begins here.
fn string_end(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        at += memchr::memchr2(b'"', b'\\', bytes.get(at..)?)?;
        if bytes.get(at) == Some(&b'"') {
            return Some(at);
        }
        at += 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes down what it is given.
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

    /// What is given of a text that comes in pieces of this size.
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
    fn open_objects_are_walked_as_the_root_is() {
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
    fn what_breaks_off_keeps_what_stands_before() {
        let given = walk(r#"{"a":{"b":{"list":[1,{"y""#, 100);
        assert_eq!(given[..2], ["a.b.list[] 1@19", "0+25 false"]);
        assert!(
            given[2].starts_with("the JSON breaks off in `a.b.list`: the file ends before it does"),
            "{given:?}"
        );
    }

    #[test]
    fn an_entry_that_breaks_off_keeps_what_is_whole_in_it() {
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
            assert!(given.last().unwrap().contains("breaks off in `list`"), "{given:?}");
        }
    }

    #[test]
    fn what_stands_behind_the_end_is_told_once() {
        for text in [r#"{"x":1} more, {} and more"#, r#"{"x":1,} "#, r#"{"x":1, more, {"y":2} }"#] {
            let given = walk(text, text.len());
            assert!(given.len() <= 3, "{given:?}");
            for size in [1, 2, 5] {
                assert_eq!(walk(text, size), given, "{text} in pieces of {size}");
            }
        }
    }
}
