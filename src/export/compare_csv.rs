//! The table of changes: one row per test and DUT whose result changed between two sets of sessions.

use super::csv::{self, Text};
use super::number::Number;
use super::redaction::Texts;
use super::{About, Input};
use crate::analyze::{change_order, compare};
use crate::model::Outcome;
use crate::query::Comparison;
use serde::Serialize;

pub(super) const ABOUT: About = About {
    name: "Compare (CSV)",
    explanation: "one row per changed result of a test on a DUT: the comparison that the view Compare shows",
    file_stem: "compare",
    extension: csv::EXTENSION,
    media_type: csv::MEDIA_TYPE,
    follows_filter: true,
    carries: &[Texts::Names, Texts::Tests],
};

/// What the column `from` says if there is no baseline.
const ASSUMED: &str = "assumed passed";

#[derive(Default, Serialize)]
struct Row<'a> {
    test: Text<'a>,
    suite: Text<'a>,
    class: Text<'a>,
    dut: Text<'a>,
    change: &'static str,
    from: &'static str,
    to: &'static str,
    from_sessions: u32,
    to_sessions: u32,
    p_value: Option<Number>,
}

pub(super) fn write(input: &Input) -> Vec<u8> {
    let data = input.data;
    let compared = &compare(data, input.index, input.sides);
    let word = |outcome: Option<Outcome>| outcome.map_or("", Outcome::word);
    let groups = change_order(data, input.index, compared, &Comparison::default(), input.filter, None);
    let pairs = groups.iter().flat_map(|group| group.pairs(compared));
    csv::table(pairs.filter_map(|pair| {
        let (dut, _) = &compared.sides.pairs[pair.dut as usize];
        Some(Row {
            test: Text(data.tests.name(pair.test)),
            suite: Text(data.tests.suite(pair.test)),
            class: Text(data.tests.class(pair.test)),
            dut: Text(dut),
            change: pair.change?.word(),
            from: if compared.sides.all_passed { ASSUMED } else { word(pair.step.before) },
            to: word(pair.step.after),
            from_sessions: pair.samples[0].sessions,
            to_sessions: pair.samples[1].sessions,
            p_value: pair.p_value.and_then(Number::new),
        })
    }))
}
