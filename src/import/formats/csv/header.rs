//! The header of a table, and recognizing tables by it.

use super::columns::{self, columns};
use super::table::{SEPARATORS, Table};
use crate::import::detect::Head;
use crate::model::head;

/// The first columns of the page's grid; the others are DUTs.
pub(super) const GRID: [&str; 4] = ["suite", "class", "name", "parameters"];

/// The first columns of the page's results.
pub(super) const RESULTS: [&str; 10] =
    ["dut", "unit", "build", "session", "started", "suite", "class", "name", "parameters", "outcome"];

/// Returns whether the text has a known header, or is any table: names, and rows with as many
/// fields.
pub(super) fn is_table(beginning: &Head) -> bool {
    if beginning.root.is_some() || beginning.text.trim_start().starts_with(['{', '[', '<']) {
        return false;
    }
    let Some(header) = header(beginning.text, true) else {
        return false;
    };
    let rows = beginning.text.get(header.end..).unwrap_or("");
    if header.is_known() {
        return beginning.start == 0 || has_even_rows(rows, &header);
    }
    if beginning.start > 0 {
        return false;
    }
    let is_name = |name: &String| {
        name.starts_with(|c: char| c.is_alphabetic() || c == '_')
            && name.len() <= 32
            && name.split(' ').count() <= 4
    };
    header.names.iter().all(is_name) && has_even_rows(rows, &header)
}

/// Returns whether a table may begin with this line.
pub fn begins(line: &str) -> bool {
    let is_separator = |c: char| u8::try_from(c).is_ok_and(|c| SEPARATORS.contains(&c));
    // Building a reader of tables takes 20 times as long as a look at the names.
    let names: Vec<String> =
        line.split(is_separator).map(|name| name.trim_matches([' ', '"']).to_owned()).collect();
    let may_be_known =
        names.len() > 1 && (columns(&names).is_some() || names.iter().any(|name| name == GRID[3]));
    may_be_known && header(line, true).is_some_and(|header| header.is_known())
}

/// Returns whether the first rows have as many fields as the header. The last one may be truncated.
pub(super) fn has_even_rows(text: &str, header: &Header) -> bool {
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

pub(super) const TESTS: &str = "a column of tests (test, name, test case, node id or title)";
pub(super) const OUTCOMES: &str = "a column of outcomes (outcome, status, result or verdict)";

/// The header of a table.
#[derive(Debug)]
pub struct Header {
    /// The names of its columns.
    pub names: Vec<String>,
    /// The separator of fields.
    pub separator: u8,
    /// Its size in bytes.
    pub end: usize,
}

impl Header {
    pub(super) fn is_grid(&self) -> bool {
        self.names.len() > GRID.len() && self.names.iter().zip(GRID).all(|(name, of_grid)| name == of_grid)
    }

    pub(super) fn is_known(&self) -> bool {
        self.is_grid() || columns(&self.names).is_some()
    }

    /// Returns why the header is refused.
    pub(super) fn lacks(&self) -> String {
        let names: Vec<&str> = self.names.iter().take(12).map(|name| head(name.trim(), 40)).collect();
        let more = if self.names.len() > names.len() { ", …" } else { "" };
        let names = format!("{}{more}", names.join(", "));
        if self.names.first().is_some_and(|name| name == "row")
            && self.names.iter().any(|name| name == "pass_rate")
        {
            return "Passgrid's CSV summary has only counts: drop the download of results (CSV), or the summary as JSON"
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

/// Finds the header: the first line that is neither blank nor a comment. `None` if there is none, or
/// if more text may decide otherwise. No text follows if `is_all` is set.
pub fn header(text: &str, is_all: bool) -> Option<Header> {
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
        let (used, mut record) = table.read(rest.as_bytes());
        if record.is_none() {
            if !is_all {
                return None;
            }
            record = table.read(b"").1;
        }
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
        // With `;`, the record goes on.
        assert!(header("a,b;\"c\n", false).is_none());
    }
}
