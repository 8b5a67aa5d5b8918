//! The grid as a table: one row per test, one column per DUT with its latest session.

use super::csv::{self, Text};
use super::redaction::Texts;
use super::{About, Input};
use crate::analyze::{Grid, RowOrder};
use crate::model::split_parameters;

pub(super) const ABOUT: About = About {
    name: "Grid (CSV)",
    explanation: "one row per test, one column per DUT; latest sessions",
    file_stem: "grid",
    extension: csv::EXTENSION,
    media_type: csv::MEDIA_TYPE,
    follows_filter: true,
    carries: &[Texts::Names, Texts::Tests],
};

/// Writes the table. A cell without a result has the reason.
pub(super) fn write(input: &Input) -> Vec<u8> {
    let data = input.data;
    let grid = Grid::new(data, input.filter, RowOrder::Name);
    let mut header = ["suite", "class", "name", "parameters"].map(Text).to_vec();
    let sessions = grid.sessions.iter().map(|&session| data.history.session(session));
    header.extend(sessions.map(|session| Text(&data.history.dut(session.dut).name)));
    let rows = grid.rows.iter().map(|&test| {
        let (name, parameters) = split_parameters(data.tests.name(test));
        let identity =
            [data.tests.suite(test), data.tests.class(test), name, parameters.unwrap_or("")].map(Text);
        let cells = (0..grid.sessions.len()).map(|column| match grid.cell(data, column, test) {
            Ok(result) => data.outcome(result).word(),
            Err(missing) => missing.words(),
        });
        (identity, cells.collect::<Vec<&str>>())
    });
    csv::table_with_header(&header, rows)
}
