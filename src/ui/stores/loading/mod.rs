//! Reading: dropped files, URLs, the demo.

mod addresses;
mod handoff;
mod keeping;
mod published;
mod report;
mod reread;
mod transfer;
mod watching;

pub use keeping::MOST_LAST_BYTES;
use published::{Downloads, Published};
pub use watching::Watched;

use super::{Data, Libraries, Navigation, Notices};
use crate::browser::fetch::{Abort, Gate};
use crate::browser::files::{self, Found, Root, Transfer};
use crate::browser::folder::Folder;
use crate::browser::handoff::Offer;
use crate::browser::{clipboard, document, one_file};
use crate::engine::CountRepeatedFiles;
use crate::query::View;
use crate::ui::format;
use crate::worker::pool::{Dropped, Event, Pool, Progress};
use keeping::Restoring;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::collections::HashSet;
use watching::Seen;

/// Whether there is something to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// There are no files.
    Empty,
    /// Files are being read; the results so far are on screen.
    Loading,
    /// All files are read, and their results are on screen.
    Ready,
}

impl Phase {
    /// The value of `data-passgrid` on the root element.
    fn key(self) -> &'static str {
        match self {
            Phase::Empty => "empty",
            Phase::Loading => "loading",
            Phase::Ready => "ready",
        }
    }
}

/// What is being read, and the ways to read more.
#[derive(Clone, Copy)]
pub struct Loading {
    /// Whether there is something to show.
    pub phase: Memo<Phase>,
    /// The progress of reading, `None` when nothing is being read.
    pub progress: RwSignal<Option<Progress>>,
    /// How many URLs and manifests are not done yet.
    pub fetching: RwSignal<u32>,
    /// How far downloads are.
    pub downloads: RwSignal<Downloads>,
    /// What manifests say, and their older sessions.
    pub published: RwSignal<Published>,
    /// The folder that is watched.
    pub watched: RwSignal<Option<Watched>>,
    /// Something was read or fetched, and is not on screen yet.
    is_pending: RwSignal<bool>,
    /// What is kept in this browser is being shown again.
    restoring: RwSignal<Restoring>,
    libraries: Libraries,
    data: Data,
    navigation: Navigation,
    notices: Notices,
    /// Aborts what is being fetched.
    abort: StoredValue<Option<Abort>, LocalStorage>,
    /// Lets few fetches through at once.
    gate: StoredValue<Gate, LocalStorage>,
    /// The paths of what was fetched.
    fetched: StoredValue<HashSet<String>>,
    /// The paths of sources that the link names, with their DUTs.
    names: StoredValue<Vec<(String, String)>>,
    /// Files that another page wants to hand over, until a person has answered.
    pub offered: RwSignal<Option<Offer>, LocalStorage>,
    /// The origins of pages that may hand over files, or may not, while this page is open.
    answered: StoredValue<Vec<(String, bool)>>,
    /// The paths of files that changed since a link with their hashes was made.
    outdated: StoredValue<Vec<String>>,
    /// Grows when all files are cleared: earlier fetches are dropped.
    round: StoredValue<u32>,
    /// What is being read of drops: how many files, and how many had come again before.
    dropped: StoredValue<Option<(u32, u32)>>,
    /// What was dropped, to check it for changes.
    roots: StoredValue<Vec<Root>, LocalStorage>,
    watched_folder: StoredValue<Option<(Folder, Seen)>, LocalStorage>,
    /// Grows with each folder that is watched: earlier ones are not looked at any more.
    watching: StoredValue<u32>,
    /// Changes are being stored.
    is_keeping: StoredValue<bool>,
    /// Something changed while changes were being stored.
    has_changed: StoredValue<bool>,
}

impl Loading {
    /// Starts an engine, with nothing to read yet.
    pub fn new(data: Data, navigation: Navigation, notices: Notices, libraries: Libraries) -> Loading {
        let (progress, fetching) = (RwSignal::new(None), RwSignal::new(0));
        let is_pending = RwSignal::new(false);
        let restoring = RwSignal::new(Restoring::Done);
        let phase = Memo::new(move |_| {
            if is_pending.get() {
                Phase::Loading
            } else if data.has_files() {
                Phase::Ready
            } else {
                Phase::Empty
            }
        });
        Effect::new(move || {
            let is_restored = restoring.with(|restoring| *restoring == Restoring::Done);
            if progress.with(Option::is_none) && fetching.get() == 0 && data.is_fresh.get() && is_restored {
                is_pending.set(false);
            }
        });
        Effect::new(move || document::set_phase(phase.get().key()));
        let loading = Loading {
            phase,
            progress,
            fetching,
            downloads: RwSignal::new(Downloads::default()),
            published: RwSignal::new(Published::default()),
            watched: RwSignal::new(None),
            is_pending,
            restoring,
            libraries,
            data,
            navigation,
            notices,
            abort: StoredValue::new_local(Abort::new()),
            gate: StoredValue::new_local(Gate::new(published::AT_ONCE)),
            fetched: StoredValue::new(HashSet::new()),
            names: StoredValue::new(Vec::new()),
            offered: RwSignal::new_local(None),
            answered: StoredValue::new(Vec::new()),
            outdated: StoredValue::new(Vec::new()),
            round: StoredValue::new(0),
            dropped: StoredValue::new(None),
            roots: StoredValue::new_local(Vec::new()),
            watched_folder: StoredValue::new_local(None),
            watching: StoredValue::new(0),
            is_keeping: StoredValue::new(false),
            has_changed: StoredValue::new(false),
        };
        loading.start_engine();
        loading.keep_changes();
        loading
    }

