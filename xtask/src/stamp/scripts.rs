//! Scripts without what only their readers need.
//!
//! Trunk has a minifier of its own, which leaves a script as it is that it cannot read. It cannot
//! read the page's: wasm-bindgen ends it with `export { … as default }`.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::Result;

use crate::process;

/// What the set-up installs from npm.
const ESBUILD: &str = "node_modules/esbuild-wasm/bin/esbuild";

/// Minifies the scripts of a folder, but for those that came so.
///
/// # Errors
///
/// If one cannot be read or written, or is no script.
pub fn minify_all(root: &Path, folder: &Path) -> Result<()> {
    let mut scripts: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.to_string_lossy();
        if name.ends_with(".js") && !name.ends_with(".min.js") {
            scripts.push(path);
        }
    }
    let mut esbuild = Command::new("node");
    esbuild.arg(root.join(ESBUILD)).args(["--minify", "--allow-overwrite", "--log-level=warning"]);
    process::run(esbuild.arg(format!("--outdir={}", folder.display())).args(scripts))
}
