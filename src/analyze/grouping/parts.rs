//! Groups parts with the same identity into sessions.

use super::merged::merged;
use super::path::{all_by_path, folder, path};
use crate::import::identify::folder_before_attempt;
use crate::model::{
    Counts, Dataset, DutId, FileStatus, Identified, Identity, Overlap, Part, PartId, Session, Source,
    TRUNCATED, TestId, Timestamp,
};
use crate::text::order::Order;
use rustc_hash::{FxHashMap, FxHashSet};

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
    /// Only for parts whose session the path names: files in other formats may tell the same.
    format: &'a str,
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
/// Parts of one DUT, build and run form one session if they have different tests, or if they are
/// repeats or attempts. A part that repeats most of its tests from the previous session begins the next
/// session. Parts with a leader join its session; their results do not count.
pub fn group(data: &Dataset, identities: &[Identity], leaders: &[Option<PartId>]) -> Vec<Session> {
    let counts =
        |part: PartId| has_run(data, data.part(part)) && leaders[part.index()].is_none() && data.counts(part);
    let parts = all_by_path(data);
    let (attempts, plain): (Vec<PartId>, Vec<PartId>) = parts
        .iter()
        .copied()
        .filter(|&part| counts(part))
        .partition(|&part| is_attempt(data, identities, part));
    let mut grouping = Grouping {
        data,
        identities,
        sessions: Vec::new(),
        session_of: vec![None; data.parts.len()],
        by_folder: FxHashMap::default(),
    };
    for parts in by_key(data, identities, &plain) {
        grouping.chain(&parts);
    }
    grouping.add_attempts(&attempts);
    let Grouping { mut sessions, session_of, .. } = grouping;
    for &part in &parts {
        if let Some(session) = leaders[part.index()].and_then(|leader| session_of[leader.index()]) {
            sessions[session].parts.push(part);
        }
    }
    sessions
}

/// Whether the path of a part marks it as an attempt of other files' tests.
pub fn is_attempt(data: &Dataset, identities: &[Identity], part: PartId) -> bool {
    identities[part.index()].attempt != 0 && is_named_by_path(data, identities, part)
}

/// Whether only the path tells which session a part belongs to.
fn is_named_by_path(data: &Dataset, identities: &[Identity], part: PartId) -> bool {
    let session = &identities[part.index()].session.evidence;
    session.source == Source::FileName && session.name == path(data, part) && !data.is_parted(part)
}

/// Returns parts with the same key together, in order of time if all have one, else of path.
fn by_key(data: &Dataset, identities: &[Identity], parts: &[PartId]) -> Vec<Vec<PartId>> {
    let mut place_of: FxHashMap<SessionKey, usize> = FxHashMap::default();
    let mut groups: Vec<Vec<PartId>> = Vec::new();
    for &part in parts {
        let place = *place_of.entry(key(data, identities, part)).or_insert(groups.len());
        if place == groups.len() {
            groups.push(Vec::new());
        }
        groups[place].push(part);
    }
    for group in &mut groups {
        let start = |part: &PartId| data.part(*part).draft.started;
        let is_named = |part: &PartId| is_named_by_path(data, identities, *part);
        if group.iter().all(|part| start(part).is_some() && is_named(part)) {
            group.order_by_key(start);
        }
    }
    groups
}

/// Sessions while they are formed.
struct Grouping<'a> {
    data: &'a Dataset,
    identities: &'a [Identity],
    sessions: Vec<Session>,
    session_of: Vec<Option<usize>>,
    /// The last session with a file in a folder, by DUT, build and folder.
    by_folder: FxHashMap<FolderKey<'a>, usize>,
}

/// DUT, build and folder.
type FolderKey<'a> = (&'a str, Option<&'a str>, &'a str);

impl<'a> Grouping<'a> {
    /// Forms sessions of parts with the same key, in their order.
    fn chain(&mut self, parts: &[PartId]) {
        let data = self.data;
        let mut seen: FxHashSet<TestId> = FxHashSet::default();
        let mut has_session = false;
        let repeats = |part: PartId| data.part(part).draft.has_repeats_elsewhere;
        let is_named = parts.first().is_some_and(|&part| !is_named_by_path(data, self.identities, part));
        let merged = if is_named { FxHashSet::default() } else { merged(data, parts) };
        let mut left = parts.iter().filter(|part| !merged.contains(part)).peekable();
        while let Some(&part) = left.next() {
            let rows = data.part(part).rows.clone();
            let tests = || rows.clone().map(|row| data.results.test[row as usize]);
            let common = tests().filter(|test| seen.contains(test)).count();
            let are_repeats = repeats(part)
                && self
                    .sessions
                    .last()
                    .is_some_and(|session| session.parts.iter().all(|&have| repeats(have)));
            // Files of one run may have a few names in common.
            let most = rows.len() / 2;
            if !has_session || common > most && !are_repeats {
                self.sessions.push(new_session(&self.identities[part.index()]));
                seen.clear();
                has_session = true;
            } else if let Some(session) = self.sessions.last_mut().filter(|_| common > 0) {
                if are_repeats {
                    session.overlap = Overlap::Repeats;
                } else {
                    session.has_equal_names = true;
                }
            }
            self.join(self.sessions.len() - 1, part);
            if left.peek().is_some() {
                seen.extend(tests());
            }
        }
        for &part in parts.iter().filter(|part| merged.contains(part)) {
            self.sessions.push(new_session(&self.identities[part.index()]));
            self.join(self.sessions.len() - 1, part);
        }
    }

