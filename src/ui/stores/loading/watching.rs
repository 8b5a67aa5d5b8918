//! A watched folder: its new and changed files are read as they appear.

use super::Loading;
use super::reread::replacing;
use crate::browser::files::{Found, Root, is_unchanged, walk};
use crate::browser::folder::{self, Folder};
use crate::browser::storage::{Storage, mark};
use crate::engine::GetDroppedFiles;
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::collections::HashMap;
use wasm_bindgen::JsValue;

/// How long the page waits between two looks, in milliseconds.
const BETWEEN_MS: u32 = 3000;

/// A file that changed less than this long ago may still be being written, in milliseconds.
const SETTLED_MS: i64 = 1500;

/// The folder that is watched.
#[derive(Clone, Debug, PartialEq)]
pub struct Watched {
    /// Its name.
    pub folder: String,
    /// When the page looked last, in milliseconds since 1970; `None` before the first time, and after a
    /// reload until the person allows it again.
    pub looked_ms: Option<f64>,
    /// How many files were read of it since.
    pub files: u32,
    /// The browser wants the person to allow it again.
    pub is_paused: bool,
    /// The folder cannot be read at the moment.
    pub is_missing: bool,
}

/// What was seen of a folder: size and time of each file, by path.
#[derive(Default)]
pub(super) struct Seen(HashMap<String, (u64, i64)>);

impl Seen {
    /// Whether a file is new or changed since the last look, which it remembers. Files that may still be
    /// being written wait for the next look.
    fn is_news(&mut self, path: &str, now: (u64, i64), clock_ms: i64) -> bool {
        // A time in the future cannot be waited for.
        let is_recent = (0..SETTLED_MS).contains(&(clock_ms - now.1));
        !is_recent && self.0.insert(path.to_owned(), now) != Some(now)
    }
}

impl Loading {
    /// Lets a person choose a folder, and watches it.
    pub fn watch_folder(self) {
        spawn_local(async move {
            if let Some(folder) = folder::pick().await {
                self.close_demo();
                self.libraries.with_state(|state| state.is_paused = false);
                self.start_watching(folder);
                if let Some(library) = self.libraries.current.get_untracked() {
                    self.keep_folder(library.id).await;
                }
            }
        });
    }

    fn start_watching(self, folder: Folder) {
        let name = folder.name();
        self.watched_folder.set_value(Some((folder, Seen::default())));
        self.watched.set(Some(Watched {
            folder: name,
            looked_ms: None,
            files: 0,
            is_paused: false,
            is_missing: false,
        }));
        self.look_again_and_again();
    }

    /// Watches the folder of a library again; waits for the person if the browser wants that.
    pub(super) async fn resume_watching(self, stored: JsValue) {
        let Some(folder) = Folder::from_value(stored) else {
            return;
        };
        if folder.is_readable().await {
            self.start_watching(folder);
        } else {
            let name = folder.name();
            self.watched_folder.set_value(Some((folder, Seen::default())));
            self.watched.set(Some(Watched {
                folder: name,
                looked_ms: None,
                files: 0,
                is_paused: true,
                is_missing: false,
            }));
        }
    }

    /// Asks the browser's permission to watch the folder again.
    pub fn ask_to_watch(self) {
        let folder = self.watched_folder.try_update_value(|watched| Some(watched.as_ref()?.0.clone()));
        if let Some(folder) = folder.flatten() {
            spawn_local(async move {
                if folder.ask().await {
                    self.start_watching(folder);
                }
            });
        }
    }

    /// Ends watching. The files stay.
    pub fn stop_watching(self) {
        self.forget_folder();
        if let Some(library) = self.libraries.current.get_untracked() {
            spawn_local(async move {
                if let Ok(storage) = Storage::open().await {
                    // If it fails, the page asks at the next visit.
                    let _ = storage.set_folder(library.id, None).await;
                }
            });
        }
    }

    pub(super) fn forget_folder(self) {
        self.watched_folder.set_value(None);
        self.watched.set(None);
    }

