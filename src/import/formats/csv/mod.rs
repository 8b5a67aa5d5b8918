//! Tables of results: CSV with a header, as scripts and spreadsheets write it.
//!
//! RFC 4180 and what is common: `;`, tabs or `|` as separators, Excel's line `sep=;`, a byte order
//! mark, comments before the header. A row is a result; columns are known by many names
//! (`columns.rs`). Rows with the same DUT, unit, build and session form a session; if there is no
//! session column, a date separates sessions. Passgrid's own downloads of results and of the grid
//! give the same report again.
//!
//! A header without tests or outcomes is refused.

mod columns;
mod table;

use crate::import::batch::{Batch, Entry, Role, Row, Scope, kept_details};
use crate::import::collect::Occurrences;
use crate::import::details::{Details, Measurement, SectionKind, in_a_line};
use crate::import::detect::Head;
use crate::import::identify::scope_of;
use crate::import::importer::note_missing_newline;
use crate::import::{About, Format, Guide, Importer, Richness, TextFormat, limits, number};
use crate::model::{IdentityField, Outcome, Severity, Source, Timestamp, counted, decimal, head};
use columns::{Column, columns};
use rustc_hash::FxHashMap;
use table::{SEPARATORS, Table};

pub const ABOUT: About = About { key: "csv", name: "CSV", richness: Richness::Native };

pub const GUIDE: Guide = Guide {
    about: &ABOUT,
    producers: "scripts and spreadsheets: a row per result below a header; this page",
    reads: "columns by many names, several sessions, measurements; the page's own results and grid",
    dut: "columns such as `dut`, `serial`, `build`, `session`",
    limits: "refused without a column of tests (`test`, `name`, `nodeid` …) and one of outcomes (`status`, `result` …)",
};

pub const FORMAT: Format = Format::Text(TextFormat {
    about: &ABOUT,
    detect: is_table,
    importer: || Box::new(Csv::default()),
    details: kept_details::read,
});

/// The first columns of the page's grid; the others are DUTs.
const GRID: [&str; 4] = ["suite", "class", "name", "parameters"];

/// The first columns of the page's results.
const RESULTS: [&str; 10] =
    ["dut", "unit", "build", "session", "started", "suite", "class", "name", "parameters", "outcome"];

/// Returns whether there is a known header, or any table: names, and rows with as many fields.
fn is_table(seen: &Head) -> bool {
    if seen.root.is_some() || seen.text.trim_start().starts_with(['{', '[', '<']) {
        return false;
    }
    let Some(header) = header(seen.text, true) else {
        return false;
    };
    if header.is_known() {
        return true;
    }
    let is_name = |name: &String| {
        name.starts_with(|c: char| c.is_alphabetic() || c == '_')
            && name.len() <= 32
            && name.split(' ').count() <= 4
    };
    header.names.iter().all(is_name) && has_even_rows(seen.text.get(header.end..).unwrap_or(""), &header)
}

/// Returns whether the first rows have as many fields as the header. The last one may be cut.
fn has_even_rows(text: &str, header: &Header) -> bool {
    let mut table = Table::new(header.separator);
    let (mut used, mut rows) = (0, 0);
    while rows < 20 {
        let (taken, record) = table.read(text.as_bytes().get(used..).unwrap_or_default());
        used += taken;
        match record {
            Some(record) if record.fields.len() != header.names.len() => return false,
            Some(_) => rows += 1,
            None => break,
        }
    }
    rows > 0 || table.read(b"").1.is_some_and(|record| record.fields.len() == header.names.len())
}

const TESTS: &str = "one of tests (test, name, test case, node id or title)";
const OUTCOMES: &str = "one of outcomes (outcome, status, result or verdict)";

/// The header of a table.
#[derive(Debug)]
struct Header {
    names: Vec<String>,
    separator: u8,
    /// Its size in bytes.
    end: usize,
}

impl Header {
    fn is_grid(&self) -> bool {
        self.names.len() > GRID.len() && self.names.iter().zip(GRID).all(|(name, of_grid)| name == of_grid)
    }

