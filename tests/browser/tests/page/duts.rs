//! The columns of the grid: which DUTs are shown, in which order, and how their heads read.

use anyhow::{Context, Result, ensure};
use passgrid_browser_tests::{Scenario, forty_duts, scenario};
use serde_json::json;

use crate::steps;

/// The demo: five DUTs, eight builds.
async fn demo(t: &Scenario) -> Result<()> {
    t.open_report("?demo&view=grid").await?;
    t.page.until_true("document.querySelectorAll('[role=gridcell]').length > 20").await
}

/// Waits until the grid has these columns.
async fn until_columns(t: &Scenario, expected: &[&str]) -> Result<()> {
    let heads = "[...document.querySelectorAll('.grid-column')].map((head) => head.ariaLabel.split(',')[0]).join(' ')";
    t.page.until_true(&format!("{heads} === {}", json!(expected.join(" ")))).await
}

async fn query_is(t: &Scenario, expected: &str) -> Result<()> {
    t.page.until_true(&format!("location.search === {}", json!(expected))).await
}

#[tokio::test]
async fn columns_are_hidden_pinned_and_sorted() -> Result<()> {
    scenario(async |t| {
        demo(t).await?;
        until_columns(t, &["max-b1", "mini-a1", "mini-b1", "one-a1", "one-b2"]).await?;
        t.page.find("button", "DUTs").await?.click().await?;
        t.page.find("checkbox", "mini-a1").await?.click().await?;
        until_columns(t, &["max-b1", "mini-b1", "one-a1", "one-b2"]).await?;
        query_is(t, "?demo&view=grid&hide=mini-a1").await?;
        let pin = t.page.find("button", "Pin one-b2").await?;
        pin.click().await?;
        until_columns(t, &["one-b2", "max-b1", "mini-b1", "one-a1"]).await?;
        assert_eq!(pin.attribute("aria-pressed").await?.as_deref(), Some("true"));
        t.page.find("radio", "Most failures first").await?.click().await?;
        until_columns(t, &["one-b2", "max-b1", "mini-b1", "one-a1"]).await?;
        query_is(t, "?demo&view=grid&hide=mini-a1&pin=one-b2&columns=worst").await?;
        // Escape closes the menu and gives the focus back.
        t.page.press("Escape").await?;
        ensure!(!t.page.has("group", "DUTs").await?);
        assert!(t.page.tree().await?.named("button", "DUTs").all(|button| button.is_focused()));

        // The address has all of it; one click shows all DUTs.
        t.page.reload().await?;
        t.page.phase("ready").await?;
        t.page.find("button", "4 of 5 DUTs shown, show all").await?.click().await?;
        until_columns(t, &["one-b2", "max-b1", "mini-b1", "mini-a1", "one-a1"]).await?;
        query_is(t, "?demo&view=grid&pin=one-b2&columns=worst").await
    })
    .await
}

#[tokio::test]
async fn a_search_finds_duts() -> Result<()> {
    scenario(async |t| {
        demo(t).await?;
        t.page.find("button", "DUTs").await?.click().await?;
        // The field has the focus.
        t.page.until_true("document.activeElement.type === 'search'").await?;
        t.page.write("mini").await?;
        t.page.find("button", "Only matches").await?.click().await?;
        until_columns(t, &["mini-a1", "mini-b1"]).await?;
        query_is(t, "?demo&view=grid&show=mini-a1&show=mini-b1").await?;
        // Arrows move in the list.
        t.page.find("checkbox", "mini-a1").await?.focus().await?;
        t.page.press("ArrowDown").await?;
        t.page.until_true("document.activeElement.closest('li').innerText.includes('mini-b1')").await?;
        t.page.find("button", "Hide matches").await?.click().await?;
        query_is(t, "?demo&view=grid&show").await?;
        t.page.press("Escape").await?;
        t.page.until_text("All DUTs are hidden.").await?;
        t.page.find("button", "Show all").await?.click().await?;
        query_is(t, "?demo&view=grid").await
    })
    .await
}

