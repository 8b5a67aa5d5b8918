//! The filter over files.

use super::Matcher;
use crate::model::Severity;
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

/// How reading a file went, or what needs a look in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum FileKind {
    /// Looks like a report, but nothing could be read.
    Unreadable,
    /// Only partly read.
    Partly,
    /// A report without results.
    NoResults,
    /// Read, with a note that is a warning or an error.
    Warned,
    /// Read, but the DUT name of one of its sessions was guessed.
    Guessed,
    /// Identical to another file.
    Duplicates,
    /// Not a report: a log, a picture.
    Others,
    /// Read, or a part of a report that is not expected to have results.
    Read,
}

impl FileKind {
    /// All kinds, in the order of the page: the most severe first. Each file is of
    /// exactly one kind, not counting [`FileKind::Warned`] and
    /// [`FileKind::Guessed`].
    pub const ALL: [FileKind; 8] = [
        FileKind::Unreadable,
        FileKind::Partly,
        FileKind::NoResults,
        FileKind::Warned,
        FileKind::Guessed,
        FileKind::Duplicates,
        FileKind::Others,
        FileKind::Read,
    ];

    /// Returns how much the kind matters; `None` if all is well.
    pub fn severity(self) -> Option<Severity> {
        match self {
            FileKind::Unreadable => Some(Severity::Error),
            FileKind::Partly | FileKind::NoResults | FileKind::Warned => Some(Severity::Warning),
            FileKind::Guessed | FileKind::Duplicates | FileKind::Others => Some(Severity::Info),
            FileKind::Read => None,
        }
    }

    /// Returns the words after a number of files.
    pub fn name(self, count: u32) -> &'static str {
        match self {
            FileKind::Unreadable => "unreadable",
            FileKind::Partly => "partly read",
            FileKind::NoResults => "no results",
            FileKind::Warned if count == 1 => "with a warning",
            FileKind::Warned => "with warnings",
            FileKind::Guessed => "with a guessed DUT",
            FileKind::Duplicates if count == 1 => "duplicate",
            FileKind::Duplicates => "duplicates",
            FileKind::Others if count == 1 => "not a report",
            FileKind::Others => "not reports",
            FileKind::Read => "read",
        }
    }

    /// Returns what the kind means.
    pub fn explanation(self) -> &'static str {
        match self {
            FileKind::Unreadable => "nothing could be read",
            FileKind::Partly => "some results may be missing",
            FileKind::NoResults => "a report that has no results",
            FileKind::Warned => "read, but numbers may differ from what you expect",
            FileKind::Guessed => "check the DUT name, or correct it",
            FileKind::Duplicates => "identical to another file, counted once",
            FileKind::Others => "a log or a picture, for example",
            FileKind::Read => "read completely",
        }
    }

    /// Returns the word in the query string.
    pub fn key(self) -> &'static str {
        match self {
            FileKind::Unreadable => "unreadable",
            FileKind::Partly => "partly",
            FileKind::NoResults => "none",
            FileKind::Warned => "warned",
            FileKind::Guessed => "guessed",
            FileKind::Duplicates => "duplicates",
            FileKind::Others => "other",
            FileKind::Read => "read",
        }
    }

    /// Returns the kind for a word of a query string.
    pub fn from_key(key: &str) -> Option<FileKind> {
        FileKind::ALL.into_iter().find(|kind| kind.key() == key)
    }
}
