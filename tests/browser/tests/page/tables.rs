//! The tables of tests and of sessions, with the demo's reports.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use passgrid_browser_tests::{Node, Scenario, Tree, scenario};
use roxmltree::Document;

use crate::steps::{self, fixture};

/// Reads the demo's reports and opens a table of them, in a window that has room for all sessions.
async fn open(t: &Scenario, view: &str) -> Result<()> {
    t.page.resize(1600, 1400).await?;
    t.report_of([fixture("demo/reports")]).await?;
    steps::go_to(t, view).await?;
    match view {
        "Tests" => count(t, "205 tests").await,
        "Sessions" => count(t, "36 sessions").await,
        _ => Ok(()),
    }
}

/// Waits until the table says that it has so many rows.
async fn count(t: &Scenario, words: &str) -> Result<()> {
    t.page
        .until_true(&format!(
            "[...document.querySelectorAll('main [role=status]')].some((e) => e.innerText === '{words}')
             && document.querySelector('main .table-row') !== null"
        ))
        .await
}

async fn query(t: &Scenario, wanted: &str) -> Result<()> {
    t.page.until_true(&format!("location.search === '{wanted}'")).await
}

/// The rows that are there, without the heads: names of their cells.
async fn rows(t: &Scenario) -> Result<Vec<String>> {
    let tree = t.page.tree().await?;
    let is_body = |row: &&Node| tree.inside(row).any(|node| node.role == "rowheader");
    Ok(tree.all("row").filter(is_body).map(|row| words_of(&tree, row)).collect())
}

/// All that a row says: its texts, and the names of its pictures and buttons.
fn words_of(tree: &Tree, row: &Node) -> String {
    let mut words = Vec::new();
    for node in tree.inside(row) {
        if matches!(node.role.as_str(), "rowheader" | "gridcell" | "image" | "img" | "button") {
            words.push(node.name.clone());
        }
    }
    words.join(" | ")
}

/// Waits until the first row has this text.
async fn first_row(t: &Scenario, wanted: &str) -> Result<String> {
    t.page
        .until(&format!("a first row with {wanted}"), async || {
            Ok(rows(t).await?.into_iter().next().filter(|row| row.contains(wanted)))
        })
        .await
}

async fn head(t: &Scenario, name: &str) -> Result<()> {
    t.page.find("button", name).await?.click().await
}

async fn sorted(t: &Scenario, name: &str) -> Result<Option<String>> {
    t.page.find("columnheader", name).await?.attribute("aria-sort").await
}

#[tokio::test]
async fn the_aac_tests_fail_on_one_dut() -> Result<()> {
    scenario(async |t| {
        open(t, "Tests").await?;
        let grid = t.page.find("grid", "Tests").await?;
        assert_eq!(grid.attribute("aria-rowcount").await?.as_deref(), Some("206"));
        t.page.find("searchbox", "Filter tests by name").await?.enter("aac").await?;
        t.page.find("button", "Failing").await?.click().await?;
        count(t, "9 of 205 tests").await?;
        let rows = rows(t).await?;
        assert_eq!(rows.len(), 9, "{rows:#?}");
        for row in &rows {
            assert!(row.contains("4 passed, 1 failed"), "{row}");
            assert!(row.contains("failed on max-b1"), "{row}");
            assert!(!row.contains("on one-") && !row.contains("on mini-"), "{row}");
            assert!(row.contains("passed from 2.3.0, failed from 2.4.0-rc1"), "{row}");
        }
        // Nothing is left, and the page says of what.
        t.page.find("searchbox", "Filter tests by name").await?.enter("no such test").await?;
        t.page.until_text("No failing tests with “no such test”.").await?;
        t.page.find("button", "Clear filter").await?.click().await?;
        count(t, "205 tests").await?;
        t.page.until_true("document.activeElement.type === 'search'").await
    })
    .await
}

