//! Paths: what a pattern over them would say of every file.

use super::natural;
use crate::model::{Dataset, FileId, IdentityField, PartId};
use crate::query::{PathPattern, PatternProblem};
use serde::{Deserialize, Serialize};

/// What a pattern would say of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PathLine {
    /// Path below what was dropped.
    pub path: String,
    /// The sessions' shares that it holds; what to rename it by.
    pub parts: Vec<PartId>,
    /// What the first of these is taken for now.
    pub dut: String,
    /// Its specimen.
    pub unit: Option<String>,
    /// Its build.
    pub build: Option<String>,
    /// Its session.
    pub session: String,
    /// What the pattern finds in the path; nothing where it does not match.
    pub found: Option<Vec<(IdentityField, String)>>,
}

/// The lines of a preview that are on screen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PathWindow {
    /// Why the pattern is none.
    pub problem: Option<PatternProblem>,
    /// How many files match it.
    pub matching: u32,
    /// How many files there are that hold a session's results, or might.
    pub total: u32,
    /// Index of the first line given.
    pub from: u32,
    /// The lines, by path.
    pub lines: Vec<PathLine>,
}

/// The lines from `from` on, at most `count`. No pattern finds nothing, and is
/// no problem.
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
    natural::sort(&mut files, |&a, &b| {
        natural::compare(&data.file(a).path, &data.file(b).path).then(a.cmp(&b))
    });
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
