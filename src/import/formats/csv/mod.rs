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
mod header;
mod rows;
mod table;
mod values;

use crate::import::batch::{Batch, kept_details};
use crate::import::collect::Occurrences;
use crate::import::importer::note_missing_newline;
use crate::import::{About, Family, Format, Guide, Importer, Richness, TextFormat, limits};
use crate::model::{Severity, Timestamp, counted, head};
pub use columns::has;
use columns::{Column, columns};
use header::{GRID, RESULTS, is_table};
pub use header::{Header, begins, header};
use rustc_hash::FxHashMap;
pub use table::Table;

pub const ABOUT: About =
    About { key: "csv", name: "CSV", tool: "CSV", family: Family::Tables, richness: Richness::Native };

pub const GUIDE: Guide = Guide {
    about: &ABOUT,
    producers: "scripts and spreadsheets: a header, then one row per result; this page",
    reads: "columns by many names, several sessions, measurements; the page's own results and grid",
    dut: "columns such as `dut`, `serial`, `build`, `session`",
    limits: "needs a column of tests (`test`, `name`, `nodeid` …) and one of outcomes (`status`, `result` …)",
};

pub const FORMAT: Format = Format::Text(TextFormat {
    about: &ABOUT,
    detect: is_table,
    importer: || Box::new(Csv::default()),
    details: kept_details::read,
});

#[derive(Default)]
struct Csv {
    state: State,
    /// Sessions by the values that their rows share.
    sessions: FxHashMap<String, usize>,
    /// The earliest start of each session.
    started: Vec<Option<Timestamp>>,
    unknown: Occurrences,
    uneven: Occurrences,
    /// Lines without an outcome.
    other: Occurrences,
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

impl Rows {
    /// Returns how many fields a row with a result has at least.
    fn least_fields(&self) -> usize {
        let is_needed = |column: &Column| matches!(column, Column::Test(_) | Column::Outcome);
        let last = if self.is_grid { Some(GRID.len()) } else { self.columns.iter().rposition(is_needed) };
        last.map_or(1, |last| last + 1)
    }
}

impl Importer for Csv {
    fn read(&mut self, text: &str, at: u64, last: bool, batch: &mut Batch) -> usize {
        let mut used = 0;
        if matches!(self.state, State::Start) {
            let is_all = last || text.len() >= limits::HEAD_BYTES;
            let Some(header) = header(head(text, limits::HEAD_BYTES), is_all) else {
                if last {
                    batch.note_unreadable(at, "no table header found");
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
            // Everything after an open quote belongs to the field.
            if is_over && record.is_open && record.fields.iter().any(|field| field.contains('\n')) {
                batch.note_unreadable(rows.at, "unclosed quote; rows after it may be missing");
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
        self.other.note(Severity::Warning, batch, &|count, _| {
            format!("skipped {} without an outcome, as text around the table", counted(count, "line"))
        });
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
            // A table beside reports may be unrelated.
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
        if fields.len() < rows.least_fields() {
            return self.other.add(rows.at);
        }
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
}

#[cfg(test)]
mod tests {
    use super::header::{OUTCOMES, TESTS};
    use super::*;

    #[test]
    fn refused_tables_are_explained() {
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
        assert!(refused("row,dut,pass_rate\n").1.starts_with("Passgrid's CSV summary has only counts"));
    }
}
