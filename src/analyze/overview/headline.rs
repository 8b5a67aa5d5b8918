//! The overview's headline: the answer in a sentence or two.

use super::dut_line::DutLine;
use crate::analyze::index::Failure;
use crate::model::{Counts, Dataset, Outcome, counted, grouped};

/// What the headline is made of.
#[derive(Default)]
pub struct Facts<'a> {
    /// The DUTs with their latest sessions.
    pub duts: &'a [DutLine],
    /// The sum of their counts.
    pub now: Counts,
    /// How many files there are.
    pub files: u32,
    /// How many tests have a result in a latest session.
    pub tests: u32,
    /// How many tests fail on at least one DUT.
    pub failing: u32,
    /// How many tests fail on every DUT.
    pub everywhere: u32,
    /// The DUT with the most tests that fail there only, and their number.
    pub only_on: Option<(String, u32)>,
    /// How many failing tests are new on at least one DUT.
    pub new: u32,
    /// The last build without the new failures, if it is the same for all of them.
    pub new_since: Option<&'a str>,
}

/// The DUT with the most tests that fail on this DUT only, and their number; of
/// several DUTs the first one by name. `None` if there is only one DUT.
pub fn only_on_one(data: &Dataset, failures: &[Failure]) -> Option<(String, u32)> {
    if data.history.duts.len() < 2 {
        return None;
    }
    let mut only_on = vec![0_u32; data.history.duts.len()];
    for dut in failures.iter().filter_map(|failure| failure.only_on) {
        only_on[dut.index()] += 1;
    }
    let most = only_on.iter().copied().max().filter(|&most| most > 0)?;
    let dut = only_on.iter().position(|&count| count == most)?;
    Some((data.history.duts[dut].name.clone(), most))
}

/// Writes the headline, in the singular or plural.
///
/// A DUT "passes" if it has a pass rate, no failing test and complete files. The
/// headline says what is wrong with the other DUTs.
pub fn headline(facts: &Facts) -> String {
    let duts = facts.duts.len() as u32;
    if duts == 0 {
        return match facts.files {
            0 => "No results yet.".to_owned(),
            1 => "The file has no results.".to_owned(),
            files => format!("None of the {} files has results.", number(files)),
        };
    }
    let truncated = match in_state(facts.duts, DutState::Truncated).as_slice() {
        [] => None,
        [only] => Some(format!("{}'s results are incomplete.", only.name)),
        several => Some(format!("The results of {} DUTs are incomplete.", several.len())),
    };
    let unjudged = match in_state(facts.duts, DutState::Unjudged).as_slice() {
        [only] => Some(format!("{} has no pass/fail results.", only.name)),
        several if !several.is_empty() => Some(format!("{} DUTs have no pass/fail results.", several.len())),
        _ => None,
    };
    let unreadable = match in_state(facts.duts, DutState::Unreadable).as_slice() {
        [] => None,
        [only] => Some(format!("No results from {} could be read.", only.name)),
        several => Some(format!("No results from {} DUTs could be read.", several.len())),
    };
    let is_judged = facts.now.pass_rate().is_some();
    // Without any verdict, the answer says so already.
    let sentences = [answer(facts), truncated, unjudged.filter(|_| is_judged), unreadable];
    let sentences: Vec<String> = sentences.into_iter().flatten().collect();
    sentences.join(" ")
}

/// The main sentence; `None` without results.
fn answer(facts: &Facts) -> Option<String> {
    let duts = facts.duts.len() as u32;
    let failing_duts = facts.duts.iter().filter(|dut| dut.counts.failing() > 0).count() as u32;
    if failing_duts > 0 {
        return Some(failures(facts, failing_duts));
    }
    if facts.now.results() == 0 {
        return None;
    }
    let skipped = match facts.now.of(Outcome::Skipped) {
        0 => String::new(),
        skipped => format!(", {} skipped", number(skipped)),
    };
    if facts.now.pass_rate().is_none() {
        return Some(format!("No verdicts: no test passed or failed{skipped}."));
    }
    let passing = in_state(facts.duts, DutState::Judged).len() as u32;
    let who = match passing {
        0 => "No test fails so far".to_owned(),
        1 if duts == 1 => format!("{} passes", facts.duts[0].name),
        1 => format!("1 of {} DUTs passes", number(duts)),
        _ if passing == duts => format!("All {} DUTs pass", number(duts)),
        _ => format!("{} of {} DUTs pass", number(passing), number(duts)),
    };
    Some(format!("{who}: {}{skipped}.", counted(u64::from(facts.tests), "test")))
}

/// How complete the latest results of a DUT are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum DutState {
    Unreadable,
    Truncated,
    /// No test passed or failed.
    Unjudged,
    Judged,
}

impl DutState {
    fn of(dut: &DutLine) -> DutState {
        match dut {
            DutLine { is_unreadable: true, .. } => DutState::Unreadable,
            DutLine { is_partial: true, .. } => DutState::Truncated,
            _ if dut.counts.pass_rate().is_none() => DutState::Unjudged,
            _ => DutState::Judged,
        }
    }
}

