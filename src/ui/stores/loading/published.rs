//! Published results: the files and manifests that a link names.

use super::Loading;
use super::reread::replacing;
use crate::browser::fetch::{self, Fetched};
use crate::browser::files::Found;
use crate::browser::hash::sha256;
use crate::browser::object::set;
use crate::engine::ReadManifest;
use crate::model::{FileId, LINK_NAMES, Manifest};
use crate::query::{MANIFEST, Source};
use crate::ui::format;
use js_sys::{Array, JSON, Object};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::collections::{HashSet, VecDeque};
use std::rc::Rc;
use wasm_bindgen_futures::JsFuture;
use web_sys::Blob;

/// How many files are fetched at once.
pub(super) const AT_ONCE: u32 = 6;

/// How many sessions of a manifest are loaded at once.
const SESSIONS: usize = 200;

/// A larger file is no manifest, in bytes.
const MANIFEST_BYTES: f64 = 64e6;

/// How far downloads are.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Downloads {
    /// Files that have arrived, or cannot be fetched.
    pub files: u32,
    /// Files in all.
    pub files_total: u32,
    /// Bytes that have arrived.
    pub bytes: f64,
    /// Bytes in all, of the files that say how many they have.
    pub bytes_total: f64,
}

/// What manifests say.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Published {
    /// The title of the first one.
    pub title: String,
    /// How many sessions of manifests are loaded.
    pub loaded: u32,
    /// What is loaded when a person asks for it, newest first.
    older: VecDeque<Older>,
    /// The addresses of manifests that were read: two may name each other.
    seen: HashSet<String>,
}

/// Sessions that are not loaded yet.
#[derive(Clone, Debug, PartialEq)]
enum Older {
    /// The files of one.
    Session(Vec<Source>),
    /// A manifest, with how many it has; 0 if that is not known.
    Manifest(Source, u32),
}

impl Published {
    /// How many sessions are not loaded, and whether there may be more.
    pub fn left(&self) -> (u32, bool) {
        let counts = self.older.iter().map(|older| match older {
            Older::Session(_) => 1,
            Older::Manifest(_, sessions) => *sessions,
        });
        (counts.sum(), self.older.iter().any(|older| matches!(older, Older::Manifest(_, 0))))
    }

    /// How many sessions the next step loads at most; `None` if that is not known.
    pub fn next(&self) -> Option<u32> {
        match self.older.front() {
            Some(Older::Manifest(_, sessions)) => {
                Some(*sessions).filter(|sessions| *sessions > 0).map(|sessions| sessions.min(SESSIONS as u32))
            }
            _ => Some(self.sessions_in_front() as u32),
        }
    }

    /// How many sessions come before the next manifest, up to the number that is loaded at once.
    fn sessions_in_front(&self) -> usize {
        self.older.iter().take(SESSIONS).take_while(|older| matches!(older, Older::Session(_))).count()
    }
}

/// Files that are loaded, by which a file that comes again is read in place of the one before.
type Known = Rc<Vec<(FileId, String)>>;

impl Loading {
    /// Fetches all sources, few at once, and reads each when it arrives. With `known`, they are read again.
    pub(super) fn fetch_all(self, sources: &[String], known: Option<Known>) {
        let sources: Vec<Source> = sources.iter().map(|source| Source::parse(source)).collect();
        self.say_what_is_rewritten(&sources);
        self.name_duts(&sources);
        for source in sources {
            self.load_source(source, known.clone());
        }
    }

    /// Says which addresses are those of pages, and where their files are.
    fn say_what_is_rewritten(self, sources: &[Source]) {
        let raw: Vec<&str> = sources.iter().filter_map(|source| source.raw.as_deref()).collect();
        match raw.as_slice() {
            [] => {}
            [one] => self.notices.show(format!("The link leads to a page; its file is read from {one}.")),
            [first, ..] => {
                let links = format::plural(raw.len() as u32, "link");
                self.notices.show(format!("{links} lead to pages; their files are read, such as {first}."));
            }
        }
    }