    fn is_known(&self) -> bool {
        self.is_grid() || columns(&self.names).is_some()
    }

    /// Returns why the header is refused.
    fn lacks(&self) -> String {
        let names: Vec<&str> = self.names.iter().take(12).map(|name| head(name.trim(), 40)).collect();
        let more = if self.names.len() > names.len() { ", …" } else { "" };
        let names = format!("{}{more}", names.join(", "));
        if self.names.first().is_some_and(|name| name == "row")
            && self.names.iter().any(|name| name == "pass_rate")
        {
            return "Passgrid's summary has only counts: drop the download of results (CSV), or the summary as JSON"
                .to_owned();
        }
        let needs = match columns::has(&self.names) {
            (true, _) => OUTCOMES.to_owned(),
            (_, true) => TESTS.to_owned(),
            _ => format!("{TESTS}, and {OUTCOMES}"),
        };
        format!("a CSV with the columns {names}; it needs {needs}")
    }
}

/// Finds the header: the first line that is neither blank nor a comment. Unless the text is
/// complete (`is_all`), the header must have an end.
fn header(text: &str, is_all: bool) -> Option<Header> {
    let mut start = 0;
    let mut said = None;
    for line in text.split_inclusive('\n') {
        let trimmed = line.trim();
        let separator = trimmed.strip_prefix("sep=").or_else(|| trimmed.strip_prefix("SEP="));
        match separator.map(str::as_bytes) {
            Some([separator]) => said = Some(*separator),
            Some([]) if line.contains('\t') => said = Some(b'\t'),
            _ if trimmed.is_empty() || trimmed.starts_with('#') => {}
            _ => break,
        }
        start += line.len();
    }
    let rest = text.get(start..)?;
    let mut found: Option<Header> = None;
    for separator in said.map_or(SEPARATORS.to_vec(), |said| vec![said]) {
        let mut table = Table::new(separator);
        let (used, record) = table.read(rest.as_bytes());
        let record = record.or_else(|| is_all.then(|| table.read(b"").1)?);
        let Some(record) = record.filter(|record| record.fields.len() > 1 && !record.is_open) else {
            continue;
        };
        let names = record.fields.iter().map(|name| name.trim().to_owned()).collect();
        let header = Header { names, separator, end: start + used };
        let is_better =
            |other: &Header| (header.is_known(), header.names.len()) > (other.is_known(), other.names.len());
        if found.as_ref().is_none_or(is_better) {
            found = Some(header);
        }
    }
    found
}

#[derive(Default)]
struct Csv {
    state: State,
    /// Sessions by the values that their rows share.
    sessions: FxHashMap<String, usize>,
    /// The earliest start of each session.
    started: Vec<Option<Timestamp>>,
    unknown: Occurrences,
    uneven: Occurrences,
    odd_durations: Occurrences,
    end: u64,
    /// The place of the last row, if its line has no newline.
    open_end: Option<u64>,
}

#[derive(Default)]
enum State {
    #[default]
    Start,
    Rows(Box<Rows>),
    /// The rest is ignored.
    Refused,
}

struct Rows {
    table: Table,
    names: Vec<String>,
    columns: Vec<Column>,
    /// DUTs are columns.
    is_grid: bool,
    /// The page wrote it, with an apostrophe before values that spreadsheets might run.
    is_own: bool,
    /// Where the current record begins.
    at: u64,
}

