//! Secrets in results: they are found before a download, and are in none that was redacted.

use std::fs;

use anyhow::{Context, Result, ensure};
use passgrid_browser_tests::{Scenario, scenario};
use tempfile::TempDir;
use zip::write::SimpleFileOptions;

use crate::{archives, one_file, steps};

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

/// Drops a report with secrets. A page reads its files again, so the folder must stay.
async fn drop_planted(t: &Scenario) -> Result<TempDir> {
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
    t.report_of([&path]).await?;
    Ok(folder)
}

async fn choose(t: &Scenario, item: &str) -> Result<()> {
    t.page.find("button", "Download").await?.click().await?;
    t.page.find("menuitem", item).await?.click().await
}

#[tokio::test]
async fn what_is_replaced_is_in_no_download() -> Result<()> {
    scenario(async |t| {
        let _folder = drop_planted(t).await?;
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
            // None of the planted tests is flaky, so that list is empty.
            if is_asked && item != "Flaky (CSV)" {
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
        let _folder = drop_planted(t).await?;
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
        let _folder = drop_planted(t).await?;
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

/// A secret that only the output has, which the engine does not keep.
async fn drop_with_output(t: &Scenario) -> Result<TempDir> {
    let report = format!(
        "<testsuite name=\"suite\"><properties><property name=\"dut\" value=\"board_a\"/></properties>\n\
         <testcase classname=\"a\" name=\"login\" time=\"1\"><system-out>level 3\n{TOKEN}</system-out></testcase>\
         </testsuite>"
    );
    let folder = tempfile::tempdir()?;
    let archive = folder.path().join("night.zip");
    archives::write_zip(&archive, &[("board_a.xml", report.as_bytes(), SimpleFileOptions::default())])?;
    t.report_of([&archive]).await?;
    Ok(folder)
}

#[tokio::test]
async fn output_is_searched_before_files_leave() -> Result<()> {
    scenario(async |t| {
        let _folder = drop_with_output(t).await?;
        // A summary has no output.
        choose(t, "Summary (JSON)").await?;
        has_none("the summary", &t.page.download().await?.1)?;
        for (item, part) in [("Report (HTML)", "report"), ("Site (zip)", "site")] {
            choose(t, item).await?;
            t.page.until_text("It would have all files").await?;
            let asked: String =
                t.page.evaluate("document.querySelector('.dialog.secrets').innerText").await?;
            ensure!(asked.contains("GitHub token 1") && asked.contains("line 3 of night.zip"), "{asked}");
            t.page.find("button", "Replace and download").await?.click().await?;
            let (name, content) = t.page.download().await?;
            ensure!(name.starts_with(&format!("passgrid-{part}-redacted-")), "{name}");
            has_none(&name, &content)?;
        }
        // What is allowed is not asked about.
        choose(t, "Site (zip)").await?;
        t.page.find("button", "GitHub token 1 is not a secret").await?.click().await?;
        let (name, _) = t.page.download().await?;
        ensure!(name.starts_with("passgrid-site-2"), "{name}");
        choose(t, "Report (HTML)").await?;
        let (name, _) = t.page.download().await?;
        ensure!(name.starts_with("passgrid-report-2"), "{name}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn the_copied_report_and_tables_of_charts_are_searched() -> Result<()> {
    scenario(async |t| {
        let folder = tempfile::tempdir()?;
        let mut files = Vec::new();
        for build in ["1.0", "1.1"] {
            let report = format!(
                "<testsuite name=\"suite\"><properties><property name=\"dut\" value=\"{TOKEN}\"/>\
                 <property name=\"build\" value=\"{build}\"/></properties>\
                 <testcase classname=\"a\" name=\"login\" time=\"1\"><failure message=\"x\"/></testcase></testsuite>"
            );
            let path = folder.path().join(format!("{build}.xml"));
            fs::write(&path, report)?;
            files.push(path);
        }
        t.report_of(&files).await?;
        t.page.fill_clipboard("before").await?;
        choose(t, "Copy as Markdown").await?;
        t.page.find("button", "Replace and copy").await?.click().await?;
        t.page.until_text("The report is on the clipboard").await?;
        let copied = t.page.clipboard().await?;
        ensure!(copied.contains("redacted GitHub token 1"), "{copied}");
        has_none("the copied report", copied.as_bytes())?;

        steps::go_to(t, "History").await?;
        t.page.until_true("document.querySelectorAll('.js-plotly-plot .trace').length > 0").await?;
        t.page.find("button", "Save chart").await?.click().await?;
        t.page.find("menuitem", "CSV").await?.click().await?;
        t.page.find("button", "Replace and download").await?.click().await?;
        let (name, content) = t.page.download().await?;
        ensure!(name.ends_with("-redacted.csv"), "{name}");
        has_none(&name, &content)?;
        ensure!(String::from_utf8(content)?.contains("[redacted GitHub token 1]"));
        Ok(())
    })
    .await
}

#[tokio::test]
async fn the_question_is_answered_by_keyboard() -> Result<()> {
    scenario(async |t| {
        let _folder = drop_planted(t).await?;
        let focused = "document.activeElement.getAttribute('aria-label') ?? document.activeElement.innerText";
        choose(t, "Summary (JSON)").await?;
        t.page.until_true(&format!("({focused}) === 'Replace all'")).await?;
        // All were chosen: once for none, and again for all.
        t.page.press(" ").await?;
        t.page.until_true("document.querySelector('.dialog.secrets .button-primary').disabled").await?;
        t.page.press(" ").await?;
        t.page.until_true("!document.querySelector('.dialog.secrets .button-primary').disabled").await?;
        for _ in 0..12 {
            let at: String = t.page.evaluate(focused).await?;
            if at == "Replace and download" {
                break;
            }
            t.page.press("Tab").await?;
        }
        t.page.press("Enter").await?;
        let (name, content) = t.page.download().await?;
        ensure!(name.contains("-redacted-"), "{name}");
        has_none(&name, &content)?;
        t.page.until_true("document.querySelector('.dialog.secrets') === null").await?;
        let at: String = t.page.evaluate(focused).await?;
        ensure!(at.contains("Download"), "the focus is lost: {at}");
        Ok(())
    })
    .await
}

/// Fails if a file has a secret.
fn has_none(name: &str, content: &[u8]) -> Result<()> {
    for secret in [TOKEN, PASSWORD] {
        let is_in = content.windows(secret.len()).any(|part| part == secret.as_bytes());
        ensure!(!is_in, "{name} has {secret}");
    }
    Ok(())
}

#[tokio::test]
async fn a_redacted_report_or_site_has_a_summary_instead_of_the_files() -> Result<()> {
    scenario(async |t| {
        let _folder = drop_planted(t).await?;
        choose(t, "Report (HTML)").await?;
        t.page.until_text("It would have all files").await?;
        t.page.find("button", "Download as it is").await?.click().await?;
        let (name, whole) = t.page.download().await?;
        ensure!(name.starts_with("passgrid-report-2") && name.ends_with(".html"), "{name}");

        let folder = tempfile::tempdir()?;
        choose(t, "Site (zip)").await?;
        t.page.find("button", "Replace and download").await?.click().await?;
        let (name, site) = t.page.download().await?;
        ensure!(name.starts_with("passgrid-site-redacted-"), "{name}");
        one_file::unzip(&site, folder.path())?;
        let inner = fs::read(folder.path().join("results.zip"))?;
        let names = one_file::unzip(&inner, &folder.path().join("results"))?;
        ensure!(names.len() == 2 && names[1].contains("summary-redacted"), "{names:?}");
        for name in &names {
            has_none(name, &fs::read(folder.path().join("results").join(name))?)?;
        }
        let summary = fs::read_to_string(folder.path().join("results").join(&names[1]))?;
        ensure!(
            summary.contains("[redacted GitHub token 1]") && summary.contains("\"redacted\":"),
            "{summary}"
        );

        // The address of a report names nothing of the results, either.
        t.page.find("link", "Tests").await?.click().await?;
        choose(t, "Report (HTML)").await?;
        t.page.find("button", "Replace and download").await?.click().await?;
        let (name, report) = t.page.download().await?;
        ensure!(name.starts_with("passgrid-report-redacted-"), "{name}");
        has_none(&name, &report)?;
        let path = folder.path().join("report.html");
        for (report, has_secret) in [(&whole, true), (&report, false)] {
            fs::write(&path, report)?;
            t.page.open_page(&format!("file://{}", path.display()), "ready").await?;
            let data: String = t
                .page
                .evaluate(
                    "passgridOneFile.data.arrayBuffer().then(bytes => \
                     Array.from(new Uint8Array(bytes), byte => byte.toString(16).padStart(2, '0')).join(''))",
                )
                .await?;
            let bytes: Vec<u8> = (0..data.len() / 2)
                .map(|at| u8::from_str_radix(&data[2 * at..2 * at + 2], 16))
                .collect::<Result<_, _>>()?;
            let to = folder.path().join(if has_secret { "whole" } else { "redacted" });
            for name in one_file::unzip(&bytes, &to)? {
                if has_secret == has_none(&name, &fs::read(to.join(&name))?).is_ok()
                    && !name.ends_with("library.json")
                {
                    anyhow::bail!("{name} of the report: secrets {has_secret}");
                }
            }
        }
        // Shows the same results, with placeholders.
        let shown = steps::summary(t).await?;
        ensure!(shown["totals"]["results"] == 2, "{}", shown["totals"]);
        ensure!(shown.to_string().contains("[redacted GitHub token 1]"));
        // Results without secrets are not asked about.
        t.report_of([steps::fixture("brief/sessions.json")]).await?;
        steps::summary(t).await?["totals"]["results"].as_u64().context("no results").map(drop)
    })
    .await
}

#[tokio::test]
async fn a_person_finds_more_with_a_pattern() -> Result<()> {
    scenario(async |t| {
        let _folder = drop_planted(t).await?;
        choose(t, "Summary (JSON)").await?;
        let field = t.page.find("textbox", "Find also").await?;
        field.enter("/(/").await?;
        t.page.until_text("this is not a regular expression").await?;
        t.page.find("textbox", "Find also").await?.enter("/board_[a-z]/").await?;
        t.page.until_text("text of your own 1").await?;
        t.page.find("button", "Replace and download").await?.click().await?;
        let (_, content) = t.page.download().await?;
        let content = String::from_utf8(content)?;
        ensure!(
            !content.contains("board_a") && content.contains("[redacted text of your own 1]"),
            "{content}"
        );
        has_none("the summary", content.as_bytes())
    })
    .await
}
