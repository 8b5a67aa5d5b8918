//! Parts that views share, and what frames them.

mod ansi;
mod button;
mod chart;
mod copy;
mod cut;
mod drawer;
mod dropzone;
mod filter;
mod header;
mod list;
mod long_text;
mod mark;
mod menu;
mod name;
mod notices;
mod open;
mod table;
mod tip;

pub use ansi::{colored_whole, plain};
pub use button::{button, icon_button, small_button};
pub use chart::outcome_bars;
pub use copy::copy_button;
pub use cut::cut_name;
pub use drawer::{add_to_bar, drawer};
pub use dropzone::drop_zone;
pub use filter::{chip, filter_bar};
pub use header::header;
pub use list::{List, Loaded, Span, reveal};
pub use long_text::{Held, long_text};
pub use mark::{class_of, class_of_missing, dut_chip, mark, missing_chip, result_chip};
pub use menu::{MenuItem, menu};
pub use name::{around, test_name};
pub use notices::{loading_bar, notices};
pub use open::open_buttons;
pub use table::{Column, Kind, Table, cut, line, navigate, outcome_bar};
pub use tip::Tip;
