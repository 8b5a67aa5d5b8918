//! Views: one file per question.

mod empty;
mod files;
mod grid;
mod overview;
mod result;

pub use empty::empty;
pub use files::files;
pub use grid::grid;
pub use overview::overview;
pub use result::result_drawer;
