//! Limits on what a file may ask of us. Each has a test.

/// Seconds that a test or a session may take: three centuries. Larger numbers
/// are something else, and their sums lose the digits of all others.
pub const DURATION_S: f64 = 1e10;

/// Text that must be in memory at once: one element, attribute or object.
pub const TOKEN_BYTES: usize = 128 << 20;

/// A name of a test, suite or class; longer ones are cut and a hash of the
/// rest is appended, so that different names stay different.
pub const NAME_BYTES: usize = 4096;

/// A message in lists; the whole is in the details.
pub const MESSAGE_BYTES: usize = 300;

pub use crate::model::{PROPERTIES, PROPERTY_BYTES};

/// Suites inside each other that become part of a suite's path.
pub const SUITE_DEPTH: usize = 32;

/// What is read of a file may take so many times its size in memory, and so much
/// of any file. Only what is made to fill memory takes more.
pub const BATCH_RATIO: u64 = 5;
/// See [`BATCH_RATIO`].
pub const BATCH_FREE_BYTES: u64 = 40 << 20;

/// Notes of one kind in one file; the rest is counted.
pub const NOTES: usize = 20;

/// What detection looks at. Less under a fuzzer, whose inputs are small:
/// importers see pieces only of what is behind it.
pub const HEAD_BYTES: usize = if cfg!(fuzzing) { 1 << 10 } else { 64 << 10 };

/// Files in one archive.
pub const ARCHIVE_ENTRIES: usize = 100_000;

/// How many times its own size an archive may hold: more is made to harm.
pub const ARCHIVE_RATIO: u64 = 300;

/// What any archive may hold, however small it is.
pub const ARCHIVE_FREE_BYTES: u64 = 256 << 20;

/// Archives inside each other that are opened: one in another.
pub const ARCHIVE_DEPTH: u8 = 2;

/// What unpacking a stream may keep in memory: `xz -9` needs half of it, and
/// `zstd` asks before it takes more.
pub const UNPACK_BYTES: usize = 128 << 20;
