//! The head of a result, and the facts about it.

use super::over_builds::Since;
use crate::analyze::{FullName, ResultPage};
use crate::query::{Route, Selection, SessionKey, View};
use crate::ui::format;
use crate::ui::parts::{CopyButton, OutcomeMark, ViewLink, around};
use leptos::prelude::*;
use std::sync::Arc;

/// The test's name and the outcome.
#[component]
pub fn Head(page: Arc<ResultPage>) -> impl IntoView {
    let native = page.attempts.last().map(|attempt| attempt.native.clone());
    let native = native.filter(|native| !native.is_empty() && *native != page.outcome.word());
    let FullName { text, is_node_id } = page.full_name.clone();
    let what = if is_node_id { "node ID" } else { "full name" };
    view! {
        <header class="result-head">
            <p class="result-around">{around(&page.suite, &page.class)}</p>
            <div class="result-title">
                <h2>{page.name.clone()}</h2>
                <CopyButton what=what text=move || text.clone() is_named=true />
            </div>
            <p class="result-outcome">
                <OutcomeMark outcome=page.outcome />
                {page.is_flaky.then(|| view! { <span class="tag">"flaky"</span> })}
                {native
                    .map(|native| {
                        view! {
                            <span class="hint">"reported as " <code>{native}</code></span>
                        }
                    })}
            </p>
        </header>
    }
}

/// DUT, session and other facts about the result.
#[component]
pub fn Facts(
    page: Arc<ResultPage>,
    /// The result that is shown.
    selection: Selection,
) -> impl IntoView {
    let location = page.attempts.last().and_then(|attempt| attempt.details.location.clone());
    let attempts = (page.attempts_total > 1).then(|| page.attempts_total.to_string());
    let path = (page.path != page.session).then(|| page.path.clone());
    let key = SessionKey { dut: page.dut.clone(), session: page.session.clone() };
    let to_session = move |view: &mut View| {
        view.go(Route::Sessions);
        view.session = Some(key.clone());
    };
    let optional = |name, value: Option<String>| value.map(|value| view! { <Fact name=name value=value /> });
    view! {
        <dl class="facts">
            <Fact name="DUT" value=page.dut.clone() />
            {optional("Unit", page.unit.clone())}
            {optional("Build", page.build.clone())}
            {page.failing_since.clone().map(|since| view! { <Since since=since selection=selection /> })}
            <Fact name="Time" value=format::duration(page.duration_s) />
            {optional("Attempts", attempts)}
            <div>
                <dt>"Session"</dt>
                <dd>
                    <ViewLink to=to_session>{page.session.clone()}</ViewLink>
                </dd>
            </div>
            {optional("Test", location)}
            {optional("File", path)}
        </dl>
    }
}

/// A name and a value.
#[component]
pub fn Fact(#[prop(into)] name: String, value: String) -> impl IntoView {
    view! {
        <div>
            <dt>{name}</dt>
            <dd>{value}</dd>
        </div>
    }
}