impl Importer for Csv {
    fn read(&mut self, text: &str, at: u64, last: bool, batch: &mut Batch) -> usize {
        let mut used = 0;
        if matches!(self.state, State::Start) {
            let Some(header) = header(text, last) else {
                if last {
                    batch.note_unreadable(at, "no header of a table");
                }
                return if last { text.len() } else { 0 };
            };
            used = header.end;
            if used == text.len() && !text.ends_with('\n') {
                self.open_end = Some(at);
            }
            self.begin(header, at, batch);
        }
        self.end = at + text.len() as u64;
        let State::Rows(mut rows) = std::mem::take(&mut self.state) else {
            self.state = State::Refused;
            return text.len();
        };
        let mut is_over = false;
        loop {
            if rows.table.len == 0 {
                rows.at = at + used as u64;
            }
            let rest = text.as_bytes().get(used..).unwrap_or_default();
            let (taken, record) = match rest.is_empty() {
                true if last && !std::mem::replace(&mut is_over, true) => rows.table.read(b""),
                true => break,
                false => rows.table.read(rest),
            };
            used += taken;
            let Some(record) = record else {
                if rows.table.len > limits::TOKEN_BYTES {
                    let text = format!(
                        "a row is larger than {} MB; reading stopped before it",
                        limits::TOKEN_BYTES >> 20
                    );
                    batch.note_unreadable(rows.at, text);
                    self.state = State::Refused;
                    return used;
                }
                continue;
            };
            if is_over {
                self.open_end = Some(rows.at);
            }
            // An open quote swallows everything after it.
            if is_over && record.is_open && record.fields.iter().any(|field| field.contains('\n')) {
                batch.note_unreadable(rows.at, "unclosed quote: the rows after it may be missing");
            }
            let is_header =
                record.fields.iter().map(|field| field.trim()).eq(rows.names.iter().map(String::as_str));
            if !is_header && record.fields.iter().any(|field| !field.trim().is_empty()) {
                self.row(&rows, record.fields, batch);
            }
        }
        self.state = State::Rows(rows);
        used
    }

    fn finish(&mut self, batch: &mut Batch) {
        if let Some(at) = self.open_end {
            note_missing_newline(at, batch);
        }
        for (session, started) in self.started.iter().enumerate() {
            batch.session(session).started = *started;
        }
        self.unknown.note_unknown("row", "outcome", batch);
        self.uneven.note(Severity::Warning, batch, &|count, _| {
            format!("{} with more or fewer fields than the header", counted(count, "row"))
        });
        self.odd_durations.note(Severity::Warning, batch, &|count, text| {
            format!("{} with an invalid duration, such as `{text}`", counted(count, "row"))
        });
    }
}

impl Csv {
    fn begin(&mut self, header: Header, at: u64, batch: &mut Batch) {
        let is_grid = header.is_grid();
        let columns = columns(&header.names);
        if columns.is_none() && !is_grid {
            // Other tables may lie beside reports.
            match columns::has(&header.names) {
                (false, false) => batch.note(Severity::Warning, Some(at), header.lacks()),
                _ => batch.note_unreadable(at, header.lacks()),
            }
            self.state = State::Refused;
            return;
        }
        let is_own = is_grid
            || header.names.iter().zip(RESULTS).filter(|(name, own)| *name == own).count() == RESULTS.len();
        let rows = Rows {
            table: Table::new(header.separator),
            names: header.names,
            columns: columns.unwrap_or_default(),
            is_grid,
            is_own,
            at: 0,
        };
        self.state = State::Rows(Box::new(rows));
    }

    fn row(&mut self, rows: &Rows, mut fields: Vec<String>, batch: &mut Batch) {
        if fields.len() != rows.names.len() {
            self.uneven.add(rows.at);
        }
        if rows.is_own {
            for field in &mut fields {
                let is_guarded = field
                    .strip_prefix('\'')
                    .is_some_and(|text| text.starts_with(['=', '+', '-', '@', '\t', '\r']));
                if is_guarded {
                    field.remove(0);
                }
            }
        }
        if rows.is_grid { self.grid_row(rows, &fields, batch) } else { self.result_row(rows, &fields, batch) }
    }

