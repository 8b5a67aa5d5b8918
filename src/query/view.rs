//! The view: what is on screen.

use super::parameters::PARAMETERS;
use super::{
    Charted, Comparison, Directions, DutColumns, FileFilter, FileKind, Filter, Listed, Measure, Route, Sort,
};
use crate::model::LinkTemplates;
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

/// A kind of details, which the drawer shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// Of a result.
    Result,
    /// Of a session.
    Session,
    /// Of a file.
    File,
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
    /// What is compared.
    pub comparison: Comparison,
    /// The grid shows the newer side of the comparison, and marks its changes.
    pub grid_compares: bool,
    /// What the chart of the history shows.
    pub measure: Measure,
    /// What the chart of the views Timing and Metrics shows.
    pub charted: Charted,
    /// Which values of metrics are better.
    pub directions: Directions,
    /// The page is part of another one: it shows the view alone.
    pub embed: bool,
    /// Where tests and commits are, as a person typed it.
    pub links: LinkTemplates,
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

    /// Opens the grid with the comparison and its filter.
    pub fn compare_in_grid(&mut self) {
        let (comparison, filter) = (self.comparison.clone(), self.filter.clone());
        self.go(Route::Grid);
        (self.comparison, self.filter, self.grid_compares) = (comparison, filter, true);
    }

    /// The grid shows the latest sessions again.
    pub fn end_comparison_in_grid(&mut self) {
        self.grid_compares = false;
        self.comparison.changes.clear();
        self.comparison.step = None;
    }

    /// Follows a DUT that gets another name.
    pub fn rename_dut(&mut self, from: &str, to: &str) {
        let session = self.session.as_mut().map(|session| &mut session.dut);
        let selection = self.selection.as_mut().map(|selection| &mut selection.dut);
        let session =
            session.into_iter().chain(self.charted.session.as_mut().map(|session| &mut session.dut));
        let listed = self.duts.shown.names_mut().iter_mut().chain(self.duts.pinned.iter_mut());
        let names = [self.filter.dut.as_mut(), selection].into_iter().flatten().chain(session).chain(listed);
        for name in names.filter(|name| *name == from) {
            to.clone_into(name);
        }
    }

    /// Returns the kind of the details that are open. Only one kind is shown: what
    /// the view lists comes first.
    pub fn detail(&self) -> Option<Detail> {
        let result = self.selection.as_ref().map(|_| Detail::Result);
        let session = self.session.as_ref().map(|_| Detail::Session);
        let file = self.file.as_ref().map(|_| Detail::File);
        match self.route.lists() {
            Listed::Sessions => session.or(result).or(file),
            Listed::Files => file.or(result).or(session),
            Listed::Tests
            | Listed::Failures
            | Listed::Flaky
            | Listed::KnownIssues
            | Listed::Changes
            | Listed::Nothing => result.or(session).or(file),
        }
    }

    /// Closes the details.
    pub fn close_details(&mut self) {
        (self.selection, self.session, self.file, self.full) = (None, None, None, false);
    }

    /// Returns the filter over files.
    pub fn file_filter(&self) -> FileFilter {
        FileFilter { text: self.filter.text.clone(), kind: self.files }
    }

    /// Returns the filter over tests, for downloads; one that lets all tests
    /// pass where the view lists something else.
    pub fn test_filter(&self) -> Filter {
        match self.route.lists() {
            Listed::Tests | Listed::Changes => self.filter.clone(),
            Listed::Nothing
            | Listed::Failures
            | Listed::Flaky
            | Listed::KnownIssues
            | Listed::Sessions
            | Listed::Files => Filter::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn details_of_what_is_listed_come_first() {
        let check = |query: &str, expected| {
            let mut view = View::from_query(query);
            assert_eq!(view.detail(), expected, "{query}");
            view.close_details();
            assert_eq!(view.detail(), None, "{query}");
        };
        let all = "test=t&dut=A&of=A&run=1&file=a.xml";
        check(&format!("?view=grid&{all}"), Some(Detail::Result));
        check(&format!("?view=sessions&{all}"), Some(Detail::Session));
        check(&format!("?view=files&{all}"), Some(Detail::File));
        check("?view=files&of=A&run=1", Some(Detail::Session));
        check("?view=grid", None);
    }
}
