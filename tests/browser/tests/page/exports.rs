//! Downloads for other programs: they can be dropped again, and the report is copied for a merge request.

use std::fs;

use anyhow::{Result, ensure};
use passgrid_browser_tests::{Scenario, scenario};
use serde_json::Value;

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
