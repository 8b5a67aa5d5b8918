//! Counts of result files that are independent of the page: other parsers, other code.

use anyhow::{Context, Result, bail};
use roxmltree::{Document, Node};
use serde_json::Value;

/// Results by outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Sum of the others.
    pub results: u64,
    /// Ran and was content.
    pub passed: u64,
    /// An assertion did not hold.
    pub failed: u64,
    /// Broke otherwise.
    pub error: u64,
    /// Left out.
    pub skipped: u64,
    /// Failed, as expected.
    pub xfailed: u64,
}

impl Tally {
    fn add(&mut self, word: &str) -> Result<()> {
        self.results += 1;
        *match word {
            "passed" | "subtests passed" => &mut self.passed,
            "failed" => &mut self.failed,
            "error" => &mut self.error,
            "skipped" => &mut self.skipped,
            "xfailed" => &mut self.xfailed,
            other => bail!("the word {other} is not counted"),
        } += 1;
        Ok(())
    }

    /// The figures of a `counts` object of the page's summary.
    pub fn of_counts(counts: &Value) -> Result<Self> {
        let figure = |key: &str| counts[key].as_u64().with_context(|| format!("no figure {key} in {counts}"));
        Ok(Self {
            results: figure("results")?,
            passed: figure("passed")?,
            failed: figure("failed")?,
            error: figure("error")?,
            skipped: figure("skipped")?,
            xfailed: figure("xfailed")?,
        })
    }
}

impl std::ops::AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.results += other.results;
        self.passed += other.passed;
        self.failed += other.failed;
        self.error += other.error;
        self.skipped += other.skipped;
        self.xfailed += other.xfailed;
    }
}

/// Testcases of a JUnit file by their direct children: error > failure > skipped > none.
///
/// # Errors
///
/// If it is not well-formed.
pub fn of_junit(text: &str) -> Result<Tally> {
    let document = Document::parse(text)?;
    let mut tally = Tally::default();
    for case in document.descendants().filter(|node| node.has_tag_name("testcase")) {
        let child = |tag: &str| case.children().find(|node: &Node| node.has_tag_name(tag));
        let word = if child("error").is_some() {
            "error"
        } else if child("failure").is_some() {
            "failed"
        } else if let Some(skipped) = child("skipped") {
            if skipped.attribute("type") == Some("pytest.xfail") { "xfailed" } else { "skipped" }
        } else {
            "passed"
        };
        tally.add(word)?;
    }
    Ok(tally)
}

/// Tests of a pytest-json-report file by their outcome.
///
/// # Errors
///
/// If it is no such file.
pub fn of_json_report(text: &str) -> Result<Tally> {
    let report: Value = serde_json::from_str(text)?;
    let mut tally = Tally::default();
    for test in report["tests"].as_array().context("no list of tests")? {
        tally.add(test["outcome"].as_str().context("a test without an outcome")?)?;
    }
    Ok(tally)
}

/// The text of the first failure of a JUnit file, and the name of its test.
///
/// # Errors
///
/// If it is not well-formed, or nothing in it failed.
pub fn first_failure(text: &str) -> Result<(String, String)> {
    let document = Document::parse(text)?;
    let failure =
        document.descendants().find(|node| node.has_tag_name("failure")).context("nothing failed")?;
    let name =
        failure.parent().and_then(|case| case.attribute("name")).context("a testcase without a name")?;
    Ok((name.to_owned(), failure.text().unwrap_or_default().to_owned()))
}
