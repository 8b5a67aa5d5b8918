//! Figures: pure functions from an analysis and a [`Theme`] to a [`Figure`].
//!
//! A figure is the complete input of plotly.js as JSON, with a table of the same
//! values and with links from its points. Traces, layout and configuration are
//! the types of the `plotly` crate; nothing here writes JSON by hand. This folder
//! knows analyses and the model. It does not know the engine, the page or the
//! browser: the page reads colors from its style sheet and passes them as a theme.

mod pass_rate;
mod text;
mod theme;

pub use pass_rate::pass_rate_by_build;
pub use theme::Theme;

use plotly::{Configuration, Layout};
use serde::{Deserialize, Serialize};

/// A chart, ready to be drawn.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figure {
    /// The input of `Plotly.react`: an object with `data`, `layout` and `config`.
    pub json: String,
    /// The title; the JSON has none.
    pub title: String,
    /// What the figure leaves out; `None` if it is complete.
    pub note: Option<String>,
    /// The values of the figure, for assistive technology and as CSV.
    pub table: FigureTable,
    /// By trace, then point: where a click leads; `None` where there is no value.
    /// The indexes are `curveNumber` and `pointIndex` of plotly's events.
    pub links: Vec<Vec<Option<FigureLink>>>,
}

/// The values of a figure as a table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FigureTable {
    /// Names of the columns.
    pub head: Vec<String>,
    /// The rows; each has a text per column.
    pub rows: Vec<Vec<String>>,
}

/// What a point of a figure shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FigureLink {
    /// The DUT.
    pub dut: String,
    /// The build, as on the axis.
    pub build: String,
    /// Id of the DUT's last session with this build.
    pub session: String,
}

/// The input of `Plotly.react`.
#[derive(Serialize)]
struct Document<'a, T> {
    data: &'a [T],
    layout: &'a Layout,
    config: &'a Configuration,
}

impl<T: Serialize> Document<'_, T> {
    fn json(&self) -> String {
        // Fails only for maps whose keys are not texts; plotly's types have none.
        serde_json::to_string(self).expect("figures are valid JSON")
    }
}
