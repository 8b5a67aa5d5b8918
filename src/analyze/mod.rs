//! Analyses: pure functions from the data set to what a view shows.
//!
//! One file per question. Nothing here changes the data, knows of a browser, or
//! renders: what a component needs is computed here and sent whole.

mod grid;
mod history;
mod ledger;
pub mod natural;
mod overview;
mod result;

pub use grid::{Cell, Column, Grid, GridRow, GridWindow, Missing, Order, by_name};
pub use history::history;
pub use ledger::{Ledger, LedgerFile, LedgerPart, ledger};
pub use overview::{DutLine, FailingTest, Overview, Problems, overview};
pub use result::{AttemptLine, ResultPage, Sibling, result_page};
