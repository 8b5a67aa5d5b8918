//! Starts that fail: the page says what is wrong instead of staying blank.

use std::{fs, path::Path, time::Duration};

use anyhow::{Context, Result};
use passgrid_browser_tests::{Browser, Site, copy_matching, dist, scenario};
use tempfile::{TempDir, tempdir};

use crate::steps::{self, fixture};

/// A copy of the build, to be broken.
struct Build {
    _folder: TempDir,
    site: Site,
    page: Browser,
}

/// Serves a build that `damage` was done to.
async fn damaged(damage: impl FnOnce(&Path) -> Result<()>) -> Result<Build> {
    let folder = tempdir()?;
    let copy = copy_matching(&dist()?, folder.path(), |_| true)?;
    damage(&copy)?;
    Ok(Build { site: Site::start(&copy)?, page: Browser::start().await?, _folder: folder })
}

/// The file of the build that begins and ends like this.
fn part(build: &Path, begin: &str, end: &str) -> Result<std::path::PathBuf> {
    let mut files = fs::read_dir(build)?.flatten().map(|entry| entry.path());
    let is_it = |path: &std::path::PathBuf| {
        path.file_name()
            .and_then(|name| name.to_str())
            .is_some_and(|name| name.starts_with(begin) && name.ends_with(end))
    };
    files.find(is_it).with_context(|| format!("the build has no {begin}…{end}"))
}

#[tokio::test]
async fn a_page_without_its_module_says_so() -> Result<()> {
    let build = damaged(|copy| Ok(fs::remove_file(part(copy, "passgrid-", ".wasm")?)?)).await?;
    build.page.open(&build.site.address()).await?;
    build.page.until_true("document.documentElement.dataset.passgrid === 'failed'").await?;
    build.page.until_text("The page could not start.").await?;
    assert!(build.page.tree().await?.all("alert").next().is_some(), "nobody is alerted");
    build.page.quit().await.map(drop)
}

/// Drops a file on a page without a working engine, and waits for words that explain it.
async fn cannot_read(build: Build, words: &str) -> Result<()> {
    build.page.open(&build.site.address()).await?;
    build.page.until_true("document.documentElement.dataset.passgrid === 'empty'").await?;
    build.page.drop_files([fixture("brief/sessions.json")]).await?;
    build.page.until_text(words).await?;
    let errors = build.page.console_errors().await?;
    assert!(!errors.iter().any(|error| error.contains("Uncaught")), "{errors:?}");
    build.page.quit().await.map(drop)
}

#[tokio::test]
async fn a_worker_of_another_build_is_noticed() -> Result<()> {
    let build = damaged(|copy| {
        let loader = copy.join("worker-loader.js");
        let text = fs::read_to_string(&loader)?;
        let is_id = |word: &&str| word.len() == 16 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
        let built = text.split('"').find(is_id).context("the loader knows no build")?;
        Ok(fs::write(&loader, text.replace(built, "0123456789abcdef"))?)
    });
    cannot_read(build.await?, "reload the page").await
}

#[tokio::test]
async fn a_missing_worker_is_noticed() -> Result<()> {
    let build = damaged(|copy| Ok(fs::remove_file(copy.join("worker-loader.js"))?)).await?;
    cannot_read(build, "cannot read files").await
}

#[tokio::test]
async fn a_missing_engine_is_noticed() -> Result<()> {
    let build = damaged(|copy| Ok(fs::remove_file(copy.join("worker_bg.wasm"))?)).await?;
    cannot_read(build, "cannot read files").await
}

#[tokio::test]
async fn an_engine_that_fails_is_replaced_and_one_that_always_fails_is_given_up() -> Result<()> {
    scenario(async |t| {
        t.report_of([fixture("multi/version-folder")]).await?;
        let before = steps::summary(t).await?;
        t.page.crash_workers().await?;
        t.page.until_text("The engine failed and was restarted").await?;
        t.page.phase("ready").await?;
        t.page.until_text("2 of 3 DUTs fail.").await?;
        let after = steps::summary(t).await?;
        for part in ["totals", "duts", "sessions", "tests"] {
            assert_eq!(after[part], before[part], "{part}");
        }
        // Without a file that could be read in between it is of no use to go on.
        t.open_empty().await?;
        for _ in 0..4 {
            t.page.crash_workers().await?;
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
        t.page.until_text("the engine failed repeatedly").await?;
        // Only the last word is true.
        assert!(!t.page.text().await?.contains("was restarted"), "{}", t.page.text().await?);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_missing_chart_library_costs_the_chart_only() -> Result<()> {
    let build = damaged(|copy| Ok(fs::remove_file(copy.join("plotly-cartesian.min.js"))?)).await?;
    build.page.open_page(&build.site.address(), "empty").await?;
    build.page.drop_files([fixture("multi/version-folder")]).await?;
    build.page.phase("ready").await?;
    build.page.until_text("2 of 3 DUTs fail.").await?;
    build.page.until_text("The chart could not be drawn").await?;
    // The values are there all the same.
    build.page.find("button", "Show as table").await?.click().await?;
    build.page.until_text("Failed or error").await?;
    build.page.quit().await.map(drop)
}

#[tokio::test]
async fn without_javascript_it_says_what_it_needs() -> Result<()> {
    let build = damaged(|_| Ok(())).await?;
    build.page.devtools("Emulation.setScriptExecutionDisabled", serde_json::json!({ "value": true })).await?;
    build.page.open(&build.site.address()).await?;
    build.page.until_text("Please allow JavaScript for this page.").await?;
    build.page.quit().await.map(drop)
}
