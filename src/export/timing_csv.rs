//! Test times as a table: a row per test and shift, the most test time first. A test without a shift has one row.

use super::csv::{self, Text};
use super::number::Number;
use super::redaction::Texts;
use super::{About, Input};
use crate::analyze::{Timing, timing_rows};
use serde::Serialize;

pub(super) const ABOUT: About = About {
    name: "Timing (CSV)",
    explanation: "one row per test and shift: test time and share in the latest sessions, since when it is slower or faster",
    file_stem: "timing",
    extension: csv::EXTENSION,
    media_type: csv::MEDIA_TYPE,
    follows_filter: true,
    carries: &[Texts::Names, Texts::Tests],
};

#[derive(Default, Serialize)]
struct Row<'a> {
    test: Text<'a>,
    suite: Text<'a>,
    class: Text<'a>,
    test_time_s: Option<Number>,
    share: Option<Number>,
    median_s: Option<Number>,
    max_s: Option<Number>,
    longest_on: Text<'a>,
    /// `slower` or `faster`.
    shift: &'a str,
    /// The only DUT with the shift; empty for all DUTs together.
    shift_dut: Text<'a>,
    shift_duts: Option<usize>,
    since_build: Text<'a>,
    before_s: Option<Number>,
    after_s: Option<Number>,
    ratio: Option<Number>,
    p_value: Option<Number>,
}

pub(super) fn write(input: &Input) -> Vec<u8> {
    let (data, index) = (input.data, input.index);
    let rows = timing_rows(data, index, &Timing::new(data, index), input.filter);
    csv::table(rows.iter().flat_map(|row| {
        // A test without a shift has one row.
        let shifts = row.shifts.iter().map(Some).chain(row.shifts.is_empty().then_some(None));
        shifts.map(|shift| Row {
            test: Text(&row.name),
            suite: Text(&row.suite),
            class: Text(&row.class),
            test_time_s: Number::new(row.total_s),
            share: Number::new(row.share),
            median_s: Number::new(row.median_s),
            max_s: Number::new(row.max_s),
            longest_on: Text(&row.longest_on),
            shift: shift.map_or("", |shift| if shift.is_rise() { "slower" } else { "faster" }),
            shift_dut: Text(shift.and_then(|shift| shift.dut.as_deref()).unwrap_or_default()),
            shift_duts: shift.map(|shift| shift.duts.len()),
            since_build: Text(shift.map_or("", |shift| &shift.build.0)),
            before_s: shift.and_then(|shift| Number::new(shift.before)),
            after_s: shift.and_then(|shift| Number::new(shift.after)),
            ratio: shift.and_then(|shift| Number::new(shift.ratio)),
            p_value: shift.and_then(|shift| Number::new(shift.p_value)),
        })
    }))
}
