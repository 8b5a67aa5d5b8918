//! What the tests of one file ran on, where each of them says so: a device, a browser, a project.

use super::batch::Batch;
use crate::model::{IdentityField, Source};
use rustc_hash::FxHashMap;

/// A session for each thing that tests ran on.
#[derive(Debug, Default)]
pub struct Targets {
    sessions: FxHashMap<String, usize>,
    /// Field and name of each.
    names: Vec<(&'static str, String)>,
}

impl Targets {
    /// The session of the tests that ran on what this field names; "" is nothing that has a name.
    pub fn session(&mut self, field: &'static str, name: &str) -> usize {
        if let Some(&known) = self.sessions.get(name) {
            return known;
        }
        let next = self.names.len();
        self.sessions.insert(name.to_owned(), next);
        self.names.push((field, name.to_owned()));
        next
    }

    /// How many sessions there are: one even where no test was seen.
    pub fn count(&self) -> usize {
        self.names.len().max(1)
    }

    /// Tells which session is of what. A device is a DUT, and so are several of anything; one browser
    /// or project may as well be how all DUTs are tested ("chromium"), and tells no more than a host.
    pub fn tell(&self, batch: &mut Batch) {
        for (index, (field, name)) in self.names.iter().enumerate() {
            let draft = batch.session(index);
            if self.names.len() > 1 || *field == "device" {
                draft.claim(IdentityField::Dut, Source::Field, field, name);
            } else if !name.is_empty() {
                draft.hostname = Some(name.clone());
                draft.property(field, name);
            }
        }
    }
}
