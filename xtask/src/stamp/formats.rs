//! The list of formats, for the static page.
//!
//! It is in `assets/formats.html`, which the tests keep the same as the engine's list of formats. So
//! the build has the list without compiling the engine for this machine.

use anyhow::{Context, Result};
use std::{fs, path::Path};

/// Returns the HTML of the list, without the line breaks of the file.
///
/// # Errors
///
/// If the file cannot be read.
pub fn list(root: &Path) -> Result<String> {
    let path = root.join("assets/formats.html");
    let html = fs::read_to_string(&path).with_context(|| format!("{} cannot be read", path.display()))?;
    Ok(html.lines().map(str::trim).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_repository_has_the_list() {
        let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
        let list = list(root).unwrap();
        assert!(list.starts_with("<dl><div><dt>JUnit XML</dt>") && list.ends_with("</details>"), "{list}");
    }

    #[test]
    fn a_missing_list_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        assert!(list(folder.path()).is_err());
    }
}
