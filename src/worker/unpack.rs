//! Opening archives: members are handed on one by one, as files of their own.
//!
//! What inflates is the browser's `DecompressionStream`; what it does not know
//! is unpacked here. A member that is complete is a `Blob`, which the browser
//! may hold outside of anyone's memory.

use super::protocol::FromWorker;
use super::read::{self, Pieces};
use super::scope::post;
use crate::import::archive::{
    self, Event, Kind, Member, Packing, TAIL_BYTES, Tar, Unpacker, data_start, directory, find_directory,
    member_path,
};
use crate::import::limits;
use crate::model::{Note, Severity, counted};
use js_sys::{Array, Function, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, ReadableStream};

/// Opens an archive and hands on what is in it. Gives what there is to say of
/// it; nothing if the job was given up.
pub async fn unpack(
    kind: Kind,
    job: u32,
    path: &str,
    file: &Blob,
    is_cancelled: &dyn Fn(u32) -> bool,
) -> Option<Vec<Note>> {
    let allowed = limits::ARCHIVE_FREE_BYTES.max(file.size() as u64 * limits::ARCHIVE_RATIO);
    let mut out = Out { job, path, members: 0, litter: 0, allowed, notes: Vec::new() };
    let result = match kind {
        Kind::Zip => zip(file, &mut out, is_cancelled).await,
        Kind::Gzip => match inflate(&file.stream(), "gzip") {
            Ok(inflated) => stream(&inflated, kind, &mut out, is_cancelled).await,
            Err(_) => Err(Stop::Fault("this browser cannot unpack gzip".to_owned())),
        },
        Kind::Tar | Kind::Bzip2 | Kind::Xz | Kind::Zstd => {
            stream(&file.stream(), kind, &mut out, is_cancelled).await
        }
    };
    match result {
        Ok(()) => {}
        Err(Stop::Fault(text)) => out.note(Severity::Error, text),
        Err(Stop::Cancelled) => return None,
    }
    let (members, litter) = (counted(out.members, "file"), out.litter);
    let beside = if litter > 0 {
        format!(", {litter} that the system put beside them left out")
    } else {
        String::new()
    };
    out.notes.insert(
        0,
        Note { severity: Severity::Info, at: None, text: format!("an archive with {members}{beside}") },
    );
    Some(out.notes)
}

/// Why there is no more to come.
enum Stop {
    /// A sentence.
    Fault(String),
    Cancelled,
}

impl From<JsValue> for Stop {
    fn from(_: JsValue) -> Stop {
        Stop::Fault(
            "the archive is damaged, or the browser could not read it; what stands before is kept".to_owned(),
        )
    }
}

impl From<archive::Fault> for Stop {
    fn from(fault: archive::Fault) -> Stop {
        Stop::Fault(fault.0)
    }
}

/// Where members go.
struct Out<'a> {
    job: u32,
    path: &'a str,
    members: u64,
    litter: u64,
    /// Bytes that may still come out.
    allowed: u64,
    notes: Vec<Note>,
}

impl Out<'_> {
    fn note(&mut self, severity: Severity, text: String) {
        self.notes.push(Note { severity, at: None, text });
    }

    /// Counts bytes that came out.
    fn take(&mut self, bytes: u64) -> Result<(), Stop> {
        match self.allowed.checked_sub(bytes) {
            Some(left) => {
                self.allowed = left;
                Ok(())
            }
            None => Err(Stop::Fault(format!(
                "more than {} times as large when it is unpacked: made to fill memory, or not for this page; the rest is not read",
                limits::ARCHIVE_RATIO
            ))),
        }
    }

    fn member(&mut self, name: &str, file: Blob) {
        if archive::is_litter(name) {
            self.litter += 1;
            return;
        }
        self.members += 1;
        post(&FromWorker::Member { job: self.job, path: member_path(self.path, name), file });
    }
}

async fn zip(file: &Blob, out: &mut Out<'_>, is_cancelled: &dyn Fn(u32) -> bool) -> Result<(), Stop> {
    let size = file.size() as u64;
    let tail = read::bytes(file, size.saturating_sub(TAIL_BYTES), size).await?;
    let place = find_directory(&tail, size)?;
    let bytes = read::bytes(file, place.at, place.at + place.len).await?;
    let (members, fault) = directory(&bytes, place);
    for member in &members {
        if is_cancelled(out.job) {
            return Err(Stop::Cancelled);
        }
        if let Err(why) = zip_member(file, member, out).await {
            match why {
                Stop::Fault(text) if out.allowed > 0 => {
                    out.note(Severity::Error, format!("`{}`: {text}", member.name));
                }
                stop => return Err(stop),
            }
        }
    }
    fault.map_or(Ok(()), |fault| Err(fault.into()))
}

