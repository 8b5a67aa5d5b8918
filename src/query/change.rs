//! How the result of a test changed between two sets of sessions.

use crate::model::Outcome;
use serde::{Deserialize, Serialize};

/// How the result of a test on a DUT changed, the most important first.
///
/// Failing means failed or error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Change {
    /// Passed before, fails after.
    Regression,
    /// Had another outcome before, or no result, and fails after.
    NewFailure,
    /// Fails before and after.
    StillFailing,
    /// Fails before, passed after.
    Fixed,
    /// Skipped or not run before, passed after.
    NewPass,
    /// The same outcome before and after, but attempts or sessions disagree after.
    Flaky,
    /// Passed before and after, and takes longer.
    Slower,
    /// Passed before and after, and takes less time.
    Faster,
    /// Another outcome than before; none of the others.
    Other,
    /// No result before; does not fail after.
    Appeared,
    /// A result before, none after.
    Disappeared,
}

/// What a change is called.
struct Row {
    change: Change,
    /// The word in the query string.
    key: &'static str,
    /// The word that people and exports see.
    word: &'static str,
    /// What it means, as a tooltip.
    meaning: &'static str,
}

/// All changes, in the order of the enum's variants.
const ROWS: [Row; 11] = [
    Row {
        change: Change::Regression,
        key: "regression",
        word: "regression",
        meaning: "Passed before, fails now",
    },
    Row {
        change: Change::NewFailure,
        key: "new-failure",
        word: "new failure",
        meaning: "Did not pass before (skipped, not run, no result or another outcome), fails now",
    },
    Row {
        change: Change::StillFailing,
        key: "still-failing",
        word: "still failing",
        meaning: "Failed before, fails now",
    },
    Row { change: Change::Fixed, key: "fixed", word: "fixed", meaning: "Failed before, passes now" },
    Row {
        change: Change::NewPass,
        key: "new-pass",
        word: "new pass",
        meaning: "Skipped or not run before, passes now",
    },
    Row {
        change: Change::Flaky,
        key: "flaky",
        word: "flaky",
        meaning: "Same outcome as before, but its attempts or sessions disagree now",
    },
    Row {
        change: Change::Slower,
        key: "slower",
        word: "slower",
        meaning: "Passes as before, and takes at least 50 % and 0.1 s longer",
    },
    Row {
        change: Change::Faster,
        key: "faster",
        word: "faster",
        meaning: "Passes as before, and took at least 50 % and 0.1 s longer",
    },
    Row {
        change: Change::Other,
        key: "other",
        word: "other change",
        meaning: "Another outcome than before, such as passed and now skipped",
    },
    Row {
        change: Change::Appeared,
        key: "appeared",
        word: "appeared",
        meaning: "No result before; has one that does not fail now",
    },
    Row {
        change: Change::Disappeared,
        key: "disappeared",
        word: "disappeared",
        meaning: "Had a result before; has none now",
    },
];

impl Change {
    /// All changes, in the order of the variants.
    pub const ALL: [Change; ROWS.len()] = {
        let mut all = [Change::Regression; ROWS.len()];
        let mut at = 0;
        while at < ROWS.len() {
            all[at] = ROWS[at].change;
            assert!(ROWS[at].change as usize == at, "rows are in the order of the variants");
            at += 1;
        }
        all
    };

    /// Returns the change between two outcomes; `None` means no result. Without a change, or with
    /// no result at all, there is none.
    pub fn between(before: Option<Outcome>, after: Option<Outcome>) -> Option<Change> {
        let (old, new) = match (before, after) {
            (None, None) => return None,
            (Some(_), None) => return Some(Change::Disappeared),
            (None, Some(new)) => {
                let failing = new.is_failing();
                return Some(if failing { Change::NewFailure } else { Change::Appeared });
            }
            (Some(old), Some(new)) => (old, new),
        };
        let was_not_executed = matches!(old, Outcome::Skipped | Outcome::NotRun);
        match (old.is_failing(), new.is_failing()) {
            (true, true) => Some(Change::StillFailing),
            (false, true) if old == Outcome::Passed => Some(Change::Regression),
            (false, true) => Some(Change::NewFailure),
            (true, false) if new == Outcome::Passed => Some(Change::Fixed),
            (false, false) if was_not_executed && new == Outcome::Passed => Some(Change::NewPass),
            _ if old == new => None,
            _ => Some(Change::Other),
        }
    }

    /// Returns the word in the query string.
    pub fn key(self) -> &'static str {
        self.row().key
    }

    /// Returns the word that people and exports see.
    pub fn word(self) -> &'static str {
        self.row().word
    }

    /// Returns what it means, as a tooltip.
    pub fn meaning(self) -> &'static str {
        self.row().meaning
    }

    /// Returns the change with this word in the query string.
    pub fn from_key(key: &str) -> Option<Change> {
        Change::ALL.into_iter().find(|change| change.key() == key)
    }

    fn row(self) -> &'static Row {
        &ROWS[self as usize]
    }
}

/// An outcome before and one after; `None` means no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Step {
    /// The outcome before.
    pub before: Option<Outcome>,
    /// The outcome after.
    pub after: Option<Outcome>,
}

/// The word for no result in the query string.
const NONE: &str = "none";

impl Step {
    /// Reads the text in a query string: `passed-failed`, `none-error`.
    pub fn from_key(key: &str) -> Option<Step> {
        let side = |word: &str| match word {
            NONE => Some(None),
            word => Outcome::from_word(word).map(Some),
        };
        let (before, after) = key.split_once('-')?;
        Some(Step { before: side(before)?, after: side(after)? })
    }

    /// Whether it fails after.
    pub fn is_failing_after(self) -> bool {
        self.after.is_some_and(Outcome::is_failing)
    }

    /// Returns the text in the query string.
    pub fn key(self) -> String {
        let side = |outcome: Option<Outcome>| outcome.map_or(NONE, Outcome::key);
        format!("{}-{}", side(self.before), side(self.after))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_of_outcomes_has_the_class_that_its_definition_gives() {
        use Outcome::*;
        let all = || Outcome::ALL.into_iter().map(Some).chain([None]);
        for (before, after) in all().flat_map(|before| all().map(move |after| (before, after))) {
            let expected = match (before, after) {
                (None, None) => None,
                (Some(Failed | Error), Some(Failed | Error)) => Some(Change::StillFailing),
                (Some(Passed), Some(Failed | Error)) => Some(Change::Regression),
                (_, Some(Failed | Error)) => Some(Change::NewFailure),
                (Some(Failed | Error), Some(Passed)) => Some(Change::Fixed),
                (Some(Skipped | NotRun), Some(Passed)) => Some(Change::NewPass),
                (None, Some(_)) => Some(Change::Appeared),
                (Some(_), None) => Some(Change::Disappeared),
                (Some(before), Some(after)) => (before != after).then_some(Change::Other),
            };
            assert_eq!(Change::between(before, after), expected, "{before:?} {after:?}");
            let step = Step { before, after };
            assert_eq!(Step::from_key(&step.key()), Some(step));
        }
        assert_eq!(Step::from_key("passed"), None);
        assert_eq!(Step::from_key("passed-banana"), None);
    }

    #[test]
    fn every_key_leads_to_its_change() {
        for change in Change::ALL {
            assert_eq!(Change::from_key(change.key()), Some(change));
        }
        assert_eq!(Change::from_key("banana"), None);
    }
}
