//! Figures: pure functions from an analysis and a [`Theme`] to a [`Figure`].
//!
//! A figure is the complete input of plotly.js as JSON, with a table of the same
//! values and with links from its points. Traces, layout and configuration are
//! the types of the `plotly` crate; nothing here writes JSON by hand. This folder
//! knows analyses and the model. It does not know the engine, the page or the
//! browser: the page reads colors from its style sheet and passes them as a theme.

mod figure;
mod pass_rate;
mod spread;
mod style;
mod text;
mod theme;
mod timeline;
mod trend;

pub use figure::{Figure, FigureLink, FigureTable};
pub use pass_rate::measure_by_build;
pub use spread::spread;
pub use theme::Theme;
pub use timeline::{timeline, timeline_bars};
pub use trend::trend;
