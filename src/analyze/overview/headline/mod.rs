//! The overview's headline: the answer in a sentence or two. Its parts lead to the
//! tests, sessions and files that they count.

mod changes;
mod nothing;
mod sentence;

pub use sentence::{Facts, Headline, HeadlinePart, Lead, Tone};

use super::dut_line::DutLine;
use crate::analyze::index::Failure;
use crate::model::{Dataset, TRUNCATED, counted};
use changes::{failures, fixed};
use nothing::without_results;
use sentence::{files, number};

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
pub fn headline(facts: &Facts) -> Headline {
    let mut headline = Headline { tone: tone(facts), ..Headline::default() };
    if facts.duts.is_empty() {
        without_results(&mut headline, facts);
        return headline;
    }
    answer(&mut headline, facts);
    let several =
        |headline: &mut Headline, state, one: &dyn Fn(&DutLine) -> String, many: &str| match in_state(
            facts.duts, state,
        )
        .as_slice()
        {
            [] => {}
            [only] => {
                headline.begin_sentence();
                headline.link(one(only), Lead::Sessions(only.name.clone()));
            }
            duts => {
                headline.begin_sentence();
                headline.say(many.replace('#', &number(duts.len() as u32)));
            }
        };
    several(
        &mut headline,
        DutState::Incomplete,
        &|dut| match dut.incomplete.as_deref() {
            None | Some(TRUNCATED) => format!("{}’s results are incomplete.", dut.name),
            Some(reason) => format!("{}’s results are incomplete: {reason}.", dut.name),
        },
        "The results of # DUTs are incomplete.",
    );
    // Without any verdict, the answer says so already.
    if facts.now.pass_rate().is_some() {
        several(
            &mut headline,
            DutState::Unjudged,
            &|dut| format!("{} has no pass/fail results.", dut.name),
            "# DUTs have no pass/fail results.",
        );
    }
    several(
        &mut headline,
        DutState::Unreadable,
        &|dut| format!("No results from {} could be read.", dut.name),
        "No results from # DUTs could be read.",
    );
    if facts.outdated_issues > 0 {
        headline.begin_sentence();
        let (noun, verb) = if facts.outdated_issues == 1 { ("issue", "needs") } else { ("issues", "need") };
        let text = format!("{} known {noun} {verb} a look.", number(facts.outdated_issues));
        headline.link(text, Lead::KnownIssues);
    }
    let unreadable_duts = in_state(facts.duts, DutState::Unreadable).len() as u32;
    // Those of a known DUT are mentioned as the DUT's.
    if facts.unreadable > unreadable_duts {
        headline.begin_sentence();
        let text = format!("{} of {} could not be read.", number(facts.unreadable), files(facts));
        headline.link(text, Lead::Files);
    }
    headline
}

/// Returns the answer in a word. Results that are missing may be failures.
fn tone(facts: &Facts) -> Tone {
    let has = |state| facts.duts.iter().any(|dut| DutState::of(dut) == state);
    let is_incomplete = facts.unreadable > 0 || has(DutState::Incomplete) || has(DutState::Unreadable);
    match facts.now.pass_rate() {
        _ if facts.failing > 0 => Tone::Bad,
        None if facts.duts.is_empty() && facts.unreadable > 0 => Tone::Bad,
        _ if is_incomplete => Tone::Doubtful,
        None => Tone::Neutral,
        Some(_) => Tone::Good,
    }
}

/// The main sentences; none without results.
fn answer(headline: &mut Headline, facts: &Facts) {
    let duts = facts.duts.len() as u32;
    let failing_duts = facts.duts.iter().filter(|dut| dut.counts.failing() > 0).count() as u32;
    if failing_duts > 0 {
        failures(headline, facts, failing_duts);
        return;
    }
    if facts.now.results() == 0 {
        return;
    }
    let skipped = match facts.skipped {
        0 => String::new(),
        skipped if duts == 1 || skipped == facts.tests => format!(", {} skipped", number(skipped)),
        skipped => format!(", {} skipped on at least one DUT", number(skipped)),
    };
    if facts.now.pass_rate().is_none() {
        headline.say(format!("No verdicts: no test passed or failed{skipped}."));
        return;
    }
    let passing = in_state(facts.duts, DutState::Judged).len() as u32;
    headline.verdict = match passing {
        0 => "No test fails so far".to_owned(),
        1 if duts == 1 => format!("{} passes", facts.duts[0].name),
        1 => format!("1 of {} DUTs passes", number(duts)),
        _ if passing == duts => format!("All {} DUTs pass", number(duts)),
        _ => format!("{} of {} DUTs pass", number(passing), number(duts)),
    };
    headline.say(format!("{}: {}{skipped}", headline.verdict, counted(u64::from(facts.tests), "test")));
    fixed(headline, facts);
    headline.say(".");
}