    /// Gives the files of these sources the DUTs that the link names.
    fn name_duts(self, sources: &[Source]) {
        let named = sources.iter().filter(|source| !source.is_manifest()).filter_map(|source| {
            let members =
                if source.members.is_empty() { String::new() } else { format!("/{}", source.members) };
            Some((format!("/{}{members}", fetch::path(source)?), source.dut.clone()?))
        });
        let named: Vec<(String, String)> = named.collect();
        if named.is_empty() {
            return;
        }
        let names = self.names.try_update_value(|names| {
            names.extend(named.into_iter().filter(|name| !names.contains(name)).collect::<Vec<_>>());
            names.clone()
        });
        let sessions = Array::new();
        for (path, dut) in names.unwrap_or_default() {
            let session = Object::new();
            set(&session, "files", &path.into());
            set(&session, "dut", &dut.into());
            sessions.push(&session);
        }
        let manifest = Object::new();
        set(&manifest, "schema", &"passgrid/manifest/1".into());
        set(&manifest, "sessions", &sessions);
        // Fails only for cycles.
        let text = JSON::stringify(&manifest).map_or_else(|_| String::new(), String::from);
        self.fetched.update_value(|fetched| _ = fetched.insert(LINK_NAMES.to_owned()));
        self.read_text(LINK_NAMES, &text);
    }

    fn load_source(self, source: Source, known: Option<Known>) {
        self.is_pending.set(true);
        self.fetching.update(|open| *open += 1);
        let round = self.round.get_value();
        spawn_local(async move {
            self.fetch_and_read(&source, known, round).await;
            if self.round.get_value() == round {
                self.fetching.update(|open| *open -= 1);
                if self.fetching.get_untracked() == 0 {
                    self.downloads.set(Downloads::default());
                }
            }
        });
    }

    async fn fetch_and_read(self, source: &Source, known: Option<Known>, round: u32) {
        let Some(Fetched { path, content }) = self.fetch(source).await else {
            return;
        };
        let file = match content {
            Ok(file) => file,
            Err(reason) if known.is_some() => {
                return self.notices.show(format!("{path} could not be fetched again: {reason}"));
            }
            Err(reason) => return self.fail(&path, &reason),
        };
        self.compare_hash(source, &path, &file).await;
        let manifest = self.manifest(&file).await;
        if self.round.get_value() != round {
            return;
        }
        if let Some(manifest) = manifest {
            self.load_manifest(source, *manifest, known.clone());
        }
        let found = self.came(Found { path, file });
        let before =
            |known: &Known| known.iter().find(|(_, path)| *path == found.path).map(|(file, _)| *file);
        match known.as_ref().and_then(before) {
            Some(file) => self.read_instead(found, replacing(Some(file))).await,
            None => self.read(self.opened(vec![found]).await),
        }
    }

    /// Remembers that a file was fetched, so that the page can fetch it again.
    pub(super) fn came(self, found: Found) -> Found {
        self.fetched.update_value(|fetched| _ = fetched.insert(found.path.clone()));
        found
    }

    /// Reports a file that is not the one that the link means.
    async fn compare_hash(self, source: &Source, path: &str, file: &Blob) {
        let Some(expected) = &source.sha256 else {
            return;
        };
        match sha256(file).await {
            Some(hash) if hash == *expected => {}
            Some(_) => {
                let outdated = self.outdated.try_update_value(|outdated| {
                    outdated.push(path.to_owned());
                    outdated.clone()
                });
                let paths = outdated.unwrap_or_default();
                let files = format::plural(paths.len() as u32, "file");
                let paths: Vec<&str> = paths.iter().take(5).map(String::as_str).collect();
                self.notices.show(format!("{files} changed since the link was made: {}", paths.join(", ")));
            }
            None => self.notices.show(
                "Whether files changed since the link was made cannot be checked here: the page has no encryption.",
            ),
        }
    }

    /// Reads a manifest; `None` for any other file.
    async fn manifest(self, file: &Blob) -> Option<Box<Manifest>> {
        if file.size() > MANIFEST_BYTES {
            return None;
        }
        let head = file.slice_with_f64_and_f64(0.0, 1024.0).ok()?;
        let head = JsFuture::from(head.text()).await.ok()?.as_string()?;
        if !head.contains("passgrid/manifest/") {
            return None;
        }
        let text = JsFuture::from(file.text()).await.ok()?.as_string()?;
        self.data.ask(ReadManifest(text)).await.flatten()
    }

    /// Fetches the newest sessions of a manifest, and remembers the others.
    fn load_manifest(self, source: &Source, manifest: Manifest, known: Option<Known>) {
        let Manifest { title, files, older, .. } = manifest;
        let is_new = self.published.try_update(|published| {
            if published.title.is_empty() {
                published.title = title;
            }
            published.seen.insert(source.address.clone())
        });
        if is_new != Some(true) {
            return;
        }
        let sessions = files.iter().map(|files| {
            Older::Session(files.iter().filter_map(|file| self.named_by(source, file)).collect())
        });
        let older = older.iter().filter_map(|older| {
            Some(Older::Manifest(self.named_by(source, &older.manifest)?, older.sessions))
        });
        let listed: Vec<Older> = sessions.chain(older).collect();
        self.published.update(|published| {
            for older in listed.into_iter().rev() {
                published.older.push_front(older);
            }
        });
        self.load_sessions(known);
    }

