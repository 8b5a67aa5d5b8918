//! The list of files that the service worker keeps, so that the page works without a network.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::Result;
use serde::Serialize;

use crate::one_file;

/// A file of the build.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct File {
    /// Relative to the page, as the page asks for it.
    url: String,
    /// Another content would have another URL.
    is_named_by_content: bool,
    /// The page works without it.
    is_optional: bool,
}

/// Returns the list as JSON.
///
/// # Errors
///
/// If the folder cannot be read.
pub fn list(folder: &Path, build: &str) -> Result<String> {
    let mut names = Vec::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(below) = folders.pop() {
        for entry in fs::read_dir(folder.join(&below))? {
            let entry = entry?;
            let name = below.join(entry.file_name());
            if entry.file_type()?.is_dir() {
                folders.push(name);
            } else {
                names.push(name.to_string_lossy().replace('\\', "/"));
            }
        }
    }
    names.retain(|name| name != "service-worker.js");
    // Written after this list.
    if !names.iter().any(|name| name == one_file::NAME) {
        names.push(one_file::NAME.to_owned());
    }
    names.sort();
    let files: Vec<File> = names.iter().map(|name| file(name, build)).collect();
    Ok(serde_json::to_string(&files)?)
}

fn file(name: &str, build: &str) -> File {
    let is_of_worker = matches!(name, "worker-loader.js" | "worker.js" | "worker_bg.wasm");
    let has_hash = name
        .split(['-', '_', '.'])
        .any(|part| part.len() == 16 && part.bytes().all(|byte| byte.is_ascii_hexdigit()));
    let url = match name {
        "index.html" => "./".to_owned(),
        _ if is_of_worker => format!("{name}?build={build}"),
        _ => name.to_owned(),
    };
    File {
        url,
        is_named_by_content: is_of_worker || has_hash,
        is_optional: name == one_file::NAME || name.starts_with("sqlite"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_files_are_listed_as_the_page_asks_for_them() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("demo/1.0")).unwrap();
        for name in
            ["index.html", "service-worker.js", "worker.js", "style-0123456789abcdef.css", "demo/1.0/a.xml"]
        {
            fs::write(folder.path().join(name), "").unwrap();
        }
        let list: serde_json::Value = serde_json::from_str(&list(folder.path(), "b1").unwrap()).unwrap();
        let files: Vec<(&str, bool, bool)> = list
            .as_array()
            .unwrap()
            .iter()
            .map(|file| {
                let is = |name: &str| file[name].as_bool().unwrap();
                (file["url"].as_str().unwrap(), is("isNamedByContent"), is("isOptional"))
            })
            .collect();
        assert_eq!(
            files,
            [
                ("demo/1.0/a.xml", false, false),
                ("./", false, false),
                ("passgrid.html", false, true),
                ("style-0123456789abcdef.css", true, false),
                ("worker.js?build=b1", true, false),
            ]
        );
    }
}
