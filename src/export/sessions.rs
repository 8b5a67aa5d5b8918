//! Which sessions and DUTs exports list, by which ids, and which of them are the latest.

use crate::model::{Counts, Dataset, Dut, Session, SessionId};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeMap;

/// Returns the sessions that have results, in the order of DUTs and time.
pub fn readable_sessions(data: &Dataset) -> impl Iterator<Item = SessionId> + '_ {
    (0..data.history.sessions.len())
        .map(SessionId::from)
        .filter(|&session| !data.history.session(session).is_unreadable)
}

/// Returns the DUTs that have results, each with its sessions in time order.
pub fn readable_duts(data: &Dataset) -> impl Iterator<Item = (&Dut, Vec<&Session>)> {
    data.history.duts.iter().filter_map(|dut| {
        let sessions = dut.sessions.iter().map(|&session| data.history.session(session));
        let readable: Vec<&Session> = sessions.filter(|session| !session.is_unreadable).collect();
        (!readable.is_empty()).then_some((dut, readable))
    })
}

/// Returns the latest session of each DUT: the scope "now".
pub fn latest_sessions(data: &Dataset) -> impl Iterator<Item = SessionId> + '_ {
    data.history.duts.iter().filter_map(|dut| latest_of(data, dut))
}

/// Returns the latest session of a DUT.
pub fn latest_of(data: &Dataset, dut: &Dut) -> Option<SessionId> {
    dut.sessions.iter().rev().copied().find(|&session| !data.history.session(session).is_unreadable)
}

/// The ids of sessions in exports, which are unique among all DUTs. On the page, an id is unique
/// among the sessions of its DUT.
pub struct SessionIds(Vec<String>);

impl SessionIds {
    /// Gives an id that several DUTs have the name of the DUT in front.
    pub fn new(data: &Dataset) -> SessionIds {
        let sessions = &data.history.sessions;
        let mut counts: FxHashMap<&str, u32> = FxHashMap::default();
        sessions.iter().for_each(|session| *counts.entry(&session.id).or_default() += 1);
        let is_shared = |id: &str| counts.get(id).is_some_and(|&count| count > 1);
        let alone = sessions.iter().map(|session| session.id.as_str()).filter(|id| !is_shared(id));
        let mut taken: FxHashSet<String> = alone.map(str::to_owned).collect();
        let id = |session: &Session| {
            if !is_shared(&session.id) {
                return session.id.clone();
            }
            let of_dut = format!("{}/{}", data.history.dut(session.dut).name, session.id);
            let numbered = (2..).map(|number| format!("{of_dut}#{number}"));
            let mut ids = std::iter::once(of_dut.clone()).chain(numbered);
            ids.find(|id| taken.insert(id.clone())).unwrap_or(of_dut)
        };
        SessionIds(sessions.iter().map(id).collect())
    }

    /// Returns the id of a session.
    pub fn of(&self, session: SessionId) -> &str {
        &self.0[session.index()]
    }
}

/// Adds up the counts of sessions.
pub fn sum<'a>(sessions: impl IntoIterator<Item = &'a Session>) -> Counts {
    let mut counts = Counts::default();
    sessions.into_iter().for_each(|session| counts.merge(&session.counts));
    counts
}

/// Sorts pairs by key. Of equal keys the last one counts, as in any JSON object.
pub fn map(pairs: &[(String, String)]) -> BTreeMap<&str, &str> {
    pairs.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect()
}

/// A text; `None` if it is empty.
pub fn not_empty(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}
