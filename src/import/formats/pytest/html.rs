//! pytest-html (4.x): the data inside the page.
//!
//! `<div id="data-container" data-jsonblob="…">` contains JSON that is escaped for HTML; logs in it
//! are escaped twice. Oddities:
//!
//! - A rerun test repeats its attempts: after each attempt, all attempts so far follow, so 3 reruns
//!   give 9 rows.
//! - A teardown error is a row of its own.
//! - Durations are `21 ms` or `00:01:30`. The time of the report has no zone.

use super::{asserted, module_name, note_fault, raised, skip_reason};
use crate::import::batch::{Batch, Entry, Role, Scope, first_line, kept_details};
use crate::import::collect::Occurrences;
use crate::import::details::{Details, SectionKind};
use crate::import::importer::WholeFileImporter;
use crate::import::json::{self, Cursor, Fault};
use crate::import::{About, Family, Format, Guide, Richness, TextFormat, identify, number};
use crate::model::{Outcome, Source, Timestamp, head};
use std::borrow::Cow;

pub const ABOUT: About = About {
    key: "pytest-html",
    name: "pytest-html",
    tool: "pytest-html",
    family: Family::Python,
    richness: Richness::Native,
};

pub const GUIDE: Guide = Guide {
    about: &ABOUT,
    producers: "pytest --html (4.x)",
    reads: "the data inside the page, environment, reruns",
    dut: "the environment table",
    limits: "collection errors have no traceback",
};

pub const FORMAT: Format = Format::Text(TextFormat {
    about: &ABOUT,
    detect: |head| head.text.contains(BLOB) && head.text.trim_start().starts_with('<'),
    importer: || Box::new(WholeFileImporter::new(read)),
    details: kept_details::read,
});

const BLOB: &str = "data-jsonblob=\"";

/// A row of the table.
#[derive(Default)]
struct Row<'a> {
    result: Cow<'a, str>,
    test_id: Cow<'a, str>,
    duration: Cow<'a, str>,
    log: Cow<'a, str>,
}

fn row<'a>(cursor: &mut Cursor<'a>) -> Result<Row<'a>, Fault> {
    cursor.record(|row: &mut Row<'a>, key, value| {
        match key {
            "result" => row.result = value.text_or_empty(key)?,
            "testId" => row.test_id = value.text_or_empty(key)?,
            "duration" => row.duration = value.text_or_empty(key)?,
            "log" => row.log = value.text_or_empty(key)?,
            _ => {}
        }
        Ok(())
    })
}

fn read(text: &str, at: u64, batch: &mut Batch) {
    let Some((before, blob)) = text.split_once(BLOB) else {
        batch.note_unreadable(at, "no pytest-html data in the page");
        return;
    };
    let blob_at = at + (before.len() + BLOB.len()) as u64;
    let blob = blob.split_once('"').map_or(blob, |(blob, _)| blob);
    let blob = unescaped(blob);
    let mut unknown = Occurrences::default();
    let mut cursor = Cursor::new(&blob);
    let done = cursor.object(&mut |key, value| match (key, value.peek()) {
        ("tests", Some(b'{')) => {
            value.object(&mut |nodeid, rows| tests(nodeid, rows, blob_at, &mut unknown, batch))
        }
        ("environment", Some(b'{')) => {
            let draft = batch.session(0);
            for (name, value) in json::fields(value.skip_value()?) {
                let value = json::plain(value);
                draft.property(&name, &value);
                if let Some(identity) = identify::identity_field(&name) {
                    draft.claim(identity, Source::Property, &name, &value);
                }
            }
            Ok(())
        }
        _ => value.skip_value().map(drop),
    });
    unknown.note_unknown("row", "result", batch);
    let draft = batch.session(0);
    let took = between(text, "class=\"run-count\">", ".</p>").and_then(|text| text.split_once(" took "));
    draft.duration_s = took.and_then(|(_, took)| number::seconds(took));
    let made = between(text, "Report generated on ", " by ").and_then(generated);
    draft.started = made.map(|made| made.plus_seconds(-draft.duration_s.unwrap_or(0.0)));
    if let Err(fault) = done {
        note_fault("the page's data", fault, blob_at, batch);
    }
}

/// Returns the text between the first occurrences of two texts.
fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    let (_, behind) = text.split_once(before)?;
    head(behind, 40).split_once(after).map(|(found, _)| found)
}

/// Parses when the report was made, which is when the run ended: `21-Nov-2026 at 12:58:50`.
fn generated(text: &str) -> Option<Timestamp> {
    const MONTHS: &str = "JanFebMarAprMayJunJulAugSepOctNovDec";
    let (date, time) = text.split_once(" at ")?;
    let (day, month) = date.split_once('-')?;
    let (month, year) = month.split_once('-')?;
    let month = MONTHS.find(month).filter(|at| month.len() == 3 && at % 3 == 0)? / 3 + 1;
    Timestamp::parse(&format!("{year}-{month:02}-{day}T{time}"))
}

