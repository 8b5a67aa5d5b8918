//! Elements: what components build their parts of.
//!
//! [`el`] makes an element of the document right away, and its methods give it
//! attributes, listeners and children. What follows signals says so in its name:
//! `live_…`. There is one type for all elements and one for all closures, where
//! Leptos' views have a type, and code, for each of them. Text becomes text
//! nodes, so that nothing from a file is ever read as HTML.

mod element;
mod live;
mod part;
mod rows;

pub use element::{El, callback, el};
pub use live::{follow, on_window, soon};
pub use part::Part;
pub use rows::Rows;
