//! The summary as a table: one row per session, one row per DUT, then a total.

use super::csv::{self, Text};
use super::figures::Figures;
use super::sessions::{readable_duts, readable_sessions, sum};
use super::{About, Input};
use crate::model::Timestamp;
use serde::Serialize;

pub(super) const ABOUT: About = About {
    name: "Summary (CSV)",
    explanation: "one row per session and per DUT, and a total",
    file_stem: "summary",
    extension: csv::EXTENSION,
    media_type: csv::MEDIA_TYPE,
    follows_filter: false,
};

/// The cells before the figures. Those that do not apply to a row are empty.
#[derive(Default, Serialize)]
struct Identity<'a> {
    row: &'static str,
    dut: Text<'a>,
    unit: Option<Text<'a>>,
    build: Option<Text<'a>>,
    session: Text<'a>,
    started: Option<String>,
    sessions: usize,
}

pub(super) fn write(input: &Input) -> Vec<u8> {
    let data = input.data;
    let sessions = readable_sessions(data).map(|id| {
        let session = data.history.session(id);
        let identity = Identity {
            row: "session",
            dut: Text(&data.history.dut(session.dut).name),
            unit: session.identity.unit.as_ref().map(|unit| Text(&unit.value)),
            build: session.build().map(Text),
            session: Text(&session.id),
            started: session.started.map(Timestamp::iso),
            sessions: 1,
        };
        (identity, Figures::from(&session.counts))
    });
    let duts = readable_duts(data).map(|(dut, sessions)| {
        let identity = Identity {
            row: "dut",
            dut: Text(&dut.name),
            unit: dut.unit.as_deref().map(Text),
            sessions: sessions.len(),
            ..Identity::default()
        };
        (identity, Figures::from(&sum(sessions)))
    });
    let all = || readable_sessions(data).map(|id| data.history.session(id));
    let total = Identity { row: "total", sessions: all().count(), ..Identity::default() };
    csv::table(sessions.chain(duts).chain([(total, Figures::from(&sum(all())))]))
}
