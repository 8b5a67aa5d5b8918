//! One file of the ledger, and all that is known of it.

use super::ledger::{LedgerPart, format_name, notes, parts};
use super::natural;
use crate::import::archive::is_archive;
use crate::model::{Dataset, Encoding, FileId, FileStatus, Note};
use serde::{Deserialize, Serialize};

/// A file of the ledger.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FilePage {
    /// Which file.
    pub file: FileId,
    /// Path below what was dropped.
    pub path: String,
    /// Size.
    pub bytes: u64,
    /// Key of the format, and its name; both are "" where none was recognized.
    pub format: (String, String),
    /// By what it was recognized, in words.
    pub why: String,
    /// How its text is spelled.
    pub encoding: Encoding,
    /// What became of it.
    pub status: FileStatus,
    /// How many results it gave.
    pub results: u32,
    /// How long reading took, in milliseconds; 0 where nobody measured.
    pub read_ms: f32,
    /// What there is to remark of it, the worst first.
    pub notes: Vec<Note>,
    /// How many sessions it has a share of.
    pub parts_total: u32,
    /// The first of these shares.
    pub parts: Vec<LedgerPart>,
    /// How many files are in it, where it is an archive.
    pub members: Option<u32>,
    /// Other files tell the same and count in its place, or share a session with it.
    pub is_joined: bool,
    /// It counts by itself, as a person said.
    pub counts_alone: bool,
}

/// By what a link finds a file: its path, and `#2` behind that of the second
/// one that has it.
pub(super) fn key(data: &Dataset, file: FileId) -> String {
    let path = &data.file(file).path;
    let before = data.ledger().filter(|(id, other)| *id < file && other.path == *path).count();
    if before == 0 { path.clone() } else { format!("{path}#{}", before + 1) }
}

fn find(data: &Dataset, key: &str) -> Option<FileId> {
    let mut files = data.ledger().filter(|(_, file)| key.starts_with(&file.path));
    files.find(|&(id, file)| key == file.path || self::key(data, id) == key).map(|(id, _)| id)
}

/// The file with this key, if there is one.
pub fn file_page(data: &Dataset, key: &str) -> Option<FilePage> {
    let file = find(data, key)?;
    let record = data.file(file);
    let inside = format!("{}/", record.path);
    let members = || data.ledger().filter(|(_, member)| member.path.starts_with(&inside)).count() as u32;
    let is_told = data.history.same_runs.iter().any(|same| {
        let mut parts = same.parts.iter();
        parts.any(|&part| data.part(part).file == file)
    });
    let parts = parts(data, file);
    let others = parts.iter().map(|part| part.others).max().unwrap_or_default();
    let mut notes = notes(data, file);
    natural::sort(&mut notes, |a, b| b.severity.cmp(&a.severity));
    Some(FilePage {
        file,
        path: record.path.clone(),
        bytes: record.bytes,
        format: (record.format.to_owned(), format_name(record)),
        why: record.why.clone(),
        encoding: record.encoding,
        status: record.status,
        results: record.results,
        read_ms: record.read_ms,
        notes,
        parts_total: record.parts.len() as u32,
        parts,
        members: is_archive(record.format).then(members),
        is_joined: is_told || others > 0 || record.status == FileStatus::Duplicate,
        counts_alone: record.counts_alone,
    })
}

/// The files that were dropped as they are: what is in an archive was not.
pub fn dropped(data: &Dataset) -> Vec<(FileId, String)> {
    let archives: Vec<String> = data
        .ledger()
        .filter(|(_, file)| is_archive(file.format))
        .map(|(_, file)| format!("{}/", file.path))
        .collect();
    let is_member = |path: &str| archives.iter().any(|archive| path.starts_with(archive));
    let files = data.ledger().filter(|(_, file)| !is_member(&file.path));
    files.map(|(id, file)| (id, file.path.clone())).collect()
}
