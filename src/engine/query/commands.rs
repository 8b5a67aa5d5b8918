//! Commands that change the data, and the decisions that they leave.

use super::Query;
use crate::analyze;
use crate::engine::decisions::Decisions;
use crate::engine::{Engine, ImportOptions, steps};
use crate::export::known_issues;
use crate::import::archive::is_archive;
use crate::model::{BuildOrder, FileId, IdentityField, KnownIssue, PartId};
use serde::{Deserialize, Serialize};

/// Overrides of one part of a file; a value of `None` clears the override.
pub type OverrideChange = Vec<(IdentityField, Option<String>)>;

/// Sets or clears overrides of parts, as one step that can be undone. Other parts of
/// their sessions get the same names.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Assign(
    /// The parts and their overrides.
    pub Vec<(PartId, OverrideChange)>,
);

impl Query for Assign {
    type Answer = ();

    fn answer(self, engine: &mut Engine) {
        engine.data();
        engine.is_stale |= engine.steps.assign(&mut engine.data, self.0);
    }
}

/// Renames a DUT in all files, also in those that are read later, as one step that can
/// be undone. The name of another DUT merges both.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RenameDut {
    /// Its present name.
    pub dut: String,
    /// Its new name; `None` gives it, and DUTs that were merged into it, the names that
    /// the files give.
    pub to: Option<String>,
}

impl Query for RenameDut {
    type Answer = ();

    fn answer(self, engine: &mut Engine) {
        let to = self.to.as_deref().map(str::trim);
        if to.is_none_or(|to| !to.is_empty() && to != self.dut) {
            engine.data();
            engine.is_stale |= engine.steps.rename_dut(&mut engine.data, &self.dut, to);
        }
    }
}

/// Sets the order of builds, oldest first, as one step that can be undone. Other builds keep the places that
/// times or names give them; an empty list leaves all to these.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OrderBuilds(
    /// The builds.
    pub Vec<String>,
);

impl Query for OrderBuilds {
    type Answer = ();

    fn answer(self, engine: &mut Engine) {
        engine.is_stale |= engine.steps.order_builds(&mut engine.data, BuildOrder::new(self.0));
    }
}

/// Removes files from all counts, as one step that can be undone. The members of
/// an archive are removed with it. Duplicates of these files count from now on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RemoveFiles(
    /// Which ones.
    pub Vec<FileId>,
);

impl Query for RemoveFiles {
    type Answer = ();

    fn answer(self, engine: &mut Engine) {
        engine.is_stale |= engine.steps.remove(&mut engine.data, &self.0);
    }
}

/// Prepares for reading a file again: removes the members of an archive, which
/// are then read again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PrepareReread(
    /// Which one.
    pub FileId,
);

impl Query for PrepareReread {
    type Answer = ();

    fn answer(self, engine: &mut Engine) {
        let file = engine.data.files.get(self.0.index());
        if file.is_some_and(|file| is_archive(file.format)) {
            steps::remove(&mut engine.data, &[self.0]);
            engine.is_stale = true;
        }
    }
}

/// Undoes the last step. The answer describes it ("DUT and build of 12 files");
/// `None` if there was nothing to undo.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Undo;

impl Query for Undo {
    type Answer = Option<String>;

    fn answer(self, engine: &mut Engine) -> Option<String> {
        let undone = engine.steps.undo(&mut engine.data);
        engine.is_stale |= undone.is_some();
        undone
    }
}

/// What a person decided about files and DUTs (names, removals, how files are read), as a text that
/// outlives the page; "" without decisions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GetDecisions;

impl Query for GetDecisions {
    type Answer = String;

    fn answer(self, engine: &mut Engine) -> String {
        Decisions::of(&engine.data).text()
    }
}

/// Decisions in which what changed here is applied to what was changed elsewhere.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MergeDecisions {
    /// The decisions here, before the change.
    pub before: String,
    /// The decisions here.
    pub mine: String,
    /// The decisions elsewhere.
    pub theirs: String,
}

impl Query for MergeDecisions {
    type Answer = String;

    fn answer(self, _: &mut Engine) -> String {
        let [before, mine, theirs] =
            [self.before, self.mine, self.theirs].map(|text| Decisions::parse(&text));
        theirs.merge(&before, &mine).text()
    }
}

/// The files that must be read again, as decided: file, path and options.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GetRereads(
    /// The text of [`GetDecisions`].
    pub String,
);

impl Query for GetRereads {
    type Answer = Vec<(FileId, String, ImportOptions)>;

    fn answer(self, engine: &mut Engine) -> Self::Answer {
        Decisions::parse(&self.0).rereads(&engine.data)
    }
}

/// Applies decisions to files that were read again, as one step that can be undone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RestoreDecisions(
    /// The text of [`GetDecisions`].
    pub String,
);

impl Query for RestoreDecisions {
    type Answer = ();

    fn answer(self, engine: &mut Engine) {
        engine.steps.restore(&mut engine.data, &Decisions::parse(&self.0));
        // Also versions of files that count again, which is no step.
        engine.is_stale = true;
    }
}

/// A file of known issues after an edit. The page reads it like a dropped file, which replaces the earlier version.
/// The answer has its path and text; `None` if the issue does not exist.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EditKnownIssue {
    /// The path of the file, and the place in it; `None` to add an issue to the page's own file.
    pub at: Option<(String, u32)>,
    /// The issue after the edit; `None` removes it.
    pub issue: Option<KnownIssue>,
}

impl Query for EditKnownIssue {
    type Answer = Option<(String, String)>;

    fn answer(self, engine: &mut Engine) -> Self::Answer {
        let (path, issues) = analyze::edited_issues(engine.data(), self.at, self.issue)?;
        let text = String::from_utf8_lossy(&known_issues(issues.iter())).into_owned();
        Some((path, text))
    }
}
