//! Indentation, which shows the depth of subtests.

use super::line::{self, Line, Point};

/// A line with a larger indentation is not TAP.
pub(super) const COLUMNS: usize = 128;

/// Returns the column at which a line begins, with a tab as four columns, and the rest of the line.
/// kselftest indents by `# `.
pub(super) fn indentation(line: &str, is_kernel: bool) -> (usize, &str) {
    let (mut column, mut rest) = (0, line);
    loop {
        let blanks = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        let (blank, text) = rest.split_at(blanks);
        column += blank.bytes().map(|byte| if byte == b'\t' { 4 } else { 1 }).sum::<usize>();
        let inner = text.strip_prefix("# ").filter(|_| is_kernel && column <= COLUMNS);
        let is_tap = |inner: &str| {
            let inner = inner.trim_start_matches([' ', '#']);
            matches!(
                line::line(inner),
                Line::Version | Line::Plan { .. } | Line::Point(Point { number: Some(_), .. })
            )
        };
        match inner.filter(|inner| is_tap(inner)) {
            Some(inner) => (column, rest) = (column + 2, inner),
            None => return (column, text),
        }
    }
}