fn in_state(duts: &[DutLine], state: DutState) -> Vec<&DutLine> {
    duts.iter().filter(|dut| DutState::of(dut) == state).collect()
}

/// The verdict in a few words: how many DUTs fail, or that all pass; "" if it is
/// neither.
pub fn verdict(duts: &[DutLine]) -> String {
    let failing = duts.iter().filter(|dut| dut.counts.failing() > 0).count();
    let passing = in_state(duts, DutState::Judged).len();
    let total = number(duts.len() as u32);
    match (duts, failing) {
        ([only], 1) => format!("{} fails", only.name),
        (_, 0) if passing < duts.len() || duts.is_empty() => String::new(),
        ([only], _) => format!("{} passes", only.name),
        (_, 0) => format!("All {total} DUTs pass"),
        (_, failing) if failing == duts.len() => format!("All {total} DUTs fail"),
        (_, 1) => format!("1 of {total} DUTs fails"),
        (_, failing) => format!("{} of {total} DUTs fail", number(failing as u32)),
    }
}

/// Which DUTs and tests fail, where, and how many failures are new.
fn failures(facts: &Facts, failing_duts: u32) -> String {
    let duts = facts.duts.len() as u32;
    let who = match duts {
        1 => format!("{} fails.", facts.duts[0].name),
        _ if failing_duts == duts => format!("All {} DUTs fail.", number(duts)),
        _ => {
            let verb = if failing_duts == 1 { "fails" } else { "fail" };
            format!("{} of {} DUTs {verb}.", number(failing_duts), number(duts))
        }
    };
    let (tests, everywhere) = (facts.failing, facts.everywhere);
    let verb = if tests == 1 { "fails" } else { "fail" };
    let place = match &facts.only_on {
        Some((dut, count)) if *count == tests && tests == 1 => format!(", only on {dut}"),
        Some((dut, count)) if *count == tests => format!(", all of them only on {dut}"),
        Some((dut, count)) if duts > 1 && everywhere > 0 => {
            format!(", {} of them only on {dut} and {} on every DUT", number(*count), number(everywhere))
        }
        Some((dut, count)) if duts > 1 => format!(", {} of them only on {dut}", number(*count)),
        _ if duts < 2 || everywhere == 0 => String::new(),
        _ if everywhere == tests && tests == 1 => ", on every DUT".to_owned(),
        _ if everywhere == tests => ", all of them on every DUT".to_owned(),
        _ => format!(", {} of them on every DUT", number(everywhere)),
    };
    let before = match facts.new_since {
        Some(build) if build.to_ascii_lowercase().starts_with("build") => build.to_owned(),
        Some(build) => format!("build {build}"),
        None if duts == 1 => "the previous session".to_owned(),
        None => "the previous sessions".to_owned(),
    };
    let new = match facts.new {
        0 => String::new(),
        1 if tests == 1 => format!("; it is new since {before}"),
        1 => format!("; 1 is new since {before}"),
        new if new == tests => format!("; all of them are new since {before}"),
        new => format!("; {} are new since {before}", number(new)),
    };
    format!("{who} {} {verb}{place}{new}.", counted(u64::from(tests), "test"))
}

