//! Metrics: what did tests measure, and which values shifted?

mod table;

use crate::analyze::{MetricWindow, ShiftedMetric};
use crate::engine::{GetMetricChart, GetMetrics};
use crate::query::{ChartKind, Filter};
use crate::ui::format;
use crate::ui::hooks::use_query;
use crate::ui::parts::{
    ColumnChoice, FilterBar, ResultChart, ShiftLink, Table, TableCount, TableRows, use_chart_theme,
    worse_sentence,
};
use crate::ui::stores::{Phase, use_loading, use_navigation};
use leptos::prelude::*;
use std::sync::Arc;
use table::MetricTable;

/// What got worse, a chart, and the table of metrics.
#[component]
pub fn Metrics() -> impl IntoView {
    let (navigation, loading) = (use_navigation(), use_loading());
    let theme = use_chart_theme();
    let charted = Memo::new(move |_| navigation.view.with(|view| view.charted.clone()));
    let directions = Memo::new(move |_| navigation.view.with(|view| view.directions.clone()));
    let is_ready = move || loading.phase.get() == Phase::Ready;
    let chart = use_query(move || {
        let (charted, directions) = (charted.get(), directions.get());
        is_ready().then(|| GetMetricChart { charted, directions, theme: theme.get() })
    });
    // The sentence is about all tests.
    let found = use_query(move || {
        let (filter, directions) = (Filter::default(), directions.get());
        Some(GetMetrics { filter, directions, sort: None, from: 0, count: 0 })
    })
    .answer;
    let has_metrics =
        Memo::new(move |_| found.with(|found| found.as_ref().is_none_or(|found| found.metrics > 0)));
    let table = Table::<MetricTable>::new();
    view! {
        <main class="table-view timing" aria-label="Metrics">
            <Found found=found />
            <Show when=move || has_metrics.get()>
                <ResultChart
                    answer=chart.answer
                    kinds=&[ChartKind::Trend, ChartKind::Duts]
                    file_name="metrics"
                    nothing=|_| "A trend needs two sessions of a DUT with a value."
                />
            </Show>
            <div class="toolbar">
                <FilterBar />
                <TableCount table=table />
                <ColumnChoice table=table />
            </div>
            <TableRows table=table />
        </main>
    }
}

/// What got worse, in a sentence whose metrics lead to their trends.
#[component]
fn Found(found: ReadSignal<Option<Arc<MetricWindow>>>) -> impl IntoView {
    let sentence = move || {
        let found = found.get()?;
        let (worse, better, others) = found.shifted;
        let metrics = |count: u32, verb: &str| {
            (count > 0).then(|| format!("{} {verb}. ", format::plural(count, "metric")))
        };
        let rest = [metrics(better, "got better"), metrics(others, "changed")];
        let content = match worse {
            0 if found.metrics == 0 => {
                "No test has measured values: benchmarks, measurements, sizes of programs, or \
                properties that are numbers."
                    .into_any()
            }
            0 if found.tested == 0 => {
                "A shift of a metric needs at least 4 sessions before and 4 after, of one or several DUTs."
                    .into_any()
            }
            0 => view! { "No metric got worse. " {rest} }.into_any(),
            _ => {
                let named = found.worse.iter().cloned().map(|ShiftedMetric { test, metric, shift }| {
                    let name = format!("{metric} of {}", test.name);
                    view! { <ShiftLink name=name test=test metric=metric shift=shift /> }.into_any()
                });
                let head = format!("{} got worse", format::plural(worse, "metric"));
                let more = worse - found.worse.len() as u32;
                (worse_sentence(&head, named.collect(), more), rest).into_any()
            }
        };
        Some(content)
    };
    view! {
        <p class="timing-found" role="status">
            {sentence}
        </p>
    }
}
