//! Archives: files that contain files.
//!
//! This module recognizes archives, finds their members, and unpacks what browsers do not; it does
//! no I/O. A host reads the pieces that are asked for, inflates them (browsers can), and imports
//! each member as a file of its own, one after the other. So an archive of a gigabyte is never in
//! memory at once.

mod packed;
mod tar;
mod zip;

pub use packed::Unpacker;
pub use tar::{Event, Tar};
pub use zip::{Directory, Member, Packing, TAIL_BYTES, data_start, directory, find_directory};

use super::about::{About, Family, Richness};
use crate::text::glob;
use std::borrow::Cow;

/// Key and name of each kind of archive.
pub(super) const ABOUT: &[About] = &[
    about("zip", "zip archive", "zip"),
    about("tar", "tar archive", "tar"),
    about("gzip", "gzip archive", "gz"),
    about("bzip2", "bzip2 archive", "bz2"),
    about("xz", "xz archive", "xz"),
    about("zstd", "zstd archive", "zst"),
];

const fn about(key: &'static str, name: &'static str, tool: &'static str) -> About {
    About { key, name, tool, family: Family::Archives, richness: Richness::Native }
}

/// Returns whether a format's key is that of an archive, whose members are files of their own.
pub fn is_archive(key: &str) -> bool {
    ABOUT.iter().any(|about| about.key == key)
}

/// How many bytes it takes to recognize an archive: a tar has its signature after the first name.
pub const HEAD_BYTES: usize = 512;

/// The kind of an archive or of a compressed file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Many files, each compressed separately.
    Zip,
    /// Many files, one after the other, not compressed.
    Tar,
    /// One stream, often a tar.
    Gzip,
    /// One stream, often a tar.
    Bzip2,
    /// One stream, often a tar.
    Xz,
    /// One stream, often a tar.
    Zstd,
}

impl Kind {
    /// Returns the kind of a file that begins like this.
    pub fn of(head: &[u8]) -> Option<Kind> {
        match head {
            [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] | [b'P', b'K', 6, 6, ..] => Some(Kind::Zip),
            [0x1F, 0x8B, 8, ..] => Some(Kind::Gzip),
            [b'B', b'Z', b'h', b'1'..=b'9', 0x31, 0x41, 0x59, 0x26, 0x53, 0x59, ..] => Some(Kind::Bzip2),
            [0xFD, b'7', b'z', b'X', b'Z', 0, ..] => Some(Kind::Xz),
            // The second is a skippable frame, with which pzstd begins.
            [0x28, 0xB5, 0x2F, 0xFD, ..] | [0x50..=0x5F, 0x2A, 0x4D, 0x18, ..] => Some(Kind::Zstd),
            _ if tar::is_header(head) => Some(Kind::Tar),
            _ => None,
        }
    }

    /// Returns the key in exports.
    pub fn key(self) -> &'static str {
        match self {
            Kind::Zip => "zip",
            Kind::Tar => "tar",
            Kind::Gzip => "gzip",
            Kind::Bzip2 => "bzip2",
            Kind::Xz => "xz",
            Kind::Zstd => "zstd",
        }
    }

    /// Returns the name of the single file in a stream: the archive's name without its extension.
    pub fn inner_name(self, name: &str) -> Cow<'_, str> {
        let endings: &[(&str, &str)] = match self {
            Kind::Gzip => &[(".tgz", ".tar"), (".gz", "")],
            Kind::Bzip2 => &[(".tbz2", ".tar"), (".tbz", ".tar"), (".bz2", "")],
            Kind::Xz => &[(".txz", ".tar"), (".xz", "")],
            Kind::Zstd => &[(".tzst", ".tar"), (".zstd", ""), (".zst", "")],
            Kind::Zip | Kind::Tar => &[],
        };
        let lower = name.to_ascii_lowercase();
        for (ending, instead) in endings {
            if let Some(stem) = lower.strip_suffix(ending).and_then(|stem| name.get(..stem.len()))
                && !stem.is_empty()
                && !stem.ends_with('/')
            {
                return if instead.is_empty() {
                    Cow::Borrowed(stem)
                } else {
                    Cow::Owned(format!("{stem}{instead}"))
                };
            }
        }
        Cow::Borrowed(name)
    }
}

/// Why an archive, or the rest of it, cannot be read: a note for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault(pub String);

impl Fault {
    fn new(text: impl Into<String>) -> Fault {
        Fault(text.into())
    }
}

/// Splits the path of an archive of which only some members are read: `all.zip!/board_a/*.xml`. The second part is
/// the name of a member, of a folder, or a pattern; "" for all.
pub fn split_members(path: &str) -> (&str, &str) {
    path.split_once("!/").unwrap_or((path, ""))
}

/// Returns whether a member of an archive is meant by what [`split_members`] found.
pub fn is_meant(members: &str, name: &str) -> bool {
    let name = name.replace('\\', "/");
    let name = name.trim_start_matches("./");
    let below = members.strip_suffix('/').unwrap_or(members);
    members.is_empty()
        || glob(members, name)
        || name.strip_prefix(below).is_some_and(|rest| rest.starts_with('/'))
}

