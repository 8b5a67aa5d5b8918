//! A cursor that takes values from JSON text.

use super::bytes::{are_structure, ends_in_comma, ends_word, ends_words, is_structure, is_white_space};
use super::scan::{self, Nested};
use crate::import::batch::Batch;
use crate::import::encoding::SUBSTITUTE;
use crate::import::number;
use crate::model::{Severity, head};
use crate::text::search::{find, find_byte};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Why a value could not be read.
#[derive(Debug, PartialEq, Eq)]
pub enum Fault {
    /// The text ends inside it.
    Incomplete,
    /// It is not JSON, or does not have the expected shape.
    Invalid(String),
}

impl Fault {
    fn invalid(why: &str) -> Fault {
        Fault::Invalid(why.to_owned())
    }
}

/// A place in a JSON text.
#[derive(Clone, Debug)]
pub struct Cursor<'a> {
    text: &'a str,
    /// Byte offset into the text.
    pub at: usize,
    /// The first value so far that was skipped because it has the wrong type:
    /// "`setup` is not an object".
    pub odd: Option<String>,
    /// What is not strict JSON so far.
    pub deviations: Deviations,
}

/// Deviations from strict JSON that people write by hand. The readers accept them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Deviations {
    /// `// …` and `/* … */`.
    pub comments: bool,
    /// A comma before the end of an object or array.
    pub commas: bool,
    /// A colon is missing between a key and a list or an object.
    pub colons: bool,
}

impl Deviations {
    /// Notes each kind once per file. `at` is the byte of the value that has them.
    pub fn note(self, at: u64, batch: &mut Batch) {
        if self == Deviations::default() {
            return;
        }
        for (is_met, what) in
            [(self.comments, "comments"), (self.commas, "trailing commas"), (self.colons, "a missing colon")]
        {
            let text = format!("not strict JSON, but read: {what}");
            if is_met && !batch.notes.iter().any(|note| note.text == text) {
                batch.note(Severity::Info, Some(at), text);
            }
        }
    }
}

impl<'a> Cursor<'a> {
    /// Returns a cursor at the beginning of a text.
    pub fn new(text: &'a str) -> Cursor<'a> {
        Cursor { text, at: 0, odd: None, deviations: Deviations::default() }
    }

    /// Returns the rest of the text.
    pub fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or("")
    }

    /// Skips white space and comments, and returns the next byte. A comment without an end is the
    /// end of the text.
    #[inline]
    pub fn peek(&mut self) -> Option<u8> {
        let next = self.skip_white_space()?;
        if next == b'/' { self.behind_comments() } else { Some(next) }
    }

    #[inline]
    fn skip_white_space(&mut self) -> Option<u8> {
        let bytes = self.text.as_bytes();
        loop {
            let next = *bytes.get(self.at)?;
            if next > b' ' || !is_white_space(next) {
                return Some(next);
            }
            self.at += 1;
        }
    }

    /// Skips comments, and returns the byte behind them. Out of line, because few files have any.
    #[cold]
    fn behind_comments(&mut self) -> Option<u8> {
        while self.skip_comment()? {
            let next = self.skip_white_space()?;
            if next != b'/' {
                return Some(next);
            }
        }
        Some(b'/')
    }

    /// Skips a comment after its `/` was found, and returns whether it is one; `None` if it has no
    /// end.
    #[cold]
    fn skip_comment(&mut self) -> Option<bool> {
        match self.text.as_bytes().get(self.at + 1)? {
            b'/' | b'*' => {
                self.at = super::comment_end(self.text, self.at)?;
                self.deviations.comments = true;
                Some(true)
            }
            _ => Some(false),
        }
    }

    /// Takes `byte` if it is next after white space, and returns whether it was.
    #[inline]
    pub fn eat(&mut self, byte: u8) -> bool {
        let is_next = self.peek() == Some(byte);
        self.at += usize::from(is_next);
        is_next
    }

