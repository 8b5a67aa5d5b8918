//! Bytes as text of an HTML file, seven bits per character: a seventh larger, where base64 is larger by a
//! third. `assets/one-file.js` reads it.
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

#[cfg(test)]
mod tests {
    use super::text_of;

    /// What `assets/one-file.js` does.
    fn bytes_of(text: &str) -> Vec<u8> {
        let mut bytes = Vec::new();
        let (mut left, mut bits) = (0_u32, 0);
        for character in text.chars() {
            let code = u32::from(character);
            left = (left << 7 | if code < 0xC0 { code } else { code - 0xC0 }) & 0x3FFF;
            bits += 7;
            if bits > 7 {
                bits -= 8;
                bytes.push((left >> bits) as u8);
            }
        }
        bytes
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
