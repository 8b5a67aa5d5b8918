//! Robot Framework: `output.xml` of all versions and `output.json` of 7.2 and later.
//!
//! Source: robotframework/robotframework, `doc/schema/result.xsd` and `result.json`,
//! `src/robot/result/{merger,suiteteardownfailed}.py`, `src/robot/running/status.py`. Both files
//! have the same content; this module has what they share. Oddities that matter:
//!
//! - A suite's teardown runs after its tests are written. They do not include its failure, but Robot
//!   counts them as failed. Here they are errors, and the teardown is a second entry of each.
//! - Failures outside of a test's own steps are only recognized by the beginning of the message:
//!   `Setup failed:`, `Parent suite setup failed:`.
//! - `rebot --merge` puts the outcomes of earlier runs into the message, as HTML.
//! - A suite's metadata may name the DUT, and an output may contain several DUTs.

pub mod json;
mod log;
mod message;
pub mod xml;

use crate::import::batch::{Batch, Role, Row, first_line};
use crate::import::collect::Occurrences;
use crate::import::{identify, limits};
use crate::model::{IdentityField, Outcome, Severity, Source, Timestamp};
use message::{Message, headline, plain};
use std::collections::BTreeSet;

/// The most DUTs in one output.
const DUTS: usize = 1000;

/// A complete test.
#[derive(Debug, Default)]
struct Test {
    name: String,
    status: String,
    message: String,
    elapsed_s: Option<f64>,
    began: Option<Timestamp>,
    tags: Vec<String>,
    metadata: Vec<(String, String)>,
    at: u64,
    len: usize,
}

/// The setup or teardown of a suite, if it failed or skipped.
#[derive(Debug)]
struct Fixture {
    is_teardown: bool,
    status: String,
    message: String,
    at: u64,
    len: usize,
}

#[derive(Debug, Default)]
struct Suite {
    /// Index of the suite around it.
    parent: Option<usize>,
    /// The number of suites around it, up to a limit.
    depth: usize,
    name: String,
    started: Option<Timestamp>,
    elapsed_s: Option<f64>,
    status: String,
    metadata: Vec<(String, String)>,
    source: String,
    message: String,
    fixtures: Vec<Fixture>,
    /// Its scope in the batch, if it has tests of its own.
    scope: Option<u32>,
}

impl Suite {
    /// Returns the DUT that it names.
    fn dut(&self) -> Option<&str> {
        let named =
            self.metadata.iter().find(|(name, _)| identify::identity_field(name) == Some(IdentityField::Dut));
        named.map(|(_, value)| value.trim())
    }
}

/// The content of an output file.
#[derive(Debug, Default)]
struct Run {
    /// In the order in which they begin.
    suites: Vec<Suite>,
    /// The suites with tests, by their scopes.
    scoped: Vec<usize>,
    /// `generator` and other attributes of the root.
    properties: Vec<(String, String)>,
    /// Warnings and errors of the run itself.
    errors: String,
    /// The first error of the run among them.
    first_error: String,
    tests: u64,
    /// Identity in tags and metadata of tests, and the number of tests that have it.
    told: Vec<(IdentityField, String, String, u64)>,
    unknown: Occurrences,
}

impl Run {
    /// Adds a test of a suite.
    fn test(&mut self, test: &Test, suite: usize, batch: &mut Batch) {
        let message = Message::read(&test.message);
        let scope = self.scope(suite);
        let row = Row {
            session: suite as u32,
            scope,
            name: batch.add_name_or_placeholder(&test.name, (0, scope)),
            ..Row::default()
        };
        for (status, message) in message.earlier.iter().rev() {
            let earlier = Row {
                outcome: self.outcome(status, message, test.at),
                role: Role::Earlier,
                native: batch.native(status),
                duration_s: f64::NAN,
                message: batch.add_text(&headline(message)),
                at: test.at,
                ..row
            };
            batch.push(earlier);
        }
        let verdict = Row {
            outcome: self.outcome(&test.status, &message.now, test.at),
            native: batch.native(&test.status),
            duration_s: test.elapsed_s.unwrap_or(f64::NAN),
            message: batch.add_text(&headline(&message.now)),
            at: test.at,
            len: u32::try_from(test.len).unwrap_or(u32::MAX),
            ..row
        };
        if let Some(began) = test.began {
            batch.add_begin(batch.len(), began.unix_ms as f64, "");
        }
        batch.push(verdict);
        self.tests += 1;
        let tags = test.tags.iter().filter_map(|tag| tag.split_once([':', '=']));
        for (name, value) in tags.chain(test.metadata.iter().map(|(n, v)| (n.as_str(), v.as_str()))) {
            self.add_identity(name.trim(), value.trim());
        }
    }

