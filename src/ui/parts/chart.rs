//! The chart of outcomes: a stacked bar per DUT.

use crate::analyze::DutLine;
use crate::browser::{chart, document};
use crate::model::Outcome;
use crate::ui::state::state;
use leptos::html::Div;
use leptos::prelude::*;
use leptos::task::spawn_local;
use plotly::common::{HoverInfo, Marker, Orientation};
use plotly::configuration::DisplayModeBar;
use plotly::layout::{Axis, BarMode, Margin};
use plotly::{Bar, Configuration, Layout, Trace};
use std::sync::Arc;

/// Bars that stand beside the rows of a table, one `row_height` each.
#[component]
pub fn OutcomeBars(
    /// A bar each, from the top.
    duts: Signal<Arc<Vec<DutLine>>>,
    /// Height of a row in pixels.
    row_height: u32,
) -> impl IntoView {
    let state = state();
    let frame: NodeRef<Div> = NodeRef::new();
    let problem = RwSignal::new(None::<String>);
    Effect::new(move |_| {
        // Colours may have changed, too.
        state.version.track();
        let duts = duts.get();
        let Some(element) = frame.get() else {
            return;
        };
        let (traces, layout, config) = outcome_bars(&duts, row_height);
        spawn_local(async move {
            let drawn = chart::draw(&element, &traces, &layout, &config).await;
            let _ = problem.try_set(drawn.err().map(|error| format!("{error:?}")));
        });
    });
    on_cleanup(move || {
        if let Some(element) = frame.get_untracked() {
            chart::purge(&element);
        }
    });
    // The table beside it says the same: for assistive technology it is enough.
    view! {
        <div
            class="chart"
            aria-hidden="true"
            node_ref=frame
            style:height=move || format!("{}px", duts.with(|duts| duts.len()) as u32 * row_height)
        ></div>
        {move || problem.get().map(|text| view! { <p class="hint">"The chart could not be drawn: " {text}</p> })}
    }
}

/// Traces, layout and configuration, as JSON.
fn outcome_bars(duts: &[DutLine], row_height: u32) -> (String, String, String) {
    let occurring = Outcome::ALL
        .into_iter()
        .filter(|&outcome| duts.iter().any(|dut| dut.counts.of(outcome) > 0));
    let positions: Vec<usize> = (0..duts.len()).collect();
    let traces: Vec<String> = occurring
        .map(|outcome| {
            let counts: Vec<u32> = duts.iter().map(|dut| dut.counts.of(outcome)).collect();
            let labels: Vec<String> =
                duts.iter().map(|dut| format!("{}: {} {}", escaped(&dut.name), dut.counts.of(outcome), outcome.word())).collect();
            let color = document::token(&format!("--{}", outcome.key().replace('_', "")));
            Bar::new(counts, positions.clone())
                .name(outcome.word())
                .orientation(Orientation::Horizontal)
                .marker(Marker::new().color(color))
                .hover_text_array(labels)
                .hover_info(HoverInfo::Text)
                .to_json()
        })
        .collect();
    let bare = || Axis::new().visible(false).fixed_range(true);
    let layout = Layout::new()
        .bar_mode(BarMode::Stack)
        .bar_gap(0.5)
        .height(duts.len() * row_height as usize)
        .margin(Margin::new().left(0).right(0).top(0).bottom(0))
        .paper_background_color("rgba(0,0,0,0)")
        .plot_background_color("rgba(0,0,0,0)")
        .show_legend(false)
        .x_axis(bare())
        .y_axis(bare().range(vec![duts.len() as f64 - 0.5, -0.5]));
    let config = Configuration::new().display_mode_bar(DisplayModeBar::False).responsive(true);
    let config = serde_json::to_string(&config).unwrap_or_default();
    (format!("[{}]", traces.join(",")), layout.to_json(), config)
}

/// plotly.js reads a few HTML tags in its texts: those of a name are none.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
