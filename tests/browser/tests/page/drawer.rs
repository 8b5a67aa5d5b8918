//! The details of a result: its texts, and the ways from it to others.

use std::fmt::Write;

use anyhow::{Context, Result};
use passgrid_browser_tests::{LongTask, Scenario, scenario, scenario_alone, times};
use roxmltree::Document;

use crate::steps::{self, fixture};

const CODEC: &str =
    "?view=grid&test=test_codec%5Baac%5D&in=tests.network.test_streaming.TestBluetooth&dut=max-b1";

/// The node ID of the test of [`CODEC`], as pytest takes it.
const NODE_ID: &str = "tests/network/test_streaming.py::TestBluetooth::test_codec[aac]";

/// Drops the demo and goes to an address of it, as if it had been chosen there.
pub async fn demo(t: &Scenario, query: &str) -> Result<()> {
    t.report_of([fixture("demo/reports")]).await?;
    go(t, query).await
}

/// Goes to an address of the report, as if it had been chosen there.
pub async fn go(t: &Scenario, query: &str) -> Result<()> {
    let query = serde_json::to_string(query)?;
    t.page
        .evaluate::<bool>(&format!(
            "(history.pushState(null, '', {query}), dispatchEvent(new PopStateEvent('popstate')))"
        ))
        .await
        .map(drop)
}

/// Waits for the details with this name, and gives their text.
pub async fn details(t: &Scenario, name: &str) -> Result<String> {
    let name = format!("Details of {name}");
    let drawer = t.page.find("complementary", &name).await?;
    t.page.until_true("document.querySelector('.drawer [aria-busy=false]') !== null").await?;
    drawer.text().await
}

fn assert_has_lines(shown: &str, expected: &str) {
    let is_heading = |line: &str| line.starts_with("---") && line.contains(" Captured ");
    for line in expected.lines().filter(|line| !line.trim().is_empty() && !is_heading(line)) {
        assert!(shown.contains(line.trim_end()), "{line:?} is not in:\n{shown}");
    }
}

