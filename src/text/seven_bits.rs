//! Bytes as text of an HTML file, seven bits per character: a seventh larger, where base64 is larger by a
//! third. `assets/one-file.js` reads it, too.
//!
//! Three of the 128 characters have a meaning in HTML (NUL, carriage return and `<`). They stand `0xC0`
//! higher, so that all characters are Latin-1, which browsers keep as a byte each.

/// Returns the text of bytes. Texts of parts whose lengths are multiples of seven follow each other
/// as the text of the whole.
pub fn text_of(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 8 / 7 + bytes.len() / 16 + 1);
    let (mut left, mut bits) = (0_u32, 0);
    for &byte in bytes {
        left = (left << 8 | u32::from(byte)) & 0x7FFF;
        bits += 8;
        while bits >= 7 {
            bits -= 7;
            text.push(character_of(left >> bits));
        }
    }
    if bits > 0 {
        text.push(character_of(left << (7 - bits)));
    }
    text
}

fn character_of(bits: u32) -> char {
    match bits as u8 & 0x7F {
        seven @ (0 | b'\r' | b'<') => char::from(seven + 0xC0),
        seven => char::from(seven),
    }
}

/// Reads such a text as it arrives, in UTF-8.
#[derive(Default)]
pub struct Reader {
    left: u32,
    bits: u32,
    /// The last piece ended within a character.
    is_within: bool,
}

impl Reader {
    /// Reads the next piece, and returns the bytes that are complete.
    pub fn push(&mut self, piece: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(piece.len() * 7 / 8 + 1);
        for &unit in piece {
            let seven = match unit {
                // Characters from U+00C0 on have two bytes: 0xC3, and 0x80 and their lower six bits.
                0xC3 => {
                    self.is_within = true;
                    continue;
                }
                _ if std::mem::take(&mut self.is_within) => unit & 0x3F,
                _ => unit & 0x7F,
            };
            self.left = (self.left << 7 | u32::from(seven)) & 0x3FFF;
            self.bits += 7;
            if self.bits > 7 {
                self.bits -= 8;
                bytes.push((self.left >> self.bits) as u8);
            }
        }
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::{Reader, text_of};

    fn bytes_of(text: &str) -> Vec<u8> {
        Reader::default().push(text.as_bytes())
    }

    #[test]
    fn bytes_are_read_as_written() {
        let mut state = 1_u32;
        for len in (0..300).chain([10_007]) {
            let mut bytes = Vec::new();
            for _ in 0..len {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                bytes.push((state >> 24) as u8);
            }
            assert_eq!(bytes_of(&text_of(&bytes)), bytes);
            assert_eq!(text_of(&bytes).chars().count(), (len * 8_usize).div_ceil(7));
        }
    }

    #[test]
    fn the_size_of_the_pieces_does_not_matter() {
        let all: Vec<u8> = (0..=255).rev().cycle().take(2000).collect();
        let text = text_of(&all);
        for size in [1, 2, 7, 63] {
            let mut reader = Reader::default();
            let read: Vec<u8> = text.as_bytes().chunks(size).flat_map(|piece| reader.push(piece)).collect();
            assert_eq!(read, all, "{size}");
        }
    }

    #[test]
    fn no_character_has_a_meaning_in_html() {
        let all: Vec<u8> = (0..=255).cycle().take(255 * 7).collect();
        let text = text_of(&all);
        assert!(!text.contains(['\0', '\r', '<']));
        assert!(text.chars().all(|character| u32::from(character) < 0x100));
    }

    #[test]
    fn parts_of_sevens_follow_each_other() {
        let all: Vec<u8> = (0..=255).collect();
        let (first, second) = all.split_at(70);
        assert_eq!(text_of(first) + &text_of(second), text_of(&all));
    }
}
