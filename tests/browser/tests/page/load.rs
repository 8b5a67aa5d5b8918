//! Much at once: the page goes on answering, says how far it is, and can be stopped.

use std::{fs, path::Path};

use anyhow::{Context, Result, bail};
use passgrid_browser_tests::{LongTask, Scenario, generate, scenario, scenario_alone, times};
use serde::Deserialize;
use serde_json::json;

use crate::{drawer, steps};

/// Elements that the page may have at most, whatever is loaded.
const MOST_ELEMENTS: u32 = 2500;

/// Keeps what progress bars say from now on, and how many elements there are at most.
const WATCH_PROGRESS: &str = "(() => {
    globalThis.watched = { said: [], hadCancel: false, elements: 0 };
    new MutationObserver(() => {
        const bar = document.querySelector('[role=progressbar]');
        const text = bar?.getAttribute('aria-valuetext') ?? '';
        if (text && text !== watched.said.at(-1)) watched.said.push(text);
        watched.hadCancel ||= [...document.querySelectorAll('button')].some((b) => b.innerText === 'Cancel' && b.checkVisibility());
        watched.elements = Math.max(watched.elements, document.querySelectorAll('*').length);
    }).observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
    return true;
})()";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Watched {
    said: Vec<String>,
    had_cancel: bool,
    elements: u32,
}

/// Writes this many small JUnit files, each of a DUT of its own.
fn small_files(folder: &Path, count: usize) -> Result<()> {
    fs::create_dir_all(folder)?;
    for number in 0..count {
        let report = generate::junit(40 + number as u64).text;
        fs::write(folder.join(format!("board-{number:03}.xml")), report)?;
    }
    Ok(())
}

async fn elements_stay_few(t: &Scenario) -> Result<()> {
    for view in ["Grid", "Files", "Overview"] {
        steps::go_to(t, view).await?;
        // Rows come with the next answer.
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
        let elements = t.page.element_count().await?;
        assert!(elements < MOST_ELEMENTS, "{view} has {elements} elements");
    }
    Ok(())
}

#[tokio::test]
async fn a_hundred_files_are_read_with_progress() -> Result<()> {
    scenario(async |t| {
        let temporary = tempfile::tempdir()?;
        let folder = temporary.path().join("night");
        small_files(&folder, 120)?;
        t.open_empty().await?;
        t.page.evaluate::<bool>(WATCH_PROGRESS).await?;
        t.page.drop_files([&folder]).await?;
        t.page.phase("ready").await?;
        let watched: Watched = t.page.evaluate("watched").await?;
        assert!(watched.had_cancel, "there was no way to cancel");
        assert!(watched.elements < MOST_ELEMENTS, "{} elements while loading", watched.elements);
        let said = watched.said.iter().filter(|text| text.contains("of 120 files")).count();
        assert!(said >= 2, "progress should have been told in files: {:?}", watched.said);
        assert!(
            watched.said.iter().all(|text| text.contains('B') && text.contains("result")),
            "{:?}",
            watched.said
        );

        let summary = steps::summary(t).await?;
        let mut results: Vec<(&str, u64)> = steps::list(&summary, "files")?
            .iter()
            .map(|file| (steps::text(file, "path"), file["results"].as_u64().unwrap_or(0)))
            .collect();
        results.sort();
        let expected: Vec<_> =
            (0..120).map(|number| (format!("night/board-{number:03}.xml"), 40 + number)).collect();
        assert_eq!(
            results,
            expected.iter().map(|(path, results)| (path.as_str(), *results)).collect::<Vec<_>>()
        );
        assert_eq!(summary["totals"]["duts"], 120);
        elements_stay_few(t).await
    })
    .await
}

