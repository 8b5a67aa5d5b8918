//! The page as one HTML file, and reports: both open from a disk, without a server.

use std::{fs, io::Read, path::Path};

use anyhow::{Context, Result, ensure};
use passgrid_browser_tests::{Scenario, dist, scenario};
use serde_json::Value;

use crate::{
    rename,
    steps::{self, fixture},
};

/// What the page may add to the files that are in a report.
const MOST_VIEWER_BYTES: usize = 3_000_000;

fn address_of(path: &Path) -> String {
    format!("file://{}", path.display())
}

/// Fails with the first places where two documents differ.
fn are_equal(is: &Value, should: &Value) -> Result<()> {
    fn differences(is: &Value, should: &Value, at: &str, found: &mut Vec<String>) {
        match (is, should) {
            (Value::Object(a), Value::Object(b)) if a.len() == b.len() => {
                a.iter().for_each(|(key, is)| differences(is, &should[key], &format!("{at}.{key}"), found));
            }
            (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
                let pairs = a.iter().zip(b).enumerate();
                pairs.for_each(|(place, (is, should))| {
                    differences(is, should, &format!("{at}[{place}]"), found)
                });
            }
            _ if is == should => {}
            _ => found.push(format!("{at}: {is} instead of {should}").chars().take(300).collect()),
        }
    }
    let mut found = Vec::new();
    differences(is, should, "", &mut found);
    ensure!(found.is_empty(), "{} differences: {:#?}", found.len(), &found[..found.len().min(10)]);
    Ok(())
}

/// The summary without its time.
async fn summary(t: &Scenario) -> Result<Value> {
    let mut summary = steps::summary(t).await?;
    summary["generated"] = Value::Null;
    Ok(summary)
}

/// Saves a report, and returns its bytes.
async fn save(t: &Scenario) -> Result<Vec<u8>> {
    t.page.find("button", "Download").await?.click().await?;
    t.page.find("menuitem", "Report (HTML)").await?.click().await?;
    let (name, report) = t.page.download().await?;
    ensure!(name.starts_with("passgrid-report-") && name.ends_with(".html"), "{name}");
    Ok(report)
}

#[tokio::test]
async fn the_page_in_one_file_needs_no_server() -> Result<()> {
    scenario(async |t| {
        t.report_of([fixture("demo/reports")]).await?;
        let served = summary(t).await?;
        t.page.open_page(&address_of(&dist()?.join("passgrid.html")), "empty").await?;
        ensure!(!t.page.has("button", "Try the demo").await?, "the demo is not in the file");
        t.page.drop_files([fixture("demo/reports")]).await?;
        t.page.phase("ready").await?;
        are_equal(&summary(t).await?, &served)?;
        steps::go_to(t, "History").await?;
        t.page.until_true("document.querySelectorAll('.js-plotly-plot .trace').length > 0").await
    })
    .await
}

#[tokio::test]
async fn a_report_keeps_files_names_and_view() -> Result<()> {
    scenario(async |t| {
        let folder = tempfile::tempdir()?;
        t.report_of([fixture("demo/reports")]).await?;
        rename::rename(t, "max-b1", "Max (lab 2)", "sessions move").await?;
        t.page.until_text("only on Max (lab 2)").await?;
        let whole = summary(t).await?;
        steps::go_to(t, "Grid").await?;
        t.page.find("button", "Failing").await?.click().await?;
        let (before, query) = (summary(t).await?, t.page.query().await?);
        let report = save(t).await?;
        let files: u64 =
            steps::list(&before, "files")?.iter().filter_map(|file| file["bytes"].as_u64()).sum();
        ensure!(report.len() < MOST_VIEWER_BYTES + files as usize / 4, "{} bytes", report.len());
        let path = folder.path().join("report & more.html");
        fs::write(&path, &report)?;

        // From the disk, and again from a report that the report saved.
        for round in 0..2 {
            t.page.open_page(&address_of(&path), "ready").await?;
            assert_eq!(t.page.query().await?, query, "{round}");
            are_equal(&summary(t).await?, &before)?;
            fs::write(&path, save(t).await?)?;
        }
        // Dropped like any file.
        t.open_empty().await?;
        t.page.drop_files([&path]).await?;
        t.page.phase("ready").await?;
        t.page.until_text("Max (lab 2)").await?;
        are_equal(&summary(t).await?, &whole)
    })
    .await
}

