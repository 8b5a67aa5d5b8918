//! What is kept in this browser: the libraries, and which one is on screen.
//!
//! [`Loading`](super::Loading) reads and writes them; this store is what components show.

use crate::browser::document;
use crate::browser::storage::{
    Kept, Library, Lock, Problem, Space, Storage, is_persistent, is_private, persist, space,
};
use crate::ui::format;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// How long what was dropped last is kept, in milliseconds.
const LAST_MS: f64 = 7.0 * 24.0 * 3_600_000.0;

/// The key of the setting whether what was dropped last is kept.
const KEEP_LAST: &str = "keep-last";

/// The key of what the static page needs to know: "last" if what was dropped last will be shown, and
/// the number of libraries. The inline script of index.html reads it.
const KEPT: &str = "kept";

/// The key of the library on screen, for this tab only. The inline script of index.html reads it.
const OPEN: &str = "library";

/// The value of [`OPEN`] after a person cleared the page, which then stays empty in this tab, whatever
/// other tabs show.
const CLEARED: &str = "0";

/// The libraries of this browser.
#[derive(Clone, Copy)]
pub struct Libraries {
    /// The library on screen: what was dropped last, or one with a name.
    pub current: RwSignal<Option<Library>>,
    /// The libraries with names, the one that was used last first.
    pub list: RwSignal<Vec<Library>>,
    /// Whether the list was read.
    is_listed: RwSignal<bool>,
    /// Why what is on screen is not kept.
    pub problem: RwSignal<Option<String>>,
    /// The space that the browser gives.
    pub space: RwSignal<Option<Space>>,
    /// Whether the browser promised not to delete what is kept.
    pub is_persistent: RwSignal<bool>,
    /// Whether what is dropped is kept without asking.
    pub keeps_last: RwSignal<bool>,
    state: StoredValue<State, LocalStorage>,
}

/// What belongs to the library on screen.
#[derive(Default)]
pub(super) struct State {
    /// Tells other tabs that it is in use.
    lock: Option<Lock>,
    /// The files that are stored.
    pub files: Vec<Kept>,
    /// The decisions on screen, as of the last change.
    pub decisions: String,
    /// Nothing is kept until files are dropped.
    pub is_paused: bool,
}

impl Libraries {
    /// Nothing is on screen. The database is not opened yet.
    pub fn new() -> Libraries {
        Libraries {
            current: RwSignal::new(None),
            list: RwSignal::new(Vec::new()),
            is_listed: RwSignal::new(false),
            problem: RwSignal::new(None),
            space: RwSignal::new(None),
            is_persistent: RwSignal::new(false),
            keeps_last: RwSignal::new(document::remembered(KEEP_LAST).as_deref() != Some("off")),
            state: StoredValue::new_local(State::default()),
        }
    }

    /// Whether the page can keep anything here.
    pub fn is_possible(self) -> bool {
        is_private()
    }

    /// Whether there may be libraries to list.
    pub fn may_have_any(self) -> bool {
        document::remembered(KEPT).is_some()
    }

    /// How many libraries there were at the last visit, until they are listed.
    pub fn expected_rows(self) -> usize {
        if self.is_listed.get() {
            return 0;
        }
        let kept = document::remembered(KEPT).unwrap_or_default();
        kept.rsplit(' ').next().and_then(|number| number.parse().ok()).unwrap_or(0)
    }

    /// Whether there may be something to show without asking.
    pub(super) fn may_have_last(self) -> bool {
        match document::remembered_in_tab(OPEN).as_deref() {
            Some(open) => open != CLEARED,
            None => document::remembered(KEPT).is_some_and(|kept| kept.starts_with("last")),
        }
    }

    /// Whether a library with a name is on screen.
    pub fn is_named(self) -> bool {
        self.current.with(|current| current.as_ref().is_some_and(|library| !library.name.is_empty()))
    }

    pub(super) fn with_state<T>(self, change: impl FnOnce(&mut State) -> T) -> Option<T> {
        self.state.try_update_value(change)
    }

    /// The library to show without asking: the one that this tab showed before a reload, or else what
    /// was dropped last. Deletes what is too old.
    pub(super) async fn last(self) -> Option<Library> {
        let storage = Storage::open().await.ok()?;
        let libraries = storage.libraries().await.ok()?;
        let open = document::remembered_in_tab(OPEN).and_then(|id| id.parse::<u32>().ok());
        let is_old =
            |library: &Library| library.name.is_empty() && library.changed_ms + LAST_MS < js_sys::Date::now();
        let (old, libraries): (Vec<_>, Vec<_>) = libraries.into_iter().partition(is_old);
        for library in old {
            delete_unused(&storage, library.id).await;
        }
        let of_tab = libraries.iter().find(|library| Some(library.id) == open);
        let last =
            || libraries.first().filter(|library| library.name.is_empty() && self.keeps_last.get_untracked());
        let found = of_tab.or_else(last).cloned();
        self.show(libraries);
        found
    }

