//! A format, for detection and reading, and sets of formats.

use super::about::About;
use super::batch::{Batch, kept_details};
use super::details::Details;
use super::detect::Head;
use super::importer::Importer;
use super::search::first_report;
use super::unrecognized::{NearMiss, explain};
use crate::model::{Severity, Slice};

/// One format.
#[derive(Clone, Copy)]
pub enum Format {
    /// A format of text, which is read piece by piece.
    Text(TextFormat),
    /// A format of bytes, which is read as a whole.
    Binary(BinaryFormat),
}

/// A format of text.
#[derive(Clone, Copy)]
pub struct TextFormat {
    /// Key and name.
    pub about: &'static About,
    /// Returns whether a file that begins like this has this format.
    pub detect: fn(&Head) -> bool,
    /// Returns an importer for one file.
    pub importer: fn() -> Box<dyn Importer>,
    /// Returns message, traceback and output of one result, from its slice of
    /// the text; [`kept_details::read`] where the importer keeps the details.
    pub details: fn(&str) -> Details,
}

/// A format of bytes. Its importer keeps the details.
#[derive(Clone, Copy)]
pub struct BinaryFormat {
    /// Key and name.
    pub about: &'static About,
    /// Returns whether a file that begins with these bytes has this format.
    pub detect: fn(&[u8]) -> bool,
    /// Reads a file.
    pub read: fn(&[u8], &mut Batch),
}

impl Format {
    /// Returns key and name.
    pub const fn about(&self) -> &'static About {
        match self {
            Format::Text(format) => format.about,
            Format::Binary(format) => format.about,
        }
    }
}

/// The formats that a host can read.
pub struct Formats {
    /// In the order in which detection tries them.
    pub formats: &'static [Format],
    /// Each returns whether a report of text may begin with this line, behind other text.
    pub begins: &'static [fn(&str) -> bool],
    /// The keys of formats that claim files of a general shape. They are not looked for behind
    /// other text.
    pub general: &'static [&'static str],
    /// Recognizes files of unsupported variants of formats.
    pub near_misses: &'static [NearMiss],
}

/// The problem shown when a file changed after it was read.
pub const CHANGED: &str =
    "the file has changed since it was read; drop it again to see its messages and output";

impl Formats {
    /// Returns the keys, in the order in which detection tries the formats.
    pub fn keys(&self) -> impl Iterator<Item = &'static str> {
        self.formats.iter().map(|format| format.about().key)
    }

    /// Returns whether a format has this key.
    pub fn knows(&self, key: &str) -> bool {
        self.keys().any(|known| known == key)
    }

    /// Returns the format of bytes with this key, or the first that claims these
    /// first bytes of a file where the key is empty.
    pub(super) fn find_binary(&self, key: &str, head: &[u8]) -> Option<&'static BinaryFormat> {
        self.formats.iter().find_map(|format| match format {
            Format::Binary(format) => {
                let is_meant = if key.is_empty() { (format.detect)(head) } else { format.about.key == key };
                is_meant.then_some(format)
            }
            Format::Text(_) => None,
        })
    }

    /// Returns the first format of text that claims a file, of those with this key if there is one.
    pub(super) fn claimed(&self, key: &str, head: &Head) -> Option<&'static TextFormat> {
        self.texts().find(|format| (key.is_empty() || format.about.key == key) && (format.detect)(head))
    }

    /// Returns the format of text with this key.
    pub(super) fn with_key(&self, key: &str) -> Option<&'static TextFormat> {
        self.texts().find(|format| format.about.key == key)
    }

    fn texts(&self) -> impl Iterator<Item = &'static TextFormat> {
        self.formats.iter().filter_map(|format| match format {
            Format::Text(format) => Some(format),
            Format::Binary(_) => None,
        })
    }

    /// Finds the first document in a file's text that a format claims, or the format with this
    /// key. Returns its beginning.
    pub(super) fn search<'a>(&self, key: &str, text: &'a str) -> Option<(Head<'a>, &'static TextFormat)> {
        let claim = |head: &Head| {
            self.texts().find(|format| {
                let own = format.about.key;
                let is_meant = if key.is_empty() { !self.general.contains(&own) } else { own == key };
                is_meant && (format.detect)(head)
            })
        };
        let begins = |line: &str| self.begins.iter().any(|begins| begins(line));
        let (at, format) = first_report(text, &begins, &claim)?;
        Some((Head::at(text, at), format))
    }

    /// Describes a file that no format claims, with the severity of the note.
    pub(super) fn explain(&self, path: &str, bytes: &[u8], head: &Head) -> (Severity, String) {
        explain(path, bytes, head, self.near_misses)
    }

    /// Reads the details of some entries of a file. `texts` are the entries'
    /// slices of it; an empty slice has no details. Returns `None` if none of
    /// these formats has the key.
    ///
    /// # Errors
    ///
    /// If the file has changed.
    pub fn details(
        &self,
        key: &str,
        slices: &[Slice],
        texts: &[Vec<u8>],
    ) -> Option<Result<Vec<Details>, String>> {
        let read = match self.formats.iter().find(|format| format.about().key == key)? {
            Format::Text(format) => format.details,
            Format::Binary(_) => kept_details::read,
        };
        let details = slices.iter().zip(texts).map(|(slice, text)| {
            if slice.len == 0 {
                return Ok(Details::default());
            }
            let text = String::from_utf8_lossy(text);
            // Every entry begins with one of these characters.
            if !text.starts_with(['<', '{']) || text.len() < slice.len as usize {
                return Err(CHANGED.to_owned());
            }
            Ok(read(&text))
        });
        Some(details.collect())
    }
}
