//! Steps that many tests take.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};
use passgrid_browser_tests::{Scenario, root, tally::Tally};
use serde_json::Value;

/// A file or folder of the checkout's fixtures.
pub fn fixture(path: &str) -> PathBuf {
    root().join("fixtures").join(path)
}

/// Takes a download from the menu, as text.
pub async fn download(t: &Scenario, name: &str) -> Result<String> {
    t.page.find("button", "Download").await?.click().await?;
    t.page.find("menuitem", name).await?.click().await?;
    let (file, content) = t.page.download().await?;
    let ending = if name.contains("JSON") { ".json" } else { ".csv" };
    ensure!(file.ends_with(ending), "{name} was saved as {file}");
    String::from_utf8(content).with_context(|| format!("{file} is no UTF-8"))
}

/// Takes the summary, which must be as its schema says.
pub async fn summary(t: &Scenario) -> Result<Value> {
    let text = download(t, "Summary (JSON)").await?;
    let summary: Value = serde_json::from_str(&text)?;
    let schema: Value =
        serde_json::from_str(&fs::read_to_string(root().join("src/export/summary.schema.json"))?)?;
    let validator = jsonschema::validator_for(&schema)?;
    let errors: Vec<String> = validator.iter_errors(&summary).map(|error| error.to_string()).collect();
    ensure!(errors.is_empty(), "the summary is not as its schema says: {errors:#?}");
    Ok(summary)
}

/// A list of a JSON document.
pub fn list<'a>(document: &'a Value, key: &str) -> Result<&'a Vec<Value>> {
    document[key].as_array().with_context(|| format!("no list `{key}`"))
}

/// A text of a JSON document; "" for null.
pub fn text<'a>(document: &'a Value, key: &str) -> &'a str {
    document[key].as_str().unwrap_or_default()
}

/// Opens a view through the navigation. Some are beside another one.
pub async fn go_to(t: &Scenario, view: &str) -> Result<()> {
    let beside = match view {
        "Flaky" | "Known issues" => Some("Failures"),
        "Metrics" => Some("Timing"),
        _ => None,
    };
    if let Some(beside) = beside {
        t.page.find("link", beside).await?.click().await?;
    }
    t.page.find("link", view).await?.click().await?;
    t.page.find("main", view).await.map(drop)
}

/// Presses a control in a menu of the toolbar, such as "View", and closes the menu.
pub async fn set_in_menu(t: &Scenario, menu: &str, role: &str, name: &str) -> Result<()> {
    t.page.find("button", menu).await?.click().await?;
    t.page.find(role, name).await?.click().await?;
    t.page.press("Escape").await
}

/// Turns the groups of the grid off or on.
pub async fn toggle_groups(t: &Scenario) -> Result<()> {
    set_in_menu(t, "View", "checkbox", "Group by suite and class").await
}

/// The key figure of this name on the overview: the one for now.
pub async fn figure(t: &Scenario, label: &str) -> Result<String> {
    let tree = t.page.tree().await?;
    let region = tree.named("region", "Key figures").next().context("no key figures")?;
    let mut parts = tree.inside(region).filter(|node| matches!(node.role.as_str(), "term" | "definition"));
    parts
        .find(|node| node.role == "term" && tree.text(node) == label)
        .with_context(|| format!("no figure {label}"))?;
    Ok(parts.next().map(|node| tree.text(node)).unwrap_or_default())
}

/// The grid's dimensions once it has rows: tests and columns, heads included; the heads of groups
/// do not count.
pub async fn grid_size(t: &Scenario) -> Result<(u32, u32)> {
    let grid = t.page.find("grid", "Tests by DUT").await?;
    t.page.until_true("document.querySelector('[role=grid] [role=gridcell]') !== null").await?;
    // "205 tests", or "14 of 205 tests".
    let count: String = t.page.evaluate("document.querySelector('main [role=status]').innerText").await?;
    let shown = count.split(" of ").next().unwrap_or_default();
    let tests: String = shown.chars().filter(char::is_ascii_digit).collect();
    let columns = grid.attribute("aria-colcount").await?.context("the grid has no columns")?;
    Ok((tests.parse::<u32>()? + 1, columns.parse()?))
}

/// The line of the ledger for a file: all text in it, and the value of its field.
pub async fn ledger_line(t: &Scenario, path: &str) -> Result<String> {
    let what = format!("the line of {path}");
    t.page
        .until(&what, async || {
            let tree = t.page.tree().await?;
            let is_its = |cell: &&passgrid_browser_tests::Node| {
                let text = tree.text(cell);
                text == path || text.strip_prefix(path).is_some_and(|rest| rest.starts_with(' '))
            };
            let row = tree.all("row").find(|row| {
                tree.inside(row).filter(|node| node.role == "cell").take(1).any(|cell| is_its(&cell))
            });
            let fields =
                |row| tree.inside(row).filter(|node| node.role == "textbox").map(|node| node.value.clone());
            Ok(row.map(|row| format!("{} {}", tree.text(row), fields(row).collect::<Vec<_>>().join(" "))))
        })
        .await
}

/// A row of a CSV file: cells by the name of their column.
type Row = BTreeMap<String, String>;

/// A CSV download: its header and its rows.
fn table(text: &str) -> Result<(Vec<String>, Vec<Row>)> {
    ensure!(text.contains("\r\n"), "RFC 4180 wants CR LF");
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header: Vec<String> = reader.headers()?.iter().map(str::to_owned).collect();
    let mut rows = Vec::new();
    for record in reader.records() {
        rows.push(header.iter().cloned().zip(record?.iter().map(str::to_owned)).collect());
    }
    Ok((header, rows))
}

