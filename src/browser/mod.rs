//! The browser: what neither Leptos nor a gloo crate has, in plain Rust types,
//! so that components need no web-sys for it. Nothing here knows the engine.

pub mod clipboard;
pub mod document;
pub mod download;
pub mod early;
pub mod fetch;
pub mod files;
pub mod idle;
pub mod plotly;
pub mod regexp;
pub mod source;
