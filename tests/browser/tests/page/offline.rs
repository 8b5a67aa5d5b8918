//! Without a network, after one visit; other versions of the page; the installed page.

use std::fs;

use anyhow::{Context, Result, ensure};
use passgrid_browser_tests::{Scenario, Site, copy_matching, dist, scenario};
use serde_json::{Value, json};

use crate::steps::{self, fixture};

/// The page has all that it needs without a network, and its requests go through the service worker.
const IS_KEPT: &str = "(async () => {
    const caches = await self.caches.keys();
    const build = document.querySelector('meta[name=passgrid-build]').content;
    const name = caches.find((name) => name.endsWith(build));
    return !!name && !!(await (await self.caches.open(name)).match('passgrid.html'))
        && !!navigator.serviceWorker.controller;
})()";

async fn visit(t: &Scenario, site: &Site) -> Result<()> {
    t.page.open_page(&site.address(), "empty").await?;
    t.page.until_true(IS_KEPT).await
}

async fn build(t: &Scenario) -> Result<String> {
    t.page.evaluate("document.querySelector('meta[name=passgrid-build]').content").await
}

#[tokio::test]
async fn after_one_visit_no_network_is_needed() -> Result<()> {
    scenario(async |t| {
        let site = Site::start(&dist()?)?;
        visit(t, &site).await?;
        let address = site.address();
        drop(site);
        // The browser notes each module that it asks the network for first.
        t.expect_error("_bg.wasm");
        t.page.open_page(&format!("{address}?demo"), "ready").await?;
        let demo = steps::summary(t).await?;
        assert_eq!(steps::list(&demo, "duts")?.len(), 5);
        steps::go_to(t, "History").await?;
        t.page.until_true("document.querySelectorAll('.js-plotly-plot .trace').length > 0").await?;
        // One's own files, too, and a report of them.
        t.page.open_page(&address, "empty").await?;
        t.page.drop_files([fixture("brief/sessions.json")]).await?;
        t.page.phase("ready").await?;
        assert_eq!(steps::summary(t).await?["totals"]["results"], 5);
        t.page.find("button", "Download").await?.click().await?;
        t.page.find("menuitem", "Report (HTML)").await?.click().await?;
        let (name, _) = t.page.download().await?;
        ensure!(name.ends_with(".html"), "{name}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn another_version_waits_until_it_is_asked_for() -> Result<()> {
    scenario(async |t| {
        let folder = tempfile::tempdir()?;
        let folder = copy_matching(&dist()?, folder.path(), |_| true)?;
        let site = Site::start(&folder)?;
        visit(t, &site).await?;
        let (first, second) = (build(t).await?, "0123456789abcdef");
        for name in ["index.html", "service-worker.js", "worker-loader.js"] {
            let path = folder.join(name);
            // The policy has the hash of the page's script, which names the build, too.
            let times = if name == "index.html" { 1 } else { usize::MAX };
            fs::write(&path, fs::read_to_string(&path)?.replacen(&first, second, times))?;
        }
        t.page.drop_files([fixture("brief/sessions.json")]).await?;
        t.page.phase("ready").await?;
        t.page.until_true("(localStorage.getItem('kept') ?? '').startsWith('last')").await?;
        t.page.reload().await?;
        t.page.phase("ready").await?;
        assert_eq!(build(t).await?, first, "the page that is open was exchanged");
        t.page.until_text("A new version of Passgrid is ready.").await?;
        assert_eq!(steps::summary(t).await?["totals"]["results"], 5);
        t.page.find("button", "Reload").await?.click().await?;
        t.page
            .until_true(&format!(
                "document.querySelector('meta[name=passgrid-build]')?.content === '{second}'"
            ))
            .await?;
        // What was dropped is kept, and read by the new version.
        t.page.phase("ready").await?;
        assert_eq!(steps::summary(t).await?["totals"]["results"], 5);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn only_addresses_that_a_person_named_are_asked() -> Result<()> {
    scenario(async |t| {
        visit(t, &t.site).await?;
        let source = t.site.cors("results/brief/sessions.json");
        t.expect_error("ERR_FAILED");
        let ask = format!("fetch({}).then(() => 'answered', () => 'stopped')", json!(source));
        assert_eq!(t.page.evaluate::<String>(&ask).await?, "stopped");
        assert!(t.site.requests().iter().all(|request| request.to == "page"));
        t.open_report(&format!("?src={source}")).await?;
        assert_eq!(steps::summary(t).await?["totals"]["results"], 5);
        // The page says whom it asked.
        t.page.find("button", "Keep").await?.click().await?;
        let host = source.split('/').nth(2).context("no host")?;
        t.page.until_text(&format!("1 request to {host}")).await
    })
    .await
}

#[tokio::test]
async fn what_other_programs_share_is_read() -> Result<()> {
    scenario(async |t| {
        visit(t, &t.site).await?;
        let report = fs::read_to_string(fixture("brief/sessions.json"))?;
        let share = format!(
            "(async () => {{
                const form = new FormData();
                form.append('files', new File([{}], 'shared.json'));
                return (await fetch('share', {{ method: 'POST', body: form }})).url;
            }})()",
            json!(report)
        );
        let address: String = t.page.evaluate(&share).await?;
        ensure!(address.ends_with("/?shared"), "{address}");
        t.page.open_page(&address, "ready").await?;
        assert_eq!(steps::summary(t).await?["files"][0]["path"], "shared.json");
        assert_eq!(t.page.query().await?, "");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn the_page_can_be_installed() -> Result<()> {
    scenario(async |t| {
        visit(t, &t.site).await?;
        let manifest = t.page.devtools("Page.getAppManifest", json!({})).await?;
        assert_eq!(manifest["errors"], json!([]), "{manifest}");
        let problems = t.page.devtools("Page.getInstallabilityErrors", json!({})).await?;
        assert_eq!(problems["installabilityErrors"], json!([]), "{problems}");
        for icon in ["icon-192.png", "icon-512.png", "icon-maskable-512.png"] {
            let size: Value = t
                .page
                .evaluate(&format!(
                    "fetch('{icon}').then((r) => r.blob()).then(createImageBitmap).then((i) => i.width)"
                ))
                .await?;
            let wanted: u64 = icon.trim_end_matches(".png").rsplit('-').next().unwrap_or_default().parse()?;
            assert_eq!(size, wanted, "{icon}");
        }
        Ok(())
    })
    .await
}
