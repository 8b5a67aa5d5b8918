//! The wasm target of the Rust toolchain.

use std::{env, path::Path, process::Command};

use anyhow::{Context, Result};

use crate::{process, setup::announce};

const TARGET: &str = "wasm32-unknown-unknown";

/// Adds the wasm target to the toolchain in use.
///
/// The compiler's own folder says whether it is installed: rustup knows only the toolchains that it
/// installed itself.
pub fn ensure() -> Result<()> {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let sysroot = process::output(Command::new(rustc).args(["--print", "sysroot"]))
        .context("there is no working Rust compiler: install stable Rust with rustup (https://rustup.rs)")?;
    if Path::new(&sysroot).join("lib/rustlib").join(TARGET).join("lib").is_dir() {
        return Ok(());
    }

    announce(&format!("adding the target {TARGET} to the Rust toolchain"));
    process::run(Command::new("rustup").args(["target", "add", TARGET])).with_context(|| {
        format!(
            "the Rust toolchain in {sysroot} has no standard library for {TARGET}, and rustup cannot add one.\n\
             Either run `rustup target add {TARGET}` where rustup reaches its server, or take another\n\
             toolchain that has the target, such as one from your distribution's packages: link it with\n\
             `rustup toolchain link NAME FOLDER`, set RUSTUP_TOOLCHAIN=NAME and run this command again"
        )
    })
}
