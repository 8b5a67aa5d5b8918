//! The table of results: one row per result, for all sessions.
//!
//! Loaded here again, it gives the same sessions, outcomes, durations and messages. It omits sessions without
//! results, what is known of sessions beside start, unit and build, places of failures, metrics and output.

use super::csv::{self, Text};
use super::number::Number;
use super::redaction::Texts;
use super::results_by_test::results_by_test;
use super::sessions::SessionIds;
use super::{About, Input};
use crate::model::{Timestamp, split_parameters};
use serde::Serialize;

pub(super) const ABOUT: About = About {
    name: "Results (CSV)",
    explanation: "one row per result; all sessions",
    file_stem: "results",
    extension: csv::EXTENSION,
    media_type: csv::MEDIA_TYPE,
    follows_filter: true,
    carries: &[Texts::Names, Texts::Tests, Texts::Messages],
};

#[derive(Default, Serialize)]
struct Row<'a> {
    dut: Text<'a>,
    unit: Option<Text<'a>>,
    build: Option<Text<'a>>,
    session: Text<'a>,
    started: Option<String>,
    suite: Text<'a>,
    class: Text<'a>,
    name: Text<'a>,
    parameters: Option<Text<'a>>,
    outcome: &'static str,
    native: Text<'a>,
    duration_s: Option<Number>,
    attempts: u32,
    flaky: bool,
    message: Text<'a>,
}

pub(super) fn write(input: &Input) -> Vec<u8> {
    let data = input.data;
    let tests = results_by_test(data, input.filter);
    let ids = SessionIds::new(data);
    let ids = &ids;
    csv::table(tests.iter().flat_map(|(test, results)| {
        let (name, parameters) = match split_parameters(data.tests.name(*test)) {
            // An empty cell means that there are none.
            (_, Some("")) => (data.tests.name(*test), None),
            named => named,
        };
        results.iter().map(move |&(id, result)| {
            let session = data.history.session(id);
            Row {
                dut: Text(&data.history.dut(session.dut).name),
                unit: session.identity.unit.as_ref().map(|unit| Text(&unit.value)),
                build: session.build().map(Text),
                session: Text(ids.of(id)),
                started: session.started.map(Timestamp::iso),
                suite: Text(data.tests.suite(*test)),
                class: Text(data.tests.class(*test)),
                name: Text(name),
                parameters: parameters.map(Text),
                outcome: data.outcome(result).word(),
                native: Text(data.native(result)),
                duration_s: Number::new(data.results.duration_s[result.index()]),
                attempts: data.attempts(result).into(),
                flaky: data.is_flaky(result),
                message: Text(data.message(result)),
            }
        })
    }))
}
