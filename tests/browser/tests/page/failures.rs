//! The causes of failures, a test over builds, and what is new in the grid.

use anyhow::{Result, ensure};
use passgrid_browser_tests::{Scenario, scenario};

use crate::steps;

/// Message and figures of the first rows: `message | now | tests`.
async fn rows(t: &Scenario) -> Result<Vec<String>> {
    let rows = "[...document.querySelectorAll('main .table-row')].map((row) =>
        [...row.querySelectorAll('.table-cell')].slice(0, 3).map((cell) => cell.innerText).join(' | '))";
    t.page.evaluate(rows).await
}

/// Four boards fail for two reasons; the messages differ in numbers and folders.
fn reports() -> Vec<(String, String)> {
    let mut reports = Vec::new();
    for (build, day) in [("1.0", 1), ("1.1", 2)] {
        for board in 0..4 {
            let fails = |test: &str, message: String| {
                format!(
                    "<testcase classname='s' name='{test}' time='{day}.5'><failure message='{message}'/></testcase>"
                )
            };
            let passes = |test: &str| format!("<testcase classname='s' name='{test}' time='0.5'/>");
            let timeout = format!("no answer within {}.{board} s at /tmp/run-{board}/x.c:{day}", 3 + day);
            let cases = match (build, board) {
                ("1.1", 0 | 1) => [fails("one", timeout.clone()), fails("two", timeout)],
                (_, 3) => [passes("one"), fails("two", "pin 7 is low".to_owned())],
                _ => [passes("one"), passes("two")],
            };
            let cases = cases.concat();
            let text = format!("<testsuite name='s' timestamp='2026-11-0{day}T10:00:00'>{cases}</testsuite>");
            reports.push((format!("{build}/board_{board}.xml"), text));
        }
    }
    reports
}

async fn drop_reports(t: &Scenario) -> Result<()> {
    let folder = tempfile::tempdir()?;
    for (path, text) in reports() {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap_or(&path))?;
        std::fs::write(path, text)?;
    }
    t.report_of([folder.path()]).await
}

/// One entry per cause; a click shows its tests; the downloaded table says the same.
#[tokio::test]
async fn a_cause_leads_to_its_tests() -> Result<()> {
    scenario(async |t| {
        drop_reports(t).await?;
        steps::go_to(t, "Failures").await?;
        t.page.until_true("document.querySelectorAll('main .table-row').length === 2").await?;
        let found = rows(t).await?;
        ensure!(found[0].starts_with("no answer within 5."), "{found:?}");
        ensure!(found[0].ends_with(" | 4 | 2") && found[1] == "pin 7 is low | 1 | 1", "{found:?}");

        // No message here has a comma.
        let text = steps::download(t, "Failures (CSV)").await?;
        let mut lines = text.lines().map(|line| line.split(',').collect::<Vec<_>>());
        let head = lines.next().unwrap_or_default();
        let wanted = ["failing_now", "results", "tests", "duts", "sessions", "first_build", "last_build"];
        let places = wanted.map(|name| head.iter().position(|have| *have == name).unwrap_or(usize::MAX));
        let found: Vec<String> = lines.map(|line| places.map(|at| line[at]).join(" ")).collect();
        assert_eq!(found, ["4 4 2 2 2 1.1 1.1", "1 2 1 1 2 1.0 1.1"]);

        t.page.evaluate::<()>("document.querySelector('main .table-row').click()").await?;
        t.page.until_true("location.search.includes('view=tests')").await?;
        t.page.until_text("2 tests").await?;
        let chip: bool = t.page.evaluate("document.body.innerText.includes('One cause')").await?;
        ensure!(chip, "a chip says that the tests of one cause are shown");
        Ok(())
    })
    .await
}

/// The details of a failing test say since when, and show it on every DUT and build.
#[tokio::test]
async fn a_test_is_shown_over_builds() -> Result<()> {
    scenario(async |t| {
        drop_reports(t).await?;
        steps::go_to(t, "Grid").await?;
        let marked = "[...document.querySelectorAll('.grid-cell.is-changed')].map((cell) =>
            `${cell.ariaLabel}: ${cell.getAttribute('aria-description').split('\\n')[0]}`)";
        t.page.until_true(&format!("({marked}).length === 4")).await?;
        let mut cells: Vec<String> = t.page.evaluate(marked).await?;
        cells.sort();
        cells.dedup();
        assert_eq!(
            cells,
            ["failed on board_0: New since the previous session", "failed on board_1: New since the previous session"]
        );
        t.page.evaluate::<()>("document.querySelector('.grid-cell.is-changed').click()").await?;
        t.page.until_text("Failing since").await?;
        let facts = "[...document.querySelectorAll('.facts > div')].map((e) => e.innerText.replace(/\\s+/g, ' ')).join()";
        let facts: String = t.page.evaluate(facts).await?;
        ensure!(facts.contains("Failing since 1.1 (1 session)") && facts.contains("Last passed 1.0"), "{facts}");
        t.page.evaluate::<()>("document.querySelector('.over-builds summary').click()").await?;
        let marks = "[...document.querySelectorAll('.over-builds tbody tr')].map((row) =>
            [...row.querySelectorAll('.dut-mark')].map((e) => e.ariaLabel.split(': ')[1].split(', ')[0]).join(' ')).join()";
        t.page
            .until_true(&format!("({marks}) === 'passed failed,passed failed,passed passed,failed failed'"))
            .await?;
        // It stays unfolded for the next result, and a mark leads there.
        t.page
            .evaluate::<()>("document.querySelectorAll('.over-builds tbody tr')[2].querySelector('a').click()")
            .await?;
        t.page.until_true("new URLSearchParams(location.search).get('dut') === 'board_2'").await?;
        t.page.until_true("document.querySelector('.over-builds').open").await
    })
    .await
}

/// The figures behind "More figures" are those of the summary.
#[tokio::test]
async fn more_figures_are_those_of_the_summary() -> Result<()> {
    scenario(async |t| {
        drop_reports(t).await?;
        t.page.evaluate::<()>("document.querySelector('.more-figures summary').click()").await?;
        let values = "[...document.querySelectorAll('.more-figures tbody tr')].map((row) =>
            [row.children[0].innerText, row.children[1].innerText])";
        t.page.until_true(&format!("({values}).length > 5")).await?;
        let shown: Vec<(String, String)> = t.page.evaluate(values).await?;
        let summary = steps::summary(t).await?;
        for (name, text) in &shown {
            let metric = summary["metrics"]
                .as_object()
                .into_iter()
                .flatten()
                .find(|(_, metric)| metric["name"] == **name);
            let Some((key, metric)) = metric else { anyhow::bail!("{name} is not in the summary") };
            let number: String = text.chars().filter(|c| c.is_ascii_digit() || *c == '.').collect();
            match metric["value"].as_f64() {
                None => assert_eq!(text, "–", "{key}"),
                Some(value) => {
                    let value = if metric["unit"] == "share" { value * 100.0 } else { value };
                    let shown: f64 = number.parse()?;
                    ensure!(
                        (shown - value).abs() < 0.051,
                        "{key}: {text} on the page, {value} in the summary"
                    );
                }
            }
        }
        // Of 8 results in the latest sessions, 3 passed.
        let rate = shown.iter().find(|(name, _)| name == "Pass rate").map(|(_, text)| text.as_str());
        ensure!(rate.is_some_and(|rate| rate.starts_with("37.5")), "{rate:?}");
        Ok(())
    })
    .await
}
