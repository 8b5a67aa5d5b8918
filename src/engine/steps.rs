//! Steps: changes that a person makes to files and sessions, and undoing them.

use super::decisions::Decisions;
use super::query::OverrideChange;
use crate::import::archive::{is_archive, split_members};
use crate::model::{BuildOrder, Dataset, FileId, IdentityField, PartId, Renames, Source, counted, listed};
use std::collections::VecDeque;

/// The steps that can be undone, oldest first.
#[derive(Default)]
pub(super) struct Steps {
    steps: VecDeque<Step>,
    /// How many were ever taken.
    taken: u32,
    /// The step that was undone last, in words, until another one is taken.
    undone: Option<String>,
}

struct Step {
    /// A description of what it did.
    description: String,
    /// What to restore, in the order of the changes.
    before: Vec<Before>,
}

/// The state of something before a change.
pub(super) enum Before {
    /// The override of a part's field.
    Override(PartId, IdentityField, Option<String>),
    /// A file that was not removed.
    Kept(FileId),
    /// Names of DUTs that a person had replaced.
    Renames(Renames),
    /// The order of builds.
    BuildOrder(BuildOrder),
}

/// The most steps that can be undone.
const STEPS: usize = 50;

impl Steps {
    /// Sets overrides, and returns whether that changed anything. Values are
    /// trimmed; a blank value clears the override.
    pub fn assign(&mut self, data: &mut Dataset, overrides: Vec<(PartId, OverrideChange)>) -> bool {
        let mut before = Vec::new();
        for (part, fields) in with_whole_sessions(data, overrides) {
            for (axis, value) in fields {
                let value = value.map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
                let Some(have) = data.parts.get(part.index()).map(|part| part.overrides.get(axis)) else {
                    continue;
                };
                if have != value.as_ref() {
                    before.push((part, axis, have.cloned()));
                    set_override(data, part, axis, value);
                }
            }
        }
        let description = description(data, &before);
        self.push(
            description,
            before.into_iter().map(|(part, axis, value)| Before::Override(part, axis, value)).collect(),
        )
    }

    /// Renames a DUT wherever it occurs; `None` gives it, and DUTs that were merged
    /// into it, their own names back. Returns whether that changed anything.
    pub fn rename_dut(&mut self, data: &mut Dataset, dut: &str, to: Option<&str>) -> bool {
        let of_dut = |part: &PartId| data.history.identities[part.index()].dut.value == dut;
        let parts: Vec<PartId> =
            (0..data.history.identities.len()).map(PartId::from).filter(of_dut).collect();
        let is_in_files =
            parts.iter().any(|part| data.history.identities[part.index()].dut.evidence.source != Source::You);
        let mut renames = data.renames.clone();
        match to {
            Some(to) => renames.rename(dut, to, is_in_files),
            None => renames.restore(dut),
        }
        let mut before = Vec::new();
        // Names that a person gave to files stay if there is something else to restore.
        let are_replaced = to.is_some() || renames == data.renames;
        for part in parts.into_iter().filter(|_| are_replaced) {
            if let Some(name) = data.part(part).overrides.get(IdentityField::Dut) {
                before.push(Before::Override(part, IdentityField::Dut, Some(name.clone())));
                set_override(data, part, IdentityField::Dut, to.map(str::to_owned));
            }
        }
        if renames != data.renames {
            before.push(Before::Renames(std::mem::replace(&mut data.renames, renames)));
        }
        let description = match to {
            Some(to) => format!("renaming {dut} to {to}"),
            None => format!("the names of {dut}"),
        };
        self.push(description, before)
    }

    /// Sets the order of builds, and returns whether that changed anything.
    pub fn order_builds(&mut self, data: &mut Dataset, order: BuildOrder) -> bool {
        let before = set_build_order(data, order);
        self.push("the order of builds".to_owned(), before.into_iter().collect())
    }

