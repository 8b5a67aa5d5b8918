//! Reading files, piece by piece.

use super::protocol::FromWorker;
use super::scope::{enter, post};
use super::shared::Shared;
use crate::engine::{ImportOptions, TextSource};
use crate::import::{ALL, CHANGED, Details, Import, Imported, SMALLEST_BYTES, decode};
use crate::model::{Encoding, Slice};
use js_sys::{ArrayBuffer, Function, Reflect, Uint8Array};
use std::cell::{Cell, RefCell};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Blob, File, ReadableStream, ReadableStreamByobReader, ReadableStreamDefaultReader,
    ReadableStreamGetReaderOptions, ReadableStreamReaderMode,
};

/// The note for a file that the browser cannot read.
const UNREADABLE: &str =
    "the browser could not read the file; it may have changed or moved, or access may be denied";

/// The shortest time between reports of progress, in milliseconds.
const REPORT_MS: f64 = 50.0;

/// Into how many bytes [`Pieces::by_buffer`] reads at a time. Measured in Chromium: less is slower, more is
/// not faster.
const BUFFER_BYTES: u32 = 512 << 10;

/// A file of at most this many bytes is read in one go. To read a stream to its end takes three answers of the
/// browser, and for a small file these take longer than everything else.
const SMALL_BYTES: f64 = 65_536.0;

/// The pieces of a file or a stream as they arrive. The browser reads ahead in another
/// process, while this one works on a piece.
pub struct Pieces {
    reader: Reader,
    /// What the next piece is read into.
    buffer: Cell<Option<ArrayBuffer>>,
    /// The first answer, if it was looked at before it is taken.
    first: RefCell<Option<Result<Option<Uint8Array>, JsValue>>>,
}

enum Reader {
    /// There is a single piece, which is taken once.
    Whole(Cell<Option<JsFuture>>),
    /// Every piece is a buffer of its own.
    Default(ReadableStreamDefaultReader),
    /// All pieces are read into one buffer.
    ByBuffer(ReadableStreamByobReader),
}

impl Pieces {
    fn with(reader: Reader) -> Pieces {
        Pieces { reader, buffer: Cell::default(), first: RefCell::default() }
    }

    /// Begins to read a stream.
    pub fn new(stream: &ReadableStream) -> Pieces {
        Pieces::with(Reader::Default(stream.get_reader().unchecked_into()))
    }

    /// Begins to read a stream whose pieces are not kept: a piece is gone when the next one is asked for.
    /// 20 MB of a file cost 5 ms so, and 15 otherwise: the browser allocates nothing for a piece.
    pub fn by_buffer(stream: &ReadableStream) -> Pieces {
        byob_reader(stream)
            .map_or_else(|_| Pieces::new(stream), |reader| Pieces::with(Reader::ByBuffer(reader)))
    }

    /// Begins to read a file. Its pieces are not kept either.
    pub fn of_file(file: &Blob) -> Pieces {
        match file.size() <= SMALL_BYTES {
            true => Pieces::with(Reader::Whole(Cell::new(Some(file.array_buffer().into())))),
            false => Pieces::by_buffer(&file.stream()),
        }
    }

    /// Returns the beginning of the first piece, at most this many bytes, and keeps the piece for [`Pieces::next`].
    /// It is empty if there is no piece, or if it cannot be read.
    pub async fn head(&self, bytes: u32) -> Vec<u8> {
        let first = self.next().await;
        let piece = first.as_ref().ok().and_then(Option::as_ref);
        let head = piece.map(|piece| piece.subarray(0, bytes.min(piece.length())).to_vec());
        self.first.replace(Some(first));
        head.unwrap_or_default()
    }

