//! Reads zip and zip64: PKWARE's APPNOTE.TXT 6.3.10.
//!
//! The directory is at the end of the file. Local headers are only read to find where a member's
//! bytes begin.

use super::{Fault, little_endian};
use crate::import::limits;
use crate::model::head;

/// The size of the end record with the longest comment, and of zip64's records before it.
pub const TAIL_BYTES: u64 = 22 + 65_535 + 20 + 56;

const END: u64 = 0x0605_4B50;
const END_64_LOCATOR: u64 = 0x0706_4B50;
const END_64: u64 = 0x0606_4B50;
const ENTRY: u64 = 0x0201_4B50;
const LOCAL: u64 = 0x0403_4B50;

/// The length of a local header without its name and extra field.
pub const LOCAL_BYTES: u64 = 30;

/// The place of the directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Directory {
    /// First byte in the file.
    pub at: u64,
    /// Length in bytes.
    pub len: u64,
    /// How far offsets are off, if other bytes precede the archive.
    pub shift: u64,
}

/// How a member is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packing {
    /// Not compressed.
    Stored,
    /// Deflate, without a header of its own.
    Deflated,
    /// Another method, with this number.
    Other(u16),
}

/// A file in an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Its path, as the archive spells it.
    pub name: String,
    /// How it is compressed.
    pub packing: Packing,
    /// The place of its local header in the file.
    pub header_at: u64,
    /// Length in the archive.
    pub packed_bytes: u64,
    /// Length when unpacked, according to the archive.
    pub bytes: u64,
    /// It needs a password.
    pub is_encrypted: bool,
}

/// Finds the directory in the last bytes of a file of `file_bytes` bytes.
///
/// # Errors
///
/// If it is missing, for example in a truncated file.
pub fn find_directory(tail: &[u8], file_bytes: u64) -> Result<Directory, Fault> {
    let gone = || Fault::new("the archive is truncated: the directory at its end is missing");
    let tail_at = file_bytes.saturating_sub(tail.len() as u64);
    // A comment may contain the signature, too, so the record must extend to the end.
    let is_end = |at: &usize| {
        little_endian(tail, *at, 4) == Some(END)
            && little_endian(tail, *at + 20, 2)
                .is_some_and(|comment| *at as u64 + 22 + comment <= tail.len() as u64)
    };
    let end = (0..tail.len().saturating_sub(21)).rev().find(is_end).ok_or_else(gone)?;
    let field = |at: usize, len: usize| little_endian(tail, end + at, len).ok_or_else(gone);
    let (mut len, mut at) = (field(12, 4)?, field(16, 4)?);
    let mut before_end = end as u64;
    let locator = end.checked_sub(20).filter(|&at| little_endian(tail, at, 4) == Some(END_64_LOCATOR));
    if let Some(locator) = locator {
        // The record directly precedes its locator. The offset in the locator is wrong if other bytes
        // precede the archive.
        let record = locator.checked_sub(56).filter(|&at| little_endian(tail, at, 4) == Some(END_64));
        let record = record.ok_or_else(gone)?;
        len = little_endian(tail, record + 40, 8).ok_or_else(gone)?;
        at = little_endian(tail, record + 48, 8).ok_or_else(gone)?;
        before_end = record as u64;
    }
    let really_at = (tail_at + before_end).checked_sub(len).ok_or_else(gone)?;
    let shift = really_at.checked_sub(at).ok_or_else(gone)?;
    Ok(Directory { at: really_at, len, shift })
}

/// Returns the files in a directory, and the fault that follows them, if any. Folders are skipped.
pub fn directory(bytes: &[u8], place: Directory) -> (Vec<Member>, Option<Fault>) {
    let mut members = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        if members.len() >= limits::ARCHIVE_ENTRIES {
            let text =
                format!("the archive has more than {} files; the rest was ignored", limits::ARCHIVE_ENTRIES);
            return (members, Some(Fault(text)));
        }
        let Some((member, len)) = entry(bytes, at, place.shift) else {
            let text = format!("the archive's directory is invalid at byte {}", place.at + at as u64);
            return (members, Some(Fault(text)));
        };
        if !member.name.ends_with(['/', '\\']) {
            members.push(member);
        }
        at += len;
    }
    (members, None)
}

fn entry(bytes: &[u8], at: usize, shift: u64) -> Option<(Member, usize)> {
    let field = |offset: usize, len: usize| little_endian(bytes, at + offset, len);
    if field(0, 4)? != ENTRY {
        return None;
    }
    let flags = field(8, 2)?;
    let packing = match field(10, 2)? as u16 {
        0 => Packing::Stored,
        8 => Packing::Deflated,
        other => Packing::Other(other),
    };
    let (mut packed_bytes, mut size, mut header_at) = (field(20, 4)?, field(24, 4)?, field(42, 4)?);
    let (name_len, extra_len, comment_len) =
        (field(28, 2)? as usize, field(30, 2)? as usize, field(32, 2)? as usize);
    let name_at = at + 46;
    let name = bytes.get(name_at..name_at + name_len)?;
    let extra = bytes.get(name_at + name_len..name_at + name_len + extra_len)?;
    // Fields that do not fit are in the extra field, in this order.
    if let Some(wide) = extra_field(extra, 1) {
        let mut wide_at = 0;
        for value in [&mut size, &mut packed_bytes, &mut header_at] {
            if *value == 0xFFFF_FFFF {
                *value = little_endian(wide, wide_at, 8)?;
                wide_at += 8;
            }
        }
    }
    let member = Member {
        name: name_of(name),
        packing,
        header_at: header_at.checked_add(shift)?,
        packed_bytes,
        bytes: size,
        is_encrypted: flags & 1 != 0,
    };
    Some((member, 46 + name_len + extra_len + comment_len))
}

/// Returns the data of the extra field with this id.
fn extra_field(mut extra: &[u8], id: u64) -> Option<&[u8]> {
    loop {
        let (have, len) = (little_endian(extra, 0, 2)?, little_endian(extra, 2, 2)? as usize);
        let data = extra.get(4..4 + len)?;
        if have == id {
            return Some(data);
        }
        extra = extra.get(4 + len..)?;
    }
}

/// Reads a name as UTF-8, whatever the flag says: nearly all names are UTF-8, and invalid bytes
/// are shown as such.
fn name_of(bytes: &[u8]) -> String {
    head(&String::from_utf8_lossy(bytes), limits::NAME_BYTES).to_owned()
}

/// Returns where a member's bytes begin, by its local header.
pub fn data_start(header: &[u8], member: &Member) -> Option<u64> {
    if little_endian(header, 0, 4)? != LOCAL {
        return None;
    }
    let (name, extra) = (little_endian(header, 26, 2)?, little_endian(header, 28, 2)?);
    member.header_at.checked_add(LOCAL_BYTES + name + extra)
}
