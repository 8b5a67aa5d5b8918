//! Encodings: from bytes to UTF-8 text.

use crate::model::Encoding;

/// Replaces a byte of invalid UTF-8. It is one byte long, so that offsets into the text are
/// offsets into the file. People see U+FFFD instead.
pub const SUBSTITUTE: u8 = 0x1A;

/// The first bytes of a file, by which its encoding or a format of bytes is recognized.
pub const HEAD_BYTES: usize = 512;

impl Encoding {
    /// Returns the encoding of a file that begins like this, and the length of its byte
    /// order mark.
    pub fn detect(head: &[u8]) -> (Encoding, usize) {
        let head = head.get(..HEAD_BYTES).unwrap_or(head);
        match head {
            // Tools that concatenate files leave several marks.
            [0xEF, 0xBB, 0xBF, ..] => {
                let marks = head.chunks(3).take_while(|chunk| *chunk == [0xEF, 0xBB, 0xBF]).count();
                (Encoding::Utf8, 3 * marks)
            }
            [0xFF, 0xFE, ..] => (Encoding::Utf16Le, 2),
            [0xFE, 0xFF, ..] => (Encoding::Utf16Be, 2),
            [b'<' | b'{' | b'[', 0, ..] => (Encoding::Utf16Le, 0),
            [0, b'<' | b'{' | b'[', ..] => (Encoding::Utf16Be, 0),
            _ if declares_latin1(head) => (Encoding::Windows1252, 0),
            _ => (Encoding::Utf8, 0),
        }
    }
}

/// Returns the encoding in an XML declaration, in lower case.
fn declared(head: &[u8]) -> Option<String> {
    let head = head.get(..HEAD_BYTES).unwrap_or(head);
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    let (declaration, _) = head.split_once("?>")?;
    let (_, value) = declaration.split_once("<?xml")?.1.split_once("encoding")?;
    let value = value.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let name = value.get(1..)?.split(quote).next()?;
    Some(name.trim().to_owned())
}

fn declares_latin1(head: &[u8]) -> bool {
    let known = ["iso-8859-1", "latin1", "latin-1", "windows-1252", "iso-8859-15", "cp1252"];
    declared(head).is_some_and(|name| known.contains(&name.as_str()))
}

/// Returns the declared encoding if it is unknown.
pub fn unknown(head: &[u8]) -> Option<String> {
    const KNOWN: [&str; 6] = ["utf-8", "utf8", "us-ascii", "ascii", "utf-16", "utf-16le"];
    declared(head).filter(|name| !KNOWN.contains(&name.as_str()) && !declares_latin1(head))
}

/// Decodes complete characters of `bytes`, appends them to `text`, and returns how many
/// bytes were used: all of them if `last` is set.
pub fn decode(encoding: Encoding, bytes: &[u8], last: bool, text: &mut Vec<u8>) -> usize {
    match encoding {
        Encoding::Utf8 => {
            text.extend_from_slice(bytes);
            bytes.len()
        }
        Encoding::Windows1252 => {
            let mut buffer = [0; 4];
            for &byte in bytes {
                let character = windows_1252(byte);
                text.extend_from_slice(character.encode_utf8(&mut buffer).as_bytes());
            }
            bytes.len()
        }
        Encoding::Utf16Le => decode_utf16(bytes, last, text, u16::from_le_bytes),
        Encoding::Utf16Be => decode_utf16(bytes, last, text, u16::from_be_bytes),
    }
}

fn decode_utf16(bytes: &[u8], last: bool, text: &mut Vec<u8>, unit: fn([u8; 2]) -> u16) -> usize {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let units = pairs.iter().map(|&pair| unit(pair));
    let mut buffer = [0; 4];
    let mut used = 0;
    for decoded in char::decode_utf16(units) {
        let character = match decoded {
            Ok(character) => character,
            // Half of a surrogate pair at the end may be completed by the next piece.
            Err(_) if !last && used + 2 >= pairs.len() * 2 => return used,
            Err(_) => char::REPLACEMENT_CHARACTER,
        };
        used += character.len_utf16() * 2;
        text.extend_from_slice(character.encode_utf8(&mut buffer).as_bytes());
    }
    if last { used + rest.len() } else { used }
}

fn windows_1252(byte: u8) -> char {
    const C1: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
        '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
    ];
    let place = usize::from(byte).wrapping_sub(0x80);
    C1.get(place).copied().unwrap_or(char::from(byte))
}

/// Replaces each byte of invalid UTF-8 in `text[from..]` by [`SUBSTITUTE`]. Returns the end
/// of the valid text (an incomplete character at the end waits for more, unless `last` is
/// set), the number of replaced bytes, and the place of the first.
pub fn repair_utf8(text: &mut [u8], from: usize, last: bool) -> (usize, usize, Option<usize>) {
    let (mut at, mut replaced, mut first) = (from, 0, None);
    loop {
        let error = match std::str::from_utf8(text.get(at..).unwrap_or_default()) {
            Ok(_) => return (text.len(), replaced, first),
            Err(error) => error,
        };
        at += error.valid_up_to();
        let bad = match error.error_len() {
            None if !last => return (at, replaced, first),
            None => text.len() - at,
            Some(bad) => bad,
        };
        first = first.or(Some(at));
        replaced += bad;
        if let Some(bytes) = text.get_mut(at..at + bad) {
            bytes.fill(SUBSTITUTE);
        }
        at += bad;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(bytes: &[u8]) -> String {
        let (encoding, mark) = Encoding::detect(bytes);
        let mut text = Vec::new();
        assert_eq!(decode(encoding, &bytes[mark..], true, &mut text), bytes.len() - mark);
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn reads_every_encoding() {
        let text = "<testsuite name=\"ü🦀\"/>";
        let le: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let be: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(decoded(&[&[0xFF, 0xFE], &le[..]].concat()), text);
        assert_eq!(decoded(&[&[0xFE, 0xFF], &be[..]].concat()), text);
        assert_eq!(decoded(&le), text);
        assert_eq!(decoded(&be), text);
        assert_eq!(decoded(&[b"\xEF\xBB\xBF", text.as_bytes()].concat()), text);
        assert_eq!(
            decoded(b"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\xFC\x80"),
            "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>ü€"
        );
    }

    #[test]
    fn a_pair_may_be_split() {
        let bytes: Vec<u8> = "a🦀".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let mut text = Vec::new();
        assert_eq!(decode(Encoding::Utf16Le, &bytes[..5], false, &mut text), 2);
        assert_eq!(decode(Encoding::Utf16Le, &bytes[2..], true, &mut text), 4);
        assert_eq!(text, "a🦀".as_bytes());
    }

    #[test]
    fn bad_bytes_keep_their_place() {
        let mut text = b"ab\xFFcd\xC3".to_vec();
        assert_eq!(repair_utf8(&mut text, 0, false), (5, 1, Some(2)));
        assert_eq!(repair_utf8(&mut text, 5, true), (6, 1, Some(5)));
        assert_eq!(text, b"ab\x1Acd\x1A");
    }
}
