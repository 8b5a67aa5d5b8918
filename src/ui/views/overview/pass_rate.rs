//! The chart of pass rates over builds.

use super::to_sessions;
use crate::engine::GetFigureByBuild;
use crate::figures::Figure;
use crate::query::Measure;
use crate::ui::hooks::use_query;
use crate::ui::parts::{Chart, use_chart_theme};
use crate::ui::stores::{Phase, use_loading, use_navigation};
use leptos::prelude::*;
use std::sync::Arc;

/// A panel with the pass rate of each DUT by build; nothing with fewer than two
/// builds. A click on a point opens the DUT's sessions.
#[component]
pub fn PassRate() -> impl IntoView {
    let (navigation, loading) = (use_navigation(), use_loading());
    let theme = use_chart_theme();
    // The figures of the reports come first.
    let is_ready = move || loading.phase.get() == Phase::Ready;
    let query = use_query(move || {
        is_ready().then(|| GetFigureByBuild { measure: Measure::PassRate, zoom: false, theme: theme.get() })
    });
    // While more is read, there is no answer, and the chart stays.
    let figure = Memo::new(move |before: Option<&Option<Arc<Option<Figure>>>>| {
        query.answer.get().or_else(|| before.cloned().flatten())
    });
    let has_figure = move || figure.with(|figure| figure.as_deref().is_some_and(Option::is_some));
    let shown =
        Memo::new(move |_| figure.with(|figure| figure.as_deref().cloned().flatten()).unwrap_or_default());
    let open_sessions = move |trace: usize, point: usize| {
        let link = |figure: &Figure| figure.links.get(trace)?.get(point)?.clone();
        if let Some(link) = shown.with_untracked(link) {
            navigation.push(|view| to_sessions(view, &link.dut));
        }
    };
    view! {
        <Show when=has_figure>
            <section class="panel pass-rate" aria-labelledby="pass-rate-title">
                <h2 id="pass-rate-title">"Pass rate by build"</h2>
                <Chart figure=shown file_name="pass-rate-by-build" on_point=open_sessions />
            </section>
        </Show>
    }
}
