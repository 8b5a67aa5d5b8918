//! Reading files, piece by piece.

use super::protocol::FromWorker;
use super::scope::post;
use crate::engine::{ImportOptions, TextSource};
use crate::import::{CHANGED, Details, Formats, Import, Imported, decode};
use crate::model::{Encoding, Slice};
use js_sys::{Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, ReadableStream, ReadableStreamDefaultReader};

/// What is said of a file that the browser cannot read.
const UNREADABLE: &str = "the browser could not read the file: it may have changed, moved, or be protected";

/// Pieces of a stream, as they arrive. The browser reads ahead in another
/// process, while a piece is worked on here.
pub struct Pieces(ReadableStreamDefaultReader);

impl Pieces {
    /// Begins to read a stream.
    pub fn new(stream: &ReadableStream) -> Pieces {
        Pieces(stream.get_reader().unchecked_into())
    }

    /// The next piece; nothing at the end.
    ///
    /// # Errors
    ///
    /// What the browser says if there is no more to be had.
    pub async fn next(&self) -> Result<Option<Uint8Array>, JsValue> {
        let piece = JsFuture::from(self.0.read()).await?;
        Ok(Reflect::get(&piece, &"value".into())?.dyn_into::<Uint8Array>().ok())
    }

    /// What is left of the stream is not wanted.
    pub fn cancel(&self) {
        let _ = self.0.cancel();
    }
}

/// How a file was read.
pub enum Outcome {
    /// To its end, or as far as it went.
    Read(Box<Imported>),
    /// It is of none of the formats that were asked for.
    Other,
    /// The job was given up.
    Cancelled,
    /// It cannot be read once more: what was read before is kept.
    Lost,
}

/// Reads a file of one of these formats piece by piece, and says how far it is.
pub async fn read(
    formats: &'static Formats,
    job: u32,
    (path, file): (&str, &Blob),
    options: &ImportOptions,
    is_cancelled: &dyn Fn(u32) -> bool,
) -> Outcome {
    let mut import = Import::new(path, formats).treat_as(&options.format);
    let begun = js_sys::Date::now();
    let (mut at, mut reported) = (0.0, begun);
    let pieces = Pieces::new(&file.stream());
    loop {
        let piece = pieces.next().await;
        if is_cancelled(job) {
            pieces.cancel();
            return Outcome::Cancelled;
        }
        let Ok(piece) = piece else {
            return match options.instead {
                Some(_) => Outcome::Lost,
                None => Outcome::Read(Box::new(import.abort(UNREADABLE))),
            };
        };
        let Some(bytes) = piece else {
            // A small file is recognized when it is at its end.
            return match import.finish_or_other() {
                Some(imported) => {
                    let read_ms = (js_sys::Date::now() - begun) as f32;
                    Outcome::Read(Box::new(Imported { read_ms, ..imported }))
                }
                None => Outcome::Other,
            };
        };
        at += f64::from(bytes.length());
        import.push_with(bytes.length() as usize, |into| bytes.copy_to(into));
        if import.is_other() {
            pieces.cancel();
            return Outcome::Other;
        }
        let now = js_sys::Date::now();
        if now - reported > 50.0 {
            reported = now;
            post(&FromWorker::Progress { job, bytes: at, results: import.results() as f64 });
        }
    }
}

/// The bytes of a file from one place to another.
///
/// # Errors
///
/// What the browser says if it cannot read them.
pub async fn bytes(file: &Blob, from: u64, to: u64) -> Result<Vec<u8>, JsValue> {
    let slice = file.slice_with_f64_and_f64(from as f64, to as f64)?;
    Ok(Uint8Array::new(&JsFuture::from(slice.array_buffer()).await?).to_vec())
}

/// The texts at these places.
///
/// # Errors
///
/// What the browser says if it cannot read them.
pub async fn slices(file: &Blob, encoding: Encoding, slices: &[Slice]) -> Result<Vec<Vec<u8>>, JsValue> {
    let mut texts = Vec::with_capacity(slices.len());
    if encoding == Encoding::Utf8 {
        for slice in slices {
            texts.push(bytes(file, slice.at, slice.at + u64::from(slice.len)).await?);
        }
        return Ok(texts);
    }
    // Slices count in decoded bytes: the whole file must be decoded again.
    let all = bytes(file, 0, file.size() as u64).await?;
    let (_, mark) = Encoding::detect(&all);
    let mut text = Vec::new();
    decode(encoding, &all[mark..], true, &mut text);
    for slice in slices {
        let at = slice.at as usize;
        texts.push(text.get(at..at + slice.len as usize).unwrap_or_default().to_vec());
    }
    Ok(texts)
}

/// The texts of a result, from these places in these files.
///
/// # Errors
///
/// A sentence, if a file is not what was read before.
pub async fn texts(
    formats: &Formats,
    sources: &[TextSource],
    files: &[Blob],
) -> Result<Vec<Details>, String> {
    let mut details = Vec::new();
    for (source, file) in sources.iter().zip(files) {
        let texts = slices(file, source.encoding, &source.slices).await.map_err(|_| CHANGED.to_owned())?;
        details.extend(formats.details(&source.format, &source.slices, &texts).unwrap_or(Ok(Vec::new()))?);
    }
    Ok(details)
}
