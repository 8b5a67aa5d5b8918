//! Runs every test, the fast ones first.

use std::{process::Command, time::Instant};

use anyhow::{Context, Result};

use crate::{
    browser_bins, build, dist, process,
    setup::{self, Needs},
    workspace::Workspace,
};

/// Runs all tests and stops at the first step that fails. The tests in Firefox and WebKitGTK are
/// ignored where these cannot be installed, unless `all_browsers` is set.
///
/// # Errors
///
/// If setup, the build or a test fails.
pub fn test(workspace: &Workspace, all_browsers: bool) -> Result<()> {
    let start = Instant::now();
    setup::setup(workspace, Needs::of_tests(all_browsers))?;

    // With the page, whose pure functions have native tests, too.
    step("the engine and the page, natively", || {
        process::run(cargo_test(workspace, "passgrid").args(["--features", "page"]))
    })?;
    step("the tasks", || process::run(&mut cargo_test(workspace, "xtask")))?;
    step("the release build of the page", || build::build(workspace))?;
    step("the sizes of the build", || dist::check_sizes(workspace))?;
    step("the page in real browsers", || {
        let mut tests = cargo_test(workspace, browser_bins::PACKAGE);
        browser_bins::describe_build(&mut tests, workspace);
        if all_browsers {
            tests.env("PASSGRID_ALL_BROWSERS", "1");
        }
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
