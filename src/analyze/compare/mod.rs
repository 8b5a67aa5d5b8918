//! Compare: what changed between two sets of sessions?
//!
//! Results are paired by test and DUT. The class of a pair comes from its latest outcomes; samples of
//! several sessions are evidence, and decide nothing.

mod compared;
mod pairs;
mod rows;
mod sides;
mod words;

pub use compared::{Compared, compare};
pub use pairs::Pair;
pub use rows::{ChangeGroup, ChangeRow, ChangeWindow, ChangedDut, SideLine, change_order, change_window};
