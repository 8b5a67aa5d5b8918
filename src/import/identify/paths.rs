//! Reads all paths together, and finds DUT and build among their pieces.

use super::distinct;
use super::evidence::{Member, Varies, sample, varies};
use super::pieces::{Kind, Piece, Pieces, Shape, pieces};
use super::words::{SEPARATORS, is_commit, is_kind_of_suite, labels_a_device, names_a_device};
use crate::model::{Source, TestId};
use std::collections::{BTreeMap, BTreeSet};

/// What was found in a path.
#[derive(Clone, Debug, Default)]
pub(super) struct Reading {
    pub dut: Option<Part>,
    pub build: Option<Part>,
    /// The parts of the path that name the run, apart from DUT and build; mostly "".
    pub run: String,
    /// The order of the file among the attempts of its run; 0 if it is not marked as an attempt.
    pub attempt: i32,
}

#[derive(Clone, Debug)]
pub(super) struct Part {
    pub text: String,
    /// The whole name of the folder or file.
    pub whole: String,
    pub source: Source,
    pub doubtful: bool,
}

/// A file of one class of a suite, whose name is the class.
fn is_class_report(path: &str) -> bool {
    let file = path.rsplit('/').next().unwrap_or(path);
    let is_prefixed = file.starts_with("TEST-") || file.starts_with("TESTS-");
    is_prefixed && file.ends_with(".xml")
}

/// Returns the folders whose class reports repeat each other's tests and have names that no class has: these
/// are reports of devices, which Android's Gradle plugin names so (`TEST-Pixel_4(AVD) - 11-_app-.xml`).
fn folders_of_devices<'a>(paths: &BTreeMap<&'a str, Vec<&[TestId]>>) -> BTreeSet<&'a str> {
    let mut folders: BTreeMap<&str, (usize, BTreeSet<TestId>)> = BTreeMap::new();
    let is_no_class = |path: &str| path.rsplit('/').next().is_some_and(|file| file.contains([' ', '(']));
    for (&path, tests) in paths.iter().filter(|(path, _)| is_class_report(path) && is_no_class(path)) {
        let (entries, distinct) = folders.entry(folder_of(path)).or_default();
        let own: BTreeSet<TestId> = tests.iter().flat_map(|tests| tests.iter().copied()).collect();
        *entries += own.len();
        distinct.extend(own);
    }
    let repeat =
        folders.into_iter().filter(|(_, (entries, distinct))| *entries >= 2 * distinct.len() && *entries > 0);
    repeat.map(|(folder, _)| folder).collect()
}

fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Reads all paths together. `named` has the DUTs that files name themselves.
pub(super) fn read_paths<'a>(
    paths: &BTreeMap<&'a str, Vec<&[TestId]>>,
    named: &BTreeSet<&str>,
) -> BTreeMap<&'a str, Reading> {
    let heads = heads_of_versions(paths.keys().copied());
    // Only paths of the same shape are compared, position by position.
    let mut groups: BTreeMap<Shape, Vec<Member>> = BTreeMap::new();
    let of_devices = folders_of_devices(paths);
    for (&path, tests) in paths {
        let Pieces { mut pieces, attempt } = pieces(path);
        if is_class_report(path) && !of_devices.contains(folder_of(path)) {
            pieces.retain(|piece| piece.source == Source::Folder);
        }
        split_number(&mut pieces, &heads);
        let shape = pieces.iter().map(|piece| (piece.kind, piece.source)).collect();
        groups.entry(shape).or_default().push(Member { path, pieces, attempt, tests: sample(tests) });
    }
    let groups = split_shares(groups);
    let mut readings: BTreeMap<&str, Reading> = BTreeMap::new();
    for group in groups.values() {
        read_group(group, named, &mut readings);
    }
    resolve(&groups, named, &mut readings);
    readings
}

/// Returns the names before the versions in file names: `Pixel` for `Pixel-8.0.0.xml`.
fn heads_of_versions<'a>(paths: impl Iterator<Item = &'a str>) -> BTreeSet<String> {
    let mut heads = BTreeSet::new();
    for path in paths {
        if let [.., name, version] = pieces(path).pieces.as_slice()
            && (name.kind, version.kind) == (Kind::Name, Kind::Build)
            && name.whole == version.whole
        {
            heads.insert(name.text.clone());
        }
    }
    heads
}

