//! The browser: files, addresses, downloads, charts.
//!
//! What only a browser can do stands here in plain Rust types, so that
//! components need no web-sys for it. Nothing here knows the engine.

pub mod chart;
pub mod clipboard;
pub mod document;
pub mod download;
pub mod fetch;
pub mod files;
pub mod regexp;
pub mod source;
pub mod timer;
