//! What `cargo xtask` tells through the environment, and where the checkout is.

use std::{
    env,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};

/// Names under which distributions and Google install the browser.
const BROWSERS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// The checkout.
pub fn root() -> PathBuf {
    let package = env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    package.ancestors().nth(2).map(Path::to_owned).unwrap_or(package)
}

/// The built page: `PASSGRID_DIST`.
///
/// # Errors
///
/// If it is not set, or nothing is built there.
pub fn dist() -> Result<PathBuf> {
    let folder = env::var_os("PASSGRID_DIST")
        .map(PathBuf::from)
        .context("PASSGRID_DIST is not set; `cargo xtask test` builds the page and sets it")?;
    if !folder.join("index.html").is_file() {
        bail!("no page is built in {}; `cargo xtask dist` builds it", folder.display());
    }
    Ok(folder)
}

/// Real result files of other projects: `PASSGRID_CORPUS`. They are not ours to copy.
pub struct Corpus(PathBuf);

impl Corpus {
    /// Where it is, if this machine has it.
    pub fn find() -> Option<Self> {
        env::var_os("PASSGRID_CORPUS").map(|folder| Self(PathBuf::from(folder)))
    }

    /// A file or folder in it.
    pub fn path(&self, below: &str) -> PathBuf {
        self.0.join(below)
    }
}

/// The browser's program: `PASSGRID_BROWSER`, or from PATH.
pub fn browser() -> Result<PathBuf> {
    if let Some(path) = env::var_os("PASSGRID_BROWSER") {
        return Ok(path.into());
    }
    let found = BROWSERS.iter().find_map(|name| which::which(name).ok());
    found.context("no Chromium on PATH; `cargo xtask setup` installs it, or says how")
}

/// The driver's program: `PASSGRID_DRIVER`, or from PATH.
pub fn driver() -> Result<PathBuf> {
    if let Some(path) = env::var_os("PASSGRID_DRIVER") {
        return Ok(path.into());
    }
    which::which("chromedriver")
        .context("no chromedriver on PATH; `cargo xtask setup` installs it, or says how")
}
