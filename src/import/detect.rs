//! Detection: what formats look at to recognize a file by its content.

use super::json::{self, Cursor};
use super::limits;
use super::xml;
use crate::model::head;
use std::borrow::Cow;

/// The beginning of a file of text, parsed once for all formats.
#[derive(Clone, Debug, Default)]
pub struct Head<'a> {
    /// The local name of the root element of XML.
    pub root: Option<&'a str>,
    /// The keys of JSON's root object, or of the first object in a root array, as
    /// far as the beginning goes.
    pub keys: Vec<Cow<'a, str>>,
    /// The root of the JSON is an array of objects.
    pub is_array: bool,
    /// The text itself.
    pub text: &'a str,
    /// Where the document begins in the file's text: 0, or behind other text.
    pub start: usize,
}

impl<'a> Head<'a> {
    /// Parses the beginning of a file.
    pub fn new(text: &'a str) -> Head<'a> {
        let text = head(text, limits::HEAD_BYTES);
        let mut trimmed = text.trim_start();
        while let Some(end) = json::comment_end(trimmed, 0) {
            trimmed = trimmed.get(end..).unwrap_or("").trim_start();
        }
        match trimmed.as_bytes().first() {
            Some(b'<') => Head { root: xml::root_element(trimmed), text, ..Head::default() },
            Some(b'{' | b'[') => {
                let (keys, is_array) = root_keys(trimmed);
                Head { keys, is_array, text, ..Head::default() }
            }
            _ => Head { text, ..Head::default() },
        }
    }

    /// Parses the beginning of a document that begins at `start`.
    pub fn at(text: &'a str, start: usize) -> Head<'a> {
        Head { start, ..Head::new(text.get(start..).unwrap_or("")) }
    }

    /// Returns whether the text is a list whose first element is a word: a stream of events.
    pub fn is_stream(&self) -> bool {
        let list = self.text.trim_start().strip_prefix('[');
        list.is_some_and(|list| list.trim_start().starts_with('"'))
    }

    /// Returns whether XML follows other text.
    pub fn has_report_behind(&self) -> bool {
        let is_other = self.root.is_none() && self.keys.is_empty() && !self.is_array;
        is_other && memchr::memmem::find(self.text.as_bytes(), b"\n<?xml ").is_some()
    }

    /// Describes what the format was recognized by.
    pub fn evidence(&self) -> String {
        if let Some(root) = self.root {
            return format!("its root element is <{}>", head(root, 60));
        }
        if !self.keys.is_empty() {
            return format!("its first keys are {}", self.first_keys());
        }
        let line = self.text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
        format!("it begins with `{}`", head(line.trim(), 60))
    }

    /// Returns the first keys of JSON in a list.
    pub fn first_keys(&self) -> String {
        let keys: Vec<&str> = self.keys.iter().take(6).map(|key| head(key, 40)).collect();
        keys.join(", ")
    }

    /// Returns whether the first line that begins with `{` is an object with these
    /// keys: JSON lines, possibly after output of a tool.
    pub fn first_line_has(&self, keys: &[&str]) -> bool {
        let line = self.text.lines().find(|line| line.starts_with('{'));
        let (have, _) = line.filter(|_| self.root.is_none()).map(root_keys).unwrap_or_default();
        keys.iter().all(|key| have.iter().any(|have| have == key))
    }

    /// Returns whether the root object has this key.
    pub fn has(&self, key: &str) -> bool {
        self.keys.iter().any(|have| have == key)
    }
}

/// Returns the keys of the root object or of the first object in a root array, and
/// whether the root is an array.
fn root_keys(text: &str) -> (Vec<Cow<'_, str>>, bool) {
    let mut keys = Vec::new();
    let mut cursor = Cursor::new(text);
    let is_array = cursor.eat(b'[');
    if !cursor.eat(b'{') {
        return (keys, is_array);
    }
    while let Ok(key) = cursor.string() {
        keys.push(key);
        let has_value = cursor.eat(b':') || matches!(cursor.peek(), Some(b'[' | b'{'));
        if !has_value || cursor.skip_value().is_err() || !cursor.eat(b',') {
            break;
        }
    }
    (keys, is_array)
}
