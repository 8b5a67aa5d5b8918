//! The colors and font of figures, from the page's style sheet.

use serde::{Deserialize, Serialize};

/// Colors (as in CSS: `#1f6feb`, `rgb(31 111 235)`) and the font of figures.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Theme {
    /// Color of text.
    pub text: String,
    /// Color of less important text, such as labels of axes.
    pub muted: String,
    /// Color of grid lines and axes.
    pub grid: String,
    /// Color of the background.
    pub background: String,
    /// Font family, as in CSS.
    pub font: String,
    /// Colors of lines, in the order of use. Lines reuse them if there are more
    /// lines than colors.
    pub lines: Vec<String>,
}

impl Theme {
    /// The color of a line; the text color if the theme has no line colors.
    pub fn line(&self, index: usize) -> &str {
        let colors = self.lines.len().max(1);
        self.lines.get(index % colors).unwrap_or(&self.text)
    }
}
