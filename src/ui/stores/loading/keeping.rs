//! Keeping what is loaded in this browser, and reading it again.

use super::super::libraries::{delete_unused, lock_name};
use super::Loading;
use crate::browser::files::{Found, is_readable};
use crate::browser::storage::{Change, Changed, Kept, Library, Lock, Mark, Problem, Storage, mark};
use crate::engine::{GetDecisions, GetRereads, ImportOptions, MergeDecisions, RestoreDecisions};
use crate::query::View;
use crate::ui::format;
use crate::worker::pool::Dropped;
use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::collections::{HashMap, HashSet};

/// What is dropped is kept without asking up to this size, in bytes.
pub const MOST_LAST_BYTES: f64 = 500e6;

/// Changes are stored together if they follow each other within this time, in milliseconds.
const SETTLE_MS: u32 = 250;

/// The steps of showing a library again.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum Restoring {
    /// Everything is restored.
    #[default]
    Done,
    /// The database is asked what to show.
    Looking,
    /// Its files are read; then these decisions are applied.
    Reading(String),
    /// Some files are read again as decided; then these decisions are applied.
    Rereading(String),
}

impl Loading {
    /// Shows what this tab showed before a reload, or what was dropped last. Nothing is read from the
    /// database if nothing is kept.
    pub fn restore_last(self) {
        let libraries = self.libraries;
        if !libraries.is_possible() || !libraries.may_have_last() {
            return;
        }
        self.restoring.set(Restoring::Looking);
        self.is_pending.set(true);
        spawn_local(async move {
            let library = libraries.last().await;
            // Something else may be on screen by now.
            if self.restoring.get_untracked() == Restoring::Looking {
                match library {
                    Some(library) => self.read_library(library).await,
                    None => self.restoring.set(Restoring::Done),
                }
            }
        });
    }

    /// Shows a library in place of what is on screen.
    pub fn open_library(self, library: Library) {
        self.start_over();
        self.navigation.push(|view| *view = View::default());
        self.restoring.set(Restoring::Looking);
        self.is_pending.set(true);
        spawn_local(self.read_library(library));
    }

    /// Reads the files of a library, and then applies its decisions.
    async fn read_library(self, library: Library) {
        let round = self.round.get_value();
        let read = async {
            let storage = Storage::open().await?;
            // The list may be older than the library.
            let library = storage.library(library.id).await?.ok_or(Problem::Gone)?;
            let files = storage.files(library.id).await?;
            storage.touch(library.id).await?;
            let folder = storage.folder(library.id).await?;
            Ok((library, files, folder))
        };
        let read: Result<_, Problem> = read.await;
        if self.round.get_value() != round {
            return;
        }
        match read {
            Ok((library, files, folder)) => {
                let found: Vec<Found> = files.iter().map(|kept| kept.found.clone()).collect();
                let decisions = library.decisions.clone();
                self.libraries.set_current(library, files).await;
                if let Some(folder) = folder {
                    self.resume_watching(folder).await;
                }
                if found.is_empty() {
                    self.restoring.set(Restoring::Done);
                } else {
                    self.restoring.set(Restoring::Reading(decisions));
                    self.read(found);
                }
            }
            Err(problem) => {
                self.restoring.set(Restoring::Done);
                self.notices.show(format!("What is kept could not be opened: {}.", problem.words()));
            }
        }
    }

    /// Continues after all files were read.
    pub(super) fn continue_restoring(self) {
        match self.restoring.get_untracked() {
            Restoring::Reading(decisions) => spawn_local(self.read_as_decided(decisions)),
            Restoring::Rereading(decisions) => spawn_local(self.apply_decisions(decisions)),
            Restoring::Done | Restoring::Looking => {}
        }
    }

    /// Decisions apply again after the engine was restarted, and all files are read.
    pub(super) fn restore_after_restart(self) {
        let shown = self.libraries.with_state(|state| state.decisions.clone()).unwrap_or_default();
        match self.restoring.get_untracked() {
            Restoring::Done if !shown.is_empty() => self.restoring.set(Restoring::Reading(shown)),
            Restoring::Rereading(decisions) => self.restoring.set(Restoring::Reading(decisions)),
            _ => {}
        }
    }

