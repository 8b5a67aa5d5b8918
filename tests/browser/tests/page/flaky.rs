//! The ranking of flaky tests, of the demo and of its download.

use anyhow::{Context, Result, ensure};
use passgrid_browser_tests::scenario;

use crate::steps;

/// The demo's flaky test is at the top; its row opens the last session in which its attempts disagreed.
#[tokio::test]
async fn the_flaky_test_of_the_demo_is_at_the_top() -> Result<()> {
    scenario(async |t| {
        t.page.resize(1600, 1000).await?;
        t.open_report("?demo").await?;
        t.page.press("g").await?;
        t.page.press("k").await?;
        t.page.until_true("location.search === '?demo&view=flaky'").await?;
        t.page.until_text("test_comes_back_into_range").await?;
        let first: Vec<String> = t
            .page
            .evaluate("[...document.querySelector('main .table-row').querySelectorAll('.table-cell')].map((cell) => cell.innerText.trim())")
            .await?;
        ensure!(first[0].contains("comes_back_into_range"), "{first:?}");
        ensure!(first.contains(&"11 of 36".to_owned()), "{first:?}");
        ensure!(first.iter().any(|cell| cell.starts_with("30.6") && cell.contains("18–47")), "{first:?}");

        t.page.evaluate::<()>("document.querySelector('main .table-row').click()").await?;
        t.page.until_true("new URLSearchParams(location.search).has('session')").await?;
        t.page.until_text("flaky").await?;
        t.page.press("Escape").await?;
        t.page.until_true("!location.search.includes('test=')").await?;

        t.page.find("searchbox", "Filter flaky tests").await?.enter("no such test").await?;
        t.page.until_text("No flaky tests match.").await
    })
    .await
}

/// The download has the ranking, with the figures of an independent count.
#[tokio::test]
async fn the_ranking_is_downloaded() -> Result<()> {
    scenario(async |t| {
        t.open_report("?demo&view=flaky").await?;
        let table = steps::download(t, "Flaky (CSV)").await?;
        let mut reader = csv::Reader::from_reader(table.as_bytes());
        let head = reader.headers()?.clone();
        let at = |name: &str| head.iter().position(|have| have == name).context("a column");
        let first = reader.records().next().context("a row")??;
        assert_eq!(&first[at("test")?], "test_comes_back_into_range");
        assert_eq!((&first[at("flaky_sessions")?], &first[at("sessions")?]), ("11", "36"));
        // Wilson's interval by scipy.
        assert_eq!((&first[at("low_95")?], &first[at("high_95")?]), ("0.180045", "0.468563"));
        Ok(())
    })
    .await
}
