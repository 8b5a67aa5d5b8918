//! The CSV downloads: RFC 4180, UTF-8.
//!
//! The quoting is ours: the csv crate's writer recognizes numbers, and the
//! standard library's tables for that weigh 20 kB of the first visit.

use super::summary::results_by_test;
use super::{figures, readable_sessions};
use crate::analyze::{Grid, RowOrder};
use crate::model::{Counts, Dataset, Figure, Timestamp, decimal, split_parameters};
use crate::query::Filter;

/// Rows that are written, and guarded against spreadsheets that run formulas.
#[derive(Default)]
struct Table {
    text: String,
}

impl Table {
    fn new(header: &[&str]) -> Table {
        let mut table = Table::default();
        table.row(header.iter().map(|&cell| cell.to_owned()));
        table
    }

    fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        for (index, cell) in cells.into_iter().enumerate() {
            if index > 0 {
                self.text.push(',');
            }
            let cell = guarded(cell);
            if cell.contains([',', '"', '\r', '\n']) {
                self.text.push('"');
                self.text.push_str(&cell.replace('"', "\"\""));
                self.text.push('"');
            } else {
                self.text.push_str(&cell);
            }
        }
        self.text.push_str("\r\n");
    }

    fn finish(self) -> String {
        self.text
    }
}

/// A cell that a spreadsheet does not take for a formula: one that begins like
/// one and is no number gets an apostrophe in front.
fn guarded(cell: String) -> String {
    let begins_like_formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if begins_like_formula && decimal(&cell).is_none() { format!("'{cell}") } else { cell }
}

fn plain(figure: Figure) -> String {
    let mut text = String::new();
    figure.write(&mut text);
    text
}

fn figure_cells(counts: &Counts) -> impl Iterator<Item = String> {
    figures(counts).into_iter().map(|(_, value)| plain(value))
}

/// A table of texts, such as the values of a chart.
pub fn texts(head: &[String], rows: &[Vec<String>]) -> String {
    let mut table = Table::default();
    for row in std::iter::once(head).chain(rows.iter().map(Vec::as_slice)) {
        table.row(row.iter().cloned());
    }
    table.finish()
}

/// A row per session, then a row per DUT, then one total.
pub fn summary(data: &Dataset) -> String {
    let mut header = vec!["row", "dut", "unit", "build", "session", "started", "sessions"];
    header.extend(figures(&Counts::default()).iter().map(|(key, _)| *key));
    let mut table = Table::new(&header);
    let mut total = Counts::default();
    let mut sessions = 0;
    for id in readable_sessions(data) {
        let session = data.history.session(id);
        let dut = data.history.dut(session.dut);
        total.merge(&session.counts);
        sessions += 1;
        let unit = session.identity.unit.as_ref().map(|unit| unit.value.clone());
        let cells = [
            "session".to_owned(),
            dut.name.clone(),
            unit.unwrap_or_default(),
            session.build().unwrap_or("").to_owned(),
            session.id.clone(),
            session.started.map(Timestamp::iso).unwrap_or_default(),
            "1".to_owned(),
        ];
        table.row(cells.into_iter().chain(figure_cells(&session.counts)));
    }
    for dut in &data.history.duts {
        let mut counts = Counts::default();
        let mut of_dut = 0;
        for &session in &dut.sessions {
            let session = data.history.session(session);
            counts.merge(&session.counts);
            of_dut += u32::from(!session.is_unreadable);
        }
        if of_dut == 0 {
            continue;
        }
        let cells = [
            "dut".to_owned(),
            dut.name.clone(),
            dut.unit.clone().unwrap_or_default(),
            String::new(),
            String::new(),
            String::new(),
            of_dut.to_string(),
        ];
        table.row(cells.into_iter().chain(figure_cells(&counts)));
    }
    let mut cells = vec![String::new(); 7];
    cells[0] = "total".to_owned();
    cells[6] = sessions.to_string();
    table.row(cells.into_iter().chain(figure_cells(&total)));
    table.finish()
}

/// A row per result of all sessions.
pub fn results(data: &Dataset, filter: &Filter) -> String {
    let mut table = Table::new(&[
        "dut",
        "unit",
        "build",
        "session",
        "started",
        "suite",
        "class",
        "name",
        "parameters",
        "outcome",
        "native",
        "duration_s",
        "attempts",
        "flaky",
        "message",
    ]);
    for (test, results) in results_by_test(data, filter) {
        let (name, parameters) = split_parameters(data.tests.name(test));
        for (session, result) in results {
            let row = result.index();
            let session = data.history.session(session);
            table.row([
                data.history.dut(session.dut).name.clone(),
                session.identity.unit.as_ref().map(|unit| unit.value.clone()).unwrap_or_default(),
                session.build().unwrap_or("").to_owned(),
                session.id.clone(),
                session.started.map(Timestamp::iso).unwrap_or_default(),
                data.tests.suite(test).to_owned(),
                data.tests.class(test).to_owned(),
                name.to_owned(),
                parameters.unwrap_or("").to_owned(),
                data.outcome(result).word().to_owned(),
                data.native(result).to_owned(),
                plain(Figure::number(Some(data.results.duration_s[row]))),
                data.attempts(result).to_string(),
                data.is_flaky(result).to_string(),
                data.message(result).to_owned(),
            ]);
        }
    }
    table.finish()
}

/// A row per test, a column per DUT, by its latest session. A cell without a
/// result says why.
pub fn grid(data: &Dataset, filter: &Filter) -> String {
    let grid = Grid::new(data, filter, RowOrder::Name);
    let mut header = vec!["suite", "class", "name", "parameters"];
    let duts: Vec<&str> = grid
        .sessions
        .iter()
        .map(|&session| data.history.dut(data.history.session(session).dut).name.as_str())
        .collect();
    header.extend(&duts);
    let mut table = Table::new(&header);
    for &test in &grid.rows {
        let (name, parameters) = split_parameters(data.tests.name(test));
        let identity = [data.tests.suite(test), data.tests.class(test), name, parameters.unwrap_or("")];
        let cells = (0..grid.sessions.len()).map(|column| match grid.cell(data, column, test) {
            Ok(result) => data.outcome(result).word().to_owned(),
            Err(missing) => missing.words().to_owned(),
        });
        table.row(identity.into_iter().map(str::to_owned).chain(cells));
    }
    table.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_not_run() {
        for (cell, expected) in [
            ("=1+1", "'=1+1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("+cmd", "'+cmd"),
            ("-1.5", "-1.5"),
            ("-x", "'-x"),
            ("\tx", "'\tx"),
            ("\rx", "'\rx"),
            ("plain = text", "plain = text"),
            ("", ""),
        ] {
            assert_eq!(guarded(cell.to_owned()), expected);
        }
    }

    #[test]
    fn cells_are_quoted_where_they_must_be() {
        let mut table = Table::new(&["a", "b"]);
        table.row(["x,y".to_owned(), "say \"hi\"\nthere".to_owned()]);
        table.row(["".to_owned(), "x\r".to_owned()]);
        assert_eq!(table.finish(), "a,b\r\n\"x,y\",\"say \"\"hi\"\"\nthere\"\r\n,\"x\r\"\r\n");
    }
}
