//! Queries: which results are meant, and what is on screen.
//!
//! The address bar holds the whole [`View`]: its query string is written and
//! read here, and nowhere else.

mod file_filter;
mod filter;
mod path_pattern;
mod sort;
mod suggestions;
mod view;

pub use file_filter::{FileFilter, FileKind};
pub use filter::{Filter, Matcher, OutcomeFilter};
pub use path_pattern::{PathPattern, PatternProblem};
pub use sort::{Sort, SortKey};
pub use suggestions::suggest_patterns;
pub use view::{Route, Selection, SessionKey, View};
