//! A quantity of a test over builds, as a line per DUT, with its shifts.

use super::figure::{Document, Figure, FigureLink, FigureTable};
use super::style::{LEGEND_LINES, axis, build_axis, configuration, dut_line, font, layout};
use super::text::escaped;
use super::theme::Theme;
use crate::analyze::{Shift, Trend, TrendLine, TrendPoint};
use crate::model::{counted, grouped, rounded};
use crate::text::amount;
use plotly::Scatter;
use plotly::common::{Anchor, DashType};
use plotly::layout::{Annotation, RangeMode, Shape, ShapeLayer, ShapeLine, ShapeType};

/// Draws a quantity over builds; `None` if no DUT has two values. Vertical lines are shifts: dashed ones of all DUTs,
/// dotted ones of a single DUT. Horizontal lines are limits.
pub fn trend(trend: &Trend, theme: &Theme) -> Option<Figure> {
    let values = |line: &TrendLine| line.points.iter().flatten().map(|point| point.values).sum::<u32>();
    if trend.lines.iter().all(|line| values(line) < 2) {
        return None;
    }
    let builds: Vec<String> = trend.builds.iter().map(|build| escaped(build)).collect();
    let numbered = trend.lines.iter().enumerate();
    let traces: Vec<_> = numbered.map(|(index, line)| trace(line, index, trend, &builds, theme)).collect();
    let (mut shapes, mut annotations) = (Vec::new(), Vec::new());
    for shift in &trend.shifts {
        let Some(place) = (shift.build.1 as usize).checked_sub(trend.builds_left_out) else {
            continue;
        };
        let (x, dash) =
            (place as f64 - 0.5, if shift.dut.is_some() { DashType::Dot } else { DashType::Dash });
        let line = ShapeLine::new().color(theme.muted.clone()).width(1.0).dash(dash);
        shapes.push(shape(line).x_ref("x").x0(x).x1(x).y_ref("paper").y0(0).y1(1));
        let text = escaped(&shift_words(shift));
        // Beside the line, where there is room.
        let anchor = if place * 2 > trend.builds.len() { Anchor::Right } else { Anchor::Left };
        annotations.push(
            Annotation::new()
                .x_ref("x")
                .x(x)
                .x_anchor(anchor)
                .y_ref("paper")
                .y(1.0)
                .y_anchor(Anchor::Top)
                .text(text)
                .show_arrow(false)
                .background_color(theme.background.clone())
                .font(font(theme, &theme.text)),
        );
    }
    for (name, limit) in [("lower limit", trend.limits.0), ("upper limit", trend.limits.1)] {
        let Some(limit) = limit else { continue };
        let line = ShapeLine::new().color(theme.muted.clone()).width(1.0).dash(DashType::LongDashDot);
        shapes.push(shape(line).x_ref("paper").x0(0).x1(1).y_ref("y").y0(limit).y1(limit));
        annotations.push(
            Annotation::new()
                .x_ref("paper")
                .x(0.0)
                .x_anchor(Anchor::Left)
                .y_ref("y")
                .y(limit)
                .y_anchor(Anchor::Bottom)
                .text(format!("{name} {}", amount(limit, &trend.unit)))
                .show_arrow(false)
                .font(font(theme, &theme.muted)),
        );
    }
    let values = trend.lines.iter().flat_map(|line| line.points.iter().flatten());
    let is_positive = values.map(|point| point.value).all(|value| value >= 0.0);
    let value_axis = axis(theme).fixed_range(true).tick_suffix(suffix(&trend.unit).as_str());
    let value_axis = if is_positive { value_axis.range_mode(RangeMode::ToZero) } else { value_axis };
    let layout = layout(true, theme)
        .show_legend(trend.lines.len() <= LEGEND_LINES)
        .shapes(shapes)
        .annotations(annotations)
        .x_axis(build_axis(builds, true, theme))
        .y_axis(value_axis);
    Some(Figure {
        json: Document { data: &traces, layout: &layout, config: &configuration() }.json(),
        title: format!("{}, per DUT over builds", trend.title),
        note: note(trend),
        table: table(trend),
        links: trend.lines.iter().map(|line| links(line, trend)).collect(),
    })
}

