//! Outcomes: every format maps its words to these eight.

use serde::{Deserialize, Serialize};

/// The outcome of one test in one session.
///
/// The order of the variants is their severity, by which repeats are merged: `error > failed >
/// xpassed > passed > xfailed > skipped > not run > unknown`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[repr(u8)]
pub enum Outcome {
    /// The file has a word without a mapping.
    #[default]
    Unknown,
    /// Built only, disabled, blocked, deselected.
    NotRun,
    /// Skipped by the suite itself.
    Skipped,
    /// Failed, as expected.
    XFailed,
    /// Passed.
    Passed,
    /// Passed, although expected to fail.
    XPassed,
    /// An assertion failed.
    Failed,
    /// Failed for another reason than an assertion: setup, teardown, crash, timeout.
    Error,
}

impl Outcome {
    /// All outcomes, in the order in which people read them.
    pub const ALL: [Outcome; 8] = [
        Outcome::Passed,
        Outcome::Failed,
        Outcome::Error,
        Outcome::Skipped,
        Outcome::XFailed,
        Outcome::XPassed,
        Outcome::NotRun,
        Outcome::Unknown,
    ];

    /// Returns the word that people and exports see.
    pub fn word(self) -> &'static str {
        match self {
            Outcome::Passed => "passed",
            Outcome::Failed => "failed",
            Outcome::Error => "error",
            Outcome::Skipped => "skipped",
            Outcome::XFailed => "xfailed",
            Outcome::XPassed => "xpassed",
            Outcome::NotRun => "not run",
            Outcome::Unknown => "unknown",
        }
    }

    /// Returns the word as a key: in the summary, in class names.
    pub fn key(self) -> &'static str {
        match self {
            Outcome::NotRun => "not_run",
            other => other.word(),
        }
    }

    /// Returns the outcome with this word or key.
    pub fn from_word(word: &str) -> Option<Outcome> {
        Outcome::ALL.into_iter().find(|outcome| outcome.word() == word || outcome.key() == word)
    }

    /// Whether the test was executed.
    pub fn is_executed(self) -> bool {
        matches!(
            self,
            Outcome::Passed | Outcome::Failed | Outcome::Error | Outcome::XFailed | Outcome::XPassed
        )
    }

    /// Whether the outcome is failed or error.
    pub fn is_failing(self) -> bool {
        matches!(self, Outcome::Failed | Outcome::Error)
    }

    /// Whether attempts with these outcomes disagree, which makes the test flaky. Failed and error
    /// agree.
    pub fn disagrees_with(self, other: Outcome) -> bool {
        self != other && !(self.is_failing() && other.is_failing())
    }

    /// Maps a word of a file, in any case, to an outcome. The words are those that
    /// the producers named in the table of formats write. Returns `None` for any
    /// other word.
    pub fn from_native(word: &str) -> Option<Outcome> {
        // Most tests pass.
        if matches!(word, "passed" | "PASSED") {
            return Some(Outcome::Passed);
        }
        let word = word.trim().to_ascii_lowercase();
        Some(match word.as_str() {
            "passed" | "pass" | "ok" | "success" | "successful" | "expected" | "completed"
            | "subtests passed" => Outcome::Passed,
            "failed" | "fail" | "failure" | "not ok" | "unexpected" => Outcome::Failed,
            "error" | "errored" | "broken" | "brok" | "timedout" | "timeout" | "aborted" | "interrupted"
            | "crashed" | "crash" => Outcome::Error,
            "skipped" | "skip" | "pending" | "ignored" | "notexecuted" | "conf" | "filtered"
            | "unsupported" | "todo" | "untested" | "incomplete" => Outcome::Skipped,
            "not run" | "not_run" | "notrun" | "disabled" | "blocked" | "started" | "deselected" => {
                Outcome::NotRun
            }
            "xfailed" | "xfail" => Outcome::XFailed,
            "xpassed" | "xpass" | "uxsuccess" | "unexpectedsuccess" => Outcome::XPassed,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_is_the_greatest() {
        let worst = [Outcome::Passed, Outcome::XFailed, Outcome::XPassed, Outcome::Skipped].into_iter().max();
        assert_eq!(worst, Some(Outcome::XPassed));
        assert!(Outcome::Error > Outcome::Failed);
        assert!(Outcome::NotRun > Outcome::Unknown);
    }

    #[test]
    fn words_and_keys_are_read_back() {
        for outcome in Outcome::ALL {
            assert_eq!(Outcome::from_word(outcome.word()), Some(outcome));
            assert_eq!(Outcome::from_word(outcome.key()), Some(outcome));
            if outcome != Outcome::Unknown {
                assert_eq!(Outcome::from_native(outcome.word()), Some(outcome));
            }
        }
        assert_eq!(Outcome::from_native("banana"), None);
    }
}
