//! Reasons why reading a pickle stops.

/// Why a pickle was not read, or only up to some byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It asks for something that is not allowed, and is not read at all.
    Refused(String),
    /// It is invalid at this byte. The values before are kept.
    Broken(usize, String),
}

/// Why the machine stops.
pub enum Stop {
    Refused(String),
    Broken(String),
}

/// The reason when the file ends early.
pub const ENDS: &str = "the file is truncated";

/// Stops at something invalid.
pub fn broken<T>(why: &str) -> Result<T, Stop> {
    Err(Stop::Broken(why.to_owned()))
}

/// Stops at something that is not allowed.
pub fn refused<T>(why: &str) -> Result<T, Stop> {
    Err(Stop::Refused(why.to_owned()))
}
