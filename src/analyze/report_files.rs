//! Reports of many files, which folders hold together: what covers say of the
//! others, and which files of a folder tell the same.

use super::natural;
use super::numbers::Numbers;
use crate::import::richness;
use crate::model::{Dataset, PartId, ReportRole, ResultId, SameRun, Session};

/// The covers that hold for each part, the nearest first.
pub fn covers(data: &Dataset) -> Vec<Vec<PartId>> {
    let (folders, mut of_folder) = by_folder(data, |_, role| role == ReportRole::Cover);
    // What stands first counts, whatever was dropped first.
    of_folder.iter_mut().for_each(|parts| by_path(data, parts));
    // Of several that are loose in a folder nothing tells what they are of.
    for parts in &mut of_folder {
        if has_a_format_twice(data, parts) {
            parts.clear();
        }
    }
    let mut covers = vec![Vec::new(); data.parts.len()];
    for (part, kind, role) in report_files(data) {
        let mut above = Some(folder(data, part)).filter(|_| role != ReportRole::Cover);
        while let Some(folder) = above {
            let here = folders.get(&[kind, folder]).map(|folder| &of_folder[folder]);
            covers[part.index()].extend(here.into_iter().flatten().copied());
            above = match folder {
                "" => None,
                folder => Some(folder.rsplit_once('/').map_or("", |(above, _)| above)),
            };
        }
    }
    covers
}

/// Which part each follows: another file of the report tells the same in the
/// same folder, and counts. Of formats the one that tells more leads, unless
/// it has less than half of the tests of another; a digest leads other digests
/// only. Parts that have no test in common tell different things, but for
/// digests; and so do those of which a person said that they count by themselves.
pub fn leaders(data: &Dataset) -> Vec<Option<PartId>> {
    let (_, of_folder) = by_folder(data, |part, role| {
        role.levels().is_some() && !data.part(part).rows.is_empty() && !data.is_parted(part)
    });
    let file = |part: PartId| data.file(data.part(part).file);
    let is_digest = |part: PartId| {
        let report = data.part(part).draft.report.as_ref();
        report.is_some_and(|report| matches!(report.role, ReportRole::Digest { .. }))
    };
    let mut leaders = vec![None; data.parts.len()];
    for mut parts in of_folder {
        // Loose files of several runs: nothing tells which belong together.
        if parts.len() < 2 || has_a_format_twice(data, &parts) {
            continue;
        }
        let results = |part: PartId| data.part(part).counts.results();
        let of_shares = parts.iter().filter(|&&part| !is_digest(part)).map(|&part| results(part));
        let most = of_shares.max().unwrap_or(0);
        let rank = |part: PartId| (!is_digest(part), results(part) * 2 >= most, richness(file(part).format));
        natural::sort(&mut parts, |&a, &b| {
            let by_path = || natural::compare(&file(a).path, &file(b).path);
            rank(b).cmp(&rank(a)).then_with(by_path).then(a.cmp(&b))
        });
        let leader = parts[0];
        for &part in &parts[1..] {
            if is_digest(part) || !common(data, leader, part).is_empty() {
                leaders[part.index()] = Some(leader);
            }
        }
    }
    leaders
}

/// Gives the texts of a report that stand in files of their own to the sessions
/// whose results lie in the same folder.
pub fn add_asides(data: &Dataset, sessions: &mut [Session]) {
    let (folders, of_folder) =
        by_folder(data, |part, role| role == ReportRole::Aside && !data.part(part).draft.texts.is_empty());
    if of_folder.is_empty() {
        return;
    }
    for session in sessions {
        let mut told = vec![false; of_folder.len()];
        for &part in &session.parts {
            let kind = data.part(part).draft.report.as_ref().map(|report| report.kind.as_str());
            let found = kind.and_then(|kind| folders.get(&[kind, folder(data, part)]));
            if let Some(folder) = found.filter(|&folder| !std::mem::replace(&mut told[folder], true)) {
                let mut asides = of_folder[folder].clone();
                by_path(data, &mut asides);
                session.covers.extend(asides);
            }
        }
    }
}

/// Results of one part, each with the other's of the same name: formats may
/// differ in what they know of a test's suite.
pub fn common(data: &Dataset, leader: PartId, part: PartId) -> Vec<(ResultId, ResultId)> {
    let name = |result: ResultId| data.tests.name(data.test_of(result));
    let rows = |part: PartId| data.part(part).rows.clone().map(ResultId);
    let mut names = Numbers::default();
    let mut by_name: Vec<ResultId> = Vec::new();
    for result in rows(leader) {
        let name = names.of(&[name(result)]);
        by_name.resize(names.len(), result);
        by_name[name] = result;
    }
    rows(part).filter_map(|result| Some((by_name[names.get(&[name(result)])?], result))).collect()
}

/// What there is to say of a part that follows.
pub fn same_run(data: &Dataset, leader: PartId, part: PartId) -> SameRun {
    let common = common(data, leader, part);
    let agree = common.iter().filter(|(a, b)| data.outcome(*a) == data.outcome(*b)).count();
    SameRun { parts: vec![part], with: leader, common: common.len() as u32, agree: agree as u32, adds: 0 }
}

/// Files of reports in each folder, by their kind of report and the folder.
fn by_folder(data: &Dataset, is_meant: impl Fn(PartId, ReportRole) -> bool) -> (Numbers, Vec<Vec<PartId>>) {
    let (mut folders, mut parts) = (Numbers::default(), Vec::new());
    for (part, kind, role) in report_files(data) {
        if is_meant(part, role) {
            let folder = folders.of(&[kind, folder(data, part)]);
            parts.resize_with(folders.len(), Vec::new);
            parts[folder].push(part);
        }
    }
    (folders, parts)
}

fn by_path(data: &Dataset, parts: &mut [PartId]) {
    let path = |part: PartId| data.file(data.part(part).file).path.as_str();
    natural::sort(parts, |&a, &b| natural::compare(path(a), path(b)));
}

/// Two parts of one format that are not of one run: a report may have several
/// files of a format, which then say that they began at the same moment.
fn has_a_format_twice(data: &Dataset, parts: &[PartId]) -> bool {
    let format = |part: PartId| data.file(data.part(part).file).format;
    let started = |part: PartId| data.part(part).draft.started;
    let is_other = |a: PartId, b: PartId| {
        a != b && format(a) == format(b) && (started(a).is_none() || started(a) != started(b))
    };
    parts.iter().any(|&part| parts.iter().any(|&other| is_other(other, part)))
}

fn report_files(data: &Dataset) -> impl Iterator<Item = (PartId, &str, ReportRole)> {
    let parts = data.parts.iter().enumerate();
    parts.filter_map(|(part, known)| {
        let report = known.draft.report.as_ref()?;
        let part = PartId::from(part);
        data.counts(part).then_some((part, report.kind.as_str(), report.role))
    })
}

fn folder(data: &Dataset, part: PartId) -> &str {
    let path = data.file(data.part(part).file).path.as_str();
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}
