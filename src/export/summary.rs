//! The summary, version 1.

use super::{figures, readable_sessions};
use crate::analyze::{by_name, natural};
use crate::model::{
    Counts, Dataset, FileRecord, Moment, ResultId, SessionId, TestId, rounded, split_parameters,
};
use crate::query::{Filter, Only};
use serde::Serialize;
use serde::ser::{SerializeMap, SerializeSeq, Serializer};
use serde_json::{Map, Value, json};

/// The JSON Schema of the summary.
pub const SCHEMA: &str = include_str!("summary.schema.json");

/// Writes the summary of all sessions. Its `tests` follow the filter.
pub fn json(data: &Dataset, filter: &Filter, now: Moment) -> String {
    let document = Document { data, filter, now };
    let mut text = Vec::new();
    let mut serializer = serde_json::Serializer::with_formatter(&mut text, Lines::default());
    match document.serialize(&mut serializer) {
        Ok(()) => String::from_utf8(text).unwrap_or_default(),
        Err(error) => unreachable!("writing into memory does not fail: {error}"),
    }
}

struct Document<'a> {
    data: &'a Dataset,
    filter: &'a Filter,
    now: Moment,
}

impl Serialize for Document<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let data = self.data;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("schema", "passgrid/summary/1")?;
        map.serialize_entry("generated", &self.now.iso())?;
        map.serialize_entry("scope", "all")?;
        if let Some(words) = self.filter.words() {
            map.serialize_entry("filter", &words)?;
        }
        map.serialize_entry("totals", &totals(data))?;
        map.serialize_entry("duts", &duts(data))?;
        map.serialize_entry("sessions", &sessions(data))?;
        map.serialize_entry("tests", &Tests { data, filter: self.filter })?;
        map.serialize_entry("files", &files(data))?;
        map.end()
    }
}

fn totals(data: &Dataset) -> Map<String, Value> {
    let mut counts = Counts::default();
    let (mut sessions, mut duts) = (0_u32, std::collections::BTreeSet::new());
    let mut seen = vec![false; data.tests.len()];
    for id in readable_sessions(data) {
        let session = data.history.session(id);
        counts.merge(&session.counts);
        sessions += 1;
        duts.insert(session.dut);
        for result in data.results_of(id) {
            seen[data.test_of(result).index()] = true;
        }
    }
    let mut totals = Map::new();
    totals.insert("duts".to_owned(), duts.len().into());
    totals.insert("sessions".to_owned(), sessions.into());
    totals.insert("tests".to_owned(), seen.into_iter().filter(|&seen| seen).count().into());
    totals.extend(counts_object(&counts));
    totals
}

fn counts_object(counts: &Counts) -> Map<String, Value> {
    figures(counts).into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

fn object(pairs: &[(String, String)]) -> Value {
    // Of properties of the same name the last counts, as in any JSON object.
    pairs.iter().map(|(key, value)| (key.clone(), Value::from(value.as_str()))).collect::<Map<_, _>>().into()
}

fn duts(data: &Dataset) -> Vec<Value> {
    let with_results = data.history.duts.iter().filter_map(|dut| {
        let readable = dut.sessions.iter().filter(|&&session| !data.history.session(session).is_unreadable);
        let sessions: Vec<_> = readable.map(|&session| data.history.session(session)).collect();
        let latest = sessions.last()?;
        let mut counts = Counts::default();
        for session in &sessions {
            counts.merge(&session.counts);
        }
        Some(json!({
            "name": dut.name,
            "unit": dut.unit,
            "attributes": object(&dut.attributes),
            "sessions": sessions.len(),
            "latest_session": latest.id,
            "counts": counts_object(&counts),
        }))
    });
    with_results.collect()
}

fn sessions(data: &Dataset) -> Vec<Value> {
    readable_sessions(data).map(|id| session(data, id)).collect()
}

fn session(data: &Dataset, id: SessionId) -> Value {
    let session = data.history.session(id);
    let parts = session.parts.iter().map(|&part| data.part(part));
    let mut properties: Vec<(String, String)> = Vec::new();
    let (mut format, mut files, mut label) = (String::new(), Vec::new(), None);
    for part in parts {
        let file = data.file(part.file);
        properties.extend(part.draft.properties.iter().cloned());
        label = label.or(part.draft.label.clone());
        match &part.draft.origin {
            Some((origin, names)) => {
                format.clone_from(origin);
                files.extend(names.iter().cloned());
            }
            None => {
                file.format.clone_into(&mut format);
                files.push(file.path.clone());
            }
        }
    }
    json!({
        "id": session.id,
        "dut": data.history.dut(session.dut).name,
        "build": session.build(),
        "label": label,
        "started": session.started.map(Moment::iso),
        "duration_s": session.duration_s.map(rounded),
        "format": format,
        "files": files,
        "properties": object(&properties),
        "counts": counts_object(&session.counts),
    })
}

fn files(data: &Dataset) -> Vec<Value> {
    let file = |file: &FileRecord| {
        let notes: Vec<Value> = file
            .notes
            .iter()
            .map(|note| {
                json!({
                    "severity": note.severity.word(),
                    "at": note.at.map(|at| format!("byte {at}")),
                    "text": note.text,
                })
            })
            .collect();
        json!({
            "path": file.path,
            "bytes": file.bytes,
            "format": if file.format.is_empty() { None } else { Some(file.format) },
            "status": file.status.word(),
            "results": file.results,
            "notes": notes,
        })
    };
    let mut files: Vec<&FileRecord> = data.files.iter().collect();
    natural::sort(&mut files, |a, b| natural::compare(&a.path, &b.path).then(a.hash.cmp(&b.hash)));
    files.into_iter().map(file).collect()
}

/// Every result by test, in the order that downloads have: tests by suite,
/// class and name, results by DUT and time.
pub fn results_by_test(data: &Dataset, filter: &Filter) -> Vec<(TestId, Vec<(SessionId, ResultId)>)> {
    let mut by_test: Vec<Vec<(SessionId, ResultId)>> = vec![Vec::new(); data.tests.len()];
    for session in readable_sessions(data) {
        for result in data.results_of(session) {
            by_test[data.test_of(result).index()].push((session, result));
        }
    }
    let matcher = filter.matcher();
    let now = (filter.only != Only::All)
        .then(|| crate::analyze::Grid::new(data, filter, crate::analyze::Order::Name))
        .map(|grid| grid.rows.into_iter().collect::<std::collections::BTreeSet<TestId>>());
    let mut tests: Vec<(TestId, Vec<(SessionId, ResultId)>)> = data
        .tests
        .ids()
        .zip(by_test)
        .filter(|(_, results)| !results.is_empty())
        .filter(|(test, _)| now.as_ref().is_none_or(|now| now.contains(test)))
        .filter(|(test, _)| {
            matcher.matches(data.tests.scope_text(data.tests.scope_of(*test)), data.tests.name(*test))
        })
        .collect();
    natural::sort(&mut tests, |(a, _), (b, _)| by_name(data, *a, *b));
    tests
}

struct Tests<'a> {
    data: &'a Dataset,
    filter: &'a Filter,
}