/// The three CSV downloads say what the summary says.
pub async fn tables_agree(t: &Scenario, summary: &Value) -> Result<()> {
    summary_table_agrees(&download(t, "Summary (CSV)").await?, summary)?;
    results_table_agrees(&download(t, "Results (CSV)").await?, summary)?;
    grid_table_agrees(&download(t, "Grid (CSV)").await?, summary)
}

/// A row per session, then two per DUT (all sessions, and now), then the totals of both, with the
/// same figures.
fn summary_table_agrees(text: &str, summary: &Value) -> Result<()> {
    let (_, rows) = table(text)?;
    let (sessions, duts) = (list(summary, "sessions")?, list(summary, "duts")?);
    assert_eq!(rows.len(), sessions.len() + 2 * duts.len() + 2);
    let (session_rows, rest) = rows.split_at(sessions.len());
    let (dut_rows, rest) = rest.split_at(duts.len());
    let (now_rows, totals_rows) = rest.split_at(duts.len());
    let same = |row: &Row, kind: &str, counts: &Value| {
        assert_eq!(row["row"], kind);
        for (key, figure) in counts.as_object().into_iter().flatten() {
            if let Some(cell) = row.get(key) {
                assert_eq!(cell.parse().ok(), figure.as_f64(), "{key} of {row:?}");
            }
        }
        for key in ["results", "executed", "passed", "failed", "error", "skipped", "xfailed", "pass_rate"] {
            assert!(row.contains_key(key), "no column {key}");
        }
    };
    for (row, session) in session_rows.iter().zip(sessions) {
        same(row, "session", &session["counts"]);
        assert_eq!(row["dut"], text_of(session, "dut"));
        assert_eq!(row["build"], text_of(session, "build"));
        assert_eq!(row["session"], text_of(session, "id"));
    }
    for (row, dut) in dut_rows.iter().zip(duts) {
        same(row, "dut", &dut["counts"]);
        assert_eq!(row["dut"], text_of(dut, "name"));
    }
    for (row, dut) in now_rows.iter().zip(duts) {
        same(row, "dut_now", &dut["now"]);
        assert_eq!(row["dut"], text_of(dut, "name"));
    }
    for (row, (kind, part)) in totals_rows.iter().zip([("total", "totals"), ("now", "now")]) {
        let mut figures = summary[part].clone();
        // The tables have no columns for these two; the number of sessions is in one of its own.
        for key in ["duts", "tests"] {
            figures.as_object_mut().map(|figures| figures.remove(key));
        }
        same(row, kind, &figures);
    }
    Ok(())
}

fn text_of(document: &Value, key: &str) -> String {
    text(document, key).to_owned()
}

/// A row per result, the same as in the summary.
fn results_table_agrees(csv: &str, summary: &Value) -> Result<()> {
    let (_, rows) = table(csv)?;
    let mut expected = Vec::new();
    for test in list(summary, "tests")? {
        for result in list(test, "results")? {
            let texts = ["suite", "class", "name", "parameters"].map(|key| text_of(test, key));
            let more = ["dut", "session", "outcome", "message"].map(|key| unguarded(text(result, key)));
            expected.push((texts, more));
        }
    }
    let found: Vec<_> = rows
        .iter()
        .map(|row| {
            let texts = ["suite", "class", "name", "parameters"].map(|key| row[key].clone());
            (texts, ["dut", "session", "outcome", "message"].map(|key| unguarded(&row[key])))
        })
        .collect();
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(&expected) {
        assert_eq!(found, expected);
    }
    Ok(())
}

/// Without the apostrophe that keeps a spreadsheet from running a cell.
fn unguarded(cell: &str) -> String {
    let is_guarded =
        cell.strip_prefix('\'').is_some_and(|rest| rest.starts_with(['=', '+', '-', '@', '\t', '\r']));
    cell[usize::from(is_guarded)..].to_owned()
}

/// A column per DUT, a row per test, and in each column the outcomes of its latest session.
fn grid_table_agrees(csv: &str, summary: &Value) -> Result<()> {
    let (header, rows) = table(csv)?;
    let duts = list(summary, "duts")?;
    let names: Vec<&str> = duts.iter().map(|dut| text(dut, "name")).collect();
    assert_eq!(header[..4], ["suite", "class", "name", "parameters"]);
    assert_eq!(header[4..], names);
    for dut in duts {
        let session = list(summary, "sessions")?
            .iter()
            .find(|session| session["dut"] == dut["name"] && session["id"] == dut["latest_session"])
            .context("the latest session is no session")?;
        let mut tally = BTreeMap::<&str, u64>::new();
        for row in &rows {
            *tally.entry(row[text(dut, "name")].as_str()).or_default() += 1;
        }
        let counts = Tally::of_counts(&session["counts"])?;
        let figure = |word: &str| tally.get(word).copied().unwrap_or_default();
        let found =
            [figure("passed"), figure("failed"), figure("error"), figure("skipped"), figure("xfailed")];
        assert_eq!(
            found,
            [counts.passed, counts.failed, counts.error, counts.skipped, counts.xfailed],
            "{dut}"
        );
    }
    Ok(())
}

/// Reads a text file.
pub fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("{}", path.display()))
}

/// Without escapes as pytest writes them to XML, and as they are.
pub fn without_escapes(text: &str) -> String {
    let text = text.replace("#x1B", "\u{1B}");
    let mut plain = String::new();
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once('\u{1B}') {
        plain += before;
        rest = after.split_once('m').map_or("", |(_, after)| after);
    }
    plain + rest
}
