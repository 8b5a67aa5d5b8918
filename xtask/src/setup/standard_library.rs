//! The source of the standard library, from which release builds make one that is smaller.

use std::{env, path::Path, process::Command, process::Stdio};

use anyhow::Result;

use crate::{process, setup::announce, workspace::Workspace};

/// What a panic does, at its place: a trap and no text, so that what makes texts is not linked.
const TRAP: [&str; 2] = ["-Zunstable-options", "-Cpanic=immediate-abort"];

/// What `.cargo/config.toml` has for the target; a variable takes its place.
const TARGET_FLAGS: &str = "-Ctarget-feature=+simd128";

/// Adds the source of the standard library to the toolchain in use, if rustup can. A build without
/// it is larger, and the same otherwise.
pub fn ensure() -> Result<()> {
    if has_source()? {
        return Ok(());
    }
    announce("adding the source of the standard library (rust-src) to the Rust toolchain");
    let added = Command::new("rustup").args(["component", "add", "rust-src"]).status();
    if !added.is_ok_and(|status| status.success()) {
        announce("rust-src cannot be added: release builds will be about 30 kB larger");
    }
    Ok(())
}

/// The variables that make cargo build the standard library together with the page, without texts
/// of panics: a tenth of a first visit. None where the toolchain cannot do it.
///
/// Both flags are unstable, which is why what the compiler says of them is asked first, and why
/// nothing but the size depends on them.
///
/// # Errors
///
/// If there is no working compiler.
pub fn variables(workspace: &Workspace) -> Result<Vec<(&'static str, String)>> {
    let knows_trap = Command::new(rustc())
        .current_dir(workspace.root())
        .args(TRAP)
        .args(["--target", "wasm32-unknown-unknown", "--print", "cfg"])
        .env("RUSTC_BOOTSTRAP", "1")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()?
        .success();
    if !knows_trap || !has_source()? {
        return Ok(Vec::new());
    }
    let flags = format!("{TARGET_FLAGS} {}", TRAP.join(" "));
    Ok(vec![
        ("RUSTC_BOOTSTRAP", "1".to_owned()),
        ("CARGO_UNSTABLE_BUILD_STD", "core,alloc,std,panic_abort".to_owned()),
        ("CARGO_UNSTABLE_BUILD_STD_FEATURES", "optimize_for_size".to_owned()),
        ("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", flags),
    ])
}

fn rustc() -> std::ffi::OsString {
    env::var_os("RUSTC").unwrap_or_else(|| "rustc".into())
}

fn has_source() -> Result<bool> {
    let sysroot = process::output(Command::new(rustc()).args(["--print", "sysroot"]))?;
    Ok(Path::new(&sysroot).join("lib/rustlib/src/rust/library/Cargo.lock").is_file())
}
