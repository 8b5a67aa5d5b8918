//! The chart of outcomes: a stacked bar per DUT.

use crate::analyze::DutLine;
use crate::browser::{chart, document};
use crate::model::Outcome;
use crate::ui::dom::{El, callback, el, follow};
use crate::ui::format;
use crate::ui::signals::*;
use crate::ui::state::state;
use serde_json::{Value, json};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::ResizeObserver;

/// Bars that stand beside the rows of a table, one `row_height` each. A click on
/// a bar calls `choose` with the DUT and the outcome.
pub fn outcome_bars(
    duts: impl Fn() -> Vec<DutLine> + Copy + 'static,
    row_height: u32,
    choose: impl Fn(&str, Outcome) + Copy + 'static,
) -> El {
    let state = state();
    let problem = RwSignal::new(None::<String>);
    // The table beside it says the same: for assistive technology it is enough.
    let frame = el("div.chart").attr("aria-hidden", "true");
    let element = frame.element().clone();
    let drawn = StoredValue::new_local(element.clone());
    on_cleanup(move || drawn.with_value(chart::purge));
    // plotly.js measures its place once, and the table beside it grows.
    let width = RwSignal::new(0_u32);
    let measured = element.clone();
    let on_resize = callback(Box::new(move |_: JsValue| {
        let now = measured.client_width() as u32;
        if width.try_get_untracked().is_some_and(|have| have != now) {
            width.set(now);
        }
    }));
    if let Ok(observer) = ResizeObserver::new(on_resize.unchecked_ref()) {
        observer.observe(&element);
    }
    let sized = frame.clone();
    follow(move || {
        let height = format!("{}px", duts().len() as u32 * row_height);
        drop(sized.clone().style("height", &height));
    });
    follow(move || {
        // Colours may have changed, too.
        state.version.track();
        let width = width.get();
        if width == 0 {
            return;
        }
        let duts = duts();
        let (traces, layout, config) = outcome_bars_json(&duts, width, row_height);
        let element = element.clone();
        spawn_local(async move {
            let chosen = move |trace: u32, row: u32| {
                let outcome = occurring(&duts).get(trace as usize).copied();
                if let (Some(outcome), Some(dut)) = (outcome, duts.get(row as usize)) {
                    choose(&dut.name, outcome);
                }
            };
            let drawn = chart::draw(&element, &traces, &layout, &config, Box::new(chosen)).await;
            let _ = problem.try_set(drawn.err().map(|error| document::text_of(&error)));
        });
    });
    let explanation =
        move || problem.get().map(|text| el("p.hint").child(format!("The chart could not be drawn: {text}")));
    el("div").child(frame).live(explanation)
}

/// Traces, layout and configuration, as JSON.
fn outcome_bars_json(duts: &[DutLine], width: u32, row_height: u32) -> (String, String, String) {
    let label = |dut: &DutLine, outcome: Outcome| {
        format!("{}: {} {}", escaped(&dut.name), format::count(dut.counts.of(outcome)), outcome.word())
    };
    let traces: Vec<Value> = occurring(duts)
        .into_iter()
        .map(|outcome| {
            let token = format!("--{}", outcome.key().replace('_', ""));
            json!({
                "type": "bar",
                "orientation": "h",
                "name": outcome.word(),
                "x": duts.iter().map(|dut| dut.counts.of(outcome)).collect::<Vec<_>>(),
                "y": (0..duts.len()).collect::<Vec<_>>(),
                "hovertext": duts.iter().map(|dut| label(dut, outcome)).collect::<Vec<_>>(),
                "hoverinfo": "text",
                "marker": { "color": document::token(&token) },
            })
        })
        .collect();
    let height = duts.len() as u32 * row_height;
    let last = duts.len().saturating_sub(1);
    let most = duts.iter().map(|dut| dut.counts.results()).max().unwrap_or(0).max(1);
    let layout = format!(
        r##"{{"barmode":"stack","bargap":0.5,"width":{width},"height":{height},"margin":{{"l":0,"r":0,"t":0,"b":0}},
            "paper_bgcolor":"rgba(0,0,0,0)","plot_bgcolor":"rgba(0,0,0,0)","showlegend":false,
            "xaxis":{{"visible":false,"fixedrange":true,"range":[0,{most}]}},
            "yaxis":{{"visible":false,"fixedrange":true,"range":[{last}.5,-0.5]}}}}"##
    );
    (Value::from(traces).to_string(), layout, r#"{"displayModeBar":false}"#.to_owned())
}

/// The outcomes that there are, in the order of the bars.
fn occurring(duts: &[DutLine]) -> Vec<Outcome> {
    Outcome::ALL.into_iter().filter(|&outcome| duts.iter().any(|dut| dut.counts.of(outcome) > 0)).collect()
}

/// plotly.js reads a few HTML tags in its texts: those of a name are none.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
