//! Messages between page and workers: arrays of an operation, a number, and
//! what the operation needs.

use js_sys::{Array, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Blob;

/// What the page sends to a worker.
pub enum ToWorker {
    /// Reads a file, which stands in as many archives as `depth` says. The engine
    /// keeps what it read, a reader hands it over. The options is an
    /// [`ImportOptions`](crate::engine::ImportOptions).
    Import { job: u32, path: String, file: Blob, depth: u8, options: Uint8Array },
    /// Gives up a job.
    Cancel { job: u32 },
    /// Notes a file of which nothing could be had, and why.
    Fail { path: String, why: String },
    /// Takes in what another worker read from a file, and the texts of its results,
    /// where they are not in the file.
    Ingest { imported: Uint8Array, file: Blob, texts: Option<Blob>, options: Uint8Array },
    /// Asks the engine for a file that it knows.
    Source { id: u32, file: u32 },
    /// Asks the engine.
    Ask { id: u32, request: Uint8Array },
    /// Asks a reader for the texts of a result: where they are, and the file of
    /// each place.
    ReadTexts { id: u32, sources: Uint8Array, files: Array },
    /// Gives the engine the texts that it needed for an answer; nothing if they
    /// cannot be had.
    Texts { id: u32, details: Option<Uint8Array> },
}

/// What a worker sends to the page.
pub enum FromWorker {
    /// It is up.
    Ready,
    /// How far a job is.
    Progress { job: u32, bytes: f64, results: f64 },
    /// A job is done: how many entries it gave, and what was read, or nothing if
    /// it is kept; and the texts of its results, where they are not in the file.
    Imported { job: u32, results: f64, imported: Option<Uint8Array>, texts: Option<Blob> },
    /// A file is none that the engine's worker can read; a reader may.
    Other { job: u32 },
    /// A file was found in an archive.
    Member { job: u32, path: String, file: Blob },
    /// A job was given up.
    Cancelled { job: u32 },
    /// A file that was there cannot be read once more.
    Lost { job: u32 },
    /// See [`ToWorker::Source`]; nothing where nobody kept it.
    Source { id: u32, file: Option<Blob> },
    /// What the engine answers.
    Answer { id: u32, answer: Uint8Array },
    /// The engine needs a reader for an answer: see [`ToWorker::ReadTexts`].
    NeedsTexts { id: u32, sources: Uint8Array, files: Array },
    /// What a reader found.
    Texts { id: u32, details: Uint8Array },
}

/// A value that may be missing.
fn optional<T: AsRef<JsValue>>(value: &Option<T>) -> JsValue {
    value.as_ref().map_or(JsValue::NULL, |value| value.as_ref().clone())
}

impl ToWorker {
    /// As the array that is posted.
    #[cfg(feature = "page")]
    pub fn to_js(&self) -> Array {
        match self {
            ToWorker::Import { job, path, file, depth, options } => {
                let message =
                    Array::of5(&"import".into(), &(*job).into(), &path.into(), file, &(*depth).into());
                message.push(options);
                message
            }
            ToWorker::Cancel { job } => Array::of2(&"cancel".into(), &(*job).into()),
            ToWorker::Fail { path, why } => Array::of4(&"fail".into(), &0.into(), &path.into(), &why.into()),
            ToWorker::Ingest { imported, file, texts, options } => {
                let message = Array::of5(&"ingest".into(), &0.into(), imported, file, &optional(texts));
                message.push(options);
                message
            }
            ToWorker::Source { id, file } => Array::of3(&"source".into(), &(*id).into(), &(*file).into()),
            ToWorker::Ask { id, request } => Array::of3(&"ask".into(), &(*id).into(), request),
            ToWorker::ReadTexts { id, sources, files } => {
                Array::of4(&"read-texts".into(), &(*id).into(), sources, files)
            }
            ToWorker::Texts { id, details } => Array::of3(&"texts".into(), &(*id).into(), &optional(details)),
        }
    }

    /// Out of the array that was posted.
    pub fn from_js(message: JsValue) -> Option<ToWorker> {
        let message: Array = message.dyn_into().ok()?;
        let number = message.get(1).as_f64()? as u32;
        Some(match message.get(0).as_string()?.as_str() {
            "import" => ToWorker::Import {
                job: number,
                path: message.get(2).as_string()?,
                file: message.get(3).dyn_into().ok()?,
                depth: message.get(4).as_f64()? as u8,
                options: message.get(5).dyn_into().ok()?,
            },
            "cancel" => ToWorker::Cancel { job: number },
            "fail" => ToWorker::Fail { path: message.get(2).as_string()?, why: message.get(3).as_string()? },
            "ingest" => ToWorker::Ingest {
                imported: message.get(2).dyn_into().ok()?,
                file: message.get(3).dyn_into().ok()?,
                texts: message.get(4).dyn_into().ok(),
                options: message.get(5).dyn_into().ok()?,
            },
            "source" => ToWorker::Source { id: number, file: message.get(2).as_f64()? as u32 },
            "ask" => ToWorker::Ask { id: number, request: message.get(2).dyn_into().ok()? },
            "read-texts" => ToWorker::ReadTexts {
                id: number,
                sources: message.get(2).dyn_into().ok()?,
                files: message.get(3).dyn_into().ok()?,
            },
            "texts" => ToWorker::Texts { id: number, details: message.get(2).dyn_into().ok() },
            _ => return None,
        })
    }
}

impl FromWorker {
    /// As the array that is posted.
    pub fn to_js(&self) -> Array {
        match self {
            FromWorker::Ready => Array::of2(&"ready".into(), &0.into()),
            FromWorker::Progress { job, bytes, results } => {
                Array::of4(&"progress".into(), &(*job).into(), &(*bytes).into(), &(*results).into())
            }
            FromWorker::Imported { job, results, imported, texts } => Array::of5(
                &"imported".into(),
                &(*job).into(),
                &(*results).into(),
                &optional(imported),
                &optional(texts),
            ),
            FromWorker::Other { job } => Array::of2(&"other".into(), &(*job).into()),
            FromWorker::Member { job, path, file } => {
                Array::of4(&"member".into(), &(*job).into(), &path.into(), file)
            }
            FromWorker::Cancelled { job } => Array::of2(&"cancelled".into(), &(*job).into()),
            FromWorker::Lost { job } => Array::of2(&"lost".into(), &(*job).into()),
            FromWorker::Source { id, file } => Array::of3(&"source".into(), &(*id).into(), &optional(file)),
            FromWorker::Answer { id, answer } => Array::of3(&"answer".into(), &(*id).into(), answer),
            FromWorker::NeedsTexts { id, sources, files } => {
                Array::of4(&"needs-texts".into(), &(*id).into(), sources, files)
            }
            FromWorker::Texts { id, details } => Array::of3(&"texts".into(), &(*id).into(), details),
        }
    }

    /// What is transferred instead of copied.
    pub fn transfer(&self) -> Array {
        match self {
            FromWorker::Imported { imported: Some(bytes), .. }
            | FromWorker::Answer { answer: bytes, .. }
            | FromWorker::NeedsTexts { sources: bytes, .. }
            | FromWorker::Texts { details: bytes, .. } => Array::of1(&bytes.buffer()),
            _ => Array::new(),
        }
    }

    /// Out of the array that was posted.
    #[cfg(feature = "page")]
    pub fn from_js(message: JsValue) -> Option<FromWorker> {
        let message: Array = message.dyn_into().ok()?;
        let number = message.get(1).as_f64()? as u32;
        Some(match message.get(0).as_string()?.as_str() {
            "ready" => FromWorker::Ready,
            "progress" => FromWorker::Progress {
                job: number,
                bytes: message.get(2).as_f64()?,
                results: message.get(3).as_f64()?,
            },
            "imported" => FromWorker::Imported {
                job: number,
                results: message.get(2).as_f64()?,
                imported: message.get(3).dyn_into().ok(),
                texts: message.get(4).dyn_into().ok(),
            },
            "other" => FromWorker::Other { job: number },
            "member" => FromWorker::Member {
                job: number,
                path: message.get(2).as_string()?,
                file: message.get(3).dyn_into().ok()?,
            },
            "cancelled" => FromWorker::Cancelled { job: number },
            "lost" => FromWorker::Lost { job: number },
            "source" => FromWorker::Source { id: number, file: message.get(2).dyn_into().ok() },
            "answer" => FromWorker::Answer { id: number, answer: message.get(2).dyn_into().ok()? },
            "needs-texts" => FromWorker::NeedsTexts {
                id: number,
                sources: message.get(2).dyn_into().ok()?,
                files: message.get(3).dyn_into().ok()?,
            },
            "texts" => FromWorker::Texts { id: number, details: message.get(2).dyn_into().ok()? },
            _ => return None,
        })
    }
}
