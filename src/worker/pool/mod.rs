//! The pool: the page's workers, and the files and questions they work on.
//!
//! [`machine`] makes all decisions and has no side effects. [`Pool`] owns the
//! workers, carries out the machine's commands, and passes events to it.

#[cfg(feature = "page")]
mod driver;
pub mod machine;

#[cfg(feature = "page")]
pub use driver::{Dropped, Pool};

/// How far loading is. All zero when nothing is loading.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Progress {
    /// Files that are done.
    pub files: u32,
    /// Files in all.
    pub files_total: u32,
    /// Bytes that are done.
    pub bytes: f64,
    /// Bytes in all.
    pub bytes_total: f64,
    /// Results so far.
    pub results: f64,
}

/// What the pool reports to the page.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// Loading made progress.
    Progress(Progress),
    /// The data changed: earlier answers are out of date.
    Changed,
    /// Loading is done. The data changed, too.
    Done {
        /// How many files were cancelled.
        cancelled: u32,
    },
    /// The engine crashed and was replaced; its files are read again.
    Restarted,
    /// The engine failed permanently, for this reason. Nothing can be loaded or asked.
    Failed(String),
    /// The file at this path could not be read again; what was read before is kept.
    Lost(String),
}
