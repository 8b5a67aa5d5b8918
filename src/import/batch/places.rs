//! Places: tells entries with equal names apart by their source files and lines.

use super::text::Shift;
use super::{Batch, Text};
use crate::model::RepeatRule;
use rustc_hash::{FxHashMap, FxHasher};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{BuildHasher, BuildHasherDefault};

/// The most folders of a path that a name gets.
const FOLDERS: usize = 16;

/// Where the source of a row's test is.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct Place {
    row: u32,
    file: Text,
    /// 0 if it is unknown.
    line: u32,
}

impl Place {
    /// Returns the place for a row that is so many rows later, with its text in a longer pool.
    pub(super) fn moved(self, rows: u32, shift: Shift) -> Place {
        Place { row: self.row + rows, file: shift.of(self.file), ..self }
    }
}

impl Batch {
    /// Adds the source file and the line of rows. Rows with equal names are different tests if
    /// these differ.
    pub fn add_place(&mut self, rows: std::ops::Range<usize>, file: &str, line: Option<u32>) {
        let line = line.unwrap_or(0);
        if file.is_empty() && line == 0 {
            return;
        }
        let last = self.places.last().map(|place| place.file).filter(|&last| self.get(last) == file);
        let file = last.unwrap_or_else(|| self.add_name(file));
        self.places.extend(rows.map(|row| Place { row: row as u32, file, line }));
    }

    /// Renames rows with equal names whose places differ: `name (a.c)`, `name (b.c)`.
    pub fn tell_apart_by_place(&mut self) {
        let places = std::mem::take(&mut self.places);
        for group in self.equal_names(&places) {
            self.rename(&group);
        }
    }

    /// Returns the places of rows with equal names, for names with several places.
    fn equal_names(&self, places: &[Place]) -> Vec<Vec<Place>> {
        let hasher = BuildHasherDefault::<FxHasher>::default();
        let scopes: Vec<u64> =
            self.scopes.iter().map(|scope| hasher.hash_one(self.get(scope.text))).collect();
        let mut first_of: FxHashMap<u64, (Place, usize)> = FxHashMap::default();
        let mut groups: Vec<Vec<Place>> = Vec::new();
        for &place in places {
            let Some(row) = self.rows.get(place.row as usize) else {
                continue;
            };
            let rule = self.sessions.get(row.session as usize).map(|draft| draft.repeats);
            if rule.unwrap_or_default() != RepeatRule::Separate {
                continue;
            }
            let scope = scopes.get(row.scope as usize);
            let key = hasher.hash_one((row.session, scope, self.get(row.name)));
            let (first, group) = first_of.entry(key).or_insert((place, usize::MAX));
            match groups.get_mut(*group) {
                Some(group) => group.push(place),
                None if first.row != place.row => {
                    *group = groups.len();
                    groups.push(vec![*first, place]);
                }
                None => {}
            }
        }
        groups
    }

    fn rename(&mut self, group: &[Place]) {
        let mut lines_of: BTreeMap<String, BTreeSet<u32>> = BTreeMap::new();
        for place in group {
            let file = self.get(place.file).replace('\\', "/");
            lines_of.entry(file).or_default().insert(place.line);
        }
        let folders = (0..FOLDERS).find(|&folders| {
            let short: BTreeSet<&str> = lines_of.keys().map(|file| end_of(file, folders)).collect();
            short.len() == lines_of.len()
        });
        let are_same = lines_of.len() == 1 && lines_of.values().all(|lines| lines.len() == 1);
        if are_same {
            return;
        }
        for place in group {
            let file = self.get(place.file).replace('\\', "/");
            let has_lines = lines_of.get(&file).is_some_and(|lines| lines.len() > 1);
            let short = folders.map_or(&*file, |folders| end_of(&file, folders));
            let place_text = match (short.is_empty(), has_lines) {
                (_, false) => short.to_owned(),
                (true, true) => format!("line {}", place.line),
                (false, true) => format!("{short}:{}", place.line),
            };
            let Some(name) = self.rows.get(place.row as usize).map(|row| row.name) else {
                continue;
            };
            let name = self.add_name(&format!("{} ({place_text})", self.get(name)));
            if let Some(row) = self.rows.get_mut(place.row as usize) {
                row.name = name;
            }
        }
    }
}

/// Returns the end of a path: its file name and this many folders before it.
fn end_of(path: &str, folders: usize) -> &str {
    let start = path.rmatch_indices('/').nth(folders).map_or(0, |(at, _)| at + 1);
    path.get(start..).unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::batch::Entry;

    /// Checks the names of entries, each with its place.
    #[track_caller]
    fn check(entries: &[(&str, &str, u32)], expected: &[&str]) {
        let mut batch = Batch::default();
        for &(name, file, line) in entries {
            batch.push_entry(Entry { name, ..Entry::default() });
            batch.add_place(batch.len() - 1..batch.len(), file, Some(line));
        }
        batch.tell_apart_by_place();
        let names: Vec<&str> = batch.rows.iter().map(|row| batch.get(row.name)).collect();
        assert_eq!(names, expected);
    }

    #[test]
    fn equal_names_are_told_apart_by_file_and_line() {
        check(&[("x", "src/a.c", 1), ("x", "src/b.c", 1)], &["x (a.c)", "x (b.c)"]);
        check(&[("x", "a/t.c", 1), ("x", "b/t.c", 2)], &["x (a/t.c)", "x (b/t.c)"]);
        check(&[("x", "t.c", 1), ("x", "t.c", 2)], &["x (t.c:1)", "x (t.c:2)"]);
        check(&[("x", "", 1), ("x", "", 2)], &["x (line 1)", "x (line 2)"]);
        check(&[("x", "a.c", 1), ("x", "a.c", 2), ("x", "b.c", 3)], &["x (a.c:1)", "x (a.c:2)", "x (b.c)"]);
        check(&[("x", "C:\\t\\a.c", 0), ("x", "C:\\t\\b.c", 0)], &["x (a.c)", "x (b.c)"]);
    }

    #[test]
    fn other_names_and_equal_places_stay() {
        check(&[("x", "a.c", 1), ("y", "b.c", 1), ("z", "", 0)], &["x", "y", "z"]);
        check(&[("x", "a.c", 1), ("x", "a.c", 1)], &["x", "x"]);
    }
}
