//! Large files that several workers read.
//!
//! The worker that has the file reads it from the beginning, and joins the parts that others read.

use super::protocol::{Attached, FromWorker};
use super::read::{Pieces, bytes};
use super::scope::{enter, post};
use super::transfer::Attachment;
use crate::engine::ImportOptions;
use crate::import::{ALL, HEAD_BYTES, Import, LOOK_BYTES, PART_BYTES, Part, PartImport};
use futures_channel::oneshot;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use web_sys::Blob;

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
    let behind = PartImport::looks_behind(&part, size);
    let head = bytes(file, 0, HEAD_BYTES).await.ok()?;
    let before = bytes(file, part.start, part.end.min(part.start + LOOK_BYTES)).await.ok()?;
    let behind = bytes(file, behind.start, behind.end).await.ok()?;
    enter(None);
    let import = Import::new(path, &ALL).treat_as(&options.format).as_one_dut(options.is_one_dut);
    let mut part = PartImport::new(import, part, size, &head, &before, &behind)?;
    let wants = part.wants();
    let pieces =
        Pieces::by_buffer(&file.slice_with_f64_and_f64(wants.start as f64, wants.end as f64).ok()?.stream());
    loop {
        let piece = pieces.next().await.ok()?;
        enter(None);
        if is_cancelled() {
            pieces.cancel();
            return None;
        }
        match piece {
            Some(piece) => part.push(&piece.to_vec()),
            None => return part.finish_at(wants.end),
        }
    }
}
