//! The programs that cargo installs: Trunk, wasm-bindgen's command and geckodriver, each in one
//! exact version.

use std::{fs, path::Path, process::Command};

use anyhow::{Context, Result, anyhow};
use serde::Deserialize;

use crate::{process, setup::announce, workspace::Workspace};

/// The last version that a compiler of our `rust-version` builds.
const TRUNK_VERSION: &str = "0.21.14";
/// Drives Firefox.
const GECKODRIVER_VERSION: &str = "0.37.1";

/// A program that cargo installs.
struct Tool {
    /// The name in the package registry.
    package: &'static str,
    /// The name of the program.
    program: &'static str,
    version: String,
    options: &'static [&'static str],
    /// How far the compiler optimizes the tool. A high level would cost minutes in the first setup,
    /// for a program that runs for a second.
    opt_level: &'static str,
}

/// Installs the tools of the build that are missing or have another version.
pub fn ensure(workspace: &Workspace) -> Result<()> {
    let trunk = Tool {
        package: "trunk",
        program: "trunk",
        version: TRUNK_VERSION.to_owned(),
        // Without its default features it has no TLS, which is most of its build. It needs no TLS:
        // the tools that it would download are installed already.
        options: &["--locked", "--no-default-features"],
        // It only copies files and calls other programs. This saves minutes of its build.
        opt_level: "0",
    };
    let wasm_bindgen = Tool {
        package: "wasm-bindgen-cli",
        program: "wasm-bindgen",
        version: library_version(workspace)?,
        // Not `--locked`: its lock file once named a dependency that was yanked.
        options: &[],
        // It reads and writes whole modules.
        opt_level: "1",
    };
    trunk.ensure(workspace)?;
    wasm_bindgen.ensure(workspace)
}

/// Installs the driver of Firefox, unless the right version is installed.
pub fn ensure_geckodriver(workspace: &Workspace) -> Result<()> {
    let geckodriver = Tool {
        package: "geckodriver",
        program: "geckodriver",
        version: GECKODRIVER_VERSION.to_owned(),
        options: &["--locked"],
        // It only passes messages on.
        opt_level: "0",
    };
    geckodriver.ensure(workspace)
}

impl Tool {
    fn ensure(&self, workspace: &Workspace) -> Result<()> {
        if self.is_installed(workspace)? { Ok(()) } else { self.install(workspace) }
    }

    /// Whether the program that the build would find has the right version.
    fn is_installed(&self, workspace: &Workspace) -> Result<bool> {
        let Ok(program) = which::which_in(self.program, Some(workspace.tool_path()?), workspace.root())
        else {
            return Ok(false);
        };
        // A program that does not run must be installed again.
        let answer = process::output(Command::new(program).arg("--version")).unwrap_or_default();
        Ok(version_in_answer(&answer) == Some(self.version.as_str()))
    }

    fn install(&self, workspace: &Workspace) -> Result<()> {
        let Self { package, version, .. } = self;
        announce(&format!("building {package} {version} (a few minutes, once)"));

        // In a separate folder, so that the workspace's build is unaffected and an interrupted
        // installation continues where it stopped.
        let intermediates = workspace.root().join("target/tools-build");
        let mut install = workspace.cargo();
        install
            .args(["install", package, "--version", version, "--force"])
            .args(self.options)
            .arg("--root")
            .arg(workspace.tools())
            .env("CARGO_TARGET_DIR", &intermediates)
            .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", self.opt_level)
            .env("CARGO_PROFILE_RELEASE_LTO", "off")
            .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
            // Flags that are meant for the page must not change the tools.
            .env_remove("RUSTFLAGS");
        process::run(&mut install).with_context(|| {
            format!(
                "{package} {version} could not be installed.\n\
                 If the package registry cannot be reached, put `{}` in this version on PATH yourself",
                self.program
            )
        })?;

        fs::remove_dir_all(&intermediates).with_context(|| {
            format!("could not remove {}, which is not needed any more", intermediates.display())
        })
    }
}

/// Returns the version of the wasm-bindgen library. Library and command must have the same version.
fn library_version(workspace: &Workspace) -> Result<String> {
    let path = workspace.root().join("Cargo.lock");
    read_library_version(&path)
        .with_context(|| format!("{} does not say which wasm-bindgen to install", path.display()))
}

fn read_library_version(path: &Path) -> Result<String> {
    locked_version(&fs::read_to_string(path)?, "wasm-bindgen")
}

/// Returns the version of a package in the text of a Cargo.lock. If there are several, it is the
/// first; wasm-bindgen can occur only once, because its shared part has a `links` key.
fn locked_version(lock: &str, package: &str) -> Result<String> {
    #[derive(Deserialize)]
    struct Lock {
        package: Vec<Package>,
    }
    #[derive(Deserialize)]
    struct Package {
        name: String,
        version: String,
    }

    let lock: Lock = toml::from_str(lock)?;
    lock.package
        .into_iter()
        .find(|candidate| candidate.name == package)
        .map(|found| found.version)
        .ok_or_else(|| anyhow!("it has no package `{package}`"))
}

/// Returns the version in the output of `--version`, such as `trunk 0.21.14`.
fn version_in_answer(answer: &str) -> Option<&str> {
    answer.split_whitespace().nth(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCK: &str = r#"
version = 4

[[package]]
name = "wasm-bindgen-futures"
version = "0.4.9"

[[package]]
name = "wasm-bindgen"
version = "0.2.130"
source = "registry+https://example.org/index"
dependencies = ["cfg-if"]
"#;

    #[test]
    fn the_version_is_that_of_the_package_with_the_whole_name() {
        assert_eq!(locked_version(LOCK, "wasm-bindgen").unwrap(), "0.2.130");
    }

    #[test]
    fn a_package_that_is_not_locked_is_named() {
        let error = locked_version(LOCK, "trunk").unwrap_err();
        assert_eq!(error.to_string(), "it has no package `trunk`");
    }

    #[test]
    fn the_repository_locks_wasm_bindgen() {
        let version = library_version(&Workspace::find()).unwrap();
        assert!(version.starts_with("0.2."), "{version}");
    }

    #[test]
    fn versions_follow_the_program_name() {
        assert_eq!(version_in_answer("trunk 0.21.14"), Some("0.21.14"));
        assert_eq!(version_in_answer("wasm-bindgen 0.2.130 (abc)"), Some("0.2.130"));
        assert_eq!(version_in_answer(""), None);
    }
}
