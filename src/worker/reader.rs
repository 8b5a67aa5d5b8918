//! The reader: reads files of every format, opens archives, and hands over
//! what it read.

use super::protocol::{FromWorker, ToWorker};
use super::read::{self, Outcome, read};
use super::scope::{bytes_of, decoded, listen, post};
use super::unpack;
use crate::engine::{ImportOptions, TextSource};
use crate::import::archive::{HEAD_BYTES, Kind};
use crate::import::{ALL, Imported, limits};
use js_sys::Array;
use std::cell::RefCell;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::{Blob, BlobPropertyBag};

thread_local! {
    static CANCELLED: RefCell<Vec<u32>> = RefCell::default();
}

fn is_cancelled(job: u32) -> bool {
    CANCELLED.with_borrow(|cancelled| cancelled.contains(&job))
}

/// Takes over the worker's messages.
pub fn start() {
    listen(receive);
}

fn receive(message: ToWorker) {
    match message {
        ToWorker::Import { job, path, file, depth, options } => {
            spawn_local(import(job, path, file, depth, decoded(&options)));
        }
        ToWorker::Cancel { job } => CANCELLED.with_borrow_mut(|cancelled| cancelled.push(job)),
        ToWorker::ReadTexts { id, sources, files } => {
            let sources = decoded(&sources);
            spawn_local(texts(id, sources, files.iter().map(JsCast::unchecked_into).collect()));
        }
        // What only the engine has to do with.
        ToWorker::Fail { .. }
        | ToWorker::Ingest { .. }
        | ToWorker::Source { .. }
        | ToWorker::Ask { .. }
        | ToWorker::Texts { .. } => {}
    }
}

async fn texts(id: u32, sources: Vec<TextSource>, files: Vec<Blob>) {
    let details = read::texts(&ALL, &sources, &files).await;
    post(&FromWorker::Texts { id, details: bytes_of(&details) });
}

async fn import(job: u32, path: String, file: Blob, depth: u8, options: ImportOptions) {
    let head = read::bytes(&file, 0, HEAD_BYTES as u64).await.unwrap_or_default();
    let may_be_archive = depth < limits::ARCHIVE_DEPTH && options.format.is_empty();
    let archive = Kind::of(&head).filter(|_| may_be_archive);
    let outcome = match archive {
        Some(kind) => match unpack::unpack(kind, job, &path, &file, &is_cancelled).await {
            Some(notes) => Outcome::Read(Box::new(Imported::archive(&path, file.size() as u64, kind, notes))),
            None => Outcome::Cancelled,
        },
        None => read(&ALL, job, (&path, &file), &options, &is_cancelled).await,
    };
    match outcome {
        Outcome::Read(mut imported) => {
            let results = imported.batch.len() as f64;
            // The browser may hold them outside of anyone's memory.
            let kept = std::mem::take(&mut imported.batch.kept);
            let texts = imported.keeps_texts.then(|| blob_of(&kept)).flatten();
            let imported = Some(bytes_of(&*imported));
            post(&FromWorker::Imported { job, results, imported, texts });
        }
        Outcome::Other => post(&FromWorker::Other { job }),
        Outcome::Cancelled => post(&FromWorker::Cancelled { job }),
        Outcome::Lost => post(&FromWorker::Lost { job }),
    }
}

fn blob_of(text: &str) -> Option<Blob> {
    let parts = Array::of1(&JsValue::from_str(text));
    Blob::new_with_str_sequence_and_options(&parts, &BlobPropertyBag::new()).ok()
}
