//! The flaky tests as a table: a row per test that disagrees with itself, in the order of the ranking.

use super::csv::{self, Text};
use super::number::Number;
use super::redaction::Texts;
use super::{About, Input};
use crate::analyze::flaky_tests;
use crate::model::Timestamp;
use serde::Serialize;

pub(super) const ABOUT: About = About {
    name: "Flaky (CSV)",
    explanation: "one row per test whose attempts, or whose sessions of one build, disagree: the ranking of the view Flaky",
    file_stem: "flaky",
    extension: csv::EXTENSION,
    media_type: csv::MEDIA_TYPE,
    follows_filter: false,
    carries: &[Texts::Names, Texts::Tests],
};

#[derive(Default, Serialize)]
struct Row<'a> {
    rank: usize,
    test: Text<'a>,
    suite: Text<'a>,
    class: Text<'a>,
    sessions: u32,
    disagreeing_sessions: u32,
    flaky_sessions: u32,
    disagreeing_share: Option<Number>,
    low_95: Option<Number>,
    high_95: Option<Number>,
    pairs_in_build: u32,
    flips_in_build: u32,
    pairs: u32,
    flips: u32,
    repeated_s: Option<Number>,
    duts: String,
    last_dut: Text<'a>,
    last_build: Text<'a>,
    last_started: Option<String>,
}

pub(super) fn write(input: &Input) -> Vec<u8> {
    let data = input.data;
    csv::table((1..).zip(flaky_tests(data, input.index, None)).map(|(rank, flaky)| {
        let last = data.history.session(flaky.last);
        let names: Vec<&str> =
            flaky.duts.iter().map(|&(dut, _)| data.history.dut(dut).name.as_str()).collect();
        Row {
            rank,
            test: Text(data.tests.name(flaky.test)),
            suite: Text(data.tests.suite(flaky.test)),
            class: Text(data.tests.class(flaky.test)),
            sessions: flaky.disagrees.of,
            disagreeing_sessions: flaky.disagrees.times,
            flaky_sessions: flaky.within,
            disagreeing_share: flaky.disagrees.rate().and_then(Number::new),
            low_95: Number::new(flaky.interval.0),
            high_95: Number::new(flaky.interval.1),
            pairs_in_build: flaky.in_build.of,
            flips_in_build: flaky.in_build.times,
            pairs: flaky.over_time.of,
            flips: flaky.over_time.times,
            repeated_s: flaky.cost_s.and_then(Number::new),
            duts: crate::model::listed(&names),
            last_dut: Text(&data.history.dut(last.dut).name),
            last_build: Text(last.build().unwrap_or_default()),
            last_started: last.started.map(Timestamp::iso),
        }
    }))
}
