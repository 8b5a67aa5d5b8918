//! All results in the Common Test Report Format, version 0.0.0 of ctrf.io, which many bots and dashboards read.
//!
//! CTRF knows one run and whole milliseconds; `extra` has the sessions, exact durations and outcomes, so that
//! loading the file here again gives the same. It omits output, tracebacks, metrics, known issues and the
//! attempts before the last one, of which only the number is kept.

use super::number::Number;
use super::redaction::Texts;
use super::results_by_test::{ResultsOfTest, results_by_test};
use super::sessions::{map, not_empty, readable_sessions};
use super::{About, Input, json};
use crate::model::{Dataset, Outcome, ResultId, SessionId, TestId, Timestamp};
use serde::{Serialize, Serializer};
use std::collections::BTreeMap;

pub(super) const ABOUT: About = About {
    name: "CTRF (JSON)",
    explanation: "all sessions in the Common Test Report Format; can be loaded here again",
    file_stem: "ctrf",
    extension: "json",
    media_type: "application/json",
    follows_filter: true,
    carries: &[Texts::Names, Texts::Tests, Texts::Messages, Texts::Properties],
};

pub(super) fn write(input: &Input) -> Vec<u8> {
    json::document(&Report {
        report_format: "CTRF",
        spec_version: "0.0.0",
        timestamp: input.now.iso(),
        generated_by: "Passgrid",
        results: Results::new(input),
    })
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report<'a> {
    report_format: &'static str,
    spec_version: &'static str,
    timestamp: String,
    generated_by: &'static str,
    results: Results<'a>,
}

/// The importer needs the tool and the sessions before the tests.
#[derive(Serialize)]
struct Results<'a> {
    tool: Tool,
    summary: Summary,
    extra: Extra<Sessions<'a>>,
    tests: Tests<'a>,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
}

#[derive(Default, Serialize)]
struct Summary {
    tests: usize,
    passed: usize,
    failed: usize,
    skipped: usize,
    pending: usize,
    other: usize,
    flaky: usize,
    /// Milliseconds since 1970; 0 if no session says.
    start: i64,
    stop: i64,
}

#[derive(Serialize)]
struct Extra<T> {
    passgrid: T,
}

#[derive(Serialize)]
struct Sessions<'a> {
    sessions: Vec<SessionEntry<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    filter: Option<String>,
    /// In how many places a placeholder replaces a secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    redacted: Option<u32>,
}

#[derive(Serialize)]
struct SessionEntry<'a> {
    dut: &'a str,
    unit: Option<&'a str>,
    build: Option<&'a str>,
    session: &'a str,
    label: Option<&'a str>,
    started: Option<String>,
    duration_s: Option<Number>,
    incomplete: Option<&'a str>,
    attributes: BTreeMap<&'a str, &'a str>,
    properties: BTreeMap<&'a str, &'a str>,
}

impl<'a> SessionEntry<'a> {
    fn new(data: &'a Dataset, id: SessionId) -> SessionEntry<'a> {
        let session = data.history.session(id);
        let dut = data.history.dut(session.dut);
        SessionEntry {
            dut: &dut.name,
            unit: session.identity.unit.as_ref().map(|unit| unit.value.as_str()),
            build: session.build(),
            session: &session.id,
            label: data.label(id),
            started: session.started.map(Timestamp::iso),
            duration_s: Number::new(session.duration_s),
            incomplete: session.incomplete.as_deref(),
            attributes: map(&dut.attributes),
            properties: data.told_of(id).flat_map(|part| map(&data.part(part).draft.properties)).collect(),
        }
    }
}

/// The tests, built one by one while they are written.
struct Tests<'a> {
    data: &'a Dataset,
    /// By session: its place in the list.
    places: Vec<usize>,
    tests: Vec<ResultsOfTest>,
}