    /// Takes an array. `element` is called before each element, and takes it.
    pub fn array(
        &mut self,
        element: &mut dyn FnMut(&mut Cursor<'a>) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        self.eat(b'[');
        let mut is_first = true;
        while self.next_of(b']', &mut is_first)? {
            element(self)?;
        }
        Ok(())
    }

    /// Takes an object. `field` is called with each key, before its value. It takes the
    /// value, or leaves it, and then the value is skipped.
    pub fn object(
        &mut self,
        field: &mut dyn FnMut(&str, &mut Cursor<'a>) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        self.eat(b'{');
        let mut is_first = true;
        while self.next_of(b'}', &mut is_first)? {
            let spelled;
            let key = match self.short_key() {
                Some(key) => key,
                None => {
                    spelled = self.key()?;
                    &*spelled
                }
            };
            self.peek();
            let at = self.at;
            field(key, self)?;
            if self.at == at {
                self.skip_value()?;
            }
        }
        Ok(())
    }

    /// Takes an object, and returns it as a record. `field` stores the value of each key,
    /// as for [`Cursor::object`].
    pub fn record<T: Default>(
        &mut self,
        field: impl Fn(&mut T, &str, &mut Cursor<'a>) -> Result<(), Fault>,
    ) -> Result<T, Fault> {
        let mut record = T::default();
        self.fill(&mut record, field)?;
        Ok(record)
    }

    /// Like [`Cursor::record`], into a record that is there: a large one is not moved then.
    pub fn fill<T>(
        &mut self,
        record: &mut T,
        field: impl Fn(&mut T, &str, &mut Cursor<'a>) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        self.object(&mut |key, value| field(record, key, value))
    }

    /// Takes a key and its colon as nearly all are spelled: short, without escapes, and next to each other.
    #[inline(always)]
    fn short_key(&mut self) -> Option<&'a str> {
        let bytes = self.text.as_bytes();
        let content = self.at + 1;
        let end = content + scan::short_string(bytes.get(content..)?)?;
        if bytes.get(self.at) != Some(&b'"') || bytes.get(end + 1) != Some(&b':') {
            return None;
        }
        self.at = end + 2;
        self.text.get(content..end)
    }

    /// Takes a key and its colon.
    pub fn key(&mut self) -> Result<Cow<'a, str>, Fault> {
        match self.peek() {
            None => return Err(Fault::Incomplete),
            Some(b'"') => {}
            Some(_) => return Err(Fault::invalid("a key is missing")),
        }
        let key = self.string_here()?;
        Err(match self.peek() {
            Some(b':') => {
                self.at += 1;
                return Ok(key);
            }
            None => Fault::Incomplete,
            Some(b'[' | b'{') => {
                self.deviations.colons = true;
                return Ok(key);
            }
            Some(_) => Fault::invalid("a colon is missing"),
        })
    }

    /// Skips commas up to the next element, or takes the end. Returns whether there is
    /// an element.
    #[inline(always)]
    pub(super) fn next_of(&mut self, end: u8, is_first: &mut bool) -> Result<bool, Fault> {
        let at = self.at;
        match self.text.as_bytes().get(at) {
            Some(b',') if !*is_first => {
                self.at += 1;
                if !matches!(self.skip_white_space(), None | Some(b',' | b'}' | b']' | b'/')) {
                    return Ok(true);
                }
                self.at = at;
            }
            Some(&next) if next == end => {
                *is_first = false;
                self.at += 1;
                return Ok(false);
            }
            _ => {}
        }
        self.next_of_any(end, is_first)
    }

    /// [`Cursor::next_of`] with any white space, comments and commas.
    fn next_of_any(&mut self, end: u8, is_first: &mut bool) -> Result<bool, Fault> {
        let was_first = std::mem::take(is_first);
        let mut has_comma = was_first;
        let mut next = self.peek();
        while next == Some(b',') {
            has_comma = true;
            self.at += 1;
            next = self.peek();
        }
        match next {
            None => Err(Fault::Incomplete),
            Some(next) if next == end => {
                self.at += 1;
                self.deviations.commas |= has_comma && !was_first;
                Ok(false)
            }
            Some(_) if has_comma => Ok(true),
            Some(b'}' | b']') => Err(Fault::invalid("unmatched closing bracket")),
            Some(_) => Err(Fault::invalid("a comma is missing")),
        }
    }

    /// Returns whether the next value is an object. Any other value is skipped, and is
    /// odd unless it is `null`.
    pub fn is_object(&mut self, key: &str) -> Result<bool, Fault> {
        let is_object = self.peek() == Some(b'{');
        if !is_object && self.skip_value()? != "null" {
            self.note_odd(key, "an object");
        }
        Ok(is_object)
    }

    /// Takes a value as a text: a string, a number or a bare word. Returns `None` for
    /// `null`; an object or array is odd.
    pub fn text(&mut self, key: &str) -> Result<Option<Cow<'a, str>>, Fault> {
        match self.peek().ok_or(Fault::Incomplete)? {
            b'"' => self.string_here().map(Some),
            b'{' | b'[' => {
                self.skip_value()?;
                self.note_odd(key, "text");
                Ok(None)
            }
            _ => Ok(Some(self.skip_value()?).filter(|word| *word != "null").map(visible)),
        }
    }

    /// Like [`Cursor::text`], with "" for `None`.
    #[inline]
    pub fn text_or_empty(&mut self, key: &str) -> Result<Cow<'a, str>, Fault> {
        if self.text.as_bytes().get(self.at) == Some(&b'"') {
            return self.string_here();
        }
        self.text(key).map(Option::unwrap_or_default)
    }

    #[cold]
    fn note_odd(&mut self, key: &str, kind: &str) {
        self.odd.get_or_insert_with(|| format!("`{}` is not {kind}", head(key, 40)));
    }

    /// Takes a string.
    pub fn string(&mut self) -> Result<Cow<'a, str>, Fault> {
        if self.peek() != Some(b'"') {
            return Err(if self.at < self.text.len() {
                Fault::invalid("a string is missing")
            } else {
                Fault::Incomplete
            });
        }
        self.string_here()
    }

    /// Takes the string whose quote is next.
    #[inline]
    fn string_here(&mut self) -> Result<Cow<'a, str>, Fault> {
        let start = self.at + 1;
        let has_escapes = self.skip_string()?;
        let inner = self.text.get(start..self.at - 1).unwrap_or("");
        Ok(if has_escapes { Cow::Owned(unescaped(inner)) } else { Cow::Borrowed(inner) })
    }

