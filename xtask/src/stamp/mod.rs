//! Completes a build: joins its style sheets; fills in its ID, the list of formats, the list of its files
//! for the service worker, and the hashes of its inline scripts, which the content security policy allows.
//!
//! Trunk runs this as a hook after each build, so that `trunk serve` and a plain `trunk build` give
//! pages under the same policy. See Trunk.toml.

mod formats;
mod inline_scripts;
mod offline;
mod style_sheets;

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};
use base64::{Engine, prelude::BASE64_STANDARD};
use sha2::{Digest, Sha256};

use crate::workspace::Workspace;

/// The placeholder in the service worker for the list of the page's files.
const FILES_PLACEHOLDER: &str = "{{files}}";
/// The placeholder in index.html for the list of formats.
const FORMATS_PLACEHOLDER: &str = "{{formats}}";
/// The placeholder in index.html for the hashes of the inline scripts.
const SCRIPTS_PLACEHOLDER: &str = "{{inline-scripts}}";
/// The placeholder in index.html and in the worker's loader for the build ID.
const BUILD_PLACEHOLDER: &str = "{{build}}";
/// Trunk replaces this when it serves the page, which would change the script after it was hashed.
const TRUNK_ADDRESS: &str = "'{{__TRUNK_ADDRESS__}}'";
/// Likewise, the path of Trunk's socket.
const TRUNK_SOCKET_BASE: &str = "{{__TRUNK_WS_BASE__}}";

/// Fills in the placeholders of the build that Trunk has staged.
///
/// # Errors
///
/// If Trunk did not start this command, or a placeholder is missing.
pub fn stamp_staged_build(workspace: &Workspace) -> Result<()> {
    let Some(folder) = env::var_os("TRUNK_STAGING_DIR").map(PathBuf::from) else {
        bail!("TRUNK_STAGING_DIR is not set: this command is Trunk's hook, run `cargo xtask dist` instead");
    };
    // By its own name, index.mjs, some hosts would not send it as JavaScript.
    let sqlite = workspace.root().join("node_modules/@sqlite.org/sqlite-wasm/dist/index.mjs");
    fs::copy(&sqlite, folder.join("sqlite3.js")).with_context(|| sqlite.display().to_string())?;
    stamp(&folder, &formats::list(workspace.root())?)
        .with_context(|| format!("the build in {} could not be completed", folder.display()))?;
    // A page that is being developed must not come from a cache.
    if env::var_os("TRUNK_PROFILE").is_some_and(|profile| profile != "release") {
        fs::remove_file(folder.join("service-worker.js"))?;
    }
    Ok(())
}

fn stamp(folder: &Path, formats: &str) -> Result<()> {
    let build = build_id(folder)?;
    rewrite(&folder.join("index.html"), |html| {
        let html = style_sheets::join(html, folder)?;
        let html = fix_reload_address(&html);
        let html = replace(&html, BUILD_PLACEHOLDER, &build)?;
        let html = replace(&html, FORMATS_PLACEHOLDER, formats)?;
        allow_inline_scripts(&html)
    })?;
    rewrite(&folder.join("worker-loader.js"), |script| replace(script, BUILD_PLACEHOLDER, &build))?;
    let files = offline::list(folder, &build)?;
    rewrite(&folder.join("service-worker.js"), |script| {
        replace(&replace(script, BUILD_PLACEHOLDER, &build)?, FILES_PLACEHOLDER, &files)
    })
}

fn rewrite(file: &Path, change: impl FnOnce(&str) -> Result<String>) -> Result<()> {
    let name = || file.display().to_string();
    let old = fs::read_to_string(file).with_context(name)?;
    let new = change(&old).with_context(name)?;
    fs::write(file, new).with_context(name)
}

/// Replaces all occurrences of a placeholder. There must be at least one.
fn replace(text: &str, placeholder: &str, value: &str) -> Result<String> {
    if !text.contains(placeholder) {
        bail!("the placeholder {placeholder} is missing");
    }
    Ok(text.replace(placeholder, value))
}

/// Adds the hash of every inline script to the policy.
fn allow_inline_scripts(html: &str) -> Result<String> {
    let sources: Vec<_> = inline_scripts::inline_scripts(html).into_iter().map(policy_source).collect();
    replace(html, SCRIPTS_PLACEHOLDER, &sources.join(" "))
}

