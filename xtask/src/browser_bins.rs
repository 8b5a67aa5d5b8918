//! The programs that drive the built page in a real browser.

use std::{path::PathBuf, process::Command};

use anyhow::Result;

use crate::{
    build, process,
    setup::{self, Browser, Needs},
    workspace::Workspace,
};

/// The package of the browser tests, the benchmark and the screenshots.
pub const PACKAGE: &str = "passgrid-browser-tests";

/// Builds the page and runs one of the package's programs on it.
///
/// # Errors
///
/// If setup, the build or the program fails.
pub fn run(workspace: &Workspace, bin: &str, arguments: &[String]) -> Result<()> {
    setup::setup(workspace, Needs::Chromium)?;
    build::build(workspace)?;
    let mut command = workspace.cargo();
    command.args(["run", "--package", PACKAGE, "--bin", bin, "--"]).args(arguments);
    describe_build(&mut command, workspace);
    if bin == "bench" {
        setup::setup_benchmark();
        command.env("PASSGRID_EVENTS", build_events(workspace)?);
    }
    process::run(&mut command)?;
    if bin == "bench" && arguments.iter().any(|argument| argument == "--check") {
        check_times(workspace)?;
    }
    Ok(())
}

/// Runs the tests with time bounds, one after the other. Their names say that something stays quick.
fn check_times(workspace: &Workspace) -> Result<()> {
    let mut tests = workspace.cargo();
    tests.args(["test", "--package", PACKAGE, "--test", "page", "quick", "--", "--test-threads", "1"]);
    describe_build(&mut tests, workspace);
    process::run(tests.env("PASSGRID_CHECK_TIMES", "1"))
}

/// Builds the program that only reads XML events, which the benchmark compares with. Returns its folder.
fn build_events(workspace: &Workspace) -> Result<PathBuf> {
    const TARGET: &str = "wasm32-unknown-unknown";
    let mut cargo = workspace.cargo();
    process::run(cargo.args(["build", "--release", "--package", "passgrid-events", "--target", TARGET]))?;
    let target = workspace.root().join("target");
    let folder = target.join("events");
    let mut bindgen = Command::new(workspace.tools().join("bin/wasm-bindgen"));
    bindgen.args(["--target", "no-modules", "--out-name", "events", "--out-dir"]).arg(&folder);
    process::run(bindgen.arg(target.join(TARGET).join("release/passgrid_events.wasm")))?;
    Ok(folder)
}

/// Sets the variables that say where the build, the browsers and their drivers are.
pub fn describe_build(command: &mut Command, workspace: &Workspace) {
    command.env("PASSGRID_DIST", workspace.dist());
    if let Ok(geckodriver) = workspace.tool("geckodriver") {
        command.env("PASSGRID_GECKODRIVER", geckodriver);
    }
    if let Some(Browser { browser, driver }) = Browser::find() {
        command.env("PASSGRID_BROWSER", browser).env("PASSGRID_DRIVER", driver);
    }
}
