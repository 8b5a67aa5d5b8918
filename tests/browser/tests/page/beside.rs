//! The drawer and the list: both are usable side by side, steps follow the list, and closing leaves no
//! trace in the history.

use anyhow::{Context, Result, ensure};
use passgrid_browser_tests::{Scenario, forty_duts, scenario, scenario_alone, times};
use serde_json::json;

use crate::drawer::{demo, details};
use crate::steps;

const IS_CLOSED: &str = "!document.querySelector('.drawer')";

/// The middle of an element, and whether the element is on top there.
const IS_ON_TOP: &str = "(e) => {
    const r = e.getBoundingClientRect();
    const over = document.elementFromPoint((r.left + r.right) / 2, (r.top + r.bottom) / 2);
    return !!over && (e.contains(over) || over.contains(e));
}";

/// Clicks the first cell that failed on a DUT.
async fn open_failure(t: &Scenario, dut: &str) -> Result<()> {
    let name = format!("failed on {dut}");
    let cell = t
        .page
        .until(&name, async || {
            let tree = t.page.tree().await?;
            tree.named("gridcell", &name).next().map(|node| t.page.element(node)).transpose()
        })
        .await?;
    cell.click().await
}

/// A script that gives the name of a test in its row.
const NAME_IN: &str = "((row) => ((e) => (e.querySelector('.cut .visually-hidden') ?? e.querySelector('.cut')).textContent)(row.firstElementChild))";

async fn width(t: &Scenario) -> Result<f64> {
    t.page.evaluate("document.querySelector('.drawer').getBoundingClientRect().width").await
}

async fn is_on_top(t: &Scenario, selector: &str) -> Result<()> {
    t.page
        .until_true(&format!("({IS_ON_TOP})(document.querySelector({}))", serde_json::to_string(selector)?))
        .await
        .with_context(|| selector.to_owned())
}

/// The name of the test whose details are shown, when they are complete.
async fn shown(t: &Scenario) -> Result<String> {
    t.page.until_true("document.querySelector('.drawer [aria-busy=false] h2') !== null").await?;
    t.page.evaluate("document.querySelector('.drawer h2').innerText").await
}

