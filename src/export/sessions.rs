//! Which sessions and DUTs exports list: those that have results.

use crate::model::{Counts, Dataset, Dut, Session, SessionId};

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

/// Adds up the counts of sessions.
pub fn sum<'a>(sessions: impl IntoIterator<Item = &'a Session>) -> Counts {
    let mut counts = Counts::default();
    sessions.into_iter().for_each(|session| counts.merge(&session.counts));
    counts
}
