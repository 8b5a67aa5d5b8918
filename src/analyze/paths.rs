//! Path patterns: a preview of what a pattern finds in the path of each file.

use super::natural;
use crate::model::{Dataset, FileId, IdentityField, PartId};
use crate::query::{PathPattern, PatternProblem};
use serde::{Deserialize, Serialize};

/// What a pattern finds in the path of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PathLine {
    /// Path below the dropped folder.
    pub path: String,
    /// Its parts, for renaming them.
    pub parts: Vec<PartId>,
    /// The current DUT of its first part.
    pub dut: String,
    /// The current unit.
    pub unit: Option<String>,
    /// The current build.
    pub build: Option<String>,
    /// The current session.
    pub session: String,
    /// What the pattern finds in the path; `None` if it does not match.
    pub found: Option<Vec<(IdentityField, String)>>,
}

/// The visible lines of the preview.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PathWindow {
    /// Why the pattern is invalid.
    pub problem: Option<PatternProblem>,
    /// How many files match it.
    pub matching: u32,
    /// How many files have parts.
    pub total: u32,
    /// Index of the first line in `lines`.
    pub from: u32,
    /// The requested lines, by path.
    pub lines: Vec<PathLine>,
}

/// The lines from `from` on, at most `count`. An empty pattern matches no file and
/// is not a problem.
pub fn match_paths(data: &Dataset, pattern: &str, from: u32, count: u32) -> PathWindow {
    let mut window = PathWindow::default();
    let mut parsed = None;
    if !pattern.is_empty() {
        match PathPattern::parse(pattern) {
            Ok(pattern) => parsed = Some(pattern),
            Err(problem) => window.problem = Some(problem),
        }
    }
    let every = data.ledger().map(|(file, _)| file);
    let mut files: Vec<FileId> = every.filter(|&file| !data.file(file).parts.is_empty()).collect();
    files.sort_by(|&a, &b| natural::compare(&data.file(a).path, &data.file(b).path).then(a.cmp(&b)));
    window.total = files.len() as u32;
    window.from = from.min(window.total);
    for (line, file) in (0..).zip(files) {
        let file = data.file(file);
        let found = parsed.as_ref().and_then(|pattern| pattern.find(&file.path));
        window.matching += u32::from(found.is_some());
        if !(window.from..window.from.saturating_add(count)).contains(&line) {
            continue;
        }
        let identity = &data.history.identities[file.parts[0].index()];
        window.lines.push(PathLine {
            path: file.path.clone(),
            parts: file.parts.clone(),
            dut: identity.dut.value.clone(),
            unit: identity.unit.as_ref().map(|unit| unit.value.clone()),
            build: identity.build.as_ref().map(|build| build.value.clone()),
            session: identity.session.value.clone(),
            found,
        });
    }
    window
}
