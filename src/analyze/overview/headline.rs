//! The overview's headline: the answer in a sentence or two. Its parts lead to the
//! tests, sessions and files that they count.

use super::dut_line::DutLine;
use crate::analyze::index::Failure;
use crate::model::{Counts, Dataset, TRUNCATED, counted, grouped};
use crate::query::{Filter, OutcomeFilter};
use serde::{Deserialize, Serialize};

/// A part of the headline. The texts of all parts, one after the other, are the
/// headline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeadlinePart {
    /// The text, with the spaces that separate it from its neighbors.
    pub text: String,
    /// What a click opens, if anything.
    pub leads: Option<Lead>,
}

/// What a part of the headline leads to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Lead {
    /// The grid of these tests.
    Tests(Filter),
    /// The sessions of this DUT.
    Sessions(String),
    /// The files.
    Files,
}

/// The answer in a word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Tone {
    /// There is no verdict.
    #[default]
    Neutral,
    /// Every DUT passes.
    Good,
    /// No test fails, but results are missing.
    Doubtful,
    /// A test fails, or nothing could be read.
    Bad,
}

/// The headline, and its shortest form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Headline {
    /// All of it.
    pub parts: Vec<HeadlinePart>,
    /// Its answer in a word.
    pub tone: Tone,
    /// Which DUTs fail or pass, without a period: "3 of 5 DUTs fail"; "" without
    /// any verdict.
    pub verdict: String,
}

impl Headline {
    /// Returns the text.
    pub fn text(&self) -> String {
        self.parts.iter().map(|part| part.text.as_str()).collect()
    }

    fn say(&mut self, text: impl Into<String>) {
        self.parts.push(HeadlinePart { text: text.into(), leads: None });
    }

    fn link(&mut self, text: impl Into<String>, leads: Lead) {
        self.parts.push(HeadlinePart { text: text.into(), leads: Some(leads) });
    }

    fn link_tests(&mut self, text: impl Into<String>, only: OutcomeFilter, dut: Option<&str>) {
        let filter = Filter { only, dut: dut.map(str::to_owned), ..Filter::default() };
        self.link(text, Lead::Tests(filter));
    }

    /// Ends the sentence before, if there is one.
    fn begin_sentence(&mut self) {
        if !self.parts.is_empty() {
            self.say(" ");
        }
    }
}

/// What the headline is made of.
#[derive(Default)]
pub struct Facts<'a> {
    /// The DUTs with their latest sessions.
    pub duts: &'a [DutLine],
    /// The sum of their counts.
    pub now: Counts,
    /// How many files there are.
    pub files: u32,
    /// How many of them are unreadable.
    pub unreadable: u32,
    /// Path of the first file that is unreadable, or else of the first file, and why it has no
    /// results ("" if unknown).
    pub without_results: Option<(&'a str, &'a str)>,
    /// How many tests have a result in a latest session.
    pub tests: u32,
    /// How many tests are skipped in the latest session of at least one DUT.
    pub skipped: u32,
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
    /// How many tests are fixed on at least one DUT.
    pub fixed: u32,
    /// The build before the latest one, if it is the same for all DUTs.
    pub previous_build: Option<&'a str>,
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

