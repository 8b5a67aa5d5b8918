//! What changed between two sets of sessions of the demo, with an independent count of its reports.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, ensure};
use passgrid_browser_tests::{Scenario, scenario};
use roxmltree::Document;

use crate::steps::{self, fixture};

async fn open(t: &Scenario, query: &str) -> Result<()> {
    t.page.resize(1600, 1000).await?;
    t.open_report(&format!("?demo&view=compare{query}")).await
}

/// The rows of the table of changes: test and class.
async fn rows(t: &Scenario) -> Result<Vec<String>> {
    let rows = "[...document.querySelectorAll('main .table-row')].map((row) =>
        [...row.querySelectorAll('.table-cell')].slice(0, 2).map((cell, at) => at === 0 ? cell.title : cell.innerText).join(': '))";
    t.page.evaluate(rows).await
}

async fn until_sentence(t: &Scenario, words: &str) -> Result<()> {
    t.page.until_true(&format!("document.querySelector('.compare-sentence').innerText === '{words}'")).await
}

/// The outcome of each test of a report of the demo: of json-report by serde_json, of JUnit by roxmltree.
/// A rerun test has the outcome of its last entry. A truncated report has none here.
fn recounted(build: &str, dut: &str) -> Result<BTreeMap<String, String>> {
    let path = |extension: &str| fixture(&format!("demo/reports/{build}/{dut}.{extension}"));
    let mut outcomes = BTreeMap::new();
    if path("json").exists() {
        let report: serde_json::Value = serde_json::from_str(&steps::read(&path("json"))?)?;
        for test in steps::list(&report, "tests")? {
            let node = steps::text(test, "nodeid");
            let name = node.rsplit("::").next().context("a name")?;
            let scope = node.strip_suffix(name).unwrap_or_default().replace(".py::", ".").replace("::", ".");
            // The verdict of a rerun test is in its last call.
            let outcome = match steps::text(test, "outcome") {
                "rerun" => steps::text(&test["call"], "outcome"),
                outcome => outcome,
            };
            outcomes.insert(format!("{}{name}", scope.replace('/', ".")), outcome.to_owned());
        }
        return Ok(outcomes);
    }
    let text = steps::read(&path("xml"))?;
    let document = Document::parse(&text)?;
    for case in document.descendants().filter(|node| node.has_tag_name("testcase")) {
        let child = case
            .children()
            .find(|child| ["failure", "error", "skipped"].iter().any(|name| child.has_tag_name(*name)));
        let outcome = match child.map(|child| (child.tag_name().name(), child.attribute("type"))) {
            Some(("failure", _)) => "failed",
            Some(("error", _)) => "error",
            Some((_, Some("pytest.xfail"))) => "xfailed",
            Some(_) => "skipped",
            None => "passed",
        };
        let name = |key| case.attribute(key).unwrap_or_default();
        outcomes.insert(format!("{}.{}", name("classname"), name("name")), outcome.to_owned());
    }
    Ok(outcomes)
}

