//! Timing: what is slow, and what became slower?

mod table;

use crate::analyze::{ShiftedTest, TimingWindow};
use crate::engine::{GetTiming, GetTimingChart};
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
use table::TimingTable;

/// What became slower, a chart, and the table of test times.
#[component]
pub fn Timing() -> impl IntoView {
    let (navigation, loading) = (use_navigation(), use_loading());
    let theme = use_chart_theme();
    let charted = Memo::new(move |_| navigation.view.with(|view| view.charted.clone()));
    let is_ready = move || loading.phase.get() == Phase::Ready;
    let chart =
        use_query(move || is_ready().then(|| GetTimingChart { charted: charted.get(), theme: theme.get() }));
    // The sentence is about all tests.
    let found =
        use_query(move || Some(GetTiming { filter: Filter::default(), sort: None, from: 0, count: 0 }))
            .answer;
    let table = Table::<TimingTable>::new();
    view! {
        <main class="table-view timing" aria-label="Timing">
            <Found found=found />
            <ResultChart
                answer=chart.answer
                kinds=&[ChartKind::Trend, ChartKind::Duts, ChartKind::Session]
                file_name="timing"
                nothing=nothing
            />
            <div class="toolbar">
                <FilterBar />
                <TableCount table=table />
                <ListedTime filtered=Signal::derive(move || table.answer(|answer: &TimingWindow| listed(answer))) />
                <ColumnChoice table=table />
            </div>
            <TableRows table=table />
        </main>
    }
}

fn nothing(kind: ChartKind) -> &'static str {
    match kind {
        ChartKind::Trend => "A trend needs a test that passed in two sessions of a DUT.",
        ChartKind::Duts => "No durations.",
        ChartKind::Session => "No file says when each test started.",
    }
}

/// The test time of the listed tests, and of all.
fn listed(answer: &TimingWindow) -> String {
    match (answer.listed_s, answer.test_time_s) {
        (Some(listed), Some(all)) if all > 0.0 && answer.total < answer.tests => {
            format!(
                "{} of {}, {}",
                format::duration(Some(listed)),
                format::duration(Some(all)),
                format::rate(Some(listed / all))
            )
        }
        (_, Some(all)) => format!("test time {}", format::duration(Some(all))),
        _ => String::new(),
    }
}

#[component]
fn ListedTime(#[prop(into)] filtered: Signal<Option<String>>) -> impl IntoView {
    view! { <span class="toolbar-count">{move || filtered.get().unwrap_or_default()}</span> }
}

/// What became slower, in a sentence whose tests lead to their trends.
#[component]
fn Found(found: ReadSignal<Option<Arc<TimingWindow>>>) -> impl IntoView {
    let sentence = move || {
        let found = found.get()?;
        let (slower, faster) = found.shifted;
        let faster = (faster > 0).then(|| format!("{} became faster. ", format::plural(faster, "test")));
        let content = match slower {
            0 if found.tested == 0 => {
                "A shift in time needs at least 4 sessions before and 4 after, of one or several DUTs."
                    .into_any()
            }
            0 => view! { "No test became slower. " {faster} }.into_any(),
            _ => {
                let named = found.slower.iter().cloned().map(|ShiftedTest { test, shift }| {
                    view! { <ShiftLink name=test.name.clone() test=test metric=String::new() shift=shift /> }
                        .into_any()
                });
                let head = format!("{} became slower", format::plural(slower, "test"));
                let more = slower - found.slower.len() as u32;
                (worse_sentence(&head, named.collect(), more), faster).into_any()
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
