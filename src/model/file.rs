//! Files: what was dropped, and what became of it.

use super::{FileId, PartId};
use serde::{Deserialize, Serialize};

/// How a file spells its text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark.
    #[default]
    Utf8,
    /// UTF-16, little end first.
    Utf16Le,
    /// UTF-16, big end first.
    Utf16Be,
    /// Latin 1, as Windows has it.
    Windows1252,
}

impl Encoding {
    /// The name that people see.
    pub fn name(self) -> &'static str {
        match self {
            Encoding::Utf8 => "UTF-8",
            Encoding::Utf16Le => "UTF-16 LE",
            Encoding::Utf16Be => "UTF-16 BE",
            Encoding::Windows1252 => "Windows-1252",
        }
    }
}

/// What became of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum FileStatus {
    /// All of it was read.
    Read,
    /// It breaks off or has parts that cannot be read; what was read is kept.
    PartlyRead,
    /// The same bytes are there already.
    Duplicate,
    /// It is of a known format and holds no result.
    NoResults,
    /// It is of no known format, or nothing in it could be read.
    Unreadable,
}

impl FileStatus {
    /// The word that people and exports see.
    pub fn word(self) -> &'static str {
        match self {
            FileStatus::Read => "read",
            FileStatus::PartlyRead => "partly read",
            FileStatus::Duplicate => "duplicate",
            FileStatus::NoResults => "no results",
            FileStatus::Unreadable => "unreadable",
        }
    }
}

/// How much a note matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Severity {
    /// Good to know.
    Info,
    /// A number may be different from what is expected.
    Warning,
    /// Something could not be read.
    Error,
}

impl Severity {
    /// The word that people and exports see.
    pub fn word(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

/// A remark of an importer about a place in a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// How much it matters.
    pub severity: Severity,
    /// Byte offset into the decoded text.
    pub at: Option<u64>,
    /// A sentence for the person who dropped the file.
    pub text: String,
}

/// A file in the ledger.
#[derive(Clone, Debug)]
pub struct FileRecord {
    /// Path below what was dropped, with `/`.
    pub path: String,
    /// Size.
    pub bytes: u64,
    /// Hash of the content.
    pub hash: u64,
    /// Key of the format, or "" where none was recognized.
    pub format: &'static str,
    /// By what the format was recognized, in words.
    pub why: String,
    /// How long reading took, in milliseconds; 0 where nobody measured.
    pub read_ms: f32,
    /// Who seems to have written it, or "".
    pub producer: String,
    /// How its text is spelled.
    pub encoding: Encoding,
    /// Texts of results are kept apart from it, as UTF-8.
    pub keeps_texts: bool,
    /// What became of it.
    pub status: FileStatus,
    /// What its reader remarked.
    pub notes: Vec<Note>,
    /// The parts of sessions that it holds.
    pub parts: Vec<PartId>,
    /// How many results it gave.
    pub results: u32,
    /// A person took it out, or it was read once more: it counts nowhere.
    pub is_removed: bool,
    /// A person wants it to count, though other files tell the same.
    pub counts_alone: bool,
    /// The one that it was read in place of.
    pub replaces: Option<FileId>,
}

impl FileRecord {
    /// It is no report, but something that lies beside one: a log, a picture.
    pub fn is_beside(&self) -> bool {
        self.status == FileStatus::NoResults
            && self.format.is_empty()
            && self.notes.iter().all(|note| note.severity == Severity::Info)
    }

    /// It is a file of its own, with the same bytes.
    pub fn is_copy_of(&self, other: &FileRecord) -> bool {
        self.status == FileStatus::Duplicate && (self.hash, self.bytes) == (other.hash, other.bytes)
    }
}
