//! Views and their addresses.

use anyhow::Result;
use passgrid_browser_tests::{Browser, Scheme, scenario};

use crate::steps::{self, fixture};

#[tokio::test]
async fn back_and_forward_go_through_the_views() -> Result<()> {
    scenario(async |t| {
        t.report_of([fixture("multi/version-folder")]).await?;
        assert_eq!(t.page.query().await?, "");
        steps::go_to(t, "Grid").await?;
        assert_eq!(t.page.query().await?, "?view=grid");
        t.page.find("button", "Failing").await?.click().await?;
        t.page.until_true("location.search === '?view=grid&only=failing'").await?;
        steps::go_to(t, "Files").await?;
        t.page.back().await?;
        t.page.find("main", "Grid").await?;
        assert_eq!(t.page.query().await?, "?view=grid&only=failing");
        t.page.back().await?;
        t.page.until_true("location.search === '?view=grid'").await?;
        t.page.back().await?;
        t.page.find("main", "Overview").await?;
        assert_eq!(t.page.query().await?, "");
        t.page.forward().await?;
        t.page.find("main", "Grid").await?;
        // The files were read once: nothing of this loads the page anew.
        assert_eq!(t.page.current_phase().await?, "ready");
        assert_eq!(steps::summary(t).await?["totals"]["sessions"], 6);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn the_current_view_is_marked() -> Result<()> {
    scenario(async |t| {
        t.report_of([fixture("brief/sessions.json")]).await?;
        for view in ["Grid", "Files", "Overview"] {
            steps::go_to(t, view).await?;
            for link in ["Overview", "Grid", "Files"] {
                let current = t.page.find("link", link).await?.attribute("aria-current").await?;
                assert_eq!(current.is_some(), link == view, "{link} while {view} is shown");
            }
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_reload_shows_the_same() -> Result<()> {
    scenario(async |t| {
        for view in ["", "&view=grid", "&view=grid&only=differences&q=test", "&view=files"] {
            t.open_report(&format!("?src=results/brief/sessions.json{view}")).await?;
            let before = settled(&t.page).await?;
            let query = t.page.query().await?;
            t.page.reload().await?;
            t.page.phase("ready").await?;
            assert_eq!(settled(&t.page).await?, before);
            assert_eq!(t.page.query().await?, query);
        }
        Ok(())
    })
    .await
}

/// What the view and what lies over it say to assistive technology, once that does not change any
/// more.
async fn settled(page: &Browser) -> Result<Vec<String>> {
    let mut last = Vec::new();
    page.until("the page to come to rest", async || {
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        let tree = page.tree().await?;
        let parts = tree.nodes().filter(|node| matches!(node.role.as_str(), "main" | "complementary"));
        let inside = parts.flat_map(|part| tree.inside(part));
        let now: Vec<String> =
            inside.map(|node| format!("{} {} {}", node.role, node.name, node.value)).collect();
        let is_settled = now == last && !now.is_empty();
        last.clone_from(&now);
        Ok(is_settled.then_some(now))
    })
    .await
}

#[tokio::test]
async fn a_link_shows_others_the_same() -> Result<()> {
    scenario(async |t| {
        t.open_report("?src=results/brief/sessions.json").await?;
        steps::go_to(t, "Grid").await?;
        t.page.find("gridcell", "failed on DUT_A").await?.click().await?;
        t.page
            .find_where("complementary", "of test_signup", |node| node.name.contains("test_signup"))
            .await?;
        let address: String = t.page.evaluate("location.href").await?;
        let before = settled(&t.page).await?;

        let other = Browser::start().await?;
        other.open_page(&address, "ready").await?;
        other.find_where("complementary", "of test_signup", |node| node.name.contains("test_signup")).await?;
        assert_eq!(settled(&other).await?, before);
        other.quit().await.map(drop)
    })
    .await
}

#[tokio::test]
async fn unknown_and_broken_parameters_do_no_harm() -> Result<()> {
    scenario(async |t| {
        t.page
            .open_page(&format!("{}?view=hologram&only=banana&utm=1&%zz&q=%", t.site.address()), "empty")
            .await?;
        t.open_report("?utm_source=mail&src=results/brief/sessions.json&view=hologram&only=banana&&=&test=x")
            .await?;
        t.page.find("main", "Overview").await?;
        t.page.until_text("1 of 2 DUTs fails.").await?;
        // A result that is not there is said to be not there.
        t.open_report("?src=results/brief/sessions.json&test=no_such_test&dut=DUT_A").await?;
        t.page
            .find_where("complementary", "of no_such_test", |node| node.name.contains("no_such_test"))
            .await
            .map(drop)
    })
    .await
}

#[tokio::test]
async fn names_with_signs_survive_the_address() -> Result<()> {
    scenario(async |t| {
        t.open_report("?src=results/brief/text.json&view=grid").await?;
        let failed =
            t.page.find_where("gridcell", "that failed", |node| node.name.starts_with("failed")).await?;
        failed.click().await?;
        let name = "<script>alert('x')</script>";
        t.page.find_where("complementary", "of the script", |node| node.name.contains(name)).await?;
        t.page.reload().await?;
        t.page.phase("ready").await?;
        t.page.find_where("complementary", "of the script", |node| node.name.contains(name)).await?;
        t.page.until_text("DUT_Ä 🔊").await
    })
    .await
}

#[tokio::test]
async fn what_is_searched_is_in_the_address() -> Result<()> {
    scenario(async |t| {
        t.report_of([fixture("brief/sessions.json")]).await?;
        steps::go_to(t, "Grid").await?;
        assert_eq!(steps::grid_size(t).await?, (4, 3));
        let search = t.page.find("searchbox", "Filter tests by name").await?;
        search.enter("sign !out").await?;
        t.page.until_true("location.search === '?view=grid&q=sign+%21out'").await?;
        t.page.until_text("1 of 3 tests").await?;
        assert_eq!(steps::grid_size(t).await?, (2, 3));
        // What is downloaded is what is on screen.
        let summary = steps::summary(t).await?;
        assert_eq!(steps::list(&summary, "tests")?.len(), 1);
        assert_eq!(summary["totals"]["tests"], 3);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn figures_of_duts_are_below_their_heads() -> Result<()> {
    scenario(async |t| {
        t.report_of([fixture("demo/reports")]).await?;
        for width in [1440, 1024, 700, 641, 390] {
            t.page.resize(width, 900).await?;
            // A head and the cells below it end at the same place.
            let apart: Vec<String> = t
                .page
                .evaluate(
                    "(() => {
                        const shown = (row) => [...row.cells].filter((e) => e.checkVisibility());
                        const right = (e) => Math.round(e.getBoundingClientRect().right);
                        const [head, ...rows] = document.querySelectorAll('.duts-table tr');
                        return rows.flatMap((row) => shown(row).map((cell, at) =>
                            shown(head)[at] && right(cell) === right(shown(head)[at])
                                && shown(row).length === shown(head).length ? '' : cell.innerText))
                            .filter((text) => text);
                    })()",
                )
                .await?;
            assert!(apart.is_empty(), "{width} wide: {apart:?}");
            let text = t.page.text().await?;
            assert!(text.contains("2.4.1"), "{width} wide: the build is not shown");
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn what_needs_attention_opens_its_details() -> Result<()> {
    scenario(async |t| {
        t.report_of([fixture("demo/reports")]).await?;
        // The mark of a DUT says of which test it is.
        t.page.find("button", "test_roams[5GHz] error on one-b2, new").await?;
        t.page.until_true("document.querySelector('.attention-list .message') !== null").await?;
        t.page
            .find_where("button", "test_roams", |node| node.name.starts_with("test_roams[5GHz] tests."))
            .await?
            .click()
            .await?;
        t.page.find("complementary", "Details of test_roams[5GHz] on one-b2").await?;
        t.page.press("Escape").await?;
        t.page.until_true("!document.querySelector('.drawer')").await?;
        t.page.evaluate::<Option<()>>("document.querySelector('.attention-test .message').click()").await?;
        t.page
            .find_where("complementary", "of the first", |node| {
                node.name.starts_with("Details of test_stays_in_sync")
            })
            .await?;
        t.page.press("Escape").await?;
        // In the grid a test's name does the same.
        steps::go_to(t, "Grid").await?;
        t.page.until_true("document.querySelector('.grid-row:not(.grid-group) .grid-name') !== null").await?;
        t.page
            .evaluate::<Option<()>>("document.querySelector('.grid-row:not(.grid-group) .grid-name').click()")
            .await?;
        t.page
            .find_where("complementary", "of a failing test", |node| node.name.starts_with("Details of"))
            .await
            .map(drop)
    })
    .await
}

#[tokio::test]
async fn every_view_fits_every_window() -> Result<()> {
    scenario(async |t| {
        for (width, height) in [(1440, 900), (1024, 768), (390, 844), (320, 640)] {
            t.page.resize(width, height).await?;
            t.open_empty().await?;
            fits(&t.page, "empty", width).await?;
            t.report_of([fixture("multi/version-folder"), fixture("bad/nothing")]).await?;
            for view in [
                "Overview",
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
            ] {
                steps::go_to(t, view).await?;
                fits(&t.page, view, width).await?;
            }
            for (view, role, name) in [("Tests", "button", "Columns"), ("Overview", "button", "Download")] {
                steps::go_to(t, view).await?;
                t.page.find(role, name).await?.click().await?;
                t.page
                    .until_true("document.querySelector('[role=menu], .menu-list[role=group]') !== null")
                    .await?;
                fits(&t.page, &format!("the menu {name}"), width).await?;
                t.page.press("Escape").await?;
            }
        }
        Ok(())
    })
    .await
}

/// The window itself does not scroll sideways, and nothing that can be pressed lies outside.
async fn fits(page: &Browser, view: &str, width: u32) -> Result<()> {
    let widest: f64 = page.evaluate("document.scrollingElement.scrollWidth").await?;
    assert!(widest <= f64::from(width), "{view} is {widest} wide in a window of {width}");
    let outside: Vec<String> = page
        .evaluate(
            "[...document.querySelectorAll('header button, header a, header label, nav a, [role=menu], .menu-list[role=group]')]
                .filter((e) => e.checkVisibility() && (e.getBoundingClientRect().right > innerWidth + 1 || e.getBoundingClientRect().left < -1))
                .map((e) => e.innerText)",
        )
        .await?;
    assert!(outside.is_empty(), "{view}, {width} wide: outside of the window are {outside:?}");
    // Columns that are left out where there is little room are left out of head and rows.
    let tables: Vec<Vec<u32>> = page
        .evaluate(
            "[...document.querySelectorAll('main table')].map((table) => [...table.rows]
                .map((row) => [...row.cells].filter((cell) => cell.checkVisibility()).length))",
        )
        .await?;
    for columns in tables {
        assert!(
            columns.iter().all(|count| *count == columns[0]),
            "{view}, {width} wide: head and rows of a table have so many columns: {columns:?}"
        );
    }
    Ok(())
}

#[tokio::test]
async fn colors_follow_the_system_until_they_are_switched() -> Result<()> {
    scenario(async |t| {
        let background = async || -> Result<u32> {
            // The sum of red, green and blue: light is much.
            let sum = "getComputedStyle(document.body).backgroundColor.match(/\\d+/g).slice(0, 3).reduce((a, b) => a + +b, 0)";
            t.page.evaluate(sum).await
        };
        t.page.prefer(Scheme::Light).await?;
        t.open_empty().await?;
        assert!(background().await? > 600, "light");
        t.page.prefer(Scheme::Dark).await?;
        assert!(background().await? < 160, "dark");
        t.page.find("button", "Switch between light and dark").await?.click().await?;
        assert!(background().await? > 600, "switched to light");
        t.page.reload().await?;
        t.page.phase("empty").await?;
        assert!(background().await? > 600, "still light after a reload");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn back_closes_the_details() -> Result<()> {
    scenario(async |t| {
        t.report_of([fixture("brief/sessions.json")]).await?;
        steps::go_to(t, "Grid").await?;
        t.page.find("gridcell", "failed on DUT_A").await?.click().await?;
        t.page
            .find_where("complementary", "of test_signup", |node| node.name.contains("test_signup"))
            .await?;
        t.page.back().await?;
        t.page.until_true("!document.querySelector('.drawer')").await?;
        t.page.forward().await?;
        t.page
            .find_where("complementary", "of test_signup", |node| node.name.contains("test_signup"))
            .await
            .map(drop)
    })
    .await
}
