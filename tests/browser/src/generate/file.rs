//! What is generated: a text, or a file that is never in memory as a whole.

use std::{
    fmt,
    fs::File,
    io::{BufWriter, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

/// A generated file and what is in it.
pub struct Generated {
    /// The file's content.
    pub text: String,
    /// How many tests.
    pub tests: u64,
    /// How many of them failed.
    pub failed: u64,
    /// How many of them were skipped.
    pub skipped: u64,
}

/// A generated file on disk and what is in it.
#[derive(Clone, Debug)]
pub struct Written {
    /// Where it is.
    pub path: PathBuf,
    /// Its size.
    pub bytes: u64,
    /// How many tests.
    pub tests: u64,
    /// How many of them failed.
    pub failed: u64,
    /// How many of them were skipped.
    pub skipped: u64,
    /// The bytes of all names, classes and messages of its results, each counted once. Tracebacks and
    /// output are not among them.
    pub distinct: u64,
}

impl Written {
    /// Its size in MB, of a million bytes.
    pub fn megabytes(&self) -> f64 {
        self.bytes as f64 / 1e6
    }

    /// How many tests ran.
    pub fn executed(&self) -> u64 {
        self.tests - self.skipped
    }
}

/// A file that is written piece by piece.
pub struct TextFile {
    path: PathBuf,
    out: BufWriter<File>,
    /// Why writing failed: `fmt::Error` does not say.
    failure: Option<std::io::Error>,
}

impl TextFile {
    /// Creates it, or empties it.
    pub fn create(path: &Path) -> Result<Self> {
        let file = File::create(path).with_context(|| format!("{} cannot be written", path.display()))?;
        Ok(Self { path: path.to_owned(), out: BufWriter::with_capacity(1 << 20, file), failure: None })
    }

    /// Calls a function that writes to it.
    pub fn write_with<T>(&mut self, write: impl FnOnce(&mut Self) -> Result<T, fmt::Error>) -> Result<T> {
        write(self).map_err(|error| match self.failure.take() {
            Some(failure) => failure.into(),
            None => anyhow::Error::from(error),
        })
    }

    /// Replaces its beginning by a text, and returns its size.
    pub fn finish(mut self, beginning: &str) -> Result<u64> {
        let bytes = self.out.stream_position()?;
        self.out.seek(SeekFrom::Start(0))?;
        self.out.write_all(beginning.as_bytes())?;
        self.out.flush().with_context(|| format!("{} cannot be written", self.path.display()))?;
        Ok(bytes)
    }
}

impl fmt::Write for TextFile {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.out.write_all(text.as_bytes()).map_err(|failure| {
            self.failure = Some(failure);
            fmt::Error
        })
    }
}
