//! Identify: which DUT, unit, build and session a file's results belong to.
//!
//! The order of evidence is: what a person said, a field of the format, a
//! property, the path, the host, nothing. Paths are read together over all
//! files: below every build (a version, commit or date) the same DUTs are
//! expected, and what is the same in all paths tells nothing. An answer that
//! could as well be another one is marked doubtful; the ledger asks.

use super::batch::scope_of;
use crate::model::{Axis, ByAxis, Evidence, Identified, Identity, SessionDraft, Source};
use std::collections::{BTreeMap, BTreeSet};

/// What a property with this name tells, if it is one of those that test
/// suites use for it. Case, `-`, `_`, `.` and spaces make no difference.
pub fn axis_of(name: &str) -> Option<Axis> {
    // Nearly every property is none of these: do not build a string for it.
    if name.len() > 24 {
        return None;
    }
    let is_kept = |c: &char| c.is_ascii_alphanumeric() || !c.is_ascii();
    let key: String = name.chars().filter(is_kept).map(|c| c.to_ascii_lowercase()).collect();
    // `dut.board`, `sut_firmware`: properties of the DUT by the prefix.
    let of_dut = ["dut", "sut"].iter().find_map(|prefix| key.strip_prefix(prefix));
    axis_of_key(&key).or_else(|| axis_of_key(of_dut?))
}

fn axis_of_key(key: &str) -> Option<Axis> {
    Some(match key {
        "dut" | "dutname" | "dutid" | "sut" | "sutname" | "board" | "boardname" | "device" | "devicename"
        | "devicetype" | "target" | "targetname" | "machine" | "tentacle" | "deviceundertest"
        | "systemundertest" => Axis::Dut,
        "unit" | "serial" | "serialnumber" | "serialno" | "sn" | "hwid" | "hardwareid" | "hardwareserial"
        | "dutserial" | "deviceserial" | "boardserial" | "unitid" => Axis::Unit,
        "build" | "buildid" | "buildnumber" | "buildversion" | "version" | "swversion"
        | "softwareversion" | "fw" | "fwversion" | "firmware" | "firmwareversion" | "firmwarebuild"
        | "commit" | "commithash" | "commitsha" | "gitcommit" | "gitsha" | "revision" | "release" => {
            Axis::Build
        }
        "sessionid" | "session" | "runid" | "testrun" | "testrunid" => Axis::Session,
        _ => return None,
    })
}

/// Splits a name that may be a pytest node id into scope, boundary and name.
pub fn split_test_name(full: &str) -> (String, Option<(u32, u32)>, String) {
    let (path, parameters) = match full.find('[') {
        Some(at) => full.split_at(at),
        None => (full, ""),
    };
    let Some((around, name)) = path.rsplit_once("::") else {
        return (String::new(), Some((0, 0)), full.to_owned());
    };
    let (file, classes) = around.split_once("::").unwrap_or((around, ""));
    let suite = file.strip_suffix(".py").unwrap_or(file).replace('/', ".");
    let (scope, boundary) = scope_of(&suite, &classes.replace("::", "."));
    (scope, Some(boundary), format!("{name}{parameters}"))
}

/// What one session's share of a file offers as evidence.
pub struct Candidate<'a> {
    /// Path of the file.
    pub path: &'a str,
    /// What the file says.
    pub draft: &'a SessionDraft,
    /// Its place among the sessions of its file, and how many there are.
    pub place: (usize, usize),
    /// The file has results; the paths of others do not count as evidence.
    pub is_read: bool,
    /// What a person said, by axis.
    pub said: &'a ByAxis,
}

/// Answers for all candidates together.
pub fn identify(candidates: &[Candidate]) -> Vec<Identity> {
    let read = candidates.iter().filter(|candidate| candidate.is_read);
    let paths = distinct(&mut read.map(|candidate| candidate.path));
    let claims = candidates
        .iter()
        .filter_map(|candidate| explicit(candidate, Axis::Dut).map(|_| candidate))
        .flat_map(|candidate| candidate.draft.claims.iter())
        .filter(|claim| claim.axis == Axis::Dut);
    let named = distinct(&mut claims.map(|claim| claim.value.as_str()));
    let readings = read_paths(&paths, &named);
    let hosts = distinct(&mut candidates.iter().filter_map(|candidate| candidate.draft.hostname.as_deref()));
    candidates
        .iter()
        .map(|candidate| {
            let lone;
            let reading = match readings.get(candidate.path) {
                Some(reading) => reading,
                None => {
                    lone = read_paths(&distinct(&mut [candidate.path].into_iter()), &named);
                    match lone.get(candidate.path) {
                        Some(reading) => reading,
                        None => &Reading::default(),
                    }
                }
            };
            answer(candidate, reading, hosts.len() > 1)
        })
        .collect()
}

