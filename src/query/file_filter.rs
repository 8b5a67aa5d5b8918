//! The filter over files.

use super::Matcher;
use serde::{Deserialize, Serialize};

/// Which files the ledger shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct FileFilter {
    /// Words that must occur in path, format or notes; with `!` they must not.
    pub text: String,
    /// Only files of this kind; `None` for all.
    pub kind: Option<FileKind>,
}

impl FileFilter {
    /// The filter hides something.
    pub fn is_active(&self) -> bool {
        self.kind.is_some() || !self.text.trim().is_empty()
    }

    /// Prepares the words for matching.
    pub fn matcher(&self) -> Matcher {
        Matcher::new(&self.text)
    }
}

/// How reading a file went, or that it has warnings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum FileKind {
    /// Read completely.
    Read,
    /// Read in part.
    Partly,
    /// Looks like a report, but its format is unknown or nothing could be read.
    Unreadable,
    /// Without results: a log, an image, a report without tests.
    NoResults,
    /// Another file has the same bytes.
    Duplicates,
    /// Has a note that is a warning or an error.
    Warned,
}

impl FileKind {
    /// All kinds, in the order of the page. Each file is of exactly one of the
    /// first five.
    pub const ALL: [FileKind; 6] = [
        FileKind::Read,
        FileKind::Partly,
        FileKind::Unreadable,
        FileKind::NoResults,
        FileKind::Duplicates,
        FileKind::Warned,
    ];

    /// Returns the words after a number of files.
    pub fn name(self, count: u32) -> &'static str {
        match self {
            FileKind::Read => "read",
            FileKind::Partly => "partly read",
            FileKind::Unreadable => "unreadable",
            FileKind::NoResults => "no results",
            FileKind::Duplicates if count == 1 => "duplicate",
            FileKind::Duplicates => "duplicates",
            FileKind::Warned if count == 1 => "with a warning",
            FileKind::Warned => "with warnings",
        }
    }

    /// Returns the word in the query string.
    pub fn key(self) -> &'static str {
        match self {
            FileKind::Read => "read",
            FileKind::Partly => "partly",
            FileKind::Unreadable => "unreadable",
            FileKind::NoResults => "none",
            FileKind::Duplicates => "duplicates",
            FileKind::Warned => "warned",
        }
    }

    /// Returns the kind for a word of a query string.
    pub fn from_key(key: &str) -> Option<FileKind> {
        FileKind::ALL.into_iter().find(|kind| kind.key() == key)
    }
}
