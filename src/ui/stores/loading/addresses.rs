//! Loading what the address bar names: published results and the demo.

use super::Loading;
use crate::browser::document;
use crate::browser::fetch::{Abort, Fetched, fetch};
use crate::browser::files::Found;
use crate::query::{View, raw_address};
use futures_channel::oneshot;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The paths of the demo's files, which are beside the page in `demo/`.
const DEMO: &str = include_str!("../../../../fixtures/demo/files.txt");

impl Loading {
    /// Loads what the address names: the demo, or published results.
    pub fn load_address(self) {
        let (is_demo, sources) =
            self.navigation.view.with_untracked(|view| (view.demo, view.sources.clone()));
        if is_demo {
            self.fetch_demo();
        } else {
            self.fetch_all(sources);
        }
    }

    /// Shows the view of the address after Back or Forward. If only one of both
    /// is the demo, the data changes, too; files that a person dropped are never
    /// lost by that.
    pub fn follow_address(self) {
        if self.navigation.finish_closing() {
            return;
        }
        let mut view = super::Navigation::address();
        let before = self.navigation.view.get_untracked();
        let has_data = self.data.overview.with_untracked(Option::is_some);
        if view.demo && !before.demo && has_data {
            view.demo = false;
            document::replace_query(&view.to_query());
        }
        // Where nothing is loaded, nothing is lost by loading.
        let is_other = view.demo != before.demo || !has_data && !view.sources.is_empty();
        if is_other {
            self.start_over();
        }
        self.navigation.show(view);
        if is_other {
            self.load_address();
        }
    }

    /// Shows the demo in place of all files.
    pub fn show_demo(self) {
        self.start_over();
        self.navigation.push(|view| *view = View { demo: true, ..View::default() });
        self.load_address();
    }

    /// Closes the demo, if it is open: its results are never mixed with a
    /// person's own.
    pub(super) fn close_demo(self) {
        if self.navigation.view.with_untracked(|view| view.demo) {
            self.start_over();
            // Back does not lead to the demo, so that it cannot lose the files.
            self.navigation.replace(|view| *view = View::default());
            self.notices.show("Demo closed; showing your files.");
        }
    }

    /// Whether there are files that only a person can bring again.
    pub fn has_own_files(self) -> bool {
        let fetched = self
            .navigation
            .view
            .with_untracked(|view| if view.demo { DEMO.lines().count() } else { view.sources.len() });
        let files =
            self.data.overview.with_untracked(|overview| overview.as_ref().map_or(0, |o| o.files as usize));
        files > fetched
    }

    /// Fetches and reads published results; their URLs become part of the
    /// address.
    pub fn load_sources(self, sources: Vec<String>) {
        if sources.is_empty() {
            return;
        }
        self.close_demo();
        // A library keeps what is loaded, so its address does not name it.
        if !untrack(|| self.libraries.is_named()) {
            self.navigation.replace(|view| view.sources.extend(sources.iter().cloned()));
        }
        self.fetch_all(sources);
    }

    /// Fetches all URLs at once, and reads each when it arrives.
    fn fetch_all(self, sources: Vec<String>) {
        let raw: Vec<String> = sources.iter().filter_map(|source| raw_address(source)).collect();
        match raw.as_slice() {
            [] => {}
            [one] => self.notices.show(&format!("The link leads to a page; its file is read from {one}.")),
            [first, ..] => {
                let text = format!("{} links lead to pages; their files are read, such as {first}.", raw.len());
                self.notices.show(&text);
            }
        }
        for source in sources {
            spawn_local(async move {
                if let Some(Fetched { path, content }) = self.fetch(source).await {
                    match content {
                        Ok(file) => self.read(vec![Found { path, file }]),
                        Err(reason) => self.fail(&path, &reason),
                    }
                }
            });
        }
    }

    /// Fetches the demo's files and reads them together: they are small, and
    /// there is nothing to see before the last.
    fn fetch_demo(self) {
        let fetches: Vec<_> = DEMO
            .lines()
            .map(|path| {
                let (sender, fetched) = oneshot::channel();
                spawn_local(async move {
                    let _ = sender.send(self.fetch(format!("demo/{path}")).await);
                });
                (path, fetched)
            })
            .collect();
        spawn_local(async move {
            let mut found = Vec::new();
            for (path, fetched) in fetches {
                let Ok(Some(Fetched { content, .. })) = fetched.await else {
                    return;
                };
                match content {
                    Ok(file) => found.push(Found { path: path.to_owned(), file }),
                    Err(reason) => self.fail(path, &reason),
                }
            }
            if !found.is_empty() {
                self.read(found);
            }
        });
    }

    /// Fetches a URL; `None` if all files were cleared meanwhile.
    pub(super) async fn fetch(self, source: String) -> Option<Fetched> {
        let (round, abort) = (self.round.get_value(), self.abort.get_value());
        self.is_pending.set(true);
        self.fetching.update(|open| *open += 1);
        let fetched = fetch(&source, abort.as_ref()).await;
        if self.round.get_value() != round {
            return None;
        }
        self.fetching.update(|open| *open -= 1);
        Some(fetched)
    }

    pub(super) fn abort_fetching(self) {
        if let Some(abort) = self.abort.get_value() {
            abort.abort();
            self.abort.set_value(Abort::new());
        }
    }
}
