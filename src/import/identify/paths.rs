//! Reads all paths together, and finds DUT and build among their pieces.

use super::distinct;
use super::pieces::{Kind, Piece, Shape, pieces};
use super::words::names_a_device;
use crate::model::Source;
use std::collections::{BTreeMap, BTreeSet};

/// What was found in a path.
#[derive(Clone, Debug, Default)]
pub(super) struct Reading {
    pub dut: Option<Part>,
    pub build: Option<Part>,
    /// The path; for several files of one session their folder, or their common part.
    pub session: String,
}

#[derive(Clone, Debug)]
pub(super) struct Part {
    pub text: String,
    /// The whole name of the folder or file.
    pub whole: String,
    pub source: Source,
    pub doubtful: bool,
}

/// A file of one class of a suite. Many of them in a folder are one session.
fn is_class_report(path: &str) -> bool {
    let file = path.rsplit('/').next().unwrap_or(path);
    let is_prefixed = file.starts_with("TEST-") || file.starts_with("TESTS-");
    is_prefixed && file.ends_with(".xml")
}

/// The session of such files without a folder.
const LOOSE_CLASS_REPORTS: &str = "TEST-*.xml";

/// Reads all paths together. `named` has the DUTs that files name themselves.
pub(super) fn read_paths<'a>(
    paths: &BTreeSet<&'a str>,
    named: &BTreeSet<&str>,
) -> BTreeMap<&'a str, Reading> {
    // Only paths of the same shape are compared, position by position.
    let mut groups: BTreeMap<Shape, Vec<(&str, Vec<Piece>)>> = BTreeMap::new();
    for &path in paths {
        let mut pieces = pieces(path);
        if is_class_report(path) {
            pieces.retain(|piece| piece.source == Source::Folder);
        }
        let shape = pieces.iter().map(|piece| (piece.kind, piece.source)).collect();
        groups.entry(shape).or_default().push((path, pieces));
    }
    let mut readings: BTreeMap<&str, Reading> = BTreeMap::new();
    for (shape, group) in &groups {
        read_group(shape, group, named, &mut readings);
    }
    // A name that is certain in one path resolves ambiguity in another.
    let parts = readings.values().filter_map(|reading| reading.dut.as_ref());
    let certain: Vec<String> = parts.filter(|part| !part.doubtful).map(|part| part.text.clone()).collect();
    let certain = distinct(&mut certain.iter().map(String::as_str).chain(named.iter().copied()));
    for (path, pieces) in groups.values().flatten() {
        let Some(reading) = readings.get_mut(path) else {
            continue;
        };
        if reading.dut.as_ref().is_some_and(|part| !part.doubtful) {
            continue;
        }
        let mut known =
            pieces.iter().filter(|piece| piece.kind == Kind::Name && certain.contains(piece.text.as_str()));
        if let (Some(piece), None) = (known.next(), known.next()) {
            reading.dut = Some(part(piece, false));
        }
    }
    readings
}

fn part(piece: &Piece, doubtful: bool) -> Part {
    Part { text: piece.text.clone(), whole: piece.whole.clone(), source: piece.source, doubtful }
}

/// Chooses the positions of DUT and build for paths of one shape.
fn read_group<'a>(
    shape: &[(Kind, Source)],
    group: &[(&'a str, Vec<Piece>)],
    named: &BTreeSet<&str>,
    readings: &mut BTreeMap<&'a str, Reading>,
) {
    let texts = |position: usize| -> BTreeSet<&str> {
        let pieces = group.iter().filter_map(|(_, pieces)| pieces.get(position));
        distinct(&mut pieces.map(|piece| piece.text.as_str()))
    };
    let of_kind = |kind: Kind| -> Vec<usize> {
        (0..shape.len()).filter(|&position| shape.get(position).is_some_and(|(k, _)| *k == kind)).collect()
    };
    let builds = of_kind(Kind::Build);
    // Of several versions or dates, the one that varies is the build; if several vary, the
    // outermost.
    let build =
        builds.iter().copied().find(|&position| texts(position).len() > 1).or_else(|| builds.last().copied());
    let names = of_kind(Kind::Name);
    let (dut, doubtful) = choose_dut(shape, &names, group.len(), build, &texts, named);
    // A path without any name: the file is named by a version, below another one that is the build
    // (`1.4.0/3.12.1.xml`).
    let dut = dut.or_else(|| {
        let last = builds.last().copied()?;
        (names.is_empty() && build.is_some_and(|build| build != last)).then_some(last)
    });
    for (path, pieces) in group {
        let session = if is_class_report(path) {
            path.rsplit_once('/').map_or(LOOSE_CLASS_REPORTS, |(folder, _)| folder)
        } else {
            path
        };
        readings.insert(
            path,
            Reading {
                dut: dut.and_then(|at| pieces.get(at)).map(|piece| part(piece, doubtful)),
                build: build.and_then(|at| pieces.get(at)).map(|piece| part(piece, false)),
                session: session.to_owned(),
            },
        );
    }
}

/// Returns the position of the DUT among the names, and whether that is a guess.
fn choose_dut<'t>(
    shape: &[(Kind, Source)],
    names: &[usize],
    group_size: usize,
    build: Option<usize>,
    texts: &dyn Fn(usize) -> BTreeSet<&'t str>,
    named: &BTreeSet<&str>,
) -> (Option<usize>, bool) {
    let (first, last) = match names {
        [] => return (None, false),
        [only] => return (Some(*only), false),
        [first, .., last] => (*first, *last),
    };
    if let Some(&known) = names.iter().find(|&&at| texts(at).iter().any(|text| named.contains(text))) {
        return (Some(known), false);
    }
    let varying: Vec<usize> = names.iter().copied().filter(|&at| texts(at).len() > 1).collect();
    match *varying.as_slice() {
        [only] => (Some(only), false),
        // A single path, or paths that differ only in the build: the name next to the build, or
        // else the one next to the results.
        [] => {
            let speaking =
                names.iter().copied().find(|&at| texts(at).iter().any(|text| names_a_device(text)));
            if let Some(speaking) = speaking {
                return (Some(speaking), false);
            }
            let beside = build.and_then(|build| {
                names
                    .iter()
                    .copied()
                    .find(|&at| at == build + 1)
                    .or_else(|| names.iter().rev().copied().find(|&at| at + 1 == build))
            });
            let is_beside_file = shape.get(last).is_some_and(|(_, source)| *source == Source::FileName);
            match beside {
                Some(beside) => (Some(beside), false),
                None => (Some(last), group_size > 1 || is_beside_file),
            }
        }
        // Several names vary: one with a word for a device, or else the folder before the file, by
        // the order of evidence.
        _ => {
            let speaking =
                varying.iter().copied().find(|&at| texts(at).iter().all(|text| names_a_device(text)));
            match speaking {
                Some(speaking) => (Some(speaking), false),
                None => (varying.first().copied().or(Some(first)), true),
            }
        }
    }
}
