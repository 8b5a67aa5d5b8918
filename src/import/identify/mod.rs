//! Identify: the DUT, unit, build and session of a file's results.
//!
//! The order of evidence is: a person, a field of the format, a property, the path, the host,
//! nothing. All paths are read together: each build (a version, commit or date) is expected to have
//! the same DUTs, and a part that all paths share is not evidence. An ambiguous answer is marked as
//! doubtful, and the ledger asks a person to check it.

mod evidence;
mod names;
mod paths;
mod pieces;
mod words;

use evidence::{Varies, value_varies};
use names::tells_devices_apart;
pub use names::{identity_field, is_device_id, name_in, scope_of, split_test_name};
pub use pieces::folder_before_attempt;
pub use words::{is_device_word, is_kind_of_suite};

use crate::model::{Evidence, Identified, Identity, IdentityField, Overrides, SessionDraft, Source, TestId};
use paths::{Part, Reading, read_paths};
use std::collections::{BTreeMap, BTreeSet};

/// The evidence of one session's share of a file.
pub struct Candidate<'a> {
    /// Path of the file.
    pub path: &'a str,
    /// What the file says about the session.
    pub draft: &'a SessionDraft,
    /// The covers of its report that apply to it, nearest first.
    pub covers: Vec<&'a SessionDraft>,
    /// Its index among the sessions of its file, and their number.
    pub place: (usize, usize),
    /// The file has results; paths of other files do not count as evidence.
    pub is_read: bool,
    /// Fields that a person set.
    pub overrides: &'a Overrides,
    /// The tests of its results.
    pub tests: &'a [TestId],
}

/// Returns the identity of each candidate.
pub fn identify(candidates: &[Candidate]) -> Vec<Identity> {
    let read = candidates.iter().filter(|candidate| candidate.is_read);
    let mut paths: BTreeMap<&str, Vec<&[TestId]>> = BTreeMap::new();
    for candidate in read {
        paths.entry(evident_path(candidate)).or_default().push(candidate.tests);
    }
    let claims = candidates
        .iter()
        .filter_map(|candidate| explicit(candidate, IdentityField::Dut).map(|_| candidate))
        .flat_map(|candidate| candidate.draft.claims.iter())
        .filter(|claim| claim.axis == IdentityField::Dut);
    let named = distinct(&mut claims.map(|claim| claim.value.as_str()));
    let readings = read_paths(&paths, &named);
    let telling = telling_fields(candidates);
    let hosts = distinct(&mut candidates.iter().filter_map(|candidate| candidate.draft.hostname.as_deref()));
    // The parts of a file follow each other.
    let mut lone = BTreeMap::new();
    // Hosts with different tests are the machines of a run in shards.
    let with_host = candidates.iter().filter(|candidate| candidate.is_read);
    let with_host =
        with_host.filter_map(|candidate| Some((candidate.draft.hostname.as_deref()?, candidate.tests)));
    let are_hosts_duts = hosts.len() > 1 && value_varies(with_host) != Varies::WithShares;
    candidates
        .iter()
        .map(|candidate| {
            let path = evident_path(candidate);
            if !readings.contains_key(path) && !lone.contains_key(path) {
                lone = read_paths(&BTreeMap::from([(path, Vec::new())]), &named);
            }
            let nothing = Reading::default();
            let reading = readings.get(path).or_else(|| lone.get(path)).unwrap_or(&nothing);
            answer(candidate, reading, &telling, are_hosts_duts)
        })
        .collect()
}

/// Returns the part of a path that is evidence. If the file shares its folder with others of its
/// session, that is the path up to the last slash.
fn evident_path<'a>(candidate: &Candidate<'a>) -> &'a str {
    let report = candidate.draft.report.as_ref();
    match report.is_some_and(|report| report.role.levels() == Some(0)) {
        true => candidate.path.get(..candidate.path.rfind('/').map_or(0, |at| at + 1)).unwrap_or(""),
        false => candidate.path,
    }
}

/// Returns what a path has in common with other reports of the same run: its names without generic
/// words and extensions.
pub fn path_stem(path: &str) -> String {
    let pieces = pieces::pieces(path).pieces;
    let names = pieces.iter().filter(|piece| piece.kind != pieces::Kind::Noise);
    names.map(|piece| piece.text.as_str()).collect::<Vec<_>>().join("/")
}

