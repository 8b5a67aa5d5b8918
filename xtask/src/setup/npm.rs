//! The packages from npm: plotly.js, SQLite and xz-decompress for the page, wasm-opt for the build, axe-core for the tests,
//! and for the benchmark parsers of XML that other pages use: saxes, txml and fast-xml-parser.

use std::{collections::BTreeMap, fs, path::Path, process::Command};

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::{process, setup::announce, workspace::Workspace};

/// Installs the packages of package-lock.json, unless they are installed.
pub fn ensure(workspace: &Workspace) -> Result<()> {
    let root = workspace.root();
    let wanted = root.join("package-lock.json");
    let wanted = read_packages(&wanted).with_context(|| format!("{} cannot be read", wanted.display()))?;
    // npm writes the same list into node_modules when it is done. If it cannot be read, the packages
    // have to be installed (again).
    let installed = read_packages(&root.join("node_modules/.package-lock.json")).unwrap_or_default();
    if is_satisfied(&wanted, &installed) && wanted.keys().all(|folder| root.join(folder).is_dir()) {
        return Ok(());
    }

    announce("installing the packages of package-lock.json with npm");
    let npm = which::which("npm").context(
        "npm is not on PATH: install Node.js 20 or later with npm (https://nodejs.org, or your distribution's\n\
         packages, on Debian and Ubuntu `apt-get install nodejs npm`) and run this command again",
    )?;
    let mut install = Command::new(npm);
    install.args(["ci", "--no-audit", "--no-fund"]).current_dir(root);
    process::run(&mut install)
        .context("the packages from npm could not be installed; can this machine reach the npm registry?")
}

/// Identifies a package's content.
#[derive(Debug, PartialEq, Eq, Deserialize)]
struct Package {
    version: Option<String>,
    integrity: Option<String>,
}

/// Packages by their folder, such as `node_modules/binaryen`.
type Packages = BTreeMap<String, Package>;

fn read_packages(lock: &Path) -> Result<Packages> {
    parse_packages(&fs::read(lock)?)
}

/// Returns the packages of a lock file, without the entry of the repository itself.
fn parse_packages(lock: &[u8]) -> Result<Packages> {
    #[derive(Deserialize)]
    struct Lock {
        packages: Packages,
    }

    let mut packages = serde_json::from_slice::<Lock>(lock)?.packages;
    packages.remove("");
    Ok(packages)
}

/// Returns whether each wanted package is installed with the same content.
fn is_satisfied(wanted: &Packages, installed: &Packages) -> bool {
    wanted.iter().all(|(folder, package)| installed.get(folder) == Some(package))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lock(axe_version: &str) -> Packages {
        let text = format!(
            r#"{{ "name": "x", "lockfileVersion": 3, "packages": {{
                "": {{ "name": "x", "devDependencies": {{ "axe-core": "{axe_version}" }} }},
                "node_modules/axe-core": {{ "version": "{axe_version}", "integrity": "sha512-{axe_version}", "dev": true }}
            }} }}"#
        );
        parse_packages(text.as_bytes()).unwrap()
    }

    #[test]
    fn the_repository_itself_is_not_a_package() {
        assert_eq!(lock("4.0.0").keys().collect::<Vec<_>>(), ["node_modules/axe-core"]);
    }

    #[test]
    fn the_same_packages_satisfy() {
        assert!(is_satisfied(&lock("4.0.0"), &lock("4.0.0")));
    }

    #[test]
    fn other_or_missing_versions_do_not_satisfy() {
        assert!(!is_satisfied(&lock("4.0.1"), &lock("4.0.0")));
        assert!(!is_satisfied(&lock("4.0.0"), &Packages::new()));
    }
}
