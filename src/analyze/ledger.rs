//! The ledger: was everything read, and who does it belong to?

use super::natural;
use crate::import::about;
use crate::model::{Dataset, FileId, FileStatus, Identity, Note, PartId, Severity, counted, grouped};
use serde::{Deserialize, Serialize};

/// One session's share of a file in the ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerPart {
    /// What to rename it by.
    pub part: PartId,
    /// Who it was taken for, with evidence.
    pub identity: Identity,
    /// How many results it has.
    pub results: u32,
    /// It is part of a session; a file that cannot be read seldom is.
    pub is_in_session: bool,
}

/// A file in the ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerFile {
    /// Which file.
    pub file: FileId,
    /// Path below what was dropped.
    pub path: String,
    /// Size.
    pub bytes: u64,
    /// The format's name, or "" where none was recognized.
    pub format: String,
    /// What became of it.
    pub status: FileStatus,
    /// How many results it gave.
    pub results: u32,
    /// What its reader remarked.
    pub notes: Vec<Note>,
    /// How many sessions it has a share of.
    pub parts_total: u32,
    /// The first of these shares.
    pub parts: Vec<LedgerPart>,
}

/// The lines of the ledger that are on screen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ledger {
    /// How many files there are.
    pub total: u32,
    /// Index of the first line given.
    pub from: u32,
    /// The lines: files that need a look first, then by path.
    pub files: Vec<LedgerFile>,
    /// What undoing would take back, in words.
    pub undo: Option<String>,
}

/// Shares that a line shows; a summary of a year may hold hundreds.
const PARTS: usize = 20;

/// The lines from `from` on, at most `count`.
pub fn ledger(data: &Dataset, from: u32, count: u32) -> Ledger {
    let mut order: Vec<FileId> = (0..data.files.len()).map(FileId::from).collect();
    let urgencies: Vec<u8> = order.iter().map(|&file| urgency(data, file)).collect();
    natural::sort(&mut order, |&a, &b| {
        let by_path = || natural::compare(&data.file(a).path, &data.file(b).path);
        urgencies[a.index()].cmp(&urgencies[b.index()]).then_with(by_path).then(a.cmp(&b))
    });
    let start = (from as usize).min(order.len());
    let end = start.saturating_add(count as usize).min(order.len());
    Ledger {
        total: order.len() as u32,
        from: start as u32,
        files: order[start..end].iter().map(|&file| line(data, file)).collect(),
        undo: None,
    }
}

fn urgency(data: &Dataset, file: FileId) -> u8 {
    let record = data.file(file);
    let is_guess =
        record.parts.iter().any(|part| data.history.identities[part.index()].dut.evidence.doubtful);
    match record.status {
        FileStatus::Unreadable => 0,
        FileStatus::PartlyRead => 1,
        FileStatus::NoResults if data.is_cover(record) => 5,
        FileStatus::NoResults => 2,
        FileStatus::Read if is_guess => 3,
        FileStatus::Read if !record.notes.is_empty() => 4,
        FileStatus::Duplicate => 5,
        FileStatus::Read => 6,
    }
}

/// That other files tell the same run, and count.
fn same_runs(data: &Dataset, file: FileId) -> impl Iterator<Item = Note> {
    let same_runs = data.history.same_runs.iter();
    let of_file = same_runs.filter(move |same| same.parts.iter().any(|&part| data.part(part).file == file));
    of_file.map(|same| {
        let with = &data.file(data.part(same.with).file).path;
        let adds = match same.adds {
            0 => String::new(),
            adds => format!("; {} only here", counted(u64::from(adds), "result")),
        };
        let (agree, tests) = (grouped(u64::from(same.agree)), counted(u64::from(same.common), "test"));
        let text = format!(
            "the same run as `{with}`, which counts: {agree} of {tests} agree{adds}. Name the session of this file to count it by itself"
        );
        Note { severity: Severity::Info, at: None, text }
    })
}

fn line(data: &Dataset, file: FileId) -> LedgerFile {
    let record = data.file(file);
    let parts = record.parts.iter().take(PARTS).map(|&part| LedgerPart {
        part,
        identity: data.history.identities[part.index()].clone(),
        results: data.part(part).counts.results(),
        is_in_session: data.history.session_of[part.index()].is_some(),
    });
    LedgerFile {
        file,
        path: record.path.clone(),
        bytes: record.bytes,
        format: about(record.format).map_or("", |about| about.name).to_owned(),
        status: record.status,
        results: record.results,
        notes: same_runs(data, file).chain(record.notes.iter().cloned()).collect(),
        parts_total: record.parts.len() as u32,
        parts: parts.collect(),
    }
}