    /// Returns the next piece; `None` at the end.
    ///
    /// # Errors
    ///
    /// The browser's error if the stream fails.
    pub async fn next(&self) -> Result<Option<Uint8Array>, JsValue> {
        if let Some(first) = self.first.take() {
            return first;
        }
        let read = match &self.reader {
            Reader::Whole(whole) => {
                let Some(whole) = whole.take() else {
                    return Ok(None);
                };
                let whole = whole.await?;
                return Ok(Some(Uint8Array::new(&whole)).filter(|piece| piece.length() > 0));
            }
            Reader::Default(reader) => reader.read(),
            Reader::ByBuffer(reader) => {
                let buffer = self.buffer.take().unwrap_or_else(|| ArrayBuffer::new(BUFFER_BYTES));
                reader.read_with_array_buffer_view(&Uint8Array::new(&buffer))
            }
        };
        let read = JsFuture::from(read).await?;
        let piece = Reflect::get(&read, &"value".into())?.dyn_into::<Uint8Array>().ok();
        self.buffer.set(piece.as_ref().map(Uint8Array::buffer));
        // At the end, a buffer comes back as an empty piece.
        let is_end = Reflect::get(&read, &"done".into())?.is_truthy();
        Ok(piece.filter(|_| !is_end))
    }

    /// Cancels the rest of the stream.
    pub fn cancel(&self) {
        // The promise only tells when the browser has freed resources.
        let _ = match &self.reader {
            Reader::Whole(whole) => {
                whole.take();
                None
            }
            Reader::Default(reader) => Some(reader.cancel()),
            Reader::ByBuffer(reader) => Some(reader.cancel()),
        };
    }
}

/// `stream.getReader({ mode: "byob" })`, which fails for streams that are not of bytes, and in older browsers.
fn byob_reader(stream: &ReadableStream) -> Result<ReadableStreamByobReader, JsValue> {
    let options = ReadableStreamGetReaderOptions::new();
    options.set_mode(ReadableStreamReaderMode::Byob);
    let get: Function = Reflect::get(stream, &"getReader".into())?.dyn_into()?;
    Ok(get.call1(stream, &options)?.unchecked_into())
}

/// How reading a file ended.
pub enum ReadEnd {
    /// The file was read to its end, or as far as possible.
    Read(Box<Imported>),
    /// The job was cancelled.
    Cancelled,
    /// The file could not be read again; what was read before is kept.
    Lost,
}

/// Reads a file by its pieces, and reports progress. Parts of a large one may come from other workers.
pub async fn read(
    job: u32,
    (path, file): (&str, &Blob),
    mut pieces: Pieces,
    options: &ImportOptions,
    shared: &Shared,
    is_cancelled: &dyn Fn(u32) -> bool,
) -> ReadEnd {
    let mut import = Import::new(path, &ALL).treat_as(&options.format).as_one_dut(options.is_one_dut);
    let begun = js_sys::Date::now();
    let size = file.size() as u64;
    let (mut at, mut reported) = (0, begun);
    let mut is_whole = size < SMALLEST_BYTES;
    // The part of another worker that begins next.
    let mut next = None;
    loop {
        if next == Some(at) {
            let part = shared.part(at, &|| is_cancelled(job)).await;
            let before = match &part {
                Some(part) => bytes(file, part.before().start, part.before().end).await.ok(),
                None => None,
            };
            enter(Some(job));
            // Without the part, this reads it.
            let joined = part.zip(before).map(|(part, before)| import.join(part, &before));
            let is_behind = joined.is_some_and(|to| to > at);
            at = joined.unwrap_or(at);
            next = shared.next(if is_behind { at } else { at + 1 }).filter(|next| *next < size);
            if next != Some(at) {
                match file.slice_with_f64_and_f64(at as f64, size as f64) {
                    Ok(rest) => pieces = Pieces::by_buffer(&rest.stream()),
                    Err(_) => return ReadEnd::Read(Box::new(import.abort(UNREADABLE))),
                }
            }
            if !is_cancelled(job) {
                continue;
            }
        }
        let piece = pieces.next().await;
        enter(Some(job));
        if is_cancelled(job) {
            pieces.cancel();
            return ReadEnd::Cancelled;
        }
        let Ok(piece) = piece else {
            return match options.instead {
                Some(_) => ReadEnd::Lost,
                None if at == 0 => ReadEnd::Read(Box::new(unreadable(path, UNREADABLE))),
                None => ReadEnd::Read(Box::new(import.abort(UNREADABLE))),
            };
        };
        let Some(bytes) = piece else {
            let read_ms = (js_sys::Date::now() - begun) as f32;
            let modified_ms = file.dyn_ref::<File>().map(|file| file.last_modified() as i64);
            return ReadEnd::Read(Box::new(Imported { read_ms, modified_ms, ..import.finish() }));
        };
        let to = at + u64::from(bytes.length());
        if !is_whole && import.has_parts() {
            is_whole = true;
            post(&FromWorker::HasParts { job }, &[]);
        }
        next = shared.next(at + 1).filter(|next| *next < size);
        let bytes = match next.filter(|next| *next < to) {
            Some(next) => bytes.subarray(0, (next - at) as u32),
            None => bytes,
        };
        at += u64::from(bytes.length());
        if next == Some(at) {
            pieces.cancel();
        }
        import.push_with(bytes.length() as usize, |into| bytes.copy_to(into));
        let now = js_sys::Date::now();
        if now - reported > REPORT_MS {
            reported = now;
            post(&FromWorker::Progress { job, bytes: at, results: import.results() as u64 }, &[]);
        }
    }
}

