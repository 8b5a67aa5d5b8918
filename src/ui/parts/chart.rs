//! The chart of outcomes: a stacked bar per DUT.

use crate::analyze::DutLine;
use crate::browser::{chart, document};
use crate::model::Outcome;
use crate::ui::dom::{El, el, follow};
use crate::ui::format;
use crate::ui::state::state;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::Serialize;

/// Bars that stand beside the rows of a table, one `row_height` each.
pub fn outcome_bars(duts: impl Fn() -> Vec<DutLine> + Copy + 'static, row_height: u32) -> El {
    let state = state();
    let problem = RwSignal::new(None::<String>);
    // The table beside it says the same: for assistive technology it is enough.
    let frame = el("div.chart").attr("aria-hidden", "true");
    let shown = frame.clone();
    let element = frame.element().clone();
    let drawn = StoredValue::new_local(element.clone());
    on_cleanup(move || drawn.with_value(chart::purge));
    follow(move || {
        // Colours may have changed, too.
        state.version.track();
        let duts = duts();
        let height = format!("{}px", duts.len() as u32 * row_height);
        drop(frame.clone().style("height", &height));
        let (traces, layout, config) = outcome_bars_json(&duts, row_height);
        let element = element.clone();
        spawn_local(async move {
            let drawn = chart::draw(&element, &traces, &layout, &config).await;
            let _ = problem.try_set(drawn.err().map(|error| document::text_of(&error)));
        });
    });
    let explanation =
        move || problem.get().map(|text| el("p.hint").child(format!("The chart could not be drawn: {text}")));
    el("div").child(shown).live(explanation)
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
fn outcome_bars_json(duts: &[DutLine], row_height: u32) -> (String, String, String) {
    let occurring =
        Outcome::ALL.into_iter().filter(|&outcome| duts.iter().any(|dut| dut.counts.of(outcome) > 0));
    let positions: Vec<usize> = (0..duts.len()).collect();
    let label = |dut: &DutLine, outcome: Outcome| {
        format!("{}: {} {}", escaped(&dut.name), format::count(dut.counts.of(outcome)), outcome.word())
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
    let last = duts.len().saturating_sub(1);
    let layout = format!(
        r##"{{"barmode":"stack","bargap":0.5,"height":{height},"margin":{{"l":0,"r":0,"t":0,"b":0}},
            "paper_bgcolor":"rgba(0,0,0,0)","plot_bgcolor":"rgba(0,0,0,0)","showlegend":false,
            "xaxis":{{"visible":false,"fixedrange":true}},
            "yaxis":{{"visible":false,"fixedrange":true,"range":[{last}.5,-0.5]}}}}"##
    );
    (traces, layout, r#"{"displayModeBar":false,"responsive":true}"#.to_owned())
}

/// plotly.js reads a few HTML tags in its texts: those of a name are none.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
