//! Groups sessions by DUT, in time order and with unique ids.

use crate::analyze::natural;
use crate::model::{Dataset, Dut, DutId, History, Identity, Session, SessionId};
use rustc_hash::FxHashMap;

/// Groups sessions by DUT, sorts DUTs by name and sessions by time, and assigns ids.
pub fn arrange(data: &Dataset, sessions: Vec<Session>, identities: Vec<Identity>) -> History {
    let mut by_dut: FxHashMap<String, Vec<Session>> = FxHashMap::default();
    for session in sessions {
        by_dut.entry(session.identity.dut.value.clone()).or_default().push(session);
    }
    let mut by_dut: Vec<(String, Vec<Session>)> = by_dut.into_iter().collect();
    by_dut.sort_by(|(a, _), (b, _)| natural::compare(a, b));
    let mut history = History { session_of: vec![None; data.parts.len()], identities, ..History::default() };
    for (name, mut of_dut) in by_dut {
        sort_by_time(&mut of_dut);
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
        dut.attributes.sort();
        history.duts.push(dut);
    }
    history
}

/// Sorts by start if all sessions have one, else by build, then start.
fn sort_by_time(sessions: &mut [Session]) {
    let all_started = sessions.iter().all(|session| session.started.is_some());
    sessions.sort_by(|a, b| {
        let start = a.started.cmp(&b.started);
        let build = natural::compare(a.build().unwrap_or(""), b.build().unwrap_or(""));
        let id = natural::compare(&a.id, &b.id);
        if all_started { start.then(build).then(id) } else { build.then(start).then(id) }
    });
}

/// Appends `#2`, `#3` and so on to ids that occur again.
fn make_ids_unique(sessions: &mut [Session]) {
    let mut counts: FxHashMap<String, u32> = FxHashMap::default();
    for session in sessions {
        let count = counts.entry(session.id.clone()).or_default();
        *count += 1;
        if *count > 1 {
            session.id = format!("{}#{count}", session.id);
        }
    }
}
