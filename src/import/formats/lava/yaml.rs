//! LAVA's results as YAML: a list whose cases begin with `- ` in the first column. It is read case
//! by case, as LAVA writes it, so that an invalid case does not affect others.

use super::cases::Cases;
use crate::import::batch::Batch;
use crate::import::importer::note_missing_newline;
use crate::import::{Importer, limits};
use crate::model::{Severity, counted, head};
use saphyr_parser::{Event, Parser, ScanError};

/// Returns whether the text is a list.
pub(super) fn is_list(text: &str) -> bool {
    let says_nothing = |line: &&str| {
        let line = line.trim_end();
        line.is_empty() || line == "---" || line.starts_with('#')
    };
    text.lines().find(|line| !says_nothing(line)).is_some_and(|line| line.starts_with("- "))
}

#[derive(Default)]
pub(super) struct Yaml {
    cases: Cases,
    /// The place of the last case, if its line has no newline.
    open_end: Option<u64>,
    /// The place of the first line that is not part of the list, and how many bytes such lines have.
    other: Option<(u64, u64)>,
}

impl Importer for Yaml {
    fn read(&mut self, text: &str, at: u64, last: bool, batch: &mut Batch) -> usize {
        let mut used = 0;
        loop {
            let rest = text.get(used..).unwrap_or("");
            let end = match rest.find("\n- ") {
                Some(end) => end + 1,
                None if last && !rest.is_empty() => rest.len(),
                None => return used,
            };
            let entry = rest.get(..end).unwrap_or("");
            let (entry, other) = entry.split_at(end_of_entry(entry));
            if !other.is_empty() {
                let (_, bytes) = self.other.get_or_insert((at + (used + entry.len()) as u64, 0));
                *bytes += other.len() as u64;
            }
            if last && end == rest.len() && !rest.ends_with('\n') {
                self.open_end = Some(at + used as u64);
            }
            if entry.starts_with("- ") {
                self.entry(entry, at + used as u64, batch);
            }
            used += end;
        }
    }

    fn finish(&mut self, batch: &mut Batch) {
        self.cases.finish(batch);
        if let Some((at, bytes)) = self.other {
            let text = format!("skipped {} of other text after the report", counted(bytes, "byte"));
            batch.note(Severity::Warning, Some(at), text);
        }
        if let Some(at) = self.open_end {
            note_missing_newline(at, batch);
        }
    }
}

impl Yaml {
    fn entry(&mut self, entry: &str, at: u64, batch: &mut Batch) {
        let (fields, fault) = fields(entry);
        if let Some(fault) = fault {
            let place = entry.char_indices().nth(fault.marker().index()).map_or(entry.len(), |(at, _)| at);
            batch.note_unreadable(at + place as u64, format!("invalid YAML in an entry: {}", fault.info()));
        }
        if fields.iter().any(|(name, _)| name == "result") {
            self.cases.add(&fields, at, batch);
        } else {
            batch.note_unreadable(at, "test case without a result; ignored");
        }
    }
}

/// Returns where a case ends: its lines are indented, except the first.
fn end_of_entry(entry: &str) -> usize {
    let mut end = 0;
    for line in entry.split_inclusive('\n') {
        let is_outside = line.starts_with(|c: char| !matches!(c, ' ' | '\t' | '\r' | '\n' | '#'));
        let is_start = end == 0 && line.starts_with("- ");
        if is_outside && !is_start && entry.starts_with("- ") {
            break;
        }
        end += line.len();
    }
    end
}

/// The greatest depth of maps and lists; deeper values are ignored.
const DEPTH: usize = 8;

/// Returns the scalars of a map in a list, each with the keys that lead to it. The elements of a
/// list have the same keys.
fn fields(entry: &str) -> (Vec<(String, String)>, Option<ScanError>) {
    let mut fields = Vec::new();
    // Of each open map: its keys, and the key of the next value. Of a list only its keys.
    let mut open: Vec<(String, bool, Option<String>)> = Vec::new();
    for event in Parser::new_from_str(entry) {
        let event = match event {
            Ok((event, _)) => event,
            Err(fault) => return (fields, Some(fault)),
        };
        match event {
            Event::MappingStart(..) | Event::SequenceStart(..) => {
                let path = value_path(&mut open).unwrap_or_default();
                open.push((path, matches!(event, Event::MappingStart(..)), None));
            }
            Event::MappingEnd | Event::SequenceEnd => {
                open.pop();
            }
            Event::Scalar(text, ..) => match value_path(&mut open) {
                Some(path) if open.len() <= DEPTH => {
                    fields.push((path, head(&text, limits::PROPERTY_BYTES).to_owned()));
                }
                Some(_) => {}
                None => {
                    if let Some((path, _, key)) = open.last_mut() {
                        let dot = if path.is_empty() { "" } else { "." };
                        *key = Some(format!("{path}{dot}{text}"));
                    }
                }
            },
            // The value is in another entry.
            Event::Alias(_) => {
                value_path(&mut open);
            }
            _ => {}
        }
    }
    (fields, None)
}

/// Returns the keys of the next value, or `None` if it is a key.
fn value_path(open: &mut [(String, bool, Option<String>)]) -> Option<String> {
    match open.last_mut() {
        Some((_, true, key)) => key.take(),
        Some((path, false, _)) => Some(path.clone()),
        None => Some(String::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars_have_the_keys_that_lead_to_them() {
        let (found, fault) = fields(
            "- id: '7'\n  metadata: {case: boot, extra: [{a: 1}, b], none: }\n  name: >-\n    two\n    lines\n  x: \"\\u00e4\"\n",
        );
        let found: Vec<String> = found.iter().map(|(key, value)| format!("{key}={value}")).collect();
        let expected = [
            "id=7",
            "metadata.case=boot",
            "metadata.extra.a=1",
            "metadata.extra=b",
            "metadata.none=",
            "name=two lines",
            "x=ä",
        ];
        assert_eq!(found, expected);
        assert!(fault.is_none());
        let (found, fault) = fields("- a: 1\n  b: 'x\n");
        assert_eq!(found, [("a".to_owned(), "1".to_owned())]);
        assert!(fault.is_some());
        assert!(is_list("# c\n---\n- a: 1\n") && !is_list("a: 1\n- b") && !is_list(""));
    }
}
