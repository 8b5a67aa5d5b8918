//! The main ways through the page in each family of browsers.
//!
//! A browser or server that is not installed is reported as ignored, unless `PASSGRID_ALL_BROWSERS` is set.

mod nginx;

use std::{env, fs, path::PathBuf, process::ExitCode};

use anyhow::{Context, Result, ensure};
use libtest_mimic::{Arguments, Completion, Failed, Trial};
use passgrid_browser_tests::{AnyBrowser, Kind, Site, dist, root};
use serde_json::Value;

const DEMO_HEADLINE: &str = "3 of 5 DUTs fail. 14 tests fail, 9 of them only on max-b1; 3 are new since build 2.4.0, and 1 was fixed.";

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    // Two browsers at once would only slow each other down.
    arguments.test_threads = Some(1);
    let trials = Kind::ALL.map(|kind| {
        Trial::ignorable_test(format!("main_ways_through_the_page_in_{}", kind.name()), move || run(kind))
    });
    let nginx = Trial::ignorable_test("nginx_serves_the_page_as_the_readme_says", publish);
    libtest_mimic::run(&arguments, trials.into_iter().chain([nginx]).collect()).exit_code()
}

fn publish() -> Result<Completion, Failed> {
    if which::which("nginx").is_err() && env::var_os("PASSGRID_ALL_BROWSERS").is_none() {
        return Ok(Completion::ignored_with("nginx is not on PATH"));
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(nginx::serves_the_page_as_the_readme_says()).map_err(failed)?;
    Ok(Completion::Completed)
}

fn run(kind: Kind) -> Result<Completion, Failed> {
    let programs = match kind.programs() {
        Err(error) if env::var_os("PASSGRID_ALL_BROWSERS").is_none() => {
            return Ok(Completion::ignored_with(format!("{error:#}")));
        }
        programs => programs.map_err(failed)?,
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let outcome: Result<()> = runtime.block_on(async {
        let site = Site::start(&dist()?)?;
        let browser = AnyBrowser::start(&programs).await?;
        let outcome = main_ways(&browser, &site, kind).await;
        // First what went wrong on the page: it is probably why a step failed.
        let failures = browser.failures().await;
        browser.quit().await?;
        let failures = failures.unwrap_or_default();
        ensure!(failures.is_empty(), "the page has errors: {failures:#?}\nand the steps: {outcome:#?}");
        outcome
    });
    outcome.map_err(failed)?;
    Ok(Completion::Completed)
}

fn failed(error: anyhow::Error) -> Failed {
    format!("{error:#}").into()
}

async fn main_ways(page: &AnyBrowser, site: &Site, kind: Kind) -> Result<()> {
    page.open_page(&site.address(), "empty").await?;
    demo(page).await.context("the demo")?;
    views(page).await.context("the views")?;
    details(page).await.context("the details of a result")?;
    let summary = download(page).await.context("the download of the summary")?;

    page.open_page(&site.address(), "empty").await?;
    page.drop_file(&root().join("fixtures/brief/sessions.json")).await?;
    page.phase("ready").await?;
    page.until_text("1 of 2 DUTs fails. 1 test fails, only on DUT_A.").await?;

    // The summary of the demo is read back: the same figures.
    page.open_page(&site.address(), "empty").await?;
    page.choose("Open files", &summary).await?;
    page.phase("ready").await?;
    page.until_text("3 of 5 DUTs fail. 14 tests fail, 9 of them only on max-b1").await?;

    by_link(page, site).await.context("a link to published results")?;
    from_disk(page, kind).await.context("the page as one file")
}

/// The page that needs no server.
async fn from_disk(page: &AnyBrowser, kind: Kind) -> Result<()> {
    page.open_page(&format!("file://{}", dist()?.join("passgrid.html").display()), "empty").await?;
    if kind == Kind::WebKit {
        return page.until_text("this browser reads no files for a page from a disk.").await;
    }
    page.choose("Open files", &root().join("fixtures/brief/sessions.json")).await?;
    page.phase("ready").await?;
    page.until_text("1 of 2 DUTs fails. 1 test fails, only on DUT_A.").await
}

/// A button by its text or label.
fn button(name: &str) -> String {
    format!("//button[normalize-space() = '{name}' or @aria-label = '{name}']")
}

async fn demo(page: &AnyBrowser) -> Result<()> {
    page.click(&button("Try the demo")).await?;
    page.phase("ready").await?;
    page.until_text(DEMO_HEADLINE).await
}

/// Goes to each view and waits for something that only it shows.
async fn views(page: &AnyBrowser) -> Result<()> {
    for (view, shows) in [
        ("Grid", "[role=grid] [role=gridcell]"),
        ("Tests", "[role=grid] [role=row][aria-rowindex='2']"),
        ("Sessions", "[role=grid] [role=row][aria-rowindex='2']"),
        ("Files", "[role=table] [role=row][aria-rowindex='2']"),
        ("Overview", "[aria-label='Key figures']"),
    ] {
        page.click(&format!("//nav//a[starts-with(normalize-space(), '{view}')]")).await?;
        let is_shown = "const main = document.querySelector('main');
            return main.ariaLabel === arguments[0] && main.querySelector(arguments[1]) !== null";
        page.until(view, is_shown, &[view.into(), shows.into()]).await?;
    }
    Ok(())
}

/// Opens the details of a failed result in the grid, reads its traceback, and closes them.
async fn details(page: &AnyBrowser) -> Result<()> {
    page.click("//nav//a[normalize-space() = 'Grid']").await?;
    page.click("//*[@role = 'gridcell'][starts-with(@aria-label, 'failed')]").await?;
    let is_read = "return document.querySelector('.drawer [aria-busy=false] pre') !== null";
    page.until("the texts of the result", is_read, &[]).await?;
    page.until_text("AssertionError").await?;
    page.click("//button[@aria-label = 'Close details']").await?;
    page.until("closed details", "return document.querySelector('.drawer') === null", &[]).await
}

/// Saves the summary and compares it with what the demo's makers counted. Returns where it is.
async fn download(page: &AnyBrowser) -> Result<PathBuf> {
    page.click(&button("Download")).await?;
    page.click("//*[@role = 'menuitem'][starts-with(normalize-space(), 'Summary (JSON)')]").await?;
    let path = page.download(".json").await?;
    let summary: Value = serde_json::from_slice(&fs::read(&path)?)?;
    let expected = fs::read_to_string(root().join("fixtures/demo/EXPECTED.tsv"))?;
    let mut lines = expected.lines().map(|line| line.split('\t').collect::<Vec<_>>());
    let head = lines.next().context("no header")?;
    let rows: Vec<Vec<&str>> = lines.collect();
    for column in ["results", "passed", "failed", "error", "skipped"] {
        let at = head.iter().position(|name| *name == column).context("no such column")?;
        let mut sum = 0;
        for row in &rows {
            sum += row.get(at).context("a short row")?.parse::<u64>()?;
        }
        ensure!(summary["totals"][column] == sum, "{column}: {} instead of {sum}", summary["totals"][column]);
    }
    Ok(path)
}

/// Results and the view come from the address; Back leads to the view before.
async fn by_link(page: &AnyBrowser, site: &Site) -> Result<()> {
    let address = format!("{}?src=results/brief/sessions.json&view=grid", site.address());
    page.open_page(&address, "ready").await?;
    page.until_text("DUT_B").await?;
    page.click("//nav//a[normalize-space() = 'Sessions']").await?;
    let view = "return document.querySelector('main').ariaLabel === arguments[0]";
    page.until("the sessions", view, &["Sessions".into()]).await?;
    page.run::<Value>("history.back()", &[]).await?;
    page.until("the grid again", view, &["Grid".into()]).await
}
