//! The style that all figures have: fonts, axes, and how lines differ.

use super::theme::Theme;
use plotly::common::{DashType, Font, HoverInfo, Label, Line, Marker, MarkerSymbol, Mode};
use plotly::configuration::DisplayModeBar;
use plotly::layout::{Axis, AxisType, CategoryOrder, DragMode, HoverMode, Legend, Margin};
use plotly::{Configuration, Layout, Scatter};

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

/// The line of a DUT over builds, with a text for each point. It continues across builds that have no value.
pub fn dut_line(
    (index, name): (usize, String),
    builds: &[String],
    values: Vec<Option<f64>>,
    labels: Vec<String>,
    theme: &Theme,
) -> Box<Scatter<String, Option<f64>>> {
    let color = theme.line(index).to_owned();
    let (symbol, dash) = symbol_and_dash(index);
    Scatter::new(builds.to_vec(), values)
        .name(name)
        .mode(Mode::LinesMarkers)
        .line(Line::new().color(color.clone()).dash(dash).width(1.5))
        .marker(Marker::new().color(color).symbol(symbol).size(7))
        .connect_gaps(true)
        // Otherwise markers at the edges would be cut in half.
        .clip_on_axis(false)
        .hover_info(HoverInfo::Text)
        .hover_text_array(labels)
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
