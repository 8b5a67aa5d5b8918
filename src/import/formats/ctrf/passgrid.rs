//! The page's own download, whose `extra` has what CTRF has no field for: the sessions, and what is exact about
//! each test.

use crate::import::batch::{Batch, Role, Row};
use crate::import::identify::scope_of;
use crate::import::json::{self, Object};
use crate::import::limits;
use crate::model::{IdentityField, Outcome, Source, Timestamp, head};

/// The key of `extra` that has the sessions and the facts of a test.
const KEY: &str = "passgrid";

/// Adds the sessions in `extra` of the results, which stands before the tests. Returns how many there are.
pub(super) fn sessions(extra: &Object, batch: &mut Batch) -> u32 {
    let sessions = extra.object(KEY).objects("sessions");
    for (index, session) in sessions.iter().enumerate() {
        let draft = batch.session(index);
        for (identity, name) in [
            (IdentityField::Dut, "dut"),
            (IdentityField::Unit, "unit"),
            (IdentityField::Build, "build"),
            (IdentityField::Session, "session"),
        ] {
            draft.claim(identity, Source::Field, name, &session.text(name));
        }
        draft.label = Some(session.text("label").into_owned()).filter(|label| !label.is_empty());
        draft.started = Timestamp::parse(&session.text("started"));
        draft.duration_s = json::seconds(session.raw("duration_s"));
        draft.mark_incomplete(&session.text("incomplete"));
        for (name, value) in session.object("attributes").fields() {
            draft.attributes.push((name.to_owned(), json::plain(value).into_owned()));
        }
        for (name, value) in session.object("properties").fields() {
            draft.property(name, &json::plain(value));
        }
    }
    sessions.len() as u32
}

/// Adds a test of one of these sessions. Returns false if it does not name one.
pub(super) fn test(test: &Object, at: u64, len: usize, sessions: u32, batch: &mut Batch) -> bool {
    let facts = test.object("extra").object(KEY);
    let Some(session) =
        facts.number("session").map(|session| session as u32).filter(|&index| index < sessions)
    else {
        return false;
    };
    let mut suites = test.texts("suite").into_iter();
    let mut suite = || suites.next().unwrap_or_default();
    let (scope, boundary) = scope_of(&suite(), &suite());
    let scope = batch.scope(&scope, Some(boundary));
    let retries = test.number("retries").map_or(0, |retries| retries.max(0.0) as u16);
    let is_flaky = test.is("flaky");
    if retries > 0 || is_flaky {
        batch.facts.push((batch.len() as u32, retries.saturating_add(1), is_flaky));
    }
    let row = Row {
        session,
        scope,
        name: batch.add_name_or_placeholder(&test.text("name"), (session, scope)),
        outcome: Outcome::from_word(&facts.text("outcome")).unwrap_or_default(),
        role: Role::Verdict,
        native: batch.native(&test.text("rawStatus")),
        duration_s: json::seconds(facts.raw("duration_s")).unwrap_or(f64::NAN),
        message: batch.add_message(&test.text("message")),
        at,
        len: u32::try_from(len).unwrap_or(u32::MAX),
    };
    let frame = batch.add_frame_text(Some(head(&facts.text("frame"), limits::MESSAGE_BYTES)));
    batch.add_frame(batch.len(), frame);
    batch.push(row);
    true
}
