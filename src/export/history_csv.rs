//! The history as a table: a row per session, in the order of DUTs and time.

use super::csv::{self, Text};
use super::figures::Figures;
use super::number::Number;
use super::redaction::Texts;
use super::sessions::{SessionIds, readable_sessions};
use super::{About, Input};
use crate::analyze::since_before;
use crate::model::Timestamp;
use serde::Serialize;

pub(super) const ABOUT: About = About {
    name: "History (CSV)",
    explanation: "one row per session: counts, pass rate, and the rate over the tests of the previous session",
    file_stem: "history",
    extension: csv::EXTENSION,
    media_type: csv::MEDIA_TYPE,
    follows_filter: false,
    carries: &[Texts::Names],
};

/// The cells before the figures.
#[derive(Default, Serialize)]
struct Identity<'a> {
    dut: Text<'a>,
    unit: Option<Text<'a>>,
    build: Option<Text<'a>>,
    session: Text<'a>,
    started: Option<String>,
}

/// The cells after the figures. Those about the previous session are empty for the first one of a DUT.
#[derive(Default, Serialize)]
struct Since<'a> {
    common_tests: Option<u32>,
    common_pass_rate_before: Option<Number>,
    common_pass_rate: Option<Number>,
    added: Option<u32>,
    removed: Option<u32>,
    incomplete: Option<Text<'a>>,
}

pub(super) fn write(input: &Input) -> Vec<u8> {
    let data = input.data;
    let (ids, since) = (SessionIds::new(data), since_before(data));
    csv::table(readable_sessions(data).map(|id| {
        let session = data.history.session(id);
        let identity = Identity {
            dut: Text(&data.history.dut(session.dut).name),
            unit: session.identity.unit.as_ref().map(|unit| Text(&unit.value)),
            build: session.build().map(Text),
            session: Text(ids.of(id)),
            started: session.started.map(Timestamp::iso),
        };
        let since = since[id.index()].as_ref();
        let after = Since {
            common_tests: since.map(|since| since.common),
            common_pass_rate_before: since.and_then(|since| Number::new(since.rate_before)),
            common_pass_rate: since.and_then(|since| Number::new(since.rate)),
            added: since.map(|since| since.added),
            removed: since.map(|since| since.removed),
            incomplete: session.incomplete.as_deref().map(Text),
        };
        (identity, Figures::from(&session.counts), after)
    }))
}
