//! The build for a static host, with the cost of a first visit.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use flate2::{Compression, write::GzEncoder};

use crate::{
    build,
    setup::{self, Needs},
    workspace::Workspace,
};

/// The chart library. The page loads it when the first chart is shown, and not before.
const CHARTS: &str = "plotly-cartesian.min.js";

/// What reads all formats and archives. The page loads it with the first file that its worker does
/// not know, or when there is much to read.
const READER: [&str; 2] = ["reader.js", "reader_bg.wasm"];

/// The folder of the demo's reports. The page loads them when somebody tries the demo.
const DEMO: &str = "demo";

/// Builds the page and prints where it is and how large.
///
/// # Errors
///
/// If the set-up or the build fails.
pub fn dist(workspace: &Workspace) -> Result<()> {
    setup::setup(workspace, Needs::Build)?;
    build::build(workspace)?;

    let folder = workspace.dist();
    let files =
        measure(&folder).with_context(|| format!("the build in {} cannot be read", folder.display()))?;
    print!("\n{}", report(&files));
    println!("\nThe folder to upload: {}", folder.display());
    Ok(())
}

/// A file of the build with its sizes in bytes.
struct File {
    /// The path below the build's folder.
    name: PathBuf,
    bytes: usize,
    gzip_bytes: usize,
}

impl File {
    fn when(&self) -> When {
        if self.name == Path::new(CHARTS) {
            When::FirstChart
        } else if READER.iter().any(|reader| self.name == Path::new(reader)) {
            When::Reader
        } else if self.name.starts_with(DEMO) {
            When::Demo
        } else {
            When::FirstVisit
        }
    }
}

/// When a browser loads a file.
#[derive(Clone, Copy, PartialEq)]
enum When {
    FirstVisit,
    FirstChart,
    Reader,
    Demo,
}

/// All files below a folder, by name.
fn measure(folder: &Path) -> Result<Vec<File>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let content = fs::read(&path)?;
            let name = path.strip_prefix(folder)?.to_owned();
            files.push(File { name, bytes: content.len(), gzip_bytes: gzip_size(&content)? });
        }
    }
    files.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(files)
}

/// The size under gzip at its usual level, which is what most static hosts send.
fn gzip_size(content: &[u8]) -> Result<usize> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(content)?;
    Ok(encoder.finish()?.len())
}

/// A table of the files of a first visit, their sum, and what comes later.
fn report(files: &[File]) -> String {
    let row = |name: &str, bytes: usize, gzip_bytes: usize| {
        format!("{name:<40} {:>10} {:>10}\n", kilobytes(bytes), kilobytes(gzip_bytes))
    };
    let of = |when| files.iter().filter(move |file| file.when() == when);
    let in_all = |name: &str, when| {
        let sum = |size: fn(&File) -> usize| of(when).map(size).sum();
        row(name, sum(|file| file.bytes), sum(|file| file.gzip_bytes))
    };

    let mut report = format!("{:<40} {:>10} {:>10}\n", "first visit", "size", "gzip");
    for file in of(When::FirstVisit) {
        report += &row(&file.name.to_string_lossy(), file.bytes, file.gzip_bytes);
    }
    report += &in_all("in all", When::FirstVisit);
    report += &in_all(&format!("with the first chart: {CHARTS}"), When::FirstChart);
    report += &in_all("with more files, other formats, archives", When::Reader);
    report += &in_all(&format!("with the demo: {DEMO}/, {} files", of(When::Demo).count()), When::Demo);
    report
}

/// Bytes in units of 1000, as browsers show transfers.
fn kilobytes(bytes: usize) -> String {
    format!("{}.{} kB", bytes / 1000, bytes % 1000 / 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn charts_the_reader_and_the_demo_are_no_part_of_the_first_visit() {
        let file = |name: &str, bytes, gzip_bytes| File { name: name.into(), bytes, gzip_bytes };
        let files = [
            file("index.html", 2000, 900),
            file(CHARTS, 1_400_000, 400_000),
            file("reader_bg.wasm", 700_000, 300_000),
            file("demo/1.0/a.xml", 30_000, 3000),
            file("demo/1.0/b.xml", 30_000, 3000),
            file("main.css", 1550, 700),
        ];
        let report = report(&files);
        let sum = report.lines().find(|line| line.starts_with("in all")).unwrap();
        assert_eq!(sum.split_whitespace().collect::<Vec<_>>(), ["in", "all", "3.5", "kB", "1.6", "kB"]);
        assert!(report.contains("with the first chart: plotly-cartesian.min.js"));
        let demo = report.lines().find(|line| line.starts_with("with the demo: demo/, 2 files")).unwrap();
        assert!(demo.ends_with("60.0 kB     6.0 kB"), "{demo}");
    }

    #[test]
    fn files_of_subfolders_are_measured_by_their_path() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("snippets")).unwrap();
        fs::write(folder.path().join("snippets/a.js"), "a".repeat(500)).unwrap();
        let files = measure(folder.path()).unwrap();
        assert_eq!(files.len(), 1);
        assert_eq!(files[0].name, Path::new("snippets/a.js"));
        assert_eq!(files[0].bytes, 500);
        assert!(files[0].gzip_bytes < 100);
    }
}
