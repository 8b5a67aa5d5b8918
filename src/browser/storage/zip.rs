//! Zip files of libraries: PKWARE's APPNOTE.TXT 6.3.10. The browser compresses, and the parts of the
//! file are blobs, so a library does not have to fit into memory.

use super::Problem;
use crate::import::archive::{Packing, TAIL_BYTES, data_start, directory, find_directory};
use crate::import::limits;
use crate::worker::{Pieces, bytes};
use crc32fast::Hasher;
use js_sys::{Array, Date, Function, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, File, ReadableStream};

const LOCAL: u32 = 0x0403_4B50;
const ENTRY: u32 = 0x0201_4B50;
const END: u32 = 0x0605_4B50;
const END_64: u32 = 0x0606_4B50;
const END_64_LOCATOR: u32 = 0x0706_4B50;

/// Names are UTF-8.
const UTF_8: u16 = 1 << 11;

/// The extra field of zip64.
const WIDE: u16 = 1;

/// Fields of 32 bits with this value are in the extra field.
const TOO_LARGE: u64 = u32::MAX as u64;

/// A file in the archive.
#[derive(Default)]
struct Entry {
    name: String,
    /// Time and date as MS-DOS has them.
    time: u32,
    /// The checksum of the content.
    crc: u32,
    is_deflated: bool,
    packed_bytes: u64,
    bytes: u64,
    /// Where its local header is.
    at: u64,
}

impl Entry {
    fn local_header(&self) -> Vec<u8> {
        let extra = self.extra(false);
        let mut header = LOCAL.to_le_bytes().to_vec();
        self.write_common(&mut header, extra.len());
        header.extend(self.name.as_bytes());
        header.extend(extra);
        header
    }

    fn directory_entry(&self) -> Vec<u8> {
        let extra = self.extra(true);
        let mut entry = ENTRY.to_le_bytes().to_vec();
        put_16(&mut entry, &[self.version()]);
        self.write_common(&mut entry, extra.len());
        // No comment, the first disk, no attributes.
        put_16(&mut entry, &[0, 0, 0, 0, 0]);
        put_32(&mut entry, &[self.at]);
        entry.extend(self.name.as_bytes());
        entry.extend(extra);
        entry
    }

    fn version(&self) -> u16 {
        if self.is_wide() { 45 } else { 20 }
    }

    fn is_wide(&self) -> bool {
        [self.packed_bytes, self.bytes, self.at].iter().any(|&number| number >= TOO_LARGE)
    }

    /// The fields that both headers have, from the version to the length of the extra field.
    fn write_common(&self, header: &mut Vec<u8>, extra: usize) {
        let method = if self.is_deflated { 8 } else { 0 };
        put_16(header, &[self.version(), UTF_8, method]);
        header.extend(self.time.to_le_bytes());
        header.extend(self.crc.to_le_bytes());
        let sizes = [self.packed_bytes, self.bytes];
        put_32(header, &if self.is_wide() { [TOO_LARGE; 2] } else { sizes });
        put_16(header, &[self.name.len() as u16, extra as u16]);
    }

    /// The fields that do not fit.
    fn extra(&self, is_in_directory: bool) -> Vec<u8> {
        let mut extra = Vec::new();
        if self.is_wide() {
            let place = (is_in_directory && self.at >= TOO_LARGE).then_some(self.at);
            put_16(&mut extra, &[WIDE, if place.is_some() { 24 } else { 16 }]);
            for number in [self.bytes, self.packed_bytes].into_iter().chain(place) {
                extra.extend(number.to_le_bytes());
            }
        }
        extra
    }
}

fn put_16(bytes: &mut Vec<u8>, numbers: &[u16]) {
    numbers.iter().for_each(|number| bytes.extend(number.to_le_bytes()));
}

fn put_32(bytes: &mut Vec<u8>, numbers: &[u64]) {
    numbers.iter().for_each(|&number| bytes.extend((number.min(TOO_LARGE) as u32).to_le_bytes()));
}

