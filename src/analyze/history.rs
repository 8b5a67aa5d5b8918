//! Sessions and DUTs out of the parts that files gave.

use super::natural;
use super::numbers::Numbers;
use super::report_files::{add_asides, covers, leaders, same_run};
use super::same_run::{join_same_runs, settle};
use crate::import::identify::{Candidate, identify};
use crate::model::{
    Dataset, Dut, DutId, FileStatus, History, Identified, Identity, Overlap, PartId, Session, SessionId,
    Source,
};

/// Groups parts into sessions and sessions into DUTs, in time order.
///
/// Parts are one session if they name the same DUT, build and session, and no
/// test twice but for repeats; and if they tell the same run in several formats.
/// What the cover of a report says holds for its parts, where they do not say it
/// themselves. The result depends on the set of files, not on their order.
pub fn history(data: &Dataset) -> History {
    let covers = covers(data);
    let leaders = leaders(data);
    let candidates: Vec<Candidate> = data
        .parts
        .iter()
        .zip(&covers)
        .map(|(part, covers)| {
            let file = data.file(part.file);
            Candidate {
                path: &file.path,
                draft: &part.draft,
                covers: covers.iter().map(|&cover| &data.part(cover).draft).collect(),
                place: part.place,
                // An archive is read, and its path tells nothing of its own.
                is_read: is_read(file.status) && !part.rows.is_empty() && !file.is_removed,
                overrides: &part.overrides,
            }
        })
        .collect();
    let identities = identify(&candidates);
    let mut sessions = group(data, &identities, &leaders);
    for session in &mut sessions {
        hold(session, data, &covers);
    }
    add_asides(data, &mut sessions);
    let (mut sessions, same_runs) = join_same_runs(data, sessions);
    add_unreadable(data, &identities, &mut sessions);
    let mut history = arrange(data, sessions, identities);
    history.same_runs = same_runs;
    let followers = leaders.iter().zip(0..).filter_map(|(leader, part)| Some(((*leader)?, PartId(part))));
    history.same_runs.extend(followers.map(|(leader, part)| same_run(data, leader, part)));
    settle(data, &leaders, &mut history);
    history
}

/// What covers say holds for a session, where its parts do not say it themselves.
fn hold(session: &mut Session, data: &Dataset, covers: &[Vec<PartId>]) {
    for &cover in session.parts.iter().flat_map(|part| &covers[part.index()]) {
        if !session.covers.contains(&cover) {
            session.covers.push(cover);
        }
    }
    for &cover in &session.covers {
        let draft = &data.part(cover).draft;
        session.started = session.started.or(draft.started);
        session.is_partial |= draft.broke_off;
    }
}

fn is_read(status: FileStatus) -> bool {
    matches!(status, FileStatus::Read | FileStatus::PartlyRead)
}

/// Parts in the order of their paths, so that the order of dropping is none.
fn by_path(data: &Dataset) -> Vec<PartId> {
    let mut parts: Vec<PartId> = (0..data.parts.len()).map(PartId::from).collect();
    natural::sort(&mut parts, |&a, &b| {
        let key = |part: PartId| (data.file(data.part(part).file).path.as_str(), data.part(part).place.0);
        let ((path_a, place_a), (path_b, place_b)) = (key(a), key(b));
        natural::compare(path_a, path_b).then(place_a.cmp(&place_b)).then(a.cmp(&b))
    });
    parts
}

