//! The summary, version 1: everything except the texts of results.
//!
//! The structs here are the contract: a field is a key of the document, in this
//! order. `summary.schema.json` describes the same, and tests compare the two.

use super::figures::Figures;
use super::known_issues_json::Issue;
use super::number::Number;
use super::redaction::Texts;
use super::results_by_test::{ResultsOfTest, results_by_test};
use super::sessions::{
    SessionIds, latest_of, latest_sessions, map, not_empty, readable_duts, readable_sessions, sum,
};
use super::{About, Input, json};
use crate::analyze::{Index, IssueLine, MoreFigure, file_notes, issue_lines, more_figures, natural};
use crate::model::{
    Counts, Dataset, Dut, FileId, FileRecord, Note, ResultId, Session, SessionId, Timestamp, split_parameters,
};
use crate::text::order::Order;
use serde::{Serialize, Serializer};
use std::collections::BTreeMap;

/// The JSON Schema of the summary.
pub const SCHEMA: &str = include_str!("summary.schema.json");

pub(super) const ABOUT: About = About {
    name: "Summary (JSON)",
    explanation: "all sessions; can be loaded here again",
    file_stem: "summary",
    extension: "json",
    media_type: "application/json",
    follows_filter: true,
    carries: &[Texts::Names, Texts::Tests, Texts::Messages, Texts::Properties, Texts::Files, Texts::Issues],
};

pub(super) fn write(input: &Input) -> Vec<u8> {
    json::document(&Summary::new(input, &SessionIds::new(input.data)))
}

#[derive(Serialize)]
struct Summary<'a> {
    schema: &'static str,
    generated: String,
    scope: &'static str,
    /// The filter in words, if one is active. It applies to `tests` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    filter: Option<String>,
    /// In how many places a placeholder replaces a secret, if any were to be redacted.
    #[serde(skip_serializing_if = "Option::is_none")]
    redacted: Option<u32>,
    /// All sessions.
    totals: Totals,
    /// The latest session of each DUT.
    now: Totals,
    /// Further figures, by key.
    metrics: BTreeMap<&'static str, MetricEntry>,
    duts: Vec<DutEntry<'a>>,
    sessions: Vec<SessionEntry<'a>>,
    tests: Tests<'a>,
    /// The known issues, with what the results say about them. Reading them gives the same marks.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    known_issues: Vec<IssueEntry>,
    files: Vec<FileEntry<'a>>,
}

#[derive(Serialize)]
struct Totals {
    duts: usize,
    sessions: usize,
    tests: usize,
    #[serde(flatten)]
    counts: CountsEntry,
}

/// The figures, and where there are known issues, how many failing results they cover.
#[derive(Serialize)]
struct CountsEntry {
    #[serde(flatten)]
    figures: Figures,
    #[serde(skip_serializing_if = "Option::is_none")]
    known: Option<u32>,
}

#[derive(Serialize)]
struct MetricEntry {
    name: &'static str,
    value: Option<Number>,
    unit: &'static str,
    formula: &'static str,
    rationale: &'static str,
}

#[derive(Serialize)]
struct DutEntry<'a> {
    name: &'a str,
    unit: Option<&'a str>,
    attributes: BTreeMap<&'a str, &'a str>,
    sessions: usize,
    latest_session: Option<&'a str>,
    counts: CountsEntry,
    /// The figures of the latest session.
    now: CountsEntry,
}

#[derive(Serialize)]
struct SessionEntry<'a> {
    id: &'a str,
    dut: &'a str,
    build: Option<&'a str>,
    label: Option<&'a str>,
    started: Option<String>,
    duration_s: Option<Number>,
    format: &'a str,
    files: Vec<&'a str>,
    properties: BTreeMap<&'a str, &'a str>,
    /// Why it is incomplete.
    incomplete: Option<&'a str>,
    counts: CountsEntry,
}

/// The tests, built one by one while they are written, because there may be
/// millions of results.
struct Tests<'a> {
    data: &'a Dataset,
    ids: &'a SessionIds,
    tests: Vec<ResultsOfTest>,
}

