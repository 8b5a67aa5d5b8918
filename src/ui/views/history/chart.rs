//! The chart of a measure over builds.

use crate::engine::GetFigureByBuild;
use crate::figures::Figure;
use crate::query::{Measure, SessionKey};
use crate::ui::hooks::use_query;
use crate::ui::parts::{Chart, use_chart_theme};
use crate::ui::stores::{Phase, use_loading, use_navigation};
use leptos::prelude::*;
use std::sync::Arc;

/// The chart with the choice of what it shows; a sentence with fewer than two builds. A click on a point
/// opens its session.
#[component]
pub fn HistoryChart() -> impl IntoView {
    let (navigation, loading) = (use_navigation(), use_loading());
    let theme = use_chart_theme();
    let measure = Memo::new(move |_| navigation.view.with(|view| view.measure));
    let is_ready = move || loading.phase.get() == Phase::Ready;
    let query = use_query(move || {
        is_ready().then(|| GetFigureByBuild { measure: measure.get(), zoom: true, theme: theme.get() })
    });
    // While more is read, there is no answer, and the chart stays.
    let figure = Memo::new(move |before: Option<&Option<Arc<Option<Figure>>>>| {
        query.answer.get().or_else(|| before.cloned().flatten())
    });
    let has_figure = move || figure.with(|figure| figure.as_deref().is_some_and(Option::is_some));
    let has_none = move || figure.with(|figure| figure.as_deref().is_some_and(Option::is_none));
    let shown =
        Memo::new(move |_| figure.with(|figure| figure.as_deref().cloned().flatten()).unwrap_or_default());
    let open = move |trace: usize, point: usize| {
        let link = |figure: &Figure| figure.links.get(trace)?.get(point)?.clone();
        if let Some(link) = shown.with_untracked(link) {
            let key = SessionKey { dut: link.dut, session: link.session };
            navigation.push(|view| view.session = Some(key));
        }
    };
    let chip = move |at: Measure| {
        view! {
            <button
                type="button"
                class="chip"
                aria-pressed=move || (measure.get() == at).to_string()
                on:click=move |_| navigation.push(|view| view.measure = at)
            >
                {at.name()}
            </button>
        }
    };
    view! {
        <section class="history-chart" aria-labelledby="history-title">
            <div class="history-head">
                <h2 id="history-title">"Over builds"</h2>
                <span class="filter-chips" role="group" aria-label="What the chart shows">
                    {Measure::ALL.map(chip).collect_view()}
                </span>
                <Show when=has_figure>
                    <span class="hint">"Drag over builds to enlarge them, double-click for all."</span>
                </Show>
            </div>
            <Show when=has_figure>
                <Chart figure=shown file_name="history" on_point=open />
            </Show>
            <Show when=has_none>
                <p class="hint">"A chart needs two builds with results."</p>
            </Show>
        </section>
    }
}
