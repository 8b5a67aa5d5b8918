//! The overview's answer in a sentence or two.

use super::index::Failing;
use super::overview::{DutLine, Overview};
use crate::model::{Dataset, Outcome, counted, grouped};

/// The DUT on which most of the tests fail that fail on one DUT only.
pub(super) fn only_on_one(data: &Dataset, failing: &[Failing]) -> Option<(String, u32)> {
    if data.history.duts.len() < 2 {
        return None;
    }
    let mut alone = vec![0_u32; data.history.duts.len()];
    for dut in failing.iter().filter_map(|line| line.alone) {
        alone[dut.index()] += 1;
    }
    let most = alone.iter().copied().max().filter(|&most| most > 0)?;
    // Of several DUTs the first one by name.
    let dut = alone.iter().position(|&count| count == most)?;
    Some((data.history.duts[dut].name.clone(), most))
}

/// The answer in plain words, right in the singular and the plural.
///
/// "Pass" is said of DUTs that have a verdict, none of which fails, and whose
/// files are whole; of the others it is said what is wrong with them.
pub(super) fn headline(overview: &Overview, only_on: Option<(String, u32)>, everywhere: u32) -> String {
    let duts = overview.duts.len() as u32;
    if duts == 0 {
        return match overview.files {
            0 => "No results yet.".to_owned(),
            1 => "The file has no results.".to_owned(),
            files => format!("None of the {} files has results.", number(files)),
        };
    }
    let unreadable = reservation(overview, DutState::Unreadable, "Nothing of ", " could be read.");
    let partial = reservation(overview, DutState::BrokenOff, "The results of ", " break off.");
    let failing_duts = overview.duts.iter().filter(|dut| dut.counts.failing() > 0).count() as u32;
    let skipped = match overview.now.of(Outcome::Skipped) {
        0 => String::new(),
        skipped => format!(", {} skipped", number(skipped)),
    };
    let answer = if failing_duts > 0 {
        failures(overview, failing_duts, only_on, everywhere)
    } else if overview.now.results() == 0 {
        String::new()
    } else if overview.now.pass_rate().is_none() {
        format!("Nothing was judged: no test passed or failed{skipped}.")
    } else {
        let passing = overview.duts.iter().filter(|dut| DutState::of(dut) == DutState::Judged).count() as u32;
        let who = match passing {
            0 => "No test fails so far".to_owned(),
            1 if duts == 1 => format!("{} passes", overview.duts[0].name),
            1 => format!("1 of {} DUTs passes", number(duts)),
            _ if passing == duts => format!("All {} DUTs pass", number(duts)),
            _ => format!("{} of {} DUTs pass", number(passing), number(duts)),
        };
        format!("{who}: {}{skipped}.", counted(u64::from(overview.tests_now), "test"))
    };
    let unjudged = match overview.now.pass_rate() {
        Some(_) => reservation(overview, DutState::Unjudged, "On ", " no test passed or failed."),
        None => None,
    };
    let sentences = [Some(answer).filter(|answer| !answer.is_empty()), partial, unjudged, unreadable];
    let sentences: Vec<String> = sentences.into_iter().flatten().collect();
    sentences.join(" ")
}

/// How far "now" tells of a DUT.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum DutState {
    Unreadable,
    BrokenOff,
    /// No test passed or failed.
    Unjudged,
    Judged,
}

impl DutState {
    fn of(dut: &DutLine) -> DutState {
        match dut {
            DutLine { is_unreadable: true, .. } => DutState::Unreadable,
            DutLine { is_partial: true, .. } => DutState::BrokenOff,
            _ if dut.counts.pass_rate().is_none() => DutState::Unjudged,
            _ => DutState::Judged,
        }
    }
}

/// A sentence about the DUTs in a state: its name, or how many there are.
fn reservation(overview: &Overview, state: DutState, before: &str, after: &str) -> Option<String> {
    let duts: Vec<&DutLine> = overview.duts.iter().filter(|dut| DutState::of(dut) == state).collect();
    match duts.as_slice() {
        [] => None,
        [only] => Some(format!("{before}{}{after}", only.name)),
        several => Some(format!("{before}{} DUTs{after}", number(several.len() as u32))),
    }
}

