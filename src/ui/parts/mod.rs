//! Components that views share, and those around the views.

mod ansi;
mod chart;
mod copy;
mod dialog;
mod drawer;
mod dropzone;
mod filter;
mod header;
mod help;
mod link;
mod list_table;
mod long_text;
mod mark;
mod menu;
mod name;
mod naming;
mod notices;
mod open;
mod outcome_bar;
mod popover;
mod rename;
mod shift;
mod table;
mod test_chart;
mod tip;
mod virtual_list;

pub use ansi::{colored, plain};
pub use chart::{Chart, use_chart_theme};
pub use copy::CopyButton;
pub use drawer::{Drawer, LIST_KEYS, StepKeys, Stepper};
pub use dropzone::DropZone;
pub use filter::{DutFilter, FilterBar, FilterField, NoMatches};
pub use header::{Header, clear_or_ask};
pub use help::Help;
pub use link::ViewLink;
pub use list_table::{LIST_HEAD, ListTable};
pub use long_text::LongText;
pub use mark::{MissingChip, OutcomeMark, ResultChip, class_of, class_of_missing};
pub use name::{CutName, CutPath, TestName, around, with_code};
pub use naming::Naming;
pub use notices::{LoadingBar, NoticeBar};
pub use open::OpenButtons;
pub use outcome_bar::{OutcomeBar, OutcomeCounts, SegmentLink};
pub use popover::Popover;
pub use rename::{RenameButton, RenameDialog};
pub use shift::{change_cell, p_value};
pub use table::{
    Cell, Column, ColumnChoice, RowButton, RowButtons, Table, TableCount, TableRows, TableSource, sort_of,
};
pub use test_chart::ResultChart;
pub use tip::{Tip, TipBox, use_tip};
pub use virtual_list::{Span, VirtualList, reveal};
