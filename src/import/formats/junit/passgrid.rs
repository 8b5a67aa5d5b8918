//! The page's own download: a suite is a session, and its properties say whose.
//!
//! Nothing is guessed: the download has all names, also those that a person gave.

use super::Data;
use crate::import::batch::Batch;
use crate::model::{IdentityField, Source};

/// The start of names of properties that only this page gives a meaning.
const OWN: &str = "passgrid.";

impl Data {
    /// Makes each suite a session.
    pub(super) fn assign_own_sessions(&self, batch: &mut Batch) {
        for (index, suite) in self.suites.iter().enumerate() {
            let draft = batch.session(index);
            draft.started = suite.started;
            draft.duration_s = suite.duration_s;
            for (name, value) in &suite.properties {
                let identity = match name.as_str() {
                    "dut" => Some(IdentityField::Dut),
                    "unit" => Some(IdentityField::Unit),
                    "build" => Some(IdentityField::Build),
                    "session" => Some(IdentityField::Session),
                    _ => None,
                };
                match (identity, name.strip_prefix(OWN)) {
                    (Some(identity), _) => draft.claim(identity, Source::Field, name, value),
                    (None, Some("incomplete")) => draft.mark_incomplete(value),
                    (None, Some("label")) => draft.label = Some(value.clone()),
                    (None, Some(own)) => {
                        let attribute = own.strip_prefix("attribute.");
                        draft.attributes.extend(attribute.map(|name| (name.to_owned(), value.clone())));
                    }
                    (None, None) => draft.property(name, value),
                }
            }
        }
    }
}