    /// Skips a value, and returns its JSON. Any bare word such as `NaN` is a value.
    pub fn skip_value(&mut self) -> Result<&'a str, Fault> {
        let first = self.peek().ok_or(Fault::Incomplete)?;
        let start = self.at;
        match first {
            b'"' => {
                self.skip_string()?;
            }
            b'{' | b'[' => self.skip_nested()?,
            b'}' | b']' | b',' | b':' => return Err(Fault::invalid("a value is missing")),
            _ => {
                let rest = self.text.as_bytes().get(start..).unwrap_or_default();
                // A number at the end of the text may continue.
                self.at += find(rest, ends_words, ends_word).ok_or(Fault::Incomplete)?;
            }
        }
        Ok(self.text.get(start..self.at).unwrap_or(""))
    }

    /// Skips an object or array.
    fn skip_nested(&mut self) -> Result<(), Fault> {
        let bytes = self.text.as_bytes();
        if let Some(b'}' | b']') = bytes.get(self.at + 1) {
            self.at += 2;
            return Ok(());
        }
        match scan::nested_end(bytes, self.at) {
            Nested::To { end, has_extra_comma } => {
                self.at = end;
                self.deviations.commas |= has_extra_comma;
                Ok(())
            }
            Nested::Open => Err(Fault::Incomplete),
            Nested::Unusual => self.skip_unusual(),
        }
    }

    /// Skips any object or array. Of all between its brackets, only what may hide brackets is looked
    /// at: strings and comments.
    #[cold]
    fn skip_unusual(&mut self) -> Result<(), Fault> {
        let bytes = self.text.as_bytes();
        let mut depth = 0_usize;
        // The end of the last comment, and whether a comma was before it.
        let (mut behind_comment, mut had_comma) = (self.at, false);
        loop {
            let rest = bytes.get(self.at..).unwrap_or_default();
            self.at += find(rest, are_structure, is_structure).ok_or(Fault::Incomplete)?;
            match bytes.get(self.at) {
                Some(b'"') => {
                    self.skip_string()?;
                }
                Some(b'{' | b'[') => {
                    depth += 1;
                    self.at += 1;
                }
                Some(b'/') => {
                    let before = bytes.get(behind_comment..self.at).unwrap_or_default();
                    let in_word = before.last().is_some_and(|byte| !ends_word(*byte));
                    let may_be_comment = matches!(bytes.get(self.at + 1), None | Some(b'/' | b'*'));
                    if may_be_comment && !in_word {
                        had_comma = ends_in_comma(before, had_comma);
                        self.skip_comment().ok_or(Fault::Incomplete)?;
                        behind_comment = self.at;
                    } else {
                        self.at += 1;
                    }
                }
                _ => {
                    let before = bytes.get(behind_comment..self.at).unwrap_or_default();
                    self.deviations.commas |= ends_in_comma(before, had_comma);
                    depth = depth.saturating_sub(1);
                    self.at += 1;
                    if depth == 0 {
                        return Ok(());
                    }
                }
            }
        }
    }

    /// Skips a string, and returns whether it is anything else than its text: it has escapes, or
    /// bytes that were invalid UTF-8.
    #[inline]
    fn skip_string(&mut self) -> Result<bool, Fault> {
        let bytes = self.text.as_bytes();
        let content = self.at + 1;
        if let Some(len) = scan::short_string(bytes.get(content..).unwrap_or_default()) {
            self.at = content + len + 1;
            return Ok(false);
        }
        let (end, has_escapes) = scan::string_end(bytes, content).ok_or(Fault::Incomplete)?;
        self.at = end;
        Ok(has_escapes)
    }
}