#[tokio::test]
async fn a_filter_does_not_go_to_another_kind_of_list() -> Result<()> {
    scenario(async |t| {
        open(t, "Overview").await?;
        // A DUT leads to its sessions, and says so.
        t.page.find("link", "max-b1").await?.click().await?;
        count(t, "8 of 36 sessions").await?;
        query(t, "?view=sessions&on=max-b1").await?;
        let chip = "DUT: max-b1, remove this filter";
        t.page.find("button", chip).await?;
        // Tests are another list.
        steps::go_to(t, "Tests").await?;
        count(t, "205 tests").await?;
        query(t, "?view=tests").await?;
        // The grid has the same tests as the table: the filter stays, and is seen.
        steps::go_to(t, "Overview").await?;
        t.page.find("link", "10 failed on max-b1: show them in the grid").await?.click().await?;
        t.page.until_text("10 of 205 tests").await?;
        let chip = "On max-b1, remove this filter";
        t.page.find("button", chip).await?;
        steps::go_to(t, "Tests").await?;
        count(t, "10 of 205 tests").await?;
        assert!(
            t.page.find("button", "Failing").await?.attribute("aria-pressed").await?.as_deref()
                == Some("true")
        );
        t.page.find("button", chip).await?.click().await?;
        count(t, "14 of 205 tests").await?;
        t.page.until_true("document.activeElement.type === 'search'").await?;
        steps::go_to(t, "Files").await?;
        query(t, "?view=files").await?;
        // A tile leads to what it counts.
        steps::go_to(t, "Overview").await?;
        t.page.find("link", "1 Flaky: show the tests").await?.click().await?;
        query(t, "?view=tests&only=flaky").await?;
        count(t, "1 of 205 tests").await
    })
    .await
}

#[tokio::test]
async fn heads_sort_and_the_address_says_so() -> Result<()> {
    scenario(async |t| {
        open(t, "Tests").await?;
        for (name, keys) in [
            ("Test", ["name", "-name"]),
            ("Suite", ["suite", "-suite"]),
            ("Now", ["-outcome", "outcome"]),
            ("Fails on", ["-failing", "failing"]),
            ("History", ["-sessions", "sessions"]),
            ("Median", ["-time", "time"]),
            ("Attempts", ["-attempts", "attempts"]),
            ("Flaky", ["-flaky", "flaky"]),
        ] {
            for key in keys {
                head(t, name).await?;
                query(t, &format!("?view=tests&sort={key}")).await?;
                let direction = if key.starts_with('-') { "descending" } else { "ascending" };
                assert_eq!(sorted(t, name).await?.as_deref(), Some(direction), "{name}");
            }
        }
        // A third time, and it is as it was.
        head(t, "Flaky").await?;
        query(t, "?view=tests").await?;
        first_row(t, "test_stays_in_sync[6-speakers]").await?;
        t.page.back().await?;
        query(t, "?view=tests&sort=flaky").await?;
        t.page.back().await?;
        query(t, "?view=tests&sort=-flaky").await?;
        let row = first_row(t, "test_comes_back_into_range").await?;
        assert!(row.contains("flaky in 11 sessions"), "{row}");
        t.page.forward().await?;
        query(t, "?view=tests&sort=flaky").await?;
        assert_eq!(sorted(t, "Flaky").await?.as_deref(), Some("ascending"));
        // The slowing test, in the words of the demo's README.
        t.page.find("searchbox", "Filter tests by name").await?.enter("starts_").await?;
        head(t, "Longest").await?;
        query(t, "?view=tests&q=starts_&sort=-max").await?;
        let row = first_row(t, "test_starts_within_30_s").await?;
        assert!(row.contains("27.9 s"), "{row}");
        assert_eq!(sorted(t, "Longest").await?.as_deref(), Some("descending"));
        Ok(())
    })
    .await
}

#[tokio::test]
async fn columns_are_chosen() -> Result<()> {
    scenario(async |t| {
        open(t, "Tests").await?;
        t.page.find_where("button", "Columns", |node| node.name == "Columns").await?.click().await?;
        for name in ["Attempts", "Flaky"] {
            t.page.find("checkbox", name).await?.click().await?;
        }
        query(t, "?view=tests&cols=name,outcome,failing,sessions,time,max,suite").await?;
        assert!(!t.page.has("columnheader", "Flaky").await?);
        assert!(t.page.has("columnheader", "Median").await?);
        t.page.press("Escape").await?;
        t.page.until_true("!document.querySelector('details[open]')").await?;
        // What was dropped comes back with the columns.
        t.page.reload().await?;
        t.page.phase("ready").await?;
        count(t, "205 tests").await?;
        assert!(!t.page.has("columnheader", "Attempts").await?);
        Ok(())
    })
    .await
}

