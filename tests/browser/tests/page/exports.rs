//! Downloads for other programs: they can be dropped again, and the report is copied for a merge request.

use std::{
    fs,
    io::Write,
    path::Path,
    process::{Command, Stdio},
};

use anyhow::{Context, Result, ensure};
use passgrid_browser_tests::{Scenario, scenario};
use serde_json::{Value, json};

use crate::steps::{self, fixture};

/// Saves a download of the menu: its name and content.
async fn save(t: &Scenario, item: &str) -> Result<(String, Vec<u8>)> {
    t.page.find("button", "Download").await?.click().await?;
    t.page.find("menuitem", item).await?.click().await?;
    t.page.download().await
}

/// The counts of all sessions, and those of each.
async fn counts(t: &Scenario) -> Result<Vec<String>> {
    let summary = steps::summary(t).await?;
    let of_sessions = steps::list(&summary, "sessions")?.iter().map(|session| {
        let counts = ["results", "passed", "failed", "error", "skipped", "xfailed", "xpassed"]
            .map(|name| session["counts"][name].to_string());
        format!("{} {} {counts:?}", session["dut"], session["build"])
    });
    let mut all: Vec<String> = of_sessions.collect();
    all.sort();
    let now: &Value = &summary["now"];
    all.push(format!("{} {} {}", now["results"], now["passed"], now["failed"]));
    Ok(all)
}

#[tokio::test]
async fn what_other_programs_get_can_be_dropped_again() -> Result<()> {
    scenario(async |t| {
        let folder = tempfile::tempdir()?;
        t.report_of([fixture("demo/reports")]).await?;
        let before = counts(t).await?;
        let mut saved = Vec::new();
        for (item, ending) in [("JUnit XML", ".xml"), ("CTRF (JSON)", ".json"), ("Results (CSV)", ".csv")] {
            let (name, content) = save(t, item).await?;
            ensure!(name.ends_with(ending), "{item} was saved as {name}");
            let path = folder.path().join(name);
            fs::write(&path, content)?;
            saved.push(path);
        }
        for path in saved {
            t.report_of([&path]).await?;
            assert_eq!(counts(t).await?, before, "{}", path.display());
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn the_report_is_saved_and_copied_as_markdown() -> Result<()> {
    scenario(async |t| {
        t.report_of([fixture("demo/reports")]).await?;
        let (name, saved) = save(t, "Report (Markdown)").await?;
        ensure!(name.ends_with(".md"), "{name}");
        let saved = String::from_utf8(saved)?;
        ensure!(saved.contains("3 of 5 DUTs fail."), "{saved}");
        ensure!(saved.len() <= 65_535);
        t.page.find("button", "Download").await?.click().await?;
        t.page.find("menuitem", "Copy as Markdown").await?.click().await?;
        t.page.until_text("The report is on the clipboard, as Markdown.").await?;
        let copied = t.page.clipboard().await?;
        // They are made at different minutes, perhaps.
        assert_eq!(copied.lines().next(), saved.lines().next());
        assert_eq!(copied.lines().count(), saved.lines().count());
        Ok(())
    })
    .await
}

/// The first row of the answer to a query to a database, by SQLite in Node.js.
fn ask(database: &Path, query: &str) -> Result<Vec<Value>> {
    let script = fixture("").join("../tests/sqlite/query.mjs");
    let mut node = Command::new("node").arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    let input = json!({ "file": database, "queries": [query] }).to_string();
    node.stdin.take().context("a pipe")?.write_all(input.as_bytes())?;
    let output = node.wait_with_output()?;
    ensure!(output.status.success(), "SQLite cannot read {}", database.display());
    let answers: Value = serde_json::from_slice(&output.stdout)?;
    Ok(steps::list(&answers[0], "rows")?.first().and_then(Value::as_array).context("no row")?.clone())
}

#[tokio::test]
async fn sqlite_makes_a_database_of_the_results() -> Result<()> {
    scenario(async |t| {
        t.report_of([fixture("demo/reports")]).await?;
        let (name, content) = save(t, "SQLite").await?;
        ensure!(name.ends_with(".sqlite"), "{name}");
        ensure!(content.starts_with(b"SQLite format 3\0"), "{} bytes", content.len());
        let folder = tempfile::tempdir()?;
        let path = folder.path().join(name);
        fs::write(&path, content)?;
        let summary = steps::summary(t).await?;
        let total = |name: &str| {
            let sessions = steps::list(&summary, "sessions")?.iter();
            anyhow::Ok(sessions.map(|session| session["counts"][name].as_u64().unwrap_or(0)).sum::<u64>())
        };
        let counted = ask(&path, "SELECT count(*), sum(is_failing), sum(outcome = 'passed') FROM results")?;
        let expected = [total("results")?, total("failed")? + total("error")?, total("passed")?];
        ensure!(expected[1] > 0);
        assert_eq!(counted, expected);
        let listed = ask(&path, "SELECT count(*), sum(results) FROM sessions")?;
        assert_eq!(listed, [steps::list(&summary, "sessions")?.len() as u64, expected[0]]);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn the_badge_is_a_picture() -> Result<()> {
    scenario(async |t| {
        t.report_of([fixture("brief/sessions.json")]).await?;
        let (name, badge) = save(t, "Badge (SVG)").await?;
        ensure!(name.ends_with(".svg"), "{name}");
        let badge = serde_json::to_string(&String::from_utf8(badge)?)?;
        let size: Vec<f64> = t
            .page
            .evaluate(&format!(
                "(async () => {{
                    const picture = new Image();
                    picture.src = URL.createObjectURL(new Blob([{badge}], {{ type: 'image/svg+xml' }}));
                    await picture.decode();
                    return [picture.naturalWidth, picture.naturalHeight];
                }})()"
            ))
            .await?;
        ensure!(size.iter().all(|pixels| *pixels >= 16.0), "{size:?}");
        Ok(())
    })
    .await
}
