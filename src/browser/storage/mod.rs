//! Keeping files in this browser: libraries in IndexedDB, and the locks and the space that they need.
//! Nothing here knows what the files contain.
//!
//! A library is a record and the files that refer to it. Each change of both is one transaction, so
//! a full disk or a closed tab leaves the state before it. The library without a name is what was
//! dropped last.

mod database;
mod lock;
mod space;
mod zip;

pub use database::{Change, Changed, Kept, Library, Mark, Storage, mark};
pub use lock::Lock;
pub use space::{Space, is_persistent, persist, space};
pub use zip::{pack, unpack};

use gloo_utils::window;

/// Why something could not be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// The browser's space for this site is used up.
    Full,
    /// The browser does not let the page keep files.
    Blocked,
    /// The library was deleted, in another tab.
    Gone,
    /// In the browser's words.
    Other(String),
}

impl Problem {
    /// The reason, as a sentence.
    pub fn words(&self) -> String {
        match self {
            Problem::Full => "the browser's storage for this site is full".to_owned(),
            Problem::Blocked => "this browser blocks keeping files, as in some private windows".to_owned(),
            Problem::Gone => "it was deleted in another tab".to_owned(),
            Problem::Other(words) => words.clone(),
        }
    }
}

/// Whether the page can keep files of its own. Local files share one store in some browsers, so
/// any downloaded page could read what is kept.
pub fn is_private() -> bool {
    window().location().protocol().is_ok_and(|protocol| protocol != "file:")
}
