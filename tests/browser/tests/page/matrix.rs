//! Results of two real projects on many Pythons: what is downloaded is what is in the files.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context, Result};
use passgrid_browser_tests::{Corpus, copy_matching, only, scenario, tally, tally::Tally};
use serde_json::Value;

use crate::steps;

const XML: &str = ".xml";
const JSON: &str = ".report.json";

/// What `EXPECTED.tsv` says of a file: figures by the name of their column.
type Expected = BTreeMap<String, BTreeMap<String, u64>>;

fn expected(corpus: &Corpus) -> Result<Expected> {
    let text = fs::read_to_string(corpus.path("matrix/EXPECTED.tsv"))?;
    let mut lines = text.lines().filter(|line| !line.starts_with('#')).map(|line| line.split('\t'));
    let header: Vec<&str> = lines.next().context("EXPECTED.tsv is empty")?.collect();
    let row = |mut cells: std::str::Split<'_, char>| {
        let file = cells.next().unwrap_or_default().to_owned();
        let figures =
            header[1..].iter().zip(cells).map(|(&name, cell)| (name.to_owned(), cell.parse().unwrap_or(0)));
        (file, figures.collect())
    };
    Ok(lines.map(row).collect())
}

/// The expected tally of a file, which is named by its XML sister.
fn expected_tally(expected: &Expected, file: &str) -> Result<Tally> {
    let key = file.replace(JSON, XML);
    let row = expected.get(&key).with_context(|| format!("EXPECTED.tsv has no {key}"))?;
    Ok(if file.ends_with(XML) {
        Tally {
            results: row["xml_cases"],
            passed: row["xml_none"],
            failed: row["xml_failed"],
            error: row["xml_error"],
            skipped: row["xml_skipped"],
            xfailed: 0,
        }
    } else {
        let (failed, skipped, xfailed) = (row["json_failed"], row["json_skipped"], row["json_xfailed"]);
        // A test whose subtests passed is a test that passed, though the file's summary has it apart.
        let passed = row["json_total"] - failed - skipped - xfailed;
        Tally { results: row["json_total"], passed, failed, error: 0, skipped, xfailed }
    })
}

/// Drops a project's files of one format, and compares every session with its file.
async fn check(project: &str, ending: &str) -> Result<()> {
    let Some(corpus) = Corpus::find() else {
        eprintln!("skipped: PASSGRID_CORPUS is not set, so there are no real result files to read");
        return Ok(());
    };
    let expected = expected(&corpus)?;
    let temporary = tempfile::tempdir()?;
    let folder = copy_matching(&corpus.path(&format!("matrix/{project}")), temporary.path(), only(ending))?;
    scenario(async |t| {
        t.report_of([&folder]).await?;
        let summary = steps::summary(t).await?;
        let sessions = steps::list(&summary, "sessions")?;
        let mut sum = Tally::default();
        for session in sessions {
            let tally = check_session(session, temporary.path(), &expected)?;
            sum += tally;
        }
        let files = passgrid_browser_tests::files_below(&folder)?;
        assert_eq!(sessions.len(), files.len());
        assert_eq!(Tally::of_counts(&summary["totals"])?, sum);
        for file in steps::list(&summary, "files")? {
            assert_eq!(steps::text(file, "status"), "read", "{file}");
            let path = temporary.path().join(steps::text(file, "path"));
            assert_eq!(file["bytes"], fs::metadata(path)?.len(), "{file}");
        }
        steps::tables_agree(t, &summary).await
    })
    .await
}

/// A session has the counts, the DUT and the build of its file.
fn check_session(session: &Value, dropped: &Path, expected: &Expected) -> Result<Tally> {
    let files = steps::list(session, "files")?;
    assert_eq!(files.len(), 1, "{session}");
    let file = files[0].as_str().unwrap_or_default();
    let tally = Tally::of_counts(&session["counts"])?;
    assert_eq!(tally, expected_tally(expected, file)?, "{file} against EXPECTED.tsv");
    let text = steps::read(&dropped.join(file))?;
    let own = if file.ends_with(XML) { tally::of_junit(&text) } else { tally::of_json_report(&text) };
    assert_eq!(tally, own?, "{file} against an own count");

    let (folders, name) = file.rsplit_once('/').unwrap_or(("", file));
    let stem = name.strip_suffix(XML).or(name.strip_suffix(JSON)).unwrap_or(name);
    assert_eq!(steps::text(session, "dut"), stem);
    if let Some((_, version)) = folders.rsplit_once('/') {
        assert_eq!(steps::text(session, "build"), version, "{file}");
    }
    Ok(tally)
}

#[tokio::test]
async fn six_as_junit() -> Result<()> {
    check("six", XML).await
}

#[tokio::test]
async fn six_as_json_report() -> Result<()> {
    check("six", JSON).await
}

#[tokio::test]
async fn more_itertools_as_junit() -> Result<()> {
    check("more-itertools", XML).await
}

#[tokio::test]
async fn more_itertools_as_json_report() -> Result<()> {
    check("more-itertools", JSON).await
}