/// Splits `Pixel-9` as `Pixel-8.0.0` is split in another path.
fn split_number(pieces: &mut Vec<Piece>, heads: &BTreeSet<String>) {
    let Some(last) = pieces.last().filter(|last| last.kind == Kind::Name).cloned() else {
        return;
    };
    let Some((head, number)) = last.text.rsplit_once(['-', '_', ' ']) else {
        return;
    };
    if heads.contains(head) && !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()) {
        pieces.pop();
        pieces.push(Piece { text: head.to_owned(), ..last.clone() });
        pieces.push(Piece { text: number.to_owned(), kind: Kind::Build, ..last });
    }
}

/// The most separators in a name at which it may be split.
const SPLITS: usize = 6;

/// Splits the names of flat files into runs and shares, if their tests show which is which: the files
/// `board_a-net`, `board_a-ui`, `board_b-net` and `board_b-ui` are two shares for each of two boards.
fn split_shares(groups: BTreeMap<Shape, Vec<Member>>) -> BTreeMap<Shape, Vec<Member>> {
    let mut split: BTreeMap<Shape, Vec<Member>> = BTreeMap::new();
    for (shape, mut group) in groups {
        let at = shape.iter().rposition(|piece| *piece == (Kind::Name, Source::FileName));
        let separator = at.and_then(|at| Some((at, separator_of_shares(&group, at)?)));
        if let Some((at, separator)) = separator {
            for member in &mut group {
                split_piece(&mut member.pieces, at, separator);
            }
        }
        let shape_of = |pieces: &[Piece]| pieces.iter().map(|piece| (piece.kind, piece.source)).collect();
        let shape = group.first().map(|member| shape_of(&member.pieces)).unwrap_or(shape);
        split.entry(shape).or_default().append(&mut group);
    }
    split
}

/// Which separator of a name: devices and modules may have some in their own names.
#[derive(Clone, Copy)]
enum Separator {
    /// Counted from 0 at the start.
    FromStart(usize),
    /// Counted from 0 at the end.
    FromEnd(usize),
}

/// Returns the separator at which each name in this position is a run and a share.
fn separator_of_shares(group: &[Member], at: usize) -> Option<Separator> {
    let text_of = |member: &Member| member.pieces.get(at).map(|piece| piece.text.clone());
    let names: BTreeSet<String> = group.iter().filter_map(text_of).collect();
    if names.len() < 2 {
        return None;
    }
    let pieces = group.first().map(|member| member.pieces.as_slice()).unwrap_or_default();
    let is_only_name = pieces.iter().filter(|piece| piece.kind == Kind::Name).count() == 1;
    let from_start = (0..SPLITS).map(Separator::FromStart);
    from_start.chain((0..SPLITS).map(Separator::FromEnd)).find(|&separator| {
        let halves: Option<Vec<(&str, &str)>> = names.iter().map(|name| halves(name, separator)).collect();
        let Some(halves) = halves else {
            return false;
        };
        let heads = distinct(&mut halves.iter().map(|(head, _)| *head));
        let tails = distinct(&mut halves.iter().map(|(_, tail)| *tail));
        let are_crossed = heads.len() > 1 && tails.len() > 1 && names.len() * 2 > heads.len() * tails.len();
        // A single device may have several shares. Without a word for it, some of them must be there twice, and
        // nothing else may name it.
        let may_be_device = is_only_name && names.len() < group.len();
        let is_device = |text: &str| {
            labels_a_device(text) || may_be_device && !is_kind_of_suite(&text.to_ascii_lowercase())
        };
        let is_one = |one: &BTreeSet<&str>| one.len() == 1 && one.iter().all(|text| is_device(text));
        if !are_crossed && !is_one(&heads) && !is_one(&tails) {
            return false;
        }
        let mut split = group.to_vec();
        for member in &mut split {
            split_piece(&mut member.pieces, at, separator);
        }
        let varies = varies(&split);
        let with = |kind: Varies| [at, at + 1].map(|at| varies.get(at) == Some(&kind));
        with(Varies::WithShares).contains(&true) && (!are_crossed || with(Varies::WithRuns).contains(&true))
    })
}

/// Splits a name at a separator.
fn halves(name: &str, separator: Separator) -> Option<(&str, &str)> {
    let (at, separator) = match separator {
        Separator::FromStart(number) => name.match_indices(SEPARATORS).nth(number)?,
        Separator::FromEnd(number) => name.rmatch_indices(SEPARATORS).nth(number)?,
    };
    let (head, tail) = (name.get(..at)?, name.get(at + separator.len()..)?);
    let is_name = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).count() > 1;
    (is_name(head) && is_name(tail)).then_some((head, tail))
}

