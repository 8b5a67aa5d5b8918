//! Targets: what the tests of a file ran on, if each test names it. A target is a
//! device, a browser or a project.

use crate::import::batch::Batch;
use crate::model::{IdentityField, Source};
use rustc_hash::FxHashMap;

/// Gives each target of a file's tests a session.
#[derive(Debug, Default)]
pub struct Targets {
    sessions: FxHashMap<String, usize>,
    /// The field and name of each session.
    names: Vec<(&'static str, String)>,
}

impl Targets {
    /// Returns the session of the tests that ran on the target with this name, ""
    /// for no name. `field` is the file's field with the name.
    pub fn session(&mut self, field: &'static str, name: &str) -> usize {
        if let Some(&known) = self.sessions.get(name) {
            return known;
        }
        let next = self.names.len();
        self.sessions.insert(name.to_owned(), next);
        self.names.push((field, name.to_owned()));
        next
    }

    /// Returns the number of sessions, at least 1.
    pub fn count(&self) -> usize {
        self.names.len().max(1)
    }

    /// Gives each session its target. A device is a DUT, and so are several targets of any kind. A
    /// single browser or project may be the same for all DUTs ("chromium"), so it only becomes the
    /// host.
    pub fn apply(&self, batch: &mut Batch) {
        for (index, (field, name)) in self.names.iter().enumerate() {
            let draft = batch.session(index);
            if self.names.len() > 1 || field.ends_with("device") {
                draft.claim(IdentityField::Dut, Source::Field, field, name);
            } else if !name.is_empty() {
                draft.hostname = Some(name.clone());
                draft.property(field, name);
            }
        }
    }
}
