//! Views: one file per question.

mod empty;
mod file;
mod files;
mod grid;
mod overview;
mod result;
mod sessions;
mod tests;

pub use empty::empty;
pub use file::file_drawer;
pub use files::files;
pub use grid::grid;
pub use overview::overview;
pub use result::result_drawer;
pub use sessions::sessions;
pub use tests::tests;
