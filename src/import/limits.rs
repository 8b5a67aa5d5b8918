//! Limits on the resources that a file may use. Each has a test.

/// The longest duration of a test or a session, in seconds: three centuries. Larger numbers
/// are not durations, and a sum that includes one loses the digits of all others.
pub const DURATION_S: f64 = 1e10;

/// The largest token, which must be in memory at once: an element, attribute or object.
pub const TOKEN_BYTES: usize = 128 << 20;

/// The longest name of a test, suite or class. Longer ones are cut and get a hash, so that
/// different names stay different.
pub const NAME_BYTES: usize = 4096;

/// The longest message in lists; the details have all of it.
pub const MESSAGE_BYTES: usize = 300;

pub use crate::model::{PROPERTIES, PROPERTY_BYTES};

/// The most nested suites that become part of a suite's path.
pub const SUITE_DEPTH: usize = 32;

/// The most memory that the results of a file may take: so many times its size, plus
/// [`BATCH_FREE_BYTES`]. Only files that are crafted to exhaust memory exceed it.
pub const BATCH_RATIO: u64 = 5;
/// See [`BATCH_RATIO`].
pub const BATCH_FREE_BYTES: u64 = 40 << 20;

/// The longest list of known issues of SQUAD, in bytes.
pub const ISSUES_BYTES: usize = 4 << 20;

/// The most known issues in one file.
pub const KNOWN_ISSUES: usize = 10_000;

/// The most DUTs that one file gives attributes to.
pub const DUTS_WITH_ATTRIBUTES: usize = 10_000;

/// The most attributes of one DUT in one file.
pub const ATTRIBUTES: usize = 100;

/// The most sessions in one manifest.
pub const MANIFEST_SESSIONS: usize = 20_000;

/// The most files of one session in a manifest.
pub const MANIFEST_FILES: usize = 10_000;

/// The most manifests with older sessions in one manifest.
pub const OLDER_MANIFESTS: usize = 1000;

/// The most names of measured values in one file, with their units. The values of others are only in details.
pub const METRICS: usize = 10_000;

/// The most notes of one severity in one file.
pub const NOTES: usize = 20;

/// How much of a file detection reads. Less under a fuzzer, whose inputs are small, because
/// importers get only the rest piece by piece.
pub const HEAD_BYTES: usize = if cfg!(fuzzing) { 1 << 10 } else { 64 << 10 };

/// How many bytes of other text may precede a report.
pub const SEARCH_BYTES: usize = if cfg!(fuzzing) { 4 << 10 } else { 1 << 20 };

/// The most files in one archive.
pub const ARCHIVE_ENTRIES: usize = 100_000;

/// How many times its own size an archive may unpack to, plus [`ARCHIVE_FREE_BYTES`].
pub const ARCHIVE_RATIO: u64 = 300;

/// How much even the smallest archive may unpack to.
pub const ARCHIVE_FREE_BYTES: u64 = 256 << 20;

/// The greatest depth of nested archives: one inside another.
pub const ARCHIVE_DEPTH: u8 = 2;

/// The most memory for unpacking a stream. `xz -9` needs half of it; `zstd` needs an option to
/// use more.
pub const UNPACK_BYTES: usize = 128 << 20;
