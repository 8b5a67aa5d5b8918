//! The cell of a group: a summary of its tests in one session.

use crate::analyze::cell::Missing;
use crate::model::{Outcome, counted};
use serde::{Deserialize, Serialize};

/// The tests of a group in one session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupCell {
    /// The worst outcome; `None` if no test has a result.
    pub worst: Option<Outcome>,
    /// The attempts of at least one test disagree.
    pub is_flaky: bool,
    /// How many tests have a result.
    pub results: u32,
    /// How many have none.
    pub missing: u32,
    /// Why they have none; the reason is the same for all, because it depends on
    /// the session. Of a group that is missing as a whole, `have` counts the DUTs
    /// with a result of any of its tests.
    pub why: Option<Missing>,
}

impl GroupCell {
    /// The summary in words, such as `worst outcome: passed; 9 of 50 tests missing:
    /// the file is truncated after 196 results`.
    pub fn words(&self) -> String {
        let tests = self.results + self.missing;
        let why = match self.why {
            None => return self.worst_words(),
            Some(Missing::NotThere { .. }) if self.results > 0 => String::new(),
            Some(Missing::NotThere { have: 0, .. }) => String::new(),
            Some(Missing::NotThere { have, others }) if have >= others => {
                let all = if others == 1 { "the other DUT has" } else { "all other DUTs have" };
                format!(": {all} some of them")
            }
            Some(Missing::NotThere { have, others }) => {
                let verb = if have == 1 { "has" } else { "have" };
                format!(": {have} of {others} other DUTs {verb} some of them")
            }
            Some(why) => format!(": {}", why.why()),
        };
        let missing = match (self.results, tests) {
            (0, 1) => "1 test missing".to_owned(),
            (0, _) => format!("all {} missing", counted(tests.into(), "test")),
            _ => format!("; {} of {} missing", self.missing, counted(tests.into(), "test")),
        };
        format!("{}{missing}{why}", self.worst_words())
    }

    /// The worst outcome in words; "" if there is none.
    fn worst_words(&self) -> String {
        let flaky = if self.is_flaky { ", flaky" } else { "" };
        self.worst.map(|worst| format!("worst outcome: {}{flaky}", worst.word())).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_tests_are_counted_and_explained() {
        let check = |worst, results, missing, why, expected: &str| {
            let cell = GroupCell { worst, is_flaky: false, results, missing, why };
            assert_eq!(cell.words(), expected);
        };
        let passed = Some(Outcome::Passed);
        let not_there = |have, others| Some(Missing::NotThere { have, others });
        check(passed, 50, 0, None, "worst outcome: passed");
        check(
            passed,
            41,
            9,
            Some(Missing::BrokenOff { after: 196 }),
            "worst outcome: passed; 9 of 50 tests missing: the file is truncated after 196 results",
        );
        check(passed, 41, 9, not_there(2, 4), "worst outcome: passed; 9 of 50 tests missing");
        check(None, 0, 9, Some(Missing::Unreadable), "all 9 tests missing: the file is unreadable");
        check(None, 0, 1, Some(Missing::Unreadable), "1 test missing: the file is unreadable");
        check(None, 0, 9, not_there(1, 4), "all 9 tests missing: 1 of 4 other DUTs has some of them");
        check(None, 0, 9, not_there(4, 4), "all 9 tests missing: all other DUTs have some of them");
        check(None, 0, 9, not_there(1, 1), "all 9 tests missing: the other DUT has some of them");
        let flaky =
            GroupCell { worst: Some(Outcome::Failed), is_flaky: true, results: 1, ..GroupCell::default() };
        assert_eq!(flaky.words(), "worst outcome: failed, flaky");
    }
}
