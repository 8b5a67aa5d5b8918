//! The details of one result.

use crate::analyze::{AttemptLine, ResultPage};
use crate::browser::clipboard;
use crate::engine::{Answer, Request};
use crate::import::Section;
use crate::query::Selection;
use crate::ui::format;
use crate::ui::parts::{Drawer, Mark, class_of};
use crate::ui::state::{State, state};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::sync::Arc;

/// The drawer with the result that the view selects.
#[component]
pub fn ResultDrawer() -> impl IntoView {
    let state = state();
    let selection = Memo::new(move |_| {
        let has_data = state.overview.with(|overview| overview.as_ref().is_some_and(|o| o.files > 0));
        state.view.with(|view| view.selection.clone()).filter(|_| has_data)
    });
    let is_open = Memo::new(move |_| selection.with(Option::is_some));
    let page: RwSignal<Option<Option<Arc<ResultPage>>>> = RwSignal::new(None);
    let asked = StoredValue::new(0_u32);
    Effect::new(move |_| {
        state.version.track();
        asked.update_value(|asked| *asked += 1);
        let number = asked.get_value();
        let Some(selection) = selection.get() else {
            page.set(None);
            return;
        };
        spawn_local(async move {
            if let Some(Answer::Result(result)) = state.ask(Request::Result(selection)).await
                && asked.get_value() == number
            {
                page.set(Some(result.map(|result| Arc::new(*result))));
            }
        });
    });
    let close = Callback::new(move |()| state.navigate(true, |view| view.selection = None));
    let title =
        Signal::derive(move || selection.get().map(|s| format!("Details of {}", s.name)).unwrap_or_default());
    view! {
        <Show when=move || is_open.get()>
            <Drawer title=title on_close=close>
                {move || match page.get() {
                    None => view! { <p class="hint" aria-busy="true">"Reading…"</p> }.into_any(),
                    Some(None) => view! {
                        <p class="nothing">"This result is not in the files that are loaded."</p>
                    }.into_any(),
                    Some(Some(page)) => result_view(state, &page).into_any(),
                }}
            </Drawer>
        </Show>
    }
}

fn result_view(state: State, page: &ResultPage) -> impl IntoView + use<> {
    let around = [page.suite.as_str(), page.class.as_str()];
    let around: Vec<&str> = around.into_iter().filter(|part| !part.is_empty()).collect();
    let native = page.attempts.last().map(|attempt| attempt.native.clone()).unwrap_or_default();
    let native = Some(native).filter(|native| !native.is_empty() && *native != page.outcome.word());
    let facts = [
        Some(("DUT", page.dut.clone())),
        page.unit.clone().map(|unit| ("Unit", unit)),
        page.build.clone().map(|build| ("Build", build)),
        Some(("Time", format::duration(page.duration_s))),
        (page.attempts_total > 1).then(|| ("Attempts", page.attempts_total.to_string())),
        Some(("Session", page.session.clone())),
        page.attempts.last().and_then(|a| a.details.location.clone()).map(|location| ("Test", location)),
        (page.path != page.session).then(|| ("File", page.path.clone())),
    ];
    let several = page.attempts.len() > 1;
    view! {
        <header class="result-head">
            <p class="result-around">{around.join(" › ")}</p>
            <h2>{page.name.clone()}</h2>
            <p class="result-outcome">
                <Mark outcome=page.outcome with_word=true />
                {page.is_flaky.then(|| view! { <span class="tag">"flaky"</span> })}
                {native.map(|native| view! { <span class="hint">"in the file: " <code>{native}</code></span> })}
            </p>
        </header>
        <dl class="facts">
            {facts.into_iter().flatten().map(|(label, value)| view! {
                <div><dt>{label}</dt><dd title=value.clone()>{value.clone()}</dd></div>
            }).collect_view()}
        </dl>
        {siblings(state, page)}
        {page.problem.clone().map(|problem| view! { <p class="notice notice-error">{problem}</p> })}
        {page.attempts.iter().rev().map(|attempt| attempt_view(state, attempt, several)).collect_view()}
    }
}

/// The same test on all DUTs, as marks that lead there.
fn siblings(state: State, page: &ResultPage) -> impl IntoView + use<> {
    let here = page.dut.clone();
    let current = state.view.with_untracked(|view| view.selection.clone()).unwrap_or_default();
    let marks = page.siblings.iter().map(|sibling| {
        let selection = Selection { dut: sibling.dut.clone(), session: None, ..current.clone() };
        let is_here = sibling.dut == here;
        match sibling.outcome {
            None => view! {
                <span class="dut-chip o-missing" title=format!("missing on {}", sibling.dut)>{sibling.dut.clone()}</span>
            }.into_any(),
            Some(outcome) => view! {
                <button
                    type="button"
                    class=format!("dut-chip {}", class_of(outcome))
                    aria-current=is_here.then_some("true")
                    aria-label=format!("{} on {}", outcome.word(), sibling.dut)
                    title=format!("{} on {}", outcome.word(), sibling.dut)
                    on:click=move |_| {
                        let selection = selection.clone();
                        state.navigate(true, |view| view.selection = Some(selection));
                    }
                >
                    {sibling.dut.clone()}
                </button>
            }.into_any(),
        }
    });
    (page.siblings.len() > 1).then(|| {
        view! {
            <section class="siblings" aria-label="The same test on all DUTs">
                <h3>"On all DUTs, now"</h3>
                <p class="dut-chips">{marks.collect_view()}</p>
            </section>
        }
    })
}

fn attempt_view(state: State, attempt: &AttemptLine, several: bool) -> impl IntoView + use<> {
    let details = &attempt.details;
    let message = Some(attempt.message.clone()).filter(|m| !m.is_empty() && details.sections.is_empty());
    let properties = details.properties.clone();
    view! {
        <section class="attempt">
            {several.then(|| view! {
                <h3>
                    "Attempt " {attempt.number} " "
                    <Mark outcome=attempt.outcome with_word=true />
                    <span class="hint">{attempt.duration_s.map(|s| format::duration(Some(s)))}</span>
                </h3>
            })}
            {message.map(|message| view! { <p class="message">{message}</p> })}
            {details.sections.iter().map(|section| section_view(state, section)).collect_view()}
            {(!properties.is_empty()).then(|| view! {
                <h4>"Properties"</h4>
                <dl class="facts">
                    {properties.into_iter().map(|(name, value)| view! {
                        <div><dt>{name}</dt><dd>{value}</dd></div>
                    }).collect_view()}
                </dl>
            })}
        </section>
    }
}

fn section_view(state: State, section: &Section) -> impl IntoView + use<> {
    let whole = [section.message.as_str(), section.text.as_str()]
        .into_iter()
        .filter(|text| !text.is_empty())
        .collect::<Vec<_>>()
        .join("\n\n");
    let copy = move |_| {
        let whole = whole.clone();
        spawn_local(async move {
            if !clipboard::copy(&whole).await {
                state.notice.set(Some("The browser does not let the page copy.".to_owned()));
            }
        });
    };
    let title = section.title.clone();
    view! {
        <section class="text-section">
            <div class="text-head">
                <h4>{title.clone()}</h4>
                <button type="button" class="button button-small" aria-label=format!("Copy {title}") on:click=copy>
                    "Copy"
                </button>
            </div>
            {(!section.message.is_empty()).then(|| view! { <p class="message">{section.message.clone()}</p> })}
            {(!section.text.is_empty()).then(|| view! {
                <pre class="text" tabindex="0" aria-label=title.clone()>{section.text.clone()}</pre>
            })}
        </section>
    }
}
