//! The ledger: every file, what was read of it, and the sessions it belongs to.

use super::file_facts::{LedgerPart, format_name, key, notes, parts};
use super::file_kinds::{FileCounts, is_of, kind_of};
use super::natural;
use crate::model::{Dataset, FileId, FileStatus, IdentityField, Note, PartId, Source};
use crate::query::{FileFilter, FileKind, Matcher};
use crate::text::order::Order;
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
    /// Its kind.
    pub kind: FileKind,
    /// How many results it has.
    pub results: u32,
    /// Notes about it, the most severe first.
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
    /// How many files of each kind there are.
    pub kinds: FileCounts,
    /// Names that no file has, so that a column for them says nothing.
    pub empty_columns: Vec<IdentityField>,
    /// How many files match the filter.
    pub total: u32,
    /// Index of the first line in `files`.
    pub from: u32,
    /// The requested lines: files that need a look first, then by path.
    pub files: Vec<LedgerFile>,
    /// What "undo" would revert, in words.
    pub undo: Option<String>,
    /// The step that was undone last, in words, until another one is taken.
    pub undone: Option<String>,
    /// How many steps that can be undone were ever taken.
    pub steps: u32,
}

/// The files that match the filter: those that need a look first, then by path.
pub fn ledger_order(data: &Dataset, filter: &FileFilter) -> Vec<FileId> {
    let matcher = filter.matcher();
    let mut order: Vec<(u8, FileId)> = data
        .ledger()
        .filter(|&(file, _)| {
            filter.kind.is_none_or(|kind| is_of(data, file, kind)) && has_words(data, file, &matcher)
        })
        .map(|(file, _)| (urgency(data, file), file))
        .collect();
    order.order_by(|&(urgency, a), &(other, b)| {
        let by_path = || natural::compare(&data.file(a).path, &data.file(b).path);
        urgency.cmp(&other).then_with(by_path).then(a.cmp(&b))
    });
    order.into_iter().map(|(_, file)| file).collect()
}

/// The lines from `from` on, at most `count`.
pub fn ledger(data: &Dataset, filter: &FileFilter, from: u32, count: u32) -> Ledger {
    let mut ledger =
        Ledger { kinds: FileCounts::new(data), empty_columns: empty_columns(data), ..Ledger::default() };
    ledger.files_total = data.ledger().count() as u32;
    let order = ledger_order(data, filter);
    let start = (from as usize).min(order.len());
    let end = start.saturating_add(count as usize).min(order.len());
    (ledger.total, ledger.from) = (order.len() as u32, start as u32);
    ledger.files = order[start..end].iter().map(|&file| line(data, file)).collect();
    ledger
}

/// The names that no file has. A session that is named after its only file says no
/// more than the file.
fn empty_columns(data: &Dataset) -> Vec<IdentityField> {
    let is_named = |part: &PartId, field: IdentityField| {
        let identity = &data.history.identities[part.index()];
        match field {
            IdentityField::Dut => true,
            IdentityField::Unit => identity.unit.is_some(),
            IdentityField::Build => identity.build.is_some(),
            IdentityField::Session => identity.session.evidence.source != Source::FileName,
        }
    };
    let has = |field: IdentityField| {
        data.ledger().any(|(_, file)| {
            let has_several = field == IdentityField::Session && file.parts.len() > 1;
            has_several || file.parts.iter().any(|part| is_named(part, field))
        })
    };
    [IdentityField::Unit, IdentityField::Build, IdentityField::Session]
        .into_iter()
        .filter(|&field| !has(field))
        .collect()
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

/// How urgently a file needs a look; 0 is the most urgent. Files that need none
/// are equal.
fn urgency(data: &Dataset, file: FileId) -> u8 {
    let problems =
        [FileKind::Unreadable, FileKind::Partly, FileKind::NoResults, FileKind::Warned, FileKind::Guessed];
    let first = problems.iter().position(|&kind| is_of(data, file, kind));
    first.unwrap_or(problems.len()) as u8
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
        kind: kind_of(data, record),
        results: record.results,
        notes: notes(data, file),
        parts_total: record.parts.len() as u32,
        parts: parts(data, file),
    }
}
