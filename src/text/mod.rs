//! Functions for texts in general: terminal colors, numbers, wording.
//!
//! They take and return plain texts and numbers, and know nothing of tests, files or
//! the page.

pub mod ansi;
mod glob;
mod number;
pub mod order;
pub mod search;
pub mod secrets;
pub mod seven_bits;
mod token_shapes;
mod words;

pub use glob::{glob, is_glob};
pub use number::{amount, decimal, rounded, short};
pub use words::{counted, grouped, head, listed, with_article};