/// How complete the latest results of a DUT are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum DutState {
    Unreadable,
    Incomplete,
    /// No test passed or failed.
    Unjudged,
    Judged,
}

impl DutState {
    fn of(dut: &DutLine) -> DutState {
        match dut {
            DutLine { is_unreadable: true, .. } => DutState::Unreadable,
            DutLine { incomplete: Some(_), .. } => DutState::Incomplete,
            _ if dut.counts.pass_rate().is_none() => DutState::Unjudged,
            _ => DutState::Judged,
        }
    }
}

fn in_state(duts: &[DutLine], state: DutState) -> Vec<&DutLine> {
    duts.iter().filter(|dut| DutState::of(dut) == state).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Counts, Flags, Outcome};
    use crate::query::OutcomeFilter;

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
            incomplete: None,
            is_unreadable: false,
            names_in_files: Vec::new(),
        }
    }

    fn of(duts: &[DutLine]) -> Facts<'_> {
        let mut now = Counts::default();
        duts.iter().for_each(|dut| now.merge(&dut.counts));
        let skipped = now.of(Outcome::Skipped);
        Facts { duts, now, skipped, ..Facts::default() }
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
        assert_eq!(headline(&facts).text(), expected);
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
        check(&[&[Failed], &[Failed]], 2, None, 2, "All 2 DUTs fail. 2 tests fail, both on every DUT.");
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
            headline(&Facts { failing: tests, new, new_since: build, only_on, ..of(&duts) }).text(),
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
            let headline = headline(&Facts { tests: 2, files: 3, ..of(&duts) });
            assert_eq!(headline.text(), expected);
            let is_complete = duts.iter().all(|dut| dut.incomplete.is_none() && !dut.is_unreadable);
            assert_eq!(headline.tone, if is_complete { Tone::Good } else { Tone::Doubtful }, "{expected}");
        };
        check(&|_| {}, "All 3 DUTs pass: 2 tests, 1 skipped on at least one DUT.");
        check(
            &|duts| duts[0].incomplete = Some(TRUNCATED.to_owned()),
            "2 of 3 DUTs pass: 2 tests, 1 skipped on at least one DUT. A’s results are incomplete.",
        );
        check(
            &|duts| {
                duts[1] = DutLine { is_unreadable: true, ..dut("B", &[]) };
                duts[2] = dut("C", &[Skipped]);
            },
            "1 of 3 DUTs passes: 2 tests, 1 skipped on at least one DUT. C has no pass/fail results. No results from B could be read.",
        );
        check(
            &|duts| duts.iter_mut().for_each(|dut| dut.incomplete = Some(TRUNCATED.to_owned())),
            "No test fails so far: 2 tests, 1 skipped on at least one DUT. The results of 3 DUTs are incomplete.",
        );
        check(
            &|duts| *duts = vec![DutLine { is_unreadable: true, ..dut("B", &[]) }],
            "No results from B could be read.",
        );
    }

    #[test]
    fn fixed_tests_are_mentioned() {
        let failing = [dut("A", &[Outcome::Failed]), dut("B", &[Outcome::Passed])];
        let passing = [dut("A", &[Outcome::Passed])];
        let check = |facts: Facts, expected: &str| assert_eq!(headline(&facts).text(), expected);
        check(
            Facts { tests: 1, fixed: 1, ..of(&passing) },
            "A passes: 1 test; 1 was fixed since the previous session.",
        );
        check(
            Facts { tests: 9, fixed: 3, previous_build: Some("1.4"), ..of(&passing) },
            "A passes: 9 tests; 3 were fixed since build 1.4.",
        );
        check(
            Facts { failing: 3, new: 2, new_since: Some("1.4"), fixed: 4, ..of(&failing) },
            "1 of 2 DUTs fails. 3 tests fail; 2 are new since build 1.4, and 4 were fixed.",
        );
        check(
            Facts { failing: 3, fixed: 1, ..of(&failing) },
            "1 of 2 DUTs fails. 3 tests fail; 1 was fixed since the previous sessions.",
        );
    }

    #[test]
    fn known_issues_are_mentioned() {
        let failing = [dut("A", &[Outcome::Failed]), dut("B", &[Outcome::Passed])];
        let passing = [dut("A", &[Outcome::Passed])];
        let check = |failing_tests, known, outdated_issues, duts: &[DutLine], expected: &str| {
            let facts = Facts { failing: failing_tests, known, outdated_issues, tests: 9, ..of(duts) };
            let headline = headline(&facts);
            assert_eq!(headline.text(), expected);
            assert_eq!(headline.tone, if failing_tests > 0 { Tone::Bad } else { Tone::Good }, "never hidden");
        };
        let who = "1 of 2 DUTs fails.";
        check(9, 5, 0, &failing, &format!("{who} 9 tests fail. 5 of the 9 failing tests are known issues."));
        check(
            9,
            1,
            1,
            &failing,
            &format!(
                "{who} 9 tests fail. 1 of the 9 failing tests is a known issue. 1 known issue needs a look."
            ),
        );
        check(9, 9, 0, &failing, &format!("{who} 9 tests fail. All of them are known issues."));
        check(2, 2, 0, &failing, &format!("{who} 2 tests fail. Both are known issues."));
        check(1, 1, 0, &failing, &format!("{who} 1 test fails. The failure is a known issue."));
        check(0, 0, 2, &passing, "A passes: 9 tests. 2 known issues need a look.");
    }

    #[test]
    fn unreadable_files_are_mentioned() {
        let check = |facts: Facts, expected: &str| assert_eq!(headline(&facts).text(), expected);
        let why = Some(("a.xml", "the server answered 404"));
        check(
            Facts { files: 1, unreadable: 1, without_results: why, ..Facts::default() },
            "a.xml could not be read: the server answered 404.",
        );
        let why = Some(("b/a.xml", "https://host/b/a.xml: the server answered 404; is the URL right?"));
        check(
            Facts { files: 1, unreadable: 1, without_results: why, ..Facts::default() },
            "Could not load https://host/b/a.xml: the server answered 404; is the URL right?",
        );
        check(Facts { files: 1, ..Facts::default() }, "The file has no results.");
        let why = Some(("a.png", "an image, not test results"));
        check(
            Facts { files: 1, without_results: why, ..Facts::default() },
            "a.png has no results: an image, not test results.",
        );
        check(Facts { files: 3, ..Facts::default() }, "None of the 3 files has results.");
        check(Facts { files: 3, unreadable: 3, ..Facts::default() }, "None of the 3 files could be read.");
        check(
            Facts { files: 3, unreadable: 1, ..Facts::default() },
            "None of the 3 files has results; 1 could not be read.",
        );
        let duts = [dut("A", &[Outcome::Passed])];
        check(
            Facts { tests: 1, files: 2, unreadable: 1, ..of(&duts) },
            "A passes: 1 test. 1 of 2 files could not be read.",
        );
    }

    #[test]
    fn parts_lead_to_what_they_count() {
        let duts = [dut("A", &[Outcome::Failed]), dut("B", &[Outcome::Passed])];
        let facts = Facts { failing: 9, only_on: Some(("A".to_owned(), 7)), new: 3, fixed: 2, ..of(&duts) };
        let headline = headline(&facts);
        let links = headline.parts.iter().filter_map(|part| Some((part.text.as_str(), part.leads.as_ref()?)));
        let links: Vec<(&str, OutcomeFilter, Option<&str>)> = links
            .map(|(text, lead)| match lead {
                Lead::Tests(filter) => (text, filter.only, filter.dut.as_deref()),
                other => panic!("{text} leads to {other:?}"),
            })
            .collect();
        assert_eq!(
            links,
            [
                ("9 tests fail", OutcomeFilter::Failing, None),
                ("7 of them only on A", OutcomeFilter::OnlyOneDut, Some("A")),
                ("3 are new since the previous sessions", OutcomeFilter::New, None),
                ("2 were fixed", OutcomeFilter::Fixed, None),
            ]
        );
        assert_eq!(headline.verdict, "1 of 2 DUTs fails");
    }
}
