//! An entry of a file, for importers that have the whole entry at once.

use super::Batch;
use super::rows::{Role, Row};
use crate::import::details::Measurement;
use crate::import::frame::top_frame;
use crate::import::identify::{name_in, scope_of, split_test_name};
use crate::model::Outcome;
use std::borrow::Cow;

/// An entry of a file. Fields that the format does not have stay empty.
#[derive(Clone, Copy, Debug, Default)]
pub struct Entry<'a> {
    /// Index of the session's draft.
    pub session: usize,
    /// Where the test is.
    pub scope: Scope<'a>,
    /// Name with parameters.
    pub name: &'a str,
    /// Outcome.
    pub outcome: Outcome,
    /// The file's own word for the outcome.
    pub native: &'a str,
    /// What it means for its test.
    pub role: Role,
    /// Seconds. Negative and infinite values are ignored.
    pub duration_s: Option<f64>,
    /// When it began, in milliseconds since 1970.
    pub began_ms: Option<f64>,
    /// The process, thread or machine that ran it.
    pub worker: &'a str,
    /// What it measured.
    pub measured: &'a [Measurement],
    /// Message, of which the first line is kept.
    pub message: &'a str,
    /// The text of a failure, such as its traceback, from which the top frame is read. If it is empty, the message
    /// is used.
    pub trace: &'a str,
    /// First byte of its element or object in the decoded text, or the place from
    /// [`Batch::keep_details`].
    pub at: u64,
    /// Length in bytes.
    pub len: usize,
}

/// Where a test is, in the ways that files spell it.
#[derive(Clone, Copy, Debug, Default)]
pub enum Scope<'a> {
    /// No suite and no class.
    #[default]
    None,
    /// Suite path and class. Each may be empty; `/` and `::` become dots.
    Suite(&'a str, &'a str),
    /// A dotted path in which the end of the suite is unknown.
    Dotted(&'a str),
    /// The name is a pytest node id, which contains suite and class.
    NodeId,
    /// A suite path that is kept as it is spelled: a file's.
    Plain(&'a str),
    /// An index from [`Batch::push_scope`].
    Kept(u32),
}

impl Batch {
    /// Appends an entry as a row.
    pub fn push_entry(&mut self, entry: Entry) {
        let (scope, name) = self.scope_and_name(&entry);
        let session = entry.session as u32;
        let duration_s = entry.duration_s.filter(|seconds| seconds.is_finite() && *seconds >= 0.0);
        let row = Row {
            session,
            scope,
            name: self.add_name_or_placeholder(&name, (session, scope)),
            outcome: entry.outcome,
            role: entry.role,
            native: self.native(entry.native),
            duration_s: duration_s.unwrap_or(f64::NAN),
            message: self.add_message(entry.message),
            at: entry.at,
            len: u32::try_from(entry.len).unwrap_or(u32::MAX),
        };
        // Adds the draft if necessary.
        self.session(entry.session);
        if let Some(began_ms) = entry.began_ms {
            self.add_begin(self.len(), began_ms, entry.worker);
        }
        self.add_measured(self.len(), entry.measured);
        if entry.outcome.is_failing() {
            let trace = if entry.trace.is_empty() { entry.message } else { entry.trace };
            let frame = self.add_frame_text(top_frame(trace).as_deref());
            self.add_frame(self.len(), frame);
        }
        self.push(row);
    }

    /// Returns the index of an entry's scope, and its name in it.
    fn scope_and_name<'a>(&mut self, entry: &Entry<'a>) -> (u32, Cow<'a, str>) {
        let (scope, boundary) = match entry.scope {
            Scope::Kept(index) => return (index, entry.name.into()),
            Scope::NodeId => return self.scope_and_name_of_node(entry.name.trim()),
            Scope::None => (String::new(), None),
            Scope::Dotted(path) => (dotted(path), None),
            Scope::Plain(suite) => {
                let (scope, boundary) = scope_of(suite, "");
                (scope, Some(boundary))
            }
            Scope::Suite(suite, class) => {
                let (scope, boundary) = scope_of(&dotted(suite), &dotted(class));
                (scope, Some(boundary))
            }
        };
        (self.scope(&scope, boundary), entry.name.into())
    }

    fn scope_and_name_of_node<'a>(&mut self, full: &'a str) -> (u32, Cow<'a, str>) {
        // Other scopes may have been added since.
        let last = (self.scopes.len() as u32).wrapping_sub(1);
        if let Some((around, scope)) = self.node_scope.as_ref().filter(|(_, scope)| *scope == last)
            && let Some(name) = name_in(around, full)
        {
            return (*scope, name.into());
        }
        let (scope, boundary, name) = split_test_name(full);
        let scope = self.scope(&scope, boundary);
        let around = full.strip_suffix(&name).and_then(|around| around.strip_suffix("::"));
        self.node_scope = around.map(|around| (around.to_owned(), scope));
        (scope, name.into())
    }
}

/// Returns a path with dots between its parts: `a.b.C` for `a/b::C`.
fn dotted(path: &str) -> String {
    let path = path.trim().trim_matches('/');
    if path.contains('/') || path.contains("::") {
        path.replace("::", ".").replace('/', ".")
    } else {
        path.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_spelled_like_identities() {
        let mut batch = Batch::default();
        let scopes = [
            (Scope::None, "x", ""),
            (Scope::Suite("tests/a", "TestX"), "x", "tests.a.TestX"),
            (Scope::Suite("", "C::D"), "x", "C.D"),
            (Scope::Dotted("com.acme.Test"), "x", "com.acme.Test"),
            (Scope::Plain("unit/sum.test.js"), "x", "unit/sum.test.js"),
            (Scope::NodeId, "tests/test_a.py::TestX::test_y[a::b]", "tests.test_a.TestX"),
        ];
        for (scope, name, expected) in scopes {
            batch.push_entry(Entry { scope, name, ..Entry::default() });
            let row = *batch.rows.last().unwrap();
            assert_eq!(batch.get(batch.scopes[row.scope as usize].text), expected);
        }
        assert_eq!(batch.sessions.len(), 1);
        assert!(batch.rows.iter().all(|row| row.duration_s.is_nan()));
    }
}