    fn start_engine(self) {
        // The worker must be of the page's own build.
        let beside = format!("./worker-loader.js?build={}", document::build());
        let loader = one_file::url_of("worker-loader.js", &beside);
        self.data.replace_engine(Pool::new(&loader, move |event| self.handle(event)));
    }

    fn handle(self, event: Event) {
        match event {
            Event::Progress(progress) => {
                self.is_pending.set(true);
                self.progress.set(Some(progress));
            }
            Event::Changed => self.data.refresh_soon(),
            Event::Done { cancelled } => {
                if cancelled > 0 {
                    let were = if cancelled == 1 { "was" } else { "were" };
                    let files = format::plural(cancelled, "file");
                    self.notices.show(format!("Cancelled: {files} {were} not read."));
                }
                self.data.refresh_now();
                self.progress.set(None);
                self.continue_restoring();
                let dropped = self.dropped.try_update_value(Option::take).flatten();
                if let Some((dropped, before)) = dropped.filter(|_| cancelled == 0) {
                    self.say_what_was_known(dropped, before);
                }
            }
            Event::Lost(path) => self.notices.show(reread::unreadable(&path)),
            Event::Restarted => {
                self.restore_after_restart();
                self.notices.show("The engine failed and was restarted; all files are being read again.");
            }
            Event::Failed(reason) => {
                self.progress.set(None);
                self.restoring.set(Restoring::Done);
                self.notices.fail(reason);
            }
        }
    }

    /// Forgets all files, as if the page had just been opened.
    fn start_over(self) {
        self.abort_fetching();
        self.round.update_value(|round| *round += 1);
        self.roots.set_value(Vec::new());
        self.forget_folder();
        self.libraries.close();
        self.restoring.set(Restoring::Done);
        self.fetching.set(0);
        self.forget_published();
        self.progress.set(None);
        self.is_pending.set(false);
        self.notices.clear();
        self.start_engine();
    }

    /// Reads files that a person chose.
    pub fn load(self, found: Vec<Found>) {
        if found.is_empty() {
            self.notices.show("No files found in what you dropped.");
            return;
        }
        self.close_demo();
        self.libraries.with_state(|state| state.is_paused = false);
        if self.restoring.get_untracked() == Restoring::Looking {
            // What was dropped last is this.
            self.restoring.set(Restoring::Done);
        }
        let before = self.data.ask(CountRepeatedFiles);
        spawn_local(async move {
            let found = self.opened(found).await;
            let dropped = found.len() as u32;
            // Several drops are one until all is read.
            let before = before.await.unwrap_or(0);
            self.dropped.update_value(|counts| {
                let (more, first) = counts.unwrap_or((0, before));
                *counts = Some((more + dropped, first));
            });
            self.read(found);
        });
    }

    /// Says how many of the dropped files were loaded before.
    fn say_what_was_known(self, dropped: u32, before: u32) {
        spawn_local(async move {
            let known = self.data.ask(CountRepeatedFiles).await.unwrap_or(0).saturating_sub(before);
            if known == 0 {
                return;
            }
            let were = if known == 1 { "was" } else { "were" };
            self.notices.show(if known >= dropped {
                format!("Nothing new: {} {were} already loaded.", format::plural(known, "file"))
            } else {
                let all = format::plural(dropped, "file");
                format!("{} of {all} {were} already loaded.", format::count(known))
            });
        });
    }

    fn read(self, found: Vec<Found>) {
        let dropped = found.into_iter().map(|Found { path, file }| Dropped { path, file }).collect();
        if let Some(pool) = self.data.pool() {
            pool.load(dropped);
        }
    }

    /// Reads a text that the page wrote, as a file at this path, beside what is loaded.
    pub fn read_text(self, path: &str, text: &str) {
        self.read(vec![files::of_text(path, text)]);
    }

    /// Reads a drop or a paste.
    pub fn load_transfer(self, transfer: Transfer) {
        let roots = transfer.roots();
        spawn_local(async move {
            let (found, failed) = transfer.files().await;
            self.close_demo();
            self.roots.update_value(|known| known.extend(roots));
            if failed > 0 {
                let noun = if failed == 1 { "file or folder" } else { "files or folders" };
                self.notices.show(format!("{} {noun} could not be opened.", format::count(failed)));
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
                Some(text) if !text.trim().is_empty() => {
                    self.load(vec![files::of_text("pasted.txt", &text)]);
                }
                Some(_) => self.notices.show("The clipboard has no text."),
                None => self.notices.show("Your browser blocked clipboard access. Press Ctrl+V instead."),
            }
        });
    }

    /// Cancels what is not read yet.
    pub fn cancel(self) {
        self.abort_fetching();
        if let Some(pool) = self.data.pool() {
            pool.cancel();
        }
    }

    /// Forgets all files and shows the empty page. Back leads to what an address
    /// names, not to files that a person dropped. A library stays in this browser.
    pub fn clear(self) {
        let last = self.libraries.current.get_untracked().filter(|library| library.name.is_empty());
        self.start_over();
        self.libraries.clear();
        self.navigation.push(|view| *view = View::default());
        match last {
            Some(last) => self.delete_drop(last.id),
            None => self.libraries.refresh(),
        }
    }

    /// Lists a file that could not be read at all, with the reason.
    fn fail(self, path: &str, reason: &str) {
        if let Some(pool) = self.data.pool() {
            pool.fail(path, reason);
        }
    }
}
