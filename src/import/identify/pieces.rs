//! The pieces of a path: folders, and parts of the file's name.

use super::words::{SEPARATORS, is_build, is_dated, is_noise};
use crate::import::archive;
use crate::model::Source;

/// The kind of a piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// A version, date, commit or build number.
    Build,
    /// A generic word for the kind of content: `results`, `junit`.
    Noise,
    /// Anything else.
    Name,
}

/// The kinds of the pieces, in order.
pub(super) type Shape = Vec<(Kind, Source)>;

#[derive(Clone, Debug)]
pub(super) struct Piece {
    pub text: String,
    pub whole: String,
    pub kind: Kind,
    pub source: Source,
}

/// Splits a path into folders and parts of the file's name.
pub(super) fn pieces(path: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let (folders, file) = path.rsplit_once('/').unwrap_or(("", path));
    for folder in folders.split('/').filter(|folder| !folder.is_empty() && *folder != ".") {
        // An archive counts as the folder of its members.
        let name = if archive::is_named_so(folder) { stem(folder) } else { folder };
        split_component(name, folder, Source::Folder, &mut pieces);
    }
    split_component(stem(file), file, Source::FileName, &mut pieces);
    pieces
}

/// Returns the name of a file without the extensions that formats add.
fn stem(file: &str) -> &str {
    const ENDINGS: [&str; 21] = [
        ".xml",
        ".trx",
        ".json",
        ".jsonl",
        ".html",
        ".pickle",
        ".pkl",
        ".report",
        ".reportlog",
        ".junit",
        ".xunit",
        ".results",
        ".result",
        ".txt",
        ".log",
        ".tap",
        ".subunit",
        ".csv",
        ".tsv",
        ".yaml",
        ".yml",
    ];
    let mut stem = file;
    while let Some(shorter) = ENDINGS.iter().chain(archive::ENDINGS).find_map(|ending| {
        let at = stem.len().checked_sub(ending.len())?;
        let (head, tail) = stem.split_at_checked(at)?;
        tail.eq_ignore_ascii_case(ending).then_some(head)
    }) {
        stem = shorter;
    }
    stem
}

fn split_component(component: &str, whole: &str, source: Source, pieces: &mut Vec<Piece>) {
    let piece = |text: &str, kind| Piece { text: text.to_owned(), whole: whole.to_owned(), kind, source };
    if component.is_empty() {
        return;
    }
    if is_build(component) || source == Source::Folder && component.bytes().all(|b| b.is_ascii_digit()) {
        pieces.push(piece(component, Kind::Build));
        return;
    }
    let name = strip_noise(component);
    if name.is_empty() {
        pieces.push(piece(component, Kind::Noise));
        return;
    }
    // A version or date may precede or follow the name: `board_a-1.4.0`.
    for (at, separator) in name.match_indices(['-', '_', '+', ' ', '@']) {
        let (head, tail) = (name.get(..at), name.get(at + separator.len()..));
        if let (Some(head), Some(tail)) = (head, tail) {
            if is_dated(tail) && !strip_noise(head).is_empty() {
                pieces.push(piece(strip_noise(head), Kind::Name));
                pieces.push(piece(tail, Kind::Build));
                return;
            }
            if is_dated(head) && !strip_noise(tail).is_empty() {
                pieces.push(piece(head, Kind::Build));
                pieces.push(piece(strip_noise(tail), Kind::Name));
                return;
            }
        }
    }
    if is_build(name) {
        pieces.push(piece(name, Kind::Build));
    } else {
        pieces.push(piece(name, Kind::Name));
    }
}

/// Removes generic words from both ends: `board_a` for `junit-board_a`, `DUT_A` for
/// `DUT_A_report`.
fn strip_noise(name: &str) -> &str {
    let mut name = name.trim_matches(SEPARATORS);
    loop {
        let first = name.find(SEPARATORS).unwrap_or(name.len());
        let last = name.rfind(SEPARATORS).map_or(0, |at| at + 1);
        let (head, tail) = (name.get(..first).unwrap_or(""), name.get(last..).unwrap_or(""));
        let shorter = if is_noise(head) {
            name.get(first..)
        } else if is_noise(tail) {
            name.get(..last)
        } else {
            return name;
        };
        name = shorter.unwrap_or("").trim_matches(SEPARATORS);
        if name.is_empty() {
            return "";
        }
    }
}