    fn join(&mut self, session: usize, part: PartId) {
        join(&mut self.sessions[session], self.data, part);
        self.session_of[part.index()] = Some(session);
        let key = self.folder_key(part, folder(self.data, part));
        self.by_folder.insert(key, session);
    }

    fn folder_key<'b>(&self, part: PartId, folder: &'b str) -> FolderKey<'b>
    where
        'a: 'b,
    {
        let identity = &self.identities[part.index()];
        let build = identity.build.as_ref().map(|build| build.value.as_str());
        (&identity.dut.value, build, folder)
    }

    /// Adds attempts to the session of the files beside or above them.
    fn add_attempts(&mut self, attempts: &[PartId]) {
        let mut left = Vec::new();
        for &part in attempts {
            let above = std::iter::successors(Some(folder(self.data, part)), |folder| {
                folder.rsplit_once('/').map(|(above, _)| above)
            });
            let mut above = above.take(LEVELS_OF_ATTEMPTS);
            let session_in = |folder: &str| self.by_folder.get(&self.folder_key(part, folder)).copied();
            let found = above.find_map(|folder| {
                session_in(folder).or_else(|| session_in(&folder_before_attempt(folder)?))
            });
            match found {
                Some(session) => {
                    self.sessions[session].overlap = Overlap::Repeats;
                    self.join(session, part);
                }
                None => left.push(part),
            }
        }
        // Attempts without the file that they belong to.
        for parts in by_key(self.data, self.identities, &left) {
            self.sessions.push(new_session(&self.identities[parts[0].index()]));
            let session = self.sessions.len() - 1;
            self.sessions[session].overlap = Overlap::Repeats;
            parts.iter().for_each(|&part| self.join(session, part));
        }
    }
}

/// How far above an attempt the file of its run may be: `Retries/<id>/<number>`.
const LEVELS_OF_ATTEMPTS: usize = 4;

/// Files of one session whose times are further apart than this may be different runs.
const APART_MS: i64 = 3_600_000;

/// Names the sessions that only paths name: by their file, the folder of their files, or what the
/// names of their files have in common.
pub fn name_by_paths(data: &Dataset, identities: &mut [Identity], sessions: &mut [Session]) {
    let is_named = |identities: &[Identity], part: PartId| {
        data.part(part).place.1 <= 1
            && identities[part.index()].session.evidence.source == Source::FileName
            && identities[part.index()].session.evidence.name == path(data, part)
    };
    for part in (0..data.parts.len()).map(PartId::from) {
        if is_named(identities, part) {
            path(data, part).clone_into(&mut identities[part.index()].session.value);
        }
    }
    for session in sessions {
        let Some((&first, rest)) = session.parts.split_first() else {
            continue;
        };
        if !is_named(identities, first) {
            continue;
        }
        let name =
            rest.iter().fold(path(data, first).to_owned(), |name, &part| common(&name, path(data, part)));
        let name = match name.rsplit_once('/') {
            Some((folder, _)) if !rest.is_empty() => folder.to_owned(),
            _ => name,
        };
        let evidence = &mut session.identity.session.evidence;
        evidence.doubtful = are_apart(data, &session.parts);
        if !rest.is_empty() {
            evidence.name.clone_from(&name);
        }
        session.id.clone_from(&name);
        session.identity.session.value = name;
        for part in &session.parts {
            identities[part.index()].session.clone_from(&session.identity.session);
        }
    }
}

/// Returns what two paths have in common: `a/TEST-*.xml`.
fn common(name: &str, path: &str) -> String {
    if name == path {
        return name.to_owned();
    }
    let (head, tail) = name.split_once('*').unwrap_or((name, name));
    let same = head.bytes().zip(path.bytes()).take_while(|(a, b)| a == b).count();
    let head = (0..=same).rev().find_map(|end| head.get(..end)).unwrap_or("");
    let rest = path.get(head.len()..).unwrap_or("");
    let same = tail.bytes().rev().zip(rest.bytes().rev()).take_while(|(a, b)| a == b).count();
    let tail = (0..=same).rev().find_map(|len| tail.get(tail.len().checked_sub(len)?..)).unwrap_or("");
    format!("{head}*{tail}")
}

/// Whether some parts started more than an hour after the others.
fn are_apart(data: &Dataset, parts: &[PartId]) -> bool {
    let mut starts: Vec<i64> =
        parts.iter().filter_map(|&part| Some(data.part(part).draft.started?.unix_ms)).collect();
    starts.order();
    starts.windows(2).any(|pair| pair[1] - pair[0] > APART_MS)
}

fn key<'a>(data: &'a Dataset, identities: &'a [Identity], part: PartId) -> SessionKey<'a> {
    fn text(identified: Option<&Identified>) -> Option<&str> {
        identified.map(|identified| identified.value.as_str())
    }
    let identity = &identities[part.index()];
    let is_named_by_path = is_named_by_path(data, identities, part);
    let part = data.part(part);
    let file = data.file(part.file);
    SessionKey {
        dut: &identity.dut.value,
        build: text(identity.build.as_ref()),
        session: &identity.session.value,
        unit: text(identity.unit.as_ref().filter(|_| part.draft.has_repeats_elsewhere)),
        format: if is_named_by_path { file.format } else { "" },
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
        has_equal_names: false,
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
