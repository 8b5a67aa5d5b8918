//! The rows of a table: results, or a test per row and a DUT per column.

use super::columns::Column;
use super::header::GRID;
use super::values::{outcome, seconds, with_parameters};
use super::{Csv, Rows};
use crate::import::batch::{Batch, Entry, Role, Row, Scope};
use crate::import::details::{Details, Measurement, SectionKind, in_a_line};
use crate::import::identify::scope_of;
use crate::model::{IdentityField, Outcome, Source, Timestamp};

/// The fields of a row; empty if missing.
#[derive(Default)]
struct Fields<'a> {
    test: &'a str,
    is_node_id: bool,
    suite: &'a str,
    class: &'a str,
    parameters: &'a str,
    outcome: &'a str,
    native: Option<&'a str>,
    duration_s: Option<f64>,
    started: &'a str,
    message: &'a str,
    texts: Vec<(&'a str, &'a str)>,
    host: &'a str,
    attempts: u16,
    is_flaky: bool,
    measured: &'a str,
    measured_unit: &'a str,
    claims: Vec<(IdentityField, &'a str, &'a str)>,
    properties: Vec<(String, String)>,
}

impl<'a> Fields<'a> {
    /// Stores a field that is not blank. Returns false for an invalid duration.
    fn set(&mut self, column: &Column, name: &'a str, field: &'a str) -> bool {
        match column {
            Column::Test(is_node_id) => (self.test, self.is_node_id) = (field, *is_node_id),
            Column::Suite => self.suite = field,
            Column::Class => self.class = field,
            Column::Parameters => self.parameters = field,
            Column::Outcome => self.outcome = field,
            Column::Native => self.native = Some(field),
            Column::Duration(scale) => match seconds(field, *scale) {
                Some(seconds) => self.duration_s = Some(seconds),
                None if Timestamp::parse(field).is_some() => self.started = field,
                None => return false,
            },
            Column::Started => self.started = field,
            Column::Message if self.message.is_empty() => self.message = field,
            Column::Message | Column::Text => self.texts.push((name, field)),
            Column::IdentityField(identity) => self.claims.push((*identity, name, field)),
            Column::Host => self.host = field,
            Column::Attempts => self.attempts = field.parse().unwrap_or(1),
            Column::Flaky => self.is_flaky = field.eq_ignore_ascii_case("true"),
            // LAVA writes Python's `None`.
            Column::Measured if field == "None" => {}
            Column::Measured => self.measured = field,
            Column::MeasuredUnit => self.measured_unit = field,
            Column::Property => self.properties.push((name.to_owned(), field.to_owned())),
            Column::Nameless => {}
        }
        true
    }

    fn details(&mut self, outcome: Outcome) -> Details {
        let mut details = Details { properties: std::mem::take(&mut self.properties), ..Details::default() };
        if !self.measured.is_empty() {
            details.measurements.push(Measurement::new("measured", self.measured, self.measured_unit));
        }
        if !self.message.is_empty() {
            let kind = if outcome == Outcome::Passed { SectionKind::Output } else { SectionKind::Reason };
            details.section(kind, "message", "", self.message);
        }
        for (name, text) in &self.texts {
            details.section(SectionKind::Output, name, "", text);
        }
        details
    }
}

impl Csv {
    /// Reads a test and its outcome on each DUT.
    pub(super) fn grid_row(&mut self, rows: &Rows, fields: &[String], batch: &mut Batch) {
        let field = |index: usize| fields.get(index).map_or("", String::as_str);
        let name = with_parameters(field(2), field(3));
        let (scope, boundary) = scope_of(field(0), field(1));
        for (index, dut) in rows.names.iter().enumerate().skip(GRID.len()) {
            // Any other word is the reason for a missing result.
            let Some(outcome) = Outcome::from_word(field(index)) else {
                continue;
            };
            let session = self.session(&[(IdentityField::Dut, "dut", dut)], "", batch);
            let scope = batch.scope(&scope, Some(boundary));
            let name = batch.add_name_or_placeholder(&name, (session as u32, scope));
            batch.push(Row {
                session: session as u32,
                scope,
                name,
                outcome,
                duration_s: f64::NAN,
                ..Row::default()
            });
        }
    }

