//! The matrix of outcomes before and after; pressing a number shows only these changes.

use crate::analyze::ChangeWindow;
use crate::model::Outcome;
use crate::query::Step;
use crate::ui::format;
use crate::ui::hooks::Answered;
use crate::ui::parts::Popover;
use crate::ui::stores::use_navigation;
use leptos::prelude::*;

/// The button that opens the matrix. It names the step that is shown.
#[component]
pub fn StepMenu(figures: Answered<ChangeWindow>) -> impl IntoView {
    let navigation = use_navigation();
    let step = Memo::new(move |_| navigation.view.with(|view| view.comparison.step));
    let is_on = Signal::derive(move || step.get().is_some());
    let label = Signal::derive(move || step.get().map_or_else(|| "Outcomes".to_owned(), words));
    view! {
        <Popover label=label name="Outcomes before and after" is_on=is_on>
            <Matrix figures=figures />
        </Popover>
    }
}

/// An outcome, or no result.
fn word(outcome: Option<Outcome>) -> &'static str {
    outcome.map_or("no result", Outcome::word)
}

fn words(step: Step) -> String {
    format!("{} → {}", word(step.before), word(step.after))
}

/// A row per outcome before, a column per outcome after.
#[component]
fn Matrix(figures: Answered<ChangeWindow>) -> impl IntoView {
    let navigation = use_navigation();
    let table = move || {
        let window = figures.answer.get()?;
        let all = || Outcome::ALL.into_iter().map(Some).chain([None]);
        let occurs = |is_at: &dyn Fn(&Step) -> bool| window.steps.iter().any(|(step, _)| is_at(step));
        let rows: Vec<_> = all().filter(|outcome| occurs(&|step| step.before == *outcome)).collect();
        let columns: Vec<_> = all().filter(|outcome| occurs(&|step| step.after == *outcome)).collect();
        if rows.is_empty() {
            return Some(view! { <p class="hint">"Nothing changed."</p> }.into_any());
        }
        let head = columns.iter().map(|&after| view! { <th scope="col">{word(after)}</th> }).collect_view();
        let cell = |before, after| {
            let step = Step { before, after };
            let count = window.steps.iter().find(|(have, _)| *have == step).map(|(_, count)| *count);
            let button = count.map(|count| {
                let is_on = move || navigation.view.with(|view| view.comparison.step == Some(step));
                let press = move |_| {
                    navigation.push(|view| {
                        let was_on = view.comparison.step == Some(step);
                        view.comparison.step = (!was_on).then_some(step);
                    });
                };
                view! {
                    <button
                        type="button"
                        class="chip"
                        aria-label=format!("{}: {}", words(step), format::count(count))
                        aria-pressed=move || is_on().to_string()
                        on:click=press
                    >
                        {format::count(count)}
                    </button>
                }
            });
            view! { <td>{button}</td> }
        };
        let rows = rows.into_iter().map(|before| {
            let cells = columns.iter().map(|&after| cell(before, after)).collect_view();
            view! {
                <tr>
                    <th scope="row">{word(before)}</th>
                    {cells}
                </tr>
            }
        });
        let rows = rows.collect_view();
        Some(
            view! {
                <table class="step-matrix">
                    <caption>"Rows: outcome before. Columns: outcome after."</caption>
                    <thead>
                        <tr>
                            <td></td>
                            {head}
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            }
            .into_any(),
        )
    };
    view! { {table} }
}
