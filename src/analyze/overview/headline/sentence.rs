//! What a headline is, and what it is made of.

use crate::analyze::overview::dut_line::DutLine;
use crate::model::{Counts, counted, grouped};
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
    /// The known issues.
    KnownIssues,
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

    /// Adds a text.
    pub fn say(&mut self, text: impl Into<String>) {
        self.parts.push(HeadlinePart { text: text.into(), leads: None });
    }

    /// Adds a text that leads somewhere.
    pub fn link(&mut self, text: impl Into<String>, leads: Lead) {
        self.parts.push(HeadlinePart { text: text.into(), leads: Some(leads) });
    }

    /// Adds a text that leads to tests.
    pub fn link_tests(&mut self, text: impl Into<String>, only: OutcomeFilter, dut: Option<&str>) {
        let filter = Filter { only, dut: dut.map(str::to_owned), ..Filter::default() };
        self.link(text, Lead::Tests(filter));
    }

    /// Ends the sentence before, if there is one.
    pub fn begin_sentence(&mut self) {
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
    /// How many failing tests are known issues on all DUTs where they fail.
    pub known: u32,
    /// How many known issues no longer say the truth.
    pub outdated_issues: u32,
    /// The last build without the new failures, if it is the same for all of them.
    pub new_since: Option<&'a str>,
    /// How many tests are fixed on at least one DUT.
    pub fixed: u32,
    /// The build before the latest one, if it is the same for all DUTs.
    pub previous_build: Option<&'a str>,
}

/// How many files there are, in words.
pub fn files(facts: &Facts) -> String {
    counted(u64::from(facts.files), "file")
}

/// Writes a number with separators.
pub fn number(number: u32) -> String {
    grouped(u64::from(number))
}