fn split_piece(pieces: &mut Vec<Piece>, at: usize, separator: Separator) {
    let Some(piece) = pieces.get(at).cloned() else {
        return;
    };
    if let Some((head, tail)) = halves(&piece.text, separator) {
        let (head, tail) = (head.to_owned(), tail.to_owned());
        pieces.splice(at..=at, [Piece { text: head, ..piece.clone() }, Piece { text: tail, ..piece }]);
    }
}

/// Resolves ambiguity in a path by names that are certain in another one.
fn resolve<'a>(
    groups: &BTreeMap<Shape, Vec<Member<'a>>>,
    named: &BTreeSet<&str>,
    readings: &mut BTreeMap<&'a str, Reading>,
) {
    let parts = readings.values().filter_map(|reading| reading.dut.as_ref());
    let certain: Vec<String> = parts.filter(|part| !part.doubtful).map(|part| part.text.clone()).collect();
    let certain = distinct(&mut certain.iter().map(String::as_str).chain(named.iter().copied()));
    for member in groups.values().flatten() {
        let Some(reading) = readings.get_mut(member.path) else {
            continue;
        };
        if reading.dut.as_ref().is_some_and(|part| !part.doubtful) {
            continue;
        }
        let is_known = |piece: &&Piece| piece.kind == Kind::Name && certain.contains(piece.text.as_str());
        let mut known = member.pieces.iter().filter(is_known);
        if let (Some(piece), None) = (known.next(), known.next()) {
            reading.dut = Some(part(piece, false));
        }
    }
}

fn part(piece: &Piece, doubtful: bool) -> Part {
    Part { text: piece.text.clone(), whole: piece.whole.clone(), source: piece.source, doubtful }
}

/// A position in the paths of a group.
struct Position<'g> {
    at: usize,
    kind: Kind,
    source: Source,
    texts: BTreeSet<&'g str>,
    varies: Varies,
}

/// Chooses the positions of DUT and build for paths of one shape.
fn read_group<'a>(group: &[Member<'a>], named: &BTreeSet<&str>, readings: &mut BTreeMap<&'a str, Reading>) {
    let shape = group.first().map(|member| member.pieces.as_slice()).unwrap_or_default();
    let varies = varies(group);
    let positions: Vec<Position> = shape
        .iter()
        .zip(varies)
        .enumerate()
        .map(|(at, (piece, varies))| {
            let pieces = group.iter().filter_map(|member| member.pieces.get(at));
            let texts = distinct(&mut pieces.map(|piece| piece.text.as_str()));
            Position { at, kind: piece.kind, source: piece.source, texts, varies }
        })
        .collect();
    let build = choose_build(&positions, group.len());
    let dut = choose_dut(group, &positions, build.map(|(at, _)| at), named);
    for member in group {
        let at = |chosen: Option<(usize, bool)>| {
            let (at, doubtful) = chosen?;
            let piece = member.pieces.get(at)?;
            let is_share = positions
                .get(at)
                .is_some_and(|position| position.kind == Kind::Name && position.varies == Varies::WithShares);
            Some(part(piece, doubtful || is_share && !labels_a_device(&piece.text)))
        };
        // What tells repeated runs of one DUT and build apart.
        let chosen = [dut, build].map(|chosen| chosen.map(|(at, _)| at));
        let runs = positions
            .iter()
            .filter(|position| position.varies == Varies::WithRuns && !chosen.contains(&Some(position.at)));
        let run = runs.filter_map(|position| member.pieces.get(position.at)).map(|piece| piece.text.as_str());
        let reading = Reading {
            dut: at(dut),
            build: at(build),
            run: run.collect::<Vec<_>>().join("/"),
            attempt: member.attempt,
        };
        readings.insert(member.path, reading);
    }
}

