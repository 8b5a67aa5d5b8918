//! Installs what building and testing need.
//!
//! Each step first checks whether there is anything to do, which takes milliseconds, and prints
//! something only if there is. No step depends on another.

mod browser;
mod cargo_tools;
mod npm;
mod wasm_target;

use anyhow::{Context, Result};

pub use self::browser::Browser;

use crate::workspace::Workspace;

/// What a command needs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// Everything to build the page.
    Build,
    /// The same, and Chromium with its driver.
    Chromium,
    /// The same, and Firefox, WebKitGTK and nginx where they can be installed.
    Browsers,
    /// The same, and it is an error if one of these cannot be installed.
    AllBrowsers,
}

impl Needs {
    /// What the tests need: `all_browsers` makes a missing browser an error.
    pub fn of_tests(all_browsers: bool) -> Self {
        if all_browsers { Needs::AllBrowsers } else { Needs::Browsers }
    }
}

/// Installs what is missing.
///
/// # Errors
///
/// If something can neither be found nor installed. The message says what to do.
pub fn setup(workspace: &Workspace, needs: Needs) -> Result<()> {
    wasm_target::ensure()?;
    npm::ensure(workspace)?;
    if needs != Needs::Build {
        browser::ensure_chromium()?;
    }
    // Last, because it takes minutes.
    cargo_tools::ensure(workspace)?;
    if matches!(needs, Needs::Browsers | Needs::AllBrowsers) {
        let firefox = browser::ensure_firefox().and_then(|()| cargo_tools::ensure_geckodriver(workspace));
        let others = [
            ("Firefox", firefox),
            ("WebKitGTK", browser::ensure_webkit()),
            ("nginx", browser::ensure_nginx()),
        ];
        for (name, installed) in others {
            match installed {
                Err(error) if needs == Needs::Browsers => {
                    announce(&format!("the tests in {name} will be ignored: {error:#}"));
                }
                installed => installed.with_context(|| format!("{name} is not available"))?,
            }
        }
    }
    Ok(())
}

/// Installs what the benchmark needs besides Chromium. Without it, one of its cases is left out.
pub fn setup_benchmark() {
    if let Err(error) = browser::ensure_valgrind() {
        announce(&format!("instructions will not be counted: {error:#}"));
    }
}

/// Prints what a step is going to do.
fn announce(what: &str) {
    println!("setup: {what}");
}
