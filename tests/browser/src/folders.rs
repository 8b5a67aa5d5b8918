//! Folders of result files, and parts of them.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use flate2::{Compression, write::GzEncoder};
use tempfile::TempDir;

/// All files below a folder, by path, relative to it and with `/`.
///
/// # Errors
///
/// If it cannot be read.
pub fn files_below(folder: &Path) -> Result<Vec<String>> {
    let mut files = Vec::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(next) = waiting.pop() {
        for entry in fs::read_dir(&next).with_context(|| format!("{}", next.display()))? {
            let path = entry?.path();
            if path.is_dir() {
                waiting.push(path);
            } else {
                let parts: Vec<_> =
                    path.strip_prefix(folder)?.iter().map(|part| part.to_string_lossy()).collect();
                files.push(parts.join("/"));
            }
        }
    }
    files.sort();
    Ok(files)
}

/// Copies the files of a folder whose relative paths are meant, with their subfolders, to a folder
/// of the same name below `to`, which is given.
///
/// # Errors
///
/// If something cannot be read or written.
pub fn copy_matching(from: &Path, to: &Path, is_meant: impl Fn(&str) -> bool) -> Result<PathBuf> {
    let target = to.join(from.file_name().unwrap_or_default());
    for file in files_below(from)?.into_iter().filter(|file| is_meant(file)) {
        let path = target.join(&file);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        // Read and written, not copied: the copy of a read-only file could not be removed everywhere.
        fs::write(path, fs::read(from.join(&file))?)?;
    }
    Ok(target)
}

/// Copies a build to a new folder and puts a compressed twin beside each of its files, as a static
/// host would send it.
///
/// # Errors
///
/// If something cannot be read or written.
pub fn compressed_copy(build: &Path) -> Result<TempDir> {
    let folder = tempfile::tempdir()?;
    for file in files_below(build)? {
        let path = folder.path().join(&file);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let content = fs::read(build.join(&file))?;
        let mut compressed = GzEncoder::new(Vec::new(), Compression::default());
        compressed.write_all(&content)?;
        fs::write(folder.path().join(format!("{file}.gz")), compressed.finish()?)?;
        fs::write(path, content)?;
    }
    Ok(folder)
}

/// Those of a folder's files that end like this.
pub fn only(ending: &str) -> impl Fn(&str) -> bool {
    move |file| file.ends_with(ending)
}