/// The downloaded table has exactly the changes of verdicts that an independent count of the reports gives.
#[tokio::test]
async fn the_table_to_download_is_as_recounted() -> Result<()> {
    scenario(async |t| {
        open(t, "&from=2.3.2&to=2.4.0-rc1").await?;
        let mut expected = BTreeSet::new();
        for dut in ["one-a1", "one-b2", "mini-a1", "max-b1"] {
            let (before, after) = (recounted("2.3.2", dut)?, recounted("2.4.0-rc1", dut)?);
            for (name, now) in &after {
                let fails = |outcome: &str| outcome == "failed" || outcome == "error";
                let class = match before.get(name).map(String::as_str) {
                    Some("passed") if fails(now) => "regression",
                    Some(was) if fails(was) && fails(now) => "still failing",
                    Some(was) if fails(was) && now == "passed" => "fixed",
                    Some("skipped") if now == "passed" => "new pass",
                    None if !fails(now) => "appeared",
                    _ if fails(now) => "new failure",
                    _ => continue,
                };
                expected.insert(format!("{name} {dut} {class}"));
            }
        }
        ensure!(expected.iter().any(|line| line.ends_with("regression")), "{expected:?}");
        let table = steps::download(t, "Compare (CSV)").await?;
        let mut reader = csv::Reader::from_reader(table.as_bytes());
        let head: Vec<String> = reader.headers()?.iter().map(str::to_owned).collect();
        assert_eq!(
            head,
            [
                "test",
                "suite",
                "class",
                "dut",
                "change",
                "from",
                "to",
                "from_sessions",
                "to_sessions",
                "p_value"
            ]
        );
        let verdicts = ["regression", "still failing", "fixed", "new pass", "appeared", "new failure"];
        let mut found = BTreeSet::new();
        for row in reader.records() {
            let row = row?;
            // mini-b1 joined with this build, so all its tests appear.
            if verdicts.contains(&&row[4]) && &row[3] != "mini-b1" {
                let scope = [&row[1], &row[2]].map(str::to_owned).into_iter().filter(|text| !text.is_empty());
                let scope: Vec<String> = scope.collect();
                found.insert(format!("{}.{} {} {}", scope.join("."), &row[0], &row[3], &row[4]));
            }
        }
        assert_eq!(found, expected);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn the_newest_build_is_compared_and_classes_filter() -> Result<()> {
    scenario(async |t| {
        open(t, "").await?;
        until_sentence(t, "5 regressions in 3 tests, 11 still failing, 5 fixed in 1 test.").await?;
        t.page.until_text("Incomplete after: one-a1.").await?;
        t.page.find("button", "5 regression").await?.click().await?;
        t.page.until_true("location.search.endsWith('&change=regression')").await?;
        t.page.until_true("document.querySelectorAll('main .table-row').length === 3").await?;
        assert_eq!(
            rows(t).await?,
            [
                "test_stays_in_sync[6-speakers]: regression",
                "test_roams[5GHz]: regression",
                "test_draws_little[standby]: regression"
            ]
        );
        // The details step through the list.
        let scroller = t.page.find("grid", "Changes").await?;
        scroller.focus().await?;
        t.page.press("ArrowDown").await?;
        t.page.press("Enter").await?;
        t.page.until_text("2 of 3").await?;
        t.page.press("j").await?;
        t.page
            .until_true("new URLSearchParams(location.search).get('test') === 'test_draws_little[standby]'")
            .await?;
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_step_of_the_matrix_filters() -> Result<()> {
    scenario(async |t| {
        open(t, "").await?;
        until_sentence(t, "5 regressions in 3 tests, 11 still failing, 5 fixed in 1 test.").await?;
        t.page.find("button", "Outcomes").await?.click().await?;
        t.page.find("button", "passed → error: 1").await?.click().await?;
        t.page.until_true("document.querySelectorAll('main .table-row').length === 1").await?;
        assert_eq!(rows(t).await?, ["test_roams[5GHz]: regression"]);
        assert!(t.page.query().await?.ends_with("&step=passed-error"));
        Ok(())
    })
    .await
}

/// The sides are chosen by keyboard, the address has them, and they stay when another view is opened.
#[tokio::test]
async fn a_chosen_baseline_stays() -> Result<()> {
    scenario(async |t| {
        open(t, "").await?;
        t.page.find("button", "Before: 2.4.0").await?.focus().await?;
        t.page.press("Enter").await?;
        t.page.find("radio", "These sessions").await?.click().await?;
        t.page.until_true("new URLSearchParams(location.search).get('from') === 'build:2.4.0'").await?;
        let choose = "(() => { const e = [...document.querySelectorAll('.compare-field select')][0];
            e.value = '2.3.0'; e.dispatchEvent(new Event('change', { bubbles: true })); return true; })()";
        t.page.until_true(choose).await?;
        t.page.find("button", "Before: 2.3.0").await?;
        t.page.press("Escape").await?;
        steps::go_to(t, "Grid").await?;
        assert!(t.page.query().await?.contains("from=build:2.3.0"), "{}", t.page.query().await?);
        steps::go_to(t, "Compare").await?;
        t.page.find("button", "Before: 2.3.0").await?;
        // Without a baseline, everything that fails is a regression.
        t.open_report("?demo&view=compare&from=all-passed").await?;
        t.page.until_text("Without a baseline, every test is taken as passed before.").await?;
        until_sentence(t, "16 regressions in 14 tests.").await
    })
    .await
}

/// The grid marks exactly the changes that the table lists, shows the newer side's sessions, and goes back to
/// the latest ones.
#[tokio::test]
async fn the_grid_marks_a_comparison() -> Result<()> {
    scenario(async |t| {
        open(t, "&from=2.3.2&to=2.4.0-rc1&change=regression").await?;
        until_sentence(t, "14 regressions in 11 tests, 3 new failures.").await?;
        let listed = rows(t).await?;
        t.page.find("button", "In the grid").await?.click().await?;
        t.page.until_true("document.querySelectorAll('.grid-cell.is-changed').length > 0").await?;
        let query = t.page.query().await?;
        ensure!(query.contains("view=grid") && query.ends_with("&compared"), "{query}");
        let marks = "[...document.querySelectorAll('.grid-cell.is-changed')]
            .filter((cell) => cell.getAttribute('aria-description').startsWith('Compared with 2.3.2: regression')).length";
        t.page.until_true(&format!("{marks} === 14")).await?;
        // The rows are those of the table.
        let names: BTreeSet<String> = t
            .page
            .evaluate("[...document.querySelectorAll('.grid-row .grid-name .cut-name, .grid-row .grid-name')].map((name) => name.innerText)")
            .await?;
        for row in &listed {
            let name = row.split(": ").next().unwrap_or_default();
            ensure!(names.iter().any(|have| have.contains(name)), "{name} is not among {names:?}");
        }
        // A cell opens the result of the newer side, not the latest one.
        t.page
            .until_true("(() => { const cell = document.querySelector('.grid-cell.is-changed'); cell?.click(); return !!cell; })()")
            .await?;
        t.page.until_true("new URLSearchParams(location.search).get('session')?.includes('2.4.0-rc1')").await?;
        t.page.press("Escape").await?;
        let chip = "Compares 2.3.2 → 2.4.0-rc1: regression, show the latest sessions";
        t.page.find("button", chip).await?.click().await?;
        t.page.until_true("!location.search.includes('compared') && !location.search.includes('change=')").await?;
        Ok(())
    })
    .await
}

/// A session leads to its comparison with the previous one.
#[tokio::test]
async fn a_session_is_compared_with_the_previous_one() -> Result<()> {
    scenario(async |t| {
        t.page.resize(1600, 1000).await?;
        t.open_report("?demo&view=history").await?;
        t.page.until_true("document.querySelectorAll('.history-cell').length > 0").await?;
        let open = "(() => { const cell = [...document.querySelectorAll('.history-cell')].find((e) => e.ariaLabel.startsWith('mini-a1, 2.4.0-rc1: '));
            cell?.click(); return !!cell; })()";
        t.page.until_true(open).await?;
        t.page.find("link", "Compare with the earlier session").await?.click().await?;
        until_sentence(t, "1 regression, 1 still failing, 2 fixed.").await
    })
    .await
}