    /// Reads a test and its outcome on each DUT.
    fn grid_row(&mut self, rows: &Rows, fields: &[String], batch: &mut Batch) {
        let field = |index: usize| fields.get(index).map_or("", String::as_str);
        let name = with_parameters(field(2), field(3));
        let (scope, boundary) = scope_of(field(0), field(1));
        for (index, dut) in rows.names.iter().enumerate().skip(GRID.len()) {
            // Any other word says why there is no result.
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

    fn result_row(&mut self, rows: &Rows, fields: &[String], batch: &mut Batch) {
        let mut row = Fields::default();
        let mut claims = Vec::new();
        let mut details = Details::default();
        for ((column, name), field) in rows.columns.iter().zip(&rows.names).zip(fields) {
            let field = if rows.is_own { field } else { field.trim_matches([' ', '\u{a0}']) };
            if field.is_empty() {
                continue;
            }
            match column {
                Column::Test(is_node_id) => (row.test, row.is_node_id) = (field, *is_node_id),
                Column::Suite => row.suite = field,
                Column::Class => row.class = field,
                Column::Parameters => row.parameters = field,
                Column::Outcome => row.outcome = field,
                Column::Native => row.native = Some(field),
                Column::Duration(scale) => match seconds(field) {
                    Some(seconds) => row.duration_s = Some(seconds * scale),
                    None if Timestamp::parse(field).is_some() => row.started = field,
                    None => self.odd_durations.add_example(rows.at, field),
                },
                Column::Started => row.started = field,
                Column::Message if row.message.is_empty() => row.message = field,
                Column::Message | Column::Text => row.texts.push((name, field)),
                Column::IdentityField(axis) => claims.push((*axis, name.as_str(), field)),
                Column::Host => row.host = field,
                Column::Attempts => row.attempts = field.parse().unwrap_or(1),
                Column::Flaky => row.is_flaky = field.eq_ignore_ascii_case("true"),
                // LAVA writes Python's `None`.
                Column::Measured if field == "None" => {}
                Column::Measured => row.measured = field,
                Column::MeasuredUnit => row.measured_unit = field,
                Column::Property => details.properties.push((name.clone(), field.to_owned())),
                Column::Nameless => {}
            }
        }
        let started = Timestamp::parse(row.started);
        let has_session = claims.iter().any(|(axis, ..)| *axis == IdentityField::Session);
        let is_date = started.is_some() && row.started.len() <= "2026-11-21".len();
        let session = self.session(&claims, if is_date && !has_session { row.started } else { "" }, batch);
        if let Some(earliest) = self.started.get_mut(session) {
            *earliest =
                earliest.map_or(started, |earliest| Some(started.map_or(earliest, |new| new.min(earliest))));
        }
        if !row.host.is_empty() {
            batch.session(session).hostname.get_or_insert_with(|| row.host.to_owned());
        }
        let outcome = outcome(row.outcome).unwrap_or_else(|| {
            self.unknown.add_example(rows.at, if row.outcome.is_empty() { "(none)" } else { row.outcome });
            Outcome::Unknown
        });
        if !row.measured.is_empty() {
            details.measurements.push(Measurement::new("measured", row.measured, row.measured_unit));
        }
        let message = match row.message {
            "" => in_a_line(&details.measurements),
            message => message.to_owned(),
        };
        if !row.message.is_empty() {
            let kind = if outcome == Outcome::Passed { SectionKind::Output } else { SectionKind::Reason };
            details.section(kind, "message", "", row.message);
        }
        for (name, text) in &row.texts {
            details.section(SectionKind::Output, name, "", text);
        }
        let is_empty = details == Details::default();
        let (at, len) = if is_empty { (0, 0) } else { batch.keep_details(&details) };
        if row.attempts > 1 || row.is_flaky {
            batch.facts.push((batch.len() as u32, row.attempts.max(1), row.is_flaky));
        }
        let name = with_parameters(row.test, row.parameters);
        let native = row.native.unwrap_or(if rows.is_own { "" } else { row.outcome });
        if rows.is_own {
            let (scope, boundary) = scope_of(row.suite, row.class);
            let scope = batch.scope(&scope, Some(boundary));
            let row = Row {
                session: session as u32,
                scope,
                name: batch.add_name_or_placeholder(&name, (session as u32, scope)),
                outcome,
                role: Role::Verdict,
                native: batch.native(native),
                duration_s: row.duration_s.unwrap_or(f64::NAN),
                message: batch.add_message(&message),
                at,
                len: u32::try_from(len).unwrap_or(u32::MAX),
            };
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
            native,
            role: Role::Verdict,
            duration_s: row.duration_s,
            message: &message,
            at,
            len,
        });
    }

    /// Returns the session of rows with these values and this date.
    fn session(&mut self, claims: &[(IdentityField, &str, &str)], date: &str, batch: &mut Batch) -> usize {
        let mut key = String::from(date);
        for (axis, _, value) in claims {
            key.push_str(&format!("\u{1}{}\u{2}{value}", *axis as u8));
        }
        if let Some(&session) = self.sessions.get(&key) {
            return session;
        }
        let session = self.sessions.len();
        self.sessions.insert(key, session);
        self.started.push(None);
        let draft = batch.session(session);
        for (axis, name, value) in claims {
            draft.claim(*axis, Source::Field, name, value);
        }
        session
    }
}

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
}

