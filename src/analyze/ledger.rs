//! The ledger: every file, what was read of it, and the sessions it belongs to.

use super::file_facts::{LedgerPart, format_name, key, notes, parts};
use super::natural;
use crate::model::{Dataset, FileId, FileRecord, FileStatus, Note, Severity};
use crate::query::{FileFilter, FileKind, Matcher};
use serde::{Deserialize, Serialize};

/// A file in the ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerFile {
    /// The file.
    pub file: FileId,
    /// Its key in links: the path, and `#2` after that of a second one.
    pub key: String,
    /// Path below the dropped folder.
    pub path: String,
    /// Size in bytes.
    pub bytes: u64,
    /// Name of the format with its producer; "" if unknown.
    pub format: String,
    /// What was read of it.
    pub status: FileStatus,
    /// How many results it has.
    pub results: u32,
    /// Notes about it.
    pub notes: Vec<Note>,
    /// How many parts it has.
    pub parts_total: u32,
    /// The first of these parts.
    pub parts: Vec<LedgerPart>,
}

/// The visible lines of the ledger.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ledger {
    /// How many files there are.
    pub files_total: u32,
    /// How many files of each kind there are, in the order of [`FileKind::ALL`].
    pub kinds: [u32; 6],
    /// How many files match the filter.
    pub total: u32,
    /// Index of the first line in `files`.
    pub from: u32,
    /// The requested lines: files that need a look first, then by path.
    pub files: Vec<LedgerFile>,
    /// What "undo" would revert, in words.
    pub undo: Option<String>,
}

/// The files that match the filter: those that need a look first, then by path.
pub fn ledger_order(data: &Dataset, filter: &FileFilter) -> Vec<FileId> {
    let matcher = filter.matcher();
    let mut order: Vec<(u8, FileId)> = data
        .ledger()
        .filter(|&(file, record)| {
            filter.kind.is_none_or(|kind| is_of(record, kind)) && has_words(data, file, &matcher)
        })
        .map(|(file, _)| (urgency(data, file), file))
        .collect();
    order.sort_by(|&(urgency, a), &(other, b)| {
        let by_path = || natural::compare(&data.file(a).path, &data.file(b).path);
        urgency.cmp(&other).then_with(by_path).then(a.cmp(&b))
    });
    order.into_iter().map(|(_, file)| file).collect()
}

/// The lines from `from` on, at most `count`.
pub fn ledger(data: &Dataset, filter: &FileFilter, from: u32, count: u32) -> Ledger {
    let mut ledger = Ledger::default();
    for (_, record) in data.ledger() {
        ledger.files_total += 1;
        for (kind, count) in FileKind::ALL.into_iter().zip(&mut ledger.kinds) {
            *count += u32::from(is_of(record, kind));
        }
    }
    let order = ledger_order(data, filter);
    let start = (from as usize).min(order.len());
    let end = start.saturating_add(count as usize).min(order.len());
    (ledger.total, ledger.from) = (order.len() as u32, start as u32);
    ledger.files = order[start..end].iter().map(|&file| line(data, file)).collect();
    ledger
}

fn is_of(file: &FileRecord, kind: FileKind) -> bool {
    match kind {
        FileKind::Read => file.status == FileStatus::Read,
        FileKind::Partly => file.status == FileStatus::PartlyRead,
        FileKind::Unreadable => file.status == FileStatus::Unreadable,
        FileKind::NoResults => file.status == FileStatus::NoResults,
        FileKind::Duplicates => file.status == FileStatus::Duplicate,
        FileKind::Warned => file.notes.iter().any(|note| note.severity >= Severity::Warning),
    }
}

/// The words of a filter occur in the path, status, format or notes.
fn has_words(data: &Dataset, file: FileId, matcher: &Matcher) -> bool {
    if matcher.is_empty() {
        return true;
    }
    let record = data.file(file);
    let mut text = format!("{} {}", record.status.word(), format_name(record));
    for note in notes(data, file) {
        text.push('\n');
        text.push_str(&note.text);
    }
    matcher.matches(&record.path, &text)
}

/// How urgently a file needs a look; 0 is the most urgent.
fn urgency(data: &Dataset, file: FileId) -> u8 {
    let record = data.file(file);
    let is_guess =
        record.parts.iter().any(|part| data.history.identities[part.index()].dut.evidence.doubtful);
    match record.status {
        FileStatus::Unreadable => 0,
        FileStatus::PartlyRead => 1,
        FileStatus::NoResults if data.is_cover(record) => 5,
        FileStatus::NoResults if record.is_beside() => 6,
        FileStatus::NoResults => 2,
        FileStatus::Read if is_guess => 3,
        FileStatus::Read if !record.notes.is_empty() => 4,
        FileStatus::Duplicate => 6,
        FileStatus::Read => 5,
    }
}

fn line(data: &Dataset, file: FileId) -> LedgerFile {
    let record = data.file(file);
    LedgerFile {
        file,
        key: key(data, file),
        path: record.path.clone(),
        bytes: record.bytes,
        format: format_name(record),
        status: record.status,
        results: record.results,
        notes: notes(data, file),
        parts_total: record.parts.len() as u32,
        parts: parts(data, file),
    }
}
