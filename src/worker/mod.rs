//! Workers: threads beside the page that hold the data and read files.
//!
//! All workers run the same binary ([`host`]). The first one owns the
//! [`Engine`](crate::engine::Engine): it answers questions, and keeps what it
//! reads. The others only read files, and hand over what they read. The page's
//! [`pool`] starts workers, gives them files, and replaces those that crash.
//!
//! [`protocol`] defines the messages, [`transfer`] posts them. The logic
//! ([`protocol`], [`pool::machine`]) is plain Rust with native tests; the rest
//! needs a browser, and is behind the features `host` and `page`.

#[cfg(feature = "host")]
pub mod host;
pub mod pool;
pub mod protocol;
#[cfg(feature = "host")]
mod read;
#[cfg(feature = "host")]
mod scope;
#[cfg(feature = "host")]
mod shared;
#[cfg(feature = "host")]
pub mod transfer;
#[cfg(feature = "host")]
mod unpack;

#[cfg(feature = "host")]
pub use read::{Pieces, bytes};
