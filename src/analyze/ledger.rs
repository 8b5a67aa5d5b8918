//! The ledger: was everything read, and who does it belong to?

use super::file_page::key;
use super::natural;
use crate::import::about;
use crate::model::{
    Dataset, FileId, FileRecord, FileStatus, Identity, Note, PartId, SessionId, Severity, counted, grouped,
};
use crate::query::{FileFilter, FileKind, Matcher, SessionKey};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One session's share of a file in the ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerPart {
    /// What to rename it by.
    pub part: PartId,
    /// Who it was taken for, with evidence.
    pub identity: Identity,
    /// How many results it has.
    pub results: u32,
    /// The session that it is part of; a file that cannot be read seldom is of one.
    pub session: Option<SessionKey>,
    /// How many other files have a share of that session.
    pub others: u32,
}

/// A file in the ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerFile {
    /// Which file.
    pub file: FileId,
    /// By which a link finds it: its path, and `#2` behind that of a second one.
    pub key: String,
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
    pub files_total: u32,
    /// How many files there are of each kind, in the order of [`FileKind::ALL`].
    pub kinds: [u32; 6],
    /// How many files the filter leaves.
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
pub fn ledger(data: &Dataset, filter: &FileFilter, from: u32, count: u32) -> Ledger {
    let mut ledger = Ledger::default();
    let matcher = filter.matcher();
    let mut order: Vec<(u8, FileId)> = Vec::new();
    for (file, record) in data.ledger() {
        ledger.files_total += 1;
        for (kind, count) in FileKind::ALL.into_iter().zip(&mut ledger.kinds) {
            *count += u32::from(is_of(record, kind));
        }
        if filter.kind.is_none_or(|kind| is_of(record, kind)) && has_words(data, file, &matcher) {
            order.push((urgency(data, file), file));
        }
    }
    natural::sort(&mut order, |&(urgency, a), &(other, b)| {
        let by_path = || natural::compare(&data.file(a).path, &data.file(b).path);
        urgency.cmp(&other).then_with(by_path).then(a.cmp(&b))
    });
    let start = (from as usize).min(order.len());
    let end = start.saturating_add(count as usize).min(order.len());
    (ledger.total, ledger.from) = (order.len() as u32, start as u32);
    ledger.files = order[start..end].iter().map(|&(_, file)| line(data, file)).collect();
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

/// Path, format and notes have the words.
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

/// That other files tell the same run, and count: once for each of them, however
/// many sessions they share.
fn same_runs(data: &Dataset, file: FileId) -> impl Iterator<Item = Note> {
    let same_runs = data.history.same_runs.iter();
    let of_file = same_runs.filter(move |same| same.parts.iter().any(|&part| data.part(part).file == file));
    let mut by_file: BTreeMap<FileId, [u64; 3]> = BTreeMap::new();
    for same in of_file {
        let sums = by_file.entry(data.part(same.with).file).or_default();
        for (sum, more) in sums.iter_mut().zip([same.common, same.agree, same.adds]) {
            *sum += u64::from(more);
        }
    }
    by_file.into_iter().map(|(with, [common, agree, adds])| {
        let with = &data.file(with).path;
        let adds = match adds {
            0 => String::new(),
            adds => format!("; {} only here", counted(adds, "result")),
        };
        let agree = match common {
            0 => " and tells it test by test".to_owned(),
            common => format!(": {} of {} agree", grouped(agree), counted(common, "test")),
        };
        let text = format!("the same run as `{with}`, which counts{agree}{adds}");
        Note { severity: Severity::Info, at: None, text }
    })
}

/// What there is to remark of a file: what its reader did, and what other files tell.
pub(super) fn notes(data: &Dataset, file: FileId) -> Vec<Note> {
    same_runs(data, file).chain(data.file(file).notes.iter().cloned()).collect()
}

/// The name of a file's format, and of who seems to have written it; "" where
/// none was recognized.
pub(super) fn format_name(file: &FileRecord) -> String {
    let name = about(file.format).map_or("", |about| about.name);
    let of = if file.producer.is_empty() { "" } else { " of " };
    format!("{name}{of}{}", file.producer)
}

/// The shares of sessions that a file has, the first of them.
pub(super) fn parts(data: &Dataset, file: FileId) -> Vec<LedgerPart> {
    let parts = data.file(file).parts.iter().take(PARTS).map(|&part| LedgerPart {
        part,
        identity: data.history.identities[part.index()].clone(),
        results: data.part(part).counts.results(),
        session: data.history.session_of[part.index()].map(|session| {
            let session = data.history.session(session);
            SessionKey { dut: data.history.dut(session.dut).name.clone(), session: session.id.clone() }
        }),
        others: data.history.session_of[part.index()].map_or(0, |session| others(data, file, session)),
    });
    parts.collect()
}

fn others(data: &Dataset, file: FileId, session: SessionId) -> u32 {
    let parts = data.history.session(session).parts.iter();
    parts.filter(|&&part| data.part(part).file != file).count() as u32
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
