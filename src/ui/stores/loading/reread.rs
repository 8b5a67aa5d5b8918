//! Reading files again: after a change on disk, or in another way.

use super::{Loading, Published};
use crate::browser::files::{self, Found};
use crate::engine::{GetDroppedFiles, ImportOptions, PrepareReread, RemoveFiles};
use crate::model::FileId;
use crate::ui::format;
use crate::worker::pool::Dropped;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::rc::Rc;
use web_sys::Blob;

pub(super) fn unreadable(path: &str) -> String {
    format!(
        "{path} could not be read again: it was changed or moved. The results that were read before \
         are shown; drop the file again to update them."
    )
}

impl Loading {
    /// Whether something was dropped or fetched that can be checked for changes.
    pub fn can_check_for_changes(self) -> bool {
        let is_published = self.navigation.view.with(|view| !view.sources.is_empty());
        is_published || !self.roots.with_value(Vec::is_empty)
    }

    /// Reads again what changed among dropped and fetched files, and reads new
    /// files of dropped folders.
    pub fn check_for_changes(self) {
        let roots = self.roots.get_value();
        spawn_local(async move {
            let (found, _) = files::walk(roots).await;
            let Some(known) = self.data.ask(GetDroppedFiles).await else {
                return;
            };
            let (changed, new) = self.changed(found, &known);
            let sources = self.navigation.view.with_untracked(|view| view.sources.clone());
            let again = (changed.len() + sources.len()) as u32;
            if again == 0 && new.is_empty() {
                self.notices.show("No changes found.");
            } else {
                let count = new.len() as u32;
                let new = if count > 0 { format!(", {} new", format::count(count)) } else { String::new() };
                self.notices.show(format!("{} read again{new}.", format::plural(again, "file")));
            }
            for (file, found) in changed {
                self.read_instead(found, replacing(Some(file))).await;
            }
            self.read(new);
            if !sources.is_empty() {
                self.published.set(Published::default());
                self.fetch_all(&sources, Some(Rc::new(known)));
            }
        });
    }

    /// Of the files that were found, those that changed, with the file that they
    /// replace, and new ones. Files that share their path are left alone:
    /// nothing says which is which.
    fn changed(self, found: Vec<Found>, known: &[(FileId, String)]) -> (Vec<(FileId, Found)>, Vec<Found>) {
        let (mut changed, mut new) = (Vec::new(), Vec::new());
        for found in found {
            let mut same = known.iter().filter(|(_, path)| *path == found.path);
            match (same.next(), same.next()) {
                (None, _) => new.push(found),
                (Some((file, path)), None) => {
                    let before = self.data.pool().and_then(|pool| pool.dropped(path));
                    if !before.is_some_and(|before| files::is_unchanged(&before, &found.file)) {
                        changed.push((*file, found));
                    }
                }
                (Some(_), Some(_)) => {}
            }
        }
        (changed, new)
    }

    /// Reads the file at a path again, as it is on disk now.
    pub fn reread_from_disk(self, path: String) {
        let roots = self.roots.get_value();
        spawn_local(async move {
            let (mut found, _) = files::walk(roots).await;
            found.retain(|found| found.path == path);
            if found.is_empty() {
                // A picked file: the browser gives it as it was, or not at all.
                let picked = self.data.pool().and_then(|pool| pool.dropped(&path));
                found.extend(picked.map(|file| Found { path, file }));
            }
            let Some(known) = self.data.ask(GetDroppedFiles).await else {
                return;
            };
            for found in found {
                let mut same = known.iter().filter(|(_, path)| *path == found.path);
                match (same.next(), same.next()) {
                    (Some((file, _)), None) => self.read_instead(found, replacing(Some(*file))).await,
                    (None, _) => self.read(vec![found]),
                    (Some(_), Some(_)) => {}
                }
            }
        });
    }

    /// Reads a file in place of one that was read before; an archive with all
    /// its members. What was read before stays if the file cannot be read.
    pub(super) async fn read_instead(self, found: Found, options: ImportOptions) {
        if !files::is_readable(&found.file).await {
            self.notices.show(unreadable(&found.path));
            return;
        }
        if let Some(file) = options.instead {
            self.data.ask(PrepareReread(file)).await;
        }
        if let Some(pool) = self.data.pool() {
            pool.load_again(Dropped { path: found.path, file: found.file }, options);
        }
    }

    /// Reads a file again with other options.
    pub fn reread_as(self, file: FileId, path: String, options: ImportOptions) {
        spawn_local(async move {
            if let Some(content) = self.source(file).await {
                let options = ImportOptions { instead: Some(file), ..options };
                self.read_instead(Found { path, file: content }, options).await;
            }
        });
    }

    /// The content of a file, by reference; `None` after a message to the person.
    pub async fn source(self, file: FileId) -> Option<Blob> {
        let source = self.data.pool()?.source(file).await;
        if source.is_none() {
            self.notices.show("The file is no longer available: drop it again.");
        }
        source
    }

    /// Removes a file from all counts. A copy of it counts from now on.
    pub fn remove(self, file: FileId, path: &str) {
        if let Some(pool) = self.data.pool() {
            pool.forget(path);
        }
        self.replace(file);
    }

    /// Removes a file from all counts, which another one with its path replaces.
    pub fn replace(self, file: FileId) {
        spawn_local(async move {
            if self.data.ask(RemoveFiles(vec![file])).await.is_some() {
                self.data.refresh_now();
            }
        });
    }
}

pub(super) fn replacing(file: Option<FileId>) -> ImportOptions {
    ImportOptions { instead: file, ..ImportOptions::default() }
}