impl Serialize for Tests<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let entry = |test: TestId, session: SessionId, result: ResultId| {
            Test::new(self.data, test, (session, self.places[session.index()]), result)
        };
        serializer.collect_seq(self.tests.iter().flat_map(|(test, results)| {
            results.iter().map(move |&(session, result)| entry(*test, session, result))
        }))
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Test<'a> {
    name: &'a str,
    status: &'static str,
    /// Whole milliseconds; 0 if it is unknown.
    duration: i64,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suite: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    raw_status: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retries: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    flaky: Option<bool>,
    device: &'a str,
    extra: Extra<Facts<'a>>,
}

#[derive(Serialize)]
struct Facts<'a> {
    session: usize,
    outcome: &'static str,
    duration_s: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    frame: Option<&'a str>,
}

impl<'a> Test<'a> {
    fn new(
        data: &'a Dataset,
        test: TestId,
        (session, place): (SessionId, usize),
        result: ResultId,
    ) -> Test<'a> {
        let (suite, class) = (data.tests.suite(test), data.tests.class(test));
        let suite = match (suite, class) {
            ("", "") => Vec::new(),
            (suite, "") => vec![suite],
            (suite, class) => vec![suite, class],
        };
        let duration_s = Number::new(data.results.duration_s[result.index()]);
        let outcome = data.outcome(result);
        Test {
            name: data.tests.name(test),
            status: status(outcome),
            duration: (data.results.duration_s[result.index()] * 1000.0).round() as i64,
            suite,
            message: not_empty(data.message(result)),
            raw_status: not_empty(data.native(result)),
            retries: Some(data.attempts(result).saturating_sub(1)).filter(|&retries| retries > 0),
            flaky: Some(true).filter(|_| data.is_flaky(result)),
            device: &data.history.dut(data.history.session(session).dut).name,
            extra: Extra {
                passgrid: Facts {
                    session: place,
                    outcome: outcome.word(),
                    duration_s,
                    frame: not_empty(data.frame(result)),
                },
            },
        }
    }
}

/// Returns the status that is closest to an outcome. As for pytest, an expected failure is a skipped test, and an
/// unexpected pass is no failure.
fn status(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Passed | Outcome::XPassed => "passed",
        Outcome::Failed | Outcome::Error => "failed",
        Outcome::Skipped | Outcome::XFailed => "skipped",
        Outcome::NotRun => "pending",
        Outcome::Unknown => "other",
    }
}

impl<'a> Results<'a> {
    fn new(input: &Input<'a>) -> Results<'a> {
        let data = input.data;
        let listed: Vec<SessionId> = readable_sessions(data).collect();
        let mut places = vec![0; data.history.sessions.len()];
        listed.iter().enumerate().for_each(|(place, session)| places[session.index()] = place);
        let tests = results_by_test(data, input.filter);
        let mut summary = Summary::default();
        for &(_, result) in tests.iter().flat_map(|(_, results)| results) {
            summary.tests += 1;
            summary.flaky += usize::from(data.is_flaky(result));
            *match status(data.outcome(result)) {
                "passed" => &mut summary.passed,
                "failed" => &mut summary.failed,
                "skipped" => &mut summary.skipped,
                "pending" => &mut summary.pending,
                _ => &mut summary.other,
            } += 1;
        }
        let sessions = listed.iter().map(|&session| data.history.session(session));
        let spans = sessions.filter_map(|session| {
            let start = session.started?.unix_ms;
            Some((start, start + (session.duration_s.unwrap_or(0.0) * 1000.0) as i64))
        });
        let spans: Vec<(i64, i64)> = spans.collect();
        summary.start = spans.iter().map(|(start, _)| *start).min().unwrap_or(0);
        summary.stop = spans.iter().map(|(_, stop)| *stop).max().unwrap_or(0);
        Results {
            tool: Tool { name: "Passgrid" },
            summary,
            extra: Extra {
                passgrid: Sessions {
                    sessions: listed.iter().map(|&session| SessionEntry::new(data, session)).collect(),
                    filter: input.filter.words(),
                    redacted: input.redacted,
                },
            },
            tests: Tests { data, places, tests },
        }
    }
}
