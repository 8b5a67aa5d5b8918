//! Groups sessions by DUT, in time order and with unique ids.

use crate::analyze::natural;
use crate::model::{
    Dataset, Dut, DutAttributes, DutId, FileStatus, History, Identity, Session, SessionId, SessionOrder,
};
use crate::text::order::Order;
use rustc_hash::FxHashMap;

/// Groups sessions by DUT, sorts DUTs by name and sessions by time, and assigns ids.
pub fn arrange(data: &Dataset, sessions: Vec<Session>, identities: Vec<Identity>) -> History {
    let mut by_dut: FxHashMap<String, Vec<Session>> = FxHashMap::default();
    for session in sessions {
        by_dut.entry(session.identity.dut.value.clone()).or_default().push(session);
    }
    let mut by_dut: Vec<(String, Vec<Session>)> = by_dut.into_iter().collect();
    by_dut.order_by(|(a, _), (b, _)| natural::compare(a, b));
    let given = given_attributes(data);
    let mut history = History { session_of: vec![None; data.parts.len()], identities, ..History::default() };
    for (name, mut of_dut) in by_dut {
        let order = sort_by_time(data, &mut of_dut);
        make_ids_unique(&mut of_dut);
        let mut dut = Dut { name, unit: None, attributes: Vec::new(), sessions: Vec::new(), order };
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
        for (key, value) in
            given.iter().filter(|given| given.dut == dut.name).flat_map(|given| &given.attributes)
        {
            dut.attributes.retain(|(have, _)| have != key);
            dut.attributes.push((key.clone(), value.clone()));
        }
        dut.attributes.order();
        history.duts.push(dut);
    }
    history
}

/// The attributes that files beside the results give to DUTs, which come before those of results. In the order of
/// paths: of several files the last one counts.
fn given_attributes(data: &Dataset) -> Vec<DutAttributes> {
    let mut files: Vec<_> = data.ledger().filter(|(_, file)| file.status != FileStatus::Duplicate).collect();
    files.order_by(|(_, a), (_, b)| a.path.cmp(&b.path).then(a.hash.cmp(&b.hash)));
    let given = files.into_iter().flat_map(|(_, file)| &file.dut_attributes).cloned();
    let renamed = given.map(|given| match data.renames.get(&given.dut) {
        Some(name) => DutAttributes { dut: name.to_owned(), ..given },
        None => given,
    });
    renamed.collect()
}

/// Sorts by the first key that all sessions have: start, build, modification time of the
/// files. The others decide between sessions that are equal. The order of builds that a person chose
/// comes before all of them.
fn sort_by_time(data: &Dataset, sessions: &mut Vec<Session>) -> SessionOrder {
    let modified = |session: &Session| {
        let times = session.parts.iter().map(|&part| data.file(data.part(part).file).modified_ms);
        times.collect::<Option<Vec<i64>>>()?.into_iter().max()
    };
    let all = |has: &dyn Fn(&Session) -> bool| sessions.iter().all(has);
    // The same build everywhere orders nothing.
    let has_other_build = |session: &Session| session.build() != sessions[0].build();
    let order = if all(&|session| session.started.is_some()) {
        SessionOrder::Start
    } else if all(&|session| session.build().is_some()) && sessions.iter().any(has_other_build) {
        SessionOrder::Build
    } else if all(&|session| modified(session).is_some()) {
        SessionOrder::Modified
    } else {
        SessionOrder::Name
    };
    let mut with_times: Vec<(Option<i64>, Session)> =
        sessions.drain(..).map(|session| (modified(&session), session)).collect();
    with_times.order_by(|(a_modified, a), (b_modified, b)| {
        let start = a.started.cmp(&b.started);
        let build = natural::compare(a.build().unwrap_or(""), b.build().unwrap_or(""));
        let modified = a_modified.cmp(b_modified);
        let by_key = match order {
            SessionOrder::Start => start.then(build).then(modified),
            SessionOrder::Modified => modified.then(build).then(start),
            SessionOrder::Build => build.then(start).then(modified),
            SessionOrder::Name | SessionOrder::Chosen => build.then(start),
        };
        by_key.then_with(|| natural::compare(&a.id, &b.id))
    });
    sessions.extend(with_times.into_iter().map(|(_, session)| session));
    if data.build_order.sort(sessions, |session| session.build().map(str::to_owned)) {
        SessionOrder::Chosen
    } else {
        order
    }
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
