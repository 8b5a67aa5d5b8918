//! Where a JSON value ends, and whether it is JSON at all: in a log, lines that are not JSON
//! begin with brackets, too.

/// How far the value at the beginning of a text goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// It has this length.
    To(usize),
    /// The text ends inside it.
    Open,
    /// It is not JSON.
    Invalid,
}

/// What may follow.
#[derive(Clone, Copy, PartialEq)]
enum Next {
    Value,
    /// A key, or the end of the object.
    Key,
    Colon,
    /// A comma, or the end.
    Comma,
}

/// Returns the extent of the object or array at the beginning of a text, and how many bytes were
/// read for it. Comments and extra commas are accepted.
pub fn extent(text: &str) -> (Extent, usize) {
    let bytes = text.as_bytes();
    let mut open: Vec<u8> = Vec::new();
    let (mut next, mut at) = (Next::Value, 0);
    while let Some(&byte) = bytes.get(at) {
        let is_object = open.last() == Some(&b'{');
        match (byte, next) {
            (b' ' | b'\n' | b'\r' | b'\t', _) => at += 1,
            (b'/', _) => match super::comment_end(text, at) {
                Some(end) => at = end,
                None => return (Extent::Invalid, at),
            },
            (b',', Next::Comma | Next::Key) | (b',', Next::Value) if !open.is_empty() => {
                next = if is_object { Next::Key } else { Next::Value };
                at += 1;
            }
            (b'}' | b']', Next::Comma) | (b'}', Next::Key) | (b']', Next::Value) => {
                let is_end = |open: u8| matches!((open, byte), (b'{', b'}') | (b'[', b']'));
                if !open.pop().is_some_and(is_end) {
                    return (Extent::Invalid, at);
                }
                at += 1;
                if open.is_empty() {
                    return (Extent::To(at), at);
                }
                next = Next::Comma;
            }
            (b'{' | b'[', Next::Value) => {
                open.push(byte);
                next = if byte == b'{' { Next::Key } else { Next::Value };
                at += 1;
            }
            // A colon may be missing before a list.
            (b'{' | b'[', Next::Colon) => next = Next::Value,
            (b':', Next::Colon) => (next, at) = (Next::Value, at + 1),
            (b'"', Next::Key | Next::Value) => match string_end(bytes, at + 1) {
                Ok(end) => {
                    at = end;
                    next = if next == Next::Key { Next::Colon } else { Next::Comma };
                }
                Err(Extent::Open) => return (Extent::Open, bytes.len()),
                Err(extent) => return (extent, at),
            },
            (b'-' | b'+' | b'0'..=b'9' | b'a'..=b'z' | b'N' | b'I', Next::Value) => {
                let is_inner = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'+');
                let rest = text.get(at..).unwrap_or("");
                let len = rest.bytes().take_while(is_inner).count();
                if !is_word(rest.get(..len).unwrap_or("")) {
                    return (if at + len == bytes.len() { Extent::Open } else { Extent::Invalid }, at + len);
                }
                at += len;
                next = Next::Comma;
            }
            _ => return (Extent::Invalid, at),
        }
    }
    (Extent::Open, at)
}

fn is_word(word: &str) -> bool {
    matches!(word, "true" | "false" | "null" | "NaN" | "Infinity" | "-Infinity")
        || word.parse::<f64>().is_ok()
}

/// Returns the end of the string whose content begins at `at`. A line end is not part of one.
fn string_end(bytes: &[u8], mut at: usize) -> Result<usize, Extent> {
    loop {
        let rest = bytes.get(at..).unwrap_or_default();
        at += memchr::memchr3(b'"', b'\\', b'\n', rest).ok_or(Extent::Open)?;
        match bytes.get(at) {
            Some(b'"') => return Ok(at + 1),
            Some(b'\n') => return Err(Extent::Invalid),
            _ => at += 2,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extents() {
        for (text, expected) in [
            ("{} x", Extent::To(2)),
            ("[1, -2.5e3, \"a\\\"]\", null, {\"b\": [NaN]}]x", Extent::To(39)),
            ("{\"a\": 1, // c\n /* d */ \"b\": [2,],}", Extent::To(34)),
            ("{\"a\" [1]}", Extent::To(9)),
            ("[    0.000000] Booting", Extent::To(14)),
            ("{\"a\": ", Extent::Open),
            ("[\"a", Extent::Open),
            ("[INFO] x", Extent::Invalid),
            ("[==========]", Extent::Invalid),
            ("[2026-01-02 03:04:05] x", Extent::Invalid),
            ("{\"a\n\"", Extent::Invalid),
            ("{a: 1}", Extent::Invalid),
            ("[1}", Extent::Invalid),
            ("[1 2]", Extent::Invalid),
        ] {
            assert_eq!(extent(text).0, expected, "{text}");
        }
    }
}
