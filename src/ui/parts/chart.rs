//! The chart of outcomes: a stacked bar per DUT.

use crate::analyze::DutLine;
use crate::browser::{chart, document};
use crate::model::Outcome;
use crate::ui::state::state;
use leptos::html::Div;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::Serialize;
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

/// A trace of plotly.js: the bars of one outcome.
#[derive(Serialize)]
struct Bars<'a> {
    r#type: &'static str,
    orientation: &'static str,
    name: &'static str,
    x: Vec<u32>,
    y: &'a [usize],
    hovertext: Vec<String>,
    hoverinfo: &'static str,
    marker: Marker,
}

#[derive(Serialize)]
struct Marker {
    color: String,
}

/// Traces, layout and configuration, as JSON.
fn outcome_bars(duts: &[DutLine], row_height: u32) -> (String, String, String) {
    let occurring =
        Outcome::ALL.into_iter().filter(|&outcome| duts.iter().any(|dut| dut.counts.of(outcome) > 0));
    let positions: Vec<usize> = (0..duts.len()).collect();
    let label = |dut: &DutLine, outcome: Outcome| {
        format!("{}: {} {}", escaped(&dut.name), dut.counts.of(outcome), outcome.word())
    };
    let traces: Vec<Bars> = occurring
        .map(|outcome| Bars {
            r#type: "bar",
            orientation: "h",
            name: outcome.word(),
            x: duts.iter().map(|dut| dut.counts.of(outcome)).collect(),
            y: &positions,
            hovertext: duts.iter().map(|dut| label(dut, outcome)).collect(),
            hoverinfo: "text",
            marker: Marker { color: document::token(&format!("--{}", outcome.key().replace('_', ""))) },
        })
        .collect();
    let traces = serde_json::to_string(&traces).unwrap_or_default();
    let height = duts.len() as u32 * row_height;
    let last = duts.len() as f64 - 0.5;
    let layout = format!(
        r##"{{"barmode":"stack","bargap":0.5,"height":{height},"margin":{{"l":0,"r":0,"t":0,"b":0}},
            "paper_bgcolor":"rgba(0,0,0,0)","plot_bgcolor":"rgba(0,0,0,0)","showlegend":false,
            "xaxis":{{"visible":false,"fixedrange":true}},
            "yaxis":{{"visible":false,"fixedrange":true,"range":[{last},-0.5]}}}}"##
    );
    (traces, layout, r#"{"displayModeBar":false,"responsive":true}"#.to_owned())
}

/// plotly.js reads a few HTML tags in its texts: those of a name are none.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
