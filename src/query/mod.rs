//! Queries: which results are meant, and what is on screen.
//!
//! Takes texts that people write and links that they open; gives filters, sort
//! orders and the [`View`], which the address bar holds whole. Knows no results:
//! `analyze` applies what is here.
//!
//! To add a view: a row in `route.rs`. To add a query parameter: a field of
//! [`View`] and a row in `parameters.rs`.

mod address;
mod change;
mod charted;
mod comparison;
mod direction;
mod dut_columns;
mod file_filter;
mod filter;
mod measure;
mod parameters;
mod path_pattern;
mod raw_address;
mod route;
mod sort;
mod suggestions;
mod upgrade;
mod view;

pub use change::{Change, Step};
pub use charted::{ChartKind, Charted, TestKey};
pub use comparison::{Baseline, Comparison, Sides, Term};
pub use direction::{Better, Directions};
pub use dut_columns::{ColumnOrder, DutColumns, ShownDuts};
pub use file_filter::{FileFilter, FileKind};
pub use filter::{Filter, Matcher, OutcomeFilter};
pub use measure::Measure;
pub use path_pattern::{PathPattern, PatternProblem};
pub use raw_address::raw_address;
pub use route::{Listed, Route};
pub use sort::{Sort, SortKey};
pub use suggestions::suggest_patterns;
pub use view::{Detail, Selection, SessionKey, View};