    /// Puts a library on screen, and tells other tabs.
    pub(super) async fn set_current(self, library: Library, files: Vec<Kept>) {
        self.set_in_use(Some(library.id)).await;
        document::remember_in_tab(OPEN, Some(&library.id.to_string()));
        self.with_state(|state| state.files = files);
        self.problem.set(None);
        self.current.set(Some(library));
    }

    /// Tells other tabs that the library on screen is in use, or that it is not.
    pub(super) async fn set_in_use(self, id: Option<u32>) {
        let lock = match id {
            Some(id) => Lock::shared(&lock_name(id)).await,
            None => None,
        };
        self.with_state(|state| state.lock = lock);
    }

    /// Takes the library from the screen; it stays in this browser.
    pub(super) fn close(self) {
        document::remember_in_tab(OPEN, None);
        self.with_state(|state| *state = State::default());
        self.problem.set(None);
        self.current.set(None);
    }

    /// Remembers that a person cleared the page.
    pub(super) fn clear(self) {
        document::remember_in_tab(OPEN, Some(CLEARED));
    }

    /// Says why what is on screen is not kept; returns whether that is news.
    pub(super) fn fail(self, reason: String) -> bool {
        let is_new = self.problem.with_untracked(|problem| problem.as_ref() != Some(&reason));
        self.problem.set(Some(reason));
        is_new
    }

    /// Reads the list and the space.
    pub fn refresh(self) {
        spawn_local(async move {
            let libraries = match Storage::open().await {
                Ok(storage) => storage.libraries().await.unwrap_or_default(),
                Err(_) => Vec::new(),
            };
            self.show(libraries);
            self.space.set(space().await);
            self.is_persistent.set(is_persistent().await);
        });
    }

    fn show(self, mut libraries: Vec<Library>) {
        let is_last = libraries.first().is_some_and(|library| library.name.is_empty());
        libraries.retain(|library| !library.name.is_empty());
        let kept = match (is_last, libraries.len()) {
            (true, named) => Some(format!("last {named}")),
            (false, 0) => None,
            (false, named) => Some(named.to_string()),
        };
        document::remember_or_forget(KEPT, kept.as_deref());
        self.list.set(libraries);
        self.is_listed.set(true);
    }

    /// Asks the browser not to delete what is kept.
    pub(super) async fn persist(self) {
        let is_persistent = persist().await;
        self.is_persistent.set(is_persistent);
    }

    /// Turns keeping what is dropped on or off. Off deletes it.
    pub fn keep_last(self, on: bool) {
        document::remember(KEEP_LAST, if on { "on" } else { "off" });
        self.keeps_last.set(on);
        if on {
            self.with_state(|state| state.is_paused = false);
            return;
        }
        if !untrack(|| self.is_named()) {
            self.close();
        }
        spawn_local(async move {
            if let Ok(storage) = Storage::open().await {
                let libraries = storage.libraries().await.unwrap_or_default();
                for library in libraries.iter().filter(|library| library.name.is_empty()) {
                    delete_unused(&storage, library.id).await;
                }
            }
            self.refresh();
        });
    }

    /// Deletes a library that no tab uses.
    ///
    /// # Errors
    ///
    /// A sentence, if a tab uses it or the browser fails.
    pub(super) async fn delete(self, library: &Library) -> Result<(), String> {
        let storage = Storage::open().await.map_err(|problem| problem.words())?;
        let Some(_alone) = Lock::alone(&lock_name(library.id)).await else {
            return Err(format!("{} is open in another tab. Close it there first.", library.name));
        };
        storage.delete(library.id).await.map_err(|problem| problem.words())
    }

    /// A name that no other library has.
    pub(super) fn free_name(self, name: &str) -> String {
        let name = name.trim();
        let base = if name.is_empty() { "Library" } else { name };
        let is_taken =
            |name: &str| self.list.with_untracked(|list| list.iter().any(|library| library.name == name));
        let numbered = (2..).map(|number| format!("{base} {number}"));
        std::iter::once(base.to_owned()).chain(numbered).find(|name| !is_taken(name)).unwrap_or_default()
    }

    /// Why files could not be kept, with the space that is used.
    pub(super) async fn reason(self, problem: &Problem) -> String {
        let words = problem.words();
        match space().await.filter(|_| *problem == Problem::Full) {
            Some(Space { used, quota }) => {
                self.space.set(Some(Space { used, quota }));
                format!("{words} ({} of {} used)", format::bytes(used), format::bytes(quota))
            }
            None => words,
        }
    }
}

/// When what was dropped is deleted, in milliseconds since 1970.
pub fn kept_until(library: &Library) -> f64 {
    library.changed_ms + LAST_MS
}

/// The name of the lock that tabs share while they show a library.
pub(super) fn lock_name(id: u32) -> String {
    format!("passgrid-library-{id}")
}

/// Deletes a library, unless a tab uses it.
pub(super) async fn delete_unused(storage: &Storage, id: u32) {
    if Lock::alone(&lock_name(id)).await.is_some() {
        // If it fails, it is tried again at the next visit.
        let _ = storage.delete(id).await;
    }
}