#[tokio::test]
async fn reports_have_one_order_whatever_is_read_first() -> Result<()> {
    scenario(async |t| {
        let temporary = tempfile::tempdir()?;
        let folder = temporary.path().join("night");
        small_files(&folder, 40)?;
        // Several small ones are read while a large one is.
        for number in (0..40).step_by(4) {
            fs::write(folder.join(format!("board-{number:03}.xml")), generate::junit(20_000 + number).text)?;
        }
        t.report_of([&folder]).await?;
        let summary = steps::summary(t).await?;
        let paths: Vec<&str> =
            steps::list(&summary, "files")?.iter().map(|file| steps::text(file, "path")).collect();
        assert!(paths.is_sorted(), "not as they were dropped: {paths:?}");
        Ok(())
    })
    .await
}

/// Counts workers from the start of the next page on, which may have two even where there is a single processor.
const COUNT_WORKERS: &str = "globalThis.workers = 0;
    Object.defineProperty(navigator, 'hardwareConcurrency', { get: () => 2 });
    globalThis.Worker = class extends Worker { constructor(...all) { super(...all); workers += 1; } };";

#[tokio::test]
async fn several_workers_read_a_large_file() -> Result<()> {
    scenario(async |t| {
        let temporary = tempfile::tempdir()?;
        let file = temporary.path().join("large.xml");
        let large = generate::junit(480_000);
        assert!(large.text.len() > 64 << 20, "the file is too small: {} bytes", large.text.len());
        fs::write(&file, &large.text)?;
        let source = json!({ "source": COUNT_WORKERS });
        t.page.devtools("Page.addScriptToEvaluateOnNewDocument", source).await?;
        t.report_of([&file]).await?;
        let workers: u32 = t.page.evaluate("workers").await?;
        assert!(workers > 1, "one worker has read the whole file");

        let summary = steps::summary(t).await?;
        let totals = &summary["totals"];
        assert_eq!(totals["tests"], large.tests, "{totals}");
        assert_eq!(totals["failed"], large.failed, "{totals}");
        assert_eq!(totals["skipped"], large.skipped, "{totals}");
        assert_eq!(summary["files"][0]["bytes"], large.text.len(), "{}", summary["files"][0]);

        // The last test that failed was in a part: its texts are found in the file.
        let last = large.text.rfind("><failure").context("no test failed")?;
        let case = large.text[..last].rfind("<testcase").context("no test case")?;
        let case = &large.text[case..];
        let attribute = |key: &str| {
            let start = case.find(&format!(" {key}=\""))? + key.len() + 3;
            case[start..].split('"').next()
        };
        let (name, class) = (attribute("name").context("name")?, attribute("classname").context("class")?);
        let dut = steps::text(&summary["sessions"][0], "dut").to_owned();
        let address = json!({ "view": "tests", "test": name, "in": class, "dut": dut });
        let query: String = t.page.evaluate(&format!("`?${{new URLSearchParams({address})}}`")).await?;
        drawer::go(t, &query).await?;
        let shown = drawer::details(t, &format!("{name} on {dut}")).await?;
        let trace = case[..case.find("</failure>").context("no end")?].lines().nth(3).unwrap_or_default();
        assert!(shown.contains(trace.trim()), "{trace:?} is not in:\n{shown}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn cancel_keeps_what_was_read() -> Result<()> {
    scenario(async |t| {
        let temporary = tempfile::tempdir()?;
        let folder = temporary.path().join("year");
        fs::create_dir(&folder)?;
        let large = generate::junit(60_000);
        for number in 0..60 {
            // Different files: copies would be left out as duplicates.
            let text = large.text.replacen("runner-7", &format!("runner-{number}"), 1);
            fs::write(folder.join(format!("board-{number:02}.xml")), text)?;
        }
        t.open_empty().await?;
        t.page.drop_files([&folder]).await?;
        // What is read is on screen while the rest is being read.
        t.page.until_text("Needs attention").await?;
        t.page.find("button", "Cancel").await?.click().await?;
        t.page.phase("ready").await?;
        t.page.until_text("Cancelled").await?;
        let summary = steps::summary(t).await?;
        let files = steps::list(&summary, "files")?;
        assert!(files.len() < 60, "nothing was cancelled");
        for file in files.iter().filter(|file| file["status"] == "read") {
            assert_eq!(file["results"], large.tests, "{file}");
        }
        // The rest can be dropped again.
        t.page.drop_files([folder.join("board-59.xml")]).await?;
        steps::go_to(t, "Files").await?;
        t.page.until_text(&format!("{} files", files.len() + 1)).await?;
        t.page.phase("ready").await
    })
    .await
}

#[tokio::test]
async fn reading_large_files_stays_quick() -> Result<()> {
    scenario_alone(async |t| {
        let temporary = tempfile::tempdir()?;
        let file = temporary.path().join("large.xml");
        let large = generate::junit(120_000);
        fs::write(&file, &large.text)?;
        // Another program on the machine can lengthen a task, never shorten it: one quiet run of
        // three says that the page does not block.
        let mut last = Vec::new();
        for _ in 0..times::rounds(3) {
            last = times::too_long(&t.page, long_tasks_of_loading(t, &file).await?).await?;
            if last.is_empty() {
                break;
            }
        }
        if times::are_checked() && !last.is_empty() {
            bail!("tasks of more than 50 ms on the main thread while reading 20 MB: {last:?}");
        }
        let summary_totals = steps::figure(t, "Executed").await?;
        let executed: String = summary_totals.chars().filter(char::is_ascii_digit).collect();
        assert_eq!(executed, (large.tests - large.skipped).to_string());
        elements_stay_few(t).await
    })
    .await
}

/// Charts are excepted: the library that draws them is not ours.
async fn long_tasks_of_loading(t: &Scenario, file: &Path) -> Result<Vec<LongTask>> {
    t.open_empty().await?;
    t.page.long_tasks().await?;
    t.page.drop_files([file]).await?;
    t.page.phase("ready").await?;
    // The bars are drawn a task later than the headline.
    t.page.until_true("document.querySelector('.dut-bars .outcome-bar-part') !== null").await?;
    let mut tasks = t.page.long_tasks().await?;
    tasks.retain(|task| !task.is_for_charts());
    Ok(tasks)
}

#[tokio::test]
async fn scrolling_long_lists_to_their_end_stays_quick() -> Result<()> {
    scenario_alone(async |t| {
        let temporary = tempfile::tempdir()?;
        let file = temporary.path().join("large.xml");
        fs::write(&file, generate::junit(120_000).text)?;
        t.report_of([&file]).await?;
        steps::go_to(t, "Grid").await?;
        assert_eq!(steps::grid_size(t).await?, (120_001, 2));
        t.page.until_true("document.querySelectorAll('[role=gridcell]').length > 10").await?;
        t.page.long_tasks().await?;
        let mut quiet = !times::are_checked();
        for _ in 0..times::rounds(3) {
            for part in [0.2, 0.4, 0.6, 0.8, 1.0] {
                let scroll = format!("((grid) => {{ grid.scrollTop = grid.scrollHeight * {part}; return true; }})(document.querySelector('[role=grid]'))");
                t.page.evaluate::<bool>(&scroll).await?;
                // Rows come from the engine; there are always some where the eye is.
                t.page.until_true("(() => {
                    const grid = document.querySelector('[role=grid]').getBoundingClientRect();
                    const row = document.elementFromPoint(grid.left + 40, grid.bottom - 60)?.closest('[role=row]');
                    return !!row && row.getAttribute('aria-rowindex') > 1;
                })()").await?;
                let elements = t.page.element_count().await?;
                assert!(elements < MOST_ELEMENTS, "{elements} elements");
            }
            t.page
                .until_true(
                    "(() => {
                        const last = document.querySelector('[role=grid]').getAttribute('aria-rowcount');
                        return last > 120001 && document.querySelector(`[role=row][aria-rowindex='${last}']`) !== null;
                    })()",
                )
                .await?;
            quiet |= times::too_long(&t.page, t.page.long_tasks().await?).await?.is_empty();
        }
        assert!(quiet, "scrolling blocks the page");
        Ok(())
    })
    .await
}
