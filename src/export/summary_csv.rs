//! The summary as a table: a row per session, a row per DUT, a row per DUT with its latest session, then
//! the total of all sessions and of the latest ones.

use super::csv::{self, Text};
use super::figures::Figures;
use super::redaction::Texts;
use super::sessions::{SessionIds, latest_of, latest_sessions, readable_duts, readable_sessions, sum};
use super::{About, Input};
use crate::model::{Counts, Session, Timestamp};
use serde::Serialize;

pub(super) const ABOUT: About = About {
    name: "Summary (CSV)",
    explanation: "one row per session and per DUT, and totals: all sessions, and now",
    file_stem: "summary",
    extension: csv::EXTENSION,
    media_type: csv::MEDIA_TYPE,
    follows_filter: false,
    carries: &[Texts::Names],
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

/// The cells after the figures.
#[derive(Default, Serialize)]
struct Verdict<'a> {
    /// Why a session is incomplete.
    incomplete: Option<Text<'a>>,
    /// Failing results that a known issue covers.
    known: u32,
}

type Row<'a> = (Identity<'a>, Figures, Verdict<'a>);

fn row<'a>(identity: Identity<'a>, counts: &Counts, session: Option<&'a Session>) -> Row<'a> {
    let incomplete = session.and_then(|session| session.incomplete.as_deref()).map(Text);
    (identity, Figures::from(counts), Verdict { incomplete, known: counts.known })
}

pub(super) fn write(input: &Input) -> Vec<u8> {
    let data = input.data;
    let ids = SessionIds::new(data);
    let sessions = readable_sessions(data).map(|id| {
        let session = data.history.session(id);
        let identity = Identity {
            row: "session",
            dut: Text(&data.history.dut(session.dut).name),
            unit: session.identity.unit.as_ref().map(|unit| Text(&unit.value)),
            build: session.build().map(Text),
            session: Text(ids.of(id)),
            started: session.started.map(Timestamp::iso),
            sessions: 1,
        };
        row(identity, &session.counts, Some(session))
    });
    let duts = readable_duts(data).map(|(dut, sessions)| {
        let identity = Identity {
            row: "dut",
            dut: Text(&dut.name),
            unit: dut.unit.as_deref().map(Text),
            sessions: sessions.len(),
            ..Identity::default()
        };
        row(identity, &sum(sessions), None)
    });
    let duts_now = data.history.duts.iter().filter_map(|dut| {
        let id = latest_of(data, dut)?;
        let session = data.history.session(id);
        let identity = Identity {
            row: "dut_now",
            dut: Text(&dut.name),
            unit: dut.unit.as_deref().map(Text),
            build: session.build().map(Text),
            session: Text(ids.of(id)),
            started: session.started.map(Timestamp::iso),
            sessions: 1,
        };
        Some(row(identity, &session.counts, Some(session)))
    });
    let all = || readable_sessions(data).map(|id| data.history.session(id));
    let latest = || latest_sessions(data).map(|id| data.history.session(id));
    let total = Identity { row: "total", sessions: all().count(), ..Identity::default() };
    let now = Identity { row: "now", sessions: latest().count(), ..Identity::default() };
    let totals = [row(total, &sum(all()), None), row(now, &sum(latest()), None)];
    csv::table(sessions.chain(duts).chain(duts_now).chain(totals))
}
