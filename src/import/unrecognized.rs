//! Explains why a file was not recognized.

use super::detect::Head;
use super::encoding::SUBSTITUTE;
use super::json::{Cursor, Fault};
use super::limits;
use crate::model::{Severity, head};

/// Recognizes an unsupported variant of a format by a file's first bytes and its
/// text, and describes it: what it is, and what to drop instead.
pub type NearMiss = fn(&[u8], &Head) -> Option<(Severity, String)>;

/// Returns whether lower-case text is HTML.
fn is_html(lower: &str) -> bool {
    lower.starts_with("<!doctype html") || lower.contains("<html")
}

/// Describes XML that tools write beside reports, by its root element.
fn companion(root: &str) -> Option<&'static str> {
    Some(match root {
        "failsafe-summary" => "totals of Maven Failsafe",
        "coverage" => "code coverage",
        "checkstyle" | "pmd" | "BugCollection" => "static analysis",
        _ => return None,
    })
}

/// Describes a file that no format claims: what it seems to be and what to do
/// about it.
///
/// Files that usually accompany reports, such as logs and images, are not errors.
/// Unknown JSON or XML is a warning, since it may be a report.
pub fn explain(path: &str, bytes: &[u8], beginning: &Head, near_misses: &[NearMiss]) -> (Severity, String) {
    use Severity::{Error, Info, Warning};
    let text = beginning.text.trim_start();
    let lower = head(text, 2000).to_ascii_lowercase();
    let (severity, what) = match bytes {
        [] => (Error, "the file is empty"),
        [0xEF, 0xBB, 0xBF] | [0xFE, 0xFF] | [0xFF, 0xFE] => {
            (Error, "the file is empty except for a byte order mark")
        }
        [0x1F, 0x8B, ..] => (Error, "a gzip archive: unpack it and drop its contents"),
        [b'P', b'K', 3 | 5, 4 | 6, ..] => (Error, "a zip archive: unpack it and drop its contents"),
        [b'B', b'Z', b'h', ..] | [0xFD, b'7', b'z', b'X', b'Z', ..] | [0x28, 0xB5, 0x2F, 0xFD, ..] => {
            (Error, "a compressed file: unpack it and drop its contents")
        }
        [0x89, b'P', b'N', b'G', ..] | [0xFF, 0xD8, 0xFF, ..] | [b'G', b'I', b'F', b'8', ..] => {
            (Info, "an image, not test results")
        }
        [b'%', b'P', b'D', b'F', ..] => (Info, "a PDF document, not test results"),
        [0x7F, b'E', b'L', b'F', ..] => (Info, "a program or firmware (ELF), not test results"),
        [b'U', b'F', b'2', b'\n', ..] => (Info, "firmware (UF2), not test results"),
        [0x80, 2..=5, ..] => (Warning, "a Python pickle, not a recognized test report"),
        _ if text.is_empty() => (Error, "the file contains only white space"),
        _ if text.bytes().all(|b| b == 0) => {
            (Error, "the file contains only NUL bytes; a power failure can cause this")
        }
        _ if text.starts_with("version https://git-lfs") => {
            (Error, "a Git LFS pointer: get the file with `git lfs pull`")
        }
        _ if text.starts_with(r#"{"schema":"passgrid/library/"#) => {
            (Info, "the list of files of a Passgrid library; import the library to restore its names")
        }
        // With this name, it was not downloaded instead of a report.
        _ if is_html(&lower) && path.ends_with(".html") => (Info, "an HTML page, not test results"),
        _ if is_html(&lower) => {
            (Error, "an HTML page, not test results: the server may have returned a login or error page")
        }
        _ => (Info, ""),
    };
    if !what.is_empty() {
        return (severity, what.to_owned());
    }
    if let Some(found) = near_misses.iter().find_map(|recognize| recognize(bytes, beginning)) {
        return found;
    }
    let is_truncated = is_truncated(beginning);
    if let Some(root) = beginning.root {
        let root = head(root, 60);
        if is_truncated {
            return (Error, format!("truncated XML with the root element <{root}>"));
        }
        if let Some(what) = companion(root) {
            return (Info, format!("{what}, not test results"));
        }
        let what = format!("XML with the root element <{root}>, not a recognized test report");
        return (Warning, what);
    }
    if text.starts_with(['{', '[']) {
        if beginning.keys.is_empty() {
            return (Error, "JSON without any keys".to_owned());
        }
        let keys = beginning.first_keys();
        if is_truncated {
            return (Error, format!("truncated JSON with the keys {keys}"));
        }
        return (Warning, format!("JSON with the keys {keys}, not a recognized test report"));
    }
    if text.starts_with('<') {
        return (Error, "looks like XML, but has no root element".to_owned());
    }
    if beginning.text.bytes().take(1000).any(|b| b == 0 || b == SUBSTITUTE) {
        return (Warning, "binary data in an unknown format".to_owned());
    }
    (Info, "text in an unknown format, such as a log".to_owned())
}

/// Returns whether a whole file of XML or JSON is truncated.
fn is_truncated(beginning: &Head) -> bool {
    if beginning.text.len() >= limits::HEAD_BYTES {
        return false;
    }
    match beginning.root {
        // A complete document ends with the end tag of its root.
        Some(root) => {
            let end = beginning.text.trim_end().strip_suffix('>');
            let last = end.and_then(|text| text.rsplit_once('<'));
            let ends = |tag: &str| tag.starts_with('/') && tag.trim_end().ends_with(root);
            !last.is_some_and(|(_, tag)| tag.ends_with(['/', '-']) || ends(tag))
        }
        None => matches!(Cursor::new(beginning.text).skip_value(), Err(Fault::Incomplete)),
    }
}
