//! Decisions: what a person chose about files and DUTs, as a text that outlives the page.
//!
//! The text is JSON. It names files by path and content, so it applies to the same files when they
//! are read again, in any order, and does nothing for others.

use super::ImportOptions;
use super::steps::{Before, set_build_order};
use crate::import::SET_BY_YOU;
use crate::import::limits::NAME_BYTES;
use crate::model::{BuildOrder, Dataset, FileId, FileRecord, IdentityField, PartId, Renames, head};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The version of the text. One with another version is ignored.
const SCHEMA: &str = "passgrid/decisions/1";

/// What a decision is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Subject {
    /// The DUT with this name in files is called otherwise.
    Dut(String),
    /// The file does not count.
    Removed(FileKey),
    /// How the file is read.
    Reading(FileKey, Reading),
    /// A name of one of the file's parts, which is given by its place in the file.
    Name(FileKey, usize, IdentityField),
    /// The order of builds, oldest first: a list in JSON.
    Builds,
}

/// A file, by path and content.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct FileKey {
    path: String,
    /// The hash of its content, in hexadecimal digits.
    content: String,
}

/// An option of reading a file, see [`ImportOptions`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Reading {
    Format,
    CountsAlone,
    AreAttempts,
    IsOneDut,
}

/// The document.
#[derive(Serialize, Deserialize)]
struct Document {
    schema: String,
    decisions: Vec<(Subject, String)>,
}

/// What was decided about each subject.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Decisions(BTreeMap<Subject, String>);

/// The files of the data set by path and content.
struct Files(BTreeMap<FileKey, Vec<FileId>>);

impl Files {
    fn new(data: &Dataset) -> Files {
        let mut files: BTreeMap<FileKey, Vec<FileId>> = BTreeMap::new();
        for (index, record) in data.files.iter().enumerate() {
            files.entry(key_of(record)).or_default().push(FileId::from(index));
        }
        Files(files)
    }

    /// The file that counts, else the one that was read last.
    fn current(&self, data: &Dataset, key: &FileKey) -> Option<FileId> {
        let files = self.0.get(key)?;
        files.iter().rev().copied().find(|file| !data.file(*file).is_removed).or(files.last().copied())
    }
}

fn key_of(record: &FileRecord) -> FileKey {
    FileKey { path: record.path.clone(), content: format!("{:016x}", record.hash) }
}

impl Decisions {
    /// What a person decided about this data.
    pub fn of(data: &Dataset) -> Decisions {
        let files = Files::new(data);
        let mut decisions = BTreeMap::new();
        for (from, to) in data.renames.iter() {
            decisions.insert(Subject::Dut(from.to_owned()), to.to_owned());
        }
        let order = data.build_order.builds();
        if !order.is_empty() {
            // Texts can always be written.
            decisions.insert(Subject::Builds, serde_json::to_string(order).unwrap_or_default());
        }
        let mut current: BTreeMap<FileId, &FileKey> = BTreeMap::new();
        for key in files.0.keys() {
            let Some(file) = files.current(data, key) else {
                continue;
            };
            current.insert(file, key);
            let record = data.file(file);
            if record.is_removed {
                decisions.insert(Subject::Removed(key.clone()), String::new());
            }
            let ImportOptions { format, counts_alone, are_attempts, is_one_dut, instead: _ } =
                options_of(record);
            let set = |is_set: bool| is_set.then(String::new);
            let options = [
                (Reading::Format, Some(format).filter(|format| !format.is_empty())),
                (Reading::CountsAlone, set(counts_alone)),
                (Reading::AreAttempts, set(are_attempts)),
                (Reading::IsOneDut, set(is_one_dut)),
            ];
            for (option, value) in options {
                if let Some(value) = value {
                    decisions.insert(Subject::Reading(key.clone(), option), value);
                }
            }
        }
        for part in &data.parts {
            for field in FIELDS {
                if let Some((key, name)) = current.get(&part.file).zip(part.overrides.get(field)) {
                    decisions.insert(Subject::Name((*key).clone(), part.place.0, field), name.clone());
                }
            }
        }
        Decisions(decisions)
    }

    /// Reads a text; without decisions if it is no such text.
    pub fn parse(text: &str) -> Decisions {
        let document = serde_json::from_str::<Document>(text).ok();
        let document = document.filter(|document| document.schema == SCHEMA);
        Decisions(document.map_or_else(BTreeMap::new, |document| document.decisions.into_iter().collect()))
    }

    /// Writes the text: equal decisions give equal texts. Without decisions, it is empty.
    pub fn text(&self) -> String {
        if self.0.is_empty() {
            return String::new();
        }
        let decisions = self.0.iter().map(|(subject, value)| (subject.clone(), value.clone())).collect();
        // Fails only for maps with keys that are no texts.
        serde_json::to_string(&Document { schema: SCHEMA.to_owned(), decisions }).unwrap_or_default()
    }

