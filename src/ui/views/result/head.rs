//! The head of a result, and the facts about it.

use super::over_builds::Since;
use crate::analyze::{FullName, ResultPage};
use crate::model::KnownIssue;
use crate::query::{Route, Selection, SessionKey, View};
use crate::ui::format;
use crate::ui::parts::{
    CopyButton, OutcomeMark, OutsideLink, OutsideText, ViewLink, around, commit_address, test_address,
    with_typed,
};
use crate::ui::stores::{IssueDraft, use_navigation};
use crate::ui::views::known_issues::AddIssue;
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
                {page.known.is_some().then(|| view! { <span class="tag">"known issue"</span> })}
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
    let navigation = use_navigation();
    let links = navigation.view.with_untracked(|view| with_typed(&page.links, &view.links));
    let name = page.name.clone();
    let test = location.map(|location| match test_address(&links, &location, &name) {
        Some(href) => view! { <LinkFact name="Test" href=href text=location /> }.into_any(),
        None => view! { <Fact name="Test" value=location /> }.into_any(),
    });
    let commit = commit_address(&links)
        .map(|href| view! { <LinkFact name="Commit" href=href text=links.commit.clone() /> });
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
            {test}
            {commit}
            {optional("File", path)}
        </dl>
    }
}

/// Why a failure is known, or a button to say so.
#[component]
pub fn Known(page: Arc<ResultPage>) -> impl IntoView {
    if let Some(issue) = page.known.clone() {
        let KnownIssue { reason, link, expires, .. } = issue;
        let reason = if reason.is_empty() { "no reason given".to_owned() } else { reason };
        // Other schemes could run a script.
        let is_safe = link.starts_with("https://") || link.starts_with("http://");
        let link = match (link.is_empty(), is_safe) {
            (true, _) => ().into_any(),
            (_, false) => view! { " " <span class="hint">{link}</span> }.into_any(),
            (_, true) => {
                let href = link.clone();
                view! {
                    " "
                    <a href=href target="_blank" rel="noopener noreferrer">
                        {link}
                    </a>
                }
                .into_any()
            }
        };
        let until = (!expires.is_empty()).then(|| format!(" (until {expires})"));
        return view! { <p class="result-known">"Known issue: " {reason} {until} {link}</p> }.into_any();
    }
    if !page.outcome.is_failing() {
        return ().into_any();
    }
    let navigation = use_navigation();
    let draft = move || IssueDraft {
        at: None,
        issue: KnownIssue {
            test: navigation.view.with_untracked(|view| {
                let scope = view.selection.as_ref().map_or("", |selection| selection.scope.as_str());
                if scope.is_empty() { page.name.clone() } else { format!("{scope}.{}", page.name) }
            }),
            duts: vec![page.dut.clone()],
            ..KnownIssue::default()
        },
    };
    view! {
        <p class="result-known">
            <AddIssue label="Mark as known issue" draft=draft />
        </p>
    }
    .into_any()
}

/// A name and a value.
#[component]
pub fn Fact(#[prop(into)] name: String, value: String) -> impl IntoView {
    view! {
        <div>
            <dt>{name}</dt>
            <dd>
                <OutsideText text=value />
            </dd>
        </div>
    }
}

/// A name and a link to another site.
#[component]
fn LinkFact(name: &'static str, href: String, text: String) -> impl IntoView {
    view! {
        <div>
            <dt>{name}</dt>
            <dd>
                <OutsideLink href=href text=text />
            </dd>
        </div>
    }
}
