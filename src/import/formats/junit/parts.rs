//! Reading a large file in parts, by several workers.
//!
//! A later part begins at a test case or a suite that is found by its tag alone. The worker that reads it first reads
//! the beginning of the file, up to the first test, and assumes that the same elements are open where its part begins
//! and ends. Whoever reads what is before the part knows whether that is so.

use super::oddities::Oddities;
use super::producer::Producer;
use super::sessions::earlier;
use super::suites::Suite;
use super::{Data, Junit, Open};
use crate::import::batch::{Batch, Text};
use crate::import::importer::Parts;
use crate::import::limits;
use crate::model::Timestamp;
use memchr::memmem;
use serde::{Deserialize, Serialize};

const CASE: &[u8] = b"<testcase";
const SUITE: &[u8] = b"<testsuite";

/// What is known before the first test.
pub(super) struct Head {
    suites: Vec<Suite>,
    open: Vec<Open>,
    root: Root,
}

/// What the root element says.
#[derive(PartialEq)]
struct Root {
    properties: usize,
    duration_s: Option<f64>,
    started: Option<Timestamp>,
    failing: u64,
    is_pytest: bool,
    has_full_titles: bool,
}

/// The state at the end of a part.
#[derive(Serialize, Deserialize)]
struct State {
    /// Those before the first test, and then those of the part.
    suites: Vec<Suite>,
    /// How many of them are those before the first test.
    known: usize,
    open: Vec<Open>,
    scopes: Vec<(u32, Text)>,
    producer: Producer,
    odd: Oddities,
}

impl Parts for Junit {
    fn begins(&self, head: &[u8], text: &[u8]) -> Vec<usize> {
        // Where suites follow each other, a test case does not tell its suite.
        let has_suites = tags(head, SUITE).nth(1).is_some();
        tags(text, if has_suites { SUITE } else { CASE }).collect()
    }

    fn begin_part(&mut self, batch: &Batch) -> bool {
        let data = &mut self.data;
        if !self.walk.is_plain() || !batch.is_empty() || !data.has_only_suites() || !data.scopes.is_empty() {
            return false;
        }
        data.odd = Oddities::default();
        data.producer.stop_looking();
        self.head = Some(Head { suites: data.suites.clone(), open: data.open.clone(), root: data.root() });
        true
    }

    fn end_part(&mut self, batch: &Batch) -> Option<Vec<u8>> {
        let head = self.head.take()?;
        let data = &mut self.data;
        let known = head.suites.len();
        let (before, own) = data.suites.split_at_checked(known)?;
        let are_as_before = before.iter().zip(&head.suites).all(|(now, then)| now.is_like(then));
        // Tests outside of any suite share a single suite without a name in the whole file.
        let are_named = own.iter().all(|suite| suite.parent.is_some() || !suite.name.is_empty());
        let is_long = |&(_, class): &(u32, Text)| batch.get(class).len() >= limits::NAME_BYTES;
        let is_plain = self.walk.is_plain()
            && batch.is_plain()
            && data.has_only_suites()
            && data.root() == head.root
            && data.open == head.open
            && !data.scopes.iter().any(is_long);
        if !is_plain || !are_as_before || !are_named {
            return None;
        }
        let state = State {
            suites: std::mem::take(&mut data.suites),
            known,
            open: head.open,
            scopes: std::mem::take(&mut data.scopes),
            producer: std::mem::take(&mut data.producer),
            odd: std::mem::take(&mut data.odd),
        };
        postcard::to_allocvec(&state).ok()
    }

    fn join(&mut self, state: &[u8], end: u64, part: Batch, batch: &mut Batch) -> bool {
        let Ok(state) = postcard::from_bytes::<State>(state) else {
            return false;
        };
        let data = &self.data;
        let is_same_place =
            self.walk.is_plain() && data.open == state.open && data.suites.len() >= state.known;
        if !is_same_place || !data.producer.has_looked() || !batch.has_room_for(&part) {
            return false;
        }
        if batch
            .rows
            .last()
            .is_some_and(|last| data.is_first_test(last.scope, batch.get(last.name), &state, &part))
        {
            return false;
        }
        self.walk.go_on_at(end);
        self.data.join(state, part, batch);
        true
    }
}

impl Data {
    /// Returns whether nothing but suites and test cases was found that matters beyond a test.
    fn has_only_suites(&self) -> bool {
        self.claims.is_empty() && self.case_duts.is_empty() && self.platforms_of_tests.is_empty()
    }

    fn root(&self) -> Root {
        Root {
            properties: self.root_properties.len(),
            duration_s: self.root_duration_s,
            started: self.root_started,
            failing: self.root_failing,
            is_pytest: self.root_is_pytest,
            has_full_titles: self.has_full_titles,
        }
    }

    /// Returns whether the part begins with the test that came last: its entries may belong together.
    fn is_first_test(&self, scope: u32, name: &str, state: &State, part: &Batch) -> bool {
        let (Some(&(suite, _)), Some(first)) = (self.scopes.get(scope as usize), part.rows.get(0)) else {
            return false;
        };
        let suite_of_first = state.scopes.get(first.scope as usize).map(|&(suite, _)| suite);
        suite_of_first == Some(suite) && part.get(first.name) == name
    }

    fn join(&mut self, state: State, part: Batch, batch: &mut Batch) {
        let State { suites, known, scopes, producer, odd, .. } = state;
        let more = (self.suites.len() - known) as u32;
        let moved = |suite: u32| if (suite as usize) < known { suite } else { suite + more };
        for (index, suite) in suites.into_iter().enumerate() {
            match self.suites.get_mut(index).filter(|_| index < known) {
                Some(before) => before.join(&suite),
                None => self.suites.push(Suite { parent: suite.parent.map(moved), ..suite }),
            }
        }
        let of_part = scopes.into_iter();
        let scopes: Vec<(u32, u32)> = of_part
            .map(|(suite, class)| {
                let suite = moved(suite);
                (suite, self.scope(suite, part.get(class), batch))
            })
            .collect();
        batch.append(part, |row| {
            if let Some(&(suite, scope)) = scopes.get(row.scope as usize) {
                (row.session, row.scope) = (suite, scope);
            }
        });
        self.producer.join(&producer);
        self.odd.join(odd);
    }
}

impl Suite {
    /// Returns whether only the counts differ, and whether there are suites inside.
    fn is_like(&self, other: &Suite) -> bool {
        let counted = Suite {
            cases: other.cases,
            entries: other.entries,
            has_suites: other.has_suites,
            first_case: other.first_case,
            ..self.clone()
        };
        counted == *other
    }

    /// Adds the counts of a part.
    fn join(&mut self, part: &Suite) {
        self.cases += part.cases;
        self.entries += part.entries;
        self.has_suites |= part.has_suites;
        self.first_case = earlier(self.first_case, part.first_case);
    }
}

/// Returns where this tag begins, which has attributes.
fn tags<'a>(text: &'a [u8], tag: &'static [u8]) -> impl Iterator<Item = usize> + 'a {
    memmem::find_iter(text, tag)
        .filter(move |at| text.get(at + tag.len()).is_some_and(|next| next.is_ascii_whitespace()))
}
