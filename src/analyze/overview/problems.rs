//! Problems of the files: what could not be read or needs a look.

use crate::analyze::file_kinds::FileCounts;
use crate::analyze::grouping::covers;
use crate::analyze::natural;
use crate::import::identify::{Candidate, identify};
use crate::model::{Dataset, FileRecord, FileStatus, Part, PartId};
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
    /// DUTs that only the paths of duplicates name.
    pub hidden_duts: Vec<String>,
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
        hidden_duts: hidden_duts(data),
        guesses: files.of(FileKind::Guessed),
        others: files.of(FileKind::Others),
    }
}

/// DUTs without results that the paths of duplicates name. The results of a
/// duplicate count for the DUT of the original only.
fn hidden_duts(data: &Dataset) -> Vec<String> {
    let folder = |path: &str| path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
    let original = |copy: &FileRecord| {
        let is_same = |file: &&FileRecord| {
            file.hash == copy.hash && file.bytes == copy.bytes && file.status != FileStatus::Duplicate
        };
        data.ledger()
            .map(|(_, file)| file)
            .find(is_same)
            .filter(|file| folder(&file.path) != folder(&copy.path))
    };
    let files = data.ledger().map(|(_, file)| file);
    let copies = files.filter(|file| file.status == FileStatus::Duplicate);
    // A file with the same results as another one of its folder hides nothing.
    let follows = |part: PartId| data.history.same_runs.iter().any(|same| same.parts.contains(&part));
    // A copy has the same content, so it has the evidence of the original's first part.
    let copies: Vec<(&FileRecord, PartId)> = copies
        .filter_map(|copy| Some((copy, *original(copy)?.parts.first()?)))
        .filter(|&(_, part)| !follows(part))
        .collect();
    if copies.is_empty() {
        return Vec::new();
    }
    let covers = covers(data);
    let candidate = |path, part: PartId| candidate(data, path, data.part(part), &covers[part.index()]);
    let mut candidates: Vec<Candidate> =
        copies.iter().map(|&(copy, part)| candidate(&copy.path, part)).collect();
    let parts = (0..data.parts.len()).map(PartId::from);
    candidates.extend(parts.map(|part| candidate(&data.file(data.part(part).file).path, part)));
    let mut identities = identify(&candidates);
    let others = identities.split_off(copies.len());
    let has_results = |name: &String| {
        let named = others.iter().chain(&data.history.identities).map(|identity| &identity.dut.value);
        named.chain(data.history.duts.iter().map(|dut| &dut.name)).any(|other| other == name)
    };
    let duts = identities.into_iter().map(|identity| identity.dut);
    let duts = duts.filter(|dut| !dut.evidence.doubtful && !has_results(&dut.value));
    let mut names: Vec<String> = duts.map(|dut| dut.value).collect();
    names.sort_by(|a, b| natural::compare(a, b));
    names.dedup();
    names
}

/// The evidence of a part, as if its file had this path.
fn candidate<'a>(data: &'a Dataset, path: &'a str, part: &'a Part, covers: &[PartId]) -> Candidate<'a> {
    let status = data.file(part.file).status;
    Candidate {
        path,
        draft: &part.draft,
        covers: covers.iter().map(|&cover| &data.part(cover).draft).collect(),
        place: part.place,
        is_read: matches!(status, FileStatus::Read | FileStatus::PartlyRead),
        overrides: &part.overrides,
    }
}