fn number(number: u32) -> String {
    grouped(u64::from(number))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Flags;

    fn dut(name: &str, outcomes: &[Outcome]) -> DutLine {
        let mut counts = Counts::default();
        for &outcome in outcomes {
            counts.add(outcome, Flags::default(), 1.0);
        }
        DutLine {
            name: name.to_owned(),
            unit: None,
            build: None,
            started: None,
            sessions: 1,
            counts,
            previous: None,
            previous_build: None,
            is_partial: false,
            is_unreadable: false,
        }
    }

    fn of(duts: &[DutLine]) -> Facts<'_> {
        let mut now = Counts::default();
        duts.iter().for_each(|dut| now.merge(&dut.counts));
        Facts { duts, now, ..Facts::default() }
    }

    /// The headline for DUTs with these outcomes, when `failing` tests fail.
    fn check(
        duts: &[&[Outcome]],
        failing: u32,
        only_on: Option<(&str, u32)>,
        everywhere: u32,
        expected: &str,
    ) {
        let named = duts.iter().enumerate();
        let duts: Vec<DutLine> = named.map(|(at, outcomes)| dut(&format!("DUT_{at}"), outcomes)).collect();
        let only_on = only_on.map(|(dut, count)| (dut.to_owned(), count));
        let facts = Facts { failing, everywhere, only_on, tests: 3, files: 1, ..of(&duts) };
        assert_eq!(headline(&facts), expected);
    }

    #[test]
    fn singular_and_plural_are_right() {
        use Outcome::{Failed, Passed, Skipped};
        check(&[&[Passed, Skipped]], 0, None, 0, "DUT_0 passes: 3 tests, 1 skipped.");
        check(&[&[Passed], &[Passed]], 0, None, 0, "All 2 DUTs pass: 3 tests.");
        check(&[&[Skipped]], 0, None, 0, "No verdicts: no test passed or failed, 1 skipped.");
        check(&[&[Failed]], 1, None, 1, "DUT_0 fails. 1 test fails.");
        check(
            &[&[Failed], &[Passed]],
            1,
            Some(("DUT_0", 1)),
            0,
            "1 of 2 DUTs fails. 1 test fails, only on DUT_0.",
        );
        check(
            &[&[Failed], &[Failed]],
            2,
            None,
            2,
            "All 2 DUTs fail. 2 tests fail, all of them on every DUT.",
        );
        check(
            &[&[Failed], &[Failed], &[Passed]],
            12,
            Some(("DUT_1", 9)),
            0,
            "2 of 3 DUTs fail. 12 tests fail, 9 of them only on DUT_1.",
        );
        check(
            &[&[Failed], &[Failed]],
            12,
            Some(("DUT_1", 9)),
            1,
            "All 2 DUTs fail. 12 tests fail, 9 of them only on DUT_1 and 1 on every DUT.",
        );
        check(&[], 0, None, 0, "The file has no results.");
    }

    /// The headline for two DUTs, the first of which fails `tests` tests, `new`
    /// of them since `build`.
    #[track_caller]
    fn check_new(tests: u32, new: u32, build: Option<&str>, expected: &str) {
        let duts = [dut("DUT_C", &[Outcome::Failed]), dut("DUT_D", &[Outcome::Passed])];
        let only_on = Some(("DUT_C".to_owned(), tests.min(9)));
        assert_eq!(
            headline(&Facts { failing: tests, new, new_since: build, only_on, ..of(&duts) }),
            expected
        );
    }

    #[test]
    fn new_failures_are_mentioned() {
        let who = "1 of 2 DUTs fails.";
        check_new(
            12,
            3,
            Some("1.4"),
            &format!("{who} 12 tests fail, 9 of them only on DUT_C; 3 are new since build 1.4."),
        );
        check_new(
            12,
            1,
            None,
            &format!("{who} 12 tests fail, 9 of them only on DUT_C; 1 is new since the previous sessions."),
        );
        check_new(
            1,
            1,
            Some("build-7"),
            &format!("{who} 1 test fails, only on DUT_C; it is new since build-7."),
        );
        check_new(
            12_000,
            12_000,
            Some("1.4"),
            &format!(
                "{who} 12,000 tests fail, 9 of them only on DUT_C; all of them are new since build 1.4."
            ),
        );
    }

    #[test]
    fn incomplete_results_are_mentioned() {
        use Outcome::{Passed, Skipped};
        let check = |change: &dyn Fn(&mut Vec<DutLine>), expected: &str| {
            let mut duts = vec![dut("A", &[Passed]), dut("B", &[Passed]), dut("C", &[Passed, Skipped])];
            change(&mut duts);
            assert_eq!(headline(&Facts { tests: 2, files: 3, ..of(&duts) }), expected);
        };
        check(&|_| {}, "All 3 DUTs pass: 2 tests, 1 skipped.");
        check(
            &|duts| duts[0].is_partial = true,
            "2 of 3 DUTs pass: 2 tests, 1 skipped. A's results are incomplete.",
        );
        check(
            &|duts| {
                duts[1] = DutLine { is_unreadable: true, ..dut("B", &[]) };
                duts[2] = dut("C", &[Skipped]);
            },
            "1 of 3 DUTs passes: 2 tests, 1 skipped. C has no pass/fail results. No results from B could be read.",
        );
        check(
            &|duts| duts.iter_mut().for_each(|dut| dut.is_partial = true),
            "No test fails so far: 2 tests, 1 skipped. The results of 3 DUTs are incomplete.",
        );
        check(
            &|duts| *duts = vec![DutLine { is_unreadable: true, ..dut("B", &[]) }],
            "No results from B could be read.",
        );
    }

    #[test]
    fn the_verdict_counts_duts() {
        use Outcome::{Failed, Passed, Skipped};
        let check = |duts: &[DutLine], expected: &str| assert_eq!(verdict(duts), expected);
        let (good, bad) = (|name: &str| dut(name, &[Passed]), |name: &str| dut(name, &[Passed, Failed]));
        check(&[], "");
        check(&[good("A")], "A passes");
        check(&[bad("A")], "A fails");
        check(&[good("A"), good("B")], "All 2 DUTs pass");
        check(&[bad("A"), good("B")], "1 of 2 DUTs fails");
        check(&[bad("A"), bad("B"), good("C")], "2 of 3 DUTs fail");
        check(&[bad("A"), bad("B")], "All 2 DUTs fail");
        check(&[good("A"), dut("B", &[Skipped])], "");
    }
}
