//! Sessions, tests, results and metrics as an SQLite database, for Grafana, DB Browser and DuckDB.
//!
//! The database itself is made by SQLite, in a worker of its own (`assets/sqlite-worker.js`). What is written here
//! is a script for it: a JSON value per line. A text is a statement; the arrays behind an `INSERT` are its rows.
//! The tables are described in `sqlite.sql`. It omits output, tracebacks, known issues and the attempts before the
//! last one, of which only the number is kept. It is not read back.

use super::number::Number;
use super::redaction::Texts;
use super::results_by_test::results_by_test;
use super::sessions::{SessionIds, latest_sessions, map, readable_sessions};
use super::{About, Input};
use crate::analyze::metric_values;
use crate::model::{Outcome, SessionId, TestId, Timestamp};
use rustc_hash::{FxHashMap, FxHashSet};
use serde::Serialize;
use std::collections::BTreeMap;

pub(super) const ABOUT: About = About {
    name: "SQLite",
    explanation: "tables of sessions, tests, results and metrics, for Grafana and DB Browser",
    file_stem: "results",
    extension: "sqlite",
    media_type: "application/vnd.sqlite3",
    follows_filter: true,
    carries: &[Texts::Names, Texts::Tests, Texts::Metrics, Texts::Messages, Texts::Properties],
};

const TABLES: &str = include_str!("sqlite.sql");

/// Made when all rows are there, which is faster.
const INDEXES: &str = "\
    CREATE INDEX sessions_by_dut ON sessions (dut, started_unix_s);\
    CREATE INDEX sessions_by_build ON sessions (build);\
    CREATE INDEX results_by_session ON results (session_id);\
    CREATE INDEX results_by_test ON results (test_id, session_id);\
    CREATE INDEX failing_results ON results (session_id, test_id) WHERE is_failing;\
    CREATE INDEX metrics_by_test ON metrics (test_id, metric);\
    CREATE INDEX metrics_by_session ON metrics (session_id);";

/// The script.
#[derive(Default)]
struct Script(Vec<u8>);

impl Script {
    fn line(&mut self, value: &impl Serialize) {
        serde_json::to_writer(&mut self.0, value).expect("writing to memory does not fail");
        self.0.push(b'\n');
    }

    /// Begins a table with this number of columns.
    fn table(&mut self, name: &str, columns: usize) {
        let places = vec!["?"; columns].join(",");
        self.line(&format!("INSERT INTO {name} VALUES ({places})"));
    }

    fn pairs(&mut self, id: usize, pairs: &BTreeMap<&str, &str>) {
        pairs.iter().for_each(|(name, value)| self.line(&(id, name, value)));
    }
}

pub(super) fn write(input: &Input) -> Vec<u8> {
    let data = input.data;
    let mut script = Script::default();
    script.line(&TABLES);
    script.table("about", 2);
    script.line(&("made", input.now.iso()));
    script.line(&("made by", concat!("Passgrid ", env!("CARGO_PKG_VERSION"))));
    input.filter.words().iter().for_each(|words| script.line(&("filter", words)));
    input.redacted.iter().for_each(|places| script.line(&("redacted", places.to_string())));
    sessions(input, &mut script);
    script.table("properties", 3);
    for id in readable_sessions(data) {
        let properties = data.told_of(id).flat_map(|part| map(&data.part(part).draft.properties)).collect();
        script.pairs(id.index(), &properties);
    }
    script.table("attributes", 3);
    for id in readable_sessions(data) {
        script.pairs(id.index(), &map(&data.history.dut(data.history.session(id).dut).attributes));
    }

    let listed = results_by_test(data, input.filter);
    let mut places: FxHashMap<TestId, usize> = FxHashMap::default();
    script.table("tests", 4);
    let of_metrics = metric_values(data, input.index, input.filter).map(|value| value.test);
    for test in listed.iter().map(|(test, _)| *test).chain(of_metrics) {
        let place = places.len();
        if places.contains_key(&test) {
            continue;
        }
        places.insert(test, place);
        let tests = &data.tests;
        script.line(&(place, tests.suite(test), tests.class(test), tests.name(test)));
    }
    script.table("results", 11);
    let results = listed.iter().flat_map(|(test, results)| results.iter().map(move |result| (*test, result)));
    for (row, (test, &(session, result))) in results.enumerate() {
        let outcome = data.outcome(result);
        script.line(&(
            row,
            session.index(),
            places.get(&test),
            outcome.word(),
            u8::from(outcome.is_failing()),
            data.native(result),
            Number::new(data.results.duration_s[result.index()]),
            data.attempts(result),
            u8::from(data.is_flaky(result)),
            data.message(result),
            data.frame(result),
        ));
    }
    script.table("metrics", 7);
    for value in metric_values(data, input.index, input.filter) {
        let (lower, upper) = value.limits;
        let finite = |number: f64| Some(number).filter(|number| number.is_finite());
        // SQLite has no NaN.
        if let Some(number) = finite(value.value) {
            let place = places.get(&value.test);
            let session = value.session.index();
            script.line(&(session, place, value.metric, number, value.unit, finite(lower), finite(upper)));
        }
    }
    script.line(&INDEXES);
    script.0
}

/// The sessions, with the counts of all of their results.
fn sessions(input: &Input, script: &mut Script) {
    let (data, ids) = (input.data, SessionIds::new(input.data));
    let latest: FxHashSet<SessionId> = latest_sessions(data).collect();
    script.table("sessions", 25);
    for id in readable_sessions(data) {
        let session = data.history.session(id);
        let counts = &session.counts;
        // The reader joins the lists.
        script.line(&(
            (
                id.index(),
                ids.of(id),
                &data.history.dut(session.dut).name,
                session.identity.unit.as_ref().map(|unit| &unit.value),
                session.build(),
                data.label(id),
                session.started.map(Timestamp::iso),
                session.started.map(|started| started.unix_ms.div_euclid(1000)),
                Number::new(session.duration_s),
                session.incomplete.as_deref(),
                u8::from(latest.contains(&id)),
            ),
            [
                counts.results(),
                counts.executed(),
                counts.of(Outcome::Passed),
                counts.of(Outcome::Failed),
                counts.of(Outcome::Error),
                counts.of(Outcome::Skipped),
                counts.of(Outcome::XFailed),
                counts.of(Outcome::XPassed),
                counts.of(Outcome::NotRun),
                counts.of(Outcome::Unknown),
                counts.flaky,
                counts.known,
            ],
            (Number::new(counts.pass_rate()), Number::new(counts.duration_s)),
        ));
    }
}
