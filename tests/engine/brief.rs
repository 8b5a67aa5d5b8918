//! The example of the first request gives exactly the specified summary.

use crate::Dropped;
use crate::dropped::folder;
use crate::exports::summary;
use serde_json::{Value, json};

fn example() -> Dropped {
    let bytes = std::fs::read(folder("fixtures/brief/sessions.json")).unwrap();
    Dropped::new([("results.json", bytes.as_slice())])
}

#[test]
fn totals_of_the_example() {
    let totals = &summary(&mut example())["totals"];
    assert_eq!(
        *totals,
        json!({
            "duts": 2, "sessions": 2, "tests": 3, "results": 5, "executed": 4,
            "passed": 3, "failed": 1, "error": 0, "skipped": 1, "xfailed": 0, "xpassed": 0,
            "not_run": 0, "unknown": 0, "flaky": 0, "pass_rate": 0.75, "duration_s": 7.7
        })
    );
}

/// Key for key, in this order: people read the file, and scripts are written
/// against it.
#[test]
fn keys_of_the_example() {
    let text = example().export(passgrid::export::Export::SummaryJson);
    let keys_in_order = |object: &str| -> Vec<String> {
        // A `Value` sorts its keys; the text has the order that is written.
        let mut keys: Vec<(usize, String)> = serde_json::from_str::<Value>(object)
            .unwrap()
            .as_object()
            .unwrap()
            .keys()
            .map(|key| {
                // Keys of the document begin a line; objects inside it have some of the same keys.
                let at = object.find(&format!("\n\"{key}\":"));
                (at.or_else(|| object.find(&format!("\"{key}\":"))).unwrap(), key.clone())
            })
            .collect();
        keys.sort();
        keys.into_iter().map(|(_, key)| key).collect()
    };
    let counts = [
        "results",
        "executed",
        "passed",
        "failed",
        "error",
        "skipped",
        "xfailed",
        "xpassed",
        "not_run",
        "unknown",
        "flaky",
        "pass_rate",
        "duration_s",
    ];
    let root =
        ["schema", "generated", "scope", "totals", "now", "metrics", "duts", "sessions", "tests", "files"];
    assert_eq!(keys_in_order(&text), root);

    let summary: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(summary["schema"], "passgrid/summary/1");
    assert_eq!(summary["generated"], "2026-11-21T10:00:00Z");
    assert_eq!(summary["scope"], "all");
    let check = |object: &Value, expected: &[&str]| {
        let mut expected: Vec<&str> = expected.to_vec();
        expected.sort_unstable();
        let mut keys: Vec<&str> = object.as_object().unwrap().keys().map(String::as_str).collect();
        keys.sort_unstable();
        assert_eq!(keys, expected);
    };
    for totals in ["totals", "now"] {
        check(&summary[totals], &[&["duts", "sessions", "tests"], &counts[..]].concat());
    }
    let dut = &summary["duts"][0];
    check(dut, &["name", "unit", "attributes", "sessions", "latest_session", "counts", "now"]);
    check(&dut["now"], &counts);
    check(&dut["counts"], &counts);
    let session = &summary["sessions"][0];
    check(
        session,
        &[
            "id",
            "dut",
            "build",
            "label",
            "started",
            "duration_s",
            "format",
            "files",
            "properties",
            "incomplete",
            "counts",
        ],
    );
    check(&session["counts"], &counts);
    let test = &summary["tests"][0];
    check(test, &["name", "suite", "class", "parameters", "results"]);
    check(
        &test["results"][0],
        &["dut", "session", "outcome", "native", "duration_s", "attempts", "flaky", "message"],
    );
    check(&summary["files"][0], &["path", "bytes", "format", "status", "results", "notes"]);
}

#[test]
fn values_of_the_example() {
    let summary = summary(&mut example());
    let dut = &summary["duts"][0];
    assert_eq!([&dut["name"], &dut["latest_session"]], ["DUT_A", "session_001"]);
    assert_eq!((&dut["unit"], &dut["attributes"], &dut["sessions"]), (&Value::Null, &json!({}), &json!(1)));
    let session = &summary["sessions"][0];
    assert_eq!([&session["id"], &session["dut"], &session["format"]], ["session_001", "DUT_A", "dut-json"]);
    assert_eq!(session["files"], json!(["results.json"]));
    for key in ["build", "label", "started"] {
        assert_eq!(session[key], Value::Null);
    }
    assert_eq!(session["counts"]["duration_s"], 4.5);
    let login =
        summary["tests"].as_array().unwrap().iter().find(|test| test["name"] == "test_login").unwrap();
    assert_eq!(
        *login,
        json!({
            "name": "test_login", "suite": "", "class": "", "parameters": null,
            "results": [
                { "dut": "DUT_A", "session": "session_001", "outcome": "passed", "native": "passed",
                  "duration_s": 1.2, "attempts": 1, "flaky": false, "message": null },
                { "dut": "DUT_B", "session": "session_002", "outcome": "passed", "native": "passed",
                  "duration_s": 1, "attempts": 1, "flaky": false, "message": null }
            ]
        })
    );
    let file = &summary["files"][0];
    assert_eq!([&file["path"], &file["format"], &file["status"]], ["results.json", "dut-json", "read"]);
    assert_eq!((&file["results"], &file["notes"]), (&json!(5), &json!([])));
}
