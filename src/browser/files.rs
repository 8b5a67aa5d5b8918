//! Files: from drops, pickers and the clipboard, by reference.

use crate::browser::document;
use js_sys::{Array, Function, Promise, Reflect};

use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Blob, BlobPropertyBag, DataTransfer, File, FileList, FileSystemDirectoryEntry, FileSystemDirectoryReader,
    FileSystemEntry, FileSystemFileEntry,
};

/// A file and its path below what was dropped.
#[derive(Clone)]
pub struct Found {
    /// With `/`, without one in front.
    pub path: String,
    /// The file.
    pub file: Blob,
}

impl Found {
    fn new(path: &str, file: File) -> Found {
        Found { path: path.trim_start_matches('/').to_owned(), file: file.into() }
    }
}

/// The files of a picker; those of a folder with their paths.
pub fn of_list(list: Option<FileList>) -> Vec<Found> {
    let Some(list) = list else {
        return Vec::new();
    };
    (0..list.length()).filter_map(|index| list.get(index)).filter_map(of_file).collect()
}

/// A chosen file with its path below the chosen folder; nothing for a hidden one.
fn of_file(file: File) -> Option<Found> {
    let relative = Reflect::get(&file, &"webkitRelativePath".into()).ok();
    let relative = relative.and_then(|path| path.as_string()).filter(|path| !path.is_empty());
    let path = relative.unwrap_or_else(|| file.name());
    Some(Found::new(&path, file)).filter(|found| !is_hidden(&found.path))
}

/// Text as a file.
pub fn of_text(name: &str, text: &str) -> Option<Found> {
    let options = BlobPropertyBag::new();
    options.set_type("text/plain");
    let parts = Array::of1(&text.into());
    let file = Blob::new_with_str_sequence_and_options(&parts, &options).ok()?;
    Some(Found { path: name.to_owned(), file })
}

/// What a drop or a paste holds. Its entries must be taken while the event is
/// handled; they are walked afterwards.
pub struct Transfer {
    entries: Vec<FileSystemEntry>,
    files: Vec<Found>,
    text: Option<String>,
}

impl Transfer {
    /// Takes what the event holds.
    pub fn new(data: &DataTransfer) -> Transfer {
        let items = data.items();
        let entries: Vec<FileSystemEntry> = (0..items.length())
            .filter_map(|index| items.get(index))
            .filter(|item| item.kind() == "file")
            .filter_map(|item| item.webkit_get_as_entry().ok().flatten())
            .collect();
        let files = if entries.is_empty() { of_list(data.files()) } else { Vec::new() };
        let text = data.get_data("text/plain").ok().filter(|text| !text.trim().is_empty());
        Transfer { entries, files, text }
    }

    /// What can be looked at again.
    pub fn roots(&self) -> Vec<Root> {
        self.entries.clone()
    }

    /// All files, of folders with everything in them; or text, as a file. The
    /// number counts what could not be opened.
    pub async fn files(self) -> (Vec<Found>, u32) {
        let (mut found, failed) = walk(self.entries).await;
        found.extend(self.files);
        if found.is_empty()
            && let Some(text) = self.text
        {
            found.extend(of_text("pasted.txt", &text));
        }
        found.sort_by(|a, b| a.path.cmp(&b.path));
        (found, failed)
    }
}

/// Takes what was dropped or chosen before the app started: the inline script of `index.html` queued
/// it. From here on the app listens itself. Call this before the static page is removed.
pub fn take_early() -> Vec<Transfer> {
    let window = document::window();
    let started = Reflect::get(&window, &"passgridStarted".into()).ok();
    let queue = started.and_then(|started| started.dyn_into::<Function>().ok()?.call0(&window).ok());
    let Some(queue) = queue.and_then(|queue| queue.dyn_into::<Array>().ok()) else {
        return Vec::new();
    };
    let part = |item: &JsValue, name: &str| Reflect::get(item, &name.into()).unwrap_or_default();
    let list = |item: &JsValue, name: &str| part(item, name).dyn_into::<Array>().unwrap_or_default();
    queue
        .iter()
        .map(|item| Transfer {
            entries: list(&item, "entries").iter().map(JsCast::unchecked_into).collect(),
            files: list(&item, "files").iter().filter_map(|file| of_file(file.unchecked_into())).collect(),
            text: part(&item, "text").as_string(),
        })
        .collect()
}

/// A file or folder that was dropped. Browsers let the page look at it as it is
/// by now, as long as the page is there.
pub type Root = FileSystemEntry;

/// All files below these, and how many could not be opened.
pub async fn walk(roots: Vec<Root>) -> (Vec<Found>, u32) {
    let (mut found, mut failed) = (Vec::new(), 0);
    let mut waiting = roots;
    while let Some(entry) = waiting.pop() {
        if is_hidden(&entry.full_path()) {
            continue;
        }
        if entry.is_file() {
            match file_of(&entry).await {
                Ok(file) => found.push(Found::new(&entry.full_path(), file)),
                Err(_) => failed += 1,
            }
        } else {
            match children_of(&entry).await {
                Ok(children) => waiting.extend(children),
                Err(_) => failed += 1,
            }
        }
    }
    (found, failed)
}

/// Two states of a file have the same size and the same time of change. What is
/// no file of a disk does not change.
pub fn is_unchanged(before: &Blob, now: &Blob) -> bool {
    let changed = |file: &Blob| file.dyn_ref::<File>().map(File::last_modified);
    before.size() == now.size() && changed(before) == changed(now)
}

/// The browser can read it: not so if it changed on the disk since it was picked.
pub async fn is_readable(file: &Blob) -> bool {
    match file.slice_with_f64_and_f64(0.0, 1.0) {
        Ok(slice) => JsFuture::from(slice.array_buffer()).await.is_ok(),
        Err(_) => false,
    }
}

/// What a system or a tool keeps beside the files that people mean.
fn is_hidden(path: &str) -> bool {
    path.split('/')
        .any(|part| matches!(part, ".git" | ".DS_Store" | "Thumbs.db" | "desktop.ini" | "__MACOSX"))
}

async fn file_of(entry: &FileSystemEntry) -> Result<File, JsValue> {
    let entry: &FileSystemFileEntry = entry.unchecked_ref();
    let promise = Promise::new(&mut |resolve, reject| {
        entry.file_with_callback_and_callback(&resolve, &reject);
    });
    JsFuture::from(promise).await?.dyn_into()
}

/// A reader gives at most 100 entries at once: it is asked until it has none.
async fn children_of(entry: &FileSystemEntry) -> Result<Vec<FileSystemEntry>, JsValue> {
    let reader = entry.unchecked_ref::<FileSystemDirectoryEntry>().create_reader();
    let mut children = Vec::new();
    loop {
        let batch = read_entries(&reader).await?;
        if batch.length() == 0 {
            return Ok(children);
        }
        children.extend(batch.iter().map(|child| child.unchecked_into::<FileSystemEntry>()));
    }
}

async fn read_entries(reader: &FileSystemDirectoryReader) -> Result<Array, JsValue> {
    let promise = Promise::new(&mut |resolve: js_sys::Function, reject: js_sys::Function| {
        let failed = reader.read_entries_with_callback_and_callback(&resolve, &reject);
        if let Err(error) = failed {
            let _ = reject.call1(&JsValue::NULL, &error);
        }
    });
    JsFuture::from(promise).await?.dyn_into()
}
