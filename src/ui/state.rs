//! The state of the page: the view, and the answers that are on screen.

use crate::analyze::Overview;
use crate::browser::fetch::Fetched;
use crate::browser::files::Found;
use crate::browser::timer::set_timeout;
use crate::browser::{clipboard, document, fetch, files};
use crate::engine::{Answer, ImportOptions, Request};
use crate::model::FileId;
use crate::query::{Selection, View};
use crate::ui::format;
use crate::ui::signals::*;
use crate::worker::pool::{Dropped, Event, Pool, Progress};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;
use web_sys::Blob;

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
    /// A refresh waits for its time.
    is_due: StoredValue<bool>,
    /// When the last one began, in milliseconds.
    refreshed_ms: StoredValue<f64>,
    /// How many addresses have not answered yet.
    pub fetching: RwSignal<u32>,
    stop: StoredValue<Option<fetch::Stop>, LocalStorage>,
    /// The list of keys is open.
    pub help: RwSignal<bool>,
    /// A person is asked whether to forget all files.
    pub asks_to_clear: RwSignal<bool>,
    /// Grows when all is started afresh: what was fetched for before is not wanted.
    round: StoredValue<u32>,
    /// What was dropped, to be looked at again.
    roots: StoredValue<Vec<files::Root>, LocalStorage>,
}

/// While files are read, the page is drawn again this often at most.
const REFRESH_MS: f64 = 250.0;

/// The paths of the demo's files, which are beside the page in `demo/`.
const DEMO: &str = include_str!("../../fixtures/demo/files.txt");

/// What people bring makes room for nothing but the demo.
const REPLACED: &str = "The demo made room for your files.";

