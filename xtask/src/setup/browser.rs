//! The browsers and their drivers, for the tests in a real browser, a real web server, and what counts instructions.

use std::{path::PathBuf, process::Command};

use anyhow::{Result, anyhow, bail};

use crate::{process, setup::announce};

/// Names under which distributions and Google install Chromium; the first that is found is used.
const CHROMIUM: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const CHROMEDRIVER: &str = "chromedriver";

/// What the tests use, with the programs that must be on PATH.
struct Wanted {
    name: &'static str,
    /// Groups of alternatives; one program of each group is enough.
    programs: &'static [&'static [&'static str]],
    /// Debian's names of the packages.
    debian: &'static [&'static str],
}

const WANTED_CHROMIUM: Wanted = Wanted {
    name: "Chromium",
    programs: &[&CHROMIUM, &[CHROMEDRIVER]],
    debian: &["chromium", "chromium-driver"],
};
/// cargo installs its driver.
const WANTED_FIREFOX: Wanted =
    Wanted { name: "Firefox", programs: &[&["firefox-esr", "firefox"]], debian: &["firefox-esr"] };
const WANTED_WEBKIT: Wanted = Wanted {
    name: "WebKitGTK",
    programs: &[&["WebKitWebDriver"], &["Xvfb"]],
    debian: &["webkit2gtk-driver", "xvfb"],
};

/// What the README says about publishing is tested with it.
const WANTED_NGINX: Wanted = Wanted { name: "nginx", programs: &[&["nginx"]], debian: &["nginx"] };

/// Counts instructions for the benchmark.
const WANTED_VALGRIND: Wanted =
    Wanted { name: "Valgrind", programs: &[&["valgrind"]], debian: &["valgrind"] };

/// Chromium and the program that drives it.
pub struct Browser {
    pub browser: PathBuf,
    pub driver: PathBuf,
}

impl Browser {
    /// Looks on PATH.
    pub fn find() -> Option<Self> {
        let browser = CHROMIUM.iter().find_map(|name| which::which(name).ok())?;
        let driver = which::which(CHROMEDRIVER).ok()?;
        Some(Self { browser, driver })
    }
}

/// Installs Chromium and its driver if that is possible without questions: as root on Debian and its
/// derivatives.
///
/// # Errors
///
/// If that is not possible. The message says what to do.
pub fn ensure_chromium() -> Result<()> {
    WANTED_CHROMIUM.ensure()
}

/// Installs Firefox, in the same way.
///
/// # Errors
///
/// As [`ensure_chromium`].
pub fn ensure_firefox() -> Result<()> {
    WANTED_FIREFOX.ensure()
}

/// Installs WebKitGTK with its driver and the X server that it needs, in the same way.
///
/// # Errors
///
/// As [`ensure_chromium`].
pub fn ensure_webkit() -> Result<()> {
    WANTED_WEBKIT.ensure()
}

/// Installs nginx, in the same way, without starting it.
///
/// # Errors
///
/// As [`ensure_chromium`].
pub fn ensure_nginx() -> Result<()> {
    WANTED_NGINX.ensure()
}

/// Installs Valgrind, in the same way.
///
/// # Errors
///
/// As [`ensure_chromium`].
pub fn ensure_valgrind() -> Result<()> {
    WANTED_VALGRIND.ensure()
}

impl Wanted {
    fn is_installed(&self) -> bool {
        self.programs.iter().all(|names| names.iter().any(|name| which::which(name).is_ok()))
    }

    fn ensure(&self) -> Result<()> {
        if self.is_installed() {
            return Ok(());
        }
        let Self { name, .. } = self;
        let packages = self.debian.join(" ");
        let programs: Vec<String> = self.programs.iter().map(|names| names.join(" or ")).collect();
        let programs = programs.join(", ");
        let has_apt = which::which("apt-get").is_ok();
        if !has_apt || !is_root() {
            let how = if has_apt {
                format!("run `sudo apt-get install --no-install-recommends {packages}`")
            } else {
                format!("install {name} so that these programs are on PATH: {programs}")
            };
            bail!(
                "the tests with {name} need programs that are missing:\n{how},\nthen run this command again"
            );
        }

        announce(&format!("installing {packages} with apt-get"));
        process::run(apt_get().arg("update"))?;
        process::run(apt_get().args(["install", "-y", "--no-install-recommends"]).args(self.debian))?;
        if self.is_installed() {
            Ok(())
        } else {
            Err(anyhow!("apt-get installed {packages}, but these are not on PATH: {programs}"))
        }
    }
}

fn apt_get() -> Command {
    let mut command = Command::new("apt-get");
    // Debian starts no service of a package in the run level for maintenance.
    command.arg("-qq").env("DEBIAN_FRONTEND", "noninteractive").env("RUNLEVEL", "1");
    command
}

fn is_root() -> bool {
    process::output(Command::new("id").arg("-u")).is_ok_and(|id| id == "0")
}
