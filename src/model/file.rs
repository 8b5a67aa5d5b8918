//! Files: what was dropped, and how reading it went.

use super::{DutAttributes, KnownIssue, Manifest, PartId};
use serde::{Deserialize, Serialize};

/// The encoding of a text file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark.
    #[default]
    Utf8,
    /// UTF-16, little-endian.
    Utf16Le,
    /// UTF-16, big-endian.
    Utf16Be,
    /// Windows-1252, which extends Latin 1.
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

/// How reading a file ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum FileStatus {
    /// All of it was read.
    Read,
    /// It is truncated, or parts of it could not be read; the rest was kept.
    PartlyRead,
    /// Another file has the same bytes.
    Duplicate,
    /// Its format is known, and it contains no results.
    NoResults,
    /// Its format is unknown, or nothing in it could be read.
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
    /// For information.
    Info,
    /// A number may differ from what a person expects.
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

/// A note of an importer about a file or a place in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// How much it matters.
    pub severity: Severity,
    /// Byte offset into the decoded text.
    pub at: Option<u64>,
    /// The text for the person who dropped the file.
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
    /// Key of the format, "" if none was recognized.
    pub format: &'static str,
    /// Describes what the format was recognized by.
    pub why: String,
    /// How long reading took, in milliseconds; 0 if it was not measured.
    pub read_ms: f32,
    /// When it was last modified, in milliseconds since 1970, if that is known.
    pub modified_ms: Option<i64>,
    /// The tool that seems to have written it, "" if unknown.
    pub producer: String,
    /// The encoding of its text.
    pub encoding: Encoding,
    /// The texts of its results are stored apart from it, as UTF-8.
    pub keeps_texts: bool,
    /// How reading it ended.
    pub status: FileStatus,
    /// The notes of its importer.
    pub notes: Vec<Note>,
    /// The parts of sessions that it contains.
    pub parts: Vec<PartId>,
    /// The number of its results.
    pub results: u32,
    /// It says what people know beside the results, and has no results by design.
    pub is_knowledge: bool,
    /// The known issues that it lists.
    pub known_issues: Vec<KnownIssue>,
    /// The attributes that it gives to DUTs.
    pub dut_attributes: Vec<DutAttributes>,
    /// What it says about published files; its parts are the sessions of these.
    pub manifest: Option<Box<Manifest>>,
    /// A person removed it, or it was read again. It does not count.
    pub is_removed: bool,
    /// A person set it to count separately, although other files report the same.
    pub counts_alone: bool,
    /// A person set that entries with equal names are attempts of one test.
    pub are_attempts: bool,
    /// Entries with equal names are tests of their own.
    pub has_equal_names: bool,
    /// A person set that its suites are not DUTs.
    pub is_one_dut: bool,
    /// Its suites are DUTs, by their names or by what they ran on.
    pub are_suites_duts: bool,
    /// What was read of it, where a file with the same bytes changes that.
    pub as_read: Option<Box<AsRead>>,
}

/// What was read of a file.
#[derive(Clone, Debug)]
pub struct AsRead {
    /// How reading it ended.
    pub status: FileStatus,
    /// The notes of its importer.
    pub notes: Vec<Note>,
    /// The parts of sessions that it contains.
    pub parts: Vec<PartId>,
    /// The number of its results.
    pub results: u32,
}

impl FileRecord {
    /// Whether it is not a report, but accompanies one: a log, a picture.
    pub fn is_beside(&self) -> bool {
        self.status == FileStatus::NoResults
            && self.format.is_empty()
            && self.notes.iter().all(|note| note.severity == Severity::Info)
    }
}
