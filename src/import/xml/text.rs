//! Text: references, line ends, and invalid characters.

use crate::import::encoding::SUBSTITUTE;
use crate::model::head;
use crate::text::search::{find, find_byte, is_any};
use quick_xml::events::Event;
use std::borrow::Cow;
use wide::u8x16;

/// Calls `take` with the text of an event: plain text, CDATA, or a resolved
/// reference.
pub fn text_of(event: &Event, take: impl FnOnce(&str)) {
    match event {
        Event::Text(text) => take(&unescape_substitutes(text)),
        Event::CData(text) => take(&unescape_substitutes(text)),
        Event::GeneralRef(name) => match resolve(name) {
            Some(character) => take(character.encode_utf8(&mut [0; 4])),
            None => take(&format!("&{};", &**name)),
        },
        _ => {}
    }
}

/// Returns the place of the first control character that XML does not allow.
/// [`SUBSTITUTE`] is not counted; invalid bytes have a note of their own.
pub fn control_character(text: &str) -> Option<usize> {
    const ALLOWED: [u8; 4] = [b'\t', b'\n', b'\r', SUBSTITUTE];
    let is_bad = |byte: u8| byte < b' ' && !ALLOWED.contains(&byte);
    let are_bad = |bytes: u8x16| are_control(bytes) & !is_any(bytes, ALLOWED);
    // Most stretches have none at all.
    let (stretches, rest) = text.as_bytes().as_chunks::<64>();
    let mut suspects = stretches.iter().enumerate().filter(|(_, stretch)| has_control(stretch));
    let found = suspects.find_map(|(number, stretch)| Some(64 * number + find(stretch, are_bad, is_bad)?));
    found.or_else(|| Some(64 * stretches.len() + find(rest, are_bad, is_bad)?))
}

fn has_control(stretch: &[u8; 64]) -> bool {
    let (blocks, _) = stretch.as_chunks();
    let found = blocks.iter().fold(u8x16::ZERO, |found, &block| found | are_control(u8x16::new(block)));
    found.to_bitmask() != 0
}

fn are_control(bytes: u8x16) -> u8x16 {
    bytes.simd_lt(u8x16::splat(b' '))
}

/// Enough for `#x0010FFFF;` with a few more leading zeros.
const LONGEST_REFERENCE: usize = 16;

/// Resolves the five named entities and numeric references. Anything else stays as it
/// is, and entities of a DOCTYPE are never resolved.
pub fn unescape(raw: &str) -> Cow<'_, str> {
    let Some(first) = find_byte(raw.as_bytes(), [b'&', SUBSTITUTE]) else {
        return Cow::Borrowed(raw);
    };
    let mut text = String::with_capacity(raw.len());
    let (clean, mut rest) = raw.split_at(first);
    text.push_str(clean);
    while let Some(character) = rest.chars().next() {
        if character == char::from(SUBSTITUTE) {
            text.push(char::REPLACEMENT_CHARACTER);
            rest = rest.get(1..).unwrap_or("");
            continue;
        }
        let reference = rest
            .strip_prefix('&')
            .and_then(|tail| Some((tail, head(tail, LONGEST_REFERENCE).find(';')?)))
            .and_then(|(tail, end)| Some((resolve(tail.get(..end)?)?, tail.get(end + 1..)?)));
        match reference {
            Some((resolved, tail)) => {
                text.push(resolved);
                rest = tail;
            }
            None => {
                let next = find_byte(rest.as_bytes().get(1..).unwrap_or(&[]), [b'&', SUBSTITUTE])
                    .map_or(rest.len(), |at| at + 1);
                // The first character is plain text, or an ampersand that begins no
                // reference. It is copied together with the text after it.
                let next = next.max(character.len_utf8());
                let (plain, tail) = rest.split_at_checked(next).unwrap_or((rest, ""));
                text.push_str(plain);
                rest = tail;
            }
        }
    }
    Cow::Owned(text)
}

/// Shows bytes that were invalid UTF-8 as U+FFFD.
fn unescape_substitutes(raw: &str) -> Cow<'_, str> {
    if find_byte(raw.as_bytes(), [SUBSTITUTE]).is_some() {
        Cow::Owned(raw.replace(char::from(SUBSTITUTE), "\u{FFFD}"))
    } else {
        Cow::Borrowed(raw)
    }
}

/// Returns text with `\n` as line ends (XML 1.0, section 2.11).
pub fn line_ends(text: &str) -> Cow<'_, str> {
    if memchr::memchr(b'\r', text.as_bytes()).is_some() {
        Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
    } else {
        Cow::Borrowed(text)
    }
}

/// Returns the character for `amp` of `&amp;`, `#38` of `&#38;`, `#x26` of `&#x26;`.
fn resolve(name: &str) -> Option<char> {
    match name {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)
        }
    }
}

/// Returns where the first line of a raw attribute ends, and the length of what ends it.
fn line_end(raw: &str) -> Option<(usize, usize)> {
    let mut from = 0;
    loop {
        let at = from + find_byte(raw.as_bytes().get(from..)?, [b'\n', b'&'])?;
        let rest = raw.get(at..)?;
        let end = ["\n", "&#10;", "&#xA;", "&#xa;"].into_iter().find(|end| rest.starts_with(end));
        if let Some(end) = end {
            return Some((at, end.len()));
        }
        from = at + 1;
    }
}

/// Returns the first line of a raw attribute that is not blank, resolved.
pub fn first_line(raw: &str) -> Cow<'_, str> {
    let mut rest = raw;
    loop {
        let Some((at, len)) = line_end(rest) else {
            return unescape(rest);
        };
        let (line, tail) = rest.split_at(at);
        if !line.trim().is_empty() {
            return unescape(line);
        }
        rest = tail.get(len..).unwrap_or("");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every character of one byte, and one of several, at each place of two blocks.
    #[test]
    fn finds_control_characters_at_every_place() {
        let allowed = ['\t', '\n', '\r', char::from(SUBSTITUTE)];
        for character in (0..128_u8).map(char::from).chain(['é', '🦀']) {
            for place in 0..130 {
                let text = format!("{}{character}\n{}", "é".repeat(place / 2), "x".repeat(130 - place));
                let expected = (character < ' ' && !allowed.contains(&character)).then_some(place / 2 * 2);
                assert_eq!(control_character(&text), expected, "{character:?} at {place}");
            }
        }
        assert_eq!(control_character("\n\u{1}\u{2}"), Some(1));
    }

    #[test]
    fn resolves_only_references() {
        for (raw, expected) in [
            ("plain", "plain"),
            ("a &lt; b &amp;&amp; c &gt; d", "a < b && c > d"),
            ("&#65;&#x42;&#x1F980;", "AB🦀"),
            ("&unknown; & &; &#xZZ; &#1114112; 50% & more", "&unknown; & &; &#xZZ; &#1114112; 50% & more"),
            ("ü&quot;ß", "ü\"ß"),
            ("a\u{1A}b", "a\u{FFFD}b"),
            ("&", "&"),
            ("&amp", "&amp"),
        ] {
            assert_eq!(unescape(raw), expected);
        }
    }

    #[test]
    fn the_first_line_is_not_blank() {
        assert_eq!(first_line("&#10;  &#10;one&#10;two"), "one");
        assert_eq!(first_line("one &amp; two"), "one & two");
        assert_eq!(first_line("\n"), "");
    }
}
