//! The overview's bars, and its chart of pass rates.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use passgrid_browser_tests::{Browser, Scenario, Scheme, scenario};
use serde::Deserialize;
use serde_json::json;

use crate::steps::{self, fixture};

/// A segment of a bar.
#[derive(Debug, Deserialize)]
struct Segment {
    /// Its accessible name: "max-b1: 10 failed".
    label: String,
    title: String,
    /// Its width as a share of the room for bars.
    share: f64,
    /// Its width in pixels.
    width: f64,
    /// What the segment looks like: its color and the shape of its glyph.
    color: String,
    glyph: String,
}

/// A row of the table of DUTs.
#[derive(Debug, Deserialize)]
struct Row {
    dut: String,
    /// Passed, failed, error, skipped.
    counts: Vec<u32>,
    segments: Vec<Segment>,
}

async fn rows(page: &Browser) -> Result<Vec<Row>> {
    page.evaluate(
        "[...document.querySelectorAll('.duts-table tbody tr')].map((row) => {
            const width = (element) => element.getBoundingClientRect().width;
            const bar = row.querySelector('.outcome-bar');
            const count = (cell) => Number(cell.innerText.replaceAll(/\\D/g, ''));
            return {
                dut: row.querySelector('.dut-name').innerText,
                counts: [...row.querySelectorAll('td.number')].slice(1, 5).map(count),
                segments: [...bar.children].map((part) => ({
                    label: part.getAttribute('aria-label'),
                    title: part.title,
                    share: width(part) / width(bar),
                    width: width(part),
                    color: getComputedStyle(part).backgroundColor,
                    glyph: getComputedStyle(part).getPropertyValue('--glyph'),
                })),
            };
        })",
    )
    .await
}

/// "failed" and 10 of "max-b1: 10 failed".
fn parts<'a>(segment: &'a Segment, dut: &str) -> Result<(&'a str, u32)> {
    let words = segment.label.strip_prefix(&format!("{dut}: "));
    let (count, word) = words.and_then(|words| words.split_once(' ')).context("a segment has no name")?;
    Ok((word, count.parse()?))
}