fn lost(path: &str) -> String {
    format!(
        "{path} could not be read again: it changed or moved. What was read before is shown; \
         drop the file to read it as it is now."
    )
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
            is_due: StoredValue::new(false),
            refreshed_ms: StoredValue::new(0.0),
            fetching: RwSignal::new(0),
            stop: StoredValue::new_local(fetch::Stop::new()),
            help: RwSignal::new(false),
            asks_to_clear: RwSignal::new(false),
            round: StoredValue::new(0),
            roots: StoredValue::new_local(Vec::new()),
        };
        state.start_pool();
        state
    }

    fn start_pool(self) {
        let pool = Pool::new(&document::build(), move |event| self.hear(event));
        self.pool.set_value(Some(pool));
    }

    /// Forgets all files, as if the page had just been opened.
    fn start_afresh(self) {
        self.cancel_fetching();
        self.round.update_value(|round| *round += 1);
        self.roots.set_value(Vec::new());
        if let Some(pool) = self.pool.get_value() {
            pool.stop();
        }
        self.is_refreshing.set_value(false);
        self.wants_refresh.set_value(false);
        self.is_due.set_value(false);
        self.fetching.set(0);
        self.progress.set(None);
        self.notice.set(None);
        self.failure.set(None);
        self.overview.set(None);
        self.set_phase(Phase::Empty);
        self.start_pool();
        self.version.update(|version| *version += 1);
    }

    fn hear(self, event: Event) {
        match event {
            Event::Progress(progress) => {
                self.set_phase(Phase::Loading);
                self.progress.set(Some(progress));
            }
            Event::Changed => self.refresh_soon(),
            Event::Done { cancelled } => {
                self.progress.set(None);
                if cancelled > 0 {
                    let files = format::plural(cancelled, "file");
                    let were = if cancelled == 1 { "was" } else { "were" };
                    self.say(format!("Cancelled: {files} {were} not read."));
                }
                self.refresh();
            }
            Event::Lost(path) => self.say(lost(&path)),
            Event::Restarted => self.say(
                "The engine failed and was started again; the files are read once more. \
                 Names that you gave are lost.",
            ),
            Event::Failed(why) => {
                self.progress.set(None);
                // What was said of the engine's restart is over.
                self.notice.set(None);
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

    /// Refreshes, but not too often: many small files are read faster than the
    /// page is drawn.
    fn refresh_soon(self) {
        if self.is_due.get_value() {
            return;
        }
        let wait = self.refreshed_ms.get_value() + REFRESH_MS - js_sys::Date::now();
        if wait <= 0.0 || wait > REFRESH_MS {
            return self.refresh();
        }
        self.is_due.set_value(true);
        let refresh = move || {
            if self.is_due.get_value() {
                self.refresh();
            }
        };
        set_timeout(refresh, Duration::from_millis(wait as u64));
    }

    /// Asks for the overview again, once at a time, and again if the data
    /// changed meanwhile. The other views ask when `version` grows.
    fn refresh(self) {
        self.is_due.set_value(false);
        self.refreshed_ms.set_value(js_sys::Date::now());
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

    /// Reads files that a person brought.
    pub fn load(self, found: Vec<Found>) {
        if found.is_empty() {
            self.say("There was no file in it.");
            return;
        }
        self.replace_demo();
        self.read(found);
    }

    /// The demo's figures and a person's own are never added up.
    fn replace_demo(self) {
        if self.view.with_untracked(|view| view.demo) {
            self.start_afresh();
            // Nothing leads back to the demo by itself, so that Back does not lose the files.
            self.navigate(false, |view| *view = View::default());
            self.say(REPLACED);
        }
    }

    fn read(self, found: Vec<Found>) {
        let dropped = found.into_iter().map(|Found { path, file }| Dropped { path, file }).collect();
        if let Some(pool) = self.pool.get_value() {
            pool.load(dropped);
        }
    }

    /// Gives up what is not read yet.
    pub fn cancel(self) {
        self.cancel_fetching();
        if let Some(pool) = self.pool.get_value() {
            pool.cancel();
        }
    }

    fn cancel_fetching(self) {
        if let Some(stop) = self.stop.get_value() {
            stop.stop();
            self.stop.set_value(fetch::Stop::new());
        }
    }

    /// Reads what a drop or a paste holds.
    pub fn load_transfer(self, transfer: files::Transfer) {
        let roots = transfer.roots();
        spawn_local(async move {
            let (found, failed) = transfer.files().await;
            self.replace_demo();
            self.roots.update_value(|known| known.extend(roots));
            if failed > 0 {
                self.say(format!("{} files or folders could not be opened.", format::count(failed)));
            }
            if !found.is_empty() || failed == 0 {
                self.load(found);
            }
        });
    }

    /// Something was dropped or fetched that can be looked at again.
    pub fn can_look_again(self) -> bool {
        let is_published = self.view.with(|view| !view.sources.is_empty());
        is_published || !self.roots.with_value(Vec::is_empty)
    }

    /// Looks again at what was dropped and fetched: reads what changed, and what
    /// is new. With a path, only at the file there.
    pub fn look_again(self, path: Option<String>) {
        let roots = self.roots.get_value();
        spawn_local(async move {
            let (mut found, _) = files::walk(roots).await;
            found.retain(|found| path.as_ref().is_none_or(|path| *path == found.path));
            if found.is_empty()
                && let (Some(path), Some(pool)) = (&path, self.pool.get_value())
            {
                // One that was picked: the browser gives it as it was, or not at all.
                found.extend(pool.dropped(path).map(|file| Found { path: path.clone(), file }));
            }
            self.ask(&Request::Dropped, move |answer| {
                if let Some(Answer::Dropped(known)) = answer {
                    self.load_changed(found, &known, path.is_some());
                }
            });
        });
    }

    /// Reads those files that are new, or not as they were.
    fn load_changed(self, found: Vec<Found>, known: &[(FileId, String)], is_meant: bool) {
        let Some(pool) = self.pool.get_value() else {
            return;
        };
        let (mut again, mut new) = (0_u32, Vec::new());
        for found in found {
            let mut same = known.iter().filter(|(_, path)| *path == found.path);
            match (same.next(), same.next()) {
                (None, _) => new.push(found),
                (Some((file, path)), None) => {
                    let before = pool.dropped(path);
                    let is_same = before.is_some_and(|before| files::is_unchanged(&before, &found.file));
                    if is_meant || !is_same {
                        again += 1;
                        let order = ImportOptions { instead: Some(*file), ..ImportOptions::default() };
                        self.load_instead(Dropped { path: found.path, file: found.file }, order);
                    }
                }
                // Of several with one path nothing tells which it is.
                (Some(_), Some(_)) => {}
            }
        }
        let sources = self.view.with_untracked(|view| view.sources.clone());
        let published = if is_meant { 0 } else { sources.len() as u32 };
        if again + published == 0 && new.is_empty() {
            self.say("Nothing changed, and nothing is new.");
        } else if !is_meant {
            let new = new.len() as u32;
            let new = if new > 0 { format!(", {} new", format::count(new)) } else { String::new() };
            self.say(format!("{} read again{new}.", format::plural(again + published, "file")));
        }
        self.read(new);
        if published > 0 {
            self.fetch_again(sources, known);
        }
    }

    fn fetch_again(self, sources: Vec<String>, known: &[(FileId, String)]) {
        for source in sources {
            let known = known.to_vec();
            self.fetch(source, move |fetched| {
                let Fetched { path, content } = fetched;
                let file = known.iter().find(|(_, known)| *known == path).map(|(file, _)| *file);
                match (content, file) {
                    (Ok(file), None) => self.read(vec![Found { path, file }]),
                    (Ok(content), instead) => {
                        let order = ImportOptions { instead, ..ImportOptions::default() };
                        self.load_instead(Dropped { path, file: content }, order);
                    }
                    (Err(why), _) => self.say(format!("{path} could not be fetched again: {why}")),
                }
            });
        }
    }

    /// Reads a file in place of what was read before: an archive with all that is
    /// in it. What cannot be read stays as it was.
    fn load_instead(self, dropped: Dropped, order: ImportOptions) {
        spawn_local(async move {
            if !files::is_readable(&dropped.file).await {
                self.say(lost(&dropped.path));
                return;
            }
            if let Some(file) = order.instead {
                self.ask(&Request::ReadAgain(file), |_| {});
            }
            if let Some(pool) = self.pool.get_value() {
                pool.load_again(dropped, order);
            }
        });
    }

    /// Reads a file once more as it is, in another way: as the format with this
    /// key, or as what is recognized where it is "".
    pub fn read_as(self, file: FileId, path: &str, format: &str, counts_alone: bool) {
        let order = ImportOptions { instead: Some(file), format: format.to_owned(), counts_alone };
        let path = path.to_owned();
        self.with_source(file, move |file| self.load_instead(Dropped { path, file }, order));
    }

    /// Asks for the bytes of a file, by reference.
    pub fn with_source(self, file: FileId, then: impl FnOnce(Blob) + 'static) {
        if let Some(pool) = self.pool.get_value() {
            pool.source(file, move |file| match file {
                Some(file) => then(file),
                None => self.say("The file is not at hand: drop it again."),
            });
        }
    }

    /// Takes a file out of the figures. A copy of it counts from now on.
    pub fn remove(self, file: FileId, path: &str) {
        if let Some(pool) = self.pool.get_value() {
            pool.forget(path);
        }
        self.ask(&Request::Remove(vec![file]), move |answer| {
            if let Some(Answer::Removed(copies)) = answer {
                for (copy, path) in copies {
                    self.read_as(copy, &path, "", false);
                }
                self.changed();
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

    /// Loads what the address names: the demo, or published results.
    pub fn load_address(self) {
        let (is_demo, sources) = self.view.with_untracked(|view| (view.demo, view.sources.clone()));
        if is_demo {
            self.fetch_demo();
        } else {
            self.fetch_all(sources);
        }
    }

    /// Shows the demo; all else is put away.
    pub fn show_demo(self) {
        self.start_afresh();
        self.navigate(true, |view| *view = View { demo: true, ..View::default() });
        self.load_address();
    }

    /// Forgets all files, and begins at the empty page. Back leads to what an
    /// address names, not to files that a person brought.
    pub fn clear(self) {
        self.start_afresh();
        self.navigate(true, |view| *view = View::default());
    }

    /// There are files that only a person can bring again.
    pub fn has_own_files(self) -> bool {
        let fetched = self
            .view
            .with_untracked(|view| if view.demo { DEMO.lines().count() } else { view.sources.len() });
        let files = self.overview.with_untracked(|overview| overview.as_ref().map_or(0, |o| o.files));
        files as usize > fetched
    }

    /// Fetches published results that a person named, and reads them; they
    /// become part of the address.
    pub fn load_sources(self, sources: Vec<String>) {
        if sources.is_empty() {
            return;
        }
        self.replace_demo();
        self.navigate(false, |view| view.sources.extend(sources.iter().cloned()));
        self.fetch_all(sources);
    }

    /// Fetches addresses, all at once, and reads each as it comes.
    fn fetch_all(self, sources: Vec<String>) {
        for source in sources {
            self.fetch(source, move |fetched| {
                let Fetched { path, content } = fetched;
                match content {
                    Ok(file) => self.read(vec![Found { path, file }]),
                    Err(why) => self.fail(&path, &why),
                }
            });
        }
    }

    /// Fetches the demo's files, and reads them together: they are small, and
    /// there is nothing to see before the last.
    fn fetch_demo(self) {
        let gathered = Rc::new(RefCell::new(Vec::new()));
        let missing = Rc::new(Cell::new(DEMO.lines().count()));
        for path in DEMO.lines() {
            let (gathered, missing) = (gathered.clone(), missing.clone());
            self.fetch(format!("demo/{path}"), move |fetched| {
                match fetched.content {
                    Ok(file) => gathered.borrow_mut().push(Found { path: path.to_owned(), file }),
                    Err(why) => self.fail(path, &why),
                }
                missing.set(missing.get() - 1);
                if missing.get() == 0 && !gathered.borrow().is_empty() {
                    self.read(gathered.take());
                }
            });
        }
    }

    fn fetch(self, source: String, then: impl FnOnce(Fetched) + 'static) {
        self.fetch_boxed(source, Box::new(then));
    }

    fn fetch_boxed(self, source: String, then: Box<dyn FnOnce(Fetched)>) {
        self.fetching.update(|open| *open += 1);
        self.set_phase(Phase::Loading);
        let stop = self.stop.get_value();
        let round = self.round.get_value();
        spawn_local(async move {
            let fetched = fetch::fetch(&source, stop.as_ref()).await;
            if self.round.get_value() == round {
                self.fetching.update(|open| *open -= 1);
                then(fetched);
            }
        });
    }

    /// Notes a file of which nothing could be had.
    fn fail(self, path: &str, why: &str) {
        if let Some(pool) = self.pool.get_value() {
            pool.fail(path, why);
        }
    }

    /// Changes the view and the address. What a person chose is a new entry of
    /// the history; what follows from typing replaces the entry.
    pub fn navigate(self, push: bool, change: impl FnOnce(&mut View)) {
        let mut change = Some(change);
        self.navigate_dyn(push, &mut |view| {
            if let Some(change) = change.take() {
                change(view);
            }
        });
    }

    fn navigate_dyn(self, push: bool, change: &mut dyn FnMut(&mut View)) {
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

    /// Shows the view of the address: Back or Forward was used. Where one is of
    /// the demo and the other is not, the data changes, too; but what a person
    /// brought is never lost by that.
    pub fn follow_address(self) {
        let mut view = View::from_query(&document::query());
        let before = self.view.get_untracked();
        if view.demo && !before.demo && self.overview.with_untracked(Option::is_some) {
            view.demo = false;
            document::set_query(&view.to_query(), false);
        }
        // Where nothing is loaded, nothing is lost by loading.
        let is_cleared = self.overview.with_untracked(Option::is_none) && !view.sources.is_empty();
        let is_other = view.demo != before.demo || is_cleared;
        if is_other {
            self.start_afresh();
        }
        self.view.set(view);
        if is_other {
            self.load_address();
        }
    }

    /// The data changed by what a person said.
    pub fn changed(self) {
        self.refresh();
    }
}