    /// Applies what changed from `before` to `mine` to these decisions.
    pub fn merge(mut self, before: &Decisions, mine: &Decisions) -> Decisions {
        let subjects: BTreeSet<&Subject> = before.0.keys().chain(mine.0.keys()).collect();
        for subject in subjects {
            let (was, is) = (before.0.get(subject), mine.0.get(subject));
            match is {
                _ if was == is => {}
                Some(value) => drop(self.0.insert(subject.clone(), value.clone())),
                None => drop(self.0.remove(subject)),
            }
        }
        self
    }

    /// The files that were read in another way than decided.
    pub fn rereads(&self, data: &Dataset) -> Vec<(FileId, String, ImportOptions)> {
        let files = Files::new(data);
        let mut wanted: BTreeMap<FileId, ImportOptions> = BTreeMap::new();
        for (subject, value) in &self.0 {
            let Subject::Reading(key, option) = subject else {
                continue;
            };
            let Some(file) = files.current(data, key) else {
                continue;
            };
            let options = wanted.entry(file).or_default();
            match option {
                Reading::Format => head(value, NAME_BYTES).clone_into(&mut options.format),
                Reading::CountsAlone => options.counts_alone = true,
                Reading::AreAttempts => options.are_attempts = true,
                Reading::IsOneDut => options.is_one_dut = true,
            }
        }
        wanted.retain(|file, options| *options != options_of(data.file(*file)));
        let line = |(file, options)| (file, data.file(file).path.clone(), options);
        wanted.into_iter().map(line).collect()
    }

    /// Applies the decisions, and returns what to restore to undo that.
    pub fn apply(&self, data: &mut Dataset) -> Vec<Before> {
        let files = Files::new(data);
        let places = data.parts.iter().enumerate().map(|(index, part)| ((part.file, part.place.0), index));
        let places: BTreeMap<(FileId, usize), usize> = places.collect();
        let removed: BTreeSet<&FileKey> = self.0.keys().filter_map(Subject::removed).collect();
        let counting = files.0.keys().filter(|key| !removed.contains(key));
        let counting: BTreeSet<&str> = counting.map(|key| key.path.as_str()).collect();
        let mut before = Vec::new();
        let (mut renames, mut order) = (Renames::default(), BuildOrder::default());
        for (subject, value) in &self.0 {
            let name = head(value, NAME_BYTES);
            match subject {
                Subject::Dut(from) => renames.rename(from, name, true),
                Subject::Removed(key) => {
                    for &file in files.0.get(key).into_iter().flatten() {
                        let was_removed = std::mem::replace(&mut data.files[file.index()].is_removed, true);
                        // An older version of a file that counts was not removed by a person.
                        if !was_removed && !counting.contains(key.path.as_str()) {
                            before.push(Before::Kept(file));
                        }
                    }
                }
                Subject::Reading(..) => {}
                Subject::Builds => {
                    order = BuildOrder::new(serde_json::from_str(value).unwrap_or_default());
                }
                Subject::Name(key, place, field) => {
                    let file = files.current(data, key);
                    let Some(&part) = file.and_then(|file| places.get(&(file, *place))) else {
                        continue;
                    };
                    let overrides = &mut data.parts[part].overrides;
                    let have = overrides.get(*field).cloned();
                    if have.as_deref() != Some(name) {
                        overrides.set(*field, Some(name.to_owned()));
                        before.push(Before::Override(PartId::from(part), *field, have));
                    }
                }
            }
        }
        if renames != data.renames {
            before.push(Before::Renames(std::mem::replace(&mut data.renames, renames)));
        }
        before.extend(set_build_order(data, order));
        restore_newest(data, &files, &removed);
        before
    }
}

impl Subject {
    fn removed(&self) -> Option<&FileKey> {
        match self {
            Subject::Removed(key) => Some(key),
            _ => None,
        }
    }
}

/// Lets the newest version of a file count where an older one replaced it, which happens if the older one
/// was read later.
fn restore_newest(data: &mut Dataset, files: &Files, removed: &BTreeSet<&FileKey>) {
    let paths: BTreeSet<&str> = removed.iter().map(|key| key.path.as_str()).collect();
    for (key, versions) in &files.0 {
        let counts = versions.iter().any(|file| !data.file(*file).is_removed);
        let was_replaced = !counts && !removed.contains(key) && paths.contains(key.path.as_str());
        if let Some(newest) = versions.last().filter(|_| was_replaced) {
            data.files[newest.index()].is_removed = false;
        }
    }
}

const FIELDS: [IdentityField; 4] =
    [IdentityField::Dut, IdentityField::Unit, IdentityField::Build, IdentityField::Session];

/// The options by which a file was read.
fn options_of(record: &FileRecord) -> ImportOptions {
    ImportOptions {
        instead: None,
        format: if record.why == SET_BY_YOU { record.format.to_owned() } else { String::new() },
        counts_alone: record.counts_alone,
        are_attempts: record.are_attempts,
        is_one_dut: record.is_one_dut,
    }
}
