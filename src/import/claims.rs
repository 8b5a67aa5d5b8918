//! What tests say of the session that they are of.

use super::limits;
use crate::model::{IdentityField, SessionDraft, Source};

/// Properties of tests that tell DUT, unit, build or session, each once.
#[derive(Debug, Default)]
pub struct Claims(Vec<(IdentityField, String, String)>);

impl Claims {
    /// A test has this property, which tells this.
    pub fn add(&mut self, axis: IdentityField, name: &str, value: &str) {
        let is_known = self.0.iter().any(|(a, n, v)| *a == axis && n == name && v == value);
        if self.0.len() < limits::NOTES && !is_known {
            self.0.push((axis, name.to_owned(), value.to_owned()));
        }
    }

    /// What was said of an axis, in the order of the file.
    pub fn values(&self, axis: IdentityField) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(a, _, _)| *a == axis).map(|(_, _, value)| value.as_str())
    }

    /// What tests say holds for their session if they agree.
    pub fn tell(&self, draft: &mut SessionDraft) {
        for (axis, name, value) in &self.0 {
            if self.values(*axis).all(|other| other == value) {
                draft.claim(*axis, Source::Property, name, value);
            }
        }
    }
}
