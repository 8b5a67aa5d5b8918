//! Builds the page with Trunk.

use std::{env, process::Command};

use anyhow::{Context, Result};

use crate::{one_file, process, workspace::Workspace};

/// Writes the release build to `dist/`, and beside its parts the page as one file. Setup must be complete.
///
/// # Errors
///
/// If Trunk fails; its output says why.
pub fn build(workspace: &Workspace) -> Result<()> {
    process::run(trunk(workspace)?.args(["build", "--release"])).context("the page was not built")?;
    one_file::write(workspace).with_context(|| format!("{} was not written", one_file::NAME))
}

/// Returns a Trunk command in the root of the workspace, with the tools that setup installed.
///
/// Trunk finds them on PATH and so downloads nothing. Its `--offline` would also stop cargo from
/// downloading the crates that only wasm needs, which a fresh clone still lacks.
pub fn trunk(workspace: &Workspace) -> Result<Command> {
    let mut trunk = Command::new(workspace.tool("trunk")?);
    trunk.current_dir(workspace.root()).env("PATH", workspace.tool_path()?);
    // By convention any value of NO_COLOR counts, but Trunk accepts only `true` and `false`.
    if let Some(value) = env::var_os("NO_COLOR") {
        trunk.env("NO_COLOR", if value.is_empty() { "false" } else { "true" });
    }
    Ok(trunk)
}