/// Returns the record of a file that could not be read, for this reason.
pub fn unreadable(path: &str, why: &str) -> Imported {
    let mut imported = Import::new(path, &ALL).abort(why);
    // Removes the note that the file is empty. No byte was read, so the note has no place.
    imported.batch.notes.retain(|note| note.text == why);
    imported.batch.notes.iter_mut().for_each(|note| note.at = None);
    imported
}

/// Returns the bytes of a file from one offset to another.
///
/// # Errors
///
/// The browser's error if it cannot read them.
pub async fn bytes(file: &Blob, from: u64, to: u64) -> Result<Vec<u8>, JsValue> {
    let slice = file.slice_with_f64_and_f64(from as f64, to as f64)?;
    Ok(Uint8Array::new(&JsFuture::from(slice.array_buffer()).await?).to_vec())
}

/// Returns the texts of these slices.
///
/// # Errors
///
/// The browser's error if it cannot read them.
async fn slices(file: &Blob, encoding: Encoding, slices: &[Slice]) -> Result<Vec<Vec<u8>>, JsValue> {
    let mut texts = Vec::with_capacity(slices.len());
    if encoding == Encoding::Utf8 {
        for slice in slices {
            texts.push(bytes(file, slice.at, slice.at + u64::from(slice.len)).await?);
        }
        return Ok(texts);
    }
    // Slices count decoded bytes, so the whole file must be decoded again.
    let all = bytes(file, 0, file.size() as u64).await?;
    let (_, mark) = Encoding::detect(&all);
    let mut text = Vec::new();
    decode(encoding, all.get(mark..).unwrap_or_default(), true, &mut text);
    for slice in slices {
        let at = slice.at as usize;
        texts.push(text.get(at..at + slice.len as usize).unwrap_or_default().to_vec());
    }
    Ok(texts)
}

/// Returns the details of a result from these sources, each with its file.
///
/// # Errors
///
/// A sentence, if a file changed since it was read.
pub async fn details(sources: &[TextSource], files: &[Blob]) -> Result<Vec<Details>, String> {
    let mut details = Vec::new();
    for (source, file) in sources.iter().zip(files) {
        let texts = slices(file, source.encoding, &source.slices).await.map_err(|_| CHANGED.to_owned())?;
        enter(None);
        details.extend(ALL.details(&source.format, &source.slices, &texts).unwrap_or(Ok(Vec::new()))?);
    }
    Ok(details)
}
