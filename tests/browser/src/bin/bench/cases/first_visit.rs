//! What a person waits for in a first visit: through a slow network, with a cold cache, from a server
//! that sends gzip.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use passgrid_browser_tests::{Browser, Network, Site, compressed_copy, dist, generate};
use serde::Deserialize;
use serde_json::json;

use crate::{
    row::{Bound, Row},
    spread::Spread,
};

/// The network of the budgets: 10 Mbit/s.
const NETWORK: Network = Network { bandwidth: 10e6 / 8.0, latency: Duration::from_millis(40) };

/// By which factor a median may exceed its budget before that is an error: machines differ.
const TOLERANCE: f64 = 1.5;

/// Notes the times, in the page.
const VISIT: &str = include_str!("visit.js");

/// The page notes these, in milliseconds since the start of navigation.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Visit {
    painted: f64,
    drop_accepted: f64,
    interactive: f64,
    report: Option<f64>,
    /// When the engine's worker was requested.
    engine_requested: Option<f64>,
    /// When the library for charts was requested.
    charts_requested: Option<f64>,
    is_compressed: bool,
}

/// Measures first visits. Returns rows, and what came in the wrong order.
///
/// # Errors
///
/// If the page does not start, or does not read the dropped file.
pub async fn measure(rounds: u32) -> Result<(Vec<Row>, Vec<String>)> {
    let build = compressed_copy(&dist()?)?;
    let (mut visits, mut drops) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        visits.push(visit(build.path(), None).await?);
        drops.push(visit(build.path(), Some(&generate::junit(20).text)).await?);
    }

    let reports: Option<Vec<f64>> = drops.iter().map(|visit| visit.report).collect();
    let reports = reports.context("a dropped file gave no report")?;
    let both = || visits.iter().chain(&drops);
    let rows = [
        ("the empty page is painted", 300.0, Spread::of(both().map(|visit| visit.painted))),
        ("a drop is accepted", 300.0, Spread::of(both().map(|visit| visit.drop_accepted))),
        ("the page is interactive", 1200.0, Spread::of(visits.iter().map(|visit| visit.interactive))),
        ("the first report of a small drop", 1500.0, Spread::of(reports.iter().copied())),
    ]
    .map(|(what, budget_ms, spread)| {
        Row::new(what, "ms", spread)
            .target(Bound::AtMost(budget_ms))
            .floor(Bound::AtMost(TOLERANCE * budget_ms))
    });

    let mut missed = Vec::new();
    // The order of things does not depend on the machine, so it has no tolerance.
    for (visit, report) in drops.iter().zip(reports) {
        if visit.engine_requested.is_some_and(|requested| requested < visit.painted) {
            missed.push("the engine is loaded before the first paint".to_owned());
        }
        if visit.charts_requested.is_some_and(|requested| requested < report) {
            missed.push("the library for charts is loaded before the first report is on screen".to_owned());
        }
    }
    missed.dedup();
    Ok((rows.into(), missed))
}

/// One visit in a browser of its own, whose caches are empty.
async fn visit(build: &std::path::Path, dropped: Option<&str>) -> Result<Visit> {
    let site = Site::start_behind(NETWORK, build)?;
    let page = Browser::start().await?;
    let source = format!("{VISIT}({})", serde_json::to_string(&dropped)?);
    page.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": source })).await?;
    page.open(&site.address()).await?;
    page.until_true("typeof visit.interactive === 'number'").await?;
    page.until_true("performance.getEntriesByName('first-contentful-paint').length > 0").await?;
    if dropped.is_some() {
        ensure!(page.evaluate::<bool>("visit.isDropTaken").await?, "the page does not take the drop");
        page.until_true("typeof visit.report === 'number'").await?;
        // The library for charts comes later, if it comes.
        tokio::time::sleep(Duration::from_millis(1500)).await;
    }
    let noted = page
        .evaluate(
            "({
                ...visit,
                painted: performance.getEntriesByName('first-contentful-paint')[0].startTime,
                engineRequested: performance.getEntriesByType('resource').find((entry) => entry.name.includes('worker-loader'))?.startTime ?? null,
                chartsRequested: performance.getEntriesByType('resource').find((entry) => entry.name.includes('plotly'))?.startTime ?? null,
                isCompressed: performance.getEntriesByType('navigation').every((entry) => entry.encodedBodySize < entry.decodedBodySize),
                report: visit.report ?? null,
            })",
        )
        .await;
    let noted: Visit = noted?;
    page.quit().await?;
    ensure!(noted.is_compressed, "the server does not send gzip");
    Ok(noted)
}