    async fn read_as_decided(self, decisions: String) {
        let Some(rereads) = self.data.ask(GetRereads(decisions.clone())).await else {
            return;
        };
        let mut again = Vec::new();
        for (file, path, options) in rereads {
            let source = match self.data.pool() {
                Some(pool) => pool.source(file).await,
                None => None,
            };
            let options = ImportOptions { instead: Some(file), ..options };
            again.extend(source.map(|file| (Dropped { path, file }, options)));
        }
        if again.is_empty() {
            return self.apply_decisions(decisions).await;
        }
        self.restoring.set(Restoring::Rereading(decisions));
        if let Some(pool) = self.data.pool() {
            again.into_iter().for_each(|(file, options)| pool.load_again(file, options));
        }
    }

    async fn apply_decisions(self, decisions: String) {
        let round = self.round.get_value();
        if !decisions.is_empty() {
            self.data.ask(RestoreDecisions(decisions)).await;
        }
        // An engine that fails is restarted, reads all files again, and comes back to this.
        let Some(shown) = self.data.ask(GetDecisions).await else {
            return;
        };
        if self.round.get_value() == round {
            self.libraries.with_state(|state| state.decisions = shown);
            self.data.refresh_now();
            self.restoring.set(Restoring::Done);
        }
    }

    /// Keeps what is on screen, after each change of it.
    pub(super) fn keep_changes(self) {
        let latest = StoredValue::new(0_u32);
        Effect::new(move || {
            self.data.version.track();
            let is_settled =
                self.phase.get() == super::Phase::Ready && self.restoring.get() == Restoring::Done;
            latest.update_value(|latest| *latest = latest.wrapping_add(1));
            let number = latest.get_value();
            if is_settled {
                Timeout::new(SETTLE_MS, move || {
                    if latest.get_value() == number {
                        self.keep();
                    }
                })
                .forget();
            }
        });
    }

    /// Stores what changed on screen since the last time.
    pub(super) fn keep(self) {
        if self.is_keeping.get_value() {
            self.has_changed.set_value(true);
            return;
        }
        self.is_keeping.set_value(true);
        spawn_local(async move {
            loop {
                self.has_changed.set_value(false);
                self.store_changes().await;
                if !self.has_changed.get_value() {
                    break;
                }
            }
            self.is_keeping.set_value(false);
        });
    }

    /// Whether what is on screen is kept without asking: it was dropped, and is not the demo or what a
    /// link names.
    pub fn is_kept(self) -> bool {
        let is_own = self.navigation.view.with_untracked(|view| !view.demo && view.sources.is_empty());
        let is_on = self.libraries.keeps_last.get_untracked()
            && self.libraries.with_state(|state| !state.is_paused) == Some(true);
        self.libraries.is_possible() && (untrack(|| self.libraries.is_named()) || is_own && is_on)
    }

    /// Whether a library with a name is on screen, so that closing it loses nothing.
    pub fn shows_library(self) -> bool {
        untrack(|| self.libraries.is_named())
    }

    async fn store_changes(self) {
        let round = self.round.get_value();
        let Some(mine) = self.data.ask(GetDecisions).await else {
            return;
        };
        let is_other =
            || self.round.get_value() != round || self.restoring.get_untracked() != Restoring::Done;
        if is_other() {
            return;
        }
        if !self.is_kept() {
            self.libraries.with_state(|state| state.decisions = mine);
            return;
        }
        let all = self.loaded();
        let current = self.libraries.current.get_untracked();
        let is_last = current.as_ref().is_none_or(|library| library.name.is_empty());
        let bytes = self.bytes();
        if all.is_empty() {
            return;
        }
        if is_last && bytes > MOST_LAST_BYTES {
            self.libraries.with_state(|state| state.decisions = mine);
            let limit = format::bytes(MOST_LAST_BYTES);
            self.libraries.fail(format!("{} are more than {limit}", format::bytes(bytes)));
            return;
        }
        let stored = match current {
            None => self.create_library("", all, mine).await.map(drop),
            Some(library) => self.update_library(library, all, mine, &is_other).await,
        };
        if let Err(problem) = stored
            && !is_other()
        {
            self.say_not_kept(problem, is_last).await;
        }
    }