/// The directory of an archive, and its end, which follow the files.
fn ending(entries: &[Entry], at: u64) -> Vec<u8> {
    let mut bytes: Vec<u8> = entries.iter().flat_map(Entry::directory_entry).collect();
    let (count, len) = (entries.len() as u64, bytes.len() as u64);
    if count >= u64::from(u16::MAX) || at + len >= TOO_LARGE {
        bytes.extend(END_64.to_le_bytes());
        bytes.extend(44_u64.to_le_bytes());
        put_16(&mut bytes, &[45, 45]);
        put_32(&mut bytes, &[0, 0]);
        for number in [count, count, len, at] {
            bytes.extend(number.to_le_bytes());
        }
        bytes.extend(END_64_LOCATOR.to_le_bytes());
        put_32(&mut bytes, &[0]);
        bytes.extend((at + len).to_le_bytes());
        put_32(&mut bytes, &[1]);
    }
    let count = count.min(u64::from(u16::MAX)) as u16;
    bytes.extend(END.to_le_bytes());
    put_16(&mut bytes, &[0, 0, count, count]);
    put_32(&mut bytes, &[len, at]);
    put_16(&mut bytes, &[0]);
    bytes
}

/// Makes an archive of files, each with its name in the archive.
///
/// # Errors
///
/// If the browser cannot read a file.
pub async fn pack(files: &[(String, Blob)]) -> Result<Blob, Problem> {
    let packed = async {
        let parts = Array::new();
        let mut entries = Vec::new();
        let mut at = 0;
        for (name, file) in files {
            let (entry, content) = pack_file(name, file, at).await?;
            let header = entry.local_header();
            at += header.len() as u64 + entry.packed_bytes;
            parts.push(&Uint8Array::from(header.as_slice()));
            parts.push(&content);
            entries.push(entry);
        }
        parts.push(&Uint8Array::from(ending(&entries, at).as_slice()));
        Blob::new_with_blob_sequence(&parts)
    };
    packed.await.map_err(|_: JsValue| Problem::Other("the browser could not read a file".to_owned()))
}

async fn pack_file(name: &str, file: &Blob, at: u64) -> Result<(Entry, Blob), JsValue> {
    let pieces = Pieces::by_buffer(&file.stream());
    let mut hasher = Hasher::new();
    while let Some(piece) = pieces.next().await? {
        hasher.update(&piece.to_vec());
    }
    // Browsers without compression store the file as it is, and so does one that it does not help.
    let deflated = match through(&file.stream(), "CompressionStream") {
        Ok(stream) => Some(blob_of(&stream, f64::MAX).await?),
        Err(_) => None,
    };
    let deflated = deflated.filter(|deflated| deflated.size() < file.size());
    let is_deflated = deflated.is_some();
    let content = deflated.unwrap_or_else(|| file.clone());
    let entry = Entry {
        name: name.chars().take(limits::NAME_BYTES / 4).collect(),
        time: file.dyn_ref::<File>().map_or(0, |file| dos_time(file.last_modified())),
        crc: hasher.finalize(),
        is_deflated,
        packed_bytes: content.size() as u64,
        bytes: file.size() as u64,
        at,
    };
    Ok((entry, content))
}

/// Local time in steps of two seconds, from 1980 on.
fn dos_time(unix_ms: f64) -> u32 {
    let date = Date::new(&unix_ms.into());
    let years = date.get_full_year().saturating_sub(1980).min(127);
    let day = (years << 9) | ((date.get_month() + 1) << 5) | date.get_date();
    (day << 16) | (date.get_hours() << 11) | (date.get_minutes() << 5) | (date.get_seconds() / 2)
}