/// Resolves the escapes of a string. Invalid ones stay as they are; unpaired
/// surrogates become U+FFFD.
fn unescaped(text: &str) -> String {
    let mut value = String::with_capacity(text.len());
    let is_valid = memchr::memchr(SUBSTITUTE, text.as_bytes()).is_none();
    let shown: fn(&str) -> Cow<'_, str> = if is_valid { |text| Cow::Borrowed(text) } else { visible };
    let mut rest = text;
    while let Some(at) = find_byte(rest.as_bytes(), [b'\\']) {
        let (plain, escape) = (rest.get(..at).unwrap_or(""), rest.get(at + 1..).unwrap_or(""));
        value.push_str(&shown(plain));
        let mut chars = escape.chars();
        let plain = match chars.next() {
            Some('n') => '\n',
            Some('t') => '\t',
            Some('r') => '\r',
            Some('b') => '\u{8}',
            Some('f') => '\u{C}',
            Some('u') if unit(escape).is_some() => {
                let (character, len) = utf16(escape);
                value.push(character);
                rest = escape.get(len..).unwrap_or("");
                continue;
            }
            Some(other @ ('"' | '\\' | '/')) => other,
            Some(other) => {
                value.push('\\');
                other
            }
            None => break,
        };
        value.push(plain);
        rest = chars.as_str();
    }
    value.push_str(&shown(rest));
    value
}

/// Returns the UTF-16 unit of an escape without its backslash.
fn unit(escape: &str) -> Option<u16> {
    u16::from_str_radix(escape.strip_prefix('u')?.get(..4)?, 16).ok()
}

/// Returns the character of the escape at the beginning, possibly with the one after it,
/// and their length without the first backslash.
fn utf16(escape: &str) -> (char, usize) {
    let high = unit(escape).unwrap_or(0xFFFD);
    let low = escape.get(5..).and_then(|rest| rest.strip_prefix('\\')).and_then(unit);
    if let (0xD800..=0xDBFF, Some(low @ 0xDC00..=0xDFFF)) = (high, low) {
        let code = 0x1_0000 + ((u32::from(high) - 0xD800) << 10) + (u32::from(low) - 0xDC00);
        return (char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER), 11);
    }
    (char::from_u32(u32::from(high)).unwrap_or(char::REPLACEMENT_CHARACTER), 5)
}