#[derive(Serialize)]
struct TestEntry<'a> {
    name: &'a str,
    suite: &'a str,
    class: &'a str,
    parameters: Option<&'a str>,
    results: Vec<ResultEntry<'a>>,
}

#[derive(Serialize)]
struct ResultEntry<'a> {
    dut: &'a str,
    session: &'a str,
    outcome: &'static str,
    native: Option<&'a str>,
    duration_s: Option<Number>,
    attempts: u32,
    flaky: bool,
    message: Option<&'a str>,
    /// Where it failed; `None` if that is unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    frame: Option<&'a str>,
    /// Why the failure is known; `None` if it is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    known_issue: Option<&'a str>,
}

/// A known issue, and what the results say about it.
struct IssueEntry(IssueLine);

#[derive(Serialize)]
struct FileEntry<'a> {
    path: &'a str,
    bytes: u64,
    format: Option<&'a str>,
    status: &'static str,
    results: u32,
    notes: Vec<NoteEntry>,
}

#[derive(Serialize)]
struct NoteEntry {
    severity: &'static str,
    at: Option<String>,
    text: String,
}

impl<'a> Summary<'a> {
    fn new(input: &Input<'a>, ids: &'a SessionIds) -> Summary<'a> {
        let data = input.data;
        let mut files: Vec<(FileId, &FileRecord)> = data.ledger().collect();
        files.order_by(|(_, a), (_, b)| natural::compare(&a.path, &b.path).then(a.hash.cmp(&b.hash)));
        Summary {
            schema: "passgrid/summary/1",
            generated: input.now.iso(),
            scope: "all",
            filter: input.filter.words(),
            redacted: input.redacted,
            totals: Totals::new(data, &readable_sessions(data).collect::<Vec<_>>()),
            now: Totals::new(data, &latest_sessions(data).collect::<Vec<_>>()),
            metrics: metrics(data, input.index),
            duts: readable_duts(data)
                .map(|(dut, sessions)| DutEntry::new(data, dut, &sessions, ids))
                .collect(),
            sessions: readable_sessions(data).map(|id| SessionEntry::new(data, id, ids)).collect(),
            tests: Tests { data, ids, tests: results_by_test(data, input.filter) },
            known_issues: issue_lines(data, input.index).into_iter().map(IssueEntry).collect(),
            files: files.into_iter().map(|(id, file)| FileEntry::new(data, id, file)).collect(),
        }
    }
}

fn metrics(data: &Dataset, index: &Index) -> BTreeMap<&'static str, MetricEntry> {
    let entry = |MoreFigure { kind, value }| {
        let entry = MetricEntry {
            name: kind.name(),
            value: value.and_then(Number::new),
            unit: kind.unit().word(),
            formula: kind.formula(),
            rationale: kind.rationale(),
        };
        (kind.key(), entry)
    };
    more_figures(data, index).into_iter().map(entry).collect()
}

impl Totals {
    /// Adds up sessions. All DUTs with a session count.
    fn new(data: &Dataset, sessions: &[SessionId]) -> Totals {
        let mut occurs = vec![false; data.tests.len()];
        for result in sessions.iter().flat_map(|&session| data.results_of(session)) {
            occurs[data.test_of(result).index()] = true;
        }
        Totals {
            duts: readable_duts(data).count(),
            sessions: sessions.len(),
            tests: occurs.into_iter().filter(|&occurs| occurs).count(),
            counts: CountsEntry::new(data, &sum(sessions.iter().map(|&id| data.history.session(id)))),
        }
    }
}

impl CountsEntry {
    fn new(data: &Dataset, counts: &Counts) -> CountsEntry {
        let known = (!data.history.issues.is_empty()).then_some(counts.known);
        CountsEntry { figures: Figures::from(counts), known }
    }
}

