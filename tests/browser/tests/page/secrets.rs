//! Secrets in results: they are found before a download, and are in none that was redacted.

use std::fs;

use anyhow::{Context, Result, ensure};
use passgrid_browser_tests::{Scenario, scenario};

use crate::steps;

/// Of the shape of a token, and valid nowhere.
const TOKEN: &str = "ghp_0123456789abcdefghijABCDEFGHIJ012345";
const PASSWORD: &str = "hunter2hunter2";

const DOWNLOADS: [&str; 12] = [
    "Summary (JSON)",
    "Summary (CSV)",
    "Results (CSV)",
    "JUnit XML",
    "CTRF (JSON)",
    "Grid (CSV)",
    "Failures (CSV)",
    "Flaky (CSV)",
    "History (CSV)",
    "Timing (CSV)",
    "Report (Markdown)",
    "Badge (SVG)",
];

async fn drop_planted(t: &Scenario) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let report = format!(
        "<testsuites><testsuite name=\"suite\"><properties><property name=\"dut\" value=\"board_a\"/>\
         <property name=\"remote\" value=\"https://lab:{PASSWORD}@git.example/x.git\"/></properties>\
         <testcase classname=\"a\" name=\"login[{TOKEN}]\" time=\"1\">\
         <failure message=\"401 for {TOKEN}\">Authorization: Bearer {TOKEN}</failure></testcase>\
         <testcase classname=\"a\" name=\"other\" time=\"1\"/></testsuite></testsuites>"
    );
    let path = folder.path().join("board_a.xml");
    fs::write(&path, report)?;
    t.report_of([&path]).await
}

async fn choose(t: &Scenario, item: &str) -> Result<()> {
    t.page.find("button", "Download").await?.click().await?;
    t.page.find("menuitem", item).await?.click().await
}

#[tokio::test]
async fn what_is_replaced_is_in_no_download() -> Result<()> {
    scenario(async |t| {
        drop_planted(t).await?;
        let mut replaced = 0;
        for item in DOWNLOADS {
            choose(t, item).await?;
            // Some carry nothing of it, and are not asked about.
            let is_asked = t
                .page
                .until("the question or the download", async || {
                    let is_asked: bool =
                        t.page.evaluate("document.querySelector('.dialog.secrets') !== null").await?;
                    Ok(if is_asked { Some(true) } else { t.page.has_download()?.then_some(false) })
                })
                .await?;
            if is_asked {
                t.page.find("button", "Replace and download").await?.click().await?;
            }
            let (name, content) = t.page.download().await?;
            let content = String::from_utf8(content)?;
            for secret in [TOKEN, PASSWORD] {
                ensure!(!content.contains(secret), "{item} has {secret}: {name}");
            }
            if is_asked {
                ensure!(content.contains("redacted"), "{item} does not say so");
                replaced += 1;
            }
        }
        ensure!(replaced >= 6, "only {replaced} downloads were asked about");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn findings_are_chosen_one_by_one_and_allowed_for_good() -> Result<()> {
    scenario(async |t| {
        drop_planted(t).await?;
        choose(t, "Summary (JSON)").await?;
        t.page.until_text("Secrets in the download").await?;
        // The page behind shows what the file says; the question does not repeat it.
        let asked: String = t.page.evaluate("document.querySelector('.dialog.secrets').innerText").await?;
        ensure!(asked.contains("GitHub token 1") && !asked.contains(TOKEN), "{asked}");
        t.page.find("checkbox", "Replace GitHub token 1").await?.click().await?;
        t.page.find("button", "Replace and download").await?.click().await?;
        let (_, content) = t.page.download().await?;
        let content = String::from_utf8(content)?;
        ensure!(content.contains(TOKEN) && !content.contains(PASSWORD));

        choose(t, "Summary (JSON)").await?;
        t.page.find("button", "GitHub token 1 is not a secret").await?.click().await?;
        t.page
            .until_true("!document.querySelector('.dialog.secrets').innerText.includes('GitHub token')")
            .await?;
        t.page.press("Escape").await?;
        // Not asked again after a reload, and what is left is.
        drop_planted(t).await?;
        choose(t, "Summary (JSON)").await?;
        t.page.until_text("Secrets in the download").await?;
        ensure!(!t.page.has("checkbox", "Replace GitHub token 1").await?, "it is asked again");
        t.page.find("button", "Download as it is").await?.click().await?;
        let (_, content) = t.page.download().await?;
        ensure!(String::from_utf8(content)?.contains(PASSWORD));
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_report_with_all_files_says_that_it_keeps_them() -> Result<()> {
    scenario(async |t| {
        drop_planted(t).await?;
        choose(t, "Report (HTML)").await?;
        t.page.until_text("It has all files as they are").await?;
        ensure!(!t.page.has("button", "Replace and download").await?, "nothing can be replaced");
        t.page.find("button", "Download as it is").await?.click().await?;
        let (name, _) = t.page.download().await?;
        ensure!(name.ends_with(".html"), "{name}");
        // Results without secrets are not asked about.
        t.report_of([steps::fixture("brief/sessions.json")]).await?;
        steps::summary(t).await?["totals"]["results"].as_u64().context("no results").map(drop)
    })
    .await
}
