//! Files from drops, file pickers and the clipboard, by reference.

use super::folder::{self, Folder};
use crate::text::order::Order;
use gloo_utils::window;
use js_sys::{Array, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Blob, DataTransfer, File, FileList, FileSystemDirectoryEntry, FileSystemDirectoryReader, FileSystemEntry,
    FileSystemFileEntry,
};

/// A file and its path below what was dropped.
#[derive(Clone)]
pub struct Found {
    /// Path with `/` between its parts, without a leading `/`.
    pub path: String,
    /// The file.
    pub file: Blob,
}

impl Found {
    pub(super) fn new(path: &str, file: File) -> Found {
        Found { path: path.trim_start_matches('/').to_owned(), file: file.into() }
    }

    /// A file from a picker. It has a path if a folder was picked, otherwise a name.
    fn picked(file: File) -> Found {
        let path = Reflect::get(&file, &"webkitRelativePath".into()).ok();
        let path = path.and_then(|path| path.as_string()).filter(|path| !path.is_empty());
        Found::new(&path.unwrap_or_else(|| file.name()), file)
    }
}

/// The files from a picker; those of a folder have their paths.
pub fn of_list(list: Option<FileList>) -> Vec<Found> {
    picked(files_of(list))
}

/// The files of a list that may be absent.
fn files_of(list: Option<FileList>) -> Vec<File> {
    let list = list.map(gloo_file::FileList::from);
    let file_of = |file: &gloo_file::File| AsRef::<File>::as_ref(file).clone();
    list.map_or_else(Vec::new, |list| list.iter().map(file_of).collect())
}

fn picked(files: Vec<File>) -> Vec<Found> {
    files.into_iter().map(Found::picked).filter(|found| !is_hidden(&found.path)).collect()
}

/// A text as a file.
pub fn of_text(name: &str, text: &str) -> Found {
    let file = gloo_file::Blob::new_with_options(text, Some("text/plain"));
    Found { path: name.to_owned(), file: file.into() }
}

/// The content of a drop or a paste. Its entries must be taken while the event is
/// handled; they are walked afterwards.
pub struct Transfer {
    entries: Vec<FileSystemEntry>,
    /// In place of the entries, on a page that was opened from a disk.
    handles: Vec<Promise>,
    files: Vec<Found>,
    text: Option<String>,
}

impl Transfer {
    /// Takes the content of the event of a drop or a paste.
    pub fn new(data: &DataTransfer) -> Transfer {
        // Chromium reads no entries for such pages: `FileSystemFileEntry.file()` fails there.
        if is_from_disk() {
            let text = data.get_data("text/plain").ok();
            return match folder::dropped(data) {
                Some(handles) if !handles.is_empty() => {
                    Transfer { handles, ..Transfer::from_parts(Vec::new(), Vec::new(), text) }
                }
                _ => Transfer::from_parts(Vec::new(), files_of(data.files()), text),
            };
        }
        let items = data.items();
        let entries: Vec<FileSystemEntry> = (0..items.length())
            .filter_map(|index| items.get(index))
            .filter(|item| item.kind() == "file")
            .filter_map(|item| item.webkit_get_as_entry().ok().flatten())
            .collect();
        Transfer::from_parts(entries, files_of(data.files()), data.get_data("text/plain").ok())
    }

    /// The content of an event that was handled earlier.
    pub fn from_parts(entries: Vec<FileSystemEntry>, files: Vec<File>, text: Option<String>) -> Transfer {
        let files = if entries.is_empty() { picked(files) } else { Vec::new() };
        let text = text.filter(|text| !text.trim().is_empty());
        Transfer { entries, handles: Vec::new(), files, text }
    }

    /// The dropped files and folders, which can be read again later.
    pub fn roots(&self) -> Vec<Root> {
        self.entries.iter().cloned().map(Root::Entry).collect()
    }

    /// All files, including everything in folders; or the text as a file. The number
    /// counts files and folders that could not be opened.
    pub async fn files(self) -> (Vec<Found>, u32) {
        let (mut found, mut failed) = walk_entries(self.entries).await;
        let (more, more_failed) = folder::walk_dropped(self.handles).await;
        failed += more_failed;
        found.extend(more);
        found.extend(self.files);
        if found.is_empty()
            && let Some(text) = self.text
        {
            found.push(of_text("pasted.txt", &text));
        }
        found.order_by(|a, b| a.path.cmp(&b.path));
        (found, failed)
    }
}

fn is_from_disk() -> bool {
    window().location().protocol().is_ok_and(|protocol| protocol == "file:")
}

/// Something that can be read again as it is on disk now.
#[derive(Clone)]
pub enum Root {
    /// A file or folder that was dropped, while the page is open.
    Entry(FileSystemEntry),
    /// A folder that the page may read.
    Folder(Folder),
}

/// All files below these, and how many could not be opened.
pub async fn walk(roots: Vec<Root>) -> (Vec<Found>, u32) {
    let mut entries = Vec::new();
    let (mut found, mut failed) = (Vec::new(), 0);
    for root in roots {
        match root {
            Root::Entry(entry) => entries.push(entry),
            Root::Folder(folder) => {
                let (more, more_failed) = folder::walk(&folder).await;
                found.extend(more);
                failed += more_failed;
            }
        }
    }
    let (more, more_failed) = walk_entries(entries).await;
    found.extend(more);
    (found, failed + more_failed)
}

async fn walk_entries(mut waiting: Vec<FileSystemEntry>) -> (Vec<Found>, u32) {
    let (mut found, mut failed) = (Vec::new(), 0);
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

/// Whether two states of a file have the same size and modification time. Blobs
/// that are not files on disk never change.
pub fn is_unchanged(before: &Blob, now: &Blob) -> bool {
    let changed = |file: &Blob| file.dyn_ref::<File>().map(File::last_modified);
    before.size() == now.size() && changed(before) == changed(now)
}

/// Whether the browser can read a file. It cannot if the file changed on disk after
/// it was picked.
pub async fn is_readable(file: &Blob) -> bool {
    match file.slice_with_f64_and_f64(0.0, 1.0) {
        Ok(slice) => JsFuture::from(slice.array_buffer()).await.is_ok(),
        Err(_) => false,
    }
}

/// Whether a path belongs to a hidden file of a system or tool.
pub(super) fn is_hidden(path: &str) -> bool {
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

/// The entries of a folder. Its reader returns at most 100 at a time, so it is
/// called until it returns none.
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
