//! Detection: which format a file is of, by its content.

use super::json::{Cursor, Fault};
use super::limits;
use super::octoprobe;
use super::subunit;
use super::xml;
use crate::model::{Severity, head};
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

    /// What a format is recognized by, in words.
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

    fn first_keys(&self) -> String {
        let keys: Vec<&str> = self.keys.iter().take(6).map(|key| head(key, 40)).collect();
        keys.join(", ")
    }

    /// The file is no document, and its first line that begins as an object has
    /// these keys: JSON lines, perhaps behind lines of a tool.
    pub fn first_line_has(&self, keys: &[&str]) -> bool {
        let line = self.text.lines().find(|line| line.starts_with('{'));
        let (have, _) = line.filter(|_| self.root.is_none()).map(root_keys).unwrap_or_default();
        keys.iter().all(|key| have.iter().any(|have| have == key))
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

fn is_html(lower: &str) -> bool {
    lower.starts_with("<!doctype html") || lower.contains("<html")
}

/// What a file that no format claims seems to be, and what to do about it.
///
/// What lies beside reports, such as logs and pictures, is no error. A report
/// in a format that is not known here looks like any other JSON or XML: that is
/// a warning.
pub fn explain(path: &str, bytes: &[u8], seen: &Head) -> (Severity, String) {
    use Severity::{Error, Info, Warning};
    let text = seen.text.trim_start();
    let lower = head(text, 2000).to_ascii_lowercase();
    let (severity, what) = match bytes {
        [] => (Error, "the file is empty"),
        [0xEF, 0xBB, 0xBF] | [0xFE, 0xFF] | [0xFF, 0xFE] => {
            (Error, "the file is empty but for a byte order mark")
        }
        [0x1F, 0x8B, ..] => (Error, "a gzip archive: unpack it and drop what is in it"),
        [b'P', b'K', 3 | 5, 4 | 6, ..] => (Error, "a zip archive: unpack it and drop what is in it"),
        [b'B', b'Z', b'h', ..] | [0xFD, b'7', b'z', b'X', b'Z', ..] | [0x28, 0xB5, 0x2F, 0xFD, ..] => {
            (Error, "a compressed file: unpack it and drop what is in it")
        }
        [0x89, b'P', b'N', b'G', ..] | [0xFF, 0xD8, 0xFF, ..] | [b'G', b'I', b'F', b'8', ..] => {
            (Info, "an image, no test results")
        }
        [b'%', b'P', b'D', b'F', ..] => (Info, "a PDF document, no test results"),
        [0x7F, b'E', b'L', b'F', ..] => (Info, "a program or firmware (ELF), no test results"),
        [b'U', b'F', b'2', b'\n', ..] => (Info, "firmware (UF2), no test results"),
        [0x80, 2..=5, ..] => (Warning, "a Python pickle, of no test report that is known here"),
        _ if text.is_empty() => (Error, "the file holds nothing but white space"),
        _ if text.bytes().all(|b| b == 0) => {
            (Error, "the file holds nothing but NUL bytes, as after a power cut")
        }
        _ if text.starts_with("version https://git-lfs") => {
            (Error, "a pointer of Git LFS: the content is elsewhere, `git lfs pull` brings it")
        }
        // Nobody got it in place of a report.
        _ if is_html(&lower) && path.ends_with(".html") => (Info, "an HTML page, no test results"),
        _ if is_html(&lower) => {
            (Error, "an HTML page, no test results: the server may have answered with a log-in or error page")
        }
        _ => (Info, ""),
    };
    if !what.is_empty() {
        return (severity, what.to_owned());
    }
    if let Some(what) = subunit::explain_version_2(bytes) {
        return (Error, what.to_owned());
    }
    if let Some(what) = octoprobe::explain_proposal(seen.text) {
        return (Error, what);
    }
    let breaks_off = breaks_off(seen);
    if let Some(root) = seen.root {
        let root = head(root, 60);
        if breaks_off {
            return (Error, format!("XML that breaks off, with the root element <{root}>"));
        }
        let what = format!("XML with the root element <{root}>, which is no test report that is known here");
        return (Warning, what);
    }
    if text.starts_with(['{', '[']) {
        if seen.keys.is_empty() {
            return (Error, "JSON without a key that tells what it is".to_owned());
        }
        let keys = seen.first_keys();
        if breaks_off {
            return (Error, format!("JSON that breaks off, with the keys {keys}"));
        }
        return (Warning, format!("JSON with the keys {keys}, which is no test report that is known here"));
    }
    if text.starts_with('<') {
        return (Error, "looks like XML, and has no root element".to_owned());
    }
    if seen.text.bytes().take(1000).any(|b| b == 0 || b == super::encoding::SUBSTITUTE) {
        return (Warning, "binary data of no format that is known here".to_owned());
    }
    (Info, "text of no format that is known here: a log, or notes".to_owned())
}

/// All of the file is there, and it has no end.
fn breaks_off(seen: &Head) -> bool {
    if seen.text.len() >= limits::HEAD_BYTES {
        return false;
    }
    match seen.root {
        // The last tag is the root's.
        Some(root) => {
            let end = seen.text.trim_end().strip_suffix('>');
            let last = end.and_then(|text| text.rsplit_once('<'));
            let ends = |tag: &str| tag.starts_with('/') && tag.trim_end().ends_with(root);
            !last.is_some_and(|(_, tag)| tag.ends_with(['/', '-']) || ends(tag))
        }
        None => matches!(Cursor::new(seen.text).skip_value(), Err(Fault::Incomplete)),
    }
}
