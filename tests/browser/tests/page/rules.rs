//! WCAG by axe-core: nothing serious or critical in any view, light or dark.

use std::fmt::Write;

use anyhow::{Context, Result, ensure};
use passgrid_browser_tests::{Scenario, Scheme, root, scenario};
use serde::Deserialize;

use crate::steps::{self, fixture};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Violation {
    id: String,
    impact: Option<String>,
    help: String,
    nodes: Vec<Place>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Place {
    html: String,
    failure_summary: Option<String>,
}

/// Serious and critical violations of what is on screen, as text.
pub async fn violations(t: &Scenario, what: &str) -> Result<String> {
    let axe = root().join("node_modules/axe-core/axe.min.js");
    let axe = std::fs::read_to_string(&axe)
        .with_context(|| format!("{}: `cargo xtask setup` installs it", axe.display()))?;
    // Transitions would be measured half way.
    t.page
        .evaluate::<bool>(
            "Promise.allSettled(document.getAnimations().map((a) => a.finished)).then(() => true)",
        )
        .await?;
    t.page.evaluate::<bool>(&format!("(() => {{ {axe}; return true; }})()")).await?;
    let run = "axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations.map(
        ({ id, impact, help, nodes }) => ({ id, impact, help, nodes: nodes.slice(0, 3) })))";
    let found: Vec<Violation> = t.page.evaluate(run).await?;
    let mut text = String::new();
    for violation in found {
        let impact = violation.impact.as_deref().unwrap_or("unknown");
        if !matches!(impact, "serious" | "critical") {
            continue;
        }
        writeln!(text, "{what}: {impact}: {} ({})", violation.help, violation.id)?;
        for place in violation.nodes {
            let html: String = place.html.chars().take(200).collect();
            writeln!(
                text,
                "    {html}\n    {}",
                place.failure_summary.unwrap_or_default().replace('\n', " ")
            )?;
        }
    }
    Ok(text)
}

/// All states of the page, one after the other.
async fn check(scheme: Scheme) -> Result<()> {
    scenario(async |t| {
        let name = |view: &str| format!("{view}, {}", scheme.word());
        t.page.prefer(scheme).await?;
        t.open_empty().await?;
        let mut found = violations(t, &name("empty")).await?;
        t.page.find("button", "Load from URL").await?.click().await?;
        t.page.find("button", "Load").await?;
        found += &violations(t, &name("dialog")).await?;
        t.page.press("Escape").await?;
        t.page.find("button", "Keyboard shortcuts").await?.click().await?;
        t.page.find("dialog", "Keyboard shortcuts").await?;
        found += &violations(t, &name("keys")).await?;
        t.report_of([fixture("multi/version-folder"), fixture("bad/nothing"), fixture("junit/pytest-9.2")])
            .await?;
        t.page.until_true("'Plotly' in globalThis").await?;
        found += &violations(t, &name("overview")).await?;
        t.page.find("button", "Download").await?.click().await?;
        t.page.find("menuitem", "Grid (CSV)").await?;
        found += &violations(t, &name("menu")).await?;
        t.page.press("Escape").await?;
        steps::go_to(t, "Grid").await?;
        t.page.until_true("document.querySelectorAll('[role=gridcell]').length > 10").await?;
        found += &violations(t, &name("grid")).await?;
        let failed = {
            let tree = t.page.tree().await?;
            let node =
                tree.all("gridcell").find(|node| node.name.starts_with("failed")).context("no failure")?;
            t.page.element(node)?
        };
        failed.click().await?;
        t.page.find_where("dialog", "of a result", |node| node.name.starts_with("Details")).await?;
        t.page.until_text("Session").await?;
        found += &violations(t, &name("drawer")).await?;
        t.page.press("Escape").await?;
        steps::go_to(t, "Files").await?;
        t.page.until_true("document.querySelectorAll('[role=row]').length > 5").await?;
        found += &violations(t, &name("files")).await?;
        t.page.find("button", "Name by pattern…").await?.click().await?;
        t.page.until_true("document.activeElement.id === 'naming-pattern'").await?;
        t.page.write("**/{dut}.xml").await?;
        t.page.until_text("files match").await?;
        found += &violations(t, &name("naming")).await?;
        t.page.find("button", "Cancel").await?.click().await?;
        t.page.resize(390, 844).await?;
        for view in ["Files", "Grid", "Overview"] {
            steps::go_to(t, view).await?;
            found += &violations(t, &format!("{}, narrow", name(view))).await?;
        }
        ensure!(found.is_empty(), "{found}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn light() -> Result<()> {
    check(Scheme::Light).await
}

#[tokio::test]
async fn dark() -> Result<()> {
    check(Scheme::Dark).await
}
