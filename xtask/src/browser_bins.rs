//! The programs that drive the built page in a real browser.

use std::process::Command;

use anyhow::Result;

use crate::{
    build, process,
    setup::{self, Browser, Needs},
    workspace::Workspace,
};

/// The package of the browser tests and of their sisters: the benchmark and the screenshots.
pub const PACKAGE: &str = "passgrid-browser-tests";

/// Builds the page and runs one of the package's programs on it.
///
/// # Errors
///
/// If the set-up, the build or the program fails.
pub fn run(workspace: &Workspace, bin: &str, arguments: &[String]) -> Result<()> {
    setup::setup(workspace, Needs::BuildAndBrowser)?;
    build::build(workspace)?;
    let mut command = workspace.cargo();
    command.args(["run", "--release", "--package", PACKAGE, "--bin", bin, "--"]).args(arguments);
    describe_build(&mut command, workspace);
    process::run(&mut command)
}

/// Tells a program of the package, through its environment, where the build and the browser are.
pub fn describe_build(command: &mut Command, workspace: &Workspace) {
    command.env("PASSGRID_DIST", workspace.dist());
    if let Some(Browser { browser, driver }) = Browser::find() {
        command.env("PASSGRID_BROWSER", browser).env("PASSGRID_DRIVER", driver);
    }
}
