//! Views: one file or folder per question. The table below maps each route to
//! its component; the route's key, title and shortcut are in
//! [`Route`](crate::query::Route).

mod compare;
mod empty;
mod failures;
mod file;
mod files;
mod flaky;
mod grid;
mod history;
mod known_issues;
mod metrics;
mod overview;
mod print;
mod result;
mod sessions;
mod tests;
mod timing;

pub use empty::Empty;
pub use known_issues::IssueDialog;
pub use print::PrintedReport;

use crate::query::{Detail, Route};
use compare::Compare;
use failures::Failures;
use file::FileDrawer;
use files::Files;
use flaky::Flaky;
use grid::Grid;
use history::History;
use known_issues::KnownIssues;
use leptos::prelude::*;
use metrics::Metrics;
use overview::Overview;
use result::ResultDrawer;
use sessions::{SessionDrawer, Sessions};
use tests::Tests;
use timing::Timing;

/// The component of a route.
pub fn component(route: Route) -> AnyView {
    match route {
        Route::Overview => view! { <Overview /> }.into_any(),
        Route::Grid => view! { <Grid /> }.into_any(),
        Route::Tests => view! { <Tests /> }.into_any(),
        Route::Failures => view! { <Failures /> }.into_any(),
        Route::Flaky => view! { <Flaky /> }.into_any(),
        Route::KnownIssues => view! { <KnownIssues /> }.into_any(),
        Route::History => view! { <History /> }.into_any(),
        Route::Compare => view! { <Compare /> }.into_any(),
        Route::Timing => view! { <Timing /> }.into_any(),
        Route::Metrics => view! { <Metrics /> }.into_any(),
        Route::Sessions => view! { <Sessions /> }.into_any(),
        Route::Files => view! { <Files /> }.into_any(),
    }
}

/// The drawer with details of a kind.
pub fn drawer(detail: Detail) -> AnyView {
    match detail {
        Detail::Result => view! { <ResultDrawer /> }.into_any(),
        Detail::Session => view! { <SessionDrawer /> }.into_any(),
        Detail::File => view! { <FileDrawer /> }.into_any(),
    }
}
