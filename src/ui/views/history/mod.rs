//! History: since when, and which way?

mod chart;
mod map;
mod order;

use chart::HistoryChart;
use leptos::prelude::*;
use map::HistoryMap;

/// A chart of each DUT over builds, and a map of DUTs over builds.
#[component]
pub fn History() -> impl IntoView {
    view! {
        <main class="table-view history" aria-label="History">
            <HistoryChart />
            <HistoryMap />
        </main>
    }
}