/// Texts, each once. Not collected, since that sorts: code of its own for each
/// kind of set.
fn distinct<'a>(texts: &mut dyn Iterator<Item = &'a str>) -> BTreeSet<&'a str> {
    let mut distinct = BTreeSet::new();
    for text in texts {
        distinct.insert(text);
    }
    distinct
}

/// The file's own answer, or a person's.
fn explicit(candidate: &Candidate, axis: Axis) -> Option<Identified> {
    if let Some(value) = candidate.said.get(axis) {
        return Some(Identified { value: value.clone(), evidence: evidence(Source::You, "", false) });
    }
    let claims = &candidate.draft.claims;
    let claim = claims.iter().filter(|claim| claim.axis == axis).min_by_key(|claim| claim.source)?;
    // A session with several values for the axis has not really said which.
    let several = claims
        .iter()
        .any(|other| other.axis == axis && other.source == claim.source && other.value != claim.value);
    Some(Identified {
        value: claim.value.clone(),
        evidence: evidence(claim.source, &claim.name, several && axis == Axis::Dut),
    })
}

fn answer(candidate: &Candidate, reading: &Reading, hosts_differ: bool) -> Identity {
    let from_path = |part: &Option<Part>| {
        part.as_ref().map(|part| Identified {
            value: part.text.clone(),
            evidence: evidence(part.source, &part.whole, part.doubtful),
        })
    };
    let dut = explicit(candidate, Axis::Dut).or_else(|| from_path(&reading.dut)).or_else(|| {
        let host = candidate.draft.hostname.as_ref().filter(|_| hosts_differ)?;
        Some(Identified { value: host.clone(), evidence: evidence(Source::Hostname, "", true) })
    });
    let session = explicit(candidate, Axis::Session).unwrap_or_else(|| {
        let mut value = reading.session.clone();
        if candidate.place.1 > 1 {
            value = format!("{value}#{}", candidate.place.0 + 1);
        }
        Identified { value, evidence: evidence(Source::FileName, candidate.path, false) }
    });
    Identity {
        dut: dut.unwrap_or_else(|| Identified {
            value: "unnamed DUT".to_owned(),
            evidence: evidence(Source::Nothing, "", true),
        }),
        unit: explicit(candidate, Axis::Unit),
        build: explicit(candidate, Axis::Build).or_else(|| from_path(&reading.build)),
        session,
    }
}

fn evidence(source: Source, name: &str, doubtful: bool) -> Evidence {
    Evidence { source, name: name.to_owned(), doubtful }
}

/// What a path tells.
#[derive(Clone, Debug, Default)]
struct Reading {
    dut: Option<Part>,
    build: Option<Part>,
    /// The path, or its folder where several files make one session.
    session: String,
}

#[derive(Clone, Debug)]
struct Part {
    text: String,
    /// The folder's or file's whole name.
    whole: String,
    source: Source,
    doubtful: bool,
}

/// What a piece of a path looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    /// A version, date, commit or build number.
    Build,
    /// A word that says what kind of thing lies there: `results`, `junit`.
    Noise,
    /// Anything else.
    Name,
}

/// What the pieces of a path look like, one by one.
type Shape = Vec<(Kind, Source)>;

#[derive(Clone, Debug)]
struct Piece {
    text: String,
    whole: String,
    kind: Kind,
    source: Source,
}

/// Splits a path into pieces: folders, and what the file's name is made of.
fn pieces(path: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let (folders, file) = path.rsplit_once('/').unwrap_or(("", path));
    for folder in folders.split('/').filter(|folder| !folder.is_empty() && *folder != ".") {
        split_component(folder, folder, Source::Folder, &mut pieces);
    }
    split_component(stem(file), file, Source::FileName, &mut pieces);
    pieces
}