    /// Stores the folder with the library that has its files.
    pub(super) async fn keep_folder(self, library: u32) {
        let folder = self.watched_folder.try_update_value(|watched| Some(watched.as_ref()?.0.clone()));
        if let (Some(folder), Ok(storage)) = (folder.flatten(), Storage::open().await) {
            // Some browsers cannot store folders; it is watched until the page is closed.
            let _ = storage.set_folder(library, Some(folder.value())).await;
        }
    }

    fn look_again_and_again(self) {
        let number = self.watching.try_update_value(|number| {
            *number += 1;
            *number
        });
        spawn_local(async move {
            while self.watched.with_untracked(Option::is_some) && number == Some(self.watching.get_value()) {
                self.look().await;
                TimeoutFuture::new(BETWEEN_MS).await;
            }
        });
    }

    /// Reads what is new in the folder since the last look.
    async fn look(self) {
        let is_busy = self.progress.with_untracked(Option::is_some)
            || self.restoring.get_untracked() != super::Restoring::Done;
        let folder = self.watched_folder.try_update_value(|watched| Some(watched.as_ref()?.0.clone()));
        let Some(folder) = folder.flatten().filter(|_| !is_busy) else {
            return;
        };
        let (found, failed) = walk(vec![Root::Folder(folder)]).await;
        let is_missing = found.is_empty() && failed > 0;
        let clock_ms = js_sys::Date::now() as i64;
        let news = self.watched_folder.try_update_value(|watched| {
            let (_, seen) = watched.as_mut()?;
            let is_news = |found: &Found| {
                mark(found)
                    .is_some_and(|(path, size, modified)| seen.is_news(&path, (size, modified), clock_ms))
            };
            Some(found.into_iter().filter(is_news).collect::<Vec<_>>())
        });
        let Some(news) = news.flatten() else {
            return;
        };
        let read = self.read_news(news).await;
        self.watched.update(|watched| {
            if let Some(watched) = watched {
                watched.looked_ms = Some(js_sys::Date::now());
                watched.files += read;
                watched.is_missing = is_missing;
            }
        });
    }

    /// Returns how many files are read.
    async fn read_news(self, news: Vec<Found>) -> u32 {
        if news.is_empty() {
            return 0;
        }
        let known = self.data.ask(GetDroppedFiles).await.unwrap_or_default();
        let (mut new, mut changed) = (Vec::new(), 0);
        for found in news {
            let at_path = || known.iter().filter(|(_, path)| *path == found.path);
            let pool = self.data.pool();
            let loaded = pool.and_then(|pool| pool.dropped(&found.path));
            let is_loaded = loaded.is_some_and(|loaded| is_unchanged(&loaded, &found.file));
            match (at_path().next(), at_path().count()) {
                // It was restored, or a person removed it.
                _ if is_loaded => {}
                (Some(&(file, _)), 1) => {
                    self.read_instead(found, replacing(Some(file))).await;
                    changed += 1;
                }
                (Some(_), _) => {}
                // A person removed the earlier version; the new one is news.
                (None, _) => new.push(found),
            }
        }
        let read = new.len() as u32 + changed;
        self.is_pending.set(self.is_pending.get_untracked() || read > 0);
        if !new.is_empty() {
            self.read(new);
        }
        read
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_finds_what_is_new_and_complete() {
        let mut seen = Seen::default();
        let now = 1_000_000;
        let mut is_news = |path, size, modified, clock| seen.is_news(path, (size, modified), clock);
        assert!(is_news("a.xml", 10, 900_000, now));
        assert!(!is_news("a.xml", 10, 900_000, now));
        // Being written: it waits until it has not changed for a while.
        assert!(!is_news("b.xml", 10, 999_500, now));
        assert!(!is_news("b.xml", 20, 1_000_400, now + 1000));
        assert!(is_news("b.xml", 20, 1_000_400, now + 3000));
        assert!(is_news("a.xml", 11, 990_000, now));
        // Clocks differ.
        assert!(is_news("c.xml", 1, now + 60_000, now));
    }
}