/// Unpacks an archive: names and contents.
///
/// # Errors
///
/// If it is no zip, is damaged, or unpacks to more than an archive may.
pub async fn unpack(archive: &Blob) -> Result<Vec<(String, Blob)>, Problem> {
    let failed = |_: JsValue| Problem::Other("the archive is damaged".to_owned());
    let fault = |fault: crate::import::archive::Fault| Problem::Other(fault.0);
    let size = archive.size() as u64;
    let tail = bytes(archive, size.saturating_sub(TAIL_BYTES), size).await.map_err(failed)?;
    let place = find_directory(&tail, size).map_err(fault)?;
    let entries = bytes(archive, place.at, place.at + place.len).await.map_err(failed)?;
    let (members, problem) = directory(&entries, place);
    problem.map_or(Ok(()), |problem| Err(fault(problem)))?;
    let mut allowed = limits::ARCHIVE_FREE_BYTES.max(size * limits::ARCHIVE_RATIO) as f64;
    let mut files = Vec::new();
    for member in members {
        let header = bytes(archive, member.header_at, member.header_at + 30).await.map_err(failed)?;
        let start = data_start(&header, &member).ok_or(JsValue::UNDEFINED).map_err(failed)? as f64;
        let packed = archive.slice_with_f64_and_f64(start, start + member.packed_bytes as f64);
        let packed = packed.map_err(failed)?;
        let content = match member.packing {
            Packing::Stored => packed,
            Packing::Deflated => {
                let stream = through(&packed.stream(), "DecompressionStream").map_err(failed)?;
                blob_of(&stream, allowed).await.map_err(failed)?
            }
            Packing::Other(_) => return Err(failed(JsValue::UNDEFINED)),
        };
        allowed -= content.size();
        files.push((member.name, content));
    }
    Ok(files)
}

/// What a stream gives, if it is at most this long.
async fn blob_of(stream: &ReadableStream, most_bytes: f64) -> Result<Blob, JsValue> {
    let pieces = Pieces::new(stream);
    let content = Array::new();
    let mut len = 0.0;
    while let Some(piece) = pieces.next().await? {
        len += f64::from(piece.length());
        if len > most_bytes {
            pieces.cancel();
            return Err(JsValue::UNDEFINED);
        }
        content.push(&piece);
    }
    Blob::new_with_u8_array_sequence(&content)
}

/// `stream.pipeThrough(new CompressionStream("deflate-raw"))`.
fn through(stream: &ReadableStream, class: &str) -> Result<ReadableStream, JsValue> {
    let class: Function = Reflect::get(&js_sys::global(), &class.into())?.dyn_into()?;
    let transform = Reflect::construct(&class, &Array::of1(&"deflate-raw".into()))?;
    let pipe: Function = Reflect::get(stream, &"pipeThrough".into())?.dyn_into()?;
    pipe.call1(stream, &transform)?.dyn_into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::archive::Member;

    /// Members of an archive whose contents are left out: only headers and places matter.
    fn members(entries: &[Entry], at: u64) -> Vec<Member> {
        let tail = ending(entries, at);
        let size = at + tail.len() as u64;
        let place = find_directory(&tail, size).unwrap();
        assert_eq!(place.at, at);
        let (members, fault) = directory(&tail[..place.len as usize], place);
        assert_eq!(fault, None);
        members
    }

    fn check(entries: Vec<Entry>, at: u64) {
        let members = members(&entries, at);
        assert_eq!(members.len(), entries.len());
        for (member, entry) in members.iter().zip(&entries) {
            assert_eq!(member.name, entry.name);
            assert_eq!((member.packed_bytes, member.bytes), (entry.packed_bytes, entry.bytes));
            assert_eq!(member.header_at, entry.at);
            assert_eq!(member.packing == Packing::Deflated, entry.is_deflated);
            let header = entry.local_header();
            assert_eq!(data_start(&header[..30], member), Some(entry.at + header.len() as u64));
        }
    }

    #[test]
    fn the_importer_reads_what_is_written() {
        let entry = |name: &str, bytes: u64, at: u64| Entry {
            name: name.to_owned(),
            time: 0x5D7D_6000,
            crc: 0x1234_5678,
            is_deflated: bytes > 10,
            packed_bytes: bytes / 2,
            bytes,
            at,
        };
        check(vec![], 0);
        check(vec![entry("1.0/ä №.xml", 5, 0), entry("b.xml", 0, 40), entry("c.json", 400, 80)], 320);
        // Sizes and places of more than 32 bits.
        check(vec![entry("huge.log", 5 << 32, 0), entry("behind.xml", 12, 6 << 32)], 7 << 32);
        check((0..70_000).map(|n| entry(&format!("{n}.xml"), 4, n * 50)).collect(), 70_000 * 50);
    }
}
