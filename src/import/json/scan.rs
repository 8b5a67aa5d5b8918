//! Where strings and nested values end: sixty-four bytes at a time, as in the first stage of simdjson.
//!
//! Langdale, Lemire: "Parsing Gigabytes of JSON per Second" (2019), sections 3.1.1 and 3.1.2. Each mask has a bit for each
//! byte of a block, the first byte's bit being the lowest one.

use super::bytes::{are_brackets_or_slashes, ends_in_comma};
use crate::import::encoding::SUBSTITUTE;
use crate::text::search::is_any;
use wide::u8x16;

/// How many bytes a block has.
const BYTES: usize = 64;

/// Bytes of a text.
struct Block {
    lanes: [u8x16; 4],
    /// How many of the first bytes are before the place: the last block of a text overlaps the one before.
    before: u32,
}

impl Block {
    /// Returns the block at a place, `None` at the end of the text.
    #[inline(always)]
    fn at(bytes: &[u8], at: usize) -> Option<Block> {
        let rest = bytes.get(at..)?;
        if let Some(block) = rest.first_chunk() {
            return Some(Block::of(block, 0));
        }
        if rest.is_empty() {
            return None;
        }
        match bytes.last_chunk() {
            Some(block) => Some(Block::of(block, (BYTES - rest.len()) as u32)),
            None => {
                let mut block = [0; BYTES];
                block.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
                Some(Block::of(&block, 0))
            }
        }
    }

    #[inline(always)]
    fn of(bytes: &[u8; BYTES], before: u32) -> Block {
        let lane = |at: usize| {
            u8x16::new(bytes.get(at..).and_then(|bytes| bytes.first_chunk().copied()).unwrap_or_default())
        };
        Block { lanes: [lane(0), lane(16), lane(32), lane(48)], before }
    }

    /// Returns a mask of the bytes whose highest bit is set by `in_lane`.
    #[inline(always)]
    fn mask(&self, in_lane: impl Fn(u8x16) -> u8x16) -> u64 {
        // A loop or `map` would stay one where the compiler saves size, and take twice as long.
        let bits = |lane| u64::from(in_lane(lane).to_bitmask());
        let [a, b, c, d] = self.lanes;
        (bits(a) | bits(b) << 16 | bits(c) << 32 | bits(d) << 48) >> self.before
    }

    #[inline(always)]
    fn is(&self, byte: u8) -> u64 {
        self.mask(|lane| lane.simd_eq(u8x16::splat(byte)))
    }
}

/// Finds the bytes behind a backslash that is not itself behind one.
#[derive(Default)]
struct Escapes {
    /// The first byte of the next block is escaped, as 0 or 1.
    next: u64,
}

impl Escapes {
    /// Returns a mask of the bytes that are escaped, from one of all backslashes.
    #[inline(always)]
    fn of(&mut self, backslashes: u64) -> u64 {
        if backslashes == 0 {
            return std::mem::take(&mut self.next);
        }
        // In a run of backslashes every second one escapes. Subtracting carries through each run, so that the bits
        // differ from those at odd places from its beginning to behind its end.
        const ODD: u64 = 0xAAAA_AAAA_AAAA_AAAA;
        let beginning = backslashes & !self.next;
        let escapes_and_ends = ((beginning << 1) | ODD).wrapping_sub(beginning) ^ ODD;
        let escaped = escapes_and_ends ^ (backslashes | self.next);
        self.next = (escapes_and_ends & backslashes) >> 63;
        escaped
    }
}

/// Sets each bit up to which the number of bits that are set is odd: from each opening quote to before its closing one.
#[inline(always)]
fn between(quotes: u64) -> u64 {
    // Multiplying without carries by all ones would be one instruction, but wasm has none for it.
    let bits = quotes ^ (quotes << 1);
    let bits = bits ^ (bits << 2);
    let bits = bits ^ (bits << 4);
    let bits = bits ^ (bits << 8);
    let bits = bits ^ (bits << 16);
    bits ^ (bits << 32)
}

/// Returns the length of the string whose content these bytes begin with, if it is short and its text is its content.
#[inline(always)]
pub fn short_string(bytes: &[u8]) -> Option<usize> {
    let block = bytes.first_chunk::<16>()?;
    let found = is_any(u8x16::new(*block), [b'"', b'\\', SUBSTITUTE]).to_bitmask();
    let len = found.trailing_zeros() as usize;
    (block.get(len) == Some(&b'"')).then_some(len)
}

/// Returns the place behind the string whose content begins at `at`, and whether its text is something else than its
/// content: that has escapes, or bytes that were invalid UTF-8. `None` if the text ends before.
pub fn string_end(bytes: &[u8], mut at: usize) -> Option<(usize, bool)> {
    let mut escapes = Escapes::default();
    let mut has_escapes = false;
    loop {
        let block = Block::at(bytes, at)?;
        let mut ends = block.is(b'"');
        let special = block.mask(|lane| is_any(lane, [b'\\', SUBSTITUTE]));
        if special | escapes.next != 0 {
            ends &= !escapes.of(block.is(b'\\'));
            // All bits below the first end.
            has_escapes |= special & (ends ^ ends.wrapping_sub(1)) != 0;
        }
        if ends != 0 {
            return Some((at + ends.trailing_zeros() as usize + 1, has_escapes));
        }
        at += BYTES;
    }
}

/// Where an object or array ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nested {
    /// Before this place.
    To {
        /// The place behind its closing bracket.
        end: usize,
        /// A comma is before a closing bracket.
        has_extra_comma: bool,
    },
    /// The text ends inside it.
    Open,
    /// It has a slash or backslash between strings. A slash may begin a comment, which may hide brackets and quotes.
    Unusual,
}

/// Returns the end of the object or array at `start`. Any closing bracket closes the innermost open one.
pub fn nested_end(bytes: &[u8], start: usize) -> Nested {
    let (mut at, mut depth, mut has_extra_comma) = (start, 0_usize, false);
    let mut escapes = Escapes::default();
    // All bits are set if the last block ended in a string.
    let mut in_string = 0_u64;
    while let Some(block) = Block::at(bytes, at) {
        let backslashes = block.is(b'\\');
        let quotes = block.is(b'"') & !escapes.of(backslashes);
        let inside = between(quotes) ^ in_string;
        in_string = ((inside as i64) >> 63) as u64;
        if backslashes & !inside != 0 {
            return Nested::Unusual;
        }
        let mut structure = block.mask(are_brackets_or_slashes) & !inside;
        while structure != 0 {
            let place = at + structure.trailing_zeros() as usize;
            structure &= structure - 1;
            match bytes.get(place) {
                Some(b'{' | b'[') => depth += 1,
                Some(b'}' | b']') => {
                    let before = bytes.get(start..place).unwrap_or_default();
                    has_extra_comma |= ends_in_comma(before, false);
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        return Nested::To { end: place + 1, has_extra_comma };
                    }
                }
                _ => return Nested::Unusual,
            }
        }
        at += BYTES;
    }
    Nested::Open
}
