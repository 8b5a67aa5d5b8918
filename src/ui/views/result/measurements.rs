//! The measured values of a result.

use crate::import::Measurement;
use crate::ui::format;
use crate::ui::parts::OutcomeMark;
use leptos::prelude::*;

/// A table of measured values, if there are any; limits and outcomes have
/// columns where there are such.
#[component]
pub fn Measurements(measurements: Vec<Measurement>) -> impl IntoView {
    let has_limits = measurements.iter().any(|measurement| !limits_of(measurement).is_empty());
    let has_outcomes = measurements.iter().any(|measurement| measurement.outcome.is_some());
    let is_empty = measurements.is_empty();
    let rows = measurements.into_iter().map(move |measurement| {
        let limits = has_limits.then(|| view! { <td class="number">{limits_of(&measurement)}</td> });
        let outcome = measurement.outcome.map(|outcome| view! { <OutcomeMark outcome=outcome /> });
        view! {
            <tr>
                <th scope="row">{measurement.name.clone()}</th>
                <td class="number">{value_of(&measurement)}</td>
                {limits}
                {has_outcomes.then(|| view! { <td>{outcome}</td> })}
            </tr>
        }
    });
    (!is_empty).then(|| {
        view! {
            <div class="measured-box">
                <table class="measured">
                    <thead>
                        <tr>
                            <th scope="col">"Measured"</th>
                            <th scope="col">"Value"</th>
                            {has_limits.then(|| view! { <th scope="col">"Limits"</th> })}
                            {has_outcomes.then(|| view! { <th scope="col">"Outcome"</th> })}
                        </tr>
                    </thead>
                    <tbody>{rows.collect_view()}</tbody>
                </table>
            </div>
        }
    })
}

/// `3.30 ± 0.02 V`.
fn value_of(measurement: &Measurement) -> String {
    let value = if measurement.text.is_empty() { "–" } else { &measurement.text };
    let deviation = measurement.deviation.map(|deviation| format!(" ± {}", format::value(deviation, 3)));
    let separator = if measurement.unit.is_empty() { "" } else { " " };
    format!("{value}{}{separator}{}", deviation.unwrap_or_default(), measurement.unit)
}

/// `4.5 … 5.5`, `≥ 4.5`, or the rule in the file's words.
fn limits_of(measurement: &Measurement) -> String {
    let number = |number: f64| format::value(number, 12);
    match (measurement.lower, measurement.upper) {
        (Some(lower), Some(upper)) => format!("{} … {}", number(lower), number(upper)),
        (Some(lower), None) => format!("≥ {}", number(lower)),
        (None, Some(upper)) => format!("≤ {}", number(upper)),
        (None, None) => measurement.rule.clone(),
    }
}