    /// Reads a row with a result.
    pub(super) fn result_row(&mut self, rows: &Rows, fields: &[String], batch: &mut Batch) {
        let mut row = Fields::default();
        for ((column, name), field) in rows.columns.iter().zip(&rows.names).zip(fields) {
            let field = if rows.is_own { field } else { field.trim_matches([' ', '\u{a0}']) };
            if !field.is_empty() && !row.set(column, name, field) {
                self.odd_durations.add_example(rows.at, field);
            }
        }
        let session = self.session_of(&row, batch);
        let outcome = outcome(row.outcome).unwrap_or_else(|| {
            self.unknown.add_example(rows.at, if row.outcome.is_empty() { "(none)" } else { row.outcome });
            Outcome::Unknown
        });
        let details = row.details(outcome);
        let message = match row.message {
            "" => in_a_line(&details.measurements),
            message => message.to_owned(),
        };
        let is_empty = details == Details::default();
        let (at, len) = if is_empty { (0, 0) } else { batch.keep_details(&details) };
        if row.attempts > 1 || row.is_flaky {
            batch.facts.push((batch.len() as u32, row.attempts.max(1), row.is_flaky));
        }
        let name = with_parameters(row.test, row.parameters);
        if rows.is_own {
            // The page's own scopes are spelled as identities already.
            let (scope, boundary) = scope_of(row.suite, row.class);
            let scope = batch.scope(&scope, Some(boundary));
            let row = Row {
                session: session as u32,
                scope,
                name: batch.add_name_or_placeholder(&name, (session as u32, scope)),
                outcome,
                role: Role::Verdict,
                native: batch.native(row.native.unwrap_or("")),
                duration_s: row.duration_s.unwrap_or(f64::NAN),
                message: batch.add_message(&message),
                at,
                len: u32::try_from(len).unwrap_or(u32::MAX),
            };
            batch.add_measured(batch.len(), &details.measurements);
            return batch.push(row);
        }
        let is_node_id = row.is_node_id || name.contains(".py::");
        let scope = match row.suite.is_empty() && row.class.is_empty() {
            true if is_node_id => Scope::NodeId,
            true => Scope::None,
            false => Scope::Suite(row.suite.strip_suffix(".py").unwrap_or(row.suite), row.class),
        };
        batch.push_entry(Entry {
            session,
            scope,
            name: &name,
            outcome,
            native: row.native.unwrap_or(row.outcome),
            role: Role::Verdict,
            duration_s: row.duration_s,
            measured: &details.measurements,
            message: &message,
            at,
            len,
            ..Entry::default()
        });
    }

    /// Returns the session of a row, with its earliest start and its host.
    fn session_of(&mut self, row: &Fields, batch: &mut Batch) -> usize {
        let started = Timestamp::parse(row.started);
        let has_session = row.claims.iter().any(|(identity, ..)| *identity == IdentityField::Session);
        // Ten digits are seconds since the epoch.
        let is_short = row.started.len() <= "2026-11-21".len();
        let is_epoch = row.started.len() == 10 && row.started.bytes().all(|byte| byte.is_ascii_digit());
        let is_date = started.is_some() && is_short && !is_epoch;
        let date = if is_date && !has_session { row.started } else { "" };
        let session = self.session(&row.claims, date, batch);
        if let Some(earliest) = self.started.get_mut(session) {
            *earliest =
                earliest.map_or(started, |earliest| Some(started.map_or(earliest, |new| new.min(earliest))));
        }
        if !row.host.is_empty() {
            batch.session(session).hostname.get_or_insert_with(|| row.host.to_owned());
        }
        session
    }

    /// Returns the session of rows with these values and this date.
    fn session(&mut self, claims: &[(IdentityField, &str, &str)], date: &str, batch: &mut Batch) -> usize {
        let mut key = String::from(date);
        for (identity, _, value) in claims {
            key.push_str(&format!("\u{1}{}\u{2}{value}", *identity as u8));
        }
        if let Some(&session) = self.sessions.get(&key) {
            return session;
        }
        let session = self.sessions.len();
        self.sessions.insert(key, session);
        self.started.push(None);
        let draft = batch.session(session);
        for (identity, name, value) in claims {
            draft.claim(*identity, Source::Field, name, value);
        }
        session
    }
}
