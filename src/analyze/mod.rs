//! Analyses: pure functions from the data set to what a view shows.
//!
//! One file or folder per question. An analysis takes the [`Dataset`], mostly with
//! the [`Index`], and gives a complete answer that a component only renders. It
//! never changes the data and knows nothing of browsers, files or rendering.
//!
//! `grouping` comes first: it derives sessions and DUTs, which all others need.
//! `cell`, `change_points`, `clusters`, `index`, `known_issues`, `select`, `builds`, `message_key`, `file_facts`,
//! `file_kinds`, `short_names`, `spread`, `statistics`, `trends` and `natural` are shared by several questions. Modules of this folder
//! import each other in one direction.
//!
//! [`Dataset`]: crate::model::Dataset

mod builds;
mod cell;
mod change_points;
mod clusters;
mod compare;
mod explain;
mod file_facts;
mod file_kinds;
mod file_page;
mod flaky;
mod full_name;
mod grid;
mod grouping;
mod history;
mod index;
mod known_issues;
mod ledger;
mod links;
mod message_key;
mod metrics;
mod more_figures;
pub mod natural;
mod overview;
mod pass_rate;
mod paths;
mod result;
mod select;
mod sessions;
mod short_names;
mod spread;
mod statistics;
mod steps;
mod suspects;
mod test_history;
mod test_table;
mod timeline;
mod timing;
mod trends;

pub use builds::{Builds, BuildsBy};
pub use cell::{Cell, Missing};
pub use clusters::{Cluster, ClusterRow, ClusterWindow, SeenIn, cluster_order, cluster_window, clusters};
pub use compare::{
    ChangeGroup, ChangeRow, ChangeWindow, ChangedDut, Compared, Pair, SideLine, change_order, change_window,
    compare,
};
pub use explain::{Candidate, Explanation, Samples, Subject, Verdict, explain};
pub use file_facts::{LedgerPart, notes as file_notes};
pub use file_kinds::FileCounts;
pub use file_page::{FilePage, dropped, file_page};
pub use flaky::{Evidence, FlakyRow, FlakyTest, FlakyWindow, Share, flaky_order, flaky_tests, flaky_window};
pub use full_name::FullName;
pub use grid::{Column, Grid, GridGroup, GridLine, GridQuery, GridRow, GridWindow, GroupCell, RowOrder};
pub use grouping::{copies, group_into_sessions};
pub use history::{HistoryCell, HistoryRow, HistoryWindow, SinceBefore, history_window, since_before};
pub use index::{Index, by_name};
pub use known_issues::{
    IssueLine, IssueState, IssueWindow, edited as edited_issues, issue_lines, issue_window,
};
pub use ledger::{Ledger, LedgerFile, ledger};
pub use links::{SessionLinks, session_links};
pub use metrics::{
    MetricRow, MetricValue, MetricWindow, Metrics, ShiftedMetric, charted_metric, metric_order,
    metric_spread, metric_test, metric_trend, metric_values, metric_window,
};
pub use more_figures::{FigureKind, FigureUnit, MoreFigure, more_figures};
pub use overview::{
    Before, BuildStrip, DutLine, DutMark, FailingTest, FailureGroup, Headline, HeadlinePart, Lead, Overview,
    Problems, Since, StripCell, StripRow, Tone, overview,
};
pub use pass_rate::{BuildPoint, DutPassRates, PassRateByBuild, pass_rate_by_build};
pub use paths::{NamingEffect, PathLine, PathWindow, match_paths, naming_effect};
pub use result::{AttemptLine, HistoryLine, ResultPage, Sibling, result_page};
pub use sessions::{SessionFile, SessionPage, SessionRow, SessionWindow, session_page, session_window};
pub use short_names::{ShortNames, short_names};
pub use spread::{Spread, SpreadGroup};
pub use steps::{
    ResultSteps, Steps, TestList, file_steps, session_steps, steps_in_changes, steps_in_failing,
    steps_in_grid, steps_in_table,
};
pub use suspects::{Suspect, suspects};
pub use test_history::{FailingSince, Named, TestHistory, TestMark, TestStrip};
pub use test_table::{TestRow, TestWindow, test_order, test_window};
pub use timeline::{Timeline, TimelineBar, TimelineSession, timeline, timeline_sessions};
pub use timing::{
    ShiftedTest, Timing, TimingRow, TimingWindow, charted_test, main_shift, test_key, timing_order,
    timing_rows, timing_spread, timing_trend, timing_window,
};
pub use trends::{Shift, Trend, TrendLine, TrendPoint};
