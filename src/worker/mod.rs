//! Workers: the engine in a thread of its own, and more threads that read files.
//!
//! The page never holds data. The first worker owns the
//! [`Engine`](crate::engine::Engine), answers, and reads files of the formats
//! that nearly every visit needs. Other workers are [`reader`]s: a binary of
//! its own, loaded when there is much to read or something that the first one
//! does not know; they know every format and every archive, and hand over what
//! they read. Messages are small arrays ([`protocol`]); what is large travels
//! as a transferred buffer.

pub mod host;
#[cfg(feature = "page")]
pub mod pool;
mod protocol;
mod read;
pub mod reader;
mod scope;
mod unpack;
