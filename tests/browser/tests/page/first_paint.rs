//! The static page, which is there before the app: it looks the same, and takes files.

use std::time::Duration;

use anyhow::{Result, ensure};
use passgrid_browser_tests::{Browser, Network, Site, dist};
use serde_json::json;

use crate::steps::fixture;

/// So slow that the static page stays for seconds.
const SLOW: Network = Network { bandwidth: 250e3, latency: Duration::from_millis(10) };

/// The page at this query string before its app has started.
async fn static_page(query: &str) -> Result<(Site, Browser)> {
    let site = Site::start_behind(SLOW, &dist()?)?;
    let page = Browser::start().await?;
    // Unlike `open`, this does not wait until all is loaded.
    page.devtools("Page.navigate", json!({ "url": format!("{}{query}", site.address()) })).await?;
    page.until_true("document.querySelector('main') !== null && document.styleSheets.length > 0").await?;
    ensure!(page.current_phase().await? == "starting", "the app has started already");
    Ok((site, page))
}

/// Each visible element of the empty view with its text and its place on screen.
async fn places(page: &Browser) -> Result<Vec<(String, [i32; 4])>> {
    let places = "[...document.querySelectorAll(
        'header a, header button, main h1, main h2, main p, main label, main button, main a, main span, main ul, main section, main div',
    )].filter((e) => e.checkVisibility()).map((e) => {
        const box = e.getBoundingClientRect();
        const text = e.tagName === 'UL' ? [...e.children].map((item) => item.textContent).sort().join() : e.children.length > 0 ? '' : e.textContent;
        return [text, [box.x, box.y, box.width, box.height].map(Math.round)];
    })";
    page.evaluate(places).await
}

#[tokio::test]
async fn nothing_jumps_when_the_app_takes_over() -> Result<()> {
    for (width, height) in [(1440, 900), (390, 844)] {
        let (_site, page) = static_page("").await?;
        page.resize(width, height).await?;
        let before = places(&page).await?;
        ensure!(page.current_phase().await? == "starting", "the app has started already");
        page.phase("empty").await?;
        let after = places(&page).await?;
        assert!(before.len() > 20, "{before:?}");
        assert_eq!(before, after, "{width} × {height}");
        assert_eq!(page.console_errors().await?, [] as [&str; 0]);
        page.quit().await?;
    }
    Ok(())
}

#[tokio::test]
async fn what_is_dropped_before_the_start_is_read() -> Result<()> {
    let (_site, page) = static_page("").await?;
    page.drop_files([fixture("multi/version-folder")]).await?;
    page.drop_files([fixture("brief/sessions.json")]).await?;
    page.until_text("Loading…").await?;
    assert_eq!(page.current_phase().await?, "starting");
    page.phase("ready").await?;
    // Three boards of the folder and two of the file.
    page.until_text("of 5 DUTs fail").await?;
    assert_eq!(page.console_errors().await?, [] as [&str; 0]);
    page.quit().await.map(drop)
}

#[tokio::test]
async fn what_is_chosen_before_the_start_is_read() -> Result<()> {
    let (_site, page) = static_page("").await?;
    page.file_field("Open files").await?.choose([fixture("brief/sessions.json")]).await?;
    page.until_text("Loading…").await?;
    page.phase("ready").await?;
    page.until_text("1 of 2 DUTs fails.").await?;
    page.quit().await.map(drop)
}

#[tokio::test]
async fn files_of_a_dialog_that_outlives_the_static_page_are_read() -> Result<()> {
    let (_site, page) = static_page("").await?;
    page.evaluate::<bool>(
        "(globalThis.early = document.querySelector('input[aria-label=\"Open files\"]'), true)",
    )
    .await?;
    page.phase("empty").await?;
    assert!(page.evaluate::<bool>("!early.isConnected").await?, "the static page is still there");
    let choose = "(() => {
        const chosen = new DataTransfer();
        chosen.items.add(new File(['<testsuite name=\"s\"><testcase classname=\"a.B\" name=\"test_x\"/></testsuite>'], 'board.xml'));
        early.files = chosen.files;
        return early.dispatchEvent(new Event('change', { bubbles: true }));
    })()";
    page.evaluate::<bool>(choose).await?;
    page.phase("ready").await?;
    page.until_text("board").await?;
    page.quit().await.map(drop)
}

#[tokio::test]
async fn an_address_with_results_shows_that_they_are_loading() -> Result<()> {
    for query in ["?src=results/brief/sessions.json", "?demo"] {
        let (_site, page) = static_page(query).await?;
        page.until_text("Loading…").await?;
        let text = page.text().await?;
        assert!(!text.contains("See what passes where"), "{query}: {text}");
        page.quit().await?;
    }
    Ok(())
}
