//! XML for importers: element by element, as the text arrives.
//!
//! quick-xml finds the events. [`Walk`] reads a whole file, [`Elements`] a file of
//! formats with an element per test, and [`each_element`] the details of one result.

mod attributes;
mod element;
mod elements;
mod name;
mod outside;
mod text;
mod walk;

pub use attributes::attributes;
pub use element::{Element, ElementReader, Elements};
pub use elements::{attribute, each_element};
pub use name::local_name;
pub use text::{first_line, unescape};
pub use walk::{Visitor, Walk};

use quick_xml::Reader;
use quick_xml::events::Event;

/// Returns an event reader for a window. Its checks are off, since it must read truncated
/// and malformed files as far as possible.
pub fn reader(text: &str) -> Reader<&[u8]> {
    let mut reader = Reader::from_str(text);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.check_comments = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    reader
}

/// Returns the local name of the root element, if there is one.
pub fn root_element(text: &str) -> Option<&str> {
    let mut reader = reader(text);
    loop {
        let before = reader.buffer_position() as usize;
        match reader.read_event() {
            Ok(Event::Start(_) | Event::Empty(_)) => {
                let after = text.get(before..)?.strip_prefix('<')?;
                let end =
                    after.find(|c: char| c.is_whitespace() || c == '/' || c == '>').unwrap_or(after.len());
                let name = after.get(..end)?;
                return Some(name.rsplit(':').next().unwrap_or(name));
            }
            Ok(Event::Eof) | Err(_) => return None,
            Ok(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_root() {
        assert_eq!(root_element("<?xml version='1.0'?><!-- x --><ns:testsuite a='1'/>"), Some("testsuite"));
        assert_eq!(root_element("<a>"), Some("a"));
        assert_eq!(root_element("no xml"), None);
        assert_eq!(root_element("<!DOCTYPE html><p"), None);
    }
}
