//! Renames: DUTs that a person gave another name.

use std::collections::BTreeMap;

/// The names of DUTs that a person replaced, by the name that files give. They also
/// apply to files that are read later.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Renames {
    by_name: BTreeMap<String, String>,
}

impl Renames {
    /// Returns what a name is replaced by.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.by_name.get(name).map(String::as_str)
    }

    /// The names in files that are replaced, each with its replacement.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.by_name.iter().map(|(from, to)| (from.as_str(), to.as_str()))
    }

    /// Replaces a DUT's name. If `is_in_files`, files give this name; else it only
    /// replaces others.
    pub fn rename(&mut self, from: &str, to: &str, is_in_files: bool) {
        for name in self.by_name.values_mut().filter(|name| *name == from) {
            to.clone_into(name);
        }
        if is_in_files {
            self.by_name.insert(from.to_owned(), to.to_owned());
        }
        self.by_name.retain(|from, to| from != to);
    }

    /// Gives the DUTs with this name their own names back.
    pub fn restore(&mut self, name: &str) {
        self.by_name.retain(|_, to| to != name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(renames: &Renames, names: &[&str]) -> Vec<String> {
        names.iter().map(|name| renames.get(name).unwrap_or(name).to_string()).collect()
    }

    #[test]
    fn renames_follow_each_other() {
        let mut renames = Renames::default();
        renames.rename("a", "b", true);
        renames.rename("b", "c", false);
        assert_eq!(names(&renames, &["a", "b", "c"]), ["c", "b", "c"]);
        renames.rename("c", "a", false);
        assert_eq!(renames, Renames::default(), "back where it was");
    }

    #[test]
    fn a_merged_dut_is_split_again() {
        let mut renames = Renames::default();
        renames.rename("a", "b", true);
        renames.rename("b", "board", true);
        assert_eq!(names(&renames, &["a", "b"]), ["board", "board"]);
        renames.restore("board");
        assert_eq!(names(&renames, &["a", "b"]), ["a", "b"]);
    }
}
