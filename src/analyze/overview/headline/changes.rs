//! The sentences on failing and fixed tests.

use super::sentence::{Facts, Headline, number};
use crate::model::counted;
use crate::query::OutcomeFilter;

/// Which DUTs and tests fail, where, how many failures are new, and how many tests
/// are fixed.
pub(super) fn failures(headline: &mut Headline, facts: &Facts, failing_duts: u32) {
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
    known(headline, facts);
}

/// How many of the failing tests are known issues.
fn known(headline: &mut Headline, facts: &Facts) {
    let words = match (facts.known, facts.failing) {
        (0, _) => return,
        (1, 1) => "The failure is a known issue".to_owned(),
        (known, failing) if known == failing => format!("{} are known issues", upper(all_of_them(failing))),
        (1, failing) => format!("1 of the {} failing tests is a known issue", number(failing)),
        (known, failing) => {
            format!("{} of the {} failing tests are known issues", number(known), number(failing))
        }
    };
    headline.begin_sentence();
    headline.link_tests(words, OutcomeFilter::Known, None);
    headline.say(".");
}

/// The text with a capital letter.
fn upper(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
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
pub(super) fn fixed(headline: &mut Headline, facts: &Facts) {
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
