//! The attributes of an element.

use crate::text::search::find_byte;
use quick_xml::events::BytesStart;

/// Returns the attributes of an element: names with their prefix, since attributes with
/// different prefixes differ, and raw values, with or without quotes. Malformed attributes
/// are skipped.
///
/// quick-xml's own iterator checks and allocates more than is needed here: it took a third
/// of the time of reading a report.
pub fn attributes<'a>(element: &'a BytesStart) -> Attributes<'a> {
    Attributes { rest: element.attributes_raw() }
}

/// See [`attributes`].
pub struct Attributes<'a> {
    rest: &'a str,
}

impl<'a> Attributes<'a> {
    /// Takes the next attribute if it has the usual form: a space, a name, `=`, a quoted value.
    #[inline]
    fn usual(&mut self) -> Option<(&'a str, &'a str)> {
        let bytes = self.rest.as_bytes();
        let name = bytes.strip_prefix(b" ")?;
        let len = name.iter().position(|&byte| byte == b'=' || byte <= b' ')?;
        let quote = match name.get(len..len + 2)? {
            [b'=', quote @ (b'"' | b'\'')] => *quote,
            _ => return None,
        };
        let start = len + 3;
        let value = find_byte(bytes.get(start..)?, [quote])?;
        let found = (self.rest.get(1..1 + len)?, self.rest.get(start..start + value)?);
        self.rest = self.rest.get(start + value + 1..)?;
        Some(found)
    }

    /// Takes the next attribute in any form.
    #[cold]
    fn unusual(&mut self) -> Option<(&'a str, &'a str)> {
        loop {
            let bytes = self.rest.as_bytes();
            let from = bytes.iter().position(|b| !b.is_ascii_whitespace())?;
            let is_end_of_name = |b: &u8| *b == b'=' || b.is_ascii_whitespace();
            let name = bytes.get(from..)?;
            let len = name.iter().position(is_end_of_name).unwrap_or(name.len());
            let name = self.rest.get(from..from + len)?;
            let behind = self.rest.get(from + len..)?.trim_ascii_start();
            let Some(value) = behind.strip_prefix('=') else {
                // A name without a value.
                self.rest = behind;
                if len == 0 {
                    return None;
                }
                continue;
            };
            let value = value.trim_ascii_start();
            let (value, rest) = match value.as_bytes().first() {
                Some(&quote @ (b'"' | b'\'')) => {
                    let value = value.get(1..)?;
                    let end = find_byte(value.as_bytes(), [quote]).unwrap_or(value.len());
                    (value.get(..end)?, value.get(end + 1..).unwrap_or(""))
                }
                _ => value.split_at(value.find(|c: char| c.is_ascii_whitespace()).unwrap_or(value.len())),
            };
            self.rest = rest;
            return Some((name, value));
        }
    }
}

impl<'a> Iterator for Attributes<'a> {
    type Item = (&'a str, &'a str);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        self.usual().or_else(|| self.unusual())
    }
}

#[cfg(test)]
mod tests {
    use super::super::reader;
    use super::*;
    use quick_xml::events::Event;

    #[test]
    fn reads_attributes_of_every_kind() {
        let read = |element: &str| -> String {
            let mut reader = reader(element);
            let Ok(Event::Empty(element)) = reader.read_event() else {
                panic!("{element} is one element");
            };
            attributes(&element).map(|(name, value)| format!("{name}={value};")).collect()
        };
        assert_eq!(read(r#"<a b="1" c='2"' d:e = "x y"/>"#), "b=1;c=2\";d:e=x y;");
        assert_eq!(read("<a b=1 c d=2\n\te='3'/>"), "b=1;d=2;e=3;");
        assert_eq!(read(r#"<a b="<&lt;>"/>"#), "b=<&lt;>;");
        assert_eq!(read("<a/>"), "");
        assert_eq!(read("<a = b='1'/>"), "=b='1';");
    }
}