/// Reads the rows of a test.
fn tests(
    nodeid: &str,
    cursor: &mut Cursor,
    at: u64,
    unknown: &mut Occurrences,
    batch: &mut Batch,
) -> Result<(), Fault> {
    let mut rows = Vec::new();
    let mut done = Ok(());
    if cursor.peek() == Some(b'[') {
        done = cursor.array(&mut |element| {
            let (row, len) = json::entry(element.rest(), at, batch, row)?;
            element.at += len;
            rows.extend(row);
            Ok(())
        });
    }
    let mut has_verdict = false;
    let repeated = repeated(&rows);
    for row in rows.iter().skip(repeated) {
        let is_rerun = row.result == "Rerun";
        let known = if is_rerun { Some(Outcome::Failed) } else { Outcome::from_native(&row.result) };
        let outcome = known.unwrap_or_else(|| {
            unknown.add_example(at, &row.result);
            Outcome::Unknown
        });
        let is_collection = row.test_id.ends_with("::collect") && !nodeid.contains("::");
        let log = unescaped(&row.log);
        let log = log.trim().strip_prefix("No log output captured.").unwrap_or(&log);
        let details = details(nodeid, row, outcome, log);
        let message = match outcome {
            Outcome::Passed | Outcome::XPassed => "".into(),
            Outcome::Skipped => skip_reason(log.trim()),
            _ if is_collection => raised(log).to_owned(),
            _ => first_line(asserted(log)).to_owned(),
        };
        let (at, len) = batch.keep_details(&details);
        let name = if is_collection { module_name(nodeid) } else { nodeid.to_owned() };
        batch.push_entry(Entry {
            session: 0,
            scope: if is_collection { Scope::None } else { Scope::NodeId },
            name: &name,
            outcome,
            native: if is_collection && outcome == Outcome::Error {
                "collection failed"
            } else {
                &row.result
            },
            role: match outcome {
                _ if is_rerun => Role::Earlier,
                Outcome::Error if has_verdict => Role::Joined,
                _ => Role::Verdict,
            },
            duration_s: number::seconds(&row.duration),
            message: &message,
            trace: log,
            at,
            len,
            ..Entry::default()
        });
        has_verdict = !is_rerun;
    }
    done
}

fn details(nodeid: &str, row: &Row, outcome: Outcome, log: &str) -> Details {
    let mut details = Details::default();
    // Captured output follows the traceback, each part after a heading.
    let mut parts: Vec<(&str, &str)> = Vec::new();
    let mut rest = log;
    let mut title = "";
    loop {
        let end = captured(rest);
        let (text, behind) =
            rest.split_at_checked(end.map_or(rest.len(), |(at, _)| at)).unwrap_or((rest, ""));
        parts.push((title, text));
        let Some((_, len)) = end else {
            break;
        };
        let (line, text) = behind.split_at_checked(len).unwrap_or((behind, ""));
        (title, rest) = (line.trim().trim_matches('-').trim(), text);
    }
    for (title, text) in parts {
        match title {
            "" if text.trim().is_empty() && matches!(outcome, Outcome::Passed | Outcome::XPassed) => {}
            "" => details.section(SectionKind::Reason, &row.result.to_lowercase(), "", text),
            title => details.section(SectionKind::Output, title, "", text),
        }
    }
    details.location = nodeid.split("::").next().map(str::to_owned);
    details
}

/// Returns where the next heading like `--- Captured stdout call ---` is, and its length.
fn captured(text: &str) -> Option<(usize, usize)> {
    let mut at = 0;
    text.split_inclusive('\n').find_map(|line| {
        let start = at;
        at += line.len();
        let line = line.trim_end_matches('\n');
        let is_title = line.starts_with("---") && line.ends_with("---") && line.contains("Captured ");
        is_title.then_some((start, line.len()))
    })
}

/// Returns how many of the first rows are repetitions: of n attempts, the rows are the first one,
/// the first two and so on, and then all.
fn repeated(rows: &[Row]) -> usize {
    let reruns = rows.iter().take_while(|row| row.result == "Rerun").count();
    let attempts = (1..).take_while(|n| n * (n + 3) / 2 <= reruns).last().unwrap_or(0);
    if attempts * (attempts + 3) / 2 != reruns {
        return 0;
    }
    let last = rows.get(reruns - attempts..reruns).unwrap_or_default();
    let expected = (1..=attempts).flat_map(|n| last.iter().take(n));
    let is_repeated = rows.iter().zip(expected).all(|(row, again)| row.log == again.log);
    if is_repeated { reruns - attempts } else { 0 }
}

/// Resolves the escapes of Python's and Jinja's `escape`.
fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return text.into();
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, escape)) = rest.split_once('&') {
        plain.push_str(before);
        let known = [
            ("amp;", '&'),
            ("lt;", '<'),
            ("gt;", '>'),
            ("quot;", '"'),
            ("#34;", '"'),
            ("#39;", '\''),
            ("#x27;", '\''),
        ];
        match known.iter().find_map(|(name, letter)| Some((escape.strip_prefix(name)?, *letter))) {
            Some((behind, letter)) => {
                plain.push(letter);
                rest = behind;
            }
            None => {
                plain.push('&');
                rest = escape;
            }
        }
    }
    plain.push_str(rest);
    plain.into()
}
