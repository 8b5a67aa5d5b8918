//! The details of one result.

mod chips;
mod head;
mod measurements;
mod over_builds;
mod texts;

use super::{compare, grid};
use crate::analyze::{Cell, ResultPage, ResultSteps, Subject, TestList};
use crate::browser::document;
use crate::engine::{GetChanges, GetGrid, GetResult, GetResultSteps};
use crate::model::Outcome;
use crate::query::{Route, Selection, View};
use crate::ui::hooks::{Answered, use_query};
use crate::ui::parts::{Drawer, LIST_KEYS, Span, StepKeys, Stepper, WhatExplains};
use crate::ui::stores::{Navigation, use_navigation};
use chips::{History, Siblings};
use gloo_timers::callback::Timeout;
use head::{Facts, Head, Known};
use leptos::html::Aside;
use leptos::prelude::*;
use over_builds::OverBuilds;
use std::sync::Arc;
use texts::Texts;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// The setting that long lines are wrapped.
const WRAP: &str = "wrap";

/// The keys that step through the failing tests.
const FAILING_KEYS: StepKeys = StepKeys { previous: &["p"], next: &["n"] };

/// The drawer with the result that the view selects.
#[component]
pub fn ResultDrawer() -> impl IntoView {
    let shown = Shown::new();
    let is_wrapped = RwSignal::new(document::remembered(WRAP).as_deref() == Some("true"));
    let panel = NodeRef::new();
    keep_focus(shown, panel);
    let line = Memo::new(move |_| shown.steps.with(|steps| steps.as_ref()?.listed.line));
    let bar = move || view! { <Bar shown=shown is_wrapped=is_wrapped /> };
    view! {
        <Drawer title=move || shown.title() line=line.into() panel=panel bar=bar>
            <div
                class="drawer-body"
                aria-busy=move || shown.answered.is_pending.get().to_string()
                data-wrap=move || is_wrapped.get().then_some("")
            >
                <Show when=move || shown.page.with(Option::is_some) fallback=move || missing(shown)>
                    <Body shown=shown is_wrapped=is_wrapped />
                </Show>
            </div>
        </Drawer>
    }
}

/// The left part of the drawer's bar: the ways to other results.
#[component]
fn Bar(
    shown: Shown,
    /// Whether long lines are wrapped.
    is_wrapped: RwSignal<bool>,
) -> impl IntoView {
    let wrap = move |_| {
        is_wrapped.update(|is_wrapped| *is_wrapped = !*is_wrapped);
        document::remember(WRAP, if is_wrapped.get_untracked() { "true" } else { "" });
    };
    let go = move |selection| shown.navigation.replace(|view| view.selection = Some(selection));
    let listed = Signal::derive(move || shown.steps.with(|steps| Some(steps.as_ref()?.listed.clone())));
    let failing = Signal::derive(move || shown.steps.with(|steps| Some(steps.as_ref()?.failing.clone())));
    let has_list = Memo::new(move |_| shown.navigation.view.with(|view| list_of(view) != TestList::Failing));
    view! {
        <Show when=move || !shown.is_missing()>
            <Show when=move || has_list.get()>
                <Stepper noun="test" keys=LIST_KEYS steps=listed go=go />
            </Show>
            <Stepper noun="failing test" label="Failing" keys=FAILING_KEYS steps=failing go=go />
        </Show>
        <span class="drawer-space"></span>
        <button
            type="button"
            class="button button-icon button-small drawer-wrap"
            title="Wrap long lines"
            aria-label="Wrap lines"
            aria-pressed=move || is_wrapped.get().to_string()
            on:click=wrap
        ></button>
    }
}

/// The list of tests that a view shows; the failing tests where it shows none.
fn list_of(view: &View) -> TestList {
    match view.route {
        Route::Grid => {
            let GetGrid { query, folded, .. } = grid::query(view, view.fold.clone(), Span::default());
            TestList::Grid { query, folded }
        }
        Route::Tests => TestList::Table { filter: view.filter.clone(), sort: view.sort },
        Route::Timing => TestList::Timing { filter: view.filter.clone(), sort: view.sort },
        Route::Metrics => TestList::Metrics {
            filter: view.filter.clone(),
            directions: view.directions.clone(),
            sort: view.sort,
        },
        Route::Compare => {
            let GetChanges { comparison, filter, sort, .. } = compare::query(view, Span::default());
            TestList::Changes { comparison, filter, sort }
        }
        Route::Overview
        | Route::Failures
        | Route::Flaky
        | Route::KnownIssues
        | Route::History
        | Route::Sessions
        | Route::Files => TestList::Failing,
    }
}

/// What explains the failures of the test, if it fails in some session of the DUT.
#[component]
fn Explains(page: Arc<ResultPage>) -> impl IntoView {
    let navigation = use_navigation();
    let fails = |cell: &Cell| cell.outcome().is_some_and(Outcome::is_failing);
    let has_failed = page.history.iter().any(|line| fails(&line.cell));
    let has_failed =
        has_failed || page.siblings.iter().any(|other| other.outcome.is_some_and(Outcome::is_failing));
    let subject = Memo::new(move |_| {
        let selection = navigation.view.with(|view| view.selection.clone()).filter(|_| has_failed)?;
        Some(Subject::Test(selection.scope, selection.name))
    });
    view! { <WhatExplains subject=subject /> }
}

