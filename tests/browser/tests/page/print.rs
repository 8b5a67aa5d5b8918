//! The printed report.

use anyhow::{Result, ensure};
use passgrid_browser_tests::{Scenario, scenario};
use serde_json::{Value, json};

use crate::steps;

/// Presses Ctrl+P, and holds the report as long as the browser's dialog would.
async fn print(t: &Scenario) -> Result<()> {
    t.page
        .evaluate::<bool>(
            "(() => {
                window.printed = 0;
                window.print = () => { window.printed += 1; };
                dispatchEvent(new KeyboardEvent('keydown', { key: 'p', ctrlKey: true, cancelable: true }));
                return true;
            })()",
        )
        .await?;
    t.page.until_true("window.printed === 1").await
}

/// The elements below the window that are printed, by class.
async fn printed(t: &Scenario) -> Result<Vec<String>> {
    t.page.devtools("Emulation.setEmulatedMedia", json!({ "media": "print" })).await?;
    let classes = "[...document.querySelector('#app .window').children]
        .filter((element) => element.checkVisibility() && element.getBoundingClientRect().height > 0)
        .map((element) => element.className)";
    let classes = t.page.evaluate(classes).await?;
    t.page.devtools("Emulation.setEmulatedMedia", json!({ "media": "" })).await?;
    Ok(classes)
}

#[tokio::test]
async fn the_report_has_the_duts_and_the_failing_part_of_the_grid() -> Result<()> {
    scenario(async |t| {
        t.open_report("?demo&view=grid").await?;
        print(t).await?;
        assert_eq!(printed(t).await?, ["printed"]);
        let report: Value = t
            .page
            .evaluate(
                "(() => {
                    const rows = (table) => document.querySelectorAll(`.printed ${table} tbody tr`);
                    const marks = [...document.querySelectorAll('.printed-grid .dut-mark')];
                    return {
                        headline: document.querySelector('.printed h1').innerText,
                        duts: rows('table:not(.printed-grid)').length,
                        tests: rows('.printed-grid').length,
                        failed: marks.filter((mark) => ['failed', 'error'].includes(mark.ariaLabel)).length,
                    };
                })()",
            )
            .await?;
        let headline = steps::text(&report, "headline");
        ensure!(headline.starts_with("3 of 5 DUTs fail. 14 tests fail"), "{headline}");
        assert_eq!(
            (&report["duts"], &report["tests"], &report["failed"]),
            (&json!(5), &json!(14), &json!(16))
        );
        // Afterwards nothing of it is left.
        t.page.evaluate::<bool>("dispatchEvent(new Event('afterprint'))").await?;
        t.page.until_true("document.querySelector('.printed') === null").await
    })
    .await
}

#[tokio::test]
async fn the_report_follows_the_filter() -> Result<()> {
    scenario(async |t| {
        t.open_report("?demo&view=tests&q=aac&on=max-b1").await?;
        print(t).await?;
        let names: Vec<String> = t
            .page
            .evaluate(
                "[...document.querySelectorAll('.printed-grid tbody th')].map((name) => name.innerText)",
            )
            .await?;
        ensure!(names.len() == 9 && names.iter().all(|name| name.contains("aac")), "{names:?}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn from_the_browsers_menu_the_overview_is_printed_without_its_controls() -> Result<()> {
    scenario(async |t| {
        t.open_report("?demo").await?;
        assert_eq!(printed(t).await?, ["workspace"]);
        Ok(())
    })
    .await
}
