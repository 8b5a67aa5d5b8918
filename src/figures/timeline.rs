//! When each test of a session ran, as bars by worker.

use super::figure::{Document, Figure, FigureTable};
use super::style::{axis, configuration, layout};
use super::text::escaped;
use super::theme::Theme;
use crate::analyze::{Timeline, TimelineBar};
use crate::model::{Outcome, counted, grouped};
use crate::text::amount;
use plotly::Bar;
use plotly::common::{HoverInfo, Line, Marker, Orientation, Pattern, PatternShape};
use plotly::layout::{AxisType, BarMode, CategoryOrder, RangeMode};
use serde::Serialize;

/// Bars that begin elsewhere than at 0, which the crate lacks.
#[derive(Serialize)]
struct Based {
    #[serde(flatten)]
    trace: Box<Bar<f64, String>>,
    base: Vec<f64>,
}

/// Bars with one color and pattern.
struct Kind {
    name: &'static str,
    line: usize,
    pattern: PatternShape,
    is_of: fn(Outcome) -> bool,
}

/// Every outcome is of one kind.
fn kinds() -> [Kind; 3] {
    [
        Kind {
            name: "passed",
            line: 0,
            pattern: PatternShape::None,
            is_of: |outcome| outcome == Outcome::Passed,
        },
        Kind {
            name: "failed or error",
            line: 1,
            pattern: PatternShape::DiagonalCross,
            is_of: Outcome::is_failing,
        },
        Kind {
            name: "other",
            line: 7,
            pattern: PatternShape::RightDiagonalLine,
            is_of: |outcome| outcome != Outcome::Passed && !outcome.is_failing(),
        },
    ]
}

/// By trace: its bars, in the order of its points.
pub fn timeline_bars(timeline: &Timeline) -> Vec<Vec<&TimelineBar>> {
    let of = |kind: Kind| timeline.bars.iter().filter(|bar| (kind.is_of)(bar.outcome)).collect();
    kinds().into_iter().map(of).collect()
}

/// Draws a session: one trace per kind of outcome, whose bars are those of [`timeline_bars`].
pub fn timeline(timeline: &Timeline, theme: &Theme) -> Figure {
    let workers: Vec<String> = timeline.workers.iter().map(|worker| escaped(worker)).collect();
    let traces: Vec<_> = kinds()
        .into_iter()
        .zip(timeline_bars(timeline))
        .map(|(kind, bars)| {
            let durations = bars.iter().map(|bar| bar.duration_s).collect();
            let rows = bars.iter().map(|bar| workers[bar.worker].clone()).collect();
            let color = theme.line(kind.line).to_owned();
            let pattern = Pattern::new().shape(kind.pattern).foreground_color(theme.background.clone());
            let labels = bars.iter().map(|bar| escaped(&label(bar, &timeline.workers))).collect();
            let trace = Bar::new(durations, rows)
                .name(kind.name)
                .orientation(Orientation::Horizontal)
                .offset(-0.4)
                .width(0.8)
                .marker(
                    Marker::new()
                        .color(color)
                        .pattern(pattern)
                        // Bars that follow each other stay apart.
                        .line(Line::new().color(theme.background.clone()).width(0.5)),
                )
                .hover_info(HoverInfo::Text)
                .hover_text_array(labels);
            Based { trace, base: bars.iter().map(|bar| bar.from_s).collect() }
        })
        .collect();
    let worker_axis = axis(theme)
        .fixed_range(true)
        .type_(AxisType::Category)
        .category_order(CategoryOrder::Array)
        // The first worker is at the top.
        .category_array(workers.into_iter().rev().collect())
        .show_grid(false);
    let time_axis = axis(theme).range_mode(RangeMode::ToZero).tick_suffix(" s").show_line(true);
    let layout = layout(true, theme)
        .bar_mode(BarMode::Overlay)
        .show_legend(true)
        .x_axis(time_axis)
        .y_axis(worker_axis);
    Figure {
        json: Document { data: &traces, layout: &layout, config: &configuration() }.json(),
        title: format!("Tests of {} over time", timeline.title),
        note: Some(note(timeline)),
        table: table(timeline),
        links: Vec::new(),
    }
}

/// "test_x, gw0: from 1.20 s, took 0.30 s, passed".
fn label(bar: &TimelineBar, workers: &[String]) -> String {
    let (from, took) = (amount(bar.from_s, "s"), amount(bar.duration_s, "s"));
    format!("{}, {}: from {from}, took {took}, {}", bar.result.name, workers[bar.worker], bar.outcome.word())
}

fn note(timeline: &Timeline) -> String {
    let (wall, busy) = (amount(timeline.wall_s, "s"), amount(timeline.busy_s, "s"));
    let mut note = format!("Wall time {wall}, test time {busy}");
    let workers = timeline.workers.len() as f64;
    if timeline.wall_s > 0.0 {
        let share = (timeline.busy_s / (timeline.wall_s * workers) * 100.0).min(100.0);
        note.push_str(&format!("; {} busy {share:.0} % of the time", counted(workers as u64, "row")));
    }
    note.push('.');
    if timeline.left_out > 0 {
        let shown = timeline.bars.len();
        let all = grouped((shown + timeline.left_out) as u64);
        note.push_str(&format!(
            " Shows the failing and the longest {} of {all} tests.",
            grouped(shown as u64)
        ));
    }
    if timeline.untimed > 0 {
        note.push_str(&format!(
            " {} without a start or a duration.",
            counted(timeline.untimed as u64, "more test")
        ));
    }
    note
}

fn table(timeline: &Timeline) -> FigureTable {
    let head = ["Test", "Worker", "From (s)", "Duration (s)", "Outcome"];
    let row = |bar: &TimelineBar| {
        vec![
            bar.result.name.clone(),
            timeline.workers[bar.worker].clone(),
            amount(bar.from_s, ""),
            amount(bar.duration_s, ""),
            bar.outcome.word().to_owned(),
        ]
    };
    FigureTable { head: head.map(str::to_owned).to_vec(), rows: timeline.bars.iter().map(row).collect() }
}
