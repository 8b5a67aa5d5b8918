//! The SQLite database: made and read by SQLite itself, with the worker's own code, in Node.js.

use crate::Dropped;
use crate::demo::demo;
use crate::dropped::folder;
use crate::exports_for_others::junit;
use passgrid::engine::GetSecrets;
use passgrid::export::{Export, Redaction};
use passgrid::model::Dataset;
use passgrid::query::Filter;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::process::{Command, Stdio};

/// The answer to a query.
struct Answer {
    columns: Vec<String>,
    rows: Vec<Vec<Value>>,
}

/// Makes a database of a script, and asks it.
fn ask(script: &str, queries: &[&str]) -> Vec<Answer> {
    let mut node = Command::new("node")
        .arg(folder("tests/sqlite/query.mjs"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("Node.js is on PATH, as README.md says");
    let input = json!({"script": script, "queries": queries}).to_string();
    // It answers when it has read everything; if it stops before, its own error says more.
    let _ = node.stdin.take().unwrap().write_all(input.as_bytes());
    let node = node.wait_with_output().unwrap();
    let error = String::from_utf8_lossy(&node.stderr);
    assert!(node.status.success(), "`npm ci` installs SQLite: {error}");
    let answers: Vec<Value> = serde_json::from_slice(&node.stdout).unwrap();
    let answer = |answer: Value| Answer {
        columns: serde_json::from_value(answer["columns"].clone()).unwrap(),
        rows: serde_json::from_value(answer["rows"].clone()).unwrap(),
    };
    answers.into_iter().map(answer).collect()
}

fn rows(script: &str, query: &str) -> Vec<Vec<Value>> {
    ask(script, &[query]).pop().unwrap().rows
}

/// `(session row, test, outcome)` of each result.
fn results(data: &Dataset) -> Vec<(usize, String, &'static str)> {
    let sessions = (0..data.history.sessions.len()).map(passgrid::model::SessionId::from);
    let of = |session| {
        data.results_of(session).map(move |result| {
            (session.index(), data.tests.name(data.test_of(result)).to_owned(), data.outcome(result).word())
        })
    };
    sessions.flat_map(of).collect()
}

#[test]
fn the_database_has_each_result_once() {
    let mut dropped = demo();
    let script = dropped.export(Export::Sqlite);
    let answers = ask(
        &script,
        &[
            "SELECT session_id, name, outcome FROM results JOIN tests USING (test_id)",
            "PRAGMA integrity_check",
            "PRAGMA foreign_key_check",
            "PRAGMA user_version",
            "SELECT results, passed, failed, error, skipped, pass_rate, test_time_s FROM sessions ORDER BY session_id",
            "SELECT count(*) FROM sessions s WHERE results <> (SELECT count(*) FROM results WHERE session_id = s.session_id)
               OR failed + error <> (SELECT sum(is_failing) FROM results WHERE session_id = s.session_id)
               OR flaky <> (SELECT sum(is_flaky) FROM results WHERE session_id = s.session_id)",
            "SELECT started, started_unix_s, strftime('%s', started) FROM sessions WHERE started IS NOT NULL",
        ],
    );
    let data = dropped.data();
    let mut found: Vec<String> = answers[0].rows.iter().map(|row| json!(row).to_string()).collect();
    let mut expected: Vec<String> = results(data).iter().map(|row| json!(row).to_string()).collect();
    found.sort();
    expected.sort();
    assert!(expected.len() > 100);
    assert_eq!(found, expected);
    assert_eq!(answers[1].rows, [[json!("ok")]]);
    assert_eq!(answers[2].rows.len(), 0);
    assert_eq!(answers[3].rows, [[json!(1)]]);
    assert_eq!(answers[4].rows.len(), data.history.sessions.len());
    assert_eq!(answers[5].rows, [[json!(0)]]);
    assert!(!answers[6].rows.is_empty());
    for row in &answers[6].rows {
        assert_eq!(row[1].to_string(), row[2].as_str().unwrap(), "{row:?}");
    }
}

#[test]
fn lists_follow_the_filter_and_totals_do_not() {
    let mut dropped = demo();
    let name = results(dropped.data())[0].1.clone();
    let filter = Filter { text: name.clone(), ..Filter::default() };
    let (all, some) =
        (dropped.export(Export::Sqlite), dropped.export_filtered(Export::Sqlite, filter.clone()));
    let totals = "SELECT * FROM sessions";
    assert_eq!(rows(&all, totals), rows(&some, totals));
    let count = |script: &str| rows(script, "SELECT count(*) FROM results")[0][0].as_u64().unwrap();
    let names = rows(&some, "SELECT DISTINCT name FROM tests");
    assert!(count(&some) > 0 && count(&some) < count(&all));
    assert!(names.iter().all(|row| row[0].as_str().unwrap().contains(&name)), "{names:?}");
    let said = "SELECT value FROM about WHERE name = 'filter'";
    assert_eq!(rows(&some, said), [[json!(filter.words().unwrap())]]);
    assert!(rows(&all, said).is_empty());
}

#[test]
fn texts_arrive_as_they_are_and_secrets_do_not() {
    let token = format!("ghp_{}", "a1B2".repeat(9));
    let hostile = "'); DROP TABLE results; -- \u{1F600} \\ ? \"";
    let escaped = hostile.replace('"', "&quot;").replace('\'', "&apos;");
    let cases = format!(
        "<testcase name='{escaped}'><failure message='INSERT INTO {token}'/></testcase><testcase name='b' time='0.25'/>"
    );
    let file = junit("board", "<property name='key' value='v'/>", &cases);
    let mut dropped = Dropped::new([("a.xml", file.as_bytes())]);
    let script = dropped.export(Export::Sqlite);
    let query = "SELECT name, message, duration_s FROM result_rows ORDER BY result_rows.name";
    let message = format!("INSERT INTO {token}");
    assert_eq!(
        rows(&script, query),
        [[json!(hostile), json!(message), Value::Null], [json!("b"), json!(""), json!(0.25)]]
    );
    let (filter, pattern) = Default::default();
    let ask = GetSecrets { kind: Export::Sqlite, filter, pattern, has_files: false };
    let found = dropped.engine.ask(ask).unwrap().findings;
    assert_eq!(found.len(), 1);
    let redaction = Redaction { ids: vec![found[0].id], ..Redaction::default() };
    let redacted = dropped.export_redacted(Export::Sqlite, redaction);
    assert!(!redacted.contains(&token));
    assert_eq!(rows(&redacted, query)[0][1], json!("INSERT INTO [redacted GitHub token 1]"));
    assert_eq!(rows(&redacted, "SELECT value FROM about WHERE name = 'redacted'"), [[json!("1")]]);
}

/// The panels of the dashboard by their titles, with their queries for all times.
fn panels() -> Vec<(String, String)> {
    let text = std::fs::read_to_string(folder("publish/grafana/dashboards/passgrid.json")).unwrap();
    let dashboard: Value = serde_json::from_str(&text).unwrap();
    let panel = |panel: &Value| {
        let [target] = &panel["targets"].as_array().unwrap()[..] else { panic!("{panel}") };
        assert_eq!(target["queryText"], target["rawQueryText"]);
        for source in [&target["datasource"], &panel["datasource"]] {
            assert_eq!(source, &json!({"type": "frser-sqlite-datasource", "uid": "passgrid"}));
        }
        let query = target["queryText"].as_str().unwrap();
        let query =
            query.replace("${__from:date:seconds}", "0").replace("${__to:date:seconds}", "9999999999");
        assert!(!query.contains('$'), "{query}");
        (panel["title"].as_str().unwrap().to_owned(), query)
    };
    dashboard["panels"].as_array().unwrap().iter().map(panel).collect()
}

#[test]
fn the_dashboard_shows_what_passgrid_counts() {
    let mut dropped = demo();
    let script = dropped.export(Export::Sqlite);
    let panels = panels();
    let queries: Vec<&str> = panels.iter().map(|(_, query)| query.as_str()).collect();
    let answers: BTreeMap<&str, Answer> =
        panels.iter().map(|(title, _)| title.as_str()).zip(ask(&script, &queries)).collect();
    let data = dropped.data();
    let sessions = || data.history.sessions.iter().filter(|session| !session.is_unreadable);

    let rates = &answers["Pass rate over time per DUT"];
    assert_eq!(rates.columns, ["time", "metric", "value"]);
    let started =
        sessions().filter(|session| session.started.is_some() && session.counts.pass_rate().is_some());
    let mut expected: Vec<(i64, &str, f64)> = started
        .map(|session| {
            let dut = data.history.dut(session.dut).name.as_str();
            (session.started.unwrap().unix_ms / 1000, dut, session.counts.pass_rate().unwrap())
        })
        .collect();
    expected.sort_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)));
    assert!(!expected.is_empty());
    assert_eq!(rates.rows.len(), expected.len());
    for (row, (time, dut, rate)) in rates.rows.iter().zip(expected) {
        assert_eq!(row[..2], [json!(time), json!(dut)]);
        assert!((row[2].as_f64().unwrap() - rate).abs() < 1e-6);
    }

    let builds = &answers["Failures per build"];
    assert_eq!(builds.columns, ["build", "failed", "error"]);
    let mut failing: BTreeMap<&str, u64> = BTreeMap::new();
    for session in sessions() {
        let counts = &session.counts;
        let of_both =
            counts.of(passgrid::model::Outcome::Failed) + counts.of(passgrid::model::Outcome::Error);
        *failing.entry(session.build().unwrap_or("no build")).or_default() += u64::from(of_both);
    }
    let found = builds
        .rows
        .iter()
        .map(|row| (row[0].as_str().unwrap(), row[1].as_u64().unwrap() + row[2].as_u64().unwrap()));
    assert_eq!(found.collect::<BTreeMap<_, _>>(), failing);

    let latest = &answers["Latest session of each DUT"];
    assert_eq!(latest.columns[..4], ["dut", "build", "session", "time"]);
    let duts: BTreeSet<&str> =
        sessions().map(|session| data.history.dut(session.dut).name.as_str()).collect();
    assert_eq!(latest.rows.len(), duts.len());
    assert_eq!(latest.rows.iter().map(|row| row[0].as_str().unwrap()).collect::<BTreeSet<_>>(), duts);

    let slowest = &answers["Slowest tests"];
    assert_eq!(slowest.columns, ["suite", "class", "name", "runs", "mean_s", "longest_s"]);
    let mut times: BTreeMap<(String, String, String), Vec<f64>> = BTreeMap::new();
    let ids = (0..data.history.sessions.len()).map(passgrid::model::SessionId::from);
    for result in ids.flat_map(|session| data.results_of(session)) {
        let (test, seconds) = (data.test_of(result), data.results.duration_s[result.index()]);
        let name = [data.tests.suite(test), data.tests.class(test), data.tests.name(test)].map(str::to_owned);
        if seconds.is_finite() {
            times.entry(name.into()).or_default().push(seconds);
        }
    }
    let mut means: Vec<f64> =
        times.values().map(|times| times.iter().sum::<f64>() / times.len() as f64).collect();
    means.sort_by(|a, b| b.total_cmp(a));
    assert_eq!(slowest.rows.len(), means.len().min(20));
    for (row, mean) in slowest.rows.iter().zip(means) {
        assert!((row[4].as_f64().unwrap() - mean).abs() < 1e-6, "{row:?} {mean}");
    }

    let flaky = &answers["Flaky tests"];
    assert_eq!(flaky.columns, ["suite", "class", "name", "flaky_results", "builds_that_disagree", "duts"]);
    let flags: u64 = flaky.rows.iter().map(|row| row[3].as_u64().unwrap()).sum();
    let expected: u32 = sessions().map(|session| session.counts.flaky).sum();
    assert!(expected > 0);
    assert_eq!(flags, u64::from(expected));
}

