//! The test times of the demo: what became slower, the charts, and the table.

use anyhow::{Result, ensure};
use passgrid_browser_tests::{Scenario, scenario};

use crate::steps::{self, fixture};

const SLOWING: &str = "test_starts_within_30_s";

async fn open(t: &Scenario, query: &str) -> Result<()> {
    t.open_report(&format!("?demo&view=timing{query}")).await?;
    t.page.until_true("document.querySelectorAll('.timing .table-row').length > 0").await
}

/// The texts of a column, without those of assistive technology.
async fn column(t: &Scenario, number: usize) -> Result<Vec<String>> {
    let cells = format!(
        "[...document.querySelectorAll('.timing .table-row')].map((row) => row.children[{number}].innerText.trim().split('\\n')[0])"
    );
    t.page.evaluate(&cells).await
}

/// Durations of a demo's JUnit report, by test: the last attempt counts.
fn recounted(path: &str) -> Result<Vec<(String, f64)>> {
    let mut durations: Vec<(String, f64)> = Vec::new();
    for case in steps::read(&fixture(path))?.split("<testcase ").skip(1) {
        let attribute = |name: &str| {
            let rest = case.split_once(&format!(" {name}=\"")).map_or("", |(_, rest)| rest);
            rest.split('"').next().unwrap_or_default().to_owned()
        };
        // The truncated file ends within a case.
        if let Ok(seconds) = attribute("time").parse::<f64>() {
            let class = case.split('"').nth(1).unwrap_or_default();
            let name = format!("{class} {}", attribute("name"));
            durations.retain(|(have, _)| *have != name);
            durations.push((name, seconds));
        }
    }
    Ok(durations)
}

/// The view names the test that slows down, and the build; its trend is on screen, with a mark there.
#[tokio::test]
async fn the_slowing_test_is_named_with_its_build() -> Result<()> {
    scenario(async |t| {
        open(t, "").await?;
        t.page.until_text(&format!("1 test became slower: {SLOWING} (")).await?;
        t.page.until_text("since 2.4.0-rc2 on 5 DUTs").await?;
        t.page.until_text("Slower since 2.4.0-rc2 on 5 DUTs: median ").await?;
        t.page
            .until_true("document.querySelectorAll('.result-chart .scatterlayer .trace').length === 5")
            .await?;
        t.page.until_true("document.querySelectorAll('.result-chart .shapelayer path').length === 1").await?;
        let text = "document.querySelector('.result-chart .annotation-text').textContent";
        let text: String = t.page.evaluate(text).await?;
        ensure!(text.starts_with("▲ 1."), "{text}");
        t.page.find("button", "Show as table").await?.click().await?;
        t.page.until_text("Shift since this build").await
    })
    .await
}

/// The test times of a DUT are those of its file, and their shares of its total.
#[tokio::test]
async fn test_times_are_as_recounted() -> Result<()> {
    scenario(async |t| {
        open(t, "&on=max-b1").await?;
        let mut expected = recounted("demo/reports/2.4.1/max-b1.xml")?;
        expected.sort_by(|(_, a), (_, b)| b.total_cmp(a));
        let total: f64 = expected.iter().map(|(_, seconds)| seconds).sum();
        let minutes = (total / 60.0) as u32;
        let whole = format!("test time {minutes} min {:02} s", total as u32 % 60);
        t.page.until_text(&whole).await?;
        let names = column(t, 0).await?;
        let times = column(t, 1).await?;
        let shares = column(t, 2).await?;
        for (at, (name, seconds)) in expected.iter().take(5).enumerate() {
            ensure!(name.ends_with(&format!(" {}", names[at])), "{name} is {} on screen", names[at]);
            let shown = match *seconds {
                seconds if seconds < 60.0 => format!("{seconds:.1} s"),
                seconds => format!("{} min {:02} s", seconds as u32 / 60, seconds as u32 % 60),
            };
            assert_eq!(times[at].replace('\u{a0}', " "), shown, "{name}");
            let share = format!("{:.1} %", seconds / total * 100.0);
            assert_eq!(shares[at].replace('\u{a0}', " "), share, "{name}");
        }
        Ok(())
    })
    .await
}

/// Enter opens a row: its details, and its trend. The choice of the chart is in the address.
#[tokio::test]
async fn rows_and_charts_are_used_by_keyboard() -> Result<()> {
    scenario(async |t| {
        open(t, "&sort=-change").await?;
        t.page.evaluate::<bool>("(document.querySelector('.timing .table-scroller').focus(), true)").await?;
        t.page.press("Enter").await?;
        t.page
            .until_true(&format!("new URLSearchParams(location.search).get('trend') === '{SLOWING}'"))
            .await?;
        t.page
            .until_true(&format!("new URLSearchParams(location.search).get('test') === '{SLOWING}'"))
            .await?;
        t.page.find("heading", SLOWING).await?;
        t.page.press("Escape").await?;
        t.page.until_true("!location.search.includes('&test=')").await?;
        t.page
            .until_true(&format!("new URLSearchParams(location.search).get('trend') === '{SLOWING}'"))
            .await?;
        t.page.find("button", "Per DUT").await?.click().await?;
        t.page.until_true("location.search.includes('chart=duts')").await?;
        t.page.until_true("document.querySelectorAll('.result-chart .boxlayer .trace').length === 5").await?;
        t.page
            .until_true("document.querySelectorAll('.result-chart .boxlayer path.point').length === 36")
            .await?;
        t.page.find("button", "One test, show all tests").await?.click().await?;
        t.page.until_true("!location.search.includes('trend=')").await?;
        t.page.until_text("Durations of all tests per DUT, latest sessions").await?;
        t.page.find("button", "One session").await?.click().await?;
        t.page.until_text("No file says when each test started.").await
    })
    .await
}

/// A session by worker, where the file has start times; a session is chosen by its name.
#[tokio::test]
async fn a_session_is_drawn_by_worker() -> Result<()> {
    scenario(async |t| {
        t.report_of([fixture("pytest-reportlog/reportlog-1.0.0/xdist.jsonl")]).await?;
        steps::go_to(t, "Timing").await?;
        t.page.find("button", "One session").await?.click().await?;
        t.page.until_true("document.querySelectorAll('.result-chart .bars .point').length === 8").await?;
        let workers = "[...document.querySelectorAll('.result-chart .ytick text')].map((e) => e.textContent.trim()).sort().join()";
        t.page.until_true(&format!("{workers} === 'gw0,gw1'")).await?;
        t.page.until_text("2 rows busy").await?;
        t.page.find("button", "Show as table").await?.click().await?;
        t.page.until_text("From (s)").await
    })
    .await
}

#[tokio::test]
async fn test_times_can_be_downloaded() -> Result<()> {
    scenario(async |t| {
        open(t, "").await?;
        let table = steps::download(t, "Timing (CSV)").await?;
        assert_eq!(table.lines().count(), 206);
        let slower: Vec<&str> = table.lines().filter(|line| line.contains(",slower,")).collect();
        ensure!(slower.len() == 1 && slower[0].starts_with(SLOWING), "{slower:?}");
        Ok(())
    })
    .await
}
