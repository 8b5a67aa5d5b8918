//! Workers: the engine in a thread of its own, and more threads that read files.
//!
//! The page never holds data. Workers are all the same binary: the first one
//! owns the [`Engine`](crate::engine::Engine) and answers; the others only read
//! files and hand over what they read. Messages are small arrays
//! ([`protocol`]); what is large travels as a transferred buffer.

pub mod host;
#[cfg(feature = "page")]
pub mod pool;
mod protocol;
