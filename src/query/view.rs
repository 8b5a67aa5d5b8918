//! The view: what is on screen.

use super::parameters::PARAMETERS;
use super::{DutColumns, FileFilter, FileKind, Filter, Listed, Route, Sort};
use serde::{Deserialize, Serialize};

/// A result whose details are open. Names, not ids: a link outlives the ids.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Selection {
    /// The DUT.
    pub dut: String,
    /// The session; `None` for the latest one of the DUT.
    pub session: Option<String>,
    /// Suite and class of the test, as one text.
    pub scope: String,
    /// The test's name with parameters.
    pub name: String,
}

/// A session whose details are open.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SessionKey {
    /// The DUT.
    pub dut: String,
    /// The session's id.
    pub session: String,
}

/// What is on screen. Each field has its row or rows in `parameters.rs`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct View {
    /// Published results to load: absolute URLs, or relative to the page.
    pub sources: Vec<String>,
    /// The demo is loaded.
    pub demo: bool,
    /// The view of the page.
    pub route: Route,
    /// Which tests, sessions or files are listed.
    pub filter: Filter,
    /// How the table is sorted; `None` for its usual order.
    pub sort: Option<Sort>,
    /// The grid has no groups.
    pub flat: bool,
    /// The scopes whose groups are folded.
    pub fold: Vec<String>,
    /// The DUTs that the grid shows as columns.
    pub duts: DutColumns,
    /// The columns that the table shows; empty for its usual ones.
    pub cols: Vec<String>,
    /// The result whose details are open.
    pub selection: Option<Selection>,
    /// The session whose details are open.
    pub session: Option<SessionKey>,
    /// Which files are listed, beside the words of the filter.
    pub files: Option<FileKind>,
    /// The key of the file whose details are open.
    pub file: Option<String>,
    /// Details have the whole width.
    pub full: bool,
}

impl View {
    /// Opens a view of the page, without details. What was chosen for another
    /// view is dropped as the table of parameters says.
    pub fn go(&mut self, route: Route) {
        let mut view = View { route, ..View::default() };
        for parameter in PARAMETERS {
            if !parameter.resets_on.applies(self.route, route) {
                (parameter.write)(self).into_iter().for_each(|value| (parameter.read)(&mut view, value));
            }
        }
        *self = view;
    }

    /// Returns the filter over files.
    pub fn file_filter(&self) -> FileFilter {
        FileFilter { text: self.filter.text.clone(), kind: self.files }
    }

    /// Returns the filter over tests, for downloads; one that lets all tests
    /// pass where the view lists something else.
    pub fn test_filter(&self) -> Filter {
        if self.route.lists() == Listed::Tests { self.filter.clone() } else { Filter::default() }
    }
}
