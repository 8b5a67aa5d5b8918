//! What importers collect while they read, and evaluate at the end of the file.

mod claims;
mod occurrences;
mod targets;

pub use claims::IdentityClaims;
pub use occurrences::Occurrences;
pub use targets::Targets;