    /// Reads the tag `name:value` of a test.
    fn add_identity(&mut self, name: &str, value: &str) {
        let Some(identity) = identify::identity_field(name) else {
            return;
        };
        let known = self.told.iter().position(|(_, n, v, _)| n == name && v == value);
        if let Some((.., count)) = known.and_then(|known| self.told.get_mut(known)) {
            *count += 1;
        } else if self.told.len() < limits::NOTES {
            self.told.push((identity, name.to_owned(), value.to_owned(), 1));
        }
    }

    fn scope(&mut self, suite: usize) -> u32 {
        let next = self.scoped.len() as u32;
        let Some(of) = self.suites.get_mut(suite) else {
            return 0;
        };
        let scope = *of.scope.get_or_insert(next);
        if scope == next {
            self.scoped.push(suite);
        }
        scope
    }

    fn outcome(&mut self, status: &str, message: &str, at: u64) -> Outcome {
        match status {
            "PASS" => Outcome::Passed,
            "FAIL" if message::is_error(message) => Outcome::Error,
            "FAIL" => Outcome::Failed,
            "SKIP" => Outcome::Skipped,
            "NOT RUN" | "NOT_RUN" => Outcome::NotRun,
            _ => {
                self.unknown.add_example(at, if status.is_empty() { "(none)" } else { status });
                Outcome::Unknown
            }
        }
    }

    /// Adds a warning or error of the run itself.
    fn error(&mut self, level: &str, text: &str) {
        if level == "ERROR" && self.first_error.is_empty() && message::is_run_error(text) {
            first_line(text).clone_into(&mut self.first_error);
        }
        if self.errors.len() < xml::TEXT_BYTES {
            self.errors.push_str(&format!("{level} {text}\n"));
        }
    }

    /// Ends the file: decides what depends on the whole of it.
    fn finish(&mut self, batch: &mut Batch) {
        self.settle_fixtures(batch);
        let has_several = self.settle_sessions(batch);
        self.settle_run(batch);
        let paths: Vec<String> = self.scoped.iter().map(|&suite| self.path(suite, has_several)).collect();
        for path in &paths {
            let end = path.len() as u32;
            batch.push_scope(path, Some((end, end)));
        }
        if paths.iter().collect::<BTreeSet<_>>().len() < paths.len() {
            self.add_sources(batch);
        }
        self.unknown.note_unknown("test", "status", batch);
    }

    /// Marks the sessions as incomplete if Robot itself reports an error, such as a library that it
    /// could not import, or if the outermost suite failed and none of the tests did.
    fn settle_run(&self, batch: &mut Batch) {
        let has_failing = batch.rows.iter().any(|row| row.outcome.is_failing());
        let failed = self.suites.iter().find(|suite| suite.parent.is_none() && suite.status == "FAIL");
        let reason = match failed {
            _ if !self.first_error.is_empty() => self.first_error.clone(),
            Some(suite) if !has_failing && !suite.message.trim().is_empty() => {
                headline(&plain(&suite.message))
            }
            Some(suite) if !has_failing => {
                format!("the suite `{}` failed, although no test did", suite.name)
            }
            _ => return,
        };
        for session in 0..batch.sessions.len() {
            batch.session(session).mark_incomplete(&reason);
        }
    }

    /// Adds the source of each test, since suites of two files have one name.
    fn add_sources(&self, batch: &mut Batch) {
        for row in 0..batch.len() {
            let scope = batch.rows.get(row).map_or(0, |row| row.scope as usize);
            let suite = self.scoped.get(scope).and_then(|&suite| self.suites.get(suite));
            batch.add_place(row..row + 1, suite.map_or("", |suite| &suite.source), None);
        }
    }

    /// Returns Robot's long name: the enclosing suites with dots between them. In an output of several
    /// DUTs, the suite that names the DUT and those around it are omitted, so that the names are equal
    /// on all DUTs.
    fn path(&self, suite: usize, has_several: bool) -> String {
        let mut names = Vec::new();
        let mut at = Some(suite);
        while let Some(suite) = at.and_then(|index| self.suites.get(index)) {
            if names.len() >= limits::SUITE_DEPTH || (has_several && suite.dut().is_some()) {
                break;
            }
            if !suite.name.is_empty() {
                names.push(suite.name.as_str());
            }
            at = suite.parent;
        }
        names.reverse();
        names.join(".")
    }

