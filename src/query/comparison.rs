//! Which sessions are compared, and which changes are shown.

use super::{Change, Step};
use serde::{Deserialize, Serialize};

/// What sessions of a set have in common. Of several terms of one kind, one must hold; kinds narrow
/// each other.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Term {
    /// Their build. For sessions without one, it is called "latest", "1 earlier" and so on.
    Build(String),
    /// Their DUT.
    Dut(String),
    /// Their id.
    Session(String),
    /// They started on this date or later: `2026-11-20`, or a longer beginning of a timestamp.
    Since(String),
    /// They started on this date or earlier.
    Until(String),
    /// Words of the filter over sessions.
    Text(String),
    /// The latest session of each DUT.
    Latest,
    /// The session before the latest one of each DUT.
    Previous,
}

impl Term {
    /// Reads the text in a query string: `build:1.4`, `latest`. A text of no known kind is a build.
    pub fn from_key(key: &str) -> Term {
        let text = |value: &str| value.to_owned();
        match key.split_once(':') {
            None if key == "latest" => Term::Latest,
            None if key == "previous" => Term::Previous,
            Some(("build", value)) => Term::Build(text(value)),
            Some(("dut", value)) => Term::Dut(text(value)),
            Some(("session", value)) => Term::Session(text(value)),
            Some(("since", value)) => Term::Since(text(value)),
            Some(("until", value)) => Term::Until(text(value)),
            Some(("text", value)) => Term::Text(text(value)),
            _ => Term::Build(text(key)),
        }
    }

    /// Returns the text in the query string.
    pub fn key(&self) -> String {
        let (kind, value) = match self {
            Term::Build(value) => ("build", value),
            Term::Dut(value) => ("dut", value),
            Term::Session(value) => ("session", value),
            Term::Since(value) => ("since", value),
            Term::Until(value) => ("until", value),
            Term::Text(value) => ("text", value),
            Term::Latest => return "latest".to_owned(),
            Term::Previous => return "previous".to_owned(),
        };
        format!("{kind}:{value}")
    }
}

/// The sessions before.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Baseline {
    /// These sessions; without a term, the build before.
    Sessions(Vec<Term>),
    /// No sessions: every test is taken as passed.
    AllPassed,
}

impl Default for Baseline {
    fn default() -> Baseline {
        Baseline::Sessions(Vec::new())
    }
}

/// Two sets of sessions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Sides {
    /// The sessions before.
    pub from: Baseline,
    /// The sessions after; without a term, those of the newest build.
    pub to: Vec<Term>,
}

/// What is compared, and which changes are shown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Comparison {
    /// What is compared.
    pub sides: Sides,
    /// The changes that are shown; all without one.
    pub changes: Vec<Change>,
    /// Only changes from this outcome to that one.
    pub step: Option<Step>,
}

impl Comparison {
    /// Whether such a change is shown.
    pub fn is_chosen(&self, change: Change, step: Step) -> bool {
        (self.changes.is_empty() || self.changes.contains(&change))
            && self.step.is_none_or(|chosen| chosen == step)
    }
}

/// The value of the query parameter for a baseline in which all passed.
const ALL_PASSED: &str = "all-passed";

impl Baseline {
    /// Takes one value of the query parameter.
    pub fn read(&mut self, value: &str) {
        match self {
            _ if value == ALL_PASSED => *self = Baseline::AllPassed,
            Baseline::Sessions(terms) => terms.push(Term::from_key(value)),
            Baseline::AllPassed => {}
        }
    }

    /// Returns the values of the query parameter.
    pub fn write(&self) -> Vec<String> {
        match self {
            Baseline::AllPassed => vec![ALL_PASSED.to_owned()],
            Baseline::Sessions(terms) => terms.iter().map(Term::key).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_are_read_as_they_are_written() {
        for key in ["build:1.4", "build:a:b", "dut:A", "session:x/y.xml", "since:2026-11-20", "latest"] {
            assert_eq!(Term::from_key(key).key(), key);
        }
        assert_eq!(Term::from_key("1.4"), Term::Build("1.4".to_owned()));
        assert_eq!(Term::from_key("rc:1"), Term::Build("rc:1".to_owned()));
    }

    #[test]
    fn a_baseline_in_which_all_passed_has_no_sessions() {
        let mut baseline = Baseline::default();
        ["1.3", ALL_PASSED, "1.2"].into_iter().for_each(|value| baseline.read(value));
        assert_eq!(baseline, Baseline::AllPassed);
        assert_eq!(baseline.write(), [ALL_PASSED]);
    }
}
