//! Browser APIs that neither Leptos nor a gloo crate wraps, in plain Rust types,
//! so that components need no web-sys for them. Nothing here uses the engine.

pub mod clipboard;
pub mod document;
pub mod download;
pub mod early;
pub mod fetch;
pub mod files;
pub mod folder;
pub mod handoff;
pub mod hash;
pub mod idle;
pub mod object;
pub mod offline;
pub mod one_file;
pub mod plotly;
pub mod regexp;
pub mod requests;
pub mod source;
pub mod sqlite;
pub mod storage;
