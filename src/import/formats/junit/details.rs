//! The details of one `testcase`, or of one attempt inside it.

use super::Reason;
use crate::import::details::{Details, SectionKind};
use crate::import::xml::{self, attribute};
use quick_xml::events::BytesStart;

/// Reads the details from the slice of a result.
pub(super) fn details(slice: &str) -> Details {
    let mut details = Details::default();
    // Surefire writes the text of an attempt into an element inside it.
    let mut has_trace = false;
    xml::each_element(slice, &mut |open, text| {
        let Some((element, around)) = open.split_last() else {
            return;
        };
        let name = xml::local_name(element.name());
        match name {
            "testcase" => details.location = location(element),
            "property" => {
                let value = attribute(element, "value").filter(|value| !value.is_empty());
                let value = value.unwrap_or_else(|| text.trim().to_owned());
                details.properties.push((attribute(element, "name").unwrap_or_default(), value));
            }
            "system-out" if attribute(element, "message").is_some() => reason(element, text, &mut details),
            "system-out" | "system-err" => {
                for (heading, part) in captured(text) {
                    details.section(SectionKind::Output, heading.unwrap_or(name), "", part);
                }
            }
            "stackTrace" => {
                has_trace = true;
                reason(around.last().unwrap_or(element), text, &mut details);
            }
            _ if Reason::from_name(name).is_some() && !std::mem::take(&mut has_trace) => {
                reason(element, text, &mut details);
            }
            _ => {}
        }
    });
    details
}

/// Adds the reason why a test failed, was skipped or is in error.
fn reason(element: &BytesStart, text: &str, details: &mut Details) {
    let name = xml::local_name(element.name());
    let title = match attribute(element, "type").filter(|kind| !kind.is_empty()) {
        Some(kind) => format!("{name} {kind}"),
        None => name.to_owned(),
    };
    // Many producers repeat the message in the text.
    let message = attribute(element, "message").filter(|message| message.trim() != text.trim());
    details.section(SectionKind::Reason, &title, &message.unwrap_or_default(), text);
}

fn location(element: &BytesStart) -> Option<String> {
    let file = attribute(element, "file")?;
    Some(match attribute(element, "line").and_then(|line| line.parse::<u64>().ok()) {
        // Line numbers of pytest's xunit1 count from 0.
        Some(line) => format!("{file}:{}", line.saturating_add(1)),
        None => file,
    })
}

/// Splits pytest's output at its headings: `--- Captured Log ---`.
fn captured(text: &str) -> Vec<(Option<&str>, &str)> {
    let mut parts = Vec::new();
    let (mut heading, mut start, mut at) = (None, 0, 0);
    for line in text.split_inclusive('\n') {
        let trimmed = line.trim_end();
        let name = trimmed.trim_matches('-').trim();
        if trimmed.starts_with("---") && trimmed.ends_with("---") && name.starts_with("Captured ") {
            parts.push((heading, text.get(start..at).unwrap_or("")));
            heading = Some(name);
            start = at + line.len();
        }
        at += line.len();
    }
    parts.push((heading, text.get(start..).unwrap_or("")));
    parts
}
