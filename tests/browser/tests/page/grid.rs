//! The grid, and the details of a result.

use std::{collections::BTreeMap, path::PathBuf};

use anyhow::{Context, Result};
use passgrid_browser_tests::{Element, Scenario, scenario, tally};
use roxmltree::Document;

use crate::steps::{self, fixture};

/// The cell of a test on a DUT.
async fn cell<'a>(t: &'a Scenario, test: &str, dut: &str) -> Result<Element<'a>> {
    let ending = format!(" on {dut}");
    t.page
        .until(&format!("the cell of {test} on {dut}"), async || {
            let tree = t.page.tree().await?;
            let names = |row| tree.inside(row).filter(|node| node.role == "rowheader");
            let row = tree.all("row").find(|&row| names(row).any(|name| tree.text(name).starts_with(test)));
            let cell = row.and_then(|row| {
                tree.inside(row).find(|node| node.role == "gridcell" && node.name.ends_with(&ending))
            });
            cell.map(|cell| t.page.element(cell)).transpose()
        })
        .await
}

/// Waits for the details of this test, and gives the text in them once the file was read.
async fn details(t: &Scenario, test: &str) -> Result<String> {
    let drawer =
        t.page.find_where("complementary", &format!("of {test}"), |node| node.name.contains(test)).await?;
    t.page
        .until("the details", async || {
            let text = drawer.text().await?;
            Ok((!text.contains("Reading…")).then_some(text))
        })
        .await
}

/// pytest's headings of captured output are the page's to word.
fn is_heading(line: &str) -> bool {
    line.starts_with("---") && line.contains(" Captured ")
}

fn has_output(text: Option<&str>) -> bool {
    text.is_some_and(|text| text.lines().any(|line| !line.trim().is_empty() && !is_heading(line)))
}

fn assert_has_lines(text: &str, expected: &str) {
    for line in expected.lines().filter(|line| !line.trim().is_empty() && !is_heading(line)) {
        assert!(text.contains(line.trim_end()), "{line:?} is not in:\n{text}");
    }
}