/// The name of a file without what formats append to it.
fn stem(file: &str) -> &str {
    const ENDINGS: [&str; 12] = [
        ".xml", ".json", ".jsonl", ".gz", ".zip", ".report", ".junit", ".xunit", ".results", ".result",
        ".txt", ".log",
    ];
    let mut stem = file;
    while let Some(shorter) = ENDINGS.iter().find_map(|ending| {
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
    // A version or date may stand before or behind the name: `board_a-1.4.0`.
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

const SEPARATORS: [char; 5] = ['-', '_', '.', '+', ' '];

/// Takes words that tell nothing off both ends: `junit-board_a` → `board_a`,
/// `DUT_A_report` → `DUT_A`.
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

fn is_noise(word: &str) -> bool {
    matches!(
        word.to_ascii_lowercase().as_str(),
        "junit"
            | "xunit"
            | "pytest"
            | "report"
            | "reports"
            | "result"
            | "results"
            | "test"
            | "tests"
            | "testresult"
            | "testresults"
            | "testreport"
            | "testreports"
            | "output"
            | "outputs"
            | "out"
            | "xml"
            | "json"
            | "log"
            | "logs"
            | "artifact"
            | "artifacts"
            | "nightly"
            | "ci"
            | "daily"
            | "weekly"
            | "latest"
            | "summary"
            | "target"
            | "surefire"
            | "failsafe"
            | "data"
            | "tmp"
            | "download"
            | "downloads"
            | "run"
            | "runs"
            | "build"
            | "builds"
            | "history"
            | "allure"
            | "html"
    )
}

/// A date or a dotted version, which may be split off a name.
fn is_dated(text: &str) -> bool {
    is_date(text) || is_version(text)
}

/// A version, date, commit, or a number with a word such as `build-123`.
fn is_build(text: &str) -> bool {
    is_dated(text) || is_commit(text) || is_numbered(text)
}

/// `2026-11-20`, `20261120`, each with a time behind it or not.
fn is_date(text: &str) -> bool {
    let digits: String =
        text.chars().filter(|c| !matches!(c, '-' | '_' | ':' | '.' | 'T' | 'Z' | '+' | ' ')).collect();
    if !(8..=20).contains(&digits.len()) || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return false;
    }
    let number = |from: usize, to: usize| digits.get(from..to).and_then(|d| d.parse::<u32>().ok());
    matches!((number(0, 4), number(4, 6), number(6, 8)), (Some(1990..=2199), Some(1..=12), Some(1..=31)))
}

/// `1.4.0`, `v4.0.0-374-g4789820722f3`, `10.1`, `1.4.0-rc1`, `release-1.4`.
fn is_version(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let rest = ["release-", "release_", "rel-", "version-", "build-", "fw-", "v", "r"]
        .iter()
        .find_map(|prefix| lower.strip_prefix(prefix))
        .unwrap_or(&lower);
    let numbers = rest.split(|c: char| !(c.is_ascii_digit() || c == '.')).next().unwrap_or("");
    let numbers = numbers.trim_end_matches('.');
    let parts: Vec<&str> = numbers.split('.').collect();
    if parts.len() < 2 || parts.iter().any(|part| part.is_empty() || part.len() > 8) {
        return false;
    }
    // Behind the numbers only what versions have there.
    let tail = rest.get(numbers.len()..).unwrap_or("");
    tail.is_empty()
        || tail.split(['-', '+', '.', '_']).all(|word| {
            let word = word.trim_matches(|c: char| c.is_ascii_digit());
            word.is_empty()
                || matches!(
                    word,
                    "rc" | "a"
                        | "b"
                        | "alpha"
                        | "beta"
                        | "dev"
                        | "post"
                        | "pre"
                        | "snapshot"
                        | "final"
                        | "dirty"
                        | "m"
                        | "sp"
                )
                || word.strip_prefix('g').unwrap_or(word).bytes().all(|b| b.is_ascii_hexdigit())
        })
}

/// 7 to 40 hexadecimal digits, some of them letters and some not.
fn is_commit(text: &str) -> bool {
    let text = text.strip_prefix('g').unwrap_or(text);
    (7..=40).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_hexdigit() && !b.is_ascii_uppercase())
        && text.bytes().any(|b| b.is_ascii_digit())
        && text.bytes().any(|b| b.is_ascii_alphabetic())
}

/// `build-123`, `run_7`, `#42`.
fn is_numbered(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    ["build", "run", "ci", "job", "pipeline", "nightly", "rc", "#", "pr", "mr"].iter().any(|word| {
        lower.strip_prefix(word).is_some_and(|rest| {
            let rest = rest.trim_start_matches(['-', '_', '.', '#']);
            !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit())
        })
    })
}

