//! Groups parts with the same identity into sessions.

use super::path::all_by_path;
use crate::model::{
    Counts, Dataset, DutId, FileStatus, Identified, Identity, Overlap, Part, PartId, Session, TRUNCATED,
    Timestamp,
};
use rustc_hash::FxHashMap;

/// What the parts of a session have in common. An empty build differs from a
/// missing one.
#[derive(PartialEq, Eq, Hash)]
struct SessionKey<'a> {
    dut: &'a str,
    build: Option<&'a str>,
    session: &'a str,
    /// Only for parts with repeats in other files, which repeat the results of the
    /// same unit.
    unit: Option<&'a str>,
    /// The path of a file that a person set to count separately.
    separate: Option<&'a str>,
}

/// Whether a file with this status has results.
pub fn is_read(status: FileStatus) -> bool {
    matches!(status, FileStatus::Read | FileStatus::PartlyRead)
}

/// Whether a part has results, or says at least why a run has none: then it is a session that is
/// incomplete. A file of a report that has results elsewhere is none.
pub fn has_run(data: &Dataset, part: &Part) -> bool {
    let status = data.file(part.file).status;
    let is_alone = part.draft.report.is_none() && status == FileStatus::NoResults;
    is_read(status) && !part.rows.is_empty()
        || (is_alone || is_read(status)) && part.draft.incomplete.is_some()
}

/// Groups parts into sessions.
///
/// Parts form one session if they have the same DUT, build and session name and
/// have no tests in common, or if they are repeats. Parts with a leader join its
/// session; their results do not count.
pub fn group(data: &Dataset, identities: &[Identity], leaders: &[Option<PartId>]) -> Vec<Session> {
    let mut sessions: Vec<Session> = Vec::new();
    // The session that further parts join, by key.
    let mut open: FxHashMap<SessionKey, usize> = FxHashMap::default();
    let mut session_of: Vec<Option<usize>> = vec![None; data.parts.len()];
    let mut tests = TestsOfSession::default();
    let parts = all_by_path(data);
    for &part_id in &parts {
        let part = data.part(part_id);
        let follows = leaders[part_id.index()].is_some();
        if !has_run(data, part) || follows || !data.counts(part_id) {
            continue;
        }
        let identity = &identities[part_id.index()];
        let known = open.get(&key(data, identity, part_id)).copied();
        if let Some(known) = known {
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
        open.insert(key(data, identity, part_id), sessions.len());
        session_of[part_id.index()] = Some(sessions.len());
        let mut session = new_session(identity);
        join(&mut session, data, part_id);
        sessions.push(session);
    }
    for &part_id in &parts {
        if let Some(session) = leaders[part_id.index()].and_then(|leader| session_of[leader.index()]) {
            sessions[session].parts.push(part_id);
        }
    }
    sessions
}

fn key<'a>(data: &'a Dataset, identity: &'a Identity, part: PartId) -> SessionKey<'a> {
    fn text(identified: Option<&Identified>) -> Option<&str> {
        identified.map(|identified| identified.value.as_str())
    }
    let part = data.part(part);
    let file = data.file(part.file);
    SessionKey {
        dut: &identity.dut.value,
        build: text(identity.build.as_ref()),
        session: &identity.session.value,
        unit: text(identity.unit.as_ref().filter(|_| part.draft.has_repeats_elsewhere)),
        separate: Some(file.path.as_str()).filter(|_| file.counts_alone),
    }
}

/// A session without parts. Its DUT is set when sessions are arranged.
pub fn new_session(identity: &Identity) -> Session {
    Session {
        id: identity.session.value.clone(),
        dut: DutId(0),
        identity: identity.clone(),
        parts: Vec::new(),
        covers: Vec::new(),
        started: None,
        ended: None,
        duration_s: None,
        counts: Counts::default(),
        incomplete: None,
        is_unreadable: false,
        overlap: Overlap::None,
    }
}

/// Adds a part to a session.
fn join(session: &mut Session, data: &Dataset, part_id: PartId) {
    let part = data.part(part_id);
    session.parts.push(part_id);
    session.counts.merge(&part.counts);
    let is_truncated = data.file(part.file).status == FileStatus::PartlyRead;
    session.mark_incomplete(is_truncated.then_some(TRUNCATED));
    session.mark_incomplete(part.draft.incomplete.as_deref());
    session.started = earlier(session.started, part.draft.started);
    session.ended = session.ended.max(part.draft.ended);
    let between = session.started.zip(session.ended).map(|(start, end)| end.unix_ms - start.unix_ms);
    if let Some(between) = between.filter(|&between| between >= 0) {
        session.duration_s = Some(between as f64 / 1000.0);
    } else if let Some(seconds) = part.draft.duration_s {
        *session.duration_s.get_or_insert(0.0) += seconds;
    }
}

fn earlier(a: Option<Timestamp>, b: Option<Timestamp>) -> Option<Timestamp> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

/// Applies the covers of a session's parts where the parts have no value of their own.
pub fn apply_covers(session: &mut Session, data: &Dataset, covers: &[Vec<PartId>]) {
    for &cover in session.parts.iter().flat_map(|part| &covers[part.index()]) {
        if !session.covers.contains(&cover) {
            session.covers.push(cover);
        }
    }
    for cover in session.covers.clone() {
        let draft = &data.part(cover).draft;
        session.started = session.started.or(draft.started);
        session.mark_incomplete(draft.incomplete.as_deref());
    }
}

/// The tests of one session. Parts of one session mostly follow each other, so each
/// part is visited once even if there are thousands.
#[derive(Default)]
struct TestsOfSession {
    session: Option<usize>,
    /// How many of its parts are in `seen`.
    parts: usize,
    /// By test.
    seen: Vec<bool>,
}

impl TestsOfSession {
    /// Whether `part` has a test that the session already has, so that it is a copy or
    /// a repeat, and not another share.
    fn overlap(&mut self, data: &Dataset, session: usize, parts: &[PartId], part: PartId) -> bool {
        if self.session != Some(session) {
            *self = TestsOfSession { session: Some(session), parts: 0, seen: vec![false; data.tests.len()] };
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