async fn zip_member(file: &Blob, member: &Member, out: &mut Out<'_>) -> Result<(), Stop> {
    if member.is_encrypted {
        return Err(Stop::Fault("needs a password, and is not read".to_owned()));
    }
    let header = read::bytes(file, member.header_at, member.header_at + 30).await?;
    let start = data_start(&header, member);
    let start = start.ok_or_else(|| Stop::Fault("is not where the archive's directory says".to_owned()))?;
    let packed = file.slice_with_f64_and_f64(start as f64, start as f64 + member.packed_bytes as f64)?;
    let content = match member.packing {
        Packing::Stored => {
            out.take(member.packed_bytes)?;
            packed
        }
        Packing::Deflated => {
            let pieces = Pieces::new(&inflate(&packed.stream(), "deflate-raw")?);
            let content = Array::new();
            while let Some(piece) = pieces.next().await? {
                if let Err(stop) = out.take(u64::from(piece.length())) {
                    pieces.cancel();
                    out.allowed = 0;
                    return Err(stop);
                }
                content.push(&piece);
            }
            Blob::new_with_u8_array_sequence(&content)?
        }
        Packing::Other(method) => {
            return Err(Stop::Fault(format!("is packed by method {method}, which browsers do not unpack")));
        }
    };
    out.member(&member.name, content);
    Ok(())
}

/// A tar, or one file, that arrives; packed, if the browser does not unpack it.
async fn stream(
    stream: &ReadableStream,
    kind: Kind,
    out: &mut Out<'_>,
    is_cancelled: &dyn Fn(u32) -> bool,
) -> Result<(), Stop> {
    let pieces = Pieces::new(stream);
    let mut unpacker = Unpacker::new(kind);
    let mut content = Content::default();
    let ended = loop {
        let piece = match pieces.next().await {
            Ok(piece) => piece,
            Err(error) => break Err(Stop::from(error)),
        };
        if is_cancelled(out.job) {
            pieces.cancel();
            return Err(Stop::Cancelled);
        }
        let is_last = piece.is_none();
        let bytes = piece.map_or_else(Vec::new, |piece| piece.to_vec());
        let pushed = match &mut unpacker {
            Some(unpacker) => unpacked(unpacker, &bytes, is_last, &mut content, out),
            None => content.push(&bytes, out),
        };
        if is_last {
            break pushed;
        }
        if pushed.is_err() {
            pieces.cancel();
            break pushed;
        }
    };
    let complete = content.finish(kind, out);
    ended.and(complete)
}

/// Unpacks the next bytes of a stream.
fn unpacked(
    unpacker: &mut Unpacker,
    bytes: &[u8],
    is_last: bool,
    content: &mut Content,
    out: &mut Out,
) -> Result<(), Stop> {
    unpacker.push(bytes);
    while let Some(bytes) = unpacker.next(is_last)? {
        content.push(bytes, out)?;
    }
    Ok(())
}

/// What is in a stream: a tar, or one file.
#[derive(Default)]
struct Content {
    /// The beginning, until it tells what this is.
    head: Vec<u8>,
    tar: Option<TarMembers>,
    single: Array,
}

impl Content {
    fn push(&mut self, bytes: &[u8], out: &mut Out) -> Result<(), Stop> {
        // What is made to fill memory is not handed on.
        out.take(bytes.len() as u64).inspect_err(|_| self.single.set_length(0))?;
        if let Some(tar) = &mut self.tar {
            return tar.push(bytes, out);
        }
        self.single.push(&Uint8Array::from(bytes));
        if self.head.len() < archive::HEAD_BYTES {
            self.head.extend(bytes);
        }
        if Kind::of(&self.head) == Some(Kind::Tar) {
            // What came so far is in the tar now; pieces are not kept twice.
            self.single.set_length(0);
            let head = std::mem::take(&mut self.head);
            return self.tar.insert(TarMembers::default()).push(&head, out);
        }
        Ok(())
    }

    /// There is no more: hands on the one file, as far as it came.
    fn finish(self, kind: Kind, out: &mut Out) -> Result<(), Stop> {
        if let Some(members) = self.tar {
            return members.tar.finish().map_or(Ok(()), |fault| Err(fault.into()));
        }
        if self.single.length() > 0 {
            let name = kind.inner_name(out.path.rsplit('/').next().unwrap_or(out.path)).into_owned();
            out.member(&name, Blob::new_with_u8_array_sequence(&self.single)?);
        }
        Ok(())
    }
}

/// Files of a tar on their way.
#[derive(Default)]
struct TarMembers {
    tar: Tar,
    name: String,
    content: Array,
}

impl TarMembers {
    fn push(&mut self, bytes: &[u8], out: &mut Out) -> Result<(), Stop> {
        let (name, content) = (&mut self.name, &self.content);
        let mut fault = Ok(());
        self.tar.push(bytes, &mut |event| match event {
            Event::Begin { name: begun, .. } => *name = begun,
            Event::Data(data) => {
                content.push(&Uint8Array::from(data));
            }
            Event::End => {
                match Blob::new_with_u8_array_sequence(content) {
                    Ok(file) => out.member(name, file),
                    Err(error) => fault = Err(Stop::from(error)),
                }
                content.set_length(0);
            }
        })?;
        fault
    }
}

/// `stream.pipeThrough(new DecompressionStream(format))`.
fn inflate(stream: &ReadableStream, format: &str) -> Result<ReadableStream, JsValue> {
    let constructor: Function = Reflect::get(&js_sys::global(), &"DecompressionStream".into())?.dyn_into()?;
    let inflater = Reflect::construct(&constructor, &Array::of1(&format.into()))?;
    let pipe: Function = Reflect::get(stream, &"pipeThrough".into())?.dyn_into()?;
    pipe.call1(stream, &inflater)?.dyn_into()
}
