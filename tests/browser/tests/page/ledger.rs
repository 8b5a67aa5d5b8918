//! The ledger: was everything read, and whose is it?

use std::fs;

use anyhow::Result;
use passgrid_browser_tests::{Scenario, scenario, tally, tally::Tally};

use crate::steps::{self, fixture};

/// Broken files, the words that their status may be, and words of the reason.
const BAD: [(&str, &[&str], &[&str]); 10] = [
    ("nothing/empty.xml", &["unreadable"], &["empty"]),
    ("nothing/error-page.xml", &["unreadable"], &["web page", "HTML"]),
    ("nothing/picture.xml", &["not a report"], &["picture", "PNG", "image"]),
    ("nothing/pointer.xml", &["unreadable"], &["LFS"]),
    ("nothing/console.log", &["not a report"], &["format", "log"]),
    ("nothing/random.bin", &["no results"], &["format", "binary"]),
    ("truncated-xml/in-text.xml", &["partly read"], &["(byte "]),
    ("truncated-json/in-string.json", &["partly read"], &["(byte "]),
    ("json/empty-tests.json", &["no results"], &["no "]),
    ("json/null.json", &["not a report"], &["format", "report"]),
];

#[tokio::test]
async fn bad_files_have_their_line_and_good_ones_their_results() -> Result<()> {
    scenario(async |t| {
        let good = fixture("junit/pytest-9.2/xunit2.xml");
        let mut files: Vec<_> = BAD.iter().map(|(path, ..)| fixture("bad").join(path)).collect();
        files.push(good.clone());
        t.report_of(&files).await?;
        // Nobody has to look for it.
        t.page.find("link", "Review files").await?.click().await?;
        t.page.find("main", "Files").await?;
        t.page.resize(1440, 1400).await?;
        for (path, statuses, reasons) in BAD {
            let name = path.rsplit('/').next().unwrap_or(path);
            let line = steps::ledger_line(t, name).await?;
            assert!(
                statuses.iter().any(|status| line.contains(status)),
                "{name} should be {statuses:?}: {line}"
            );
            assert!(
                reasons.iter().any(|reason| line.contains(reason)),
                "{name} should say {reasons:?}: {line}"
            );
        }
        let line = steps::ledger_line(t, "xunit2.xml").await?;
        assert!(line.split(' ').any(|word| word == "read") && !line.contains("partly"), "{line}");

        let summary = steps::summary(t).await?;
        let session = steps::list(&summary, "sessions")?
            .iter()
            .find(|session| session["files"][0] == "xunit2.xml")
            .cloned()
            .unwrap_or_default();
        let found = Tally::of_counts(&session["counts"])?;
        let own = tally::of_junit(&steps::read(&good)?)?;
        // Attempts and setup errors beside a verdict are one result in the page, several elements in the file.
        assert_eq!(found.results, names_of(&steps::read(&good)?)?, "{session}");
        assert!(found.failed <= own.failed && found.passed <= own.passed, "{found:?} of {own:?}");
        Ok(())
    })
    .await
}

/// How many different tests a JUnit file names.
fn names_of(text: &str) -> Result<u64> {
    let document = roxmltree::Document::parse(text)?;
    let cases = document.descendants().filter(|node| node.has_tag_name("testcase"));
    let names: std::collections::BTreeSet<_> =
        cases.map(|case| (case.attribute("classname"), case.attribute("name"))).collect();
    Ok(names.len() as u64)
}

