//! Limits on what a file may ask of us. Each has a test.

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

/// Notes of one kind in one file; the rest is counted.
pub const NOTES: usize = 20;

/// What detection looks at.
pub const HEAD_BYTES: usize = 64 << 10;
