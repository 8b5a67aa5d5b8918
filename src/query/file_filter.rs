//! The filter over files.

use super::Matcher;
use serde::{Deserialize, Serialize};

/// Which files of the ledger are meant.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct FileFilter {
    /// Words that path, format or notes must have or, with `!`, must not have.
    pub text: String,
    /// What became of them; anything if nothing is said.
    pub kind: Option<FileKind>,
}

impl FileFilter {
    /// It leaves something out.
    pub fn is_active(&self) -> bool {
        self.kind.is_some() || !self.text.trim().is_empty()
    }

    /// The words, ready to be looked for.
    pub fn matcher(&self) -> Matcher {
        Matcher::new(&self.text)
    }
}

/// What became of a file, and what there is to say of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum FileKind {
    /// All of it was read.
    Read,
    /// A part of it could not be read.
    Partly,
    /// It is of no known format and should be, or nothing in it could be read.
    Unreadable,
    /// It has no results: a log, an image, a report without tests.
    NoResults,
    /// The same bytes are there already.
    Duplicates,
    /// A note of it warns, or says what could not be read.
    Warned,
}

impl FileKind {
    /// All, in the order in which they are listed: of the first five each file
    /// has one.
    pub const ALL: [FileKind; 6] = [
        FileKind::Read,
        FileKind::Partly,
        FileKind::Unreadable,
        FileKind::NoResults,
        FileKind::Duplicates,
        FileKind::Warned,
    ];

    /// What people see behind the number of files.
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

    /// The word in the query string.
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

    /// The kind for a word of a query string.
    pub fn from_key(key: &str) -> Option<FileKind> {
        FileKind::ALL.into_iter().find(|kind| kind.key() == key)
    }
}