#[tokio::test]
async fn rows_are_about_the_shown_duts() -> Result<()> {
    scenario(async |t| {
        demo(t).await?;
        t.page.find("button", "Failing").await?.click().await?;
        t.page.until_text("14 of 205 tests").await?;
        t.page.find("button", "DUTs").await?.click().await?;
        t.page.find("checkbox", "max-b1 10 failing").await?.click().await?;
        // One of the ten fails on other DUTs, too.
        t.page.until_text("5 of 205 tests").await?;
        t.page.find("button", "Hide all").await?.click().await?;
        t.page.find("checkbox", "mini-a1").await?.click().await?;
        t.page.until_text("No failing tests.").await?;
        t.page.press("Escape").await?;
        // The overview is about all DUTs, and so are the lists that it leads to.
        steps::go_to(t, "Overview").await?;
        query_is(t, "?demo").await
    })
    .await
}

#[tokio::test]
async fn keys_hide_and_pin_the_column() -> Result<()> {
    scenario(async |t| {
        demo(t).await?;
        t.page.find("grid", "Tests by DUT").await?.focus().await?;
        // The first line is a group, where arrows fold: its neighbor is a test.
        for key in ["ArrowDown", "ArrowRight", "p"] {
            t.page.press(key).await?;
        }
        until_columns(t, &["mini-a1", "max-b1", "mini-b1", "one-a1", "one-b2"]).await?;
        t.page.press("h").await?;
        until_columns(t, &["mini-a1", "mini-b1", "one-a1", "one-b2"]).await?;
        query_is(t, "?demo&view=grid&hide=max-b1&pin=mini-a1").await?;
        t.page.back().await?;
        until_columns(t, &["mini-a1", "max-b1", "mini-b1", "one-a1", "one-b2"]).await
    })
    .await
}

#[tokio::test]
async fn the_column_of_a_filter_comes_first() -> Result<()> {
    scenario(async |t| {
        t.open_report("?demo&view=grid&on=one-a1&hide=one-a1&hide=max-b1").await?;
        until_columns(t, &["one-a1", "mini-a1", "mini-b1", "one-b2"]).await?;
        t.page.find("button", "On one-a1, remove this filter").await?.click().await?;
        until_columns(t, &["mini-a1", "mini-b1", "one-b2"]).await
    })
    .await
}

#[tokio::test]
async fn pinned_columns_stay_while_others_scroll() -> Result<()> {
    scenario(async |t| {
        let folder = tempfile::tempdir()?;
        forty_duts(&folder.path().join("night"), 30)?;
        t.report_of([folder.path().join("night")]).await?;
        steps::go_to(t, "Grid").await?;
        t.page.find("button", "DUTs").await?.click().await?;
        t.page.find("button", "Pin board_07").await?.click().await?;
        t.page.press("Escape").await?;
        let place = "document.querySelector('.grid-column').getBoundingClientRect().left";
        t.page.until_true("document.querySelector('.grid-column').ariaLabel.startsWith('board_07')").await?;
        let before: f64 = t.page.evaluate(place).await?;
        t.page.evaluate::<bool>("(document.querySelector('[role=grid]').scrollLeft = 600, true)").await?;
        t.page.until_true("document.querySelector('[role=gridcell][aria-colindex=\"30\"]') !== null").await?;
        assert_eq!(t.page.evaluate::<f64>(place).await?, before);
        // Cells are below their heads.
        t.page
            .until_true(
                "[2, 30].every((column) => {
                    const left = (role) => document.querySelector(`[role=${role}][aria-colindex=\"${column}\"]`)?.getBoundingClientRect().left;
                    return left('columnheader') !== undefined && left('columnheader') === left('gridcell');
                })",
            )
            .await
    })
    .await
}

