//! Pictures of every view and state of the page, in three sizes; light, dark and High Contrast.
//!
//! They go to `target/shots/<screen>-<size>-<scheme>.png`, beside an `index.html` that shows them side by
//! side. Arguments: parts of names; only pictures with one of them are taken.

use std::{collections::BTreeSet, env, fmt::Write, fs, path::Path};

use anyhow::{Context, Result};
use passgrid_browser_tests::{Browser, Inputs, Scheme, Screens, Site, dist, root};

const SIZES: [(u32, u32); 3] = [(1440, 900), (1024, 768), (390, 844)];

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let wanted: Vec<String> = env::args().skip(1).collect();
    let site = Site::start(&dist()?)?;
    let inputs = Inputs::new()?;
    let target = root().join("target/shots");
    fs::create_dir_all(&target)?;
    let shooting = |scheme| shoot(scheme, &site, &inputs, &wanted, &target);
    tokio::try_join!(shooting(Scheme::Light), shooting(Scheme::Dark))?;
    shooting(Scheme::HighContrast).await?;
    fs::write(target.join("index.html"), index(&target)?)?;
    println!("target/shots/index.html shows them side by side");
    Ok(())
}

/// All pictures of a scheme, in a browser of its own.
async fn shoot(scheme: Scheme, site: &Site, inputs: &Inputs, wanted: &[String], target: &Path) -> Result<()> {
    let page = Browser::start().await?;
    page.prefer(scheme).await?;
    for size in SIZES {
        page.resize(size.0, size.1).await?;
        let screens = Screens { page: &page, site, inputs };
        let is_wanted = |screen: &str| {
            let name = file_name(screen, size, scheme);
            wanted.is_empty() || wanted.iter().any(|part| name.contains(part.as_str()))
        };
        let taken = screens.each(is_wanted, async |screen| {
            let name = file_name(screen, size, scheme);
            page.screenshot(&target.join(&name)).await?;
            println!("target/shots/{name}");
            Ok(())
        });
        taken.await.with_context(|| file_name("", size, scheme))?;
    }
    page.quit().await.map(drop)
}

fn file_name(screen: &str, (width, height): (u32, u32), scheme: Scheme) -> String {
    format!("{screen}-{width}x{height}-{}.png", scheme.word())
}

/// A page with a row per screen, of the pictures that are there.
fn index(folder: &Path) -> Result<String> {
    let mut there = BTreeSet::new();
    for entry in fs::read_dir(folder)? {
        there.insert(entry?.file_name().to_string_lossy().into_owned());
    }
    let mut rows = String::new();
    for screen in Screens::names() {
        let mut pictures = String::new();
        for size in SIZES {
            for scheme in Scheme::ALL {
                let name = file_name(screen, size, scheme);
                if there.contains(&name) {
                    let _ = write!(
                        pictures,
                        "<a href=\"{name}\"><img src=\"{name}\" alt=\"{name}\" title=\"{name}\" loading=\"lazy\"></a>"
                    );
                }
            }
        }
        let _ = write!(rows, "<h2 id=\"{screen}\">{screen}</h2><div>{pictures}</div>");
    }
    Ok(format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Passgrid: every screen</title>\
         <style>body {{ font: 14px system-ui; margin: 1rem; background: #888 }} div {{ display: flex; gap: 8px; overflow-x: auto }}\
         img {{ height: 420px; display: block }} h2 {{ margin: 1rem 0 .3rem }}</style>{rows}</html>"
    ))
}
