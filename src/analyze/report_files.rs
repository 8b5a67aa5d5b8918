//! Reports of many files, which folders hold together: what covers say of the
//! others, and which files of a folder tell the same.

use super::natural;
use crate::import::richness;
use crate::model::{Axis, Dataset, PartId, ReportRole, ResultId, SameRun};
use std::collections::BTreeMap;

/// The covers that hold for each part, the nearest first.
pub fn covers(data: &Dataset) -> Vec<Vec<PartId>> {
    let mut of_folder: BTreeMap<(&str, &str), Vec<PartId>> = BTreeMap::new();
    for (part, kind, role) in report_files(data) {
        if role == ReportRole::Cover {
            of_folder.entry((kind, folder(data, part))).or_default().push(part);
        }
    }
    // Of several that are loose in a folder nothing tells what they are of.
    let format = |part: PartId| data.file(data.part(part).file).format;
    of_folder.retain(|_, parts| {
        parts.iter().all(|&part| parts.iter().filter(|&&other| format(other) == format(part)).count() == 1)
    });
    let mut covers = vec![Vec::new(); data.parts.len()];
    for (part, kind, role) in report_files(data) {
        let mut above = Some(folder(data, part)).filter(|_| role != ReportRole::Cover);
        while let Some(folder) = above {
            covers[part.index()].extend(of_folder.get(&(kind, folder)).into_iter().flatten().copied());
            above = match folder {
                "" => None,
                folder => Some(folder.rsplit_once('/').map_or("", |(above, _)| above)),
            };
        }
    }
    covers
}

/// Which part each follows: another format of the report tells the same in the
/// same folder, and counts. Of formats the one that tells more leads, unless
/// it has less than half of the tests of another. Parts that have no test in
/// common tell different things; and so do those of which a person named the session.
pub fn leaders(data: &Dataset) -> Vec<Option<PartId>> {
    let mut of_folder: BTreeMap<(&str, &str), Vec<PartId>> = BTreeMap::new();
    for (part, kind, role) in report_files(data) {
        let is_named = data.part(part).said.get(Axis::Session).is_some();
        if role != ReportRole::Cover && !data.part(part).rows.is_empty() && !is_named {
            of_folder.entry((kind, folder(data, part))).or_default().push(part);
        }
    }
    let format = |part: PartId| data.file(data.part(part).file).format;
    let mut leaders = vec![None; data.parts.len()];
    for mut parts in of_folder.into_values().filter(|parts| parts.len() > 1) {
        // Loose files of several runs: nothing tells which belong together.
        let is_told_twice =
            |&part: &PartId| parts.iter().any(|&other| other != part && format(other) == format(part));
        if parts.iter().any(is_told_twice) {
            continue;
        }
        let results = |part: PartId| data.part(part).counts.results();
        let most = parts.iter().map(|&part| results(part)).max().unwrap_or(0);
        let rank = |part: PartId| (results(part) * 2 >= most, richness(format(part)));
        natural::sort(&mut parts, |&a, &b| rank(b).cmp(&rank(a)));
        let leader = parts[0];
        for &part in &parts[1..] {
            if !common(data, leader, part).is_empty() {
                leaders[part.index()] = Some(leader);
            }
        }
    }
    leaders
}

/// Results of one part, each with the other's of the same name: formats may
/// differ in what they know of a test's suite.
pub fn common(data: &Dataset, leader: PartId, part: PartId) -> Vec<(ResultId, ResultId)> {
    let name = |result: ResultId| data.tests.name(data.test_of(result));
    let rows = |part: PartId| data.part(part).rows.clone().map(ResultId);
    let mut by_name: BTreeMap<&str, ResultId> = BTreeMap::new();
    for result in rows(leader) {
        by_name.insert(name(result), result);
    }
    rows(part).filter_map(|result| Some((*by_name.get(name(result))?, result))).collect()
}

/// What there is to say of a part that follows.
pub fn same_run(data: &Dataset, leader: PartId, part: PartId) -> SameRun {
    let common = common(data, leader, part);
    let agree = common.iter().filter(|(a, b)| data.outcome(*a) == data.outcome(*b)).count();
    SameRun { parts: vec![part], with: leader, common: common.len() as u32, agree: agree as u32, adds: 0 }
}

fn report_files(data: &Dataset) -> impl Iterator<Item = (PartId, &str, ReportRole)> {
    let parts = data.parts.iter().enumerate();
    parts.filter_map(|(part, known)| {
        let report = known.draft.report.as_ref()?;
        Some((PartId::from(part), report.kind.as_str(), report.role))
    })
}

fn folder(data: &Dataset, part: PartId) -> &str {
    let path = data.file(data.part(part).file).path.as_str();
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}