impl Serialize for Tests<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let tests = results_by_test(self.data, self.filter);
        let mut list = serializer.serialize_seq(Some(tests.len()))?;
        for (test, results) in tests {
            list.serialize_element(&TestLine { data: self.data, test, results })?;
        }
        list.end()
    }
}

struct TestLine<'a> {
    data: &'a Dataset,
    test: TestId,
    results: Vec<(SessionId, ResultId)>,
}

impl Serialize for TestLine<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let data = self.data;
        let (name, parameters) = split_parameters(data.tests.name(self.test));
        let results: Vec<ResultLine> =
            self.results.iter().map(|&(session, result)| result_line(data, session, result)).collect();
        let mut map = serializer.serialize_map(Some(5))?;
        map.serialize_entry("name", name)?;
        map.serialize_entry("suite", data.tests.suite(self.test))?;
        map.serialize_entry("class", data.tests.class(self.test))?;
        map.serialize_entry("parameters", &parameters)?;
        map.serialize_entry("results", &results)?;
        map.end()
    }
}

#[derive(Serialize)]
struct ResultLine<'a> {
    dut: &'a str,
    session: &'a str,
    outcome: &'static str,
    native: Option<&'a str>,
    duration_s: Option<f64>,
    attempts: u16,
    flaky: bool,
    message: Option<&'a str>,
}

fn result_line(data: &Dataset, session: SessionId, result: ResultId) -> ResultLine<'_> {
    let row = result.index();
    let session = data.history.session(session);
    let duration_s = data.results.duration_s[row];
    ResultLine {
        dut: &data.history.dut(session.dut).name,
        session: &session.id,
        outcome: data.outcome(result).word(),
        native: Some(data.native(result)).filter(|word| !word.is_empty()),
        duration_s: duration_s.is_finite().then(|| rounded(duration_s)),
        attempts: data.results.attempts[row],
        flaky: data.results.flags[row].is_flaky(),
        message: Some(data.message(result)).filter(|message| !message.is_empty()),
    }
}

/// A line per session and test: readable, and no longer than it must be.
#[derive(Default)]
struct Lines {
    depth: usize,
}

impl serde_json::ser::Formatter for Lines {
    fn begin_array<W: ?Sized + std::io::Write>(&mut self, writer: &mut W) -> std::io::Result<()> {
        self.depth += 1;
        writer.write_all(b"[")
    }

    fn end_array<W: ?Sized + std::io::Write>(&mut self, writer: &mut W) -> std::io::Result<()> {
        self.depth -= 1;
        writer.write_all(b"]")
    }

    fn begin_array_value<W: ?Sized + std::io::Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> std::io::Result<()> {
        let separator = match (first, self.depth) {
            (true, 2) => "\n  ",
            (false, 2) => ",\n  ",
            (true, _) => "",
            (false, _) => ",",
        };
        writer.write_all(separator.as_bytes())
    }

    fn begin_object<W: ?Sized + std::io::Write>(&mut self, writer: &mut W) -> std::io::Result<()> {
        self.depth += 1;
        writer.write_all(b"{")
    }

    fn end_object<W: ?Sized + std::io::Write>(&mut self, writer: &mut W) -> std::io::Result<()> {
        self.depth -= 1;
        writer.write_all(if self.depth == 0 { b"\n}\n" } else { b"}" })
    }

    fn begin_object_key<W: ?Sized + std::io::Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> std::io::Result<()> {
        let separator = match (first, self.depth) {
            (true, 1) => "\n",
            (false, 1) => ",\n",
            (true, _) => "",
            (false, _) => ",",
        };
        writer.write_all(separator.as_bytes())
    }
}
