//! The view and the address bar.

use crate::browser::document;
use crate::query::{Route, Selection, View};
use leptos::prelude::*;

/// A dialog over the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialog {
    /// The keyboard shortcuts.
    Help,
    /// "Clear all files?"
    ConfirmClear,
}

/// The view, which is always in the address bar, and the open dialog, which is
/// not.
#[derive(Clone, Copy)]
pub struct Navigation {
    /// The view. Only [`Navigation::push`] and [`Navigation::replace`] change it.
    pub view: ReadSignal<View>,
    set_view: WriteSignal<View>,
    /// The open dialog.
    pub dialog: RwSignal<Option<Dialog>>,
}

impl Navigation {
    /// The view of the address.
    pub fn new() -> Navigation {
        let (view, set_view) = signal(Navigation::address());
        Navigation { view, set_view, dialog: RwSignal::new(None) }
    }

    /// The view in the address bar.
    pub fn address() -> View {
        View::from_query(&document::query())
    }

    /// Changes the view as a new entry of the browser's history: for what a
    /// person chose.
    pub fn push(self, change: impl FnOnce(&mut View)) {
        self.change(change, |query| document::set_query(query, true));
    }

    /// Changes the view in the present entry of the browser's history: for what
    /// follows from typing.
    pub fn replace(self, change: impl FnOnce(&mut View)) {
        self.change(change, |query| document::set_query(query, false));
    }

    fn change(self, change: impl FnOnce(&mut View), set_query: impl FnOnce(&str)) {
        let before = self.view.get_untracked();
        let mut view = before.clone();
        change(&mut view);
        if view != before {
            set_query(&view.to_query());
            self.set_view.set(view);
        }
    }

    /// Shows the view of an address that the browser has already set, as after
    /// Back or Forward.
    pub fn show(self, view: View) {
        self.set_view.set(view);
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

    /// Opens the details of a result, or closes them.
    pub fn select(self, selection: Option<Selection>) {
        self.push(|view| view.selection = selection);
    }
}
