//! JSON: a cursor that walks a document which may not be all there yet.
//!
//! serde_json reads the entries; this finds them. It takes what is broken off
//! or is no strict JSON (`NaN`, `Infinity`) as far as it goes.

use super::batch::Batch;
use super::encoding::SUBSTITUTE;
use super::limits;
use crate::model::{Severity, head};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use std::borrow::Cow;

/// Why a value could not be read.
#[derive(Debug, PartialEq, Eq)]
pub enum Fault {
    /// The text ends inside of it.
    Incomplete,
    /// It is no JSON, or not of the shape that is expected here.
    Invalid(String),
}

/// A string that borrows from the text where it has no escapes.
#[derive(Debug, Default, Deserialize)]
pub struct Str<'a>(#[serde(borrow)] pub Cow<'a, str>);

impl std::ops::Deref for Str<'_> {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

/// A place in a JSON text.
#[derive(Clone, Copy, Debug)]
pub struct Cursor<'a> {
    text: &'a str,
    /// Byte offset into the text.
    pub at: usize,
}

impl<'a> Cursor<'a> {
    /// The beginning of a text.
    pub fn new(text: &'a str) -> Cursor<'a> {
        Cursor { text, at: 0 }
    }

    /// What is to come.
    pub fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or("")
    }

    /// The next byte that is no white space.
    pub fn peek(&mut self) -> Option<u8> {
        let rest = self.rest().as_bytes();
        let space = rest.iter().take_while(|b| b.is_ascii_whitespace()).count();
        self.at += space;
        rest.get(space).copied()
    }

    /// Steps over `byte`, if it is the next one after white space.
    pub fn eat(&mut self, byte: u8) -> bool {
        let is_next = self.peek() == Some(byte);
        self.at += usize::from(is_next);
        is_next
    }

    /// Steps over a string and gives its value.
    pub fn string(&mut self) -> Result<Cow<'a, str>, Fault> {
        if self.peek().is_some_and(|next| next != b'"') {
            return Err(Fault::Invalid("a string is missing".to_owned()));
        }
        let why = match parse::<Str>(self.rest()) {
            Ok((value, len)) => {
                self.at += len;
                return Ok(value.0);
            }
            Err(Fault::Incomplete) => return Err(Fault::Incomplete),
            Err(invalid) => invalid,
        };
        // Control characters and bad bytes are no reason to stop.
        let token = self.skip_value()?;
        match serde_json::from_str(&mended(token)) {
            Ok(text) => Ok(Cow::Owned(text)),
            Err(_) => Err(why),
        }
    }

    /// Steps over a value of any kind and gives its text. Bare words such as
    /// `NaN` pass, whatever they are.
    pub fn skip_value(&mut self) -> Result<&'a str, Fault> {
        self.peek();
        let start = self.at;
        let bytes = self.text.as_bytes();
        let mut depth = 0_usize;
        loop {
            match bytes.get(self.at) {
                None => return Err(Fault::Incomplete),
                Some(b'"') => self.skip_string()?,
                Some(b'{' | b'[') => {
                    depth += 1;
                    self.at += 1;
                    if depth > limits::JSON_DEPTH {
                        return Err(Fault::Invalid("nested too deeply".to_owned()));
                    }
                    continue;
                }
                Some(b'}' | b']') if depth == 0 => {
                    return Err(Fault::Invalid("a value is missing".to_owned()));
                }
                Some(b'}' | b']') => {
                    depth -= 1;
                    self.at += 1;
                }
                Some(b',') if depth == 0 => {
                    return Err(Fault::Invalid("a value is missing".to_owned()));
                }
                Some(b',' | b':') => self.at += 1,
                Some(b) if b.is_ascii_whitespace() => self.at += 1,
                Some(_) => {
                    let word = bytes.get(self.at..).unwrap_or_default().iter().position(|b| {
                        matches!(b, b',' | b':' | b'}' | b']' | b'{' | b'[' | b'"') || b.is_ascii_whitespace()
                    });
                    match word {
                        // A number at the end may go on.
                        None => return Err(Fault::Incomplete),
                        Some(len) => self.at += len,
                    }
                }
            }
            if depth == 0 {
                return Ok(self.text.get(start..self.at).unwrap_or(""));
            }
        }
    }

    fn skip_string(&mut self) -> Result<(), Fault> {
        self.at += 1;
        let bytes = self.text.as_bytes();
        loop {
            let rest = bytes.get(self.at..).unwrap_or_default();
            let Some(found) = memchr::memchr2(b'"', b'\\', rest) else {
                return Err(Fault::Incomplete);
            };
            self.at += found + 1;
            if rest.get(found) == Some(&b'"') {
                return Ok(());
            }
            self.at += 1;
        }
    }
}

