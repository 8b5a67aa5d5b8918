//! Path patterns: a preview of what a pattern finds in the path of each file.

use super::natural;
use crate::model::{Dataset, FileId, IdentityField, PartId, SessionId};
use crate::query::{PathPattern, PatternProblem};
use crate::text::order::Order;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

/// What a pattern finds in the path of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PathLine {
    /// Path below the dropped folder.
    pub path: String,
    /// Its parts, for renaming them.
    pub parts: Vec<PartId>,
    /// The session of its first part.
    pub session_id: Option<SessionId>,
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
    files.order_by(|&a, &b| natural::compare(&data.file(a).path, &data.file(b).path).then(a.cmp(&b)));
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
            session_id: data.history.session_of[file.parts[0].index()],
            dut: identity.dut.value.clone(),
            unit: identity.unit.as_ref().map(|unit| unit.value.clone()),
            build: identity.build.as_ref().map(|build| build.value.clone()),
            session: identity.session.value.clone(),
            found,
        });
    }
    window
}

/// The effect of a pattern on sessions of several files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NamingEffect {
    /// Files that do not match and get the names of other files of their sessions.
    pub followers: u32,
    /// Sessions whose files get different names, and that become several.
    pub splits: u32,
}

/// Returns the effect of a pattern on the sessions of all these files.
pub fn naming_effect(lines: &[PathLine]) -> NamingEffect {
    #[derive(Default)]
    struct Files<'a> {
        others: u32,
        found: Option<&'a [(IdentityField, String)]>,
        differ: bool,
    }
    let mut sessions: FxHashMap<SessionId, Files> = FxHashMap::default();
    for line in lines {
        let Some(session) = line.session_id else {
            continue;
        };
        let files = sessions.entry(session).or_default();
        match (&line.found, files.found) {
            (None, _) => files.others += 1,
            (Some(found), None) => files.found = Some(found),
            (Some(found), Some(have)) => files.differ |= have != found,
        }
    }
    let mut effect = NamingEffect::default();
    for files in sessions.into_values() {
        let Some(found) = files.found else {
            continue;
        };
        // The name of a session says which files belong to it, so others do not follow.
        let names_session = found.iter().any(|(field, _)| *field == IdentityField::Session);
        effect.followers += if names_session { 0 } else { files.others };
        effect.splits += u32::from(files.differ || names_session && files.others > 0);
    }
    effect
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file of a session, with the DUT that a pattern finds.
    fn line(session: u32, dut: Option<&str>) -> PathLine {
        PathLine {
            path: String::new(),
            parts: Vec::new(),
            session_id: Some(SessionId(session)),
            dut: String::new(),
            unit: None,
            build: None,
            session: String::new(),
            found: dut.map(|dut| vec![(IdentityField::Dut, dut.to_owned())]),
        }
    }

    #[test]
    fn a_pattern_may_split_sessions_or_take_others_along() {
        let effect = |lines: &[PathLine]| {
            let NamingEffect { followers, splits } = naming_effect(lines);
            (followers, splits)
        };
        assert_eq!(effect(&[line(0, Some("a")), line(1, Some("b"))]), (0, 0));
        assert_eq!(effect(&[line(0, Some("a")), line(0, None), line(1, None)]), (1, 0));
        assert_eq!(effect(&[line(0, Some("a")), line(0, Some("a"))]), (0, 0));
        assert_eq!(effect(&[line(0, Some("a")), line(0, Some("b")), line(0, None)]), (1, 1));
        let mut named = line(0, None);
        named.found = Some(vec![(IdentityField::Session, "s".to_owned())]);
        assert_eq!(effect(&[named, line(0, None)]), (0, 1));
    }
}
