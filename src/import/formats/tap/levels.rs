//! Levels: the document and the open groups of subtests.

use super::Tap;
use super::result::Pending;
use crate::import::batch::Batch;
use crate::model::{Severity, counted, head};

/// The longest name of a group in a path.
const PATH_BYTES: usize = 200;

/// A document, or a group of subtests.
#[derive(Default)]
pub(super) struct Level {
    pub(super) column: usize,
    pub(super) plan: Option<u64>,
    /// The plan followed the results.
    pub(super) is_planned_last: bool,
    pub(super) points: u64,
    pub(super) has_failed: bool,
    /// The announced name of the next result.
    pub(super) announced: String,
    /// The group's name, as announced inside it.
    pub(super) own_name: String,
    /// The group's scope, if it has tests.
    pub(super) scope: Option<u32>,
    /// Scopes below, with their paths from here.
    pub(super) scopes: Vec<(u32, String)>,
    /// Scopes of groups whose name is not known yet, and whether a test of them failed.
    pub(super) inner: Option<(Vec<(u32, String)>, bool)>,
    pub(super) inner_name: String,
    pub(super) last: Option<Pending>,
}

impl Tap {
    /// Returns the level of this column, and opens it if necessary. Deeper levels are closed.
    pub(super) fn open(&mut self, column: usize) -> &mut Level {
        if self.levels.last().is_none_or(|level| level.column < column) {
            self.levels.push(Level { column, ..Level::default() });
        }
        let last = self.levels.len() - 1;
        #[allow(clippy::indexing_slicing)] // there is one
        &mut self.levels[last]
    }

    /// Closes the levels that are deeper than this column.
    pub(super) fn close_to(&mut self, column: usize, batch: &mut Batch) {
        while self.levels.last().is_some_and(|level| level.column > column) {
            let inner = self.levels.len() - 1;
            let around = self.levels.iter().rev().nth(1);
            if around.is_none_or(|around| around.column < column) {
                // The results belong to a later result of this column, which is its level's first.
                self.levels.insert(inner, Level { column, ..Level::default() });
            }
            self.close(batch);
        }
    }

    /// Closes the deepest level.
    pub(super) fn close(&mut self, batch: &mut Batch) {
        let Some(mut level) = self.levels.pop() else {
            return;
        };
        self.settle(&mut level, batch);
        let is_as_planned = level.plan.is_none_or(|plan| plan == level.points);
        if let Some((orphans, has_failed)) = level.inner.take() {
            level.has_failed |= has_failed;
            // Their group has no result.
            let part = path_part(&level.inner_name, level.points);
            level.scopes.extend(orphans.into_iter().map(|(scope, path)| (scope, joined(&part, &path))));
        }
        if let Some(around) = self.levels.last_mut() {
            if !is_as_planned {
                self.other_plans.add(self.end);
            }
            if level.points > 0 || !level.scopes.is_empty() {
                let (scopes, has_failed) = around.inner.get_or_insert_default();
                scopes.append(&mut level.scopes);
                *has_failed |= level.has_failed;
            }
            if around.inner_name.is_empty() {
                around.inner_name =
                    if around.announced.is_empty() { level.own_name } else { around.announced.clone() };
            }
            return;
        }
        for (scope, path) in level.scopes {
            let path = joined(&self.program, &path);
            let end = path.len() as u32;
            batch.name_scope(scope, &path, (end, end));
        }
        self.check_plan(level.plan, level.points, batch);
    }

    pub(super) fn check_plan(&self, plan: Option<u64>, points: u64, batch: &mut Batch) {
        let results = counted(points, "result");
        match plan {
            _ if self.has_bailed_out => {}
            Some(plan) if points < plan => {
                let text = format!(
                    "the plan says {}, but there {}: the run was cut short",
                    counted(plan, "test"),
                    are(points, &results)
                );
                batch.session(0).mark_incomplete(&text);
                batch.note(Severity::Warning, Some(self.end), text);
            }
            Some(plan) if points > plan => {
                let text =
                    format!("the plan says {}, but there {}", counted(plan, "test"), are(points, &results));
                batch.note(Severity::Warning, Some(self.end), text);
            }
            None if points > 0 && !self.is_kernel => {
                let text = "the plan is missing: the run was cut short, or is still running";
                batch.session(0).mark_incomplete(text);
                batch.note(Severity::Warning, Some(self.end), text);
            }
            _ => {}
        }
    }

    pub(super) fn end_document(&mut self, batch: &mut Batch) {
        while !self.levels.is_empty() {
            self.close(batch);
        }
        self.is_complete = false;
        self.before.clear();
    }
}

fn are(count: u64, results: &str) -> String {
    format!("{} {results}", if count == 1 { "is" } else { "are" })
}

pub(super) fn joined(around: &str, path: &str) -> String {
    match (around, path) {
        ("", path) => path.to_owned(),
        (around, "") => around.to_owned(),
        (around, path) => format!("{around} › {path}"),
    }
}

/// Returns a group's name for the paths of its tests. A long name is cut and numbered.
pub(super) fn path_part(name: &str, place: u64) -> String {
    let short = head(name, PATH_BYTES);
    if short.len() < name.len() { format!("{short}…#{place}") } else { name.to_owned() }
}
