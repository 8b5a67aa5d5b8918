//! Parts that views share, and what frames them.

mod button;
mod chart;
mod drawer;
mod dropzone;
mod filter;
mod header;
mod list;
mod mark;
mod menu;
mod name;
mod notices;
mod open;

pub use button::{button, icon_button, small_button};
pub use chart::outcome_bars;
pub use drawer::drawer;
pub use dropzone::drop_zone;
pub use filter::filter_bar;
pub use header::header;
pub use list::{List, Loaded, Span, reveal};
pub use mark::{class_of, dut_chip, mark};
pub use menu::{MenuItem, menu};
pub use name::{around, test_name};
pub use notices::{loading_bar, notices};
pub use open::open_buttons;
