//! Text outside of XML documents: log lines after a report, or between two.

use crate::import::batch::Batch;
use crate::model::{Severity, ansi, counted};

/// The longest beginning of a line that is needed to decide whether it is markup.
const START_BYTES: usize = 256;

/// Skips text that follows a document, up to the next document.
#[derive(Debug, Default)]
pub struct Outside {
    /// The local name of the first root element.
    root: String,
    /// The current line is text that does not belong to a document.
    is_in_line: bool,
    /// Nothing but white space has followed the last document.
    is_blank: bool,
    /// How many bytes were skipped, and the place of the first.
    skipped: u64,
    first: Option<u64>,
}

/// Where the text goes on.
pub enum Then {
    /// With markup, at this byte.
    Markup(usize),
    /// With more text than there is, from this byte on.
    More(usize),
}

impl Outside {
    /// Starts after a document with this root.
    pub fn after(&mut self, root: &str) {
        if self.root.is_empty() {
            root.clone_into(&mut self.root);
        }
        (self.is_in_line, self.is_blank) = (false, true);
    }

    /// Returns whether a document has ended.
    pub fn has_root(&self) -> bool {
        !self.root.is_empty()
    }

    /// Skips text from byte `from` on. The text begins at byte `at` of the file.
    pub fn skip(&mut self, text: &str, from: usize, at: u64, last: bool) -> Then {
        let mut from = from;
        loop {
            let rest = text.get(from..).unwrap_or("");
            if !self.is_in_line {
                let line =
                    rest.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{FEFF}' || c == '\0');
                from += rest.len() - line.len();
                if line.is_empty() {
                    return Then::More(text.len());
                }
                let end = memchr::memchr(b'\n', line.as_bytes());
                if !last && end.is_none() && line.len() < START_BYTES {
                    return Then::More(from);
                }
                let markup = ansi::without_first_escapes(line);
                if self.is_markup(markup) {
                    return Then::Markup(from + line.len() - markup.len());
                }
                (self.is_in_line, self.is_blank) = (true, false);
                self.first.get_or_insert(at + from as u64);
            }
            let rest = text.get(from..).unwrap_or("");
            match memchr::memchr(b'\n', rest.as_bytes()) {
                Some(end) => {
                    self.skipped += end as u64 + 1;
                    from += end + 1;
                    self.is_in_line = false;
                }
                None => {
                    self.skipped += rest.len() as u64;
                    return Then::More(text.len());
                }
            }
        }
    }

    /// Returns whether a line is part of a document: a declaration, a comment, the same root, or
    /// an end tag that directly follows the last document. The root may be in the plural.
    fn is_markup(&self, line: &str) -> bool {
        let Some(tag) = line.strip_prefix('<') else {
            return false;
        };
        if ["?xml", "!--", "!DOCTYPE"].iter().any(|start| tag.starts_with(start)) {
            return true;
        }
        let end = tag.find(|c: char| c.is_whitespace() || matches!(c, '>' | '/')).unwrap_or(tag.len());
        let name = tag.get(..end).unwrap_or(tag);
        let name = name.rsplit(':').next().unwrap_or(name);
        let is_root = !name.is_empty() && name.trim_end_matches('s') == self.root.trim_end_matches('s');
        is_root || self.is_blank && tag.starts_with('/')
    }

    /// Notes what was skipped.
    pub fn finish(&self, batch: &mut Batch) {
        if self.skipped > 0 {
            let text = format!("skipped {} of other text after the report", counted(self.skipped, "byte"));
            batch.note(Severity::Warning, self.first, text);
        }
    }
}
