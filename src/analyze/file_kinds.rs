//! The kinds of files: the one place that says which files are problems. The
//! ledger and the overview both count with it.

use crate::model::{Dataset, FileId, FileRecord, FileStatus, Severity};
use crate::query::FileKind;
use serde::{Deserialize, Serialize};

/// How many files there are of each kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileCounts([u32; FileKind::ALL.len()]);

impl FileCounts {
    /// Counts the files of the ledger.
    pub fn new(data: &Dataset) -> FileCounts {
        let mut counts = FileCounts::default();
        for (file, _) in data.ledger() {
            for (kind, count) in FileKind::ALL.into_iter().zip(&mut counts.0) {
                *count += u32::from(is_of(data, file, kind));
            }
        }
        counts
    }

    /// How many files are of this kind.
    pub fn of(&self, kind: FileKind) -> u32 {
        FileKind::ALL.into_iter().zip(self.0).find(|(other, _)| *other == kind).map_or(0, |(_, count)| count)
    }

    /// Whether every report was read: no file is unreadable, partly read or without
    /// the results that it should have.
    pub fn is_all_read(&self) -> bool {
        [FileKind::Unreadable, FileKind::Partly, FileKind::NoResults].iter().all(|&kind| self.of(kind) == 0)
    }

    /// How many files are reports.
    pub fn reports(&self) -> u32 {
        use FileKind::{Duplicates, NoResults, Partly, Read, Unreadable};
        [Read, Duplicates, Partly, NoResults, Unreadable].iter().map(|&kind| self.of(kind)).sum()
    }
}

/// Whether a file is of a kind.
pub fn is_of(data: &Dataset, file: FileId, kind: FileKind) -> bool {
    let record = data.file(file);
    match kind {
        FileKind::Warned => {
            kind_of(data, record) == FileKind::Read
                && record.notes.iter().any(|note| note.severity >= Severity::Warning)
        }
        FileKind::Guessed => is_guessed(data, record),
        kind => kind_of(data, record) == kind,
    }
}

/// The kind of a file: any but [`FileKind::Warned`] and [`FileKind::Guessed`],
/// which others can be in addition.
pub fn kind_of(data: &Dataset, file: &FileRecord) -> FileKind {
    match file.status {
        FileStatus::Unreadable => FileKind::Unreadable,
        FileStatus::PartlyRead => FileKind::Partly,
        FileStatus::Duplicate => FileKind::Duplicates,
        FileStatus::NoResults if data.is_cover(file) => FileKind::Read,
        FileStatus::NoResults if file.is_beside() => FileKind::Others,
        FileStatus::NoResults => FileKind::NoResults,
        FileStatus::Read => FileKind::Read,
    }
}

/// Whether the DUT name of a session in a file was guessed.
fn is_guessed(data: &Dataset, file: &FileRecord) -> bool {
    let is_read = matches!(file.status, FileStatus::Read | FileStatus::PartlyRead);
    let mut parts = file.parts.iter();
    is_read
        && parts.any(|part| {
            let session = data.history.session_of[part.index()];
            session.is_some() && data.history.identities[part.index()].dut.evidence.doubtful
        })
}
