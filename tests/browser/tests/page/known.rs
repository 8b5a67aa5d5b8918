//! Known issues and attributes of DUTs: dropped as files, edited in the page, downloaded and dropped again.

use anyhow::{Result, ensure};
use passgrid_browser_tests::{Scenario, scenario};
use serde_json::Value;
use std::path::Path;

use crate::steps::{self, fixture};

const ISSUES: &str = r#"{"known_issues": [
    {"test": "test_gapless?aac?", "dut": "max-b1", "reason": "The decoder loses frames.", "link": "https://bugs.example.org/1"},
    {"test": "test_no_longer_there", "reason": "removed"}]}"#;

fn write(folder: &Path, name: &str, text: &str) -> Result<std::path::PathBuf> {
    let path = folder.join(name);
    std::fs::write(&path, text)?;
    Ok(path)
}

/// The rows of the table of known issues: test and state.
async fn rows(t: &Scenario) -> Result<Vec<String>> {
    let rows = "[...document.querySelectorAll('main .table-row')].map((row) =>
        [...row.querySelectorAll('.table-cell')].slice(0, 2).map((cell) => cell.innerText.trim()).join(': '))";
    t.page.evaluate(rows).await
}

async fn until_rows(t: &Scenario, wanted: &[&str]) -> Result<()> {
    t.page.until(&format!("{wanted:?}"), async || Ok((rows(t).await? == wanted).then_some(()))).await
}

/// A list beside the results marks failures, everywhere in the same number, and hides none.
#[tokio::test]
async fn a_dropped_list_marks_failures() -> Result<()> {
    scenario(async |t| {
        t.page.resize(1600, 1000).await?;
        let folder = tempfile::tempdir()?;
        let list = write(folder.path(), "known-issues.json", ISSUES)?;
        let attributes = write(folder.path(), "attributes.csv", "dut,hall\nmax-b1,north\none-a1,south\n")?;
        t.report_of([fixture("demo/reports"), list, attributes]).await?;
        t.page.until_text("1 of the 14 failing tests is a known issue.").await?;
        t.page.until_text("1 known issue needs a look.").await?;
        t.page.until_text("14 tests fail").await?;

        let summary = steps::summary(t).await?;
        assert_eq!(summary["now"]["known"], 1);
        assert_eq!(summary["now"]["failed"], 15, "a known failure stays a failure");
        let duts = summary["duts"].as_array().cloned().unwrap_or_default();
        let of = |name: &str| duts.iter().find(|dut| dut["name"] == *name).cloned().unwrap_or_default();
        assert_eq!(of("max-b1")["attributes"]["hall"], "north");

        // The headline leads to the known failures.
        t.page.evaluate::<()>("[...document.querySelectorAll('#headline a')].find((a) => a.innerText.includes('known issue')).click()").await?;
        t.page.until_true("new URLSearchParams(location.search).get('only') === 'known'").await?;
        t.page.until_true("document.querySelectorAll('.grid-cell.is-known').length === 1").await?;
        steps::go_to(t, "Tests").await?;
        t.page.until_text("The decoder loses frames.").await?;
        t.page.evaluate::<()>("document.querySelector('main .table-row').click()").await?;
        t.page.until_text("Known issue: The decoder loses frames.").await?;
        let link: String = t.page.evaluate("document.querySelector('.result-known a').rel + ' ' + document.querySelector('.result-known a').href").await?;
        assert_eq!(link, "noopener noreferrer https://bugs.example.org/1");
        t.page.press("Escape").await?;

        steps::go_to(t, "Known issues").await?;
        until_rows(t, &["test_no_longer_there: stale: matches no test", "test_gapless?aac?: fails as expected"]).await?;

        // Attributes are found in the sessions, and shown with them.
        steps::go_to(t, "Sessions").await?;
        t.page.find("searchbox", "Filter sessions").await?.enter("hall=north").await?;
        t.page.until_text("8 of 36 sessions").await
    })
    .await
}

/// From a failure to an entry, by keyboard; the entry is changed, downloaded, removed and dropped again.
#[tokio::test]
async fn an_entry_is_added_changed_downloaded_and_removed() -> Result<()> {
    scenario(async |t| {
        t.page.resize(1600, 1000).await?;
        t.report_of([fixture("demo/reports")]).await?;
        steps::go_to(t, "Tests").await?;
        t.page.until_text("test_gapless").await?;
        t.page.evaluate::<()>("[...document.querySelectorAll('main .table-row')].find((row) => row.innerText.includes('test_gapless[aac]')).click()").await?;
        t.page.find("button", "Mark as known issue").await?.click().await?;
        t.page.until_true("document.querySelector('#issue-test')?.value.endsWith('test_gapless[aac]') === true").await?;
        t.page.until_true("document.querySelector('#issue-duts').value === 'max-b1'").await?;
        t.page.evaluate::<()>("document.querySelector('#issue-reason').focus()").await?;
        t.page.write("Frames are lost").await?;
        t.page.press("Enter").await?;
        t.page.until_text("Known issue: Frames are lost").await?;
        t.page.press("Escape").await?;

        steps::go_to(t, "Known issues").await?;
        t.page.find("button", "Add known issue").await?.click().await?;
        t.page.until_true("document.querySelector('#issue-test') !== null").await?;
        t.page.evaluate::<()>("document.querySelector('#issue-test').focus()").await?;
        t.page.write("no_such_test").await?;
        t.page.press("Enter").await?;
        t.page.until_text("stale: matches no test").await?;
        let list = steps::download(t, "Known issues (JSON)").await?;
        let parsed: Value = serde_json::from_str(&list)?;
        let entries = parsed["known_issues"].as_array().cloned().unwrap_or_default();
        assert_eq!(entries.len(), 2);
        assert_eq!((&entries[0]["reason"], &entries[0]["dut"][0]), (&"Frames are lost".into(), &"max-b1".into()));

        t.page.find("button", "Edit no_such_test").await?.click().await?;
        t.page.find("button", "Remove").await?.click().await?;
        t.page.until_true("document.querySelectorAll('main .table-row').length === 1").await?;
        let states = rows(t).await?;
        ensure!(states[0].ends_with("fails as expected"), "{states:?}");

        // What was downloaded gives the same marks elsewhere.
        let folder = tempfile::tempdir()?;
        let list = write(folder.path(), "saved.json", &list)?;
        t.report_of([fixture("demo/reports"), list]).await?;
        steps::go_to(t, "Known issues").await?;
        t.page.until_true("document.querySelectorAll('main .table-row').length === 2").await
    })
    .await
}

/// The page of a test and the tests of a cause say what explains the failures.
#[tokio::test]
async fn the_page_says_what_explains_a_failure() -> Result<()> {
    scenario(async |t| {
        t.page.resize(1600, 1000).await?;
        t.open_report("?demo&view=tests&q=gapless+aac").await?;
        t.page.until_text("test_gapless").await?;
        t.page.evaluate::<()>("document.querySelector('main .table-row').click()").await?;
        t.page.until_text("What explains it").await?;
        t.page.until_text("DUT = max-b1").await?;
        t.page.press("Escape").await?;
        steps::go_to(t, "Failures").await?;
        t.page.until_true("document.querySelector('main .table-row') !== null").await?;
        t.page.evaluate::<()>("document.querySelector('main .table-row').click()").await?;
        t.page.until_true("new URLSearchParams(location.search).has('cluster')").await?;
        t.page.until_text("What explains it").await
    })
    .await
}
