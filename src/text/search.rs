//! Searches for bytes in short texts, sixteen at a time.
//!
//! The memchr crate is faster over long distances. But names, keys and attributes have some twenty
//! bytes, and there a call to it costs more than the search.

use wide::u8x16;

const LANES: usize = 16;

/// Returns the place of the first byte that is one of `wanted`.
#[inline(always)]
pub fn find_byte<const N: usize>(bytes: &[u8], wanted: [u8; N]) -> Option<usize> {
    find(bytes, |block| is_any(block, wanted), |byte| wanted.contains(&byte))
}

/// Returns the place of the first byte that is one of `wanted` or no ASCII.
#[inline(always)]
pub fn find_byte_or_non_ascii<const N: usize>(bytes: &[u8], wanted: [u8; N]) -> Option<usize> {
    // A mask's bits are the highest ones of its bytes, and those of ASCII are 0.
    find(bytes, |block| is_any(block, wanted) | block, |byte| !byte.is_ascii() || wanted.contains(&byte))
}

/// Returns the place of the first ASCII digit.
#[inline(always)]
pub fn find_digit(bytes: &[u8]) -> Option<usize> {
    let is_digit = |block: u8x16| (block - u8x16::splat(b'0')).simd_lt(u8x16::splat(10));
    find(bytes, is_digit, |byte| byte.is_ascii_digit())
}

/// Returns whether two texts are equal. wasm has no instruction for it, and the function that the compiler calls
/// instead looks at one byte at a time.
#[inline(always)]
pub fn is_same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() || a.len() < LANES {
        return a == b;
    }
    let differ =
        |(a, b): (&[u8; LANES], &[u8; LANES])| u8x16::new(*a).simd_eq(u8x16::new(*b)).to_bitmask() != 0xFFFF;
    // The last blocks overlap the ones before.
    let last = a.last_chunk().zip(b.last_chunk());
    !a.as_chunks().0.iter().zip(b.as_chunks().0).chain(last).any(differ)
}

/// Returns a mask of the bytes that are one of `wanted`.
#[inline(always)]
pub fn is_any<const N: usize>(block: u8x16, wanted: [u8; N]) -> u8x16 {
    const { assert!(N <= 8) };
    // A loop would stay one where the compiler saves size. Of these, those that are not needed are left out.
    let is = |index| wanted.get(index).map_or(u8x16::ZERO, |&byte| block.simd_eq(u8x16::splat(byte)));
    is(0) | is(1) | is(2) | is(3) | is(4) | is(5) | is(6) | is(7)
}

/// Returns the first place whose highest bit is set by `in_block`. Of texts that are shorter than a
/// block, `is_wanted` is asked for each byte.
#[inline(always)]
pub fn find(
    bytes: &[u8],
    in_block: impl Fn(u8x16) -> u8x16,
    is_wanted: impl Fn(u8) -> bool,
) -> Option<usize> {
    let mut at = 0;
    while let Some(block) = bytes.get(at..)?.first_chunk() {
        let found = in_block(u8x16::new(*block)).to_bitmask();
        if found != 0 {
            return Some(at + found.trailing_zeros() as usize);
        }
        at += LANES;
    }
    if let Some(block) = bytes.last_chunk() {
        // The last block overlaps the one before, which has none.
        let found = in_block(u8x16::new(*block)).to_bitmask();
        return (found != 0).then(|| bytes.len() - LANES + found.trailing_zeros() as usize);
    }
    bytes.iter().position(|&byte| is_wanted(byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn finds_what_a_plain_loop_finds(bytes in prop::collection::vec(0_u8..=255, 0..70)) {
            let first = |is_wanted: fn(u8) -> bool| bytes.iter().position(|&byte| is_wanted(byte));
            prop_assert_eq!(find_byte(&bytes, [7, 200]), first(|byte| byte == 7 || byte == 200));
            prop_assert_eq!(find_byte_or_non_ascii(&bytes, [7]), first(|byte| byte == 7 || byte > 127));
            prop_assert_eq!(find_digit(&bytes), first(|byte| byte.is_ascii_digit()));
        }

        #[test]
        fn texts_are_the_same_if_every_byte_is(text in "[a-zü]{0,70}", other in "[a-zü]{0,70}", at in 0_usize..70) {
            prop_assert!(is_same(&text, &text.clone()));
            prop_assert_eq!(is_same(&text, &other), text == other);
            let mut changed = text.clone().into_bytes();
            if let Some(byte) = changed.get_mut(at).filter(|byte| byte.is_ascii()) {
                *byte = b'!';
                prop_assert!(!is_same(&text, std::str::from_utf8(&changed).unwrap()));
            }
        }

        #[test]
        fn finds_a_byte_at_every_place(len in 1_usize..70, at in 0_usize..70) {
            prop_assume!(at < len);
            let mut bytes = vec![b'a'; len];
            bytes[at] = b'"';
            prop_assert_eq!(find_byte(&bytes, [b'"']), Some(at));
            prop_assert_eq!(find_byte_or_non_ascii(&bytes, [b'"']), Some(at));
            prop_assert_eq!(find_byte(&bytes, [b'b']), None);
        }
    }
}
