//! The style that all figures have: fonts, axes, and how lines differ.

use super::theme::Theme;
use plotly::common::{DashType, Font, Label, MarkerSymbol};
use plotly::configuration::DisplayModeBar;
use plotly::layout::{Axis, AxisType, CategoryOrder, DragMode, HoverMode, Legend, Margin};
use plotly::{Configuration, Layout};

/// With more lines than this, the legend would be larger than the chart.
pub const LEGEND_LINES: usize = 12;

/// Text sizes, in pixels.
const TEXT_SIZE: usize = 12;

/// Symbols and dashes of lines. Any two of the first 32 lines differ in at least
/// one of them, so that lines never differ in color only.
const SYMBOLS: [MarkerSymbol; 8] = [
    MarkerSymbol::Circle,
    MarkerSymbol::Square,
    MarkerSymbol::Diamond,
    MarkerSymbol::TriangleUp,
    MarkerSymbol::Cross,
    MarkerSymbol::X,
    MarkerSymbol::TriangleDown,
    MarkerSymbol::Star,
];
const DASHES: [DashType; 4] = [DashType::Solid, DashType::Dash, DashType::Dot, DashType::DashDot];

/// The symbol and the dash of a line. Each round of symbols starts with another dash.
pub fn symbol_and_dash(index: usize) -> (MarkerSymbol, DashType) {
    let dash = DASHES[(index + index / SYMBOLS.len()) % DASHES.len()].clone();
    (SYMBOLS[index % SYMBOLS.len()].clone(), dash)
}

/// The font of a text in this color.
pub fn font(theme: &Theme, color: &str) -> Font {
    Font::new().family(&theme.font).size(TEXT_SIZE).color(color.to_owned())
}

/// An axis.
pub fn axis(theme: &Theme) -> Axis {
    Axis::new()
        .tick_font(font(theme, &theme.muted))
        .grid_color(theme.grid.clone())
        .line_color(theme.grid.clone())
        .zero_line(false)
        .auto_margin(true)
}

/// An axis of names in this order: builds such as "1.10" are names, not numbers.
pub fn build_axis(builds: Vec<String>, zoom: bool, theme: &Theme) -> Axis {
    axis(theme)
        .fixed_range(!zoom)
        .type_(AxisType::Category)
        .category_order(CategoryOrder::Array)
        .category_array(builds)
        .show_grid(false)
        .show_line(true)
}

/// A layout without axes. With `zoom`, a person can drag over a part to enlarge it.
pub fn layout(zoom: bool, theme: &Theme) -> Layout {
    Layout::new()
        .auto_size(true)
        .margin(Margin::new().left(48).right(12).top(12).bottom(32))
        .font(font(theme, &theme.text))
        .paper_background_color(theme.background.clone())
        .plot_background_color(theme.background.clone())
        .hover_mode(HoverMode::Closest)
        .hover_label(
            Label::new()
                .background_color(theme.background.clone())
                .border_color(theme.grid.clone())
                .font(font(theme, &theme.text)),
        )
        .drag_mode(if zoom { DragMode::Zoom } else { DragMode::False })
        // Beside the plot, which is plotly's default place.
        .legend(Legend::new().font(font(theme, &theme.text)))
}

/// The settings of all figures.
pub fn configuration() -> Configuration {
    Configuration::new().display_mode_bar(DisplayModeBar::False).responsive(true)
}
