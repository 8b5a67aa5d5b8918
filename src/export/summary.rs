//! The summary, version 1.

use super::json::Writer;
use super::{figures, readable_sessions};
use crate::analyze::{by_name, natural};
use crate::model::{
    Counts, Dataset, Dut, Figure, FileRecord, ResultId, Session, SessionId, TestId, Timestamp,
    split_parameters,
};
use crate::query::{Filter, OutcomeFilter};

/// The JSON Schema of the summary.
pub const SCHEMA: &str = include_str!("summary.schema.json");

/// Writes the summary of all sessions. Its `tests` follow the filter.
pub fn json(data: &Dataset, filter: &Filter, now: Timestamp) -> String {
    let mut writer = Writer::default();
    writer.object(|w| {
        w.key("schema").string("passgrid/summary/1");
        w.key("generated").string(&now.iso());
        w.key("scope").string("all");
        if let Some(words) = filter.words() {
            w.key("filter").string(&words);
        }
        w.key("totals").object(|w| totals(data, w));
        w.key("duts").array(duts(data), |w, (each, sessions)| dut(each, &sessions, w));
        w.key("sessions").array(readable_sessions(data), |w, id| session(data, id, w));
        let tests = results_by_test(data, filter);
        w.key("tests").array(&tests, |w, (id, results)| test(data, *id, results, w));
        let mut files: Vec<&FileRecord> = data.ledger().map(|(_, file)| file).collect();
        files.sort_by(|a, b| natural::compare(&a.path, &b.path).then(a.hash.cmp(&b.hash)));
        w.key("files").array(files, |w, record| file(record, w));
    });
    writer.finish()
}

fn totals(data: &Dataset, w: &mut Writer) {
    let mut counts = Counts::default();
    let mut sessions = 0_u32;
    let mut seen = vec![false; data.tests.len()];
    for id in readable_sessions(data) {
        let session = data.history.session(id);
        counts.merge(&session.counts);
        sessions += 1;
        for result in data.results_of(id) {
            seen[data.test_of(result).index()] = true;
        }
    }
    let tests = seen.into_iter().filter(|&seen| seen).count();
    w.key("duts").figure(Figure::Count(duts(data).count() as u64));
    w.key("sessions").figure(sessions.into());
    w.key("tests").figure(Figure::Count(tests as u64));
    write_counts(&counts, w);
}

fn write_counts(counts: &Counts, w: &mut Writer) {
    for (key, figure) in figures(counts) {
        w.key(key).figure(figure);
    }
}

fn pairs(pairs: &[(String, String)], w: &mut Writer) {
    // Of properties of the same name the last counts, as in any JSON object.
    let mut sorted: Vec<&(String, String)> = pairs.iter().collect();
    sorted.sort_by(|a, b| a.0.cmp(&b.0));
    w.object(|w| {
        for (at, (key, value)) in sorted.iter().enumerate() {
            if sorted.get(at + 1).is_none_or(|(next, _)| next != key) {
                w.key(key).string(value);
            }
        }
    });
}

/// The DUTs that have results.
fn duts(data: &Dataset) -> impl Iterator<Item = (&Dut, Vec<&Session>)> {
    data.history.duts.iter().filter_map(|dut| {
        let sessions = dut.sessions.iter().map(|&session| data.history.session(session));
        let readable: Vec<&Session> = sessions.filter(|session| !session.is_unreadable).collect();
        (!readable.is_empty()).then_some((dut, readable))
    })
}

fn dut(dut: &Dut, sessions: &[&Session], w: &mut Writer) {
    let mut counts = Counts::default();
    for session in sessions {
        counts.merge(&session.counts);
    }
    w.object(|w| {
        w.key("name").string(&dut.name);
        w.key("unit").text(dut.unit.as_deref());
        pairs(&dut.attributes, w.key("attributes"));
        w.key("sessions").figure(Figure::Count(sessions.len() as u64));
        w.key("latest_session").text(sessions.last().map(|latest| latest.id.as_str()));
        w.key("counts").object(|w| write_counts(&counts, w));
    });
}

