//! One file of the ledger: what is known of it, and what a person may do about it.

use std::fs;

use anyhow::{Result, ensure};
use passgrid_browser_tests::{Scenario, scenario};
use serde_json::Value;

use crate::steps::{self, fixture};

/// Opens the details of a file in Files.
async fn open(t: &Scenario, path: &str) -> Result<()> {
    t.page.find("link", path).await?.click().await?;
    t.page.find("complementary", &format!("Details of {path}")).await?;
    Ok(())
}

/// The totals of the summary. Details of a file are closed for it: they cover the button.
async fn totals(t: &Scenario) -> Result<Value> {
    if t.page.query().await?.contains("file=") {
        t.page.press("Escape").await?;
        t.page.until_true("!document.querySelector('.drawer')").await?;
    }
    Ok(steps::summary(t).await?["totals"].clone())
}

#[tokio::test]
async fn figures_filter_the_list_and_stand_in_the_address() -> Result<()> {
    scenario(async |t| {
        t.report_of([fixture("multi/flat"), fixture("bad/nothing/picture.png")]).await?;
        steps::go_to(t, "Files").await?;
        // A picture beside reports is no problem: all reports were read.
        t.page.until_text("All 3 reports read").await?;
        t.page.find("button", "1 not a report").await?.click().await?;
        t.page.until_true("document.querySelectorAll('.files-row').length === 1").await?;
        ensure!(t.page.query().await?.contains("status=other"), "the address has the filter");
        steps::ledger_line(t, "picture.png").await?;
        t.page.find("button", "1 not a report").await?.click().await?;
        t.page.find("searchbox", "Filter files by path, format or note").await?.enter("board_b").await?;
        t.page.until_true("document.querySelectorAll('.files-row').length === 1").await?;
        steps::ledger_line(t, "flat/junit-board_b.xml").await?;
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_file_is_taken_out_and_brought_back() -> Result<()> {
    scenario(async |t| {
        t.report_of([fixture("multi/flat")]).await?;
        let before = totals(t).await?;
        steps::go_to(t, "Files").await?;
        open(t, "flat/junit-board_a.xml").await?;
        t.page.find("button", "Remove").await?.click().await?;
        t.page.until_text("All 2 files read").await?;
        let fewer = totals(t).await?;
        assert_eq!(fewer["duts"], 2);
        assert!(fewer["results"].as_u64() < before["results"].as_u64(), "{fewer}");
        t.page.find("button", "Undo removing flat/junit-board_a.xml").await?.click().await?;
        t.page.until_text("All 3 files read").await?;
        t.page.until_text("Undone: removing flat/junit-board_a.xml").await?;
        assert_eq!(totals(t).await?, before);
        // Another step makes the message obsolete.
        open(t, "flat/junit-board_b.xml").await?;
        t.page.find("button", "Remove").await?.click().await?;
        t.page.find("button", "Undo removing flat/junit-board_b.xml").await?;
        assert!(!t.page.text().await?.contains("Undone"));
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_copy_counts_all_the_same() -> Result<()> {
    scenario(async |t| {
        let folder = tempfile::tempdir()?;
        let report = fs::read(fixture("multi/flat/junit-board_a.xml"))?;
        for name in ["a/run.xml", "a/Copy of run.xml"] {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap_or(folder.path()))?;
            fs::write(path, &report)?;
        }
        t.report_of([folder.path().join("a")]).await?;
        let once = totals(t).await?;
        steps::go_to(t, "Files").await?;
        open(t, "a/Copy of run.xml").await?;
        t.page.find("button", "Count separately").await?.click().await?;
        t.page.find("button", "Count as one session").await?;
        let twice = totals(t).await?;
        assert_eq!(twice["results"].as_u64(), once["results"].as_u64().map(|results| 2 * results));
        assert_eq!(twice["sessions"], 2);
        open(t, "a/Copy of run.xml").await?;
        t.page.find("button", "Count as one session").await?.click().await?;
        t.page.find("button", "Count separately").await?;
        assert_eq!(totals(t).await?, once);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn suites_and_equal_names_are_read_as_a_person_says() -> Result<()> {
    scenario(async |t| {
        let suite = |board: &str, failure: &str| {
            format!(
                "<testsuite name='{board}'><testcase name='offset'/><testcase name='gain'>{failure}\
                 </testcase><testcase name='gain'/></testsuite>"
            )
        };
        let (one, other) = (suite("esp32dev", "<failure/>"), suite("nucleo_f401re", ""));
        let folder = tempfile::tempdir()?;
        let report = format!("<testsuites>{one}{other}</testsuites>");
        fs::write(folder.path().join("run.xml"), report)?;
        t.report_of([folder.path().join("run.xml")]).await?;
        let figures = async || -> Result<[Value; 3]> {
            let totals = totals(t).await?;
            Ok(["duts", "results", "failed"].map(|key| totals[key].clone()))
        };
        assert_eq!(figures().await?, [2, 6, 1]);
        let press = async |name: &str, opposite: &str| -> Result<()> {
            steps::go_to(t, "Files").await?;
            open(t, "run.xml").await?;
            t.page.find("button", name).await?.click().await?;
            t.page.find("button", opposite).await.map(drop)
        };
        press("Treat equal names as attempts", "Treat equal names as tests").await?;
        assert_eq!(figures().await?, [2, 4, 0]);
        press("Treat as one DUT", "Treat suites as DUTs").await?;
        assert_eq!(figures().await?[0], 1);
        press("Treat suites as DUTs", "Treat as one DUT").await?;
        assert_eq!(figures().await?, [2, 4, 0], "the other choice stays");
        press("Treat equal names as tests", "Treat equal names as attempts").await?;
        assert_eq!(figures().await?, [2, 6, 1]);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_file_is_treated_as_another_format() -> Result<()> {
    scenario(async |t| {
        t.report_of([fixture("brief/sessions.json")]).await?;
        let before = totals(t).await?;
        steps::go_to(t, "Files").await?;
        open(t, "sessions.json").await?;
        t.page.until_text("its first keys are").await?;
        let choose = |key: &str| {
            format!(
                "(() => {{ const field = document.querySelector('select[aria-label=\"Treat as\"]'); \
                 field.value = '{key}'; field.dispatchEvent(new Event('change')); }})()"
            )
        };
        let has_field = "document.querySelector('select[aria-label=\"Treat as\"]') !== null";
        t.page.until_true(has_field).await?;
        t.page.evaluate::<Value>(&choose("pytest-json-report")).await?;
        t.page.until_text("set by you").await?;
        assert_ne!(totals(t).await?, before);
        open(t, "sessions.json").await?;
        t.page.until_true(has_field).await?;
        t.page.evaluate::<Value>(&choose("")).await?;
        t.page.until_text("its first keys are").await?;
        assert_eq!(totals(t).await?, before);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn what_is_no_report_is_shown_as_it_is() -> Result<()> {
    scenario(async |t| {
        let folder = tempfile::tempdir()?;
        let log = folder.path().join("console.log");
        fs::write(&log, "boot\n\u{1b}[31mpanic\u{1b}[0m <script>alert(1)</script>\n")?;
        t.report_of([fixture("multi/flat/junit-board_a.xml"), fixture("bad/nothing/picture.png"), log])
            .await?;
        steps::go_to(t, "Files").await?;
        open(t, "console.log").await?;
        t.page.until_text("panic <script>alert(1)</script>").await?;
        t.page.until_true("!!document.querySelector('.drawer pre span')").await?;
        t.page.press("Escape").await?;
        open(t, "picture.png").await?;
        t.page.until_true("document.querySelector('.drawer img')?.naturalWidth > 0").await?;
        // A report is shown when it is wanted, and so is a place in it.
        t.page.press("Escape").await?;
        open(t, "junit-board_a.xml").await?;
        t.page.find("button", "Show content").await?.click().await?;
        t.page.until_text("<testcase").await?;
        ensure!(t.page.query().await?.contains("file=junit-board_a.xml"), "the address has the file");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn the_place_that_a_note_names_is_shown() -> Result<()> {
    scenario(async |t| {
        t.report_of([fixture("bad/truncated-xml/in-text.xml")]).await?;
        steps::go_to(t, "Files").await?;
        open(t, "in-text.xml").await?;
        let place = t.page.find_where("button", "a place", |node| node.name.starts_with("byte ")).await?;
        place.click().await?;
        t.page.until_true("!!document.querySelector('.file-place pre mark')").await?;
        Ok(())
    })
    .await
}

#[tokio::test]
async fn what_changed_since_it_was_dropped_is_read_again() -> Result<()> {
    scenario(async |t| {
        let folder = tempfile::tempdir()?;
        let bench = folder.path().join("bench");
        fs::create_dir(&bench)?;
        let write = |name: &str, tests: usize| {
            let cases: String =
                (0..tests).map(|n| format!("<testcase classname='suite' name='test_{n}'/>")).collect();
            fs::write(bench.join(name), format!("<testsuite name='of {name}'>{cases}</testsuite>"))
        };
        write("board_a.xml", 3)?;
        write("board_b.xml", 3)?;
        t.report_of([&bench]).await?;
        assert_eq!(totals(t).await?["results"], 6);
        write("board_a.xml", 5)?;
        write("board_c.xml", 4)?;
        steps::go_to(t, "Files").await?;
        t.page.find("button", "Check for changes").await?.click().await?;
        t.page.until_text("1 file read again, 1 new.").await?;
        t.page.until_text("All 3 files read").await?;
        let totals = totals(t).await?;
        assert_eq!((&totals["results"], &totals["duts"]), (&Value::from(12), &Value::from(3)));
        t.page.find("button", "Check for changes").await?.click().await?;
        t.page.until_text("No changes found.").await?;
        // One alone.
        write("board_b.xml", 7)?;
        open(t, "bench/board_b.xml").await?;
        t.page.find("button", "Re-read from disk").await?.click().await?;
        t.page.until_true("document.querySelector('.drawer .facts').innerText.includes('7')").await?;
        assert_eq!(self::totals(t).await?["results"], 16);
        Ok(())
    })
    .await
}

/// The texts of what the ledger says of files as a whole: verdict and chips.
async fn totals_shown(t: &Scenario) -> Result<Vec<String>> {
    t.page
        .evaluate(
            "[...document.querySelectorAll('.files-totals > *')].filter((e) => e.checkVisibility()).map((e) => e.innerText.replace(/\\s+/g, ' ').trim())",
        )
        .await
}

#[tokio::test]
async fn the_ledger_says_whether_everything_was_read() -> Result<()> {
    scenario(async |t| {
        t.report_of([fixture("multi/flat")]).await?;
        steps::go_to(t, "Files").await?;
        t.page.until_text("All 3 files read").await?;
        assert_eq!(totals_shown(t).await?, ["All 3 files read"]);
        // A name says no more than the file, and no file has a unit or a build.
        for name in ["Unit", "Build", "Session"] {
            assert!(!t.page.has("columnheader", name).await?, "{name}");
        }
        let badge = "(document.querySelector('nav a[data-badge]')?.title ?? '')";
        assert_eq!(t.page.evaluate::<String>(badge).await?, "");

        // Problems come first, each with the same kind of badge.
        let bad = ["truncated-xml/in-text.xml", "nothing/empty.xml", "nothing/picture.png"];
        t.page.drop_files(bad.map(|path| fixture("bad").join(path))).await?;
        t.page.until_text("6 files:").await?;
        assert_eq!(
            totals_shown(t).await?,
            ["6 files:", "1 unreadable", "1 partly read", "1 not a report", "3 read"]
        );
        t.page.until_true(&format!("({badge}) === '2 files need a look'")).await?;
        let first: Vec<String> = t
            .page
            .evaluate(
                "[...document.querySelectorAll('.files-row a.path')].slice(0, 2).map((e) => e.innerText)",
            )
            .await?;
        assert_eq!(first, ["empty.xml", "in-text.xml"]);
        let severity = "document.querySelector('.files-totals .severity-error').title";
        assert_eq!(t.page.evaluate::<String>(severity).await?, "Error: nothing could be read");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn routine_notes_are_folded() -> Result<()> {
    scenario(async |t| {
        t.report_of([fixture("demo/reports/2.3.0"), fixture("demo/reports/2.4.1")]).await?;
        steps::go_to(t, "Files").await?;
        // What is missing is written out, what is as usual is not.
        t.page.until_text("XML is truncated after test").await?;
        let line = steps::ledger_line(t, "2.3.0/one-a1.xml").await?;
        assert!(!line.contains("merged"), "{line}");
        let link = t.page.find("link", "1 note about 2.3.0/one-a1.xml").await?;
        let height = "document.querySelector('.note-link').getBoundingClientRect().height";
        assert!(t.page.evaluate::<f64>(height).await? >= 24.0);
        link.click().await?;
        t.page.find("complementary", "Details of 2.3.0/one-a1.xml").await?;
        t.page.until_text("entries merged into 205 results").await
    })
    .await
}