/// Grafana's files name the same data source, dashboards and database.
#[test]
fn provisioning_and_compose_agree() {
    let read = |path: &str| std::fs::read_to_string(folder(path)).unwrap();
    let source = read("publish/grafana/provisioning/datasources/passgrid.yaml");
    let dashboards = read("publish/grafana/provisioning/dashboards/passgrid.yaml");
    let compose = read("compose.yaml");
    for line in
        ["uid: passgrid", "type: frser-sqlite-datasource", "path: /var/lib/passgrid/data/passgrid.sqlite"]
    {
        assert!(source.contains(line), "{line}");
    }
    assert!(dashboards.contains("type: file") && dashboards.contains("path: /var/lib/passgrid/dashboards"));
    for line in [
        "GF_INSTALL_PLUGINS: frser-sqlite-datasource",
        "./publish/grafana/provisioning:/etc/grafana/provisioning:ro",
        "./publish/grafana/dashboards:/var/lib/passgrid/dashboards:ro",
        "./data:/var/lib/passgrid/data:ro",
    ] {
        assert!(compose.contains(line), "{line}");
    }
}

/// The schema of CTRF; see `tests/schemas/README.md`.
#[test]
fn ctrf_follows_its_schema() {
    let text = std::fs::read_to_string(folder("tests/schemas/ctrf-0.0.json")).unwrap();
    let schema = serde_json::from_str(&text).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let report = serde_json::from_str(&demo().export(Export::CtrfJson)).unwrap();
    let errors: Vec<String> = validator.iter_errors(&report).map(|error| error.to_string()).collect();
    assert_eq!(errors.first(), None);
    let mut other: Value = report;
    other["results"]["tests"][0]["status"] = json!("fine");
    assert!(!validator.is_valid(&other));
}
