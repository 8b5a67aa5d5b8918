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
    /// The summary in words, such as `worst outcome on DUT_A: passed; 9 of 50 tests
    /// missing: the file is truncated after 196 results`.
    pub fn words_on(&self, dut: &str) -> String {
        let tests = counted((self.results + self.missing).into(), "test");
        let missing = match (self.worst, self.missing) {
            (None, 1) => format!("1 test missing on {dut}"),
            (None, _) => format!("all {tests} missing on {dut}"),
            (Some(_), 0) => String::new(),
            (Some(_), missing) => format!("; {missing} of {tests} missing"),
        };
        let flaky = if self.is_flaky { ", flaky" } else { "" };
        let worst = self.worst.map(|worst| format!("worst outcome on {dut}: {}{flaky}", worst.word()));
        let why = self.why.and_then(|why| self.reason(why)).map(|why| format!(": {why}"));
        [worst, Some(missing), why].into_iter().flatten().collect()
    }

    /// Why tests are missing, in words, if the count does not say it all.
    fn reason(&self, why: Missing) -> Option<String> {
        match why {
            // Each of the tests has DUTs of its own that have it.
            Missing::NotThere { .. } if self.results > 0 => None,
            Missing::NotThere { have: 0, .. } => None,
            Missing::NotThere { others: 1, .. } => Some("the other DUT has some of them".to_owned()),
            Missing::NotThere { have, others } if have >= others => {
                Some("all other DUTs have some of them".to_owned())
            }
            Missing::NotThere { have: 1, others } => {
                Some(format!("1 of {others} other DUTs has some of them"))
            }
            Missing::NotThere { have, others } => {
                Some(format!("{have} of {others} other DUTs have some of them"))
            }
            why => Some(why.why()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_tests_are_counted_and_explained() {
        let check = |worst, results, missing, why, expected: &str| {
            let cell = GroupCell { worst, is_flaky: false, results, missing, why };
            assert_eq!(cell.words_on("D"), expected);
        };
        let passed = Some(Outcome::Passed);
        let not_there = |have, others| Some(Missing::NotThere { have, others });
        check(passed, 50, 0, None, "worst outcome on D: passed");
        check(
            passed,
            41,
            9,
            Some(Missing::BrokenOff { after: 196 }),
            "worst outcome on D: passed; 9 of 50 tests missing: the file is truncated after 196 results",
        );
        check(passed, 41, 9, not_there(2, 4), "worst outcome on D: passed; 9 of 50 tests missing");
        check(None, 0, 9, Some(Missing::Unreadable), "all 9 tests missing on D: the file is unreadable");
        check(None, 0, 1, Some(Missing::Unreadable), "1 test missing on D: the file is unreadable");
        check(None, 0, 9, not_there(1, 4), "all 9 tests missing on D: 1 of 4 other DUTs has some of them");
        check(None, 0, 9, not_there(4, 4), "all 9 tests missing on D: all other DUTs have some of them");
        check(None, 0, 9, not_there(1, 1), "all 9 tests missing on D: the other DUT has some of them");
        let flaky =
            GroupCell { worst: Some(Outcome::Failed), is_flaky: true, results: 1, ..GroupCell::default() };
        assert_eq!(flaky.words_on("D"), "worst outcome on D: failed, flaky");
    }
}