/// What follows a number on an axis: a space and the unit.
pub fn suffix(unit: &str) -> String {
    if unit.is_empty() { String::new() } else { escaped(&format!(" {unit}")) }
}

fn shape(line: ShapeLine) -> Shape {
    Shape::new().shape_type(ShapeType::Line).layer(ShapeLayer::Below).line(line)
}

/// "▲ 1.7×", and the DUT if it is only one.
fn shift_words(shift: &Shift) -> String {
    let arrow = if shift.is_rise() { "▲" } else { "▼" };
    let times = shift.ratio.map(|ratio| format!(" {ratio:.2}×")).unwrap_or_default();
    let dut = shift.dut.as_ref().map(|dut| format!(" {dut}")).unwrap_or_default();
    format!("{arrow}{times}{dut}")
}

fn trace(
    line: &TrendLine,
    index: usize,
    trend: &Trend,
    builds: &[String],
    theme: &Theme,
) -> Box<Scatter<String, Option<f64>>> {
    let values = line.points.iter().map(|point| Some(rounded(point.as_ref()?.value)));
    let labels = line.points.iter().zip(&trend.builds).map(|(point, build)| match point {
        Some(point) => escaped(&label(&line.dut, build, point, &trend.unit)),
        None => String::new(),
    });
    dut_line((index, escaped(&line.dut)), builds, values.collect(), labels.collect(), theme)
}

/// "board_a, 1.4.0: 12.1 s; median of 3, from 11.9 s to 12.4 s".
fn label(dut: &str, build: &str, point: &TrendPoint, unit: &str) -> String {
    let mut label = format!("{dut}, {build}: {}", amount(point.value, unit));
    if point.values > 1 {
        let (low, high) = (amount(point.range.0, unit), amount(point.range.1, unit));
        label.push_str(&format!("; median of {}, from {low} to {high}", grouped(u64::from(point.values))));
    }
    label
}

fn note(trend: &Trend) -> Option<String> {
    let mut parts = Vec::new();
    if trend.duts_left_out > 0 {
        let shown = trend.lines.len();
        let all = grouped((shown + trend.duts_left_out) as u64);
        parts.push(format!("the {shown} of {all} DUTs with the highest last value"));
    }
    if trend.builds_left_out > 0 {
        let shown = trend.builds.len();
        parts.push(format!(
            "the last {} of {}",
            shown,
            counted((shown + trend.builds_left_out) as u64, "build")
        ));
    }
    (!parts.is_empty()).then(|| format!("Shows {}.", parts.join(" and ")))
}

fn table(trend: &Trend) -> FigureTable {
    let unit = if trend.unit.is_empty() { String::new() } else { format!(" ({})", trend.unit) };
    let head = vec![
        "DUT".to_owned(),
        "Build".to_owned(),
        format!("Median{unit}"),
        format!("Lowest{unit}"),
        format!("Highest{unit}"),
        "Values".to_owned(),
        "Shift since this build".to_owned(),
    ];
    let rows = trend.lines.iter().flat_map(|line| {
        let points = line.points.iter().zip(&trend.builds).enumerate();
        points.filter_map(|(place, (point, build))| {
            let point = point.as_ref()?;
            let is_here = |shift: &&Shift| {
                shift.build.1 as usize == place + trend.builds_left_out
                    && shift.dut.as_ref().is_none_or(|dut| *dut == line.dut)
            };
            let shifts: Vec<String> = trend.shifts.iter().filter(is_here).map(shift_words).collect();
            let number = |value: f64| amount(value, "");
            Some(vec![
                line.dut.clone(),
                build.clone(),
                number(point.value),
                number(point.range.0),
                number(point.range.1),
                point.values.to_string(),
                shifts.join(", "),
            ])
        })
    });
    FigureTable { head, rows: rows.collect() }
}

fn links(line: &TrendLine, trend: &Trend) -> Vec<Option<FigureLink>> {
    let points = line.points.iter().zip(&trend.builds);
    let links = points.map(|(point, build)| {
        let session = point.as_ref()?.session.clone();
        Some(FigureLink { dut: line.dut.clone(), build: build.clone(), session })
    });
    links.collect()
}
