//! Downloads: the summary matches its schema and can be read back, and the tables agree with it.

use crate::Dropped;
use csv::StringRecord;
use passgrid::analyze::TestRow;
use passgrid::engine::{GetLedger, GetOverview, GetSessions, GetTests};
use passgrid::export::{Export, SCHEMA};
use passgrid::model::{Counts, Outcome};
use passgrid::query::{FileFilter, Filter};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

static VALIDATOR: LazyLock<jsonschema::Validator> = LazyLock::new(|| {
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    jsonschema::validator_for(&schema).unwrap()
});

/// The summary of all that was dropped.
pub fn summary(dropped: &mut Dropped) -> Value {
    serde_json::from_str(&dropped.export(Export::SummaryJson)).unwrap()
}

/// Checks the summary against its schema.
pub fn check_schema(dropped: &mut Dropped) {
    let summary = summary(dropped);
    let errors: Vec<String> =
        VALIDATOR.iter_errors(&summary).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{}", errors.join("\n"));
}

/// Export → import → export gives the same summary.
pub fn check_round_trip(dropped: &mut Dropped) {
    let text = dropped.export(Export::SummaryJson);
    let mut again = Dropped::new([("summary.json", text.as_bytes())]);
    let [first, second] = [dropped, &mut again].map(|dropped| {
        let mut summary = summary(dropped);
        for own in ["generated", "files"] {
            summary.as_object_mut().unwrap().remove(own);
        }
        summary
    });
    if let Some(difference) = difference("", &first, &second) {
        panic!("after the round trip: {difference}");
    }
}

/// Returns the first difference of two documents.
fn difference(path: &str, a: &Value, b: &Value) -> Option<String> {
    match (a, b) {
        (Value::Object(a), Value::Object(b)) if a.keys().eq(b.keys()) => {
            a.keys().find_map(|key| difference(&format!("{path}/{key}"), &a[key], &b[key]))
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            a.iter().zip(b).enumerate().find_map(|(at, (a, b))| difference(&format!("{path}/{at}"), a, b))
        }
        _ => (a != b).then(|| format!("{path} was {a} and is {b}")),
    }
}

/// The rows of a table, by column.
fn table(text: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().unwrap().clone();
    let rows: Result<Vec<StringRecord>, csv::Error> = reader.records().collect();
    let named = |row: StringRecord| {
        header.iter().zip(row.iter()).map(|(k, v)| (k.to_owned(), v.to_owned())).collect()
    };
    rows.unwrap().into_iter().map(named).collect()
}

/// Returns the cell for a value of the summary: empty for null, and guarded against spreadsheets
/// that run formulas.
fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text)
            if text.starts_with(['=', '+', '-', '@', '\t', '\r']) && text.parse::<f64>().is_err() =>
        {
            format!("'{text}")
        }
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Compares the three tables with the summary.
pub fn check_csv(dropped: &mut Dropped) {
    let summary = summary(dropped);
    check_summary_table(&summary, &table(&dropped.export(Export::SummaryCsv)));
    check_results_table(&summary, &table(&dropped.export(Export::ResultsCsv)));
    check_grid_table(&summary, &dropped.export(Export::GridCsv));
}

