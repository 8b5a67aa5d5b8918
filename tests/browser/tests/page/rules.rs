//! WCAG by axe-core: nothing serious or critical in any view, light or dark.

use std::fmt::Write;

use anyhow::{Context, Result, ensure};
use passgrid_browser_tests::{Inputs, Scenario, Scheme, Screens, root, scenario};
use serde::Deserialize;

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
async fn violations(t: &Scenario, what: &str) -> Result<String> {
    if !t.page.evaluate::<bool>("'axe' in globalThis").await? {
        let axe = root().join("node_modules/axe-core/axe.min.js");
        let axe = std::fs::read_to_string(&axe)
            .with_context(|| format!("{}: `cargo xtask setup` installs it", axe.display()))?;
        t.page.evaluate::<bool>(&format!("(() => {{ {axe}; return true; }})()")).await?;
    }
    // Transitions would be measured half way.
    t.page
        .evaluate::<bool>(
            "Promise.allSettled(document.getAnimations().filter((a) => a.effect.getComputedTiming().iterations < 99).map((a) => a.finished)).then(() => true)",
        )
        .await?;
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

/// Screens that look otherwise where there is little room.
const NARROW: [&str; 19] = [
    "empty",
    "empty-libraries",
    "kept",
    "kept-library",
    "keys",
    "overview",
    "grid",
    "grid-duts",
    "grid-settings",
    "tests",
    "sessions",
    "files",
    "drawer",
    "session",
    "naming",
    "menu",
    "long-names",
    "long-names-drawer",
    "broken-files",
];

/// Goes through screens, and looks at each in light and in dark.
async fn check(size: (u32, u32), is_wanted: impl Fn(&str) -> bool) -> Result<()> {
    scenario(async |t| {
        // What has no answer, a file without results, and a worker that fails log what they are for.
        t.page.resize(size.0, size.1).await?;
        let inputs = Inputs::new()?;
        let screens = Screens { page: &t.page, site: &t.site, inputs: &inputs };
        let mut found = String::new();
        let mut seen = 0;
        let looked = screens.each(&is_wanted, async |screen| {
            seen += 1;
            for scheme in Scheme::OWN {
                t.page.prefer(scheme).await?;
                found += &violations(t, &format!("{screen}, {} wide, {}", size.0, scheme.word())).await?;
            }
            Ok(())
        });
        looked.await?;
        assert_eq!(seen, Screens::names().filter(|name| is_wanted(name)).count());
        ensure!(found.is_empty(), "{found}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn hold_on_every_screen() -> Result<()> {
    check((1440, 900), |_| true).await
}

#[tokio::test]
async fn hold_where_there_is_little_room() -> Result<()> {
    check((390, 844), |name| NARROW.contains(&name)).await
}
