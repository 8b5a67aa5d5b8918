//! Downloads: the summary matches its schema and can be read back, and the tables agree with it.

use crate::Dropped;
use csv::StringRecord;
use passgrid::export::{Export, SCHEMA};
use serde_json::Value;
use std::collections::BTreeMap;
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
    let expected = [vec!["session"; sessions.len()], vec!["dut"; duts.len()], vec!["total"]].concat();
    assert_eq!(kinds, expected);
    for (session, row) in sessions.iter().zip(table) {
        for (key, column) in [("dut", "dut"), ("build", "build"), ("id", "session"), ("started", "started")] {
            check_cell(row, column, &session[key]);
        }
        check_figures(&session["counts"], row);
    }
    for (dut, row) in duts.iter().zip(&table[sessions.len()..]) {
        check_cell(row, "dut", &dut["name"]);
        check_cell(row, "unit", &dut["unit"]);
        check_cell(row, "sessions", &dut["sessions"]);
        check_figures(&dut["counts"], row);
    }
    let mut totals = summary["totals"].clone();
    totals.as_object_mut().unwrap().remove("duts");
    check_figures(&totals, table.last().unwrap());
}

fn check_results_table(summary: &Value, table: &[BTreeMap<String, String>]) {
    let mut rows = table.iter();
    for test in summary["tests"].as_array().unwrap() {
        for result in test["results"].as_array().unwrap() {
            let row = rows.next().unwrap();
            for key in ["name", "suite", "class", "parameters"] {
                check_cell(row, key, &test[key]);
            }
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
