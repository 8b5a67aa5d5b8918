//! The elements of a slice, for the details of one result.

use super::text::{line_ends, text_of};
use super::{attributes, reader, unescape};
use quick_xml::events::{BytesStart, Event};

/// Calls `ended` at the end of each element, with the open elements, the last of which is the
/// element itself, and its own text with `\n` as line ends. Elements without an end tag end
/// with the slice.
pub fn each_element(slice: &str, ended: &mut dyn FnMut(&[BytesStart], &str)) {
    let mut reader = reader(slice);
    let mut open: Vec<BytesStart> = Vec::new();
    let mut texts: Vec<String> = Vec::new();
    let mut close = |open: &mut Vec<BytesStart>, texts: &mut Vec<String>| {
        if let Some(text) = texts.pop() {
            ended(open, &text);
        }
        open.pop();
    };
    while let Ok(event) = reader.read_event() {
        match event {
            Event::Eof => break,
            Event::Start(element) => {
                open.push(element);
                texts.push(String::new());
            }
            Event::Empty(element) => {
                open.push(element);
                texts.push(String::new());
                close(&mut open, &mut texts);
            }
            Event::End(_) => close(&mut open, &mut texts),
            event => {
                if let Some(text) = texts.last_mut() {
                    let is_reference = matches!(event, Event::GeneralRef(_));
                    text_of(&event, |part| match is_reference {
                        true => text.push_str(part),
                        false => text.push_str(&line_ends(part)),
                    });
                }
            }
        }
    }
    while !open.is_empty() {
        close(&mut open, &mut texts);
    }
}

/// Returns an attribute, resolved. If it occurs twice, the last one counts.
pub fn attribute(element: &BytesStart, name: &str) -> Option<String> {
    let values = attributes(element).filter(|(key, _)| *key == name);
    values.last().map(|(_, value)| unescape(value).into_owned())
}

#[cfg(test)]
mod tests {
    use super::super::local_name;
    use super::*;

    #[test]
    fn elements_come_with_their_ancestors_and_text() {
        let mut found = Vec::new();
        each_element("<a n='1'>x\r\n<b n='&lt;'>y</b>&amp;<c/></a>", &mut |open, text| {
            let names: Vec<&str> = open.iter().map(|element| local_name(element.name())).collect();
            let n = open.last().and_then(|element| attribute(element, "n")).unwrap_or_default();
            found.push(format!("{} {n}: {text}", names.join("/")));
        });
        assert_eq!(found, ["a/b <: y", "a/c : ", "a 1: x\n&"]);
        let mut found = Vec::new();
        each_element("<a>x<b>y", &mut |open, text| found.push(format!("{} {text}", open.len())));
        assert_eq!(found, ["2 y", "1 x"]);
    }
}
