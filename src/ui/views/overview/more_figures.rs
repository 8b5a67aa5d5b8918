//! Further figures for those who answer for the product, each with its formula.

use crate::analyze::{FigureUnit, MoreFigure};
use crate::engine::GetMoreFigures;
use crate::ui::format;
use crate::ui::hooks::use_query;
use leptos::ev::Event;
use leptos::prelude::*;
use web_sys::Element;

/// A section that unfolds. The figures are computed when it is open.
#[component]
pub fn MoreFigures() -> impl IntoView {
    let is_open = RwSignal::new(false);
    let figures = use_query(move || is_open.get().then_some(GetMoreFigures)).answer;
    let toggle = move |event: Event| is_open.set(event_target::<Element>(&event).has_attribute("open"));
    let rows = move || figures.get().map(|figures| figures.iter().map(row).collect_view());
    view! {
        <section class="panel more-figures" aria-label="More figures">
            <details on:toggle=toggle>
                <summary>
                    <h2>"More figures"</h2>
                    <span class="hint">"coverage, age of failures, stability and others, with their formulas"</span>
                </summary>
                <div class="more-figures-body" role="region" aria-label="Table of more figures" tabindex="0">
                    <table>
                        <thead>
                            <tr>
                                <th scope="col">"Figure"</th>
                                <th scope="col" class="number">
                                    "Value"
                                </th>
                                <th scope="col">"Why"</th>
                                <th scope="col">"Formula"</th>
                            </tr>
                        </thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
                <p class="hint">
                    "Downloads include them: “Summary (JSON)” has them under " <code>"metrics"</code> "."
                </p>
            </details>
        </section>
    }
}

fn row(figure: &MoreFigure) -> impl IntoView + use<> {
    let MoreFigure { kind, value } = *figure;
    view! {
        <tr>
            <th scope="row">{kind.name()}</th>
            <td class="number">{shown(kind.unit(), value)}</td>
            <td>{kind.rationale()}</td>
            <td class="hint">{kind.formula()}</td>
        </tr>
    }
}

fn shown(unit: FigureUnit, value: Option<f64>) -> String {
    let Some(value) = value else {
        return "–".to_owned();
    };
    match unit {
        FigureUnit::Share => format::rate(Some(value)),
        FigureUnit::Days => format!("{} days", format::number(value, 1)),
        FigureUnit::PerMinute => format::number(value, 1),
    }
}
