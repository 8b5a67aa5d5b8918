//! Detection: which format a file is of, by its content.

use super::json::Cursor;
use super::limits;
use super::octoprobe;
use super::xml;
use crate::model::head;
use std::borrow::Cow;

/// The beginning of a file, looked at once for all formats.
#[derive(Debug, Default)]
pub struct Head<'a> {
    /// Local name of the root element, where it is XML.
    pub root: Option<&'a str>,
    /// Keys of the root object, or of the first object of a root array, as far
    /// as the beginning holds them, where it is JSON.
    pub keys: Vec<Cow<'a, str>>,
    /// The root is an array of objects.
    pub is_array: bool,
    /// The text itself.
    pub text: &'a str,
    /// Where the document begins: behind lines of a log, as when output is
    /// redirected.
    pub start: usize,
}

impl<'a> Head<'a> {
    /// Looks at the beginning of a file.
    pub fn new(text: &'a str) -> Head<'a> {
        let text = head(text, limits::HEAD_BYTES);
        let trimmed = text.trim_start();
        match trimmed.as_bytes().first() {
            Some(b'<') => Head { root: xml::root_element(trimmed), text, ..Head::default() },
            Some(b'{' | b'[') => {
                let (keys, is_array) = root_keys(trimmed);
                Head { keys, is_array, text, ..Head::default() }
            }
            _ => {
                let start = text.find("\n<?xml ").map_or(0, |at| at + 1);
                let document = text.get(start..).filter(|_| start > 0);
                Head { root: document.and_then(xml::root_element), text, start, ..Head::default() }
            }
        }
    }

    /// The root object has this key.
    pub fn has(&self, key: &str) -> bool {
        self.keys.iter().any(|have| have == key)
    }
}

/// Keys of the root object or of the first object in a root array.
fn root_keys(text: &str) -> (Vec<Cow<'_, str>>, bool) {
    let mut keys = Vec::new();
    let mut cursor = Cursor::new(text);
    let is_array = cursor.eat(b'[');
    if !cursor.eat(b'{') {
        return (keys, is_array);
    }
    while let Ok(key) = cursor.string() {
        keys.push(key);
        if !cursor.eat(b':') || cursor.skip_value().is_err() || !cursor.eat(b',') {
            break;
        }
    }
    (keys, is_array)
}

/// What a file that no format claims seems to be, and what to do about it.
pub fn explain(bytes: &[u8], seen: &Head) -> String {
    let text = seen.text.trim_start();
    let lower = head(text, 2000).to_ascii_lowercase();
    let what = match bytes {
        [] => "the file is empty",
        [0xEF, 0xBB, 0xBF] | [0xFE, 0xFF] | [0xFF, 0xFE] => "the file is empty but for a byte order mark",
        [0x1F, 0x8B, ..] => "a gzip archive: unpack it and drop what is in it",
        [b'P', b'K', 3 | 5, 4 | 6, ..] => "a zip archive: unpack it and drop what is in it",
        [b'B', b'Z', b'h', ..] | [0xFD, b'7', b'z', b'X', b'Z', ..] | [0x28, 0xB5, 0x2F, 0xFD, ..] => {
            "a compressed file: unpack it and drop what is in it"
        }
        [0x89, b'P', b'N', b'G', ..] | [0xFF, 0xD8, 0xFF, ..] | [b'G', b'I', b'F', b'8', ..] => {
            "an image, no test results"
        }
        [0x80, 2..=5, ..] => "a Python pickle, of no test report that is known here",
        _ if text.is_empty() => "the file holds nothing but white space",
        _ if text.bytes().all(|b| b == 0) => "the file holds nothing but NUL bytes, as after a power cut",
        _ if text.starts_with("version https://git-lfs") => {
            "a pointer of Git LFS: the content is elsewhere, `git lfs pull` brings it"
        }
        _ if lower.starts_with("<!doctype html") || lower.contains("<html") => {
            "an HTML page, no test results: the server may have answered with a log-in or error page"
        }
        _ => "",
    };
    if !what.is_empty() {
        return what.to_owned();
    }
    if let Some(what) = octoprobe::explain_proposal(seen.text) {
        return what;
    }
    if let Some(root) = seen.root {
        let root = head(root, 60);
        return format!("XML with the root element <{root}>, which is no test report that is known here");
    }
    if text.starts_with(['{', '[']) {
        if seen.keys.is_empty() {
            return "JSON without a key that tells what it is".to_owned();
        }
        let keys: Vec<&str> = seen.keys.iter().take(6).map(|k| head(k, 40)).collect();
        return format!("JSON with the keys {}, which is no test report that is known here", keys.join(", "));
    }
    if text.starts_with('<') {
        return "looks like XML, and has no root element".to_owned();
    }
    if seen.text.bytes().take(1000).any(|b| b == 0 || b == super::encoding::SUBSTITUTE) {
        return "binary data of no format that is known here".to_owned();
    }
    "text of no format that is known here".to_owned()
}
