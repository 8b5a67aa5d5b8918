//! Metrics as a table: a row per measured value, by test, DUT and time.

use super::csv::{self, Text};
use super::redaction::Texts;
use super::sessions::SessionIds;
use super::{About, Input};
use crate::analyze::metric_values;
use crate::model::Timestamp;
use serde::Serialize;

pub(super) const ABOUT: About = About {
    name: "Metrics (CSV)",
    explanation: "one row per measured value: benchmarks, measurements with limits, sizes, numeric properties",
    file_stem: "metrics",
    extension: csv::EXTENSION,
    media_type: csv::MEDIA_TYPE,
    follows_filter: true,
    carries: &[Texts::Names, Texts::Tests, Texts::Metrics],
};

#[derive(Default, Serialize)]
struct Row<'a> {
    test: Text<'a>,
    suite: Text<'a>,
    class: Text<'a>,
    metric: Text<'a>,
    value: Option<f64>,
    unit: Text<'a>,
    lower: Option<f64>,
    upper: Option<f64>,
    dut: Text<'a>,
    build: Option<Text<'a>>,
    session: Text<'a>,
    started: Option<String>,
}

pub(super) fn write(input: &Input) -> Vec<u8> {
    let (data, ids) = (input.data, SessionIds::new(input.data));
    csv::table(metric_values(data, input.index, input.filter).map(|value| {
        let session = data.history.session(value.session);
        Row {
            test: Text(data.tests.name(value.test)),
            suite: Text(data.tests.suite(value.test)),
            class: Text(data.tests.class(value.test)),
            metric: Text(value.metric),
            value: Some(value.value),
            unit: Text(value.unit),
            lower: Some(value.limits.0).filter(|limit| limit.is_finite()),
            upper: Some(value.limits.1).filter(|limit| limit.is_finite()),
            dut: Text(&data.history.dut(session.dut).name),
            build: session.build().map(Text),
            session: Text(ids.of(value.session)),
            started: session.started.map(Timestamp::iso),
        }
    }))
}
