//! Metrics: numbers that tests measured, their directions and their charts.

use std::{fmt::Write, fs};

use anyhow::{Context, Result, ensure};
use passgrid_browser_tests::{Scenario, scenario};

use crate::steps::{self, fixture};

/// The texts of a row: the one whose metric is this.
async fn row(t: &Scenario, metric: &str) -> Result<Vec<String>> {
    let cells = format!(
        "[...([...document.querySelectorAll('.timing .table-row')]
            .find((row) => row.children[1].innerText === '{metric}')?.children ?? [])].map((cell) => cell.innerText.trim())"
    );
    t.page.evaluate(&cells).await
}

/// Twelve sessions of two boards, whose power rises from about 50 to 60 mW with build 1.6.
async fn boards(t: &Scenario) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let night = folder.path().join("night");
    for build in 0..12 {
        let of_build = night.join(format!("1.{build}"));
        fs::create_dir_all(&of_build)?;
        for board in 0..2 {
            let level = if build < 6 { 50.0 } else { 60.0 };
            let power = level + f64::from(build % 3) / 10.0 + f64::from(board);
            let mut text =
                format!("<testsuite name=\"s\" timestamp=\"2026-11-{:02}T10:0{board}:00\">", build + 1);
            write!(
                text,
                "<testcase classname=\"power\" name=\"draws_little\" time=\"1\"><properties>\
                <property name=\"power_mw\" value=\"{power}\"/><property name=\"steps\" value=\"{}\"/>\
                </properties></testcase></testsuite>",
                7 + board
            )?;
            fs::write(of_build.join(format!("board_{board}.xml")), text)?;
        }
    }
    t.report_of([&night]).await?;
    steps::go_to(t, "Metrics").await?;
    t.page.until_true("document.querySelectorAll('.timing .table-row').length === 2").await
}

/// A rise of power is a regression, until a person says that more is better. The address keeps that.
#[tokio::test]
async fn a_direction_decides_what_is_worse() -> Result<()> {
    scenario(async |t| {
        boards(t).await?;
        t.page.until_text("1 metric got worse: power_mw of draws_little (").await?;
        t.page.until_text("since 1.6 on board_0 and board_1").await?;
        let shown = row(t, "power_mw").await?;
        // The median of 60.2 + 0 and 60.2 + 1.
        assert_eq!((shown[0].as_str(), shown[2].as_str()), ("draws_little", "60.7 mW"));
        t.page
            .until_true("document.querySelectorAll('.result-chart .scatterlayer .trace').length === 2")
            .await?;
        t.page.until_true("document.querySelectorAll('.result-chart .shapelayer path').length === 1").await?;
        t.page.find("button", "power_mw: lower is better; press to change").await?.click().await?;
        t.page.until_true("new URLSearchParams(location.search).get('higher') === 'power_mw'").await?;
        t.page.until_text("No metric got worse. 1 metric got better.").await?;
        t.page.until_text("Better since 1.6 on board_0 and board_1: median ").await?;
        // Another view does not forget it.
        steps::go_to(t, "Tests").await?;
        steps::go_to(t, "Metrics").await?;
        t.page.until_text("1 metric got better.").await
    })
    .await
}

/// The keyboard reaches the direction of a row, and opens its trend and its result.
#[tokio::test]
async fn rows_are_used_by_keyboard() -> Result<()> {
    scenario(async |t| {
        boards(t).await?;
        t.page.evaluate::<bool>("(document.querySelector('.timing .table-scroller').focus(), true)").await?;
        t.page.press("ArrowRight").await?;
        t.page.until_true("document.querySelector('.timing .chip.is-active') !== null").await?;
        t.page.press("Enter").await?;
        t.page.until_true("location.search.includes('higher=power_mw')").await?;
        t.page.press("ArrowDown").await?;
        t.page.press("Enter").await?;
        t.page.until_true("new URLSearchParams(location.search).get('metric') === 'steps'").await?;
        t.page.find("heading", "draws_little").await?;
        t.page.until_text("steps of draws_little, per DUT over builds").await?;
        t.page.press("Escape").await?;
        t.page.until_true("!location.search.includes('test=')").await?;
        t.page.find("button", "Per DUT").await?.click().await?;
        t.page.until_true("document.querySelectorAll('.result-chart .boxlayer .trace').length === 2").await
    })
    .await
}

/// Values of a benchmark are those of its file.
#[tokio::test]
async fn benchmarks_are_as_in_the_file() -> Result<()> {
    scenario(async |t| {
        let path = "pytest-benchmark/benchmark-5.3.1/codec.json";
        let report: serde_json::Value = serde_json::from_str(&steps::read(&fixture(path))?)?;
        t.report_of([fixture(path)]).await?;
        steps::go_to(t, "Metrics").await?;
        t.page.until_true("document.querySelectorAll('.timing .table-row').length === 17").await?;
        let table = steps::download(t, "Metrics (CSV)").await?;
        assert_eq!(table.lines().count(), 18);
        for benchmark in report["benchmarks"].as_array().context("no benchmarks")? {
            let name = benchmark["name"].as_str().context("no name")?;
            for metric in ["mean", "median", "min", "max", "ops"] {
                let value = benchmark["stats"][metric].as_f64().context("no value")?;
                let found = table.lines().find(|line| {
                    line.starts_with(&format!("{name},")) && line.contains(&format!(",{metric},"))
                });
                let cells: Vec<&str> = found.context("no row")?.split(',').collect();
                ensure!(cells[4].parse() == Ok(value), "{metric} of {name}: {cells:?} instead of {value}");
            }
        }
        Ok(())
    })
    .await
}
