//! The distribution of values per DUT, as boxes with points.

use super::figure::{Document, Figure, FigureTable};
use super::style::{axis, configuration, layout, symbol_and_dash};
use super::text::escaped;
use super::theme::Theme;
use super::trend::suffix;
use crate::analyze::{Spread, SpreadGroup};
use crate::model::{counted, grouped};
use crate::text::amount;
use plotly::BoxPlot;
use plotly::box_plot::BoxPoints;
use plotly::common::{HoverInfo, Line, Marker};
use plotly::layout::{AxisType, RangeMode};

/// On a logarithmic axis, smaller values are drawn as this: 1 ms.
const LEAST: f64 = 0.001;

/// Draws the distribution of values: one trace per DUT, whose points are in ascending order; `None` without a
/// value.
pub fn spread(spread: &Spread, theme: &Theme) -> Option<Figure> {
    if spread.groups.is_empty() {
        return None;
    }
    let numbered = spread.groups.iter().enumerate();
    let traces: Vec<_> = numbered.map(|(index, group)| trace(group, index, spread, theme)).collect();
    let value_axis = axis(theme).fixed_range(true).tick_suffix(suffix(&spread.unit).as_str());
    let value_axis = match spread.is_logarithmic {
        true => value_axis.type_(AxisType::Log).dtick(1.0),
        false => {
            value_axis.range_mode(if is_positive(spread) { RangeMode::ToZero } else { RangeMode::Normal })
        }
    };
    let layout = layout(false, theme)
        .show_legend(false)
        .x_axis(axis(theme).fixed_range(true).type_(AxisType::Category).show_grid(false).show_line(true))
        .y_axis(value_axis);
    Some(Figure {
        json: Document { data: &traces, layout: &layout, config: &configuration() }.json(),
        title: spread.title.clone(),
        note: note(spread),
        table: table(spread),
        links: Vec::new(),
    })
}

fn is_positive(spread: &Spread) -> bool {
    spread.groups.iter().all(|group| group.values.first().is_none_or(|(value, _)| *value >= 0.0))
}

fn trace(group: &SpreadGroup, index: usize, spread: &Spread, theme: &Theme) -> Box<BoxPlot<f64, f64>> {
    let drawn = |value: f64| if spread.is_logarithmic { value.max(LEAST) } else { value };
    let label = |value: f64, name: &str, session: Option<&str>| {
        let session = session.map(|session| format!(" ({session})")).unwrap_or_default();
        escaped(&format!("{}, {name}{session}: {}", group.dut, amount(value, &spread.unit)))
    };
    let labels = group
        .values
        .iter()
        .map(|(value, result)| label(*value, &result.name, result.session.as_deref()))
        .collect();
    let color = theme.line(index).to_owned();
    let (symbol, _) = symbol_and_dash(index);
    BoxPlot::new(group.values.iter().map(|(value, _)| drawn(*value)).collect())
        .name(escaped(&group.dut))
        .box_points(BoxPoints::All)
        .jitter(0.5)
        .point_pos(0.0)
        .marker(Marker::new().color(color.clone()).symbol(symbol).size(4).opacity(0.6))
        .line(Line::new().color(color).width(1.5))
        .hover_info(HoverInfo::Text)
        .hover_text_array(labels)
}

fn note(spread: &Spread) -> Option<String> {
    let mut parts = Vec::new();
    if spread.duts_left_out > 0 {
        let shown = spread.groups.len();
        let all = grouped((shown + spread.duts_left_out) as u64);
        parts.push(format!("Shows the {shown} of {all} DUTs with the greatest median."));
    }
    let (shown, total) = spread.groups.iter().fold((0, 0), |(shown, total), group| {
        (shown + group.values.len() as u64, total + group.total as u64)
    });
    if shown < total {
        let all = counted(total, "value");
        parts.push(format!("Shows {} of {all}, evenly spaced by rank on each DUT.", grouped(shown)));
    }
    let is_short = |group: &SpreadGroup| group.values.first().is_some_and(|(value, _)| *value < LEAST);
    if spread.is_logarithmic && spread.groups.iter().any(is_short) {
        parts.push("Durations below 1 ms are drawn at 1 ms.".to_owned());
    }
    (!parts.is_empty()).then(|| parts.join(" "))
}

fn table(spread: &Spread) -> FigureTable {
    let unit = if spread.unit.is_empty() { String::new() } else { format!(" ({})", spread.unit) };
    let heads = ["Lowest", "First quartile", "Median", "Third quartile", "Highest"];
    let head = ["DUT".to_owned(), "Values".to_owned()];
    let head = head.into_iter().chain(heads.map(|head| format!("{head}{unit}")));
    let row = |group: &SpreadGroup| {
        let values: Vec<f64> = group.values.iter().map(|(value, _)| *value).collect();
        let quantiles = [0.0, 0.25, 0.5, 0.75, 1.0].map(|share| amount(quantile(&values, share), ""));
        [group.dut.clone(), group.total.to_string()].into_iter().chain(quantiles).collect()
    };
    FigureTable { head: head.collect(), rows: spread.groups.iter().map(row).collect() }
}

/// A quantile of sorted values, with linear interpolation, as plotly.js computes it by default: method 10 of
/// E. Langford, "Quartiles in elementary statistics", 2006.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let place = (share * sorted.len() as f64 - 0.5).clamp(0.0, sorted.len() as f64 - 1.0);
    let (low, high) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
    low + (high - low) * place.fract()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quartiles_are_those_of_plotly() {
        // `Lib.interp` of plotly.js 3.1: the quartiles of 1 … 8 are 2.5, 4.5 and 6.5.
        let values: Vec<f64> = (1..=8).map(f64::from).collect();
        assert_eq!(
            [0.0, 0.25, 0.5, 0.75, 1.0].map(|share| quantile(&values, share)),
            [1.0, 2.5, 4.5, 6.5, 8.0]
        );
        assert_eq!([0.25, 0.5].map(|share| quantile(&[3.0], share)), [3.0, 3.0]);
    }
}
