//! The paths of the checkout.

use std::{
    env,
    ffi::OsString,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};

/// The checkout that the command was started in.
pub struct Workspace {
    root: PathBuf,
}

impl Workspace {
    /// Finds the checkout through the variable that `cargo run` sets. The folder at compile time is
    /// for starting the binary by hand.
    pub fn find() -> Self {
        let manifest = env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root = manifest.parent().map(Path::to_owned).unwrap_or(manifest);
        Self { root }
    }

    /// The folder with the workspace's Cargo.toml.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The release build of the page.
    pub fn dist(&self) -> PathBuf {
        self.root.join("dist")
    }

    /// The root folder of the Rust tools that setup installs; the programs are in its `bin`.
    pub fn tools(&self) -> PathBuf {
        self.root.join("target/tools")
    }

    /// A search path that has the installed tools before the machine's own.
    pub fn tool_path(&self) -> Result<OsString> {
        let own = [self.tools().join("bin"), self.root.join("node_modules/.bin")];
        let machine = env::var_os("PATH").unwrap_or_default();
        env::join_paths(own.into_iter().chain(env::split_paths(&machine)))
            .context("the checkout's path has a character that PATH cannot hold")
    }

    /// Finds a program among the installed tools and on PATH.
    pub fn tool(&self, program: &str) -> Result<PathBuf> {
        which::which_in(program, Some(self.tool_path()?), &self.root)
            .with_context(|| format!("{program} is not installed: run `cargo xtask setup`"))
    }

    /// A cargo command in the root, with the toolchain that runs this program.
    pub fn cargo(&self) -> Command {
        let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.current_dir(&self.root);
        command
    }
}
