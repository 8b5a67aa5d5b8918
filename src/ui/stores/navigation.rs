//! The view, the address bar and the browser's history.

use crate::browser::document;
use crate::model::KnownIssue;
use crate::query::{Route, Selection, View};
use gloo_timers::callback::Timeout;
use leptos::prelude::*;

/// How long going back may take, in milliseconds.
const CLOSING_MS: u32 = 1000;

/// A dialog over the window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dialog {
    /// The keyboard shortcuts.
    Help,
    /// "Clear all files?"
    ConfirmClear,
    /// What is kept in this browser.
    Kept,
    /// "Rename DUT", for this one.
    RenameDut(String),
    /// "Known issue", with what is filled in.
    KnownIssue(IssueDraft),
}

/// A known issue that a person is about to add or change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IssueDraft {
    /// The path of its file and its place there; `None` to add it.
    pub at: Option<(String, u32)>,
    /// The issue.
    pub issue: KnownIssue,
}

/// The view, which is always in the address bar, and the open dialog, which is
/// not.
#[derive(Clone, Copy)]
pub struct Navigation {
    /// The view. Only the methods of this store change it.
    pub view: ReadSignal<View>,
    set_view: WriteSignal<View>,
    /// The open dialog.
    pub dialog: RwSignal<Option<Dialog>>,
    /// The line of the open details in the list on screen, if it has one. The
    /// drawer sets it; the list marks the line and keeps it visible.
    pub open_line: RwSignal<Option<u32>>,
    /// The browser is going back to the entry before the details were opened.
    is_closing: StoredValue<bool>,
}

impl Navigation {
    /// The view of the address.
    pub fn new() -> Navigation {
        let (view, set_view) = signal(Navigation::address());
        Navigation {
            view,
            set_view,
            dialog: RwSignal::new(None),
            open_line: RwSignal::new(None),
            is_closing: StoredValue::new(false),
        }
    }

    /// The view in the address bar.
    pub fn address() -> View {
        View::from_query(&document::query())
    }

    /// Changes the view as a new entry of the browser's history: for what a
    /// person chose.
    pub fn push(self, change: impl FnOnce(&mut View)) {
        self.change(change, |before, view| {
            document::push_query(&view.to_query(), number_after(before, document::entry_number(), view));
        });
    }

    /// Changes the view in the present entry of the browser's history: for typing,
    /// and for steps from detail to detail.
    pub fn replace(self, change: impl FnOnce(&mut View)) {
        self.change(change, |_, view| document::replace_query(&view.to_query()));
    }

    fn change(self, change: impl FnOnce(&mut View), write: impl FnOnce(&View, &View)) {
        let before = self.view.get_untracked();
        let mut view = before.clone();
        change(&mut view);
        if view != before {
            // While the browser goes back, the history is left alone.
            if !self.is_closing.get_value() {
                write(&before, &view);
            }
            self.set_view.set(view);
        }
    }

    /// Shows the view of an address that the browser has already set, as after
    /// Back or Forward.
    pub fn show(self, view: View) {
        self.set_view.set(view);
    }

    /// Closes the details. Goes back to the entry of the history from which they
    /// were opened, so that Back does not open them again.
    pub fn close_details(self) {
        match document::entry_number() {
            0 => self.replace(View::close_details),
            entries => {
                self.is_closing.set_value(true);
                self.change(View::close_details, |_, _| {});
                document::go_back(entries);
                // Where a browser does not go back, the entry changes in place.
                Timeout::new(CLOSING_MS, move || _ = self.finish_closing()).forget();
            }
        }
    }

    /// Completes [`Navigation::close_details`] when the browser has gone back.
    /// Returns `false` if nothing was being closed.
    pub fn finish_closing(self) -> bool {
        if !self.is_closing.get_value() {
            return false;
        }
        self.is_closing.set_value(false);
        let (address, view) = (Navigation::address(), self.view.get_untracked());
        if address.detail().is_some() {
            document::replace_query(&view.to_query());
        } else if address != view {
            // The filter or the order changed while the details were open.
            document::push_query(&view.to_query(), number_after(&address, 0, &view));
        }
        true
    }

    /// The link to the view after a change, relative to the page. Follows the
    /// view.
    pub fn href(self, change: impl FnOnce(&mut View)) -> String {
        let mut view = self.view.get();
        change(&mut view);
        let query = view.to_query();
        if query.is_empty() { "?".to_owned() } else { query }
    }

    /// Goes to a view.
    pub fn go(self, route: Route) {
        self.push(|view| view.go(route));
    }

    /// Opens the details of a result.
    pub fn select(self, selection: Selection) {
        self.push(|view| view.selection = Some(selection));
    }
}

/// The number of a new entry of the history: how many entries before it the list
/// is from which its details were opened. 0 without details, and where they were
/// opened together with the view.
fn number_after(before: &View, number: u32, view: &View) -> u32 {
    if view.detail().is_none() || before.route != view.route {
        0
    } else if before.detail().is_none() {
        1
    } else {
        number + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_with_details_count_from_their_list() {
        let check = |before: &str, number: u32, view: &str, expected: u32| {
            let (before, view) = (View::from_query(before), View::from_query(view));
            assert_eq!(number_after(&before, number, &view), expected, "{before:?} {view:?}");
        };
        let (list, open) = ("?view=grid", "?view=grid&test=t&dut=A");
        check(list, 0, open, 1);
        check(open, 1, "?view=grid&test=t&dut=B", 2);
        check(open, 1, "?view=grid&only=failing&test=t&dut=A", 2);
        check(open, 1, "?view=grid", 0);
        // A link that opens details has no list before it.
        check(open, 0, "?view=grid&test=t&dut=B", 1);
        check(open, 1, "?view=sessions&of=A&run=1", 0);
    }
}