    /// What a manifest names, relative to it.
    fn named_by(self, manifest: &Source, text: &str) -> Option<Source> {
        let named = Source::parse(text);
        if named.address.contains('*') {
            self.fail(text, "a pattern of a manifest cannot be fetched: name the files");
            return None;
        }
        let Some(address) = fetch::resolve(&named.address, &manifest.address) else {
            self.fail(text, "not a valid URL");
            return None;
        };
        let dut = named.dut.or_else(|| manifest.dut.clone());
        Some(Source { dut, ..Source::parse(&Source { address, dut: None, ..named }.text()) })
    }

    /// Fetches sessions that come before the next manifest with older ones.
    fn load_sessions(self, known: Option<Known>) {
        let next = self.published.try_update(|published| {
            let count = published.sessions_in_front();
            published.loaded += count as u32;
            published.older.drain(..count).collect::<Vec<_>>()
        });
        let sessions = next.unwrap_or_default();
        let files = sessions.into_iter().flat_map(|older| match older {
            Older::Session(files) => files,
            Older::Manifest(..) => Vec::new(),
        });
        let files: Vec<Source> = files.collect();
        self.name_duts(&files);
        for file in files {
            self.load_source(file, known.clone());
        }
    }

    /// Fetches older sessions, for a person who asks for them.
    pub fn load_older(self) {
        let next = self.published.with_untracked(|published| published.older.front().cloned());
        match next {
            Some(Older::Manifest(source, _)) => {
                self.published.update(|published| drop(published.older.pop_front()));
                self.load_source(source, None);
            }
            _ => self.load_sessions(None),
        }
    }

    /// Fetches a source when few others are being fetched; `None` if all files were cleared meanwhile.
    pub(super) async fn fetch(self, source: &Source) -> Option<Fetched> {
        let (round, abort) = (self.round.get_value(), self.abort.get_value());
        let is_current = move || self.round.get_value() == round;
        self.is_pending.set(true);
        self.downloads.update(|downloads| downloads.files_total += 1);
        let gate = self.gate.get_value();
        let pass = gate.enter().await;
        if !is_current() {
            return None;
        }
        // What was told of this file, and when.
        let told = StoredValue::new((0.0, 0.0, 0.0));
        let progress = move |bytes: f64, total: Option<f64>| {
            let (had, had_total, at) = told.get_value();
            let now = js_sys::Date::now();
            let total = total.unwrap_or(bytes).max(bytes);
            if is_current() && (now - at > PROGRESS_MS || bytes == total) {
                told.set_value((bytes, total, now));
                self.downloads.update(|downloads| {
                    downloads.bytes += bytes - had;
                    downloads.bytes_total += total - had_total;
                });
            }
        };
        let fetched = fetch::fetch(source, abort.as_ref(), &progress).await;
        told.dispose();
        drop(pass);
        if !is_current() {
            return None;
        }
        self.downloads.update(|downloads| downloads.files += 1);
        Some(fetched)
    }

    /// Forgets manifests and downloads.
    pub(super) fn forget_published(self) {
        self.downloads.set(Downloads::default());
        self.published.set(Published::default());
        self.fetched.update_value(HashSet::clear);
        self.names.update_value(Vec::clear);
        self.outdated.update_value(Vec::clear);
    }

    /// The sources of the address with the hashes of their content: a link to these files, as they are now.
    pub async fn sources_with_hashes(self) -> Vec<String> {
        let sources = self.navigation.view.with_untracked(|view| view.sources.clone());
        let mut hashed = Vec::new();
        for text in sources {
            let mut source = Source::parse(&text);
            let path = fetch::path(&source).unwrap_or_default();
            let archive = format!("{path}!/{}", source.members);
            let file =
                self.data.pool().and_then(|pool| pool.dropped(&path).or_else(|| pool.dropped(&archive)));
            if let Some(file) = file {
                source.sha256 = sha256(&file).await;
            }
            // A folder is written as it was.
            let is_folder = source.is_manifest() && !text.contains(MANIFEST);
            hashed.push(if is_folder && source.sha256.is_none() { text } else { source.text() });
        }
        hashed
    }
}

/// The shortest time between two reports of the progress of a file, in milliseconds.
const PROGRESS_MS: f64 = 100.0;