/// Sets what scripts the policy of a finished page allows: these sources, and the inline scripts.
///
/// # Errors
///
/// If the page has no policy for scripts.
pub fn allow_scripts(html: &str, sources: &str) -> Result<String> {
    let directive = "script-src ";
    let Some((before, after)) = html.split_once(directive) else {
        bail!("the page has no policy for scripts");
    };
    let (_, after) = after.split_once(';').context("the policy for scripts does not end")?;
    allow_inline_scripts(&format!("{before}{directive}{sources} {SCRIPTS_PLACEHOLDER};{after}"))
}

/// Returns the source expression that allows a script, by the hash of its text.
fn policy_source(script: &str) -> String {
    // A browser hashes the text after parsing, which normalizes line ends.
    let parsed = script.replace("\r\n", "\n").replace('\r', "\n");
    format!("'sha256-{}'", BASE64_STANDARD.encode(Sha256::digest(parsed)))
}

/// Sets the address of Trunk's reload script to the page's, now rather than when it is served.
fn fix_reload_address(html: &str) -> String {
    html.replace(TRUNK_ADDRESS, "window.location.host").replace(TRUNK_SOCKET_BASE, "/")
}

/// Returns the ID of a build, sixteen hexadecimal digits of a hash over all scripts and modules. With
/// it, a page notices a worker of another build.
fn build_id(folder: &Path) -> Result<String> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "js" || extension == "wasm") {
            files.push(path);
        }
    }
    files.sort();

    let mut hash = Sha256::new();
    for file in files {
        // Hashes of files, not their concatenated bytes: where one ends is part of the ID.
        hash.update(Sha256::digest(file.file_name().unwrap_or_default().as_encoded_bytes()));
        hash.update(Sha256::digest(fs::read(&file)?));
    }
    Ok(hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_the_hash_of_the_text() {
        // The example of https://www.w3.org/TR/CSP2/#script-src-hash-usage.
        assert_eq!(
            policy_source("alert('Hello, world.');"),
            "'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='"
        );
    }

    #[test]
    fn line_ends_are_hashed_as_the_browser_sees_them() {
        assert_eq!(policy_source("a\r\nb"), policy_source("a\nb"));
    }

    #[test]
    fn the_policy_names_each_inline_script() {
        let html = r#"<meta content="script-src 'self' {{inline-scripts}}"><script>a</script><script type=module>b</script>"#;
        let expected = format!("script-src 'self' {} {}", policy_source("a"), policy_source("b"));
        assert!(allow_inline_scripts(html).unwrap().contains(&expected));
    }

    #[test]
    fn a_page_without_the_placeholder_is_refused() {
        let error = allow_inline_scripts("<script>a</script>").unwrap_err();
        assert_eq!(error.to_string(), "the placeholder {{inline-scripts}} is missing");
    }

    #[test]
    fn page_and_loader_get_the_same_id_and_other_code_another_one() {
        let stamped = |module: &str| {
            let folder = tempfile::tempdir().unwrap();
            let path = |name: &str| folder.path().join(name);
            let html = "{{build}} {{formats}} {{inline-scripts}}<link rel=stylesheet href=a.css>";
            fs::write(path("index.html"), html).unwrap();
            fs::write(path("a.css"), "a{}").unwrap();
            fs::write(path("worker-loader.js"), "{{build}}").unwrap();
            fs::write(path("service-worker.js"), "{{build}} {{files}}").unwrap();
            fs::write(path("worker_bg.wasm"), module).unwrap();
            stamp(folder.path(), "<li>TAP</li>").unwrap();
            let page = fs::read_to_string(path("index.html")).unwrap();
            let loader = fs::read_to_string(path("worker-loader.js")).unwrap();
            (page.split(' ').next().unwrap_or_default().to_owned(), loader)
        };
        let (page, loader) = stamped("one");
        assert_eq!(page, loader);
        assert_eq!(page.len(), 16);
        assert_ne!(stamped("two").0, page);
    }

    #[test]
    fn the_reload_script_is_hashed_as_it_will_be_served() {
        let html = fix_reload_address(
            "const address = '{{__TRUNK_ADDRESS__}}'; const base = '{{__TRUNK_WS_BASE__}}';",
        );
        assert_eq!(html, "const address = window.location.host; const base = '/';");
    }
}
