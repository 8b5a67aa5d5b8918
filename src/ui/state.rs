//! The state of the page: the view, and the answers that are on screen.

use crate::analyze::Overview;
use crate::browser::files::Found;
use crate::browser::{clipboard, document, fetch, files};
use crate::engine::{Answer, Request};
use crate::query::{Selection, View};
use crate::ui::format;
use crate::worker::pool::{Dropped, Event, Pool, Progress};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::sync::Arc;

/// How far the page is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// There is nothing to show.
    Empty,
    /// Files are being read; what is read is on screen.
    Loading,
    /// All is read.
    Ready,
}

impl Phase {
    fn word(self) -> &'static str {
        match self {
            Phase::Empty => "empty",
            Phase::Loading => "loading",
            Phase::Ready => "ready",
        }
    }
}

/// The state of the page, in the context of every component.
#[derive(Clone, Copy)]
pub struct State {
    /// What is on screen.
    pub view: RwSignal<View>,
    /// How far the page is.
    pub phase: RwSignal<Phase>,
    /// How far loading is, while it goes on.
    pub progress: RwSignal<Option<Progress>>,
    /// The overview of the data as it is.
    pub overview: RwSignal<Option<Arc<Overview>>>,
    /// Grows when the data changes: answers of before are out of date.
    pub version: RwSignal<u32>,
    /// A message for the person, until it is put away.
    pub notice: RwSignal<Option<String>>,
    /// Why there is no engine.
    pub failure: RwSignal<Option<String>>,
    pool: StoredValue<Option<Pool>, LocalStorage>,
    is_refreshing: StoredValue<bool>,
    wants_refresh: StoredValue<bool>,
    /// How many addresses have not answered yet.
    pub fetching: RwSignal<u32>,
    stop: StoredValue<Option<fetch::Stop>, LocalStorage>,
}

/// The state of the page.
pub fn state() -> State {
    expect_context()
}

impl State {
    /// A page without data, at the view of its address.
    pub fn new() -> State {
        let state = State {
            view: RwSignal::new(View::from_query(&document::query())),
            phase: RwSignal::new(Phase::Empty),
            progress: RwSignal::new(None),
            overview: RwSignal::new(None),
            version: RwSignal::new(0),
            notice: RwSignal::new(None),
            failure: RwSignal::new(None),
            pool: StoredValue::new_local(None),
            is_refreshing: StoredValue::new(false),
            wants_refresh: StoredValue::new(false),
            fetching: RwSignal::new(0),
            stop: StoredValue::new_local(fetch::Stop::new()),
        };
        let pool = Pool::new(&document::build(), move |event| state.hear(event));
        state.pool.set_value(Some(pool));
        state
    }

    fn hear(self, event: Event) {
        match event {
            Event::Progress(progress) => {
                self.set_phase(Phase::Loading);
                self.progress.set(Some(progress));
            }
            Event::Changed => self.refresh(),
            Event::Done { cancelled } => {
                self.progress.set(None);
                if cancelled > 0 {
                    let files = format::plural(cancelled, "file");
                    let were = if cancelled == 1 { "was" } else { "were" };
                    self.say(format!("Cancelled: {files} {were} not read."));
                }
                self.refresh();
            }
            Event::Restarted => self.say(
                "The engine failed and was started again; the files are read once more. \
                 Names that you gave are lost.",
            ),
            Event::Failed(why) => {
                self.progress.set(None);
                self.failure.set(Some(why));
            }
        }
    }

    /// Says something to the person.
    pub fn say(self, text: impl Into<String>) {
        self.notice.set(Some(text.into()));
    }

    fn set_phase(self, phase: Phase) {
        if self.phase.get_untracked() != phase {
            self.phase.set(phase);
        }
        document::set_phase(phase.word());
    }

    /// Asks the engine; `then` hears the answer, or nothing if the engine fails
    /// meanwhile.
    pub fn ask(self, request: &Request, then: impl FnOnce(Option<Answer>) + 'static) {
        self.pool.with_value(|pool| {
            if let Some(pool) = pool {
                pool.ask(request, then);
            }
        });
    }