/// Compares the summary with what the page shows: overview, sessions and their pages.
pub fn check_page(dropped: &mut Dropped) {
    let summary = summary(dropped);
    let sessions = summary["sessions"].as_array().unwrap();
    let ids: BTreeSet<&str> = sessions.iter().map(|session| session["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), sessions.len(), "ids are unique");
    let overview = dropped.engine.ask(GetOverview);
    check_counts(&summary["totals"], &overview.all);
    check_counts(&summary["now"], &overview.now);
    assert_eq!(summary["totals"]["sessions"], overview.sessions);
    assert_eq!(summary["totals"]["tests"], overview.tests_all);
    assert_eq!(summary["now"]["tests"], overview.tests_now);
    let duts = summary["duts"].as_array().unwrap();
    for line in overview.duts.iter().filter(|line| !line.is_unreadable) {
        let dut = duts.iter().find(|dut| dut["name"] == *line.name).unwrap();
        check_counts(&dut["now"], &line.counts);
        let latest = sessions.iter().find(|session| session["id"] == dut["latest_session"]).unwrap();
        assert_eq!(latest["incomplete"].as_str(), line.incomplete.as_deref());
    }
    let query = GetSessions { filter: Filter::default(), sort: None, from: 0, count: u32::MAX };
    let shown = dropped.engine.ask(query).rows;
    let of_dut = |dut: &str| -> Vec<&Value> { sessions.iter().filter(|s| s["dut"] == *dut).collect() };
    for row in shown.iter().filter(|row| !row.is_unreadable) {
        let own = [row.id.clone(), format!("{}/{}", row.dut, row.id)];
        let is_it = |session: &&Value| own.iter().any(|id| session["id"] == **id);
        let session = of_dut(&row.dut).into_iter().find(is_it).unwrap();
        check_counts(&session["counts"], &row.counts);
        assert_eq!(session["incomplete"].as_str(), row.incomplete.as_deref());
        assert_eq!(session["duration_s"].as_f64(), row.duration_s);
        assert_eq!(session["started"].as_str(), row.started.as_deref());
        assert_eq!(session["build"].as_str(), row.build.as_deref());
    }
    assert_eq!(shown.iter().filter(|row| !row.is_unreadable).count(), sessions.len());
    check_tests(&summary, dropped);
    check_ledger(&summary, dropped);
}

/// Compares the results in the latest sessions with the list of tests.
fn check_tests(summary: &Value, dropped: &mut Dropped) {
    let duts = summary["duts"].as_array().unwrap().iter();
    let latest: Vec<(&Value, &Value)> = duts.map(|dut| (&dut["name"], &dut["latest_session"])).collect();
    let mut exported: Vec<(String, Vec<u32>)> = Vec::new();
    for test in summary["tests"].as_array().unwrap() {
        let results = test["results"].as_array().unwrap().iter();
        let now: Vec<&Value> =
            results.filter(|result| latest.contains(&(&result["dut"], &result["session"]))).collect();
        let count = |outcome: &Outcome| now.iter().filter(|r| r["outcome"] == outcome.word()).count() as u32;
        let text = |key: &str| test[key].as_str().unwrap_or("");
        let parameters = test["parameters"].as_str().map_or(String::new(), |text| format!("[{text}]"));
        let name = format!("{}|{}|{}{parameters}", text("suite"), text("class"), text("name"));
        if !now.is_empty() {
            exported.push((name, Outcome::ALL.iter().map(count).collect()));
        }
    }
    let query = GetTests { filter: Filter::default(), sort: None, from: 0, count: u32::MAX };
    let rows = dropped.engine.ask(query).rows;
    let of_row = |row: &TestRow| {
        let name = format!("{}|{}|{}", row.suite, row.class, row.name);
        (name, Outcome::ALL.iter().map(|&outcome| row.counts.of(outcome)).collect())
    };
    let mut shown: Vec<(String, Vec<u32>)> = rows.iter().map(of_row).collect();
    shown.sort();
    exported.sort();
    assert_eq!(shown, exported);
}

/// Compares the files of the summary with the ledger.
fn check_ledger(summary: &Value, dropped: &mut Dropped) {
    let query = GetLedger { filter: FileFilter::default(), from: 0, count: u32::MAX };
    let ledger = dropped.engine.ask(query).files;
    let line = |path: &str, results: u64, status: &str, notes: Vec<&str>| {
        format!("{path}: {status}, {results} results, {notes:?}")
    };
    let mut shown: Vec<String> = ledger
        .iter()
        .map(|file| {
            let notes = file.notes.iter().map(|note| note.text.as_str()).collect();
            line(&file.path, file.results.into(), file.status.word(), notes)
        })
        .collect();
    let of_file = |file: &Value| {
        let notes = file["notes"].as_array().unwrap().iter();
        let notes = notes.map(|note| note["text"].as_str().unwrap()).collect();
        let text = |key: &str| file[key].as_str().unwrap();
        line(text("path"), file["results"].as_u64().unwrap(), text("status"), notes)
    };
    let mut exported: Vec<String> = summary["files"].as_array().unwrap().iter().map(of_file).collect();
    shown.sort();
    exported.sort();
    assert_eq!(shown, exported);
}

/// Compares figures of the summary with counts of the page.
#[track_caller]
fn check_counts(figures: &Value, counts: &Counts) {
    assert_eq!(figures["results"], counts.results());
    assert_eq!(figures["executed"], counts.executed());
    assert_eq!(figures["flaky"], counts.flaky);
    for outcome in Outcome::ALL {
        assert_eq!(figures[outcome.word().replace(' ', "_")], counts.of(outcome), "{outcome:?}");
    }
    let is_near = |key: &str, shown: Option<f64>| match (figures[key].as_f64(), shown) {
        (Some(figure), Some(shown)) => (figure - shown).abs() <= 1e-6 * shown.abs().max(1.0),
        (figure, shown) => figure == shown,
    };
    assert!(
        is_near("pass_rate", counts.pass_rate()) && is_near("duration_s", counts.duration_s),
        "{figures}"
    );
}

/// Compares a cell with a value; numbers may be spelled differently.
#[track_caller]
fn check_cell(row: &BTreeMap<String, String>, key: &str, value: &Value) {
    let found = &row[key];
    let is_same = match value.as_f64() {
        Some(number) => found.parse() == Ok(number),
        None => *found == cell(value),
    };
    assert!(is_same, "`{key}` should be {value} in {row:?}");
}

fn check_figures(expected: &Value, row: &BTreeMap<String, String>) {
    for (key, value) in expected.as_object().unwrap() {
        if row.contains_key(key) {
            check_cell(row, key, value);
        }
    }
    check_cell(row, "results", &expected["results"]);
}

fn check_summary_table(summary: &Value, table: &[BTreeMap<String, String>]) {
    let sessions = summary["sessions"].as_array().unwrap();
    let duts = summary["duts"].as_array().unwrap();
    let kinds: Vec<&str> = table.iter().map(|row| row["row"].as_str()).collect();
    let of_duts = [vec!["dut"; duts.len()], vec!["dut_now"; duts.len()]].concat();
    let expected = [vec!["session"; sessions.len()], of_duts, vec!["total", "now"]].concat();
    assert_eq!(kinds, expected);
    for (session, row) in sessions.iter().zip(table) {
        for (key, column) in [("dut", "dut"), ("build", "build"), ("id", "session"), ("started", "started")] {
            check_cell(row, column, &session[key]);
        }
        check_cell(row, "incomplete", &session["incomplete"]);
        check_figures(&session["counts"], row);
    }
    for (dut, row) in duts.iter().zip(&table[sessions.len()..]) {
        check_cell(row, "dut", &dut["name"]);
        check_cell(row, "unit", &dut["unit"]);
        check_cell(row, "sessions", &dut["sessions"]);
        check_figures(&dut["counts"], row);
    }
    for (dut, row) in duts.iter().zip(&table[sessions.len() + duts.len()..]) {
        check_cell(row, "dut", &dut["name"]);
        check_cell(row, "session", &dut["latest_session"]);
        check_figures(&dut["now"], row);
    }
    for (key, row) in ["totals", "now"].into_iter().zip(&table[table.len() - 2..]) {
        let mut totals = summary[key].clone();
        totals.as_object_mut().unwrap().remove("duts");
        check_figures(&totals, row);
    }
}

fn check_results_table(summary: &Value, table: &[BTreeMap<String, String>]) {
    let mut rows = table.iter();
    for test in summary["tests"].as_array().unwrap() {
        for result in test["results"].as_array().unwrap() {
            let row = rows.next().unwrap();
            for key in ["suite", "class", "parameters"] {
                check_cell(row, key, &test[key]);
            }
            // Otherwise a table could not tell empty parameters from none.
            let name = match test["parameters"].as_str() {
                Some("") => format!("{}[]", test["name"].as_str().unwrap()).into(),
                _ => test["name"].clone(),
            };
            check_cell(row, "name", &name);
            for key in ["dut", "session", "outcome", "native", "duration_s", "attempts", "flaky", "message"] {
                check_cell(row, key, &result[key]);
            }
        }
    }
    assert_eq!(rows.next(), None);
}

fn check_grid_table(summary: &Value, text: &str) {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().unwrap().clone();
    let latest: Vec<(&Value, &Value)> = summary["duts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|dut| (&dut["name"], &dut["latest_session"]))
        .collect();
    let mut rows: BTreeMap<Vec<String>, StringRecord> = BTreeMap::new();
    for row in reader.records() {
        let row = row.unwrap();
        rows.insert(row.iter().take(4).map(str::to_owned).collect(), row);
    }
    for test in summary["tests"].as_array().unwrap() {
        let key: Vec<String> =
            ["suite", "class", "name", "parameters"].iter().map(|key| cell(&test[key])).collect();
        let mut is_now = false;
        for (name, session) in &latest {
            let results = test["results"].as_array().unwrap();
            let result =
                results.iter().find(|result| result["dut"] == **name && result["session"] == **session);
            let Some(result) = result else {
                continue;
            };
            is_now = true;
            let column = header.iter().skip(4).position(|dut| dut == cell(name)).unwrap() + 4;
            assert_eq!(rows[&key][column], cell(&result["outcome"]));
        }
        assert_eq!(rows.contains_key(&key), is_now, "{key:?}");
    }
}

/// Very large numbers keep their magnitude.
#[test]
fn large_numbers_have_an_exponent() {
    let metrics = br#"{"boot/size": [2e300, 2e300]}"#;
    let mut dropped = Dropped::new([("nightly/metrics.json", &metrics[..])]);
    let [row] = &table(&dropped.export(Export::ResultsCsv))[..] else { panic!("one metric is one result") };
    assert_eq!((row["name"].as_str(), row["message"].as_str()), ("size", "size 2e300 ± 0 %"));
}

/// What a download says of each session and result, where it can be loaded again.
#[derive(Debug, Default, PartialEq)]
struct Content {
    sessions: Vec<String>,
    results: Vec<String>,
}

/// What a format of downloads leaves out of [`Content`].
struct Omits {
    kind: Export,
    file: &'static str,
    /// Sessions without results, labels, lengths of sessions, reasons and attributes.
    about_sessions: bool,
    /// The native word, the number of attempts and whether they disagree.
    about_results: bool,
}

const READ_BACK: [Omits; 4] = [
    Omits { kind: Export::SummaryJson, file: "x.json", about_sessions: false, about_results: false },
    Omits { kind: Export::CtrfJson, file: "x.json", about_sessions: false, about_results: false },
    Omits { kind: Export::JunitXml, file: "x.xml", about_sessions: false, about_results: true },
    Omits { kind: Export::ResultsCsv, file: "x.csv", about_sessions: true, about_results: false },
];

impl Content {
    fn of(dropped: &mut Dropped, omits: &Omits) -> Content {
        let summary = summary(dropped);
        let list = |key: &str| summary[key].as_array().cloned().unwrap_or_default();
        let dut = |name: &Value| list("duts").into_iter().find(|dut| dut["name"] == *name).unwrap();
        let mut content = Content::default();
        for session in list("sessions") {
            let dut = dut(&session["dut"]);
            let mut line = format!(
                "{} {} {} {} {}",
                session["dut"], session["id"], dut["unit"], session["build"], session["started"]
            );
            if !omits.about_sessions {
                for value in
                    [&session["label"], &session["duration_s"], &session["incomplete"], &dut["attributes"]]
                {
                    line += &format!(" {value}");
                }
            } else if session["counts"]["results"] == 0 {
                continue;
            }
            content.sessions.push(line);
        }
        for test in list("tests") {
            let text = |key: &str| test[key].as_str().unwrap_or("").to_owned();
            let scope = format!("{}.{}", text("suite"), text("class"));
            let name = format!("{}::{}{}", scope.trim_matches('.'), text("name"), test["parameters"]);
            for result in test["results"].as_array().unwrap() {
                let mut line = name.clone();
                for key in ["dut", "session", "outcome", "duration_s", "message"] {
                    line += &format!(" {}", result[key]);
                }
                if !omits.about_results {
                    line += &format!(" {} {} {}", result["native"], result["attempts"], result["flaky"]);
                }
                content.results.push(line);
            }
        }
        if omits.kind == Export::JunitXml {
            for line in content.sessions.iter_mut().chain(&mut content.results) {
                *line = as_xml_holds(line);
            }
        }
        content.sessions.sort();
        content.results.sort();
        content
    }
}

/// Replaces the characters that XML 1.0 cannot hold, as they are and as JSON spells them.
fn as_xml_holds(line: &str) -> String {
    let mut line: String = line
        .chars()
        .map(|c| if c < ' ' || matches!(c, '\u{FFFE}' | '\u{FFFF}') { '\u{FFFD}' } else { c })
        .collect();
    for code in (0..0x20).filter(|code| ![0x9, 0xA, 0xD].contains(code)) {
        line = line.replace(&format!("\\u{code:04x}"), "\u{FFFD}");
    }
    line.replace("\\b", "\u{FFFD}").replace("\\f", "\u{FFFD}")
}

/// Each download that can be loaded again gives the same sessions, DUTs, builds, outcomes, durations and messages.
pub fn check_read_back(dropped: &mut Dropped) {
    for omits in &READ_BACK {
        let before = Content::of(dropped, omits);
        let text = dropped.export(omits.kind);
        let mut again = Dropped::new([(omits.file, text.as_bytes())]);
        let after = Content::of(&mut again, omits);
        for (before, after) in [(&before.sessions, &after.sessions), (&before.results, &after.results)] {
            // Both are sorted.
            let first = before.iter().zip(after).position(|(before, after)| before != after);
            let first = first.unwrap_or(before.len().min(after.len()));
            assert!(
                before == after,
                "{:?} was\n  {:?}\nand is\n  {:?}\n{} and {} lines",
                omits.kind,
                before.get(first),
                after.get(first),
                before.len(),
                after.len()
            );
        }
    }
}
