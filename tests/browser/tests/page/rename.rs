//! Renaming a DUT from its name, merging it into another, and undoing both.

use anyhow::Result;
use passgrid_browser_tests::{Scenario, scenario};

use crate::steps;

/// Renames a DUT, after the dialog said what that means.
pub async fn rename(t: &Scenario, dut: &str, name: &str, effect: &str) -> Result<()> {
    t.page.find("button", &format!("Rename {dut}")).await?.click().await?;
    t.page.until_text("Rename DUT").await?;
    t.page.until_true("document.activeElement.id === 'rename-name'").await?;
    t.page.write(name).await?;
    t.page.until_text(effect).await?;
    t.page.press("Enter").await
}

async fn duts(t: &Scenario) -> Result<Vec<String>> {
    t.page
        .evaluate("[...document.querySelectorAll('.duts-table tbody .dut-name')].map((e) => e.textContent)")
        .await
}

async fn until_duts(t: &Scenario, wanted: &[&str]) -> Result<()> {
    t.page
        .until(&format!("{wanted:?}"), async || {
            let mut duts = duts(t).await?;
            duts.sort();
            Ok((duts == wanted).then_some(()))
        })
        .await
}

#[tokio::test]
async fn a_dut_is_renamed_and_merged_from_its_name() -> Result<()> {
    scenario(async |t| {
        t.open_report("?demo").await?;
        until_duts(t, &["max-b1", "mini-a1", "mini-b1", "one-a1", "one-b2"]).await?;
        rename(t, "max-b1", "left speaker", "All 8 sessions move, and files that you add later.").await?;
        until_duts(t, &["left speaker", "mini-a1", "mini-b1", "one-a1", "one-b2"]).await?;
        t.page.until_text("9 of them only on left speaker").await?;

        rename(t, "one-b2", "one-a1", "to one-a1, which exists: the two become one DUT.").await?;
        until_duts(t, &["left speaker", "mini-a1", "mini-b1", "one-a1"]).await?;
        let summary = steps::summary(t).await?;
        assert_eq!(summary["totals"]["duts"], 4);

        // The name of a merged DUT splits it again.
        t.page.find("button", "Rename one-a1").await?.click().await?;
        t.page.until_text("In the files: one-b2").await?;
        t.page.find("button", "Restore").await?.click().await?;
        until_duts(t, &["left speaker", "mini-a1", "mini-b1", "one-a1", "one-b2"]).await?;

        // A session's details have the same button, and stay open.
        steps::go_to(t, "Sessions").await?;
        t.page.until_true("document.querySelector('.table-row') !== null").await?;
        t.page.evaluate::<()>("document.querySelector('.table-row').click()").await?;
        t.page.until_text("How it was identified").await?;
        rename(t, "mini-b1", "small", "All 4 sessions move").await?;
        t.page.until_text("you, in place of mini-b1").await?;

        steps::go_to(t, "Files").await?;
        for step in ["mini-b1 to small", "the names of one-a1", "one-b2 to one-a1", "max-b1 to left speaker"]
        {
            let undo = if step.contains(" to ") { format!("renaming {step}") } else { step.to_owned() };
            t.page.find("button", &format!("Undo {undo}")).await?.click().await?;
            t.page.until_text(&format!("Undone: {undo}")).await?;
        }
        steps::go_to(t, "Overview").await?;
        until_duts(t, &["max-b1", "mini-a1", "mini-b1", "one-a1", "one-b2"]).await
    })
    .await
}