#[tokio::test]
async fn cells_agree_with_the_files() -> Result<()> {
    scenario(async |t| {
        t.report_of([fixture("multi/version-folder")]).await?;
        steps::go_to(t, "Grid").await?;
        let summary = steps::summary(t).await?;
        let tests = steps::list(&summary, "tests")?;
        t.page.find("grid", "Tests by DUT").await?;
        // All tests of the latest build, and one that only the build before had.
        let now = |test: &&serde_json::Value| {
            test["results"].as_array().is_some_and(|results| {
                results.iter().any(|r| r["session"].as_str().is_some_and(|s| s.contains("1.5.0")))
            })
        };
        let rows = tests.iter().filter(now).count() as u32;
        assert_eq!(steps::grid_size(t).await?, (rows + 1, 4));

        let tree = t.page.tree().await?;
        for dut in ["board_a", "board_b", "board_c"] {
            let file = fixture(&format!("multi/version-folder/1.5.0/{dut}.xml"));
            let expected = tally::of_junit(&steps::read(&file)?)?;
            let mut words = BTreeMap::<&str, u64>::new();
            for cell in tree.all("gridcell") {
                if let Some(word) = cell.name.strip_suffix(&format!(" on {dut}")) {
                    *words.entry(word).or_default() += 1;
                }
            }
            let found = |word: &str| words.get(word).copied().unwrap_or_default();
            assert_eq!(found("passed"), expected.passed, "{dut}: {words:?}");
            assert_eq!(found("failed"), expected.failed, "{dut}: {words:?}");
            assert_eq!(found("skipped"), expected.skipped, "{dut}: {words:?}");
            assert_eq!(found("xfailed"), expected.xfailed, "{dut}: {words:?}");
            assert_eq!(found("missing"), u64::from(rows) - expected.results, "{dut}: {words:?}");
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_cell_leads_to_the_traceback_in_the_file() -> Result<()> {
    scenario(async |t| {
        let file = fixture("multi/version-folder/1.5.0/board_b.xml");
        let (test, traceback) = tally::first_failure(&steps::read(&file)?)?;
        t.report_of([fixture("multi/version-folder")]).await?;
        steps::go_to(t, "Grid").await?;
        cell(t, &test, "board_b").await?.click().await?;
        let text = details(t, &test).await?;
        assert_has_lines(&text, &traceback);
        assert_has_lines(&text, "failed\nboard_b\n1.5.0\nAssertionError: underrun at 48000");
        // Escape leads back to the grid.
        t.page.press("Escape").await?;
        t.page.until_true("!document.querySelector('.drawer')").await?;
        t.page.find("grid", "Tests by DUT").await?;
        assert_eq!(t.page.query().await?, "?view=grid");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn details_have_message_traceback_and_output() -> Result<()> {
    scenario(async |t| {
        let path = fixture("junit/pytest-9.2/xunit2_logging-all.xml");
        let source = steps::read(&path)?;
        let document = Document::parse(&source)?;
        let case = document
            .descendants()
            .filter(|node| node.has_tag_name("failure"))
            .filter_map(|failure| failure.parent())
            .find(|case| {
                case.children().any(|child| child.has_tag_name("system-out") && has_output(child.text()))
            })
            .context("no failure with output in the fixture")?;
        let test = case.attribute("name").context("no name")?;
        t.report_of([&path]).await?;
        steps::go_to(t, "Grid").await?;
        let failed = |node: &passgrid_browser_tests::Node| node.name.starts_with("failed");
        t.page.until_true("document.querySelector('.grid-cell.o-failed[id]') !== null").await?;
        let dut = {
            let tree = t.page.tree().await?;
            let any = tree.all("gridcell").find(|node| failed(node)).context("no failed cell")?;
            any.name.split_once(" on ").map(|(_, dut)| dut.to_owned()).context("no DUT in the cell's name")?
        };
        cell(t, test, &dut).await?.click().await?;
        let text = details(t, test).await?;
        for child in case.children().filter(|child| child.is_element()) {
            assert_has_lines(&text, &steps::without_escapes(child.text().unwrap_or_default()));
            assert_has_lines(&text, &steps::without_escapes(child.attribute("message").unwrap_or_default()));
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn details_of_json_reports_too() -> Result<()> {
    scenario(async |t| {
        let path = fixture("multi/suffix/DUT_B_report.json");
        let report: serde_json::Value = serde_json::from_str(&steps::read(&path)?)?;
        let failed = steps::list(&report, "tests")?
            .iter()
            .find(|test| test["outcome"] == "failed" && test["call"]["longrepr"].is_string())
            .context("nothing failed in the fixture")?;
        let node_id = steps::text(failed, "nodeid");
        let test = node_id.rsplit("::").next().unwrap_or_default();
        t.report_of([fixture("multi/suffix")]).await?;
        steps::go_to(t, "Grid").await?;
        cell(t, test, "DUT_B").await?.click().await?;
        let text = details(t, test).await?;
        assert_has_lines(&text, failed["call"]["longrepr"].as_str().unwrap_or_default());
        assert_has_lines(&text, failed["call"]["crash"]["message"].as_str().unwrap_or_default());
        Ok(())
    })
    .await
}

#[tokio::test]
async fn details_are_copied() -> Result<()> {
    scenario(async |t| {
        let file = fixture("multi/version-folder/1.5.0/board_b.xml");
        let (test, traceback) = tally::first_failure(&steps::read(&file)?)?;
        t.report_of([&file]).await?;
        steps::go_to(t, "Grid").await?;
        cell(t, &test, "board_b").await?.click().await?;
        t.page.fill_clipboard("nothing yet").await?;
        t.page.find_where("button", "that copies", |node| node.name == "Copy failure").await?.click().await?;
        t.page
            .until("the copy", async || {
                let copied = t.page.clipboard().await?;
                Ok((copied != "nothing yet").then(|| assert_has_lines(&copied, &traceback)))
            })
            .await
    })
    .await
}

#[tokio::test]
async fn a_file_that_changed_meanwhile_gives_no_wrong_text() -> Result<()> {
    scenario(async |t| {
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("board_b.xml");
        let source = steps::read(&fixture("multi/version-folder/1.5.0/board_b.xml"))?;
        std::fs::write(&file, &source)?;
        let (test, traceback) = tally::first_failure(&source)?;
        t.report_of([&file]).await?;
        steps::go_to(t, "Grid").await?;
        std::fs::write(
            &file,
            source.replace("underrun", "OVERRUN!").replacen("<testsuites", "<!-- -->\n<testsuites", 1),
        )?;
        let failed =
            t.page.find_where("gridcell", "that failed", |node| node.name.starts_with("failed")).await?;
        failed.click().await?;
        let text = details(t, &test).await?;
        assert!(text.contains("changed"), "it should say that the file changed: {text}");
        assert!(
            !text.contains("OVERRUN!") && !text.contains(traceback.lines().last().unwrap_or("?")),
            "{text}"
        );
        Ok(())
    })
    .await
}

#[tokio::test]
async fn the_grid_is_used_by_keyboard() -> Result<()> {
    scenario(async |t| {
        t.report_of([fixture("multi/version-folder")]).await?;
        steps::go_to(t, "Grid").await?;
        steps::toggle_groups(t).await?;
        let grid = t.page.find("grid", "Tests by DUT").await?;
        t.page.until_true("document.querySelectorAll('[role=gridcell]').length > 20 && !document.querySelector('[role=grid] [aria-expanded]')").await?;
        grid.focus().await?;
        for key in ["ArrowDown", "ArrowDown", "ArrowDown", "ArrowUp", "ArrowRight", "ArrowRight", "ArrowLeft"]
        {
            t.page.press(key).await?;
        }
        t.page.press("Enter").await?;
        // Heads are row and column 1, so this is the third test on the second DUT.
        let test: String = t
            .page
            .evaluate("document.querySelector('[aria-rowindex=\"4\"] [role=rowheader]').innerText")
            .await?;
        let test = test.lines().next().unwrap_or_default().to_owned();
        let text = details(t, &test).await?;
        assert!(text.contains("board_b"), "{text}");
        t.page.press("Escape").await?;
        t.page.until_true("!document.querySelector('.drawer')").await?;
        // Who closes the details goes on where the details were opened.
        t.page.until_true("document.activeElement.closest('[role=grid]') !== null").await?;
        t.page.press("End").await?;
        t.page.press("Enter").await?;
        let text = details(t, &test).await?;
        assert!(text.contains("board_c"), "{text}");
        t.page.press("Escape").await
    })
    .await
}

#[tokio::test]
async fn everything_is_reached_by_keyboard() -> Result<()> {
    scenario(async |t| {
        t.report_of([fixture("multi/version-folder")]).await?;
        steps::go_to(t, "Grid").await?;
        t.page.until_true("document.querySelectorAll('[role=gridcell]').length > 20").await?;
        t.page.evaluate::<bool>("(document.activeElement.blur(), true)").await?;
        let mut reached = Vec::new();
        for _ in 0..30 {
            t.page.press("Tab").await?;
            let tree = t.page.tree().await?;
            let focused = tree.nodes().filter(|node| node.is_focused() && node.role != "RootWebArea").last();
            reached.extend(focused.map(|node| format!("{} {}", node.role, node.name)));
        }
        let wanted = [
            "link Overview",
            "link Grid",
            "link Files",
            "button Clear",
            "button Add results",
            "button Download",
            "searchbox Filter tests by name",
            "button Failing",
            "button Differences",
            "button More",
            "button DUTs",
            "button View",
            "grid Tests by DUT",
        ];
        for name in wanted {
            assert!(
                reached.iter().any(|found| found.starts_with(name)),
                "Tab does not reach {name}: {reached:#?}"
            );
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn downloads_are_taken_by_keyboard() -> Result<()> {
    scenario(async |t| {
        t.report_of([fixture("brief/sessions.json")]).await?;
        let button = t.page.find("button", "Download").await?;
        button.focus().await?;
        t.page.press("Enter").await?;
        // The first entry gets the focus a task after the menu is there.
        t.page.until_true("document.activeElement.innerText.startsWith('Summary (JSON)')").await?;
        t.page.press("ArrowDown").await?;
        t.page.press("Enter").await?;
        let (name, _) = t.page.download().await?;
        assert!(name.contains("summary") && name.ends_with(".csv"), "{name}");
        // Escape closes the menu and gives the focus back.
        t.page.press("Enter").await?;
        t.page.find("menuitem", "Grid (CSV)").await?;
        t.page.press("Escape").await?;
        assert!(!t.page.has("menuitem", "Grid (CSV)").await?);
        assert!(t.page.tree().await?.named("button", "Download").all(|button| button.is_focused()));
        Ok(())
    })
    .await
}

#[tokio::test]
async fn filters_show_matching_rows() -> Result<()> {
    scenario(async |t| {
        t.report_of([fixture("multi/version-folder")]).await?;
        steps::go_to(t, "Grid").await?;
        let (all, _) = steps::grid_size(t).await?;
        let rows = async || -> Result<Vec<Vec<String>>> {
            let tree = t.page.tree().await?;
            let cells = |row| tree.inside(row).filter(|node| node.role == "gridcell");
            let words = |row| {
                cells(row).map(|cell| cell.name.split(" on ").next().unwrap_or_default().to_owned()).collect()
            };
            Ok(tree.all("row").map(words).filter(|words: &Vec<String>| !words.is_empty()).collect())
        };
        let fails = |row: &Vec<String>| {
            row.iter().any(|word| word.starts_with("failed") || word.starts_with("error"))
        };
        let is_group = |word: &String| word.starts_with("worst outcome") || word.ends_with("tests missing");
        let is_test = |row: &Vec<String>| !row.iter().all(is_group);
        let everything: Vec<Vec<String>> = rows().await?.into_iter().filter(is_test).collect();
        let differs = |row: &Vec<String>| row.iter().any(|word| *word != row[0]);
        for (chip, expected) in [
            ("Failing", everything.iter().filter(|row| fails(row)).count()),
            ("Differences", everything.iter().filter(|row| differs(row)).count()),
        ] {
            let button = t.page.find("button", chip).await?;
            button.click().await?;
            t.page.until_text(&format!("{expected} of {} tests", all - 1)).await?;
            assert_eq!(rows().await?.into_iter().filter(is_test).count(), expected);
            assert_eq!(button.attribute("aria-pressed").await?.as_deref(), Some("true"));
            button.click().await?;
            t.page
                .until_true(&format!(
                    "document.querySelector('main [role=status]').innerText === '{} tests'",
                    all - 1
                ))
                .await?;
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn one_dut_and_one_test_are_a_grid_too() -> Result<()> {
    scenario(async |t| {
        let files: [PathBuf; 1] = [fixture("brief/one-session.json")];
        t.report_of(files).await?;
        steps::go_to(t, "Grid").await?;
        let summary = steps::summary(t).await?;
        let tests = steps::list(&summary, "tests")?.len() as u32;
        assert_eq!(steps::grid_size(t).await?, (tests + 1, 2));
        Ok(())
    })
    .await
}

/// The demo: five DUTs, eight builds.
async fn demo(t: &Scenario) -> Result<()> {
    t.report_of([fixture("demo/reports")]).await?;
    steps::go_to(t, "Grid").await?;
    t.page.until_true("document.querySelectorAll('[role=gridcell]').length > 20").await
}

/// The heads of groups that are on screen, and whether they are open.
async fn groups(t: &Scenario) -> Result<Vec<(String, bool)>> {
    let tree = t.page.tree().await?;
    let heads = tree.all("rowheader").filter_map(|head| {
        let button = tree.inside(head).find(|node| node.role == "button")?;
        Some((button.name.clone(), button.property("expanded")?.as_bool()?))
    });
    Ok(heads.collect())
}

async fn lines(t: &Scenario) -> Result<u32> {
    t.page.evaluate("+document.querySelector('[role=grid]').ariaRowCount - 1").await
}

async fn until_lines(t: &Scenario, wanted: u32) -> Result<()> {
    t.page
        .until_true(&format!("document.querySelector('[role=grid]').ariaRowCount === '{}'", wanted + 1))
        .await
}

#[tokio::test]
async fn groups_fold_and_the_address_knows() -> Result<()> {
    scenario(async |t| {
        demo(t).await?;
        let all = lines(t).await?;
        let (first, is_open) = groups(t).await?.first().cloned().context("there are no groups")?;
        assert!(is_open && first.contains("tests.audio.test_playback › TestDecoding"), "{first}");
        // What fails most is first: five of the nine tests of max-b1 are in it.
        assert!(first.contains("5 failing"), "{first}");
        let tests: u32 = first
            .split_whitespace()
            .rev()
            .skip_while(|word| !word.starts_with("test"))
            .nth(1)
            .context("how many tests?")?
            .parse()?;
        t.page.find("button", &first).await?.click().await?;
        until_lines(t, all - tests).await?;
        assert_eq!(t.page.query().await?, "?view=grid&fold=tests.audio.test_playback.TestDecoding");
        assert_eq!(groups(t).await?[0], (first.clone(), false));
        t.page.back().await?;
        until_lines(t, all).await?;
        t.page.forward().await?;
        until_lines(t, all - tests).await?;

        // By keyboard, which is on the group since the click.
        t.page.press("ArrowRight").await?;
        until_lines(t, all).await?;
        t.page.press("ArrowRight").await?;
        t.page.press("ArrowLeft").await?;
        until_lines(t, all - tests).await?;
        t.page.press("Enter").await?;
        until_lines(t, all).await?;

        steps::set_in_menu(t, "View", "button", "Fold all").await?;
        t.page.until_true("!document.querySelector('[role=grid] [aria-expanded=true]')").await?;
        let summary = steps::summary(t).await?;
        let scopes: std::collections::BTreeSet<(String, String)> = steps::list(&summary, "tests")?
            .iter()
            .map(|test| (steps::text(test, "suite").to_owned(), steps::text(test, "class").to_owned()))
            .collect();
        until_lines(t, scopes.len() as u32).await?;
        steps::set_in_menu(t, "View", "button", "Unfold all").await?;
        until_lines(t, all).await?;
        steps::toggle_groups(t).await?;
        until_lines(t, 205).await?;
        assert_eq!(t.page.query().await?, "?view=grid&flat");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn heads_have_builds_and_figures() -> Result<()> {
    scenario(async |t| {
        demo(t).await?;
        let tree = t.page.tree().await?;
        let heads: Vec<String> = tree.all("columnheader").map(|head| tree.text(head)).collect();
        let expected = [
            ["max-b1", "2.4.1", "10 failing of 205"],
            ["mini-a1", "2.4.1", "passed of 205"],
            ["mini-b1", "2.4.1", "3 failing of 205"],
            ["one-a1", "2.4.1", "truncated after 196"],
            ["one-b2", "2.4.1", "3 failing of 205"],
        ];
        for words in expected {
            let head = heads.iter().find(|head| head.starts_with(words[0])).context("no such column")?;
            assert!(words.iter().all(|word| head.contains(word)), "{head}: {words:?}");
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn missing_results_are_explained_on_hover_and_focus() -> Result<()> {
    scenario(async |t| {
        demo(t).await?;
        t.page.find("searchbox", "Filter tests by name").await?.enter("test_keeps[alarms]").await?;
        t.page.until_text("1 of 205 tests").await?;
        let broken = cell(t, "test_keeps[alarms]", "one-a1").await?;
        assert_eq!(broken.attribute("aria-label").await?.as_deref(), Some("truncated file on one-a1"));
        let why = "the file is truncated after 196 results";
        assert_eq!(broken.attribute("aria-description").await?.as_deref(), Some(why));
        assert!(broken.attribute("class").await?.is_some_and(|class| class.contains("o-brokenoff")));
        let tip = async |words: &str| t.page.find_where("tooltip", words, |node| node.name.contains(words)).await.map(drop);
        let [x, y]: [f64; 2] = broken
            .call("function () { const r = this.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; }")
            .await?;
        t.page.move_mouse(x, y).await?;
        tip(why).await?;
        t.page.move_mouse(1.0, 1.0).await?;
        t.page.until_true("!document.querySelector('[role=tooltip]:not([hidden])')").await?;

        // By keyboard: the second line, the fourth DUT.
        t.page.find("grid", "Tests by DUT").await?.focus().await?;
        for key in ["ArrowDown", "ArrowRight", "ArrowRight", "ArrowRight"] {
            t.page.press(key).await?;
        }
        tip(why).await?;
        t.page.press("Escape").await?;
        t.page.until_true("!document.querySelector('[role=tooltip]:not([hidden])')").await?;
        // The tip has the whole name.
        steps::toggle_groups(t).await?;
        until_lines(t, 1).await?;
        t.page.find("grid", "Tests by DUT").await?.focus().await?;
        t.page.press("ArrowUp").await?;
        t.page.press("ArrowDown").await?;
        t.page.press("Home").await?;
        tip("test_keeps[alarms] tests.updates.test_firmware").await
    })
    .await
}