/// Without any DUT: why there are no results.
fn without_results(headline: &mut Headline, facts: &Facts) {
    match (facts.files, facts.unreadable, facts.without_results) {
        (0, ..) => headline.say("No results yet."),
        (1, 1, Some((path, ""))) => headline.link(format!("{path} could not be read."), Lead::Files),
        (1, 1, Some((path, why))) => {
            let why = why.trim_end_matches('.');
            let period = if why.ends_with('?') { "" } else { "." };
            // Why a download failed begins with its URL.
            let text = if why.contains(path) {
                format!("Could not load {why}{period}")
            } else {
                format!("{path} could not be read: {why}{period}")
            };
            headline.link(text, Lead::Files);
        }
        (1, _, Some((path, why))) if !why.is_empty() => {
            headline.link(format!("{path} has no results: {}.", why.trim_end_matches('.')), Lead::Files);
        }
        (1, ..) => headline.link("The file has no results.", Lead::Files),
        (all, unreadable, _) if all == unreadable => {
            headline.link(format!("None of the {} could be read.", files(facts)), Lead::Files);
        }
        (_, 0, _) => headline.link(format!("None of the {} has results.", files(facts)), Lead::Files),
        (_, unreadable, _) => {
            let text = format!(
                "None of the {} has results; {} could not be read.",
                files(facts),
                number(unreadable)
            );
            headline.link(text, Lead::Files);
        }
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

/// Which DUTs and tests fail, where, how many failures are new, and how many tests
/// are fixed.
fn failures(headline: &mut Headline, facts: &Facts, failing_duts: u32) {
    let duts = facts.duts.len() as u32;
    headline.verdict = match duts {
        1 => format!("{} fails", facts.duts[0].name),
        _ if failing_duts == duts => format!("All {} DUTs fail", number(duts)),
        _ => {
            let verb = if failing_duts == 1 { "fails" } else { "fail" };
            format!("{} of {} DUTs {verb}", number(failing_duts), number(duts))
        }
    };
    headline.say(format!("{}. ", headline.verdict));
    let tests = facts.failing;
    let verb = if tests == 1 { "fails" } else { "fail" };
    headline.link_tests(
        format!("{} {verb}", counted(u64::from(tests), "test")),
        OutcomeFilter::Failing,
        None,
    );
    places(headline, facts);
    let before = facts.new_since.map_or_else(|| previous(facts), build);
    let new = match facts.new {
        0 => None,
        1 if tests == 1 => Some("it is new".to_owned()),
        1 => Some("1 is new".to_owned()),
        new if new == tests => Some(format!("{} are new", all_of_them(tests))),
        new => Some(format!("{} are new", number(new))),
    };
    if let Some(new) = new {
        headline.say("; ");
        headline.link_tests(format!("{new} since {before}"), OutcomeFilter::New, None);
    }
    fixed(headline, facts);
    headline.say(".");
}

/// On which DUTs the failing tests fail.
fn places(headline: &mut Headline, facts: &Facts) {
    let (duts, tests, everywhere) = (facts.duts.len() as u32, facts.failing, facts.everywhere);
    if duts < 2 {
        return;
    }
    let all = if tests == 1 { String::new() } else { format!("{} ", all_of_them(tests)) };
    if let Some((dut, count)) = &facts.only_on {
        headline.say(", ");
        let share = if *count == tests { all } else { format!("{} of them ", number(*count)) };
        headline.link_tests(format!("{share}only on {dut}"), OutcomeFilter::OnlyOneDut, Some(dut));
        if everywhere > 0 {
            headline.say(format!(" and {} on every DUT", number(everywhere)));
        }
    } else if everywhere == tests {
        headline.say(format!(", {all}on every DUT"));
    } else if everywhere > 0 {
        headline.say(format!(", {} of them on every DUT", number(everywhere)));
    }
}

/// How many tests are fixed.
fn fixed(headline: &mut Headline, facts: &Facts) {
    let verb = if facts.fixed == 1 { "was" } else { "were" };
    let words = format!("{} {verb} fixed", number(facts.fixed));
    let (joint, words) = match (facts.fixed, facts.new) {
        (0, _) => return,
        // The build is mentioned already.
        (_, 1..) => (", and ", words),
        _ => {
            let before = facts.previous_build.map_or_else(|| previous(facts), build);
            ("; ", format!("{words} since {before}"))
        }
    };
    headline.say(joint);
    headline.link_tests(words, OutcomeFilter::Fixed, None);
}

/// All of several tests.
fn all_of_them(tests: u32) -> &'static str {
    if tests == 2 { "both" } else { "all of them" }
}

/// Names a build: some say that they are one.
fn build(build: &str) -> String {
    if build.to_ascii_lowercase().starts_with("build") { build.to_owned() } else { format!("build {build}") }
}

fn previous(facts: &Facts) -> String {
    if facts.duts.len() == 1 { "the previous session" } else { "the previous sessions" }.to_owned()
}

fn files(facts: &Facts) -> String {
    counted(u64::from(facts.files), "file")
}

fn number(number: u32) -> String {
    grouped(u64::from(number))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Flags, Outcome};

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