/// A file of one class of a suite: many of them in a folder are one session.
fn is_class_report(path: &str) -> bool {
    let file = path.rsplit('/').next().unwrap_or(path);
    let is_prefixed = file.starts_with("TEST-") || file.starts_with("TESTS-");
    is_prefixed && file.ends_with(".xml")
}

/// Reads all paths together. `named` are DUTs that files name themselves.
fn read_paths<'a>(paths: &BTreeSet<&'a str>, named: &BTreeSet<&str>) -> BTreeMap<&'a str, Reading> {
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
    // A name that is certain somewhere decides where another path is in doubt.
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

/// Chooses, for paths of one shape, which position is the DUT and which the build.
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
    // Of several versions or dates the one that varies is the build; of several
    // that vary, the outermost.
    let build =
        builds.iter().copied().find(|&position| texts(position).len() > 1).or_else(|| builds.last().copied());
    let names = of_kind(Kind::Name);
    let (dut, doubtful) = choose_dut(shape, &names, group.len(), build, &texts, named);
    // A path without any name: its file is named by a version, below another
    // one that is the build (`1.4.0/3.12.1.xml`).
    let dut = dut.or_else(|| {
        let last = builds.last().copied()?;
        (names.is_empty() && build.is_some_and(|build| build != last)).then_some(last)
    });
    for (path, pieces) in group {
        let session = if is_class_report(path) {
            path.rsplit_once('/').map_or(*path, |(folder, _)| folder)
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

/// The position of the DUT among the names, and whether that is a guess.
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
        // One path alone, or several that differ in nothing but the build: the
        // name next to the build, else the one next to the results.
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
        // Several names vary: one that speaks of a device, else the folder
        // before the file, as the order of evidence has it.
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

/// A name with a word in it that stands for a device.
fn names_a_device(text: &str) -> bool {
    text.to_ascii_lowercase().split(SEPARATORS).any(|word| {
        let word = word.trim_end_matches(|c: char| c.is_ascii_digit());
        matches!(
            word,
            "dut"
                | "sut"
                | "board"
                | "device"
                | "unit"
                | "target"
                | "rig"
                | "bench"
                | "station"
                | "tentacle"
                | "node"
                | "evk"
                | "devkit"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// DUT and build of each path, read together; `?` marks a guess.
    fn check(paths: &[(&str, &str)]) {
        let draft = SessionDraft::default();
        let said = ByAxis::default();
        let candidates: Vec<Candidate> = paths
            .iter()
            .map(|(path, _)| Candidate { path, draft: &draft, place: (0, 1), is_read: true, said: &said })
            .collect();
        let found = identify(&candidates);
        for ((path, expected), identity) in paths.iter().zip(found) {
            let doubt = if identity.dut.evidence.doubtful { "?" } else { "" };
            let build = identity.build.map_or("–".to_owned(), |build| build.value);
            assert_eq!(format!("{}{doubt} {build}", identity.dut.value), *expected, "{path}");
        }
    }

    const USUAL: [(&str, &str); 5] = [
        ("1.4.0/board_a.xml", "board_a 1.4.0"),
        ("board_a/1.4.0/junit.xml", "board_a 1.4.0"),
        ("junit-board_a.xml", "board_a –"),
        ("DUT_A_report.json", "DUT_A –"),
        ("nightly/2026-11-20/board_a/results.xml", "board_a 2026-11-20"),
    ];

    #[test]
    fn the_usual_paths_alone_and_together() {
        for path in USUAL {
            check(&[path]);
        }
        check(&USUAL);
        for from in 0..USUAL.len() {
            for to in from + 1..USUAL.len() {
                check(&USUAL[from..=to]);
            }
        }
    }

    #[test]
    fn what_varies_under_every_build_is_the_dut() {
        check(&[
            ("xml/more-itertools/8.14.0/py3.10.13.xml", "py3.10.13 8.14.0"),
            ("xml/more-itertools/8.14.0/py3.12.1.xml", "py3.12.1 8.14.0"),
            ("xml/more-itertools/9.1.0/py3.10.13.xml", "py3.10.13 9.1.0"),
        ]);
        check(&[("six/py3.12.1.report.json", "py3.12.1 –"), ("six/py3.6.15.report.json", "py3.6.15 –")]);
        check(&[
            (
                "r/v4.0.0-374-g4789820722f3/nucleo_f091rc_stm32f091xc.xml",
                "nucleo_f091rc_stm32f091xc v4.0.0-374-g4789820722f3",
            ),
            (
                "r/v4.0.0-374-g4789820722f3/stm32f3_disco@B_stm32f303xc.xml",
                "stm32f3_disco@B_stm32f303xc v4.0.0-374-g4789820722f3",
            ),
            ("r/748e7b6d75/reel_board.xml", "reel_board 748e7b6d75"),
        ]);
        check(&[
            ("lab/board_a/2026-11-19/results.xml", "board_a 2026-11-19"),
            ("lab/board_b/2026-11-19/results.xml", "board_b 2026-11-19"),
            ("lab/board_b/2026-11-20/results.xml", "board_b 2026-11-20"),
        ]);
    }

    #[test]
    fn pieces_of_file_names() {
        check(&[
            ("report_kitchen_20261120-101500.xml", "kitchen 20261120-101500"),
            ("report_hall_20261120-101500.xml", "hall 20261120-101500"),
        ]);
        check(&[("board_a-1.4.0.xml", "board_a 1.4.0")]);
        check(&[("results/1.4.0-rc1/TEST-speaker.xml", "unnamed DUT? 1.4.0-rc1")]);
        check(&[("TEST-com.acme.AudioTest.xml", "unnamed DUT? –")]);
        check(&[("board_a/TEST-com.acme.AudioTest.xml", "board_a –")]);
        check(&[("results.xml", "unnamed DUT? –")]);
        check(&[("build-17/kitchen/junit.xml", "kitchen build-17")]);
    }

    #[test]
    fn what_could_be_either_is_a_guess() {
        check(&[
            ("kitchen/audio.xml", "kitchen? –"),
            ("kitchen/network.xml", "kitchen? –"),
            ("hall/audio.xml", "hall? –"),
            ("hall/network.xml", "hall? –"),
        ]);
        check(&[
            ("audio/board_1.xml", "board_1 –"),
            ("network/board_1.xml", "board_1 –"),
            ("network/board_2.xml", "board_2 –"),
        ]);
    }

    #[test]
    fn names_of_tests() {
        for (full, scope, boundary, name) in [
            ("tests/test_a.py::TestX::test_y[a::b]", "tests.test_a.TestX", (12, 13), "test_y[a::b]"),
            ("tests/test_a.py::test_y", "tests.test_a", (12, 12), "test_y"),
            ("a.py::X::Y::t", "a.X.Y", (1, 2), "t"),
            ("::TestX::t", "TestX", (0, 0), "t"),
            ("just a name", "", (0, 0), "just a name"),
        ] {
            let expected = (scope.to_owned(), Some(boundary), name.to_owned());
            assert_eq!(split_test_name(full), expected, "{full}");
        }
    }

    #[test]
    fn versions_dates_and_commits() {
        for text in [
            "1.4",
            "v1.4.0",
            "10.1.0",
            "1.4.0-rc1",
            "v4.0.0-374-g4789820722f3",
            "release-1.4",
            "1.4.0.dev12+g1234abc",
        ] {
            assert!(is_version(text), "{text}");
        }
        for text in ["py3.12.1", "board_a", "v2", "1", "stm32f3", "3.x", "1.4.0/board", "..", "1..2"] {
            assert!(!is_version(text), "{text}");
        }
        assert!(
            is_date("2026-11-20")
                && is_date("20261120")
                && is_date("2026-11-20T10-15-00")
                && is_date("20261120_101500")
        );
        assert!(!is_date("12345678") && !is_date("2026-13-20") && !is_date("2026"));
        assert!(is_commit("748e7b6d75") && !is_commit("deadbeef") && !is_commit("12345678"));
    }

    #[test]
    fn properties_by_many_spellings() {
        for name in ["DUT", "dut_name", "Board", "device-name"] {
            assert_eq!(axis_of(name), Some(Axis::Dut), "{name}");
        }
        assert_eq!(axis_of("dut.board"), Some(Axis::Dut));
        assert_eq!(axis_of("DUT_FIRMWARE"), Some(Axis::Build));
        assert_eq!(axis_of("os.version"), None);
        assert_eq!(axis_of("Serial Number"), Some(Axis::Unit));
        assert_eq!(axis_of("fw.version"), Some(Axis::Build));
        assert_eq!(axis_of("Platform"), None);
        assert_eq!(axis_of("python"), None);
    }
}
