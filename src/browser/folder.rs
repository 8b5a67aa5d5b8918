//! Folders that the page may read while it is open, and after a reload with a person's permission: the
//! File System Access API, which Chromium has.

use super::files::{Found, is_hidden};
use crate::text::order::Order;
use gloo_utils::window;
use js_sys::{Array, AsyncIterator, Function, Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    DataTransfer, File, FileSystemDirectoryHandle, FileSystemFileHandle, FileSystemHandle,
    FileSystemHandleKind,
};

/// A folder on disk.
#[derive(Clone)]
pub struct Folder(FileSystemDirectoryHandle);

impl Folder {
    /// Its name.
    pub fn name(&self) -> String {
        self.0.name()
    }

    /// The value that the browser can store.
    pub fn value(&self) -> &JsValue {
        &self.0
    }

    /// A folder that the browser stored.
    pub fn from_value(value: JsValue) -> Option<Folder> {
        value.dyn_into().ok().map(Folder)
    }

    /// Whether the page may read it, without asking.
    pub async fn is_readable(&self) -> bool {
        self.permission("queryPermission").await
    }

    /// Asks the person whether the page may read it. Works only while an event of theirs is handled.
    pub async fn ask(&self) -> bool {
        self.permission("requestPermission").await
    }

    async fn permission(&self, method: &str) -> bool {
        // Folders of the page's own need none, and in some browsers have no such method.
        let Ok(ask) = Reflect::get(&self.0, &method.into()).and_then(|ask| ask.dyn_into::<Function>()) else {
            return true;
        };
        let options = Object::new();
        let _ = Reflect::set(&options, &"mode".into(), &"read".into());
        let answer = ask.call1(&self.0, &options).map(|answer| answer.unchecked_into::<Promise>());
        match answer {
            Ok(answer) => JsFuture::from(answer).await.is_ok_and(|answer| answer == "granted"),
            Err(_) => false,
        }
    }
}

/// Whether the browser can give access to folders.
pub fn is_supported() -> bool {
    picker().is_some()
}

fn picker() -> Option<Function> {
    Reflect::get(&window(), &"showDirectoryPicker".into()).ok()?.dyn_into().ok()
}

/// Lets a person choose a folder; `None` if they cancel.
pub async fn pick() -> Option<Folder> {
    let picked = picker()?.call0(&window()).ok()?.unchecked_into::<Promise>();
    JsFuture::from(picked).await.ok().and_then(Folder::from_value)
}

/// All files below a folder, with their paths from its name on, and how many could not be opened.
pub async fn walk(folder: &Folder) -> (Vec<Found>, u32) {
    let (mut found, mut failed) = (Vec::new(), 0);
    let mut waiting = vec![(folder.name(), folder.0.clone())];
    while let Some((path, folder)) = waiting.pop() {
        let Ok(children) = children_of(&folder).await else {
            failed += 1;
            continue;
        };
        for child in children {
            let path = format!("{path}/{}", child.name());
            if is_hidden(&path) {
                continue;
            }
            if child.kind() == FileSystemHandleKind::Directory {
                waiting.push((path, child.unchecked_into()));
                continue;
            }
            match JsFuture::from(child.unchecked_into::<FileSystemFileHandle>().get_file()).await {
                Ok(file) => found.push(Found::new(&path, file.unchecked_into::<File>())),
                Err(_) => failed += 1,
            }
        }
    }
    found.order_by(|a, b| a.path.cmp(&b.path));
    (found, failed)
}

/// What is dropped, as promises of handles, which must be asked for while the event is handled; `None` if the
/// browser has none.
pub(super) fn dropped(data: &DataTransfer) -> Option<Vec<Promise>> {
    let items = data.items();
    let items = (0..items.length()).filter_map(|index| items.get(index)).filter(|item| item.kind() == "file");
    items
        .map(|item| {
            let ask =
                Reflect::get(&item, &"getAsFileSystemHandle".into()).ok()?.dyn_into::<Function>().ok()?;
            ask.call0(&item).ok()?.dyn_into().ok()
        })
        .collect()
}

/// All files of what was dropped, and how many could not be opened.
pub(super) async fn walk_dropped(handles: Vec<Promise>) -> (Vec<Found>, u32) {
    let (mut found, mut failed) = (Vec::new(), 0);
    for handle in handles {
        let handle = JsFuture::from(handle).await.ok();
        let Some(handle) = handle.and_then(|handle| handle.dyn_into::<FileSystemHandle>().ok()) else {
            failed += 1;
            continue;
        };
        if let Some(folder) = handle.dyn_ref::<FileSystemDirectoryHandle>() {
            let (more, more_failed) = walk(&Folder(folder.clone())).await;
            found.extend(more);
            failed += more_failed;
            continue;
        }
        let name = handle.name();
        match JsFuture::from(handle.unchecked_into::<FileSystemFileHandle>().get_file()).await {
            Ok(file) => found.push(Found::new(&name, file.unchecked_into::<File>())),
            Err(_) => failed += 1,
        }
    }
    (found, failed)
}

async fn children_of(folder: &FileSystemDirectoryHandle) -> Result<Vec<FileSystemHandle>, JsValue> {
    let children: AsyncIterator = folder.entries();
    let mut handles = Vec::new();
    loop {
        let next = JsFuture::from(children.next()?).await?;
        if Reflect::get(&next, &"done".into())?.is_truthy() {
            return Ok(handles);
        }
        let entry: Array = Reflect::get(&next, &"value".into())?.dyn_into()?;
        handles.push(entry.get(1).unchecked_into());
    }
}