#[tokio::test]
async fn the_texts_are_those_of_the_file_in_color() -> Result<()> {
    scenario(async |t| {
        demo(t, CODEC).await?;
        let shown = details(t, "test_codec[aac] on max-b1").await?;
        let source = steps::read(&fixture("demo/reports/2.4.1/max-b1.xml"))?;
        let document = Document::parse(&source)?;
        let case = document
            .descendants()
            .find(|node| node.has_tag_name("testcase") && node.attribute("name") == Some("test_codec[aac]"))
            .context("no such test")?;
        for child in case.children().filter(|child| child.is_element()) {
            assert_has_lines(&shown, &steps::without_escapes(child.text().unwrap_or_default()));
            assert_has_lines(&shown, &steps::without_escapes(child.attribute("message").unwrap_or_default()));
        }
        assert!(source.contains("#x1B["), "the fixture has no colors");
        assert!(!shown.contains("#x1B") && !shown.contains('\u{1B}'), "{shown}");
        // A red stretch is red: not the color of the text around it.
        let colors: Vec<String> = t
            .page
            .evaluate("['.a-fg1', '.a-fg2', 'pre'].map((s) => getComputedStyle(document.querySelector(`.drawer ${s}`)).color)")
            .await?;
        assert!(colors[0] != colors[1] && colors[0] != colors[2], "{colors:?}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn json_reports_have_colors_too() -> Result<()> {
    scenario(async |t| {
        let report: serde_json::Value =
            serde_json::from_str(&steps::read(&fixture("demo/reports/2.4.0/mini-a1.json"))?)?;
        let failed = steps::list(&report, "tests")?
            .iter()
            .find(|test| {
                test["outcome"] == "failed"
                    && test["call"]["stdout"].as_str().is_some_and(|out| out.contains('\u{1B}'))
            })
            .context("no failed test with a colored console")?;
        let name = steps::text(failed, "nodeid").rsplit("::").next().unwrap_or_default();
        t.report_of([fixture("demo/reports/2.4.0/mini-a1.json")]).await?;
        steps::go_to(t, "Grid").await?;
        t.page
            .find_where("gridcell", "that failed", |node| node.name == "failed on mini-a1")
            .await?
            .click()
            .await?;
        let shown = details(t, &format!("{name} on mini-a1")).await?;
        assert_has_lines(
            &shown,
            &steps::without_escapes(failed["call"]["stdout"].as_str().unwrap_or_default()),
        );
        assert_has_lines(&shown, failed["call"]["longrepr"].as_str().unwrap_or_default());
        assert!(!shown.contains('\u{1B}'), "{shown}");
        t.page.until_true("document.querySelectorAll('.drawer pre span.a').length > 0").await
    })
    .await
}

#[tokio::test]
async fn marks_lead_to_other_duts_and_sessions() -> Result<()> {
    scenario(async |t| {
        demo(t, CODEC).await?;
        details(t, "test_codec[aac] on max-b1").await?;
        t.page.find("button", "passed on mini-a1").await?.click().await?;
        let shown = details(t, "test_codec[aac] on mini-a1").await?;
        assert!(shown.contains("reported as") || shown.contains("passed"), "{shown}");
        t.page.find("button", "failed on max-b1").await?.click().await?;
        details(t, "test_codec[aac] on max-b1").await?;

        // Its sessions in time order: it fails since 2.4.0-rc1.
        let tree = t.page.tree().await?;
        let strip: Vec<(String, bool)> = tree
            .all("button")
            .filter_map(|node| {
                let (outcome, build) = node.name.split_once(" in ")?;
                Some((format!("{build} {outcome}"), node.is_focused()))
            })
            .collect();
        let builds: Vec<&str> = strip.iter().map(|(text, _)| text.as_str()).collect();
        assert_eq!(
            builds,
            [
                "2.3.0 passed",
                "2.3.1 passed",
                "2.3.2 passed",
                "2.4.0-beta1 passed",
                "2.4.0-rc1 failed",
                "2.4.0-rc2 failed",
                "2.4.0 failed",
                "2.4.1 failed"
            ]
        );
        let current = t.page.find("button", "failed in 2.4.1").await?;
        assert_eq!(current.attribute("aria-current").await?.as_deref(), Some("true"));
        t.page.find("button", "passed in 2.3.1").await?.click().await?;
        t.page.until_true("location.search.includes('&session=')").await?;
        t.page
            .until_true("document.querySelector('.drawer ol [aria-current]')?.innerText === '2.3.1'")
            .await?;
        let shown = details(t, "test_codec[aac] on max-b1").await?;
        assert!(shown.contains("Build\n2.3.1"), "{shown}");
        t.page.back().await?;
        t.page.until_true("document.querySelector('.drawer ol [aria-current]')?.innerText === '2.4.1'").await
    })
    .await
}

#[tokio::test]
async fn where_a_dut_has_no_result_the_reason_is_said() -> Result<()> {
    scenario(async |t| {
        demo(t, "?test=test_keeps%5Balarms%5D&in=tests.updates.test_firmware.TestUpdate&dut=max-b1").await?;
        details(t, "test_keeps[alarms] on max-b1").await?;
        let reason = "one-a1: the file is truncated after 196 results";
        t.page
            .until("the reason", async || {
                let tree = t.page.tree().await?;
                Ok(tree
                    .all("listitem")
                    .any(|item| tree.text(item).replace(" :", ":") == reason)
                    .then_some(()))
            })
            .await
    })
    .await
}

#[tokio::test]
async fn the_failing_tests_are_walked_through() -> Result<()> {
    scenario(async |t| {
        demo(t, "?view=grid").await?;
        let summary = steps::summary(t).await?;
        let latest: Vec<&str> =
            steps::list(&summary, "duts")?.iter().map(|dut| steps::text(dut, "latest_session")).collect();
        let mut expected: Vec<String> = steps::list(&summary, "tests")?
            .iter()
            .filter(|test| {
                test["results"].as_array().is_some_and(|results| {
                    results.iter().any(|result| {
                        matches!(steps::text(result, "outcome"), "failed" | "error")
                            && latest.contains(&steps::text(result, "session"))
                    })
                })
            })
            .map(|test| {
                let class = steps::text(test, "class");
                let around = if class.is_empty() { steps::text(test, "suite") } else { class };
                let parameters = test["parameters"].as_str().map(|parameters| format!("[{parameters}]"));
                format!("{around}.{}{}", steps::text(test, "name"), parameters.unwrap_or_default())
            })
            .collect();
        expected.sort();
        assert_eq!(expected.len(), 14);

        // Without groups the grid has the same order.
        steps::toggle_groups(t).await?;
        t.page.find("button", "Failing").await?.click().await?;
        let cell = {
            t.page.until_text("14 of 205 tests").await?;
            let tree = t.page.tree().await?;
            let cell = tree.all("gridcell").find(|node| node.name.starts_with("failed")).context("nothing failed")?;
            t.page.element(cell)?
        };
        cell.click().await?;
        let mut found = Vec::new();
        for place in 1..=14 {
            t.page
                .until_true(&format!("[...document.querySelectorAll('.drawer [role=status]')].at(-1).innerText === '{place} of 14' && document.querySelector('.drawer [aria-busy=false]') !== null"))
                .await?;
            let name: String = t.page.evaluate("document.querySelector('.drawer h2').innerText").await?;
            let around: String =
                t.page.evaluate("document.querySelector('.drawer header p').innerText").await?;
            found.push(format!("{}.{name}", around.rsplit(" › ").next().unwrap_or_default()));
            if place % 2 == 0 {
                t.page.find("button", "Next failing test").await?.click().await?;
            } else {
                t.page.press("n").await?;
            }
        }
        found.sort();
        assert_eq!(found, expected);
        let next = t.page.find("button", "Next failing test").await?;
        assert_eq!(next.attribute("aria-disabled").await?.as_deref(), Some("true"));
        t.page.press("p").await?;
        t.page.until_text("13 of 14").await?;
        t.page.press("Escape").await?;
        t.page.until_true("document.activeElement.closest('[role=grid]') !== null").await
    })
    .await
}

#[tokio::test]
async fn what_is_copied_has_no_escapes() -> Result<()> {
    scenario(async |t| {
        demo(t, CODEC).await?;
        details(t, "test_codec[aac] on max-b1").await?;
        t.page.fill_clipboard("nothing yet").await?;
        t.page.find("button", "Copy Captured Out").await?.click().await?;
        t.page.find("button", "Copied").await?;
        let copied = t.page.clipboard().await?;
        assert!(copied.contains("aacdec: frame") && !copied.contains("#x1B"), "{copied}");
        t.page.find("button", "Copy node ID").await?.focus().await?;
        t.page.press("Enter").await?;
        t.page.until("the copy", async || Ok((t.page.clipboard().await? == NODE_ID).then_some(()))).await
    })
    .await
}

#[tokio::test]
async fn the_width_and_all_else_survive_a_reload() -> Result<()> {
    scenario(async |t| {
        t.open_report("?src=results/brief/sessions.json&view=grid&test=test_signup&dut=DUT_A").await?;
        details(t, "test_signup on DUT_A").await?;
        let width = "document.querySelector('.drawer').getBoundingClientRect().width";
        assert!(t.page.evaluate::<f64>(width).await? < 800.0);
        t.page.find("button", "Full width").await?.click().await?;
        t.page.until_true("location.search.endsWith('&full')").await?;
        t.page.until_true(&format!("{width} === innerWidth")).await?;
        t.page.reload().await?;
        t.page.phase("ready").await?;
        details(t, "test_signup on DUT_A").await?;
        t.page.until_true(&format!("{width} === innerWidth")).await?;
        t.page.press("Escape").await?;
        t.page.until_true("!document.querySelector('.drawer')").await?;
        // It was there from the beginning: the focus goes to the view.
        t.page.until_true("document.activeElement.matches('[role=grid]')").await
    })
    .await
}

#[tokio::test]
async fn tags_in_texts_stay_text() -> Result<()> {
    scenario(async |t| {
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("board.xml");
        std::fs::write(
            &file,
            "<testsuite name=\"s\"><testcase classname=\"a.B\" name=\"test_x\"><failure message=\"&lt;b&gt;bold&lt;/b&gt;\">\
             &lt;script&gt;document.title = 'run'&lt;/script&gt;#x1B[31m&lt;img src=x onerror=alert(1)&gt;#x1B[0m</failure></testcase></testsuite>",
        )?;
        t.report_of([&file]).await?;
        steps::go_to(t, "Grid").await?;
        t.page.find_where("gridcell", "that failed", |node| node.name.starts_with("failed")).await?.click().await?;
        let shown = details(t, "test_x on board").await?;
        for text in ["<b>bold</b>", "<script>document.title = 'run'</script>", "<img src=x onerror=alert(1)>"] {
            assert!(shown.contains(text), "{text} is not in:\n{shown}");
        }
        assert_eq!(
            t.page.evaluate::<u32>("document.querySelectorAll('.drawer :is(b, script, img)').length").await?,
            0
        );
        Ok(())
    })
    .await
}

#[tokio::test]
async fn five_megabytes_of_output_stay_quick() -> Result<()> {
    scenario_alone(async |t| {
        let mut text = String::from("<testsuite name=\"s\"><testcase classname=\"a.B\" name=\"test_x\"><failure message=\"no\">no</failure><system-out>");
        for line in 1..=50_000 {
            writeln!(text, "#x1B[32m[{line:>9}.000]#x1B[0m player: {}", "buffer under run, ".repeat(4))?;
        }
        text += "the end</system-out></testcase></testsuite>";
        assert!(text.len() > 5_000_000);
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("board.xml");
        std::fs::write(&file, text)?;
        t.report_of([&file]).await?;
        steps::go_to(t, "Grid").await?;
        // Other programs may take the processor away, but not each time.
        let mut long = Vec::new();
        for _ in 0..times::rounds(8) {
            long = times::too_long(&t.page, read_long_output(t).await?).await?;
            if long.is_empty() {
                break;
            }
            t.page.press("Escape").await?;
            t.page.until_true("!document.querySelector('.drawer')").await?;
        }
        assert!(long.is_empty() || !times::are_checked(), "{long:?}");
        Ok(())
    })
    .await
}

/// Opens the failed test, reads its output to the end and copies it; gives the tasks that took too long.
async fn read_long_output(t: &Scenario) -> Result<Vec<LongTask>> {
    let failed = t.page.find_where("gridcell", "that failed", |node| node.name.starts_with("failed")).await?;
    t.page.long_tasks().await?;
    failed.click().await?;
    let shown = details(t, "test_x on board").await?;
    assert!(shown.contains("[        1.000]") && shown.contains("the end"), "first and last lines");
    let more = t.page.find("button", "Show all 50,001 lines").await?;
    // Taking the text over is one task; what follows is cut into small ones.
    let opening = t.page.long_tasks().await?;
    more.click().await?;
    t.page.find("button", "Show fewer lines").await?;
    for part in ["/ 3", "/ 2", "", "* 0"] {
        t.page
            .evaluate::<bool>(&format!("((e) => {{ e.scrollTop = e.scrollHeight {part}; return true; }})(document.querySelector('.text-whole'))"))
            .await?;
        t.page.until_true("(() => { const e = document.querySelector('.text-whole'); const r = e.getBoundingClientRect();
            const at = document.elementFromPoint(r.x + 40, r.y + 40); return at !== e && at.textContent.length > 0; })()").await?;
    }
    t.page.find("button", "Wrap lines").await?.click().await?;
    t.page
        .evaluate::<bool>(
            "((e) => { e.scrollTop = e.scrollHeight; return true; })(document.querySelector('.text-whole'))",
        )
        .await?;
    t.page.until_text("the end").await?;
    t.page.fill_clipboard("nothing yet").await?;
    t.page.find("button", "Copy system-out").await?.click().await?;
    t.page.find("button", "Copied").await?;
    assert!(t.page.element_count().await? < 2500);
    let tasks = t.page.long_tasks().await?;
    Ok(opening.into_iter().filter(|task| task.duration >= 50.0).chain(tasks).collect())
}
