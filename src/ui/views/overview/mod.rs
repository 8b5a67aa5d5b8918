//! Overview: is it good, and what needs my attention?

mod attention;
mod duts;
mod headline;
mod key_figures;
mod more_figures;
mod pass_rate;
mod problems;
mod strip;

use crate::analyze;
use crate::query::{Filter, OutcomeFilter, Route, View};
use crate::ui::stores::use_data;
use attention::Attention;
use duts::Duts;
use gloo_timers::callback::Timeout;
use headline::Headline;
use key_figures::KeyFigures;
use leptos::prelude::*;
use more_figures::MoreFigures;
use pass_rate::PassRate;
use problems::InputProblems;
use std::sync::Arc;
use strip::Strip;

/// The first view of the data.
#[component]
pub fn Overview() -> impl IntoView {
    let data = use_data();
    // Without any readable file there are no figures, only the reasons.
    let has_duts = Memo::new(move |_| {
        data.overview.with(|overview| overview.as_ref().is_none_or(|overview| !overview.duts.is_empty()))
    });
    let top = move || {
        let overview = data.overview.get()?;
        let figures = has_duts.get().then(|| view! { <KeyFigures overview=overview.clone() /> });
        Some(view! {
            <div class="overview-top">
                <Headline overview=overview.clone() />
                {figures}
                <InputProblems problems=overview.problems.clone() />
            </div>
        })
    };
    view! {
        <main class="overview" aria-label="Overview">
            {top}
            <Show when=move || has_duts.get()>
                <div class="overview-columns">
                    <Duts />
                    <Attention />
                    <div class="trend">
                        <Strip />
                        <PassRate />
                    </div>
                    <MoreFigures />
                </div>
            </Show>
        </main>
    }
}

/// Returns the overview, set in a task of its own. Each part that takes long to
/// draw follows one of these, so that no task draws more than one part.
fn use_late_overview() -> ReadSignal<Option<Arc<analyze::Overview>>> {
    let data = use_data();
    let (late, set_late) = signal(None);
    Effect::new(move || {
        let overview = data.overview.get();
        // The view may be gone when the task runs.
        Timeout::new(0, move || drop(set_late.try_set(overview))).forget();
    });
    late
}

/// Leads to the failing tests in the grid, on one DUT if given.
fn to_failing(view: &mut View, dut: Option<&str>) {
    to_grid(view, Filter { only: OutcomeFilter::Failing, dut: dut.map(str::to_owned), ..Filter::default() });
}

/// Leads to some of the tests in the grid.
fn to_grid(view: &mut View, filter: Filter) {
    view.go(Route::Grid);
    view.filter = filter;
}

/// Leads to some of the tests, in their table.
fn to_tests(view: &mut View, only: OutcomeFilter) {
    view.go(Route::Tests);
    view.filter.only = only;
}

/// Leads to the sessions of a DUT.
fn to_sessions(view: &mut View, dut: &str) {
    view.go(Route::Sessions);
    view.filter.dut = Some(dut.to_owned());
}
