//! Reports of many files that share folders: covers, which describe the other files,
//! and files with the same results as another one.

use super::path::{folder, path, sort_by_path};
use crate::analyze::natural;
use crate::import::richness;
use crate::model::{Dataset, PartId, ReportRole, ResultId, SameRun, Session};
use crate::text::order::Order;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// Parts by kind of report and folder, both in order.
type ByFolder<'a> = BTreeMap<(&'a str, &'a str), Vec<PartId>>;

/// Returns, by part, the covers that apply to it, nearest folder first. A cover
/// applies to the files of its report in its own folder and below.
pub fn covers(data: &Dataset) -> Vec<Vec<PartId>> {
    let mut by_folder = by_folder(data, |_, role| role == ReportRole::Cover);
    for parts in by_folder.values_mut() {
        // Sorted, so that the order of dropping does not matter.
        sort_by_path(data, parts);
        // With several loose covers in one folder, it is unknown which files they describe.
        if has_a_format_twice(data, parts) {
            parts.clear();
        }
    }
    let mut covers = vec![Vec::new(); data.parts.len()];
    for (part, kind, role) in report_files(data) {
        let mut above = Some(folder(data, part)).filter(|_| role != ReportRole::Cover);
        while let Some(folder) = above {
            covers[part.index()].extend(by_folder.get(&(kind, folder)).into_iter().flatten().copied());
            above = match folder {
                "" => None,
                folder => Some(folder.rsplit_once('/').map_or("", |(above, _)| above)),
            };
        }
    }
    covers
}

/// Returns, by part, its leader: another file of the same report and folder that has
/// the same results. The leader's results count, those of the part do not.
///
/// The richest format leads, unless it has less than half as many tests as
/// another one. A digest (a summary or plan) leads other digests only. Parts
/// without a common test are unrelated, except for digests. Parts that a person
/// set to count separately have no leader.
pub fn leaders(data: &Dataset) -> Vec<Option<PartId>> {
    let by_folder = by_folder(data, |part, role| {
        role.levels().is_some() && !data.part(part).rows.is_empty() && !data.is_parted(part)
    });
    let is_digest = |part: PartId| {
        let report = data.part(part).draft.report.as_ref();
        report.is_some_and(|report| matches!(report.role, ReportRole::Digest { .. }))
    };
    let mut leaders = vec![None; data.parts.len()];
    for mut parts in by_folder.into_values() {
        // With loose files of several runs, it is unknown which belong together.
        if parts.len() < 2 || has_a_format_twice(data, &parts) {
            continue;
        }
        let results = |part: PartId| data.part(part).counts.results();
        let of_shares = parts.iter().filter(|&&part| !is_digest(part)).map(|&part| results(part));
        let most = of_shares.max().unwrap_or(0);
        let format = |part: PartId| data.file(data.part(part).file).format;
        let rank = |part: PartId| (!is_digest(part), results(part) * 2 >= most, richness(format(part)));
        parts.order_by(|&a, &b| {
            let by_path = || natural::compare(path(data, a), path(data, b));
            rank(b).cmp(&rank(a)).then_with(by_path).then(a.cmp(&b))
        });
        let leader = parts[0];
        let file = |part: PartId| data.part(part).file;
        for &part in parts[1..].iter().filter(|&&part| file(part) != file(leader)) {
            if is_digest(part) || !common_results(data, leader, part).is_empty() {
                leaders[part.index()] = Some(leader);
            }
        }
    }
    leaders
}

/// Adds asides (files of a report that have texts and no results) to the sessions
/// that have results in the same folder.
pub fn add_asides(data: &Dataset, sessions: &mut [Session]) {
    let mut by_folder =
        by_folder(data, |part, role| role == ReportRole::Aside && !data.part(part).draft.texts.is_empty());
    by_folder.values_mut().for_each(|parts| sort_by_path(data, parts));
    if by_folder.is_empty() {
        return;
    }
    for session in sessions {
        let mut added: Vec<(&str, &str)> = Vec::new();
        for &part in &session.parts {
            let Some(report) = data.part(part).draft.report.as_ref() else {
                continue;
            };
            let key = (report.kind.as_str(), folder(data, part));
            if let Some(asides) = by_folder.get(&key).filter(|_| !added.contains(&key)) {
                added.push(key);
                session.covers.extend(asides);
            }
        }
    }
}

/// Returns pairs of results of `leader` and `part` with the same test name. Suites
/// are not compared, because formats differ in what they record about suites.
pub fn common_results(data: &Dataset, leader: PartId, part: PartId) -> Vec<(ResultId, ResultId)> {
    let name = |result: ResultId| data.tests.name(data.test_of(result));
    let rows = |part: PartId| data.part(part).rows.clone().map(ResultId);
    let by_name: FxHashMap<&str, ResultId> = rows(leader).map(|result| (name(result), result)).collect();
    rows(part).filter_map(|result| Some((*by_name.get(name(result))?, result))).collect()
}

/// Compares a part with its leader.
pub fn same_run(data: &Dataset, leader: PartId, part: PartId) -> SameRun {
    let common = common_results(data, leader, part);
    let agree = common.iter().filter(|(a, b)| data.outcome(*a) == data.outcome(*b)).count();
    SameRun { parts: vec![part], with: leader, common: common.len() as u32, agree: agree as u32, adds: 0 }
}

/// Returns the files of reports that `is_meant` selects, by folder.
fn by_folder(data: &Dataset, is_meant: impl Fn(PartId, ReportRole) -> bool) -> ByFolder<'_> {
    let mut by_folder = ByFolder::new();
    for (part, kind, role) in report_files(data) {
        if is_meant(part, role) {
            by_folder.entry((kind, folder(data, part))).or_default().push(part);
        }
    }
    by_folder
}

/// Whether two parts have the same format but belong to different runs. Several
/// files of one run and format have the same start.
fn has_a_format_twice(data: &Dataset, parts: &[PartId]) -> bool {
    let format = |part: PartId| data.file(data.part(part).file).format;
    let started = |part: PartId| data.part(part).draft.started;
    let is_other = |a: PartId, b: PartId| {
        a != b && format(a) == format(b) && (started(a).is_none() || started(a) != started(b))
    };
    parts.iter().any(|&part| parts.iter().any(|&other| is_other(other, part)))
}

/// Returns the parts that belong to a report of many files, with its kind and their role.
fn report_files(data: &Dataset) -> impl Iterator<Item = (PartId, &str, ReportRole)> {
    let parts = data.parts.iter().enumerate();
    parts.filter_map(|(part, known)| {
        let report = known.draft.report.as_ref()?;
        let part = PartId::from(part);
        data.counts(part).then_some((part, report.kind.as_str(), report.role))
    })
}