fn with_parameters(name: &str, parameters: &str) -> String {
    match parameters {
        "" => name.to_owned(),
        parameters => format!("{name}[{parameters}]"),
    }
}

/// Parses an outcome: the words of the field, and those that people write.
fn outcome(word: &str) -> Option<Outcome> {
    Outcome::from_native(word).or_else(|| {
        Some(match word.to_ascii_lowercase().as_str() {
            "nok" | "ng" | "not passed" => Outcome::Failed,
            "n/a" | "na" | "not tested" | "not executed" | "open" | "-" => Outcome::NotRun,
            _ => return None,
        })
    })
}

/// Parses a duration in seconds, or as hours, minutes and seconds.
fn seconds(text: &str) -> Option<f64> {
    number::seconds(text).or_else(|| {
        let mut parts = text.split(':').map(|part| decimal(part).filter(|number| *number >= 0.0));
        let (hours, minutes, seconds) = (parts.next()??, parts.next()??, parts.next()??);
        parts.next().is_none().then_some((hours * 60.0 + minutes) * 60.0 + seconds)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers() {
        for (text, separator, end) in [
            ("test,status\na,b", b',', 12),
            ("sep=;\r\ntest;status\r\n", b';', 19),
            ("# of bench 3\n\ntest\tresult, long\tx\n", b'\t', 34),
            ("test|status", b'|', 11),
            ("\"a, b\";name;verdict\n", b';', 20),
        ] {
            let header = header(text, true).unwrap();
            assert_eq!((header.separator, header.end), (separator, end), "{text}");
        }
        assert!(header("one column\nx", true).is_none());
        assert!(header("test,sta", false).is_none());
    }

    #[test]
    fn durations() {
        assert_eq!(seconds("0,5"), Some(0.5));
        assert_eq!(seconds("00:01:02.5"), Some(62.5));
        assert_eq!(seconds("12:30"), None);
        assert_eq!(seconds("1:2:3:4"), None);
    }

    #[test]
    fn what_is_no_table_of_results_is_refused_by_name() {
        let refused = |text: &str| {
            let (mut csv, mut batch) = (Csv::default(), Batch::default());
            assert_eq!(csv.read(text, 0, true, &mut batch), text.len());
            csv.finish(&mut batch);
            assert!(batch.is_empty());
            (batch.partly, batch.notes.remove(0).text)
        };
        for (header, needed, is_error) in [
            ("test,count", OUTCOMES.to_owned(), true),
            ("count,status", TESTS.to_owned(), true),
            ("part,count", format!("{TESTS}, and {OUTCOMES}"), false),
        ] {
            let columns = header.replace(',', ", ");
            let expected = (is_error, format!("a CSV with the columns {columns}; it needs {needed}"));
            assert_eq!(refused(&format!("{header}\na,3\n")), expected);
        }
        assert!(refused("row,dut,pass_rate\n").1.starts_with("Passgrid's summary has only counts"));
    }
}