    /// The files that are on screen.
    pub(super) fn loaded(self) -> Vec<Found> {
        let files = self.data.pool().map_or_else(Vec::new, |pool| pool.files());
        files.into_iter().map(|Dropped { path, file }| Found { path, file }).collect()
    }

    fn counts(self) -> Option<(u32, u32)> {
        self.data.overview.with_untracked(|overview| {
            overview.as_ref().map(|overview| (overview.duts.len() as u32, overview.sessions))
        })
    }

    async fn create_library(self, name: &str, all: Vec<Found>, mine: String) -> Result<Library, Problem> {
        let round = self.round.get_value();
        let change = Change {
            add: all,
            decisions: Some(mine.clone()),
            counts: self.counts(),
            name: Some(name.to_owned()),
            ..Change::default()
        };
        let storage = Storage::open().await?;
        let created = match storage.create(&change).await {
            Err(Problem::Full) if self.delete_other_drops(&storage, None).await => {
                storage.create(&change).await
            }
            Err(Problem::Other(_)) => {
                let change = Change { add: readable(change.add.clone()).await, ..change.clone() };
                storage.create(&change).await
            }
            created => created,
        };
        let (library, keys) = created?;
        if self.round.get_value() != round {
            // Cleared meanwhile.
            storage.delete(library.id).await?;
            return Ok(library);
        }
        let files = change.add.into_iter().zip(keys).map(|(found, key)| Kept { key, found }).collect();
        self.libraries.with_state(|state| state.decisions = mine);
        self.libraries.set_current(library.clone(), files).await;
        self.delete_other_drops(&storage, Some(library.id)).await;
        self.keep_folder(library.id).await;
        self.libraries.refresh();
        Ok(library)
    }

    /// Deletes what was dropped before, unless another tab shows it. Returns whether there was any.
    async fn delete_other_drops(self, storage: &Storage, but: Option<u32>) -> bool {
        let mut libraries = storage.libraries().await.unwrap_or_default();
        libraries.retain(|library| library.name.is_empty() && Some(library.id) != but);
        for library in &libraries {
            delete_unused(storage, library.id).await;
        }
        !libraries.is_empty()
    }

    async fn update_library(
        self,
        library: Library,
        all: Vec<Found>,
        mine: String,
        is_other: &dyn Fn() -> bool,
    ) -> Result<(), Problem> {
        let (files, before) = self
            .libraries
            .with_state(|state| (state.files.clone(), state.decisions.clone()))
            .unwrap_or_default();
        let (add, remove) = difference(&all, &files);
        let counts = self.counts();
        let has_changes = !add.is_empty()
            || !remove.is_empty()
            || mine != before
            || counts.is_some_and(|counts| counts != (library.duts, library.sessions));
        if !has_changes {
            return Ok(());
        }
        let storage = Storage::open().await?;
        let seen = library.revision;
        let mut stored = library;
        let (library, keys, added) = loop {
            // Only what changed here is changed there: files that could not be read keep their names.
            let decisions = if mine == before {
                None
            } else {
                let theirs = stored.decisions.clone();
                let merge = MergeDecisions { before: before.clone(), mine: mine.clone(), theirs };
                self.data.ask(merge).await
            };
            let mut change = Change {
                add: add.clone(),
                remove: remove.clone(),
                decisions,
                counts,
                revision: stored.revision,
                name: None,
            };
            let mut changed = storage.change(stored.id, &change).await;
            if let Err(Problem::Other(_)) = changed {
                change.add = readable(change.add).await;
                changed = storage.change(stored.id, &change).await;
            }
            match changed? {
                Changed::Done(library, keys) => break (library, keys, change.add),
                Changed::Conflict(newer) => stored = newer,
            }
        };
        if is_other() {
            return Ok(());
        }
        if library.revision != seen.wrapping_add(1) {
            self.notices.show(
                "This library was also changed in another tab. Both changes are kept; reload the page to see all \
                 of it.",
            );
        }
        self.libraries.with_state(|state| {
            state.files.retain(|kept| !remove.contains(&kept.key));
            state.files.extend(added.into_iter().zip(keys).map(|(found, key)| Kept { key, found }));
            state.decisions = mine;
        });
        self.libraries.problem.set(None);
        self.libraries.current.set(Some(library));
        self.libraries.refresh();
        Ok(())
    }

