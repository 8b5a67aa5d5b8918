//! The example that the page is specified with.

use anyhow::Result;
use passgrid_browser_tests::{Scenario, scenario};
use serde_json::{Value, json};

use crate::steps::{self, fixture};

/// The totals of the specification's example.
fn totals() -> Value {
    json!({
        "duts": 2, "sessions": 2, "tests": 3, "results": 5, "executed": 4, "passed": 3, "failed": 1, "error": 0,
        "skipped": 1, "xfailed": 0, "xpassed": 0, "not_run": 0, "unknown": 0, "flaky": 0, "pass_rate": 0.75,
        "duration_s": 7.7,
    })
}

/// They are on screen, and in the summary.
async fn has_the_totals(t: &Scenario) -> Result<Value> {
    t.page.until_text("1 of 2 DUTs fails.").await?;
    let figures = [
        ("Pass rate", "75.0 %"),
        ("Failing tests", "1"),
        ("Executed", "4"),
        ("Failed", "1"),
        ("Error", "0"),
        ("Skipped", "1"),
        ("Test time", "7.7 s"),
    ];
    for (label, expected) in figures {
        assert_eq!(steps::figure(t, label).await?, expected, "{label}");
    }
    let summary = steps::summary(t).await?;
    // Numbers may be written as 5 or 5.0.
    for (key, expected) in totals().as_object().into_iter().flatten() {
        assert_eq!(summary["totals"][key].as_f64(), expected.as_f64(), "{key} in {}", summary["totals"]);
    }
    Ok(summary)
}

#[tokio::test]
async fn dropped_and_its_summary_dropped_again() -> Result<()> {
    scenario(async |t| {
        t.report_of([fixture("brief/sessions.json")]).await?;
        let summary = has_the_totals(t).await?;
        steps::tables_agree(t, &summary).await?;

        let folder = tempfile::tempdir()?;
        let saved = folder.path().join("summary.json");
        std::fs::write(&saved, summary.to_string())?;
        t.report_of([&saved]).await?;
        let again = has_the_totals(t).await?;
        for part in ["totals", "duts", "sessions", "tests"] {
            assert_eq!(again[part], summary[part], "{part}");
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn pasted() -> Result<()> {
    scenario(async |t| {
        t.open_empty().await?;
        t.page.paste(&steps::read(&fixture("brief/sessions.json"))?).await?;
        t.page.phase("ready").await?;
        has_the_totals(t).await.map(drop)
    })
    .await
}

#[tokio::test]
async fn names_from_files_are_text_and_nothing_else() -> Result<()> {
    scenario(async |t| {
        t.report_of([fixture("brief/text.json")]).await?;
        steps::go_to(t, "Grid").await?;
        for name in ["<script>alert('x')</script>", "test_größe[a::b/c]", "__proto__"] {
            t.page.until_text(name).await?;
        }
        t.page.until_text("DUT_Ä 🔊").await?;
        let summary = steps::summary(t).await?;
        assert_eq!(summary["totals"]["results"], 6);
        steps::tables_agree(t, &summary).await
    })
    .await
}
