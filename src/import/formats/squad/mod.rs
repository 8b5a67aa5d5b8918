//! SQUAD: the files that are submitted to it, `tests.json`, `metrics.json` and
//! `metadata.json`.
//!
//! Source: Linaro/squad, `doc/intro.rst`. All are flat objects. A key is the
//! suite's path and the test's name; slashes in brackets belong to the name. Any
//! result other than pass and fail is a skip. A metric has values and no
//! verdict. The device, which SQUAD calls the environment, is part of the URL
//! and not of the files.

pub mod known_issues;
pub mod metadata;
pub mod metrics;
pub mod tests;

use crate::import::detect::Head;
use crate::import::json::Cursor;
use crate::model::{ReportFile, ReportRole, SessionDraft};

/// Splits a key at the last slash that is not in brackets, into suite and name.
fn split(key: &str) -> (&str, &str) {
    let end = key.find('[').unwrap_or(key.len());
    let slash = key.get(..end).and_then(|path| path.rfind('/'));
    match slash {
        Some(at) => (key.get(..at).unwrap_or(""), key.get(at + 1..).unwrap_or("")),
        None => ("", key),
    }
}

/// Returns whether all values of the root object that are in `head` match.
fn all_values(head: &Head, matches: &dyn Fn(&str, &str) -> bool) -> bool {
    let (mut count, mut all) = (0, true);
    let mut cursor = Cursor::new(head.text);
    if head.is_array || cursor.peek() != Some(b'{') {
        return false;
    }
    let _ = cursor.object(&mut |key, value| {
        count += 1;
        all = all && matches(key, value.skip_value()?);
        Ok(())
    });
    all && count > 0
}

/// Makes a file part of the report in its folder.
fn share(draft: &mut SessionDraft, role: ReportRole) {
    draft.report = Some(ReportFile { kind: "squad".to_owned(), role });
}

#[cfg(test)]
mod key_tests {
    use super::*;

    #[test]
    fn keys_and_values() {
        for (key, expected) in [
            ("test1", ("", "test1")),
            ("foo/bar/baz", ("foo/bar", "baz")),
            ("a/b/t[variant/one]", ("a/b", "t[variant/one]")),
            ("t[v/1]", ("", "t[v/1]")),
        ] {
            assert_eq!(split(key), expected, "{key}");
        }
    }
}
