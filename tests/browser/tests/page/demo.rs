//! The demo: from the button and by its address, with the figures that its makers counted.

use std::{fs, time::Instant};

use anyhow::{Context, Result, ensure};
use passgrid_browser_tests::{Scenario, scenario};

use crate::steps::{self, fixture};

const HEADLINE: &str = "3 of 5 DUTs fail. 14 tests fail, 9 of them only on max-b1; 3 are new since build 2.4.0, and 1 was fixed.";

/// The sums of a column of what Python's parsers counted: of all reports, and of those that `is_meant`
/// means by path.
fn sum(column: &str, is_meant: impl Fn(&str) -> bool) -> Result<u64> {
    let text = steps::read(&fixture("demo/EXPECTED.tsv"))?;
    let mut lines = text.lines().map(|line| line.split('\t').collect::<Vec<_>>());
    let head = lines.next().context("no header")?;
    let at = head.iter().position(|name| *name == column).with_context(|| format!("no column {column}"))?;
    let mut sum = 0;
    for line in lines.filter(|line| is_meant(line[0])) {
        sum += line[at].parse::<u64>()?;
    }
    Ok(sum)
}

/// The page shows the demo, whole.
async fn is_shown(t: &Scenario) -> Result<()> {
    t.page.until_text(HEADLINE).await?;
    t.page.until_text("This is the demo: five boards of an imaginary speaker over eight builds.").await?;
    ensure!(t.page.query().await?.contains("demo"), "{}", t.page.query().await?);
    Ok(())
}

#[tokio::test]
async fn is_one_click_away_and_its_figures_are_right() -> Result<()> {
    scenario(async |t| {
        t.open_empty().await?;
        let start = Instant::now();
        t.page.find("button", "Try the demo").await?.click().await?;
        t.page.phase("ready").await?;
        println!("the demo took {} ms", start.elapsed().as_millis());
        is_shown(t).await?;
        assert_eq!(t.page.query().await?, "?demo");
        let summary = steps::summary(t).await?;
        let totals = &summary["totals"];
        for column in ["results", "passed", "failed", "error", "skipped", "xfailed", "xpassed", "flaky"] {
            assert_eq!(totals[column], sum(column, |_| true)?, "{column}");
        }
        let paths: Vec<&str> =
            steps::list(&summary, "files")?.iter().map(|file| steps::text(file, "path")).collect();
        let listed = steps::read(&fixture("demo/files.txt"))?;
        let mut listed: Vec<&str> = listed.lines().collect();
        listed.sort_unstable();
        let mut found = paths.clone();
        found.sort_unstable();
        assert_eq!(found, listed);
        // Now is the latest session of each DUT, which is that of 2.4.1.
        let failed = sum("failed", |path| path.starts_with("2.4.1/"))?;
        assert_eq!(
            steps::figure(t, "Failed").await.ok().and_then(|text| text.split(' ').next()?.parse().ok()),
            Some(failed)
        );
        Ok(())
    })
    .await
}

#[tokio::test]
async fn is_in_the_address_also_below_a_path() -> Result<()> {
    scenario(async |t| {
        for address in [t.site.address(), t.site.prefixed()] {
            t.page.open_page(&format!("{address}?demo&view=grid"), "ready").await?;
            assert_eq!(steps::grid_size(t).await?.1, 6, "{address}");
            steps::go_to(t, "Overview").await?;
            is_shown(t).await?;
            t.page.reload().await?;
            t.page.phase("ready").await?;
            is_shown(t).await?;
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn back_and_forward_give_the_same_screens() -> Result<()> {
    scenario(async |t| {
        t.open_empty().await?;
        t.page.find("button", "Try the demo").await?.click().await?;
        t.page.phase("ready").await?;
        steps::go_to(t, "Files").await?;
        t.page.back().await?;
        is_shown(t).await?;
        t.page.back().await?;
        t.page.phase("empty").await?;
        t.page.find("button", "Try the demo").await?;
        t.page.forward().await?;
        t.page.phase("ready").await?;
        is_shown(t).await?;
        t.page.find("link", "Leave the demo").await?.click().await?;
        t.page.phase("empty").await?;
        assert_eq!(t.page.query().await?, "");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn is_never_added_to_own_files() -> Result<()> {
    scenario(async |t| {
        t.open_report("?demo").await?;
        t.page.drop_files([fixture("multi/flat")]).await?;
        t.page.until_text("Demo closed; showing your files.").await?;
        t.page.phase("ready").await?;
        let summary = steps::summary(t).await?;
        assert_eq!(summary["totals"]["duts"], 3);
        assert_eq!(summary["totals"]["sessions"], 3);
        assert!(!t.page.query().await?.contains("demo"));
        assert!(!t.page.text().await?.contains("This is the demo"));
        Ok(())
    })
    .await
}

#[tokio::test]
async fn is_no_part_of_the_first_visit() -> Result<()> {
    scenario(async |t| {
        t.open_empty().await?;
        let requests = t.site.requests();
        assert!(requests.iter().all(|request| !request.line.contains("demo")), "{requests:?}");
        assert!(fs::read_dir(fixture("demo/reports"))?.next().is_some());
        Ok(())
    })
    .await
}