/// The message while there is no result.
fn missing(shown: Shown) -> impl IntoView {
    let name = move || {
        let name = shown.selection.with(|selection| Some(selection.as_ref()?.name.clone()));
        view! { <h2>{name}</h2> }
    };
    let reading = || view! { <p class="hint">"Reading…"</p> };
    view! {
        <Show when=move || shown.is_missing() fallback=reading>
            <header class="result-head">{name()}</header>
            <p>"This result isn't in the loaded files. Drop the matching files to see it."</p>
        </Show>
    }
}

/// A result: its head, its facts and its texts.
#[component]
fn Body(
    shown: Shown,
    /// Whether long lines are wrapped.
    is_wrapped: RwSignal<bool>,
) -> impl IntoView {
    let head = move || shown.page.get().map(|page| view! { <Head page=page /> });
    let side = move || {
        let (page, selection) = (shown.page.get()?, shown.selection.get_untracked()?);
        Some(view! {
            <Known page=page.clone() />
            <Explains page=page.clone() />
            <Facts page=page.clone() selection=selection.clone() />
            <Siblings page=page.clone() selection=selection.clone() />
            <History page=page.clone() selection=selection.clone() />
            <OverBuilds page=page selection=selection />
        })
    };
    let texts = move || shown.page.get().map(|page| view! { <Texts page=page is_wrapped=is_wrapped /> });
    view! {
        {head}
        <div class="result-body">
            <div class="result-side">{side}</div>
            // New elements for another result: its texts start unfolded and not scrolled.
            <For each=move || shown.page.get() key=|page| identity(page) children=move |_| texts />
        </div>
    }
}

/// The identity of a result.
fn identity(page: &ResultPage) -> [String; 5] {
    [&page.dut, &page.session, &page.suite, &page.class, &page.name].map(String::clone)
}

/// The selected result and its page.
#[derive(Clone, Copy)]
struct Shown {
    navigation: Navigation,
    selection: Memo<Option<Selection>>,
    answered: Answered<Option<Box<ResultPage>>>,
    /// The result. The one before stays until the next one is there.
    page: Memo<Option<Arc<ResultPage>>>,
    /// The results before and after it.
    steps: ReadSignal<Option<Arc<ResultSteps>>>,
}

impl Shown {
    fn new() -> Shown {
        let navigation = use_navigation();
        let selection = Memo::new(move |_| navigation.view.with(|view| view.selection.clone()));
        let answered = use_query(move || selection.get().map(GetResult));
        // New data often leaves a result as it is.
        let page = Memo::new(move |_| {
            answered.answer.with(|answer| answer.as_deref()?.as_deref().cloned().map(Arc::new))
        });
        let list = Memo::new(move |_| navigation.view.with(list_of));
        let steps = use_query(move || Some(GetResultSteps { list: list.get(), at: selection.get()? })).answer;
        Shown { navigation, selection, answered, page, steps }
    }

    /// Whether the loaded files lack the result.
    fn is_missing(self) -> bool {
        self.answered.answer.with(|answer| matches!(answer.as_deref(), Some(None)))
    }

    fn title(self) -> String {
        let shown = self.page.with(|page| page.as_deref().map(|page| (page.name.clone(), page.dut.clone())));
        let selected = || self.selection.get().map(|selection| (selection.name, selection.dut));
        let (name, dut) = shown.or_else(selected).unwrap_or_default();
        format!("Details of {name} on {dut}")
    }
}

/// Keeps the focus in the drawer while its result changes, so that keys work.
fn keep_focus(shown: Shown, panel: NodeRef<Aside>) {
    // A person chose another result in the view behind: the details get the focus.
    Effect::new(move || {
        let is_selected = shown.selection.with(Option::is_some);
        let panel = panel.get_untracked().filter(|panel| is_selected && !document::has_focus_in(panel));
        document::focus(panel.as_deref().map(JsCast::unchecked_ref));
    });
    Effect::new(move || {
        shown.page.track();
        // The result is rendered by then.
        Timeout::new(0, move || {
            if let Some(panel) = panel.try_get_untracked().flatten() {
                document::focus(next_focus(&panel).as_ref());
            }
        })
        .forget();
    });
}

/// What gets the focus in a drawer that shows another result; `None` to leave
/// the focus where it is.
fn next_focus(panel: &HtmlElement) -> Option<HtmlElement> {
    if document::is_unfocused() {
        return Some(panel.clone());
    }
    // A long history moves below the focus, which stays with the result shown.
    let list = document::focused()?.closest("ol.dut-chips").ok().flatten()?;
    list.query_selector("[aria-current]").ok().flatten()?.dyn_into().ok()
}
