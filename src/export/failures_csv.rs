//! The failures as a table: a row per cluster of failures with equal messages and top frames.

use super::csv::{self, Text};
use super::redaction::Texts;
use super::{About, Input};
use crate::analyze::clusters;
use crate::model::listed;
use serde::Serialize;

pub(super) const ABOUT: About = About {
    name: "Failures (CSV)",
    explanation: "one row per cause: failures of all sessions from one place whose messages differ in numbers, dates and folders only",
    file_stem: "failures",
    extension: csv::EXTENSION,
    media_type: csv::MEDIA_TYPE,
    follows_filter: false,
    carries: &[Texts::Names, Texts::Tests, Texts::Messages],
};

#[derive(Default, Serialize)]
struct Row<'a> {
    cluster: Text<'a>,
    message: Text<'a>,
    frame: Text<'a>,
    failing_now: u32,
    results: u32,
    tests: usize,
    duts: usize,
    dut_names: String,
    sessions: usize,
    first_build: Option<String>,
    first_started: Option<String>,
    last_build: Option<String>,
    last_started: Option<String>,
    known_now: u32,
}

pub(super) fn write(input: &Input) -> Vec<u8> {
    let data = input.data;
    let clusters = clusters(data, input.index);
    csv::table(clusters.iter().map(|cluster| {
        let names: Vec<&str> = cluster.duts.iter().map(|&dut| data.history.dut(dut).name.as_str()).collect();
        let [first, last] = cluster.seen(data);
        Row {
            cluster: Text(&cluster.id),
            message: Text(&cluster.message),
            frame: Text(&cluster.frame),
            failing_now: cluster.now,
            results: cluster.results,
            tests: cluster.tests.len(),
            duts: cluster.duts.len(),
            dut_names: listed(&names),
            sessions: cluster.sessions.len(),
            first_build: first.build,
            first_started: first.started,
            last_build: last.build,
            last_started: last.started,
            known_now: cluster.known,
        }
    }))
}