/// Returns whether a path has a name that may be a DUT's or a build's.
pub fn names_something(path: &str) -> bool {
    pieces::pieces(path)
        .pieces
        .iter()
        .any(|piece| matches!(piece.kind, pieces::Kind::Name | pieces::Kind::Build))
}

/// Returns distinct texts. Does not use `collect`, which sorts and so would add code for each kind
/// of set.
fn distinct<'a>(texts: &mut dyn Iterator<Item = &'a str>) -> BTreeSet<&'a str> {
    let mut distinct = BTreeSet::new();
    for text in texts {
        distinct.insert(text);
    }
    distinct
}

/// Returns the value that a person or the file names.
fn explicit(candidate: &Candidate, identity: IdentityField) -> Option<Identified> {
    if let Some(value) = candidate.overrides.get(identity) {
        return Some(Identified { value: value.clone(), evidence: evidence(Source::You, "", false) });
    }
    // A manifest names files that do not know who published them.
    let by_manifest = candidate.covers.iter().find_map(|draft| {
        claimed(draft, identity).filter(|identified| identified.evidence.source == Source::Manifest)
    });
    if by_manifest.is_some() {
        return by_manifest;
    }
    let mut drafts = std::iter::once(candidate.draft).chain(candidate.covers.iter().copied());
    drafts.find_map(|draft| claimed(draft, identity))
}

fn claimed(draft: &SessionDraft, identity: IdentityField) -> Option<Identified> {
    let claims = &draft.claims;
    let claim = claims.iter().filter(|claim| claim.axis == identity).min_by_key(|claim| claim.source)?;
    // If a session has several values, the field is ambiguous.
    let several = claims
        .iter()
        .any(|other| other.axis == identity && other.source == claim.source && other.value != claim.value);
    Some(Identified {
        value: claim.value.clone(),
        evidence: evidence(
            claim.source,
            &claim.name,
            identity == IdentityField::Dut && (several || claim.source == Source::SuiteName),
        ),
    })
}

/// Returns the properties in which files differ and that tell devices apart, though they mostly describe
/// where a whole run took place.
fn telling_fields<'a>(candidates: &[Candidate<'a>]) -> Vec<&'a str> {
    let mut first_of: BTreeMap<&str, &str> = BTreeMap::new();
    let mut telling = Vec::new();
    for candidate in candidates.iter().filter(|candidate| candidate.is_read) {
        for (name, value) in candidate.draft.properties.iter().filter(|(name, _)| tells_devices_apart(name)) {
            // A session on several platforms is on none of them.
            let is_only = only_value(candidate.draft, name).is_some();
            let first = *first_of.entry(name).or_insert(value);
            if is_only && first != value && !telling.contains(&name.as_str()) {
                telling.push(name);
            }
        }
    }
    telling
}

/// Returns the value of a property that has one only.
fn only_value<'a>(draft: &'a SessionDraft, name: &str) -> Option<&'a str> {
    let mut values =
        draft.properties.iter().filter(|(have, _)| have == name).map(|(_, value)| value.as_str());
    values.next().filter(|_| values.next().is_none())
}

/// Returns the values of these properties, which are the DUT if nothing else names it.
fn told_apart(candidate: &Candidate, telling: &[&str]) -> Option<Identified> {
    let values = || telling.iter().filter_map(|name| Some((name, only_value(candidate.draft, name)?)));
    let (name, _) = values().next()?;
    let value = values().map(|(_, value)| value.trim()).collect::<Vec<_>>().join(" ");
    let is_known = !value.is_empty() && value.len() < 200;
    is_known.then(|| Identified { value, evidence: evidence(Source::Property, name, true) })
}

