//! Import: the bytes of a file become sessions, results and notes.
//!
//! | place | what it does |
//! |---|---|
//! | [`formats`] | the formats, and their one registry |
//! | `pipeline` | reads one file: decodes it, recognizes its format, feeds the importer |
//! | `detect`, `search`, `unrecognized` | recognizing formats, finding a report behind other text, and explaining files that have none |
//! | `parts`, `hash` | reading large files in parts |
//! | `importer` | the trait that reads a format, and importers for lines and small files |
//! | `xml`, `json`, `pickle` | readers of these languages, on which formats are built |
//! | `batch` | what an importer produces |
//! | `collect` | what importers collect and evaluate at the end of the file |
//! | `details` | texts and measurements of one result, read on demand |
//! | [`archive`] | archives: members, and unpacking |
//! | [`identify`] | which DUT, unit, build and session results belong to |
//! | `encoding`, `number`, [`limits`] | text, numbers, and how many resources a file may use |
//!
//! An importer never fails and never panics, whatever a file contains: what it
//! cannot read becomes a [`Note`](crate::model::Note) with its place. Nothing here
//! does I/O, and nothing here depends on the analyses of the results.

// Applies to everything below. Tests may panic.
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing))]

mod about;
pub mod archive;
mod batch;
mod collect;
mod details;
mod detect;
mod encoding;
mod format;
mod formats;
mod frame;
mod hash;
pub mod identify;
mod importer;
mod json;
pub mod limits;
mod number;
mod parts;
mod pickle;
mod pipeline;
mod search;
mod unrecognized;
mod xml;

pub use about::{About, Family, Guide, Richness};
pub use batch::{Batch, Role, Row, Rows, Text};
pub use details::{Details, Measurement, Section, SectionKind};
pub use encoding::decode;
pub use format::{BinaryFormat, CHANGED, Format, Formats, TextFormat};
pub use formats::{ABOUT, ALL, FORMATS, GUIDES};
pub use importer::{Importer, Part};
pub use parts::{HEAD_BYTES, LOOK_BYTES, PART_BYTES, PartImport, SMALLEST_BYTES};
pub use pipeline::{Import, Imported, SET_BY_YOU};

/// Returns the descriptions of all formats and kinds of archives.
fn abouts() -> impl Iterator<Item = &'static About> {
    ABOUT.iter().copied().chain(archive::ABOUT)
}

/// Returns the description of the format or archive with this key.
pub fn about(key: &str) -> Option<&'static About> {
    abouts().find(|about| about.key == key)
}

/// Returns the formats of a family, in the order of the registry, except that
/// formats of one tool follow each other.
pub fn formats_of(family: Family) -> Vec<&'static About> {
    let all: Vec<&About> = abouts().filter(|about| about.family == family).collect();
    let mut formats = all.clone();
    formats.sort_by_key(|about| all.iter().position(|first| first.tool == about.tool));
    formats
}

/// Returns the tools that write the formats of a family, as a list for people.
pub fn tools_of(family: Family) -> String {
    let mut tools: Vec<&str> = formats_of(family).into_iter().map(|about| about.tool).collect();
    tools.dedup();
    tools.join(", ")
}

/// Returns how much the format with this key records of a run.
pub fn richness(key: &str) -> Richness {
    about(key).map_or(Richness::Native, |about| about.richness)
}