fn group(data: &Dataset, identities: &[Identity], leaders: &[Option<PartId>]) -> Vec<Session> {
    let mut sessions: Vec<Session> = Vec::new();
    let mut keys = Numbers::default();
    // By key: the session that further parts join.
    let mut open: Vec<usize> = Vec::new();
    let mut session_of: Vec<Option<usize>> = vec![None; data.parts.len()];
    let mut tests = TestsOf::default();
    let parts = by_path(data);
    for &part_id in &parts {
        let part = data.part(part_id);
        let follows = leaders[part_id.index()].is_some();
        if !is_read(data.file(part.file).status) || part.rows.is_empty() || follows || !data.counts(part_id) {
            continue;
        }
        let identity = &identities[part_id.index()];
        // No build, and one without a name, are different.
        fn text(identified: Option<&Identified>) -> (&str, &str) {
            identified.map_or(("", ""), |have| ("1", &have.value))
        }
        // Repeats are of one specimen: another one's are no repeats of it.
        let unit = text(identity.unit.as_ref().filter(|_| part.draft.has_repeats_elsewhere));
        let build = text(identity.build.as_ref());
        let (dut, session) = (&identity.dut.value, &identity.session.value);
        // A person may want a file to be a session of its own.
        let file = data.file(part.file);
        let alone = if file.counts_alone { file.path.as_str() } else { "" };
        let key = keys.of(&[dut, build.0, build.1, session, unit.0, unit.1, alone]);
        if let Some(&known) = open.get(key) {
            let session = &mut sessions[known];
            let overlaps = tests.overlap(data, known, &session.parts, part_id);
            let repeats = |&part: &PartId| data.part(part).draft.has_repeats_elsewhere;
            if !overlaps || repeats(&part_id) && session.parts.iter().all(repeats) {
                join(session, data, part_id);
                session_of[part_id.index()] = Some(known);
                if overlaps {
                    session.overlap = Overlap::Repeats;
                }
                continue;
            }
        }
        open.resize(keys.len(), 0);
        open[key] = sessions.len();
        sessions.push(Session {
            id: identity.session.value.clone(),
            dut: DutId(0),
            identity: identity.clone(),
            parts: Vec::new(),
            covers: Vec::new(),
            started: None,
            ended: None,
            duration_s: None,
            counts: Default::default(),
            is_partial: false,
            is_unreadable: false,
            overlap: Overlap::None,
        });
        let last = sessions.len() - 1;
        join(&mut sessions[last], data, part_id);
        session_of[part_id.index()] = Some(last);
    }
    for &part_id in &parts {
        if let Some(session) = leaders[part_id.index()].and_then(|leader| session_of[leader.index()]) {
            sessions[session].parts.push(part_id);
        }
    }
    sessions
}

fn join(session: &mut Session, data: &Dataset, part_id: PartId) {
    let part = data.part(part_id);
    session.parts.push(part_id);
    session.counts.merge(&part.counts);
    session.is_partial |= data.file(part.file).status == FileStatus::PartlyRead || part.draft.broke_off;
    session.started = match (session.started, part.draft.started) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    };
    session.ended = session.ended.max(part.draft.ended);
    let between = session.started.zip(session.ended).map(|(start, end)| end.unix_ms - start.unix_ms);
    if let Some(between) = between.filter(|&between| between >= 0) {
        session.duration_s = Some(between as f64 / 1000.0);
    } else if let Some(seconds) = part.draft.duration_s {
        *session.duration_s.get_or_insert(0.0) += seconds;
    }
}

/// The tests of one session. Its parts mostly follow each other: where there are thousands,
/// each is looked at once.
#[derive(Default)]
struct TestsOf {
    session: Option<usize>,
    /// How many parts of it were looked at.
    parts: usize,
    /// By test.
    seen: Vec<bool>,
}

impl TestsOf {
    /// A test of `part` is in the session already: it is a copy, not another share.
    fn overlap(&mut self, data: &Dataset, session: usize, parts: &[PartId], part: PartId) -> bool {
        if self.session != Some(session) {
            *self = TestsOf { session: Some(session), parts: 0, seen: vec![false; data.tests.len()] };
        }
        let rows =
            |part: PartId| data.part(part).rows.clone().map(|row| data.results.test[row as usize].index());
        for &have in &parts[self.parts..] {
            rows(have).for_each(|test| self.seen[test] = true);
        }
        self.parts = parts.len();
        rows(part).any(|test| self.seen[test])
    }
}

