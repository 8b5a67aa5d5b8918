//! The build for a static host, with its sizes and their guard rails.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};
use flate2::{Compression, write::GzEncoder};

use crate::{
    build, one_file,
    setup::{self, Needs},
    workspace::Workspace,
};

/// Builds the page and prints where it is and how large. With `gzip`, there is a compressed file beside
/// each file that is smaller by that.
///
/// # Errors
///
/// If setup or the build fails.
pub fn dist(workspace: &Workspace, gzip: bool) -> Result<()> {
    setup::setup(workspace, Needs::Build)?;
    build::build(workspace)?;
    print!("\n{}", report(&files(workspace)?));
    if gzip {
        compress(&workspace.dist())?;
    }
    println!("\nThe folder to upload: {}", workspace.dist().display());
    Ok(())
}

/// Compares the sizes of the build with their guard rails: prints a warning for each part that is
/// above its rail.
///
/// # Errors
///
/// If a part is above 1.25 times its rail, or there is no build.
pub fn check_sizes(workspace: &Workspace) -> Result<()> {
    let files = files(workspace)?;
    for part in Part::ALL {
        let (size, Some(rail)) = (gzip_bytes(&files, part), part.guard_rail()) else { continue };
        println!("{}", sum_line(&files, part));
        match verdict(size, rail) {
            Verdict::Within => {}
            Verdict::Above => println!("warning: above its guard rail"),
            Verdict::FarAbove => bail!(
                "{} has {} under gzip, more than 1.25 times its guard rail of {}",
                part.name(),
                kilobytes(size),
                kilobytes(rail)
            ),
        }
    }
    Ok(())
}

/// A file of the build with its sizes in bytes.
struct File {
    /// The path below the build's folder.
    name: PathBuf,
    bytes: usize,
    gzip_bytes: usize,
}

/// The parts of a build, by when a browser loads them.
#[derive(Clone, Copy, PartialEq)]
enum Part {
    /// HTML, CSS, JavaScript and wasm of the page itself.
    Page,
    /// The worker that reads all formats and owns the data, loaded after the first paint.
    Engine,
    /// The library for charts, loaded after the first report is on screen.
    Charts,
    /// SQLite, loaded when a person saves a database.
    Sqlite,
    /// The reports of the demo, loaded when a person starts it.
    Demo,
    /// What keeps the page without a network and installs it, loaded when nothing else is.
    Installed,
    /// The page as one file, loaded when a person saves a report.
    OneFile,
}

impl Part {
    const ALL: [Part; 7] =
        [Part::Page, Part::Engine, Part::Charts, Part::Sqlite, Part::Demo, Part::Installed, Part::OneFile];

    fn name(self) -> &'static str {
        match self {
            Part::Page => "the page",
            Part::Engine => "the engine",
            Part::Charts => "charts",
            Part::Sqlite => "SQLite",
            Part::Demo => "the demo",
            Part::Installed => "for the installed page",
            Part::OneFile => "all in one file",
        }
    }

    /// The guard rail in bytes of gzip, against accidental growth. A feature that needs more raises it in a
    /// separate commit.
    fn guard_rail(self) -> Option<usize> {
        match self {
            Part::Page => Some(1_000_000),
            Part::Engine => Some(1_400_000),
            Part::Charts | Part::Sqlite | Part::Demo | Part::Installed | Part::OneFile => None,
        }
    }

    /// The part that a file belongs to, by its path.
    fn of(name: &Path) -> Part {
        let text = name.to_string_lossy();
        if name.starts_with("demo") {
            Part::Demo
        } else if text == one_file::NAME {
            Part::OneFile
        } else if text.starts_with("icon-") || text == "manifest.webmanifest" || text == "service-worker.js" {
            Part::Installed
        } else if text.starts_with("plotly") {
            Part::Charts
        } else if text.starts_with("sqlite") {
            Part::Sqlite
        } else if text.starts_with("worker") {
            Part::Engine
        } else {
            Part::Page
        }
    }
}

/// How a size compares with its guard rail.
#[derive(Debug, PartialEq)]
enum Verdict {
    Within,
    Above,
    /// By more than a quarter.
    FarAbove,
}

fn verdict(size: usize, rail: usize) -> Verdict {
    if size <= rail {
        Verdict::Within
    } else if size * 4 <= rail * 5 {
        Verdict::Above
    } else {
        Verdict::FarAbove
    }
}

/// The files of the release build.
fn files(workspace: &Workspace) -> Result<Vec<File>> {
    let folder = workspace.dist();
    measure(&folder).with_context(|| format!("the build in {} cannot be read", folder.display()))
}