/// Parses the value at the beginning of `text`, and gives its length.
pub fn parse<'a, T: Deserialize<'a>>(text: &'a str) -> Result<(T, usize), Fault> {
    let mut stream = serde_json::Deserializer::from_str(text).into_iter::<T>();
    match stream.next() {
        Some(Ok(value)) => Ok((value, stream.byte_offset())),
        Some(Err(error)) if error.is_eof() => Err(Fault::Incomplete),
        Some(Err(error)) => Err(Fault::Invalid(without_place(&error))),
        None => Err(Fault::Incomplete),
    }
}

/// An error's text without its line and column, which count from the entry.
fn without_place(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.rfind(" at line ") {
        Some(at) => text.get(..at).unwrap_or("").to_owned(),
        None => text,
    }
}

/// Parses one entry, which `take` makes use of. An entry that is no strict
/// JSON is tried again [`mended`]; one that cannot be read is left out with a
/// note. Gives the length of the entry.
pub fn entry<'a, T, F>(text: &'a str, at: u64, batch: &mut Batch, take: F) -> Result<usize, Fault>
where
    T: for<'b> Entry<'b>,
    F: for<'b> FnOnce(<T as Entry<'b>>::Value, usize, &mut Batch),
{
    let why = match parse::<<T as Entry<'a>>::Value>(text) {
        Ok((value, len)) => {
            take(value, len, batch);
            return Ok(len);
        }
        Err(Fault::Incomplete) => return Err(Fault::Incomplete),
        Err(Fault::Invalid(why)) => why,
    };
    let slice = Cursor::new(text).skip_value()?;
    let mended = mended(slice);
    if let Ok(value) = serde_json::from_str::<<T as Entry<'_>>::Value>(&mended) {
        take(value, slice.len(), batch);
    } else if let Some(value) = <T as Entry<'_>>::salvage(&mended) {
        batch.broken(at, format!("of an entry only the verdict can be read: {why}"));
        take(value, slice.len(), batch);
    } else {
        batch.broken(at, format!("an entry cannot be read and is left out: {why}"));
    }
    Ok(slice.len())
}

/// A type of entries that borrow from the text they are parsed from.
pub trait Entry<'a> {
    /// The type for one lifetime.
    type Value: Deserialize<'a>;

    /// What can be had of an entry some part of which has the wrong type.
    fn salvage(_text: &'a str) -> Option<Self::Value> {
        None
    }
}

/// The text as strict JSON, where it is nearly that: `null` for every bare word
/// that JSON does not have, escapes for control characters in strings, U+FFFD
/// for bad bytes and for halves of surrogate pairs.
pub fn mended(text: &str) -> String {
    let mut mended = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.bytes().next() {
        let mut cursor = Cursor::new(rest);
        let len = if first == b'"' {
            match cursor.skip_string() {
                Ok(()) => cursor.at,
                Err(_) => rest.len(),
            }
        } else if first.is_ascii_alphanumeric() || matches!(first, b'-' | b'+' | b'.') {
            rest.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '+' | '.')))
                .unwrap_or(rest.len())
        } else {
            rest.chars().next().map_or(1, char::len_utf8)
        };
        let (token, tail) = rest.split_at_checked(len).unwrap_or((rest, ""));
        if first == b'"' {
            mend_string(token, &mut mended);
        } else if is_bare_word(token) {
            mended.push_str("null");
        } else {
            mended.push_str(token);
        }
        rest = tail;
    }
    mended
}

/// `NaN`, `-Infinity`, and numbers that are too large for any.
fn is_bare_word(token: &str) -> bool {
    !matches!(token, "true" | "false" | "null")
        && token.parse::<f64>().is_ok_and(|number| !number.is_finite())
}

fn mend_string(token: &str, into: &mut String) {
    let mut rest = token;
    while let Some(next) = rest.chars().next() {
        let (piece, tail) =
            rest.split_at_checked(escape_len(rest).unwrap_or(next.len_utf8())).unwrap_or((rest, ""));
        match (surrogate(piece), surrogate(tail)) {
            (Some(0xD800..=0xDBFF), Some(0xDC00..=0xDFFF)) => {
                let (low, tail) = tail.split_at_checked(6).unwrap_or((tail, ""));
                into.push_str(piece);
                into.push_str(low);
                rest = tail;
                continue;
            }
            (Some(_), _) => into.push(char::REPLACEMENT_CHARACTER),
            _ if next == char::from(SUBSTITUTE) => into.push(char::REPLACEMENT_CHARACTER),
            _ if next < ' ' => into.push_str(&format!("\\u{:04x}", u32::from(next))),
            _ => into.push_str(piece),
        }
        rest = tail;
    }
}

