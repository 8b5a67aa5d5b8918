//! Texts, whatever they are about: terminal colors, numbers, wording.
//!
//! Functions here take and return plain texts and numbers. They know nothing of
//! tests, files or the page.

pub mod ansi;
mod number;
mod words;

pub use number::{decimal, rounded, short};
pub use words::{counted, grouped, head, listed, with_article};