/// Shows bytes that were invalid UTF-8 as U+FFFD.
fn visible(text: &str) -> Cow<'_, str> {
    if memchr::memchr(SUBSTITUTE, text.as_bytes()).is_some() {
        Cow::Owned(text.replace(char::from(SUBSTITUTE), "\u{FFFD}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// Reads one entry, which is an object. Returns the entry and its length. An invalid entry
/// is noted and ignored.
pub fn entry<'a, T>(
    text: &'a str,
    at: u64,
    batch: &mut Batch,
    read: impl FnOnce(&mut Cursor<'a>) -> Result<T, Fault>,
) -> Result<(Option<T>, usize), Fault> {
    let mut cursor = Cursor::new(text);
    if cursor.peek() != Some(b'{') {
        let value = cursor.skip_value()?;
        batch.note_unreadable(at, format!("an entry is not an object; ignored: `{}`", head(value, 40)));
        return Ok((None, cursor.at));
    }
    match read(&mut cursor) {
        Ok(value) => {
            cursor.deviations.note(at, batch);
            if let Some(odd) = cursor.odd {
                batch.note_unreadable(at, format!("in an entry, {odd}; ignored"));
            }
            Ok((Some(value), cursor.at))
        }
        Err(Fault::Incomplete) => Err(Fault::Incomplete),
        Err(Fault::Invalid(why)) => {
            let mut cursor = Cursor::new(text);
            cursor.skip_value()?;
            batch.note_unreadable(at, format!("invalid entry ignored: {why}"));
            Ok((None, cursor.at))
        }
    }
}

/// Reads a line as an object, with `field` as for [`Cursor::record`]. Returns `None`
/// unless the line is a complete object.
pub fn line<'a, T: Default>(
    line: &'a str,
    field: impl Fn(&mut T, &str, &mut Cursor<'a>) -> Result<(), Fault>,
) -> Option<T> {
    let mut cursor = Cursor::new(line);
    (cursor.peek() == Some(b'{')).then(|| cursor.record(field).ok())?
}

/// Returns the keys of an object with the JSON of their values, up to the first fault.
/// If a key occurs twice, the last one counts.
pub fn fields(text: &str) -> BTreeMap<String, &str> {
    let mut fields = BTreeMap::new();
    let mut cursor = Cursor::new(text);
    if cursor.peek() == Some(b'{') {
        let _ = cursor.object(&mut |key, value| {
            fields.insert(key.to_owned(), value.skip_value()?);
            Ok(())
        });
    }
    fields
}

/// Returns seconds from the JSON of a value: a number, or a string that holds one.
pub fn seconds(value: &str) -> Option<f64> {
    number::seconds(value.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(value))
}

/// Returns a value as text: strings without quotes, anything else as JSON.
pub fn plain(value: &str) -> Cow<'_, str> {
    if let Some(inner) = value.strip_prefix('"') {
        // Nearly all strings are their content.
        let content = inner.strip_suffix('"');
        let is_plain = |text: &&str| find_byte(text.as_bytes(), [b'"', b'\\', SUBSTITUTE]).is_none();
        if let Some(content) = content.filter(is_plain) {
            return Cow::Borrowed(content);
        }
        Cursor::new(value).string().unwrap_or(Cow::Borrowed(""))
    } else {
        visible(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

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
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(Cursor::new(&deep).skip_value(), Ok(deep.as_str()));
    }

    #[test]
    fn lenient_strings_are_read() {
        for (text, expected) in [
            (r#""""#, ""),
            ("\"a\nb\tc\u{0}\"", "a\nb\tc\u{0}"),
            (r#""\"\\\/\b\f\n\r\t\u00e9""#, "\"\\/\u{8}\u{C}\n\r\té"),
            ("\"a\u{1A}b\\n\u{1A}\"", "a\u{FFFD}b\n\u{FFFD}"),
            (r#""\ud83d end""#, "\u{FFFD} end"),
            (r#""\udd0a\ud83d""#, "\u{FFFD}\u{FFFD}"),
            (r#""\ud83d\udd0a \\ud83d""#, "🔊 \\ud83d"),
            (r#""\ud83d\u0041\u12 \q""#, "\u{FFFD}A\\u12 \\q"),
        ] {
            assert_eq!(Cursor::new(text).string().as_deref(), Ok(expected), "{text}");
        }
        for text in ["\"abc", "\"abc\\", "\"abc\\\"", "\"", "", " "] {
            assert_eq!(Cursor::new(text).string(), Err(Fault::Incomplete), "{text}");
        }
        assert!(matches!(Cursor::new("1").string(), Err(Fault::Invalid(_))));
    }

    #[test]
    fn deviations_inside_a_skipped_value_are_found() {
        let found = |text: &str| {
            let mut cursor = Cursor::new(text);
            assert_eq!(cursor.skip_value(), Ok(text), "{text}");
            (cursor.deviations.commas, cursor.deviations.comments)
        };
        assert_eq!(found("[1, 2]"), (false, false));
        assert_eq!(found("[1, 2, ]"), (true, false));
        assert_eq!(found(r#"{"a": [{"b": 1,}], "c": 2}"#), (true, false));
        assert_eq!(found("[\",]\", 2]"), (false, false));
        assert_eq!(found("[1, // ] one\n 2]"), (false, true));
        assert_eq!(found("[1, /* ] */ ]"), (true, true));
        assert_eq!(found("[1, /* ] *//* ] */]"), (true, true));
        assert_eq!(found("[1 /* , */ ]"), (false, true));
        assert_eq!(found("[[1, /* ] */ 2]]"), (false, true));
        assert_eq!(found("[a//b, 1/*, 2]"), (false, false));
    }

    fn keys(text: &str) -> Result<Vec<String>, Fault> {
        let mut keys = Vec::new();
        Cursor::new(text).object(&mut |key, value| {
            keys.push(format!("{key}={}", value.skip_value()?));
            Ok(())
        })?;
        Ok(keys)
    }

    #[test]
    fn objects_give_keys_and_values() {
        assert_eq!(keys(r#"{"a": 1, "b\n": [2], }"#).unwrap(), ["a=1", "b\n=[2]"]);
        assert_eq!(keys("{}").unwrap(), [""; 0]);
        for text in ["{", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "{\"a\": 1 "] {
            assert_eq!(keys(text), Err(Fault::Incomplete), "{text}");
        }
        for text in ["{1:2}", "{\"a\" 1}", "{\"a\":1 \"b\":2}", "{\"a\":1]", "{\"a\":}"] {
            assert!(matches!(keys(text), Err(Fault::Invalid(_))), "{text}");
        }
    }

    /// What skipping a value did: where it ends, and whether it had extra commas and comments.
    type Skipped = Option<(usize, bool, bool)>;

    /// Skips the object or array at `at` one byte at a time.
    fn skip_by_byte(text: &str, mut at: usize) -> Skipped {
        let bytes = text.as_bytes();
        let (mut depth, mut commas, mut comments) = (0, false, false);
        let (mut behind_comment, mut had_comma) = (at, false);
        loop {
            let before = &bytes[behind_comment..at];
            match *bytes.get(at)? {
                b'"' => {
                    at += 1;
                    while *bytes.get(at)? != b'"' {
                        at += if bytes[at] == b'\\' { 2 } else { 1 };
                    }
                }
                b'{' | b'[' => depth += 1,
                b'}' | b']' => {
                    commas |= ends_in_comma(before, had_comma);
                    depth -= 1;
                    if depth == 0 {
                        return Some((at + 1, commas, comments));
                    }
                }
                b'/' if matches!(bytes.get(at + 1), None | Some(b'/' | b'*'))
                    && ends_word(*before.last().unwrap_or(&b' ')) =>
                {
                    had_comma = ends_in_comma(before, had_comma);
                    at = crate::import::json::comment_end(text, at)?;
                    (behind_comment, comments) = (at, true);
                    continue;
                }
                _ => {}
            }
            at += 1;
        }
    }

    fn skip(text: &str, at: usize) -> Skipped {
        let mut cursor = Cursor { at, ..Cursor::new(text) };
        cursor.skip_value().ok()?;
        Some((cursor.at, cursor.deviations.commas, cursor.deviations.comments))
    }

    /// Pieces of JSON, of what is no JSON, and long plain ones, so that blocks end at any place.
    fn hostile() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            8 => prop::sample::select(vec![
                "\"", "\\", "\\\\", "\\\"", "{", "[", "}", "]", ",", ", ", ":", " ", "\n", "/", "//", "/*", "*/", "ü", "\u{1A}", "0",
            ]).prop_map(str::to_owned),
            4 => "\"[ab\\[\\]{},/]{0,9}\"",
            2 => "[a ]{0,70}",
            1 => r"\\{0,70}",
        ];
        prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
    }

    #[test]
    fn nested_values_end_at_every_place_of_a_block() {
        for len in 0..200 {
            for (open, close) in [
                ("[\"", "\"]"),
                ("[", "1,]"),
                ("[\"", "\\\\\", \"\\\"]\"]"),
                ("[\"\", [", "]]"),
                ("[", "/* ] */]"),
            ] {
                let text = format!("{open}{}{close}", " ".repeat(len));
                let expected = skip_by_byte(&text, 0);
                assert_eq!(expected.map(|(end, ..)| end), Some(text.len()), "{text}");
                for end in 0..=text.len() {
                    let expected = expected.filter(|_| end == text.len());
                    assert_eq!(skip(&text[..end], 0), expected, "{}", &text[..end]);
                }
                let more = format!("{text}{}", "]".repeat(len));
                assert_eq!(skip(&more, 0), expected, "{more}");
            }
        }
    }

    proptest! {
        #[test]
        fn values_are_skipped_as_byte_by_byte(inner in hostile(), before in 0_usize..70, depth in 1_usize..4) {
            let text = format!("{}{}{inner}{}", " ".repeat(before), "[".repeat(depth), "}".repeat(depth));
            for end in (before + depth..=text.len()).filter(|&end| text.is_char_boundary(end)) {
                let cut = &text[..end];
                prop_assert_eq!(skip(cut, before), skip_by_byte(cut, before), "{:?}", cut);
            }
        }

        #[test]
        fn strings_end_as_byte_by_byte(inner in hostile()) {
            let text = format!("\"{inner}\"");
            for end in (1..=text.len()).filter(|&end| text.is_char_boundary(end)) {
                let cut = &text[..end];
                let (mut at, mut has_escapes) = (1, false);
                let expected = loop {
                    match cut.as_bytes().get(at) {
                        None => break None,
                        Some(b'"') => break Some((at + 1, has_escapes)),
                        Some(b'\\') => (at, has_escapes) = (at + 2, true),
                        Some(&byte) => (at, has_escapes) = (at + 1, has_escapes || byte == SUBSTITUTE),
                    }
                };
                prop_assert_eq!(scan::string_end(cut.as_bytes(), 1), expected, "{:?}", cut);
                let mut cursor = Cursor::new(cut);
                let skipped = cursor.skip_string().ok().map(|has_escapes| (cursor.at, has_escapes));
                prop_assert_eq!(skipped, expected, "{:?}", cut);
            }
        }

        #[test]
        fn objects_are_read_however_they_are_spaced(
            fields in prop::collection::vec((".{0,20}", "[a-z0-9]{1,30}"), 0..9),
            spaces in prop::collection::vec("[ \n\r\t]{0,3}|[ \n]{0,40}", 40),
        ) {
            let mut spaces = spaces.iter().cycle();
            let mut space = || spaces.next().unwrap().as_str();
            let mut text = format!("{}{{{}", space(), space());
            for (index, (key, value)) in fields.iter().enumerate() {
                let key = serde_json::to_string(key).unwrap();
                let comma = if index > 0 { "," } else { "" };
                text += &[comma, space(), &key, space(), ":", space(), value, space()].concat();
            }
            text += "}";
            let given: Vec<_> = fields.iter().map(|(key, value)| format!("{}={value}", visible(key))).collect();
            prop_assert_eq!(keys(&text), Ok(given), "{}", text);
            for end in (0..text.len()).filter(|&end| text.is_char_boundary(end)) {
                prop_assert_eq!(keys(&text[..end]), Err(Fault::Incomplete), "{}", &text[..end]);
            }
        }

        #[test]
        fn strings_are_read_like_serde_json(text in any::<String>(), tail in ".{0,9}") {
            let spelled = serde_json::to_string(&text).unwrap();
            let all = format!("  {spelled}{tail}");
            let mut cursor = Cursor::new(&all);
            let value = cursor.string().unwrap();
            prop_assert_eq!(value, text.replace('\u{1A}', "\u{FFFD}"));
            prop_assert_eq!(cursor.rest(), tail);
        }

        #[test]
        fn nothing_panics(text in r#"[{}\[\]:,"\\u0-9a-dnul. ]{0,40}"#) {
            let _ = Cursor::new(&text).skip_value();
            let _ = Cursor::new(&text).string();
            let _ = keys(&text);
            let _ = plain(&text);
            let _ = fields(&text);
        }
    }
}
