//! The pieces of a path: folders, and parts of the file's name.

use super::words::{SEPARATORS, attempt, is_build, is_commit, is_dated, is_hash, is_noise, is_share};
use crate::import::archive;
use crate::model::Source;

/// The kind of a piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// A version, date, commit or build number.
    Build,
    /// A generic word for the kind of content: `results`, `junit`.
    Noise,
    /// A hash, a shard, a counter: it tells files of one run apart, and names nothing.
    Mark,
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

/// A path in pieces.
pub(super) struct Pieces {
    pub pieces: Vec<Piece>,
    /// The order of the file among the attempts of its run: earlier ones are negative, later ones
    /// positive, and 0 is the file itself.
    pub attempt: i32,
}

/// Below a folder of earlier attempts, they precede the file beside the folder.
const BEFORE: i32 = -100_000;

/// Splits a path into folders and parts of the file's name.
pub(super) fn pieces(path: &str) -> Pieces {
    let mut found = Pieces { pieces: Vec::new(), attempt: 0 };
    let (folders, file) = path.rsplit_once('/').unwrap_or(("", path));
    let folders: Vec<&str> =
        folders.split('/').filter(|folder| !folder.is_empty() && *folder != ".").collect();
    let mut rest = folders.iter();
    let mut is_below_targets = false;
    while let Some(&folder) = rest.next() {
        // An archive counts as the folder of its members.
        let name = without_copy_marks(if archive::is_named_so(folder) { stem(folder) } else { folder });
        if folder == "Retries" || folder == "test_attempts" {
            // `Retries/<id>/<number>`
            let number = rest.as_slice().last().and_then(|last| last.parse::<i32>().ok());
            let number = number.or_else(|| attempt(stem(file))).unwrap_or(0);
            found.attempt = BEFORE.saturating_add(number);
            break;
        }
        let (name, number) = without_attempt(name);
        if let Some(number) = number {
            found.attempt = counted(number);
        }
        if name.is_empty() {
            continue;
        }
        if is_below_targets {
            found.pieces.push(mark(name, folder, Source::Folder));
        } else {
            split_component(name, folder, Source::Folder, &mut found.pieces);
        }
        // Packages and targets follow, which are no devices.
        is_below_targets |= folder == "bazel-testlogs";
    }
    let name = without_copy_marks(stem(file));
    let (name, number) = without_attempt(name);
    if found.attempt >= 0 {
        found.attempt = number.map_or(found.attempt, counted);
    }
    match name {
        // `attempt_1.xml` precedes a file with a generic name.
        "" => found.pieces.push(Piece { kind: Kind::Noise, ..mark("", file, Source::FileName) }),
        name => split_component(name, file, Source::FileName, &mut found.pieces),
    }
    found
}

/// Returns the order of an attempt with this number. The first one may be 0, which is an attempt, too.
fn counted(number: i32) -> i32 {
    if number == 0 { -1 } else { number }
}

fn mark(text: &str, whole: &str, source: Source) -> Piece {
    Piece { text: text.to_owned(), whole: whole.to_owned(), kind: Kind::Mark, source }
}

/// Removes the attempt from a name: `board_a` and 1 for `board_a-retry1`.
fn without_attempt(name: &str) -> (&str, Option<i32>) {
    for (at, separator) in name.match_indices(SEPARATORS) {
        let (head, tail) = (name.get(..at), name.get(at + separator.len()..));
        if let (Some(head), Some(number)) = (head, tail.and_then(attempt)) {
            return (head, Some(number));
        }
    }
    if let Some(number) = attempt(name) {
        return ("", Some(number));
    }
    // Without a number, it is the only rerun, but only beside generic words: `rerun_results`,
    // `junit-retry`. A spec may be called `http-retry`.
    let rest = strip_noise(name);
    let is_rerun = ["rerun", "retry"].iter().any(|word| rest.eq_ignore_ascii_case(word));
    if is_rerun && rest != name { ("", Some(1)) } else { (name, None) }
}

/// Returns the folder whose attempts are in this one: `board_a/results` for `board_a/results-retry-1`.
pub fn folder_before_attempt(folder: &str) -> Option<String> {
    let above = folder.rfind('/').map_or(0, |at| at + 1);
    let (above, name) = folder.split_at_checked(above)?;
    match without_attempt(name) {
        ("", _) | (_, None) => None,
        (name, Some(_)) => Some(format!("{above}{name}")),
    }
}

