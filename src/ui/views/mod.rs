//! The views, one file each.

mod empty;
mod files;
mod grid;
mod overview;
mod result;

pub use empty::Empty;
pub use files::Files;
pub use grid::GridView;
pub use overview::OverviewView;
pub use result::ResultDrawer;
