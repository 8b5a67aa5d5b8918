//! Messages between page and workers: arrays of an operation, a number, and
//! what the operation needs.

use js_sys::{Array, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Blob;

/// What the page sends to a worker.
pub enum ToWorker {
    /// Reads a file. With `keep` the worker takes it into its own engine, else
    /// it hands over what it read.
    Import { job: u32, path: String, file: Blob, keep: bool },
    /// Gives up a job.
    Cancel { job: u32 },
    /// Notes a file of which nothing could be had, and why.
    Fail { path: String, why: String },
    /// Takes in what another worker read from a file. The file is for reading
    /// texts later.
    Absorb { imported: Uint8Array, file: Blob },
    /// Asks the engine.
    Ask { id: u32, request: Uint8Array },
}

/// What a worker sends to the page.
pub enum FromWorker {
    /// It is up.
    Ready,
    /// How far a job is.
    Progress { job: u32, bytes: f64, results: f64 },
    /// A job is done: how many entries it gave, and what was read, or nothing if
    /// it is kept.
    Imported { job: u32, results: f64, imported: Option<Uint8Array> },
    /// A job was given up.
    Cancelled { job: u32 },
    /// What the engine answers.
    Answer { id: u32, answer: Uint8Array },
}

impl ToWorker {
    /// As the array that is posted.
    #[cfg(feature = "page")]
    pub fn to_js(&self) -> Array {
        match self {
            ToWorker::Import { job, path, file, keep } => {
                Array::of5(&"import".into(), &(*job).into(), &path.into(), file, &(*keep).into())
            }
            ToWorker::Cancel { job } => Array::of2(&"cancel".into(), &(*job).into()),
            ToWorker::Fail { path, why } => Array::of4(&"fail".into(), &0.into(), &path.into(), &why.into()),
            ToWorker::Absorb { imported, file } => Array::of4(&"absorb".into(), &0.into(), imported, file),
            ToWorker::Ask { id, request } => Array::of3(&"ask".into(), &(*id).into(), request),
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
                keep: message.get(4).as_bool()?,
            },
            "cancel" => ToWorker::Cancel { job: number },
            "fail" => ToWorker::Fail { path: message.get(2).as_string()?, why: message.get(3).as_string()? },
            "absorb" => ToWorker::Absorb {
                imported: message.get(2).dyn_into().ok()?,
                file: message.get(3).dyn_into().ok()?,
            },
            "ask" => ToWorker::Ask { id: number, request: message.get(2).dyn_into().ok()? },
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
            FromWorker::Imported { job, results, imported } => {
                let imported = imported.as_ref().map_or(JsValue::NULL, JsValue::from);
                Array::of4(&"imported".into(), &(*job).into(), &(*results).into(), &imported)
            }
            FromWorker::Cancelled { job } => Array::of2(&"cancelled".into(), &(*job).into()),
            FromWorker::Answer { id, answer } => Array::of3(&"answer".into(), &(*id).into(), answer),
        }
    }

    /// What is transferred instead of copied.
    pub fn transfer(&self) -> Array {
        match self {
            FromWorker::Imported { imported: Some(bytes), .. } | FromWorker::Answer { answer: bytes, .. } => {
                Array::of1(&bytes.buffer())
            }
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
            },
            "cancelled" => FromWorker::Cancelled { job: number },
            "answer" => FromWorker::Answer { id: number, answer: message.get(2).dyn_into().ok()? },
            _ => return None,
        })
    }
}
