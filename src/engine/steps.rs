//! Steps: what a person says of files and sessions, and taking it back.

use super::query::OverrideChange;
use crate::import::archive::is_archive;
use crate::model::{Dataset, FileId, FileStatus, IdentityField, PartId, counted, listed};
use std::collections::VecDeque;

/// What was said, step by step.
#[derive(Default)]
pub(super) struct Steps {
    steps: VecDeque<Step>,
    /// How many were ever taken.
    taken: u32,
    /// The step that was undone last, in words, until another one is taken.
    undone: Option<String>,
}

struct Step {
    /// What it did, in words.
    words: String,
    /// How it was before, in the order of saying.
    before: Vec<Before>,
}

/// What something was before it was said otherwise.
enum Before {
    /// Whom a part belonged to, as somebody had said.
    Override(PartId, IdentityField, Option<String>),
    /// A file was there.
    Kept(FileId),
}

/// Steps that can be taken back.
const STEPS: usize = 50;

impl Steps {
    /// Notes what is said; answers whether that changes anything. Blanks around
    /// an answer are none of it, and an answer of blanks takes back the last.
    pub fn assign(&mut self, data: &mut Dataset, overrides: Vec<(PartId, OverrideChange)>) -> bool {
        let mut before = Vec::new();
        for (part, answers) in overrides {
            for (axis, value) in answers {
                let value = value.map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
                let Some(have) = data.parts.get(part.index()).map(|part| part.overrides.get(axis)) else {
                    continue;
                };
                if have != value.as_ref() {
                    before.push((part, axis, have.cloned()));
                    say(data, part, axis, value);
                }
            }
        }
        let words = words(data, &before);
        self.push(
            words,
            before.into_iter().map(|(part, axis, value)| Before::Override(part, axis, value)).collect(),
        )
    }

    /// Takes files out. Gives copies of them that count now, and so have to be
    /// read; nothing if there is nothing to take out.
    pub fn remove(&mut self, data: &mut Dataset, files: &[FileId]) -> Option<Vec<FileId>> {
        let removed = remove(data, files);
        let mut copies: Vec<FileId> = Vec::new();
        for &file in removed.iter().filter(|file| data.file(**file).status != FileStatus::Duplicate) {
            let mut same = data.ledger().filter(|(_, copy)| copy.is_copy_of(data.file(file)));
            copies.extend(same.next().map(|(copy, _)| copy));
        }
        let words = match removed.as_slice() {
            [file] => format!("removing {}", data.file(*file).path),
            files => format!("removing {}", counted(files.len() as u64, "file")),
        };
        self.push(words, removed.into_iter().map(Before::Kept).collect()).then_some(copies)
    }

    fn push(&mut self, words: String, before: Vec<Before>) -> bool {
        if before.is_empty() {
            return false;
        }
        if self.steps.len() == STEPS {
            self.steps.pop_front();
        }
        self.steps.push_back(Step { words, before });
        self.taken += 1;
        self.undone = None;
        true
    }

    /// How many steps were ever taken.
    pub fn taken(&self) -> u32 {
        self.taken
    }

    /// The step that was undone last, in words, until another one is taken.
    pub fn undone(&self) -> Option<&str> {
        self.undone.as_deref()
    }

    /// What would be undone, in words.
    pub fn last(&self) -> Option<&str> {
        self.steps.back().map(|step| step.words.as_str())
    }

    /// Takes the last step back, and answers what it was.
    pub fn undo(&mut self, data: &mut Dataset) -> Option<String> {
        let step = self.steps.pop_back()?;
        for before in step.before.into_iter().rev() {
            match before {
                Before::Override(part, axis, value) => say(data, part, axis, value),
                Before::Kept(file) => bring_back(data, file),
            }
        }
        self.undone = Some(step.words.clone());
        Some(step.words)
    }
}

/// Takes files out, and with an archive what is in it. Gives those that were there.
pub(super) fn remove(data: &mut Dataset, files: &[FileId]) -> Vec<FileId> {
    let mut removed = Vec::new();
    for &file in files {
        let Some(record) = data.files.get(file.index()) else {
            continue;
        };
        let (inside, holds) = (format!("{}/", record.path), is_archive(record.format));
        let is_meant = |id: FileId, path: &str| id == file || holds && path.starts_with(&inside);
        let meant = data.ledger().filter(|(id, member)| is_meant(*id, &member.path));
        let meant: Vec<FileId> = meant.map(|(id, _)| id).collect();
        for &id in &meant {
            data.files[id.index()].is_removed = true;
        }
        removed.extend(meant);
    }
    removed
}

/// A file is there again. A copy that was read in its place is a copy again.
fn bring_back(data: &mut Dataset, file: FileId) {
    let is_copy = |copy: FileId| data.file(copy).status == FileStatus::Duplicate;
    let same = |id: FileId| {
        let (one, other) = (data.file(id), data.file(file));
        (one.hash, one.bytes) == (other.hash, other.bytes) && !one.counts_alone
    };
    let stand_ins: Vec<(FileId, FileId)> = data
        .ledger()
        .filter_map(|(id, record)| Some((id, record.replaces?)))
        .filter(|&(id, replaced)| is_copy(replaced) && same(id))
        .collect();
    for (stand_in, copy) in stand_ins {
        data.files[stand_in.index()].is_removed = true;
        data.files[copy.index()].is_removed = false;
    }
    data.files[file.index()].is_removed = false;
}

fn say(data: &mut Dataset, part: PartId, axis: IdentityField, value: Option<String>) {
    data.parts[part.index()].overrides.set(axis, value);
}

/// "DUT of a.xml", "DUT and build of 12 files".
fn words(data: &Dataset, before: &[(PartId, IdentityField, Option<String>)]) -> String {
    let names = [
        (IdentityField::Dut, "DUT"),
        (IdentityField::Unit, "unit"),
        (IdentityField::Build, "build"),
        (IdentityField::Session, "session"),
    ];
    let names: Vec<&str> = names
        .into_iter()
        .filter(|(axis, _)| before.iter().any(|(_, of, _)| of == axis))
        .map(|(_, name)| name)
        .collect();
    let mut is_named = vec![false; data.files.len()];
    for (part, ..) in before {
        is_named[data.part(*part).file.index()] = true;
    }
    let files = is_named.iter().filter(|&&is_named| is_named).count();
    let files = match before.first() {
        Some((part, ..)) if files == 1 => data.file(data.part(*part).file).path.clone(),
        _ => counted(files as u64, "file"),
    };
    format!("{} of {files}", listed(&names))
}
