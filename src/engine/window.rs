//! Answers that are a window of rows out of a longer list.

use crate::analyze::{
    ChangeRow, ChangeWindow, ClusterRow, ClusterWindow, FlakyRow, FlakyWindow, GridLine, GridWindow,
    HistoryRow, HistoryWindow, IssueLine, IssueWindow, Ledger, LedgerFile, MetricRow, MetricWindow, PathLine,
    PathWindow, SessionRow, SessionWindow, TestRow, TestWindow, TimingRow, TimingWindow,
};

/// A window of rows out of a longer list.
pub trait Window {
    /// A row.
    type Row;

    /// How many rows the whole list has.
    fn total(&self) -> u32;

    /// The rows of the window.
    fn rows(&self) -> &[Self::Row];
}

macro_rules! windows {
    ($($window:ty, $row:ty, $rows:ident;)*) => {
        $(impl Window for $window {
            type Row = $row;

            fn total(&self) -> u32 {
                self.total
            }

            fn rows(&self) -> &[$row] {
                &self.$rows
            }
        })*
    };
}

windows! {
    GridWindow, GridLine, rows;
    TestWindow, TestRow, rows;
    TimingWindow, TimingRow, rows;
    MetricWindow, MetricRow, rows;
    ChangeWindow, ChangeRow, rows;
    ClusterWindow, ClusterRow, rows;
    FlakyWindow, FlakyRow, rows;
    IssueWindow, IssueLine, rows;
    SessionWindow, SessionRow, rows;
    HistoryWindow, HistoryRow, rows;
    Ledger, LedgerFile, files;
    PathWindow, PathLine, lines;
}