#[tokio::test]
async fn a_report_is_added_to_what_is_on_screen() -> Result<()> {
    scenario(async |t| {
        let folder = tempfile::tempdir()?;
        t.report_of([fixture("multi/version-folder/1.4.0")]).await?;
        let path = folder.path().join("first.html");
        fs::write(&path, save(t).await?)?;
        t.report_of([fixture("multi/version-folder/1.5.0")]).await?;
        let alone = summary(t).await?["totals"]["results"].as_u64().context("no results")?;
        t.page.drop_files([&path]).await?;
        t.page
            .until("more results", async || {
                let results = summary(t).await?["totals"]["results"].as_u64();
                Ok(results.filter(|results| *results > alone))
            })
            .await?;
        Ok(())
    })
    .await
}

/// Unpacks an archive as its headers say, one after the other.
pub(crate) fn unzip(archive: &[u8], to: &Path) -> Result<Vec<String>> {
    let (mut names, mut rest) = (Vec::new(), archive);
    let number = |bytes: &[u8]| bytes.iter().rev().fold(0, |number, byte| number << 8 | usize::from(*byte));
    while rest.starts_with(b"PK\x03\x04") {
        let (size, name, extra) = (number(&rest[18..22]), number(&rest[26..28]), number(&rest[28..30]));
        let content = &rest[30 + name + extra..][..size];
        let name = std::str::from_utf8(&rest[30..30 + name])?;
        let path = to.join(name);
        fs::create_dir_all(path.parent().context("no folder")?)?;
        let mut unpacked = Vec::new();
        match number(&rest[8..10]) {
            0 => unpacked.extend(content),
            _ => drop(flate2::read::DeflateDecoder::new(content).read_to_end(&mut unpacked)?),
        }
        fs::write(path, unpacked)?;
        names.push(name.to_owned());
        rest = &rest[30 + name.len() + extra + size..];
    }
    Ok(names)
}

#[tokio::test]
async fn a_site_is_shown_below_any_path() -> Result<()> {
    scenario(async |t| {
        t.report_of([fixture("demo/reports")]).await?;
        rename::rename(t, "max-b1", "Max (lab 2)", "sessions move").await?;
        t.page.until_text("only on Max (lab 2)").await?;
        let before = summary(t).await?;
        t.page.find("button", "Download").await?.click().await?;
        t.page.find("menuitem", "Site (zip)").await?.click().await?;
        let (name, site) = t.page.download().await?;
        ensure!(name.starts_with("passgrid-site-") && name.ends_with(".zip"), "{name}");
        let names = unzip(&site, &t.site.own().join("night/7"))?;
        assert_eq!(names, ["index.html", "passgrid.json", "results.zip"]);

        t.page.open_page(&format!("{}own/night/7/", t.site.address()), "ready").await?;
        t.page.until_text("only on Max (lab 2)").await?;
        let mut shown = summary(t).await?;
        // The manifest and the archive are files of their own there.
        let files = steps::list(&shown, "files")?;
        let is_of_site = |file: &Value| {
            file["path"]
                .as_str()
                .is_some_and(|path| path.ends_with("passgrid.json") || path.ends_with(".zip"))
        };
        shown["files"] = files.iter().filter(|file| !is_of_site(file)).cloned().collect();
        are_equal(&shown, &before)?;
        // The view is in the address there, too.
        t.page.open_page(&format!("{}own/night/7/?view=grid", t.site.address()), "ready").await?;
        t.page.find("grid", "Tests by DUT").await.map(drop)
    })
    .await
}

#[tokio::test]
async fn a_damaged_report_says_so() -> Result<()> {
    scenario(async |t| {
        let folder = tempfile::tempdir()?;
        t.report_of([fixture("brief/sessions.json")]).await?;
        let mut report = save(t).await?;
        // In the middle of the data.
        let at = report.len() - 40;
        report.truncate(at);
        let path = folder.path().join("damaged.html");
        fs::write(&path, &report)?;
        t.open_empty().await?;
        t.page.drop_files([&path, &fixture("brief/sessions.json")]).await?;
        t.page.phase("ready").await?;
        let summary = steps::summary(t).await?;
        assert_eq!(summary["totals"]["results"], 5);
        let files = steps::list(&summary, "files")?;
        let line = files.iter().find(|file| file["path"] == "damaged.html").context("no line for it")?;
        assert_eq!(line["status"], "unreadable");
        Ok(())
    })
    .await
}