#[tokio::test]
async fn every_broken_file_has_a_reason() -> Result<()> {
    scenario(async |t| {
        t.report_of([fixture("bad"), fixture("multi/flat")]).await?;
        let summary = steps::summary(t).await?;
        for file in steps::list(&summary, "files")? {
            if steps::text(file, "status") != "read" {
                assert_ne!(steps::list(file, "notes")?.len(), 0, "{file}");
            }
        }
        for dut in ["board_a", "board_b", "board_c"] {
            let path = format!("flat/junit-{dut}.xml");
            let own = tally::of_junit(&steps::read(&fixture("multi").join(&path))?)?;
            let session = steps::list(&summary, "sessions")?
                .iter()
                .find(|session| session["files"][0] == path.as_str());
            let counts = session.map(|session| session["counts"].clone()).unwrap_or_default();
            assert_eq!(Tally::of_counts(&counts)?, own, "{path}");
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn nothing_but_bad_files_is_said_in_plain_words() -> Result<()> {
    scenario(async |t| {
        t.report_of([fixture("bad/nothing/picture.png")]).await?;
        t.page.until_text("picture.png has no results: an image, not test results.").await?;
        steps::go_to(t, "Files").await?;
        let line = steps::ledger_line(t, "picture.png").await?;
        assert!(line.contains("not a report"), "{line}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_file_that_comes_twice_counts_once() -> Result<()> {
    scenario(async |t| {
        let file = fixture("brief/sessions.json");
        t.report_of([&file]).await?;
        let once = steps::summary(t).await?;
        let folder = tempfile::tempdir()?;
        let copy = folder.path().join("Copy of sessions.json");
        fs::write(&copy, fs::read(&file)?)?;
        t.page.drop_files([&file, &copy]).await?;
        steps::go_to(t, "Files").await?;
        t.page.until_text("2 files").await?;
        t.page.until_text("1 of 2 files was already loaded.").await?;
        let summary = steps::summary(t).await?;
        let statuses: Vec<&str> =
            steps::list(&summary, "files")?.iter().map(|file| steps::text(file, "status")).collect();
        assert_eq!(statuses, ["duplicate", "read"]);
        assert_eq!(summary["totals"], once["totals"]);
        let line = steps::ledger_line(t, "Copy of sessions.json").await?;
        assert!(line.contains("duplicate"), "{line}");
        t.page.drop_files([&file, &copy]).await?;
        t.page.until_text("Nothing new: 2 files were already loaded.").await?;
        assert_eq!(steps::list(&steps::summary(t).await?, "files")?.len(), 2);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_dut_is_named_by_whom_knows() -> Result<()> {
    scenario(async |t| {
        t.report_of([fixture("multi/flat")]).await?;
        steps::go_to(t, "Files").await?;
        let path = "flat/junit-board_b.xml";
        let line = steps::ledger_line(t, path).await?;
        assert!(line.contains("JUnit") && line.contains("file name"), "format and evidence: {line}");
        t.page.find("textbox", &format!("DUT of {path}")).await?.enter("Radio, rev. 2").await?;
        t.page
            .until("the evidence", async || {
                Ok(steps::ledger_line(t, path).await?.contains("you").then_some(()))
            })
            .await?;
        steps::go_to(t, "Overview").await?;
        t.page.until_text("Radio, rev. 2").await?;
        assert!(!t.page.text().await?.contains("board_b"));
        let summary = steps::summary(t).await?;
        let names: Vec<&str> =
            steps::list(&summary, "duts")?.iter().map(|dut| steps::text(dut, "name")).collect();
        assert!(names.contains(&"Radio, rev. 2") && !names.contains(&"board_b"), "{names:?}");
        assert_eq!(names.len(), 3);
        steps::tables_agree(t, &summary).await?;

        // Two files of the same DUT are two of its sessions.
        steps::go_to(t, "Files").await?;
        t.page.find("textbox", &format!("DUT of {path}")).await?.enter("board_a").await?;
        steps::go_to(t, "Grid").await?;
        t.page.until_true("document.querySelector('[role=grid]').ariaColCount === '3'").await?;
        // Who takes the name away gets the page's own idea back.
        steps::go_to(t, "Files").await?;
        t.page.find("textbox", &format!("DUT of {path}")).await?.enter("").await?;
        steps::go_to(t, "Grid").await?;
        t.page.until_true("document.querySelector('[role=grid]').ariaColCount === '4'").await
    })
    .await
}

/// Opens the panel and types a pattern into it.
async fn type_pattern(t: &Scenario, pattern: &str) -> Result<()> {
    if !t.page.has("textbox", "Path pattern").await? {
        t.page.find("button", "Name by pattern…").await?.click().await?;
    }
    let field = t.page.find("textbox", "Path pattern").await?;
    field.focus().await?;
    field.call::<bool>("function () { this.select(); return true; }").await?;
    t.page.write(pattern).await
}

/// The line of the preview for a path, as text.
async fn preview_line(t: &Scenario, path: &str) -> Result<String> {
    let tree = t.page.tree().await?;
    let row = tree.all("row").find(|row| tree.text(row).starts_with(path));
    Ok(row.map(|row| tree.text(row)).unwrap_or_default())
}

/// The names of the DUTs, from the summary.
async fn dut_names(t: &Scenario) -> Result<Vec<String>> {
    let summary = steps::summary(t).await?;
    Ok(steps::list(&summary, "duts")?.iter().map(|dut| steps::text(dut, "name").to_owned()).collect())
}

/// Reports of the demo whose paths say nothing the usual way.
fn renamed_reports() -> Result<tempfile::TempDir> {
    let folder = tempfile::tempdir()?;
    for (from, to) in [
        ("2.3.0/one-a1.xml", "lab/x-2.3.0-one.xml"),
        ("2.4.1/one-b2.xml", "lab/x-2.4.1-two.xml"),
        ("2.4.1/max-b1.xml", "lab/notes.xml"),
    ] {
        let to = folder.path().join(to);
        fs::create_dir_all(to.parent().unwrap_or(folder.path()))?;
        fs::copy(fixture("demo/reports").join(from), to)?;
    }
    Ok(folder)
}

#[tokio::test]
async fn many_are_named_by_a_pattern_and_that_is_taken_back() -> Result<()> {
    scenario(async |t| {
        let folder = renamed_reports()?;
        t.report_of([folder.path().join("lab")]).await?;
        let before = dut_names(t).await?;
        steps::go_to(t, "Files").await?;
        type_pattern(t, "x-{build}-{dut}.xml").await?;
        t.page.until_text("2 of 3 files match").await?;
        // What matches comes first, with what it is called now and then.
        let line = preview_line(t, "lab/x-2.4.1-two.xml").await?;
        assert!(line.contains("one-b2 →") && line.ends_with("two"), "{line}");
        let first = t.page.tree().await?.all("row").nth(1).map(|row| row.name.clone()).unwrap_or_default();
        assert!(!first.contains("notes.xml"), "{first}");
        t.page.find("button", "Apply to 2 files").await?.click().await?;
        let undo = "Undo DUT and build of 2 files";
        t.page.find("button", undo).await?;
        steps::go_to(t, "Overview").await?;
        t.page.until_text("two").await?;
        let mut names = dut_names(t).await?;
        names.sort();
        assert_eq!(names, ["max-b1", "one", "two"]);

        steps::go_to(t, "Files").await?;
        t.page.find("button", undo).await?.click().await?;
        t.page.until_text("Undone: DUT and build of 2 files").await?;
        assert_eq!(dut_names(t).await?, before);

        // The same by a regular expression, and back by a key.
        type_pattern(t, r"x-(?<build>[\d.]+)-(?<dut>\w+)\.xml$").await?;
        t.page.until_text("Invalid pattern").await?;
        t.page.find("radio", "Regular expression").await?.click().await?;
        t.page.until_text("2 of 3 files match").await?;
        t.page.find("button", "Apply to 2 files").await?.click().await?;
        t.page.find("button", undo).await?;
        let event = serde_json::json!({ "type": "rawKeyDown", "key": "z", "code": "KeyZ", "modifiers": 2 });
        t.page.devtools("Input.dispatchKeyEvent", event).await?;
        t.page.until_text("Undone: DUT and build of 2 files").await?;
        assert_eq!(dut_names(t).await?, before);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_pattern_that_is_none_says_where_and_one_without_end_is_stopped() -> Result<()> {
    scenario(async |t| {
        t.report_of([fixture("multi/version-folder")]).await?;
        steps::go_to(t, "Files").await?;
        type_pattern(t, "{build}/{dutt}.xml").await?;
        t.page.until_text("unknown placeholder {dutt} at 9; use {dut}, {unit}, {build} or {session}").await?;
        type_pattern(t, "{build}/{dut").await?;
        t.page.until_text("missing } for the { at 9").await?;
        let apply = t.page.find("button", "Apply").await?;
        assert!(apply.attribute("disabled").await?.is_some(), "nothing can be applied");
        t.page.find("radio", "Regular expression").await?.click().await?;
        type_pattern(t, "(?<dut>").await?;
        t.page.until_text("Unterminated group").await?;
        type_pattern(t, "(a)").await?;
        t.page.until_text("it has none of the groups (?<dut>…)").await?;
        type_pattern(t, "(?<dut>([a-z0-9./_-]+)+)!").await?;
        t.page.until_text("the expression takes too long and was stopped").await?;
        // The page is as quick as before.
        type_pattern(t, "(?<dut>[^/]+).xml").await?;
        t.page.until_text("files match").await?;
        t.page.press("Escape").await?;
        t.page.find("table", "Files").await.map(drop)
    })
    .await
}

#[tokio::test]
async fn patterns_are_suggested_from_the_paths() -> Result<()> {
    scenario(async |t| {
        t.report_of([fixture("multi/version-folder")]).await?;
        steps::go_to(t, "Files").await?;
        t.page.find("button", "Name by pattern…").await?.click().await?;
        t.page.find("button", "{build}/{dut}.xml").await?.click().await?;
        t.page.until_text("; no name changes").await?;
        t.page.find("button", "{dut}/{build}.xml").await?.click().await?;
        t.page.find("button", "Apply to 6 files").await?.click().await?;
        steps::go_to(t, "Overview").await?;
        t.page.until_text("1.4.0").await?;
        assert!(dut_names(t).await?.iter().any(|name| name == "1.4.0"));
        Ok(())
    })
    .await
}
