//! The history of the demo: its chart, and its map of DUTs over builds.

use anyhow::{Result, ensure};
use passgrid_browser_tests::{Scenario, scenario};

use crate::steps;

async fn open(t: &Scenario, query: &str) -> Result<()> {
    t.open_report(&format!("?demo&view=history{query}")).await?;
    t.page.until_true("document.querySelectorAll('.history-cell').length > 0").await
}

/// The cells of a DUT, oldest first.
async fn cells(t: &Scenario, dut: &str) -> Result<Vec<String>> {
    let row = format!(
        "[...[...document.querySelectorAll('.history-map .list-row')]
            .find((row) => row.firstElementChild.innerText === '{dut}')
            .children].slice(1).map((cell) => cell.innerText.replaceAll('\\n', ' '))"
    );
    t.page.evaluate(&row).await
}

/// The pass rates are those of the demo's own table, and the truncated session says so.
#[tokio::test]
async fn the_map_has_a_cell_per_dut_and_build() -> Result<()> {
    scenario(async |t| {
        open(t, "").await?;
        let text = steps::read(&steps::fixture("demo/EXPECTED.tsv"))?;
        let mut lines = text.lines().map(|line| line.split('\t').collect::<Vec<_>>());
        let head = lines.next().unwrap_or_default();
        let at = |name: &str| head.iter().position(|have| *have == name).unwrap_or_default();
        let rows: Vec<Vec<&str>> = lines.collect();
        for dut in ["one-a1", "one-b2", "mini-a1", "mini-b1", "max-b1"] {
            let number = |row: &Vec<&str>, name: &str| row[at(name)].parse::<f64>().unwrap_or(f64::NAN);
            let mut expected: Vec<String> = rows
                .iter()
                .filter(|row| row[at("dut")] == dut)
                .map(|row| {
                    let (passed, failing) =
                        (number(row, "passed"), number(row, "failed") + number(row, "error"));
                    format!("{:.1}", passed / (passed + failing) * 100.0)
                })
                .collect();
            let found: Vec<String> = cells(t, dut)
                .await?
                .iter()
                .filter(|cell| *cell != "–")
                .map(|cell| cell.split(['\u{a0}', ' ']).next().unwrap_or_default().to_owned())
                .map(|number| if number == "100" { "100.0".to_owned() } else { number })
                .collect();
            let mut sorted = found.clone();
            sorted.sort();
            expected.sort();
            assert_eq!(sorted, expected, "{dut}");
        }
        let truncated =
            "[...document.querySelectorAll('.history-cell.is-incomplete')].map((e) => e.ariaLabel).join()";
        let words: String = t.page.evaluate(truncated).await?;
        ensure!(words.starts_with("one-a1, 2.4.1: ") && words.contains("Incomplete: "), "{words}");
        ensure!(words.contains("196 tests in common with the previous session"), "{words}");
        Ok(())
    })
    .await
}

/// Arrows move in the map, and skip what a DUT has no session of; Enter opens the session.
#[tokio::test]
async fn the_map_is_used_by_keyboard() -> Result<()> {
    scenario(async |t| {
        open(t, "").await?;
        let focus = "document.querySelector('#history-2-7').focus() ?? document.activeElement.ariaLabel";
        let words: String = t.page.evaluate(focus).await?;
        ensure!(words.starts_with("mini-b1, 2.4.1: "), "{words}");
        for _ in 0..5 {
            t.page.press("ArrowLeft").await?;
        }
        t.page.until_true("document.activeElement.ariaLabel.startsWith('mini-b1, 2.4.0-rc1: ')").await?;
        t.page.press("ArrowUp").await?;
        t.page.until_true("document.activeElement.ariaLabel.startsWith('one-b2, 2.4.0-rc1: ')").await?;
        t.page.press("Enter").await?;
        t.page.until_true("new URLSearchParams(location.search).get('of') === 'one-b2'").await?;
        t.page.find("button", "Rename one-b2").await?;
        t.page.press("Escape").await?;
        t.page.until_true("!location.search.includes('of=')").await
    })
    .await
}

/// Tab leads to one cell of the map, also if the first DUT has no session of the first build.
#[tokio::test]
async fn tab_leads_to_a_session() -> Result<()> {
    scenario(async |t| {
        let folder = tempfile::tempdir()?;
        for (path, child) in
            [("1.0/board_a.xml", ""), ("1.1/board_a.xml", " "), ("1.1/board_b.xml", "<failure message='no'/>")]
        {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap_or(&path))?;
            let case = format!("<testcase classname='s' name='x' time='1'>{child}</testcase>");
            std::fs::write(path, format!("<testsuite name='s'>{case}</testsuite>"))?;
        }
        t.report_of([folder.path()]).await?;
        steps::go_to(t, "History").await?;
        let reached = "[...document.querySelectorAll('.history-cell[tabindex=\"0\"]')].map((e) => e.ariaLabel.split(':')[0]).join()";
        t.page.until_true(&format!("({reached}) === 'board_b, 1.1'")).await
    })
    .await
}

/// The chart shows another measure, which is in the address, and its table has the values.
#[tokio::test]
async fn the_chart_shows_what_is_chosen() -> Result<()> {
    scenario(async |t| {
        open(t, "").await?;
        t.page
            .until_true("document.querySelectorAll('.history-chart .scatterlayer .trace').length === 5")
            .await?;
        t.page.find("button", "Test time").await?.click().await?;
        t.page.until_true("location.search === '?demo&view=history&measure=time'").await?;
        t.page
            .until_true("document.querySelector('.history-chart .ytick text').textContent.endsWith(' s')")
            .await?;
        t.page.find("button", "Show as table").await?.click().await?;
        t.page.until_text("Test time (s)").await?;
        let table = steps::download(t, "History (CSV)").await?;
        assert_eq!(table.lines().count(), 37);
        Ok(())
    })
    .await
}

/// A person orders the builds by keyboard. The map follows, and the order of start times comes back.
#[tokio::test]
async fn builds_are_ordered_by_a_person() -> Result<()> {
    scenario(async |t| {
        open(t, "").await?;
        let heads =
            "[...document.querySelectorAll('.history-map .list-head .line')].map((head) => head.innerText)";
        let before: Vec<String> = t.page.evaluate(heads).await?;
        let [.., second, newest] = before.as_slice() else { anyhow::bail!("{before:?}") };
        t.page.find("button", "Order of builds").await?.focus().await?;
        t.page.press("Enter").await?;
        t.page.find("button", &format!("Move {newest} down")).await?.focus().await?;
        t.page.press("Enter").await?;
        let now = |last: &str| {
            format!("(() => {{ const all = {heads}; return all[all.length - 1] === '{last}'; }})()")
        };
        t.page.until_true(&now(second)).await?;
        t.page.until_text("Builds are in the order that you chose.").await?;
        // The button keeps the focus, so that the next press moves the build on.
        t.page.until_true(&format!("document.activeElement.ariaLabel === 'Move {newest} down'")).await?;
        t.page.find("button", "Back to start times and names").await?.click().await?;
        t.page.until_true(&now(newest)).await?;
        let after: Vec<String> = t.page.evaluate(heads).await?;
        assert_eq!(after, before);
        Ok(())
    })
    .await
}