impl<'a> DutEntry<'a> {
    fn new(data: &Dataset, dut: &'a Dut, sessions: &[&'a Session], ids: &'a SessionIds) -> DutEntry<'a> {
        DutEntry {
            name: &dut.name,
            unit: dut.unit.as_deref(),
            attributes: map(&dut.attributes),
            sessions: sessions.len(),
            latest_session: latest_of(data, dut).map(|latest| ids.of(latest)),
            counts: CountsEntry::new(data, &sum(sessions.iter().copied())),
            now: CountsEntry::new(data, &sum(sessions.last().copied())),
        }
    }
}

impl<'a> SessionEntry<'a> {
    fn new(data: &'a Dataset, id: SessionId, ids: &'a SessionIds) -> SessionEntry<'a> {
        let session = data.history.session(id);
        let mut properties = BTreeMap::new();
        let (mut format, mut files, mut label) = ("", Vec::new(), None);
        for part in data.told_of(id) {
            let part = data.part(part);
            let file = data.file(part.file);
            properties.extend(map(&part.draft.properties));
            label = label.or(part.draft.label.as_deref());
            // Sessions from a summary keep the files that they were originally read from.
            match &part.draft.origin {
                Some((origin, names)) => {
                    format = if format.is_empty() { origin } else { format };
                    files.extend(names.iter().map(String::as_str));
                }
                None => {
                    format = if format.is_empty() { file.format } else { format };
                    files.push(&file.path);
                }
            }
        }
        SessionEntry {
            id: ids.of(id),
            dut: &data.history.dut(session.dut).name,
            build: session.build(),
            label,
            started: session.started.map(Timestamp::iso),
            duration_s: Number::new(session.duration_s),
            format,
            files,
            properties,
            incomplete: session.incomplete.as_deref(),
            counts: CountsEntry::new(data, &session.counts),
        }
    }
}

impl Serialize for Tests<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.tests.iter().map(|test| TestEntry::new(self.data, self.ids, test)))
    }
}

impl<'a> TestEntry<'a> {
    fn new(data: &'a Dataset, ids: &'a SessionIds, (test, results): &ResultsOfTest) -> TestEntry<'a> {
        let (name, parameters) = split_parameters(data.tests.name(*test));
        TestEntry {
            name,
            suite: data.tests.suite(*test),
            class: data.tests.class(*test),
            parameters,
            results: results.iter().map(|&(session, id)| ResultEntry::new(data, ids, session, id)).collect(),
        }
    }
}

impl<'a> ResultEntry<'a> {
    fn new(data: &'a Dataset, ids: &'a SessionIds, id: SessionId, result: ResultId) -> ResultEntry<'a> {
        let session = data.history.session(id);
        ResultEntry {
            dut: &data.history.dut(session.dut).name,
            session: ids.of(id),
            outcome: data.outcome(result).word(),
            native: not_empty(data.native(result)),
            duration_s: Number::new(data.results.duration_s[result.index()]),
            attempts: data.attempts(result).into(),
            flaky: data.is_flaky(result),
            message: not_empty(data.message(result)),
            frame: not_empty(data.frame(result)),
            known_issue: data.known_issue(result).map(|issue| issue.reason.as_str()),
        }
    }
}

impl Serialize for IssueEntry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Fields<'a> {
            #[serde(flatten)]
            issue: Issue<'a>,
            state: &'static str,
            /// Failing results that it covers, in the latest sessions and in all.
            now: u32,
            all: u32,
        }
        let IssueEntry(line) = self;
        let fields = Fields {
            issue: Issue::new(&line.issue),
            state: line.state.words(),
            now: line.now,
            all: line.all,
        };
        fields.serialize(serializer)
    }
}

impl<'a> FileEntry<'a> {
    fn new(data: &Dataset, id: FileId, file: &'a FileRecord) -> FileEntry<'a> {
        FileEntry {
            path: &file.path,
            bytes: file.bytes,
            format: not_empty(file.format),
            status: file.status.word(),
            results: file.results,
            notes: file_notes(data, id).into_iter().map(NoteEntry::new).collect(),
        }
    }
}

impl NoteEntry {
    fn new(note: Note) -> NoteEntry {
        NoteEntry {
            severity: note.severity.word(),
            at: note.at.map(|at| format!("byte {at}")),
            text: note.text,
        }
    }
}