/// The names of the columns that are shown.
async fn heads(t: &Scenario) -> Result<Vec<String>> {
    t.page
        .evaluate("[...document.querySelectorAll('.table-head [role=columnheader]')].map((e) => e.innerText)")
        .await
}

/// The names of the columns that are on screen as a whole.
async fn heads_on_screen(t: &Scenario) -> Result<Vec<String>> {
    t.page
        .evaluate(
            "[...document.querySelectorAll('.table-head [role=columnheader]')]
                .filter((e) => e.getBoundingClientRect().right <= document.querySelector('.table-scroller').clientWidth)
                .map((e) => e.innerText)",
        )
        .await
}

#[tokio::test]
async fn columns_that_say_nothing_are_hidden() -> Result<()> {
    scenario(async |t| {
        t.page.resize(1600, 900).await?;
        // Three DUTs, one session each, all of one format, without units and builds.
        t.report_of([fixture("multi/flat")]).await?;
        steps::go_to(t, "Tests").await?;
        t.page.until_true("document.querySelector('main .table-row') !== null").await?;
        let tests = heads(t).await?;
        for name in ["History", "Attempts", "Flaky"] {
            assert!(!tests.iter().any(|head| head == name), "{name} in {tests:?}");
        }
        steps::go_to(t, "Sessions").await?;
        t.page.until_true("document.querySelector('main .table-row') !== null").await?;
        let sessions = heads(t).await?;
        for name in ["Unit", "Build", "Format"] {
            assert!(!sessions.iter().any(|head| head == name), "{name} in {sessions:?}");
        }
        // A filter does not change that, nor does what is on screen.
        t.page.find("searchbox", "Filter sessions").await?.enter("board_a").await?;
        t.page.until_text("1 of 3 sessions").await?;
        assert_eq!(heads(t).await?, sessions);
        // The menu says why, and a person may want them all the same.
        t.page.find("button", "Columns").await?.click().await?;
        t.page.until_text("no units").await?;
        t.page.find("checkbox", "Unit").await?.click().await?;
        t.page.until_true("new URLSearchParams(location.search).get('cols')?.includes('unit')").await?;
        assert!(t.page.has("columnheader", "Unit").await?);
        t.page.find("checkbox", "Unit").await?.click().await?;
        query(t, "?view=sessions&q=board_a").await?;
        assert_eq!(heads(t).await?, sessions);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn what_matters_is_on_screen_in_every_window() -> Result<()> {
    scenario(async |t| {
        open(t, "Sessions").await?;
        for (width, wanted) in [
            (1440, ["DUT", "Unit", "Build", "Failed", "Error", "File"].as_slice()),
            (1024, &["DUT", "Build", "Started", "Pass rate", "Outcomes", "Passed", "Failed", "Error"]),
            (390, &["DUT", "Outcomes", "Failed"]),
        ] {
            t.page.resize(width, 800).await?;
            t.page
                .until(&format!("{wanted:?} at {width}"), async || {
                    let heads = heads_on_screen(t).await?;
                    Ok(wanted.iter().all(|name| heads.iter().any(|head| head == name)).then_some(()))
                })
                .await?;
        }
        // Nothing is lost: the other columns are behind these.
        assert!(heads(t).await?.iter().any(|head| head == "File"));
        t.page.resize(1024, 800).await?;
        steps::go_to(t, "Tests").await?;
        count(t, "205 tests").await?;
        let name = "document.querySelector('.table-row [role=rowheader]').getBoundingClientRect().width";
        t.page.until_true(&format!("{name} >= 280")).await?;
        for name in ["Now", "Fails on", "History"] {
            assert!(heads_on_screen(t).await?.iter().any(|head| head == name), "{name}");
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn bars_are_in_proportion_and_failures_are_seen() -> Result<()> {
    scenario(async |t| {
        open(t, "Sessions").await?;
        let bars: Vec<Vec<(String, f64)>> = t
            .page
            .evaluate(
                "[...document.querySelectorAll('.table-row .outcome-bar')].map((bar) => [...bar.children]
                    .map((part) => [part.className, part.getBoundingClientRect().width / bar.clientWidth * 1000]))",
            )
            .await?;
        assert!(bars.len() > 10, "{} bars", bars.len());
        let full: Vec<f64> = bars.iter().map(|bar| bar.iter().map(|(_, width)| width).sum()).collect();
        assert!(full.iter().all(|width| (width - 1000.0).abs() < 0.01), "{full:?}");
        // 10 of 205 tests failed on max-b1: 4.9 %.
        let is_failed = |(class, _): &&(String, f64)| class.contains("o-failed");
        let failed: Vec<f64> = bars.iter().filter_map(|bar| bar.iter().find(is_failed)).map(|(_, w)| *w).collect();
        assert!(failed.iter().all(|width| *width < 60.0), "{failed:?}");
        let narrowest: f64 = t
            .page
            .evaluate(
                "Math.min(...[...document.querySelectorAll('.outcome-bar > :is(.o-failed, .o-error)')]
                    .map((part) => part.getBoundingClientRect().width))",
            )
            .await?;
        assert!(narrowest >= 2.99, "{narrowest}");
        // The numbers are beside the bars.
        let row = rows(t).await?.into_iter().find(|row| row.starts_with("max-b1")).unwrap_or_default();
        assert!(row.contains("| 182 | 10 | 0 | 10 |"), "{row}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn links_in_tables_are_large_enough() -> Result<()> {
    scenario(async |t| {
        t.report_of([fixture("demo/reports")]).await?;
        t.page.until_true("document.querySelector('.duts-table td a') !== null").await?;
        let small: Vec<String> = t
            .page
            .evaluate(
                "[...document.querySelectorAll('.duts-table td.number a')]
                    .map((e) => e.getBoundingClientRect())
                    .filter((box) => box.width < 24 || box.height < 24)
                    .map((box) => `${box.width} x ${box.height}`)",
            )
            .await?;
        assert!(small.is_empty(), "{small:?}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_row_leads_to_its_worst_result() -> Result<()> {
    scenario(async |t| {
        open(t, "Tests").await?;
        let details = async |test: &str, words: &str| -> Result<()> {
            t.page
                .find_where("complementary", &format!("of {test}"), |node| node.name.contains(test))
                .await?;
            t.page.until_text(words).await?;
            t.page.press("Escape").await?;
            t.page.until_true("!document.querySelector('.drawer')").await
        };
        // By mouse, the chip of a DUT.
        t.page.find("button", "error on one-b2").await?.click().await?;
        details("test_roams[5GHz]", "one-b2").await?;
        // By keyboard: the second row, then the button in the first one.
        t.page.find("grid", "Tests").await?.focus().await?;
        for key in ["Home", "ArrowDown", "Enter"] {
            t.page.press(key).await?;
        }
        details("test_gapless[aac]", "max-b1").await?;
        t.page.until_true("document.activeElement.getAttribute('role') === 'grid'").await?;
        for key in ["ArrowUp", "ArrowRight", "ArrowRight", "Enter"] {
            t.page.press(key).await?;
        }
        details("test_stays_in_sync[6-speakers]", "mini-b1").await?;
        // The last row comes into view, and has the focus.
        t.page.find("grid", "Tests").await?.focus().await?;
        t.page.press("End").await?;
        t.page
            .until_true(
                "document.getElementById(document.activeElement.getAttribute('aria-activedescendant'))
                    ?.getAttribute('aria-rowindex') === '206'",
            )
            .await?;
        let elements: u32 = t.page.evaluate("document.querySelectorAll('*').length").await?;
        assert!(elements < 2500, "{elements} elements");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn sessions_have_the_figures_of_their_files() -> Result<()> {
    scenario(async |t| {
        open(t, "Sessions").await?;
        let rows = t
            .page
            .until("36 rows", async || {
                let rows = rows(t).await?;
                Ok((rows.len() == 36).then_some(rows))
            })
            .await?;
        assert!(rows[0].starts_with("mini-b1") && rows[0].contains("2.4.1"), "{}", rows[0]);
        assert!(rows[35].contains("2.3.0"), "{}", rows[35]);
        assert_eq!(sorted(t, "Started").await?.as_deref(), Some("descending"));
        let broken: Vec<&String> = rows.iter().filter(|row| row.contains("truncated")).collect();
        assert!(
            matches!(&broken[..], [row] if row.starts_with("one-a1") && row.contains("2.4.1")),
            "{broken:?}"
        );
        assert_eq!(rows.iter().filter(|row| row.contains("latest")).count(), 5);

        let expected = steps::read(&fixture("demo/EXPECTED.tsv"))?;
        let mut lines = expected.lines();
        let names: Vec<&str> = lines.next().context("no header")?.split('\t').collect();
        for line in lines {
            let figures: BTreeMap<&str, &str> = names.iter().copied().zip(line.split('\t')).collect();
            let is_its = |row: &&String| {
                let cells: Vec<&str> = row.split(" | ").collect();
                cells[0].split(' ').next() == Some(figures["dut"]) && cells.contains(&figures["build"])
            };
            let row = rows.iter().find(is_its).with_context(|| format!("no row for {line}"))?;
            let words: Vec<String> = ["passed", "failed", "error", "skipped", "xfailed", "xpassed"]
                .iter()
                .filter(|word| figures[*word] != "0")
                .map(|word| format!("{} {word}", figures[word]))
                .collect();
            for word in words {
                assert!(row.contains(&word), "{word} is not in {row}");
            }
        }
        for (name, key) in
            [("DUT", "dut"), ("Build", "build"), ("Failed", "-failing"), ("Pass rate", "-rate")]
        {
            head(t, name).await?;
            query(t, &format!("?view=sessions&sort={key}")).await?;
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_session_tells_what_its_file_tells() -> Result<()> {
    scenario(async |t| {
        let source = steps::read(&fixture("demo/reports/2.4.1/max-b1.xml"))?;
        let document = Document::parse(&source)?;
        open(t, "Sessions").await?;
        t.page.find("searchbox", "Filter sessions").await?.enter("max-b1 2.4.1").await?;
        count(t, "1 of 36 sessions").await?;
        t.page.find("grid", "Sessions").await?.focus().await?;
        t.page.press("Enter").await?;
        let page =
            t.page.find_where("complementary", "of the session", |node| node.name.contains("max-b1")).await?;
        t.page.until_text("Properties and environment").await?;
        assert!(t.page.query().await?.contains("of=max-b1&run="), "{}", t.page.query().await?);
        let text = page.text().await?;
        let mut properties = 0;
        for property in document.descendants().filter(|node| node.has_tag_name("property")) {
            let (name, value) = (property.attribute("name"), property.attribute("value"));
            let tree = t.page.tree().await?;
            let row = tree.all("row").find(|row| {
                let texts: Vec<String> = tree
                    .inside(row)
                    .filter(|node| matches!(node.role.as_str(), "rowheader" | "cell"))
                    .map(|cell| tree.text(cell))
                    .collect();
                texts.first().map(String::as_str) == name && texts.get(1).map(String::as_str) == value
            });
            assert!(row.is_some(), "{name:?} = {value:?} is not in {text}");
            properties += 1;
        }
        assert!(properties >= 5, "{properties} properties in the file");
        for words in ["property dut", "property serial", "property firmware", "runner-2"] {
            assert!(text.contains(words), "{words} is not in {text}");
        }
        // The DUT's session before, and back to the table.
        t.page.find("button", "Earlier session of max-b1").await?.click().await?;
        t.page.until_text("reports/2.4.0/max-b1.xml").await?;
        t.page.press("Escape").await?;
        t.page.until_true("!document.querySelector('.drawer')").await?;
        t.page.until_true("document.activeElement.getAttribute('role') === 'grid'").await?;
        query(t, "?view=sessions&q=max-b1+2.4.1").await
    })
    .await
}
