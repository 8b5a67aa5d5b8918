//! Known issues: failures that people know and have explained, as a list that is dropped beside the results.
//!
//! ```json
//! {"known_issues": [{"test": "tests/net/*::test_roams*", "dut": "max-b1", "reason": "antenna",
//! "link": "https://…", "expires": "2026-12-31"}]}
//! ```
//!
//! `docs/known-issues.md` describes the keys, `docs/known-issues.schema.json` is the schema. The page writes such
//! files, too.

use crate::import::batch::Batch;
use crate::import::details::Details;
use crate::import::json::{self, Fault, Object, Root, Visitor};
use crate::import::{About, Family, Format, Guide, Richness, TextFormat, limits};
use crate::model::{KnownIssue, Severity, Timestamp, counted, head};
use std::borrow::Cow;

pub const ABOUT: About = About {
    key: "known-issues",
    name: "Known issues",
    tool: "known issues",
    family: Family::Tables,
    richness: Richness::Summary,
};

pub const GUIDE: Guide = Guide {
    about: &ABOUT,
    producers: "you, or this page: {known_issues: [{test, dut, attributes, message, reason, link, expires, intermittent}]}",
    reads: "failures that are known; they are marked, and count as failures",
    dut: "patterns for DUTs and their attributes",
    limits: "no results; see `docs/known-issues.md`",
};

pub const FORMAT: Format = Format::Text(TextFormat {
    about: &ABOUT,
    detect: |head| !head.is_array && head.has("known_issues") && !head.has("tests"),
    importer: json::document::<KnownIssues>,
    details: |_| Details::default(),
});

#[derive(Default)]
struct KnownIssues;

impl Visitor for KnownIssues {
    fn has_entries(&self, key: &str) -> bool {
        key == "known_issues"
    }

    fn whole(&mut self, _key: &str, text: &str, at: u64, batch: &mut Batch) -> Result<(), Fault> {
        match issue(text) {
            Ok(issue) => add(issue, at, batch),
            Err(problem) => batch.note_unreadable(at, problem),
        }
        Ok(())
    }

    fn value(&mut self, _key: &str, _value: &str, _at: u64, _batch: &mut Batch) {}

    fn finish(&mut self, _root: Root, batch: &mut Batch) {
        finish(batch);
    }
}

/// Reads an entry, or returns why it is ignored.
pub fn issue(text: &str) -> Result<KnownIssue, String> {
    if !text.starts_with('{') {
        return Err(format!("an entry is not an object; ignored: `{}`", head(text, 40)));
    }
    let entry = Object::of(text);
    let cut = |text: Cow<str>| head(text.trim(), limits::PROPERTY_BYTES).to_owned();
    let test = cut(entry.text("test"));
    if test.is_empty() {
        return Err("a known issue without `test`; ignored".to_owned());
    }
    let attributes = entry.object("attributes");
    let attributes = attributes.fields().take(limits::ATTRIBUTES);
    let expires = entry.text("expires");
    let mut duts = texts(entry.raw("dut"));
    duts.extend(texts(entry.raw("duts")));
    Ok(KnownIssue {
        duts,
        attributes: attributes.map(|(key, value)| (key.to_owned(), cut(json::plain(value)))).collect(),
        message: cut(entry.text("message")),
        reason: cut(entry.text("reason")),
        link: cut(entry.text("link")),
        expires: day(&expires).ok_or_else(|| {
            format!("the known issue `{}` has an invalid date in `expires`; ignored", head(&test, 80))
        })?,
        intermittent: entry.is("intermittent"),
        test,
    })
}

/// Adds an issue, up to a limit.
pub fn add(issue: KnownIssue, at: u64, batch: &mut Batch) {
    if batch.known_issues.len() < limits::KNOWN_ISSUES {
        batch.known_issues.push(issue);
    } else if !batch.partly {
        let text = format!("more than {} known issues; the others are ignored", limits::KNOWN_ISSUES);
        batch.note_unreadable(at, text);
    }
}

/// Ends a file of known issues: notes how many it has.
pub fn finish(batch: &mut Batch) {
    batch.is_knowledge = true;
    let count = batch.known_issues.len() as u64;
    batch.note(Severity::Info, None, format!("{}, no results", counted(count, "known issue")));
}

/// Returns the texts of a value that is a text or a list of texts.
fn texts(value: &str) -> Vec<String> {
    let texts = match value {
        "" => Vec::new(),
        list if list.starts_with('[') => json::elements(list).into_iter().map(json::plain).collect(),
        text => vec![json::plain(text)],
    };
    let texts = texts.into_iter().map(|text| head(text.trim(), limits::NAME_BYTES).to_owned());
    texts.filter(|text| !text.is_empty()).take(limits::DUTS_WITH_ATTRIBUTES).collect()
}

/// Returns a date as `2026-12-31`, "" for none; `None` if it is invalid.
fn day(text: &str) -> Option<String> {
    if text.trim().is_empty() {
        return Some(String::new());
    }
    Some(head(&Timestamp::parse(text)?.iso(), "2026-12-31".len()).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_read_or_refused() {
        let all = issue(
            r#"{"test": " a* ", "dut": "A", "duts": ["B?", ""], "attributes": {"mcu": "esp32", "rev": 2}, "message": "lost",
            "reason": "antenna", "link": "https://x/1", "expires": "2026-12-31T10:00", "intermittent": true, "owner": "me"}"#,
        )
        .unwrap();
        assert_eq!(
            (all.test.as_str(), all.duts.as_slice()),
            ("a*", ["A".to_owned(), "B?".to_owned()].as_slice())
        );
        assert_eq!(
            all.attributes,
            [("mcu".to_owned(), "esp32".to_owned()), ("rev".to_owned(), "2".to_owned())]
        );
        assert_eq!((all.expires.as_str(), all.intermittent), ("2026-12-31", true));
        let least = issue(r#"{"test": "x"}"#).unwrap();
        assert_eq!(least, KnownIssue { test: "x".to_owned(), ..KnownIssue::default() });
        for (text, expected) in [
            (r#"{"dut": "A"}"#, "without `test`"),
            (r#"{"test": "x", "expires": "soon"}"#, "invalid date"),
            ("3", "not an object"),
        ] {
            assert!(issue(text).unwrap_err().contains(expected), "{text}");
        }
    }
}
