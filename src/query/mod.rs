//! Queries: which results are meant, and what is on screen.
//!
//! The address bar holds the whole [`View`]: its query string is written and
//! read here, and nowhere else.

mod filter;
mod view;

pub use filter::{Filter, Only};
pub use view::{Place, Selection, View};
