//! What bytes mean between the strings of JSON, one at a time and sixteen at a time.

use crate::text::search::is_any;
use wide::u8x16;

/// Returns whether a byte may be a bracket, a quote, or the beginning of a comment.
pub fn is_structure(byte: u8) -> bool {
    matches!(byte, b'{' | b'}' | b'[' | b']' | b'"' | b'/')
}

/// [`is_structure`] for sixteen bytes.
#[inline(always)]
pub fn are_structure(block: u8x16) -> u8x16 {
    are_brackets_or_slashes(block) | block.simd_eq(u8x16::splat(b'"'))
}

/// Returns which bytes are brackets, or may begin a comment.
#[inline(always)]
pub fn are_brackets_or_slashes(block: u8x16) -> u8x16 {
    are_brackets(block) | block.simd_eq(u8x16::splat(b'/'))
}

#[inline(always)]
fn are_brackets(block: u8x16) -> u8x16 {
    // Square brackets are curly ones without this bit.
    let curly = block | u8x16::splat(b'{' ^ b'[');
    curly.simd_eq(u8x16::splat(b'{')) | curly.simd_eq(u8x16::splat(b'}'))
}

/// Returns whether a bare word or number ends before this byte.
pub fn ends_word(byte: u8) -> bool {
    matches!(byte, b',' | b':' | b'}' | b']' | b'{' | b'[' | b'"' | b' ' | b'\n' | b'\r' | b'\t')
}

/// [`ends_word`] for sixteen bytes.
#[inline(always)]
pub fn ends_words(block: u8x16) -> u8x16 {
    are_brackets(block) | is_any(block, [b',', b':', b'"', b' ', b'\n', b'\r', b'\t'])
}

/// Returns whether a byte is white space.
pub fn is_white_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\n' | b'\r' | b'\t')
}

/// Returns whether the last byte that is not white space is a comma; `or_else` if all are white
/// space.
pub fn ends_in_comma(bytes: &[u8], or_else: bool) -> bool {
    let last = bytes.iter().rfind(|byte| !is_white_space(**byte));
    last.map_or(or_else, |last| *last == b',')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sixteen_bytes_are_searched_like_one() {
        for byte in 0..=255 {
            let alone = |are_wanted: fn(u8x16) -> u8x16| are_wanted(u8x16::splat(byte)).to_bitmask() != 0;
            assert_eq!(alone(are_structure), is_structure(byte), "{byte}");
            assert_eq!(alone(ends_words), ends_word(byte), "{byte}");
        }
    }
}