/// Who fails, where, and what of it is new.
fn failures(
    overview: &Overview,
    failing_duts: u32,
    only_on: Option<(String, u32)>,
    everywhere: u32,
) -> String {
    let duts = overview.duts.len() as u32;
    let who = match duts {
        1 => format!("{} fails.", overview.duts[0].name),
        _ if failing_duts == duts => format!("All {} DUTs fail.", number(duts)),
        _ => {
            let verb = if failing_duts == 1 { "fails" } else { "fail" };
            format!("{} of {} DUTs {verb}.", number(failing_duts), number(duts))
        }
    };
    let tests = overview.failing_total;
    let verb = if tests == 1 { "fails" } else { "fail" };
    let alone = match only_on {
        Some((dut, count)) if count == tests && tests == 1 => format!(", only on {dut}"),
        Some((dut, count)) if count == tests => format!(", all of them only on {dut}"),
        Some((dut, count)) if duts > 1 && everywhere > 0 => {
            format!(", {} of them only on {dut} and {} on every DUT", number(count), number(everywhere))
        }
        Some((dut, count)) if duts > 1 => format!(", {} of them only on {dut}", number(count)),
        _ if duts < 2 || everywhere == 0 => String::new(),
        _ if everywhere == tests && tests == 1 => ", on every DUT".to_owned(),
        _ if everywhere == tests => ", all of them on every DUT".to_owned(),
        _ => format!(", {} of them on every DUT", number(everywhere)),
    };
    let before = match overview.new_since.as_deref() {
        Some(build) if build.to_ascii_lowercase().starts_with("build") => build.to_owned(),
        Some(build) => format!("build {build}"),
        None if duts == 1 => "the session before".to_owned(),
        None => "the sessions before".to_owned(),
    };
    let new = match overview.new_total {
        0 => String::new(),
        1 if tests == 1 => format!("; it is new since {before}"),
        1 => format!("; 1 is new since {before}"),
        new if new == tests => format!("; all of them are new since {before}"),
        new => format!("; {} are new since {before}", number(new)),
    };
    format!("{who} {} {verb}{alone}{new}.", counted(u64::from(tests), "test"))
}

fn number(number: u32) -> String {
    grouped(u64::from(number))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Counts, Flags};

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

    /// The headline for DUTs with these outcomes, when `failing` tests fail.
    fn check(
        duts: &[&[Outcome]],
        failing: u32,
        only_on: Option<(&str, u32)>,
        everywhere: u32,
        expected: &str,
    ) {
        let mut overview = Overview { failing_total: failing, tests_now: 3, files: 1, ..Overview::default() };
        for (index, outcomes) in duts.iter().enumerate() {
            let line = dut(&format!("DUT_{index}"), outcomes);
            overview.now.merge(&line.counts);
            overview.duts.push(line);
        }
        let only_on = only_on.map(|(dut, count)| (dut.to_owned(), count));
        assert_eq!(headline(&overview, only_on, everywhere), expected);
    }

    #[test]
    fn the_headline_is_right_in_singular_and_plural() {
        use Outcome::{Failed, Passed, Skipped};
        check(&[&[Passed, Skipped]], 0, None, 0, "DUT_0 passes: 3 tests, 1 skipped.");
        check(&[&[Passed], &[Passed]], 0, None, 0, "All 2 DUTs pass: 3 tests.");
        check(&[&[Skipped]], 0, None, 0, "Nothing was judged: no test passed or failed, 1 skipped.");
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

    /// The headline for two DUTs, of which the first fails `tests` tests, `new`
    /// of them since `build`.
    #[track_caller]
    fn check_new(tests: u32, new: u32, build: Option<&str>, expected: &str) {
        let mut overview = Overview {
            failing_total: tests,
            new_total: new,
            new_since: build.map(str::to_owned),
            duts: vec![dut("DUT_C", &[Outcome::Failed]), dut("DUT_D", &[Outcome::Passed])],
            ..Overview::default()
        };
        overview.now.merge(&overview.duts[0].counts);
        assert_eq!(headline(&overview, Some(("DUT_C".to_owned(), tests.min(9))), 0), expected);
    }

    #[test]
    fn the_headline_says_what_is_new() {
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
            &format!("{who} 12 tests fail, 9 of them only on DUT_C; 1 is new since the sessions before."),
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
    fn the_headline_is_honest() {
        use Outcome::{Passed, Skipped};
        let check = |change: &dyn Fn(&mut Vec<DutLine>), expected: &str| {
            let mut duts = vec![dut("A", &[Passed]), dut("B", &[Passed]), dut("C", &[Passed, Skipped])];
            change(&mut duts);
            let mut overview = Overview { tests_now: 2, files: 3, ..Overview::default() };
            duts.iter().for_each(|dut| overview.now.merge(&dut.counts));
            overview.duts = duts;
            assert_eq!(headline(&overview, None, 0), expected);
        };
        check(&|_| {}, "All 3 DUTs pass: 2 tests, 1 skipped.");
        check(
            &|duts| duts[0].is_partial = true,
            "2 of 3 DUTs pass: 2 tests, 1 skipped. The results of A break off.",
        );
        check(
            &|duts| {
                duts[1] = DutLine { is_unreadable: true, ..dut("B", &[]) };
                duts[2] = dut("C", &[Skipped]);
            },
            "1 of 3 DUTs passes: 2 tests, 1 skipped. On C no test passed or failed. Nothing of B could be read.",
        );
        check(
            &|duts| duts.iter_mut().for_each(|dut| dut.is_partial = true),
            "No test fails so far: 2 tests, 1 skipped. The results of 3 DUTs break off.",
        );
        check(
            &|duts| *duts = vec![DutLine { is_unreadable: true, ..dut("B", &[]) }],
            "Nothing of B could be read.",
        );
    }
}