    /// Applies setups and teardowns of suites to their tests, like Robot's reports. If several
    /// affect a test, one is used.
    fn settle_fixtures(&self, batch: &mut Batch) {
        let mut decided: Vec<Option<(usize, usize)>> = Vec::with_capacity(self.suites.len());
        for (index, suite) in self.suites.iter().enumerate() {
            let own = |is_teardown: bool| {
                let at = suite.fixtures.iter().position(|fixture| fixture.is_teardown == is_teardown)?;
                Some((index, at))
            };
            let around = suite.parent.and_then(|parent| decided.get(parent).copied().flatten());
            decided.push(own(true).or(around).or_else(|| own(false)));
        }
        if decided.iter().all(Option::is_none) {
            return;
        }
        // An entry that joins a test follows it.
        let rows: Vec<Row> = batch.rows.drain().collect();
        for mut row in rows {
            if row.role != Role::Verdict {
                batch.push(row);
                continue;
            }
            let place = decided.get(row.session as usize).copied().flatten();
            let fixture = place.and_then(|(suite, at)| self.suites.get(suite)?.fixtures.get(at));
            let Some(fixture) = fixture else {
                batch.push(row);
                continue;
            };
            let what = if fixture.is_teardown { "teardown" } else { "setup" };
            let why = headline(&plain(&fixture.message));
            if fixture.status == "SKIP" {
                let text = batch.add_text(&format!("Skipped in parent suite {what}: {why}"));
                let native = batch.native("SKIP");
                if fixture.is_teardown {
                    (row.outcome, row.native) = (Outcome::Skipped, native);
                    row.message = if row.message.is_empty() { text } else { row.message };
                }
                batch.push(row);
            } else if row.outcome == Outcome::Skipped {
                batch.push(row);
            } else {
                batch.push(row);
                let joined = Row {
                    outcome: Outcome::Error,
                    role: Role::Joined,
                    native: batch.native(&fixture.status),
                    message: batch.add_text(&format!("Parent suite {what} failed: {why}")),
                    duration_s: f64::NAN,
                    at: fixture.at,
                    len: u32::try_from(fixture.len).unwrap_or(u32::MAX),
                    ..row
                };
                batch.push(joined);
            }
        }
    }

    /// Returns whether the output has a session per DUT, since suites name different DUTs; usually
    /// it is one session.
    fn settle_sessions(&self, batch: &mut Batch) -> bool {
        let mut duts: Vec<Option<&str>> = Vec::with_capacity(self.suites.len());
        for suite in &self.suites {
            let around = suite.parent.and_then(|parent| duts.get(parent).copied().flatten());
            duts.push(suite.dut().or(around));
        }
        let mut keys: Vec<Option<&str>> = Vec::new();
        for &suite in &self.scoped {
            let dut = duts.get(suite).copied().flatten();
            if keys.len() < DUTS && !keys.contains(&dut) {
                keys.push(dut);
            }
        }
        if keys.len() == DUTS {
            let text =
                format!("suites name more than {DUTS} DUTs; tests of further DUTs are in the first session");
            batch.note(Severity::Warning, None, text);
        }
        if keys.iter().flatten().count() < 2 {
            keys.clear();
        }
        let session_of = |suite: usize| {
            let dut = duts.get(suite).copied().flatten();
            keys.iter().position(|key| *key == dut).unwrap_or(0)
        };
        for row in batch.rows.iter_mut() {
            row.session = session_of(row.session as usize) as u32;
        }
        for session in 0..keys.len().max(1) {
            self.draft(session, keys.get(session).copied(), &duts, batch);
        }
        let told = self.told.iter().filter(|(.., count)| keys.is_empty() && *count == self.tests);
        for (identity, name, value, _) in told {
            batch.session(0).claim(*identity, Source::Property, name, value);
        }
        if keys.len() > 1 {
            let text = format!("suites name {} DUTs: one session per DUT", keys.iter().flatten().count());
            batch.note(Severity::Info, None, text);
        }
        keys.len() > 1
    }

    /// Fills in a session from the file and its suites. `of` is its DUT, if there are several.
    fn draft(&self, session: usize, of: Option<Option<&str>>, duts: &[Option<&str>], batch: &mut Batch) {
        let draft = batch.session(session);
        draft.label = self.suites.first().map(|suite| suite.name.clone()).filter(|name| !name.is_empty());
        for (name, value) in &self.properties {
            draft.property(name, value);
        }
        let dut_of = |suite: usize| duts.get(suite).copied().flatten();
        for (index, suite) in self.suites.iter().enumerate() {
            let is_own = of.is_none_or(|of| dut_of(index) == of);
            // Suites around those of all DUTs apply to each.
            if !is_own && dut_of(index).is_some() {
                continue;
            }
            for (name, value) in &suite.metadata {
                if draft.properties.len() < limits::PROPERTIES
                    && !draft.properties.iter().any(|(n, v)| n == name && v == value)
                {
                    draft.property(name, value);
                }
                if let Some(identity) =
                    identify::identity_field(name).filter(|_| draft.claims.len() < limits::NOTES)
                {
                    draft.claim(identity, Source::Property, name, value);
                }
            }
            if suite.parent.is_none() && !suite.source.is_empty() {
                draft.property("source", &suite.source);
            }
            if !is_own {
                continue;
            }
            draft.started = match (draft.started, suite.started) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (a, b) => a.or(b),
            };
            let is_outermost = suite.parent.is_none_or(|parent| of.is_some_and(|of| dut_of(parent) != of));
            if let Some(seconds) = suite.elapsed_s.filter(|_| is_outermost) {
                *draft.duration_s.get_or_insert(0.0) += seconds;
            }
        }
        draft.text("warnings and errors", &self.errors);
    }
}
