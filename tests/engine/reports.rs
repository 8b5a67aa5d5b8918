//! Small reports in the shapes of public bug reports: the folder `reports` of the corpus.
//!
//! Each folder has `results/`, which is dropped, and `expected.json`: the sessions with DUT and
//! counts, and tests by name. Counts that are not named are not checked, `failing` is failed +
//! error, the list of sessions is complete, and an incomplete session is not all green.

use crate::Dropped;
use crate::dropped::tree;
use passgrid::analyze::ResultPage;
use passgrid::model::{Counts, Outcome, Session, SessionId, split_parameters};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// Returns the folder of the cases; `None` without the corpus.
fn root() -> Option<PathBuf> {
    std::env::var_os("PASSGRID_CORPUS").map(|root| PathBuf::from(root).join("reports"))
}

#[test]
fn every_case_is_as_expected() {
    let Some(root) = root() else {
        return;
    };
    let entries = std::fs::read_dir(&root).unwrap().map(|entry| entry.unwrap().path());
    let mut cases: Vec<PathBuf> = entries.filter(|path| path.join("expected.json").is_file()).collect();
    cases.sort();
    assert!(!cases.is_empty());
    let mut wrong = Vec::new();
    for case in &cases {
        let name = case.file_name().unwrap().to_str().unwrap();
        if let Err(faults) = check(case) {
            wrong.push(format!("{name}:\n  {}", faults.join("\n  ")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Drops the results of a case. Returns what is not as expected.
fn check(case: &Path) -> Result<(), Vec<String>> {
    let expected: Value =
        serde_json::from_slice(&std::fs::read(case.join("expected.json")).unwrap()).unwrap();
    let files = tree(&case.join("results"));
    let mut dropped = Dropped::new(files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice())));
    let mut faults = Vec::new();
    match &expected["sessions"] {
        Value::Array(sessions) => check_sessions(&mut dropped, sessions, &mut faults),
        _ => check_refused(&mut dropped, &mut faults),
    }
    if let Some(duts) = expected["duts"].as_u64() {
        let found = dropped.data().history.duts.len();
        if found as u64 != duts {
            faults.push(format!("{found} DUTs instead of {duts}"));
        }
    }
    if let Value::Object(tests) = &expected["tests"] {
        for (name, facts) in tests {
            faults.extend(check_test(&mut dropped, name, facts));
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}

/// Without expected sessions, each file is read with the right outcomes, or refused with a reason.
fn check_refused(dropped: &mut Dropped, faults: &mut Vec<String>) {
    for (_, file) in dropped.data().ledger() {
        if file.results == 0 && file.notes.is_empty() {
            faults.push(format!("{} is refused without a reason", file.path));
        }
    }
    let names = dropped.data().history.sessions.iter().filter(|session| is_green(session));
    let green: Vec<String> = names.map(|session| session.id.clone()).collect();
    if !green.is_empty() {
        faults.push(format!("every case here has a failure, but these sessions have none: {green:?}"));
    }
}

/// Finds a session of its own for each expected one.
fn check_sessions(dropped: &mut Dropped, expected: &[Value], faults: &mut Vec<String>) {
    let data = dropped.data();
    let sessions: Vec<&Session> = data.history.sessions.iter().collect();
    let mut free: Vec<usize> = (0..sessions.len()).collect();
    if sessions.len() != expected.len() {
        faults.push(format!("{} sessions instead of {}", sessions.len(), expected.len()));
    }
    // Those with more facts choose first.
    let mut expected: Vec<&Value> = expected.iter().collect();
    expected.sort_by_key(|session| std::cmp::Reverse(session.to_string().len()));
    for want in expected {
        match free.iter().position(|&at| is_session(sessions[at], want)) {
            Some(at) => drop(free.remove(at)),
            None => faults.push(format!("no session is {want}")),
        }
    }
    if !faults.is_empty() {
        let lines = (0..sessions.len()).map(|at| {
            let session = data.history.session(SessionId::from(at));
            let started = session.started.map_or("–".to_owned(), |start| start.iso());
            let (dut, counts) = (&session.identity.dut, crate::dropped::counts(&session.counts));
            let guess = if dut.evidence.doubtful { "?" } else { "" };
            format!("found {}{guess} {} {:?} {started}: {counts}", dut.value, session.id, session.build())
        });
        faults.extend(lines);
    }
}

fn is_green(session: &Session) -> bool {
    session.counts.failing() == 0 && session.incomplete.is_none() && !session.is_unreadable
}

fn is_session(session: &Session, want: &Value) -> bool {
    let counts = &session.counts;
    let started = session.started.map(|start| start.iso());
    want.as_object().unwrap().iter().all(|(key, value)| match key.as_str() {
        "dut" => session.identity.dut.value == text(value),
        "build" => session.build() == Some(text(value)),
        "guess" => Some(session.identity.dut.evidence.doubtful) == value.as_bool(),
        "counts" => {
            value.as_object().unwrap().iter().all(|(key, want)| u64::from(count(counts, key)) == number(want))
        }
        "failing" => u64::from(counts.failing()) == number(value),
        "failing_min" => u64::from(counts.failing()) >= number(value),
        "not_all_green" => value != &Value::Bool(true) || !is_green(session),
        "started" => started.as_deref() == value.as_str(),
        "started_prefix" => started.as_deref().is_some_and(|start| start.starts_with(text(value))),
        other => panic!("unknown fact `{other}` of a session"),
    })
}

fn count(counts: &Counts, key: &str) -> u32 {
    match key {
        "results" => counts.results(),
        "flaky" => counts.flaky,
        word => counts.of(Outcome::from_word(word).unwrap_or_else(|| panic!("unknown count `{word}`"))),
    }
}

/// Returns what is wrong with a test, unless one result of this name has all facts.
fn check_test(dropped: &mut Dropped, name: &str, facts: &Value) -> Option<String> {
    let mut selections = dropped.selections();
    selections.retain(|selection| {
        let (proper, _) = split_parameters(&selection.name);
        selection.name == name
            || proper == name
            || selection.name.strip_suffix(name).is_some_and(|before| before.ends_with([' ', '.', ':']))
    });
    let pages: Vec<ResultPage> =
        selections.into_iter().filter_map(|selection| dropped.page(selection)).collect();
    if pages.is_empty() {
        return Some(format!("no test is called {name}"));
    }
    let faults: Vec<String> = pages.iter().filter_map(|page| differs(page, facts)).collect();
    (faults.len() == pages.len()).then(|| format!("{name}: {}", faults.join("; ")))
}

/// Returns the first fact that a result lacks.
fn differs(page: &ResultPage, facts: &Value) -> Option<String> {
    let outcome = page.outcome.word();
    let texts = texts(page);
    facts.as_object().unwrap().iter().find_map(|(key, want)| {
        let (is_same, found) = match key.as_str() {
            "outcome" => {
                let words = want.as_array().map_or(std::slice::from_ref(want), Vec::as_slice);
                (words.iter().any(|word| text(word) == outcome), outcome.to_owned())
            }
            "attempts" => (number(want) == page.attempts.len() as u64, page.attempts.len().to_string()),
            "flaky" => (want.as_bool() == Some(page.is_flaky), page.is_flaky.to_string()),
            "duration" => (is_near(page.duration_s, want), format!("{:?}", page.duration_s)),
            "duration_or_null" => (
                page.duration_s.is_none() || is_near(page.duration_s, want),
                format!("{:?}", page.duration_s),
            ),
            "message_contains" => (texts.iter().any(|found| found.contains(text(want))), texts.join("|")),
            "message_not_contains" => {
                let last = page.attempts.last().map_or("", |attempt| &attempt.message);
                (!last.contains(text(want)), last.to_owned())
            }
            "message_equals" => (texts.iter().any(|found| found == text(want)), texts.join("|")),
            other => panic!("unknown fact `{other}` of a test"),
        };
        (!is_same).then(|| format!("{key} should be {want} and is {found}"))
    })
}

/// Returns the messages of a result as people see them.
fn texts(page: &ResultPage) -> Vec<String> {
    let of_attempts = page.attempts.iter().flat_map(|attempt| {
        let of_sections =
            attempt.details.sections.iter().flat_map(|section| [&section.message, &section.text]);
        std::iter::once(&attempt.message).chain(of_sections)
    });
    of_attempts.filter(|text| !text.is_empty()).cloned().collect()
}

fn is_near(found: Option<f64>, want: &Value) -> bool {
    // Durations are kept to the microsecond.
    found.is_some_and(|found| (found - want.as_f64().unwrap()).abs() <= 5e-7)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap()
}
