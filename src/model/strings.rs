//! Strings, each stored once.

use super::StrId;
use crate::text::search::is_same;
use hashbrown::HashTable;
use rustc_hash::FxHasher;
use std::hash::Hasher;

/// An interner: all texts in one buffer, found again by hash.
#[derive(Clone, Debug)]
pub struct Strings {
    text: String,
    /// The end of each string in `text`; it starts where the previous one ends.
    ends: Vec<u32>,
    table: HashTable<StrId>,
}

impl Default for Strings {
    fn default() -> Self {
        Self { text: String::new(), ends: vec![0], table: HashTable::new() }
    }
}

/// The hash that all tables of the model use. Collisions that a hostile file
/// provokes only slow down the page of the person who dropped it.
pub(super) fn hash_of(text: &str, seed: u32) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write_u32(seed);
    hasher.write(text.as_bytes());
    hasher.finish()
}

impl Strings {
    /// The id of `text`, which is stored if it is new.
    pub fn intern(&mut self, text: &str) -> StrId {
        if text.is_empty() {
            return StrId(0);
        }
        let hash = hash_of(text, 0);
        if let Some(&id) = self.table.find(hash, |&id| is_same(self.get(id), text)) {
            return id;
        }
        let id = self.push(text);
        let (all, ends) = (&self.text, &self.ends);
        self.table.insert_unique(hash, id, |&id| hash_of(slice(all, ends, id), 0));
        id
    }

    /// Stores `text` without searching for it first: for texts that are known to
    /// be unique.
    pub fn push(&mut self, text: &str) -> StrId {
        self.text.push_str(text);
        self.ends.push(u32::try_from(self.text.len()).expect("names stay below 4 GiB"));
        StrId::from(self.ends.len() - 1)
    }

    /// The same ids with other texts: what `text` makes of each, or the text itself.
    pub(super) fn rewritten(&self, text: &impl Fn(&str) -> Option<String>) -> Strings {
        let mut rewritten = Strings::default();
        for id in (1..self.ends.len()).map(StrId::from) {
            let before = self.get(id);
            match text(before) {
                Some(after) => rewritten.push(&after),
                None => rewritten.push(before),
            };
        }
        rewritten
    }

    /// The text of an id.
    pub fn get(&self, id: StrId) -> &str {
        slice(&self.text, &self.ends, id)
    }
}

fn slice<'a>(text: &'a str, ends: &[u32], id: StrId) -> &'a str {
    if id.0 == 0 {
        return "";
    }
    &text[ends[id.index() - 1] as usize..ends[id.index()] as usize]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_text_has_the_same_id() {
        let mut strings = Strings::default();
        assert_eq!(strings.intern(""), StrId(0));
        let a = strings.intern("board_a");
        let b = strings.intern("böard 🦀");
        assert_ne!(a, b);
        assert_eq!(strings.intern("board_a"), a);
        assert_eq!(strings.get(b), "böard 🦀");
        assert_eq!(strings.get(StrId(0)), "");
        for n in 0..10_000 {
            strings.intern(&n.to_string());
        }
        assert_eq!(strings.intern("board_a"), a);
        let id = strings.intern("9999");
        assert_eq!(strings.get(id), "9999");
    }
}
