//! The page of one file: everything known about it.

use super::file_facts::{LedgerPart, format_name, key as file_key, notes, parts};
use super::file_kinds::kind_of;
use crate::import::archive::{is_archive, split_members};
use crate::model::{Dataset, Encoding, FileId, FileStatus, Note};
use crate::query::FileKind;
use serde::{Deserialize, Serialize};

/// Everything known about a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FilePage {
    /// The file.
    pub file: FileId,
    /// Path below the dropped folder.
    pub path: String,
    /// Size in bytes.
    pub bytes: u64,
    /// Key and name of the format; both "" if unknown.
    pub format: (String, String),
    /// How the format was recognized, in words.
    pub why: String,
    /// Encoding of its text.
    pub encoding: Encoding,
    /// What was read of it.
    pub status: FileStatus,
    /// Its kind.
    pub kind: FileKind,
    /// How many results it has.
    pub results: u32,
    /// Time for reading it, in milliseconds; 0 if unknown.
    pub read_ms: f32,
    /// Notes about it, the most severe first.
    pub notes: Vec<Note>,
    /// How many parts it has.
    pub parts_total: u32,
    /// The first of these parts.
    pub parts: Vec<LedgerPart>,
    /// Another file with the same path, which came first; both count.
    pub earlier: Option<FileId>,
    /// How many files it contains, if it is an archive.
    pub members: Option<u32>,
    /// Other files share a session with it, or count in its place.
    pub is_joined: bool,
    /// A person set it to count separately.
    pub counts_alone: bool,
    /// A person set that entries with equal names are attempts of one test.
    pub are_attempts: bool,
    /// Entries with equal names are tests of their own, or were set to be attempts.
    pub has_equal_names: bool,
    /// A person set that its suites are not DUTs.
    pub is_one_dut: bool,
    /// The names of its suites name DUTs, or a person set that they do not.
    pub has_suites_as_duts: bool,
}

/// The file with this key.
pub fn find(data: &Dataset, key: &str) -> Option<FileId> {
    let mut files = data.ledger().filter(|(_, file)| key.starts_with(&file.path));
    files.find(|&(id, file)| key == file.path || file_key(data, id) == key).map(|(id, _)| id)
}

/// The page of the file with this key; `None` for an unknown key.
pub fn file_page(data: &Dataset, key: &str) -> Option<FilePage> {
    let file = find(data, key)?;
    let record = data.file(file);
    let inside = format!("{}/", record.path);
    let members = || data.ledger().filter(|(_, member)| member.path.starts_with(&inside)).count() as u32;
    let is_same_run = data.history.same_runs.iter().any(|same| {
        let mut parts = same.parts.iter();
        parts.any(|&part| data.part(part).file == file)
    });
    let parts = parts(data, file);
    let others = parts.iter().map(|part| part.others).max().unwrap_or_default();
    Some(FilePage {
        file,
        path: record.path.clone(),
        bytes: record.bytes,
        format: (record.format.to_owned(), format_name(record)),
        why: record.why.clone(),
        encoding: record.encoding,
        status: record.status,
        kind: kind_of(data, record),
        results: record.results,
        read_ms: record.read_ms,
        notes: notes(data, file),
        parts_total: record.parts.len() as u32,
        parts,
        earlier: data.files_at(&record.path).take_while(|&other| other != file).last(),
        members: is_archive(record.format).then(members),
        is_joined: is_same_run || others > 0 || record.status == FileStatus::Duplicate,
        counts_alone: record.counts_alone,
        are_attempts: record.are_attempts,
        has_equal_names: record.has_equal_names || record.are_attempts,
        is_one_dut: record.is_one_dut,
        has_suites_as_duts: record.is_one_dut || record.are_suites_duts,
    })
}

/// The files that were dropped themselves, without the members of archives.
pub fn dropped(data: &Dataset) -> Vec<(FileId, String)> {
    let archives: Vec<String> = data
        .ledger()
        .filter(|(_, file)| is_archive(file.format))
        .map(|(_, file)| format!("{}/", split_members(&file.path).0))
        .collect();
    let is_member = |path: &str| archives.iter().any(|archive| path.starts_with(archive));
    let files = data.ledger().filter(|(_, file)| !is_member(&file.path));
    files.map(|(id, file)| (id, file.path.clone())).collect()
}