/// Length of the escape that the text begins with.
fn escape_len(text: &str) -> Option<usize> {
    let escaped = text.strip_prefix('\\')?.chars().next()?;
    Some(if escaped == 'u' { 6 } else { 1 + escaped.len_utf8() })
}

/// The half of a surrogate pair that the text begins with, as an escape.
fn surrogate(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    let unit = u16::from_str_radix(digits, 16).ok()?;
    (0xD800..0xE000).contains(&unit).then_some(unit)
}

/// A number in seconds out of a value of any kind: numbers, and strings that
/// hold one.
pub fn seconds(raw: Option<&RawValue>) -> Option<f64> {
    let text = raw?.get();
    super::number::seconds(text.strip_prefix('"').and_then(|t| t.strip_suffix('"')).unwrap_or(text))
}

/// The text of a value: strings as they are, anything else as JSON.
pub fn plain(raw: &RawValue) -> String {
    match from_str::<String>(raw.get()) {
        Ok(text) => visible(&text),
        Err(_) => visible(raw.get()),
    }
}

/// Parses a value that is all there, strict JSON or [`mended`].
pub fn from_str<T: DeserializeOwned>(text: &str) -> serde_json::Result<T> {
    serde_json::from_str(text).or_else(|_| serde_json::from_str(&mended(text)))
}

/// What stands for bad bytes, made visible.
pub fn visible(text: &str) -> String {
    if text.as_bytes().contains(&SUBSTITUTE) {
        text.replace(char::from(SUBSTITUTE), "\u{FFFD}")
    } else {
        text.to_owned()
    }
}

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

    /// The array under this root key is given entry by entry.
    fn has_entries(&self, key: &str) -> bool;

    /// One entry at the beginning of `text`, byte `at` of the file. Gives its
    /// length. With `last` there is no more than `text`, and what is complete
    /// of a broken entry may be kept.
    fn entry(
        &mut self,
        key: &str,
        text: &str,
        at: u64,
        last: bool,
        batch: &mut Batch,
    ) -> Result<usize, Fault>;

    /// Any other value of the root object.
    fn value(&mut self, key: &str, text: &str, at: u64, batch: &mut Batch);
}

/// Walks the root of a document, entry by entry.
#[derive(Debug, Default)]
pub struct Walk {
    place: Place,
    /// Keys of arrays of entries so far.
    seen: Vec<String>,
}

#[derive(Debug, Default)]
enum Place {
    #[default]
    Start,
    /// In the root object, before a key or the end.
    Key,
    /// In an array, before an entry or the end; of the root where the key is "".
    Entries(String),
    Done,
}

impl Walk {
    /// The document is complete.
    pub fn is_done(&self) -> bool {
        matches!(self.place, Place::Done)
    }