    /// Says that what is on screen could not be kept. It stays on screen.
    async fn say_not_kept(self, problem: Problem, is_last: bool) {
        let reason = self.libraries.reason(&problem).await;
        let name = self.libraries.current.with_untracked(|current| {
            current.as_ref().map_or_else(String::new, |library| library.name.clone())
        });
        if problem == Problem::Gone {
            self.libraries.close();
            self.libraries.with_state(|state| state.is_paused = true);
            self.libraries.refresh();
        }
        if !self.libraries.fail(reason.clone()) {
            return;
        }
        self.notices.show(if is_last {
            format!("What you see will not survive a reload: {reason}.")
        } else {
            format!("The last changes could not be kept in “{name}”: {reason}. They are still on this page.")
        });
    }

    /// Keeps what is on screen as a library with a name.
    pub fn keep_as(self, name: String) {
        let libraries = self.libraries;
        let name = libraries.free_name(&name);
        spawn_local(async move {
            let kept = match libraries.current.get_untracked() {
                Some(library) => self.rename(library, name.clone()).await,
                None => {
                    let mine = self.data.ask(GetDecisions).await.unwrap_or_default();
                    self.create_library(&name, self.loaded(), mine).await.map(drop)
                }
            };
            if let Err(problem) = kept {
                let reason = libraries.reason(&problem).await;
                libraries.fail(reason.clone());
                self.notices.show(format!(
                    "“{name}” could not be kept: {reason}. Your files are still on this page."
                ));
                return;
            }
            // The library is what a reload shows, not the address.
            self.navigation.replace(|view| view.sources.clear());
            libraries.persist().await;
            self.keep();
        });
    }

    /// Gives a library another name.
    pub fn rename_library(self, library: Library, name: String) {
        let name = self.libraries.free_name(&name);
        spawn_local(async move {
            if let Err(problem) = self.rename(library, name).await {
                self.notices.show(format!("The library could not be renamed: {}.", problem.words()));
            }
        });
    }

    async fn rename(self, library: Library, name: String) -> Result<(), Problem> {
        let change = Change { name: Some(name), ..Change::default() };
        let changed = Storage::open().await?.change(library.id, &change).await?;
        if let Changed::Done(library, _) = changed {
            self.libraries.current.update(|current| {
                if let Some(current) = current.as_mut().filter(|current| current.id == library.id) {
                    *current = library;
                }
            });
        }
        self.libraries.refresh();
        Ok(())
    }

    /// Deletes a library, unless another tab shows it. If it is on screen, the page becomes empty.
    pub fn delete_library(self, library: Library) {
        let is_open = self
            .libraries
            .current
            .with_untracked(|current| current.as_ref().is_some_and(|current| current.id == library.id));
        spawn_local(async move {
            if is_open {
                self.libraries.set_in_use(None).await;
            }
            match self.libraries.delete(&library).await {
                Ok(()) if is_open => {
                    self.start_over();
                    self.navigation.push(|view| *view = View::default());
                }
                Ok(()) => {}
                Err(reason) => {
                    if is_open {
                        self.libraries.set_in_use(Some(library.id)).await;
                    }
                    self.notices.show(reason);
                }
            }
            self.libraries.refresh();
        });
    }

    /// Deletes what was dropped last, unless another tab shows it.
    pub(super) fn delete_drop(self, id: u32) {
        spawn_local(async move {
            if let Ok(storage) = Storage::open().await {
                delete_unused(&storage, id).await;
            }
            self.libraries.refresh();
        });
    }

