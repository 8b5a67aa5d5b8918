//! Printing the report.

use super::Data;
use crate::analyze::{GridQuery, GridWindow};
use crate::browser::document;
use crate::engine::GetGrid;
use crate::query::{Filter, OutcomeFilter, View};
use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::sync::Arc;

/// How many failing tests are printed: about twelve pages.
const TESTS: u32 = 300;

/// The report while it is printed.
#[derive(Clone, Copy)]
pub struct Printing {
    /// The failing part of the grid; `None` while nothing is printed.
    pub grid: RwSignal<Option<Arc<GridWindow>>>,
    data: Data,
}

impl Printing {
    /// Nothing is printed.
    pub fn new(data: Data) -> Printing {
        Printing { grid: RwSignal::new(None), data }
    }

    /// Opens the browser's dialog with the report, for the tests and DUTs of the view's
    /// filter.
    pub fn start(self, view: &View) {
        let filter = Filter { only: OutcomeFilter::Failing, ..view.test_filter() };
        let query = GridQuery { filter, duts: view.duts.clone(), ..GridQuery::default() };
        spawn_local(async move {
            let Some(window) =
                self.data.ask(GetGrid { query, folded: Vec::new(), from: 0, count: TESTS }).await
            else {
                return;
            };
            self.grid.set(Some(Arc::new(window)));
            // The report is in the document by then.
            Timeout::new(0, document::print).forget();
        });
    }

    /// Removes the report from the document.
    pub fn end(self) {
        self.grid.set(None);
    }
}
