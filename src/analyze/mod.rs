//! Analyses: pure functions from the data set to what a view shows.
//!
//! One file per question. Nothing here changes the data, knows of a browser, or
//! renders: what a component needs is computed here and sent whole.

mod file_page;
mod grid;
mod headline;
mod history;
mod index;
mod ledger;
pub mod natural;
mod numbers;
mod overview;
mod paths;
mod problems;
mod report_files;
mod result;
mod same_run;
mod sessions;
mod test_table;

pub use file_page::{FilePage, dropped, file_page};
pub use grid::{Cell, Column, Grid, GridGroup, GridLine, GridQuery, GridRow, GridWindow, Missing, RowOrder};
pub use history::history;
pub use index::{Index, by_name};
pub use ledger::{Ledger, LedgerFile, LedgerPart, ledger};
pub use overview::{Before, DutLine, DutMark, FailingTest, Overview, Since, overview};
pub use paths::{PathLine, PathWindow, match_paths};
pub use problems::Problems;
pub use result::{AttemptLine, HistoryLine, ResultPage, Sibling, result_page};
pub use sessions::{SessionFile, SessionPage, SessionRow, SessionWindow, session_page, session_window};
pub use test_table::{TestRow, TestWindow, test_order, test_window};