#[tokio::test]
async fn the_list_stays_usable_beside_the_details() -> Result<()> {
    scenario(async |t| {
        for (window, height) in [(1440, 900), (1024, 768)] {
            t.page.resize(window, height).await?;
            demo(t, "?view=grid&flat&only=failing").await?;
            let first = format!("{NAME_IN}(document.querySelector('.grid-row'))");
            t.page.until_true("document.querySelectorAll('[role=gridcell]').length > 20").await?;
            let before: String = t.page.evaluate(&first).await?;
            open_failure(t, "one-b2").await?;
            shown(t).await?;
            t.page.until_true("document.querySelector('.grid-cell.is-open') !== null").await?;
            is_on_top(t, ".grid-cell.is-open").await?;
            is_on_top(t, ".button-primary").await?;
            assert_eq!(t.page.evaluate::<String>(&first).await?, before, "the grid jumped");
            let (list, drawer): (f64, f64) = t
                .page
                .evaluate("['.grid-scroller', '.drawer'].map((s) => document.querySelector(s).getBoundingClientRect()).map((r, i) => i ? r.left : r.right)")
                .await?;
            assert!(list <= drawer, "the list ends at {list}, the drawer begins at {drawer}");
            // Another cell of the list shows its details in place.
            open_failure(t, "max-b1").await?;
            t.page.until_true("document.querySelector('.drawer').ariaLabel.endsWith(' on max-b1')").await?;
            is_on_top(t, ".grid-cell.is-open").await?;
            t.page.find("button", "Download").await?.click().await?;
            t.page.find("menuitem", "Grid (CSV)").await?;
            t.page.press("Escape").await?;
            ensure!(!t.page.evaluate::<bool>(IS_CLOSED).await?, "Escape in a menu closed the details");
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn the_width_is_set_by_key_and_pointer_and_remembered() -> Result<()> {
    scenario(async |t| {
        t.page.resize(1440, 900).await?;
        t.open_report("?src=results/brief/sessions.json&view=grid&test=test_signup&dut=DUT_A").await?;
        shown(t).await?;
        let first = width(t).await?;
        let handle = t.page.find("separator", "Width of the details").await?;
        handle.focus().await?;
        t.page.press("ArrowLeft").await?;
        t.page.press("ArrowLeft").await?;
        let wider = width(t).await?;
        assert!(wider > first, "{first} {wider}");
        let now: f64 = handle.attribute("aria-valuenow").await?.context("no value")?.parse()?;
        assert!((now - (1440.0 - wider) / 14.40).abs() < 2.0, "{now} {wider}");
        // Home and End stop at the least width of both sides.
        t.page.press("Home").await?;
        assert_eq!(width(t).await?, 1040.0);
        t.page.press("End").await?;
        assert_eq!(width(t).await?, 360.0);
        for (kind, x, buttons) in [("mousePressed", 1079.0, 1), ("mouseMoved", 900.0, 1), ("mouseReleased", 900.0, 0)] {
            let event = json!({ "type": kind, "x": x, "y": 500.0, "button": "left", "buttons": buttons, "clickCount": 1 });
            t.page.devtools("Input.dispatchMouseEvent", event).await?;
        }
        assert_eq!(width(t).await?, 540.0);
        t.page.reload().await?;
        t.page.phase("ready").await?;
        shown(t).await?;
        assert_eq!(width(t).await?, 540.0);
        // A window that is too small for it has its way.
        t.page.resize(920, 700).await?;
        t.page.until_true("document.querySelector('.drawer').getBoundingClientRect().width === 520").await?;
        t.page.resize(1440, 900).await?;
        t.page.until_true("document.querySelector('.drawer').getBoundingClientRect().width === 540").await?;
        t.page
            .evaluate::<bool>(
                "document.querySelector('.drawer-handle').dispatchEvent(new MouseEvent('dblclick', { bubbles: true }))",
            )
            .await?;
        assert_eq!(width(t).await?, first);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn on_a_phone_the_details_are_a_page() -> Result<()> {
    scenario(async |t| {
        t.page.resize(390, 844).await?;
        demo(t, "?view=grid&only=failing").await?;
        open_failure(t, "max-b1").await?;
        shown(t).await?;
        assert_eq!(width(t).await?, 390.0);
        // The list is there, but nobody gets to it.
        ensure!(!t.page.has("grid", "Tests by DUT").await?, "the grid can be reached");
        is_on_top(t, "header .brand").await?;
        t.page.find("button", "Back").await?.click().await?;
        t.page.until_true(IS_CLOSED).await?;
        t.page.find("grid", "Tests by DUT").await?;
        t.page.until_true("document.activeElement.role === 'grid'").await
    })
    .await
}

#[tokio::test]
async fn what_was_closed_does_not_come_back() -> Result<()> {
    scenario(async |t| {
        t.report_of([steps::fixture("demo/reports")]).await?;
        steps::go_to(t, "Grid").await?;
        t.page.find("button", "Failing").await?.click().await?;
        let list = t.page.query().await?;
        open_failure(t, "max-b1").await?;
        shown(t).await?;
        // Steps, and results beside it, belong to the same visit of the drawer.
        t.page.press("n").await?;
        t.page.find("button", "passed on mini-a1").await?.click().await?;
        t.page.until_true("location.search.includes('dut=mini-a1')").await?;
        t.page.press("Escape").await?;
        t.page.until_true(IS_CLOSED).await?;
        t.page.until_true(&format!("location.search === {}", json!(list))).await?;
        t.page.back().await?;
        t.page.until_true("location.search === '?view=grid'").await?;
        ensure!(t.page.evaluate::<bool>(IS_CLOSED).await?, "Back opened the details");
        t.page.forward().await?;
        t.page.until_true(&format!("location.search === {}", json!(list))).await?;

        // A filter that was set meanwhile stays, and Back takes it back.
        open_failure(t, "max-b1").await?;
        shown(t).await?;
        t.page.find("button", "Failing").await?.click().await?;
        t.page.until_true("!location.search.includes('only=failing')").await?;
        t.page.find("button", "Close details").await?.click().await?;
        t.page.until_true("location.search === '?view=grid'").await?;
        t.page.back().await?;
        t.page.until_true(&format!("location.search === {}", json!(list))).await?;
        t.page.until_true(IS_CLOSED).await
    })
    .await
}

#[tokio::test]
async fn a_link_to_details_is_left_by_back() -> Result<()> {
    scenario(async |t| {
        t.open_report("?src=results/brief/sessions.json&view=tests").await?;
        let details = "?src=results/brief/sessions.json&view=grid&test=test_signup&dut=DUT_A";
        t.open_report(details).await?;
        shown(t).await?;
        t.page.press("Escape").await?;
        t.page.until_true(IS_CLOSED).await?;
        assert_eq!(t.page.query().await?, "?src=results/brief/sessions.json&view=grid");
        t.page.back().await?;
        t.page.until_true("location.search.endsWith('view=tests')").await?;
        t.page.until_true(IS_CLOSED).await
    })
    .await
}

#[tokio::test]
async fn steps_follow_filter_and_order_of_the_list() -> Result<()> {
    scenario(async |t| {
        // The rows of the grid in their order, on the same DUT.
        demo(t, "?view=grid&q=aac&sort=name").await?;
        t.page
            .until_true(
                "/^\\d+ of 205/.test(document.querySelector('.toolbar-count').innerText)
                    && document.querySelectorAll('.grid-row:not(.grid-group)').length === parseInt(document.querySelector('.toolbar-count').innerText)",
            )
            .await?;
        let names: Vec<String> = t
            .page
            .evaluate(&format!(
                "[...document.querySelectorAll('.grid-row:not(.grid-group)')]
                    .sort((a, b) => a.ariaRowIndex - b.ariaRowIndex).map({NAME_IN})",
            ))
            .await?;
        t.page
            .evaluate::<Option<()>>(
                "[...document.querySelectorAll('.grid-row:not(.grid-group)')]
                    .sort((a, b) => a.ariaRowIndex - b.ariaRowIndex)[0]
                    .querySelector('[aria-colindex=\"3\"]').click()",
            )
            .await?;
        t.page
            .until_true("document.querySelector('.drawer .drawer-place')?.innerText.startsWith('1 of ')")
            .await?;
        for (at, name) in names.iter().enumerate() {
            t.page
                .until_true(&format!("document.querySelector('.drawer h2')?.innerText === {}", json!(name)))
                .await?;
            let place = format!("{} of {}", at + 1, names.len());
            t.page
                .until_true(&format!(
                    "document.querySelector('.drawer-place').innerText === {}",
                    json!(place)
                ))
                .await?;
            ensure!(t.page.query().await?.contains("dut=mini-a1"), "another DUT: {}", t.page.query().await?);
            is_on_top(t, ".grid-cell.is-open").await?;
            if at % 2 == 0 {
                t.page.press("j").await?;
            } else {
                t.page.find("button", "Next test").await?.click().await?;
            }
        }
        t.page.press("k").await?;
        let name = json!(names[names.len() - 2]);
        t.page.until_true(&format!("document.querySelector('.drawer h2').innerText === {name}")).await?;

        // The rows of the table in their order.
        demo(t, "?view=tests&q=aac&sort=-max").await?;
        let rows =
            "[...document.querySelectorAll('.table-row')].sort((a, b) => a.ariaRowIndex - b.ariaRowIndex)";
        t.page.until_true(&format!("{rows}.length === {}", names.len())).await?;
        let sorted: Vec<String> = t.page.evaluate(&format!("{rows}.map({NAME_IN})")).await?;
        t.page.evaluate::<Option<()>>(&format!("{rows}[0].firstElementChild.click()")).await?;
        for name in &sorted {
            t.page
                .until_true(&format!("document.querySelector('.drawer h2')?.innerText === {}", json!(name)))
                .await?;
            t.page.until_true("document.querySelector('.table-row[aria-selected=true]') !== null").await?;
            t.page.press("j").await?;
        }

        // Sessions and files, too.
        demo(t, "?view=sessions&q=max-b1&sort=started").await?;
        t.page.until_true("document.querySelectorAll('.table-row').length > 3").await?;
        t.page.evaluate::<Option<()>>(&format!("{rows}[0].firstElementChild.click()")).await?;
        t.page.until_text("1 of 8").await?;
        t.page.find("button", "Next session").await?.click().await?;
        t.page.until_text("2 of 8").await?;
        demo(t, "?view=files&q=max-b1").await?;
        t.page.until_true("document.querySelectorAll('.files-row').length === 8").await?;
        t.page
            .evaluate::<Option<()>>("document.querySelector('.files-row[aria-rowindex=\"2\"] a').click()")
            .await?;
        t.page.until_text("1 of 8").await?;
        t.page.press("j").await?;
        t.page.until_text("2 of 8").await?;
        t.page.until_true("document.querySelector('.files-row[aria-current]') !== null").await
    })
    .await
}

#[tokio::test]
async fn an_unknown_result_says_so() -> Result<()> {
    scenario(async |t| {
        t.open_report("?src=results/brief/sessions.json&view=grid&test=no_such_test&dut=DUT_A").await?;
        t.page
            .until_text("This result isn't in the loaded files. Drop the matching files to see it.")
            .await?;
        ensure!(!t.page.has("button", "Next test").await?, "steps from nowhere");
        let text: String = t.page.evaluate("document.querySelector('.drawer').innerText").await?;
        ensure!(!text.contains("fail"), "{text}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn the_title_names_view_and_verdict() -> Result<()> {
    scenario(async |t| {
        t.open_empty().await?;
        t.page.until_true("document.title === 'Passgrid'").await?;
        t.report_of([steps::fixture("demo/reports")]).await?;
        t.page.until_true("document.title === 'Overview – 3 of 5 DUTs fail – Passgrid'").await?;
        steps::go_to(t, "Grid").await?;
        t.page.until_true("document.title === 'Grid – 3 of 5 DUTs fail – Passgrid'").await?;
        open_failure(t, "max-b1").await?;
        let name = shown(t).await?;
        let title = json!(format!("{name} on max-b1 – Grid – Passgrid"));
        t.page.until_true(&format!("document.title === {title}")).await?;
        t.page.press("Escape").await?;
        t.page.until_true("document.title === 'Grid – 3 of 5 DUTs fail – Passgrid'").await
    })
    .await
}

#[tokio::test]
async fn targets_of_the_drawer_and_the_header_are_large_enough() -> Result<()> {
    scenario(async |t| {
        for (window, height) in [(1440, 900), (390, 844)] {
            t.page.resize(window, height).await?;
            demo(t, "?view=grid&test=test_codec%5Baac%5D&in=tests.network.test_streaming.TestBluetooth&dut=max-b1")
                .await?;
            details(t, "test_codec[aac] on max-b1").await?;
            let small: Vec<String> = t
                .page
                .evaluate(
                    "[...document.querySelectorAll('.drawer :is(button, a, summary), header :is(button, a)')]
                        .filter((e) => e.checkVisibility())
                        .map((e) => [e, e.getBoundingClientRect()])
                        .filter(([, r]) => r.width < 24 || r.height < 24)
                        .map(([e, r]) => `${e.outerHTML.slice(0, 80)} ${r.width}×${r.height}`)",
                )
                .await?;
            assert!(small.is_empty(), "{window}: {small:#?}");
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn opening_details_beside_a_large_grid_is_quick() -> Result<()> {
    scenario_alone(async |t| {
        let folder = tempfile::tempdir()?;
        forty_duts(&folder.path().join("night"), 3000)?;
        t.report_of([folder.path().join("night")]).await?;
        steps::go_to(t, "Grid").await?;
        t.page.until_true("document.querySelectorAll('.grid-cell').length > 200").await?;
        let mut long = Vec::new();
        for _ in 0..times::rounds(6) {
            t.page.long_tasks().await?;
            open_failure(t, "board_09").await?;
            shown(t).await?;
            t.page.until_true("document.querySelector('.grid-cell.is-open') !== null").await?;
            t.page.press("j").await?;
            t.page.press("Escape").await?;
            t.page.until_true(IS_CLOSED).await?;
            let tasks = t.page.long_tasks().await?;
            println!("{tasks:?}");
            long = times::too_long(&t.page, tasks).await?;
            if long.is_empty() {
                break;
            }
        }
        assert!(long.is_empty() || !times::are_checked(), "{long:?}");
        Ok(())
    })
    .await
}
