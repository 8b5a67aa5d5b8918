//! Passgrid reads the result files of many test sessions, one per device under
//! test (DUT), and answers what passes where.
//!
//! The crate is an engine without I/O, and hosts around it:
//!
//! ```text
//! text ◄── model ◄── import, analyze, query, export, figures ◄── engine ◄── worker, browser ◄── ui
//! ```
//!
//! Everything up to [`engine`] is plain Rust: it compiles natively, is tested
//! natively, and knows nothing of browsers, files or threads. DESIGN.md has the map
//! and the reasons behind decisions.

pub mod analyze;
#[cfg(feature = "page")]
pub mod browser;
pub mod engine;
pub mod export;
pub mod figures;
pub mod import;
pub mod model;
pub mod query;
pub mod text;
#[cfg(feature = "page")]
pub mod ui;
pub mod worker;
