//! Installs what building and testing need.
//!
//! Each step first looks whether there is anything to do, which takes milliseconds, and says
//! something only if there is. No step knows of another.

mod browser;
mod cargo_tools;
mod npm;
mod wasm_target;

use anyhow::Result;

pub use self::browser::Browser;

use crate::workspace::Workspace;

/// What a command is going to need.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// Everything to build the page.
    Build,
    /// The same, and a browser that programs can drive.
    BuildAndBrowser,
}

/// Installs what is missing.
///
/// # Errors
///
/// If something can neither be found nor installed. The message says what to do.
pub fn setup(workspace: &Workspace, needs: Needs) -> Result<()> {
    wasm_target::ensure()?;
    npm::ensure(workspace)?;
    if needs == Needs::BuildAndBrowser {
        browser::ensure()?;
    }
    // Last, because it takes minutes: whatever else is wrong is known by then.
    cargo_tools::ensure(workspace)
}

/// Tells the person what a step is about to do.
fn announce(what: &str) {
    println!("set-up: {what}");
}
