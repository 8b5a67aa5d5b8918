//! A chart whose points are results, with what it shows in words.

use super::chart::Chart;
use crate::engine::TestChart;
use crate::figures::Figure;
use crate::query::{ChartKind, SessionKey};
use crate::ui::stores::use_navigation;
use leptos::prelude::*;
use std::sync::Arc;

/// The chart of an answer, with the choice of the chart. A click on a point opens its result.
#[component]
pub fn ResultChart(
    /// The answer; `None` while there is none.
    answer: ReadSignal<Option<Arc<TestChart>>>,
    /// The charts to choose from: those of a list of kinds.
    kinds: &'static [ChartKind],
    /// The name of saved files, without extension.
    file_name: &'static str,
    /// What to say if there is nothing to show.
    nothing: fn(ChartKind) -> &'static str,
) -> impl IntoView {
    let navigation = use_navigation();
    let kind = Memo::new(move |_| navigation.view.with(|view| view.charted.kind));
    // While more is read, there is no answer, and the chart stays.
    let chart = Memo::new(move |before: Option<&Option<Arc<TestChart>>>| {
        answer.get().or_else(|| before.cloned().flatten())
    });
    let has_figure =
        Memo::new(move |_| chart.with(|chart| chart.as_ref().is_some_and(|chart| chart.figure.is_some())));
    let has_none = move || chart.with(Option::is_some) && !has_figure.get();
    let figure = Memo::new(move |_| -> Figure {
        chart.with(|chart| chart.as_ref()?.figure.clone()).unwrap_or_default()
    });
    let open = move |trace: usize, point: usize| {
        let result = |chart: &Option<Arc<TestChart>>| chart.as_ref()?.results.get(trace)?.get(point)?.clone();
        if let Some(result) = chart.with_untracked(result) {
            navigation.select(result);
        }
    };
    let chip = move |at: ChartKind| {
        let (_, _, name) = ChartKind::ALL[at as usize];
        view! {
            <button
                type="button"
                class="chip"
                aria-pressed=move || (kind.get() == at).to_string()
                on:click=move |_| navigation.push(|view| view.charted.kind = at)
            >
                {name}
            </button>
        }
    };
    let title = move || figure.with(|figure| figure.title.clone());
    let sentences = move || {
        let sentences = chart.with(|chart| chart.as_ref().map(|chart| chart.sentences.clone()));
        sentences.unwrap_or_default().into_iter().map(|sentence| view! { <li>{sentence}</li> }).collect_view()
    };
    let every = move || {
        let test = navigation
            .view
            .with(|view| view.charted.test.clone())
            .filter(|_| kind.get() == ChartKind::Duts)?;
        Some(view! {
            <button
                type="button"
                class="chip chip-remove"
                aria-label="One test, show all tests"
                title="Press to show the durations of all tests"
                on:click=move |_| navigation.push(|view| view.charted.test = None)
            >
                {test.name}
            </button>
        })
    };
    let sessions = move || {
        let chart = chart.get().filter(|_| kind.get() == ChartKind::Session)?;
        (!chart.sessions.is_empty()).then(|| view! { <SessionChoice chart=chart /> })
    };
    view! {
        <section class="result-chart" aria-label="Chart">
            <div class="chart-head">
                <span class="filter-chips" role="group" aria-label="Which chart">
                    {kinds.iter().map(|kind| chip(*kind)).collect_view()}
                </span>
                {every}
                {sessions}
                <h2 class="chart-title">{title}</h2>
            </div>
            <ul class="chart-sentences">{sentences}</ul>
            <Show when=move || has_figure.get()>
                <Chart figure=figure file_name=file_name on_point=open />
            </Show>
            <Show when=has_none>
                <p class="hint">{move || nothing(kind.get())}</p>
            </Show>
        </section>
    }
}

/// The session that the chart shows.
#[component]
fn SessionChoice(chart: Arc<TestChart>) -> impl IntoView {
    let navigation = use_navigation();
    let keys: Vec<SessionKey> = chart.sessions.iter().map(|session| session.key.clone()).collect();
    let options = chart.sessions.iter().enumerate().map(|(at, session)| {
        let is_chosen = chart.session.as_ref() == Some(&session.key);
        view! {
            <option value=at.to_string() selected=is_chosen>
                {session.words.clone()}
            </option>
        }
    });
    let choose = move |event| {
        let at: usize = event_target_value(&event).parse().unwrap_or_default();
        let key = keys.get(at).cloned();
        navigation.push(|view| view.charted.session = key);
    };
    view! {
        <select class="field" aria-label="Session" on:change=choose>
            {options.collect_view()}
        </select>
    }
}
