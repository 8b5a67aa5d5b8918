//! Parts that views share.

mod chart;
mod drawer;
mod dropzone;
mod filter;
mod header;
mod mark;
mod menu;
mod name;
mod notices;
mod open;
mod window;

pub use chart::OutcomeBars;
pub use drawer::Drawer;
pub use dropzone::DropZone;
pub use filter::FilterBar;
pub use header::Header;
pub use mark::{Mark, class_of};
pub use menu::{Menu, MenuItem};
pub use name::TestName;
pub use notices::{LoadingBar, Notices};
pub use open::OpenButtons;
pub use window::{Loaded, Span, reveal, windowed};