#[tokio::test]
async fn names_lack_what_they_have_in_common() -> Result<()> {
    scenario(async |t| {
        let folder = tempfile::tempdir()?;
        forty_duts(&folder.path().join("night"), 30)?;
        t.report_of([folder.path().join("night")]).await?;
        steps::go_to(t, "Grid").await?;
        t.page.until_true("document.querySelector('.grid-dut')?.innerText === '01'").await?;
        // It is said once, and each head has the whole name for assistive technology and on hover.
        t.page.until_text("board_…").await?;
        let head: [String; 2] = t
            .page
            .evaluate(
                "((head) => [head.ariaLabel, head.dataset.tip])(document.querySelector('.grid-column'))",
            )
            .await?;
        assert!(head.iter().all(|text| text.starts_with("board_01")), "{head:?}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn heads_are_aligned() -> Result<()> {
    scenario(async |t| {
        let folder = tempfile::tempdir()?;
        for (dut, build) in [("a", "<property name='build' value='1.2'/>"), ("b", ""), ("c", "")] {
            let report = format!(
                "<testsuite name='s'><properties><property name='dut' value='{dut}'/>{build}</properties>\
                 <testcase classname='s' name='t{dut}'/><testcase classname='s' name='t'/></testsuite>"
            );
            std::fs::write(folder.path().join(format!("{dut}.xml")), report)?;
        }
        t.report_of([folder.path()]).await?;
        steps::go_to(t, "Grid").await?;
        t.page.until_true("document.querySelectorAll('.grid-column').length === 3").await?;
        for part in [".grid-dut", ".grid-figure", ".grid-bar"] {
            let tops: Vec<f64> = t
                .page
                .evaluate(&format!(
                    "[...document.querySelectorAll('.grid-column {part}')].map((part) => part.getBoundingClientRect().top)"
                ))
                .await?;
            ensure!(tops.len() == 3 && tops.iter().all(|top| *top == tops[0]), "{part}: {tops:?}");
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn groups_say_how_many_tests_are_missing() -> Result<()> {
    scenario(async |t| {
        demo(t).await?;
        steps::set_in_menu(t, "View", "button", "Fold all").await?;
        let truncated = |name: &str| {
            name.starts_with("worst outcome on one-a1: passed; ")
                && name.ends_with("tests missing: the file is truncated after 196 results")
        };
        let cell = t.page.find_where("gridcell", "with missing tests", |node| truncated(&node.name)).await?;
        // The figures are beside the glyph: results and tests.
        let text = cell.text().await?;
        let (results, tests) = text.trim().split_once('/').context("no figures")?;
        ensure!(results.parse::<u32>()? < tests.parse::<u32>()?, "{text}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_phone_has_two_rows_of_controls() -> Result<()> {
    scenario(async |t| {
        t.page.resize(390, 844).await?;
        demo(t).await?;
        let height: f64 =
            t.page.evaluate("document.querySelector('.toolbar').getBoundingClientRect().height").await?;
        ensure!(height < 100.0, "the toolbar is {height} px high");
        for menu in ["DUTs", "View"] {
            t.page.find("button", menu).await?.click().await?;
            t.page.find("group", menu).await?;
            let is_inside = "(({ left, right }) => left >= 0 && right <= innerWidth)(document.querySelector('.popover').getBoundingClientRect())";
            t.page.until_true(is_inside).await?;
            t.page.until_true("document.documentElement.scrollWidth <= innerWidth").await?;
            targets_are_large(t).await?;
            t.page.press("Escape").await?;
        }
        Ok(())
    })
    .await
}

/// Whatever can be pressed in the view has 24 × 24 pixels. A checkbox is pressed by its label.
async fn targets_are_large(t: &Scenario) -> Result<()> {
    let small: Vec<String> = t
        .page
        .evaluate(
            "[...document.querySelectorAll('main button, main a, main label, main [role=gridcell], main [role=columnheader]')]
                .map((target) => [target, target.getBoundingClientRect()])
                .filter(([, { width, height }]) => width > 0 && (width < 24 || height < 24))
                .map(([target, { width, height }]) => `${target.outerHTML.slice(0, 120)}: ${width} × ${height}`)",
        )
        .await?;
    ensure!(small.is_empty(), "{small:#?}");
    Ok(())
}

#[tokio::test]
async fn glyphs_are_visible_in_high_contrast() -> Result<()> {
    scenario(async |t| {
        demo(t).await?;
        let features = json!({ "features": [{ "name": "forced-colors", "value": "active" }] });
        t.page.devtools("Emulation.setEmulatedMedia", features).await?;
        // A glyph is a mask over the color of its background.
        let glyphs = "['passed', 'failed', 'xfailed'].map((outcome) => {
            const glyph = getComputedStyle(document.querySelector(`.grid-cell.o-${outcome}`), '::before');
            return [glyph.backgroundColor, glyph.maskImage];
        })";
        let glyphs: Vec<[String; 2]> = t.page.evaluate(glyphs).await?;
        let canvas: String = t.page.evaluate("getComputedStyle(document.body).backgroundColor").await?;
        for (at, [color, mask]) in glyphs.iter().enumerate() {
            ensure!(*color != canvas && mask.starts_with("url("), "{glyphs:?} on {canvas}");
            ensure!(glyphs[..at].iter().all(|[_, other]| other != mask), "{glyphs:?}");
        }
        Ok(())
    })
    .await
}
