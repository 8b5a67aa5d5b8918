//! The YAML of a diagnostics block: scalars of the first level. The details show the whole block.

use crate::import::{json, number};
use std::borrow::Cow;

/// The fields of a block.
#[derive(Debug, Default, PartialEq)]
pub struct Diagnostics {
    /// `message`, or node's `error`.
    pub message: String,
    /// `duration_ms`.
    pub duration_s: Option<f64>,
    /// The place of the failure, or else of the test.
    pub location: String,
    /// node's `failureType`.
    pub failure: String,
    /// node's `type` is `suite`.
    pub is_suite: bool,
    /// There are fields other than duration and type.
    pub has_more: bool,
}

/// Reads a block, whose first line gives the indentation.
pub fn read(text: &str) -> Diagnostics {
    let mut diagnostics = Diagnostics::default();
    let (mut file, mut line_number) = (String::new(), String::new());
    let (mut expected, mut actual) = (String::new(), String::new());
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or("");
    let indent = first.len() - first.trim_start().len();
    let mut lines = text.lines().map(|line| line.get(indent..).unwrap_or("")).peekable();
    while let Some(line) = lines.next() {
        let Some((key, value)) = line.split_once(':').filter(|_| !line.starts_with([' ', '-', '#'])) else {
            continue;
        };
        let value = value.trim();
        let value = match value.starts_with(['|', '>']) {
            // A block scalar: its first line that is not blank.
            true => {
                let mut first = "";
                while let Some(next) = lines.next_if(|next| next.is_empty() || next.starts_with(' ')) {
                    first = if first.is_empty() { next.trim() } else { first };
                }
                Cow::Borrowed(first)
            }
            false => scalar(value),
        };
        diagnostics.has_more |= !matches!(key, "duration_ms" | "type");
        match key {
            "message" | "error" if diagnostics.message.is_empty() => diagnostics.message = value.into_owned(),
            "duration_ms" => diagnostics.duration_s = number::seconds(&value).map(|ms| ms / 1000.0),
            "type" => diagnostics.is_suite = value == "suite",
            "failureType" => diagnostics.failure = value.into_owned(),
            "at" | "location" if !value.is_empty() => diagnostics.location = value.into_owned(),
            "expected" | "wanted" => expected = value.into_owned(),
            "actual" | "found" | "got" => actual = value.into_owned(),
            "file" => file = value.into_owned(),
            "line" => line_number = value.into_owned(),
            _ => {}
        }
    }
    if diagnostics.message.is_empty() && !expected.is_empty() && !actual.is_empty() {
        diagnostics.message = format!("expected {expected}, got {actual}");
    }
    if diagnostics.location.is_empty() && !file.is_empty() {
        let colon = if line_number.is_empty() { "" } else { ":" };
        diagnostics.location = format!("{file}{colon}{line_number}");
    }
    diagnostics
}

/// Returns a scalar with or without quotes.
fn scalar(value: &str) -> Cow<'_, str> {
    let inner = |quote: char| value.strip_prefix(quote)?.strip_suffix(quote);
    match inner('\'') {
        Some(inner) => Cow::Owned(inner.replace("''", "'")),
        None if inner('"').is_some() => json::plain(value),
        None => Cow::Borrowed(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_of_node_and_others() {
        let text = "duration_ms: 1.5\nlocation: '/lab/it''s.mjs:2:45'\nfailureType: 'testCodeFailure'\n\
                    error: |-\n\n  Expected values:\n  \n  1 !== 2\nstack: |-\n  error: no\n";
        let expected = Diagnostics {
            message: "Expected values:".to_owned(),
            duration_s: Some(0.0015),
            location: "/lab/it's.mjs:2:45".to_owned(),
            failure: "testCodeFailure".to_owned(),
            is_suite: false,
            has_more: true,
        };
        assert_eq!(read(text), expected);
        let found = read(
            "message: \"said \\\"no\\\"\"\nseverity: fail\nfile: t/a.t\nline: 3\ndata:\n  message: inner",
        );
        assert_eq!((found.message.as_str(), found.location.as_str()), ("said \"no\"", "t/a.t:3"));
        assert_eq!(
            read("    operator: equal\n    expected: 10\n    actual:   11").message,
            "expected 10, got 11"
        );
        assert!(!read("duration_ms: 3\ntype: 'suite'").has_more);
    }
}