#[tokio::test]
async fn a_bar_has_a_segment_for_each_outcome_as_wide_as_its_share() -> Result<()> {
    scenario(async |t| {
        t.report_of([fixture("demo/reports")]).await?;
        t.page.until_true("document.querySelector('.dut-bars .outcome-bar-part') !== null").await?;
        let rows = rows(&t.page).await?;
        assert_eq!(rows.len(), 5);
        let results = |row: &Row| -> Result<u32> {
            row.segments.iter().map(|segment| Ok(parts(segment, &row.dut)?.1)).sum()
        };
        let mut looks = BTreeMap::new();
        for row in &rows {
            let (mut counts, all) = (BTreeMap::new(), results(row)?);
            for segment in &row.segments {
                let (word, count) = parts(segment, &row.dut)?;
                counts.insert(word, count);
                assert_eq!(segment.title, segment.label);
                let expected = f64::from(count) / f64::from(all);
                // Narrow segments have 4 px at least, which the others give.
                let narrow: f64 = row
                    .segments
                    .iter()
                    .filter_map(|other| Some(f64::from(parts(other, &row.dut).ok()?.1) / f64::from(all)))
                    .map(|share| (4.0 * segment.share / segment.width - share).max(0.0))
                    .sum();
                ensure!(
                    (segment.share - expected).abs() < 0.005 + narrow,
                    "{segment:?} should be {expected}, {narrow} aside"
                );
                // A failure is never too narrow to be seen.
                ensure!(segment.width >= 3.0 || !matches!(word, "failed" | "error"), "{segment:?}");
                // The same look on every DUT.
                let look = (segment.color.clone(), segment.glyph.clone());
                assert_eq!(*looks.entry(word.to_owned()).or_insert(look.clone()), look);
            }
            let shown =
                ["passed", "failed", "error", "skipped"].map(|word| counts.get(word).copied().unwrap_or(0));
            assert_eq!(row.counts, shown, "{}", row.dut);
        }
        // No two outcomes share a color or a glyph.
        for (word, look) in &looks {
            for (other, its) in looks.iter().filter(|(other, _)| *other != word) {
                ensure!(look.0 != its.0 && look.1 != its.1, "{word} looks like {other}");
            }
        }
        ensure!(looks.len() >= 4, "{looks:?}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_segment_leads_to_its_tests_or_to_the_sessions() -> Result<()> {
    scenario(async |t| {
        t.report_of([fixture("demo/reports")]).await?;
        t.page.find("link", "max-b1: 10 failed").await?.click().await?;
        t.page.until_true("location.search === '?view=grid&only=failing&on=max-b1'").await?;
        t.page.find("main", "Grid").await?;
        t.page.back().await?;
        t.page
            .find_where("link", "of what passed on max-b1", |node| {
                node.name.starts_with("max-b1: ") && node.name.ends_with(" passed")
            })
            .await?
            .click()
            .await?;
        t.page.until_true("location.search === '?view=sessions&on=max-b1'").await?;
        t.page.find("main", "Sessions").await.map(drop)
    })
    .await
}

/// The chart is drawn.
const DRAWN: &str = "document.querySelectorAll('.chart-drawing .scatterlayer .trace').length > 0";

/// How often the page asked for the library. The service worker keeps it for later, too.
async fn library_requests(t: &Scenario) -> Result<u32> {
    let is_library = "(entry) => entry.name.includes('plotly') && entry.initiatorType === 'link'";
    t.page.evaluate(&format!("performance.getEntriesByType('resource').filter({is_library}).length")).await
}

#[tokio::test]
async fn the_chart_comes_after_the_report_and_only_with_several_builds() -> Result<()> {
    scenario(async |t| {
        // A report of one build needs no library, and neither does any other view.
        t.report_of([fixture("multi/version-folder/1.4.0")]).await?;
        for view in [
            "Grid",
            "Tests",
            "Failures",
            "Flaky",
            "Known issues",
            "History",
            "Compare",
            "Timing",
            "Metrics",
            "Sessions",
            "Files",
            "Overview",
        ] {
            steps::go_to(t, view).await?;
        }
        t.page.until_text("Needs attention").await?;
        tokio::time::sleep(std::time::Duration::from_millis(800)).await;
        ensure!(!t.page.text().await?.contains("Pass rate by build"), "there is one build");
        assert_eq!(library_requests(t).await?, 0);

        t.open_empty().await?;
        t.page
            .evaluate::<bool>(
                "(new MutationObserver(() => {
                    const isShown = document.querySelector('.duts-table tbody tr') !== null;
                    if (isShown) globalThis.shownAt ??= performance.now();
                }).observe(document.body, { subtree: true, childList: true }), true)",
            )
            .await?;
        t.page.drop_files([fixture("multi/version-folder")]).await?;
        t.page.until_text("Pass rate by build").await?;
        t.page.until_true(DRAWN).await?;
        let starts: Vec<f64> = t
            .page
            .evaluate(
                "performance.getEntriesByType('resource').filter((entry) => entry.name.includes('plotly'))
                    .map((entry) => entry.startTime - shownAt)",
            )
            .await?;
        ensure!(!starts.is_empty() && starts.iter().all(|start| *start > 0.0), "asked for at {starts:?} ms");
        // Not again for another chart.
        steps::go_to(t, "Grid").await?;
        steps::go_to(t, "Overview").await?;
        t.page.until_true(DRAWN).await?;
        assert_eq!(library_requests(t).await?, 1);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_point_leads_to_the_sessions_of_its_dut() -> Result<()> {
    scenario(async |t| {
        t.report_of([fixture("multi/version-folder")]).await?;
        t.page.until_true(DRAWN).await?;
        let lines: Vec<String> =
            t.page.evaluate("document.querySelector('.chart-drawing').data.map((trace) => trace.name)").await?;
        let [x, y]: [f64; 2] = t
            .page
            .evaluate(
                "(() => {
                    const point = document.querySelectorAll('.scatterlayer .trace')[1].querySelector('.point');
                    const { left, top, width, height } = point.getBoundingClientRect();
                    return [left + width / 2, top + height / 2];
                })()",
            )
            .await?;
        t.page.move_mouse(x, y).await?;
        t.page.until_true("document.querySelector('.hoverlayer .hovertext') !== null").await?;
        for kind in ["mousePressed", "mouseReleased"] {
            let event = json!({ "type": kind, "x": x, "y": y, "button": "left", "clickCount": 1 });
            t.page.devtools("Input.dispatchMouseEvent", event).await?;
        }
        let there = format!("location.search === '?view=sessions&on={}'", lines[1]);
        t.page.until_true(&there).await
    })
    .await
}

#[tokio::test]
async fn the_chart_follows_the_color_scheme_and_its_room() -> Result<()> {
    scenario(async |t| {
        t.report_of([fixture("multi/version-folder")]).await?;
        t.page.until_true(DRAWN).await?;
        let is_themed = "(() => {
            const [chart, style] = [document.querySelector('.chart-drawing'), getComputedStyle(document.documentElement)];
            return chart.layout.paper_bgcolor === style.getPropertyValue('--surface').trim()
                && chart.layout.font.color === style.getPropertyValue('--text').trim();
        })()";
        let surface = "document.querySelector('.chart-drawing').layout.paper_bgcolor";
        t.page.until_true(is_themed).await?;
        let mut seen = vec![t.page.evaluate::<String>(surface).await?];
        // A person's switch, then the system's.
        t.page.find("button", "Switch between light and dark").await?.click().await?;
        t.page.until_true(&format!("{surface} !== '{}'", seen[0])).await?;
        t.page.until_true(is_themed).await?;
        t.page.evaluate::<Option<()>>("localStorage.clear()").await?;
        t.report_of([fixture("multi/version-folder")]).await?;
        for scheme in Scheme::OWN {
            t.page.prefer(scheme).await?;
            t.page.until_true(DRAWN).await?;
            t.page.until_true(is_themed).await?;
            seen.push(t.page.evaluate(surface).await?);
        }
        ensure!(seen[1] != seen[2], "light and dark look the same: {seen:?}");
        for width in [1440, 900, 390] {
            t.page.resize(width, 900).await?;
            t.page
                .until_true(
                    "Math.abs(document.querySelector('.chart-drawing .main-svg').getBoundingClientRect().width
                        - document.querySelector('.chart-drawing').getBoundingClientRect().width) < 2",
                )
                .await?;
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn the_chart_is_a_table_too_and_can_be_saved() -> Result<()> {
    scenario(async |t| {
        t.report_of([fixture("multi/version-folder")]).await?;
        t.page.until_true(DRAWN).await?;
        t.page
            .find_where("image", "of the chart", |node| node.name.starts_with("Pass rate per DUT over builds"))
            .await?;
        t.page.find("button", "Show as table").await?.click().await?;
        let table: Vec<Vec<String>> = t
            .page
            .evaluate(
                "[...document.querySelectorAll('.chart-table tr')].map((row) => [...row.cells].map((cell) => cell.innerText))",
            )
            .await?;
        // Three DUTs with two builds each.
        assert_eq!(table.len(), 1 + 6, "{table:?}");
        t.page.find("button", "Save chart").await?.click().await?;
        t.page.find("menuitem", "CSV").await?.click().await?;
        let (name, content) = t.page.download().await?;
        assert_eq!(name, "pass-rate-by-build.csv");
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(content.as_slice());
        let saved: Vec<Vec<String>> =
            reader.records().map(|row| Ok(row?.iter().map(str::to_owned).collect())).collect::<Result<_>>()?;
        assert_eq!(saved, table);
        for (item, start) in [("PNG", b"\x89PNG".as_slice()), ("SVG", b"<svg".as_slice())] {
            t.page.find("button", "Save chart").await?.click().await?;
            t.page.find("menuitem", item).await?.click().await?;
            let (name, content) = t.page.download().await?;
            assert_eq!(name, format!("pass-rate-by-build.{}", item.to_lowercase()));
            ensure!(content.starts_with(start), "{name} begins with {:?}", &content[..content.len().min(20)]);
        }
        Ok(())
    })
    .await
}