/// Removes the marks of a copy: `Copy of board_a`, `board_a (1)`, `board_a - Copy`.
fn without_copy_marks(name: &str) -> &str {
    let mut name = name.trim();
    let marks = ["copy of ", "kopie von ", "copie de ", "copia de "];
    let is_begin = |mark: &&&str| name.get(..mark.len()).is_some_and(|head| head.eq_ignore_ascii_case(mark));
    if let Some(mark) = marks.iter().find(is_begin) {
        name = name.get(mark.len()..).unwrap_or("");
    }
    if let Some((head, tail)) = name.rsplit_once('(') {
        let number = tail.strip_suffix(')').unwrap_or("");
        if !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()) {
            name = head.trim_end();
        }
    }
    let lower = name.to_ascii_lowercase();
    let mark = [" - copy", "-copy", "_copy", " copy", " - kopie", " - copie", " - copia"]
        .iter()
        .find(|mark| lower.ends_with(*mark));
    mark.and_then(|mark| name.get(..name.len().checked_sub(mark.len())?)).unwrap_or(name)
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
    if is_dated(name) {
        pieces.push(piece(name, Kind::Build));
        return;
    }
    if is_hash(component) || is_share(component) {
        pieces.push(piece(component, Kind::Mark));
        return;
    }
    if name.is_empty() {
        pieces.push(piece(component, Kind::Noise));
        return;
    }
    if is_hash(name) || is_share(name) {
        pieces.push(piece(name, Kind::Mark));
        return;
    }
    // A hash or shard may follow the name: `board_a-3f9c1d7aa0b2c4d5e6f708192a3b4c5d`.
    for (at, separator) in name.match_indices(['-', '_', '.', ' ']) {
        let (head, tail) = (name.get(..at), name.get(at + separator.len()..));
        if let (Some(head), Some(tail)) = (head, tail) {
            let is_mark = is_hash(tail) || is_share(tail) && tail.starts_with(|c: char| c.is_alphabetic());
            if is_mark && !strip_noise(head).is_empty() {
                split_component(head, whole, source, pieces);
                pieces.push(piece(tail, Kind::Mark));
                return;
            }
        }
    }
    // A version or date may precede or follow the name: `board_a-1.4.0`.
    for (at, separator) in name.match_indices(['-', '_', '+', ' ', '@']) {
        let (head, tail) = (name.get(..at), name.get(at + separator.len()..));
        if let (Some(head), Some(tail)) = (head, tail) {
            if (is_dated(tail) || is_commit(tail)) && !strip_noise(head).is_empty() {
                // Another one may precede it: `board_a-1.4.0-20261120`.
                split_component(strip_noise(head), whole, source, pieces);
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
    // Or a version stands between names: `firmware_v1.2.3_board_a`.
    if let Some((head, version, tail)) = version_between(name) {
        split_component(head, whole, source, pieces);
        pieces.push(piece(version, Kind::Build));
        split_component(tail, whole, source, pieces);
        return;
    }
    if is_build(name) {
        pieces.push(piece(name, Kind::Build));
    } else {
        pieces.push(piece(name, Kind::Name));
    }
}

/// Splits a name at a version or date between other words. A version has three numbers or a mark:
/// `3.9` between words is rather that of a tool.
fn version_between(name: &str) -> Option<(&str, &str, &str)> {
    let is_separator = |c: char| matches!(c, '-' | '_' | ' ' | '@');
    let mut words = name.split(is_separator);
    let mut from = words.next()?.len() + 1;
    for word in words {
        let to = from + word.len();
        let is_marked = word.starts_with(['v', 'V', 'r']) || word.matches('.').count() >= 2;
        if is_dated(word) && (is_marked || !word.contains('.')) && to < name.len() {
            let (head, tail) = (name.get(..from - 1)?, name.get(to + 1..)?);
            let are_names = !strip_noise(head).is_empty() && !strip_noise(tail).is_empty();
            return are_names.then_some((strip_noise(head), word, strip_noise(tail)));
        }
        from = to + 1;
    }
    None
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