    /// Removes files, and returns whether that changed anything.
    pub fn remove(&mut self, data: &mut Dataset, files: &[FileId]) -> bool {
        let removed = remove(data, files);
        let description = match removed.as_slice() {
            [file] => format!("removing {}", data.file(*file).path),
            files => format!("removing {}", counted(files.len() as u64, "file")),
        };
        self.push(description, removed.into_iter().map(Before::Kept).collect())
    }

    /// Applies decisions that were made before the files were read again, and returns whether that
    /// changed anything.
    pub fn restore(&mut self, data: &mut Dataset, decisions: &Decisions) -> bool {
        self.push("the names and removals that were kept".to_owned(), decisions.apply(data))
    }

    fn push(&mut self, description: String, before: Vec<Before>) -> bool {
        if before.is_empty() {
            return false;
        }
        if self.steps.len() == STEPS {
            self.steps.pop_front();
        }
        self.steps.push_back(Step { description, before });
        self.taken += 1;
        self.undone = None;
        true
    }

    /// The number of steps that were ever taken.
    pub fn taken(&self) -> u32 {
        self.taken
    }

    /// Describes the step that was undone last, until another one is taken.
    pub fn undone(&self) -> Option<&str> {
        self.undone.as_deref()
    }

    /// Describes the step that would be undone.
    pub fn last(&self) -> Option<&str> {
        self.steps.back().map(|step| step.description.as_str())
    }

    /// Undoes the last step, and returns its description.
    pub fn undo(&mut self, data: &mut Dataset) -> Option<String> {
        let step = self.steps.pop_back()?;
        for before in step.before.into_iter().rev() {
            match before {
                Before::Override(part, axis, value) => set_override(data, part, axis, value),
                Before::Kept(file) => data.files[file.index()].is_removed = false,
                Before::Renames(renames) => data.renames = renames,
                Before::BuildOrder(order) => data.build_order = order,
            }
        }
        self.undone = Some(step.description.clone());
        Some(step.description)
    }
}

/// Sets the order of builds. Returns the order before, if it was another one.
pub(super) fn set_build_order(data: &mut Dataset, order: BuildOrder) -> Option<Before> {
    let before = std::mem::replace(&mut data.build_order, order);
    (before != data.build_order).then_some(Before::BuildOrder(before))
}

/// Adds to changes of parts the other parts of their sessions, unless these have changes of
/// their own: what a person names is the session. The name of a session itself says
/// which parts belong to it, so others do not follow.
fn with_whole_sessions(
    data: &Dataset,
    mut changes: Vec<(PartId, OverrideChange)>,
) -> Vec<(PartId, OverrideChange)> {
    let mut is_changed = vec![false; data.parts.len()];
    for (part, _) in &changes {
        if let Some(is_changed) = is_changed.get_mut(part.index()) {
            *is_changed = true;
        }
    }
    let mut more = Vec::new();
    let names_session =
        |change: &OverrideChange| change.iter().any(|(field, _)| *field == IdentityField::Session);
    for (part, change) in changes.iter().filter(|(_, change)| !names_session(change)) {
        let session = data.history.session_of.get(part.index()).copied().flatten();
        for &other in session.iter().flat_map(|&session| &data.history.session(session).parts) {
            if !std::mem::replace(&mut is_changed[other.index()], true) {
                more.push((other, change.clone()));
            }
        }
    }
    changes.extend(more);
    changes
}

/// Removes files, and with an archive its members. Returns those that were not
/// removed before.
pub(super) fn remove(data: &mut Dataset, files: &[FileId]) -> Vec<FileId> {
    let mut removed = Vec::new();
    for &file in files {
        let Some(record) = data.files.get(file.index()) else {
            continue;
        };
        let (inside, holds) = (format!("{}/", split_members(&record.path).0), is_archive(record.format));
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

fn set_override(data: &mut Dataset, part: PartId, axis: IdentityField, value: Option<String>) {
    data.parts[part.index()].overrides.set(axis, value);
}

/// Returns "DUT of a.xml" or "DUT and build of 12 files".
fn description(data: &Dataset, before: &[(PartId, IdentityField, Option<String>)]) -> String {
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
