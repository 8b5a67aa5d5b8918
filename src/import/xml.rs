//! XML: what the importers of XML formats share.

use super::encoding::SUBSTITUTE;
use crate::model::head;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::borrow::Cow;

/// An event reader over a window: it checks nothing that would make it fail on
/// a file that breaks off, or that is broken in a way that can be read past.
pub fn reader(text: &str) -> Reader<&[u8]> {
    let mut reader = Reader::from_str(text);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.check_comments = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    reader
}

/// The local name of the root element, if `text` has one.
pub fn root_element(text: &str) -> Option<&str> {
    let mut reader = reader(text);
    loop {
        let before = reader.buffer_position() as usize;
        match reader.read_event() {
            Ok(Event::Start(_) | Event::Empty(_)) => {
                let after = text.get(before..)?.strip_prefix('<')?;
                let end =
                    after.find(|c: char| c.is_whitespace() || c == '/' || c == '>').unwrap_or(after.len());
                let name = after.get(..end)?;
                return Some(name.rsplit(':').next().unwrap_or(name));
            }
            Ok(Event::Eof) | Err(_) => return None,
            Ok(_) => {}
        }
    }
}

/// The attributes of an element, names with their prefix (one with a prefix is
/// another attribute), values as they are written, with or without quotes. What
/// is not well formed is skipped.
///
/// quick-xml has an iterator of its own, which checks and allocates more than
/// is needed here: it took a third of the time of reading a report.
pub fn attributes<'a>(element: &'a BytesStart) -> Attributes<'a> {
    Attributes { rest: element.attributes_raw() }
}

/// See [`attributes`].
pub struct Attributes<'a> {
    rest: &'a str,
}

impl<'a> Attributes<'a> {
    /// The next attribute, if it is written the way that nearly all are: a
    /// space, a short name, `=`, a quoted value.
    #[inline]
    fn usual(&mut self) -> Option<(&'a str, &'a str)> {
        let bytes = self.rest.as_bytes();
        let is_of_name = |b: &u8| b.is_ascii_alphanumeric() || matches!(*b, b'_' | b'-' | b':');
        let name = bytes.strip_prefix(b" ")?;
        let len = name.iter().take(24).position(|b| !is_of_name(b))?;
        let quote = match name.get(len..len + 2)? {
            [b'=', quote @ (b'"' | b'\'')] => *quote,
            _ => return None,
        };
        let start = len + 3;
        let value = memchr::memchr(quote, bytes.get(start..)?)?;
        let found = (self.rest.get(1..1 + len)?, self.rest.get(start..start + value)?);
        self.rest = self.rest.get(start + value + 1..)?;
        Some(found)
    }

    /// The next attribute, however it is written.
    #[cold]
    fn unusual(&mut self) -> Option<(&'a str, &'a str)> {
        loop {
            let bytes = self.rest.as_bytes();
            let from = bytes.iter().position(|b| !b.is_ascii_whitespace())?;
            let is_end_of_name = |b: &u8| *b == b'=' || b.is_ascii_whitespace();
            let name = bytes.get(from..)?;
            let len = name.iter().position(is_end_of_name).unwrap_or(name.len());
            let name = self.rest.get(from..from + len)?;
            let behind = self.rest.get(from + len..)?.trim_ascii_start();
            let Some(value) = behind.strip_prefix('=') else {
                // A name without a value.
                self.rest = behind;
                if len == 0 {
                    return None;
                }
                continue;
            };
            let value = value.trim_ascii_start();
            let (value, rest) = match value.as_bytes().first() {
                Some(&quote @ (b'"' | b'\'')) => {
                    let value = value.get(1..)?;
                    let end = memchr::memchr(quote, value.as_bytes()).unwrap_or(value.len());
                    (value.get(..end)?, value.get(end + 1..).unwrap_or(""))
                }
                _ => value.split_at(value.find(|c: char| c.is_ascii_whitespace()).unwrap_or(value.len())),
            };
            self.rest = rest;
            return Some((name, value));
        }
    }
}

impl<'a> Iterator for Attributes<'a> {
    type Item = (&'a str, &'a str);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        self.usual().or_else(|| self.unusual())
    }
}

/// Where the first control character is that XML does not allow. [`SUBSTITUTE`]
/// stands for a byte that has a note of its own.
pub fn control_character(text: &str) -> Option<usize> {
    let is_bad = |b: &u8| *b < b' ' && !matches!(*b, b'\t' | b'\n' | b'\r' | SUBSTITUTE);
    // Looking at blocks without leaving them early is many times faster.
    let blocks = text.as_bytes().chunks(64);
    let block = blocks.clone().position(|block| block.iter().fold(false, |bad, b| bad | is_bad(b)))?;
    let from = 64 * block;
    text.as_bytes().get(from..)?.iter().position(is_bad).map(|at| from + at)
}

/// `#x0010FFFF;` and a few leading zeros more.
const LONGEST_REFERENCE: usize = 16;

