//! Unpacking archives: members are handed over one by one, as files of their own.
//!
//! The browser's `DecompressionStream` inflates; `import::archive` unpacks other
//! streams. A complete member is a `Blob`, which the browser may keep outside of
//! this process's memory.

use super::protocol::{Attached, FromWorker};
use super::read::{self, Pieces};
use super::scope::{enter, post};
use super::transfer::Attachment;
use crate::import::archive::{
    self, Event, Kind, Member, Packing, TAIL_BYTES, Tar, Unpacker, data_start, directory, find_directory,
    is_meant, member_path, split_members,
};
use crate::import::limits;
use crate::model::{Note, Severity, counted};
use js_sys::{Array, Function, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, ReadableStream};

/// Unpacks an archive and hands over its members. Returns notes on the archive;
/// `None` if the job was cancelled.
pub async fn unpack(
    kind: Kind,
    job: u32,
    path: &str,
    file: &Blob,
    is_cancelled: &dyn Fn(u32) -> bool,
) -> Option<Vec<Note>> {
    let allowed = limits::ARCHIVE_FREE_BYTES.max(file.size() as u64 * limits::ARCHIVE_RATIO);
    let only = split_members(path).1;
    let mut out =
        Output { job, path, only, members: 0, others: 0, system_files: 0, allowed, notes: Vec::new() };
    let result = match kind {
        Kind::Zip => zip(file, &mut out, is_cancelled).await,
        Kind::Gzip => match inflate(&file.stream(), "gzip") {
            Ok(inflated) => stream(&inflated, kind, &mut out, is_cancelled).await,
            Err(_) => Err(Interruption::Fault("this browser cannot unpack gzip".to_owned())),
        },
        Kind::Tar | Kind::Bzip2 | Kind::Xz | Kind::Zstd => {
            stream(&file.stream(), kind, &mut out, is_cancelled).await
        }
    };
    match result {
        Ok(()) => {}
        Err(Interruption::Fault(text)) => out.note(Severity::Error, text),
        Err(Interruption::Cancelled) => return None,
    }
    let mut text = format!("archive with {}", counted(out.members, "file"));
    if !only.is_empty() {
        let others = counted(out.others, "file");
        text = format!("{} of the archive as the link says; {others} not read", counted(out.members, "file"));
    }
    if out.members == 0 && out.others > 0 {
        let text = format!("no file in the archive matches `{only}`");
        out.notes.insert(0, Note { severity: Severity::Warning, at: None, text });
    }
    if out.system_files > 0 {
        text.push_str(&format!("; {} ignored", counted(out.system_files, "system file")));
    }
    out.notes.insert(0, Note { severity: Severity::Info, at: None, text });
    Some(out.notes)
}

/// Why unpacking ended early.
enum Interruption {
    /// The archive cannot be read any further; a fragment of a sentence.
    Fault(String),
    Cancelled,
}

impl From<JsValue> for Interruption {
    fn from(_: JsValue) -> Interruption {
        let why = "the archive is damaged, or the browser could not read it; earlier files were kept";
        Interruption::Fault(why.to_owned())
    }
}

impl From<archive::Fault> for Interruption {
    fn from(fault: archive::Fault) -> Interruption {
        Interruption::Fault(fault.0)
    }
}

/// The receiver of members.
struct Output<'a> {
    job: u32,
    /// The archive's.
    path: &'a str,
    /// Which members are read; "" for all.
    only: &'a str,
    members: u64,
    others: u64,
    system_files: u64,
    /// How many more bytes may be unpacked.
    allowed: u64,
    notes: Vec<Note>,
}

impl Output<'_> {
    fn note(&mut self, severity: Severity, text: String) {
        self.notes.push(Note { severity, at: None, text });
    }

    /// Counts unpacked bytes; fails above the limit.
    fn take(&mut self, bytes: u64) -> Result<(), Interruption> {
        match self.allowed.checked_sub(bytes) {
            Some(left) => {
                self.allowed = left;
                Ok(())
            }
            None => Err(Interruption::Fault(format!(
                "unpacks to more than {} times its size; the rest was not read",
                limits::ARCHIVE_RATIO
            ))),
        }
    }

    /// Whether a member is to be read; counts it otherwise.
    fn is_meant(&mut self, name: &str) -> bool {
        let is_meant = is_meant(self.only, name);
        self.others += u64::from(!is_meant);
        is_meant
    }

    fn member(&mut self, name: &str, file: Blob) {
        if archive::is_system_file(name) {
            self.system_files += 1;
            return;
        }
        self.members += 1;
        let (path, bytes) = (member_path(self.path, name), file.size() as u64);
        let mut attachments = Vec::new();
        let file = Attached::push(&mut attachments, Attachment::Blob(file));
        post(&FromWorker::Member { job: self.job, path, file, bytes }, &attachments);
    }
}

async fn zip(
    file: &Blob,
    out: &mut Output<'_>,
    is_cancelled: &dyn Fn(u32) -> bool,
) -> Result<(), Interruption> {
    let size = file.size() as u64;
    let tail = read::bytes(file, size.saturating_sub(TAIL_BYTES), size).await?;
    enter(Some(out.job));
    let place = find_directory(&tail, size)?;
    let bytes = read::bytes(file, place.at, place.at + place.len).await?;
    enter(Some(out.job));
    let (members, fault) = directory(&bytes, place);
    for member in &members {
        if !out.is_meant(&member.name) {
            continue;
        }
        if is_cancelled(out.job) {
            return Err(Interruption::Cancelled);
        }
        if let Err(why) = zip_member(file, member, out).await {
            match why {
                Interruption::Fault(text) if out.allowed > 0 => {
                    out.note(Severity::Error, format!("`{}`: {text}", member.name));
                }
                interruption => return Err(interruption),
            }
        }
    }
    fault.map_or(Ok(()), |fault| Err(fault.into()))
}

