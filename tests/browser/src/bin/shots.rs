//! Pictures of every view and state of the page, in three sizes, light and dark.
//!
//! They go to `target/shots/<view>-<size>-<scheme>.png`. Arguments: parts of names; only pictures
//! with one of them are taken.

use std::{
    env, fs,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, Result};
use passgrid_browser_tests::{Browser, Scheme, Site, dist, generate, root};
use tempfile::TempDir;

const SIZES: [(u32, u32); 3] = [(1440, 900), (1024, 768), (390, 844)];

/// A state of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum View {
    Empty,
    Dragging,
    Loading,
    Overview,
    Grid,
    Files,
    Drawer,
    Broken,
    OneDut,
    AllPassed,
}

impl View {
    const ALL: [View; 10] = [
        View::Empty,
        View::Dragging,
        View::Loading,
        View::Overview,
        View::Grid,
        View::Files,
        View::Drawer,
        View::Broken,
        View::OneDut,
        View::AllPassed,
    ];

    fn name(self) -> &'static str {
        match self {
            View::Empty => "empty",
            View::Dragging => "dragging",
            View::Loading => "loading",
            View::Overview => "overview",
            View::Grid => "grid",
            View::Files => "files",
            View::Drawer => "drawer",
            View::Broken => "broken",
            View::OneDut => "one-dut",
            View::AllPassed => "all-passed",
        }
    }
}

/// What is dropped for the pictures.
struct Inputs {
    /// The folder of the others.
    folder: TempDir,
    /// Results of a small laboratory: boards and builds.
    lab: PathBuf,
    one_dut: PathBuf,
    all_passed: PathBuf,
    /// So much that loading can be looked at.
    much: PathBuf,
}

impl Inputs {
    fn new() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let fixtures = root().join("fixtures/multi/version-folder");
        let all_passed = folder.path().join("all-passed");
        fs::create_dir(&all_passed)?;
        for number in 1..=4 {
            let cases: String = (1..=30)
                .map(|test| format!("<testcase classname=\"tests.test_board\" name=\"test_{test:02}\" time=\"0.{test:02}\"/>"))
                .collect();
            let report = format!(
                "<testsuites><testsuite name=\"pytest\" timestamp=\"2026-11-20T21:0{number}:00\">{cases}</testsuite></testsuites>"
            );
            fs::write(all_passed.join(format!("board_{number}.xml")), report)?;
        }
        let much = folder.path().join("year");
        fs::create_dir(&much)?;
        let large = generate::junit(60_000).text;
        for number in 0..60 {
            fs::write(
                much.join(format!("board-{number:02}.xml")),
                large.replacen("runner-7", &format!("r-{number}"), 1),
            )?;
        }
        Ok(Self {
            lab: fixtures.clone(),
            one_dut: fixtures.join("1.5.0/board_b.xml"),
            all_passed,
            much,
            folder,
        })
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let wanted: Vec<String> = env::args().skip(1).collect();
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|part| name.contains(part.as_str()));
    let site = Site::start(&dist()?)?;
    let inputs = Inputs::new()?;
    let target = root().join("target/shots");
    for scheme in Scheme::ALL {
        for (width, height) in SIZES {
            for view in View::ALL {
                let name = format!("{}-{width}x{height}-{}.png", view.name(), scheme.word());
                if !is_wanted(&name) {
                    continue;
                }
                // A browser each: nothing of one picture is in the next.
                let page = Browser::start().await?;
                page.resize(width, height).await?;
                page.prefer(scheme).await?;
                let taken = shoot(&page, &site, &inputs, view, &target.join(&name)).await;
                page.quit().await?;
                taken.with_context(|| name.clone())?;
                println!("target/shots/{name}");
            }
        }
    }
    drop(inputs.folder);
    Ok(())
}

async fn shoot(page: &Browser, site: &Site, inputs: &Inputs, view: View, path: &Path) -> Result<()> {
    page.open_page(&site.address(), "empty").await?;
    let report = async |files: &[&Path]| -> Result<()> {
        page.drop_files(files).await?;
        page.phase("ready").await
    };
    let go_to = async |name: &str| -> Result<()> {
        page.find("link", name).await?.click().await?;
        page.find("main", name).await.map(drop)
    };
    match view {
        View::Empty => {}
        View::Dragging => page.drag_over([&inputs.lab]).await?,
        View::Loading => {
            page.drop_files([&inputs.much]).await?;
            page.find("main", "Overview").await?;
            // What is on screen while the files are being read is what counts: no waiting.
            return page.screenshot(path).await;
        }
        View::Overview => report(&[&inputs.lab]).await?,
        View::Grid | View::Drawer => {
            report(&[&inputs.lab]).await?;
            go_to("Grid").await?;
            page.until_true("document.querySelectorAll('[role=gridcell]').length > 10").await?;
            if view == View::Drawer {
                let tree = page.tree().await?;
                let failed = tree.all("gridcell").find(|cell| cell.name.starts_with("failed"));
                page.element(failed.context("no failed cell")?)?.click().await?;
                page.until_text("AssertionError").await?;
            }
        }
        View::Files => {
            report(&[&inputs.lab]).await?;
            go_to("Files").await?;
        }
        View::Broken => {
            let bad = root().join("fixtures/bad");
            report(&[&inputs.lab, &bad.join("nothing"), &bad.join("truncated-xml")]).await?;
            go_to("Files").await?;
        }
        View::OneDut => report(&[&inputs.one_dut]).await?,
        View::AllPassed => report(&[&inputs.all_passed]).await?,
    }
    // The mouse is where no hover shows; charts and transitions come to rest.
    page.move_mouse(0.0, 0.0).await?;
    tokio::time::sleep(Duration::from_millis(700)).await;
    page.screenshot(path).await
}
