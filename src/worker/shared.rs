//! Large files that several workers read.
//!
//! The worker that has the file reads it from the beginning, and joins the parts that others read.

use super::protocol::{Attached, FromWorker};
use super::scope::{enter, post};
use super::transfer::Attachment;
use crate::engine::ImportOptions;
use crate::import::{ALL, HEAD_BYTES, Import, LOOK_BYTES, PART_BYTES, Part, PartImport};
use futures_channel::oneshot;
use js_sys::Uint8Array;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::ops::Range;
use wasm_bindgen_futures::JsFuture;
use web_sys::Blob;

/// How many bytes of a part are read at a time: as many as fit into a processor's cache.
const PIECE_BYTES: u64 = 512 << 10;

/// The parts of a file that others read.
#[derive(Default)]
pub struct Shared {
    /// Where the first of them begins.
    from: Cell<Option<u64>>,
    /// What has come of them, by their beginnings; `None` if nobody else could read it.
    parts: RefCell<BTreeMap<u64, Option<Part>>>,
    /// Wakes who waits for a part.
    waiting: Cell<Option<oneshot::Sender<()>>>,
}

impl Shared {
    /// Others read from this byte on.
    pub fn read_before(&self, from: u64) {
        self.from.set(Some(from));
    }

    /// A part has come.
    pub fn arrive(&self, from: u64, part: Option<Part>) {
        self.parts.borrow_mut().insert(from, part);
        self.wake();
    }

    /// Wakes who waits for a part, which may not come any more.
    pub fn wake(&self) {
        if let Some(waiting) = self.waiting.take() {
            // Fails if it does not wait any more.
            let _ = waiting.send(());
        }
    }

    /// Returns the next place from this byte on at which a part of another worker begins.
    pub fn next(&self, at: u64) -> Option<u64> {
        Some(at.max(self.from.get()?).next_multiple_of(PART_BYTES))
    }

    /// Waits for the part that begins at this byte. Returns `None` if nobody else could read it.
    pub async fn part(&self, from: u64, is_cancelled: &dyn Fn() -> bool) -> Option<Part> {
        loop {
            if let Some(part) = self.parts.borrow_mut().remove(&from) {
                return part;
            }
            if is_cancelled() {
                return None;
            }
            let (sender, come) = oneshot::channel();
            self.waiting.set(Some(sender));
            // Fails if another one waits, which does not happen.
            let _ = come.await;
        }
    }
}

/// Reads a part of a file that another worker reads, and reports it under this number.
pub async fn read_part(
    id: u32,
    (path, file): (String, Blob),
    from: u64,
    options: ImportOptions,
    is_cancelled: impl Fn() -> bool,
) {
    let part = part_of(&path, &file, from, &options, &is_cancelled).await;
    enter(None);
    let mut attachments = Vec::new();
    let read = part.map(|part| Attached::push(&mut attachments, Attachment::encoded(&part)));
    post(&FromWorker::PartRead { part: id, read }, &attachments);
}

async fn part_of(
    path: &str,
    file: &Blob,
    from: u64,
    options: &ImportOptions,
    is_cancelled: &dyn Fn() -> bool,
) -> Option<Part> {
    let size = file.size() as u64;
    let part = from..size.min(from + PART_BYTES);
    let end = size.min(part.end + LOOK_BYTES);
    // The browser gets both at once, and in one go: for a stream, it would be asked again for each piece.
    let (head, all) = (buffer(file, 0, HEAD_BYTES)?, buffer(file, from, end)?);
    let (head, all) = (Uint8Array::new(&head.await.ok()?).to_vec(), Uint8Array::new(&all.await.ok()?));
    enter(None);
    if is_cancelled() || u64::from(all.length()) < end - from {
        return None;
    }
    let slice = |range: Range<u64>| all.subarray((range.start - from) as u32, (range.end - from) as u32);
    let before = slice(from..end.min(from + LOOK_BYTES)).to_vec();
    let behind = slice(PartImport::looks_behind(&part, size)).to_vec();
    let import = Import::new(path, &ALL).treat_as(&options.format).as_one_dut(options.is_one_dut);
    let mut part = PartImport::new(import, part, size, &head, &before, &behind)?;
    let wants = part.wants();
    let mut piece = vec![0; PIECE_BYTES as usize];
    for at in wants.clone().step_by(PIECE_BYTES as usize) {
        let bytes = slice(at..wants.end.min(at + PIECE_BYTES));
        let piece = piece.get_mut(..bytes.length() as usize)?;
        bytes.copy_to(piece);
        part.push(piece);
    }
    Some(part.finish())
}

/// Begins to read these bytes of a file.
fn buffer(file: &Blob, from: u64, to: u64) -> Option<JsFuture> {
    Some(file.slice_with_f64_and_f64(from as f64, to as f64).ok()?.array_buffer().into())
}
