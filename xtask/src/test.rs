//! Every test, in the order in which a failure costs the least time.

use std::{process::Command, time::Instant};

use anyhow::{Context, Result};

use crate::{
    browser_bins, build, process,
    setup::{self, Needs},
    workspace::Workspace,
};

/// Runs all tests and stops at the first step that fails.
///
/// # Errors
///
/// If the set-up, the build or a test fails.
pub fn test(workspace: &Workspace) -> Result<()> {
    let start = Instant::now();
    setup::setup(workspace, Needs::BuildAndBrowser)?;

    step("the engine, natively", || process::run(&mut cargo_test(workspace, "passgrid")))?;
    step("the tasks", || process::run(&mut cargo_test(workspace, "xtask")))?;
    step("the release build of the page", || build::build(workspace))?;
    step("the page in a real browser", || {
        let mut tests = cargo_test(workspace, browser_bins::PACKAGE);
        browser_bins::describe_build(&mut tests, workspace);
        process::run(&mut tests)
    })?;

    println!("\nEverything passed, in {} s.", start.elapsed().as_secs());
    Ok(())
}

fn cargo_test(workspace: &Workspace, package: &str) -> Command {
    let mut command = workspace.cargo();
    command.args(["test", "--package", package]);
    command
}

fn step(what: &str, action: impl FnOnce() -> Result<()>) -> Result<()> {
    println!("\n== {what}");
    action().with_context(|| format!("the tests stopped at: {what}"))
}