async fn zip_member(file: &Blob, member: &Member, out: &mut Output<'_>) -> Result<(), Interruption> {
    if member.is_encrypted {
        return Err(Interruption::Fault("password-protected; not read".to_owned()));
    }
    let header = read::bytes(file, member.header_at, member.header_at + 30).await?;
    enter(Some(out.job));
    let start = data_start(&header, member);
    let missing = || Interruption::Fault("not found at the offset in the archive's directory".to_owned());
    let start = start.ok_or_else(missing)?;
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
                enter(Some(out.job));
                if let Err(interruption) = out.take(u64::from(piece.length())) {
                    pieces.cancel();
                    out.allowed = 0;
                    return Err(interruption);
                }
                content.push(&piece);
            }
            Blob::new_with_u8_array_sequence(&content)?
        }
        Packing::Other(method) => {
            return Err(Interruption::Fault(format!(
                "compressed by method {method}, which browsers do not support"
            )));
        }
    };
    enter(Some(out.job));
    out.member(&member.name, content);
    Ok(())
}

/// Unpacks a stream as it arrives: a tar or a single file, compressed in a way that
/// the browser does not support.
async fn stream(
    stream: &ReadableStream,
    kind: Kind,
    out: &mut Output<'_>,
    is_cancelled: &dyn Fn(u32) -> bool,
) -> Result<(), Interruption> {
    let pieces = Pieces::by_buffer(stream);
    let mut unpacker = Unpacker::new(kind);
    let mut content = Content::default();
    let ended = loop {
        let piece = pieces.next().await;
        enter(Some(out.job));
        let piece = match piece {
            Ok(piece) => piece,
            Err(error) => break Err(Interruption::from(error)),
        };
        if is_cancelled(out.job) {
            pieces.cancel();
            return Err(Interruption::Cancelled);
        }
        let is_last = piece.is_none();
        let bytes = piece.map_or_else(Vec::new, |piece| piece.to_vec());
        let pushed = match &mut unpacker {
            Some(unpacker) => push_packed(unpacker, &bytes, is_last, &mut content, out),
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
fn push_packed(
    unpacker: &mut Unpacker,
    bytes: &[u8],
    is_last: bool,
    content: &mut Content,
    out: &mut Output,
) -> Result<(), Interruption> {
    unpacker.push(bytes);
    while let Some(bytes) = unpacker.next(is_last)? {
        content.push(bytes, out)?;
    }
    Ok(())
}

/// The content of a stream: a tar or a single file.
#[derive(Default)]
struct Content {
    /// The beginning, until it shows which of the two the content is.
    head: Vec<u8>,
    tar: Option<TarMembers>,
    single: Array,
}

impl Content {
    fn push(&mut self, bytes: &[u8], out: &mut Output) -> Result<(), Interruption> {
        // A file above the limit is not handed over, not even partly.
        out.take(bytes.len() as u64).inspect_err(|_| self.single.set_length(0))?;
        if let Some(tar) = &mut self.tar {
            return tar.push(bytes, out);
        }
        self.single.push(&Uint8Array::from(bytes));
        if self.head.len() < archive::HEAD_BYTES {
            self.head.extend(bytes);
        }
        if Kind::of(&self.head) == Some(Kind::Tar) {
            // The tar takes over the pieces so far, so that they are not kept twice.
            self.single.set_length(0);
            let head = std::mem::take(&mut self.head);
            return self.tar.insert(TarMembers::default()).push(&head, out);
        }
        Ok(())
    }

    /// Ends the stream: hands over the single file, even if it is truncated.
    fn finish(self, kind: Kind, out: &mut Output) -> Result<(), Interruption> {
        if let Some(members) = self.tar {
            return members.tar.finish().map_or(Ok(()), |fault| Err(fault.into()));
        }
        if self.single.length() > 0 {
            let path = split_members(out.path).0;
            let name = kind.inner_name(path.rsplit('/').next().unwrap_or(path)).into_owned();
            out.member(&name, Blob::new_with_u8_array_sequence(&self.single)?);
        }
        Ok(())
    }
}

/// The members of a tar as they arrive.
#[derive(Default)]
struct TarMembers {
    tar: Tar,
    name: String,
    content: Array,
}

impl TarMembers {
    fn push(&mut self, bytes: &[u8], out: &mut Output) -> Result<(), Interruption> {
        let (name, content) = (&mut self.name, &self.content);
        let mut result = Ok(());
        self.tar.push(bytes, &mut |event| match event {
            Event::Begin { name: begun, .. } => *name = begun,
            Event::Data(data) => {
                content.push(&Uint8Array::from(data));
            }
            Event::End if !out.is_meant(name) => content.set_length(0),
            Event::End => {
                match Blob::new_with_u8_array_sequence(content) {
                    Ok(file) => out.member(name, file),
                    Err(error) => result = Err(Interruption::from(error)),
                }
                content.set_length(0);
            }
        })?;
        result
    }
}

/// `stream.pipeThrough(new DecompressionStream(format))`.
fn inflate(stream: &ReadableStream, format: &str) -> Result<ReadableStream, JsValue> {
    let constructor: Function = Reflect::get(&js_sys::global(), &"DecompressionStream".into())?.dyn_into()?;
    let inflater = Reflect::construct(&constructor, &Array::of1(&format.into()))?;
    let pipe: Function = Reflect::get(stream, &"pipeThrough".into())?.dyn_into()?;
    pipe.call1(stream, &inflater)?.dyn_into()
}
