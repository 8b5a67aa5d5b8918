//! JSON for importers: a cursor to take values, and a walk to read documents piece by piece.
//!
//! The readers accept truncated JSON and common deviations (`NaN`, bare control
//! characters, unpaired surrogates, extra commas), and know the place of each value.
//! No library does this and can resume, and serde_json's typed structs take twice as long.

mod bytes;
mod cursor;
mod extent;
mod object;
mod scan;
mod stray_lines;
mod truncated;
mod walk;

pub use cursor::{Cursor, Fault, entry, fields, line, plain, seconds};
pub use extent::{Extent, extent};
pub use object::{Object, elements};
pub use stray_lines::StrayLines;
pub use walk::{Root, Visitor, document};

/// Returns the end of the comment at `at`: `// …` up to the end of the line, or `/* … */`. `None` if
/// there is no comment, or if it has no end.
pub fn comment_end(text: &str, at: usize) -> Option<usize> {
    let rest = text.as_bytes().get(at..)?;
    match rest.get(..2)? {
        b"//" => memchr::memchr(b'\n', rest).map(|end| at + end),
        b"/*" => memchr::memmem::find(rest.get(2..)?, b"*/").map(|end| at + end + 4),
        _ => None,
    }
}

/// Returns the byte of the file at which `inner` begins, a piece of `text`, which begins at
/// byte `at`.
pub fn place(inner: &str, text: &str, at: u64) -> u64 {
    at + (inner.as_ptr() as usize).saturating_sub(text.as_ptr() as usize) as u64
}