/// Returns the path of a member below the archive's. Absolute paths, drives and `..` are treated
/// as plain names.
pub fn member_path(archive: &str, name: &str) -> String {
    let mut path = split_members(archive).0.to_owned();
    let name = name.replace('\\', "/");
    for piece in name.split('/').filter(|piece| !matches!(*piece, "" | "." | "..")) {
        path.push('/');
        path.push_str(piece);
    }
    path
}

/// The file name extensions of archives.
pub const ENDINGS: &[&str] =
    &[".zip", ".tar", ".tgz", ".gz", ".tbz2", ".tbz", ".bz2", ".txz", ".xz", ".tzst", ".zst", ".zstd"];

/// Returns whether a name has one of these extensions.
pub fn is_named_so(name: &str) -> bool {
    let ends_with = |ending: &&str| {
        let tail = name.len().checked_sub(ending.len()).and_then(|at| name.get(at..));
        tail.is_some_and(|tail| tail.eq_ignore_ascii_case(ending)) && name.len() > ending.len()
    };
    ENDINGS.iter().any(ends_with)
}

/// Returns whether a file was added by an operating system.
pub fn is_system_file(name: &str) -> bool {
    let mut pieces = name.rsplit('/');
    let file = pieces.next().unwrap_or("");
    matches!(file, ".DS_Store" | "Thumbs.db" | "desktop.ini")
        || file.starts_with("._")
        || pieces.any(|folder| folder == "__MACOSX")
}

/// Returns a little-endian integer.
fn little_endian(bytes: &[u8], at: usize, len: usize) -> Option<u64> {
    let bytes = bytes.get(at..at.checked_add(len)?)?;
    Some(bytes.iter().rev().fold(0, |number, &byte| number << 8 | u64::from(byte)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn archives_are_recognized_by_their_first_bytes() {
        assert_eq!(Kind::of(b"PK\x03\x04rest"), Some(Kind::Zip));
        assert_eq!(Kind::of(b"PK\x05\x06"), Some(Kind::Zip));
        assert_eq!(Kind::of(&[0x1F, 0x8B, 8, 0]), Some(Kind::Gzip));
        assert_eq!(Kind::of(b"BZh91AY&SY"), Some(Kind::Bzip2));
        assert_eq!(Kind::of(&[0xFD, b'7', b'z', b'X', b'Z', 0]), Some(Kind::Xz));
        assert_eq!(Kind::of(&[0x28, 0xB5, 0x2F, 0xFD]), Some(Kind::Zstd));
        assert_eq!(Kind::of(&[0x50, 0x2A, 0x4D, 0x18]), Some(Kind::Zstd));
        assert_eq!(Kind::of(b"<testsuite/>"), None);
        assert_eq!(Kind::of(b"BZh is the beginning of a text"), None);
        assert_eq!(Kind::of(b""), None);
    }

    #[test]
    fn the_single_file_of_a_stream_has_no_archive_extension() {
        for (kind, name, inner) in [
            (Kind::Gzip, "run.tgz", "run.tar"),
            (Kind::Gzip, "a/report.jsonl.GZ", "a/report.jsonl"),
            (Kind::Gzip, "report", "report"),
            (Kind::Gzip, ".gz", ".gz"),
            (Kind::Zstd, "r.json.zst", "r.json"),
            (Kind::Xz, "r.txz", "r.tar"),
        ] {
            assert_eq!(kind.inner_name(name), inner);
        }
    }

    #[test]
    fn some_members_are_meant() {
        assert_eq!(split_members("r/a.zip!/b/*.xml"), ("r/a.zip", "b/*.xml"));
        assert_eq!(split_members("r/a.zip"), ("r/a.zip", ""));
        for (members, name, expected) in [
            ("", "any.xml", true),
            ("a.xml", "a.xml", true),
            ("a.xml", "./a.xml", true),
            ("a.xml", "b/a.xml", false),
            ("b", "b/a.xml", true),
            ("b/", "b/a.xml", true),
            ("b", "bc/a.xml", false),
            ("b/*.xml", "b\\c\\a.xml", true),
            ("*.xml", "a.json", false),
        ] {
            assert_eq!(is_meant(members, name), expected, "{members} {name}");
        }
    }

    #[test]
    fn paths_stay_below_the_archive() {
        assert_eq!(member_path("a.zip", "../../etc/passwd"), "a.zip/etc/passwd");
        assert_eq!(member_path("a.zip", "/abs/./x"), "a.zip/abs/x");
        assert_eq!(member_path("a.zip!/b/*.xml", "b/x.xml"), "a.zip/b/x.xml");
        assert_eq!(member_path("a.zip", "C:\\results\\x.xml"), "a.zip/C:/results/x.xml");
        assert!(
            is_system_file("__MACOSX/a/._x.xml")
                && is_system_file("a/.DS_Store")
                && !is_system_file("a/x.xml")
        );
    }
}