fn answer(candidate: &Candidate, reading: &Reading, telling: &[&str], are_hosts_duts: bool) -> Identity {
    let from_path = |part: &Option<Part>| {
        part.as_ref().map(|part| Identified {
            value: part.text.clone(),
            evidence: evidence(part.source, &part.whole, part.doubtful),
        })
    };
    let dut = explicit(candidate, IdentityField::Dut).or_else(|| from_path(&reading.dut));
    let dut = dut.or_else(|| told_apart(candidate, telling)).or_else(|| {
        let host = candidate.draft.hostname.as_ref().filter(|_| are_hosts_duts)?;
        Some(Identified { value: host.clone(), evidence: evidence(Source::Hostname, "", true) })
    });
    let session = explicit(candidate, IdentityField::Session).unwrap_or_else(|| {
        if let Some((value, source)) = report_folder(candidate) {
            let name = value.rsplit('/').next().unwrap_or(value);
            return Identified { value: value.to_owned(), evidence: evidence(source, name, false) };
        }
        let value = match candidate.place {
            (_, 0 | 1) => reading.run.clone(),
            (place, _) => format!("{}#{}", candidate.path, place + 1),
        };
        Identified { value, evidence: evidence(Source::FileName, candidate.path, false) }
    });
    Identity {
        dut: dut.unwrap_or_else(|| Identified {
            value: "unnamed DUT".to_owned(),
            evidence: evidence(Source::Nothing, "", true),
        }),
        unit: explicit(candidate, IdentityField::Unit),
        build: explicit(candidate, IdentityField::Build).or_else(|| from_path(&reading.build)),
        session,
        attempt: reading.attempt,
    }
}

/// Returns the folder of the file's report. If it was dropped without a folder, the file name is
/// used, which files of other reports may share.
fn report_folder<'a>(candidate: &Candidate<'a>) -> Option<(&'a str, Source)> {
    let report = candidate.draft.report.as_ref()?;
    let levels = report.role.levels()?;
    let mut above = candidate.path.rsplitn(usize::from(levels) + 2, '/');
    let name = above.next()?;
    let folder = above.nth(usize::from(levels)).map(|folder| (folder, Source::Folder));
    // Files that share a folder have different names.
    let name = if levels == 0 { report.kind.split(' ').next()? } else { name };
    Some(folder.unwrap_or((name, Source::FileName)))
}

fn evidence(source: Source, name: &str, doubtful: bool) -> Evidence {
    Evidence { source, name: name.to_owned(), doubtful }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks DUT and build of each path, read together; `?` marks a guess.
    fn check(paths: &[(&str, &str)]) {
        let draft = SessionDraft::default();
        let overrides = Overrides::default();
        let candidates: Vec<Candidate> = paths
            .iter()
            .map(|(path, _)| Candidate {
                path,
                draft: &draft,
                covers: Vec::new(),
                place: (0, 1),
                is_read: true,
                overrides: &overrides,
                tests: &[],
            })
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
    fn usual_paths_alone_and_together() {
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
    fn names_that_vary_under_every_build_are_duts() {
        check(&[
            ("xml/more-itertools/8.14.0/py3.10.13.xml", "py3.10.13 8.14.0"),
            ("xml/more-itertools/8.14.0/py3.12.1.xml", "py3.12.1 8.14.0"),
            ("xml/more-itertools/9.1.0/py3.10.13.xml", "py3.10.13 9.1.0"),
        ]);
        check(&[("six/py3.12.1.report.json", "py3.12.1? –"), ("six/py3.6.15.report.json", "py3.6.15? –")]);
        check(&[
            (
                "r/v4.0.0-374-g4789820722f3/nucleo_f091rc_stm32f091xc.xml",
                "nucleo_f091rc_stm32f091xc? v4.0.0-374-g4789820722f3",
            ),
            (
                "r/v4.0.0-374-g4789820722f3/stm32f3_disco@B_stm32f303xc.xml",
                "stm32f3_disco@B_stm32f303xc? v4.0.0-374-g4789820722f3",
            ),
            ("r/748e7b6d75/reel_board.xml", "reel_board? 748e7b6d75"),
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
            ("report_kitchen_20261120-101500.xml", "kitchen? 20261120-101500"),
            ("report_hall_20261120-101500.xml", "hall? 20261120-101500"),
        ]);
        check(&[("board_a-1.4.0.xml", "board_a 1.4.0")]);
        check(&[("results/1.4.0-rc1/TEST-speaker.xml", "unnamed DUT? 1.4.0-rc1")]);
        check(&[("TEST-com.acme.AudioTest.xml", "unnamed DUT? –")]);
        check(&[("board_a/TEST-com.acme.AudioTest.xml", "board_a –")]);
        check(&[("results.xml", "unnamed DUT? –")]);
        check(&[("build-17/kitchen/junit.xml", "kitchen? build-17")]);
    }

    #[test]
    fn ambiguous_names_are_guesses() {
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
}
