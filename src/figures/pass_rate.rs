//! The pass rate, or another measure, of each DUT by build, as lines.

use super::figure::{Document, Figure, FigureLink, FigureTable};
use super::style::{LEGEND_LINES, axis, build_axis, configuration, dut_line, layout};
use super::text::{escaped, percent};
use super::theme::Theme;
use crate::analyze::{BuildPoint, DutPassRates, PassRateByBuild};
use crate::model::{TRUNCATED, counted, grouped, rounded};
use crate::query::Measure;
use plotly::Scatter;
use plotly::layout::{Axis, AxisRange, RangeMode};

/// Draws a measure of each DUT by build: one trace per DUT in the order of `rates`, one point per
/// build. `None` if there is nothing to compare. In a figure with `zoom`, a person can drag over builds
/// to enlarge them.
pub fn measure_by_build(
    rates: &PassRateByBuild,
    measure: Measure,
    zoom: bool,
    theme: &Theme,
) -> Option<Figure> {
    if !rates.is_meaningful(measure) {
        return None;
    }
    let builds: Vec<String> = rates.builds.iter().map(|build| escaped(build)).collect();
    let numbered = rates.duts.iter().enumerate();
    let traces: Vec<_> =
        numbered.map(|(index, dut)| trace(dut, index, rates, measure, &builds, theme)).collect();
    let has_legend = rates.duts.len() <= LEGEND_LINES;
    let layout = layout(zoom, theme)
        .show_legend(has_legend)
        .x_axis(build_axis(builds, zoom, theme))
        .y_axis(value_axis(rates, measure, theme));
    Some(Figure {
        json: Document { data: &traces, layout: &layout, config: &configuration() }.json(),
        title: format!("{} per DUT over builds", measure.name()),
        note: note(rates),
        table: table(rates),
        links: rates.duts.iter().map(|dut| links(dut, rates, measure)).collect(),
    })
}

fn trace(
    dut: &DutPassRates,
    index: usize,
    rates: &PassRateByBuild,
    measure: Measure,
    builds: &[String],
    theme: &Theme,
) -> Box<Scatter<String, Option<f64>>> {
    let scale = if measure == Measure::PassRate { 100.0 } else { 1.0 };
    let values = dut.points.iter().map(|point| Some(rounded(point.as_ref()?.value(measure)? * scale)));
    let labels = dut.points.iter().zip(&rates.builds).map(|(point, build)| match point {
        Some(point) => escaped(&label(&dut.dut, build, point, measure)),
        None => String::new(),
    });
    dut_line((index, escaped(&dut.dut)), builds, values.collect(), labels.collect(), theme)
}

/// "board_a, 1.4.0: 97.5 % (195 of 200)".
fn label(dut: &str, build: &str, point: &BuildPoint, measure: Measure) -> String {
    let (passed, counts) = (point.passed(), &point.counts);
    let value = match measure {
        Measure::PassRate => {
            let rate = point.rate().map_or_else(String::new, |rate| format!("{} % ", percent(rate)));
            format!("{rate}({} of {})", number(passed), number(passed + point.failing()))
        }
        Measure::Failing => format!("{} failing", number(point.failing())),
        Measure::Results => counted(u64::from(counts.results()), "result"),
        Measure::TestTime => format!("{} s of tests", decimals(counts.duration_s.unwrap_or(0.0))),
    };
    let mut label = format!("{dut}, {build}: {value}");
    if point.sessions > 1 {
        label.push_str(&format!("; {}", counted(u64::from(point.sessions), "session")));
    }
    match point.incomplete.as_deref() {
        None => {}
        Some(TRUNCATED) => label.push_str("; truncated"),
        Some(reason) => label.push_str(&format!("; incomplete: {reason}")),
    }
    label
}

/// Returns the axis of values. That of rates starts at the multiple of ten below the lowest rate, at most
/// 90: most rates are near 100, where an axis from 0 would hide differences.
fn value_axis(rates: &PassRateByBuild, measure: Measure, theme: &Theme) -> Axis {
    let points = rates.duts.iter().flat_map(|dut| &dut.points).flatten();
    let axis = axis(theme).fixed_range(true);
    match measure {
        Measure::PassRate => {
            let lowest = points.filter_map(BuildPoint::rate).fold(1.0, f64::min);
            let start = ((lowest * 10.0).floor() * 10.0).clamp(0.0, 90.0);
            axis.range(AxisRange::new(start, 100.0)).tick_suffix(" %")
        }
        Measure::TestTime => axis.range_mode(RangeMode::ToZero).tick_suffix(" s"),
        Measure::Failing | Measure::Results => axis.range_mode(RangeMode::ToZero),
    }
}

/// Returns what is shown if something is omitted: "Shows the last 150 of 160 builds."
fn note(rates: &PassRateByBuild) -> Option<String> {
    let mut parts = Vec::new();
    if rates.duts_left_out > 0 {
        let shown = rates.duts.len();
        parts.push(format!(
            "the {} of {} DUTs with the lowest latest pass rate",
            grouped(shown as u64),
            grouped((shown + rates.duts_left_out) as u64)
        ));
    }
    if rates.builds_left_out > 0 {
        let shown = rates.builds.len();
        let all = shown + rates.builds_left_out;
        parts.push(format!("the last {} of {} builds", grouped(shown as u64), grouped(all as u64)));
    }
    (!parts.is_empty()).then(|| format!("Shows {}.", parts.join(" and ")))
}

fn table(rates: &PassRateByBuild) -> FigureTable {
    let head = [
        "DUT",
        "Build",
        "Pass rate (%)",
        "Passed",
        "Failed or error",
        "Results",
        "Test time (s)",
        "Sessions",
    ];
    let rows = rates.duts.iter().flat_map(|dut| {
        let points = dut.points.iter().zip(&rates.builds);
        points.filter_map(|(point, build)| {
            let point = point.as_ref()?;
            Some(vec![
                dut.dut.clone(),
                build.clone(),
                point.rate().map_or_else(String::new, percent),
                point.passed().to_string(),
                point.failing().to_string(),
                point.counts.results().to_string(),
                point.counts.duration_s.map_or_else(String::new, decimals),
                point.sessions.to_string(),
            ])
        })
    });
    FigureTable { head: head.map(str::to_owned).to_vec(), rows: rows.collect() }
}

fn links(dut: &DutPassRates, rates: &PassRateByBuild, measure: Measure) -> Vec<Option<FigureLink>> {
    let points = dut.points.iter().zip(&rates.builds);
    let links = points.map(|(point, build)| {
        let point = point.as_ref().filter(|point| point.value(measure).is_some())?;
        Some(FigureLink { dut: dut.dut.clone(), build: build.clone(), session: point.session.clone() })
    });
    links.collect()
}

fn number(number: u32) -> String {
    grouped(u64::from(number))
}

/// Seconds with one decimal.
fn decimals(seconds: f64) -> String {
    format!("{seconds:.1}")
}
