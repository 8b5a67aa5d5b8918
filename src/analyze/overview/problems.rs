//! Problems of the files: what could not be read or needs a look.

use crate::analyze::file_kinds::FileCounts;
use crate::model::Dataset;
use crate::query::FileKind;
use serde::{Deserialize, Serialize};

/// How many files and sessions have problems.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problems {
    /// Unreadable files.
    pub unreadable: u32,
    /// Files that were only partly read.
    pub partly: u32,
    /// Files without results that should have some.
    pub empty: u32,
    /// Files that are identical to another one.
    pub duplicates: u32,
    /// Files with a session whose DUT name was guessed.
    pub guesses: u32,
    /// Files that are no reports: logs, pictures.
    pub others: u32,
}

impl Problems {
    /// How many files have an error or a warning that concerns the whole file.
    pub fn to_review(&self) -> u32 {
        self.unreadable + self.partly + self.empty
    }
}

/// Counts the problems.
pub fn problems(data: &Dataset) -> Problems {
    let files = FileCounts::new(data);
    Problems {
        unreadable: files.of(FileKind::Unreadable),
        partly: files.of(FileKind::Partly),
        empty: files.of(FileKind::NoResults),
        duplicates: files.of(FileKind::Duplicates),
        guesses: files.of(FileKind::Guessed),
        others: files.of(FileKind::Others),
    }
}