fn session(data: &Dataset, id: SessionId, w: &mut Writer) {
    let session = data.history.session(id);
    let mut properties: Vec<(String, String)> = Vec::new();
    let (mut format, mut files, mut label) = ("", Vec::new(), None);
    for part in data.told_of(id) {
        let part = data.part(part);
        let file = data.file(part.file);
        properties.extend(part.draft.properties.iter().cloned());
        label = label.or(part.draft.label.as_deref());
        match &part.draft.origin {
            Some((origin, names)) => {
                format = if format.is_empty() { origin } else { format };
                files.extend(names);
            }
            None => {
                format = if format.is_empty() { file.format } else { format };
                files.push(&file.path);
            }
        }
    }
    w.object(|w| {
        w.key("id").string(&session.id);
        w.key("dut").string(&data.history.dut(session.dut).name);
        w.key("build").text(session.build());
        w.key("label").text(label);
        w.key("started").text(session.started.map(Timestamp::iso).as_deref());
        w.key("duration_s").figure(Figure::number(session.duration_s));
        w.key("format").string(format);
        w.key("files").array(files, |w, path| w.string(path));
        pairs(&properties, w.key("properties"));
        w.key("counts").object(|w| write_counts(&session.counts, w));
    });
}

fn test(data: &Dataset, test: TestId, results: &[(SessionId, ResultId)], w: &mut Writer) {
    let (name, parameters) = split_parameters(data.tests.name(test));
    w.object(|w| {
        w.key("name").string(name);
        w.key("suite").string(data.tests.suite(test));
        w.key("class").string(data.tests.class(test));
        w.key("parameters").text(parameters);
        w.key("results").array(results, |w, &(session, id)| result(data, session, id, w));
    });
}

fn result(data: &Dataset, session: SessionId, result: ResultId, w: &mut Writer) {
    let row = result.index();
    let session = data.history.session(session);
    let says = |text| Some(text).filter(|text: &&str| !text.is_empty());
    w.object(|w| {
        w.key("dut").string(&data.history.dut(session.dut).name);
        w.key("session").string(&session.id);
        w.key("outcome").string(data.outcome(result).word());
        w.key("native").text(says(data.native(result)));
        w.key("duration_s").figure(Figure::number(Some(data.results.duration_s[row])));
        w.key("attempts").figure(Figure::Count(u64::from(data.attempts(result))));
        w.key("flaky").bool(data.is_flaky(result));
        w.key("message").text(says(data.message(result)));
    });
}

fn file(file: &FileRecord, w: &mut Writer) {
    w.object(|w| {
        w.key("path").string(&file.path);
        w.key("bytes").figure(Figure::Count(file.bytes));
        w.key("format").text(Some(file.format).filter(|format| !format.is_empty()));
        w.key("status").string(file.status.word());
        w.key("results").figure(Figure::Count(file.results.into()));
        w.key("notes").array(&file.notes, |w, note| {
            w.object(|w| {
                w.key("severity").string(note.severity.word());
                w.key("at").text(note.at.map(|at| format!("byte {at}")).as_deref());
                w.key("text").string(&note.text);
            });
        });
    });
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
    // Without these, tests that no DUT has now are meant, too.
    let is_of_now = filter.only != OutcomeFilter::All || filter.dut.is_some();
    let mut is_meant = vec![!is_of_now; data.tests.len()];
    if is_of_now {
        for test in crate::analyze::Grid::new(data, filter, crate::analyze::RowOrder::Name).rows {
            is_meant[test.index()] = true;
        }
    }
    let mut tests: Vec<(TestId, Vec<(SessionId, ResultId)>)> = data
        .tests
        .ids()
        .zip(by_test)
        .filter(|(_, results)| !results.is_empty())
        .filter(|(test, _)| is_meant[test.index()])
        .filter(|(test, _)| {
            matcher.matches(data.tests.scope_text(data.tests.scope_of(*test)), data.tests.name(*test))
        })
        .collect();
    tests.sort_by(|(a, _), (b, _)| by_name(data, *a, *b));
    tests
}