/// Resolves the five named entities and numeric references. Anything else
/// stays as it is written: entities of a DOCTYPE are never resolved.
pub fn unescape(raw: &str) -> Cow<'_, str> {
    let Some(first) = memchr::memchr2(b'&', SUBSTITUTE, raw.as_bytes()) else {
        return Cow::Borrowed(raw);
    };
    let mut text = String::with_capacity(raw.len());
    let (clean, mut rest) = raw.split_at(first);
    text.push_str(clean);
    while let Some(character) = rest.chars().next() {
        if character == char::from(SUBSTITUTE) {
            text.push(char::REPLACEMENT_CHARACTER);
            rest = rest.get(1..).unwrap_or("");
            continue;
        }
        let reference = rest
            .strip_prefix('&')
            .and_then(|tail| Some((tail, head(tail, LONGEST_REFERENCE).find(';')?)))
            .and_then(|(tail, end)| Some((resolve(tail.get(..end)?)?, tail.get(end + 1..)?)));
        match reference {
            Some((resolved, tail)) => {
                text.push(resolved);
                rest = tail;
            }
            None => {
                let next = memchr::memchr2(b'&', SUBSTITUTE, rest.as_bytes().get(1..).unwrap_or(&[]))
                    .map_or(rest.len(), |at| at + 1);
                // The first character is plain text, or an ampersand that
                // begins no reference: it goes over with what follows it.
                let next = next.max(character.len_utf8());
                let (plain, tail) = rest.split_at_checked(next).unwrap_or((rest, ""));
                text.push_str(plain);
                rest = tail;
            }
        }
    }
    Cow::Owned(text)
}

/// Text that is no markup, with what stands for bad bytes made visible.
pub fn unescape_substitutes(raw: &str) -> Cow<'_, str> {
    if raw.as_bytes().contains(&SUBSTITUTE) {
        Cow::Owned(raw.replace(char::from(SUBSTITUTE), "\u{FFFD}"))
    } else {
        Cow::Borrowed(raw)
    }
}

/// Text with its lines ended by `\n`, as XML has it (2.11).
pub fn line_ends(text: &str) -> Cow<'_, str> {
    if memchr::memchr(b'\r', text.as_bytes()).is_some() {
        Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
    } else {
        Cow::Borrowed(text)
    }
}

/// The character behind `amp` of `&amp;`, `#38` of `&#38;`, `#x26` of `&#x26;`.
pub fn resolve(name: &str) -> Option<char> {
    match name {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)
        }
    }
}

/// The first line of a message as it is written in an attribute, resolved.
pub fn first_line(raw: &str) -> Cow<'_, str> {
    let mut rest = raw;
    loop {
        let end = ["&#10;", "&#xA;", "&#xa;", "\n"]
            .iter()
            .filter_map(|end| rest.find(end).map(|at| (at, end.len())))
            .min();
        let Some((at, len)) = end else {
            return unescape(rest);
        };
        let (line, tail) = rest.split_at(at);
        if !line.trim().is_empty() {
            return unescape(line);
        }
        rest = tail.get(len..).unwrap_or("");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resolves_references_and_nothing_else() {
        for (raw, expected) in [
            ("plain", "plain"),
            ("a &lt; b &amp;&amp; c &gt; d", "a < b && c > d"),
            ("&#65;&#x42;&#x1F980;", "AB🦀"),
            ("&unknown; & &; &#xZZ; &#1114112; 50% & more", "&unknown; & &; &#xZZ; &#1114112; 50% & more"),
            ("ü&quot;ß", "ü\"ß"),
            ("a\u{1A}b", "a\u{FFFD}b"),
            ("&", "&"),
            ("&amp", "&amp"),
        ] {
            assert_eq!(unescape(raw), expected);
        }
    }

    #[test]
    fn the_first_line_says_something() {
        assert_eq!(first_line("&#10;  &#10;one&#10;two"), "one");
        assert_eq!(first_line("one &amp; two"), "one & two");
        assert_eq!(first_line("\n"), "");
    }

    #[test]
    fn reads_attributes_of_every_kind() {
        let read = |element: &str| -> String {
            let mut reader = reader(element);
            let Ok(Event::Empty(element)) = reader.read_event() else {
                panic!("{element} is one element");
            };
            attributes(&element).map(|(name, value)| format!("{name}={value};")).collect()
        };
        assert_eq!(read(r#"<a b="1" c='2"' d:e = "x y"/>"#), "b=1;c=2\";d:e=x y;");
        assert_eq!(read("<a b=1 c d=2\n\te='3'/>"), "b=1;d=2;e=3;");
        assert_eq!(read(r#"<a b="<&lt;>"/>"#), "b=<&lt;>;");
        assert_eq!(read("<a/>"), "");
        assert_eq!(read("<a = b='1'/>"), "=b='1';");
    }

    #[test]
    fn finds_the_root() {
        assert_eq!(root_element("<?xml version='1.0'?><!-- x --><ns:testsuite a='1'/>"), Some("testsuite"));
        assert_eq!(root_element("<a>"), Some("a"));
        assert_eq!(root_element("no xml"), None);
        assert_eq!(root_element("<!DOCTYPE html><p"), None);
    }
}
