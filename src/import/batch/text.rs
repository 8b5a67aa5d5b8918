//! The texts of a batch, in chunks that never move.

use serde::{Deserialize, Serialize};

/// A reference to a text: its chunk and where it begins there, and its length.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Text {
    start: u32,
    len: u32,
}

/// A chunk takes 2¹⁸ bytes, unless a single text is larger.
const CHUNK_BITS: u32 = 18;

impl Text {
    /// Returns whether the text is empty.
    pub fn is_empty(self) -> bool {
        self.len == 0
    }
}

/// How texts are found after their pool was appended to another one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shift(u32);

impl Shift {
    /// Returns the reference of a text in the longer pool.
    pub fn of(self, text: Text) -> Text {
        if text.is_empty() { text } else { Text { start: text.start + (self.0 << CHUNK_BITS), ..text } }
    }
}

/// All texts of a batch.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct TextPool {
    chunks: Vec<String>,
}

impl TextPool {
    /// Adds a text. Returns an empty one when the pool is full, at 4 GiB.
    pub fn push(&mut self, text: &str) -> Text {
        if text.is_empty() {
            return Text::default();
        }
        let has_room = |chunk: &String| chunk.len() + text.len() <= 1 << CHUNK_BITS;
        if !self.chunks.last().is_some_and(has_room) {
            self.chunks.push(String::new());
        }
        let index = self.chunks.len() as u32 - 1;
        let Some(chunk) = self.chunks.last_mut().filter(|_| index < 1 << (32 - CHUNK_BITS)) else {
            return Text::default();
        };
        let start = index << CHUNK_BITS | chunk.len() as u32;
        chunk.push_str(text);
        Text { start, len: text.len() as u32 }
    }

    /// Returns whether all texts of another pool find room.
    pub fn has_room_for(&self, other: &TextPool) -> bool {
        self.chunks.len() + other.chunks.len() < 1 << (32 - CHUNK_BITS)
    }

    /// Appends another pool, for which there is room.
    pub fn append(&mut self, other: TextPool) -> Shift {
        let shift = Shift(self.chunks.len() as u32);
        self.chunks.extend(other.chunks);
        shift
    }

    /// Returns a text.
    pub fn get(&self, text: Text) -> &str {
        let (index, start) = (text.start >> CHUNK_BITS, text.start & ((1 << CHUNK_BITS) - 1));
        let chunk = self.chunks.get(index as usize).map_or("", String::as_str);
        chunk.get(start as usize..start as usize + text.len as usize).unwrap_or("")
    }

    /// Returns roughly how many bytes of memory it takes.
    pub fn size(&self) -> usize {
        self.chunks.iter().map(String::capacity).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_found_in_their_chunks() {
        let mut pool = TextPool::default();
        let long = "x".repeat(1 << CHUNK_BITS);
        let texts: Vec<String> = (0..40_000).map(|n| format!("name of test {n}")).chain([long]).collect();
        let refs: Vec<Text> = texts.iter().map(|text| pool.push(text)).collect();
        let after = pool.push("after");
        assert!(pool.chunks.len() > 3);
        assert!(texts.iter().zip(&refs).all(|(text, reference)| pool.get(*reference) == text));
        assert_eq!(pool.get(after), "after");

        let mut longer = TextPool::default();
        let before = longer.push("before");
        assert!(longer.has_room_for(&pool));
        let shift = longer.append(pool);
        assert!(texts.iter().zip(refs).all(|(text, reference)| longer.get(shift.of(reference)) == text));
        assert_eq!((longer.get(before), longer.get(shift.of(Text::default()))), ("before", ""));
    }
}
