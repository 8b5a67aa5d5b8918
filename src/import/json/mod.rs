//! JSON, as importers read it: by pulling.
//!
//! The readers here take what is broken off or is no strict JSON (`NaN`, bare
//! control characters, halves of surrogate pairs, commas too many) as far as it
//! goes. They are ours because nothing else does that, and because typed
//! structs of serde_json cost 40 kB of the first visit and twice the time.

mod cursor;
mod object;
mod stray_lines;
mod walk;

pub use cursor::{Cursor, Fault, entry, fields, line, plain, seconds};
pub use object::{Object, elements};
pub use stray_lines::StrayLines;
pub use walk::{Root, Visitor, document};

/// The byte of the file at which `inner` begins: a piece of `text`, which
/// begins at byte `at`.
pub fn place(inner: &str, text: &str, at: u64) -> u64 {
    at + (inner.as_ptr() as usize).saturating_sub(text.as_ptr() as usize) as u64
}
