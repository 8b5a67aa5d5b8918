//! Components that views share, and those around the views.

mod ansi;
mod copy;
mod dialog;
mod drawer;
mod dropzone;
mod filter;
mod header;
mod help;
mod link;
mod long_text;
mod mark;
mod menu;
mod name;
mod naming;
mod notices;
mod open;
mod table;
mod tip;
mod virtual_list;

pub use ansi::{colored, plain};
pub use copy::CopyButton;
pub use drawer::Drawer;
pub use dropzone::DropZone;
pub use filter::{Chip, DutFilter, FilterBar, FilterField, NoMatches};
pub use header::{Header, clear_or_ask};
pub use help::Help;
pub use link::ViewLink;
pub use long_text::LongText;
pub use mark::{MissingChip, OutcomeBar, OutcomeMark, ResultChip, class_of, class_of_missing};
pub use name::{CutName, TestName, around, with_code};
pub use naming::Naming;
pub use notices::{LoadingBar, NoticeBar};
pub use open::OpenButtons;
pub use table::{Cell, Column, ColumnChoice, RowButtons, Table, TableCount, TableRows, TableSource};
pub use tip::{Tip, TipBox, use_tip};
pub use virtual_list::{Span, VirtualList, reveal};