/// A file that cannot be read tells of a session if its path has the shape of
/// those that can be read, and names a DUT that has no other session: then the
/// grid shows the DUT, and why it has no results. A file that merely lies beside
/// others tells nothing.
fn add_unreadable(data: &Dataset, identities: &[Identity], sessions: &mut Vec<Session>) {
    let has_readable_sibling = |part: PartId| {
        let identity = &identities[part.index()];
        let (folder, file) = split_path(&data.file(data.part(part).file).path);
        let is_sibling = |(other_folder, other_file): (&str, &str)| match identity.dut.evidence.source {
            Source::FileName => {
                identity.build.is_some() && folder == other_folder && ending(file) == ending(other_file)
            }
            Source::Folder => {
                file == other_file && folder.matches('/').count() == other_folder.matches('/').count()
            }
            _ => false,
        };
        data.ledger().any(|(_, file)| is_read(file.status) && is_sibling(split_path(&file.path)))
    };
    for part_id in by_path(data) {
        let identity = &identities[part_id.index()];
        let status = data.file(data.part(part_id).file).status;
        let is_known = sessions.iter().any(|session| session.identity.dut.value == identity.dut.value);
        if status != FileStatus::Unreadable
            || identity.dut.evidence.doubtful
            || is_known
            || !data.counts(part_id)
            || !has_readable_sibling(part_id)
        {
            continue;
        }
        sessions.push(Session {
            id: identity.session.value.clone(),
            dut: DutId(0),
            identity: identity.clone(),
            parts: vec![part_id],
            covers: Vec::new(),
            started: None,
            ended: None,
            duration_s: None,
            counts: Default::default(),
            is_partial: false,
            is_unreadable: true,
            overlap: Overlap::None,
        });
    }
}

/// Folder and file name.
fn split_path(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

/// What stands behind the last point of a file's name.
fn ending(file: &str) -> Option<&str> {
    file.rsplit_once('.').map(|(_, ending)| ending)
}

/// Sorts, numbers and makes ids unique.
fn arrange(data: &Dataset, sessions: Vec<Session>, identities: Vec<Identity>) -> History {
    let mut duts = Numbers::default();
    let mut by_dut: Vec<Vec<Session>> = Vec::new();
    for session in sessions {
        let dut = duts.of(&[&session.identity.dut.value]);
        by_dut.resize_with(duts.len(), Vec::new);
        by_dut[dut].push(session);
    }
    natural::sort(&mut by_dut, |a, b| {
        let name = |sessions: &[Session]| sessions[0].identity.dut.value.clone();
        natural::compare(&name(a), &name(b))
    });
    let mut history = History { session_of: vec![None; data.parts.len()], identities, ..History::default() };
    for mut of_dut in by_dut {
        let name = of_dut[0].identity.dut.value.clone();
        in_time_order(&mut of_dut);
        make_ids_unique(&mut of_dut);
        let mut dut = Dut { name, unit: None, attributes: Vec::new(), sessions: Vec::new() };
        for mut session in of_dut {
            let id = SessionId::from(history.sessions.len());
            session.dut = DutId::from(history.duts.len());
            dut.sessions.push(id);
            dut.unit = session.identity.unit.as_ref().map(|unit| unit.value.clone()).or(dut.unit);
            for &part in &session.parts {
                history.session_of[part.index()] = Some(id);
            }
            for &part in session.covers.iter().chain(&session.parts) {
                for (key, value) in &data.part(part).draft.attributes {
                    dut.attributes.retain(|(have, _)| have != key);
                    dut.attributes.push((key.clone(), value.clone()));
                }
            }
            history.sessions.push(session);
        }
        natural::sort(&mut dut.attributes, |a, b| a.cmp(b));
        history.duts.push(dut);
    }
    history
}

/// By start where all sessions have one, else by build, then start.
fn in_time_order(sessions: &mut [Session]) {
    let all_started = sessions.iter().all(|session| session.started.is_some());
    natural::sort(sessions, |a, b| {
        let start = a.started.cmp(&b.started);
        let build = natural::compare(a.build().unwrap_or(""), b.build().unwrap_or(""));
        let id = natural::compare(&a.id, &b.id);
        if all_started { start.then(build).then(id) } else { build.then(start).then(id) }
    });
}

fn make_ids_unique(sessions: &mut [Session]) {
    let mut ids = Numbers::default();
    let mut counts: Vec<u32> = Vec::new();
    for session in sessions {
        let id = ids.of(&[&session.id]);
        counts.resize(ids.len(), 0);
        let count = &mut counts[id];
        *count += 1;
        if *count > 1 {
            session.id = format!("{}#{count}", session.id);
        }
    }
}