    /// Deletes all that is kept. What is on screen stays there, and is not kept.
    pub fn delete_all(self) {
        let libraries = self.libraries;
        libraries.close();
        libraries.with_state(|state| state.is_paused = true);
        spawn_local(async move {
            let all = match Storage::open().await {
                Ok(storage) => storage.libraries().await.unwrap_or_default(),
                Err(_) => Vec::new(),
            };
            let mut reasons = Vec::new();
            for library in all {
                let name = if library.name.is_empty() {
                    "What was dropped last".to_owned()
                } else {
                    library.name.clone()
                };
                reasons.extend(libraries.delete(&Library { name, ..library }).await.err());
            }
            if !reasons.is_empty() {
                self.notices.show(reasons.join(" "));
            }
            libraries.refresh();
        });
    }

    /// Moves all files of a library to another one.
    pub fn merge_libraries(self, from: Library, into: Library) {
        let is_open = self.libraries.current.with_untracked(|current| {
            current.as_ref().is_some_and(|current| current.id == from.id || current.id == into.id)
        });
        if is_open {
            self.start_over();
        }
        spawn_local(async move {
            match self.merge(&from, &into).await {
                Ok(()) if is_open => self.open_library(into),
                Ok(()) => self.notices.show(format!("“{}” is part of “{}” now.", from.name, into.name)),
                Err(reason) => self.notices.show(format!("The libraries could not be merged: {reason}.")),
            }
            self.libraries.refresh();
        });
    }

    async fn merge(self, from: &Library, into: &Library) -> Result<(), String> {
        // This tab's own lock is released by the time that the database is open.
        let storage = Storage::open().await.map_err(|problem| problem.words())?;
        let in_use = |library: &Library| format!("“{}” is open in another tab", library.name);
        let lock = async |library: &Library| Lock::alone(&lock_name(library.id)).await;
        let _from = lock(from).await.ok_or_else(|| in_use(from))?;
        let _into = lock(into).await.ok_or_else(|| in_use(into))?;
        // Where both decided, the library that stays wins.
        let (mine, theirs) = (into.decisions.clone(), from.decisions.clone());
        let merged = self.data.ask(MergeDecisions { before: String::new(), mine, theirs }).await;
        let decisions = merged.ok_or_else(|| "the engine failed".to_owned())?;
        storage.merge(from.id, into.id, decisions).await.map_err(|problem| problem.words())
    }
}

/// Files that are not stored yet, and the keys of stored ones that others replaced. A stored file whose
/// path is not loaded was removed; it stays, so that this can be undone.
fn difference(all: &[Found], stored: &[Kept]) -> (Vec<Found>, Vec<u32>) {
    let marks: HashSet<Mark> = stored.iter().filter_map(|kept| mark(&kept.found)).collect();
    let unmarked: Vec<&Kept> = stored.iter().filter(|kept| mark(&kept.found).is_none()).collect();
    let is_stored = |found: &Found| match mark(found) {
        Some(mark) => marks.contains(&mark),
        None => unmarked.iter().any(|kept| kept.found.file == found.file),
    };
    let mut loaded: HashMap<&str, Vec<&Found>> = HashMap::new();
    for found in all {
        loaded.entry(&found.path).or_default().push(found);
    }
    let is_loaded = |kept: &Found, found: &Found| match mark(kept) {
        Some(of_kept) => mark(found) == Some(of_kept),
        None => kept.file == found.file,
    };
    let is_replaced = |kept: &&Kept| {
        let at_path = loaded.get(kept.found.path.as_str());
        at_path.is_some_and(|at_path| !at_path.iter().any(|found| is_loaded(&kept.found, found)))
    };
    let mut seen = HashSet::new();
    let is_first = |found: &&Found| mark(found).is_none_or(|mark| seen.insert(mark));
    let add = all.iter().filter(|found| !is_stored(found)).filter(is_first).cloned().collect();
    (add, stored.iter().filter(is_replaced).map(|kept| kept.key).collect())
}

/// The files that the browser can still read: it stores none that changed since they were dropped.
async fn readable(files: Vec<Found>) -> Vec<Found> {
    let mut readable = Vec::new();
    for found in files {
        if found.file.size() == 0.0 || is_readable(&found.file).await {
            readable.push(found);
        }
    }
    readable
}
