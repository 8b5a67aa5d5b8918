//! Identity fields of the session that its tests name.

use crate::import::limits;
use crate::model::{IdentityField, SessionDraft, Source};

/// Properties of tests that name the DUT, unit, build or session, each once.
#[derive(Debug, Default)]
pub struct IdentityClaims(Vec<(IdentityField, String, String)>);

impl IdentityClaims {
    /// Returns whether no test names anything.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds a property of a test that names this field.
    pub fn add(&mut self, field: IdentityField, name: &str, value: &str) {
        let is_known = self.0.iter().any(|(f, n, v)| *f == field && n == name && v == value);
        if self.0.len() < limits::NOTES && !is_known {
            self.0.push((field, name.to_owned(), value.to_owned()));
        }
    }

    /// Returns the values of a field, in the order of the file.
    pub fn values(&self, field: IdentityField) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(f, _, _)| *f == field).map(|(_, _, value)| value.as_str())
    }

    /// Adds to the session the fields for which all tests have the same value.
    pub fn apply(&self, draft: &mut SessionDraft) {
        for (field, name, value) in &self.0 {
            if self.values(*field).all(|other| other == value) {
                draft.claim(*field, Source::Property, name, value);
            }
        }
    }
}