/// Writes the compressed twins.
fn compress(folder: &Path) -> Result<()> {
    for file in measure(folder)?.into_iter().filter(|file| file.gzip_bytes < file.bytes) {
        let path = folder.join(&file.name);
        let mut twin = path.clone().into_os_string();
        twin.push(".gz");
        fs::write(twin, gzip(&fs::read(path)?)?)?;
    }
    Ok(())
}

/// Measures all files below a folder, in the order of their names.
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

/// Returns the size under gzip at its default level, which is what most static hosts send.
fn gzip_size(content: &[u8]) -> Result<usize> {
    Ok(gzip(content)?.len())
}

fn gzip(content: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(content)?;
    Ok(encoder.finish()?)
}

fn gzip_bytes(files: &[File], part: Part) -> usize {
    files.iter().filter(|file| Part::of(&file.name) == part).map(|file| file.gzip_bytes).sum()
}

fn line(name: &str, bytes: usize, gzip_bytes: usize) -> String {
    format!("{name:<40} {:>10} {:>10}", kilobytes(bytes), kilobytes(gzip_bytes))
}

/// The sums of a part, with its guard rail.
fn sum_line(files: &[File], part: Part) -> String {
    let bytes = files.iter().filter(|file| Part::of(&file.name) == part).map(|file| file.bytes).sum();
    let line = line(part.name(), bytes, gzip_bytes(files, part));
    match part.guard_rail() {
        Some(rail) => format!("{line}   (guard rail: {} gzip)", kilobytes(rail)),
        None => line,
    }
}

/// A table of the files, without those of the demo, and the sums of all parts.
fn report(files: &[File]) -> String {
    let mut report = format!("{:<40} {:>10} {:>10}\n", "file", "size", "gzip");
    for file in files.iter().filter(|file| Part::of(&file.name) != Part::Demo) {
        report += &line(&file.name.to_string_lossy(), file.bytes, file.gzip_bytes);
        report.push('\n');
    }
    report.push('\n');
    for part in Part::ALL {
        report += &sum_line(files, part);
        report.push('\n');
    }
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
    fn sums_are_by_part() {
        let file = |name: &str, bytes, gzip_bytes| File { name: name.into(), bytes, gzip_bytes };
        let files = [
            file("index.html", 2000, 900),
            file("plotly-cartesian.min.js", 1_400_000, 400_000),
            file("sqlite3.wasm", 880_000, 400_000),
            file("worker-loader.js", 1000, 500),
            file("worker_bg.wasm", 700_000, 300_000),
            file("demo/1.0/a.xml", 30_000, 3000),
            file("demo/1.0/b.xml", 30_000, 3000),
            file("style-1.css", 1550, 700),
            file("icon-192.png", 6000, 6000),
            file("service-worker.js", 4000, 2000),
            file("passgrid.html", 2_900_000, 2_600_000),
        ];
        let report = report(&files);
        let sum = |name: &str| {
            let line = report.lines().find(|line| line.starts_with(name)).unwrap();
            line.split_whitespace().collect::<Vec<_>>().join(" ")
        };
        assert_eq!(sum("the page"), "the page 3.5 kB 1.6 kB (guard rail: 1000.0 kB gzip)");
        assert_eq!(sum("the engine"), "the engine 701.0 kB 300.5 kB (guard rail: 1400.0 kB gzip)");
        assert_eq!(sum("charts"), "charts 1400.0 kB 400.0 kB");
        assert_eq!(sum("SQLite"), "SQLite 880.0 kB 400.0 kB");
        assert_eq!(sum("the demo"), "the demo 60.0 kB 6.0 kB");
        assert_eq!(sum("for the installed page"), "for the installed page 10.0 kB 8.0 kB");
        assert_eq!(sum("all in one file"), "all in one file 2900.0 kB 2600.0 kB");
    }

    #[test]
    fn sizes_may_be_a_quarter_above_their_rail() {
        assert_eq!(verdict(400, 400), Verdict::Within);
        assert_eq!(verdict(401, 400), Verdict::Above);
        assert_eq!(verdict(500, 400), Verdict::Above);
        assert_eq!(verdict(501, 400), Verdict::FarAbove);
    }

    #[test]
    fn only_files_that_become_smaller_are_compressed() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("demo")).unwrap();
        fs::write(folder.path().join("demo/a.xml"), "a".repeat(500)).unwrap();
        fs::write(folder.path().join("b.png"), "b").unwrap();
        compress(folder.path()).unwrap();
        assert!(folder.path().join("demo/a.xml.gz").is_file());
        assert!(!folder.path().join("b.png.gz").exists());
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