/// Returns the position of the build, and whether that is a guess. Of several versions or dates, the
/// one that varies from run to run is the build; if several do, the outermost; if none does, the
/// last.
fn choose_build(positions: &[Position], files: usize) -> Option<(usize, bool)> {
    // A timestamp that differs in every file is the build only if nothing else is.
    let is_timestamp = |position: &Position| files > 1 && position.texts.len() == files;
    let is_build = |position: &&Position| position.kind == Kind::Build;
    let has_other = positions.iter().filter(is_build).any(|position| !is_timestamp(position));
    let builds =
        || positions.iter().filter(is_build).filter(|position| !has_other || !is_timestamp(position));
    let is_hexadecimal = |position: &Position| position.texts.iter().any(|text| is_commit(text));
    // In file names, what differs with the tests numbers the shares of a run, and so do plain numbers of
    // folders.
    let is_number =
        |position: &Position| position.texts.iter().all(|text| text.bytes().all(|b| b.is_ascii_digit()));
    let is_share = |position: &Position| {
        position.varies == Varies::WithShares
            && (position.source == Source::FileName
                || is_number(position) && position.texts.iter().all(|text| text.len() < 4))
    };
    let varying = || builds().filter(|position| position.texts.len() > 1 && !is_share(position));
    let build = varying()
        .find(|position| position.varies == Varies::WithRuns)
        .or_else(|| varying().next())
        .or_else(|| builds().rfind(|position| position.texts.len() == 1))?;
    let is_alone = build.texts.len() == 1 || build.varies != Varies::WithRuns;
    let is_short = build.texts.iter().all(|text| text.len() < 8);
    let is_number = is_number(build) && is_short;
    Some((build.at, build.varies == Varies::WithShares || is_number || is_hexadecimal(build) && is_alone))
}

/// Returns the position of the DUT, and whether that is a guess.
fn choose_dut(
    group: &[Member],
    positions: &[Position],
    build: Option<usize>,
    named: &BTreeSet<&str>,
) -> Option<(usize, bool)> {
    let names = || positions.iter().filter(|position| position.kind == Kind::Name);
    if let Some(known) = names().find(|name| name.texts.iter().any(|text| named.contains(text))) {
        return Some((known.at, false));
    }
    let is_device = |name: &Position| name.texts.iter().all(|text| names_a_device(text));
    let varying = || names().filter(|name| name.texts.len() > 1 && name.varies != Varies::WithShares);
    let constant = || names().filter(|name| name.texts.len() == 1);
    if let Some(speaking) = varying().find(|name| is_device(name)) {
        return Some((speaking.at, false));
    }
    let with_runs: Vec<&Position> = varying().filter(|name| name.varies == Varies::WithRuns).collect();
    match *with_runs.as_slice() {
        [only] => {
            let is_proven = build.is_some_and(|build| is_crossed(group, only.at, build));
            return Some((only.at, !is_proven));
        }
        [first, ..] => return Some((first.at, true)),
        [] => {}
    }
    // Devices may run different tests.
    let with_shares = || names().filter(|name| name.varies == Varies::WithShares);
    if let Some(label) = with_shares().find(|name| name.texts.iter().any(|text| labels_a_device(text))) {
        return Some((label.at, false));
    }
    if let Some(speaking) = constant().find(|name| is_device(name)) {
        return Some((speaking.at, false));
    }
    if let Some(first) = varying().next() {
        let is_only = varying().count() == 1;
        let is_proven = is_only && build.is_some_and(|build| is_crossed(group, first.at, build));
        return Some((first.at, !is_proven));
    }
    let below = build.and_then(|build| constant().rfind(|name| name.at > build));
    if let Some(name) = below.or_else(|| constant().next_back()) {
        return Some((name.at, true));
    }
    // Without any name: a version below another one that is the build (`1.4.0/3.12.1.xml`), or a hash.
    let is_left = |position: &&Position| match position.kind {
        Kind::Build => names().next().is_none() && position.varies != Varies::WithShares,
        Kind::Mark => position.varies == Varies::WithRuns && position.source == Source::Folder,
        _ => false,
    };
    let left = positions
        .iter()
        .rev()
        .filter(is_left)
        .find(|position| build.is_some_and(|b| b < position.at) || position.kind == Kind::Mark);
    left.map(|position| (position.at, true))
}

/// Whether most names occur under most builds, so that the pattern proves which is which.
fn is_crossed(group: &[Member], name: usize, build: usize) -> bool {
    let mut pairs = BTreeSet::new();
    let (mut names, mut builds) = (BTreeSet::new(), BTreeSet::new());
    for member in group {
        if let (Some(name), Some(build)) = (member.pieces.get(name), member.pieces.get(build)) {
            names.insert(name.text.as_str());
            builds.insert(build.text.as_str());
            pairs.insert((name.text.as_str(), build.text.as_str()));
        }
    }
    names.len() > 1 && builds.len() > 1 && pairs.len() * 2 > names.len() * builds.len()
}
