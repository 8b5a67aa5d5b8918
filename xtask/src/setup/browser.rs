//! Chromium and its driver, for the tests in a real browser.

use std::{path::PathBuf, process::Command};

use anyhow::{Result, bail};

use crate::{process, setup::announce};

/// Names under which distributions and Google install the browser; the first that is found is used.
const BROWSERS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const DRIVER: &str = "chromedriver";
/// Debian's names of the packages.
const DEBIAN_PACKAGES: [&str; 2] = ["chromium", "chromium-driver"];

/// A browser and the program that drives it.
pub struct Browser {
    pub browser: PathBuf,
    pub driver: PathBuf,
}

impl Browser {
    /// Looks on PATH.
    pub fn find() -> Option<Self> {
        let browser = BROWSERS.iter().find_map(|name| which::which(name).ok())?;
        let driver = which::which(DRIVER).ok()?;
        Some(Self { browser, driver })
    }
}

/// Installs both where that can be done without asking: as root on Debian and its relatives.
pub fn ensure() -> Result<()> {
    if Browser::find().is_some() {
        return Ok(());
    }

    let packages = DEBIAN_PACKAGES.join(" ");
    let has_apt = which::which("apt-get").is_ok();
    if !has_apt || !is_root() {
        let how = if has_apt {
            format!("run `sudo apt-get install --no-install-recommends {packages}`")
        } else {
            "install Chromium or Google Chrome, and the chromedriver of the same version".to_owned()
        };
        bail!(
            "the tests in a browser need Chromium and chromedriver on PATH, and at least one is missing:\n\
             {how},\nthen run this command again"
        );
    }

    announce("installing Chromium and chromedriver with apt-get");
    process::run(apt_get().arg("update"))?;
    process::run(apt_get().args(["install", "-y", "--no-install-recommends"]).args(DEBIAN_PACKAGES))?;
    if Browser::find().is_none() {
        bail!(
            "apt-get installed {packages}, but no Chromium and chromedriver are on PATH: install them another way"
        );
    }
    Ok(())
}

fn apt_get() -> Command {
    let mut command = Command::new("apt-get");
    command.arg("-qq").env("DEBIAN_FRONTEND", "noninteractive");
    command
}

fn is_root() -> bool {
    process::output(Command::new("id").arg("-u")).is_ok_and(|id| id == "0")
}