    /// See [`super::Importer::read`].
    pub fn read(
        &mut self,
        text: &str,
        at: u64,
        last: bool,
        visitor: &mut dyn Visitor,
        batch: &mut Batch,
    ) -> usize {
        let mut cursor = Cursor::new(text);
        loop {
            let before = cursor;
            match self.step(&mut cursor, at, last, visitor, batch) {
                Ok(true) => {}
                Ok(false) => return text.len(),
                Err(Fault::Incomplete) if !last => return before.at,
                Err(fault) => {
                    let place = match &self.place {
                        Place::Entries(key) if !key.is_empty() => format!(" in `{}`", head(key, 40)),
                        _ => String::new(),
                    };
                    let why = match fault {
                        Fault::Incomplete => "the file ends before it does".to_owned(),
                        Fault::Invalid(why) => why,
                    };
                    let kept = if batch.is_empty() { "" } else { "; what stands before is kept" };
                    batch.broken(at + before.at as u64, format!("the JSON breaks off{place}: {why}{kept}"));
                    self.place = Place::Done;
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
            None if matches!(self.place, Place::Done) => return Ok(false),
            None => return Err(Fault::Incomplete),
        };
        match &self.place {
            Place::Done if visitor.has_more_documents() && matches!(next, b'{' | b'[') => {
                self.place = Place::Start;
            }
            Place::Done => {
                batch.note(
                    Severity::Warning,
                    Some(at + cursor.at as u64),
                    "there is more after the end of the JSON document, which is not read",
                );
                return Ok(false);
            }
            Place::Start => {
                cursor.at += 1;
                self.place = match next {
                    b'{' if !visitor.root_is_array() => Place::Key,
                    // A single object where a list is usual.
                    b'{' => {
                        cursor.at -= 1;
                        let used = visitor.entry("", cursor.rest(), at + cursor.at as u64, last, batch)?;
                        cursor.at += used;
                        Place::Done
                    }
                    b'[' => Place::Entries(String::new()),
                    _ => return Err(Fault::Invalid("neither an object nor an array".to_owned())),
                };
            }
            Place::Key => match next {
                b'}' => {
                    cursor.at += 1;
                    self.place = Place::Done;
                }
                b',' => cursor.at += 1,
                b'"' => {
                    let key = cursor.string()?.into_owned();
                    if !cursor.eat(b':') {
                        return Err(match cursor.peek() {
                            None => Fault::Incomplete,
                            Some(_) => Fault::Invalid("a colon is missing".to_owned()),
                        });
                    }
                    let first = cursor.peek().ok_or(Fault::Incomplete)?;
                    let value_at = at + cursor.at as u64;
                    if visitor.has_entries(&key) && first == b'[' {
                        cursor.at += 1;
                        if self.seen.contains(&key) {
                            let text =
                                format!("the key `{}` is there twice; both lists are read", head(&key, 40));
                            batch.note(Severity::Warning, Some(value_at), text);
                        }
                        self.seen.push(key.clone());
                        self.place = Place::Entries(key);
                        return Ok(true);
                    }
                    let value = cursor.skip_value()?;
                    if visitor.has_entries(&key) && value != "null" {
                        batch.broken(value_at, format!("`{}` is no list and is left out", head(&key, 40)));
                    }
                    visitor.value(&key, value, value_at, batch);
                }
                _ => return Err(Fault::Invalid("a key is missing".to_owned())),
            },
            Place::Entries(key) => match next {
                b']' => {
                    cursor.at += 1;
                    self.place = if key.is_empty() { Place::Done } else { Place::Key };
                }
                b',' => cursor.at += 1,
                b'}' => return Err(Fault::Invalid("an array has no end".to_owned())),
                _ => {
                    let used = visitor.entry(key, cursor.rest(), at + cursor.at as u64, last, batch)?;
                    cursor.at += used;
                }
            },
        }
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn skips_values_of_every_kind() {
        for (text, value) in [
            (r#""a\"b" ,"#, r#""a\"b""#),
            (r#"{"a":[1,{"b":"]}"}]}x"#, r#"{"a":[1,{"b":"]}"}]}"#),
            ("-1.5e3,", "-1.5e3"),
            ("NaN]", "NaN"),
            ("[]", "[]"),
        ] {
            assert_eq!(Cursor::new(text).skip_value(), Ok(value));
        }
        for text in ["", "\"abc", "\"abc\\", "[1,", "{\"a\":", "12"] {
            assert_eq!(Cursor::new(text).skip_value(), Err(Fault::Incomplete), "{text}");
        }
        assert!(matches!(Cursor::new("]").skip_value(), Err(Fault::Invalid(_))));
        let deep = "[".repeat(limits::JSON_DEPTH + 1);
        assert!(matches!(Cursor::new(&deep).skip_value(), Err(Fault::Invalid(_))));
    }

    #[test]
    fn bare_words_become_null() {
        assert_eq!(
            mended(r#"{"a": NaN, "b": -Infinity, "NaN": "NaN", "c": [true, 1e5, -3]}"#),
            r#"{"a": null, "b": null, "NaN": "NaN", "c": [true, 1e5, -3]}"#
        );
        assert_eq!(mended("[1e999, -1e999, nan, inf, word]"), "[null, null, null, null, word]");
    }

    #[test]
    fn strings_are_mended() {
        for (text, expected) in [
            ("\"a\nb\tc\u{0}\"", r#""a\u000ab\u0009c\u0000""#),
            ("\"a\u{1A}b\"", "\"a\u{FFFD}b\""),
            (r#""\ud83d end""#, "\"\u{FFFD} end\""),
            (r#""\udd0a\ud83d""#, "\"\u{FFFD}\u{FFFD}\""),
            (r#""\ud83d\udd0a \\ud83d \u00e9""#, r#""\ud83d\udd0a \\ud83d \u00e9""#),
            (r#""\u12"#, r#""\u12"#),
        ] {
            assert_eq!(mended(text), expected, "{text}");
        }
    }
}
