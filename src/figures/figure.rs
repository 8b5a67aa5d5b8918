//! The parts of a figure.

use plotly::{Configuration, Layout};
use serde::{Deserialize, Serialize};

/// A chart, ready to be drawn.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figure {
    /// The input of `Plotly.react`: an object with `data`, `layout` and `config`.
    pub json: String,
    /// The title; the JSON has none.
    pub title: String,
    /// What the figure omits; `None` if it is complete.
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
pub(super) struct Document<'a, T> {
    pub data: &'a [T],
    pub layout: &'a Layout,
    pub config: &'a Configuration,
}

impl<T: Serialize> Document<'_, T> {
    /// The JSON text.
    pub fn json(&self) -> String {
        // Fails only for maps whose keys are not texts; plotly's types have none.
        serde_json::to_string(self).expect("figures are valid JSON")
    }
}