    /// Asks for the overview again, once at a time, and again if the data
    /// changed meanwhile. The other views ask when `version` grows.
    fn refresh(self) {
        if self.is_refreshing.get_value() {
            self.wants_refresh.set_value(true);
            return;
        }
        self.is_refreshing.set_value(true);
        self.ask(&Request::Overview, move |answer| {
            self.is_refreshing.set_value(false);
            if let Some(Answer::Overview(overview)) = answer {
                self.show(*overview);
            }
            if self.wants_refresh.get_value() {
                self.wants_refresh.set_value(false);
                self.refresh();
            }
        });
    }

    fn show(self, overview: Overview) {
        let is_empty = overview.files == 0;
        self.overview.set(Some(Arc::new(overview)));
        self.version.update(|version| *version += 1);
        let is_busy = self.progress.get_untracked().is_some() || self.fetching.get_untracked() > 0;
        self.set_phase(match (is_busy, is_empty) {
            (true, _) => Phase::Loading,
            (false, true) => Phase::Empty,
            (false, false) => Phase::Ready,
        });
    }

    /// Reads files.
    pub fn load(self, found: Vec<Found>) {
        if found.is_empty() {
            self.say("There was no file in it.");
            return;
        }
        let dropped = found.into_iter().map(|Found { path, file }| Dropped { path, file }).collect();
        if let Some(pool) = self.pool.get_value() {
            pool.load(dropped);
        }
    }

    /// Gives up what is not read yet.
    pub fn cancel(self) {
        if let Some(stop) = self.stop.get_value() {
            stop.stop();
            self.stop.set_value(fetch::Stop::new());
        }
        if let Some(pool) = self.pool.get_value() {
            pool.cancel();
        }
    }

    /// Reads what a drop or a paste holds.
    pub fn load_transfer(self, transfer: files::Transfer) {
        spawn_local(async move {
            let (found, failed) = transfer.files().await;
            if failed > 0 {
                self.say(format!("{} files or folders could not be opened.", format::count(failed)));
            }
            if !found.is_empty() || failed == 0 {
                self.load(found);
            }
        });
    }

    /// Reads the clipboard's text.
    pub fn load_clipboard(self) {
        spawn_local(async move {
            match clipboard::text().await {
                Ok(text) if !text.trim().is_empty() => self.load_text(&text),
                Ok(_) => self.say("The clipboard holds no text."),
                Err(()) => {
                    self.say("The browser does not let the page read the clipboard. Press Ctrl+V instead.")
                }
            }
        });
    }

    /// Reads a text.
    pub fn load_text(self, text: &str) {
        if let Some(found) = files::of_text("pasted.txt", text) {
            self.load(vec![found]);
        }
    }

    /// Fetches published results and reads them; with `keep`, they become part
    /// of the address.
    pub fn load_sources(self, sources: Vec<String>, keep: bool) {
        if sources.is_empty() {
            return;
        }
        if keep {
            self.navigate(false, |view| view.sources.extend(sources.iter().cloned()));
        }
        self.fetching.update(|open| *open += sources.len() as u32);
        let stop = self.stop.get_value();
        self.set_phase(Phase::Loading);
        for source in sources {
            let stop = stop.clone();
            spawn_local(async move {
                let fetched = fetch::fetch(&source, stop.as_ref()).await;
                self.fetching.update(|open| *open -= 1);
                match fetched.content {
                    Ok(file) => self.load(vec![Found { path: fetched.path, file }]),
                    Err(why) => {
                        if let Some(pool) = self.pool.get_value() {
                            pool.fail(&fetched.path, &why);
                        }
                    }
                }
            });
        }
    }

    /// Changes the view and the address. What a person chose is a new entry of
    /// the history; what follows from typing replaces the entry.
    pub fn navigate(self, push: bool, change: impl FnOnce(&mut View)) {
        let mut view = self.view.get_untracked();
        let before = view.clone();
        change(&mut view);
        if view == before {
            return;
        }
        document::set_query(&view.to_query(), push);
        self.view.set(view);
    }

    /// Opens the details of a result, or closes them.
    pub fn select(self, selection: Option<Selection>) {
        self.navigate(true, |view| view.selection = selection);
    }

    /// Shows the view of the address: Back or Forward was used.
    pub fn follow_address(self) {
        self.view.set(View::from_query(&document::query()));
    }

    /// The data changed by what a person said.
    pub fn changed(self) {
        self.refresh();
    }
}
