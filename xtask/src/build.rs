//! Building the page with Trunk.

use std::{env, path::Path, process::Command};

use anyhow::{Context, Result};

use crate::{process, setup::standard_library, workspace::Workspace};

/// Makes the release build in `dist/`. The set-up must be complete.
///
/// # Errors
///
/// If Trunk fails; its own output has then said why.
pub fn build(workspace: &Workspace) -> Result<()> {
    let small = standard_library::variables(workspace)?;
    process::run(trunk(workspace)?.args(["build", "--release"]).envs(small)).context("the page was not built")
}

/// Trunk in the root of the workspace, with the tools that the set-up installed.
///
/// It finds them on PATH and so fetches nothing. Its `--offline` would say the same, but also
/// forbid cargo to fetch the crates that only wasm needs, which a fresh clone still lacks.
pub fn trunk(workspace: &Workspace) -> Result<Command> {
    let path = workspace.tool_path()?;
    let program = which::which_in("trunk", Some(&path), workspace.root())
        .context("trunk is not installed: run `cargo xtask setup`")?;
    let mut trunk = Command::new(program);
    // Its hook is this program, found by its name: cargo could not run it under the variables of a
    // release build.
    let own = env::current_exe()?;
    let folders = own.parent().map(Path::to_owned).into_iter().chain(env::split_paths(&path));
    trunk.current_dir(workspace.root()).env("PATH", env::join_paths(folders)?);
    // By convention any value of NO_COLOR counts, and Trunk refuses all but `true` and `false`.
    if let Some(value) = env::var_os("NO_COLOR") {
        trunk.env("NO_COLOR", if value.is_empty() { "false" } else { "true" });
    }
    Ok(trunk)
}
