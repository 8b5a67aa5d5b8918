//! Questions about files and their paths.

use super::Query;
use crate::analyze::{self, FilePage, Ledger, PathWindow, Steps};
use crate::engine::Engine;
use crate::import::{ALL, Import};
use crate::model::{FileId, Manifest};
use crate::query::FileFilter;
use serde::{Deserialize, Serialize};

/// The steps from a file to those before and after it in the list of files.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GetFileSteps {
    /// Which files are listed.
    pub filter: FileFilter,
    /// The file's key.
    pub at: String,
}

impl Query for GetFileSteps {
    type Answer = Steps<String>;

    fn answer(self, engine: &mut Engine) -> Self::Answer {
        analyze::file_steps(engine.data(), &self.filter, &self.at)
    }
}

/// Lines of the ledger.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GetLedger {
    /// Which files.
    pub filter: FileFilter,
    /// Index of the first line.
    pub from: u32,
    /// How many lines at most.
    pub count: u32,
}

impl Query for GetLedger {
    type Answer = Ledger;

    fn answer(self, engine: &mut Engine) -> Ledger {
        let mut ledger = analyze::ledger(engine.data(), &self.filter, self.from, self.count);
        ledger.undo = engine.steps.last().map(str::to_owned);
        ledger.undone = engine.steps.undone().map(str::to_owned);
        ledger.steps = engine.steps.taken();
        ledger
    }
}

/// One file of the ledger; the answer is `None` if it does not exist.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GetFile(
    /// The file's key.
    pub String,
);

impl Query for GetFile {
    type Answer = Option<Box<FilePage>>;

    fn answer(self, engine: &mut Engine) -> Self::Answer {
        analyze::file_page(engine.data(), &self.0).map(Box::new)
    }
}

/// Ids and paths of all files that were dropped themselves, not as members of
/// archives.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GetDroppedFiles;

impl Query for GetDroppedFiles {
    type Answer = Vec<(FileId, String)>;

    fn answer(self, engine: &mut Engine) -> Self::Answer {
        analyze::dropped(&engine.data)
    }
}

/// How many files came again, with the same path and bytes, and were not added again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CountRepeatedFiles;

impl Query for CountRepeatedFiles {
    type Answer = u32;

    fn answer(self, engine: &mut Engine) -> u32 {
        engine.data.repeated_files
    }
}

/// Reads the text of a manifest, without adding it to the data. The answer is `None` if it is none.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReadManifest(
    /// The text.
    pub String,
);

impl Query for ReadManifest {
    type Answer = Option<Box<Manifest>>;

    fn answer(self, _engine: &mut Engine) -> Self::Answer {
        let mut import = Import::new("", &ALL);
        import.push(self.0.as_bytes());
        import.finish().batch.manifest
    }
}

/// A preview of what a pattern over paths would set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MatchPaths {
    /// A template, see [`PathPattern`](crate::query::PathPattern); if it is
    /// empty, the lines show the current names.
    pub pattern: String,
    /// Index of the first line.
    pub from: u32,
    /// How many lines at most.
    pub count: u32,
}

impl Query for MatchPaths {
    type Answer = PathWindow;

    fn answer(self, engine: &mut Engine) -> PathWindow {
        analyze::match_paths(engine.data(), &self.pattern, self.from, self.count)
    }
}
